"""Translations at the curators' desk: first the entry and the language, then the texts beside those of the source."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from core.history import HistoryAdmin
from solutions.enums import TranslationStatus
from solutions.forms.translating import AddTranslationForm, TranslationForm
from solutions.models import EntryTranslation, source_texts
from solutions.services.translating import save_translation


@admin.register(EntryTranslation)
class EntryTranslationAdmin(HistoryAdmin):
    """Translations of all entries, the last changed first."""

    list_display = ("entry", "language", "status", "author", "updated_at")
    list_select_related = ("entry", "language", "author")
    list_filter: ClassVar[tuple[Any, ...]] = ("status", ("language", admin.RelatedOnlyFieldListFilter))
    search_fields = ("entry__title", "entry__public_id")
    autocomplete_fields = ("entry", "language")
    ordering = ("-updated_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        kinds = ("entry__solution", "entry__demand", "entry__offer")
        return super().get_queryset(request).select_related("entry__organisation", *kinds)

    def get_form(
        self, request: HttpRequest, obj: EntryTranslation | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return a form with a field for each text of the source; a new translation has none yet."""
        form = TranslationForm.of(obj, quoted=True) if obj else AddTranslationForm
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fields(self, request: HttpRequest, obj: EntryTranslation | None = None) -> Any:
        head = ("entry", "language")
        return (*head, "status", "read_version", *source_texts(obj.entry)) if obj else head

    def get_readonly_fields(self, request: HttpRequest, obj: EntryTranslation | None = None) -> Any:
        return ("entry", "language") if obj else ()

    def save_model(self, request: HttpRequest, obj: EntryTranslation, form: Any, change: bool) -> None:
        """Save through the service; the form has refused what it would refuse."""
        row = save_translation(
            entry=obj.entry,
            language=obj.language,
            texts=form.texts() if change else {},
            status=TranslationStatus(obj.status) if change else TranslationStatus.NONE,
            version=form.cleaned_data["read_version"] if change else 0,
            by=cast(User, request.user),
            at=timezone.now(),
        )
        obj.pk = row.pk
