"""Entry: what solutions, demands and offers have in common, stored once."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.publicids import new_public_id
from solutions.enums import EntryState, Freshness, Kind, Visibility
from solutions.lifecycle import LIVE, MOVES
from solutions.models.reading import Reading
from solutions.rules import BODY_MAX, LONG_TEXT_MAX, SUMMARY_MAX, TITLE_MAX, URL_MAX
from taxonomy.models import Country, Goal, Language, Modality, Sector, Target
from taxonomy.rules import locale_for

if TYPE_CHECKING:
    from solutions.models.kinds import Demand, Offer, Solution


class LongText(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """An optional free text of up to 8,000 characters, counted in forms, admin, API and import alike."""

    def __init__(self, *args: object, **options: object) -> None:
        options.setdefault("blank", True)
        options.setdefault("default", "")
        super().__init__(*args, **options)  # type: ignore[arg-type]  # options are any
        self.validators.append(MaxLengthValidator(LONG_TEXT_MAX))


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of entries, and the one way to change their state."""

    def live(self) -> EntryQuerySet:
        """Entries that readers see."""
        return self.filter(state__in=LIVE)

    def rankable(self) -> EntryQuerySet:
        """Live entries that the worker ranks: all but those that nobody has confirmed for too long."""
        return self.live().exclude(freshness=Freshness.HIDDEN)

    def supplies(self) -> EntryQuerySet:
        return self.filter(kind__in=(Kind.SOLUTION, Kind.OFFER))

    def demands(self) -> EntryQuerySet:
        return self.filter(kind=Kind.DEMAND)

    def newest_first(self) -> EntryQuerySet:
        return self.order_by("-published_at", "-pk")

    def visible_to(self, user: User | AnonymousUser) -> EntryQuerySet:
        """Keep what a reader may know of, at least in summary.

        Everyone: live solutions and offers, live demands with a public level. Members of a verified organisation:
        demands shared with focal points besides. Members: all of their own organisation. Curators: everything.
        Who may read a demand's whole text rather than its summary is `readable_by`.
        """
        if not isinstance(user, User):
            return self.filter(_open_to_all())
        if user.is_curator:
            return self
        visible = _open_to_all() | Q(organisation_id__in=user.roles)
        if _is_verified_member(user):
            visible |= Q(state__in=LIVE, visibility=Visibility.FOCAL_POINTS)
        return self.filter(visible)

    def readable_by(self, user: User | AnonymousUser) -> EntryQuerySet:
        """Keep what a reader may read whole: `visible_to` less the demands shown in summary only."""
        visible = self.visible_to(user)
        if isinstance(user, User) and (user.is_curator or _is_verified_member(user)):
            return visible
        own = Q(organisation_id__in=user.roles) if isinstance(user, User) else Q(pk__in=())
        return visible.filter(~Q(visibility=Visibility.PUBLIC_SUMMARY) | own)

    @transaction.atomic
    def move(self, entry: Entry, *, to: EntryState, by: User | None, note: str, at: datetime) -> bool:
        """Change an entry's state and write the event; False when the move is not allowed or someone was first.

        Someone was first when the state or the text is no longer what the caller read: nobody publishes words that
        they have not seen. A move into or out of what the worker ranks makes the ranking due.
        """
        before = EntryState(entry.state)
        if to not in MOVES[before]:
            return False
        changes: dict[str, Any] = {"state": to, "version": entry.version + 1, "updated_at": at, "updated_by": by}
        if to is EntryState.PUBLISHED:
            changes |= {"published_at": entry.published_at or at, "confirmed_at": at, "freshness": Freshness.FRESH}
        if LIVE & {before, to}:
            changes["ranking_due_at"] = at
        # Through the base table: an update through a kind's model selects first and then updates by key alone.
        unchanged = Entry.objects.filter(pk=entry.pk, state=before, version=entry.version)
        if not unchanged.update(**changes):
            return False
        EntryEvent.objects.create(entry_id=entry.pk, by=by, from_state=before, to_state=to, note=note, at=at)
        for name, value in changes.items():
            setattr(entry, name, value)
        return True


def _open_to_all() -> Q:
    return Q(state__in=LIVE, visibility__in=(Visibility.PUBLIC, Visibility.PUBLIC_SUMMARY))


def _is_verified_member(user: User) -> bool:
    return Organisation.objects.filter(pk__in=user.roles, verified_at__isnull=False).exists()


