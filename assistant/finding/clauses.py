"""A question that asks two things -> its clauses, so that the passages for each of them are found."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.finding.fuse import Scores
from assistant.finding.lexicon import Lexicon

_INTERROGATIVES = "vad|vem|vems|vilka|vilken|vilket|hur|när|varför|var|vart|med vem|på vilket|i vilken"
_BORDER = re.compile(
    rf"\s*[,:;]?\s+(?:och|men|samt)\s+(?=(?:{_INTERROGATIVES})\b)|[?]\s+|\s*[:;]\s+(?=(?:{_INTERROGATIVES})\b)",
    re.IGNORECASE,
)
#: A clause with fewer content words leans on the other and is no question of its own.
_FEWEST_TERMS = 2
#: How many passages of each clause come first, and at most how many in all.
_EACH, _MOST = 2, 4


def clauses(question: str, lexicon: Lexicon) -> list[str]:
    """The questions that are asked in one, () when it asks a single thing."""
    parts = [part.strip(" ?.!,") for part in _BORDER.split(question)]
    whole = [part for part in parts if len(lexicon.query_terms(part)) >= _FEWEST_TERMS]
    return whole if len(whole) > 1 else []


def put_first(joined: Scores, by_clause: Sequence[Scores]) -> Scores:
    """Scores in which the best passages of each clause come before all others, shape (passages,).

    A passage put first has its best clause's score; the others keep theirs, at most that of the last one put first.
    """
    order = [np.argsort(-scores, kind="stable") for scores in by_clause]
    first = list(dict.fromkeys(int(ranked[place]) for place in range(min(_EACH, len(joined))) for ranked in order))
    best = np.max(by_clause, axis=0)
    first = [place for place in first[:_MOST] if best[place] > 0]
    if not first:
        return joined
    scores = np.minimum(joined, best[first].min() * np.float32(0.999))
    scores[first] = best[first]
    return np.asarray(scores, dtype=np.float32)
