"""Composition root: settings, URLs, schedule, checks and what the whole site shares."""

from ssc_platform.celery import app as celery_app

__all__ = ["celery_app"]
