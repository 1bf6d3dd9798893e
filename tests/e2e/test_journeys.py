"""The journeys that the site is for, from end to end: in three languages, narrow and wide, with and without JavaScript.

Each run is one story in one database: a focal point posts a need and sees what could answer it, an agency publishes a
solution and sees which demands it meets, a curator decides, the focal point chooses and answers, a visitor searches.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from matching.models import Match
from matching.services.ranking import rank_everything
from matching.services.searching import index_due
from solutions.models import Demand, Solution
from taxonomy.models import Goal, Modality, Target
from tests.e2e.conftest import AXE, WIDTHS
from tests.factories import PASSWORD, DemandFactory, LanguageFactory, OfferFactory, SolutionFactory

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
STEPS_OF_DEMAND = ("basics", "need", "needs", "topics", "cooperation", "sharing", "letter", "check")


@pytest.fixture
def market(transactional_db, cast, language):
    """Two supplies and a demand about solar pumps, something about taxes, and the reference data that forms offer."""
    for code in ("en", "fr", "ar"):
        LanguageFactory(code=code)
    User.objects.update(language=language)
    Goal.objects.bulk_create(
        Goal(number=number, colour="#112233", names={"en": f"Goal named {number}"}) for number in (6, 7)
    )
    Target.objects.create(code="6.1", goal_id=6, position=1, labels={"en": "Safe water"})
    Modality.objects.create(code="training", names={"en": "Training"})
    cast.solution = SolutionFactory(organisation=cast.agency, title="Training technicians to repair solar pumps")
    cast.offer = OfferFactory(organisation=cast.agency, title="Places in courses on solar pumps for technicians")
    cast.taxes = SolutionFactory(
        organisation=cast.agency, title="Digital tax returns", summary="Companies file by telephone.", body="Revenue."
    )
    cast.demand = DemandFactory(organisation=cast.other, title="Technicians who repair solar pumps in the villages")
    cast.offer.modalities.set(["training"])
    rank_everything(at=timezone.now())
    index_due()
    return cast


class Reader:
    """Somebody at a screen; every page that they come to is looked at."""

    def __init__(self, page, width, javascript):
        self.page, self.width, self.javascript = page, width, javascript
        self.sessions = {}
        self.engine = page.context.new_cdp_session(page)

    def look(self):
        """Find nothing that is too wide or that axe holds against the page."""
        self.settle()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, self.page.url
        # axe needs timers. A page that was loaded without JavaScript stays as it is when they run again.
        self.allow_scripts(self.javascript)
        self.allow_scripts(True)
        self.page.evaluate(AXE.read_text())
        # Style sheets that a sheet imports would be fetched anew, which the content security policy refuses.
        found = self.page.evaluate(
            "tags => axe.run({runOnly: tags, resultTypes: ['violations'], preload: false})", TAGS
        )
        self.allow_scripts(self.javascript)
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == [], self.page.url

    def allow_scripts(self, allowed):
        """Switch the page's scripts; this session of the browser must have switched them off to switch them on."""
        self.engine.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def settle(self):
        """Wait for what fits the draft, so that the page is looked at as it comes to rest."""
        if self.javascript:
            expect(self.page.locator("#fit button[value=fit]")).to_have_count(0)
            expect(self.page.locator(".htmx-request")).to_have_count(0)

    def write(self, selector, text):
        """Write into a step, and let what fits be looked up again."""
        if not self.javascript:
            self.page.fill(selector, text)
            return
        self.settle()
        with self.page.expect_response(re.compile("/fit/")):
            self.page.fill(selector, text)
        self.settle()

    def go(self, address, *, look=True):
        assert self.page.goto(address).status == 200
        self.settle()
        if look:
            self.look()

    def press(self, selector, *, to):
        self.page.locator(selector).first.click()
        expect(self.page).to_have_url(re.compile(to))

    def log_in(self, user):
        self.page.context.clear_cookies(name="sessionid")
        if user in self.sessions:
            self.page.context.add_cookies([self.sessions[user]])
            return
        self.go("/accounts/login/", look=False)
        self.page.fill("input[name=login]", user.email)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.locator("main form button").first.click()
        expect(self.page.locator("form[action*=logout]")).to_be_attached()
        (self.sessions[user],) = (c for c in self.page.context.cookies() if c["name"] == "sessionid")


@pytest.fixture
def reader(open_page, language, width, javascript):
    return Reader(open_page(width=width, locale=language, javascript=javascript), width, javascript)


def begin(reader, kind, title, summary):
    reader.go("/desk/")
    reader.press(f"main a[href='/{kind}s/new/']", to=f"/{kind}s/new/$")
    reader.look()
    reader.press("main form button", to=f"/{kind}s/new/$")  # nothing is written yet
    expect(reader.page.locator("#id_title_error")).to_be_visible()
    reader.look()
    reader.page.fill("#id_title", title)
    reader.page.fill("#id_summary", summary)
    reader.page.select_option("#id_language", "en")
    reader.press("main form button", to=r"/entries/\w+/edit/\w+/$")


def compare_while_writing(reader, found):
    """See what fits: at once beside the form, or behind a button where there is no JavaScript."""
    if not reader.javascript:
        reader.press("button[value=fit]", to=r"/fit/$")
    expect(reader.page.locator("article.fit", has_text=found)).to_be_visible()
    expect(reader.page.locator("meter")).to_be_visible()
    reader.look()


