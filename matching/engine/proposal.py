"""Propose goals and targets for a text, with a confidence and the words that each proposal rests on.

A topic (one of 17 goals, of 169 targets) is known by English words and phrases, read by the same analysis as the text
in whatever language. A word speaks for the topics whose profiles use it, the more the fewer they are; a phrase that
stands in the text whole speaks once more. The sum becomes a confidence by a logistic curve.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

import numpy as np
import scipy.sparse as sp

from matching.engine.index import GRAM, Analysis, Floats

NUMBER: Final = "n:"
PHRASES_A_SATURATION: Final = 30  # a word that stands in one of so many phrases of a topic has half of its full weight
TEXT_SATURATION: Final = 3.0  # occurrences of a word in a text of usual length for half of what it can say
LENGTH_SHARE: Final = 0.75  # of a text's length that is discounted, as in BM25
USUAL_LENGTH: Final = 60.0  # words that carry meaning
RARITY_POWER: Final = 1.5  # how much more a word of one topic says than one of several
WHOLE_PHRASE: Final = 0.3  # what a phrase that stands whole in the text adds to its words
WHOLE_FROM: Final = 0.6  # share of its features from which a phrase begins to count as whole
GOAL_SUPPORT: Final = 0.1  # share of its goal's score that a target has on top of its own
SLOPE: Final = 12.0  # of the logistic curve from score to confidence
GOAL_MIDDLE: Final = 0.25  # the score whose confidence is one half
TARGET_MIDDLE: Final = 0.6
MAX_WORDS: Final = 6
LIKELY: Final = 0.5


Profiles = Mapping[str, Sequence[str]]  # "2" or "2.a" → English words and phrases that speak for it


class ProposedGoal(NamedTuple):
    """Be a goal that a text may be about: confidence in 0..1, and the text's words, the weightiest first."""

    goal: int
    confidence: float
    words: tuple[str, ...]


class ProposedTarget(NamedTuple):
    """Be the same of a target."""

    target: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Hold what a text may be about, the most confident first."""

    goals: tuple[ProposedGoal, ...] = ()
    targets: tuple[ProposedTarget, ...] = ()


def read_profiles(words: Path, goals: Path, targets: Path) -> dict[str, list[str]]:
    """Read the word lists (tab separated: code, phrases between bars) behind the English names of the reference data.

    Raises ValueError for a code that the reference data does not have.
    """
    profiles = {str(row["number"]): [row["names"]["en"]] for row in _rows(goals)}
    profiles |= {row["code"]: [row["labels"]["en"]] for row in _rows(targets)}
    with words.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line["code"] not in profiles:
                raise ValueError(f"{words}: {line['code']!r} is neither a goal nor a target")
            profiles[line["code"]] += [text.strip() for text in line["words"].split("|")]
    return profiles


class Judgement(NamedTuple):
    """Be somebody's answer to: is this text about this goal?"""

    text: str
    goal: int
    about: bool


class ProposalScores(NamedTuple):
    """Hold how well proposals agree with judgements, each share with its standard error.

    ``top3``: of the texts that are about a goal, those where it is among the first three; ``accuracy``: judgements
    that are answered alike by a confidence of at least one half.
    """

    n: int
    top3: float
    top3_error: float
    accuracy: float
    accuracy_error: float


def read_judgements(path: Path) -> list[Judgement]:
    """Read a CSV file with the columns text, sdg (1 to 17) and label (True or False), as utf-8.

    Raises ValueError naming the line and what it lacks.
    """
    judgements = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            goal, label = row.get("sdg") or "", (row.get("label") or "").strip().lower()
            if not row.get("text") or goal not in map(str, range(1, 18)) or label not in ("true", "false"):
                raise ValueError(
                    f"{path}, line {reader.line_num}: needs a text, an sdg of 1 to 17, a label true or false"
                )
            judgements.append(Judgement(row["text"], int(goal), label == "true"))
    return judgements


def score_proposals(judgements: Iterable[Judgement], proposer: Proposer, language: str = "") -> ProposalScores:
    """Compare a proposer with judgements, at least one of which must say yes."""
    top3: list[bool] = []
    right: list[bool] = []
    for text, goal, about in judgements:
        ranked = proposer.propose(text, language, least=0.0).goals
        right.append(any(found.goal == goal and found.confidence >= LIKELY for found in ranked) == about)
        if about:
            top3.append(goal in [found.goal for found in ranked[:3]])
    return ProposalScores(len(right), fmean(top3), _error(top3), fmean(right), _error(right))


def _error(answers: Sequence[bool]) -> float:
    share = fmean(answers)
    return math.sqrt(share * (1 - share) / len(answers))


