"""Idempotency-Key: a creation that is sent twice, by a retry for instance, happens once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError
from core.models import KeptAnswer

KEPT = timedelta(days=7)
KEY = re.compile(r"[\x21-\x7e]{1,100}")
PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,100}$"},
    OpenApiParameter.HEADER,
    description="Any text of your own: a call repeated with it within a week is answered alike and does nothing.",
)


class KeyReusedError(DomainError):
    """The key was used for another call."""

    code = "idempotency_key_reused"


def once(request: Request, answer: Callable[[], Response], *, at: datetime, content: object = None) -> Response:
    """Return what `answer` gives, or what it gave to the same call under the same key; all in one transaction.

    `content` stands for the body where that is no JSON. A refused call keeps nothing. Two calls at once wait for each
    other at the row of the key. Raises KeyReusedError.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return answer()
    if not KEY.fullmatch(key):
        raise exceptions.ValidationError({"Idempotency-Key": [_("Write 1 to 100 visible ASCII characters.")]})
    digest = _digest(request, request.data if content is None else content)
    owner: Any = request.user  # a visitor does not come as far as creations
    KeptAnswer.objects.filter(created_at__lt=at - KEPT).delete()  # anybody's: some never call again
    with transaction.atomic():
        kept, first = KeptAnswer.objects.get_or_create(
            user=owner, key=key, defaults={"request": digest, "created_at": at}
        )
        if first:
            response = answer()
            kept.status, kept.headers = response.status_code, dict(response.headers)
            kept.body = json.loads(JSONRenderer().render(response.data))
            kept.save()
            return response
    if kept.request != digest:
        raise KeyReusedError(_("This Idempotency-Key was used for another call; choose a new one."))
    return Response(kept.body, status=kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"})


def _digest(request: Request, content: object) -> str:
    call = [request.method, request.path, content]
    return hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()
