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
#: `agreement`: the share of the legs that put the first passage first. `sentence_words`, `sentence_questions`: the
#: best BM25 score, in thirties, and the best similarity of a single sentence and the questions that it answers, taken
#: together; `sentence_nearest` the best to one of them, `sentence_own` to a sentence itself; `sentence_share`: the BM25
#: score as a share of the highest that the question's words could give. `likelihood`: that of the likeliest sentence.
#: `like_…`: how far the question is like those known not to be answered (`finding.unanswered`). `asks_number`,
#: `lacks_number`: a quantity is asked for, and the likeliest sentences give none; `lacks_time`, `lacks_sum` the same of
#: a time and of money. `figures`: the question holds one. `READ`: how likely the likeliest sentence is to answer, by
#: the network that reads questions (`finding.question_reader`), which is asked when the others are unsure.
SIGNALS = (
    "coverage",
    "unknown",
    "names",
    "agreement",
    "sentence_words",
    "sentence_share",
    "sentence_questions",
    "sentence_nearest",
    "sentence_own",
    "likelihood",
    "like_vectors",
    "like_words",
    "like_best",
    "like_topic",
    "like_lead",
    "asks_number",
    "lacks_number",
    "lacks_time",
    "lacks_sum",
    "figures",
)
READ = "read"
#: The signals that may only speak for an answer, and those that may only speak against one.
FOR = frozenset(
    (
        *("coverage", "names", "sentence_words", "sentence_questions", "sentence_nearest", "sentence_own"),
        *("likelihood", READ),
    )
)
AGAINST = frozenset(
    (
        *("unknown", "like_vectors", "like_words", "like_best", "like_topic", "like_lead"),
        *("lacks_number", "lacks_time", "lacks_sum"),
    )
)


def support(signals: Mapping[str, float], coefficients: Mapping[str, float]) -> float:
    """The probability, 0..1; 0 when nothing was found. `coefficients` holds `bias` and any of the signals."""
    if not signals:
        return 0.0
    total = sum(value * (1.0 if name == "bias" else signals[name]) for name, value in coefficients.items())
    return 1 / (1 + math.exp(-total))


def is_sure(probability: float, margin: float) -> bool:
    """True when the log-odds of a probability lie so far from even."""
    return abs(math.log(max(probability, 1e-9) / max(1 - probability, 1e-9))) > margin


def agreement(legs: Sequence[Scores], first: int) -> float:
    """The share of the legs that have anything to say which put this passage first."""
    voting = [scores for scores in legs if scores.any()]
    return sum(int(np.argmax(scores)) == first for scores in voting) / len(voting) if voting else 0.0
