"""What a service refuses, said to the person who asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from core.errors import DomainError


def done(request: HttpRequest, service: Callable[..., object], **arguments: Any) -> bool:
    """Call a service and tell whether it was done; what it refuses is said on top of the page."""
    try:
        service(**arguments)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def done_in(form: Any, service: Callable[..., object], **arguments: Any) -> bool:
    """Call a service and tell whether it was done; what it refuses is said at the form's field, else above the form."""
    try:
        service(**arguments)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True
