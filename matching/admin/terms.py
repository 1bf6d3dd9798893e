"""The glossary at the desk: terms of curators, and the shipped ones to start from."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.history import HistoryAdmin
from matching.admin.base import curator
from matching.engine.glossary import LANGUAGES
from matching.engine.glossary_check import COLUMNS, row_defects
from matching.models import GlossaryTerm
from matching.services.terms import save_term, shipped_concept, shipped_with, terms_with

SHIPPED_SHOWN = 20


class TermForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A term that keeps the rules of the glossary's files."""

    class Meta:
        model = GlossaryTerm
        fields = ("concept_id", "domain", *LANGUAGES, "note", "active")
        widgets = {language: forms.Textarea(attrs={"rows": 2, "dir": "auto"}) for language in LANGUAGES}

    def clean(self) -> dict[str, Any]:
        """Refuse what the files may not hold either."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            row = {"id": data["concept_id"], **{column: data[column] for column in COLUMNS[1:]}}
            for defect in row_defects(row):
                language = defect.partition(":")[0]
                self.add_error(language if language in LANGUAGES else None, defect)
        return data


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(HistoryAdmin):
    """Terms that stand in place of shipped ones, or are new."""

    form = TermForm
    list_display = ("concept_id", "domain", "en", "active", "updated_by", "updated_at")
    list_filter = ("active", "domain")
    list_select_related = ("updated_by",)
    search_fields = ("concept_id",)
    search_help_text = _("A form in any language, or an id; shipped terms are listed below")
    ordering = ("concept_id", "pk")
    change_list_template = "admin/matching/terms.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of any concept, whether it is shipped or a curator's."""
        own = path("concept/<slug:concept>/", self.admin_site.admin_view(self.concept), name="matching_concept")
        return [own, *super().get_urls()]

    def concept(self, request: HttpRequest, concept: str) -> HttpResponse:
        """Lead to the curators' term of a concept, or to a new one that starts from the shipped one."""
        curator(request)
        term = GlossaryTerm.objects.filter(concept_id=concept).first()
        if term:
            return HttpResponseRedirect(reverse("admin:matching_glossaryterm_change", args=[term.pk]))
        return HttpResponseRedirect(f"{reverse('admin:matching_glossaryterm_add')}?shipped={concept}")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        return dict(shipped_concept(request.GET.get("shipped", "")) or {})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Model], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        return (queryset.filter(pk__in=terms_with(search_term)) if search_term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        words = request.GET.get("q", "").strip()
        rows = []
        for concept in shipped_with(words, most=SHIPPED_SHOWN) if words else ():
            rows.append((concept, [(language, " | ".join(concept.forms[language])) for language in LANGUAGES]))
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "shipped": rows})
        return answer

    def save_model(self, request: HttpRequest, obj: GlossaryTerm, form: Any, change: bool) -> None:
        save_term(term=obj, by=cast(User, request.user), at=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # switched off, a term keeps its note and its history
