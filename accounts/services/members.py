"""Appoint and dismiss members, change and hand over roles, and note who is away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.queries import colleagues_of, managers_of, roles_given_by
from accounts.rules import may
from accounts.services.letters import send_letter
from core.errors import DomainError


class MembersNotManagedError(DomainError):
    """The person may not change who belongs to the organisation."""

    code = "may_not_manage_members"


class CuratorsNotMadeError(DomainError):
    """Only an operator appoints and dismisses curators."""

    code = "may_not_make_curators"


class AlreadyMemberError(DomainError):
    """The person has that role in the organisation already."""

    code = "already_member"


class LastManagerError(DomainError):
    """Nobody would be left in the organisation who could bring in others."""

    code = "last_manager"


class NotColleagueError(DomainError):
    """A role is handed over to colleagues only."""

    code = "not_a_colleague"


class BadAbsenceError(DomainError):
    """The days or the deputy of an absence cannot be taken as they are."""

    code = "bad_absence"


@transaction.atomic
def add_member(*, user: User, organisation: Organisation, role: Role, by: User, at: datetime) -> Membership:
    """Give a person a role in an organisation.

    Raises CuratorsNotMadeError, MembersNotManagedError, AlreadyMemberError.
    """
    check_may_give(by, organisation, role)
    membership, created = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, defaults={"created_at": at}
    )
    if not created:
        raise AlreadyMemberError(
            _("%(person)s has this role in %(organisation)s already.") % {"person": user, "organisation": organisation},
            field="role",
        )
    user.__dict__.pop("roles", None)  # the roles were read before this one was given
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take a role in an organisation from a person, who is told; everybody may give up their own.

    Raises CuratorsNotMadeError, MembersNotManagedError, LastManagerError.
    """
    hold_team(membership.organisation)
    if by.pk != membership.user_id or membership.role == Role.CURATOR:
        check_may_give(by, membership.organisation, Role(membership.role))
    _take(membership)
    _check_still_managed(membership.organisation, by)
    _tell_of_roles(membership.user, membership.organisation, by=by)


@transaction.atomic
def change_role(*, membership: Membership, role: Role, by: User, at: datetime) -> Membership:
    """Give a member another role in place of one, and tell the person.

    Raises CuratorsNotMadeError, MembersNotManagedError, AlreadyMemberError, LastManagerError.
    """
    hold_team(membership.organisation)
    check_may_give(by, membership.organisation, Role(membership.role))
    organisation, user = membership.organisation, membership.user
    changed = add_member(user=user, organisation=organisation, role=role, by=by, at=at)
    _take(membership)
    _check_still_managed(organisation, by)
    _tell_of_roles(user, organisation, by=by)
    return changed


@transaction.atomic
def hand_over(*, membership: Membership, to: User, by: User, at: datetime) -> Membership:
    """Pass one's own role on to a colleague, who is told, and give it up.

    Raises CuratorsNotMadeError, MembersNotManagedError, NotColleagueError.
    """
    if by.pk != membership.user_id:
        raise MembersNotManagedError(_("You may not give or take this role here."))
    hold_team(membership.organisation)
    check_may_give(by, membership.organisation, Role(membership.role))
    if not colleagues_of(membership).filter(pk=to.pk).exists():
        raise NotColleagueError(_("Choose a colleague of the same organisation."), field="to")
    passed, _created = Membership.objects.get_or_create(
        user=to, organisation=membership.organisation, role=membership.role, defaults={"created_at": at}
    )
    _take(membership)
    _tell_of_roles(to, membership.organisation, by=by)
    return passed


@transaction.atomic
def set_absence(
    *, membership: Membership, away_from: date | None, away_until: date | None, deputy: User | None, by: User
) -> None:
    """Say from when until when a member is away and who stands in; without days the absence is over.

    The deputy is an active colleague of the same organisation, who holds the role too meanwhile. Nobody stands in for
    a curator: curators are appointed. Raises MembersNotManagedError, BadAbsenceError.
    """
    if by.pk != membership.user_id and not may(by, "user.edit", membership.organisation):
        raise MembersNotManagedError(_("You may only change your own absence."))
    if (away_from is None) != (away_until is None):
        raise BadAbsenceError(_("Give the first and the last day."), field="away_until")
    if away_from is None or away_until is None:
        deputy = None
    elif away_until < away_from:
        raise BadAbsenceError(_("The last day is before the first."), field="away_until")
    if deputy is not None and not colleagues_of(membership).filter(pk=deputy.pk).exists():
        raise BadAbsenceError(_("Choose a colleague of the same organisation."), field="deputy")
    membership.away_from, membership.away_until, membership.deputy = away_from, away_until, deputy
    membership.save(update_fields=["away_from", "away_until", "deputy"])  # saved, not updated: history sees it


def hold_team(organisation: Organisation) -> None:
    """Let others who change the team wait until this transaction ends: two managers do not leave at once, unseen."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def check_may_give(by: User, organisation: Organisation, role: Role) -> None:
    """Refuse who may not give, nor take, a role in an organisation.

    Raises CuratorsNotMadeError, MembersNotManagedError.
    """
    if role in roles_given_by(by, organisation):
        return
    if role == Role.CURATOR:
        raise CuratorsNotMadeError(_("Only an operator appoints and dismisses curators."), field="role")
    raise MembersNotManagedError(_("You may not give or take this role here."), field="role")


def _take(membership: Membership) -> None:
    """Take a role; whoever leaves the organisation with it stands in for nobody there any more."""
    Membership.objects.filter(pk=membership.pk).delete()
    there = Membership.objects.filter(organisation=membership.organisation_id)
    if not there.filter(user=membership.user_id).exists():
        for absent in there.filter(deputy=membership.user_id):
            absent.deputy = None
            absent.save(update_fields=["deputy"])  # saved, not updated: history sees it


def _check_still_managed(organisation: Organisation, by: User) -> None:
    if not by.is_curator and not managers_of(organisation).exists():
        raise LastManagerError(_("Hand this role over first: nobody else here could bring in people."))


def _tell_of_roles(user: User, organisation: Organisation, *, by: User) -> None:
    """Tell a person what they are in an organisation now, unless it was their own doing."""
    user.__dict__.pop("roles", None)  # read before they changed
    if user.pk == by.pk or not user.is_active:
        return
    held = [membership.role for membership in user.memberships.filter(organisation=organisation).order_by("role")]
    roles = [Role(role).label for role in held]
    send_letter(to=user, template="account/email/roles", context={"organisation": organisation, "roles": roles})
