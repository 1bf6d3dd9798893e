"""The pictures of the guide: taken from the demonstration when GUIDE_SHOTS=1 is set, looked at otherwise."""

import base64
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import User
from matching.models import Match
from matching.services.ranking import rank_everything
from matching.services.searching import index_due
from solutions.models import Entry
from ssc_platform import demo
from ssc_platform.guides import GUIDES

FOLDER = Path(__file__).resolve().parents[2] / "ssc_platform" / "static" / "site" / "guide"
SIZE = {"width": 1200, "height": 750}
wanted = pytest.mark.skipif(not os.environ.get("GUIDE_SHOTS"), reason="pictures are taken with GUIDE_SHOTS=1")


LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_guides_show_their_pictures_in_the_language_of_the_page(open_page, transactional_db, language):
    page = open_page(locale=language)
    for guide in GUIDES:
        page.goto(f"/guide/{guide.slug}/")
        for picture in page.locator(".guide img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", True)
            assert picture.evaluate("image => image.naturalWidth") > 0
            assert f"/guide/{language}/" in picture.get_attribute("src")


@pytest.fixture
def demonstration(transactional_db):
    """The demonstration's catalogue, ranked, with a log-in for each role and one match introduced."""
    at = timezone.now()
    call_command("load_taxonomy", verbosity=0)
    demo.load_organisations(at=at)
    demo.make_people()
    list(demo.load_entries(at=at))
    demo.load_translations(at=at)
    demo.load_collections()
    index_due()
    rank_everything(at=at)
    return {login.role: login for login in demo.make_logins()}


def shoot(page, file):
    """Write what the window shows as WebP."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 55})
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(base64.b64decode(shot["data"]))


def log_in(page, login):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login.email)
    page.fill("input[name=password]", login.password)
    page.locator("main form button").first.click()
    expect(page.locator("form[action*=logout]")).to_be_visible()


@wanted
@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_taken(open_page, demonstration, language):
    User.objects.update(language=language)
    focal_point = User.objects.get(email=demonstration[Role.FOCAL_POINT].email)
    own = Match.objects.open().filter(demand__organisation_id__in=focal_point.roles).order_by("-score", "pk")
    match = own.select_related("demand").first()
    tour = {
        None: {
            "search": "/search/?q=solar+pumps",
            "country": f"/countries/{_busiest().lower()}/",
            "api": "/api/v1/docs/",
        },
        Role.FOCAL_POINT: {
            "desk": "/desk/",
            "write": f"/entries/{match.demand.public_id}/edit/need/",
            "matches": f"/demands/{match.demand.public_id}/matches/",
            "match": f"/matches/{match.public_id}/",
        },
        Role.PUBLISHER: {"entries": "/my-entries/"},
        Role.CURATOR: {"curation": "/admin/matching/match/overview/", "candidates": "/admin/matching/match/"},
    }
    for role, pages in tour.items():
        page = open_page(width=SIZE["width"], locale=language)
        page.set_viewport_size(SIZE)
        if role:
            log_in(page, demonstration[role])
        for name, address in pages.items():
            page.goto(address)
            page.wait_for_load_state("networkidle")
            shoot(page, FOLDER / language / f"{name}.webp")


def _busiest():
    """Return the country with the most entries."""
    codes = list(Entry.objects.exclude(country=None).values_list("country_id", flat=True))
    return max(sorted(set(codes)), key=codes.count)
