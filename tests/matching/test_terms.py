"""Curators' terms: found, started from shipped ones, checked as the files are, and in force at the next fit."""

import pytest

from matching import corpus
from matching.models import GlossaryTerm, Match, WeightsVersion
from matching.services.ranking import rank_everything
from matching.services.terms import save_term, shipped_concept, shipped_with
from tests.factories import NOW

ADD = "/admin/matching/glossaryterm/add/"
LIST = "/admin/matching/glossaryterm/"
ROW = {
    "concept_id": "zai-pit", "domain": "food", "en": "zai pit", "fr": "fosse zaï", "es": "hoyo zai", "pt": "cova zai",
    "ar": "حفرة الزاي", "ru": "лунка заи", "zh": "扎伊坑",
}  # fmt: skip


@pytest.mark.django_db
def test_a_term_is_in_force_at_the_next_fit_until_it_is_switched_off(cast):
    before = corpus.fingerprint(at=NOW)
    term = GlossaryTerm(**ROW)
    save_term(term=term, by=cast.curator, at=NOW)
    after = corpus.fingerprint(at=NOW)
    assert after.engine != before.engine
    read = corpus.fitted(at=NOW).ranker.analyser
    assert read.concepts("des fosses zaï", "fr") == read.concepts("zai pits", "en") == ("zai-pit",)
    term.active = False
    save_term(term=term, by=cast.curator, at=NOW)
    assert corpus.fingerprint(at=NOW) == before


@pytest.mark.django_db
def test_a_term_replaces_the_shipped_one_of_its_id():
    row = shipped_concept("water-resources-management")
    assert row is not None
    GlossaryTerm.objects.create(**{**row, "fr": "maîtrise hydraulique zonale"}, updated_at=NOW)
    forms = corpus.curated_analyser(corpus.terms_in_force()).glossary.concepts["water-resources-management"].forms
    assert forms["fr"] == ("maîtrise hydraulique zonale",)
    assert forms["en"] == corpus.analyser().glossary.concepts["water-resources-management"].forms["en"]


@pytest.mark.parametrize("words", ["water management", "GESTION DE L'EAU", "إدارة المياه", "水资源管理"])
def test_shipped_terms_are_found_in_any_language(words):
    assert "water-resources-management" in [concept.id for concept in shipped_with(words, most=20)]


def test_a_curator_adds_what_keeps_the_rules(desk, cast):
    refused = desk.post(ADD, {**ROW, "ru": "zai", "active": "on"})
    assert "not in the script" in str(refused.context["adminform"].form.errors["ru"])
    assert not GlossaryTerm.objects.exists()
    desk.post(ADD, {**ROW, "active": "on"})
    assert GlossaryTerm.objects.get().updated_by == cast.curator
    assert "zai-pit" in desk.get(LIST, {"q": "ЛУНКА"}).content.decode()
    assert desk.get(f"{LIST}concept/zai-pit/").url.endswith(f"/{GlossaryTerm.objects.get().pk}/change/")


def test_a_term_starts_from_the_shipped_one(desk):
    page = desk.get(LIST, {"q": "gestion de l'eau"}).content.decode()
    assert f"{LIST}concept/water-resources-management/" in page
    form = desk.get(f"{LIST}concept/water-resources-management/", follow=True).context["adminform"].form
    assert form.initial["fr"] == shipped_concept("water-resources-management")["fr"]


def test_a_match_names_the_terms_it_hangs_on_and_whether_it_is_calibrated(desk, catalogue):
    rank_everything(at=NOW)
    match = Match.objects.get(supply=catalogue.pumps)
    page = desk.get(f"/admin/matching/match/{match.pk}/change/").content.decode()
    assert f"{LIST}concept/" in page
    assert "Not calibrated" in page
    curve = {**corpus.calibration_in_force().to_dict(), "method": "platt", "intercept": 0.8}
    WeightsVersion.objects.create(
        weights=dict(corpus.config_in_force().weights), calibration=curve, report={}, created_at=NOW
    )
    assert (
        "A curator would accept about 7 of 10" in desk.get(f"/admin/matching/match/{match.pk}/change/").content.decode()
    )


def test_only_curators_see_and_take_back_weights(client, cast):
    version = WeightsVersion.objects.create(
        weights=dict(corpus.config_in_force().weights), calibration=corpus.calibration_in_force().to_dict(),
        report={"decisions": 60}, created_at=NOW,
    )  # fmt: skip
    client.force_login(cast.focal_point)
    assert client.post("/admin/matching/weightsversion/take-back/").status_code in (302, 403)
    assert client.get(LIST).status_code in (302, 403)
    version.refresh_from_db()
    assert version.withdrawn_at is None
    client.force_login(cast.curator)
    assert "text 0.700" in client.get("/admin/matching/weightsversion/").content.decode()
    assert (
        "&quot;decisions&quot;: 60"
        in client.get(f"/admin/matching/weightsversion/{version.pk}/change/").content.decode()
    )
    client.post("/admin/matching/weightsversion/take-back/")
    version.refresh_from_db()
    assert version.withdrawn_at is not None
