"""A curator works at the desk in a real browser: by keyboard, without console errors, accessible by axe's rules."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from matching.models import Match, RankingRun
from matching.services.curation import shortlist
from matching.services.ranking import rank_everything
from tests.e2e.conftest import AXE
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


def barriers(page):
    """Return what axe finds against WCAG 2.2 AA; without its copies of imported style sheets, which the CSP refuses."""
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags, preload: false})", tags)
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]


def test_every_page_of_the_desk_is_accessible_and_silent(desk, ranked):
    matches = list(Match.objects.order_by("rank").values_list("pk", flat=True)[:2])
    runs = list(RankingRun.objects.values_list("pk", flat=True)[:2])
    addresses = [
        "/admin/",
        LIST,
        f"{LIST}queue/",
        f"{LIST}overview/",
        f"{LIST}compare/?match={matches[0]}&match={matches[1]}",
        f"{LIST}pair/?demand={ranked.demand.pk}&supply={ranked.other.pk}",
        f"{LIST}{matches[0]}/change/",
        "/admin/matching/rankingrun/",
        f"/admin/matching/rankingrun/compare/?run={runs[0]}&run={runs[1]}",
        "/admin/matching/weightsversion/",
        "/admin/matching/glossaryterm/?q=water",
        "/admin/notifications/email/",
        f"/admin/accounts/organisation/{ranked.ministry.pk}/history/",
        f"/admin/solutions/demand/{ranked.demand.pk}/history/",
    ]
    found = {}
    for address in addresses:
        assert desk.goto(address).status == 200
        desk.wait_for_load_state("networkidle")
        found[address] = barriers(desk)
    assert found == {address: [] for address in addresses}


def test_matches_are_shortlisted_in_bulk_by_keyboard_alone(desk, ranked):
    desk.goto(LIST)
    desk.locator("#action-toggle").focus()
    desk.keyboard.press("Space")
    desk.locator("select[name=action]").focus()
    desk.keyboard.type("Shortlist")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_label("Note").focus()
    assert barriers(desk) == []
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


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desk_runs_from_right_to_left_and_fits_a_telephone(open_page, ranked, width):
    ranked.curator.language = "ar"
    ranked.curator.save()
    page = open_page(width=width, locale="ar")
    page.goto("/accounts/login/?next=/admin/matching/match/queue/")
    page.fill("input[name=login]", ranked.curator.email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("nav.desk-nav").first).to_be_visible()
    for address in (LIST, f"{LIST}queue/", f"{LIST}overview/"):
        page.goto(address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), address
