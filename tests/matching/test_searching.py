"""The search box: any language finds any other, nobody finds what is not for them, the index follows the catalogue."""

from io import StringIO

import pytest
from django.core.management import call_command

from matching.services.searching import analysis_version, index_due, index_entries, search, snippet
from solutions.enums import EntryState, Freshness, Visibility
from solutions.models import Entry, SearchText
from solutions.queries import for_search
from solutions.services.entries import update_entry
from tests.factories import NOW, DemandFactory, LanguageFactory, SolutionFactory
from tests.matching.conftest import GARDENS, TAXES, french_pumps

pytestmark = pytest.mark.django_db
ANY_LANGUAGE = [
    "solar pumps",
    "pompes solaires",
    "مضخات شمسية",
    "bombas solares",
    "hortas com bombas solares",
    "太阳能水泵",
]
READERS = ("visitor", "outsider", "colleague", "curator")
MEMBERS = {"outsider", "colleague", "curator"}
SYNTAX = ["' OR 1=1 --", 'a" AND (b', "NEAR(x y) * ^ col:", "w & | ! <-> 'x'", "\x00", "x" * 5000]


def found(text, user, **options):
    return [entry.title for entry in search(text=text, user=user, **options).best_first()]


@pytest.mark.parametrize("text", ANY_LANGUAGE)
def test_a_french_solution_is_found_in_any_language(cast, text):
    pumps, _taxes = french_pumps(), SolutionFactory(**TAXES)
    index_due()
    assert found(text, cast.visitor) == [pumps.title]


def test_every_word_counts_and_the_title_most(cast):
    SolutionFactory(title="Rice", summary="A summary.", body="Farmers keep bees and grow rice and maize. Bees again.")
    SolutionFactory(title="Bees and maize", summary="A summary.", body="Nothing else.")
    SolutionFactory(title="Maize", summary="A summary.", body="Nothing else.")
    index_due()
    assert found("bees maize", cast.visitor) == ["Bees and maize", "Rice"]


def test_where_no_entry_has_every_word_some_are_enough(cast):
    SolutionFactory(title="Bees", summary="A summary.", body="")
    index_due()
    hits = search(text="bees accordions", user=cast.visitor)
    assert ([entry.title for entry in hits.entries], hits.all_words) == (["Bees"], False)


def test_no_text_finds_everything_and_no_word_nothing(cast):
    SolutionFactory()
    index_due()
    assert len(found("  ", cast.visitor)) == 1
    assert found("?!", cast.visitor) == found("the of", cast.visitor) == []


@pytest.mark.parametrize("text", SYNTAX)
def test_what_looks_like_syntax_is_text(cast, text):
    SolutionFactory()
    index_due()
    assert found(text, cast.visitor) == []


@pytest.mark.parametrize(
    ("visibility", "by_summary", "by_text"),
    [
        (Visibility.PUBLIC, set(READERS), set(READERS)),
        (Visibility.PUBLIC_SUMMARY, set(READERS), MEMBERS),
        (Visibility.FOCAL_POINTS, MEMBERS, MEMBERS),
        (Visibility.PRIVATE, {"colleague", "curator"}, {"colleague", "curator"}),
    ],
)
def test_a_demand_is_found_by_what_the_reader_may_read(cast, visibility, by_summary, by_text):
    DemandFactory(organisation=cast.ministry, visibility=visibility, **GARDENS, gap="Aquifers are salty.")
    index_due()
    assert {name for name in READERS if found("vegetable gardens", getattr(cast, name))} == by_summary
    assert {name for name in READERS if found("salty aquifers", getattr(cast, name))} == by_text
    assert {name for name in READERS if found("diesel", getattr(cast, name))} == by_text


def test_drafts_and_archived_entries_are_not_found(cast):
    SolutionFactory(state=EntryState.DRAFT)
    gone = SolutionFactory()
    index_due()
    assert len(found("solar pumps", cast.curator)) == 1
    Entry.objects.filter(pk=gone.pk).update(state=EntryState.ARCHIVED)
    assert found("solar pumps", cast.curator) == []
    index_due()
    assert not SearchText.objects.exists()


def test_a_change_is_found_once_it_is_committed(cast, django_capture_on_commit_callbacks):
    pumps = SolutionFactory(organisation=cast.agency)
    index_due()
    with django_capture_on_commit_callbacks(execute=True):
        update_entry(entry=pumps, values={"title": "Beekeeping"}, version=pumps.version, by=cast.publisher, at=NOW)
    assert found("beekeeping", cast.visitor) == ["Beekeeping"]


def test_what_is_current_is_not_read_again(cast):
    SolutionFactory()
    SolutionFactory()
    assert (index_due(), index_due()) == (2, 0)
    SearchText.objects.filter(pk=SearchText.objects.first().pk).update(analysis="another")
    assert index_due() == 1
    assert set(SearchText.objects.values_list("analysis", flat=True)) == {analysis_version()}


def test_the_command_reads_what_is_due_or_everything(cast):
    SolutionFactory()
    counts = []
    for options in ({}, {}, {"all": True}):
        out = StringIO()
        call_command("rebuild_search", stdout=out, **options)
        counts.append(out.getvalue())
    assert [text.split()[0] for text in counts] == ["1", "0", "1"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_as_many_queries_for_one_as_for_three(cast, django_assert_num_queries, count):
    SolutionFactory.create_batch(count)
    index_entries(ids=list(Entry.objects.values_list("pk", flat=True)))
    with django_assert_num_queries(2):
        assert len(found("solar pumps", cast.visitor)) == count


def test_a_snippet_marks_what_was_found_in_the_language_of_the_entry(cast):
    french_pumps(language=LanguageFactory(code="fr"))
    index_due()
    hits = search(text="solar pumps", user=cast.visitor)
    title, text = snippet(entry=for_search(Entry.objects.values("pk")).get(), whole=True, wanted=hits.wanted)
    assert title == [("Pompes solaires", True), (" pour les jardins villageois", False)]
    assert [piece for piece, marked in text if marked] == ["pompes solaires"]


def test_a_snippet_of_what_may_not_be_read_shows_the_summary(cast):
    DemandFactory(**GARDENS, visibility=Visibility.PUBLIC_SUMMARY)
    hits = search(text="diesel", user=cast.curator)
    wanted = hits.wanted
    entry = for_search(Entry.objects.values("pk")).get()
    assert [piece for piece, marked in snippet(entry=entry, whole=False, wanted=wanted)[1] if marked] == []
    assert [piece for piece, marked in snippet(entry=entry, whole=True, wanted=wanted)[1] if marked] == ["Diesel"]


def test_a_long_text_is_cut_around_what_was_found(cast):
    SolutionFactory(
        title="Rice", summary="A summary.", body="Farmers meet on Mondays. " * 50 + "Bees " + "and so on " * 50
    )
    entry = for_search(Entry.objects.values("pk")).get()
    hits = search(text="bees", user=cast.visitor)
    _title, pieces = snippet(entry=entry, whole=True, wanted=hits.wanted)
    text = "".join(piece for piece, _marked in pieces)
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert "Bees" in text
    assert len(text) < 240


def test_an_entry_too_stale_to_be_ranked_is_still_found_on_the_page_and_over_the_api(cast, client):
    SolutionFactory(title="Beekeeping", freshness=Freshness.HIDDEN)
    index_due()
    assert client.get("/api/v1/search/", {"q": "beekeeping"}).json()["count"] == 1
    assert "<mark>Beekeeping</mark>" in client.get("/search/", {"q": "beekeeping"}).content.decode()
