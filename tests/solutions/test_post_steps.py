"""Posting forms: every field has its step, each step is saved by itself, and nothing typed is lost."""

from datetime import date

import pytest
from django.urls import reverse

from solutions.enums import EntryState, Kind, Visibility
from solutions.forms import STEPS
from solutions.models import Demand, Entry, Offer, Solution
from solutions.rules import FIELDS
from solutions.services import return_entry, submit_entry, update_entry
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory
from tests.solutions.conftest import edit

pytestmark = pytest.mark.usefixtures("taxonomy")

CURATORS_FIELDS = {"provenance", "illustrative"}


def basics(**changes):
    return {"title": "Pumps", "summary": "They break.", "language": "fr", "country": "SEN", **changes}


@pytest.mark.parametrize("kind", Kind)
def test_every_field_is_written_in_one_step(kind):
    written = [name for step in STEPS[kind] for name in step.fields]
    assert sorted(written) == sorted(set(FIELDS[kind]) - CURATORS_FIELDS)
    assert len({step.slug for step in STEPS[kind]}) == len(STEPS[kind])
    assert [step.fields[-1] for step in STEPS[kind] if "body" in step.fields] == ["body"]  # anything else: last


@pytest.mark.parametrize(
    ("kind", "person", "allowed"),
    [
        ("demand", "focal_point", True),
        ("demand", "publisher", False),
        ("demand", "observer", False),
        ("demand", "curator", False),
        ("solution", "publisher", True),
        ("solution", "focal_point", False),
        ("offer", "publisher", True),
        ("offer", "curator", True),
    ],
)
def test_only_those_who_may_post_get_the_form(client, cast, kind, person, allowed):
    client.force_login(getattr(cast, person))
    assert client.get(reverse(f"{kind}-new")).status_code == (200 if allowed else 403)


def test_a_visitor_logs_in_first(client, draft):
    for address in (reverse("demand-new"), edit(draft, "basics"), reverse("my-entries"), reverse("entry-import")):
        assert client.get(address).url.startswith("/accounts/login/")


def test_the_first_step_makes_a_draft_of_the_organisation(client, cast):
    client.force_login(cast.focal_point)
    answer = client.post(reverse("demand-new"), basics(organisation=cast.ministry.pk))
    made = Demand.objects.get()
    assert answer.url == edit(made, "need")
    assert (made.state, made.organisation, made.title, made.language_id) == ("draft", cast.ministry, "Pumps", "fr")


def test_a_first_step_at_fault_says_so_at_the_field_and_keeps_what_was_typed(client, cast):
    client.force_login(cast.focal_point)
    answer = client.post(reverse("demand-new"), basics(organisation=cast.ministry.pk, title="", summary="x" * 601))
    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (400, {"title"})
    assert "x" * 601 in answer.content.decode()
    answer = client.post(reverse("demand-new"), basics(organisation=cast.ministry.pk, summary="x" * 601))
    assert set(answer.context["form"].errors) == {"summary"}
    assert not Entry.objects.exists()


def test_nobody_posts_in_the_name_of_another_organisation(client, cast):
    client.force_login(cast.focal_point)
    answer = client.post(reverse("demand-new"), basics(organisation=cast.other.pk))
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"organisation"})
    assert not Entry.objects.exists()


