"""What the other processes of a services test do: `python -m tests.services.act prepare | post | crowd`."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # models need django.setup() first
from django.utils import timezone  # noqa: E402

from accounts.enums import OrganisationType, Role  # noqa: E402
from accounts.models import Membership, Organisation, User  # noqa: E402
from solutions.enums import EntryState, Kind, Visibility  # noqa: E402
from solutions.models import Demand  # noqa: E402
from solutions.services import create_entry, publish_entry, submit_entry  # noqa: E402

TEXTS = {
    Kind.DEMAND: {
        "title": "Solar pumps for village gardens",
        "summary": "Women's groups need solar pumps to water vegetable gardens in the dry season.",
        "body": "Diesel pumps break down. Technicians must be trained to repair solar pumps.",
        "language": "en",
        "country": "SEN",
        "visibility": Visibility.PUBLIC,
    },
    Kind.SOLUTION: {
        "title": "Pompes solaires pour les jardins villageois",
        "summary": "Des groupements de femmes arrosent leurs jardins potagers avec des pompes solaires.",
        "body": "Des techniciens formés réparent les pompes solaires en saison sèche.",
        "language": "fr",
        "country": "BFA",
    },
}

CROWD = 520
"""Demands of a crowd: three chunks."""


def person(role: Role, organisation: Organisation, language: str = "en") -> User:
    user = User.objects.create_user(f"{role}@example.org", name=role.value, language=language)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def publish(kind: Kind, author: User, curator: User) -> None:
    organisation = author.memberships.get().organisation
    entry = create_entry(kind=kind, organisation=organisation, values=TEXTS[kind], by=author, at=timezone.now())
    submit_entry(entry=entry, by=author, at=timezone.now())
    publish_entry(entry=entry, by=curator, at=timezone.now())


def prepare() -> None:
    """Make the tables, the reference data, two organisations and a published solution."""
    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    made = {
        slug: Organisation.objects.create(
            slug=slug, name=slug, type=OrganisationType.GOVERNMENT, country_id=country, verified_at=timezone.now()
        )
        for slug, country in (("ministry", "SEN"), ("agency", "BFA"), ("secretariat", None))
    }
    person(Role.FOCAL_POINT, made["ministry"])
    publisher = person(Role.PUBLISHER, made["agency"], language="fr")
    publish(Kind.SOLUTION, publisher, person(Role.CURATOR, made["secretariat"]))


def post() -> None:
    """Post a demand and publish it."""
    people = {user.name: user for user in User.objects.all()}
    publish(Kind.DEMAND, people[Role.FOCAL_POINT], people[Role.CURATOR])


def crowd() -> None:
    """Put many published demands in, so that a run has several chunks."""
    country, organisation = TEXTS[Kind.DEMAND]["country"], Organisation.objects.get(slug="ministry")
    texts = {name: TEXTS[Kind.DEMAND][name] for name in ("title", "summary", "body", "visibility")}
    for _ in range(CROWD):
        Demand.objects.create(
            **texts, language_id="en", country_id=country, organisation=organisation, state=EntryState.PUBLISHED
        )


if __name__ == "__main__":
    {"prepare": prepare, "post": post, "crowd": crowd}[sys.argv[1]]()
