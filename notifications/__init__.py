"""Notices in the application and the e-mails that carry them; knows no senders."""