STEP_DATA = [
    (DemandFactory, "basics", {"title": "New", "summary": "S", "language": "fr", "country": ""}, {"country": None}),
    (DemandFactory, "need", {"gap": "A gap", "beneficiary_count": "12"}, {"gap": "A gap", "beneficiary_count": 12}),
    (
        DemandFactory,
        "topics",
        {"goals": ["2"], "targets": ["6.b"], "sectors": ["water"], "modalities": ["training"], "keywords": "a\n\nb"},
        {"goals": [2, 6], "targets": ["6.b"], "keywords": ["a", "b"]},
    ),
    (
        DemandFactory,
        "cooperation",
        {
            "working_languages": ["fr"], "preferred_regions": ["002"], "preferred_countries": ["BRA"],
            "start_date": "2027-01-01", "end_date": "2027-12-31", "urgency": "high", "budget": "10",
            "funding_status": "none",
        },
        {"preferred_countries": ["BRA"], "urgency": "high"},
    ),
    (
        DemandFactory,
        "sharing",
        {"visibility": "private", "endorsing_body": "Cabinet", "contact_url": "", "expiry_date": "2028-01-01"},
        {"visibility": "private", "endorsing_body": "Cabinet"},
    ),
    (SolutionFactory, "practice", {"challenge": "C", "results": "R"}, {"challenge": "C", "results": "R"}),
    (
        SolutionFactory,
        "replication",
        {"replication_conditions": "Law", "status": "completed", "start_date": "", "end_date": ""},
        {"replication_conditions": "Law", "status": "completed"},
    ),
    (
        SolutionFactory,
        "evidence",
        {"implementers": "One\nTwo", "countries": ["SEN"], "evidence_links": "https://example.org/a"},
        {"implementers": ["One", "Two"], "evidence_links": ["https://example.org/a"]},
    ),
    (OfferFactory, "offered", {"offered": "Places", "capacity_left": "0"}, {"offered": "Places", "capacity_left": 0}),
    (OfferFactory, "eligibility", {"eligible_groups": ["ldc"]}, {"eligible_groups": ["ldc"]}),
    (OfferFactory, "cooperation", {"closing_date": "2027-05-01"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("factory", "step", "data", "wanted"), STEP_DATA)
def test_a_step_saves_its_fields_and_goes_on(client, cast, factory, step, data, wanted):
    demand = factory is DemandFactory
    entry = factory(organisation=cast.ministry if demand else cast.agency, state=EntryState.DRAFT)
    client.force_login(cast.focal_point if demand else cast.publisher)
    answer = client.post(edit(entry, step), {"version": entry.version, **data})
    slugs = [one.slug for one in STEPS[Kind(entry.kind)]]
    assert answer.url == edit(entry, slugs[slugs.index(step) + 1])
    entry.refresh_from_db()
    found = {
        name: sorted(getattr(entry, name).values_list("pk", flat=True))
        if hasattr(getattr(entry, name), "values_list")
        else getattr(entry, name, None)
        for name in wanted
    }
    assert found == wanted
    assert entry.version == 2


def test_going_to_another_step_saves_this_one(client, cast, draft):
    client.force_login(cast.focal_point)
    page = client.get(edit(draft, "need")).content.decode()
    assert '<button form="step-form" name="next" value="sharing">' in page
    answer = client.post(edit(draft, "need"), {"version": draft.version, "gap": "No pumps.", "next": "sharing"})
    draft.refresh_from_db()
    assert (answer.url, draft.gap) == (edit(draft, "sharing"), "No pumps.")


@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("basics", basics(title="x" * 201), "title"),
        ("basics", basics(language="xx"), "language"),
        ("need", {"gap": "x" * 8001}, "gap"),
        ("need", {"beneficiary_count": "-1"}, "beneficiary_count"),
        ("topics", {"goals": ["99"]}, "goals"),
        ("topics", {"keywords": "x" * 81}, "keywords"),
        ("cooperation", {"urgency": "low", "funding_status": "none", "start_date": "tomorrow"}, "start_date"),
        (
            "cooperation",
            {"urgency": "low", "funding_status": "none", "start_date": "2027-02-01", "end_date": "2027-01-01"},
            "end_date",
        ),
        ("sharing", {"visibility": "nobody"}, "visibility"),
        ("sharing", {"visibility": "public", "contact_url": "javascript:alert(1)"}, "contact_url"),
    ],
)
def test_a_step_at_fault_says_so_at_the_field_and_saves_nothing(client, cast, draft, step, data, field):
    client.force_login(cast.focal_point)
    answer = client.post(edit(draft, step), {"version": draft.version, **data})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {field}
    assert answer.context["form"][field].value() == data[field]
    assert b"fault" in answer.content
    draft.refresh_from_db()
    assert draft.version == 1


def test_messages_are_in_the_reader_s_language(client, cast, draft):
    client.force_login(cast.focal_point)
    answer = client.post(edit(draft, "basics"), {"version": 1, **basics(title="")}, headers={"accept-language": "fr"})
    assert answer.context["form"].errors["title"] == ["Ce champ est obligatoire."]


