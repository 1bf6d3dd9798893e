"""Choosing the organisation in whose name something is written."""

from __future__ import annotations

from typing import cast

from django import forms
from django.db.models import QuerySet

from accounts.models import Organisation


def offer(form: forms.Form, organisations: QuerySet[Organisation]) -> None:
    """Let a form's `organisation` be one of these; where there is only one, nobody is asked."""
    field = cast(forms.ModelChoiceField, form.fields["organisation"])  # type: ignore[type-arg]  # generic in the stubs
    field.queryset = organisations
    two = list(organisations[:2])
    if len(two) == 1:
        form.initial["organisation"] = two[0].pk
        field.widget = forms.HiddenInput()
