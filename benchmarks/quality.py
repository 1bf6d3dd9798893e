"""Measure how good matching is on judged collections, as Markdown for docs/matching.md.

    python benchmarks/quality.py COLLECTION... [--by-pair] [--ablate] [--text-only] [--simulate-decisions N] [--out F]

A collection is a folder with records.jsonl and qrels.tsv (ranking, beside the plain implementation in the same run), or
a CSV file with text, sdg and label (proposal of goals). ``--simulate-decisions 200`` adds, for each folder, the
calibration error after so many decisions of curators who err. Each value stands with its standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

import django
import numpy as np
from django.core.management.base import CommandError
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, Python looks beside it only
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_platform.settings")
django.setup()  # before the imports below, which reach models

from matching.engine.analysis import Analyser  # noqa: E402
from matching.engine.baseline import PlainRanker  # noqa: E402
from matching.engine.calibration import calibrate, expected_calibration_error  # noqa: E402
from matching.engine.evaluate import ORDERS, Summary, evaluate, unknown_ids  # noqa: E402
from matching.engine.index import Analysis  # noqa: E402
from matching.engine.proposal import read_judgements, score_proposals  # noqa: E402
from matching.engine.ranker import Ranker  # noqa: E402
from matching.engine.records import Qrels  # noqa: E402
from matching.engine.types import Config, Hit, Profile  # noqa: E402
from matching.management.commands.evaluate_ranker import ablations  # noqa: E402
from matching.management.offline import (  # noqa: E402
    qrels_of,
    records_of,
    shipped_analyser,
    shipped_geography,
    shipped_proposer,
)

TODAY = date(2026, 6, 30)  # dates count in a score: measurements of one tree stay the same
ACCEPTS = (0.1, 0.7, 0.9)  # how often a simulated curator accepts a supply of grade 0, 1, 2
SEEN = 20  # first supplies of a demand that a simulated curator looks at
ROUNDS = 100  # simulations that are averaged


class Collection(NamedTuple):
    """Hold a judged collection."""

    name: str
    records: list[Profile]
    qrels: Qrels

    @property
    def supplies(self) -> list[Profile]:
        """Return the records that may answer."""
        return [record for record in self.records if record.kind != "demand"]


class Decided(NamedTuple):
    """Be one pair that a simulated curator may decide."""

    demand: str
    score: float
    chance: float  # that it is accepted


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything that was asked for and print it."""
    options = parse(arguments)
    analyser = shipped_analyser()
    config = Config().text_only() if options.text_only else Config()
    folders = [path for path in options.collections if path.is_dir()]
    lines: list[str] = []
    if folders:
        lines += ranking_tables([load(path) for path in folders], config, analyser, options)
    for path in options.collections:
        if not path.is_dir():
            lines += ["", *proposal_table(path)]
    text = "\n".join(lines).strip() + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "collections", nargs="+", type=Path, help="folders with records.jsonl and qrels.tsv, or CSV files"
    )
    parser.add_argument("--by-pair", action="store_true", help="also by language pair")
    parser.add_argument("--ablate", action="store_true", help="also without each part in turn")
    parser.add_argument("--text-only", action="store_true", help="ignore the facets")
    parser.add_argument(
        "--simulate-decisions", type=int, metavar="N", help="also the calibration error after N decisions"
    )
    parser.add_argument("--out", type=Path, help="file for the tables; else they are printed")
    return parser.parse_args(arguments)


def load(folder: Path) -> Collection:
    """Read a collection. Raises CommandError naming what does not fit."""
    records, qrels = records_of(str(folder / "records.jsonl")), qrels_of(str(folder / "qrels.tsv"))
    if unknown := unknown_ids(records, qrels):
        raise CommandError(f"{folder}: no such demand or supply: {', '.join(unknown[:5])}")
    return Collection(folder.resolve().name, records, qrels)


def fitted(collection: Collection, config: Config, analyser: Analysis) -> Ranker:
    """Return a ranker on the collection's supplies."""
    return Ranker(config, shipped_geography(TODAY), analyser).fit(collection.supplies)


def measured(
    collection: Collection, config: Config, analyser: Analysis, *, by_pair: bool = False
) -> dict[str, Summary]:
    """Measure one variant of the ranking by subset."""
    ranker = fitted(collection, config, analyser)

    def rank(demand: Profile) -> list[str]:
        return [supply for supply, _ in ranker.order(demand, today=TODAY)]

    return evaluate(collection.records, collection.qrels, rank, by_pair=by_pair)


