"""The engine's public types: plain frozen values in, hits out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple

Kind = Literal["demand", "solution", "offer"]
Band = Literal["strong", "good", "possible", "weak"]
Pairs = tuple[tuple[str, str], ...]

BANDS: tuple[Band, ...] = ("strong", "good", "possible", "weak")


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold what the engine may know of one entry: its texts, its language and its facets.

    Languages are ISO 639-1, countries ISO 3166-1 alpha-3, regions M49 text, groups taxonomy codes.
    An empty facet means "not stated", never "none".
    """

    id: str
    kind: Kind
    title: str
    summary: str = ""
    body: str = ""
    language: str = ""
    country: str | None = None
    countries: tuple[str, ...] = ()  # where a solution ran
    goals: tuple[int, ...] = ()
    targets: tuple[str, ...] = ()
    proposed_goals: tuple[tuple[int, float], ...] = ()  # (goal, confidence 0..1), proposed by machine
    sectors: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    working_languages: tuple[str, ...] = ()
    start_date: date | None = None
    end_date: date | None = None
    confirmed_date: date | None = None  # when somebody last said that the entry still holds
    eligible_countries: tuple[str, ...] = ()
    eligible_groups: tuple[str, ...] = ()
    preferred_countries: tuple[str, ...] = ()
    preferred_regions: tuple[str, ...] = ()
    organisation: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Geography:
    """Say which regions, country groups and official languages a country has."""

    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # most specific first
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        parents: Mapping[str, str | None],
        countries: Mapping[str, str | None],
        members: Iterable[tuple[str, str]],
        languages: Mapping[str, tuple[str, ...]],
    ) -> Geography:
        """Lay out regions by their parents, countries by their smallest region, and pairs of country and group."""
        regions: dict[str, tuple[str, ...]] = {}
        for country, smallest in countries.items():
            region, chain = smallest, []
            while region:
                chain.append(region)
                region = parents[region]
            regions[country] = tuple(chain)
        groups: dict[str, set[str]] = {}
        for country, group in members:
            groups.setdefault(country, set()).add(group)
        return cls(regions, {country: frozenset(found) for country, found in groups.items()}, languages)


def _weights() -> dict[str, float]:
    """Return the shipped weights: what an entry says in words decides, facets tell near answers apart."""
    return {
        "text": 0.70,
        "sdg": 0.11,
        "sector": 0.06,
        "modality": 0.04,
        "context": 0.03,
        "preference": 0.02,
        "window": 0.02,
        "language": 0.01,
        "freshness": 0.01,
    }


def _neutral() -> dict[str, float]:
    """Return values about half-way between those of a chance supply and of a good answer."""
    return {
        "sdg": 0.4,
        "sector": 0.3,
        "modality": 0.4,
        "context": 0.3,
        "preference": 0.3,
        "window": 0.5,
        "language": 0.5,
        "freshness": 0.5,
    }


