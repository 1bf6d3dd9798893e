"""What an organisation does to its own entry as a whole: submit, archive, confirm. Each asks first, by a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from solutions.enums import EntryState
from solutions.forms import NoteForm
from solutions.lifecycle import LIVE, MOVES
from solutions.models import Entry
from solutions.services import archive_entry, submit_entry
from solutions.services.entries import permission
from solutions.services.freshness import confirm_entry
from solutions.views.posting import entry_to_edit


@dataclass(frozen=True, slots=True)
class Move:
    """Something that is done to an entry as a whole: the service, its words, and where it is offered."""

    service: Callable[..., None]
    label: Any
    means: Any
    done: Any
    offered: Callable[[Entry], bool]
    noted: bool = True


def _leads_to(state: EntryState) -> Callable[[Entry], bool]:
    return lambda entry: state in MOVES[EntryState(entry.state)]


MOVES_OF_OWNERS: Final[dict[str, Move]] = {
    "submit": Move(
        submit_entry,
        _("Submit"),
        _("A curator reads it before it is published. You are told what comes of it."),
        _("Submitted. A curator reads it now."),
        _leads_to(EntryState.SUBMITTED),
    ),
    "confirm": Move(
        confirm_entry,
        _("Confirm that it still holds"),
        _("Entries that nobody confirms are left out of matching after a while."),
        _("Thank you. The entry is confirmed."),
        lambda entry: entry.state in LIVE,
        noted=False,
    ),
    "archive": Move(
        archive_entry,
        _("Withdraw"),
        _("It leaves the catalogue and is matched no more. Nothing is deleted: you can submit it again."),
        _("It is in the archive now."),
        _leads_to(EntryState.ARCHIVED),
    ),
}


class MoveEntry(LoginRequiredMixin, View):
    """Ask whether an entry is to be moved, and move it."""

    def get(self, request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
        entry, move = self._asked(public_id, verb)
        return self._page(entry, move, NoteForm(initial={"version": entry.version}))

    def post(self, request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
        entry, move = self._asked(public_id, verb)
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self._page(entry, move, form, status=400)
        note = {"note": form.cleaned_data["note"]} if move.noted else {}
        seen, entry.version = entry.version, form.cleaned_data["version"]
        try:
            move.service(entry=entry, by=cast(User, request.user), at=timezone.now(), **note)
        except DomainError as refusal:
            form.catch_up(seen)
            form.add_error(None, str(refusal))
            return self._page(entry, move, form, status=refusal.status)
        messages.success(request, move.done)
        return redirect("entry-detail", public_id)

    def _asked(self, public_id: str, verb: str) -> tuple[Entry, Move]:
        if verb not in MOVES_OF_OWNERS:
            raise Http404
        return entry_to_edit(cast(User, self.request.user), public_id), MOVES_OF_OWNERS[verb]

    def _page(self, entry: Entry, move: Move, form: NoteForm, *, status: int = 200) -> HttpResponse:
        if not move.noted:
            del form.fields["note"]
        context = {"entry": entry, "move": move, "form": form}
        return render(self.request, "solutions/posting/move.html", context, status=status)


def moves_for(user: Any, entry: Entry) -> list[tuple[str, Move]]:
    """Return what a person may do to an entry as it stands; whoever may do anything may change it too."""
    if not may(user, permission("edit", entry.kind), entry.organisation):
        return []
    return [
        (verb, move)
        for verb, move in MOVES_OF_OWNERS.items()
        if move.offered(entry) and (verb != "submit" or may(user, permission("submit", entry.kind), entry.organisation))
    ]
