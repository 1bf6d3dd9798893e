"""What a draft's writer is shown: what fits, what is proposed, what is missing and what that costs."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from matching.corpus import config_in_force
from matching.engine.types import Profile
from matching.services.completeness import completeness_of
from solutions.enums import EntryState, Visibility
from taxonomy.models import Goal
from tests.factories import DemandFactory, SolutionFactory

HTMX = {"hx-request": "true"}


@pytest.fixture
def draft(cast):
    Goal.objects.bulk_create(Goal(number=n, colour="#000000", names={"en": f"Goal {n}"}) for n in (6, 7))
    cast.solution = SolutionFactory(organisation=cast.agency, title="Solar pumps repaired by village technicians")
    return DemandFactory(organisation=cast.ministry, state=EntryState.DRAFT, title="Repair of solar pumps in villages")


def fit(entry, step=""):
    return reverse("entry-fit", args=[entry.public_id]) + step


def test_a_saved_draft_is_compared_on_a_page_of_its_own(client, cast, draft):
    client.force_login(cast.focal_point)
    answer = client.get(fit(draft))
    assert [found for found, _words, _hit in answer.context["answers"]] == [cast.solution.entry_ptr]
    assert "Who could answer this" in answer.content.decode()


def test_what_is_typed_is_compared_before_it_is_saved(client, cast, draft):
    SolutionFactory(organisation=cast.agency, title="Tax returns", summary="Companies file taxes.", body="Revenue.")
    client.force_login(cast.focal_point)
    form = {"title": "Tax returns of companies", "summary": "Companies file taxes.", "language": "en", "version": "1"}
    answer = client.post(fit(draft, "?step=basics"), form, headers=HTMX)
    assert answer.context["answers"][0][0].title == "Tax returns"
    assert b"<html" not in answer.content
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Repair of solar pumps in villages", 1)


def test_what_the_rules_refuse_is_left_out_of_the_comparison(client, cast, draft):
    client.force_login(cast.focal_point)
    form = {"title": "x" * 300, "summary": "Solar pumps and technicians", "language": "en", "version": "1"}
    answer = client.post(fit(draft, "?step=basics"), form, headers=HTMX)
    assert answer.context["answers"]


def test_without_htmx_the_same_button_leads_to_the_page(client, cast, draft):
    client.force_login(cast.focal_point)
    assert client.post(fit(draft), {"next": "fit"}).url == fit(draft)
    assert client.post(reverse("entry-edit", args=[draft.public_id, "need"]), {"version": 1, "next": "fit"}).url == fit(
        draft
    )


def test_a_supply_meets_only_the_demands_that_its_writer_may_read(client, cast, draft):
    texts = {"summary": "Village gardens need technicians who repair solar pumps.", "organisation": cast.other}
    shown = {
        level: DemandFactory(title=f"Solar pumps: {level}", visibility=level, **texts) for level in Visibility.values
    }
    client.force_login(cast.publisher)
    found = {entry.public_id for entry, *_rest in client.get(fit(cast.solution)).context["answers"]}
    assert found == {shown[level].public_id for level in ("public", "focal_points", "public_summary")}
    client.force_login(cast.unverified_member)
    own = SolutionFactory(
        organisation=cast.unverified, country_id="BRA", title="Solar pumps repaired by technicians of the village"
    )
    found = {entry.public_id for entry, *_rest in client.get(fit(own)).context["answers"]}
    assert found == {shown["public"].public_id}


def test_a_proposed_goal_is_accepted_from_the_page(client, cast, draft):
    client.force_login(cast.focal_point)
    assert client.post(fit(draft), {"accept": "goal:6", "version": "1"}).url == fit(draft)
    assert list(draft.goals.values_list("pk", flat=True)) == [6]
    client.post(fit(draft), {"accept": "goal:7", "version": "1"})  # of a version that is no more
    assert list(draft.goals.values_list("pk", flat=True)) == [6]
    for version in ("one", "9" * 5000):
        assert client.post(fit(draft), {"accept": "goal:6", "version": version}).status_code == 400


@pytest.mark.parametrize("person", ["publisher", "outsider", "observer"])
def test_nobody_else_compares_a_draft(client, cast, draft, person):
    client.force_login(getattr(cast, person))
    assert client.get(fit(draft)).status_code == 404
    assert client.post(fit(draft), {"accept": "goal:6", "version": "1"}).status_code == 404


def stated(kind):
    return Profile(
        id="1", kind=kind, title="Pumps", country="SEN", countries=("SEN",), goals=(6,), targets=("6.1",),
        sectors=("water",), modalities=("training",), working_languages=("fr",), preferred_countries=("BRA",),
        start_date=date(2027, 1, 1), end_date=date(2027, 1, 1),
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["demand", "solution", "offer"])
def test_what_states_everything_has_no_gap(kind):
    found = completeness_of(profile=stated(kind), missing=())
    assert (found.points, found.gaps, found.empty_texts) == (100, (), ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("empty", "feature"),
    [
        ({"sectors": ()}, "sector"),
        ({"modalities": ()}, "modality"),
        ({"working_languages": ()}, "language"),
        ({"goals": (), "targets": ()}, "sdg"),
    ],
)
def test_a_gap_costs_what_the_feature_weighs_above_the_average(empty, feature):
    config = config_in_force()
    found = completeness_of(profile=replace(stated("demand"), **empty), missing=("gap",))
    lost = 100 * config.weights[feature] * (1 - config.neutral[feature])
    assert found.points == pytest.approx(100 - lost)
    assert sum(gap.points for gap in found.gaps) == pytest.approx(lost)
    assert found.empty_texts == ("gap",)
