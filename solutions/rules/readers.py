"""Readers: each turns one value of a record into its clean form, or refuses it with a remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext as _

ID_MAX = 100
TITLE_MAX = 200
SUMMARY_MAX = 600
BODY_MAX = 20_000
LONG_TEXT_MAX = 8_000
URL_MAX = 500
LIST_MAX = 100
"""How many items a list holds at most."""
NUMBER_MAX = 2_147_483_647
PROVENANCE = ("source", "paragraph", "url", "note")
SHOWN_MAX = 60
"""How many characters of a refused value a message repeats."""

# Control characters but tab and line feed, and halves of surrogate pairs: no database or page can carry them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Store(Enum):
    """How a field's clean value is kept in the database."""

    COLUMN = "column"
    CODE = "code"  # foreign key to a row whose primary key is the code
    CODES = "codes"  # many-to-many to such rows
    REFERENCE = "reference"  # foreign key to another entry, written as its id
    REFERENCES = "references"
    NEEDS = "needs"


@dataclass(frozen=True)
class Vocabulary:
    """The codes that the reference data knows; targets by the goal they belong to."""

    goals: frozenset[int]
    targets: Mapping[str, int]
    countries: frozenset[str]
    regions: frozenset[str]
    groups: frozenset[str]
    sectors: frozenset[str]
    modalities: frozenset[str]
    languages: frozenset[str]


_NONE: frozenset[str] = frozenset()
NO_CODES = Vocabulary(frozenset(), {}, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE)
"""For reading texts, which need no codes and no queries for them."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field: the value at fault, and a message that says what to do."""

    field: str
    value: object
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class RefusedError(ValueError):
    """One value is not acceptable; carries the value at fault and the remedy."""

    def __init__(self, value: object, message: str) -> None:
        super().__init__(message)
        self.value = value
        self.message = message


Reader = Callable[[object, Vocabulary], Any]


@dataclass(frozen=True)
class Field:
    """One field of a record: how to read it, what it is when left out, how it is kept."""

    read: Reader
    empty: object = ""
    store: Store = Store.COLUMN
    required: bool = False
    clearable: bool = True
    """Whether null empties it; otherwise null is refused, so that nothing restricted opens by accident."""


