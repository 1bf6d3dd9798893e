"""Help people whose second step is lost."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from accounts.services.letters import send_letter
from core.errors import DomainError


class SecondStepNotRemovedError(DomainError):
    """The person may not weaken this account."""

    code = "may_not_remove_second_step"


@transaction.atomic
def remove_second_step(*, user: User, by: User) -> bool:
    """Forget the app, keys and codes of a person who lost them, and tell them; False when there were none.

    Only operators do so for curators and operators. Raises SecondStepNotRemovedError.
    """
    if not may(by, "user.edit") or (user.is_curator and not by.is_superuser):
        raise SecondStepNotRemovedError(_("Only operators do this for curators and operators."))
    count, _tables = Authenticator.objects.filter(user=user).delete()
    if count:
        change = _("Curators switched the second step of your log-in off, for its app or key was lost.")
        send_letter(to=user, template="account/email/change", context={"change": change})
    return bool(count)
