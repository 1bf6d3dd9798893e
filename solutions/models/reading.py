"""What a reader sees of an entry's texts: those of the source, or of a translation into the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taxonomy.rules import locale_for

if TYPE_CHECKING:
    from solutions.models.entry import Entry
    from solutions.models.translation import EntryTranslation

SHORT: Final = ("title", "summary", "body")
"""Texts of every kind of entry; the others are columns of the kind's own table."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and the language it is in."""

    text: str
    language_id: str

    @property
    def direction(self) -> str:
        """The direction in which the text is written: ltr or rtl."""
        return locale_for(self.language_id).text_direction


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry as a reader reads it; what a translation leaves out is there in the language of the source."""

    entry: Entry
    translation: EntryTranslation | None

    def passage(self, name: str) -> Passage:
        """Return one of the entry's texts by the name of its field."""
        if self.translation and (text := self.translation.texts.get(name)):
            return Passage(text, self.translation.language_id)
        owner = self.entry if name in SHORT else self.entry.details
        return Passage(getattr(owner, name), self.entry.language_id)

    @property
    def title(self) -> Passage:
        return self.passage("title")

    @property
    def summary(self) -> Passage:
        return self.passage("summary")

    @property
    def body(self) -> Passage:
        return self.passage("body")
