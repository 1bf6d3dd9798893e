"""Measure the ranking on a judged collection."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from matching.engine.analysis import GUESSES, Analyser
from matching.engine.baseline import PlainRanker
from matching.engine.evaluate import ORDERS, Rank, Scores, Summary, evaluate, unknown_ids
from matching.engine.features import SIGNALS
from matching.engine.index import Analysis
from matching.engine.ranker import Ranker
from matching.engine.types import Config, Profile
from matching.management.offline import qrels_of, records_of, shipped_analyser, shipped_geography

Result = dict[str, Summary]


class Command(BaseCommand):
    """Print nDCG@10, recall@10, MRR and P@1 with standard errors; needs no database."""

    help = "Measure the ranking of a JSON Lines file against judgements, without a database."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the collection and what to compare."""
        parser.add_argument("records", help="entries, one JSON object a line")
        parser.add_argument("qrels", help="demand id, supply id, grade, tab separated")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
        parser.add_argument("--text-only", action="store_true", help="ignore the facets")
        parser.add_argument("--compare", choices=["plain"], help="also measure the plain implementation")
        parser.add_argument("--ablate", action="store_true", help="also measure without each part in turn")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure each variant and print."""
        records, qrels = records_of(options["records"]), qrels_of(options["qrels"])
        if unknown := unknown_ids(records, qrels):
            raise CommandError(f"{options['qrels']}: no such demand or supply in the records: {', '.join(unknown[:5])}")
        if not any(grade for grades in qrels.values() for grade in grades.values()):
            raise CommandError(f"{options['qrels']}: no pair is judged above 0, so there is nothing to measure")
        supplies = [record for record in records if record.kind != "demand"]
        config = Config().text_only() if options["text_only"] else Config()
        analyser = shipped_analyser()
        variants = [("ranker", config, analyser), *(ablations(config, analyser) if options["ablate"] else ())]
        results: dict[str, Result] = {}
        if options["compare"]:
            results["plain"] = evaluate(records, qrels, PlainRanker(supplies).order)
        for name, variant, analysis in tqdm(variants, unit="variant", disable=None):
            rank = self._rank(supplies, variant, analysis)
            results[name] = evaluate(records, qrels, rank, by_pair=name == "ranker")
        self.stdout.write(json.dumps(as_json(results), indent=1) if options["json"] else as_table(results))

    def _rank(self, supplies: list[Profile], config: Config, analyser: Analysis) -> Rank:
        today = timezone.localdate()
        ranker = Ranker(config, shipped_geography(today), analyser).fit(supplies)
        return lambda demand: [supply for supply, _ in ranker.order(demand, today=today)]


def ablations(config: Config, analyser: Analyser) -> Iterator[tuple[str, Config, Analysis]]:
    """Yield the table of weights, or the analysis, with one part switched off at a time."""
    yield "without glossary", config, Analyser()
    for guess in GUESSES:
        yield f"without {guess}", config, Analyser(analyser.glossary, analyser.lexicon, frozenset({guess}))
    yield "without background statistics", replace(config, background=0), analyser
    yield "without n-grams", replace(config, gram_weight=0.0), analyser
    yield "without field weights", replace(config, title_weight=1.0, summary_weight=1.0), analyser
    yield "without length norm", replace(config, b=0.0), analyser
    yield "without diversity", replace(config, twin_cosine=2.0), analyser
    if config.sector_weight:
        yield "without sectors as text", replace(config, sector_weight=0.0), analyser
    for signal in SIGNALS:
        if config.weights.get(signal.name):
            yield f"without {signal.name}", replace(config, weights={**config.weights, signal.name: 0.0}), analyser


def as_json(results: dict[str, Result]) -> dict[str, Any]:
    """Return the summaries as plain data: the ranker's all, same, cross and pairs, other variants by their names."""
    plain = {name: _subsets_as_json(result) for name, result in results.items()}
    return {**plain.pop("ranker"), **plain}


def _subsets_as_json(result: Result) -> dict[str, Any]:
    found = {
        subset: {"n": summary.n, **_measures(summary.mean), "se": _measures(summary.error)}
        for subset, summary in result.items()
    }
    pairs = {subset: measures for subset, measures in found.items() if subset not in ORDERS}
    return {**{subset: found[subset] for subset in ORDERS if subset in found}, "pairs": pairs}


def _measures(scores: Scores) -> dict[str, float]:
    return {"ndcg@10": scores.ndcg, "recall@10": scores.recall, "mrr": scores.mrr, "p@1": scores.p1}


def as_table(results: dict[str, Result]) -> str:
    """Return one line for each variant and subset: n, and each mean with its standard error."""
    lines = [f"{'':36}{'n':>5}  {'nDCG@10':>13}{'recall@10':>15}{'MRR':>15}{'P@1':>15}"]
    for name, result in results.items():
        for subset, found in result.items():
            means, errors = asdict(found.mean).values(), asdict(found.error).values()
            cells = "".join(f"{mean:>9.3f} ±{error:.3f}" for mean, error in zip(means, errors, strict=True))
            lines.append(f"{name + ' ' + subset:36}{found.n:>5}{cells}")
    return "\n".join(lines)
