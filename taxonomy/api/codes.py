"""The codes that the schema allows: those of the reference data that the platform ships."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

# Which list of reference data the values of a parameter or property come from, by its name.
LISTS = {
    "goal": "Goal", "goals": "Goal", "target": "Target", "targets": "Target", "region": "Region",
    "preferred_regions": "Region", "country": "Country", "countries": "Country", "preferred_countries": "Country",
    "eligible_countries": "Country", "past_recipients": "Country", "group": "CountryGroup",
    "eligible_groups": "CountryGroup", "sector": "Sector", "sectors": "Sector", "modality": "Modality",
    "modalities": "Modality", "language": "Language", "working_languages": "Language", "parent": "Region",
}  # fmt: skip
FILES = {
    "Goal": ("goals", "number"),
    "Target": ("targets", "code"),
    "Region": ("regions", "code"),
    "Country": ("countries", "code"),
    "CountryGroup": ("country_groups", "code"),
    "Sector": ("sectors", "code"),
    "Modality": ("modalities", "code"),
    "Language": ("languages", "code"),
}


def with_codes(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Put the lists of codes into the schema, and refer to them wherever a value is one of them."""
    schemas = result["components"]["schemas"]
    for name, properties in [(name, schema.get("properties", {})) for name, schema in schemas.items()]:
        for key, schema in properties.items():
            # Sector words that are no code become keywords: any text may be sent.
            is_object = schema.get("type") == "object"  # counts by code, for instance
            if key in LISTS and not is_object and not (key == "sectors" and "Request" in name):
                properties[key] = _referring(schema, LISTS[key])
    for parameter in _parameters(result):
        if parameter["in"] == "query" and parameter["name"] in LISTS:
            parameter["schema"] = _referring(parameter["schema"], LISTS[parameter["name"]])
    schemas |= {f"{name}Code": _codes(name) for name in FILES}
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _parameters(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in result["paths"].values():
        for operation in operations.values():
            yield from operation.get("parameters", [])


def _referring(schema: dict[str, Any], name: str) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{name}Code"}
    kinds = schema.get("type")
    if kinds == "array" or (isinstance(kinds, list) and "array" in kinds):
        return schema if "$ref" in schema["items"] else {**schema, "items": reference}  # objects are no codes
    if isinstance(kinds, list) and "null" in kinds:
        return {"oneOf": [reference, {"type": "null"}]}
    return {"allOf": [reference], "nullable": True} if schema.get("nullable") else reference


def _codes(name: str) -> dict[str, Any]:
    file, key = FILES[name]
    rows = json.loads((settings.FIXTURES_DIR / "taxonomy" / f"{file}.json").read_text(encoding="utf-8"))["rows"]
    values = [row[key] for row in rows]
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": values}
