"""A question made ready to search with: its concepts and vector, and what every leg of the index says of them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.finding.embedder import Vectors
from assistant.finding.fuse import Scores, normalise
from assistant.finding.legs import Legs
from assistant.finding.query import Concept, QueryAnalyser
from assistant.finding.sentence_index import Share
from assistant.finding.tools import SearchTools
from assistant.types import Document, Filter

#: So many questions' vectors are remembered.
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is looked for by, and found by.

    `own` are the concepts of the question itself, `concepts` those carried over from earlier too. `raw` holds each
    leg's scores, shape (passages,), 0 for passages that the filter leaves out, and `legs` the same normalised.
    `similarities` are those of the small texts. `sentence_words` and `sentence_means` have shape (sentences,), and
    `shares` holds the concepts with their shares of the question.
    """

    own: tuple[Concept, ...]
    concepts: tuple[Concept, ...]
    vector: Vectors
    raw: Mapping[str, Scores]
    legs: Mapping[str, Scores]
    similarities: Scores
    sentence_words: Scores
    sentence_means: Scores
    shares: tuple[Share, ...]


class Asker:
    """Looks questions up in the legs of an open index."""

    def __init__(
        self, legs: Legs, analyser: QueryAnalyser, tools: SearchTools, documents: Mapping[str, Document]
    ) -> None:
        self._legs = legs
        self._analyser = analyser
        self._tools = tools
        self._documents = documents
        #: A question's vector; those of the last ones are remembered, for each is asked for more than once.
        self.encoded = functools.lru_cache(maxsize=_REMEMBERED)(tools.embedder.encode_question)
        self._sources = [document.source for document in documents.values() for _ in document.passages]

    def ask(self, question: str, carried: str = "", only: Filter | None = None) -> Asked:
        """`carried` are words from earlier in the conversation; they count for less than the question's own."""
        own = self._analyser.concepts(question)
        concepts = self._analyser.concepts(question, carried) if carried else own
        vector = self.vector(question, carried)
        short = self._legs.shortened(vector)
        similarities = self._legs.similarities(short)
        raw = self._raw_scores(concepts, vector, similarities, only or Filter())
        return Asked(
            own=own,
            concepts=concepts,
            vector=vector,
            raw=raw,
            legs={name: normalise(scores) for name, scores in raw.items()},
            similarities=similarities,
            sentence_words=self._legs.sentences.words(concepts),
            sentence_means=self._legs.sentences.means(short),
            shares=self._shares(concepts),
        )

    def vector(self, question: str, carried: str = "") -> Vectors:
        """The question's vector, of length 1, moved towards what is carried over."""
        vector = self.encoded(question)
        if not carried:
            return vector
        joined = vector + self._tools.weights.matches.carried * self.encoded(carried)
        length = np.linalg.norm(joined)
        return (joined / length).astype(np.float32) if length else vector

    def _raw_scores(
        self, concepts: Sequence[Concept], vector: Vectors, similarities: Scores, only: Filter
    ) -> dict[str, Scores]:
        found = {
            "words": self._legs.words(concepts),
            "vector": self._legs.vector(vector, self._source_ids(only)),
            "nearest": self._legs.nearest(similarities),
            "source": self._legs.source(concepts),
        }
        if only == Filter():
            return found
        allowed = self._allowed(only)
        return {name: np.where(allowed, scores, 0).astype(np.float32) for name, scores in found.items()}

    def _shares(self, concepts: Sequence[Concept]) -> tuple[Share, ...]:
        total = sum(self._legs.rarity(concept.term) for concept in concepts) or 1.0
        return tuple(Share.of(concept, self._legs.rarity(concept.term) / total) for concept in concepts)

    def _source_ids(self, only: Filter) -> list[str] | None:
        """The admitted sources, or None when all are."""
        admitted = [key for key, document in self._documents.items() if only.admits(document.source)]
        return None if len(admitted) == len(self._documents) else admitted

    def _allowed(self, only: Filter) -> NDArray[np.bool_]:
        return np.array([only.admits(source) for source in self._sources], dtype=np.bool_)