@dataclass(frozen=True, slots=True)
class Config:
    """Hold every weight and constant of a score in one table.

    ``weights`` sum to 1, so that a score lies in 0..1; a feature without a weight is not looked at.
    """

    weights: Mapping[str, float] = field(default_factory=_weights, hash=False)
    neutral: Mapping[str, float] = field(default_factory=_neutral, hash=False)  # where a record is silent
    title_weight: float = 2.0  # what one occurrence counts for, by field
    summary_weight: float = 1.5
    body_weight: float = 1.0
    keyword_weight: float = 1.5
    sector_weight: float = 1.0  # of a demand: they are looked for in the texts too
    k1: float = 1.2  # BM25: how soon a repeated word stops counting
    b: float = 0.75  # BM25: how much a long text is discounted
    text_half: float = 0.5  # of a share x: the value is x (1 + half) / (x + half), so that good shares stand out
    background: int = 20  # supplies imagined beside the real ones when rarity is counted; 0: none
    gram_weight: float = 0.2  # of a character n-gram, a word being 1
    twin_cosine: float = 0.9  # texts nearer than this nearly repeat each other
    half_life_days: float = 730.0  # of a confirmation
    thresholds: tuple[float, float, float] = (0.45, 0.35, 0.25)  # strong, good, possible

    def __post_init__(self) -> None:
        """Refuse a table in which facets alone could make a strong match."""
        facets = sum(weight for feature, weight in self.weights.items() if feature != "text")
        if facets >= self.thresholds[0]:
            raise ValueError(f"facets weigh {facets:.2f}, as much as a strong match ({self.thresholds[0]:.2f})")

    def text_only(self) -> Config:
        """Return this table without any facet: the text value is the score."""
        return replace(self, weights={"text": 1.0}, sector_weight=0.0)

    @property
    def version(self) -> str:
        """Name this table by its content: equal tables have equal versions."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def index_version(self) -> str:
        """Name what an index depends on: tables that differ only in how a score comes of it share theirs."""
        return replace(self, **{name: getattr(SHIPPED, name) for name in SCORED}).version


SCORED = ("weights", "neutral", "text_half", "twin_cosine", "half_life_days", "thresholds")
"""Constants that are read when a demand is scored, not when supplies are weighed."""
SHIPPED = Config()


class Term(NamedTuple):
    """Be one weighted feature of a text.

    The key's prefix tells the kind: ``c:`` glossary concept, ``s:`` pivot stem or word,
    ``g:`` character n-gram, ``n:`` number. ``surface`` is what stood in the text.
    """

    key: str
    weight: float
    surface: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Show what two texts share, as each words it; ``value`` is its share of the text value.

    Where it is not ``exact``, the two wordings share a part of their meaning only.
    """

    key: str
    demand_surface: str
    supply_surface: str
    value: float
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """Be one named contribution to a score.

    ``detail`` names what the pair shares: (name, codes with bars between). It is empty where a facet is not stated
    or does not apply, so that ``value`` is neutral.
    """

    feature: str
    weight: float
    value: float
    evidence: tuple[Evidence, ...] = ()
    detail: Pairs = ()

    @property
    def contribution(self) -> float:
        """Return what this reason adds to the score."""
        return self.weight * self.value


@dataclass(frozen=True, slots=True)
class Hit:
    """Be the engine's answer for one pair: reasons that add up to its score, and what neither record says.

    ``missing`` names facets that are not stated, as "demand.sectors" or "supply.modalities".
    """

    demand_id: str
    supply_id: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()
    rank: int = 0
    thresholds: tuple[float, float, float] = (0.45, 0.35, 0.25)

    @property
    def score(self) -> float:
        """Return the sum of the contributions, in 0..1."""
        return sum(reason.contribution for reason in self.reasons)

    @property
    def band(self) -> Band:
        """Return the score in a word."""
        score = self.score
        for band, threshold in zip(BANDS, self.thresholds, strict=False):
            if score >= threshold:
                return band
        return "weak"

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready data that from_dict turns into an equal hit."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Hit:
        """Rebuild a hit from to_dict's data."""
        strong, good, possible = data["thresholds"]
        return cls(
            demand_id=data["demand_id"],
            supply_id=data["supply_id"],
            reasons=tuple(
                Reason(
                    feature=reason["feature"],
                    weight=reason["weight"],
                    value=reason["value"],
                    evidence=tuple(Evidence(**item) for item in reason["evidence"]),
                    detail=tuple((name, text) for name, text in reason["detail"]),
                )
                for reason in data["reasons"]
            ),
            missing=tuple(data["missing"]),
            rank=data["rank"],
            thresholds=(strong, good, possible),
        )


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Say why a supply may not answer a demand.

    ``code``: closed, own_organisation, own_country, not_eligible or window; ``detail``: the value it hangs on.
    """

    supply_id: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Be the answer to one demand: hits, best first, and the supplies that were kept out, by id.

    Thousands may be kept out: a ranker works their reasons out when they are read.
    """

    demand_id: str
    hits: tuple[Hit, ...]
    excluded: Sequence[Exclusion] = ()