def ranking_tables(
    collections: Sequence[Collection], config: Config, analyser: Analyser, options: argparse.Namespace
) -> Iterator[str]:
    """Yield the comparison with the plain implementation, then what else was asked for."""
    ours: dict[str, dict[str, Summary]] = {}
    yield from head("nDCG@10", "demands", "plain", "ranker", "recall@10", "MRR", "P@1")
    for collection in tqdm(collections, unit="collection", disable=None):
        ours[collection.name] = measured(collection, config, analyser, by_pair=True)
        plain = evaluate(collection.records, collection.qrels, PlainRanker(collection.supplies).order, by_pair=False)
        for subset in ORDERS:
            if subset in plain:
                found = ours[collection.name][subset]
                cells = [cell(found, name) for name in ("ndcg", "recall", "mrr", "p1")]
                yield row(f"{collection.name} {subset}", found.n, cell(plain[subset]), *cells)
    if options.by_pair:
        yield from ("", *head("nDCG@10 by languages of demand and supply", "demands", "ranker"))
        for name, subsets in ours.items():
            for subset, found in subsets.items():
                if subset not in ORDERS:
                    yield row(f"{name} {subset}", found.n, cell(found))
    if options.ablate:
        yield from (
            "",
            *head("nDCG@10 without one part", *(f"{item.name} {order}" for item in collections for order in ORDERS)),
        )
        for name, variant, analysis in tqdm(list(ablations(config, analyser)), unit="variant", disable=None):
            found_by = [measured(collection, variant, analysis) for collection in collections]
            yield row(name, *(cell(found[order]) if order in found else "" for found in found_by for order in ORDERS))
    if options.simulate_decisions:
        yield from (
            "",
            *head(f"Calibration error after {options.simulate_decisions} simulated decisions", "method", "error"),
        )
        for collection in collections:
            yield simulated(collection, config, analyser, options.simulate_decisions)


def proposal_table(path: Path) -> Iterator[str]:
    """Yield how well proposed goals agree with judgements."""
    judgements = read_judgements(path)
    scores = score_proposals(tqdm(judgements, unit="text", disable=None), shipped_proposer(), "en")
    yield from head("Proposal of goals", "judgements", "right goal in the top 3", "yes/no accuracy")
    top3 = f"{scores.top3:.3f} ± {scores.top3_error:.3f}"
    yield row(path.stem, scores.n, top3, f"{scores.accuracy:.3f} ± {scores.accuracy_error:.3f}")


def simulated(collection: Collection, config: Config, analyser: Analysis, n: int) -> str:
    """Return the mean calibration error on demands that no decision was about.

    In each round, curators decide n of the first supplies for a random half of the demands; the other half is tested
    against the known chance of acceptance, so that no luck of the draw enters the error.
    """
    ranker = fitted(collection, config, analyser)
    demands = [record for record in collection.records if record.id in collection.qrels]
    pairs = [
        Decided(demand.id, hit.score, ACCEPTS[min(collection.qrels[demand.id].get(hit.supply_id, 0), 2)])
        for demand in demands
        for hit in hits_of(ranker, demand)
    ]
    errors: list[float] = []
    methods: set[str] = set()
    for seed in tqdm(range(ROUNDS), unit="round", disable=None):
        random = np.random.default_rng(seed)
        asked = {demands[place].id for place in random.permutation(len(demands))[: len(demands) // 2].tolist()}
        seen = [pairs[place] for place in random.permutation(len(pairs)).tolist() if pairs[place].demand in asked][:n]
        rest = [pair for pair in pairs if pair.demand not in asked]
        accepted = (random.random(len(seen)) < [pair.chance for pair in seen]).tolist()
        curve = calibrate([pair.score for pair in seen], accepted, [pair.demand for pair in seen])
        if not curve.calibrated:
            return row(collection.name, f"bands only: {len(seen)} decisions", "")
        told = [curve.probability(pair.score) or 0.0 for pair in rest]
        errors.append(expected_calibration_error(told, [pair.chance for pair in rest]))
        methods.add(curve.method)
    return row(collection.name, "/".join(sorted(methods)), f"{fmean(errors):.3f} ± {stdev(errors) / ROUNDS**0.5:.3f}")


def hits_of(ranker: Ranker, demand: Profile) -> Iterable[Hit]:
    """Return what a simulated curator looks at."""
    return ranker.rank(demand, SEEN, today=TODAY).hits


def head(*titles: str) -> tuple[str, str]:
    """Return a table's heading and the line below it."""
    return row(*titles), "|" + "---|" * len(titles)


def row(*cells: object) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(str(each) for each in cells) + " |"


def cell(found: Summary, name: str = "ndcg") -> str:
    """Return a mean with its standard error."""
    return f"{getattr(found.mean, name):.3f} ± {getattr(found.error, name):.3f}"


if __name__ == "__main__":
    main()
