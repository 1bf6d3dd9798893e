"""Where search engines find what everybody may read."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from accounts.models import Organisation
from solutions.models import Entry
from solutions.models.collection import Collection
from ssc_platform.guides import GUIDES
from taxonomy.models import Country, Goal, Region

PAGES = (
    "home", "solution-list", "offer-list", "demand-list", "collection-list", "place-index", "organisation-index",
    "archive", "guide", "terms",
)  # fmt: skip


class EntrySitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Every entry that a visitor may read, at least in summary."""

    limit = 5000

    def items(self) -> QuerySet[Entry]:
        return Entry.objects.live().visible_to(AnonymousUser()).only("public_id", "updated_at").order_by("pk")

    def lastmod(self, item: Entry) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database; Django's own way reads every entry."""
        latest: datetime | None = self.items().aggregate(latest=Max("updated_at"))["latest"]
        return latest

    def location(self, item: Entry) -> str:
        return reverse("entry-detail", args=[item.public_id])


class OrganisationSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Every verified organisation."""

    limit = 5000

    def items(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(AnonymousUser()).only("slug").order_by("pk")

    def location(self, item: Organisation) -> str:
        return reverse("organisation-page", args=[item.slug])


class CollectionSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """Every published collection."""

    limit = 5000

    def items(self) -> QuerySet[Collection]:
        return Collection.objects.published().only("slug").order_by("pk")


class PageSitemap(Sitemap):  # type: ignore[type-arg]  # generic in the stubs only
    """The pages there is one of, and those of guides, goals, regions and countries."""

    def items(self) -> list[str]:
        goals = [reverse("goal-page", args=[goal]) for goal in Goal.objects.ordered().values_list("pk", flat=True)]
        regions = [
            reverse("region-page", args=[code]) for code in Region.objects.ordered().values_list("pk", flat=True)
        ]
        codes = Country.objects.ordered().values_list("pk", flat=True)
        countries = [reverse("country-page", args=[code.lower()]) for code in codes]
        guides = [reverse("guide-page", args=[guide.slug]) for guide in GUIDES]
        return [*(reverse(page) for page in PAGES), *guides, *goals, *regions, *countries]

    def location(self, item: str) -> str:
        return item


SITEMAPS = {
    "entries": EntrySitemap,
    "collections": CollectionSitemap,
    "organisations": OrganisationSitemap,
    "pages": PageSitemap,
}
