"""Every list of the API: a fixed number of queries, every row as a file, dated, not sent twice."""

import io
import json
import re
from datetime import timedelta

import pytest
import yaml
from django.conf import settings as site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AccessToken, Membership, Organisation, User
from matching.engine.types import Hit
from matching.enums import Actor, MessageKind
from matching.models import Match, MatchMessage
from notifications.models import Notice, WebhookDelivery, WebhookEndpoint
from notifications.services import webhooks
from solutions.models import Entry
from taxonomy.models import CountryGroupMembership, Goal, Language, Modality, ReferenceChange, Sector, Target
from tests.factories import (
    NOW,
    CountryFactory,
    DemandFactory,
    OfferFactory,
    OrganisationFactory,
    RegionFactory,
    SolutionFactory,
)

pytestmark = pytest.mark.usefixtures("taxonomy")
HIT = Hit(demand_id="d", supply_id="s", reasons=()).to_dict()


def entry(factory, home, **fields):
    made = factory(organisation=home, created_at=NOW, updated_at=NOW, **fields)
    made.goals.set([2, 6])
    made.targets.set(["2.3"])
    made.sectors.set(["water"])
    made.modalities.set(["training"])
    return made


def match(cast, n):
    demand, supply = entry(DemandFactory, cast.ministry), entry(SolutionFactory, cast.agency)
    return Match.objects.create(
        demand=demand, supply=Entry.objects.get(pk=supply.pk), score=0.5, rank=n + 1, band="good", explanation=HIT,
        introduced_at=NOW, created_at=NOW, changed_at=NOW,
    )  # fmt: skip


def message(cast, n):
    known = Match.objects.first() or match(cast, 0)
    MatchMessage.objects.create(
        match=known, kind=MessageKind.QUESTION, author=cast.publisher, actor=Actor.SUPPLY_SIDE, text="When?", at=NOW
    )


def notice(cast, n):
    context = {"demand": "Pumps", "country": "SEN", "count": 1}
    Notice.objects.create(
        recipient=cast.focal_point, kind="matching.new_matches", dedup_key=f"n{n}", context=context, created_at=NOW
    )


def webhook(cast, n):
    return WebhookEndpoint.objects.create(organisation=cast.ministry, url=f"https://example.org/{n}")


def delivery(cast, n):
    endpoint = WebhookEndpoint.objects.first() or webhook(cast, 0)
    WebhookDelivery.objects.create(endpoint=endpoint, dedup_key=str(n), kind="matching.answered", body="{}")


# How a row of each list is made; the rows that the reference data has already are taken away where they can be.
MAKERS = {
    "goals": lambda cast, n: Goal.objects.create(number=10 + n, names={"en": "g"}, colour="#000000"),
    "targets": lambda cast, n: Target.objects.create(code=f"7.{n}", goal_id=7, position=50 + n, labels={"en": "t"}),
    "regions": lambda cast, n: RegionFactory(code=f"90{n}", level="region"),
    "countries": lambda cast, n: CountryFactory(code=f"X{n}X", alpha2=f"X{n}", m49=f"99{n}"),
    "sectors": lambda cast, n: Sector.objects.create(code=f"s{n}", names={"en": "s"}, dac_code="311"),
    "modalities": lambda cast, n: Modality.objects.create(code=f"m{n}", names={"en": "m"}),
    "languages": lambda cast, n: Language.objects.create(code=f"x{n}"),
    "organisations": lambda cast, n: OrganisationFactory(),
    "solutions": lambda cast, n: entry(SolutionFactory, OrganisationFactory()),
    "offers": lambda cast, n: entry(OfferFactory, OrganisationFactory()),
    "demands": lambda cast, n: entry(DemandFactory, OrganisationFactory()),
    "matches": match,
    "matches/{id}/messages": message,
    "notices": notice,
    "tokens": lambda cast, n: AccessToken.objects.create(cast.focal_point, name="t", scopes=["read"]),
    "webhooks": webhook,
    "webhooks/{id}/deliveries": delivery,
}
SHAPES = {
    "solutions": ("?include=names,organisation", "?state=published&goal=2&region=002&ordering=title"),
    "matches": ("?include=demand,supply", "?goal=2&goal=6&country=SEN&band=good&ordering=-score"),
}


