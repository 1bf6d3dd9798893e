"""Which moves an entry may make; pages, services and docs read this one table."""

from solutions.enums import EntryState

MOVES: dict[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.ARCHIVED}),
    EntryState.SUBMITTED: frozenset({EntryState.PUBLISHED, EntryState.RETURNED, EntryState.ARCHIVED}),
    EntryState.RETURNED: frozenset({EntryState.SUBMITTED, EntryState.ARCHIVED}),
    EntryState.PUBLISHED: frozenset({EntryState.STALE, EntryState.RETURNED, EntryState.ARCHIVED}),
    EntryState.STALE: frozenset({EntryState.PUBLISHED, EntryState.ARCHIVED}),
    EntryState.ARCHIVED: frozenset({EntryState.SUBMITTED}),
}
LIVE = frozenset({EntryState.PUBLISHED, EntryState.STALE})
"""States in which readers see an entry, and the worker ranks it unless it was not confirmed for too long."""
