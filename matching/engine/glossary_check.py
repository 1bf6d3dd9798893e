"""What is wrong with glossary files, and how much of a corpus they bridge."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from matching.engine.analysis import Analyser
from matching.engine.analysis.analyser import LONGEST_HAN
from matching.engine.analysis.normalise import compose, normalise
from matching.engine.analysis.phrases import LONGEST, form_stems, is_acronym
from matching.engine.analysis.words import Word, words
from matching.engine.glossary import LANGUAGES, SEPARATOR, Glossary
from matching.engine.types import Profile

COLUMNS: Final = ("id", "domain", *LANGUAGES)
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOMAIN: Final = re.compile(r"[a-z]+")
_STRAY: Final = re.compile(r"[^\w\s'’\-&.+·\u0300-\u036f\u064b-\u065f\u0670]|\.$|_")
_SCRIPTS: Final = {"ar": "arabic", "ru": "cyrillic", "zh": "han"}


@dataclass(frozen=True, slots=True)
class Defect:
    """Say what is wrong, and in which line of which file."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(slots=True)
class Coverage:
    """Count a language's words in a corpus: how many there are, how many are bridged, which are not."""

    words: float = 0.0
    bridged: float = 0.0
    unbridged: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Return the bridged share of the words."""
        return self.bridged / self.words if self.words else 0.0


def defects(paths: Iterable[Path]) -> Iterator[Defect]:
    """Yield what breaks the rules of the files: columns, ids, empty cells, scripts, lengths, repeated forms."""
    seen: dict[str, str] = {}
    for path in sorted(paths):
        lines = path.read_text(encoding="utf-8").split("\n")
        if tuple(lines[0].split("\t")) != COLUMNS:
            yield Defect(path, 1, f"the columns are not {', '.join(COLUMNS)}")
            continue
        for number, line in enumerate(lines[1:], 2):
            if not line:
                if number < len(lines):
                    yield Defect(path, number, "empty line")
                continue
            cells = line.split("\t")
            if len(cells) != len(COLUMNS):
                yield Defect(path, number, f"{len(cells)} columns, not {len(COLUMNS)}")
                continue
            row = dict(zip(COLUMNS, cells, strict=True))
            for text in row_defects(row):
                yield Defect(path, number, f"{row['id']}: {text}")
            if row["id"] in seen:
                yield Defect(path, number, f"{row['id']}: also in {seen[row['id']]}")
            seen[row["id"]] = f"{path}:{number}"


def row_defects(row: Mapping[str, str]) -> Iterator[str]:
    """Yield what breaks the rules in one row with a text in each of the COLUMNS."""
    if not _ID.fullmatch(row["id"]):
        yield "the id is not lower-case words joined by hyphens"
    if not _DOMAIN.fullmatch(row["domain"]):
        yield f"domain {row['domain']!r} is not one lower-case word"
    for language in LANGUAGES:
        forms = [form.strip() for form in row[language].split(SEPARATOR)]
        if not all(forms):
            yield f"{language}: a form is empty"
        for form, times in Counter(forms).items():
            if times > 1:
                yield f"{language}: {form!r} stands twice"
            if form:
                yield from (f"{language}: {form!r} {text}" for text in _form_defects(form, language))


def _form_defects(form: str, language: str) -> Iterator[str]:
    if stray := _STRAY.search(form):
        yield f"has a stray {stray.group()!r}"
    found = [word for word in words(compose(form)) if word.script not in ("number", "break")]
    if any(_foreign(word, language) for word in found):
        yield "is not in the script of its language"
    longest = LONGEST_HAN if language == "zh" else LONGEST
    if len(form_stems(form, language)) > longest:
        yield f"is longer than {longest} words, so that no text can match it"


def _foreign(word: Word, language: str) -> bool:
    """Say whether a word is of another script; acronyms and Latin letters with digits are at home everywhere."""
    text = normalise(word.text)
    if word.script == "latin" and (is_acronym(text) or len(text) == 1 or not text.isalpha()):
        return False
    return word.script != _SCRIPTS.get(language, "latin")


def collisions(glossary: Glossary) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, by language, the forms that several concepts share once inflection is gone, with their ids.

    A collision is no defect: the concepts share the weight of the form.
    """
    result: dict[str, dict[str, tuple[str, ...]]] = {}
    for language in LANGUAGES:
        owners: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for concept in glossary.concepts.values():
            for form in concept.forms[language]:
                owners[form_stems(form, language)].setdefault(concept.id, form)
        result[language] = {
            next(iter(found.values())): tuple(found) for key, found in owners.items() if key and len(found) > 1
        }
    return result


def coverage(records: Sequence[Profile], analyser: Analyser) -> dict[str, Coverage]:
    """Count, by language of the record, the words of titles, summaries and bodies, and those bridged."""
    result: dict[str, Coverage] = defaultdict(Coverage)
    for record in records:
        text = "\n\n".join((record.title, record.summary, record.body))
        counted = result[record.language or analyser.language_of(text)]
        for segment in analyser.segments(text, record.language):
            if segment.meaning.features[0][0].startswith("n:"):
                continue
            counted.words += segment.weight
            if segment.meaning.bridged:
                counted.bridged += segment.weight
            else:
                counted.unbridged[segment.stems[0]] += 1
    return dict(sorted(result.items()))
