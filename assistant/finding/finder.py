"""Question -> ranked passages: the lexical and the vector leg, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.finding.documents_file import read_documents
from assistant.finding.embedder import Embedder, Vectors
from assistant.finding.enrich import read_aids
from assistant.finding.fuse import Scores, convex_combination, normalise
from assistant.finding.generations import Generation
from assistant.finding.lexical import LexicalIndex, lexical_text
from assistant.finding.lexicon import Lexicon
from assistant.finding.store import VectorStore
from assistant.types import Document, Filter, Hit, Hits

#: The weight of each leg: words and vector of the passage, words and vectors of the questions that it answers.
Weights = Mapping[str, float]
#: How many of the nearest passages the vector leg gives a score.
_NEAREST = 100
#: Among how many of the best passages the question's words are looked for.
_COVERED_BY = 5


class Finder:
    """An open generation. `find` may be called from several threads."""

    def __init__(self, generation: Generation, lexicon: Lexicon, embedder: Embedder, weights: Weights) -> None:
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
        self._weights = weights
        self._open_aids(generation)

    def _open_aids(self, generation: Generation) -> None:
        """The questions and gists: one BM25 field for each passage, and a vector for each question."""
        aids, self._aid_vectors = read_aids(generation.folder)
        self._aid_places = np.array([self._place[aid.passage_id] for aid in aids], dtype=np.int64)
        tokens: list[list[str]] = [[] for _ in self._passages]
        for aid in aids:
            tokens[self._place[aid.passage_id]] += self.lexicon.terms(aid.text)
        self._aid_terms = [frozenset(terms) for terms in tokens]
        self._vocabulary = frozenset().union(*self._terms, *self._aid_terms)
        self._aid_lexical = LexicalIndex.build(tokens) if any(tokens) else None

    def close(self) -> None:
        self._store.close()

    def find(self, query: str, top: int = 20, only: Filter | None = None) -> Hits:
        """The best `top` passages for a stand-alone question, best first; passages that no leg found are left out."""
        terms = self.lexicon.query_terms(query)
        raw = self._raw_scores(query, terms, only or Filter())
        legs = {name: (weight, normalise(raw[name])) for name, weight in self._weights.items()}
        joined = convex_combination(legs)
        order = [int(index) for index in np.argsort(-joined, kind="stable")[:top] if joined[index] > 0]
        items = tuple(self._hit(index, rank, joined, legs) for rank, index in enumerate(order, 1))
        best = order[:_COVERED_BY]
        return Hits(
            query,
            items,
            coverage=self._coverage(terms, best),
            similarity=float(raw["dense"].max(initial=0.0)),
            question_similarity=float(raw["question_dense"].max(initial=0.0)),
            unknown=self._unknown(terms),
        )

    def _raw_scores(self, query: str, terms: Sequence[str], only: Filter) -> dict[str, Scores]:
        """Each leg's scores before normalising, shape (passages,); 0 for passages that the filter leaves out."""
        vector = self.embedder.encode_question(query)
        found = {
            "bm25": self._lexical.scores(terms),
            "dense": self._dense(vector, only),
            "question_bm25": self._aid_lexical.scores(terms) if self._aid_lexical else self._nothing(),
            "question_dense": self._aid_dense(vector),
        }
        allowed = self._allowed(only)
        return {name: np.where(allowed, scores, 0).astype(np.float32) for name, scores in found.items()}

    def _nothing(self) -> Scores:
        return np.zeros(len(self._passages), dtype=np.float32)

    def _aid_dense(self, vector: Vectors) -> Scores:
        """For each passage the cosine similarity of its nearest question; exact, since questions are short and few."""
        scores = self._nothing()
        if len(self._aid_places) and np.any(vector):
            np.maximum.at(scores, self._aid_places, np.clip(self._aid_vectors @ vector, 0.0, 1.0))
        return scores

    def find_by(self, query: str, leg: str, top: int = 20) -> tuple[Hit, ...]:
        """The best `top` passages by one leg alone, "bm25" or "dense"; for measuring."""
        scores = normalise(self._raw_scores(query, self.lexicon.query_terms(query), Filter())[leg])
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
        scores = self._nothing()
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

    def _unknown(self, terms: Sequence[str]) -> float:
        """The share of the question's terms, by rarity, that neither a passage nor a question of one holds."""
        weights = {term: self._lexical.rarity(term) for term in terms}
        total = sum(weights.values())
        missing = sum(weight for term, weight in weights.items() if term not in self._vocabulary)
        return missing / total if total else 1.0

    def _coverage(self, terms: Sequence[str], best: Sequence[int]) -> float:
        """The largest share of the question's terms, by rarity, that one of the best passages or its questions hold."""
        weights = {term: self._lexical.rarity(term) for term in terms}
        total = sum(weights.values())
        if not total:
            return 0.0
        held = ((self._terms[index] | self._aid_terms[index]) for index in best)
        return max((sum(weights[term] for term in terms if term in words) / total for words in held), default=0.0)
