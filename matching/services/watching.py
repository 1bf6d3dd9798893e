"""Searches that readers keep: what comes in is told once a day, each entry once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError
from matching.models import SavedSearch
from matching.models.searches import ADDRESS_MAX, NAME_MAX
from matching.services.searching import QUERY_MAX, index_due, narrowed, search
from notifications.services import notify
from solutions.filters import EntryFilter
from solutions.models import Entry

MOST: Final = 50
"""How many searches a person keeps at most."""
LISTED: Final = 10
"""How many entries a notice names; the rest it counts."""
OVERLAP: Final = timedelta(days=1)
"""How far a check looks back behind the last one: what was being published just then may have come after it."""
PARAMETERS: Final = ("q", "kind", *EntryFilter.base_filters)


class SearchRefusedError(DomainError):
    """The search cannot be kept, or not under this name."""

    code = "search_refused"


def keep_search(*, owner: User, asked: QueryDict, name: str, at: datetime) -> SavedSearch:
    """Keep a text and filters of the search page under a name; without one the text is the name.

    Raises SearchRefusedError when there is nothing to look for, when the person keeps it already, or too many.
    """
    address = _address(asked)
    if not address:
        raise SearchRefusedError(_("Write what to look for, or choose a filter; then keep the search."))
    if len(address) > ADDRESS_MAX:
        raise SearchRefusedError(_("This search has too many filters to be kept. Take some away."))
    if SavedSearch.objects.filter(owner=owner).count() >= MOST:
        text = _("You keep %(most)d searches, which is all there is room for. Delete one first.")
        raise SearchRefusedError(text % {"most": MOST})
    wanted = _name(name.strip() or asked.get("q", "").strip()[:NAME_MAX] or _("Search"))
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(owner=owner, name=wanted, address=address, created_at=at, checked_at=at)
    except IntegrityError:
        raise SearchRefusedError(_("You keep this search already.")) from None


def rename_search(*, kept: SavedSearch, name: str) -> None:
    """Give a kept search another name. Raises SearchRefusedError when it is empty or too long."""
    kept.name = _name(name)
    kept.save(update_fields=["name"])


def drop_search(*, kept: SavedSearch) -> None:
    """Forget a kept search."""
    kept.delete()


def tell_of_new(*, at: datetime) -> int:
    """Tell everyone what came into their searches since the last check; return how many were told.

    Each search is a transaction of its own, claimed by the time of its last check: running twice tells nothing twice.
    """
    index_due()
    # All keys are read first: beside rows still to be read, SQLite begins no write once another connection wrote.
    waiting = list(SavedSearch.objects.filter(checked_at__lt=at).order_by("pk").values_list("pk", flat=True))
    return sum(_tell(key, at=at) for key in waiting)


@transaction.atomic
def _tell(key: int, *, at: datetime) -> int:
    kept = SavedSearch.objects.filter(pk=key, checked_at__lt=at).select_related("owner").first()
    if kept is None:
        return 0  # it was dropped meanwhile, or another worker was first
    hits = _new_hits(kept, at=at)
    known = [*kept.told, *(entry.pk for entry in hits)]
    recent = Entry.objects.filter(pk__in=known, published_at__gt=at - OVERLAP).order_by("pk")
    claimed = SavedSearch.objects.filter(pk=kept.pk, checked_at=kept.checked_at)
    if not claimed.update(checked_at=at, told=list(recent.values_list("pk", flat=True))) or not hits:
        return 0
    ids = ",".join(sorted(entry.public_id for entry in hits))
    context: dict[str, Any] = {
        "search": kept.name,
        "count": len(hits),
        "entries": [{"title": entry.title, "organisation": entry.organisation.name} for entry in hits[:LISTED]],
    }
    return notify(
        kind="matching.saved_search",
        recipients=[kept.owner],
        event_key=f"saved_search:{kept.public_id}:{hashlib.sha256(ids.encode()).hexdigest()[:32]}",
        context=context,
        path=reverse("saved-search", args=[kept.public_id]),
        at=at,
    )


def _new_hits(kept: SavedSearch, *, at: datetime) -> list[Entry]:
    """Return what its owner may know of and was published since the last check; only what has all words counts."""
    found = search(text=kept.parameters.get("q", ""), user=kept.owner)
    if not found.all_words:
        return []
    since = max(kept.created_at, kept.checked_at - OVERLAP)
    new = narrowed(found.best_first(), kept.parameters).filter(published_at__gt=since, published_at__lte=at)
    return list(new.exclude(pk__in=kept.told).select_related("organisation"))


def _address(asked: QueryDict) -> str:
    """Return the text and the filters that say something, in one order, so that the same search has one address."""
    kept = QueryDict(mutable=True)
    for name in PARAMETERS:
        values = [value.strip()[:QUERY_MAX] for value in asked.getlist(name)]
        kept.setlist(name, sorted({value for value in values if value}))
    return kept.urlencode()


def _name(name: str) -> str:
    text = " ".join(name.replace("\0", " ").split())  # PostgreSQL keeps no NUL
    if not text:
        raise SearchRefusedError(_("Write a name."), field="name")
    if len(text) > NAME_MAX:
        message = _("Write a shorter name: at most %(most)d characters.")
        raise SearchRefusedError(message % {"most": NAME_MAX}, field="name")
    return text
