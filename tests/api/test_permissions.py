"""Who may call what: every operation of the schema, as every role, on one's own, others' and public objects.

What is expected is read off the permission table (accounts/rules.py) and off who may know of an object. Refusals are
exact: 401 for visitors, 404 for what one may not know of, 403 for what one may not do. What is let through may still
be refused for what it says (400, 409, 428): nothing of that is a matter of persons.
"""

from functools import partial
from types import SimpleNamespace

import pytest
import yaml
from django.conf import settings as site
from django.db import transaction

from accounts.enums import Scope
from accounts.models import AccessToken
from accounts.rules import may
from matching.engine.types import Hit
from matching.models import Match
from notifications.models import WebhookDelivery, WebhookEndpoint
from solutions.enums import EntryState, Visibility
from solutions.models import Entry
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
PEOPLE = ("visitor", "focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator")
OBJECTS = ("own", "others", "public")
REFERENCE = ("goals", "targets", "regions", "countries", "sectors", "modalities", "languages")
REFUSED = {401, 403, 404}
REFERENCE_KEYS = {"number": "2", "code": {"targets": "2.3", "regions": "011", "countries": "SEN", "sectors": "water",
                                          "modalities": "training", "languages": "en"}}  # fmt: skip
ENTRIES = {"demands": "demand", "solutions": "supply", "offers": "supply"}
FACTORIES = {"demands": DemandFactory, "solutions": SolutionFactory, "offers": OfferFactory}


@pytest.fixture
def world(cast, taxonomy):
    """For each kind: an entry of the ministry, of another organisation, and one that everybody reads; two matches.

    "own" is the ministry's (of supplies: the agency's), "others" is hidden from all of them.
    """
    entries = {}
    for path, factory in FACTORIES.items():
        home, hidden = (cast.ministry, {"visibility": Visibility.PRIVATE}) if path == "demands" else (cast.agency, {})
        state = {"state": EntryState.SUBMITTED}
        entries[path] = {
            "own": factory(organisation=home, **state, **hidden),
            "others": factory(organisation=cast.other, **state, **hidden),
            "public": factory(organisation=cast.other),
        }
    live = DemandFactory(organisation=cast.ministry)
    own = match(live, SolutionFactory(organisation=cast.agency))
    others = match(DemandFactory(organisation=cast.other), SolutionFactory(organisation=cast.unverified))
    hooks = {"own": hook(cast.ministry), "others": hook(cast.other)}
    tokens = {"own": token(cast.focal_point), "others": token(cast.outsider)}
    return SimpleNamespace(entries=entries, matches={"own": own, "others": others}, hooks=hooks, tokens=tokens)


def match(demand, supply):
    return Match.objects.create(
        demand=demand, supply=Entry.objects.get(pk=supply.pk), score=0.5, rank=1, band="good", introduced_at=NOW,
        explanation=Hit(demand_id="d", supply_id="s", reasons=()).to_dict(), state="introduced",
    )  # fmt: skip


def hook(organisation):
    made = WebhookEndpoint.objects.create(organisation=organisation, url="https://example.org/")
    made.sent = WebhookDelivery.objects.create(endpoint=made, dedup_key="1", kind="matching.answered", body="{}")
    return made


def token(person):
    return AccessToken.objects.create(person, name="t", scopes=["read"])[0]


# Who may make a call, by operation: a word, or a function of (person, cast, the object called upon).
EVERYBODY, LOGGED_IN, TOKEN = "everybody", "logged in", "by token"


def holds(permission, organisation, person):
    return may(person, permission, organisation)


def manages(endpoint, person):
    """One keeps the webhooks of the organisations that one belongs to."""
    return endpoint.organisation_id in person.roles and may(person, "webhook.manage", endpoint.organisation)


def is_of(one, person):
    return person == one.user


def knows_organisation(home, person):
    return home.verified_at or (person.is_authenticated and (person.is_curator or home.pk in person.roles))


def knows_entry(entry, person):
    live = entry.state in (EntryState.PUBLISHED, EntryState.STALE) and entry.visibility == Visibility.PUBLIC
    return live or (person.is_authenticated and (person.is_curator or entry.organisation_id in person.roles))


def knows_match(found, person):
    sides = {found.demand.organisation_id, found.supply.organisation_id}
    return person.is_authenticated and (person.is_curator or bool(sides & set(person.roles)))


def side_or_curator(found, sides, curators, person):
    held = {"demand": ("match.choose", found.demand), "supply": ("match.provide", found.supply)}
    return (curators and may(person, "match.curate")) or any(
        may(person, held[side][0], held[side][1].organisation) for side in sides
    )


