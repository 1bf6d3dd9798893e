"""The form in which curators change entries; the rules of records hold here too."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from solutions.enums import Kind
from solutions.models import Entry
from solutions.queries import vocabulary
from solutions.rules import FIELDS, NO_CODES, RefusedError, Store, clean
from solutions.services import EntryChangedError
from solutions.services.translating import NEED_FIELDS
from taxonomy.models import Goal


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """An entry of a kind; refuses to write over a version that its reader has not seen."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["read_version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Hold every field against the rules, and the version against the one that stands."""
        super().clean()
        fields = FIELDS[Kind(self.instance.kind)]
        raw = {
            name: _raw(self.cleaned_data[name], field.store)
            for name, field in fields.items()
            if name in self.cleaned_data and field.store not in (Store.REFERENCE, Store.REFERENCES, Store.NEEDS)
        }
        values, problems = clean(Kind(self.instance.kind), raw, vocabulary(), before={})
        for problem in problems:
            self.add_error(problem.field, problem.message)
        for name, value in values.items():
            if fields[name].store is Store.COLUMN and name in self.cleaned_data:
                self.cleaned_data[name] = value
        if "goals" in self.cleaned_data and "goals" in values:
            self.cleaned_data["goals"] = Goal.objects.filter(pk__in=values["goals"])
        self._check_version()
        return self.cleaned_data

    def _check_version(self) -> None:
        # The admin saves in one transaction: the lock holds until the new version is written.
        if self.instance.pk:
            version = Entry.objects.select_for_update().values_list("version", flat=True).get(pk=self.instance.pk)
            if version != self.cleaned_data.get("read_version"):
                self.add_error(None, str(EntryChangedError(self.instance)))


class NeedLineForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A need line of a demand."""

    def clean(self) -> dict[str, Any]:
        """Hold the texts against the rules."""
        super().clean()
        for name in NEED_FIELDS.keys() & self.cleaned_data.keys():
            try:
                self.cleaned_data[name] = NEED_FIELDS[name].read(self.cleaned_data[name], NO_CODES)
            except RefusedError as refused:
                self.add_error(name, refused.message)
        return self.cleaned_data


def _raw(value: Any, store: Store) -> Any:
    if store is Store.CODES:
        return [row.pk for row in value]
    return value.pk if store is Store.CODE and value else value


class NoteActionForm(ActionForm):
    """The action to run on the chosen entries, with a note that stays with each move."""

    note = forms.CharField(label=_("Note"), required=False, max_length=2000)
