"""Forms that take files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from solutions.forms.choosing import offer
from solutions.forms.versions import VersionedForm
from solutions.services import FileFormat
from solutions.services.letters import SUFFIXES


class FileForm(forms.Form):
    """A file of records."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or JSON Lines, with the columns that the export writes."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.jsonl,.ndjson"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if Path(file.name or "").suffix.lower() not in {f".{form}" for form in FileFormat} | {".ndjson"}:
            raise forms.ValidationError(_("The name of the file has to end in .csv, .xlsx or .jsonl."))
        return file


class LetterForm(VersionedForm):
    """A request letter."""

    letter = forms.FileField(
        label=_("Request letter"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{suffix}" for suffix in SUFFIXES)}),
    )


class ImportForm(FileForm):
    """A file of records, and whose those are that name no organisation."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    submit = forms.BooleanField(label=_("Submit the new entries at once"), required=False)
    field_order = ("organisation", "file", "submit")

    def __init__(self, *data: Any, organisations: QuerySet[Organisation]) -> None:
        super().__init__(*data)
        offer(self, organisations)
