"""What a text becomes: weighted features that mean the same in seven languages."""

from matching.engine.analysis.analyser import Analyser
from matching.engine.analysis.meanings import GUESSES

__all__ = ["GUESSES", "Analyser"]
