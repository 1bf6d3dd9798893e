from django.apps import AppConfig

from ssc_platform.celery import app


class PlatformConfig(AppConfig):
    name = "ssc_platform"

    def ready(self) -> None:
        # Jobs are enqueued by name, also by processes that are no worker: every app's tasks must be known.
        app.autodiscover_tasks(force=True)
