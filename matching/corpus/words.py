"""What texts are read by and scored with: the analysis with curators' terms, the weights in force, the goals' words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from matching.engine.analysis import Analyser
from matching.engine.calibration import Calibration
from matching.engine.glossary import Glossary
from matching.engine.glossary_check import COLUMNS
from matching.engine.lexicon import WordTable
from matching.engine.proposal import Proposer, read_profiles
from matching.engine.types import Config
from matching.models import GlossaryTerm, WeightsVersion

Terms = tuple[tuple[str, ...], ...]


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
