"""The legs of the search: each gives every passage a score for a question.

`words`: BM25 over the passage's words and those of the questions that it answers, in one field.
`vector`: cosine similarity to the passage's vector, which its aids have a part in; exact, in a large index by Chroma.
`nearest`: cosine similarity to the nearest of the small texts that lead to the passage; exact.
`source`: how far the question names the passage's source, by title, publisher or kind ("enligt instruktionen").
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.finding.embedder import Vectors
from assistant.finding.exact import nearest, read_vectors
from assistant.finding.fuse import Scores
from assistant.finding.generations import Generation
from assistant.finding.lexical import LexicalIndex
from assistant.finding.lexicon import Lexicon
from assistant.finding.points import Point, PointTable, read_texts
from assistant.finding.query import Concept
from assistant.finding.sentence_index import SentenceIndex
from assistant.finding.showable import Showable, read_showable
from assistant.finding.store import VectorStore
from assistant.finding.terms_file import read_terms
from assistant.finding.unanswered import Unanswered
from assistant.types import Document, Passage, Source

#: The names of the legs.
LEGS = ("words", "vector", "nearest", "source")
#: Kinds that people call a document by.
_NAMED_KINDS = ("lag", "vägledning", "rapport", "presentation")
_SOURCES = "sources"
#: How many of the nearest passages the vector leg gives a score.
_NEAREST = 100


def write_source_names(folder: Path, documents: Sequence[Document], lexicon: Lexicon) -> None:
    """Writes the index of what the sources are called."""
    names = [_name_terms(document.source, lexicon) for document in documents]
    LexicalIndex.build(names).write(folder, _SOURCES)


class Legs:
    """The open indexes of a generation. Scores have shape (passages,), in the order of `passages`."""

    def __init__(self, generation: Generation, documents: Sequence[Document]) -> None:
        """`IndexFolderError` says that the index is damaged."""
        passages = [passage for document in documents for passage in document.passages]
        folder = self._folder = generation.folder
        self._count = len(passages)
        self._place = {passage.id: index for index, passage in enumerate(passages)}
        terms = read_terms(folder)
        self.spellings = terms.words
        self._spelt = terms.spelt
        self._held = terms.passages
        self._lexical = terms.index
        self._points = PointTable.read(folder, self._count)
        #: Which passages search questions have been written for, shape (passages,).
        self.enriched = np.zeros(self._count, dtype=np.bool_)
        self.enriched[self._points.passages[self._points.is_aid]] = True
        self._names = LexicalIndex.read(folder, _SOURCES)
        self._source_of = [passage.source_id for passage in passages]
        self._sources = np.repeat(np.arange(len(documents)), [len(document.passages) for document in documents])
        self.sentences = SentenceIndex(folder, self._count, self._points)
        self.unanswered = Unanswered(folder)
        vectors = read_vectors(folder, self._count)
        self._store = VectorStore(folder / "chroma") if vectors is None else None
        self._vectors = np.zeros((0, 1), dtype=np.float32) if vectors is None else vectors

    def close(self) -> None:
        if self._store:
            self._store.close()

    def place(self, passage: Passage) -> int:
        """Which row of the scores is the passage's."""
        return self._place[passage.id]

    def knows(self, term: str) -> bool:
        return term in self._lexical

    def has_spelt(self, term: str) -> bool:
        """Whether the term is one of a word that is spelt right, as far as the index can tell."""
        return term in self._spelt

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency."""
        return self._lexical.rarity(term)

    def held(self, place: int) -> frozenset[str]:
        """The terms of a passage and its aids."""
        return self._held[place]

    def words(self, concepts: Sequence[Concept]) -> Scores:
        return self._lexical.scores(concepts)

    def ways(self, concepts: Sequence[Concept], place: int) -> list[tuple[Concept, int, float]]:
        """The concepts that a passage holds, the number of the best way to say each, and its score."""
        return self._lexical.ways(concepts, place)

    def vector(self, vector: Vectors, source_ids: Sequence[str] | None = None) -> Scores:
        """0 for passages that are not among the nearest, or not of these sources (None: of any)."""
        scores = np.zeros(self._count, dtype=np.float32)
        if not np.any(vector) or source_ids == []:
            return scores
        if self._store is None:
            return nearest(self._vectors, vector, _NEAREST, self._rows(source_ids))
        top = min(_NEAREST, self._count)
        for key, similarity in self._store.nearest(vector, top, source_ids or ()).items():
            scores[self._place[key]] = max(0.0, similarity)
        return scores

    def _rows(self, source_ids: Sequence[str] | None) -> Sequence[int] | None:
        if source_ids is None:
            return None
        return [index for index, key in enumerate(self._source_of) if key in source_ids]

    def similarities(self, short: Vectors) -> Scores:
        """The cosine similarity of each small text to a shortened vector, 0..1, shape (points,)."""
        return self._points.similarities(short)

    def answered(self, similarities: Scores) -> Scores:
        """Those of the points' similarities that are to questions which the passages answer, and their gists."""
        return similarities[self._points.is_aid]

    def nearest(self, similarities: Scores) -> Scores:
        scores = np.zeros(self._count, dtype=np.float32)
        if len(similarities):
            having = np.flatnonzero(np.diff(self._points.firsts))
            scores[having] = np.maximum.reduceat(similarities, self._points.firsts[having])
        return scores

    def source(self, concepts: Sequence[Concept]) -> Scores:
        """Only the question's own words and their parts name a source, never other words for the same."""
        named = [replace(c, ways=tuple(way for way in c.ways if way.clue in ("word", "part"))) for c in concepts]
        scores = self._names.scores(named)
        return scores[self._sources]

    def nearest_point(self, vector: Vectors, place: int) -> tuple[Point, float] | None:
        """The small text of a passage that lies nearest to the vector, and its similarity, 0..1."""
        mine = self._points.of_passage(place)
        near = self._points.similarities(self._points.shortened(vector))[mine]
        if not len(near):
            return None
        best = int(np.argmax(near))
        return self._texts[mine.start + best], float(near[best])

    def showable(self, place: int) -> list[tuple[Showable, Vectors]]:
        """The questions of a passage that may be shown, and their vectors, shape (components,); see `PointTable`."""
        return [(one, self._points.vectors[one.point]) for one in self._showable.get(place, ())]

    def shortened(self, vector: Vectors) -> Vectors:
        """The vector as it is compared with those of small texts, shape (components,)."""
        return self._points.shortened(vector)

    @functools.cached_property
    def _showable(self) -> Mapping[int, tuple[Showable, ...]]:
        """Read when they are first asked for: to search takes none."""
        return read_showable(self._folder)

    @functools.cached_property
    def _texts(self) -> tuple[Point, ...]:
        """Read when they are first asked for: to search, their vectors are enough."""
        return read_texts(self._folder)


def _name_terms(source: Source, lexicon: Lexicon) -> list[str]:
    """What a source may be called by: its title, its publisher, and its kind where that is a word for a document."""
    kind = source.kind if source.kind in _NAMED_KINDS else ""
    tokens = lexicon.tokens(" ".join((source.title, source.publisher or "", kind)))
    return [term for token in tokens for term in (token.term, *token.parts)]
