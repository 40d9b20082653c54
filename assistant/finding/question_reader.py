"""Reads a question and a sentence as one text, and says how likely the sentence is to answer it.

A transformer encoder pretrained on Swedish administrative prose (`finding.encoder`) that has learnt from the search
questions, whose answering sentences are known, and from the questions that the sources are known not to answer: which
of a few sentences answers, if any does (a conditional logit with none of them as a choice of its own). Between the
question and the rest, words attend to each other by how like they are instead of by place.
`index/train_questions.py` trains it.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder
from assistant.finding.encoder import Breaks, Encoder, Floats, Words, gelu, words_of
from assistant.finding.lexicon import Lexicon
from assistant.finding.lines import lines_of
from assistant.finding.word_vectors import WordVectors
from assistant.types import Passage

#: So many words are read of a question, of a sentence, and of what stands around it.
MOST_QUESTION, MOST_SENTENCE, MOST_AROUND = 30, 45, 25
#: Of what stands around a sentence, so many words of what comes before it in its passage.
_BEFORE = 12
#: How like two words are: the cosine of their vectors, and the share of their terms that they have in common.
LIKENESSES = 2
#: Log-odds beyond these say no more.
MOST_ODDS = 12.0
#: The sides of a reading.
QUESTION, SENTENCE, AROUND = 0, 1, 2
#: So many words' terms are remembered.
_REMEMBERED = 20_000
#: So many readings are remembered.
_READ = 1_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A question and a sentence as one text, the question first.

    `side` tells the question (0), the sentence (1) and what stands around it (2); `likeness` is of shape (words of the
    question, other words, LIKENESSES).
    """

    words: tuple[str, ...]
    breaks: Breaks
    side: NDArray[np.int8]
    likeness: Floats

    @property
    def asked(self) -> int:
        """How many of the words are the question's."""
        return len(self.likeness)


def around(passage: Passage, start: int) -> str:
    """What stands around a sentence of a passage: its heading, its lead-in, and the words before it."""
    before = passage.text[:start].split()[-_BEFORE:]
    return ". ".join(part for part in (*passage.path[-1:], passage.lead_in, " ".join(before)) if part)


class Likeness:
    """How like words are. `vectors` gives their vectors, of length 1; a word shares terms with one of its compounds."""

    def __init__(self, vectors: Callable[[Sequence[str]], Floats], lexicon: Lexicon) -> None:
        self.vectors = vectors
        self._lexicon = lexicon
        self.terms = lru_cache(maxsize=_REMEMBERED)(self._found_terms)

    def __call__(self, mine: Sequence[str], theirs: Sequence[str]) -> Floats:
        """Of shape (mine, theirs, LIKENESSES)."""
        cosines = np.clip(self.vectors(mine) @ self.vectors(theirs).T, 0, 1)
        others = [self.terms(word) for word in theirs]
        shares = [[_share(own, other) for other in others] for own in map(self.terms, mine)]
        return np.stack([cosines, np.array(shares, np.float32)], -1).astype(np.float32)

    def _found_terms(self, word: str) -> frozenset[str]:
        if word in self._lexicon.stop_words:
            return frozenset((word,))
        return frozenset((self._lexicon.normal_form(word), *self._lexicon.parts(word)))


def _share(own: frozenset[str], other: frozenset[str]) -> float:
    return len(own & other) / len(own | other)


def reading_of(question: Words, sentence: Words, stands: Words, likeness: Likeness) -> Reading:
    """`stands` is what stands around the sentence."""
    mine, theirs, others = question[:MOST_QUESTION], sentence[:MOST_SENTENCE], stands[-MOST_AROUND:]
    every = (*mine, *theirs, *others)
    words = tuple(word for word, _ in every)
    return Reading(
        words,
        np.array([before for _, before in every], np.int8),
        np.repeat(np.array([QUESTION, SENTENCE, AROUND], np.int8), [len(mine), len(theirs), len(others)]),
        likeness(words[: len(mine)], words[len(mine) :]),
    )


class QuestionReader:
    """Opened at first use, and safe to call from several threads. `open_embedder` gives the shipped embedding model."""

    def __init__(self, file: Path, open_embedder: Callable[[], Embedder], lexicon: Lexicon) -> None:
        self._file = file
        self._likeness = Likeness(WordVectors(open_embedder), lexicon)
        self._lock = threading.Lock()
        self._network: QuestionNetwork | None = None
        self._of_texts = lru_cache(maxsize=_READ)(self._read_texts)

    def odds(self, question: str, passage: Passage, start: int, end: int) -> float:
        """The log-odds, from -MOST_ODDS to MOST_ODDS, that a sentence of a passage answers; 0 without any words."""
        return self._of_texts(question, passage.text[start:end], around(passage, start))

    def _read_texts(self, question: str, sentence: str, stands: str) -> float:
        asked, said = words_of(question), words_of(sentence)
        return self.open().odds(asked, said, words_of(stands)) if asked and said else 0.0

    def open(self) -> QuestionNetwork:
        """Reads the network, once."""
        with self._lock:
            if self._network is None:
                self._network = _read(self._file, self._likeness)
            return self._network


class QuestionNetwork:
    """The trained network; `weights` by the names that the training gives them, `frequent` words by their rows."""

    def __init__(self, weights: Mapping[str, Floats], frequent: Mapping[str, int], likeness: Likeness) -> None:
        self._w = weights
        self._encoder = Encoder(weights, frequent)
        self._likeness = likeness

    def odds(self, question: Words, sentence: Words, stands: Words) -> float:
        w, e = self._w, self._encoder
        reading = reading_of(question, sentence, stands, self._likeness)
        rows = e.words(reading.words, self._likeness.vectors(reading.words), reading.breaks)
        best = np.concatenate([reading.likeness.max(1), reading.likeness.max(0)])
        rows = rows + w["side"][reading.side] + e.linear("best", best)
        rows = e.read_beside(rows, reading.asked, reading.likeness)
        mine, theirs = rows[: reading.asked], rows[reading.side == SENTENCE]
        whole = np.concatenate(
            [mine.mean(0), mine.max(0), theirs.mean(0), theirs.max(0), best[: reading.asked].mean(0)]
        )
        odds = float(e.linear("whole.3", gelu(e.linear("whole.0", whole)))[0])
        return max(-MOST_ODDS, min(MOST_ODDS, odds))


def _read(file: Path, likeness: Likeness) -> QuestionNetwork:
    """`SettingsError` says in one line that the file is missing, cut or of another kind."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            arrays: dict[str, NDArray[Any]] = {name: stored[name] for name in stored.files}
        frequent = {word: row for row, word in enumerate(lines_of(arrays.pop("words")), 1)}
        weights = {name: value.astype(np.float32) for name, value in arrays.items()}
        weights["frequent"] *= weights.pop("frequent.scale")[:, None]
        return QuestionNetwork(weights, frequent, likeness)
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise SettingsError(
            f'Filen "{file.name}", som frågor läses med, går inte att läsa. Hämta om programmet.'
        ) from error
