"""The forms of translations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.text import capfirst

from solutions.enums import TranslationStatus
from solutions.models import Entry, EntryTranslation, NeedLine, source_texts
from solutions.services.errors import InvalidEntryError
from solutions.services.translating import SameLanguageError, TranslationChangedError, clean_texts


class AddTranslationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Which entry is to be translated into which language."""

    class Meta:
        model = EntryTranslation
        fields = ("entry", "language")

    def clean(self) -> dict[str, Any]:
        """Refuse the language of the source."""
        super().clean()
        entry, language = self.cleaned_data.get("entry"), self.cleaned_data.get("language")
        if entry and language and entry.language_id == language.pk:
            self.add_error("language", str(SameLanguageError()))
        return self.cleaned_data


class TranslationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The texts of a translation, a field for each text of the source: `of` makes the form of one."""

    sources: dict[str, str]
    read_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = EntryTranslation
        fields = ("status",)

    @classmethod
    def of(cls, translation: EntryTranslation, *, quoted: bool = False) -> type[TranslationForm]:
        """Return the form of a translation, which need not be on record yet; `quoted` puts each source as its help."""
        entry = translation.entry
        sources = source_texts(entry)
        written = {"lang": translation.language_id, "dir": "auto"}
        fields: dict[str, Any] = {"sources": sources, "__module__": __name__}
        for name, source in sources.items():
            column = _column(entry, name)
            rows = min(20, 2 + len(source) // 80)
            widget = forms.TextInput(written) if column.name == "title" else forms.Textarea({**written, "rows": rows})
            fields[name] = forms.CharField(
                label=capfirst(column.verbose_name),
                required=False,
                widget=widget,
                help_text=escape(source) if quoted else "",
            )
        return type("TranslationOf", (cls,), fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.instance.texts, read_version=self.instance.version if self.instance.pk else 0)

    def texts(self) -> dict[str, str]:
        """Return the texts as they were written, by field."""
        return {name: self.cleaned_data.get(name, "") for name in self.sources}

    def clean(self) -> dict[str, Any]:
        """Hold the texts against the rules, and the version against the one that stands."""
        super().clean()
        status = TranslationStatus(self.cleaned_data.get("status", TranslationStatus.NONE))
        try:
            clean_texts(self.instance.entry, self.texts(), status)
        except InvalidEntryError as refusal:
            for name, message in refusal.faults():
                self.add_error(name, message)
        if self.cleaned_data.get("read_version") != self.initial["read_version"]:
            self.add_error(None, str(TranslationChangedError()))
        return self.cleaned_data


def _column(entry: Entry, name: str) -> Any:
    """Return the column that holds a text of an entry, or of one of its need lines."""
    if name.startswith("needs."):
        return NeedLine._meta.get_field(name.split(".")[1])
    return (entry if hasattr(Entry, name) else entry.details)._meta.get_field(name)
