"""Learn a word table from parallel texts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from matching.engine.glossary import LANGUAGES
from matching.engine.lexicon import learn
from matching.management.offline import shipped_analyser

PIVOT = "en"


class Command(BaseCommand):
    """Write language, stem, English stem and weight, tab separated; needs no database."""

    help = "Learn a word table from a text and its English translation, line by line (IBM Model 1, both directions)."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the two texts, their languages and the table."""
        parser.add_argument("--parallel", nargs=2, required=True, type=Path, metavar=("SRC", "TGT"))
        parser.add_argument("--languages", nargs=2, required=True, choices=LANGUAGES, metavar=("SRC", "TGT"))
        parser.add_argument("--out", required=True, type=Path, help="the table to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, learn and write."""
        sides = dict(zip(options["languages"], options["parallel"], strict=True))
        if len(sides) != 2 or PIVOT not in sides:
            raise CommandError(f"--languages {' '.join(options['languages'])}: give {PIVOT} and another one")
        (language,) = sides.keys() - {PIVOT}
        try:
            foreign, english = (sides[code].read_text(encoding="utf-8").split("\n") for code in (language, PIVOT))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from error
        if len(foreign) != len(english):
            raise CommandError(f"{sides[language]} has {len(foreign)} lines, {sides[PIVOT]} has {len(english)}")
        analyser = shipped_analyser()
        lines = tqdm(zip(foreign, english, strict=True), total=len(english), unit="line", disable=None)
        table = learn(language, [(analyser.stems(one, language), analyser.stems(two, PIVOT)) for one, two in lines])
        table.save(options["out"])
        self.stdout.write(f"{len(english)} lines, {len(table.entries)} stems of {language}: {options['out']}")
