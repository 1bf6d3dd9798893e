"""Which need lines of a demand a match answers, and who would cover the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from matching.enums import Act, Actor, MatchState
from matching.lifecycle import OPEN
from matching.models import Match
from matching.queries import for_coverage, needs_of
from matching.rules.covering import smallest_cover
from matching.services.moving import NOTE_MAX, BadDecisionError, annotate, capacities_of, not_open, refused
from solutions.models import Entry, NeedLine

CHOOSERS = (Actor.DEMAND_SIDE, Actor.CURATOR)


@dataclass(slots=True)
class Line:
    """Say who answers one need line: agreed, in talks, or able to, of these the best match of each provider."""

    need: NeedLine
    agreed: list[Match] = field(default_factory=list)
    talking: list[Match] = field(default_factory=list)
    able: list[Match] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Say how far need lines are covered, which providers would cover the rest, and what nobody could."""

    lines: list[Line]
    providers: list[Organisation]
    uncovered: list[NeedLine]

    @property
    def agreed(self) -> int:
        """Count the lines that somebody has agreed to answer."""
        return sum(bool(line.agreed) for line in self.lines)


@transaction.atomic
def set_needs(*, match: Match, by: User, needs: Collection[int], at: datetime) -> None:
    """Say which need lines of its demand a match answers, in place of what was said before.

    Raises MoveRefusedError, BadDecisionError for a line of another demand, MatchNotOpenError.
    """
    actor = next((capacity for capacity in CHOOSERS if capacity in capacities_of(by, match)), None)
    if actor is None:
        raise refused()
    lines = {need.pk: need for need in needs_of(match.demand_id)}
    if not set(needs) <= lines.keys():
        raise BadDecisionError(_("Choose among the need lines of this demand."), field="needs")
    if match.state not in OPEN | {MatchState.AGREED}:
        raise not_open(match)
    titles = "; ".join(line.title for pk, line in lines.items() if pk in needs)
    annotate(match, act=Act.NEEDS_SET, by=by, actor=actor, note=Truncator(titles).chars(NOTE_MAX), at=at)
    match.needs.set(needs)


def coverage_of(demand: Entry, *, user: User) -> Coverage:
    """Return the coverage of a demand's need lines by the matches that a reader knows of: four queries."""
    return coverages([demand.pk], user=user)[demand.pk]


def coverages(demand_ids: Collection[int], *, user: User) -> dict[int, Coverage]:
    """Return the coverage of each demand's need lines by the matches that a reader knows of: four queries in all.

    A match answers the lines that people chose for it; where nobody chose, those whose modality its supply offers.
    The smallest set of providers is sought for the lines without an agreed match.
    """
    lines: dict[int, dict[int, Line]] = {pk: {} for pk in demand_ids}
    for need in needs_of(*demand_ids):
        lines[need.demand_id][need.pk] = Line(need)
    matches: dict[int, list[Match]] = {pk: [] for pk in demand_ids}
    for match in for_coverage([pk for pk, found in lines.items() if found], user=user):
        matches[match.demand_id].append(match)
    return {pk: _coverage(found, matches[pk]) for pk, found in lines.items()}


def _coverage(lines: dict[int, Line], matches: list[Match]) -> Coverage:
    providers: dict[int, Organisation] = {}
    able: dict[int, frozenset[int]] = {}
    for match in matches:
        answered = _answered(match, lines)
        for pk in answered & lines.keys():
            _place(match, lines[pk])
        if match.state in OPEN:
            organisation = match.supply.organisation
            providers[organisation.pk] = organisation
            able[organisation.pk] = able.get(organisation.pk, frozenset()) | answered
    open_lines = frozenset(pk for pk, line in lines.items() if not line.agreed)
    chosen, uncovered = smallest_cover(open_lines, able)
    return Coverage(
        lines=list(lines.values()),
        providers=[providers[pk] for pk in chosen],
        uncovered=[line.need for pk, line in lines.items() if pk in uncovered],
    )


def _answered(match: Match, lines: dict[int, Line]) -> frozenset[int]:
    chosen = frozenset(need.pk for need in match.needs.all())
    if chosen:
        return chosen
    offered = {modality.pk for modality in match.supply.modalities.all()}
    return frozenset(pk for pk, line in lines.items() if line.need.modality_id in offered)


def _place(match: Match, line: Line) -> None:
    if match.state == MatchState.AGREED:
        line.agreed.append(match)
    elif match.state in (MatchState.INTRODUCED, MatchState.INTERESTED):
        line.talking.append(match)
    elif match.state in OPEN and all(m.supply.organisation_id != match.supply.organisation_id for m in line.able):
        line.able.append(match)
