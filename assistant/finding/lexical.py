"""The lexical leg: BM25 over stemmed words (Robertson & Zaragoza 2009, in the form of Lucene), by bm25s."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from assistant.types import Passage, Source

logging.getLogger("bm25s").setLevel(logging.WARNING)


def lexical_text(passage: Passage, source: Source) -> str:
    """What is searched of a passage: its source's name, its headings, the lead-in of its list, and its words."""
    return "\n".join((source.title, source.publisher or "", *passage.path, passage.lead_in, passage.text))


class LexicalIndex:
    """BM25 over all passages, in the order in which they were given."""

    def __init__(self, ranker: bm25s.BM25, document_frequency: dict[str, int], count: int) -> None:
        self._ranker = ranker
        self._document_frequency = document_frequency
        self._count = count

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> LexicalIndex:
        """`tokens` holds each passage's terms, repeats kept."""
        frequency: dict[str, int] = {}
        for terms in tokens:
            for term in set(terms):
                frequency[term] = frequency.get(term, 0) + 1
        ranker = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        ranker.index([list(terms) for terms in tokens], show_progress=False)
        return cls(ranker, frequency, len(tokens))

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every passage, shape (passages,); zeros when no term is known."""
        known = [term for term in terms if term in self._document_frequency]
        if not known:
            return np.zeros(self._count, dtype=np.float32)
        return np.asarray(self._ranker.get_scores(known), dtype=np.float32)

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5)); highest for an unknown term."""
        n = self._document_frequency.get(term, 0)
        return math.log(1 + (self._count - n + 0.5) / (n + 0.5))
