"""Visitor, focal point and publisher work on the site, with and without JavaScript."""

import pytest
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from matching.models import Match
from matching.services.ranking import rank_everything
from tests.factories import PASSWORD, DemandFactory, LanguageFactory, OfferFactory, SolutionFactory


@pytest.fixture
def catalogue(transactional_db, cast):
    """A French demand of the ministry, an Arabic and an English supply that answer it, ranked."""
    cast.demand = DemandFactory(
        organisation=cast.ministry,
        language=LanguageFactory(code="fr"),
        title="Entretien des pompes solaires des périmètres maraîchers",
        summary="Former des techniciens villageois à la réparation des pompes solaires d'irrigation.",
        body="Les pompes solaires tombent en panne et les groupements de femmes perdent leurs récoltes.",
        keywords=["irrigation"],
    )
    cast.solution = SolutionFactory(
        organisation=cast.agency, title="Training village technicians to repair solar pumps"
    )
    cast.offer = OfferFactory(
        organisation=cast.agency,
        language=LanguageFactory(code="ar"),
        title="تدريب الفنيين على صيانة مضخات الري بالطاقة الشمسية",
        summary="دورة عملية لإصلاح المضخات الشمسية في القرى.",
        body="يتعلم الفنيون فحص الألواح والمضخات وإصلاحها.",
    )
    rank_everything(at=timezone.now())
    assert Match.objects.open().count() == 2
    return cast


def log_in(page, user):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator("form[action*=logout]")).to_be_visible()


def test_a_focal_point_reads_matches_with_reasons(open_page, catalogue):
    page = open_page()
    log_in(page, catalogue.focal_point)
    page.goto(f"/demands/{catalogue.demand.public_id}/matches/")
    expect(page.locator("main")).to_contain_text("techniciens = technicians")
    expect(page.locator("main")).to_contain_text("مضخات")


def test_pages_work_without_javascript(open_page, catalogue):
    page = open_page(javascript=False)
    log_in(page, catalogue.focal_point)
    page.goto("/desk/")
    page.locator("main table a", has_text="2").first.click()
    expect(page.locator("main")).to_contain_text(catalogue.solution.title)
    page.goto("/solutions/")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text(catalogue.solution.title)


def test_the_language_switch_keeps_the_page(open_page, catalogue):
    page = open_page()
    page.goto("/offers/?page=1")
    page.locator(".language-switch button[value=fr]").click()
    assert page.url.endswith("/offers/?page=1")
    with override("fr"):
        expect(page.locator("html")).to_have_attribute("lang", "fr")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_keeps_a_search_renames_and_deletes_it(open_page, catalogue, javascript):
    page = open_page(width=360, javascript=javascript)
    log_in(page, catalogue.focal_point)
    page.goto("/search/?q=solar&kind=offer")
    page.get_by_text("Keep this search").click()
    page.get_by_label("Name").fill("My pumps")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".message.success")).to_be_visible()
    assert page.url.endswith("/search/?q=solar&kind=offer")
    page.goto("/searches/")
    page.get_by_label("Name").fill("Other pumps")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="Other pumps")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Other pumps")).to_have_count(0)


def test_a_publisher_translates_and_readers_see_it(open_page, catalogue):
    LanguageFactory(code="es")
    page = open_page()
    log_in(page, catalogue.publisher)
    page.goto(f"/entries/{catalogue.solution.public_id}/translations/es/")
    page.fill("[name=title]", "Formación de técnicos")
    page.fill("[name=body]", "Un texto que no se pierde.")
    page.locator("form.translation button").last.click()
    expect(page.locator(".errorlist")).to_have_count(1)  # the summary is missing
    expect(page.locator("[name=body]")).to_have_value("Un texto que no se pierde.")
    page.fill("[name=summary]", "Reparación de bombas.")
    page.locator("form.translation button").last.click()
    page.goto(f"/entries/{catalogue.solution.public_id}/?in=es")
    expect(page.locator("h1")).to_have_text("Formación de técnicos")
    expect(page.locator("h1")).to_have_attribute("lang", "es")
    page.locator("[role=note] a").first.click()
    expect(page.locator("h1")).to_have_text(catalogue.solution.title)
