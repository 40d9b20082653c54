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
from assistant.finding.points import Point
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


@dataclass(frozen=True, slots=True)
class _Group:
    """Which points lead to each sentence: those of sentence i are `order[starts[i]:starts[i + 1]]`."""

    order: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, sentences: NDArray[np.int64], count: int) -> _Group:
        """`sentences` holds the sentence of each point, -1 for none."""
        order = np.argsort(sentences, kind="stable")
        starts = np.searchsorted(sentences[order], np.arange(count + 1))
        return cls(order, starts)

    def points(self, sentence: int) -> NDArray[np.int64]:
        return self.order[self.starts[sentence] : self.starts[sentence + 1]]


class SentenceIndex:
    """The open index of the sentences. Scores have shape (sentences,), in the order of the passages."""

    def __init__(
        self, folder: Path, passages: Sequence[Passage], points: Sequence[Point], point_vectors: Vectors
    ) -> None:
        """`IndexFolderError` says that the index is damaged."""
        try:
            file = _File.model_validate_json((folder / f"{_NAME}.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
        self._rows = file.rows
        self._terms = [frozenset(terms) for terms in file.terms]
        self._lexical = LexicalIndex.read(folder, f"{_NAME}-words")
        self._firsts = np.searchsorted(np.array([row[0] for row in file.rows]), np.arange(len(passages) + 1))
        named = {(passages[place].id, start): number for number, (place, start, _) in enumerate(file.rows)}
        sentence = [named.get((p.passage_id, p.start), -1) if p.end else -1 for p in points]
        is_aid = np.array([point.kind == "aid" for point in points], dtype=np.bool_)
        places = np.array(sentence, dtype=np.int64).reshape(-1)
        self._asked = _Group.of(np.where(is_aid, places, -1), len(file.rows))
        self._own = _Group.of(np.where(is_aid, -1, places), len(file.rows))
        self._means = _means(self._asked, point_vectors, len(file.rows))

    def words(self, concepts: Sequence[Concept]) -> Scores:
        """BM25 of each sentence and the questions that it answers."""
        return self._lexical.scores(concepts)

    def clues(
        self,
        place: int,
        words: Scores,
        vector: Vectors,
        similarities: Scores,
        concepts: Sequence[tuple[Concept, float]],
        around: frozenset[str],
    ) -> Iterator[SentenceClues]:
        """What speaks for each sentence of the passage in row `place`.

        `words` is what `words` gave, `similarities` those of the points, `concepts` the question's with their shares
        of it, and `around` the terms of the passage's heading and lead-in.
        """
        for number in range(int(self._firsts[place]), int(self._firsts[place + 1])):
            _, start, end = self._rows[number]
            asked, own = similarities[self._asked.points(number)], similarities[self._own.points(number)]
            held = self._terms[number] | around
            yield SentenceClues(
                start,
                end,
                words=float(words[number]),
                questions=max(0.0, float(self._means[number] @ vector)),
                nearest=float(asked.max(initial=0.0)),
                own=float(own.max(initial=0.0)),
                covered=sum(share * said(concept, held) for concept, share in concepts),
            )


def _means(asked: _Group, vectors: Vectors, count: int) -> Vectors:
    """The mean of the vectors of each sentence's questions, of length 1; 0 for one that has none."""
    means = np.zeros((count, vectors.shape[1] if vectors.ndim == 2 else 1), dtype=np.float32)
    counts = np.diff(asked.starts)
    having = np.flatnonzero(counts)
    if len(having):
        first = int(asked.starts[0])
        sums = np.add.reduceat(vectors[asked.order[first:]], asked.starts[:-1][having] - first, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        means[having] = sums / np.maximum(lengths, 1e-9)
    return means
