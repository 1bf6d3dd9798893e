"""What runs by the clock: task names and when, read by Celery beat."""

from celery.schedules import crontab

SCHEDULE = {
    "delete-accounts-that-are-due": {"task": "accounts.delete_due", "schedule": crontab(hour=0, minute=40)},
    "keep-entries-fresh": {"task": "solutions.keep_fresh", "schedule": crontab(hour=1, minute=0)},
    "rank-everything-nightly": {"task": "matching.rank_everything", "schedule": crontab(hour=1, minute=30)},
    "write-the-archive": {"task": "solutions.write_archive", "schedule": crontab(hour=3, minute=0)},
    "rank-what-is-due": {"task": "matching.rank_due", "schedule": 300.0},
    "tell-of-saved-searches": {
        "task": "matching.tell_of_saved_searches",
        "schedule": crontab(hour=5, minute=0),
    },
    "let-match-clocks-ring": {"task": "matching.tick", "schedule": 900.0},
    "deliver-due-emails": {"task": "notifications.deliver_due", "schedule": 60.0},
    "deliver-due-webhooks": {"task": "notifications.deliver_webhooks_due", "schedule": 60.0},
    "send-daily-digests": {
        "task": "notifications.send_digests",
        "schedule": crontab(hour=6, minute=0),
        "kwargs": {"frequency": "daily"},
    },
    "send-weekly-digests": {
        "task": "notifications.send_digests",
        "schedule": crontab(hour=6, minute=10, day_of_week="monday"),
        "kwargs": {"frequency": "weekly"},
    },
}