# verb: the sides that may, whether curators may, and the body
VERBS = {
    "shortlist": (("demand",), True, {}),
    "dismiss": (("demand",), True, {"reason": "wrong_topic"}),
    "introduce": ((), True, {}),
    "reopen": ((), True, {}),
    "pin": ((), True, {}),
    "unpin": ((), True, {}),
    "exclude": ((), True, {"reason": "wrong_topic"}),
    "needs": (("demand",), True, {"needs": []}),
    "accept": (("demand",), False, {"side": "demand_side"}),
    "decline": (("supply",), False, {"side": "supply_side", "reason": "no_funding"}),
    "withdraw": (("demand",), False, {"reason": "no_funding"}),
    "agree": (("demand",), True, {}),
    "messages": (("demand", "supply"), True, {"kind": "question", "text": "When?"}),
}
MOVES = {
    "submit": "entry.submit_{}", "withdraw": "entry.edit_{}", "publish": "entry.moderate", "return": "entry.moderate",
}  # fmt: skip
HOOK_CALLS = (
    ("get", ""), ("patch", ""), ("delete", ""), ("get", "deliveries/"), ("post", "secret/"), ("post", "test/"),
)  # fmt: skip


def calls(world, cast):
    """Yield (operation as the schema names it, what it is called upon, address, body, who knows it, who may)."""
    for path in REFERENCE:
        key = REFERENCE_KEYS["number"] if path == "goals" else REFERENCE_KEYS["code"][path]
        name = "number" if path == "goals" else "code"
        yield f"get {path}/", "public", f"{path}/", None, EVERYBODY, EVERYBODY
        yield f"get {path}/export/", "public", f"{path}/export/", None, EVERYBODY, EVERYBODY
        yield f"get {path}/{{{name}}}/", "public", f"{path}/{key}/", None, EVERYBODY, EVERYBODY
    for path in ("organisations", *ENTRIES):
        yield f"get {path}/", "public", f"{path}/", None, EVERYBODY, EVERYBODY
        yield f"get {path}/export/", "public", f"{path}/export/", None, EVERYBODY, EVERYBODY
    yield "get search/", "public", "search/?q=pumps", None, EVERYBODY, EVERYBODY
    for slug, home in (("public", cast.agency), ("others", cast.unverified)):
        known = partial(knows_organisation, home)
        yield "get organisations/{slug}/", slug, f"organisations/{home.slug}/", None, known, EVERYBODY
    yield from entry_calls(world, cast)
    yield from match_calls(world, cast)
    yield from own_calls(world, cast)


def entry_calls(world, cast):
    for path, noun in ENTRIES.items():
        for whose, home in (("own", cast.ministry), ("others", cast.other), ("public", cast.agency)):
            body = {"title": "a", "summary": "b", "language": "en", "organisation": home.slug}
            create = partial(holds, f"entry.create_{noun}", home)
            yield f"post {path}/", whose, f"{path}/", body, LOGGED_IN, create
        for whose, entry in world.entries[path].items():
            address = f"{path}/{entry.public_id}/"
            known = partial(knows_entry, entry)
            edit = partial(holds, f"entry.edit_{noun}", entry.organisation)
            yield f"get {path}/{{id}}/", whose, address, None, known, EVERYBODY
            yield f"patch {path}/{{id}}/", whose, address, {"title": "New"}, known, edit
            for verb, permission in MOVES.items():
                move = partial(holds, permission.format(noun), entry.organisation)
                yield f"post {path}/{{id}}/{verb}/", whose, f"{address}{verb}/", {"note": "x"}, known, move


def match_calls(world, cast):
    yield "get matches/", "public", "matches/", None, LOGGED_IN, LOGGED_IN
    yield "get matches/export/", "public", "matches/export/", None, LOGGED_IN, LOGGED_IN
    for whose, found in world.matches.items():
        address, known = f"matches/{found.public_id}/", partial(knows_match, found)
        pair = {"demand": found.demand.public_id, "supply": found.supply.public_id}
        query = "&".join(f"{side}={name}" for side, name in pair.items())
        yield "get matches/explain/", whose, f"matches/explain/?{query}", None, LOGGED_IN, LOGGED_IN
        yield "post matches/", whose, "matches/", pair, LOGGED_IN, partial(holds, "match.curate", None)
        yield "get matches/{id}/", whose, address, None, known, LOGGED_IN
        yield "get matches/{id}/messages/", whose, f"{address}messages/", None, known, LOGGED_IN
        for verb, (sides, curators, body) in VERBS.items():
            allowed = partial(side_or_curator, found, sides, curators)
            yield f"post matches/{{id}}/{verb}/", whose, f"{address}{verb}/", body, known, allowed


