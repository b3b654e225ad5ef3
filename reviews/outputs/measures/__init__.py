"""How far two answers agree, from 0 to 1, each measure in a module of its own; and one answer out of several."""

from reviews.outputs.measures.consensus import consensus
from reviews.outputs.measures.measuring import MEASURES, Measure, agreement

__all__ = ["MEASURES", "Measure", "agreement", "consensus"]
