"""Partners: other platforms that ask for matches. How often they do, and which of their profiles are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from solutions.models import Entry


class Partner(models.Model):
    """Who a partner is: the token by which it calls, which may be revoked later, and the person who made it."""

    token_id = models.CharField(_("token"), max_length=12, editable=False)
    name = models.CharField(_("partner"), max_length=80, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


class PartnerUse(Partner):
    """What one partner asked on one day, and what came of it."""

    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    results = models.PositiveIntegerField(_("hits"), default=0)
    kept = models.PositiveIntegerField(_("profiles kept"), default=0)

    class Meta:
        verbose_name = _("use by a partner")
        verbose_name_plural = _("use by partners")
        constraints = [models.UniqueConstraint(fields=["token_id", "day"], name="one_count_a_partner_and_day")]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}: {self.calls}"


class KeptProfile(Partner):
    """A profile that a partner asked to keep, as an entry, and the consent that it gave."""

    entry = models.OneToOneField(Entry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="kept_profile")
    reference = models.CharField(_("id at the partner"), max_length=200, blank=True)
    consent = models.TextField(_("consent"))
    at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("profile of a partner")
        verbose_name_plural = _("profiles of partners")

    def __str__(self) -> str:
        return f"{self.name}: {self.reference or self.entry_id}"
