"""Invite people to a role in an organisation, by a sealed link to their address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Invitation, Membership, Organisation, User
from accounts.queries import open_invitations_to
from accounts.services.letters import send_letter
from accounts.services.members import AlreadyMemberError, check_may_give, hold_team
from core.errors import DomainError
from core.links import opened, seal

PURPOSE = "accounts.invitation"
GOOD_FOR = timedelta(days=14)
"""How long an invitation can be accepted."""
AGAIN_AFTER = timedelta(hours=1)
"""How long the same invitation waits until it can be sent again, so that nobody's mailbox is filled."""
A_DAY = 50
"""How many people an organisation may invite in a day."""


class InvitedAlreadyError(DomainError):
    """The same invitation waits for an answer."""

    code = "invited_already"


class TooManyInvitationsError(DomainError):
    """More invitations than an organisation, or a mailbox, is thought to need."""

    code = "too_many_invitations"
    status = 429


class InvitationClosedError(DomainError):
    """The invitation was accepted, taken back, or its time is over."""

    code = "invitation_closed"


class OtherPersonInvitedError(DomainError):
    """The invitation is for somebody with another address."""

    code = "other_person_invited"


@transaction.atomic
def invite(*, organisation: Organisation, email: str, role: Role, language: str, by: User, at: datetime) -> Invitation:
    """Offer a role to whoever has an address, by a letter in a language.

    Raises CuratorsNotMadeError, MembersNotManagedError, AlreadyMemberError, InvitedAlreadyError,
    TooManyInvitationsError.
    """
    hold_team(organisation)  # so that the same invitation, sent twice at once, is made once
    check_may_give(by, organisation, role)
    email = email.lower()
    if Membership.objects.filter(organisation=organisation, role=role, user__email=email).exists():
        raise AlreadyMemberError(
            _("%(person)s has this role in %(organisation)s already.")
            % {"person": email, "organisation": organisation},
            field="email",
        )
    made = Invitation.objects.filter(organisation=organisation)
    same = made.filter(email=email, role=role)
    if same.waiting().exists():
        raise InvitedAlreadyError(
            _("This person is invited already. You can send the invitation again."), field="email"
        )
    if same.filter(sent_at__gt=at - AGAIN_AFTER).exists():
        raise TooManyInvitationsError(_("This person was written to within the last hour."), field="email")
    if made.filter(created_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise TooManyInvitationsError(
            _("Your organisation has invited many people today. Go on tomorrow."), field="email"
        )
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        language=language,
        invited_by=by,
        created_at=at,
        sent_at=at,
        expires_at=at + GOOD_FOR,
    )
    _send(invitation)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Write to the invited person again and give them time anew.

    Raises CuratorsNotMadeError, MembersNotManagedError, InvitationClosedError, TooManyInvitationsError.
    """
    check_may_give(by, invitation.organisation, Role(invitation.role))
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk)
    if not waiting.exists():
        raise InvitationClosedError(_("This invitation was accepted or taken back."))
    if not waiting.filter(sent_at__lte=at - AGAIN_AFTER).update(sent_at=at, expires_at=at + GOOD_FOR):
        raise TooManyInvitationsError(_("This person was written to within the last hour."))
    invitation.refresh_from_db()
    _send(invitation)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User, at: datetime) -> None:
    """Take an invitation back: its link no longer opens anything.

    Raises CuratorsNotMadeError, MembersNotManagedError, InvitationClosedError.
    """
    check_may_give(by, invitation.organisation, Role(invitation.role))
    if not Invitation.objects.waiting().filter(pk=invitation.pk).update(revoked_at=at):
        raise InvitationClosedError(_("This invitation was accepted or taken back."))
    invitation.refresh_from_db(fields=["revoked_at"])


def invitation_behind(*, sealed: str, at: datetime) -> Invitation:
    """Return the invitation that a link carries. Raises ForgedLinkError, ExpiredLinkError, InvitationClosedError."""
    [public_id] = opened(PURPOSE, sealed, at=at)
    invitation = Invitation.objects.select_related("organisation", "invited_by").filter(public_id=public_id).first()
    if invitation is None or not invitation.is_open(at=at):
        raise InvitationClosedError(_("This invitation was accepted or taken back."))
    return invitation


@transaction.atomic
def accept(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    """Give the role to the person whom the invitation is for; once.

    Raises OtherPersonInvitedError, InvitationClosedError.
    """
    if user.email.lower() != invitation.email:
        raise OtherPersonInvitedError(
            _("This invitation is for %(address)s. Log in with that address, or ask for an invitation to yours.")
            % {"address": invitation.email}
        )
    open_now = Invitation.objects.waiting().filter(pk=invitation.pk, expires_at__gte=at)
    if not open_now.update(accepted_at=at, accepted_by=user):
        raise InvitationClosedError(_("This invitation was accepted or taken back."))
    membership, _created = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, role=invitation.role, defaults={"created_at": at}
    )
    user.__dict__.pop("roles", None)
    return membership


@transaction.atomic
def accept_all(*, user: User, at: datetime) -> None:
    """Give a person every role that their address is invited to."""
    for invitation in open_invitations_to(user.email, at=at).select_related("organisation"):
        accept(invitation=invitation, user=user, at=at)


@transaction.atomic
def accept_as_newcomer(*, invitation: Invitation, name: str, language: str, password: str, at: datetime) -> User:
    """Make an account for the invited person, whose address the link has proved, and give it the role.

    Raises InvitationClosedError.
    """
    hold_team(invitation.organisation)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise InvitationClosedError(_("There is an account with this address. Log in to accept the invitation."))
    user = User.objects.create_user(invitation.email, password, name=name, language=language, created_at=at)
    user.confirm_address()
    accept(invitation=invitation, user=user, at=at)
    return user


def link_to(invitation: Invitation) -> str:
    """Return the path that lets whoever knows it accept an invitation."""
    return reverse("invitation", args=[seal(PURPOSE, [invitation.public_id], until=invitation.expires_at)])


def _send(invitation: Invitation) -> None:
    send_letter(
        address=invitation.email,
        language=invitation.language,
        template="account/email/invitation",
        context={"invitation": invitation, "url": f"{settings.SITE_URL}{link_to(invitation)}"},
    )
