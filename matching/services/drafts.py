"""Matches of what is not in the catalogue: a draft being written, or a profile of another platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.models import User
from matching.corpus import TEXTS, Corpus, fitted, profile_of, proposer
from matching.engine.proposal import Proposal
from matching.engine.ranker import Ranker
from matching.engine.types import Hit, Profile
from matching.engine.types import Kind as ProfileKind
from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import for_ranking, vocabulary
from solutions.rules import FIELDS, Problem, clean
from solutions.services import InvalidEntryError

DEMANDS_READ: Final = 300  # the newest demands that a supply is held against
FACETS: Final = (
    "goals", "targets", "sectors", "modalities", "country", "countries", "working_languages", "start_date",
    "eligible_countries", "eligible_groups", "preferred_countries", "preferred_regions",
)  # fmt: skip
ALIKE: Final = ("strong", "good")  # bands in which two texts are about the same
DRAFT: Final = "draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """Hold the engine's view of a record that is not in the catalogue, and the fields it leaves empty."""

    profile: Profile
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """Hold the entries that fit a draft with their hits, best first, and the engine that found them."""

    pairs: tuple[tuple[Entry, Hit], ...]
    engine: str


def draft_of(*, kind: Kind, values: Mapping[str, object], on: date) -> Draft:
    """Read a record as far as it goes; nothing is required, what is there must be right. Raises InvalidEntryError."""
    cleaned, problems = clean(kind, values, vocabulary(), before={})
    if not any(cleaned.get(name) for name in ("title", "summary", "body", *TEXTS[kind])):
        problems.append(Problem("title", None, _("is empty, and so is every other text; write one.")))
    if problems:
        raise InvalidEntryError(problems)
    needs = cleaned.get("needs", [])
    texts = [cleaned.get(name, "") for name in ("body", *TEXTS[kind])]
    texts += [f"{need['title']}. {need['description']}" for need in needs]
    modalities = {*cleaned.get("modalities", ()), *(need["modality"] for need in needs if need["modality"])}
    facets = {name: tuple(cleaned[name]) for name in FACETS if isinstance(cleaned.get(name), list)}
    profile = Profile(
        id=DRAFT,
        kind=cast(ProfileKind, kind.value),
        title=cleaned.get("title", ""),
        summary=cleaned.get("summary", ""),
        body="\n\n".join(text for text in texts if text),
        language=cleaned.get("language") or "",
        country=cleaned.get("country"),
        keywords=tuple(cleaned.get("keywords", ())),
        start_date=cleaned.get("start_date"),
        end_date=cleaned.get("end_date"),
        confirmed_date=on,
        **{**facets, "modalities": tuple(sorted(modalities))},  # type: ignore[arg-type]  # by the names of Profile
    )
    return Draft(profile, tuple(name for name in FIELDS[kind] if not cleaned.get(name)))


def proposed_for(profile: Profile) -> Proposal:
    """Return the goals and targets that a text may be about."""
    text = "\n".join((profile.title, profile.summary, profile.body))
    return proposer().propose(text, profile.language)


def answers_to(*, profile: Profile, reader: User | AnonymousUser, most: int, at: datetime) -> Answers:
    """Return the best answers to a demand, or the demands that a supply would answer, best first, weak ones left out.

    A supply is held against the newest demands that the reader may read whole.
    """
    corpus = fitted(at=at)
    asks = profile.kind == "demand"
    hits = corpus.rank(profile, k=most).hits if asks else _demands_for(profile, reader, corpus, at)
    best = sorted((hit for hit in hits if hit.band != "weak"), key=lambda hit: (-hit.score, hit.demand_id, hit.rank))
    ids = [hit.supply_id if asks else hit.demand_id for hit in best[:most]]
    entries = Entry.objects.live().filter(public_id__in=ids).select_related("organisation")
    found = {entry.public_id: entry for entry in entries}
    pairs = tuple((found[key], hit) for key, hit in zip(ids, best, strict=False) if key in found)
    return Answers(pairs, corpus.fingerprint.engine)


def like_draft(*, profile: Profile, reader: User | AnonymousUser, most: int, at: datetime) -> tuple[Entry, ...]:
    """Return the entries of a draft's kind that are about the same, the likest first.

    They are what the same words would find if they asked instead of offering, or the other way round; where, when and
    for whom does not count.
    """
    about = Profile(
        id=DRAFT,
        kind="solution" if profile.kind == "demand" else "demand",
        title=profile.title,
        summary=profile.summary,
        body=profile.body,
        language=profile.language,
        keywords=profile.keywords,
        goals=profile.goals,
        targets=profile.targets,
        sectors=profile.sectors,
        modalities=profile.modalities,
        confirmed_date=at.date(),
    )
    pairs = answers_to(profile=about, reader=reader, most=most, at=at).pairs
    return tuple(entry for entry, hit in pairs if hit.band in ALIKE)


def _demands_for(profile: Profile, reader: User | AnonymousUser, corpus: Corpus, at: datetime) -> Iterator[Hit]:
    # Words weigh by the statistics of the catalogue, of which the supply is no part.
    one = Ranker(corpus.ranker.config, corpus.ranker.geography, corpus.ranker.analyser)
    one.statistics_ = corpus.ranker.statistics_
    one.put([profile])
    demands = for_ranking().demands().readable_by(reader).order_by("-published_at", "-pk")[:DEMANDS_READ]
    for entry in demands:
        demand = profile_of(entry, on=at.date())
        found = None if demand.closed else one.explain(demand, profile.id, today=at.date())
        if isinstance(found, Hit):
            yield found
