"""What curators teach the ranking: weights and terms."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class WeightsVersionQuerySet(models.QuerySet["WeightsVersion"]):
    """Which learned weights count."""

    def in_force(self) -> WeightsVersion | None:
        """Return the newest version that nobody took back; None while the shipped weights hold."""
        return self.filter(withdrawn_at=None).order_by("-pk").first()


class WeightsVersion(models.Model):
    """One table of weights with the calibration of its scores, as learned from curators' decisions."""

    weights = models.JSONField(_("weights"), help_text=_("Feature and weight; they sum to 1."))
    calibration = models.JSONField(_("calibration"), help_text=_("The curve from score to probability."))
    report = models.JSONField(_("report"), help_text=_("What was compared, before and after."))
    created_at = models.DateTimeField(_("in force since"))
    withdrawn_at = models.DateTimeField(_("taken back"), null=True)

    objects: ClassVar[WeightsVersionQuerySet] = WeightsVersionQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("version of the weights")
        verbose_name_plural = _("versions of the weights")

    def __str__(self) -> str:
        return f"{self.pk} {self.created_at:%Y-%m-%d %H:%M}"


class GlossaryTerm(models.Model):
    """A concept of the glossary as curators word it; while active it stands in place of the shipped one of that id."""

    concept_id = models.CharField(
        _("concept"), max_length=80, unique=True, help_text=_("Lower-case words joined by hyphens: water-management.")
    )
    domain = models.CharField(_("domain"), max_length=30, help_text=_("One lower-case word."))
    en = models.TextField(_("English"), help_text=_("Forms between bars, the usual one first: seed | sowing seed."))
    fr = models.TextField(_("French"))
    es = models.TextField(_("Spanish"))
    pt = models.TextField(_("Portuguese"))
    ar = models.TextField(_("Arabic"))
    ru = models.TextField(_("Russian"))
    zh = models.TextField(_("Chinese"))
    note = models.TextField(_("note"), blank=True, help_text=_("Why it was added or changed."))
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Switched off, the shipped concept of this id counts again, if any.")
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    updated_at = models.DateTimeField(_("last change"), editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")

    def __str__(self) -> str:
        return self.concept_id
