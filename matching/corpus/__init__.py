"""The only translator between the catalogue's rows and the engine's profiles."""

from matching.corpus.current import Corpus, Fingerprint, Progress, fingerprint, fitted, is_built, renewed
from matching.corpus.profiles import TEXTS, demand_profile, geography, official_languages, profile_of
from matching.corpus.words import (
    Terms,
    analyser,
    calibration_in_force,
    config_in_force,
    curated_analyser,
    engine_version,
    proposer,
    terms_in_force,
)

__all__ = [
    "TEXTS",
    "Corpus",
    "Fingerprint",
    "Progress",
    "Terms",
    "analyser",
    "calibration_in_force",
    "config_in_force",
    "curated_analyser",
    "demand_profile",
    "engine_version",
    "fingerprint",
    "fitted",
    "geography",
    "is_built",
    "official_languages",
    "profile_of",
    "proposer",
    "renewed",
    "terms_in_force",
]
