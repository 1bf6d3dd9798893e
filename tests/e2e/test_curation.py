"""A curator works at the desk in a real browser: by keyboard, without console errors."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from matching.models import Match
from matching.services.curation import shortlist
from matching.services.ranking import rank_everything
from tests.factories import PASSWORD, DemandFactory, OfferFactory, SolutionFactory

LIST = "/admin/matching/match/"


@pytest.fixture
def ranked(transactional_db, cast):
    """A demand with two matches, and a solution about something else."""
    cast.demand = DemandFactory(organisation=cast.ministry, title="Solar pumps for village gardens")
    cast.solution = SolutionFactory(organisation=cast.agency, title="Solar pumps in the dry season")
    cast.offer = OfferFactory(organisation=cast.agency, title="Training to repair solar pumps")
    cast.other = SolutionFactory(
        organisation=cast.agency,
        title="Digital tax returns",
        summary="Companies file by telephone.",
        body="Revenue rose.",
    )
    rank_everything(at=timezone.now())
    assert Match.objects.filter(supply__in=(cast.solution, cast.offer)).count() == 2
    return cast


@pytest.fixture
def desk(open_page, ranked):
    page = open_page()
    page.goto("/accounts/login/?next=/admin/")
    page.fill("input[name=login]", ranked.curator.email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("nav.desk-nav").first).to_be_visible()
    return page


def test_matches_are_shortlisted_in_bulk_by_keyboard_alone(desk, ranked):
    desk.goto(LIST)
    desk.locator("#action-toggle").focus()
    desk.keyboard.press("Space")
    desk.locator("select[name=action]").focus()
    desk.keyboard.type("Shortlist")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_label("Note").focus()
    desk.keyboard.type("Good candidates.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messagelist li.success")).to_have_count(Match.objects.count())
    assert set(Match.objects.values_list("state", flat=True)) == {"shortlisted"}


def test_candidates_are_compared_and_one_is_dismissed_with_a_reason(desk, ranked):
    desk.goto(LIST)
    desk.locator("#action-toggle").check()
    desk.select_option("select[name=action]", "compare_selected")
    desk.locator("button[name=index]").click()
    expect(desk.locator("table.compare thead th")).to_have_count(Match.objects.count())
    desk.locator("table.compare").get_by_role("button", name="Dismiss").first.click()
    desk.get_by_label("Reason").select_option("no_capacity")
    desk.get_by_role("button", name="Dismiss selected matches").click()
    expect(desk.locator(".messagelist li.success")).to_have_count(1)
    assert Match.objects.get(state="dismissed").reason_code == "no_capacity"


def test_a_pair_is_looked_up_explained_and_added_by_hand(desk, ranked):
    Match.objects.filter(supply=ranked.other).delete()
    desk.goto(f"{LIST}pair/?demand={ranked.demand.pk}")
    desk.locator("[aria-labelledby=select2-id_supply-container]").press("Enter")
    desk.keyboard.type("tax")
    expect(desk.locator(".select2-results__option--highlighted")).to_have_text("Digital tax returns")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Explain").click()
    expect(desk.get_by_role("heading", name="What the engine thinks")).to_be_visible()
    expect(desk.get_by_text("Weak match")).to_be_visible()
    desk.get_by_label("Note").fill("The ministry asked for it.")
    desk.get_by_role("button", name="Add the match").click()
    expect(desk.locator(".messagelist li.success")).to_have_text("The match was added and pinned.")
    assert Match.objects.get(supply=ranked.other).mark == "pinned"


def test_a_match_is_introduced_from_the_queue_by_keyboard_alone(desk, ranked):
    match = Match.objects.get(supply=ranked.solution)
    shortlist(match=match, by=ranked.focal_point, at=timezone.now())
    desk.goto(f"{LIST}queue/")
    link = desk.get_by_role("region", name="To introduce").get_by_role("link", name=ranked.demand.title)
    link.focus()
    desk.keyboard.press("Enter")
    button = desk.get_by_role("button", name="Introduce")
    for _ in range(200):  # it is reached with the tabulator alone
        desk.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    desk.keyboard.press("Enter")
    desk.get_by_label("Note").focus()
    desk.keyboard.type("Please meet.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator(".messagelist li.success")).to_have_count(1)
    match.refresh_from_db()
    assert match.state == "introduced"