def lines(*rows, initial=0):
    data = {"needs-TOTAL_FORMS": len(rows), "needs-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"needs-{number}-{name}": value for name, value in row.items()}
    return data


def test_need_lines_are_added_changed_and_removed(client, cast, draft):
    client.force_login(cast.focal_point)
    rows = [{"title": "One", "modality": "training"}, {"title": "Two", "description": "More"}, {"title": ""}]
    answer = client.post(edit(draft, "needs"), {"version": 1, "next": "stay", **lines(*rows)})
    assert answer.url == edit(draft, "needs")
    assert list(draft.needs.order_by("position").values_list("title", "modality")) == [
        ("One", "training"),
        ("Two", None),
    ]
    rows = [{"title": "One", "DELETE": "on"}, {"title": "Two, changed"}]
    client.post(edit(draft, "needs"), {"version": 2, **lines(*rows, initial=2)})
    assert list(draft.needs.values_list("title", flat=True)) == ["Two, changed"]


def test_a_need_line_without_a_title_is_refused_at_the_line(client, cast, draft):
    client.force_login(cast.focal_point)
    answer = client.post(edit(draft, "needs"), {"version": 1, **lines({"title": "", "description": "Only this"})})
    assert answer.status_code == 400
    assert set(answer.context["form"].lines.errors[0]) == {"title"}
    assert b"Only this" in answer.content
    assert not draft.needs.exists()


def test_who_comes_second_sees_both_texts_and_loses_nothing(client, cast, draft):
    client.force_login(cast.focal_point)
    update_entry(entry=draft, values={"title": "Theirs"}, version=1, by=cast.colleague, at=NOW)
    answer = client.post(edit(draft, "basics"), {"version": 1, **basics(title="Mine")})
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert str(cast.colleague) in page
    draft.refresh_from_db()
    assert draft.title == "Theirs"
    form = answer.context["form"]
    assert dict(form.theirs)["Title"] == "Theirs"
    client.post(edit(draft, "basics"), {"version": form.data["version"], **basics(title="Mine")})
    draft.refresh_from_db()
    assert draft.title == "Mine"


@pytest.mark.parametrize(("accept", "goals", "targets"), [("goal:6", [6], []), ("target:2.3", [2], ["2.3"])])
def test_a_proposal_is_accepted_with_one_click_and_the_step_is_saved(client, cast, draft, accept, goals, targets):
    client.force_login(cast.focal_point)
    answer = client.post(edit(draft, "need"), {"version": 1, "gap": "Kept", "accept": accept})
    assert answer.url == edit(draft, "need")
    draft.refresh_from_db()
    assert draft.gap == "Kept"
    assert list(draft.goals.values_list("pk", flat=True)) == goals
    assert list(draft.targets.values_list("pk", flat=True)) == targets


@pytest.mark.parametrize("accept", ["goal:99", "goal:x", "goal:" + "9" * 5000, "target:9"])
def test_a_proposal_that_is_none_is_refused(client, cast, draft, accept):
    client.force_login(cast.focal_point)
    assert client.post(edit(draft, "need"), {"version": 1, "accept": accept}).status_code == 400
    assert not draft.goals.exists()


@pytest.mark.parametrize("person", ["outsider", "publisher", "observer"])
def test_others_do_not_find_the_steps_of_a_draft(client, cast, draft, person):
    client.force_login(getattr(cast, person))
    addresses = [edit(draft, step.slug) for step in STEPS[Kind.DEMAND]]
    addresses += [reverse("entry-preview", args=[draft.public_id]), reverse("entry-fit", args=[draft.public_id])]
    addresses += [reverse("entry-move", args=[draft.public_id, verb]) for verb in ("submit", "archive", "confirm")]
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(edit(draft, "basics"), {"version": 1, **basics()}).status_code == 404


def test_every_step_can_be_opened_and_links_resolve_to_ids(client, cast):
    client.force_login(cast.publisher)
    other = SolutionFactory(organisation=cast.other)
    offer = OfferFactory(organisation=cast.agency, state=EntryState.DRAFT)
    for step in STEPS[Kind.OFFER]:
        assert client.get(edit(offer, step.slug)).status_code == 200
    address = f"http://testserver{reverse('entry-detail', args=[other.public_id])}"
    client.post(edit(offer, "eligibility"), {"version": 1, "linked_solutions": address})
    assert list(Offer.objects.get(pk=offer.pk).linked_solutions.all()) == [Solution.objects.get(pk=other.pk)]


def test_comments_of_curators_stand_above_the_form(client, cast, draft):
    submit_entry(entry=draft, by=cast.focal_point, at=NOW)
    return_entry(entry=draft, by=cast.curator, note="Say how many villages.", at=NOW)
    client.force_login(cast.focal_point)
    assert "Say how many villages." in client.get(edit(draft, "need")).content.decode()
    assert "Say how many villages." in client.get(reverse("my-entries")).content.decode()


def test_an_entry_is_submitted_withdrawn_and_submitted_again(client, cast, draft):
    client.force_login(cast.focal_point)
    for verb, state in (("submit", "submitted"), ("archive", "archived"), ("submit", "submitted")):
        address = reverse("entry-move", args=[draft.public_id, verb])
        version = client.get(address).context["form"].initial["version"]
        assert client.post(address, {"version": version, "note": "A note"}).status_code == 302
        draft.refresh_from_db()
        assert draft.state == state
    assert list(draft.events.values_list("note", flat=True)) == ["A note"] * 3


def test_a_move_that_is_refused_keeps_the_note(client, cast, draft):
    client.force_login(cast.focal_point)
    address = reverse("entry-move", args=[draft.public_id, "submit"])
    answer = client.post(address, {"version": 7, "note": "Kept"})
    assert (answer.status_code, b"Kept" in answer.content) == (412, True)
    answer = client.post(address, {"version": 1, "note": "x" * 2001})
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"note"})
    draft.refresh_from_db()
    assert draft.state == EntryState.DRAFT


