"""What the sentences of the shipped documents are known to be said with in other words, and what they do not say.

To each sentence, true and false ones have been written (`index/gate_sentences.jsonl`). A claim's words that stand in
none of the true ones are more likely the claim's own; those that stand in a false one alone are likelier still. The
known sentences nearest to a claim are what it is set against by `matching`. Nothing is known in this way of a user's
own documents.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.finding.lines import as_lines, lines_of

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
Truth = NDArray[np.bool_]

#: For each word of a claim: how near the nearest word of the source or of its true rewordings is, how much nearer one
#: of the false ones is, and whether any are known.
MEASURES = 3
#: So many of the nearest true sentences and as many false ones are set against a claim.
NEAREST = 6
#: A shorter sentence may stand anywhere, and says nothing of the passage that it stands in.
_LETTERS = 25
#: Of so many passages it is remembered what is known of them, and of so many the mean vectors of it.
_REMEMBERED, _MEANS = 512, 64
#: More words of a known sentence are not compared.
_WORDS = 40
_TINY = 1e-6
_NAME = "rewordings"


@dataclass(frozen=True, slots=True)
class Reworded:
    """A sentence of a source, as `plain` gives it, with its words and those of each true and false one written to it.

    `own` are its words as they are read.
    """

    sentence: str
    own: tuple[str, ...]
    true: tuple[tuple[str, ...], ...]
    false: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """All that is known, as arrays: the sources' sentences one after another, and what is written to each.

    `numbers` are places among `words`; known sentence n has those from `ends[n]` to `ends[n + 1]`, and source sentence
    m the known ones from `rows[m]` to `rows[m + 1]`, itself first.
    """

    sentences: tuple[str, ...]
    words: tuple[str, ...]
    numbers: NDArray[np.uint16]
    ends: Numbers
    true: Truth
    rows: Numbers

    @classmethod
    def of(cls, every: Sequence[Reworded]) -> Known:
        words = sorted({word for one in every for some in (one.own, *one.true, *one.false) for word in some})
        number = {word: place for place, word in enumerate(words)}
        each = [some for one in every for some in (one.own, *one.true, *one.false)]
        truth = [kind for one in every for kind in (True, *[True] * len(one.true), *[False] * len(one.false))]
        return cls(
            tuple(one.sentence for one in every),
            tuple(words),
            np.array([number[word] for some in each for word in some], np.uint16),
            _ends([len(some) for some in each]),
            np.array(truth, np.bool_),
            _ends([1 + len(one.true) + len(one.false) for one in every]),
        )

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """As `gate.npz` keeps them: sentences and words in UTF-8, one in a line; lengths instead of ends."""
        return {
            f"{_NAME}.sentences": as_lines(self.sentences),
            f"{_NAME}.words": as_lines(self.words),
            f"{_NAME}.numbers": self.numbers,
            f"{_NAME}.lengths": np.diff(self.ends).astype(np.uint8),
            f"{_NAME}.true": self.true,
            f"{_NAME}.rows": np.diff(self.rows).astype(np.uint16),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Known:
        """What `as_arrays` has made. `KeyError` or `ValueError` when it is not that."""
        stored = {name: arrays[f"{_NAME}.{name}"] for name in ("numbers", "lengths", "true", "rows")}
        sentences, words = (tuple(lines_of(arrays[f"{_NAME}.{part}"])) for part in ("sentences", "words"))
        ends, rows = _ends(stored["lengths"]), _ends(stored["rows"])
        if (ends[-1], rows[-1], len(rows) - 1) != (len(stored["numbers"]), len(stored["true"]), len(sentences)):
            raise ValueError("the lengths do not add up")
        return cls(sentences, words, stored["numbers"], ends, stored["true"].astype(np.bool_), rows)


@dataclass(frozen=True, slots=True, eq=False)
class Nearby:
    """The known sentences nearest to a claim: some true ones and after them as many false ones, the nearest first.

    `words` of shape (sentences, words) are numbers of words, -1 where there is none; `alike` of shape (sentences,) is
    how like the claim each is, and `own` tells the source's own sentences. Where there is no sentence, all words are -1
    and the rest is 0.
    """

    words: NDArray[np.int32]
    alike: Floats
    own: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """What is known of a passage: the known sentences, and the words of true ones and of false ones alone."""

    known: Numbers
    true: Numbers
    false: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Known sentences as they are compared with a claim: the mean vectors of their words, of length 1, and the words.

    `rarities` and `words` are of every word of every sentence, once; `starts` are where each sentence's begin.
    """

    means: Floats
    words: Numbers
    rarities: Floats
    starts: Numbers
    sizes: Floats


