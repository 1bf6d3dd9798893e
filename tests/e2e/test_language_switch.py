"""The language switch keeps the page: also what was narrowed in place, and where a form was refused."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from matching.models import Match
from matching.services.ranking import rank_everything
from tests.factories import PASSWORD, DemandFactory, SolutionFactory


@pytest.fixture
def public(transactional_db, shop):
    return shop


def test_a_search_narrowed_in_place_stays_narrowed(open_page, public):
    page = open_page()
    page.goto("/search/")
    page.get_by_label("Offer").check()
    expect(page).to_have_url(re.compile("kind=offer"))
    page.locator(".language-switch button[value=ar]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page).to_have_url(re.compile("kind=offer"))
    expect(page.locator(".results h2")).to_have_count(1)


def test_a_refused_act_leads_back_to_its_match(open_page, transactional_db, cast):
    DemandFactory(organisation=cast.ministry, title="Technicians who repair solar pumps")
    SolutionFactory(organisation=cast.agency, title="Training technicians to repair solar pumps")
    rank_everything(at=timezone.now())
    match = Match.objects.get()
    page = open_page(javascript=False)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", cast.focal_point.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator("form[action*=logout]")).to_be_attached()
    page.goto(f"/matches/{match.public_id}/")
    page.locator("#act-dismiss summary").click()
    page.locator("#act-dismiss form button").click()
    expect(page.locator("#act-dismiss .errorlist")).to_be_visible()
    page.locator(".language-switch button[value=fr]").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_url(re.compile(f"/matches/{match.public_id}/$"))