def own_calls(world, cast):
    for name in ("notices/", "notices/export/", "preferences/", "tokens/", "webhooks/"):
        yield f"get {name}", "own", name, None, LOGGED_IN, LOGGED_IN
    yield "post notices/read/", "own", "notices/read/", {}, LOGGED_IN, LOGGED_IN
    yield "patch preferences/", "own", "preferences/", {"frequencies": {}}, LOGGED_IN, LOGGED_IN
    yield "post tokens/", "own", "tokens/", {"name": "a", "scopes": ["read"], "days": 1}, LOGGED_IN, LOGGED_IN
    yield "post suggestions/", "own", "suggestions/", {"kind": "x"}, LOGGED_IN, LOGGED_IN
    yield "post imports/", "own", "imports/", {}, LOGGED_IN, LOGGED_IN
    profile = {"kind": "demand", "title": "Pumps", "summary": "Water.", "language": "en"}
    yield "post match", "public", "match", {"profile": profile}, TOKEN, TOKEN
    for whose, one in world.tokens.items():
        mine = partial(is_of, one)
        yield "get tokens/{id}/", whose, f"tokens/{one.public_id}/", None, mine, LOGGED_IN
        yield "delete tokens/{id}/", whose, f"tokens/{one.public_id}/", None, mine, LOGGED_IN
    for whose, one in world.hooks.items():
        keeps = partial(manages, one)
        address = f"webhooks/{one.public_id}/"
        yield "post webhooks/", whose, "webhooks/", {"organisation": "nobody", "url": "x"}, LOGGED_IN, LOGGED_IN
        for method, rest in HOOK_CALLS:
            yield f"{method} webhooks/{{id}}/{rest}", whose, address + rest, {}, keeps, LOGGED_IN
        retry = f"deliveries/{one.sent.message_id}/retry/"
        yield (
            "post webhooks/{id}/deliveries/{message_id}/retry/", whose, address + retry, {}, keeps, LOGGED_IN,
        )  # fmt: skip


def documented():
    schema = yaml.safe_load((site.BASE_DIR / "docs" / "openapi.yaml").read_text())
    for path, operations in schema["paths"].items():
        for method in operations.keys() & {"get", "post", "put", "patch", "delete"}:
            yield f"{method} {path.removeprefix('/api/v1/')}"


def answers(who, person):
    words = {EVERYBODY: True, LOGGED_IN: person.is_authenticated, TOKEN: False}
    return words[who] if isinstance(who, str) else bool(who(person))


def test_no_operation_is_forgotten(world, cast):
    assert {call[0] for call in calls(world, cast)} == set(documented())


@pytest.mark.parametrize("name", PEOPLE)
def test_every_role_may_do_what_the_table_says_and_nothing_else(caller, cast, world, name):
    client, person, wrong = caller(name), getattr(cast, name), []
    for operation, whose, address, body, known, allowed in calls(world, cast):
        method, reading = operation.split()[0], operation.startswith("get")
        status, expected = tried(client, method, address, body), answered(person, reading, known, allowed)
        if status not in expected:
            wrong.append((operation, whose, status, sorted(expected)[:3]))
    assert wrong == []


def answered(person, reading, known, allowed):
    """Return the statuses that the table expects of a call in a session."""
    if known == TOKEN or (not person.is_authenticated and (not reading or LOGGED_IN in (known, allowed))):
        return {401}
    if not answers(known, person):
        return {404}
    return set(range(200, 500)) - REFUSED if answers(allowed, person) else {403}


def tried(client, method, address, body):
    """Return the status of a call, which is undone."""
    with transaction.atomic():
        extra = {"headers": {"if-match": "*"}} if method == "patch" else {}
        sent = {} if method == "get" else {"data": body, "format": "json"}
        status = getattr(client, method)(f"/api/v1/{address}", **sent, **extra).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("scope", Scope)
def test_a_token_opens_what_its_scope_names_and_nothing_else(caller, cast, world, scope):
    client, wrong = caller("curator", scope), []
    for operation, whose, address, body, known, allowed in calls(world, cast):
        method, reading = operation.split()[0], operation.startswith("get")
        looks = reading or operation == "post suggestions/"  # which keeps nothing
        needed = Scope.MATCH if known == TOKEN else Scope.READ if looks else Scope.WRITE
        if needed != scope or operation.split()[1].startswith("tokens/"):
            expected = {403}
        elif known == TOKEN:
            expected = {200}
        else:
            expected = answered(cast.curator, reading, known, allowed)
        status = tried(client, method, address, body)
        if status not in expected:
            wrong.append((operation, whose, status, sorted(expected)[:3]))
    assert wrong == []