class _Vectors:
    """The vectors of words by their numbers, each found out when it is first asked for."""

    def __init__(self, words: Sequence[str], vectors: Callable[[Sequence[str]], Floats]) -> None:
        self._words = words
        self.of_words = vectors
        self._known = np.zeros(len(words), np.bool_)
        self._rows = np.zeros((0, 0), np.float32)
        self._lock = threading.Lock()

    def __call__(self, numbers: Numbers) -> Floats:
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

    def __init__(self, known: Known, vectors: Callable[[Sequence[str]], Floats]) -> None:
        self.known = known
        self.vectors = _Vectors(known.words, vectors)
        self._around = lru_cache(maxsize=_REMEMBERED)(self._words_around)
        self._compared = lru_cache(maxsize=_MEANS)(self._means_around)
        self._numbers = {word: number for number, word in enumerate(known.words)}
        self._hidden: Numbers = np.arange(0)

    def numbers(self, words: Sequence[str]) -> Numbers:
        """The words' places among all known ones, -1 where one is not known."""
        return np.array([self._numbers.get(word, -1) for word in words], np.int64)

    def hiding(self, sentences: Numbers) -> Rewordings:
        """These without some of the known sentences."""
        other = copy(self)
        other._hidden = sentences
        return other

    def measures(self, claim: Sequence[str], passages: Sequence[str]) -> Floats:
        """Of shape (words of the claim, MEASURES); nothing but zeros when none is known to the passages."""
        row = np.zeros((len(claim), MEASURES), np.float32)
        around = [one for passage in passages if len((one := self._seen(passage)).true)]
        if not claim or not around:
            return row
        vectors = self.vectors.of_words(claim)
        row[:, 0] = np.max([(vectors @ self.vectors(one.true).T).max(1) for one in around], axis=0)
        false = [(vectors @ self.vectors(one.false).T).max(1) for one in around if len(one.false)]
        row[:, 1] = (np.max(false, axis=0) - row[:, 0]).clip(min=0) if false else 0
        row[:, 2] = 1
        return row

    def nearest(self, claim: Sequence[str], passages: Sequence[str], most: int = NEAREST) -> Nearby | None:
        """The sentences known to the passages that are nearest to a claim; none when none is known.

        How like two are is the cosine of the means of their words' vectors, and of their words by how rare they are.
        """
        every = [passage for passage in dict.fromkeys(passages) if len(self._around(passage).known)]
        if not claim or not every:
            return None
        known, first = np.unique(np.concatenate([self._around(passage).known for passage in every]), return_index=True)
        alike = self._alike(claim, every)[first]
        seen = ~np.isin(known, self._hidden)
        chosen = []
        for truth in (True, False):
            places = np.flatnonzero(seen & (self.known.true[known] == truth))
            places = places[np.argsort(-alike[places], kind="stable")][:most]
            chosen.append(np.pad(places, (0, most - len(places)), constant_values=-1))
        places = np.concatenate(chosen)
        return self._shown(known, alike, places) if places.max() >= 0 else None

    def _shown(self, known: Numbers, alike: Floats, places: Numbers) -> Nearby:
        there = places >= 0
        sentences = known[places[there]]
        starts, ends = self.known.ends[sentences], self.known.ends[sentences + 1]
        ends = np.minimum(ends, starts + _WORDS)
        words = np.full((len(places), int((ends - starts).max())), -1, np.int32)
        for row, start, end in zip(np.flatnonzero(there), starts, ends, strict=True):
            words[row, : end - start] = self.known.numbers[start:end]
        rows = np.zeros((2, len(places)), np.float32)
        rows[0, there], rows[1, there] = alike[places[there]], np.isin(sentences, self.known.rows[:-1])
        return Nearby(words, rows[0], rows[1])

    def _alike(self, claim: Sequence[str], passages: Sequence[str]) -> Floats:
        mean = _unit(self.vectors.of_words(claim).mean(0)[None])[0]
        numbers = np.unique(self.numbers(claim))
        numbers = numbers[numbers >= 0]
        marked = np.zeros(len(self.known.words), np.float32)
        marked[numbers] = 1
        size = float(np.sqrt(self._rarity[numbers].sum())) + _TINY
        found = []
        for one in map(self._compared, passages):
            shared = np.add.reduceat(marked[one.words] * one.rarities, one.starts) / (one.sizes * size)
            found.append(one.means @ mean + shared)
        return np.concatenate(found).astype(np.float32)

    @cached_property
    def _rarity(self) -> Floats:
        """How rare each word is: the logarithm of the number of sentences to each with the word (Spärck Jones 1972)."""
        order = np.argsort(self.known.numbers, kind="stable")
        words = self.known.numbers[order]
        sentences = np.repeat(np.arange(len(self.known.true)), np.diff(self.known.ends))[order]
        first = (np.diff(words, prepend=-1) != 0) | (np.diff(sentences, prepend=-1) != 0)
        held = np.bincount(words[first], minlength=len(self.known.words))
        return np.log(len(self.known.true) / (1 + held)).clip(min=0).astype(np.float32)

    def _words_of(self, sentences: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of all words of some known sentences, and which of the sentences each stands in."""
        starts, lengths = self.known.ends[sentences], np.diff(self.known.ends)[sentences]
        of = np.repeat(np.arange(len(sentences)), lengths)
        within = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.known.numbers[starts[of] + within].astype(np.int64), of

    def _words_around(self, passage: str) -> _Around:
        text = plain(passage)
        rows = [row for row, sentence in enumerate(self.known.sentences) if _belongs(sentence, text)]
        each = (np.arange(self.known.rows[row], self.known.rows[row + 1]) for row in rows)
        known = np.concatenate([np.arange(0), *each])
        return self._of(known[np.diff(self.known.ends)[known] > 0])

    def _seen(self, passage: str) -> _Around:
        around = self._around(passage)
        hidden = np.isin(around.known, self._hidden)
        return self._of(around.known[~hidden]) if hidden.any() else around

    def _of(self, known: Numbers) -> _Around:
        true, false = (np.unique(self._words_of(known[self.known.true[known] == truth])[0]) for truth in (True, False))
        return _Around(known, true, np.setdiff1d(false, true))

    def _means_around(self, passage: str) -> _Compared:
        words, of = self._words_of(self._around(passage).known)
        means = np.add.reduceat(self.vectors(words), np.flatnonzero(np.diff(of, prepend=-1)), axis=0)
        once = np.unique(of * len(self.known.words) + words)
        of, words = once // len(self.known.words), once % len(self.known.words)
        starts, rarities = np.flatnonzero(np.diff(of, prepend=-1)), self._rarity[words]
        sizes = np.sqrt(np.add.reduceat(rarities, starts)).astype(np.float32)
        return _Compared(_unit(means), words, rarities, starts, sizes + np.float32(_TINY))


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + _TINY), np.float32)


def plain(text: str) -> str:
    """The words and figures of a text in lower case, with a space between them."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def _ends(lengths: Sequence[int] | NDArray[Any]) -> Numbers:
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int64)


def _belongs(sentence: str, passage: str) -> bool:
    return (len(sentence) >= _LETTERS and sentence in passage) or (len(passage) >= _LETTERS and passage in sentence)
