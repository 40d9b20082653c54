"""The sentences and list items of the passages, searched for themselves: which one of a passage answers.

Each has its own words and, where somebody has written them, the questions that it answers; both are searched, in one
field of BM25 and by their vectors.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from assistant.errors import IndexFolderError
from assistant.finding.embedder import Vectors
from assistant.finding.enrich import Aid
from assistant.finding.fuse import Scores
from assistant.finding.lexical import LexicalIndex
from assistant.finding.lexicon import Lexicon
from assistant.finding.points import PointTable
from assistant.finding.query import Concept, said
from assistant.finding.terms_file import indexed_terms
from assistant.reading.sentences import sentence_spans
from assistant.types import Passage, SentenceClues

_NAME = "sentences"
#: A sentence's own place: its passage's row, and its start and end in the passage's text.
_Row = tuple[int, int, int]


class _File(BaseModel):
    rows: list[_Row]
    terms: list[list[str]]


def write_sentences(folder: Path, passages: Sequence[Passage], aids: Sequence[Aid], lexicon: Lexicon) -> None:
    """Writes the sentences of all passages, in order, with their own terms, and the index of both kinds of words."""
    asked: dict[tuple[str, int], list[str]] = {}
    for aid in aids:
        if aid.end:
            asked.setdefault((aid.passage_id, aid.start), []).append(aid.text)
    rows, own, whole = [], [], []
    unused: Counter[str] = Counter()
    for place, passage in enumerate(passages):
        for start, end in sentence_spans(passage.text):
            terms = indexed_terms(passage.text[start:end], lexicon, unused)
            questions = "\n".join(asked.get((passage.id, start), ()))
            rows.append((place, start, end))
            own.append(list(dict.fromkeys(terms)))
            whole.append((*terms, *indexed_terms(questions, lexicon, unused)))
    LexicalIndex.build(whole).write(folder, f"{_NAME}-words")
    found = {"rows": rows, "terms": own}
    (folder / f"{_NAME}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


class SentenceIndex:
    """The open index of the sentences. Scores have shape (sentences,), in the order of the passages."""

    def __init__(self, folder: Path, passages: int, points: PointTable) -> None:
        """`passages` is how many there are. `IndexFolderError` says that the index is damaged."""
        try:
            file = _File.model_validate_json((folder / f"{_NAME}.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
        self._rows = file.rows
        self._terms = [frozenset(terms) for terms in file.terms]
        self._lexical = LexicalIndex.read(folder, f"{_NAME}-words")
        places = np.array([row[0] for row in file.rows], dtype=np.int64)
        self._firsts = np.searchsorted(places, np.arange(passages + 1))
        number = _sentence_of(points, places, np.array([row[1] for row in file.rows], dtype=np.int64))
        self._asked = _runs(np.where(points.is_aid, number, -1), len(file.rows))
        self._own = _runs(np.where(points.is_aid, -1, number), len(file.rows))
        self._means = _means(self._asked, points.vectors, len(file.rows))

    def words(self, concepts: Sequence[Concept]) -> Scores:
        """BM25 of each sentence and the questions that it answers."""
        return self._lexical.scores(concepts)

    def means(self, short: Vectors) -> Scores:
        """The cosine similarity of each sentence's questions, taken together, to a shortened vector; 0 without."""
        if not np.any(short):
            return np.zeros(len(self._means), dtype=np.float32)
        similarities: Scores = np.maximum(self._means @ short, 0.0)
        return similarities

    def clues(
        self,
        place: int,
        words: Scores,
        means: Scores,
        similarities: Scores,
        concepts: Sequence[Share],
        around: frozenset[str],
    ) -> Iterator[SentenceClues]:
        """What speaks for each sentence of the passage in row `place`.

        `words` and `means` are what those methods gave, `similarities` those of the points, `concepts` the question's
        with their shares of it, and `around` the terms of the passage's heading and lead-in.
        """
        for number in range(int(self._firsts[place]), int(self._firsts[place + 1])):
            _, start, end = self._rows[number]
            asked, own = similarities[self._asked[number]], similarities[self._own[number]]
            held = self._terms[number] | around
            yield SentenceClues(
                start,
                end,
                words=float(words[number]),
                questions=float(means[number]),
                nearest=float(asked.max()) if len(asked) else 0.0,
                own=float(own.max()) if len(own) else 0.0,
                covered=sum(one.share * said(one.concept, held) for one in concepts if not one.terms.isdisjoint(held)),
            )


@dataclass(frozen=True, slots=True)
class Share:
    """A concept, its share of the question by rarity, 0..1, and all terms that any way to say it looks for."""

    concept: Concept
    share: float
    terms: frozenset[str]

    @classmethod
    def of(cls, concept: Concept, share: float) -> Share:
        return cls(concept, share, frozenset(term for way in concept.ways for term in way.terms))


def _runs(sentences: NDArray[np.int64], count: int) -> list[slice]:
    """Which points lead to each sentence; `sentences` holds the sentence of each point, -1 for none.

    Those of one sentence lie after each other (`points.make_points`).
    """
    at = np.flatnonzero(sentences >= 0)
    numbers = sentences[at]
    firsts, ends = (np.searchsorted(numbers, np.arange(count), side) for side in ("left", "right"))
    return [
        slice(int(at[first]), int(at[end - 1]) + 1) if end > first else slice(0, 0)
        for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)
    ]


def _sentence_of(points: PointTable, places: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the sentence that each point leads to, -1 for none, shape (points,)."""
    if not len(places):
        return np.full(len(points), -1, dtype=np.int64)
    width = int(max(starts.max(initial=0), points.starts.max(initial=0))) + 1
    known, wanted = places * width + starts, points.passages.astype(np.int64) * width + points.starts
    found = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    right: NDArray[np.int64] = np.where((points.starts >= 0) & (known[found] == wanted), found, -1)
    return right


def _means(asked: Sequence[slice], vectors: Vectors, count: int) -> Vectors:
    """The mean of the vectors of each sentence's questions, of length 1; 0 for one that has none."""
    means = np.zeros((count, vectors.shape[1] if vectors.ndim == 2 else 1), dtype=np.float32)
    for number, points in enumerate(asked):
        if points.stop > points.start:
            total = vectors[points].sum(axis=0)
            means[number] = total / max(float(np.linalg.norm(total)), 1e-9)
    return means
