"""What the commands that need no database build the engine from: shipped files, and the records they are given."""

from __future__ import annotations

from datetime import date

from babel.languages import get_official_languages
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from matching.corpus import analyser, proposer
from matching.engine.analysis import Analyser
from matching.engine.proposal import Proposer
from matching.engine.records import Qrels, RecordError, read_qrels, read_records
from matching.engine.types import Geography, Profile
from taxonomy.services import reference_rows


def shipped_analyser() -> Analyser:
    """Return the analysis of the platform without curators' terms. Raises CommandError for a table that is none."""
    try:
        return analyser()
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def shipped_proposer() -> Proposer:
    """Return the platform's proposer of goals. Raises CommandError as shipped_analyser does."""
    shipped_analyser()
    return proposer()


def shipped_geography(today: date) -> Geography:
    """Return regions, the groups that countries are in today, and official languages (Unicode CLDR, by Babel)."""
    parents = {row["code"]: row["parent"] for row in reference_rows("regions")}
    regions: dict[str, tuple[str, ...]] = {}
    languages: dict[str, tuple[str, ...]] = {}
    for country in reference_rows("countries"):
        chain = [country["region"]]
        while parents[chain[-1]]:
            chain.append(parents[chain[-1]])
        regions[country["code"]] = tuple(chain)
        official = get_official_languages(country["alpha2"], de_facto=True)
        languages[country["code"]] = tuple(dict.fromkeys(code.partition("_")[0] for code in official))
    groups: dict[str, set[str]] = {}
    for row in reference_rows("country_group_memberships"):
        if (row["since"] or "") <= today.isoformat() < (row["until"] or "9999"):
            groups.setdefault(row["country"], set()).add(row["group"])
    return Geography(regions, {country: frozenset(found) for country, found in groups.items()}, languages)


def records_of(path: str) -> list[Profile]:
    """Read records. Raises CommandError with the line, the field and the value."""
    try:
        return read_records(path)
    except (OSError, RecordError) as error:
        raise CommandError(str(error)) from error


def qrels_of(path: str) -> Qrels:
    """Read judgements. Raises CommandError with the line and the value."""
    try:
        return read_qrels(path)
    except (OSError, RecordError) as error:
        raise CommandError(str(error)) from error
