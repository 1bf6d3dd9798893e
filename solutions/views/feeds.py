"""Each list as an Atom feed, narrowed by the same filters: what everybody may read of it, the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from solutions.enums import Kind
from solutions.filters import EntryFilter
from solutions.models import Entry, EntryQuerySet
from solutions.queries import for_lists
from solutions.views.lists import HEADINGS, INTRODUCTIONS

NEWEST = 50


class MultilingualAtom(Atom1Feed):
    """An Atom feed whose entries each say in which language they are."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]}


class EntryFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs only
    """The feed of a list; what a member would see beyond that is not in it, whoever asks."""

    feed_type = MultilingualAtom

    def get_object(self, request: HttpRequest, *_args: Any, kind: Kind, **_kwargs: Any) -> NarrowedList:
        """Read which list it is. Raises BadRequest for a filter that nothing answers to."""
        return NarrowedList(request, kind)

    def title(self, narrowed: NarrowedList) -> str:
        return f"{HEADINGS[narrowed.kind]} · {settings.SITE_NAME}"

    def subtitle(self, narrowed: NarrowedList) -> str:
        return str(INTRODUCTIONS[narrowed.kind])

    def link(self, narrowed: NarrowedList) -> str:
        return f"{settings.SITE_URL}{reverse(f'{narrowed.kind}-list')}{narrowed.query}"

    def feed_url(self, narrowed: NarrowedList) -> str:
        return f"{settings.SITE_URL}{reverse(f'{narrowed.kind}-feed')}{narrowed.query}"

    def items(self, narrowed: NarrowedList) -> EntryQuerySet:
        return narrowed.entries[:NEWEST]

    def item_title(self, item: Entry) -> str:
        return item.title

    def item_description(self, item: Entry) -> str:
        return escape(item.summary)  # a feed's description is HTML

    def item_link(self, item: Entry) -> str:
        return f"{settings.SITE_URL}{reverse('entry-detail', args=[item.public_id])}"

    def item_author_name(self, item: Entry) -> str:
        return item.organisation.name

    def item_pubdate(self, item: Entry) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Entry) -> datetime:
        return item.updated_at

    def item_extra_kwargs(self, item: Entry) -> dict[str, Any]:
        return {"language": item.language_id}

    def item_categories(self, item: Entry) -> list[str]:
        return [goal.name for goal in item.goals.all()]


class NarrowedList:
    """A list as the address narrows it."""

    def __init__(self, request: HttpRequest, kind: Kind) -> None:
        narrowed = EntryFilter(request.GET, for_lists(kind, user=AnonymousUser()), request=request)
        if not narrowed.is_valid():
            raise BadRequest("a filter has a value that nothing answers to")
        asked = request.GET.copy()
        asked.pop("page", None)  # a feed has one page
        self.kind = kind
        self.entries: EntryQuerySet = narrowed.qs
        self.query = f"?{asked.urlencode()}" if asked else ""
