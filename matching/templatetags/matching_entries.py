"""What pages of entries show of the engine's knowledge."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.template import Library

from accounts.models import User
from matching.services.similar import similar_to
from solutions.models import Entry, EntryQuerySet
from solutions.queries import read_in
from taxonomy.rules import active_language

register = Library()
MOST = 4


@register.simple_tag
def similar_entries(entry: Entry, user: User | AnonymousUser) -> EntryQuerySet:
    """Return the entries nearest to an entry, for a page."""
    return read_in(similar_to(entry=entry, user=user, most=MOST), active_language())
