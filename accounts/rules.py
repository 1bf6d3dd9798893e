"""Who may do what: one table, read by pages, API, admin and services through `may`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from django.contrib.auth.models import AnonymousUser
from rules.permissions import set_perm
from rules.predicates import Predicate

from accounts.enums import Role

FOCAL_POINT, PUBLISHER, CURATOR, OBSERVER = Role.FOCAL_POINT, Role.PUBLISHER, Role.CURATOR, Role.OBSERVER

# How to read a row: the permission, and the roles that hold it. A role counts in the organisation where the person
# has it; a curator's counts everywhere. Operators (superusers) hold every permission, inactive people and visitors
# none. What visitors may read is decided by the `visible_to` of each queryset, not here.
PERMISSIONS: dict[str, frozenset[Role]] = {
    # A demand is an official need: only the country's focal point speaks; a curator may correct its wording.
    "entry.create_demand": frozenset({FOCAL_POINT}),
    "entry.edit_demand": frozenset({FOCAL_POINT, CURATOR}),
    "entry.submit_demand": frozenset({FOCAL_POINT}),
    # A supply (solution or offer) may also be entered by a curator, from a report for instance.
    "entry.create_supply": frozenset({PUBLISHER, CURATOR}),
    "entry.edit_supply": frozenset({PUBLISHER, CURATOR}),
    "entry.submit_supply": frozenset({PUBLISHER, CURATOR}),
    "entry.moderate": frozenset({CURATOR}),
    "match.view": frozenset({FOCAL_POINT, PUBLISHER, OBSERVER, CURATOR}),
    "match.curate": frozenset({CURATOR}),
    # The country that asks chooses and answers through its focal point, a provider through whoever publishes for it.
    "match.choose": frozenset({FOCAL_POINT}),
    "match.provide": frozenset({FOCAL_POINT, PUBLISHER}),
    "organisation.describe": frozenset({FOCAL_POINT, PUBLISHER, CURATOR}),
    "organisation.edit": frozenset({CURATOR}),
    "organisation.verify": frozenset({CURATOR}),
    "members.view": frozenset({FOCAL_POINT, PUBLISHER, OBSERVER, CURATOR}),
    # Whoever speaks for an organisation may bring in and see off people of the roles in GIVES.
    "members.manage": frozenset({FOCAL_POINT, PUBLISHER, CURATOR}),
    "members.make_curator": frozenset(),  # operators only, so that curators do not appoint each other
    "user.edit": frozenset({CURATOR}),
    "outbox.manage": frozenset({CURATOR}),
    "webhook.manage": frozenset({FOCAL_POINT, PUBLISHER, CURATOR}),
    "reference.view": frozenset({CURATOR}),
}

# Who may give and take which roles in an organisation: one's own, and that of an observer, so that nobody rises by it.
# Standing in for somebody does not count. Operators give every role; curators are made by nobody else.
GIVES: dict[Role, frozenset[Role]] = {
    FOCAL_POINT: frozenset({FOCAL_POINT, OBSERVER}),
    PUBLISHER: frozenset({PUBLISHER, OBSERVER}),
    CURATOR: frozenset({FOCAL_POINT, PUBLISHER, OBSERVER}),
    OBSERVER: frozenset(),
}

# The admin asks for Django's permissions, by model and action; this says which of ours answers. What is not listed
# is refused to all but operators. A model whose rows belong to no organisation may only name curators' permissions.
DESK: dict[str, dict[str, str]] = {
    "solutions.entry": {"view": "entry.moderate", "change": "entry.moderate"},
    "solutions.solution": {
        "view": "entry.moderate", "add": "entry.create_supply", "change": "entry.edit_supply",
    },
    "solutions.offer": {"view": "entry.moderate", "add": "entry.create_supply", "change": "entry.edit_supply"},
    "solutions.demand": {"view": "entry.moderate", "add": "entry.create_demand", "change": "entry.edit_demand"},
    "solutions.needline": dict.fromkeys(("view", "add", "change", "delete"), "entry.moderate"),
    "solutions.entrytranslation": dict.fromkeys(("view", "add", "change"), "entry.moderate"),
    **{
        f"solutions.{model}": dict.fromkeys(("view", "add", "change", "delete"), "entry.moderate")
        for model in ("collection", "collectiontext", "collectionentry")
    },
    "solutions.entryevent": {"view": "entry.moderate"},
    "matching.match": {"view": "match.curate", "change": "match.curate"},
    "matching.matchevent": {"view": "match.curate"},
    "matching.matchmessage": {"view": "match.curate"},
    "matching.rankingrun": {"view": "match.curate"},
    "matching.glossaryterm": dict.fromkeys(("view", "add", "change"), "match.curate"),
    "matching.weightsversion": {"view": "match.curate"},
    "matching.partneruse": {"view": "match.curate"},
    "matching.keptprofile": {"view": "match.curate"},
    "notifications.email": {"view": "outbox.manage"},
    "notifications.notice": {"view": "outbox.manage"},
    "notifications.bounce": {"view": "outbox.manage"},
    "notifications.webhookendpoint": {"view": "outbox.manage"},
    "notifications.webhookdelivery": {"view": "outbox.manage"},
    "accounts.user": dict.fromkeys(("view", "add", "change"), "user.edit"),
    "accounts.organisation": dict.fromkeys(("view", "add", "change"), "organisation.edit"),
    "accounts.membership": dict.fromkeys(("view", "add", "delete"), "user.edit"),
    **{
        f"taxonomy.{model}": {"view": "reference.view"}
        for model in (
            "goal", "target", "region", "country", "countrygroup", "countrygroupmembership",
            "sector", "modality", "language",
        )
    },
}  # fmt: skip


class Person(Protocol):
    """What the rules need to know of a logged-in person."""

    is_active: bool
    is_superuser: bool

    @property
    def is_curator(self) -> bool: ...

    @property
    def roles(self) -> Mapping[int, frozenset[Role]]: ...


class HasKey(Protocol):
    """An organisation, as far as the rules need to know it."""

    @property
    def pk(self) -> int: ...


def may(user: Person | AnonymousUser, permission: str, organisation: HasKey | None = None) -> bool:
    """Tell whether a person holds a permission in an organisation; without one, in any organisation at all.

    Leave the organisation out only to decide whether to show a way in (a menu item, the admin); to act on a row, name
    the row's organisation. Raises KeyError for a permission that is not in the table.
    """
    roles = PERMISSIONS[permission]
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    if user.is_superuser or (CURATOR in roles and user.is_curator):
        return True
    if organisation is None:
        return any(held & roles for held in user.roles.values())
    return bool(user.roles.get(organisation.pk, frozenset()) & roles)


def _answer(permission: str) -> Predicate:
    """Answer has_perm(django_permission, obj) by our permission in the object's organisation."""

    def held(user: Person | AnonymousUser, obj: object = None) -> bool:
        return may(user, permission, getattr(obj, "organisation", None))

    return Predicate(held, name=permission)


def _at_the_desk(user: Person | AnonymousUser) -> bool:
    return may(user, "entry.moderate")


for _model, _actions in DESK.items():
    _app, _name = _model.split(".")
    for _action, _permission in _actions.items():
        set_perm(f"{_app}.{_action}_{_name}", _answer(_permission))  # type: ignore[no-untyped-call]  # rules has no types
    set_perm(_app, Predicate(_at_the_desk))  # type: ignore[no-untyped-call]  # rules has no types
