"""Rows of notifications."""

from notifications.models.notices import LEASE, Bounce, Email, EmailQuerySet, Notice, Preference

__all__ = ["LEASE", "Bounce", "Email", "EmailQuerySet", "Notice", "Preference"]
