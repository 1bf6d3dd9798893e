"""Pages of the catalogue: a list for each kind, and one page for each entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.links import ExpiredLinkError
from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.models import Entry
from solutions.models.entry import LongText
from solutions.queries import events_of, for_lists, with_everything
from solutions.rules import FIELDS, SUMMARY_FIELDS, Store
from solutions.services import freshness

PAGE_SIZE = 20
HEADINGS = {Kind.SOLUTION: _("Solutions"), Kind.OFFER: _("Offers"), Kind.DEMAND: _("Demands")}
INTRODUCTIONS = {
    Kind.SOLUTION: _("Practices that worked, documented by those who did the work."),
    Kind.OFFER: _("Standing offers of training, experts, study visits, equipment and funds."),
    Kind.DEMAND: _("What countries ask for, posted by their focal points."),
}
APART = {"title", "summary", "body", "goals", "needs", "provenance", "illustrative", "visibility"}
"""Fields that the detail page shows in places of their own."""


@dataclass(frozen=True)
class Fact:
    """A labelled value of an entry; `form` says how the page writes it: text, words, links, entries."""

    label: str
    value: Any
    form: str = "text"


@require_safe
def entry_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """List the live entries of a kind that the reader may know of, narrowed by the filters in the address."""
    entries = for_lists(kind, user=request.user).select_related("organisation", "country", "language")
    narrowed = EntryFilter(request.GET, entries, request=request)
    page = Paginator(narrowed.qs if narrowed.is_valid() else entries.none(), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "kind": kind,
        "heading": HEADINGS[kind],
        "introduction": INTRODUCTIONS[kind],
        "filter": narrowed,
        "page": page,
    }
    return render(request, "solutions/entry_list.html", context)


@require_safe
def entry_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an entry: whole, or in summary where the reader may not read the whole; 404 when it is not for them."""
    entries = with_everything(Entry.objects.visible_to(request.user), user=request.user)
    entry = get_object_or_404(entries, public_id=public_id)
    whole = entry.whole  # type: ignore[attr-defined]  # of with_everything
    names = FIELDS[Kind(entry.kind)] if whole else SUMMARY_FIELDS
    insider = _is_insider(request.user, entry)
    context = {
        "entry": entry,
        "details": entry.details,
        "whole": whole,
        "texts": list(_texts(entry, names)),
        "facts": list(_facts(entry, names)),
        "events": events_of(entry) if insider else [],
        "insider": insider,
    }
    return render(request, "solutions/entry_detail.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entry_reconfirm(request: HttpRequest, sealed: str) -> HttpResponse:
    """Confirm the entry of a sealed link by POST, without log-in; GET only asks, for mail scanners follow links."""
    act = freshness.reconfirm if request.method == "POST" else freshness.reconfirmation
    try:
        found = act(sealed=sealed, at=timezone.now())
    except DomainError as refusal:
        status = 410 if isinstance(refusal, (ExpiredLinkError, freshness.NotLiveError)) else 404
        return render(request, "notifications/link_refused.html", {"refusal": refusal}, status=status)
    done = request.method == "POST" and not found.done
    return render(request, "solutions/reconfirm.html", {"found": found, "done": done})


def _is_insider(user: Any, entry: Entry) -> bool:
    """Tell whether a reader works on the entry: a member of its organisation or a curator."""
    return isinstance(user, User) and (may(user, "entry.moderate") or entry.organisation_id in user.roles)


def _texts(entry: Entry, names: Any) -> Iterator[Fact]:
    """Yield the long texts that have something to say."""
    details = entry.details
    for name in names:
        column = details._meta.get_field(name)
        if name not in APART and isinstance(column, LongText) and getattr(details, name):
            yield Fact(str(column.verbose_name), getattr(details, name))


def _facts(entry: Entry, names: Any) -> Iterator[Fact]:
    """Yield the short fields that have something to say, in words."""
    for name in names:
        owner = entry if hasattr(Entry, name) else entry.details
        column: Any = owner._meta.get_field(name)
        if name in APART or isinstance(column, LongText):
            continue
        value, form = _in_words(owner, name, column, FIELDS[Kind(entry.kind)][name].store)
        if value not in (None, "", []):
            yield Fact(str(column.verbose_name), value, form)


def _in_words(owner: Entry, name: str, column: models.Field[Any, Any], store: Store) -> tuple[Any, str]:
    value = getattr(owner, name)
    if store is Store.CODES:
        return [str(row) for row in value.all()], "words"
    if store is Store.REFERENCES:
        return list(value.all()), "entries"
    if store is Store.REFERENCE:
        return [value] if value else [], "entries"
    if column.choices:
        return getattr(owner, f"get_{name}_display")(), "text"
    if name in ("evidence_links", "contact_url"):
        return value if isinstance(value, list) else [value] if value else [], "links"
    return value, "words" if isinstance(value, list) else "text"
