"""Every page of the site takes as many queries with one row as with three, whoever built it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from accounts.enums import Role
from accounts.models import AccessToken
from matching.models import Match, MatchMessage, SavedSearch
from matching.services.ranking import rank_everything
from matching.services.searching import index_due
from notifications.models import Notice
from notifications.models.webhooks import WebhookDelivery, WebhookEndpoint
from solutions.enums import TranslationStatus
from solutions.models import EntryEvent, EntryTranslation
from tests.factories import (
    NOW,
    PASSWORD,
    CountryFactory,
    DemandFactory,
    LanguageFactory,
    MembershipFactory,
    OfferFactory,
    SolutionFactory,
)
from tests.matching.conftest import GARDENS, TRAINING

pytestmark = pytest.mark.django_db

# A page by the name of its address: how to get there from the rows of the world below.
PAGES = {
    "home": lambda _w: [],
    "desk": lambda _w: [],
    "search": lambda _w: [],
    "goal-page": lambda _w: [6],
    "place-index": lambda _w: [],
    "region-page": lambda _w: ["011"],
    "country-page": lambda _w: ["sen"],
    "guide": lambda _w: [],
    "guide-page": lambda _w: ["public"],
    "terms": lambda _w: [],
    "organisation-index": lambda _w: [],
    "organisation-page": lambda w: [w.cast.agency.slug],
    "solution-list": lambda _w: [],
    "offer-list": lambda _w: [],
    "demand-list": lambda _w: [],
    "collection-list": lambda _w: [],
    "collection-page": lambda _w: ["pumps"],
    "entry-detail": lambda w: [w.solution.public_id],
    "translation-list": lambda w: [w.solution.public_id],
    "translation-edit": lambda w: [w.solution.public_id, "es"],
    "entry-check": lambda w: [w.gardens.public_id],
    "entry-letter-step": lambda w: [w.gardens.public_id],
    "entry-edit": lambda w: [w.gardens.public_id, "need"],
    "entry-preview": lambda w: [w.gardens.public_id],
    "entry-fit": lambda w: [w.gardens.public_id],
    "solution-new": lambda _w: [],
    "demand-new": lambda _w: [],
    "offer-new": lambda _w: [],
    "my-entries": lambda _w: [],
    "entry-import": lambda _w: [],
    "saved-searches": lambda _w: [],
    "demand-matches": lambda w: [w.gardens.public_id],
    "my-matches": lambda _w: [],
    "match-page": lambda w: [w.match.public_id],
    "notice-list": lambda _w: [],
    "notice-settings": lambda _w: [],
    "webhook-list": lambda _w: [],
    "webhook-log": lambda w: [w.webhook.public_id],
    "account-profile": lambda _w: [],
    "my-data": lambda _w: [],
    "account-delete": lambda _w: [],
    "team": lambda w: [w.cast.ministry.slug],
    "organisation-describe": lambda w: [w.cast.ministry.slug],
    "absence": lambda _w: [],
    "tokens": lambda _w: [],
}
# These show no list of rows, or are no pages: acts by POST, files, feeds, redirections, log-in and its second factor.
APART = {
    "archive", "archive-file", "demand-feed", "offer-feed", "solution-feed", "import-template", "my-data-file",
    "entry-letter", "entry-move", "entry-reconfirm", "saved-search", "saved-search-delete", "match-act", "mail-again",
    "unsubscribe", "webhook-test", "webhook-off", "webhook-secret", "webhook-retry", "invitation", "team-member",
    "team-invitation", "set_language", "robots", "sitemap", "sitemap-part", "healthz", "readyz", "demand-compare",
    "token-revoke",
}  # fmt: skip
OF_ALLAUTH = ("account_", "mfa_", "socialaccount_", "openid_connect_")


def names(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith(("api/", "admin/")):
            continue
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names(pattern.url_patterns, path)


def test_every_page_is_looked_at():
    known = {name for name in names(get_resolver().url_patterns) if not name.startswith(OF_ALLAUTH)}
    assert known - set(PAGES) - APART == set()
    assert (set(PAGES) | APART) - known == set()


@pytest.fixture
def world(shop):
    """The shop, where a person speaks for both sides of an introduced match."""
    cast = shop.cast
    shop.person = MembershipFactory(organisation=cast.ministry, role=Role.FOCAL_POINT).user
    MembershipFactory(user=shop.person, organisation=cast.agency, role=Role.PUBLISHER)
    shop.gardens = DemandFactory(organisation=cast.ministry, **GARDENS)
    OfferFactory(organisation=cast.agency, **TRAINING)
    rank_everything(at=NOW)
    shop.match = Match.objects.filter(demand=shop.gardens).latest("score")
    Match.objects.filter(pk=shop.match.pk).update(state="introduced", introduced_at=NOW)
    shop.webhook = WebhookEndpoint.objects.create(organisation=cast.agency, url="https://example.org/0")
    grow(shop, 0)
    return shop


def grow(world, number):
    """Add one more of everything that pages list."""
    cast = world.cast
    country = CountryFactory(code="SEN")
    pair = (
        DemandFactory(organisation=cast.ministry, country=country),
        SolutionFactory(organisation=cast.agency, country=country, adapted_from=world.solution),
    )
    offer = OfferFactory(organisation=cast.agency, country=country)
    offer.linked_solutions.set([world.solution])
    for entry in (*pair, offer):
        entry.goals.set([6])
        entry.targets.set(["6.1"])
        entry.modalities.set(["training"])
        world.collection.places.create(entry=entry, position=number)
        EntryEvent.objects.create(entry=entry, from_state="submitted", to_state="published", at=NOW, by=world.person)
        EntryTranslation.objects.create(
            entry=entry, language=LanguageFactory(code="es"), texts={"title": "Bomba"}, source_version=1
        )
    for row in (world.solution, world.gardens):
        EntryEvent.objects.create(entry=row, from_state="submitted", to_state="published", at=NOW, by=world.person)
    EntryTranslation.objects.create(
        entry=world.solution,
        language=LanguageFactory(code=("en", "ar", "pt", "ru")[number]),
        status=TranslationStatus.HUMAN,
        texts={"title": "Title"},
        source_version=1,
        author=world.person,
    )
    world.gardens.needs.create(title=f"Need {number}", position=number, modality_id="training")
    for demand, supply in ((world.gardens, pair[1]), (pair[0], offer)):
        clone = Match.objects.get(pk=world.match.pk)
        clone.pk, clone.public_id = None, f"clone{number}{demand.pk:06}"
        clone.demand_id, clone.supply_id = demand.pk, supply.pk
        clone.save()
    MatchMessage.objects.create(
        match=world.match, kind="question", actor="demand_side", author=world.person, text="How many?", at=NOW
    )
    SavedSearch.objects.create(owner=world.person, name="x", address=f"q={number}", checked_at=NOW)
    Notice.objects.create(
        recipient=world.person,
        kind="solutions.archived_unconfirmed",
        dedup_key=str(number),
        context={"title": "Pumps", "months": 18},
        path="/",
    )
    other = WebhookEndpoint.objects.create(organisation=cast.agency, url=f"https://example.org/{number + 1}")
    for endpoint in (world.webhook, other):
        WebhookDelivery.objects.create(endpoint=endpoint, kind="x", body="{}", dedup_key=str(number), state="sent")
    AccessToken.objects.create(world.person, name="t", scopes=["read"])
    MembershipFactory(organisation=cast.ministry, role=Role.OBSERVER)
    world.collection.texts.get_or_create(
        language=LanguageFactory(code=("fr", "es", "ar", "pt")[number]), defaults={"title": "Title"}
    )


def test_every_page_takes_the_same_queries_with_one_row_and_with_three(client, world):
    client.post("/accounts/login/", {"login": world.person.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    before = queries_of_pages(client, world)
    grow(world, 1)
    grow(world, 2)
    assert queries_of_pages(client, world) == before


def queries_of_pages(client, world):
    """Return how many queries each page takes, the second time it is asked for."""
    index_due()
    found = {}
    for name, args in PAGES.items():
        address = reverse(name, args=args(world))
        assert (name, client.get(address).status_code) == (name, 200)  # what a process reads once is read
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found[name] = len(queries)
    return found
