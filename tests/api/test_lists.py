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

from accounts.models import AccessToken
from matching.engine.types import Hit
from matching.enums import Actor, MessageKind
from matching.models import Match, MatchMessage
from notifications.models import Notice, WebhookDelivery, WebhookEndpoint
from solutions.models import Entry
from taxonomy.models import Goal, Language, Modality, Sector, Target
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


@pytest.mark.parametrize("path", ["solutions", "offers", "demands", "matches", "notices"])
def test_a_list_says_when_it_last_changed_and_is_not_sent_twice(caller, cast, path):
    client = caller("focal_point")
    MAKERS[path](cast, 0)
    first = client.get(address(path))
    told = first.headers["Last-Modified"]
    again = client.get(address(path), headers={"if-modified-since": told})
    assert (again.status_code, again.content) == (304, b"")
    later = timezone.now() - timedelta(seconds=5)
    Entry.objects.update(updated_at=later)
    Notice.objects.update(read_at=later)
    changed = client.get(address(path), headers={"if-modified-since": told})
    assert (changed.status_code, changed.headers["Last-Modified"] > "") == (200, True)
    assert changed.headers["Last-Modified"] != told


def test_what_changed_this_very_second_is_not_dated(caller, cast):
    SolutionFactory(organisation=cast.agency)
    answer = caller("visitor").get("/api/v1/solutions/")
    assert (answer.status_code, "Last-Modified" in answer.headers, "ETag" in answer.headers) == (200, False, True)
