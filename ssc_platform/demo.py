"""The demonstration: its catalogue, and one ready log-in for each role."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from accounts.enums import OrganisationType, Role
from accounts.models import Membership, Organisation, User
from accounts.queries import people_of
from solutions.enums import Kind, TranslationStatus
from solutions.models import Collection, Entry
from solutions.services.importing import ImportReport, import_records
from solutions.services.organisations import import_organisations
from solutions.services.translating import save_translation
from taxonomy.models import Language

FOLDER: Path = settings.FIXTURES_DIR / "demo"
FILES = ("solutions.jsonl", "offers.jsonl", "demands.jsonl")  # offers point to solutions
DOMAIN = "demo.example"
SECRETARIAT = "demo-secretariat"


@dataclass(frozen=True)
class Login:
    """A way in for one role; the password is known to whoever reads it here, once."""

    role: Role
    email: str
    password: str
    organisation: str


def load_organisations(*, at: datetime) -> None:
    """Import the demonstration's organisations, and make the one that its curator works for."""
    import_organisations(path=FOLDER / "organisations.jsonl", verified=True, at=at)
    Organisation.objects.get_or_create(
        slug=SECRETARIAT,
        defaults={"name": "Secretariat (demonstration)", "type": OrganisationType.UN_ENTITY, "verified_at": at},
    )


def load_entries(*, at: datetime) -> Iterator[tuple[str, ImportReport]]:
    """Import and publish solutions, offers and demands; yield each file's name and report."""
    for name in FILES:
        yield name, import_records(path=FOLDER / name, publish=True, at=at)


@transaction.atomic
def load_translations(*, at: datetime) -> None:
    """Write translations of a few entries, each as a publisher of its organisation; those that are there stay."""
    for row in _rows("translations.jsonl"):
        entry = Entry.objects.select_related("organisation").get(source_id=row.pop("entry"))
        language = Language.objects.get(pk=row.pop("language"))
        publisher = people_of(entry.organisation_id, Role.PUBLISHER).first()
        if publisher and not entry.translations.filter(language=language).exists():
            human = TranslationStatus.HUMAN
            save_translation(entry=entry, language=language, texts=row, status=human, version=0, by=publisher, at=at)


@transaction.atomic
def load_collections() -> None:
    """Put a few entries together in a published collection, with titles in seven languages."""
    for row in _rows("collections.jsonl"):
        collection, _created = Collection.objects.get_or_create(slug=row["slug"], defaults={"is_published": True})
        for language, (title, text) in row["texts"].items():
            collection.texts.update_or_create(language_id=language, defaults={"title": title, "text": text})
        for position, source_id in enumerate(row["entries"]):
            entry = Entry.objects.get(source_id=source_id)
            collection.places.update_or_create(entry=entry, defaults={"position": position})


def _rows(name: str) -> Iterator[dict[str, Any]]:
    return map(json.loads, (FOLDER / name).read_text(encoding="utf-8").splitlines())


@transaction.atomic
def make_people() -> None:
    """Give every organisation of the demonstration a focal point and a publisher, who cannot log in."""
    languages = {code.split("-")[0]: code for code, _name in settings.LANGUAGES}
    spoken = _languages_of_organisations()
    for organisation in Organisation.objects.exclude(memberships__user__email__endswith=DOMAIN):
        language = spoken.get(organisation.slug, "en")
        user, _created = User.objects.get_or_create(
            email=f"{organisation.slug}@{DOMAIN}",
            defaults={
                "name": organisation.name,
                "language": languages.get(language, "en"),
                "password": "!",  # matches no password
            },
        )
        for role in (Role.FOCAL_POINT, Role.PUBLISHER):
            Membership.objects.get_or_create(user=user, organisation=organisation, role=role)


def make_logins() -> list[Login]:
    """Make one log-in a role with a new random password; the same people get a new one each time."""
    ministry = _busiest(Q(entries__kind=Kind.DEMAND))
    agency = _busiest(Q(entries__kind__in=(Kind.SOLUTION, Kind.OFFER)))
    secretariat = Organisation.objects.get(slug=SECRETARIAT)
    seats = (
        (Role.FOCAL_POINT, ministry),
        (Role.PUBLISHER, agency),
        (Role.OBSERVER, ministry),
        (Role.CURATOR, secretariat),
    )
    return [_login(role, organisation) for role, organisation in seats]


def _login(role: Role, organisation: Organisation) -> Login:
    email, password = f"{role.value.replace('_', '-')}@{DOMAIN}", secrets.token_urlsafe(9)
    user, _created = User.objects.get_or_create(email=email, defaults={"name": f"{role.label} (demonstration)"})
    user.set_password(password)
    user.save(update_fields=["password"])
    user.confirm_address()
    Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
    return Login(role, email, password, organisation.name)


def _busiest(entries: Q) -> Organisation:
    """Return the organisation with the most entries of a kind."""
    found = Organisation.objects.annotate(entry_count=Count("entries", filter=entries)).order_by("-entry_count", "slug")
    return found[0]


def _languages_of_organisations() -> dict[str, str]:
    """Guess an organisation's language from that of its entries, its demands first; they are not imported yet."""
    return {record["organisation"]: record["language"] for name in FILES for record in _rows(name)}
