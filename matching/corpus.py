"""The only translator between the catalogue's rows and the engine's profiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from babel.languages import get_official_languages
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Max, Sum

from matching.engine.analysis import Analyser
from matching.engine.calibration import Calibration
from matching.engine.glossary import Glossary
from matching.engine.glossary_check import COLUMNS
from matching.engine.lexicon import WordTable
from matching.engine.proposal import Proposer, read_profiles
from matching.engine.ranker import Ranker
from matching.engine.types import Config, Exclusion, Geography, Hit, Profile, Ranking
from matching.engine.types import Kind as ProfileKind
from matching.models import GlossaryTerm, WeightsVersion
from solutions.enums import Kind
from solutions.models import Demand, Entry, Offer, Solution
from solutions.queries import for_ranking
from taxonomy.models import Country, CountryGroupMembership, Region

TEXTS: dict[str, tuple[str, ...]] = {
    Kind.SOLUTION: ("challenge", "approach", "results", "south_south", "replication_conditions", "sustainability"),
    Kind.DEMAND: ("gap", "under_way", "expected_outcomes", "beneficiaries"),
    Kind.OFFER: ("offered", "conditions"),
}
"""What tells the subject of an entry; who pays and how success is measured would only blur it."""

Terms = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Name a state of the supply side: equal ones rank alike."""

    day: date
    count: int
    newest: int
    versions: int
    changed_at: datetime | None
    config: Config
    terms: Terms
    engine: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Hold a ranker fitted on the live supplies; ``entry_ids``: profile id to primary key."""

    fingerprint: Fingerprint
    ranker: Ranker
    entry_ids: Mapping[str, int]

    def rank(self, demand: Profile, *, k: int) -> Ranking:
        """Return the k best supplies; nothing for a demand that is closed."""
        if demand.closed:
            return Ranking(demand_id=demand.id, hits=())
        return self.ranker.rank(demand, k, today=self.fingerprint.day)

    def explain(self, demand: Profile, supply_id: str) -> Hit | Exclusion:
        """Return the hit of one pair or why it is excluded; a supply that is not live counts as closed."""
        if supply_id not in self.entry_ids:
            return Exclusion(supply_id, "closed")
        return self.ranker.explain(demand, supply_id, today=self.fingerprint.day)


def fitted(*, at: datetime) -> Corpus:
    """Return the ranker for the supplies as they are; a process refits only when something changed."""
    return _fitted(fingerprint(at=at))


def fingerprint(*, at: datetime) -> Fingerprint:
    """Name the present state of the supplies, the weights and the curators' terms: three queries."""
    state = (
        Entry.objects.live()
        .supplies()
        .aggregate(count=Count("pk"), newest=Max("pk"), versions=Sum("version"), changed_at=Max("updated_at"))
    )
    config, terms = config_in_force(), terms_in_force()
    return Fingerprint(
        day=at.date(),
        count=state["count"],
        newest=state["newest"] or 0,
        versions=state["versions"] or 0,
        changed_at=state["changed_at"],
        config=config,
        terms=terms,
        engine=engine_version(config, terms),
    )


def config_in_force() -> Config:
    """Return the constants of a score, with the weights that were learned last, if any: one query."""
    learned = WeightsVersion.objects.in_force()
    return replace(Config(), weights=learned.weights) if learned else Config()


def calibration_in_force() -> Calibration:
    """Return the curve from score to probability that belongs to the weights in force: one query."""
    learned = WeightsVersion.objects.in_force()
    return Calibration.from_dict(learned.calibration) if learned else Calibration()


def terms_in_force() -> Terms:
    """Return the terms that curators added or changed, as the columns of the glossary's files: one query."""
    rows = GlossaryTerm.objects.filter(active=True).order_by("concept_id")
    return tuple(rows.values_list("concept_id", *COLUMNS[1:]))


def engine_version(config: Config, terms: Terms) -> str:
    """Name the weights and the words that scores come from."""
    return f"{config.version}-{curated_analyser(terms).version}"


@lru_cache(maxsize=1)
def _fitted(state: Fingerprint) -> Corpus:
    entries = list(for_ranking().supplies())
    ranker = Ranker(state.config, geography(on=state.day), curated_analyser(state.terms))
    ranker.fit(profile_of(entry, on=state.day) for entry in entries)
    return Corpus(state, ranker, {entry.public_id: entry.pk for entry in entries})


@cache
def analyser() -> Analyser:
    """Return the analysis with the glossary that the platform ships, and the learned word table if one is set."""
    return Analyser(Glossary.load((settings.FIXTURES_DIR / "glossary").glob("*.tsv")), _lexicon(settings.LEXICON))


@lru_cache(maxsize=2)
def curated_analyser(terms: Terms) -> Analyser:
    """Return the analysis in which curators' terms stand in place of the shipped concepts of the same id."""
    shipped = analyser()
    if not terms:
        return shipped
    own = Glossary.from_rows(dict(zip(COLUMNS, row, strict=True)) for row in terms)
    return Analyser(shipped.glossary.overridden_by(own), shipped.lexicon)


def _lexicon(path: Path | None) -> WordTable:
    try:
        return WordTable.load([path]) if path else WordTable()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"LEXICON={path} is no table that learn_lexicon wrote: {error}") from error


@cache
def proposer() -> Proposer:
    """Return the proposer of goals by the word profiles that the platform ships."""
    taxonomy = settings.FIXTURES_DIR / "taxonomy"
    words = settings.FIXTURES_DIR / "sdg" / "profiles.tsv"
    return Proposer(analyser(), read_profiles(words, taxonomy / "goals.json", taxonomy / "targets.json"))


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
        closed=_is_closed(details, on),
        **facets,  # type: ignore[arg-type]  # tuples of codes, by the names of Profile
    )
    return profile if profile.goals or profile.targets else replace(profile, proposed_goals=_proposed(profile))


def _proposed(profile: Profile) -> tuple[tuple[int, float], ...]:
    text = "\n".join((profile.title, profile.summary, profile.body))
    return tuple((found.goal, found.confidence) for found in proposer().propose(text, profile.language).goals)


def _codes(rows: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted(row.pk for row in rows))  # type: ignore[attr-defined]  # reference rows: the code is the key


def _is_closed(details: Solution | Demand | Offer, on: date) -> bool:
    """Tell whether an entry can no longer be answered or asked; the closing or expiry day itself is still open."""
    if isinstance(details, Offer):
        return details.capacity_left == 0 or (details.closing_date is not None and details.closing_date < on)
    return isinstance(details, Demand) and details.expiry_date is not None and details.expiry_date < on


def geography(*, on: date) -> Geography:
    """Return the regions, groups and official languages of every country on a day: three queries.

    Official languages, also in fact rather than by law, come from CLDR's territory-language data.
    """
    parents = dict(Region.objects.values_list("pk", "parent_id"))
    groups: dict[str, set[str]] = {}
    for country, group in CountryGroupMembership.objects.at(on).values_list("country_id", "group_id"):
        groups.setdefault(country, set()).add(group)
    countries = list(Country.objects.values_list("pk", "alpha2", "region_id"))
    return Geography(
        regions={code: _chain(region, parents) for code, _, region in countries},
        groups={code: frozenset(found) for code, found in groups.items()},
        languages={code: _official_languages(alpha2) for code, alpha2, _ in countries},
    )


def _chain(region: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    chain = []
    while region:
        chain.append(region)
        region = parents[region]
    return tuple(chain)


def _official_languages(alpha2: str) -> tuple[str, ...]:
    found = get_official_languages(alpha2, de_facto=True)
    return tuple(dict.fromkeys(code.partition("_")[0] for code in found))
