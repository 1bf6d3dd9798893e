"""Verbs of accounts."""

from accounts.services.letters import send_letter
from accounts.services.members import (
    AlreadyMemberError,
    BadAbsenceError,
    CuratorsNotMadeError,
    MembersNotManagedError,
    add_member,
    remove_member,
    set_absence,
)
from accounts.services.organisations import (
    AlreadyVerifiedError,
    VerificationNotAllowedError,
    verify_organisation,
)

__all__ = [
    "AlreadyMemberError",
    "AlreadyVerifiedError",
    "BadAbsenceError",
    "CuratorsNotMadeError",
    "MembersNotManagedError",
    "VerificationNotAllowedError",
    "add_member",
    "remove_member",
    "send_letter",
    "set_absence",
    "verify_organisation",
]
