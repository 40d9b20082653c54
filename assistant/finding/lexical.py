"""The lexical legs: BM25 over normalised words (Robertson & Zaragoza 2009, in the form of Lucene), by bm25s."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexFolderError
from assistant.finding.fuse import Scores
from assistant.finding.query import Concept, Way
from assistant.types import Passage, Source

_K1, _B = 1.2, 0.75
_NONE = np.zeros(0, dtype=np.int32)


def lexical_text(passage: Passage, source: Source) -> str:
    """What is searched of a passage: its source's name, its headings, the lead-in of its list, and its words."""
    return "\n".join((source.title, source.publisher or "", *passage.path, passage.lead_in, passage.text))


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 over texts, in the order in which they were given.

    `ids` numbers the terms. The scores lie by column: those of term i are `data[starts[i]:starts[i + 1]]`, and the
    texts that they belong to are in the same places of `texts`.
    """

    ids: dict[str, int]
    data: NDArray[np.float32]
    texts: NDArray[np.int32]
    starts: NDArray[np.int64]
    count: int

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> LexicalIndex:
        """`tokens` holds each text's terms, repeats kept."""
        if not any(tokens):
            return cls({}, np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64), len(tokens))
        import bm25s  # brings scipy, which an opened index does without

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        ranker = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        ranker.index([list(terms) for terms in tokens], show_progress=False)
        data, texts, starts = (ranker.scores[key] for key in ("data", "indices", "indptr"))
        ids = {term: number for term, number in ranker.vocab_dict.items() if term}
        return cls(ids, data.astype(np.float32), texts.astype(np.int32), starts.astype(np.int64), len(tokens))

    def write(self, folder: Path, name: str) -> None:
        np.savez(folder / f"{name}.npz", data=self.data, texts=self.texts, starts=self.starts, count=self.count)
        (folder / f"{name}.json").write_text(json.dumps(self.ids, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, name: str) -> LexicalIndex:
        """`IndexFolderError` says that the index is damaged."""
        try:
            ids = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
                data, texts, starts, count = (file[key] for key in ("data", "texts", "starts", "count"))
            if max(ids.values(), default=-1) + 1 >= len(starts) or len(data) != len(texts) or starts[-1] > len(data):
                raise ValueError("the columns do not fit the terms")
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
        return cls(ids, data, texts, starts, int(count))

    def __contains__(self, term: str) -> bool:
        return term in self.ids

    def scores(self, concepts: Sequence[Concept]) -> Scores:
        """Every text's score, shape (texts,): the sum over the concepts of the best way to say each."""
        total, best, summed = (np.zeros(self.count, dtype=np.float32) for _ in range(3))
        for concept in concepts:
            touched = [self._raise(best, summed, way) for way in concept.ways]
            for texts in touched:  # a text touched by two ways is emptied the first time; twice by one, it is set twice
                total[texts] += best[texts]
                best[texts] = 0
        return total

    def _raise(self, best: Scores, summed: Scores, way: Way) -> NDArray[np.int32]:
        """Raises `best` to the way's scores where they are higher; gives the texts, `summed` stays all 0."""
        columns = [self._column(term) for term in way.terms if term in self.ids]
        if len(columns) == 1:
            texts, scores = self.texts[columns[0]], self.data[columns[0]]
        else:
            for column in columns:
                summed[self.texts[column]] += self.data[column]
            texts = np.concatenate([self.texts[column] for column in columns]) if columns else _NONE
            scores = summed[texts]
            summed[texts] = 0
        best[texts] = np.maximum(best[texts], way.weight * scores)
        return texts

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
        total = np.zeros(self.count, dtype=np.float32)
        for term in terms:
            if term in self.ids:
                column = self._column(term)
                total[self.texts[column]] += self.data[column]
        return total

    def _term_scores(self, terms: Sequence[str], text: int) -> float:
        return float(self._sum(terms)[text])

    def _column(self, term: str) -> slice:
        number = self.ids[term]
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def rarity(self, term: str) -> float:
        """The term's inverse document frequency, log(1 + (N - n + 0.5) / (n + 0.5)); highest for an unknown term."""
        column = self._column(term) if term in self.ids else slice(0, 0)
        n = column.stop - column.start
        return math.log(1 + (self.count - n + 0.5) / (n + 0.5))
