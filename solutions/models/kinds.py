"""The three kinds of entry, each with columns of its own (docs/data-model.md)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from solutions.enums import FundingStatus, Kind, SolutionStatus, Urgency
from solutions.models.entry import Entry, LongText
from taxonomy.models import Country, CountryGroup, Modality, Region


class Solution(Entry):
    """A documented practice: the challenge, what was done, the results, what it takes to replicate."""

    KIND = Kind.SOLUTION

    challenge = LongText(_("challenge"))
    approach = LongText(_("what was done"))
    results = LongText(_("results"), help_text=_("With numbers where there are any."))
    south_south = LongText(_("what made it South-South"))
    replication_conditions = LongText(_("conditions for replication"))
    sustainability = LongText(_("sustainability"))
    cost_and_resources = LongText(_("cost and resources"))
    status = models.CharField(
        _("status of the practice"),
        max_length=12,
        choices=SolutionStatus.choices,
        default=SolutionStatus.ONGOING,
    )
    implementers = models.JSONField(_("implementing organisations"), default=list, blank=True)
    evidence_links = models.JSONField(_("evidence"), default=list, blank=True, help_text=_("Addresses of pages."))
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries where it ran"), blank=True, related_name="solutions_run"
    )
    adapted_from = models.ForeignKey(
        "self",
        verbose_name=_("adapted from"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="adaptations",
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")


class Demand(Entry):
    """An official capacity need of a country, posted by its focal point."""

    KIND = Kind.DEMAND

    gap = LongText(_("the gap"))
    under_way = LongText(_("what is already under way"))
    expected_outcomes = LongText(_("expected outcomes"))
    measurement = LongText(_("how outcomes will be measured"))
    beneficiaries = LongText(_("who benefits"))
    beneficiary_count = models.PositiveIntegerField(_("how many benefit"), null=True, blank=True)
    preferred_regions = models.ManyToManyField(
        Region, verbose_name=_("preferred provider regions"), blank=True, related_name="+"
    )
    preferred_countries = models.ManyToManyField(
        Country, verbose_name=_("preferred provider countries"), blank=True, related_name="+"
    )
    budget = models.CharField(_("budget"), max_length=200, blank=True)
    funding_status = models.CharField(
        _("funding"), max_length=10, choices=FundingStatus.choices, default=FundingStatus.UNKNOWN
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    endorsing_body = models.CharField(_("endorsing national body"), max_length=200, blank=True)
    request_letter = models.FileField(_("request letter"), upload_to="request_letters/", blank=True)
    expiry_date = models.DateField(_("expires on"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")

    def is_closed(self, *, on: date) -> bool:
        return self.expiry_date is not None and self.expiry_date < on


class NeedLine(models.Model):
    """One need within a demand, answerable by a provider of its own."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="needs")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("need"), max_length=200)
    description = LongText(_("description"))
    modality = models.ForeignKey(
        Modality,
        verbose_name=_("modality"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("need line")
        verbose_name_plural = _("need lines")

    def __str__(self) -> str:
        return self.title


class Offer(Entry):
    """A standing offer of cooperation: training places, experts, study visits, equipment, funds."""

    KIND = Kind.OFFER

    offered = LongText(_("what is offered"))
    capacity_per_year = models.PositiveIntegerField(_("places a year"), null=True, blank=True)
    capacity_left = models.PositiveIntegerField(_("places left"), null=True, blank=True)
    capacity_unit = models.CharField(_("counted in"), max_length=60, blank=True)
    eligible_countries = models.ManyToManyField(
        Country, verbose_name=_("eligible countries"), blank=True, related_name="+"
    )
    eligible_groups = models.ManyToManyField(
        CountryGroup, verbose_name=_("eligible groups of countries"), blank=True, related_name="+"
    )
    cost_sharing = LongText(_("who pays what"))
    conditions = LongText(_("conditions"))
    closing_date = models.DateField(_("closes on"), null=True, blank=True)
    past_recipients = models.ManyToManyField(Country, verbose_name=_("past recipients"), blank=True, related_name="+")
    linked_solutions = models.ManyToManyField(
        Solution, verbose_name=_("linked solutions"), blank=True, related_name="offers"
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")

    def is_closed(self, *, on: date) -> bool:
        return self.capacity_left == 0 or (self.closing_date is not None and self.closing_date < on)
