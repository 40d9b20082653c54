"""How likely it is that a source carries a claim, by networks that have learnt from true and altered sentences.

A larger one, which reads the two as one text, and small ones, which set their words against each other, judge together.
`index/train_gate.py` makes the weights.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering.proving.attention import AttentionNetwork
from assistant.answering.proving.pairing import Floats, Pair
from assistant.answering.proving.reading import Read, ReadingNetwork
from assistant.answering.proving.rewordings import Rewordings, of_arrays
from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder
from assistant.finding.lines import lines_of
from assistant.finding.word_vectors import WordVectors

#: The name of the larger network's weights in the file.
READER = "reader"
#: From these log-odds on, either way, the small networks are so sure that the larger one is not asked.
SURE = 2.5
#: The least probability of what is carried by a passage that is not cited.
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Weighed:
    """The probability that a source carries a claim, and what the larger network read, if it was asked."""

    probability: float
    read: Read | None


class Entailment:
    """Opened at first use, and safe to call from several threads. `open_embedder` gives the shipped embedding model."""

    def __init__(self, file: Path, open_embedder: Callable[[], Embedder]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._model: _Model | None = None
        self._vectors = WordVectors(open_embedder)

    def __call__(self, pair: Pair) -> float:
        """The probability, 0..1, that the source carries the claim.

        The log-odds of the larger network and the mean of those of the small ones, together; where the small ones are
        sure, theirs count for both.
        """
        return self.weigh(pair).probability

    def weigh(self, pair: Pair) -> Weighed:
        """As when called, with what the larger network read."""
        model = self._opened()
        claim, source = self.vectors(pair.claim), self.vectors(pair.source)
        small = float(np.mean([member.odds(pair, claim, source) for member in model.small]))
        read = None if abs(small) > SURE else model.reader.read(pair, claim, source)
        larger = read.odds if read else small
        return Weighed(float(1 / (1 + np.exp(-(larger + small)))), read)

    def doubted(self, pair: Pair, weighed: Weighed) -> int:
        """The place of the claim's word that speaks most against it."""
        read = weighed.read or self._opened().reader.read(pair, self.vectors(pair.claim), self.vectors(pair.source))
        return int(read.unsaid.argmax())

    def carries(self, probability: float, by_rules: bool, cited: bool) -> bool:
        """Whether a probability is enough, for a claim that the rules let through or for one that they withhold.

        A passage that the claim does not cite, but that search has found among others, must rather carry it than not.
        """
        model = self._opened()
        limit = model.least if by_rules else model.overruling
        return probability >= (limit if cited else max(limit, _EVEN))

    @property
    def rewordings(self) -> Rewordings:
        """What the sources' sentences are known to be said with in other words."""
        return self._opened().rewordings

    def alike(self, text: str, others: Sequence[str]) -> tuple[float, ...]:
        """Cosine similarities of a text to others."""
        vectors = self.vectors((text, *others))
        return tuple(float(value) for value in vectors[1:] @ vectors[0])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The texts' vectors, of shape (texts, dimensions)."""
        return self._vectors(texts)

    def _opened(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _read(self._file, self.vectors)
            return self._model


@dataclass(frozen=True, slots=True)
class _Model:
    """`least` is the least probability of what the rules let through, `overruling` of what they withhold."""

    reader: ReadingNetwork
    small: tuple[AttentionNetwork, ...]
    rewordings: Rewordings
    least: float
    overruling: float


def _read(file: Path, vectors: Callable[[Sequence[str]], Floats]) -> _Model:
    """`SettingsError` says in one line that the file is missing, cut or of another kind."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            return _model({name: stored[name] for name in stored.files}, vectors)
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise SettingsError(
            f'Filen "{file.name}", som meningar prövas med, går inte att läsa. Hämta om programmet.'
        ) from error


def _model(arrays: Mapping[str, NDArray[Any]], vectors: Callable[[Sequence[str]], Floats]) -> _Model:
    weights: dict[str, dict[str, Floats]] = {}
    for name, value in arrays.items():
        network, _, part = name.partition("/")
        if part:
            weights.setdefault(network, {})[part] = value.astype(np.float32)
    reader = weights.pop(READER)
    reader["frequent"] *= reader.pop("frequent.scale")[:, None]
    small = tuple(AttentionNetwork(weights[name], _rows(arrays["words"])) for name in sorted(weights))
    least, overruling = map(float, arrays["limits"])
    larger = ReadingNetwork(reader, _rows(arrays[f"{READER}.words"]))
    return _Model(larger, small, Rewordings(of_arrays(arrays), vectors), least, overruling)


def _rows(words: NDArray[Any]) -> dict[str, int]:
    """Rows of the words; the first row is that of all others."""
    return {word: number for number, word in enumerate(lines_of(words), 1)}