def test_owners_confirm_a_live_entry_from_its_page(client, cast):
    entry = SolutionFactory(organisation=cast.agency, state=EntryState.STALE)
    client.force_login(cast.publisher)
    address = reverse("entry-move", args=[entry.public_id, "confirm"])
    assert address in client.get(reverse("entry-detail", args=[entry.public_id])).content.decode()
    assert client.post(address, {"version": 1}).status_code == 302
    entry.refresh_from_db()
    assert entry.state == EntryState.PUBLISHED


@pytest.mark.parametrize(
    ("level", "title", "gap"),
    [
        ("private", False, False),
        ("focal_points", False, False),
        ("public_summary", True, False),
        ("public", True, True),
    ],
)
def test_the_preview_shows_what_strangers_would_see(client, cast, level, title, gap):
    demand = DemandFactory(
        organisation=cast.ministry,
        state=EntryState.DRAFT,
        visibility=Visibility.PRIVATE,
        title="A title",
        gap="The gap.",
    )
    client.force_login(cast.focal_point)
    page = client.get(reverse("entry-preview", args=[demand.public_id]), {"visibility": level}).content.decode()
    assert ("A title" in page, "The gap." in page) == (title, gap)


def test_my_entries_show_state_freshness_and_views(client, cast, django_assert_num_queries):
    entry = SolutionFactory(organisation=cast.agency)
    SolutionFactory(organisation=cast.other, title="Foreign")
    page = reverse("entry-detail", args=[entry.public_id])
    client.get(page)
    client.get(page)
    client.head(page)
    client.force_login(cast.publisher)
    client.get(page)  # one's own reading does not count
    found = client.get(reverse("my-entries")).context["page"].object_list
    assert [(one.pk, one.views) for one in found] == [(entry.pk, 2)]
    for rows in (1, 3):
        while Entry.objects.filter(organisation=cast.agency).count() < rows:
            OfferFactory(organisation=cast.agency)
        with django_assert_num_queries(6):
            client.get(reverse("my-entries"))
    assert not client.get(reverse("my-entries"), {"state": "archived"}).context["page"].object_list
    assert len(client.get(reverse("my-entries"), {"page": "999"}).context["page"]) == 3  # the last there is


@pytest.mark.parametrize(
    ("factory", "values", "closed"),
    [
        (DemandFactory, {"expiry_date": date(2020, 1, 1)}, True),
        (DemandFactory, {"expiry_date": date(2999, 1, 1)}, False),
        (OfferFactory, {"closing_date": date(2020, 1, 1)}, True),
        (OfferFactory, {"capacity_left": 0}, True),
        (OfferFactory, {"capacity_left": 1}, False),
        (SolutionFactory, {}, False),
    ],
)
def test_the_page_says_when_an_entry_is_closed(client, cast, factory, values, closed):
    entry = factory(organisation=cast.agency, **values)
    page = client.get(reverse("entry-detail", args=[entry.public_id]))
    assert page.context["closed"] is closed
    assert ("<mark>Expired</mark>" in page.content.decode()) is closed
