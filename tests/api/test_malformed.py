"""Two hundred malformed bodies: refused with the field named, and nothing written."""

import json
from http import HTTPStatus

import pytest
from django.utils import translation

from core.models import KeptAnswer
from solutions.models import Entry, EntryEvent
from tests.factories import DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
FACTORIES = {"solutions": SolutionFactory, "offers": OfferFactory, "demands": DemandFactory}
GOOD = {"title": "Pumps", "summary": "Gardens need water.", "language": "en"}
NOT_TEXT = (1, 1.5, True, [], {}, ["a"], {"a": 1})
NOT_LIST = (1, "a", True, {}, {"a": ["b"]})
CONTROLS = ("a\x00b", "a\x1bb", "a\x7fb", "\ud800")
INJECTED = ("'; DROP TABLE solutions_entry; --", "{{7*7}}", "=1+1", "../../etc/passwd", "<script>alert(1)</script>")
CODES = (*INJECTED, "", "xx", "SENEGAL", None, 7, True, ["a", ["b"]])
DATES = ("31-01-2026", "2026-02-30", "2026-1-1", "tomorrow", 20260131, True, ["2026-01-01"], "٢٠٢٦-٠١-٠١", "20260131")
NUMBERS = (-1, 1.5, "7", True, 2**31, 10**30, [1], {"a": 1})
DEEP: list = []
for _ in range(500):
    DEEP = [DEEP]


def cases():
    """Yield (collection, field at fault, value)."""
    for field, values in {
        "title": (*NOT_TEXT, *CONTROLS, "", "  ", None, "x" * 201, "two\nlines"),
        "summary": (*NOT_TEXT, *CONTROLS, "", None, "x" * 601),
        "body": (*NOT_TEXT, *CONTROLS, "x" * 20_001),
        "language": CODES,
        "country": (*INJECTED, "sen", "XXX", 7, True, ["SEN"]),
        "challenge": (*NOT_TEXT, *CONTROLS, "x" * 8001),
        "sectors": (*NOT_LIST, [7], [None], [["water"]]),
        "modalities": (*NOT_LIST, ["x"], [7]),
        "status": (*INJECTED, None, 7, "", "done"),
        "goals": (*NOT_LIST, [0], [18], ["2"], [2.5], [True], [None], [[2]], [10**30], [2] * 101),
        "targets": (*NOT_LIST, ["2.z"], [2], [None], [{"a": 1}]),
        "keywords": (*NOT_LIST, [1], ["x" * 81], [["a"]], ["a\x00"]),
        "start_date": DATES,
        "provenance": (*NOT_LIST[:3], [], {"colour": "red"}, {"url": "javascript:alert(1)"}, {"source": "a\x00"}),
        "contact_url": ("javascript:alert(1)", "ftp://a", "http://", "http://a b", 7, [], "http://[", "http://a\x00"),
        "illustrative": (0, 1, "true", "", [], {}),
        "organisation": (None, 7, [], {}, "", "nobody", "a\x00b", "x" * 81, "'; --"),
        "colour": ("red",),
        "~/": (1,),
    }.items():
        for value in values:
            yield "solutions", field, value
    for value in NUMBERS:
        yield "demands", "beneficiary_count", value
    for value in (*NOT_LIST, ["a"], [{}], [{"title": ""}], [{"title": "a", "modality": "x"}], [{"a": 1}], DEEP):
        yield "demands", "needs", value
    for part in ("title", "description", "modality"):
        for value in (0, False, [], {}):
            yield "demands", "needs", [{"title": "a", part: value}]
            yield "solutions", "provenance", {"source" if part == "title" else "note": value}
    for value in ("everyone", None, 7, [], ""):
        yield "demands", "visibility", value
    for value in (*NOT_LIST, ["g7"], [7], [None]):
        yield "offers", "eligible_groups", value
    for value in ("no-such-id", ["a"], 7, "a\x00"):
        yield "solutions", "adapted_from", value


CASES = list(cases())
SENDERS = {
    "solutions": ("publisher", "agency"),
    "offers": ("publisher", "agency"),
    "demands": ("focal_point", "ministry"),
}


