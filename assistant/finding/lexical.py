"""The lexical legs: BM25 over normalised words (Robertson & Zaragoza 2009, in the form of Lucene), by bm25s."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import bm25s
import numpy as np

from assistant.finding.fuse import Scores
from assistant.finding.query import Concept
from assistant.types import Passage, Source

logging.getLogger("bm25s").setLevel(logging.WARNING)


def lexical_text(passage: Passage, source: Source) -> str:
    """What is searched of a passage: its source's name, its headings, the lead-in of its list, and its words."""
    return "\n".join((source.title, source.publisher or "", *passage.path, passage.lead_in, passage.text))


class LexicalIndex:
    """BM25 over texts, in the order in which they were given."""

    def __init__(self, ranker: bm25s.BM25 | None, document_frequency: dict[str, int], count: int) -> None:
        """`ranker` is None when no text holds any term."""
        self._document_frequency = document_frequency
        self._count = count
        if ranker:
            self._ids: dict[str, int] = ranker.vocab_dict
            # The matrix of BM25 scores by column: each term's texts and its score in each of them.
            self._data, self._texts, self._starts = (ranker.scores[key] for key in ("data", "indices", "indptr"))

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> LexicalIndex:
        """`tokens` holds each text's terms, repeats kept."""
        frequency: dict[str, int] = {}
        for terms in tokens:
            for term in set(terms):
                frequency[term] = frequency.get(term, 0) + 1
        if not frequency:
            return cls(None, {}, len(tokens))
        ranker = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        ranker.index([list(terms) for terms in tokens], show_progress=False)
        return cls(ranker, frequency, len(tokens))

    def __contains__(self, term: str) -> bool:
        return term in self._document_frequency

    def scores(self, concepts: Sequence[Concept]) -> Scores:
        """Every text's score, shape (texts,): the sum over the concepts of the best way to say each."""
        total = np.zeros(self._count, dtype=np.float32)
        for concept in concepts:
            best = np.zeros(self._count, dtype=np.float32)
            for way in concept.ways:
                np.maximum(best, way.weight * self._sum(way.terms), out=best)
            total += best
        return total

    def ways(self, concepts: Sequence[Concept], text: int) -> list[tuple[Concept, int, float]]:
        """How one text was found: the concepts that it holds, the number of the best way to say each, and its score."""
        found = []
        for concept in concepts:
            scores = [way.weight * self._term_scores(way.terms, text) for way in concept.ways]
            best = int(np.argmax(scores)) if scores else 0
            if scores and scores[best] > 0:
                found.append((concept, best, scores[best]))
        return found

    def _sum(self, terms: Sequence[str]) -> Scores:
        total = np.zeros(self._count, dtype=np.float32)
        for term in terms:
            if term in self._document_frequency:
                column = self._column(term)
                total[self._texts[column]] += self._data[column]
        return total

    def _term_scores(self, terms: Sequence[str], text: int) -> float:
        return float(self._sum(terms)[text])

    def _column(self, term: str) -> slice:
        number = self._ids[term]
        return slice(int(self._starts[number]), int(self._starts[number + 1]))

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5)); highest for an unknown term."""
        n = self._document_frequency.get(term, 0)
        return math.log(1 + (self._count - n + 0.5) / (n + 0.5))
