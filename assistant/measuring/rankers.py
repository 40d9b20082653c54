"""The plainest searches, to stand beside ours: BM25 from a library as it comes, and vectors alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bm25s
import numpy as np
import Stemmer

from assistant.finding.embedder import Embedder

#: Gives the numbers of the best texts for a question, best first, at most so many.
Rank = Callable[[str, int], list[int]]


def plain_bm25(texts: Sequence[str], stemmed: bool = True) -> Rank:
    """bm25s with its own Swedish stop words and, if `stemmed`, Snowball's Swedish stemmer."""
    stemmer = Stemmer.Stemmer("swedish") if stemmed else None

    def tokens(of: list[str]) -> Any:
        return bm25s.tokenize(of, stopwords="sv", stemmer=stemmer, show_progress=False)

    ranker = bm25s.BM25()
    ranker.index(tokens(list(texts)), show_progress=False)

    def rank(question: str, top: int) -> list[int]:
        found, scores = ranker.retrieve(tokens([question]), k=min(top, len(texts)), show_progress=False)
        return [int(number) for number, score in zip(found[0], scores[0], strict=True) if score > 0]

    return rank


def plain_dense(texts: Sequence[str], embedder: Embedder) -> Rank:
    """Cosine similarity of the texts' vectors to the question's, exact."""
    vectors = embedder.encode_passages(texts)

    def rank(question: str, top: int) -> list[int]:
        vector = embedder.encode_question(question)
        if not np.any(vector):
            return []
        return [int(number) for number in np.argsort(-(vectors @ vector), kind="stable")[:top]]

    return rank
