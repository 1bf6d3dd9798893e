"""Translations: rows of their own, of which a reader sees the best and is told which it is."""

import pytest
from django.urls import reverse

from solutions.enums import TranslationStatus, Visibility
from solutions.models import Demand, EntryTranslation, Solution, source_texts
from solutions.services import InvalidEntryError, update_entry
from solutions.services.errors import NotPermittedError
from solutions.services.translating import SameLanguageError, TranslationChangedError, save_translation
from tests.factories import NOW, DemandFactory, LanguageFactory, SolutionFactory

pytestmark = pytest.mark.django_db
FRENCH = {"title": "Pompes solaires", "summary": "Des jardins arrosés.", "body": "Les femmes cultivent."}


@pytest.fixture
def solution(cast):
    for code in ("en", "fr", "ar", "es", "pt", "ru", "zh"):
        LanguageFactory(code=code)
    return SolutionFactory(organisation=cast.agency, title="Solar pumps", results="More vegetables.")


def translated(entry, cast, *, language="fr", texts=FRENCH, status=TranslationStatus.HUMAN, version=0, by=None):
    language = LanguageFactory(code=language)
    by = by or cast.publisher
    return save_translation(entry=entry, language=language, texts=texts, status=status, version=version, by=by, at=NOW)


def page(client, entry, language="fr", query=""):
    address = reverse("entry-detail", args=[entry.public_id]) + query
    return client.get(address, headers={"accept-language": language}).content.decode()


def test_writing_one_leaves_the_source_and_the_others_as_they_were(solution, cast):
    arabic = {"title": "مضخات", "summary": "حدائق"}
    translated(solution, cast, language="ar", texts=arabic)
    before = Solution.objects.values().get(pk=solution.pk)
    french = translated(solution, cast)
    translated(solution, cast, texts={**FRENCH, "title": "Pompes"}, version=french.version)
    assert Solution.objects.values().get(pk=solution.pk) == before
    assert EntryTranslation.objects.get(language="ar").texts == arabic
    assert EntryTranslation.objects.get(language="fr").texts["title"] == "Pompes"
    assert [row.texts["title"] for row in EntryTranslation.history.filter(language="fr").order_by("version")] == [
        "Pompes solaires",
        "Pompes",
    ]


@pytest.mark.parametrize(
    ("status", "said"),
    [(TranslationStatus.HUMAN, "Translated by a person"), (TranslationStatus.MACHINE, "Translated by a machine")],
)
def test_a_reader_sees_their_language_and_is_told_what_it_is(client, solution, cast, status, said):
    translated(solution, cast, status=status)
    html = page(client, solution)
    assert '<h1 lang="fr" dir="ltr">Pompes solaires</h1>' in html
    assert said in page(client, solution, "en", "?in=fr")
    assert 'href="?in=en"' in html
    assert "More vegetables." in html  # what is not translated is there in the language of the source
    assert '<h1 lang="en" dir="ltr">Solar pumps</h1>' in page(client, solution, query="?in=en")


def test_a_preview_can_be_read_in_each_language_at_the_level_asked_for(client, cast):
    demand = DemandFactory(organisation=cast.ministry, title="Solar pumps", visibility=Visibility.PRIVATE)
    translated(demand, cast, by=cast.focal_point)
    client.force_login(cast.focal_point)
    address = reverse("entry-preview", args=[demand.public_id])
    html = client.get(address, {"visibility": "public", "in": "fr"}).content.decode()
    assert "Pompes solaires" in html
    assert 'href="?visibility=public&amp;in=en"' in html


def test_what_is_not_finished_is_shown_to_nobody(client, solution, cast):
    translated(solution, cast, status=TranslationStatus.NONE, texts={"body": "Les femmes"})
    assert "Les femmes" not in page(client, solution)
    assert "translations" in client.get(f"/api/v1/solutions/{solution.public_id}/").json()
    assert client.get(f"/api/v1/solutions/{solution.public_id}/").json()["translations"] == []


def test_a_reader_of_another_language_sees_the_source(client, solution, cast):
    translated(solution, cast)
    html = page(client, solution, "es")
    assert '<h1 lang="en" dir="ltr">Solar pumps</h1>' in html
    assert 'href="?in=fr"' in html


def test_lists_and_search_show_title_and_summary_in_the_readers_language(client, solution, cast):
    translated(solution, cast)
    for address in ("/solutions/", "/", "/search/", "/organisations/cooperation-agency/", "/countries/bra/"):
        assert "Pompes solaires" in client.get(address, headers={"accept-language": "fr"}).content.decode()
        assert "Pompes solaires" not in client.get(address, headers={"accept-language": "en"}).content.decode()


def test_a_change_of_the_source_is_noticed_and_a_move_is_none(client, solution, cast):
    translated(solution, cast)
    mark = "The original changed since"
    solution.refresh_from_db()
    assert mark not in page(client, solution, "en", "?in=fr")
    update_entry(entry=solution, values={"keywords": ["pumps"]}, version=1, by=cast.publisher, at=NOW)
    assert mark not in page(client, solution, "en", "?in=fr")
    update_entry(entry=solution, values={"title": "Solar water pumps"}, version=2, by=cast.publisher, at=NOW)
    assert mark in page(client, solution, "en", "?in=fr")
    answer = client.get(f"/api/v1/solutions/{solution.public_id}/").json()
    assert answer["title"] == "Solar water pumps"
    assert answer["translations"] == [
        {"language": "fr", "status": "human", "outdated": ["title"], "texts": FRENCH},
    ]


