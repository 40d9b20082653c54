"""How likely it is that the sources answer a question at all: a logistic model over several signals of a search.

Its coefficients are fitted on the set that the product is tuned on; they lie with the other weights of search.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.finding.fuse import Scores

#: Every signal, all 0..1. `coverage`: the share, by rarity, of the question's words that one of the best passages or
#: its questions hold. `unknown`: the share of those that stand nowhere in the corpus, not even by another word.
#: `names`: the share of the question's names and numbers that one of the best passages holds; 1 when it has none.
#: `similarity` and `nearest`: the best cosine similarity of a passage, and of a small text that leads to one.
#: `best` and `margin`: the first passage's joined score, and how far the sixth lies behind it. `agreement`: the share
#: of the legs that put the first passage first.
SIGNALS = ("coverage", "unknown", "names", "similarity", "nearest", "best", "margin", "agreement")


def support(signals: Mapping[str, float], coefficients: Mapping[str, float]) -> float:
    """The probability, 0..1; 0 when nothing was found. `coefficients` holds `bias` and any of the signals."""
    if not signals.get("best"):
        return 0.0
    total = sum(value * (1.0 if name == "bias" else signals[name]) for name, value in coefficients.items())
    return 1 / (1 + math.exp(-total))


def agreement(legs: Sequence[Scores], first: int) -> float:
    """The share of the legs that have anything to say which put this passage first."""
    voting = [scores for scores in legs if scores.any()]
    return sum(int(np.argmax(scores)) == first for scores in voting) / len(voting) if voting else 0.0
