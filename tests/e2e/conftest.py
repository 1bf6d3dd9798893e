"""A real browser against a real server; skipped with a reason where there is no Chromium."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import sync_playwright

from accounts import services
from accounts.enums import Role
from accounts.models import User
from matching.services.searching import index_due
from solutions.enums import EntryState
from solutions.models import EntryEvent
from solutions.services.archiving import write_archive
from tests.factories import DemandFactory, OfferFactory
from tests.ssc_platform.conftest import shop  # noqa: F401 - a fixture
from tests.ssc_platform.test_every_page import world  # noqa: F401 - a fixture

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = (360, 1280)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser():
    # Playwright's own loop runs in this thread; the tests' database calls are synchronous all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server):
    """Open pages of a width and language, with or without JavaScript; every console error fails the test.

    The browser notes every answer that is not 200 as an error; of a page itself, the test says which one it expects.
    """
    contexts, errors, pages = [], [], set()

    def opener(*, width=1280, locale="en", javascript=True):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale=locale,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("response", lambda answer: pages.add(answer.url) if answer.request.is_navigation_request() else None)
        page.on("console", lambda said: errors.append((said.text, said.location["url"])) if said.type == "error" else 0)
        page.on("pageerror", lambda error: errors.append((str(error), "")))
        return page

    yield opener
    for context in contexts:
        context.close()
    refused = "Failed to load resource: the server responded with a status of "
    assert [text for text, url in errors if not (text.startswith(refused) and url in pages)] == []


@pytest.fixture
def violations(browser):
    """Return what axe finds against WCAG 2.2 AA on the page as it stands."""
    source = AXE.read_text()

    def check(page):
        # evaluate() runs in the page's own world past its CSP; no script tag is added.
        page.evaluate(source)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]

    return check


@pytest.fixture
def site(transactional_db, world, language, settings):  # noqa: F811 - the fixture above
    """The world of all pages with what some states need; single sign-on is configured."""
    cache.clear()  # no tries are counted yet
    settings.OIDC_SERVER_URL, settings.OIDC_NAME = "https://sign-on.example.org", "Sign-on"
    app = {"provider_id": "sso", "name": "Sign-on", "client_id": "x", "secret": "y", "settings": {"server_url": "x"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    at, cast = timezone.now(), world.cast
    world.draft = DemandFactory(organisation=cast.ministry, state=EntryState.RETURNED, title="Pumps by the river")
    EntryEvent.objects.create(
        entry=world.draft, from_state="submitted", to_state="returned", at=at, by=cast.curator, note="Say more."
    )
    world.offer_to_edit = OfferFactory(organisation=cast.agency)
    for number, email in enumerate(("awa@example.org", "binta@example.org", "coumba@example.org")):
        invited = {"role": Role.OBSERVER, "language": language, "by": cast.focal_point}
        services.invite(organisation=cast.ministry, email=email, **invited, at=at - timedelta(days=30 if number else 0))
    write_archive(at=at)
    index_due()
    User.objects.update(language=language)
    return world
