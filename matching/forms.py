"""What people say when they decide about a match."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.enums import Actor, MatchState, MessageKind
from matching.lifecycle import REASONS
from matching.models import Match
from matching.queries import needs_of
from matching.services.moving import NOTE_MAX


def reasons_of(ending: MatchState) -> list[tuple[str, Any]]:
    """Return what a form offers as reasons of an ending."""
    return [("", "---------"), *((reason.value, reason.label) for reason in REASONS[ending])]


class NoteForm(forms.Form):
    """A note that stays with the decision."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )


class DismissalForm(NoteForm):
    """A reason of the list, and a note."""

    reason = forms.ChoiceField(label=_("Reason"), choices=reasons_of(MatchState.DISMISSED))
    field_order = ("reason", "note")


class ActForm(forms.Form):
    """Something done to a match as the page showed it: the version tells whether it changed meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, match: Match, verb: str, **options: Any) -> None:
        super().__init__(data, auto_id=f"{verb}_%s", initial={"version": match.version}, **options)


class NotedForm(ActForm, NoteForm):
    """A decision with a note."""


class EndForm(ActForm, DismissalForm):
    """An ending with one of its reasons, and a note."""

    ending = MatchState.DISMISSED

    def __init__(self, data: Any = None, *, match: Match, verb: str, **options: Any) -> None:
        super().__init__(data, match=match, verb=verb, **options)
        self.fields["reason"].choices = reasons_of(self.ending)  # type: ignore[attr-defined]  # a choice field


class WithdrawalForm(EndForm):
    """The country that asks takes its choice back."""

    ending = MatchState.WITHDRAWN


class SideForm(forms.Form):
    """For which side a person speaks."""

    side = forms.ChoiceField(choices=[(side.value, side.label) for side in (Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE)])
    side.widget = forms.HiddenInput()


class AcceptForm(SideForm, NotedForm):
    """A side accepts."""


class DeclineForm(SideForm, EndForm):
    """A side declines."""

    ending = MatchState.DECLINED


class MessageForm(ActForm):
    """A question or an answer."""

    kind = forms.ChoiceField(label=_("This is a"), choices=MessageKind.choices)
    text = forms.CharField(label=_("Text"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 4}))


class NeedsForm(ActForm):
    """The need lines that a match answers."""

    needs = forms.MultipleChoiceField(
        label=_("Need lines that it answers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, match: Match, verb: str, **options: Any) -> None:
        super().__init__(data, match=match, verb=verb, **options)
        self.fields["needs"].choices = [(need.pk, need.title) for need in needs_of(match.demand_id)]  # type: ignore[attr-defined]  # a choice field
        self.initial["needs"] = [need.pk for need in match.needs.all()]

    def clean_needs(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["needs"]]
