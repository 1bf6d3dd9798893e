"""The API's reference pages in a browser: drawn whole, nothing fetched from elsewhere, nothing the policy forbids."""

import pytest
from playwright.sync_api import expect


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "heading"),
    [("/api/v1/docs/", "South-South Match API"), ("/api/v1/docs/redoc/", "List entries in summary")],
)
def test_reference_pages_work_offline_and_under_the_policy(open_page, live_server, address, heading):
    page, fetched = open_page(), []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(address)
    expect(page.get_by_text(heading).first).to_be_visible(timeout=30_000)
    own = (live_server.url, "data:", "blob:")
    assert [url for url in fetched if not url.startswith(own)] == []
