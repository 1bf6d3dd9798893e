"""Writing an entry step by step: each step is saved by itself, so that nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.models import User
from accounts.rules import may
from solutions.enums import EntryState, Kind, Visibility
from solutions.forms import STEPS, LetterForm, NewEntryForm, NoteForm, Step, StepForm
from solutions.forms.posting import label_of
from solutions.forms.steps import CHECK, LETTER
from solutions.lifecycle import MOVES
from solutions.models import Demand, Entry
from solutions.queries import editable_by, events_of, for_records, organisations_where
from solutions.services import EntryChangedError, InvalidEntryError, create_entry, update_entry
from solutions.services.cells import digits
from solutions.services.entries import permission
from solutions.services.letters import LetterRefusedError, attach_letter, remove_letter
from solutions.services.records import record_of
from taxonomy.rules import active_language

ON, STAY, FIT = "on", "stay", "fit"
"""Where a saved step leads: to the next one, back to itself, to what fits the draft so far."""


class NewEntry(LoginRequiredMixin, View):
    """Write the first step of a new entry, which makes it a draft."""

    def get(self, request: HttpRequest, kind: Kind) -> HttpResponse:
        return self._page(self._form(kind), kind)

    def post(self, request: HttpRequest, kind: Kind) -> HttpResponse:
        form = self._form(kind, request.POST)
        if not form.is_valid():
            return self._page(form, kind, status=400)
        try:
            entry = create_entry(
                kind=kind,
                organisation=form.cleaned_data["organisation"],
                values=form.values(),
                by=cast(User, request.user),
                at=timezone.now(),
            )
        except InvalidEntryError as refusal:
            form.refuse(refusal.faults())
            return self._page(form, kind, status=400)
        messages.success(request, _("The draft is saved. You can go on now or later."))
        return redirect("entry-edit", entry.public_id, STEPS[kind][1].slug)

    def _form(self, kind: Kind, data: Any = None) -> NewEntryForm:
        user = cast(User, self.request.user)
        organisations = organisations_where(user, permission("create", kind))
        own = list(organisations[:2])
        if not own:
            raise PermissionDenied
        start = {"language": active_language(), "country": own[0].country_id if len(own) == 1 else None}
        return NewEntryForm(data, kind=kind, step=STEPS[kind][0], record=start, organisations=organisations)

    def _page(self, form: NewEntryForm, kind: Kind, *, status: int = 200) -> HttpResponse:
        context = {"kind": kind, "form": form, "step": form.step, "steps": STEPS[kind]}
        return render(self.request, "solutions/posting/new.html", context, status=status)


class EditStep(LoginRequiredMixin, View):
    """Write one step of an entry."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.entry = entry_to_edit(request.user, kwargs["public_id"])
            self.kind = Kind(self.entry.kind)
            self.step = step_of(self.kind, kwargs["step"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=400)
        values = accepting(request.POST.get("accept", ""), form.values(), record_of(self.entry))
        version = form.cleaned_data["version"]
        by = cast(User, request.user)
        try:
            update_entry(entry=self.entry, values=values, version=version, by=by, at=timezone.now())
        except InvalidEntryError as refusal:
            form.refuse(refusal.faults())
            return self._page(form, status=400)
        except EntryChangedError as refusal:
            now = entry_to_edit(by, self.entry.public_id)
            form.meet(refusal, now=record_of(now), version=now.version)
            return self._page(form, status=412)
        return self._on(request)

    def _on(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Saved."))
        wanted = STAY if "accept" in request.POST else request.POST.get("next")
        if wanted == FIT:
            return redirect("entry-fit", self.entry.public_id)
        slugs = [step.slug for step in STEPS[self.kind]]
        here = slugs.index(self.step.slug)
        following = slugs[here if wanted == STAY else min(here + 1, len(slugs) - 1)]
        return redirect("entry-edit", self.entry.public_id, wanted if wanted in slugs else following)

    def _form(self, data: Any = None) -> StepForm:
        record = record_of(self.entry)
        return StepForm(data, kind=self.kind, step=self.step, record=record, version=self.entry.version)

    def _page(self, form: StepForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "solutions/posting/step.html", frame(self.entry, self.step, form), status=status)


class CheckStep(LoginRequiredMixin, View):
    """Read an entry once more before it is submitted: what is written, and what is not."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        entry = entry_to_edit(cast(User, request.user), public_id)
        kind, record = Kind(entry.kind), record_of(entry)
        parts = [(step, [_filled(kind, name, record) for name in step.fields]) for step in STEPS[kind] if step.fields]
        context = frame(entry, step_of(kind, CHECK), NoteForm(initial={"version": entry.version}))
        leads_on = EntryState.SUBMITTED in MOVES[EntryState(entry.state)]
        context["may_submit"] = leads_on and may(request.user, permission("submit", kind), entry.organisation)
        context["parts"] = [
            (step, [label for label, full in fields if full], [label for label, full in fields if not full])
            for step, fields in parts
        ]
        return render(request, "solutions/posting/check.html", context)


class LetterStep(LoginRequiredMixin, View):
    """Attach a request letter to a demand, or take it away."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        demand = self._demand(public_id)
        return self._page(demand, LetterForm(initial={"version": demand.version}))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        demand = self._demand(public_id)
        form = LetterForm(request.POST, request.FILES)
        if "remove" in request.POST:
            form.fields["letter"].required = False
        if not form.is_valid():
            return self._page(demand, form, status=400)
        given: dict[str, Any] = {"demand": demand.details, "version": form.cleaned_data["version"]}
        given |= {"by": request.user, "at": timezone.now()}
        try:
            if "remove" in request.POST:
                remove_letter(**given)
            else:
                attach_letter(file=form.cleaned_data["letter"], **given)
        except (LetterRefusedError, EntryChangedError) as refusal:
            demand = self._demand(public_id)
            form.catch_up(demand.version)
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self._page(demand, form, status=refusal.status)
        messages.success(request, _("Saved."))
        return redirect("entry-edit", public_id, LETTER)

    def _demand(self, public_id: str) -> Entry:
        entry = entry_to_edit(cast(User, self.request.user), public_id)
        if not entry.is_demand:
            raise Http404
        return entry

    def _page(self, demand: Entry, form: LetterForm, *, status: int = 200) -> HttpResponse:
        context = frame(demand, step_of(Kind.DEMAND, LETTER), form)
        context["letter"] = cast(Demand, demand.details).request_letter
        return render(self.request, "solutions/posting/letter.html", context, status=status)


def entry_to_edit(user: User, public_id: str) -> Entry:
    """Return an entry of `for_records` that a person may change; any other is "not found"."""
    return get_object_or_404(for_records(editable_by(user)), public_id=public_id)


def step_of(kind: Kind, slug: str) -> Step:
    """Return a step by its place in the address. Raises Http404."""
    for step in STEPS[kind]:
        if step.slug == slug:
            return step
    raise Http404


def frame(entry: Entry, step: Step, form: Any) -> dict[str, Any]:
    """Return what all steps of an entry show around their form."""
    steps = STEPS[Kind(entry.kind)]
    here = steps.index(step)
    comment = events_of(entry).first() if entry.state == EntryState.RETURNED else None
    return {
        "entry": entry,
        "kind": entry.kind,
        "steps": steps,
        "step": step,
        "number": here + 1,
        "before": steps[here - 1] if here else None,
        "form": form,
        "comment": comment,
        "levels": Visibility.choices,
    }


def accepting(wanted: str, values: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """Add a proposed goal ("goal:6") or target ("target:6.1") to what was written, or else to what was there."""
    what, _colon, code = wanted.partition(":")
    if what not in ("goal", "target"):
        return dict(values)
    name, key = f"{what}s", digits(code) if what == "goal" else code
    return {**values, name: [*values.get(name, record[name]), key]}


def _filled(kind: Kind, name: str, record: Mapping[str, Any]) -> tuple[str, bool]:
    """Return what a field is called, and whether something is written in it."""
    return label_of(kind, name), record[name] not in (None, "", [])
