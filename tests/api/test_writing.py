"""Entries written over the API: by those who may, once, and over nobody's change."""

import pytest

from solutions.enums import EntryState, Visibility
from solutions.models import Entry
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
NEW = {"title": "Solar pumps", "summary": "Gardens need water.", "language": "en", "goals": [2]}
FACTORIES = {"solutions": SolutionFactory, "offers": OfferFactory, "demands": DemandFactory}
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")


def new(organisation, **fields):
    return {**NEW, "organisation": organisation.slug, **fields}


def test_a_demand_goes_from_draft_to_the_catalogue_and_out_of_it(caller, cast):
    country, curator = caller("focal_point", "read", "write"), caller("curator")
    made = country.post("/api/v1/demands/", new(cast.ministry, needs=[{"title": "Pumps"}]), format="json")
    assert made.status_code == 201
    address = f"/api/v1/demands/{made.json()['id']}/"
    assert made.headers["Location"] == address
    assert (made.json()["state"], made.json()["needs"][0]["title"]) == ("draft", "Pumps")
    changed = country.patch(address, {"title": "Pumps"}, format="json", headers={"if-match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["title"], changed.json()["summary"]) == (200, "Pumps", NEW["summary"])
    assert country.post(f"{address}submit/", {}, format="json").json()["state"] == "submitted"
    assert country.post(f"{address}publish/", {}, format="json").status_code == 403
    returned = curator.post(f"{address}return/", {}, format="json")
    assert (returned.status_code, returned.json()["code"]) == (409, "comment_missing")
    assert curator.post(f"{address}return/", {"note": "Say where."}, format="json").json()["state"] == "returned"
    assert country.post(f"{address}submit/", {"note": "Said."}, format="json").json()["state"] == "submitted"
    assert curator.post(f"{address}publish/", {}, format="json").json()["state"] == "published"
    assert caller("visitor").get(address).json()["title"] == "Pumps"
    assert country.post(f"{address}withdraw/", {}, format="json").json()["state"] == "archived"
    assert caller("visitor").get(address).status_code == 404


def test_a_lost_update_is_refused(caller, cast):
    demand = DemandFactory(organisation=cast.ministry)
    address = f"/api/v1/demands/{demand.public_id}/"
    one, other = caller("focal_point"), caller("colleague")
    etag = one.get(address).headers["ETag"]
    assert one.patch(address, {"title": "a"}, format="json").status_code == 428
    assert other.patch(address, {"title": "b"}, format="json", headers={"if-match": etag}).status_code == 200
    lost = one.patch(address, {"title": "c"}, format="json", headers={"if-match": etag})
    assert (lost.status_code, lost.json()["code"]) == (412, "precondition_failed")
    assert lost.headers["Content-Type"] == "application/problem+json"
    assert one.post(f"{address}withdraw/", {}, format="json", headers={"if-match": etag}).status_code == 412
    assert one.get(address).json()["title"] == "b"
    assert one.patch(address, {"title": "d"}, format="json", headers={"if-match": "*"}).status_code == 200


def test_what_the_reader_has_is_not_sent_again(caller, cast):
    solution = SolutionFactory(organisation=cast.agency)
    client = caller("visitor")
    for address in ("/api/v1/solutions/", f"/api/v1/solutions/{solution.public_id}/", "/api/v1/goals/"):
        first = client.get(address)
        again = client.get(address, headers={"if-none-match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    Entry.objects.filter(pk=solution.pk).update(title="Other", version=2)
    later = client.get("/api/v1/solutions/", headers={"if-none-match": first.headers["ETag"]})
    assert later.json()["results"][0]["title"] == "Other"


def test_a_creation_sent_twice_happens_once(caller, cast):
    client = caller("focal_point")
    key = {"idempotency-key": "retry-1"}
    answers = [client.post("/api/v1/demands/", new(cast.ministry), format="json", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[1].headers["Location"] == answers[0].headers["Location"]
    assert Entry.objects.count() == 1
    other = client.post("/api/v1/demands/", new(cast.ministry, title="x"), format="json", headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    refused = client.post("/api/v1/demands/", {"title": 1}, format="json", headers={"idempotency-key": "retry-2"})
    assert refused.status_code == 409
    mended = client.post("/api/v1/demands/", new(cast.ministry), format="json", headers={"idempotency-key": "retry-2"})
    assert mended.status_code == 201
    colleague = caller("colleague").post("/api/v1/demands/", new(cast.ministry), format="json", headers=key)
    assert colleague.status_code == 201
    assert Entry.objects.count() == 3


MAY_EDIT = {
    "demands": {"ministry": {"focal_point", "colleague", "curator"}, "other": {"outsider", "curator"}},
    "solutions": {"agency": {"publisher", "curator"}, "unverified": {"unverified_member", "curator"}},
    "offers": {"agency": {"publisher", "curator"}, "unverified": {"unverified_member", "curator"}},
}
MAY_CREATE = {
    "demands": {"ministry": {"focal_point", "colleague"}, "other": {"outsider"}},
    "solutions": MAY_EDIT["solutions"],
    "offers": MAY_EDIT["offers"],
}
CASES = [(path, home) for path, homes in MAY_EDIT.items() for home in homes]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(("path", "home"), CASES)
def test_who_may_create_change_submit_withdraw_publish(caller, cast, path, home, person):
    organisation = getattr(cast, home)
    client = caller(person)
    refusal = {401} if person == "visitor" else {403, 409}  # 409: that organisation is unknown to them
    create = client.post(f"/api/v1/{path}/", new(organisation), format="json").status_code
    assert (create == 201) is (person in MAY_CREATE[path][home])
    assert create in refusal | {201}
    entry = FACTORIES[path](organisation=organisation, state=EntryState.PUBLISHED)
    address = f"/api/v1/{path}/{entry.public_id}/"
    edit = client.patch(address, {"title": "x"}, format="json", headers={"if-match": "*"}).status_code
    assert edit == (200 if person in MAY_EDIT[path][home] else 401 if person == "visitor" else 403)
    moved = client.post(f"{address}withdraw/", {}, format="json").status_code
    assert moved == (200 if person in MAY_EDIT[path][home] else 401 if person == "visitor" else 403)
    draft = FACTORIES[path](organisation=organisation, state=EntryState.DRAFT, visibility=Visibility.PUBLIC)
    address = f"/api/v1/{path}/{draft.public_id}/"
    insider = person == "curator" or (person != "visitor" and organisation.pk in getattr(cast, person).roles)
    assert client.get(address).status_code == (200 if insider else 404)
    submitted = client.post(f"{address}submit/", {}, format="json").status_code
    may_submit = person in MAY_CREATE[path][home]
    assert submitted == (200 if may_submit else 401 if person == "visitor" else 403 if insider else 404)
    published = client.post(f"{address}publish/", {}, format="json").status_code
    expected = 200 if person == "curator" and may_submit else 409 if person == "curator" else None
    if expected:
        assert published == expected
    else:
        assert published in {401, 403, 404}


def test_ones_own_drafts_are_listed_by_state(caller, cast):
    DemandFactory(organisation=cast.ministry, state=EntryState.DRAFT, title="draft")
    DemandFactory(organisation=cast.ministry, title="live")
    assert titles(caller("focal_point"), "demands/?state=draft") == ["draft"]
    assert titles(caller("focal_point"), "demands/?state=draft&state=published") == ["live", "draft"]
    assert titles(caller("outsider"), "demands/?state=draft") == []


def titles(client, address):
    return [row["title"] for row in client.get(f"/api/v1/{address}").json()["results"]]


def test_lists_are_ordered_and_shaped(caller, cast):
    for title in ("b", "c", "a"):
        SolutionFactory(organisation=cast.agency, title=title).goals.set([2])
    client = caller("visitor")
    assert titles(client, "solutions/?ordering=title") == ["a", "b", "c"]
    assert titles(client, "solutions/?ordering=-title&page_size=2") == ["c", "b"]
    second = client.get(client.get("/api/v1/solutions/?ordering=-title&page_size=2").json()["next"]).json()
    assert [row["title"] for row in second["results"]] == ["a"]
    row = client.get("/api/v1/solutions/?fields=id,title&ordering=title").json()["results"][0]
    assert set(row) == {"id", "title"}
    assert set(client.get("/api/v1/solutions/?fields=id&fields=title").json()["results"][0]) == {"id", "title"}
    assert client.get("/api/v1/goals/?ordering=name").status_code == 200  # a list of one order has no such parameter
    named = client.get("/api/v1/solutions/?fields=title&include=names", headers={"accept-language": "fr"}).json()
    assert named["results"][0]["names"]["goals:2"] == "Objectif 2"
    for query in ("ordering=budget", "fields=password", "include=all", "page_size=0", "page_size=x"):
        answer = client.get(f"/api/v1/solutions/?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"#/{query.split('=')[0]}")
    for cursor in ("x", "cD1ub25zZW5zZQ==", "cD0lMDA="):  # the last two say p=nonsense and p=%00
        assert client.get(f"/api/v1/solutions/?ordering=updated_at&cursor={cursor}").status_code == 404


@pytest.mark.parametrize("ordering", ["published_at", "-published_at"])
def test_no_row_is_lost_between_pages_where_some_were_never_published(caller, cast, ordering):
    made = [SolutionFactory(organisation=cast.agency, published_at=NOW).public_id for _ in range(3)]
    drafts = {"organisation": cast.agency, "state": EntryState.DRAFT, "published_at": None}
    made += [SolutionFactory(**drafts).public_id for _ in range(3)]
    client, found = caller("publisher"), []
    page = {"next": f"/api/v1/solutions/?state=draft&state=published&ordering={ordering}&page_size=2"}
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [row["id"] for row in page["results"]]
    assert found == (made[::-1] if ordering.startswith("-") else made)


def test_no_row_is_lost_between_pages_where_very_many_came_at_once(caller, cast):
    common = {"kind": "solution", "organisation": cast.agency, "language_id": "en", "state": EntryState.PUBLISHED}
    common |= {"visibility": Visibility.PUBLIC, "published_at": NOW, "created_at": NOW, "updated_at": NOW}
    Entry.objects.bulk_create([Entry(title=str(number), summary="s", **common) for number in range(1300)])
    client, found = caller("visitor"), []
    page = {"next": "/api/v1/solutions/?ordering=published_at&page_size=200&fields=id"}
    for _ in range(7):
        page = client.get(page["next"]).json()
        found += [row["id"] for row in page["results"]]
    assert (page["next"], len(found), len(set(found))) == (None, 1300, 1300)


def test_a_level_of_visibility_is_told_to_those_who_may_read_the_whole(caller, cast):
    DemandFactory(organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY, title="summary")
    assert titles(caller("outsider"), "demands/?visibility=public_summary") == ["summary"]
    assert titles(caller("visitor"), "demands/?visibility=public_summary") == []
