"""Say a hit in words: the whole sum, what the two texts share, what is not stated and what that costs.

English is the message id; ``translate`` (gettext, for instance) puts it into the reader's language and ``label`` names
codes ("goal", "2") and writes numbers ("number", "23.4") in that language. Points are hundredths of a score.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matching.engine.types import Evidence, Exclusion, Hit, Reason

Translate = Callable[[str], str]
Label = Callable[[str, str], str]  # kind of code, code → its name


def gettext_noop(message: str) -> str:
    """Mark a message for makemessages; it is translated when it is used."""
    return message


BANDS = {
    "strong": gettext_noop("Strong match: %(points)s of 100 points."),
    "good": gettext_noop("Good match: %(points)s of 100 points."),
    "possible": gettext_noop("Possible match: %(points)s of 100 points."),
    "weak": gettext_noop("Weak match: %(points)s of 100 points."),
}
FEATURES = {
    "text": gettext_noop("What the texts say"),
    "sdg": gettext_noop("Sustainable Development Goals"),
    "sector": gettext_noop("Sector"),
    "context": gettext_noop("Similar circumstances"),
    "modality": gettext_noop("Form of cooperation"),
    "preference": gettext_noop("Preferred providers"),
    "window": gettext_noop("Time window"),
    "language": gettext_noop("Working language"),
    "freshness": gettext_noop("Freshness"),
}
DETAILS = {
    ("sdg", "targets"): ("target", gettext_noop("same targets: %(names)s")),
    ("sdg", "goals"): ("goal", gettext_noop("same goals: %(names)s")),
    ("sdg", "proposed"): ("goal", gettext_noop("same goals, proposed by machine: %(names)s")),
    ("sector", "sectors"): ("sector", gettext_noop("same sectors: %(names)s")),
    ("context", "regions"): ("region", gettext_noop("same region: %(names)s")),
    ("context", "groups"): ("group", gettext_noop("both: %(names)s")),
    ("context", "languages"): ("language", gettext_noop("same official language: %(names)s")),
    ("modality", "modalities"): ("modality", gettext_noop("asked for and available: %(names)s")),
    ("preference", "countries"): ("country", gettext_noop("preferred country: %(names)s")),
    ("preference", "regions"): ("region", gettext_noop("preferred region: %(names)s")),
    ("window", "start"): ("date", gettext_noop("available from %(names)s")),
    ("window", "end"): ("date", gettext_noop("available until %(names)s")),
    ("language", "languages"): ("language", gettext_noop("both work in: %(names)s")),
    ("freshness", "date"): ("date", gettext_noop("last confirmed on %(names)s")),
}
FACETS = {
    "goals": ("sdg", gettext_noop("goals")),
    "targets": ("sdg", gettext_noop("targets")),
    "sectors": ("sector", gettext_noop("sectors")),
    "country": ("context", gettext_noop("country")),
    "modalities": ("modality", gettext_noop("forms of cooperation")),
    "preferences": ("preference", gettext_noop("preferred providers")),
    "dates": ("window", gettext_noop("dates")),
    "working_languages": ("language", gettext_noop("working languages")),
    "confirmed_date": ("freshness", gettext_noop("date of the last confirmation")),
}
NOT_STATED = {
    "demand": gettext_noop("Not stated in the demand: %(facet)s. Stated, it could add up to %(points)s points."),
    "supply": gettext_noop(
        "Not stated in the solution or offer: %(facet)s. Stated, it could add up to %(points)s points."
    ),
    "both": gettext_noop("Stated in neither record: %(facet)s. Stated, it could add up to %(points)s points."),
}
EXCLUSIONS = {
    "closed": gettext_noop("Excluded because it is closed."),
    "own_organisation": gettext_noop("Excluded because it comes from the organisation that asks."),
    "own_country": gettext_noop("Excluded because it comes from the country that asks."),
    "not_eligible": gettext_noop("Excluded because it is not open to the country that asks."),
    "window": gettext_noop("Excluded because it is not available when it is needed (%(detail)s)."),
}
BOUNDS = {"from": DETAILS["window", "start"][1], "until": DETAILS["window", "end"][1]}
SHARED_TERMS = gettext_noop("shared: %(names)s")
RELATED_TERMS = gettext_noop("related: %(names)s")
NOTHING_SHARED = gettext_noop("nothing in common")
NEUTRAL = gettext_noop("not stated or not applicable, counted as average")
LIKELY = gettext_noop("A curator would accept about %(count)s of 10 like this.")
HARDLY = gettext_noop("A curator would accept fewer than 1 of 10 like this.")
SURELY = gettext_noop("A curator would accept more than 9 of 10 like this.")
UNCALIBRATED = gettext_noop("Not calibrated: too few decisions so far to say how many like this curators accept.")
LINE = gettext_noop("%(feature)s: %(points)s of %(most)s points (%(words)s).")


@dataclass(frozen=True, slots=True)
class Line:
    """Say one reason: its feature in words, its points, the most it could have, and what it rests on."""

    feature: str
    points: float
    most: float
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Say a hit: the verdict, how likely a yes is, a line a reason, what is not stated, and all of it as sentences."""

    verdict: str
    likelihood: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    sentences: tuple[str, ...]


