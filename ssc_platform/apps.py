from django.apps import AppConfig
from django.core.checks import register

from ssc_platform.celery import app
from ssc_platform.checks import mail_leaves


class PlatformConfig(AppConfig):
    name = "ssc_platform"

    def ready(self) -> None:
        # Jobs are enqueued by name, also by processes that are no worker: every app's tasks must be known.
        app.autodiscover_tasks(force=True)
        register(mail_leaves, deploy=True)
