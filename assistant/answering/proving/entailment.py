"""How likely it is that a source carries a claim, by networks that have learnt from true and altered sentences.

A small one sets the words of the two against each other, another one sets the claim against what is known to be written
to the source's sentences, and where these are not sure a larger one reads claim and source as one text. They judge
together. `index/train_gate.py` and `train_matching.py` make the weights, `tune_gate.py` what each of them weighs.
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
from assistant.answering.proving.matching import MatchingNetwork
from assistant.answering.proving.pairing import Floats, Pair
from assistant.answering.proving.reading import Read, ReadingNetwork
from assistant.answering.proving.rewordings import Known, Rewordings
from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder
from assistant.finding.lines import lines_of
from assistant.finding.word_vectors import WordVectors

#: The names in the file of the weights of the small network, the larger one, and that which knows what is written.
SMALL, READER, MATCHING = "small", "reader", "matching"
#: From these log-odds on, either way, the others are so sure that the larger network is not asked.
SURE = 2.0
#: From these log-odds on, what is known to be written settles that a claim is carried, and no other is asked.
SETTLED = 2.5
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
        """The probability, 0..1, that the source carries the claim."""
        return self.weigh(pair).probability

    def weigh(self, pair: Pair) -> Weighed:
        """As when called, with what the larger network read.

        A weighted sum of the networks' log-odds. What is not known of the source does not count.
        """
        model = self.open()
        weights, matched = model.weights[int(pair.matched is not None)], pair.matched or 0.0
        small = self._small(pair)
        odds = float(weights[1] @ (small, matched, 0.0, 1.0))
        read = None if abs(odds) > SURE else self._read(pair)
        if read:
            odds = float(weights[2] @ (small, matched, read.odds, 1.0))
        return Weighed(float(1 / (1 + np.exp(-odds))), read)

    def matched(self, claim: Sequence[str], passages: Sequence[str]) -> float | None:
        """Log-odds of a claim, its words in lower case, by what is known to be written; None where nothing is."""
        rewordings = self.rewordings
        nearby = rewordings.nearest(claim, passages)
        if nearby is None:
            return None
        return self.open().matching.odds(rewordings.numbers(claim), self.vectors(claim), nearby)

    def settles(self, matched: float | None) -> bool:
        """Whether what is known to be written is enough to say that a claim is carried."""
        return matched is not None and float(self.open().weights[1, 0] @ (0.0, matched, 0.0, 1.0)) > SETTLED

    def log_odds(self, pair: Pair) -> tuple[float, float, float]:
        """Those of the small network, of the one that knows what is written (0 if nothing is) and of the larger one."""
        return self._small(pair), pair.matched or 0.0, self._read(pair).odds

    def _small(self, pair: Pair) -> float:
        return self.open().small.odds(pair, self.vectors(pair.claim), self.vectors(pair.source))

    def _read(self, pair: Pair) -> Read:
        return self.open().reader.read(pair, self.vectors(pair.claim), self.vectors(pair.source))

    def doubted(self, pair: Pair, weighed: Weighed) -> int:
        """The place of the claim's word that speaks most against it."""
        read = weighed.read or self._read(pair)
        return int(read.unsaid.argmax())

    def carries(self, pair: Pair, probability: float, cited: bool) -> bool:
        """Whether a probability is enough.

        A passage that the claim does not cite, but that search has found among others, must rather carry it than not.
        """
        limit = float(self.open().limits[int(pair.matched is not None)])
        return probability >= (limit if cited else max(limit, _EVEN))

    @property
    def rewordings(self) -> Rewordings:
        """What the sources' sentences are known to be said with in other words."""
        return self.open().rewordings

    def alike(self, text: str, others: Sequence[str]) -> tuple[float, ...]:
        """Cosine similarities of a text to others."""
        vectors = self.vectors((text, *others))
        return tuple(float(value) for value in vectors[1:] @ vectors[0])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The texts' vectors, of shape (texts, dimensions)."""
        return self._vectors(texts)

    def open(self) -> _Model:
        """Reads the networks, once."""
        with self._lock:
            if self._model is None:
                self._model = _read_file(self._file, self.vectors)
            return self._model


@dataclass(frozen=True, slots=True)
class _Model:
    """`limits` are the least probabilities of what is let through, where nothing is known and where something is.

    `weights` of shape (2, 3, 4) are what the log-odds of the small network, the one that knows what is written and the
    larger one weigh, and a constant: where nothing is known and where something is, each of the one that knows what is
    written alone, with the small one, and with the larger one.
    """

    reader: ReadingNetwork
    small: AttentionNetwork
    matching: MatchingNetwork
    rewordings: Rewordings
    weights: Floats
    limits: Floats


def _read_file(file: Path, vectors: Callable[[Sequence[str]], Floats]) -> _Model:
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
    reader = weights[READER]
    reader["frequent"] *= reader.pop("frequent.scale")[:, None]
    rewordings = Rewordings(Known.of_arrays(arrays), vectors)
    frequent = np.zeros(len(rewordings.known.words), np.int64)
    frequent[arrays[f"{MATCHING}.frequent"]] = np.arange(1, len(arrays[f"{MATCHING}.frequent"]) + 1)
    return _Model(
        ReadingNetwork(reader, _rows(arrays[f"{READER}.words"])),
        AttentionNetwork(weights[SMALL], _rows(arrays[f"{SMALL}.words"])),
        MatchingNetwork(weights[MATCHING], frequent, rewordings.vectors),
        rewordings,
        arrays["weights"].reshape(2, 3, 4),
        arrays["limits"].reshape(2),
    )


def _rows(words: NDArray[Any]) -> dict[str, int]:
    """Rows of the words; the first row is that of all others."""
    return {word: number for number, word in enumerate(lines_of(words), 1)}
