"""How many calls one caller may make, by scope; every answer says what is left."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class ScopeThrottle(SimpleRateThrottle):
    """Count calls by person (or address, for visitors) and scope.

    The scope is the view's `throttle_scope`, else "write" for changes, "user" for reading, "anon" for visitors;
    the rates are DEFAULT_THROTTLE_RATES.
    """

    scope = "anon"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Tell whether the call may pass, and leave what is left for the headers."""
        self.scope = self._scope(request, view)
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        allowed = super().allow_request(request, view)
        # Counted from the newest call to the oldest: the window opens again when the oldest leaves it.
        calls: list[float] = getattr(self, "history", [])
        most, window = self.num_requests or 0, self.duration or 0
        reset = calls[-1] + window - self.timer() if calls else window
        request._request.rate_limit = (  # type: ignore[attr-defined]  # read by RateLimitHeaders
            f'"{self.scope}";q={most};w={window}',
            f'"{self.scope}";r={max(0, most - len(calls))};t={max(0, math.ceil(reset))}',
        )
        return allowed

    def get_cache_key(self, request: Request, view: Any) -> str:
        user = request.user
        ident = str(user.pk) if user and user.is_authenticated else self.get_ident(request)
        return f"throttle:{self.scope}:{ident}"

    def _scope(self, request: Request, view: Any) -> str:
        if special := getattr(view, "throttle_scope", ""):
            return str(special)
        if not (request.user and request.user.is_authenticated):
            return "anon"
        return "user" if request.method in SAFE_METHODS else "write"


class RateLimitHeaders:
    """Middleware: says on every counted answer what the caller may still do (IETF draft, RateLimit fields)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if counted := getattr(request, "rate_limit", None):
            response.headers["RateLimit-Policy"], response.headers["RateLimit"] = counted
        return response
