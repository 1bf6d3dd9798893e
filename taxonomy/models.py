"""Reference data with natural keys, loaded from fixtures/taxonomy by `load_taxonomy`."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taxonomy import rules
from taxonomy.enums import RegionLevel

M = TypeVar("M", bound=models.Model)


class Named(models.Model):
    """A thing with names by language; the English name stands in for a missing one."""

    names = models.JSONField(_("names"), default=dict, validators=[rules.validate_named_in_english])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_in(rules.active_language())

    def name_in(self, language: str) -> str:
        """Return the name in a language, in English when there is none."""
        name: str = self.names.get(language) or self.names.get(rules.FALLBACK, "")
        return name


class CodeManager(models.Manager[M]):
    # On the manager only: a queryset's own `ordered` says whether it is, and first() and last() rely on it.
    def ordered(self) -> models.QuerySet[M]:
        return self.order_by("pk")


class ReferenceChange(models.Model):
    """When the rows of one file of reference data last changed here."""

    file = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.file} {self.at:%Y-%m-%d %H:%M}"


class Goal(Named):
    """One of the seventeen Sustainable Development Goals."""

    number = models.PositiveSmallIntegerField(
        _("number"), primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(17)]
    )
    colour = models.CharField(_("colour"), max_length=7, validators=[RegexValidator(r"^#[0-9A-F]{6}$")])

    objects = CodeManager["Goal"]()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")


class TargetManager(models.Manager["Target"]):
    def ordered(self) -> models.QuerySet[Target]:
        """Order as the goals count: 8.9, 8.10, 8.a."""
        return self.order_by("goal_id", "position", "pk")


class Target(models.Model):
    """A target of a goal, with our own short label in place of the official wording."""

    code = models.CharField(
        _("code"), max_length=5, primary_key=True, validators=[RegexValidator(r"^\d{1,2}\.(\d{1,2}|[a-d])$")]
    )
    goal = models.ForeignKey(Goal, verbose_name=_("goal"), on_delete=models.PROTECT, related_name="targets")
    position = models.PositiveSmallIntegerField(_("position"))
    labels = models.JSONField(_("labels"), validators=[rules.validate_named_in_english])

    objects = TargetManager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [models.UniqueConstraint(fields=["goal", "position"], name="target_position_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The label in the active language."""
        return self.name_in(rules.active_language())

    def name_in(self, language: str) -> str:
        """Return the label in a language, in English when there is none."""
        label: str = self.labels.get(language) or self.labels[rules.FALLBACK]
        return label


class Region(Named):
    """A region, sub-region or intermediate region of the UN M49 standard."""

    code = models.CharField(_("code"), max_length=3, primary_key=True, validators=[RegexValidator(r"^\d{3}$")])
    level = models.CharField(_("level"), max_length=12, choices=RegionLevel.choices)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    # Only where UN usage differs from CLDR.
    names = models.JSONField(_("names"), default=dict, blank=True, validators=[rules.validate_names])

    objects = CodeManager["Region"]()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def name_in(self, language: str) -> str:
        """Return the UN name when the fixture states one, else the CLDR name."""
        return self.names.get(language) or rules.territory_name(self.code, language)

    def chain(self) -> list[Region]:
        """Return this region and those that hold it, the most specific first."""
        return [self, *(self.parent.chain() if self.parent else [])]


class Country(Named):
    """A country or area of the UN M49 standard that has ISO 3166-1 codes."""

    code = models.CharField(_("code"), max_length=3, primary_key=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    alpha2 = models.CharField(
        _("two-letter code"), max_length=2, unique=True, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    m49 = models.CharField(_("M49 code"), max_length=3, unique=True, validators=[RegexValidator(r"^\d{3}$")])
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="countries")
    un_member = models.BooleanField(_("member of the United Nations"), default=False)
    # Only where UN usage differs from CLDR.
    names = models.JSONField(_("names"), default=dict, blank=True, validators=[rules.validate_names])

    objects = CodeManager["Country"]()

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def name_in(self, language: str) -> str:
        """Return the UN name when the fixture states one, else the CLDR name."""
        return self.names.get(language) or rules.territory_name(self.alpha2, language)

    def regions(self) -> list[Region]:
        """Return the regions that hold this country, the most specific first."""
        return self.region.chain()

    def groups_at(self, day: date) -> set[str]:
        """Return the codes of the groups this country belongs to on a day."""
        memberships = self.memberships.at(day)
        return set(memberships.values_list("group_id", flat=True))


class CountryGroup(Named):
    """A dated list of countries: ldc, lldc, sids, south."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    source = models.TextField(_("source"))

    objects = CodeManager["CountryGroup"]()

    class Meta:
        verbose_name = _("country group")
        verbose_name_plural = _("country groups")


class MembershipQuerySet(models.QuerySet["CountryGroupMembership"]):
    def at(self, day: date) -> MembershipQuerySet:
        """Keep the memberships that hold on a day; `until` is the first day outside."""
        return self.filter(Q(since=None) | Q(since__lte=day), Q(until=None) | Q(until__gt=day))


class CountryGroupMembership(models.Model):
    """A country's time in a group; an unknown start or an open end is null."""

    group = models.ForeignKey(
        CountryGroup, verbose_name=_("country group"), on_delete=models.CASCADE, related_name="memberships"
    )
    country = models.ForeignKey(
        Country, verbose_name=_("country"), on_delete=models.CASCADE, related_name="memberships"
    )
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("country group membership")
        verbose_name_plural = _("country group memberships")
        constraints = [
            models.UniqueConstraint(fields=["group", "country"], name="membership_unique"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gt=F("since")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.country_id}"

    def clean(self) -> None:
        """Refuse an end that is not after the start."""
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": "must be after since"})


class SectorManager(models.Manager["Sector"]):
    def ordered(self) -> models.QuerySet[Sector]:
        """Order by DAC code, which keeps related sectors together."""
        return self.order_by("dac_code", "pk")


class Sector(Named):
    """A sector of cooperation with the OECD DAC sector or purpose code it stands for."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    dac_code = models.CharField(_("DAC code"), max_length=5, validators=[RegexValidator(r"^\d{3}(\d{2})?$")])

    objects = SectorManager()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class Modality(Named):
    """A form of cooperation: training, study visit, twinning ..."""

    code = models.SlugField(_("code"), max_length=30, primary_key=True)

    objects = CodeManager["Modality"]()

    class Meta:
        verbose_name = _("modality")
        verbose_name_plural = _("modalities")


class Language(models.Model):
    """A language that entries are written or cooperation is delivered in."""

    code = models.CharField(_("code"), max_length=3, primary_key=True, validators=[RegexValidator(r"^[a-z]{2,3}$")])

    objects = CodeManager["Language"]()

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_in(rules.active_language())

    def name_in(self, language: str) -> str:
        """Return the CLDR name of this language in a language."""
        return rules.language_name(self.code, language)
