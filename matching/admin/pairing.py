"""Any demand and any supply: what the engine thinks of the pair, why it is not proposed, and proposing it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from matching.admin.base import ReadOnlyAdmin, curator, numbers
from matching.engine.explain import Explanation
from matching.engine.types import Exclusion
from matching.forms import NoteForm
from matching.models import Match
from matching.services.explaining import Labels, excluded_because, explain_pair, in_words
from matching.services.marking import add_match_by_hand
from matching.services.ranking import rank_demand
from matching.services.runs import RankingFailedError
from solutions.models import Demand, Entry


class PairForm(forms.Form):
    """A demand and a solution or offer, looked up as one types."""

    class Media:
        js = ("admin/js/jquery.init.js", "admin/js/autocomplete.js")

    demand = forms.ModelChoiceField(
        label=_("Demand"),
        queryset=Demand.objects.select_related("organisation"),
        widget=AutocompleteSelect(Match._meta.get_field("demand"), admin.site),
    )
    supply = forms.ModelChoiceField(
        label=_("Solution or offer"),
        queryset=Entry.objects.supplies().select_related("organisation"),
        widget=AutocompleteSelect(Match._meta.get_field("supply"), admin.site),
    )


@dataclass(frozen=True)
class Opinion:
    """What the engine thinks of a pair: its sum, or what excludes it; and the match on record."""

    demand: Entry
    supply: Entry
    explanation: Explanation | None
    excluded: str
    match: Match | None


def show(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Explain a pair; on a post propose it by hand."""
    user = curator(request)
    asked = _asked(request)
    noted = NoteForm(request.POST if request.method == "POST" else None)
    opinion = None
    if asked.is_valid():
        pair = {name: cast(Entry, asked.cleaned_data[name]) for name in ("demand", "supply")}
        try:
            if request.method == "POST" and noted.is_valid():
                match = add_match_by_hand(**pair, by=user, at=timezone.now(), note=noted.cleaned_data["note"])
                desk.message_user(request, gettext("The match was added and pinned."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:matching_match_change", args=[match.pk]))
            opinion = _opinion(**pair)
        except DomainError as refusal:
            desk.message_user(request, str(refusal), messages.ERROR)
    context: dict[str, Any] = {"form": asked, "note_form": noted, "opinion": opinion}
    return desk.page(request, "pair", title=_("Why, why not, and by hand"), media=asked.media, **context)


def _asked(request: HttpRequest) -> PairForm:
    """Return the form as it was sent; an address that names one side only is a form to be completed.

    What is no number counts as not chosen: the widget would look it up all the same.
    """
    sent = request.POST if request.method == "POST" else request.GET
    keys = {name: next(iter(numbers([sent[name]])), None) for name in ("demand", "supply") if name in sent}
    return PairForm(keys) if len(keys) == len(PairForm.base_fields) else PairForm(initial=keys)


def _opinion(*, demand: Entry, supply: Entry) -> Opinion:
    answer = explain_pair(demand=demand, supply=supply, at=timezone.now())
    match = Match.objects.filter(demand_id=demand.pk, supply_id=supply.pk).first()
    labels = Labels()
    if isinstance(answer, Exclusion):
        return Opinion(demand, supply, None, excluded_because(answer, labels), match)
    return Opinion(demand, supply, in_words(answer.to_dict(), labels), "", match)


def rank(desk: ReadOnlyAdmin, request: HttpRequest) -> HttpResponse:
    """Rank one demand now and say what came of it."""
    curator(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    demand = get_object_or_404(Entry.objects.demands(), public_id=request.POST.get("demand", ""))
    try:
        run = rank_demand(demand_id=demand.pk, at=timezone.now())
    except RankingFailedError as failure:
        desk.message_user(request, f"{demand}: {failure}", messages.ERROR)
    else:
        known = {"demand": demand, "new": run.new_count, "moved": run.moved_count, "gone": run.gone_count}
        text = gettext("%(demand)s was ranked: %(new)d new, %(moved)d moved, %(gone)d gone.") % known
        desk.message_user(request, text, messages.SUCCESS)
    return HttpResponseRedirect(f"{reverse('admin:matching_match_changelist')}?demand={demand.public_id}")
