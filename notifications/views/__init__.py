"""Pages of notifications: one's notices and what is mailed; an organisation's webhooks."""
