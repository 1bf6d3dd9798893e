"""What lists of entries can be narrowed by, on pages and over the API alike.

A demand shown in summary is found by nothing that its summary does not show (rules.SUMMARY_FIELDS).
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.forms import Field, MultipleHiddenInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet, MultipleChoiceFilter
from drf_spectacular.utils import extend_schema_field

from solutions.models import Entry, EntryQuerySet
from solutions.queries import of_countries
from taxonomy.filters import CodesFilter, NamedFilter
from taxonomy.models import Country, CountryGroup, Goal, Language, Modality, Region, Sector, Target
from taxonomy.queries import countries_in, countries_of


class SlugsField(Field):
    """Several slugs; of one that is nobody's there is nothing to be found."""

    widget = MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        """Return the slugs given."""
        return [one for one in value or () if one]


@extend_schema_field(
    {"type": "string", "minLength": 1, "maxLength": 80, "pattern": r"^[^\x00]+$", "description": "Slugs."}
)
class SlugsFilter(MultipleChoiceFilter):
    """Any of several rows by their slugs, which no form offers."""

    field_class = SlugsField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, distinct=False, **kwargs)


class EntryFilter(FilterSet):
    """Narrow entries; several values of one filter widen it, several filters narrow it."""

    goal = CodesFilter(label=_("Goal"), field_name="goals", queryset=Goal.objects.ordered(), method="linked")
    target = CodesFilter(label=_("Target"), field_name="targets", queryset=Target.objects.ordered(), method="linked")
    # Where a method does the work, the field name tells the OpenAPI schema what the values are.
    region = NamedFilter(
        label=_("Region"), field_name="country__region", queryset=Region.objects.ordered(), method="in_regions"
    )
    country = NamedFilter(label=_("Country"), queryset=Country.objects.ordered(), method="in_countries")
    group = NamedFilter(
        label=_("Group of countries"),
        field_name="country__memberships__group",
        queryset=CountryGroup.objects.ordered(),
        method="in_groups",
    )
    sector = NamedFilter(label=_("Sector"), field_name="sectors", queryset=Sector.objects.ordered(), method="linked")
    modality = NamedFilter(
        label=_("Modality"), field_name="modalities", queryset=Modality.objects.ordered(), method="linked"
    )
    language = NamedFilter(label=_("Language of the text"), queryset=Language.objects.ordered(), method="written_in")
    organisation = SlugsFilter(label=_("Organisation"), field_name="organisation__slug", help_text="Its slug.")

    class Meta:
        model = Entry
        fields = ("goal", "target", "region", "country", "group", "sector", "modality", "language", "organisation")

    def linked(self, entries: EntryQuerySet, name: str, rows: QuerySet[Model]) -> EntryQuerySet:
        """Keep the entries that a many-to-many relation links to any of the rows; each entry once."""
        if not rows:
            return entries
        relation: Any = Entry._meta.get_field(name)
        links = relation.remote_field.through._default_manager.filter(
            **{f"{relation.m2m_reverse_field_name()}__in": [row.pk for row in rows]}
        )
        return entries.filter(pk__in=links.values(f"{relation.m2m_field_name()}_id"))

    def in_regions(self, entries: EntryQuerySet, _name: str, regions: QuerySet[Region]) -> EntryQuerySet:
        """Keep the entries of countries in any of the regions, nested regions included."""
        return of_countries(entries, countries_in([region.pk for region in regions])) if regions else entries

    def in_countries(self, entries: EntryQuerySet, _name: str, countries: QuerySet[Country]) -> EntryQuerySet:
        """Keep the entries of any of the countries."""
        return of_countries(entries, Country.objects.filter(pk__in=[c.pk for c in countries])) if countries else entries

    def in_groups(self, entries: EntryQuerySet, _name: str, groups: QuerySet[CountryGroup]) -> EntryQuerySet:
        """Keep the entries of countries that belong to any of the groups today."""
        members = countries_of([group.pk for group in groups], on=timezone.localdate())
        return of_countries(entries, members) if groups else entries

    def written_in(self, entries: EntryQuerySet, _name: str, languages: QuerySet[Language]) -> EntryQuerySet:
        """Keep the entries whose text is in any of the languages."""
        return entries.filter(language__in=[one.pk for one in languages]) if languages else entries
