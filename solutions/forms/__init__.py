"""Forms of the catalogue."""

from solutions.forms.curating import EntryForm, NoteActionForm

__all__ = ["EntryForm", "NoteActionForm"]
