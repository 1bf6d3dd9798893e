"""The Celery application; finds the tasks module of every app."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_platform.settings")

app = Celery("ssc_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.worker_proc_alive_timeout = 60  # seconds; a new process opens the index before its first task
