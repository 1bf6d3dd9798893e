"""Appoint and dismiss members, and note who is away."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.queries import colleagues_of
from accounts.rules import may
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


class BadAbsenceError(DomainError):
    """The days or the deputy of an absence cannot be taken as they are."""

    code = "bad_absence"


@transaction.atomic
def add_member(*, user: User, organisation: Organisation, role: Role, by: User, at: datetime) -> Membership:
    """Give a person a role in an organisation.

    Raises CuratorsNotMadeError, MembersNotManagedError, AlreadyMemberError.
    """
    _check_may_manage(by, organisation, role)
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
    """Take a role in an organisation from a person.

    Raises CuratorsNotMadeError, MembersNotManagedError.
    """
    _check_may_manage(by, membership.organisation, Role(membership.role))
    membership.delete()
    membership.user.__dict__.pop("roles", None)


@transaction.atomic
def set_absence(
    *, membership: Membership, away_from: date | None, away_until: date | None, deputy: User | None, by: User
) -> None:
    """Say from when until when a member is away and who stands in; without days the absence is over.

    The deputy is an active colleague of the same organisation, who holds the role too meanwhile. Nobody stands in for
    a curator: curators are appointed. Raises MembersNotManagedError, BadAbsenceError.
    """
    if by.pk != membership.user_id and not may(by, "members.manage", membership.organisation):
        raise MembersNotManagedError(_("You may only change your own absence."))
    if (away_from is None) != (away_until is None):
        raise BadAbsenceError(_("Give the first and the last day."), field="away_until")
    if away_from is None or away_until is None:
        deputy = None
    elif away_until < away_from:
        raise BadAbsenceError(_("The last day is before the first."), field="away_until")
    if deputy is not None and not colleagues_of(membership).filter(pk=deputy.pk).exists():
        raise BadAbsenceError(_("Choose a colleague of the same organisation."), field="deputy")
    Membership.objects.filter(pk=membership.pk).update(away_from=away_from, away_until=away_until, deputy=deputy)
    membership.refresh_from_db(fields=["away_from", "away_until", "deputy"])


def _check_may_manage(by: User, organisation: Organisation, role: Role) -> None:
    if role == Role.CURATOR and not may(by, "members.make_curator"):
        raise CuratorsNotMadeError(_("Only an operator appoints and dismisses curators."), field="role")
    if not may(by, "members.manage", organisation):
        raise MembersNotManagedError(_("Only curators change who belongs to an organisation."))
