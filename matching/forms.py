"""What a curator says when deciding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.enums import DismissalReason
from matching.services.curation import NOTE_MAX


class NoteForm(forms.Form):
    """A note that stays with the decision."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )


class DismissalForm(NoteForm):
    """A reason of the list, and a note."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "---------"), *DismissalReason.choices])
    field_order = ("reason", "note")
