"""Forms that change what others may change at the same time."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import QueryDict


class VersionedForm(forms.Form):
    """Carries the version that its writer has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def catch_up(self, version: int) -> None:
        """Let what was refused be sent again, now that its writer has been shown a later version."""
        sent = cast(QueryDict, self.data).copy()
        sent["version"] = str(version)
        self.data = sent
