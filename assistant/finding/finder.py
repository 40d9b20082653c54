"""Question -> ranked passages: the lexical and the vector leg, joined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.finding.documents_file import read_documents
from assistant.finding.embedder import Embedder, Vectors
from assistant.finding.fuse import Scores, convex_combination, normalise
from assistant.finding.generations import Generation
from assistant.finding.lexical import LexicalIndex, lexical_text
from assistant.finding.lexicon import Lexicon
from assistant.finding.store import VectorStore
from assistant.types import Document, Filter, Hit, Hits

#: How many of the nearest passages the vector leg gives a score.
_NEAREST = 100
#: Among how many of the best passages the question's words are looked for.
_COVERED_BY = 5


class Finder:
    """An open generation. `find` may be called from several threads."""

    def __init__(self, generation: Generation, lexicon: Lexicon, embedder: Embedder, dense_weight: float) -> None:
        self.generation = generation
        self.documents: dict[str, Document] = {doc.source.id: doc for doc in read_documents(generation.folder)}
        self.lexicon = lexicon
        self.embedder = embedder
        self._passages = [passage for document in self.documents.values() for passage in document.passages]
        self._place = {passage.id: index for index, passage in enumerate(self._passages)}
        tokens = [lexicon.terms(lexical_text(p, self.documents[p.source_id].source)) for p in self._passages]
        self._terms = [frozenset(terms) for terms in tokens]
        self._lexical = LexicalIndex.build(tokens)
        self._store = VectorStore(generation.folder / "chroma")
        self._dense_weight = dense_weight

    def close(self) -> None:
        self._store.close()

    def find(self, query: str, top: int = 20, only: Filter | None = None) -> Hits:
        """The best `top` passages for a stand-alone question, best first; passages that no leg found are left out."""
        terms = self.lexicon.query_terms(query)
        allowed = self._allowed(only or Filter())
        lexical = np.where(allowed, self._lexical.scores(terms), 0).astype(np.float32)
        dense = np.where(allowed, self._dense(self.embedder.encode_question(query), only or Filter()), 0)
        legs = {
            "bm25": (1 - self._dense_weight, normalise(lexical)),
            "dense": (self._dense_weight, normalise(dense.astype(np.float32))),
        }
        joined = convex_combination(legs)
        order = [int(index) for index in np.argsort(-joined, kind="stable")[:top] if joined[index] > 0]
        items = tuple(self._hit(index, rank, joined, legs) for rank, index in enumerate(order, 1))
        similarity = float(dense.max(initial=0.0))
        return Hits(query, items, self._coverage(terms, order[:_COVERED_BY]), max(0.0, similarity))

    def find_by(self, query: str, leg: str, top: int = 20) -> tuple[Hit, ...]:
        """The best `top` passages by one leg alone, "bm25" or "dense"; for measuring."""
        if leg == "bm25":
            scores = normalise(self._lexical.scores(self.lexicon.query_terms(query)))
        else:
            scores = normalise(self._dense(self.embedder.encode_question(query), Filter()))
        order = [int(index) for index in np.argsort(-scores, kind="stable")[:top] if scores[index] > 0]
        return tuple(self._hit(index, rank, scores, {leg: (1.0, scores)}) for rank, index in enumerate(order, 1))

    def rarity(self, term: str) -> float:
        return self._lexical.rarity(term)

    def _hit(self, index: int, rank: int, joined: Scores, legs: dict[str, tuple[float, Scores]]) -> Hit:
        passage = self._passages[index]
        found_by = {name: float(scores[index]) for name, (_, scores) in legs.items() if scores[index] > 0}
        return Hit(passage, self.documents[passage.source_id].source, float(joined[index]), rank, found_by)

    def _dense(self, vector: Vectors, only: Filter) -> Scores:
        """Cosine similarities, shape (passages,); 0 for passages that are not among the nearest."""
        scores = np.zeros(len(self._passages), dtype=np.float32)
        source_ids = self._source_ids(only)
        if not np.any(vector) or source_ids == []:
            return scores
        top = min(_NEAREST, len(self._passages))
        for key, similarity in self._store.nearest(vector, top, source_ids or ()).items():
            scores[self._place[key]] = max(0.0, similarity)
        return scores

    def _source_ids(self, only: Filter) -> list[str] | None:
        """The admitted sources, or None when all are."""
        admitted = [key for key, document in self.documents.items() if only.admits(document.source)]
        return None if len(admitted) == len(self.documents) else admitted

    def _allowed(self, only: Filter) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([only.admits(self.documents[p.source_id].source) for p in self._passages], dtype=np.bool_)

    def _coverage(self, terms: Sequence[str], best: Sequence[int]) -> float:
        """The largest share of the question's terms, weighted by rarity, that one of the best passages holds."""
        weights = {term: self._lexical.rarity(term) for term in terms}
        total = sum(weights.values())
        if not total:
            return 0.0
        return max((sum(weights[t] for t in terms if t in self._terms[index]) / total for index in best), default=0.0)
