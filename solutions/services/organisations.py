"""Importing the organisations that records name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import OrganisationType
from accounts.models import Organisation
from solutions.queries import vocabulary
from solutions.rules import Problem, RefusedError, Vocabulary, shown
from solutions.rules.readers import Field, address_or_nothing, choice, code, line
from solutions.services.importing import ImportReport
from solutions.services.reading import SEVERAL, ImportRefusedError, LineProblem, Row, check_file, read_json_lines

WEBSITE_MAX = 200


def _website(value: object, vocabulary: Vocabulary) -> Any:
    return address_or_nothing(line(WEBSITE_MAX).read(value, vocabulary), vocabulary)


def _slug(value: object, vocabulary: Vocabulary) -> Any:
    text = line(80).read(value, vocabulary)
    try:
        validate_slug(text)
    except ValidationError:
        remedy = _("%(value)s is no slug; write small letters, digits and hyphens.") % {"value": shown(text)}
        raise RefusedError(value, remedy) from None
    return text


FIELDS: dict[str, Field] = {
    "slug": Field(_slug, required=True),
    "name": line(200, required=True),
    "type": choice(OrganisationType, OrganisationType.GOVERNMENT),
    "country": code("countries"),
    "website": Field(_website),
}


def import_organisations(*, path: Path, verified: bool = False, at: datetime) -> ImportReport:
    """Add or change organisations from JSON Lines: slug, name, type, country, website; the slug says which one.

    `verified` confirms those that are new, on the operator's word. Raises ImportRefusedError listing what is wrong by
    line and field; then nothing was written.
    """
    check_file(path, most=settings.IMPORT_MAX_BYTES, called=str(path))
    codes = vocabulary()
    found: dict[str, dict[str, Any]] = {}
    problems: list[LineProblem] = []
    for row in read_json_lines(path):
        values, wrong = _clean(row, codes)
        if not wrong and values["slug"] in found:
            text = _("%(value)s stands in an earlier line too; keep one.") % {"value": shown(values["slug"])}
            wrong = [Problem("slug", values["slug"], text)]
        problems += [LineProblem(row.line, problem) for problem in wrong]
        if not wrong:
            found[values["slug"]] = values
    if problems or not found:
        text = _("%(path)s has %(count)d problem(s) and %(found)d organisation(s); nothing was written.")
        values = {"path": path, "count": len(problems), "found": len(found)}
        raise ImportRefusedError(text % values, problems[:SEVERAL], len(problems))
    return _write(found, verified=verified, at=at)


def _clean(row: Row, codes: Vocabulary) -> tuple[dict[str, Any], list[Problem]]:
    problems = list(row.problems)
    values: dict[str, Any] = {}
    problems += [
        Problem(name, value, _("is no field of an organisation; remove it."))
        for name, value in row.data.items()
        if name not in FIELDS
    ]
    for name in FIELDS if not row.problems else ():
        field, value = FIELDS[name], row.data.get(name)
        try:
            values[name] = field.empty if value is None and field.clearable else field.read(value, codes)
        except RefusedError as refused:
            problems.append(Problem(name, refused.value, refused.message))
            continue
        if field.required and not values[name]:
            problems.append(Problem(name, value, _("is empty; this field is needed.")))
    return values, problems


@transaction.atomic
def _write(found: dict[str, dict[str, Any]], *, verified: bool, at: datetime) -> ImportReport:
    report = ImportReport()
    existing = {one.slug: one for one in Organisation.objects.filter(slug__in=list(found))}
    for slug, values in found.items():
        columns = {**values, "country_id": values["country"]}
        del columns["country"]
        organisation = existing.get(slug)
        if organisation is None:
            Organisation.objects.create(**columns, verified_at=at if verified else None, created_at=at)
            report.created += 1
        elif any(getattr(organisation, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(organisation, name, value)
            organisation.save(update_fields=list(columns))  # saved, not updated: history sees it
            report.updated += 1
        else:
            report.unchanged += 1
    return report
