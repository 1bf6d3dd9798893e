"""Handing work to the worker once it is safe to do so, and asking for it by name."""

from typing import Any

from celery import current_app
from django.db import transaction


def enqueue(task_name: str, /, **kwargs: Any) -> None:
    """Run a registered task once the current transaction commits.

    The task is looked up by name, so that no app imports another one's tasks. Arguments must be JSON values.
    A broker that cannot be reached does not undo the committed work: the sweep finds what is due.
    Raises KeyError at once for a name that no app registered.
    """
    task = current_app.tasks[task_name]
    transaction.on_commit(lambda: task.apply_async(kwargs=kwargs), robust=True)


def do_now(task_name: str, /, **kwargs: Any) -> None:
    """Run a registered task here and now, inside the caller's transaction: how an app asks one above it for a thing.

    Arguments must be JSON values. Raises KeyError for a name that no app registered, and what the task raises.
    """
    current_app.tasks[task_name](**kwargs)