class Proposer:
    """Propose goals and targets by word profiles. The same text always gets the same answer."""

    def __init__(self, analyser: Analysis, profiles: Profiles) -> None:
        self.analyser = analyser
        self._goals = sorted({int(_goal_of(code)) for code in profiles})
        self._targets = [code for code in profiles if "." in code]
        phrases = [(code, phrase, self._counts(phrase)) for code in profiles for phrase in profiles[code]]
        keys = sorted({key for _, _, counts in phrases for key in counts})
        self._columns = {key: column for column, key in enumerate(keys)}
        shares = _share_matrix([counts for _, _, counts in phrases], self._columns)
        several = np.array([len(phrase.split()) > 1 for _, phrase, _ in phrases], dtype=bool)
        goal_rows = {goal: row for row, goal in enumerate(self._goals)}
        target_rows = {target: row for row, target in enumerate(self._targets)}
        self._by_goal = _Level(shares, several, [goal_rows[int(_goal_of(code))] for code, _, _ in phrases])
        of_targets = np.array(["." in code for code, _, _ in phrases], dtype=bool)
        rows = [target_rows[code] for code, _, _ in phrases if code in target_rows]
        self._by_target = _Level(shares[of_targets], several[of_targets], rows)
        self._goal_of_target = np.array([goal_rows[int(_goal_of(target))] for target in self._targets])

    def propose(self, text: str, language: str = "", *, least: float = LIKELY) -> Proposal:
        """Return the goals and targets whose confidence is at least ``least``; an empty language is detected."""
        counts, surfaces, length = self._read(text, language)
        present: list[int] = np.flatnonzero(counts).tolist()
        goals = self._by_goal.evidence(counts, present, length)
        targets = self._by_target.evidence(counts, present, length)
        goal_scores = goals.sum(axis=0)
        target_scores = targets.sum(axis=0) + GOAL_SUPPORT * goal_scores[self._goal_of_target]
        worded = [surfaces[column] for column in present]
        return Proposal(
            goals=tuple(
                ProposedGoal(self._goals[row], confidence, _words(goals[:, row], worded))
                for row, confidence in _likely(goal_scores, GOAL_MIDDLE, least)
            ),
            targets=tuple(
                ProposedTarget(self._targets[row], confidence, _words(targets[:, row], worded))
                for row, confidence in _likely(target_scores, TARGET_MIDDLE, least)
            ),
        )

    def _read(self, text: str, language: str) -> tuple[Floats, dict[int, str], float]:
        """Return the known words' counts by column, their surfaces, and the length of the text in usual lengths."""
        counts: Floats = np.zeros(len(self._columns))
        surfaces: dict[int, str] = {}
        length = 0.0
        for term in self.analyser.analyse(text, language):
            if not term.key.startswith((GRAM, NUMBER)):
                length += term.weight
                if (column := self._columns.get(term.key)) is not None:
                    counts[column] = term.weight
                    surfaces[column] = term.surface
        return counts, surfaces, length / USUAL_LENGTH

    def _counts(self, phrase: str) -> dict[str, float]:
        terms = self.analyser.analyse(phrase, "en")
        return {term.key: term.weight for term in terms if not term.key.startswith((GRAM, NUMBER))}


class _Level:
    """Hold what V words and P phrases say for T topics.

    ``shares``: P x V, each phrase's features summing to 1; ``topics``: the topic of each phrase.
    """

    def __init__(self, shares: sp.csr_array, several: np.ndarray[Any, np.dtype[np.bool_]], topics: list[int]) -> None:
        members = sp.csr_array((np.ones(len(topics)), (range(len(topics)), topics)))
        use: Floats = (shares.T @ members).toarray()
        size = use.sum(axis=0)
        use /= np.sqrt(size / size.mean())  # long profiles would win by length
        use /= use + size.mean() / PHRASES_A_SATURATION
        spread = use.sum(axis=1) ** 2 / np.maximum((use**2).sum(axis=1), 1e-12)  # topics that use a word, in effect
        rarity: Floats = 1 - np.log(np.maximum(spread, 1.0)) / np.log(use.shape[1])
        self.weights: Floats = use * (rarity**RARITY_POWER)[:, None]
        self._shares = shares[several]
        self._topics = np.array(topics)[several]

    def evidence(self, counts: Floats, present: list[int], length: float) -> Floats:
        """Return what each present word says for each topic: W x T, summing to the topics' scores."""
        damping = 1 - LENGTH_SHARE + LENGTH_SHARE * length
        said = counts[present] / (counts[present] + TEXT_SATURATION * damping)
        found: Floats = said[:, None] * self.weights[present]
        places = {column: place for place, column in enumerate(present)}
        whole = (self._shares @ np.minimum(counts, 1.0) - WHOLE_FROM) / (1 - WHOLE_FROM)
        for row in np.flatnonzero(whole > 0):
            topic = self._topics[row]
            inside = self._shares.indices[self._shares.indptr[row] : self._shares.indptr[row + 1]]
            each = WHOLE_PHRASE * whole[row] * self.weights[inside, topic].mean() / damping
            here = [places[column] for column in inside if column in places]
            found[here, topic] += each / len(here)
        return found


def _share_matrix(counts: Sequence[Mapping[str, float]], columns: Mapping[str, int]) -> sp.csr_array:
    rows = [row for row, found in enumerate(counts) for _ in found]
    places = [columns[key] for found in counts for key in found]
    data = [weight / sum(found.values()) for found in counts for weight in found.values()]
    return sp.csr_array((data, (rows, places)), shape=(len(counts), len(columns)))


def _likely(scores: Floats, middle: float, least: float) -> list[tuple[int, float]]:
    """Return rows and confidences, the highest first; ties in the order of the topics."""
    found = [(row, 1 / (1 + math.exp(-SLOPE * (score - middle)))) for row, score in enumerate(scores.tolist())]
    return sorted((item for item in found if item[1] >= least), key=lambda item: (-item[1], item[0]))


def _words(evidence: Floats, surfaces: Sequence[str]) -> tuple[str, ...]:
    """Return the wordings that say most; what says less than a twentieth of the first is left out."""
    said: dict[str, float] = {}
    for value, surface in zip(evidence.tolist(), surfaces, strict=True):
        said[surface] = said.get(surface, 0.0) + value
    ordered = sorted((surface for surface in said if said[surface] > 0), key=lambda surface: (-said[surface], surface))
    return tuple(surface for surface in ordered[:MAX_WORDS] if said[surface] > said[ordered[0]] / 20)


def _goal_of(code: str) -> str:
    return code.partition(".")[0]


def _rows(path: Path) -> Iterable[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows
