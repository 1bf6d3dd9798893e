"""Rows become the engine's profiles, and reference data its geography."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import cast

from babel.languages import get_official_languages

from matching.corpus.words import proposer
from matching.engine.types import Geography, Profile
from matching.engine.types import Kind as ProfileKind
from solutions.enums import Kind
from solutions.models import Demand, Entry, Solution
from solutions.queries import for_ranking
from taxonomy.models import Country, CountryGroupMembership, Region

TEXTS: dict[str, tuple[str, ...]] = {
    Kind.SOLUTION: ("challenge", "approach", "results", "south_south", "replication_conditions", "sustainability"),
    Kind.DEMAND: ("gap", "under_way", "expected_outcomes", "beneficiaries"),
    Kind.OFFER: ("offered", "conditions"),
}
"""What tells the subject of an entry; who pays and how success is measured would only blur it."""


def demand_profile(demand_id: int, *, on: date) -> Profile | None:
    """Return the profile of a live demand; None when it is not live."""
    entry = for_ranking([demand_id]).demands().first()
    return profile_of(entry, on=on) if entry else None


def profile_of(entry: Entry, *, on: date) -> Profile:
    """Translate an entry of `for_ranking`, as it stands on a day; no further query.

    Where it states no goal, those that its text speaks of are proposed, each with its confidence.
    """
    details = entry.details
    facets: dict[str, object] = {}
    texts = [entry.body, *(getattr(details, name) for name in TEXTS[entry.kind])]
    modalities = [modality.pk for modality in entry.modalities.all()]
    if isinstance(details, Solution):
        facets["countries"] = _codes(details.countries.all())
    elif isinstance(details, Demand):
        needs = sorted(details.needs.all(), key=lambda need: (need.position, need.pk))
        texts += [f"{need.title}. {need.description}" for need in needs]
        modalities += [need.modality_id for need in needs if need.modality_id]
        facets["preferred_countries"] = _codes(details.preferred_countries.all())
        facets["preferred_regions"] = _codes(details.preferred_regions.all())
    else:
        facets["countries"] = _codes(details.past_recipients.all())
        facets["eligible_countries"] = _codes(details.eligible_countries.all())
        facets["eligible_groups"] = _codes(details.eligible_groups.all())
    profile = Profile(
        id=entry.public_id,
        kind=cast(ProfileKind, str(entry.kind)),
        title=entry.title,
        summary=entry.summary,
        body="\n\n".join(text for text in texts if text),
        language=entry.language_id,
        country=entry.country_id,
        goals=tuple(sorted(goal.pk for goal in entry.goals.all())),
        targets=_codes(entry.targets.all()),
        sectors=_codes(entry.sectors.all()),
        modalities=tuple(dict.fromkeys(sorted(modalities))),
        keywords=tuple(entry.keywords),
        working_languages=_codes(entry.working_languages.all()),
        start_date=entry.start_date,
        end_date=entry.end_date,
        confirmed_date=entry.confirmed_at.date() if entry.confirmed_at else None,
        organisation=str(entry.organisation_id),
        closed=details.is_closed(on=on),
        **facets,  # type: ignore[arg-type]  # tuples of codes, by the names of Profile
    )
    return profile if profile.goals or profile.targets else replace(profile, proposed_goals=_proposed(profile))


def _proposed(profile: Profile) -> tuple[tuple[int, float], ...]:
    text = "\n".join((profile.title, profile.summary, profile.body))
    return tuple((found.goal, found.confidence) for found in proposer().propose(text, profile.language).goals)


def _codes(rows: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted(row.pk for row in rows))  # type: ignore[attr-defined]  # reference rows: the code is the key


def geography(*, on: date) -> Geography:
    """Return the regions, groups and official languages of every country on a day: three queries."""
    countries = list(Country.objects.values_list("pk", "alpha2", "region_id"))
    return Geography.of(
        parents=dict(Region.objects.values_list("pk", "parent_id")),
        countries={code: region for code, _alpha2, region in countries},
        members=CountryGroupMembership.objects.at(on).values_list("country_id", "group_id"),
        languages={code: official_languages(alpha2) for code, alpha2, _region in countries},
    )


def official_languages(alpha2: str) -> tuple[str, ...]:
    """Return the languages that are official in a country, also in fact rather than by law (Unicode CLDR, by Babel)."""
    found = get_official_languages(alpha2, de_facto=True)
    return tuple(dict.fromkeys(code.partition("_")[0] for code in found))