def explain(
    hit: Hit, translate: Translate, label: Label = lambda _kind, code: code, *, probability: float | None = None
) -> Explanation:
    """Put a hit into the reader's words; the points of the lines add up to those of the verdict.

    ``probability`` is that of a curator's yes; None where only bands can be told.
    """
    verdict = translate(BANDS[hit.band]) % {"points": _points(100 * hit.score, label)}
    likelihood = _likelihood(probability, translate)
    lines = tuple(
        Line(
            feature=translate(FEATURES[reason.feature]),
            points=100 * reason.contribution,
            most=100 * reason.weight,
            words=_words(reason, translate, label),
        )
        for reason in hit.reasons
    )
    missing = _missing(hit, translate, label)
    sums = (
        translate(LINE)
        % {
            "feature": line.feature,
            "points": _points(line.points, label),
            "most": _points(line.most, label),
            "words": line.words,
        }
        for line in lines
    )
    return Explanation(verdict, likelihood, lines, missing, (verdict, likelihood, *sums, *missing))


def _likelihood(probability: float | None, translate: Translate) -> str:
    """Say a probability as people count, in tenths; it is never certain."""
    if probability is None:
        return translate(UNCALIBRATED)
    count = round(10 * probability)
    if count in (0, 10):
        return translate(SURELY if count else HARDLY)
    return translate(LIKELY) % {"count": count}


def explain_exclusion(exclusion: Exclusion, translate: Translate, label: Label = lambda _kind, code: code) -> str:
    """Say why a supply may not answer a demand."""
    bound, _, day = exclusion.detail.partition(" ")
    detail = translate(BOUNDS[bound]) % {"names": label("date", day)} if bound in BOUNDS else ""
    return translate(EXCLUSIONS[exclusion.code]) % {"detail": detail}


def _words(reason: Reason, translate: Translate, label: Label) -> str:
    """Say what a reason rests on: shared terms in both wordings, shared codes by name."""
    parts = []
    for message, exact in ((SHARED_TERMS, True), (RELATED_TERMS, False)):
        pairs = dict.fromkeys(_pair(item) for item in reason.evidence if item.exact == exact)
        if pairs:
            parts.append(translate(message) % {"names": ", ".join(pairs)})
    for name, codes in reason.detail:
        if codes:
            kind, message = DETAILS[reason.feature, name]
            names = ", ".join(label(kind, code) for code in codes.split("|"))
            parts.append(translate(message) % {"names": names})
    if parts:
        return "; ".join(parts)
    return translate(NOTHING_SHARED if reason.detail or reason.feature == "text" else NEUTRAL)


def _pair(item: Evidence) -> str:
    if item.demand_surface.casefold() == item.supply_surface.casefold():
        return item.demand_surface
    return f"{item.demand_surface} {'=' if item.exact else '~'} {item.supply_surface}"


def _missing(hit: Hit, translate: Translate, label: Label) -> tuple[str, ...]:
    """Say what each record does not state, and what its feature could still add."""
    open_points = {reason.feature: 100 * (reason.weight - reason.contribution) for reason in hit.reasons}
    silent: dict[str, str] = {}
    for name in hit.missing:
        who, _, facet = name.partition(".")
        silent[facet] = "both" if facet in silent else who
    sentences = []
    for facet, who in silent.items():
        feature, words = FACETS[facet]
        points = _points(open_points[feature], label)
        sentences.append(translate(NOT_STATED[who]) % {"facet": translate(words), "points": points})
    return tuple(sentences)


def _points(points: float, label: Label) -> str:
    return label("number", f"{points:.1f}")
