"""Entries as schema.org linked data, for search engines: a block of data that no browser runs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from solutions.enums import Kind
from solutions.models import Demand, Entry, Offer, Solution
from taxonomy.models import Country

register = template.Library()
TYPES: Final = {Kind.SOLUTION: "CreativeWork", Kind.OFFER: "Offer", Kind.DEMAND: "Demand"}
ESCAPES: Final = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
"""What could end the block or begin a comment in it; JSON reads these back as the characters themselves."""


@register.simple_tag
def linked_data(entry: Entry, whole: bool) -> SafeString:
    """Write the block for an entry; of one shown in summary only what its summary shows."""
    content = json.dumps(described(entry, whole=whole), ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(content))  # noqa: S308  # escaped above


def described(entry: Entry, *, whole: bool) -> dict[str, Any]:
    """Return the page of an entry, and what it is about, in words of schema.org; empty values are left out."""
    address = _address(entry)
    organisation = _filled(
        {"@type": "Organization", "name": entry.organisation.name, "url": entry.organisation.website}
    )
    thing = {
        "@type": TYPES[Kind(entry.kind)],
        "@id": f"{address}#entry",
        "identifier": entry.public_id,
        "name": entry.title,
        "description": entry.summary,
        "url": address,
        **_of_kind(entry, organisation, whole=whole),
    }
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "@id": address,
            "url": address,
            "name": entry.title,
            "inLanguage": entry.language_id,
            "datePublished": entry.published_at.isoformat() if entry.published_at else None,
            "dateModified": entry.updated_at.isoformat(),
            "author": organisation,
            "about": [{"@type": "Thing", "name": goal.name} for goal in entry.goals.all()],
            "mainEntity": _filled(thing),
        }
    )


def _of_kind(entry: Entry, organisation: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    home = _country(entry.country) if entry.country else None
    details = entry.details
    if isinstance(details, Solution):
        ran = [_country(country) for country in details.countries.all()]
        based_on = _address(details.adapted_from) if details.adapted_from else None
        return {
            "creator": organisation,
            "inLanguage": entry.language_id,
            "spatialCoverage": ran or home,
            "keywords": entry.keywords,
            "isBasedOn": based_on,
            "citation": details.evidence_links,
        }
    dates = {"validFrom": _day(entry.start_date), "validThrough": _day(entry.end_date)} if whole else {}
    if isinstance(details, Offer):
        to = [_country(country) for country in details.eligible_countries.all()]
        if details.closing_date:
            dates["validThrough"] = _day(details.closing_date)
        return {"offeredBy": organisation, "eligibleRegion": to, **dates}
    if isinstance(details, Demand) and whole and details.expiry_date:
        dates["validThrough"] = _day(details.expiry_date)
    return {"areaServed": home, **dates}


def _country(country: Country) -> dict[str, Any]:
    return {"@type": "Country", "name": country.name, "identifier": country.pk}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _address(entry: Entry) -> str:
    return f"{settings.SITE_URL}{reverse('entry-detail', args=[entry.public_id])}"


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}
