"""Generations: an analysed and weighed catalogue on disk, which any number of processes map and rank from.

generation = Generation.build(profiles, analyser, config, root, stamp=stamp, workers=2, progress=shown)
generation = Generation.open(root, config, expected=stamp)      # GenerationError: missing, stale or corrupt
ranker = Ranker.from_generation(generation, geography, analyser)

ranker.put([supply]); ranker.remove(["id"])       # changes since, weighed by the generation's statistics
Generation.refit(ranker, root, stamp=stamp)       # fold them in: new statistics, no text read again
prune(root, keep=2, abandoned_before=yesterday)   # old generations go late: somebody may still map them
"""

from matching.engine.generations.files import (
    GenerationCorruptError,
    GenerationError,
    GenerationMissingError,
    GenerationStaleError,
    changed_at,
    current,
    prune,
)
from matching.engine.generations.generation import Generation, Stamp

__all__ = [
    "Generation",
    "GenerationCorruptError",
    "GenerationError",
    "GenerationMissingError",
    "GenerationStaleError",
    "Stamp",
    "changed_at",
    "current",
    "prune",
]
