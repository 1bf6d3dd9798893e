"""Confirm organisations, and let them say who they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.rules import may
from core.errors import DomainError


class VerificationNotAllowedError(DomainError):
    """The person may not confirm organisations."""

    code = "may_not_verify"


class AlreadyVerifiedError(DomainError):
    """Someone confirmed the organisation before."""

    code = "already_verified"


class OrganisationNotDescribedError(DomainError):
    """The person does not speak for the organisation."""

    code = "may_not_describe"


@transaction.atomic
def describe_organisation(*, organisation: Organisation, description: str, website: str, by: User) -> None:
    """Change what an organisation says of itself. Raises OrganisationNotDescribedError."""
    if not may(by, "organisation.describe", organisation):
        raise OrganisationNotDescribedError(_("You do not speak for this organisation."))
    organisation.description, organisation.website = description, website
    organisation.save(update_fields=["description", "website"])


@transaction.atomic
def verify_organisation(*, organisation: Organisation, by: User, at: datetime) -> None:
    """Record that a curator confirmed an organisation to be what it says.

    Raises VerificationNotAllowedError, AlreadyVerifiedError.
    """
    if not may(by, "organisation.verify", organisation):
        raise VerificationNotAllowedError(_("Only curators verify organisations."))
    unverified = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk, verified_at=None)
    if not unverified.exists():
        raise AlreadyVerifiedError(_("%(organisation)s is verified already.") % {"organisation": organisation})
    organisation.verified_at, organisation.verified_by = at, by
    organisation.save(update_fields=["verified_at", "verified_by"])  # saved, not updated: history sees it
