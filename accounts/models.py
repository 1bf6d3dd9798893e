"""User, Organisation and Membership: a person has a role in an organisation."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from simple_history.models import HistoricalRecords

from accounts.enums import OrganisationType, Role, Scope
from core.publicids import new_public_id
from taxonomy.models import Country

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UserQuerySet(models.QuerySet["User"]):
    """Reads of people."""

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """Oneself and the colleagues of one's organisations; everyone for curators; nobody for visitors."""
        if not isinstance(user, User):
            return self.none()
        if user.is_curator:
            return self
        colleagues = Membership.objects.filter(organisation_id__in=user.roles)
        return self.filter(models.Q(pk=user.pk) | models.Q(pk__in=colleagues.values("user_id")))


FORMER_MEMBER = "former-member@account.invalid"
"""The address of the nameless account to which the acts of deleted people belong."""


def interface_languages() -> list[tuple[str, str]]:
    """Return the languages of the interface; a function, so that a new one needs no migration."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address, compared without regard to case."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; without a password the account cannot log in until one is set."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an operator who may do everything in the admin, with an address that needs no confirmation."""
        user = self.create_user(email, password, is_superuser=True, **fields)
        user.confirm_address()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class PersonHistory(HistoricalRecords):
    """What was changed of a person, but not each log-in."""

    def post_save(self, instance: User, created: bool, using: str | None = None, **details: Any) -> None:
        """Pass over what a log-in writes."""
        if details.get("update_fields") != frozenset({"last_login"}):
            super().post_save(instance, created, using, **details)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # knox has no types
    """A person, known by e-mail address, written to in a language of their own."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=interface_languages, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deletion_due_at = models.DateTimeField(_("to be deleted"), null=True, editable=False)

    # Without name, address and password, so that nothing stays of a person who leaves.
    history = PersonHistory(excluded_fields=["password", "last_login", "email", "name"])

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case")]

    def __str__(self) -> str:
        if self.email == FORMER_MEMBER:
            return gettext("former member")
        return self.name or self.email

    @cached_property
    def roles(self) -> dict[int, frozenset[Role]]:
        """The person's roles by organisation id, and those of people they stand in for today; read once an instance."""
        found: dict[int, set[Role]] = {}
        held = Membership.objects.held_by(self, on=timezone.localdate())
        for organisation_id, role in held.values_list("organisation_id", "role"):
            found.setdefault(organisation_id, set()).add(Role(role))
        return {organisation_id: frozenset(roles) for organisation_id, roles in found.items()}

    def confirm_address(self) -> None:
        """Note that the e-mail address is known to be the person's, and the only one."""
        EmailAddress.objects.filter(user_id=self.pk).exclude(email=self.email).delete()
        EmailAddress.objects.update_or_create(
            user_id=self.pk, email=self.email, defaults={"verified": True, "primary": True}
        )

    @property
    def is_curator(self) -> bool:
        """Whether the person curates; a curator works for the whole platform, whatever the organisation."""
        return self.is_superuser or any(Role.CURATOR in roles for roles in self.roles.values())

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets the person in: active curators and operators."""
        return self.is_active and self.is_curator


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Reads of organisations."""

    def visible_to(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """Verified organisations for all, one's own besides, everything for curators."""
        if isinstance(user, User) and user.is_curator:
            return self
        visible = models.Q(verified_at__isnull=False)
        if isinstance(user, User):
            visible |= models.Q(pk__in=user.roles)
        return self.filter(visible)


class Organisation(models.Model):
    """An institution that posts demands or publishes supplies."""

    public_id = models.CharField(_("public id"), max_length=12, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    type = models.CharField(_("type"), max_length=20, choices=OrganisationType.choices)
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
    )
    website = models.URLField(_("website"), blank=True)
    description = models.TextField(_("description"), max_length=3000, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, verbose_name=_("verified by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()

    objects: ClassVar[models.Manager[Organisation]] = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def is_verified(self, *, at: datetime) -> bool:
        """Whether a curator has confirmed, by that time, that the organisation is what it says."""
        return self.verified_at is not None and self.verified_at <= at


class RoleQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def held_by(self, user: User, *, on: date) -> RoleQuerySet:
        """A person's own memberships, and those of absent colleagues whose deputy the person is that day."""
        return self.filter(models.Q(user=user) | models.Q(deputy=user, away_from__lte=on, away_until__gte=on))


class Membership(models.Model):
    """One person's role in one organisation; a deputy holds it too while the person is away."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("organisation"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)
    deputy = models.ForeignKey(
        User, verbose_name=_("deputy"), null=True, blank=True, on_delete=models.SET_NULL, related_name="deputising",
        help_text=_("A colleague who gets the notices and may act in the role meanwhile."),
    )  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()

    objects: ClassVar[RoleQuerySet] = RoleQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_membership_a_role"),
            models.CheckConstraint(
                condition=models.Q(away_from__isnull=True, away_until__isnull=True, deputy__isnull=True)
                | models.Q(away_from__isnull=False, away_until__isnull=False, away_until__gte=models.F("away_from")),
                name="absence_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def waiting(self) -> InvitationQuerySet:
        """Those neither accepted nor taken back; their time may be over."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class Invitation(models.Model):
    """An offer of a role in an organisation to whoever reads the mail of an address, good until a day."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    language = models.CharField(_("language"), max_length=10, choices=interface_languages, default="en")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    revoked_at = models.DateTimeField(_("taken back"), null=True)

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]  # see above

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "role"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_waiting_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}, {self.organisation}"

    def is_open(self, *, at: datetime) -> bool:
        """Whether the invitation can be accepted now."""
        return self.accepted_at is None and self.revoked_at is None and at <= self.expires_at


TOKEN_DAYS_MAX = 366
"""For how long a token may be good."""


class AccessToken(AbstractAuthToken):
    """A key by which a machine acts for a person, within scopes and until a day; only its digest is kept."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    used_at = models.DateTimeField(_("last used"), null=True)

    history = HistoricalRecords(excluded_fields=["digest", "token_key", "name", "used_at"])

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: Scope) -> bool:
        """Tell whether the key opens what the scope names."""
        return scope in self.scopes

    @property
    def scope_labels(self) -> list[str]:
        """What the key opens, in words."""
        return [str(Scope(scope).label) for scope in self.scopes]
