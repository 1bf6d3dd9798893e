"""Error pages as readers reach them: accessible, in their language, and saying what to do."""

import pytest
from django.core.cache import cache
from django.urls import path, reverse

from ssc_platform import urls
from tests.e2e.looking import LANGUAGES, Looker, expect_no_faults
from tests.factories import UserFactory


def fails(_request):
    raise RuntimeError("This view fails, as one with a fault would.")


urlpatterns = [path("fails/", fails), *urls.urlpatterns]


@pytest.fixture
def reader(open_page, transactional_db, language, settings):
    settings.ROOT_URLCONF = __name__
    cache.clear()  # no tries are counted yet
    looker = Looker(open_page(locale=language), language)
    looker.log_in(UserFactory(language=language))
    yield looker
    cache.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_are_reached_and_say_what_to_do(reader):
    page = reader.page
    reader.open("404", "/nowhere/", status=404)
    reader.open("400", "/?q=%00", status=400)
    reader.open("403", reverse("admin:index"), status=403)
    reader.open("500", "/fails/", status=500)
    page.goto(reverse("account_change_password"))
    page.locator("main [name=csrfmiddlewaretoken]").evaluate("(field) => field.remove()")
    reader.send("403-csrf")
    page.goto(reverse("account-profile"))
    reader.send("400-too-large", {"name": "x" * 2_500_000})
    for _ in range(6):
        page.goto(reverse("account_change_password"))
        reader.submit({"oldpassword": "wrong"})
    reader.look("429")
    expect_no_faults(reader)
