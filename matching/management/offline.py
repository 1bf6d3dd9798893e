"""What the commands that need no database build the engine from: shipped files, and the records they are given."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from matching.corpus import analyser, official_languages, proposer
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
    """Return the regions, the groups of today and the official languages of the shipped countries."""
    countries, day = reference_rows("countries"), today.isoformat()
    return Geography.of(
        parents={row["code"]: row["parent"] for row in reference_rows("regions")},
        countries={row["code"]: row["region"] for row in countries},
        members=[
            (row["country"], row["group"])
            for row in reference_rows("country_group_memberships")
            if (row["since"] or "") <= day < (row["until"] or "9999")
        ],
        languages={row["code"]: official_languages(row["alpha2"]) for row in countries},
    )


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
