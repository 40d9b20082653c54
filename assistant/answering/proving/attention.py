"""The small network of the gate: a claim's words set against a source's, two by two.

A decomposable attention model (Parikh et al. 2016) with the two-way comparison of ESIM (Chen et al. 2017) over word
vectors of the shipped embedding model, what the rules found among its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answering.proving.pairing import PLACES, WORD_MEASURES, Floats, Pair
from assistant.finding.encoder import softmax

#: How far a word looks to each side in the two layers that read words in their order.
_REACH = (1, 2)
#: How far apart the places of neighbouring words are told from each other.
_NEAR, _FAR = 4.0, 8.0


class AttentionNetwork:
    """One trained network; `weights` by the names that the training gives them, `frequent` words by their rows."""

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
        to_source, to_claim = softmax(scores, 1), softmax(scores, 0).T
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


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0)