def test_a_stranger_reads_of_a_summarised_demand_only_the_translated_summary(client, cast):
    demand = DemandFactory(organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY, gap="Secret gap")
    translated(demand, cast, texts={**FRENCH, "gap": "Lacune secrète"}, by=cast.focal_point)
    html = page(client, demand)
    assert "Pompes solaires" in html
    assert "Lacune" not in html
    assert "cultivent" not in html
    answer = client.get(f"/api/v1/demands/{demand.public_id}/").json()
    assert answer["translations"][0]["texts"] == {"title": FRENCH["title"], "summary": FRENCH["summary"]}
    assert Demand.objects.get().gap == "Secret gap"


def test_need_lines_are_translated_by_what_they_say(client, cast):
    demand = DemandFactory(organisation=cast.ministry)
    demand.needs.create(title="Train technicians", description="Ten a year.", position=0)
    demand.needs.create(title="Spare parts", position=1)
    title, description, parts = (name for name in source_texts(demand) if name.startswith("needs."))
    texts = {**FRENCH, title: "Former des techniciens", parts: "Pièces de rechange"}
    translated(demand, cast, texts=texts, by=cast.focal_point)
    html = page(client, demand)
    assert '<strong lang="fr" dir="ltr">Former des techniciens</strong>' in html
    assert '<div lang="en" dir="ltr"><p>Ten a year.</p></div>' in html
    assert client.get(f"/api/v1/demands/{demand.public_id}/").json()["translations"][0]["texts"] == texts
    client.force_login(cast.focal_point)
    form = client.get(reverse("translation-edit", args=[demand.public_id, "fr"])).content.decode()
    assert f'name="{description}"' in form
    demand.needs.filter(position=1).update(title="Pumps")
    html = page(client, demand)
    assert "Pièces de rechange" not in html
    assert '<strong lang="en" dir="ltr">Pumps</strong>' in html


@pytest.mark.parametrize(
    ("who", "status"),
    [("publisher", 200), ("curator", 200), ("focal_point", 403), ("outsider", 403), ("visitor", 302)],
)
def test_only_those_who_may_edit_the_entry_translate_it(client, solution, cast, who, status):
    person = getattr(cast, who)
    if who != "visitor":
        client.force_login(person)
    for name, args in (("translation-list", []), ("translation-edit", ["fr"])):
        assert client.get(reverse(name, args=[solution.public_id, *args])).status_code == status
    if status != 200 and who != "visitor":
        with pytest.raises(NotPermittedError):
            translated(solution, cast, by=person)


def test_pages_write_a_translation_and_list_it(client, solution, cast):
    client.force_login(cast.publisher)
    address = reverse("translation-edit", args=[solution.public_id, "fr"])
    assert "Solar pumps" in client.get(address).content.decode()
    answer = client.post(address, {**FRENCH, "status": "human", "read_version": 0}, follow=True)
    assert "French" in answer.content.decode()
    row = EntryTranslation.objects.get()
    assert (row.texts, row.author, row.version, row.source_version) == (FRENCH, cast.publisher, 1, 1)


def test_bad_input_is_said_at_the_field_and_nothing_typed_is_lost(client, solution, cast):
    client.force_login(cast.publisher)
    address = reverse("translation-edit", args=[solution.public_id, "fr"])
    long = "é" * 300
    typed = {"title": long, "summary": "", "body": "Kept text", "status": "human", "read_version": 0}
    answer = client.post(address, typed)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert long in html
    assert "Kept text" in html
    assert html.count('class="errorlist"') == 2
    assert not EntryTranslation.objects.exists()


def test_a_stale_form_shows_both_texts(client, solution, cast):
    translated(solution, cast)
    client.force_login(cast.publisher)
    address = reverse("translation-edit", args=[solution.public_id, "fr"])
    mine = {**FRENCH, "title": "Mon titre", "status": "human", "read_version": 0}
    html = client.post(address, mine).content.decode()
    assert "Mon titre" in html
    assert "<p>Pompes solaires</p>" in html
    assert 'name="read_version" value="1"' in html
    assert EntryTranslation.objects.get().texts == FRENCH


def test_refusals(solution, cast):
    with pytest.raises(SameLanguageError):
        translated(solution, cast, language="en")
    with pytest.raises(InvalidEntryError):
        translated(solution, cast, texts={**FRENCH, "sustainability": "Rien"})
    with pytest.raises(InvalidEntryError):
        translated(solution, cast, texts={"title": "Pompes"})
    row = translated(solution, cast)
    with pytest.raises(TranslationChangedError):
        translated(solution, cast, version=row.version + 1)


def test_the_desk_lists_and_changes_translations(client, solution, cast):
    client.force_login(cast.curator)
    base = "/admin/solutions/entrytranslation/"
    added = client.post(f"{base}add/", {"entry": solution.pk, "language": "fr", "status": "none"}, follow=True)
    assert added.status_code == 200
    row = EntryTranslation.objects.get()
    change = f"{base}{row.pk}/change/"
    assert "More vegetables." in client.get(change).content.decode()
    client.post(change, {**FRENCH, "status": "machine", "read_version": row.version})
    row.refresh_from_db()
    assert (row.texts, row.status, row.author) == (FRENCH, "machine", cast.curator)
    html = client.post(change, {**FRENCH, "title": "", "status": "human", "read_version": row.version})
    assert "errorlist" in html.content.decode()
    assert solution.title in client.get(base).content.decode()
