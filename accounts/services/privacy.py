"""Delete accounts: after a time to think it over, and so that nothing names the person any more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CASCADE, Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from accounts.models import FORMER_MEMBER, Invitation, Membership, Organisation, User
from accounts.queries import relations_of_people
from accounts.services.letters import send_letter
from core.errors import DomainError

GRACE = timedelta(days=14)
"""How long an account that is to be deleted can still be kept."""
INVITATIONS_KEPT = timedelta(days=90)
"""How long it stays on record who was invited, once an invitation is over."""


class LastOperatorError(DomainError):
    """Nobody would be left who runs the site."""

    code = "last_operator"


@transaction.atomic
def request_deletion(*, user: User, at: datetime) -> datetime:
    """Note that a person's account is to be deleted, tell them once, and return when. Raises LastOperatorError."""
    if user.deletion_due_at:
        return user.deletion_due_at
    operators = User.objects.filter(is_superuser=True, is_active=True, deletion_due_at=None)
    if user.is_superuser and set(operators.select_for_update(no_key=True).order_by("pk")) <= {user}:
        raise LastOperatorError(_("You are the last operator of this site. Make another one first."))
    user.deletion_due_at = at + GRACE
    user.save(update_fields=["deletion_due_at"])
    send_letter(to=user, template="account/email/deletion", context={"due_at": user.deletion_due_at})
    return user.deletion_due_at


def keep_account(*, user: User) -> None:
    """Take the wish to be deleted back."""
    user.deletion_due_at = None
    user.save(update_fields=["deletion_due_at"])


def delete_due(*, at: datetime) -> int:
    """Delete the accounts whose time to think it over has passed, and forget old invitations; count the accounts."""
    due = User.objects.filter(deletion_due_at__lte=at).order_by("pk").values_list("pk", flat=True)
    count = sum(_erase_if_due(pk, at=at) for pk in list(due))
    over = Q(accepted_at__lt=at - INVITATIONS_KEPT) | Q(revoked_at__lt=at - INVITATIONS_KEPT)
    Invitation.objects.filter(over | Q(expires_at__lt=at - INVITATIONS_KEPT)).delete()
    return count


@transaction.atomic
def _erase_if_due(pk: int, *, at: datetime) -> bool:
    """Delete a person, unless they have changed their mind or were deleted by another run meanwhile."""
    user = User.objects.select_for_update().filter(pk=pk, deletion_due_at__lte=at).first()
    if user:
        erase(user=user)
    return user is not None


@transaction.atomic
def erase(*, user: User) -> None:
    """Delete a person with everything that is theirs; what they did for organisations goes to a nameless account.

    What a table declares to go with its person (CASCADE) goes; anything else stays, save the person.
    """
    send_letter(address=user.email, language=user.language, template="account/email/deleted", context={})
    former, _created = User.objects.get_or_create(email=FORMER_MEMBER, defaults={"is_active": False, "password": "!"})
    for own in (user.memberships, user.auth_token_set):  # before their history goes to the nameless account
        own.all().delete()
    for relation in relations_of_people():
        model, field = relation.related_model, relation.field
        stands_in = model is Membership and field.name == "deputy"
        if (relation.on_delete is not CASCADE and not stands_in) or model is LogEntry:
            model._base_manager.filter(**{field.name: user}).update(**{field.name: former})
    _forget_name_in_log(user)
    Invitation.objects.filter(email=user.email).delete()
    key = user.pk
    user.delete()
    User.history.filter(id=key).delete()


def _forget_name_in_log(user: User) -> None:
    """Take the person's name out of the admin's log of what was done to accounts and memberships."""
    people, organisations = (ContentType.objects.get_for_model(model) for model in (User, Organisation))
    LogEntry.objects.filter(content_type=people, object_id=str(user.pk)).update(object_repr="—")
    for name in {user.name, user.email} - {""}:
        shown, hidden = (json.dumps({"object": f"{who}: "})[1:-2] for who in (name, "—"))
        log = LogEntry.objects.filter(content_type=organisations, change_message__contains=shown)
        log.update(change_message=Replace("change_message", Value(shown), Value(hidden)))
