"""Collections: entries that curators put together under a title, in an order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from solutions.models.entry import Entry, LongText
from solutions.models.reading import Passage
from taxonomy.models import Language
from taxonomy.rules import FALLBACK


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Reads of collections."""

    def published(self) -> CollectionQuerySet:
        return self.filter(is_published=True)

    def newest_first(self) -> CollectionQuerySet:
        return self.order_by("-created_at", "-pk")


class Collection(models.Model):
    """Entries that belong together for a reason that its text gives."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    is_published = models.BooleanField(_("published"), default=False)
    entries = models.ManyToManyField(Entry, through="CollectionEntry", related_name="collections")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects: ClassVar[CollectionQuerySet] = CollectionQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("collection-page", args=[self.slug])

    def text_in(self, language: str) -> CollectionText:
        """Return title and text in a language, or else in English, or in what there is; none after a prefetch."""
        texts = {text.language_id: text for text in self.texts.all()}
        chosen = texts.get(language) or texts.get(FALLBACK) or next(iter(texts.values()), None)
        return chosen or CollectionText(language_id=FALLBACK, title=self.slug)


class CollectionText(models.Model):
    """A collection's title and text in one language."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="texts")
    language = models.ForeignKey(Language, verbose_name=_("language"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    text = LongText(_("text"))

    class Meta:
        verbose_name = _("title and text")
        verbose_name_plural = _("titles and texts")
        constraints = [
            models.UniqueConstraint(fields=["collection", "language"], name="one_collection_text_a_language")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def heading(self) -> Passage:
        return Passage(self.title, self.language_id)


class CollectionEntry(models.Model):
    """An entry's place in a collection."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="places")
    entry = models.ForeignKey(Entry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [models.UniqueConstraint(fields=["collection", "entry"], name="once_in_a_collection")]

    def __str__(self) -> str:
        return f"{self.position} {self.entry_id}"
