"""Make a catalogue of any size from the demonstration records and the glossary, in all seven languages.

Words are not uniform noise: everyday words come as often as in the demonstration texts of a language, terms of the
field by Zipf's law within the two or three domains of an entry, and one word in thirty is a name from a long tail, so
that the vocabulary grows with the catalogue as it does in real ones. The same seed makes the same catalogue.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

from matching.engine.analysis.words import words
from matching.engine.glossary import LANGUAGES, Glossary
from matching.engine.records import read_records
from matching.engine.types import Profile

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
TODAY = date(2026, 6, 30)
SPEAKERS = dict(zip(LANGUAGES, (40, 17, 17, 8, 6, 6, 6), strict=True))  # entries in a hundred
TERM, NAME = 0.3, 1 / 30  # of the words of a text
NAMES = 200_000
LENGTH = 110, 0.5  # words of a text: median and spread (log-normal)


def supplies(count: int, seed: int = 1) -> list[Profile]:
    """Return solutions and offers; the first entries of two catalogues of one seed are equal."""
    return [_entry(f"s{number:08}", "solution" if number % 5 else "offer", seed) for number in range(count)]


def demands(count: int, seed: int = 2) -> list[Profile]:
    """Return demands."""
    return [_entry(f"d{number:08}", "demand", seed) for number in range(count)]


@cache
def glossary() -> Glossary:
    """Return the shipped glossary."""
    return Glossary.load((FIXTURES / "glossary").glob("*.tsv"))


def _entry(name: str, kind: str, seed: int) -> Profile:
    rng = random.Random(f"{seed}{name}")
    language = rng.choices(list(SPEAKERS), weights=list(SPEAKERS.values()))[0]
    domains = rng.sample(_domains(), rng.randint(2, 3))
    length = int(rng.lognormvariate(0, LENGTH[1]) * LENGTH[0]) + 12
    text = _text(rng, language, domains, length)
    places, targets, sectors, modalities = _facets()
    start = TODAY + timedelta(days=rng.randint(-900, 300))
    stated = rng.random() < 0.8
    chosen = tuple(rng.sample(targets, rng.randint(0, 3)))
    return Profile(
        id=name,
        kind=kind,  # type: ignore[arg-type]  # one of the three
        title=_text(rng, language, domains, 9),
        summary=text[: len(text) // 4],
        body=text[len(text) // 4 :],
        language=language,
        country=rng.choice(places) if rng.random() < 0.9 else None,
        countries=tuple(rng.sample(places, rng.randint(0, 2))) if kind == "solution" else (),
        goals=tuple({int(target.partition(".")[0]) for target in chosen} | {rng.randint(1, 17)}),
        targets=chosen,
        sectors=tuple(rng.sample(sectors, rng.randint(0, 2))),
        modalities=tuple(rng.sample(modalities, rng.randint(0, 3))),
        working_languages=tuple(rng.sample(LANGUAGES, rng.randint(0, 2))),
        start_date=start if stated else None,
        end_date=start + timedelta(days=30 * rng.randint(6, 40)) if stated else None,
        confirmed_date=TODAY - timedelta(days=rng.randint(0, 1500)) if stated else None,
        eligible_groups=("ldc",) if kind == "offer" and rng.random() < 0.1 else (),
        organisation=f"o{int(rng.paretovariate(0.6)) % 4000}",
    )


def _text(rng: random.Random, language: str, domains: list[str], length: int) -> str:
    everyday, forms = _everyday()[language], [_forms(language, domain) for domain in domains]
    gap = "" if language == "zh" else " "
    parts: list[str] = []
    for _ in range(length):
        drawn = rng.random()
        if drawn < TERM:
            listed, ranks = rng.choice(forms)
            parts.append(rng.choices(listed, cum_weights=ranks)[0])
        elif drawn < TERM + NAME:
            parts.append(" " + _name(int(rng.paretovariate(0.5)) % NAMES) + " ")
        else:
            parts.append(rng.choice(everyday))
        if rng.random() < 1 / 14:
            parts[-1] += "."
    return gap.join(parts)


def _name(number: int) -> str:
    """Return the name of a place or person that nobody knows."""
    syllables = ("ba", "ko", "mi", "ta", "lu", "ne", "so", "ri", "ga", "du", "fe", "wa", "zi", "po", "ha", "ye")
    letters = [syllables[(number >> shift) % 16] for shift in (0, 4, 8, 12, 16)]
    return "".join(letters).capitalize()


@cache
def _everyday() -> dict[str, list[str]]:
    """Return the words of the demonstration texts by language, each as often as it occurs there."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in ("demands", "offers", "solutions"):
        for record in read_records(FIXTURES / "demo" / f"{name}.jsonl"):
            for text in (record.title, record.summary, record.body):
                found[record.language] += [word.text for word in words(text) if word.script != "break"]
    found["zh"] = [run[start : start + 2] for run in found["zh"] for start in range(0, len(run), 2)]
    return found


@cache
def _domains() -> list[str]:
    return sorted({concept.domain for concept in glossary().concepts.values()})


@cache
def _forms(language: str, domain: str) -> tuple[list[str], list[float]]:
    """Return the usual forms of a domain in a fixed random order, and their cumulated weights by Zipf's law."""
    found = [concept.forms[language] for concept in glossary().concepts.values() if concept.domain == domain]
    usual = [forms[0] for forms in found if forms] or ["-"]
    random.Random(domain).shuffle(usual)
    return usual, list(accumulate(1 / (rank + 2) for rank in range(len(usual))))


@cache
def _facets() -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the codes of countries, targets, sectors and modalities."""

    def codes(name: str) -> list[str]:
        rows = json.loads((FIXTURES / "taxonomy" / f"{name}.json").read_text(encoding="utf-8"))["rows"]
        return [row["code"] for row in rows]

    return codes("countries"), codes("targets"), codes("sectors"), codes("modalities")
