"""The page of an entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import may
from solutions.enums import Kind, Visibility
from solutions.forms import STEPS
from solutions.models import Demand, Entry, source_texts
from solutions.models.entry import LongText
from solutions.queries import built_on, editable_by, events_of, with_everything, with_translations
from solutions.rules import FIELDS, SUMMARY_FIELDS, Store
from solutions.services.entries import permission, works_on
from solutions.services.viewing import count_view
from solutions.views.moving import moves_for
from taxonomy.models import Language
from taxonomy.rules import active_language

APART = {"title", "summary", "body", "goals", "needs", "provenance", "illustrative", "visibility"}
"""Fields that the detail page shows in places of their own."""


@dataclass(frozen=True)
class Fact:
    """A labelled value of an entry; `form` says how the page writes it: text, words, links, entries."""

    label: str
    value: Any
    form: str = "text"


def read(entry: Entry, asked: str) -> list[Language]:
    """Let the reader see the translation asked for, else the one in the reader's language; return what there is.

    `entry` is of `with_translations`. The first language is that of the source.
    """
    translations = {row.language_id: row for row in entry.translations.all()}
    chosen = translations.get(asked if asked in {*translations, entry.language_id} else active_language())
    entry.read_in = [chosen] if chosen else []  # type: ignore[attr-defined]  # as queries.read_in leaves it
    return [entry.language, *(row.language for row in translations.values())]


def content_of(entry: Entry, *, whole: bool, asked: str) -> dict[str, Any]:
    """Return what the page of an entry says, whole or in summary, in the language asked for where there is one."""
    names = FIELDS[Kind(entry.kind)] if whole else SUMMARY_FIELDS
    languages = read(entry, asked)
    translation = entry.shown.translation
    texts = dict(_texts(entry, names))
    parts = [(step.title, [texts[name] for name in step.fields if name in texts]) for step in STEPS[Kind(entry.kind)]]
    return {
        "entry": entry,
        "shown": entry.shown,
        "languages": languages,
        "outdated": translation is not None and translation.outdated(source_texts(entry)),
        "details": entry.details,
        "whole": whole,
        "parts": [(title, found) for title, found in parts if found],
        "facts": list(_facts(entry, names)),
    }


@require_safe
def entry_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an entry: whole, or in summary where the reader may not read the whole; 404 when it is not for them."""
    entries = with_translations(with_everything(Entry.objects.visible_to(request.user), user=request.user))
    entry = get_object_or_404(entries, public_id=public_id)
    insider = works_on(request.user, entry)
    context = {
        **content_of(entry, whole=entry.whole, asked=request.GET.get("in", "")),  # type: ignore[attr-defined]  # of with_everything
        "closed": entry.is_closed(on=timezone.now().date()),
        "built_on": built_on(entry, user=request.user, language=active_language()),
        "insider": insider,
        "events": events_of(entry) if insider else [],
        "moves": moves_for(request.user, entry),
        "letter": insider and entry.is_demand and cast(Demand, entry.details).request_letter,
        "may_translate": insider and may(request.user, permission("edit", entry.kind), entry.organisation),
    }
    if entry.is_live and not insider and request.method == "GET":
        count_view(entry=entry)
    return render(request, "solutions/entry_detail.html", context)


@never_cache
@login_required
@require_safe
def entry_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an entry to those who may change it as strangers would see it, at a level of visibility."""
    entries = with_translations(with_everything(editable_by(cast(User, request.user)), user=AnonymousUser()))
    entry = get_object_or_404(entries, public_id=public_id)
    asked = request.GET.get("visibility", "")
    level = Visibility(asked if asked in Visibility.values and entry.is_demand else entry.visibility)
    context = {
        **content_of(entry, whole=level == Visibility.PUBLIC, asked=request.GET.get("in", "")),
        "level": level,
        "open": level in (Visibility.PUBLIC, Visibility.PUBLIC_SUMMARY),
    }
    return render(request, "solutions/posting/preview.html", context)


def _texts(entry: Entry, names: Any) -> Iterator[tuple[str, Fact]]:
    """Yield the long texts that have something to say, each with the name of its field."""
    details = entry.details
    for name in names:
        column = details._meta.get_field(name)
        if name not in APART and isinstance(column, LongText) and getattr(details, name):
            yield name, Fact(str(column.verbose_name), entry.shown.passage(name))


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