def a_focal_point_posts_a_need(reader, market):
    begin(reader, "demand", "Repair of solar pumps", "Solar pumps of village gardens break. Technicians are missing.")
    made = Demand.objects.get(title="Repair of solar pumps")
    edit = f"/entries/{made.public_id}/edit"
    reader.write("#id_gap", "Nobody in the villages can repair drinking water pumps.")
    compare_while_writing(reader, market.solution.title)
    reader.press("button[name=accept][value='goal:6']", to=r"/(edit/need|fit)/$")
    for step in STEPS_OF_DEMAND:
        reader.go(f"{edit}/{step}/")
    made.refresh_from_db()
    assert list(made.goals.values_list("pk", flat=True)) == [6]
    assert made.gap.startswith("Nobody")
    reader.go(f"/entries/{made.public_id}/preview/?visibility=public_summary")
    reader.go(f"{edit}/check/", look=False)
    reader.page.fill("#id_note", "Please publish it.")
    reader.press("form[action*=submit] button", to=f"/entries/{made.public_id}/$")
    reader.look()
    reader.go("/my-entries/")
    return made


def an_agency_publishes_a_solution(reader, market):
    begin(reader, "solution", "Solar pump workshops", "Workshops in which technicians learn to repair solar pumps.")
    made = Solution.objects.get(title="Solar pump workshops")
    reader.write("#id_challenge", "Pumps stood still for months.")
    compare_while_writing(reader, market.demand.title)
    reader.go(f"/entries/{made.public_id}/edit/evidence/")
    reader.write("#id_adapted_from", "no such entry")
    reader.press("button[name=next][value=on]", to="/edit/evidence/$")
    expect(reader.page.locator("#id_adapted_from_error")).to_be_visible()
    expect(reader.page.locator("#id_adapted_from")).to_have_value("no such entry")
    reader.look()
    reader.write("#id_adapted_from", f"/entries/{market.solution.public_id}/")
    reader.press("button[name=next][value=on]", to="/edit/topics/$")
    reader.go(f"/entries/{made.public_id}/move/submit/")
    reader.press("main form button", to=f"/entries/{made.public_id}/$")
    reader.go("/my-entries/import/")
    return made


def a_curator_decides(reader, entry):
    reader.go(f"/admin/solutions/{entry.kind}/")
    reader.page.check(f"input[name=_selected_action][value='{entry.pk}']")
    reader.page.select_option("select[name=action]", "publish")
    reader.page.locator("button[name=index]").click()
    expect(reader.page.locator(".messagelist li.success")).to_have_count(1)


def a_curator_introduces(reader, match):
    reader.go("/admin/matching/match/")
    reader.page.check(f"input[name=_selected_action][value='{match.pk}']")
    reader.page.select_option("select[name=action]", "introduce_selected")
    reader.page.locator("button[name=index]").click()
    reader.look()
    reader.page.locator("#content form [type=submit]").last.click()
    expect(reader.page.locator(".messagelist li.success")).to_have_count(1)


def a_focal_point_chooses(reader, demand):
    reader.go(f"/demands/{demand.public_id}/matches/")
    for box in reader.page.locator("input[name=match]").all()[:2]:
        box.check()
    reader.press("button[form=compare], #compare button", to=r"/compare/\?match=\w+&match=\w+")
    reader.look()
    match = Match.objects.open().filter(demand=demand).order_by("rank")[0]
    reader.go(f"/matches/{match.public_id}/")
    reader.page.locator("#act-shortlist summary").click()
    reader.press("#act-shortlist form button", to=f"/matches/{match.public_id}/")
    reader.look()
    match.refresh_from_db()
    assert match.state == "shortlisted"
    return match


def a_focal_point_answers(reader, match):
    reader.go(f"/matches/{match.public_id}/")
    reader.page.locator("#act-message summary").click()
    reader.page.fill("#act-message textarea", "When could you come?")
    reader.press("#act-message form button", to=f"/matches/{match.public_id}/")
    reader.page.locator("#act-accept summary").click()
    reader.press("#act-accept form button", to=f"/matches/{match.public_id}/")
    reader.look()
    match.refresh_from_db()
    assert match.demand_answer == "accepted"


def a_visitor_searches_and_filters(reader, solution):
    reader.page.context.clear_cookies(name="sessionid")
    reader.go("/")
    reader.page.fill("#q", "solar pump workshops")
    reader.page.locator("main form button").first.click()
    expect(reader.page.locator(".results h2", has_text=solution.title)).to_be_visible()
    reader.look()
    reader.go("/offers/")
    choices = reader.page.locator("details.dropdown:has(input[name=modality]) summary")
    choices.click()
    reader.page.check("input[name=modality][value=training]")
    choices.click()  # open, they lie over the button
    reader.press(".filters button", to="modality=training")
    expect(reader.page.locator("article.entry")).to_have_count(1)
    reader.look()
    reader.go(f"/entries/{solution.adapted_from.public_id}/")
    expect(reader.page.locator("main")).to_contain_text(solution.title)  # used by


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_need_is_posted_matched_chosen_and_answered(reader, market):
    reader.log_in(market.focal_point)
    demand = a_focal_point_posts_a_need(reader, market)
    reader.log_in(market.publisher)
    solution = an_agency_publishes_a_solution(reader, market)
    reader.log_in(market.curator)
    a_curator_decides(reader, solution)
    a_curator_decides(reader, demand)
    reader.log_in(market.focal_point)
    match = a_focal_point_chooses(reader, demand)
    reader.log_in(market.curator)
    a_curator_introduces(reader, match)
    reader.log_in(market.focal_point)
    a_focal_point_answers(reader, match)
    index_due()
    solution.refresh_from_db()
    a_visitor_searches_and_filters(reader, solution)
