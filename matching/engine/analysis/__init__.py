"""What a text becomes: weighted features that mean the same in seven languages."""

from matching.engine.analysis.analyser import Analyser

__all__ = ["Analyser"]