def address(path):
    if "{id}" in path:
        model = Match if path.startswith("matches") else WebhookEndpoint
        path = path.replace("{id}", model.objects.get().public_id)
    return f"/api/v1/{path}/"


def documented():
    schema = yaml.safe_load((site.BASE_DIR / "docs" / "openapi.yaml").read_text())
    for path, operations in schema["paths"].items():
        answer = json.dumps(operations.get("get", {}).get("responses", {}).get("200", {}))
        if "/schemas/Paginated" in answer:
            yield path.removeprefix("/api/v1/").strip("/")


def test_no_list_is_forgotten():
    assert set(MAKERS) == set(documented())


@pytest.mark.parametrize(("path", "query"), [(path, query) for path in MAKERS for query in ("", *SHAPES.get(path, ()))])
def test_a_list_takes_the_same_queries_with_one_row_more_and_with_three(caller, cast, path, query):
    client, taken, lengths = caller("focal_point"), [], []
    for rows in (range(1), range(1, 3)):
        for n in rows:
            MAKERS[path](cast, n)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(f"{address(path)}{query}")
        assert answer.status_code == 200
        taken.append(len(queries))
        lengths.append(len(answer.json()["results"]))
    assert lengths[1] == lengths[0] + 2
    assert taken[0] == taken[1]


REFERENCE = ("goals", "targets", "regions", "countries", "sectors", "modalities", "languages")
EXPORTS = [path for path in MAKERS if path not in {"tokens", "webhooks"} and "{id}" not in path]


@pytest.mark.parametrize("path", EXPORTS)
def test_every_row_of_a_list_is_exported_in_three_formats(caller, cast, path):
    client = caller("focal_point")
    for n in range(3):
        MAKERS[path](cast, n)
    listed = client.get(address(path)).json()["results"]
    files, taken = {}, []
    for file_format in ("jsonl", "csv", "xlsx"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/{path}/export/?as={file_format}")
            files[file_format] = b"".join(answer.streaming_content)
        taken.append(len(queries))
        assert answer.headers["Content-Disposition"].endswith(f'.{file_format}"')
    assert len(set(taken)) == 1
    rows = [json.loads(line) for line in files["jsonl"].decode().splitlines()]
    key = next(iter(listed[0]))
    assert sorted(str(row[key]) for row in rows) == sorted(str(row[key]) for row in listed)
    sheet = list(load_workbook(io.BytesIO(files["xlsx"])).active.iter_rows(values_only=True))
    assert len(sheet) == len(rows) + 1
    assert files["csv"].decode().splitlines()[0].split(",") == list(sheet[0])


def test_no_cell_of_an_export_is_a_formula(caller, cast):
    for n, text in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1")):
        OrganisationFactory(name=text, slug=f"o{n}")
    for file_format in ("csv", "xlsx"):
        answer = caller("visitor").get(f"/api/v1/organisations/export/?as={file_format}")
        content = b"".join(answer.streaming_content)
        if file_format == "csv":
            cells = re.split(r"[,\n]", content.decode())
        else:
            book = load_workbook(io.BytesIO(content))
            cells = [cell.value for row in book.active.iter_rows() for cell in row if cell.value]
            assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}
        assert "'=1+1" in cells
        assert [cell for cell in cells if cell and cell[0] in "=+-@\t＝"] == []


