"""Between a record and the cells of a CSV file; what is written reads back the same.

Lists are separated by "|" (a "|" or "\\" inside an item has a "\\" before it), provenance has a column for each part, a
need with more than a title is a JSON object. A cell that a spreadsheet would run as a formula gets an apostrophe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from core.tables import safe, unguarded
from solutions.enums import Kind
from solutions.rules import FIELDS, PROVENANCE, Field
from solutions.rules.readers import whole_number

HEAD = ("id", "kind", "organisation")


def columns(kinds: Iterable[Kind]) -> list[str]:
    """Return the columns of a file that holds records of these kinds, in the order of the export."""
    names = dict.fromkeys(HEAD)
    for kind in kinds:
        for name in FIELDS[kind]:
            names |= (
                dict.fromkeys(f"provenance.{part}" for part in PROVENANCE) if name == "provenance" else {name: None}
            )
    return list(names)


def to_cells(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a record, by column."""
    cells: dict[str, str] = {}
    for name, value in record.items():
        if name == "provenance":
            cells |= {f"provenance.{part}": safe(text) for part, text in value.items()}
        else:
            cells[name] = safe(_cell(value))
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(re.sub(r"([|\\])", r"\\\1", _item(item)) for item in value)
    return str(value)


def _item(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    if not item["description"] and not item["modality"] and not item["title"].startswith("{"):
        return str(item["title"])
    return json.dumps(item, ensure_ascii=False)


def from_cells(cells: Mapping[str, str], kind: Kind) -> dict[str, Any]:
    """Return the record that cells hold, as JSON would give it; what cannot be read stays, for `rules.clean` to refuse.

    An empty cell empties its field; the empty cells of fields that the kind does not have are passed over.
    """
    record: dict[str, Any] = {}
    for column, cell in cells.items():
        text = unguarded(cell)
        name, _, part = column.partition(".")
        if name in HEAD:
            record[name] = text
        elif part:
            record.setdefault(name, {})[part] = text
        elif name in FIELDS[kind]:
            field = FIELDS[kind][name]
            if text or field.clearable:
                record[name] = _value(text, name, field)
        elif text:
            record[name] = text
    return record


def _value(text: str, name: str, field: Field) -> Any:
    if not text:
        return None
    if isinstance(field.empty, list):
        return [_listed(re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL), name) for item in _split(text)]
    if field.read is whole_number:
        return digits(text)
    if isinstance(field.empty, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _split(text: str) -> list[str]:
    """Split at every "|" that has no "\\" before it; blank items are dropped."""
    return [item for item in re.findall(r"((?:[^|\\]|\\.|\\$)*)(?:\||$)", text, re.DOTALL) if item.strip()]


def _listed(item: str, name: str) -> Any:
    if name == "goals":
        return digits(item)
    if name != "needs":
        return item
    if not item.startswith("{"):
        return {"title": item}
    try:
        return json.loads(item)
    except (ValueError, RecursionError):
        return item


def digits(text: str) -> int | str:
    """Return the whole number that a text is, or the text."""
    plain = text.strip()
    return int(plain) if re.fullmatch(r"0|[1-9]\d{0,9}", plain, re.ASCII) else text
