"""Propose goals and targets for a text, for the entries of a file, or measure the proposals."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from matching.engine.proposal import (
    LIKELY,
    Judgement,
    ProposedGoal,
    ProposedTarget,
    Proposer,
    read_judgements,
    score_proposals,
)
from matching.engine.records import LANGUAGES
from matching.management.offline import records_of, shipped_proposer


class Command(BaseCommand):
    """Print goal or target, confidence and the words they rest on, tab separated; needs no database."""

    help = "Propose SDG goals and targets for a text on standard input or for the entries of a JSON Lines file."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the text's source, and what to print."""
        parser.add_argument("records", nargs="?", help="entries, one JSON object a line; without it, a text is read")
        parser.add_argument("--language", default="", choices=["", *LANGUAGES], help="of the text; else it is detected")
        parser.add_argument("--least", type=float, default=LIKELY, help="least confidence (default: %(default)s)")
        parser.add_argument("--judgements", type=Path, help="CSV with text, sdg, label: measure instead of proposing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Propose, or measure, and print."""
        proposer = shipped_proposer()
        if options["judgements"]:
            self._measure(proposer, options["judgements"], options["language"])
        elif options["records"]:
            for record in tqdm(records_of(options["records"]), unit="entry", disable=None):
                text = "\n".join((record.title, record.summary, record.body))
                proposal = proposer.propose(text, record.language, least=options["least"])
                self._print((*proposal.goals, *proposal.targets), before=f"{record.id}\t")
        else:
            proposal = proposer.propose(sys.stdin.read(), options["language"], least=options["least"])
            self._print((*proposal.goals, *proposal.targets))

    def _measure(self, proposer: Proposer, path: Path, language: str) -> None:
        try:
            judgements: list[Judgement] = read_judgements(path)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if not any(judgement.about for judgement in judgements):
            raise CommandError(f"{path}: no text is judged to be about its goal, so there is nothing to measure")
        scores = score_proposals(tqdm(judgements, unit="text", disable=None), proposer, language)
        self.stdout.write(f"judgements              {scores.n}")
        self.stdout.write(f"right goal in the top 3 {scores.top3:.3f} ±{scores.top3_error:.3f}")
        self.stdout.write(f"yes/no accuracy         {scores.accuracy:.3f} ±{scores.accuracy_error:.3f}")

    def _print(self, found: Iterable[ProposedGoal | ProposedTarget], before: str = "") -> None:
        for topic, confidence, words in found:
            self.stdout.write(f"{before}{topic}\t{confidence:.2f}\t{', '.join(words)}")
