"""Visitors search and browse: lightly, without a request to anywhere else, in the dark, with and without JavaScript."""

import gzip

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import WIDTHS
from tests.ssc_platform.conftest import ADDRESSES

MOST_BYTES = 60_000  # transferred without images; style sheets go compressed, as whitenoise sends them
MOST_REQUESTS = 6


@pytest.fixture
def public(transactional_db, shop):
    return shop


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_fit_from_right_to_left_and_in_the_dark(open_page, violations, public, width):
    page = open_page(width=width)
    page.emulate_media(color_scheme="dark")
    for address in ADDRESSES:
        page.goto(address)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_searches_narrows_and_opens_what_was_found(open_page, public, javascript):
    page = open_page(width=360, javascript=javascript)
    page.goto("/")
    page.fill("#q", "solar pumps")
    page.locator("main form button").first.click()
    expect(page.locator(".results h2 mark", has_text="Pompes solaires")).to_be_visible()
    page.goto("/search/")
    expect(page.locator(".results h2")).to_have_count(3)
    page.get_by_label("Offer").check()
    if not javascript:
        page.get_by_role("button", name="Narrow").click()
    expect(page.locator(".results h2")).to_have_count(1)
    expect(page.get_by_label("Offer")).to_be_checked()
    assert "kind=offer" in page.url
    page.locator(".results h2 a").click()
    expect(page.locator("h1")).to_have_text("Places for technicians")


def test_a_page_is_light_and_asks_nobody_else(open_page, public, live_server):
    page, requests, weights = open_page(), [], {}
    page.on("request", lambda request: requests.append(request))
    for address in ADDRESSES:
        page.goto("about:blank")
        requests.clear()
        answer = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert {request.url.startswith(live_server.url) for request in requests} == {True}
        assert len(requests) <= MOST_REQUESTS
        assert answer.header_value("content-encoding") == "gzip"
        total = answer.request.sizes()["responseBodySize"]
        for request in requests:
            if request.resource_type not in ("document", "image"):
                if request.url not in weights:
                    weights[request.url] = len(gzip.compress(page.request.get(request.url).body()))
                total += weights[request.url]
        assert total <= MOST_BYTES


def test_the_language_switch_keeps_the_search_and_its_filters(open_page, public):
    page = open_page()
    page.goto("/search/?q=solar+pumps&kind=solution&goal=6")
    page.locator(".language-switch button[value=ar]").click()
    assert page.url.endswith("/search/?q=solar+pumps&kind=solution&goal=6")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".results h2")).to_have_count(1)
