"""Check the glossary's files, and how much of a corpus they bridge."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from matching.engine.analysis import Analyser
from matching.engine.glossary import Glossary
from matching.engine.glossary_check import collisions, coverage, defects
from matching.management.offline import records_of


class Command(BaseCommand):
    """Print defects, collisions and coverage; exit with 1 on defects. Needs no database."""

    help = "Check glossary files: structure, scripts, duplicates, collisions; with --corpus also what they bridge."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files, the corpus and how much to list."""
        parser.add_argument("paths", nargs="*", type=Path, help="tab-separated files (default: the shipped ones)")
        parser.add_argument("--corpus", help="records whose coverage to print, one JSON object a line")
        parser.add_argument("--top", type=int, default=20, help="rows of each list (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and print."""
        paths = options["paths"] or sorted((settings.FIXTURES_DIR / "glossary").glob("*.tsv"))
        if missing := [str(path) for path in paths if not path.is_file()]:
            raise CommandError(f"There is no file {', '.join(missing)}")
        found = list(defects(paths))
        for defect in found:
            self.stderr.write(str(defect))
        if found:
            raise CommandError(f"{len(found)} defects")
        glossary = Glossary.load(paths)
        self.stdout.write(f"{len(glossary)} concepts in {len(paths)} files, version {glossary.version}: no defects")
        self._collisions(glossary, options["top"])
        if options["corpus"]:
            self._coverage(glossary, options["corpus"], options["top"])

    def _collisions(self, glossary: Glossary, top: int) -> None:
        for language, shared in collisions(glossary).items():
            self.stdout.write(f"\n{language}: {len(shared)} forms belong to several concepts")
            for form, concepts in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))[:top]:
                self.stdout.write(f"  {form}: {', '.join(concepts)}")

    def _coverage(self, glossary: Glossary, corpus: str, top: int) -> None:
        for language, counted in coverage(records_of(corpus), Analyser(glossary)).items():
            self.stdout.write(
                f"\n{language}: {counted.words:.0f} words, {counted.share:.1%} bridged; most frequent of the rest:"
            )
            self.stdout.write("  " + ", ".join(f"{stem} {times}" for stem, times in counted.unbridged.most_common(top)))
