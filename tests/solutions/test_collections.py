"""Collections: put together at the desk, read by everyone in their language."""

import pytest

from solutions.enums import Visibility
from solutions.models import Collection
from tests.factories import DemandFactory, LanguageFactory, SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def islands(cast):
    """A published collection of two entries in the other order of their keys, and a private demand."""
    LanguageFactory(code="fr"), LanguageFactory(code="ar")
    cast.wells = SolutionFactory(organisation=cast.agency, title="Rain water from roofs")
    cast.pumps = SolutionFactory(organisation=cast.agency, title="Solar pumps")
    cast.hidden = DemandFactory(organisation=cast.ministry, title="Hidden", visibility=Visibility.PRIVATE)
    cast.islands = Collection.objects.create(slug="islands", is_published=True)
    cast.islands.texts.create(language_id="en", title="Water for islands", text="What small islands do.")
    cast.islands.texts.create(language_id="fr", title="De l'eau pour les îles")
    for position, entry in enumerate((cast.pumps, cast.wells, cast.hidden)):
        cast.islands.places.create(entry=entry, position=position)
    return cast


def read(client, address, language="en"):
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_shows_the_entries_in_their_order_and_nothing_that_is_not_for_the_reader(client, islands):
    html = read(client, "/collections/islands/")
    assert "What small islands do." in html
    assert html.index("Solar pumps") < html.index("Rain water from roofs")
    assert "Hidden" not in html
    client.force_login(islands.focal_point)
    assert "Hidden" in read(client, "/collections/islands/")


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Water for islands"), ("fr", "De l&#x27;eau pour les îles"), ("ar", "Water for islands")],
)
def test_titles_are_in_the_readers_language_or_in_english(client, islands, language, title):
    for address in ("/", "/collections/", "/collections/islands/"):
        assert title in read(client, address, language)


def test_the_list_counts_what_the_reader_may_know_of(client, islands):
    assert "2 entries" in read(client, "/collections/")
    client.force_login(islands.focal_point)
    assert "3 entries" in read(client, "/collections/")


def test_what_is_not_published_is_nowhere(client, islands):
    Collection.objects.update(is_published=False)
    assert "Water for islands" not in read(client, "/")
    assert "Water for islands" not in read(client, "/collections/")
    assert client.get("/collections/islands/").status_code == 404


def form(**fields):
    managed = {f"{inline}-{part}": 0 for inline in ("texts", "places") for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {"slug": "forests", "is_published": "on", **managed, **fields}


def test_curators_put_a_collection_together_at_the_desk(client, islands):
    client.force_login(islands.curator)
    text = {"texts-TOTAL_FORMS": 1, "texts-0-language": "en", "texts-0-title": "Forests", "texts-0-text": ""}
    place = {"places-TOTAL_FORMS": 1, "places-0-entry": islands.pumps.pk, "places-0-position": 1}
    without = client.post("/admin/solutions/collection/add/", form(**place))
    assert "errorlist" in without.content.decode()
    client.post("/admin/solutions/collection/add/", form(**text, **place))
    made = Collection.objects.get(slug="forests")
    assert list(made.entries.all()) == [islands.pumps.entry_ptr]
    assert "Forests" in read(client, "/collections/")


@pytest.mark.parametrize("who", ["focal_point", "publisher", "observer"])
def test_nobody_else_does(client, islands, who):
    client.force_login(getattr(islands, who))
    assert client.get("/admin/solutions/collection/add/").status_code == 302
