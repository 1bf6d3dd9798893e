"""Help: guides, the words explained, and error pages that say what to do."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override
from django.views.defaults import server_error

from ssc_platform.guides import GUIDES, TERMS
from tests.factories import SolutionFactory

pytestmark = pytest.mark.django_db
SHOTS = sorted({step.shot for guide in GUIDES for step in guide.steps if step.shot})
LANGUAGES = ["en", "fr", "ar"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.slug)
def test_each_role_has_a_guide_that_leads_somewhere(client, guide):
    html = client.get(reverse("guide-page", args=[guide.slug])).content.decode()
    assert html.count("<li>\n          <p>") == len(guide.steps)
    assert f'href="{reverse(guide.page)}"' in html


def test_an_unknown_guide_is_not_found(client):
    assert client.get("/guide/nobody/").status_code == 404


def test_the_words_are_explained(client):
    html = client.get("/terms/").content.decode()
    assert html.count("<dfn>") == len(TERMS)
    assert "/terms/" in client.get("/guide/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shot", SHOTS)
def test_every_picture_is_there_in_each_language_and_small(shot, language):
    path = finders.find(f"site/guide/{language}/{shot}.webp")
    assert path
    content = Path(path).read_bytes()
    assert content[8:12] == b"WEBP"
    assert len(content) < 120_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("address", "status"), [("/entries/nothing/", 404), ("/nowhere/", 404), ("/?q=%00", 400)])
def test_errors_say_what_to_do_and_lead_on(client, cast, address, status, language):
    answer = client.get(address, headers={"accept-language": language})
    html = answer.content.decode()
    assert answer.status_code == status
    assert f'<html lang="{language}"' in html
    assert f'<p><a href="{reverse("home")}">' in html or f'· <a href="{reverse("home")}">' in html


def test_a_refusal_offers_the_log_in_and_comes_back(client, cast):
    assert '?next=/nowhere/"' in client.get("/nowhere/").content.decode()
    client.force_login(cast.focal_point)
    assert "?next=" not in client.get("/nowhere/").content.decode()
    solution = SolutionFactory(organisation=cast.agency)
    refused = client.get(reverse("translation-list", args=[solution.public_id]))
    assert refused.status_code == 403
    assert f'href="{reverse("desk")}">' in refused.content.decode()


def test_a_form_without_its_token_says_to_load_the_page_again(cast):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/i18n/setlang/", {"language": "fr"})
    assert answer.status_code == 403
    assert "Go back, load the page again and send the form once more." in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_ours_is_told_without_a_database(language):
    request = RequestFactory().get("/")
    with override(language):
        answer = server_error(request)
    assert answer.status_code == 500
    assert f'<html lang="{language}"' in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
