"""The curators' desk for the catalogue: entries are changed by form and moved by action, both through services."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rules import may
from core.errors import DomainError
from core.history import HistoryAdmin
from core.readonly import ReadOnly
from solutions.admin.files import export_file, import_file
from solutions.forms import EntryForm, NeedLineForm, NoteActionForm
from solutions.models import Demand, Entry, EntryEvent, NeedLine, Offer, Solution
from solutions.services import archive_entry, note_change, publish_entry, return_entry, submit_entry
from taxonomy.models import Region
from taxonomy.queries import countries_in, options
from taxonomy.rules import active_language

IDENTITY = ("organisation", "title", "summary", "body", "language", "country")
FACETS = ("goals", "targets", "sectors", "modalities", "working_languages")
REST = ("keywords", "contact_url", "start_date", "end_date", "illustrative", "provenance")
RECORD = (
    "state",
    "public_id",
    "source_id",
    "created_by",
    "created_at",
    "updated_by",
    "updated_at",
    "published_at",
    "confirmed_at",
)


class RegionFilter(admin.SimpleListFilter):
    """Keep the entries of countries in a region, nested regions included."""

    title = _("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return options(Region.objects.ordered(), language=active_language())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        value = self.value()
        return queryset.filter(country__in=countries_in([value])) if value else queryset


class EventInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The moves of an entry, to read."""

    model = EntryEvent
    fields = readonly_fields = ("at", "by", "from_state", "to_state", "note")
    extra = 0
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntryEvent]:
        return super().get_queryset(request).select_related("by")


class NeedInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    """The need lines of a demand."""

    model = NeedLine
    form = NeedLineForm
    fields = ("position", "title", "description", "modality")
    autocomplete_fields = ("modality",)
    extra = 0
    ordering = ("position", "pk")


class EntryAdmin(HistoryAdmin):
    """Entries of one kind."""

    own_fields: ClassVar[tuple[str, ...]]
    form = EntryForm
    action_form = NoteActionForm
    actions = ("submit", "publish", "return_with_note", "archive")
    list_display: ClassVar[tuple[str, ...]] = (
        "title", "state", "organisation", "country", "language", "illustrative", "updated_at",
    )  # fmt: skip
    list_select_related = ("organisation", "country", "language")
    list_filter: ClassVar[tuple[Any, ...]] = (
        "state",
        "goals",
        RegionFilter,
        ("language", admin.RelatedOnlyFieldListFilter),
        ("country", admin.RelatedOnlyFieldListFilter),
        "illustrative",
    )
    search_fields = ("title", "summary", "public_id", "source_id", "organisation__name")
    ordering = ("-updated_at", "-pk")
    readonly_fields: ClassVar[tuple[str, ...]] = RECORD
    autocomplete_fields: ClassVar[tuple[str, ...]] = ("organisation", "country", "language", *FACETS)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines: ClassVar[tuple[type, ...]] = (EventInline,)
    history_list_display = ("version", "state")
    change_list_template = "admin/solutions/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Put the import and the export of files before the pages of single entries."""
        pages: dict[str, Callable[..., Any]] = {"import": import_file, "export": export_file}
        own = [
            path(
                f"{address}/",
                self.admin_site.admin_view(partial(view, self)),
                name=f"solutions_{self.opts.model_name}_{address}",
            )
            for address, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Entry | None = None) -> Any:
        return (
            (None, {"fields": (*IDENTITY, "read_version")}),
            (_("What it is about"), {"fields": FACETS}),
            (self.model._meta.verbose_name, {"fields": self.own_fields}),
            (_("Also"), {"fields": REST}),
            (_("Record"), {"fields": RECORD}),
        )

    def save_model(self, request: HttpRequest, obj: Entry, form: ModelForm[Any], change: bool) -> None:
        """Save as one version further, due for ranking when live; who did it stays in the history."""
        note_change(entry=obj, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # staff are users
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Nothing is deleted: entries are archived."""
        return False

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person moderates; asked for by the actions."""
        return may(request.user, "entry.moderate")

    @admin.action(description=_("Submit"), permissions=["moderate"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Submit the chosen drafts."""
        self._move(request, queryset, submit_entry)

    @admin.action(description=_("Publish, or confirm"), permissions=["moderate"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Publish the chosen entries."""
        self._move(request, queryset, publish_entry)

    @admin.action(description=_("Return with the note"), permissions=["moderate"])
    def return_with_note(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Return the chosen entries to their organisations."""
        self._move(request, queryset, return_entry)

    @admin.action(description=_("Archive"), permissions=["moderate"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Take the chosen entries out of the catalogue."""
        self._move(request, queryset, archive_entry)

    def _move(self, request: HttpRequest, queryset: QuerySet[Entry], service: Callable[..., None]) -> None:
        """Move each entry for itself, and say of each what came of it."""
        note = request.POST.get("note", "").strip()
        for entry in queryset.select_related("organisation").order_by("pk"):
            try:
                service(entry=entry, by=request.user, note=note, at=timezone.now())
            except (DomainError, PermissionDenied) as refused:
                self.message_user(request, f"{entry}: {refused}", messages.ERROR)
            else:
                text = gettext("%(title)s: %(state)s") % {"title": entry, "state": entry.get_state_display()}
                self.message_user(request, text, messages.SUCCESS)


@admin.register(Solution)
class SolutionAdmin(EntryAdmin):
    """Solutions."""

    own_fields = (
        "challenge", "approach", "results", "south_south", "replication_conditions", "sustainability",
        "cost_and_resources", "status", "implementers", "evidence_links", "countries", "adapted_from",
    )  # fmt: skip
    autocomplete_fields = (*EntryAdmin.autocomplete_fields, "countries", "adapted_from")


@admin.register(Demand)
class DemandAdmin(EntryAdmin):
    """Demands, with their need lines."""

    own_fields = (
        "visibility", "gap", "under_way", "expected_outcomes", "measurement", "beneficiaries", "beneficiary_count",
        "preferred_regions", "preferred_countries", "budget", "funding_status", "urgency", "endorsing_body",
        "letter", "expiry_date",
    )  # fmt: skip
    readonly_fields = (*RECORD, "letter")
    list_display = (*EntryAdmin.list_display, "visibility", "urgency")
    list_filter = (*EntryAdmin.list_filter, "visibility", "urgency")
    autocomplete_fields = (*EntryAdmin.autocomplete_fields, "preferred_regions", "preferred_countries")
    inlines = (NeedInline, EventInline)

    @admin.display(description=_("request letter"), empty_value="–")
    def letter(self, demand: Demand) -> str | None:
        """Lead to the letter, which the site gives out to those who may read it."""
        if not demand.request_letter:
            return None
        return format_html(
            '<a href="{}">{}</a>', reverse("entry-letter", args=[demand.public_id]), _("Download the letter")
        )


@admin.register(Offer)
class OfferAdmin(EntryAdmin):
    """Offers."""

    own_fields = (
        "offered", "capacity_per_year", "capacity_left", "capacity_unit", "eligible_countries", "eligible_groups",
        "cost_sharing", "conditions", "closing_date", "past_recipients", "linked_solutions",
    )  # fmt: skip
    autocomplete_fields = (
        *EntryAdmin.autocomplete_fields, "eligible_countries", "eligible_groups", "past_recipients", "linked_solutions",
    )  # fmt: skip
