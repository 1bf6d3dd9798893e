"""The form that goes with a move of an entry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from solutions.forms.versions import VersionedForm


class NoteForm(VersionedForm):
    """A note that stays with the move."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
