"""ETag, If-Match and Last-Modified: nobody overwrites what they have not seen, nobody reads twice what did not change.

If-None-Match and If-Modified-Since are answered by Django's ConditionalGetMiddleware.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

OURS = re.compile(r'"(\d{1,9})-[0-9a-f]{16}"', re.ASCII)


class PreconditionRequiredError(exceptions.APIException):
    """A change came without If-Match."""

    status_code = 428
    default_detail = _("Send If-Match with the ETag that you read, so that nobody's change is lost.")
    default_code = "precondition_required"


class PreconditionFailedError(exceptions.APIException):
    """Someone changed the row since the caller read it."""

    status_code = 412
    default_detail = _("This was changed since you read it. Read it again, then make your change.")
    default_code = "precondition_failed"


def expected_version(request: Request, *, current: int, required: bool = True) -> int:
    """Return the version that the caller read, as If-Match says; `current` for * (and without one, unless required).

    Raises PreconditionRequiredError, PreconditionFailedError.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given and required:
        raise PreconditionRequiredError
    if given in ("", "*"):
        return current
    versions = {int(found[1]) for tag in given.split(",") if (found := OURS.fullmatch(tag.strip()))}
    if current not in versions:
        raise PreconditionFailedError
    return current


def versioned(data: Mapping[str, Any], *, version: int, status: int = 200, **headers: str) -> Response:
    """Answer a representation with its ETag, which names the version and the content."""
    digest = hashlib.blake2b(JSONRenderer().render(data), digest_size=8).hexdigest()
    return Response(data, status=status, headers={"ETag": f'"{version}-{digest}"', **headers})


class DatedListMixin:
    """Adds Last-Modified to lists, to the second; what changed within the last second has none yet."""

    dated_actions: tuple[str, ...] = ("list",)
    _changed_at: datetime | None = None

    def changes(self) -> Iterable[datetime | None]:
        """Return when things that the list may show, or has ceased to show, last changed; nothing while they do."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look before the rows are read: what changes meanwhile has a later time."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # of the view that this is mixed into
        if request.method in ("GET", "HEAD") and getattr(self, "action", "list") in self.dated_actions:
            self._changed_at = max((at for at in self.changes() if at), default=None)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say when the list last changed, and that what is kept of it is asked for anew each time."""
        done: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # as above
        if (
            self._changed_at
            and response.status_code == 200
            and self._changed_at < timezone.now() - timedelta(seconds=1)
        ):
            done.headers["Last-Modified"] = http_date(self._changed_at.timestamp())
            done.headers.setdefault("Cache-Control", "no-cache")  # else a cache may guess for how long it is fresh
        return done
