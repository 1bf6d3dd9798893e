"""Translations of entries: rows of their own, so that writing one touches neither the source nor another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from solutions.enums import TranslationStatus
from solutions.models.entry import Entry, LongText
from solutions.models.reading import SHORT, digest_of, need_key
from taxonomy.models import Language

NEED_TEXTS = ("title", "description")
"""Columns of a need line that are translated."""


class TranslationQuerySet(models.QuerySet["EntryTranslation"]):
    """Reads of translations."""

    def shown(self) -> TranslationQuerySet:
        """Keep what readers see; what is not finished is for its writers alone."""
        return self.exclude(status=TranslationStatus.NONE)

    def by_language(self) -> TranslationQuerySet:
        return self.order_by("language_id", "pk")


class EntryTranslation(models.Model):
    """An entry's texts in another language: who wrote them, from which version, and how good they are."""

    entry = models.ForeignKey(Entry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="translations")
    language = models.ForeignKey(Language, verbose_name=_("language"), on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=10, choices=TranslationStatus.choices, default=TranslationStatus.HUMAN
    )
    texts = models.JSONField(default=dict, help_text="By the name of the entry's field.")
    digests = models.JSONField(default=dict, editable=False, help_text="Of the source's texts that were translated.")
    source_version = models.PositiveIntegerField(editable=False, help_text="Of the entry that was translated.")
    version = models.PositiveIntegerField(default=1, editable=False)
    author = models.ForeignKey(
        User, verbose_name=_("author"), null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    history = HistoricalRecords()

    objects: ClassVar[TranslationQuerySet] = TranslationQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [models.UniqueConstraint(fields=["entry", "language"], name="one_translation_a_language")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.language_id}"

    def outdated(self, sources: Mapping[str, str]) -> list[str]:
        """Return the translated fields whose source says something else now; `sources` is of `source_texts`."""
        return [name for name in self.texts if self.digests.get(name) != digest_of(sources.get(name, ""))]


def source_texts(entry: Entry) -> dict[str, str]:
    """Return what an entry says in its own language, by field; fields that say nothing are left out.

    Texts of need lines go by `need_key`.
    """
    names = [*SHORT, *(column.name for column in entry.details._meta.fields if isinstance(column, LongText))]
    texts = {name: getattr(entry if name in SHORT else entry.details, name) for name in names}
    if entry.is_demand:
        for line in entry.details.needs.all():  # type: ignore[union-attr]  # of a demand
            texts |= {need_key(column, getattr(line, column)): getattr(line, column) for column in NEED_TEXTS}
    return {name: text for name, text in texts.items() if text}
