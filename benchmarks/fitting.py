"""What an index costs: python -m benchmarks.fitting --supplies 2000

Our index from texts, and made again from stored counts, against TfidfVectorizer with PyStemmer's stems on the same
texts (which neither translates nor keeps the words that explain a match). Languages without a stemmer keep their words.
"""

from __future__ import annotations

import argparse
from functools import cache
from itertools import pairwise

import Stemmer
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks import catalogue, corpusmaker, measuring
from matching.engine.index import Index, document
from matching.engine.segments.counts import pack
from matching.engine.types import Profile

STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ar": "arabic", "pt": "portuguese", "ru": "russian"}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--supplies", type=int, default=2_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    made = corpusmaker.supplies(chosen.supplies)
    analyser = catalogue.analyser()
    counts = pack([document(profile, analyser, catalogue.CONFIG) for profile in made])
    print(measuring.machine())
    contenders = {
        "from text, words met before": lambda: Index.build(made, analyser, catalogue.CONFIG),
        "from stored counts": lambda: Index.of(counts, catalogue.CONFIG),
        "TfidfVectorizer, PyStemmer": lambda: TfidfVectorizer(analyzer=_stems, sublinear_tf=True).fit_transform(made),
        "TfidfVectorizer, PyStemmer, 1-2 words": lambda: TfidfVectorizer(
            analyzer=_pairs, sublinear_tf=True
        ).fit_transform(made),
    }
    print(measuring.table(measuring.interleaved(contenders, chosen.rounds), "from text, words met before"))


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    return Stemmer.Stemmer(STEMMERS[language]) if language in STEMMERS else None


@cache
def _words() -> object:
    return TfidfVectorizer(token_pattern=r"(?u)\b\w+\b").build_analyzer()


def _stems(profile: Profile) -> list[str]:
    found = _words()("\n".join((profile.title, profile.summary, profile.body)))  # type: ignore[operator]  # a function
    stemmer = _stemmer(profile.language)
    return list(stemmer.stemWords(found)) if stemmer else list(found)


def _pairs(profile: Profile) -> list[str]:
    stems = _stems(profile)
    return stems + [f"{one} {two}" for one, two in pairwise(stems)]


if __name__ == "__main__":
    main()
