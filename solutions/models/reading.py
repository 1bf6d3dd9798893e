"""What a reader sees of an entry's texts: those of the source, or of a translation into the reader's language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taxonomy.rules import locale_for

if TYPE_CHECKING:
    from solutions.models.entry import Entry
    from solutions.models.kinds import NeedLine
    from solutions.models.translation import EntryTranslation

SHORT: Final = ("title", "summary", "body")
"""Texts of every kind of entry; the others are columns of the kind's own table."""


def digest_of(text: str) -> str:
    """Return what tells a text from any other."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def need_key(column: str, text: str) -> str:
    """Name a text of a need line among the texts of a translation: by what it says, since lines come and go."""
    return f"needs.{column}.{digest_of(text)}"


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
        owner = self.entry if name in SHORT else self.entry.details
        return self._passage(name, getattr(owner, name))

    def needs(self) -> list[tuple[Passage, Passage, NeedLine]]:
        """Return the need lines of a demand, each with its title and description as the reader reads them."""
        lines: list[NeedLine] = list(self.entry.details.needs.all())  # type: ignore[union-attr]  # of a demand

        def read(line: NeedLine, column: str) -> Passage:
            text = getattr(line, column)
            return self._passage(need_key(column, text), text)

        return [(read(line, "title"), read(line, "description"), line) for line in lines]

    def _passage(self, name: str, source: str) -> Passage:
        if self.translation and (text := self.translation.texts.get(name)):
            return Passage(text, self.translation.language_id)
        return Passage(source, self.entry.language_id)

    @property
    def title(self) -> Passage:
        return self.passage("title")

    @property
    def summary(self) -> Passage:
        return self.passage("summary")

    @property
    def body(self) -> Passage:
        return self.passage("body")
