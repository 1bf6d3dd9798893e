"""What the services of the catalogue refuse, and how they say so."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.errors import DomainError
from solutions.enums import EntryState
from solutions.models import Entry
from solutions.rules import Problem


class NotPermittedError(PermissionDenied):
    """The person's roles do not allow this."""

    def __init__(self) -> None:
        super().__init__(_("Your role does not allow this."))


class InvalidEntryError(DomainError):
    """The values of an entry break the rules; `problems` lists every one of them."""

    code = "invalid_entry"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems), field=problems[0].field)
        self.problems = list(problems)

    def faults(self) -> list[tuple[str, str]]:
        return [(problem.field, problem.message) for problem in self.problems]


class EntryChangedError(DomainError):
    """Someone changed the entry since it was read; says who and when."""

    code = "entry_changed"
    status = 412

    def __init__(self, entry: Entry) -> None:
        now = Entry.objects.select_related("updated_by").get(pk=entry.pk)
        when = date_format(localtime(now.updated_at), "DATETIME_FORMAT")
        who = str(now.updated_by) if now.updated_by else _("The platform")
        text = _("%(who)s changed this entry on %(when)s. Read it again, then make your change.")
        super().__init__(text % {"who": who, "when": when}, field="version")


class MoveNotAllowedError(DomainError):
    """The entry's state does not lead there."""

    code = "move_not_allowed"

    def __init__(self, entry: Entry, to: EntryState) -> None:
        text = _("An entry in the state “%(before)s” cannot become “%(to)s”.")
        super().__init__(text % {"before": EntryState(entry.state).label, "to": to.label}, field="state")


class CommentMissingError(DomainError):
    """An entry is returned with comments, or not at all."""

    code = "comment_missing"
