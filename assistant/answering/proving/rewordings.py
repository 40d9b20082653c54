"""What the sentences of the shipped documents are known to be said with in other words, and what they do not say.

To each sentence, true and false ones have been written (`index/gate_sentences.jsonl`). A claim's words that stand in
none of the true ones are more likely the claim's own; those that stand in a false one alone are likelier still. Nothing
is known in this way of a user's own documents.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.finding.lines import as_lines, lines_of

Floats = NDArray[np.float32]

#: For each word of a claim: how near the nearest word of the source or of its true rewordings is, how much nearer one
#: of the false ones is, and whether any are known.
MEASURES = 3
#: A shorter sentence may stand anywhere, and says nothing of the passage that it stands in.
_LETTERS = 25
#: The words of so many passages' rewordings are remembered.
_REMEMBERED = 512
_NAME = "rewordings"


@dataclass(frozen=True, slots=True)
class Reworded:
    """A sentence of a source, as `plain` gives it, with the words of the true and of the false ones written to it."""

    sentence: str
    true: tuple[str, ...]
    false: tuple[str, ...]


class _Vectors:
    """The vectors of words by their numbers, each found out when it is first asked for."""

    def __init__(self, words: Iterable[str], vectors: Callable[[Sequence[str]], Floats]) -> None:
        self._words = tuple(dict.fromkeys(words))
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self.of_words = vectors
        self._known = np.zeros(len(self._words), np.bool_)
        self._rows = np.zeros((0, 0), np.float32)
        self._lock = threading.Lock()

    def numbered(self, words: Iterable[str]) -> NDArray[np.int32]:
        return np.array([self._numbers[word] for word in words], np.int32)

    def __call__(self, numbers: NDArray[np.int32]) -> Floats:
        with self._lock:
            unknown = np.unique(numbers[~self._known[numbers]])
            if len(unknown):
                found = self.of_words([self._words[number] for number in unknown])
                if not self._rows.size:
                    self._rows = np.zeros((len(self._words), found.shape[1]), np.float32)
                self._rows[unknown], self._known[unknown] = found, True
            return self._rows[numbers]


class Rewordings:
    """Safe to call from several threads. `vectors` gives words' vectors, of length 1 and shape (words, dimensions)."""

    def __init__(self, every: Sequence[Reworded], vectors: Callable[[Sequence[str]], Floats] | _Vectors) -> None:
        self._every = tuple(every)
        words = (word for one in self._every for word in (*one.true, *one.false))
        self._vectors = vectors if isinstance(vectors, _Vectors) else _Vectors(words, vectors)
        self._around = lru_cache(maxsize=_REMEMBERED)(self._words_around)

    def measures(self, claim: Sequence[str], passages: Sequence[str]) -> Floats:
        """Of shape (words of the claim, MEASURES); nothing but zeros when none is known to the passages."""
        row = np.zeros((len(claim), MEASURES), np.float32)
        around = [sides for passage in passages if len((sides := self._around(passage))[0])]
        if not claim or not around:
            return row
        vectors = self._vectors.of_words(claim)
        row[:, 0] = np.max([(vectors @ self._vectors(true).T).max(1) for true, _ in around], axis=0)
        false = [(vectors @ self._vectors(false).T).max(1) for _, false in around if len(false)]
        row[:, 1] = (np.max(false, axis=0) - row[:, 0]).clip(min=0) if false else 0
        row[:, 2] = 1
        return row

    def instead(self, place: int, one: Reworded) -> Rewordings:
        """These with another in the place of one; it holds no words that none of these holds."""
        return Rewordings((*self._every[:place], one, *self._every[place + 1 :]), self._vectors)

    def _words_around(self, passage: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The numbers of the words of true rewordings, and of those that stand in false ones alone."""
        text = plain(passage)
        found = [one for one in self._every if _belongs(one.sentence, text)]
        true = dict.fromkeys(word for one in found for word in one.true)
        false = dict.fromkeys(word for one in found for word in one.false if word not in true)
        return self._vectors.numbered(true), self._vectors.numbered(false)


def plain(text: str) -> str:
    """The words and figures of a text in lower case, with a space between them."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def _belongs(sentence: str, passage: str) -> bool:
    return (len(sentence) >= _LETTERS and sentence in passage) or (len(passage) >= _LETTERS and passage in sentence)


def as_arrays(every: Sequence[Reworded]) -> dict[str, NDArray[Any]]:
    """As `gate.npz` keeps them: sentences and words in UTF-8, one in a line; the words of each as numbers of those."""
    words = sorted({word for one in every for word in (*one.true, *one.false)})
    number = {word: place for place, word in enumerate(words)}
    arrays: dict[str, NDArray[Any]] = {
        f"{_NAME}.sentences": as_lines([one.sentence for one in every]),
        f"{_NAME}.words": as_lines(words),
    }
    for kind in ("true", "false"):
        each = [[number[word] for word in getattr(one, kind)] for one in every]
        arrays[f"{_NAME}.{kind}"] = np.array([place for places in each for place in places], np.uint16)
        arrays[f"{_NAME}.{kind}.ends"] = np.cumsum([len(places) for places in each]).astype(np.uint32)
    return arrays


def of_arrays(arrays: Mapping[str, NDArray[Any]]) -> tuple[Reworded, ...]:
    """What `as_arrays` has made. `KeyError` or `ValueError` when it is not that."""
    sentences, words = (lines_of(arrays[f"{_NAME}.{part}"]) for part in ("sentences", "words"))
    sides = []
    for kind in ("true", "false"):
        ends = [0, *map(int, arrays[f"{_NAME}.{kind}.ends"])]
        numbers = arrays[f"{_NAME}.{kind}"].tolist()
        sides.append([tuple(words[number] for number in numbers[start:end]) for start, end in pairwise(ends)])
    return tuple(Reworded(*one) for one in zip(sentences, *sides, strict=True))
