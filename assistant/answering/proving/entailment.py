"""How likely it is that a source carries a claim, by a small network that has learnt from true and altered sentences.

A decomposable attention model (Parikh et al. 2016) with the two-way comparison of ESIM (Chen et al. 2017) over word
vectors of the shipped embedding model, what the rules found among its inputs. `index/train_gate.py` makes the weights.
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

from assistant.answering.proving.pairing import PLACES, WORD_MEASURES, Floats, Pair
from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder

#: How far a word looks to each side in the two layers that read words in their order.
_REACH = (1, 2)
#: How far apart the places of neighbouring words are told from each other.
_NEAR, _FAR = 4.0, 8.0
#: So many vectors are remembered at most.
_MOST_KNOWN = 20_000


class Entailment:
    """Opened at first use, and safe to call from several threads. `open_embedder` gives the shipped embedding model."""

    def __init__(self, file: Path, open_embedder: Callable[[], Embedder]) -> None:
        self._file = file
        self._open_embedder = open_embedder
        self._lock = threading.Lock()
        self._model: _Model | None = None
        self._embedder: Embedder | None = None
        self._vectors: dict[str, Floats] = {}

    def __call__(self, pair: Pair) -> float:
        """The probability, 0..1, as the members judge it together (the mean of their log-odds)."""
        model = self._opened()
        claim, source = self.vectors(pair.claim), self.vectors(pair.source)
        odds = [member.odds(pair, claim, source) for member in model.networks]
        return float(1 / (1 + np.exp(-np.mean(odds))))

    def carries(self, probability: float, by_rules: bool) -> bool:
        """Whether a probability is enough, for a claim that the rules let through or for one that they withhold."""
        model = self._opened()
        return probability >= (model.least if by_rules else model.overruling)

    def alike(self, text: str, others: Sequence[str]) -> tuple[float, ...]:
        """Cosine similarities of a text to others."""
        vectors = self.vectors((text, *others))
        return tuple(float(value) for value in vectors[1:] @ vectors[0])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The texts' vectors, of shape (texts, dimensions)."""
        known = self._vectors if len(self._vectors) < _MOST_KNOWN else {}
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        if unknown:
            known.update(zip(unknown, self._embedding().encode_passages(unknown), strict=True))
        self._vectors = known
        return np.stack([known[text] for text in texts])

    def _embedding(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = self._open_embedder()
            return self._embedder

    def _opened(self) -> _Model:
        with self._lock:
            if self._model is None:
                self._model = _read(self._file)
            return self._model


@dataclass(frozen=True, slots=True)
class _Model:
    """`least` is the least probability of what the rules let through, `overruling` of what they withhold."""

    networks: tuple[_Network, ...]
    least: float
    overruling: float


def _read(file: Path) -> _Model:
    """`SettingsError` says in one line that the file is missing, cut or of another kind."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            return _model({name: stored[name] for name in stored.files})
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise SettingsError(
            f'Filen "{file.name}", som meningar prövas med, går inte att läsa. Hämta om programmet.'
        ) from error


def _model(arrays: Mapping[str, NDArray[Any]]) -> _Model:
    frequent = {str(word): number for number, word in enumerate(arrays["frequent"], 1)}
    weights: dict[str, dict[str, Floats]] = {}
    for name, value in arrays.items():
        number, _, part = name.partition("/")
        if part:
            weights.setdefault(number, {})[part] = value.astype(np.float32)
    least, overruling = map(float, arrays["limits"])
    return _Model(tuple(_Network(weights[number], frequent) for number in sorted(weights)), least, overruling)


class _Network:
    """One trained network; `weights` by the names that the training gives them."""

    def __init__(self, weights: Mapping[str, Floats], frequent: Mapping[str, int]) -> None:
        self._w = weights
        self._frequent = frequent

    def odds(self, pair: Pair, claim: Floats, source: Floats) -> float:
        """Log-odds that the source carries the claim; `claim` and `source` are the word vectors."""
        w = self._w
        mine = self._read(pair.claim, claim, pair.claim_measures)
        theirs = self._read(pair.source, source, pair.source_measures)
        scores = self._linear("attend", mine) @ theirs.T / 8 + pair.likeness @ w["likeness"]
        scores = scores + pair.source_measures[:, WORD_MEASURES:] @ w["places"]
        to_source, to_claim = _softmax(scores, 1), _softmax(scores, 0).T
        said = to_source @ theirs
        by_word = self._compare(
            "forward",
            _compared(mine, said),
            pair.likeness.max(1),
            (to_source[..., None] * pair.likeness).sum(1),
            _order(to_source),
        )
        by_place = self._compare("back", _compared(theirs, to_claim @ mine), pair.likeness[..., :1].max(0))
        signals = (pair.signals - w["mean"]) / w["spread"]
        whole = np.concatenate([by_word.mean(0), by_word.max(0), by_place.mean(0), by_place.max(0), signals])
        return float(self._linear("out.1", _relu(self._linear("out.0", whole)))[0])

    def _read(self, words: Sequence[str], vectors: Floats, measures: Floats) -> Floats:
        """Words in their order: of shape (words, d)."""
        frequent = self._w["frequent"][[self._frequent.get(word, 0) for word in words]]
        measured = np.pad(measures, ((0, 0), (0, WORD_MEASURES + PLACES - measures.shape[1])))
        parts = [self._linear("project", vectors), frequent, measured]
        row = _relu(self._linear("input", np.concatenate(parts, axis=1)))
        for number, reach in enumerate(_REACH):
            row = row + _relu(self._in_order(f"order.{number}", row, reach))
        return row

    def _in_order(self, name: str, rows: Floats, reach: int) -> Floats:
        """A convolution over neighbours: weight of shape (out, in, 2 * reach + 1)."""
        weight = self._w[f"{name}.weight"]
        padded = np.pad(rows, ((reach, reach), (0, 0)))
        parts = [padded[k : k + len(rows)] @ weight[:, :, k].T for k in range(weight.shape[2])]
        return np.asarray(sum(parts) + self._w[f"{name}.bias"], np.float32)

    def _compare(self, name: str, *parts: Floats) -> Floats:
        joined = np.concatenate(parts, axis=1)
        return _relu(self._linear(f"{name}.1", _relu(self._linear(f"{name}.0", joined))))

    def _linear(self, name: str, rows: Floats) -> Floats:
        return np.asarray(rows @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)


def _compared(one: Floats, other: Floats) -> Floats:
    return np.concatenate([one, other, one * other, np.abs(one - other)], axis=1)


def _order(attention: Floats) -> Floats:
    """Whether neighbouring words of the claim are said in the same order in the source: of shape (words, 6)."""
    place = np.asarray(attention @ np.arange(attention.shape[1], dtype=np.float32), np.float32)
    sure = attention.max(1)
    return np.stack(
        [
            np.tanh((place - _moved(place, 1)) / _NEAR),
            np.tanh((_moved(place, -1) - place) / _NEAR),
            np.tanh((place - _moved(place, 2)) / _FAR),
            np.tanh((_moved(place, -2) - place) / _FAR),
            sure,
            _moved(sure, 1),
        ],
        axis=1,
    ).astype(np.float32)


def _moved(values: Floats, by: int) -> Floats:
    """The values so many places later, with zeros where there are none."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _softmax(scores: Floats, axis: int) -> Floats:
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True), np.float32)


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0)
