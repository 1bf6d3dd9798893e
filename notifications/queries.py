"""Reads of notices, of what people want to be mailed, and of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.rules import may
from notifications.enums import EmailState, Frequency
from notifications.models import Bounce, Notice, Preference, WebhookDelivery, WebhookEndpoint
from notifications.rules import kinds_for


def notices_of(user: User) -> QuerySet[Notice]:
    """Return a person's notices, the newest first."""
    return Notice.objects.filter(recipient=user).order_by("-created_at", "-pk")


def unread(request: HttpRequest) -> dict[str, object]:
    """Give every template `unread_notices`, counted by one query and only where a template asks."""
    user = getattr(request, "user", None)  # an error page may come before anyone was identified
    if not isinstance(user, User):
        return {"unread_notices": 0}
    return {"unread_notices": SimpleLazyObject(lambda: notices_of(user).filter(read_at__isnull=True).count())}


def frequencies_of(user: User) -> dict[str, Frequency]:
    """Return how soon a person is mailed each kind of notice that concerns their roles, by the kind's code."""
    chosen = dict(Preference.objects.filter(user=user).values_list("kind", "frequency"))
    held = {role for roles in user.roles.values() for role in roles}
    if user.is_curator:  # an operator curates without being a member anywhere
        held.add(Role.CURATOR)
    return {kind.code: Frequency(chosen.get(kind.code, kind.frequency)) for kind in kinds_for(held)}


def standing_bounce(user: User) -> Bounce | None:
    """Return the bounce for which a person gets no mail at present."""
    return Bounce.objects.standing([user.pk]).order_by("pk").first()


def managed_organisations(user: User) -> list[Organisation]:
    """Return the organisations a person belongs to and whose webhooks they manage."""
    own = Organisation.objects.filter(pk__in=user.roles).order_by("name", "pk")
    return [organisation for organisation in own if may(user, "webhook.manage", organisation)]


def webhooks_of(organisations: Sequence[Organisation]) -> QuerySet[WebhookEndpoint]:
    """Return the webhooks of organisations, those switched off last."""
    found = WebhookEndpoint.objects.filter(organisation__in=organisations).select_related("organisation")
    return found.order_by(F("off_at").asc(nulls_first=True), "pk")


def webhooks_changed_at(organisations: Sequence[Organisation]) -> datetime | None:
    """Return when a webhook of organisations was last added, changed or switched off."""
    found = WebhookEndpoint.objects.filter(organisation__in=organisations)
    last: datetime | None = found.aggregate(last=Max("changed_at"))["last"]
    return last


def changes_of_log(public_id: str, *, at: datetime) -> list[datetime | None]:
    """Return when messages to a webhook were last written, taken up or put off; nothing while one is being sent."""
    log = WebhookDelivery.objects.filter(endpoint__public_id=public_id)
    last = log.aggregate(
        Max("created_at"),
        Max("claimed_at"),
        due=Max("next_attempt_at", filter=Q(next_attempt_at__lte=at)),
        sending=Count("pk", filter=Q(state=EmailState.SENDING)),
    )
    return [] if last.pop("sending") else list(last.values())