def change(path, cast, at):
    """Change what a list of the API shows, by the service or the time-stamp that does it."""
    log = WebhookDelivery.objects.all()
    acts = {
        "tokens": lambda: AccessToken.objects.update(used_at=at),
        "notices": lambda: Notice.objects.update(read_at=at),
        "webhooks": lambda: webhooks.switch_webhook_off(
            endpoint=WebhookEndpoint.objects.get(), by=cast.focal_point, at=at
        ),
        "webhooks/{id}/deliveries": lambda: log.update(claimed_at=at),
        "matches/{id}/messages": lambda: MatchMessage.objects.update(at=at),
        "organisations": lambda: Organisation.history.update(history_date=at),
    }
    if path in acts:
        acts[path]()
    elif path in REFERENCE:
        ReferenceChange.objects.filter(file=path).update(at=at)
    else:
        Entry.objects.update(updated_at=at)


@pytest.mark.parametrize("path", MAKERS)
def test_a_list_says_when_it_last_changed_and_is_not_sent_twice(caller, cast, path, age):
    client = caller("focal_point")
    MAKERS[path](cast, 0)
    age(NOW)
    first = client.get(address(path))
    told = first.headers["Last-Modified"]
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(address(path), headers={"if-modified-since": told})
    assert (again.status_code, again.content) == (304, b"")
    change(path, cast, timezone.now() - timedelta(seconds=5))
    changed = client.get(address(path), headers={"if-modified-since": told})
    assert (changed.status_code, changed.headers["Last-Modified"] != told) == (200, True)


@pytest.fixture
def age():
    """Return what makes everything on record that lists are dated by as old as a moment."""

    def make(at):
        for model in (Organisation, Membership, User, AccessToken):
            model.history.update(history_date=at)
        WebhookEndpoint.objects.update(created_at=at, changed_at=at)
        WebhookDelivery.objects.update(created_at=at, next_attempt_at=at)
        for file in REFERENCE:
            ReferenceChange.objects.create(file=file, at=at)

    return make


def test_roles_given_and_taken_change_what_lists_hold(caller, cast, age):
    client = caller("focal_point")
    entry(DemandFactory, cast.other, visibility="network")
    age(NOW)
    for path in ("demands", "matches", "organisations", "webhooks"):
        told = client.get(address(path)).headers["Last-Modified"]
        Membership.history.update(history_date=NOW + timedelta(days=1))
        assert client.get(address(path)).headers["Last-Modified"] != told
        Membership.history.update(history_date=NOW)


def test_a_revoked_token_changes_the_list(caller, cast, age):
    client = caller("focal_point")
    MAKERS["tokens"](cast, 0)
    age(NOW)
    told = client.get(address("tokens")).headers["Last-Modified"]
    AccessToken.objects.get().delete()
    AccessToken.history.filter(history_type="-").update(history_date=timezone.now() - timedelta(seconds=5))
    emptied = client.get(address("tokens"), headers={"if-modified-since": told})
    assert (emptied.status_code, emptied.json()["results"]) == (200, [])
    assert set(AccessToken.history.values_list("user_id", flat=True)) == {cast.focal_point.pk}


def test_countries_change_on_the_day_a_country_leaves_a_group(caller, cast, age):
    age(NOW)
    client = caller("visitor")
    told = client.get(address("countries")).headers["Last-Modified"]
    CountryGroupMembership.objects.update(until=timezone.localdate())
    left = client.get(address("countries"), headers={"if-modified-since": told})
    assert {row["code"]: row["groups"] for row in left.json()["results"]} == {"BRA": [], "SEN": []}


def test_a_log_is_not_dated_while_a_message_is_on_its_way(caller, cast, age):
    client = caller("focal_point")
    MAKERS["webhooks/{id}/deliveries"](cast, 0)
    age(NOW)
    WebhookDelivery.objects.update(state="sending", claimed_at=NOW)
    assert "Last-Modified" not in client.get(address("webhooks/{id}/deliveries")).headers


def test_what_changed_this_very_second_is_not_dated(caller, cast):
    SolutionFactory(organisation=cast.agency)
    answer = caller("visitor").get("/api/v1/solutions/")
    assert (answer.status_code, "Last-Modified" in answer.headers, "ETag" in answer.headers) == (200, False, True)
