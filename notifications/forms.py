"""What a person chooses to be mailed, and where an organisation wants machine notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from notifications.enums import Frequency
from notifications.models.webhooks import URL_MAX
from notifications.rules import KINDS, kind_called


class PreferencesForm(forms.Form):
    """One choice of frequency for each kind of notice that concerns the person."""

    def __init__(self, *args: Any, frequencies: Mapping[str, Frequency], **options: Any) -> None:
        super().__init__(*args, **options)
        for code, frequency in frequencies.items():
            self.fields[code] = forms.ChoiceField(
                label=kind_called(code).label, choices=Frequency.choices, initial=frequency
            )


class WebhookForm(forms.Form):
    """An address at which an organisation wants to be told by machine; no kind chosen means all."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), empty_label=None)
    url = forms.CharField(label=_("Address"), max_length=URL_MAX, widget=forms.URLInput)
    kinds = forms.MultipleChoiceField(
        label=_("Only these kinds"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice, of everything that concerns the organisation."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = Organisation.objects.filter(pk__in=[organisation.pk for organisation in organisations])
        self.fields["organisation"].queryset = chosen.order_by("name", "pk")  # type: ignore[attr-defined]  # a model choice
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]  # a choice field
            (code, kind.label) for code, kind in sorted(KINDS.items()) if kind.for_machines
        ]