def escaped(field):
    return field.replace("~", "~0").replace("/", "~1")


def test_there_are_two_hundred_of_them():
    assert len(CASES) >= 200


def test_every_malformed_field_is_named_and_nothing_is_written(caller, cast):
    clients = {path: caller(person, "write") for path, (person, _) in SENDERS.items()}
    standing = {path: FACTORIES[path](organisation=getattr(cast, home)) for path, (_, home) in SENDERS.items()}
    before = list(Entry.objects.order_by("pk").values())
    wrong = []
    for number, (path, field, value) in enumerate(CASES):
        home = getattr(cast, SENDERS[path][1])
        body = json.dumps({**GOOD, "organisation": home.slug, field: value})
        sent = {"content_type": "application/json", "headers": {"idempotency-key": f"bad-{number}"}}
        answers = [clients[path].post(f"/api/v1/{path}/", body, **sent)]
        if field != "organisation":
            address = f"/api/v1/{path}/{standing[path].public_id}/"
            change = {"content_type": "application/json", "headers": {"if-match": "*"}}
            answers.append(clients[path].patch(address, json.dumps({field: value}), **change))
        for answer in answers:
            problem = json.loads(answer.content)
            named = {error["pointer"] for error in problem.get("errors", ())}
            if (
                answer.status_code not in (400, 409)
                or answer.headers["Content-Type"] != "application/problem+json"
                or f"#/{escaped(field)}" not in named
            ):
                wrong.append((path, field, value, answer.status_code, problem))
    assert wrong == []
    assert list(Entry.objects.order_by("pk").values()) == before
    assert not EntryEvent.objects.exists()
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"{} {}", "application/json", 400),
        (b'{"title": NaN}', "application/json", 400),
        (b'{"title": "\xff\xfe"}', "application/json", 400),
        (b'{"title": ' + b"9" * 5000 + b"}", "application/json", 400),
        pytest.param(b'{"needs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400, id="deep"),
        pytest.param(b'{"title": "' + b"x" * 3_000_000 + b'"}', "application/json", 413, id="huge"),
        (b"title=a", "application/x-www-form-urlencoded", 415),
        (b"<title/>", "application/xml", 415),
    ],
)
def test_what_is_no_object_of_json_is_refused(caller, cast, body, content_type, status):
    answer = caller("focal_point").post("/api/v1/demands/", body, content_type=content_type)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= {"type", "title", "status", "detail", "code"}
    assert (answer.json()["title"], answer.json()["status"]) == (HTTPStatus(status).phrase, status)
    assert not Entry.objects.exists()


def test_a_problem_is_json_also_where_answers_are_yaml(client, db):
    answer = client.put("/api/v1/schema/")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (405, "method_not_allowed")


def test_where_json_breaks_is_told_in_the_readers_language(caller, cast):
    with translation.override("fr"):
        wanted = translation.gettext("The body is not JSON; look at line %(line)d, column %(column)d.")
    sent = {"content_type": "application/json", "headers": {"accept-language": "fr"}}
    answer = caller("focal_point").post("/api/v1/demands/", b'{"title":\n x}', **sent)
    assert answer.json()["detail"] == wanted % {"line": 2, "column": 2}


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00%2B01:00", "2026-02-30T00:00:00Z"])
@pytest.mark.parametrize("address", ["solutions/", "solutions/export/"])
def test_a_time_that_no_calendar_has_is_refused_by_name(caller, cast, address, moment):
    SolutionFactory(organisation=cast.agency)
    answer = caller("visitor").get(f"/api/v1/{address}?published_after={moment}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/published_after")


@pytest.mark.parametrize("query", ["page_size=%00", "q=%00", "x=a%00b", "%00=1"])
def test_a_nul_character_in_an_address_is_refused(client, db, query):
    answer = client.get(f"/api/v1/goals/?{query}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (
        400, "application/problem+json", "nul_character",
    )  # fmt: skip
    page = client.get(f"/solutions/?{query}")
    assert (page.status_code, page.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
