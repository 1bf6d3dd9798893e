"""Narrowed lists as files: streamed, safe in a spreadsheet, by visibility."""

import csv
import json

import pytest

from solutions.enums import EntryState, Visibility
from taxonomy.models import Sector
from tests.factories import DemandFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")


def fetched(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200
    return answer.headers["Content-Type"], b"".join(answer.streaming_content).decode()


def test_a_narrowed_list_is_exported_line_by_line(caller, cast):
    here = SolutionFactory(organisation=cast.agency, title="=1+1", country_id="SEN")
    SolutionFactory(organisation=cast.agency, country_id="BRA")
    SolutionFactory(organisation=cast.agency, country_id="SEN", state=EntryState.DRAFT)
    kind, lines = fetched(caller("visitor"), "solutions/export/?country=SEN")
    assert kind == "application/x-ndjson"
    assert [(row["id"], row["title"], row["organisation"]) for row in map(json.loads, lines.splitlines())] == [
        (here.public_id, "=1+1", "cooperation-agency")
    ]
    kind, text = fetched(caller("visitor"), "solutions/export/?country=SEN&as=csv")
    assert kind == "text/csv"
    assert [(row["id"], row["title"]) for row in csv.DictReader(text.splitlines())] == [(here.public_id, "'=1+1")]


def test_an_export_shows_no_more_than_the_list(caller, cast):
    DemandFactory(organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY, gap="secret")
    DemandFactory(organisation=cast.ministry, visibility=Visibility.PRIVATE)
    _, mine = fetched(caller("focal_point"), "demands/export/")
    _, seen = fetched(caller("visitor"), "demands/export/")
    assert (len(mine.splitlines()), "secret" in mine) == (2, True)
    assert (len(seen.splitlines()), "secret" in seen) == (1, False)


@pytest.mark.parametrize("person", ["visitor", "focal_point"])
@pytest.mark.parametrize("query", ["", "state=draft", "state=published", "visibility=public", "ordering=title"])
def test_an_export_holds_the_rows_of_the_list_in_its_order(caller, cast, person, query):
    for number, level in enumerate(Visibility):
        fields = {"organisation": cast.ministry, "visibility": level}
        DemandFactory(title=str(9 - number), **fields)
        DemandFactory(title=str(number), state=EntryState.DRAFT, **fields)
    client = caller(person)
    _, lines = fetched(client, f"demands/export/?{query}")
    listed = client.get(f"/api/v1/demands/?{query}").json()["results"]
    assert [json.loads(line)["id"] for line in lines.splitlines()] == [row["id"] for row in listed]


def test_an_export_of_codes_is_in_the_order_of_the_list(caller, cast):
    client = caller("visitor")
    Sector.objects.create(code="aaa", dac_code="999", names={"en": "Zzz"})
    listed = client.get("/api/v1/sectors/").json()["results"]
    assert [json.loads(line) for line in fetched(client, "sectors/export/")[1].splitlines()] == listed


@pytest.mark.parametrize("query", ["as=xml", "country=XXX"])
def test_an_export_of_nonsense_is_refused(caller, cast, query):
    assert caller("visitor").get(f"/api/v1/solutions/export/?{query}").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_an_export_takes_the_same_queries_with_one_row_and_with_three(caller, cast, rows, django_assert_num_queries):
    for _ in range(rows):
        SolutionFactory(organisation=cast.agency).goals.set([2, 6])
    client = caller("visitor")
    with django_assert_num_queries(7):
        assert len(fetched(client, "solutions/export/")[1].splitlines()) == rows