class Entry(models.Model):
    """What the catalogue holds: identity, text, facets, state and provenance of a solution, demand or offer."""

    KIND: ClassVar[Kind | None] = None

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, editable=False)
    title = models.CharField(_("title"), max_length=TITLE_MAX)
    summary = models.TextField(_("summary"), max_length=SUMMARY_MAX, validators=[MaxLengthValidator(SUMMARY_MAX)])
    body = models.TextField(_("description"), blank=True, validators=[MaxLengthValidator(BODY_MAX)])
    language = models.ForeignKey(
        Language, verbose_name=_("language of the text"), on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="entries"
    )
    country = models.ForeignKey(
        Country, verbose_name=_("country"), null=True, blank=True, on_delete=models.PROTECT, related_name="entries",
        help_text=_("Leave empty for a global record."),
    )  # fmt: skip
    goals = models.ManyToManyField(Goal, verbose_name=_("goals"), blank=True, related_name="entries")
    targets = models.ManyToManyField(Target, verbose_name=_("targets"), blank=True, related_name="entries")
    sectors = models.ManyToManyField(Sector, verbose_name=_("sectors"), blank=True, related_name="entries")
    modalities = models.ManyToManyField(Modality, verbose_name=_("modalities"), blank=True, related_name="entries")
    working_languages = models.ManyToManyField(
        Language, verbose_name=_("working languages"), blank=True, related_name="entries"
    )
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    contact_url = models.URLField(_("page to write to"), max_length=URL_MAX, blank=True)
    start_date = models.DateField(_("from"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EntryState.choices, default=EntryState.DRAFT)
    visibility = models.CharField(_("visibility"), max_length=15, choices=Visibility.choices, default=Visibility.PUBLIC)
    illustrative = models.BooleanField(
        _("illustrative"), default=False, help_text=_("A plausible example, not an official record.")
    )
    source_id = models.CharField(_("id at the source"), max_length=100, blank=True, editable=False)
    provenance = models.JSONField(
        _("provenance"), default=dict, blank=True, help_text=_("Source, paragraph, address and note.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        User,
        verbose_name=_("created by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    updated_by = models.ForeignKey(
        User,
        verbose_name=_("changed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("last confirmed"), null=True, editable=False)
    freshness = models.CharField(
        _("freshness"), max_length=10, choices=Freshness.choices, default=Freshness.FRESH, editable=False
    )
    ranking_due_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Set when a change awaits the worker; the sweep finds what was lost.",
    )

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["source_id"], condition=~Q(source_id=""), name="entry_source_id_unique"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(start_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="entry_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.DEMAND) | Q(visibility=Visibility.PUBLIC), name="only_demands_are_restricted"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "state", "-published_at", "-id"], name="entry_listing"),
            models.Index(fields=["kind", "-updated_at", "-id"], name="entry_by_change"),
            models.Index(fields=["ranking_due_at"], condition=Q(ranking_due_at__isnull=False), name="entry_due"),
            models.Index(fields=["confirmed_at"], condition=Q(state__in=sorted(LIVE)), name="entry_aging"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args and self.KIND:  # rows read from the database come as positional values
            kwargs.setdefault("kind", self.KIND)
        super().__init__(*args, **kwargs)

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_demand(self) -> bool:
        return self.kind == Kind.DEMAND

    @property
    def direction(self) -> str:
        """The direction in which the text is written: ltr or rtl."""
        return locale_for(self.language_id).text_direction

    @property
    def shown(self) -> Reading:
        """The entry's texts as its reader reads them; those of the source unless queries.read_in looked for others."""
        found = self.__dict__.get("read_in", ())
        return Reading(self, found[0] if found else None)

    def is_closed(self, *, on: date) -> bool:
        """Whether it can no longer be asked or answered on a day; the last day itself is still open."""
        return False if self.KIND else self.details.is_closed(on=on)

    @property
    def details(self) -> Solution | Demand | Offer:
        """The row of the kind's own table; one query unless it was selected along or is at hand."""
        if self.KIND:
            return self  # type: ignore[return-value]  # an instance of a kind's model is its own details
        return getattr(self, self.kind)  # type: ignore[no-any-return]  # by its kind


class EntryEvent(models.Model):
    """One move of an entry: who, when, from, to, why; never changed."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="events")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    from_state = models.CharField(_("state before"), max_length=10, choices=EntryState.choices)
    to_state = models.CharField(_("state after"), max_length=10, choices=EntryState.choices)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
