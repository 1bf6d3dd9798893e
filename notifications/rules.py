"""The kinds of notice there are: each app that sends declares its own, and registers them when it is ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from notifications.enums import Frequency

KINDS: dict[str, NoticeKind] = {}
"""Every registered kind by its code."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice; its wording is in notifications/<code>.subject.txt and notifications/<code>.txt.

    `label` says in the settings what it is about; `audience` is the roles that hear of it; `frequency` is how soon
    it is mailed to who has chosen nothing; `example` is a context with every value that the templates know;
    `for_machines` says that it is announced to the webhooks of organisations too.
    """

    code: str
    label: Any
    audience: frozenset[Role]
    example: Mapping[str, Any]
    frequency: Frequency = Frequency.AT_ONCE
    for_machines: bool = False


def register(kinds: Iterable[NoticeKind]) -> None:
    """Make kinds known; call it from AppConfig.ready. Raises ValueError for a code that another kind has."""
    for kind in kinds:
        if KINDS.setdefault(kind.code, kind) != kind:
            raise ValueError(f"two kinds of notice are called {kind.code}")


def kind_called(code: str) -> NoticeKind:
    """Return a registered kind; raises LookupError saying where to declare it."""
    if code not in KINDS:
        raise LookupError(f"no app declares the notice kind {code}: add it to NOTICE_KINDS in the enums of its app")
    return KINDS[code]


def kinds_for(roles: Iterable[Role]) -> list[NoticeKind]:
    """Return the kinds that people with these roles hear of, in the order of their codes."""
    held = frozenset(roles)
    return [kind for _code, kind in sorted(KINDS.items()) if kind.audience & held]


NOTICE_KINDS = (
    NoticeKind(
        code="notifications.mail_switched_off",
        label=_("E-mails to you came back and were switched off"),
        audience=frozenset(Role),
        example={"address": "awa@example.org", "reason": "550 5.1.1 No such mailbox"},
    ),
)
"""What notifications itself tells people of."""
