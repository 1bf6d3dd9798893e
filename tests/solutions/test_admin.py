"""The curators' desk for the catalogue."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from solutions.enums import EntryState
from solutions.models import Demand, Entry, Solution
from tests.factories import DemandFactory, OfferFactory, SolutionFactory, UserFactory

pytestmark = pytest.mark.usefixtures("taxonomy")

LISTS = {"solution": SolutionFactory, "demand": DemandFactory, "offer": OfferFactory}


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.curator)
    return client


def form_of(client, address):
    """Return what a browser would send back from a form of the admin, unchanged."""
    context = client.get(address).context
    data = {}
    for form in [context["adminform"].form, *(f for s in context["inline_admin_formsets"] for f in s.formset.forms)]:
        for field in form:
            value = field.value()
            if value is not None and not isinstance(value, FieldFile):
                data[field.html_name] = value
    for formset in context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            data[field.html_name] = field.value()
    return data


@pytest.mark.parametrize("kind", LISTS)
def test_lists_take_the_same_queries_with_one_row_and_with_three(desk, cast, kind, django_assert_num_queries):
    for more in (1, 2):
        for _ in range(more):
            LISTS[kind](organisation=cast.agency)
        with django_assert_num_queries(12):
            page = desk.get(f"/admin/solutions/{kind}/")
    assert page.context["cl"].result_count == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state__exact=draft", {"there"}),
        ("goals__number__exact=2", {"here"}),
        ("region=002", {"here"}),
        ("language__code__exact=fr", {"there"}),
        ("country__code__exact=BRA", {"there"}),
        ("q=ministry", {"here"}),
    ],
)
def test_lists_are_narrowed_by_state_goal_region_language_country_and_text(desk, cast, query, found):
    SolutionFactory(title="here", organisation=cast.ministry).goals.set([2])
    SolutionFactory(title="there", organisation=cast.agency, language_id="fr", state=EntryState.DRAFT)
    page = desk.get(f"/admin/solutions/solution/?{query}")
    assert {entry.title for entry in page.context["cl"].queryset} == found


@pytest.mark.parametrize("kind", LISTS)
def test_saving_writes_the_next_version_and_makes_the_ranking_due(desk, cast, kind, django_capture_on_commit_callbacks):
    entry = LISTS[kind](organisation=cast.agency)
    address = f"/admin/solutions/{kind}/{entry.pk}/change/"
    data = form_of(desk, address) | {"title": "Changed", "targets": ["2.a"], "keywords": ""}
    before = timezone.now()
    with django_capture_on_commit_callbacks() as jobs:
        assert desk.post(address, data).status_code == 302
    stored = Entry.objects.get(pk=entry.pk)
    assert (stored.title, stored.version, stored.updated_by, stored.keywords) == ("Changed", 2, cast.curator, [])
    assert stored.ranking_due_at >= before
    assert [goal.pk for goal in stored.goals.all()] == [2]
    assert len(jobs) == 1
    assert stored.details.history.first().history_user == cast.curator


def test_a_new_entry_is_a_draft_of_its_author(desk, cast):
    data = form_of(desk, "/admin/solutions/solution/add/") | {
        "title": "New",
        "summary": "New too.",
        "language": "en",
        "organisation": cast.agency.pk,
    }
    answer = desk.post("/admin/solutions/solution/add/", data)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    stored = Solution.objects.get()
    assert (stored.state, stored.version, stored.created_by, stored.kind) == ("draft", 1, cast.curator, "solution")


def test_who_was_first_is_named_and_nothing_is_written_over(desk, cast):
    entry = DemandFactory(organisation=cast.ministry)
    address = f"/admin/solutions/demand/{entry.pk}/change/"
    data = form_of(desk, address) | {"gap": "Mine."}
    Entry.objects.update(version=2, updated_by=cast.focal_point, updated_at=timezone.now() - timedelta(minutes=1))
    page = desk.post(address, data)
    assert "Focal point changed this entry on" in page.content.decode()
    assert Demand.objects.get().gap == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"summary": "a\x07b"}, "summary"),
        ({"contact_url": "ftp://example.org"}, "contact_url"),
        ({"keywords": '{"a": 1}'}, "keywords"),
        ({"start_date": "2027-01-02", "end_date": "2027-01-01"}, "end_date"),
    ],
)
def test_the_rules_hold_in_the_form(desk, cast, changes, field):
    entry = OfferFactory(organisation=cast.agency)
    address = f"/admin/solutions/offer/{entry.pk}/change/"
    page = desk.post(address, form_of(desk, address) | changes)
    assert list(page.context["adminform"].form.errors) == [field]
    assert Entry.objects.get().version == 1


def test_the_rules_hold_for_need_lines_too(desk, cast):
    entry = DemandFactory(organisation=cast.ministry)
    address = f"/admin/solutions/demand/{entry.pk}/change/"
    line = {"needs-TOTAL_FORMS": 1, "needs-0-position": 0, "needs-0-title": "a\x07b"}
    page = desk.post(address, form_of(desk, address) | line)
    [formset] = [inline.formset for inline in page.context["inline_admin_formsets"] if inline.formset.prefix == "needs"]
    assert list(formset.errors[0]) == ["title"]
    assert not entry.needs.exists()
    assert desk.post(address, form_of(desk, address) | line | {"needs-0-title": " Train "}).status_code == 302
    assert entry.needs.get().title == "Train"


def test_state_and_record_cannot_be_written(desk, cast):
    entry = OfferFactory(organisation=cast.agency, state=EntryState.DRAFT)
    address = f"/admin/solutions/offer/{entry.pk}/change/"
    desk.post(address, form_of(desk, address) | {"state": "published", "public_id": "x", "source_id": "x"})
    stored = Entry.objects.get()
    assert (stored.state, stored.public_id, stored.source_id) == ("draft", entry.public_id, "")
    assert desk.get(f"/admin/solutions/offer/{entry.pk}/delete/").status_code == 403


@pytest.mark.parametrize(
    ("action", "state", "note", "after", "said"),
    [
        ("publish", "submitted", "", "published", "A: Published"),
        ("publish", "draft", "", "draft", "A: An entry in the state “Draft” cannot become “Published”."),
        ("return_with_note", "submitted", "Say where.", "returned", "A: Returned with comments"),
        ("return_with_note", "submitted", "", "submitted", "A: Say what should be changed."),
        ("archive", "published", "", "archived", "A: Archived"),
        ("submit", "draft", "", "draft", "A: Your role does not allow this."),
    ],
)
def test_actions_go_through_the_services_and_say_what_came_of_each(desk, cast, action, state, note, after, said):
    entry = DemandFactory(organisation=cast.ministry, title="A", state=state)
    other = DemandFactory(organisation=cast.ministry, title="B", state=EntryState.ARCHIVED)
    answer = desk.post(
        "/admin/solutions/demand/",
        {"action": action, "note": note, "_selected_action": [entry.pk, other.pk], "index": 0},
    )
    first, second = [str(message) for message in get_messages(answer.wsgi_request)]
    assert first == said
    assert second.startswith("B: ")
    assert Entry.objects.get(pk=entry.pk).state == after
    assert Entry.objects.get(pk=other.pk).state == EntryState.ARCHIVED
    assert entry.events.count() == (state != after)


def test_only_curators_and_operators_come_in(client, cast):
    for person in (cast.focal_point, cast.publisher):
        client.force_login(person)
        assert client.get("/admin/solutions/demand/").status_code == 302
    client.force_login(UserFactory(is_superuser=True))
    entry = DemandFactory(organisation=cast.ministry)
    entry.needs.create(title="Train", modality_id="training")
    page = client.get(f"/admin/solutions/demand/{entry.pk}/change/")
    assert "Train" in page.content.decode()
    assert client.get(f"/admin/solutions/demand/{entry.pk}/history/").status_code == 200
