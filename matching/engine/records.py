"""Read entries (JSON Lines) and judgements (tab separated); errors name line, field and value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

from matching.engine.types import Kind, Profile

KINDS = ("demand", "solution", "offer")
LANGUAGES = ("en", "fr", "es", "ar", "pt", "ru", "zh")
MAX_TEXT = 100_000  # characters in one field

Qrels = dict[str, dict[str, int]]  # demand id → supply id → grade


class RecordError(ValueError):
    """Say which line of which file cannot be read, and what would mend it."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}")


class BadValueError(ValueError):
    """Say what is wrong with one value; read_records adds the file and the line."""


def read_records(path: Path | str) -> list[Profile]:
    """Read one entry a line; fields that the engine does not use are passed over.

    Raises RecordError at the first line that is no entry.
    """
    path = Path(path)
    profiles: dict[str, Profile] = {}
    for number, line in _lines(path):
        try:
            profile = parse_record(line)
            if profile.id in profiles:
                raise BadValueError(f"id {profile.id!r} stands on an earlier line too; ids must differ")
        except BadValueError as problem:
            raise RecordError(path, number, str(problem)) from None
        profiles[profile.id] = profile
    return list(profiles.values())


def read_qrels(path: Path | str) -> Qrels:
    """Read judgements: demand id, supply id and a grade of 0 or more, tab separated, one pair a line."""
    path = Path(path)
    qrels: Qrels = {}
    for number, line in _lines(path):
        parts = line.rstrip("\n\r").split("\t")
        if len(parts) != 3:
            raise RecordError(path, number, f"{line.strip()!r} is not demand id, tab, supply id, tab, grade")
        demand, supply, grade = parts
        if not grade.isdecimal():
            raise RecordError(path, number, f"grade {grade!r} is no whole number of 0 or more")
        if supply in qrels.setdefault(demand, {}):
            raise RecordError(path, number, f"{demand!r} and {supply!r} are judged on an earlier line too")
        qrels[demand][supply] = int(grade)
    return qrels


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that are not blank, without a byte order mark."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                problem = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
                raise RecordError(path, number, problem) from None
            if line.strip():
                yield number, line


def parse_record(line: str) -> Profile:
    """Turn one line of JSON into a profile. Raises BadValueError naming field and value."""
    try:
        data = json.loads(line)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at column {error.colno}"
        raise BadValueError(f"not JSON ({where}); one object a line is needed") from None
    if not isinstance(data, dict):
        raise BadValueError(f"not a JSON object: {line.strip()[:60]!r}")
    texts = {name: _text(data, name) for name in ("id", "kind", "title", "summary", "body", "language")}
    for name in ("id", "title"):
        if not texts[name].strip():
            raise BadValueError(f"{name} is missing or empty")
    _one_of("kind", texts["kind"], KINDS)
    _one_of("language", texts["language"], (*LANGUAGES, ""))
    return Profile(
        id=texts["id"],
        kind=cast(Kind, texts["kind"]),
        title=texts["title"],
        summary=texts["summary"],
        body=texts["body"],
        language=texts["language"],
        country=_country(data),
        countries=_codes(data, "countries", _ALPHA3),
        goals=_goals(data),
        targets=_codes(data, "targets", _TARGET),
        sectors=_codes(data, "sectors"),
        modalities=_codes(data, "modalities"),
        keywords=_codes(data, "keywords"),
        working_languages=_codes(data, "working_languages", _LANGUAGE),
        start_date=_date(data, "start_date"),
        end_date=_date(data, "end_date"),
        confirmed_date=_date(data, "confirmed_date"),
        eligible_countries=_codes(data, "eligible_countries", _ALPHA3),
        eligible_groups=_codes(data, "eligible_groups"),
        preferred_countries=_codes(data, "preferred_countries", _ALPHA3),
        preferred_regions=_codes(data, "preferred_regions", _REGION),
        organisation=_text(data, "organisation") or None,
    )


def _pattern(pattern: str, meaning: str) -> Callable[[str, str], str]:
    compiled = re.compile(pattern)

    def check(field: str, value: str) -> str:
        if not compiled.fullmatch(value):
            raise BadValueError(f"{field} {value!r} is not {meaning}")
        return value

    return check


_ALPHA3 = _pattern("[A-Z]{3}", "an ISO 3166-1 alpha-3 code such as 'SEN'")
_TARGET = _pattern(r"(1[0-7]|[1-9])\.(\d{1,2}|[a-d])", "an SDG target such as '2.a'")
_REGION = _pattern(r"\d{3}", "an M49 code such as '011'")
_LANGUAGE = _pattern("[a-z]{2,3}", "an ISO 639 code such as 'fr'")
_ANY = _pattern(r"(?s).*\S.*", "a code or word")


def _text(data: dict[str, Any], field: str) -> str:
    value = data.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValueError(f"{field} {value!r} is not text")
    if len(value) > MAX_TEXT:
        raise BadValueError(f"{field} has {len(value):,} characters; the most is {MAX_TEXT:,}")
    return value


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadValueError(f"{field} {value!r} is not one of {', '.join(code for code in allowed if code)}")


def _list(data: dict[str, Any], field: str) -> list[Any]:
    value = data.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadValueError(f"{field} {value!r} is not a list")
    return value


def _codes(data: dict[str, Any], field: str, check: Callable[[str, str], str] = _ANY) -> tuple[str, ...]:
    values = _list(data, field)
    for value in values:
        if not isinstance(value, str):
            raise BadValueError(f"{field} {value!r} is not text")
    return tuple(check(field, value) for value in values)


def _goals(data: dict[str, Any]) -> tuple[int, ...]:
    goals = _list(data, "goals")
    for goal in goals:
        if type(goal) is not int or not 1 <= goal <= 17:
            raise BadValueError(f"goals {goal!r} is no goal; goals are whole numbers from 1 to 17")
    return tuple(goals)


def _country(data: dict[str, Any]) -> str | None:
    value = _text(data, "country")
    return _ALPHA3("country", value) if value else None


def _date(data: dict[str, Any], field: str) -> date | None:
    value = _text(data, field)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadValueError(f"{field} {value!r} is no date such as '2026-01-31'") from None
