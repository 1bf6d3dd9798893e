"""The glossary: concepts of the field, each with its usual forms in seven languages."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "fr", "es", "pt", "ar", "ru", "zh")
SEPARATOR: Final = "|"


@dataclass(frozen=True, slots=True)
class Concept:
    """Be one meaning: its forms by language, the usual one first."""

    id: str
    domain: str
    forms: Mapping[str, tuple[str, ...]]

    def merged(self, other: Concept) -> Concept:
        """Add the other's forms behind these, each form once."""
        return Concept(
            id=self.id,
            domain=self.domain,
            forms={
                language: tuple(dict.fromkeys((*self.forms[language], *other.forms[language])))
                for language in LANGUAGES
            },
        )


class Glossary:
    """Hold concepts by id, in the order in which they were given."""

    def __init__(self, concepts: Iterable[Concept] = ()) -> None:
        self.concepts: dict[str, Concept] = {}
        for concept in concepts:
            known = self.concepts.get(concept.id)
            self.concepts[concept.id] = known.merged(concept) if known else concept

    @classmethod
    def load(cls, paths: Iterable[Path]) -> Glossary:
        """Read tab-separated files with the columns id, domain and the languages.

        Rows of one id, in one file or several, are one concept with all their forms.
        """
        rows: list[Mapping[str, str]] = []
        for path in sorted(paths):
            with path.open(encoding="utf-8", newline="") as lines:
                rows.extend(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        return cls.from_rows(rows)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Glossary:
        """Make a glossary of rows with the keys id, domain and the languages; forms stand between bars."""
        return cls(
            Concept(
                id=row["id"].strip(),
                domain=row["domain"].strip(),
                forms={language: split_forms(row.get(language) or "") for language in LANGUAGES},
            )
            for row in rows
        )

    def overridden_by(self, other: Glossary) -> Glossary:
        """Return a glossary in which the other's concepts replace those of the same id."""
        return Glossary({**self.concepts, **other.concepts}.values())

    @cached_property
    def version(self) -> str:
        """Name the content: glossaries with equal concepts in equal order have equal versions."""
        digest = hashlib.sha256()
        for concept in self.concepts.values():
            cells = (" | ".join(concept.forms[language]) for language in LANGUAGES)
            digest.update("\t".join((concept.id, concept.domain, *cells, "\n")).encode())
        return digest.hexdigest()[:12]

    def __len__(self) -> int:
        return len(self.concepts)


def split_forms(cell: str) -> tuple[str, ...]:
    """Split a cell at its bars; no form is empty and none comes twice."""
    return tuple(dict.fromkeys(form for part in cell.split(SEPARATOR) if (form := " ".join(part.split()))))