def shown(value: object) -> str:
    """Quote a value for a message, shortened."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return f"“{text[: SHOWN_MAX - 1]}…”" if len(text) > SHOWN_MAX else f"“{text}”"


def _plain(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise RefusedError(value, _("%(value)s is not text; write it in quotation marks.") % {"value": shown(value)})
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if found := _CONTROL.search(text):
        raise RefusedError(
            value,
            _("the control character U+%(code)04X stands at position %(at)d; remove it.")
            % {"code": ord(found[0]), "at": found.start() + 1},
        )
    if len(text) > most:
        raise RefusedError(
            value,
            _("the text has %(length)d characters; shorten it to %(most)d.") % {"length": len(text), "most": most},
        )
    return text


def _line(value: object, most: int) -> str:
    text = _plain(value, most)
    if "\n" in text or "\t" in text:
        raise RefusedError(value, _("%(value)s has more than one line; write one.") % {"value": shown(value)})
    return text


def _address(value: object) -> str:
    text = _line(value, URL_MAX)
    remedy = _("%(value)s is no web address; write one that starts with https:// or http://.") % {"value": shown(value)}
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise RefusedError(value, remedy) from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"'\\]", text):
        raise RefusedError(value, remedy)
    return text


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise RefusedError(value, _("%(value)s is not a list; write [ ] around it.") % {"value": shown(value)})
    if len(value) > LIST_MAX:
        raise RefusedError(
            value, _("the list has %(count)d items; keep at most %(most)d.") % {"count": len(value), "most": LIST_MAX}
        )
    return list(value)


def _known(value: object, codes: Iterable[object], remedy: str) -> Any:
    # bool is a kind of int: True would pass for goal 1.
    if isinstance(value, bool) or not isinstance(value, str | int) or value not in codes:
        raise RefusedError(value, _("%(value)s is unknown; %(remedy)s") % {"value": shown(value), "remedy": remedy})
    return value


def text(most: int = LONG_TEXT_MAX, *, required: bool = False) -> Field:
    """Return a field of free text of several lines."""
    return Field(lambda value, _vocabulary: _plain(value, most), required=required)


def line(most: int, *, required: bool = False) -> Field:
    """Return a field of text on one line."""
    return Field(lambda value, _vocabulary: _line(value, most), required=required)


def lines(most: int = 200) -> Field:
    """Return a list of one-line texts; blank and repeated ones are dropped."""

    def read(value: object, _vocabulary: Vocabulary) -> list[str]:
        return list(dict.fromkeys(word for item in _items(value) if (word := _line(item, most))))

    return Field(read, empty=[])


def _remedies() -> dict[str, str]:
    return {
        "goals": _("write the number of a Sustainable Development Goal, 1 to 17."),
        "targets": _("write the code of a target such as 2.a."),
        "countries": _("write an ISO 3166-1 alpha-3 code such as SEN."),
        "regions": _("write a UN M49 code such as 011."),
        "groups": _("write ldc, lldc, sids or south."),
        "sectors": _("write the code of a sector."),
        "modalities": _("write the code of a modality such as training or study_visit."),
        "languages": _("write a code such as en, fr, es, ar, pt, ru or zh."),
    }


def code(of: str, *, required: bool = False) -> Field:
    """Return a field that holds one code of a vocabulary."""

    def read(value: object, vocabulary: Vocabulary) -> Any:
        return _known(value, getattr(vocabulary, of), _remedies()[of]) if value != "" else None

    return Field(read, empty=None, store=Store.CODE, required=required)


def codes(of: str) -> Field:
    """Return a field that holds a set of codes of a vocabulary, sorted."""

    def read(value: object, vocabulary: Vocabulary) -> list[Any]:
        return sorted({_known(item, getattr(vocabulary, of), _remedies()[of]) for item in _items(value)})

    return Field(read, empty=[], store=Store.CODES)


def choice(enum: type[models.TextChoices], fallback: models.TextChoices) -> Field:
    """Return a field that holds one word of a closed list."""

    def read(value: object, _vocabulary: Vocabulary) -> str:
        return str(_known(value, enum.values, _("write one of %(words)s.") % {"words": ", ".join(enum.values)}))

    return Field(read, empty=fallback.value, clearable=False)


def whole_number(value: object, _vocabulary: Vocabulary) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= NUMBER_MAX:
        raise RefusedError(
            value,
            _("%(value)s is no whole number from 0 to %(most)d; write digits only.")
            % {"value": shown(value), "most": NUMBER_MAX},
        )
    return value


def day(value: object, _vocabulary: Vocabulary) -> date:
    if type(value) is date:
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise RefusedError(
            value, _("%(value)s is no date; write it as 2026-01-31.") % {"value": shown(value)}
        ) from None


def flag(value: object, _vocabulary: Vocabulary) -> bool:
    if not isinstance(value, bool):
        raise RefusedError(value, _("%(value)s is neither true nor false; write one.") % {"value": shown(value)})
    return value


def address_or_nothing(value: object, _vocabulary: Vocabulary) -> str:
    return _address(value) if value != "" else ""


def addresses(value: object, _vocabulary: Vocabulary) -> list[str]:
    return list(dict.fromkeys(_address(item) for item in _items(value)))


def provenance(value: object, _vocabulary: Vocabulary) -> dict[str, str]:
    if not isinstance(value, dict) or not set(value) <= set(PROVENANCE):
        raise RefusedError(
            value,
            _("%(value)s is no provenance; write an object with %(keys)s.")
            % {"value": shown(value), "keys": ", ".join(PROVENANCE)},
        )
    clean = {key: _plain(value[key], 1000) for key in PROVENANCE if value.get(key) not in (None, "")}
    if "url" in clean:
        clean["url"] = _address(clean["url"])
    return clean


def needs_list(value: object, vocabulary: Vocabulary) -> list[dict[str, str | None]]:
    needs = []
    for item in _items(value):
        if not isinstance(item, dict) or not set(item) <= {"title", "description", "modality"}:
            raise RefusedError(
                item,
                _("%(value)s is no need; write an object with title, description, modality.") % {"value": shown(item)},
            )
        given = {key: None if text == "" else text for key, text in item.items()}
        need = {
            "title": _line("" if given.get("title") is None else given["title"], TITLE_MAX),
            "description": _plain("" if given.get("description") is None else given["description"], LONG_TEXT_MAX),
            "modality": given.get("modality"),
        }
        if not need["title"]:
            raise RefusedError(item, _("a need has no title; write one."))
        if need["modality"] is not None:
            _known(need["modality"], vocabulary.modalities, _remedies()["modalities"])
        needs.append(need)
    return needs
