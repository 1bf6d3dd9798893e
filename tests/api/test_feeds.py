"""Feeds, sitemap, robots and linked data: what everybody may read, for machines that follow and search."""

import json
import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest

from solutions.enums import EntryState, Visibility
from solutions.models.collection import Collection
from ssc_platform.sitemaps import EntrySitemap
from tests.factories import DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LISTS = ("solutions", "offers", "demands")


def feed(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def linked(page):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    return json.loads(blocks[0])


@pytest.mark.parametrize("path", LISTS)
def test_every_list_leads_to_its_feed_under_the_same_filters(client, cast, path):
    factory = {"solutions": SolutionFactory, "offers": OfferFactory, "demands": DemandFactory}[path]
    near = factory(organisation=cast.agency, country_id="SEN", title="Here & <now>")
    far = factory(organisation=cast.agency, country_id="BRA", title="There")
    page = client.get(f"/{path}/?country=SEN&page=1").content.decode()
    found = re.search(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', page)
    root = feed(client, found[1].replace("&amp;", "&"))
    assert titles(root) == [near.title]
    entry = root.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/entries/{near.public_id}/")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Cooperation Agency"
    addresses = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert addresses["self"].endswith(f"/{path}/feed/?country=SEN")
    assert addresses["alternate"].endswith(f"/{path}/?country=SEN")
    assert set(titles(feed(client, f"/{path}/feed/"))) == {near.title, far.title}
    assert client.get(f"/{path}/feed/?country=XXX").status_code == 400


def test_a_feed_holds_what_a_visitor_may_read_whoever_asks(client, cast):
    for level in Visibility:
        DemandFactory(organisation=cast.ministry, visibility=level, title=level, body="SECRET", gap="SECRET")
    DemandFactory(organisation=cast.ministry, state=EntryState.DRAFT, title="draft")
    for person in ("visitor", "focal_point", "curator"):
        if person != "visitor":
            client.force_login(getattr(cast, person))
        assert set(titles(feed(client, "/demands/feed/"))) == {"public", "public_summary"}
        assert "SECRET" not in client.get("/demands/feed/").content.decode()


def test_a_feed_tells_plain_text_from_html_and_one_language_from_another(client, cast):
    SolutionFactory(organisation=cast.agency, language_id="ar", summary="Fewer than 5 < 6 & <b>more</b>")
    entry = feed(client, "/solutions/feed/").find(f"{ATOM}entry")
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    summary = entry.find(f"{ATOM}summary")
    assert (summary.get("type"), unescape(summary.text)) == ("html", "Fewer than 5 < 6 & <b>more</b>")
    assert "<" not in summary.text


def test_a_feed_is_not_sent_again_while_it_is_the_same(client, cast):
    solution = SolutionFactory(organisation=cast.agency)
    first = client.get("/solutions/feed/")
    assert first["Last-Modified"]
    again = client.get("/solutions/feed/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    solution.title = "Other"
    solution.save()
    assert client.get("/solutions/feed/", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_feed_takes_the_same_queries_with_one_row_and_with_three(client, cast, rows, django_assert_num_queries):
    for _ in range(rows):
        SolutionFactory(organisation=cast.agency).goals.set([2, 6])
    with django_assert_num_queries(FEED_QUERIES):
        assert len(titles(feed(client, "/solutions/feed/"))) == rows


FEED_QUERIES = 5


def addresses(client, path):
    root = ET.fromstring(client.get(path).content)
    return [place.text.replace("http://testserver", "") for place in root.iter(f"{MAP}loc")]


def test_the_sitemap_names_what_visitors_may_read_in_parts(client, cast, monkeypatch):
    monkeypatch.setattr(EntrySitemap, "limit", 2)
    shown = [SolutionFactory(organisation=cast.agency) for _ in range(3)]
    SolutionFactory(organisation=cast.agency, state=EntryState.DRAFT)
    shown.append(DemandFactory(organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY))
    for level in (Visibility.PRIVATE, Visibility.FOCAL_POINTS):
        DemandFactory(organisation=cast.ministry, visibility=level)
    for slug, published in (("open", True), ("closed", False)):
        Collection.objects.create(slug=slug, is_published=published)
    parts = addresses(client, "/sitemap.xml")
    assert parts == [
        "/sitemap-entries.xml", "/sitemap-entries.xml?p=2", "/sitemap-collections.xml", "/sitemap-organisations.xml",
        "/sitemap-pages.xml",
    ]  # fmt: skip
    everything = {part: addresses(client, part) for part in parts}
    entries = everything["/sitemap-entries.xml"] + everything["/sitemap-entries.xml?p=2"]
    assert entries == [f"/entries/{entry.public_id}/" for entry in shown]
    assert everything["/sitemap-collections.xml"] == ["/collections/open/"]
    assert f"/organisations/{cast.unverified.slug}/" not in everything["/sitemap-organisations.xml"]
    for address in {address for part in everything.values() for address in part}:
        assert client.get(address).status_code == 200, address
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_robots_are_kept_to_public_pages_and_shown_the_sitemap(client, db, settings):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert {"/admin/", "/api/", "/notices/"} <= set(re.findall(r"Disallow: (\S+)", text))


def test_an_entry_is_described_in_words_of_schema_org(client, cast):
    first = SolutionFactory(organisation=cast.agency)
    solution = SolutionFactory(organisation=cast.agency, adapted_from=first, keywords=["pumps"])
    solution.goals.set([6])
    solution.countries.set(["SEN"])
    page = linked(client.get(f"/entries/{solution.public_id}/").content.decode())
    assert (page["@context"], page["@type"], page["inLanguage"]) == ("https://schema.org", "WebPage", "en")
    assert page["about"] == [{"@type": "Thing", "name": "Goal 6"}]
    thing = page["mainEntity"]
    assert (thing["@type"], thing["identifier"], thing["keywords"]) == ("CreativeWork", solution.public_id, ["pumps"])
    assert thing["isBasedOn"].endswith(f"/entries/{first.public_id}/")
    assert [country["identifier"] for country in thing["spatialCoverage"]] == ["SEN"]
    for factory, name in ((OfferFactory, "Offer"), (DemandFactory, "Demand")):
        entry = factory(organisation=cast.agency)
        page = linked(client.get(f"/entries/{entry.public_id}/").content.decode())
        assert (page["mainEntity"]["@type"], page["mainEntity"]["name"]) == (name, entry.title)


def test_linked_data_cannot_break_out_of_its_block(client, cast):
    title = "</script><script>alert(1)</script><!-- & \u2028"
    solution = SolutionFactory(organisation=cast.agency, title=title)
    page = client.get(f"/entries/{solution.public_id}/").content.decode()
    assert linked(page)["name"] == title
    assert "<script>alert" not in page


def test_linked_data_of_a_summary_tells_no_more_than_the_summary(client, cast):
    demand = DemandFactory(
        organisation=cast.ministry, visibility=Visibility.PUBLIC_SUMMARY, start_date="2027-01-01", end_date="2028-01-01"
    )
    address = f"/entries/{demand.public_id}/"
    assert "validFrom" not in linked(client.get(address).content.decode())["mainEntity"]
    client.force_login(cast.outsider)
    assert linked(client.get(address).content.decode())["mainEntity"]["validFrom"] == "2027-01-01"
