"""What a person chooses to be mailed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from notifications.enums import Frequency
from notifications.rules import kind_called


class PreferencesForm(forms.Form):
    """One choice of frequency for each kind of notice that concerns the person."""

    def __init__(self, *args: Any, frequencies: Mapping[str, Frequency], **options: Any) -> None:
        super().__init__(*args, **options)
        for code, frequency in frequencies.items():
            self.fields[code] = forms.ChoiceField(
                label=kind_called(code).label, choices=Frequency.choices, initial=frequency
            )
