"""The pages of the curators' desk: queue, comparison, pairs, runs and figures; what they show and what they cost."""

import csv
from io import BytesIO

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.publicids import new_public_id
from matching.admin.decisions import AT_ONCE, offered
from matching.models import Match, MatchEvent, MatchMessage, RankingRun
from matching.services.answering import accept
from matching.services.curation import introduce, shortlist
from matching.services.ranking import rank_everything
from taxonomy.models import Goal
from tests.factories import NOW, DemandFactory, SolutionFactory
from tests.matching.conftest import french_pumps

LIST = "/admin/matching/match/"
RUNS = "/admin/matching/rankingrun/"
PAGES = ("queue/", "overview/", "pair/")
PEOPLE = ("focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "visitor")


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def pumps(ranked):
    return Match.objects.get(supply=ranked.pumps)


def queries(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def more(match, organisation, number):
    """Copy a match for further supplies of the same demand."""
    for _ in range(number):
        copy = Match.objects.get(pk=match.pk)
        copy.pk, copy.public_id, copy.supply = None, new_public_id(), french_pumps(organisation=organisation)
        copy.save(force_insert=True)


def bulk(client, action, *matches, **fields):
    versions = {f"version_{m.pk}": m.version for m in matches}
    data = {
        "action": action,
        "_selected_action": [m.pk for m in matches],
        "index": 0,
        "decide": "1",
        **versions,
        **fields,
    }
    return client.post(LIST, data, follow=True)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_chosen_matches_are_given_out_as_a_file(desk, cast, ranked, pumps, file_format):
    type(ranked.pumps).objects.filter(pk=ranked.pumps.pk).update(title="=1+1")
    costs = []
    for keys in ([match.pk for match in Match.objects.all()], [pumps.pk]):
        desk.get(LIST)  # the filters are counted
        with CaptureQueriesContext(connection) as asked:
            answer = desk.post(LIST, {"action": f"export_{file_format}", "_selected_action": keys})
            content = b"".join(answer.streaming_content)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="matches.{file_format}"'
    if file_format == "csv":
        head, row = csv.reader(content.decode().splitlines())
    else:
        head, row = load_workbook(BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    found = dict(zip(head, row, strict=True))
    assert (found["id"], found["demand"], found["supply_title"]) == (
        pumps.public_id, ranked.demand.public_id, "'=1+1",
    )  # fmt: skip
    assert (found["state"], float(found["score"]), found["supply_country"]) == ("proposed", pumps.score, "BRA")


@pytest.mark.parametrize("person", PEOPLE)
def test_only_curators_see_the_pages_of_the_desk(cast, ranked, pumps, person):
    client = Client()
    if person != "visitor":
        client.force_login(getattr(cast, person))
    training = Match.objects.get(supply=ranked.training)
    rank_everything(at=NOW)
    first, second = RankingRun.objects.values_list("pk", flat=True)
    compared = (f"compare/?match={pumps.pk}&match={training.pk}",)
    addresses = [*(LIST + page for page in PAGES + compared), f"{RUNS}compare/?run={first}&run={second}"]
    expected = 200 if person == "curator" else 302
    assert [client.get(address).status_code for address in addresses] == [expected] * 5
    before = RankingRun.objects.count()
    client.post(f"{LIST}rank/", {"demand": ranked.demand.public_id})
    client.post(f"{LIST}pair/", {"demand": ranked.demand.pk, "supply": ranked.taxes.pk, "note": ""})
    curates = person == "curator"
    assert RankingRun.objects.count() - before == curates
    assert Match.objects.filter(supply=ranked.taxes).exists() == curates


@pytest.mark.parametrize(("page", "counting", "counted"), [("", 26, 14), ("queue/", 9, 9), ("overview/", 21, 5)])
def test_lists_take_the_same_queries_with_one_match_and_with_more(desk, cast, pumps, page, counting, counted):
    Match.objects.exclude(pk=pumps.pk).delete()
    one = (queries(desk, LIST + page), queries(desk, LIST + page))
    more(pumps, cast.agency, 3)
    cache.clear()
    assert (queries(desk, LIST + page), queries(desk, LIST + page)) == one == (counting, counted)


def test_filters_say_how_many_matches_there_are_of_each_value(desk, ranked):
    text = desk.get(LIST).content.decode()
    nav = text[text.index('id="changelist-filter"') :]
    assert "Proposed (2)" in nav
    assert "Overdue (0)" in nav
    assert "Dismissed" not in nav
    assert nav.count("(1)") >= 2  # one match with either language pair


def test_what_waits_is_sorted_by_what_there_is_to_do(desk, cast, ranked, pumps):
    training = Match.objects.get(supply=ranked.training)
    for match in (pumps, training):
        shortlist(match=match, by=cast.curator, at=NOW)
    introduce(match=pumps, by=cast.curator, at=NOW)
    before = sections(desk)
    accept(match=pumps, side="supply_side", by=cast.publisher, at=NOW)
    Match.objects.filter(pk=training.pk).update(due_at=NOW)
    assert before["Answered"] == []
    assert sections(desk) == {"Overdue": [training], "Answered": [pumps], "To introduce": [training], "New": []}


def test_a_question_waits_until_it_is_answered(desk, cast, ranked, pumps):
    Match.objects.filter(pk=pumps.pk).update(state="introduced", introduced_at=NOW)
    said_so_far = {"match": pumps, "actor": "supply_side", "text": "?", "at": NOW}
    MatchMessage.objects.create(kind="question", author=cast.publisher, **said_so_far)
    assert sections(desk)["Answered"] == [pumps]
    MatchMessage.objects.create(kind="answer", author=cast.focal_point, **said_so_far)
    assert sections(desk)["Answered"] == []


def sections(desk):
    found = desk.get(f"{LIST}queue/").context["sections"]
    return {str(section.title): [row[0] for row in section.rows] for section in found}


def test_candidates_stand_side_by_side_with_the_whole_sum_of_each(desk, ranked, pumps):
    training = Match.objects.get(supply=ranked.training)
    text = desk.get(f"{LIST}compare/?match={pumps.pk}&match={training.pk}").content.decode()
    table = text[text.index('class="compare"') :]
    assert table.index("Training of solar") != table.index("Pompes solaires")
    assert "Solar pumps = Pompes solaires" in table
    assert table.count("<meter") == 2
    assert table.count('value="shortlist_selected"') == 2
    assert "style=" not in table


def test_only_two_to_four_matches_of_one_demand_are_compared(desk, cast, ranked, pumps):
    other = DemandFactory(organisation=cast.ministry)
    rank_everything(at=NOW)
    foreign = Match.objects.filter(demand=other).first()
    assert said(bulk(desk, "compare_selected", pumps))[0].startswith("Choose two to 4")
    assert said(bulk(desk, "compare_selected", pumps, foreign))[0].startswith("Choose two to 4")
    assert desk.get(f"{LIST}compare/?match={pumps.pk}&match={foreign.pk}").status_code == 404
    for query in ("", "match=x", "match=0", f"match={10**30}"):
        assert desk.get(f"{LIST}compare/?{query}").status_code == 404


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("introduce_selected", {"state": "shortlisted"}, ("introduced", "")),
        ("pin_selected", {}, ("proposed", "pinned")),
        ("pin_selected", {"state": "gone"}, ("proposed", "pinned")),
        ("unpin_selected", {"mark": "pinned"}, ("proposed", "")),
        ("exclude_selected", {}, ("dismissed", "excluded")),
        ("reopen_selected", {"state": "declined"}, ("proposed", "")),
    ],
)
def test_every_decision_goes_through_its_service(desk, pumps, action, before, after):
    Match.objects.filter(pk=pumps.pk).update(**before)
    assert action in [decision.code for decision in offered(Match.objects.get(pk=pumps.pk))]
    bulk(desk, action, pumps, reason="wrong_topic", note="As discussed.")
    match = Match.objects.get(pk=pumps.pk)
    assert (match.state, match.mark) == after
    assert MatchEvent.objects.latest("pk").note == "As discussed."


def test_too_many_at_once_are_refused(desk, cast, ranked, pumps):
    supplies = SolutionFactory.create_batch(AT_ONCE, organisation=cast.agency)
    Match.objects.bulk_create(
        Match(
            demand_id=pumps.demand_id, supply_id=supply.pk, run=pumps.run, score=0.5, rank=9, band="good",
            explanation=pumps.explanation,
        )
        for supply in supplies
    )  # fmt: skip
    answer = bulk(desk, "shortlist_selected", pumps, select_across="1")
    assert said(answer) == ["Choose at most 200 matches at once: each has to be looked at."]
    assert not Match.objects.filter(state="shortlisted").exists()


def test_any_supply_is_explained_or_excluded_because(desk, cast, ranked):
    address = f"{LIST}pair/?demand={ranked.demand.pk}&supply="
    assert "Weak match" in desk.get(f"{address}{ranked.taxes.pk}").content.decode()
    own = SolutionFactory(organisation=cast.other, country_id=ranked.demand.country_id)
    assert "Excluded because it comes from the country that asks." in desk.get(f"{address}{own.pk}").content.decode()
    on_record = desk.get(f"{address}{ranked.pumps.pk}")
    assert on_record.context["opinion"].match.supply_id == ranked.pumps.pk
    for wrong in (ranked.demand.pk, 0, "x"):
        assert desk.get(f"{address}{wrong}").context["opinion"] is None


def test_a_match_is_added_by_hand_with_the_engines_opinion_on_record(desk, ranked):
    pair = {"demand": ranked.demand.pk, "supply": ranked.taxes.pk}
    answer = desk.post(f"{LIST}pair/", {**pair, "note": "Asked for."}, follow=True)
    match = Match.objects.get(supply=ranked.taxes)
    assert (match.mark, match.band, match.state) == ("pinned", "weak", "proposed")
    assert match.explanation["reasons"]
    assert "Asked for." in answer.content.decode()
    again = desk.post(f"{LIST}pair/", {**pair, "note": ""})
    assert again.status_code == 200
    assert Match.objects.filter(supply=ranked.taxes).count() == 1


def test_an_oversized_note_adds_nothing(desk, ranked):
    pair = {"demand": ranked.demand.pk, "supply": ranked.taxes.pk, "note": "x" * 2001}
    assert "at most 2000 characters" in desk.post(f"{LIST}pair/", pair).content.decode()
    assert not Match.objects.filter(supply=ranked.taxes).exists()


def test_published_supplies_are_offered_as_one_types(desk, ranked):
    SolutionFactory(title="Solar draft", state="draft")
    address = "/admin/autocomplete/?app_label=matching&model_name=match&field_name="
    found = desk.get(f"{address}supply&term=solar").json()["results"]
    assert [one["text"] for one in found] == ["Training of solar pump technicians"]
    assert desk.get(f"{address}demand&term=solar").json()["results"][0]["id"] == str(ranked.demand.pk)


def test_one_demand_is_ranked_now(desk, cast, ranked):
    french_pumps(organisation=cast.agency)
    answer = desk.post(f"{LIST}rank/", {"demand": ranked.demand.public_id}, follow=True)
    assert said(answer)[0].startswith("Solar pumps for village gardens was ranked: 1 new, ")
    assert RankingRun.objects.latest("pk").scope == "demand"
    assert len(answer.context["cl"].result_list) == 3
    assert desk.get(f"{LIST}rank/").status_code == 405
    assert desk.post(f"{LIST}rank/", {"demand": ranked.taxes.public_id}).status_code == 404


def test_two_runs_are_compared_with_what_came_and_went(desk, cast, ranked):
    new = french_pumps(organisation=cast.agency, published_at=NOW.replace(minute=NOW.minute + 1))
    ranked.training.state = "archived"
    ranked.training.save()
    later = NOW.replace(hour=NOW.hour + 1)
    rank_everything(at=later)
    first, second = RankingRun.objects.order_by("pk")
    context = desk.get(f"{RUNS}compare/?run={first.pk}&run={second.pk}").context
    found = [
        {name: {(change.match.supply_id, str(change.why)) for change in changes} for name, changes in outcome.changes}
        for outcome in context["outcomes"]
    ]
    first_time = "The demand was ranked for the first time"
    assert found[0] == {
        "New": {(ranked.pumps.pk, first_time), (ranked.training.pk, first_time)}, "Moved": set(), "Gone": set(),
    }  # fmt: skip
    assert found[1]["New"] == {(new.pk, "The supply is new")}
    assert found[1]["Gone"] == {(ranked.training.pk, "The supply left the catalogue")}
    differing = {str(name): differ for name, _values, differ in context["rows"]}
    assert (differing["new matches"], differing["demands"]) == (True, False)
    for query in ("", f"run={first.pk}", f"run={first.pk}&run=0"):
        assert desk.get(f"{RUNS}compare/?{query}").status_code == 404


def test_the_overview_counts_and_draws_with_a_table_beside(desk, cast, ranked, pumps):
    shortlist(match=pumps, by=cast.curator, at=NOW)
    introduce(match=pumps, by=cast.curator, at=NOW)
    accept(match=pumps, side="supply_side", by=cast.publisher, at=NOW)
    accept(match=pumps, side="demand_side", by=cast.focal_point, at=NOW)
    answer = desk.get(f"{LIST}overview/")
    charts = {chart.code: chart for chart in answer.context["charts"]}
    funnel = {str(name): cells for name, cells in charts["funnel"].table}
    assert (funnel["Proposed"], funnel["Both sides interested"]) == (["1"], ["1"])
    taken = {str(name): cells for name, cells in charts["acceptance"].table}
    assert taken[pumps.get_band_display()] == ["1", "1", "0", "0", "100 %"]
    text = answer.content.decode()
    body = text[text.index('id="content"') : text.index('id="footer"')]
    assert body.count("<svg") == body.count("<details")
    assert "style=" not in body


def test_demands_that_nothing_is_done_about_are_counted_by_goal_and_region(desk, cast, ranked, pumps):
    for number in (6, 7):
        Goal.objects.create(number=number, names={"en": f"Goal {number}"}, colour="#000000")
    ranked.demand.goals.add(6)
    other = DemandFactory(organisation=cast.ministry)
    other.goals.add(7)
    shortlist(match=pumps, by=cast.curator, at=NOW)
    squares = desk.get(f"{LIST}overview/").context["unmet"].squares
    assert [(square.number, square.shade) for square in squares] == [(1, 5)]
    assert squares[0].text.endswith(", 7: 1")


def test_a_page_of_many_holds_its_own_rows_in_order(desk, cast, pumps):
    Match.objects.exclude(pk=pumps.pk).delete()
    more(pumps, cast.agency, 54)
    pages = [desk.get(f"{LIST}?p={number}").context["cl"].result_list for number in (1, 2)]
    assert [match.pk for page in pages for match in page] == list(
        Match.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert [len(page) for page in pages] == [50, 5]
    assert queries(desk, LIST) == 15
