"""Pages on which those who work on an entry write its translations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from solutions.enums import TranslationStatus
from solutions.forms.translating import TranslationForm
from solutions.models import Entry, EntryTranslation, source_texts
from solutions.services.entries import permission
from solutions.services.translating import save_translation
from taxonomy.models import Language


@dataclass(frozen=True)
class Row:
    """A text to translate: its source, its field, whether the source changed, and what is kept when that differs."""

    source: str
    field: BoundField
    changed: bool
    kept: str


@login_required
@require_safe
def translation_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """List an entry's translations, each with whether the source changed since, and the languages that have none."""
    entry = _entry(request, public_id)
    sources = source_texts(entry)
    translations = list(entry.translations.by_language().select_related("language", "author"))
    there = {entry.language_id, *(row.language_id for row in translations)}
    spoken = {code.split("-")[0] for code, _name in settings.LANGUAGES}
    context = {
        "entry": entry,
        "rows": [(row, bool(row.outdated(sources))) for row in translations],
        "others": Language.objects.filter(pk__in=spoken - there).order_by("pk"),
    }
    return render(request, "solutions/translation_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def translation_edit(request: HttpRequest, public_id: str, language: str) -> HttpResponse:
    """Write an entry's texts in a language, beside the source; what is refused is still in the form."""
    entry = _entry(request, public_id)
    chosen = get_object_or_404(Language.objects.exclude(pk=entry.language_id), pk=language)
    translation = entry.translations.filter(language=chosen).first() or EntryTranslation(language=chosen)
    translation.entry = entry
    form = TranslationForm.of(translation)(request.POST or None, instance=translation)
    if request.method == "POST" and form.is_valid():
        try:
            save_translation(
                entry=entry,
                language=chosen,
                texts=form.texts(),
                status=TranslationStatus(form.cleaned_data["status"]),
                version=form.cleaned_data["read_version"],
                by=cast(User, request.user),
                at=timezone.now(),
            )
        except DomainError as refusal:  # somebody was first after the form was checked
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The translation is kept."))
            return redirect("translation-list", public_id=public_id)
    context = {
        "entry": entry,
        "language": chosen,
        "form": form,
        "rows": list(_rows(form, translation)),
        "version": form.initial["read_version"],
    }
    return render(request, "solutions/translation_edit.html", context, status=400 if form.errors else 200)


def _entry(request: HttpRequest, public_id: str) -> Entry:
    """Return an entry that the reader may translate; 404 when it is not for them to know of, 403 when only to read."""
    found = (
        Entry.objects.visible_to(request.user)
        .select_related("organisation", "language", "solution", "demand", "offer")
        .prefetch_related("demand__needs")
    )
    entry: Entry = get_object_or_404(found, public_id=public_id)
    if not may(cast(User, request.user), permission("edit", entry.kind), entry.organisation):
        raise PermissionDenied
    return entry


def _rows(form: TranslationForm, translation: EntryTranslation) -> Iterator[Row]:
    changed = translation.outdated(form.sources)
    for name, source in form.sources.items():
        kept = translation.texts.get(name, "")
        yield Row(source, form[name], name in changed, kept if form[name].value() != kept else "")
