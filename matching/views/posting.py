"""What the engine makes of an entry that is being written: what fits it, what it is about, what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import View

from accounts.models import User
from core.errors import DomainError
from matching.services.completeness import completeness_of
from matching.services.drafts import Draft, answers_to, draft_of, proposed_for
from matching.services.explaining import Labels, in_words
from solutions.enums import Kind
from solutions.forms import STEPS, StepForm
from solutions.forms.posting import label_of
from solutions.models import Entry
from solutions.rules import FIELDS
from solutions.services import InvalidEntryError, update_entry
from solutions.services.records import record_of
from solutions.views.posting import accepting, entry_to_edit, step_of

MOST: Final = 5
"""Entries that are shown while somebody writes."""
PROPOSED: Final = 4


class Fit(LoginRequiredMixin, View):
    """Compare a draft with the catalogue: as it was saved, or as it stands in the form that is being written."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        entry = entry_to_edit(cast(User, request.user), public_id)
        return self._page("matching/fit.html", entry, record_of(entry))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        entry = entry_to_edit(cast(User, request.user), public_id)
        record = record_of(entry)
        if "accept" in request.POST:
            return self._accept(entry, record)
        if not request.htmx:  # type: ignore[attr-defined]  # of django-htmx
            return redirect("entry-fit", public_id)
        kind = Kind(entry.kind)
        step = step_of(kind, request.GET.get("step", STEPS[kind][0].slug))
        form = StepForm(request.POST, kind=kind, step=step, record=record)
        form.is_valid()  # what cannot be read yet is left out
        return self._page("matching/_fit.html", entry, {**record, **form.values()}, writes=bool(step.fields))

    def _accept(self, entry: Entry, record: Mapping[str, Any]) -> HttpResponse:
        version = self.request.POST.get("version", "")
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            raise BadRequest
        values = accepting(self.request.POST["accept"], {}, record)
        by = cast(User, self.request.user)
        try:
            update_entry(entry=entry, values=values, version=int(version), by=by, at=timezone.now())
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
        return redirect("entry-fit", entry.public_id)

    def _page(self, template: str, entry: Entry, values: Mapping[str, Any], *, writes: bool = False) -> HttpResponse:
        draft = _readable(Kind(entry.kind), values)
        context = {"entry": entry, "writes": writes, **(self._found(entry, draft, values) if draft else {})}
        return render(self.request, template, context)

    def _found(self, entry: Entry, draft: Draft, values: Mapping[str, Any]) -> dict[str, Any]:
        at, labels = timezone.now(), Labels()
        profile = replace(draft.profile, id=entry.public_id, organisation=str(entry.organisation_id))
        answers = answers_to(profile=profile, reader=cast(User, self.request.user), most=MOST, at=at)
        proposal = proposed_for(profile)
        goals = [found for found in proposal.goals if found.goal not in values["goals"]]
        targets = [found for found in proposal.targets if found.target not in values["targets"]]
        completeness = completeness_of(profile=profile, missing=draft.missing)
        return {
            "answers": [(found, in_words(hit.to_dict(), labels), hit) for found, hit in answers.pairs],
            "goals": [(found, labels("goal", str(found.goal))) for found in goals[:PROPOSED]],
            "targets": [(found, labels("target", found.target)) for found in targets[:PROPOSED]],
            "completeness": completeness,
            "empty_texts": [label_of(Kind(entry.kind), name) for name in completeness.empty_texts],
        }


def _readable(kind: Kind, values: Mapping[str, Any]) -> Draft | None:
    """Return the draft as far as the rules can read it; None while there is nothing to compare."""
    known = {name: value for name, value in values.items() if name in FIELDS[kind]}
    day = timezone.now().date()
    try:
        return draft_of(kind=kind, values=known, on=day)
    except InvalidEntryError as refusal:
        faulty = {name for name, _message in refusal.faults()}
    try:
        return draft_of(kind=kind, values={k: v for k, v in known.items() if k not in faulty}, on=day)
    except InvalidEntryError:
        return None
