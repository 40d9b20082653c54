"""The larger network of the gate: it reads a claim and its source as one text.

A transformer encoder (Vaswani et al. 2017; layers normalised first, Xiong et al. 2020), pretrained on Swedish
administrative prose to restore words that were hidden (Devlin et al. 2019) and to find words that were exchanged (Clark
et al. 2020). Places are told by relative biases (Raffel et al. 2020); between the claim and its source, words attend to
each other by what the rules know of their likeness instead of by place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assistant.answering.proving.attention import softmax
from assistant.answering.proving.pairing import PLACES, WORD_MEASURES, Floats, Pair

#: What the vectors of the shipped model are multiplied by, and the measures that the words are judged by.
SCALE, JUDGED_BY = 8**0.5, (0, 1, 2, 3, 5)
_TINY = 1e-5


@dataclass(frozen=True, slots=True)
class Read:
    """Log-odds that the source carries the claim, and that each of the claim's words is one that it does not say."""

    odds: float
    unsaid: Floats


class ReadingNetwork:
    """One trained network; `weights` by the names that the training gives them, `frequent` words by their rows."""

    def __init__(self, weights: Mapping[str, Floats], frequent: Mapping[str, int]) -> None:
        self._w = weights
        self._frequent = frequent
        self._layers = range(len(weights["likeness"]))
        self._heads = weights["far"].shape[0]
        self._reach = weights["far"].shape[1] // 2

    def read(self, pair: Pair, claim: Floats, source: Floats) -> Read:
        """`claim` and `source` are the word vectors."""
        w, mine = self._w, len(pair.claim)
        measures = np.zeros((mine + len(pair.source), WORD_MEASURES + PLACES), np.float32)
        measures[:mine, :WORD_MEASURES], measures[mine:] = pair.claim_measures, pair.source_measures
        rows = self._begin(pair, np.concatenate([claim, source]), measures)
        by_place = self._by_place(len(rows))
        for layer in self._layers:
            rows = self._layer(f"layers.{layer}", rows, self._bias(layer, pair, by_place))
        rows = self._normal("norm_last", rows)
        hidden = [rows[:mine], pair.likeness.max(1).clip(min=0), measures[:mine, JUDGED_BY]]
        unsaid = self._linear("word.3", _gelu(self._linear("word.0", np.concatenate(hidden, axis=1))))[:, 0]
        most = unsaid.max()
        whole = np.concatenate(
            [
                rows[:mine].mean(0),
                rows[:mine].max(0),
                rows[mine:].mean(0),
                (most, most + np.log(np.exp(unsaid - most).sum()), (1 / (1 + np.exp(-unsaid))).sum()),
                (pair.signals - w["mean"]) / w["spread"],
            ]
        ).astype(np.float32)
        odds = self._linear("whole.3", _gelu(self._linear("whole.0", whole)))[0] - 0.5 * most
        return Read(float(odds), unsaid)

    def _begin(self, pair: Pair, vectors: Floats, measures: Floats) -> Floats:
        w = self._w
        words = (*pair.claim, *pair.source)
        frequent = [self._frequent.get(word, 0) for word in words]
        breaks = np.concatenate([pair.claim_breaks, pair.source_breaks])
        side = np.repeat([0, 1], [len(pair.claim), len(pair.source)])
        rows = self._linear("project", vectors) * np.float32(SCALE) + w["frequent"][frequent]
        rows = rows + w["breaks"][breaks] + self._linear("measures", measures) + w["side"][side]
        return self._normal("norm_first", rows)

    def _by_place(self, words: int) -> Floats:
        place = np.arange(words)
        return self._w["far"][:, (place[None] - place[:, None]).clip(-self._reach, self._reach) + self._reach]

    def _bias(self, layer: int, pair: Pair, by_place: Floats) -> Floats:
        """Of shape (heads, words, words): by place within the claim and within the source, by likeness between them."""
        mine = len(pair.claim)
        between = pair.likeness @ self._w["likeness"][layer].T + self._w["between"][layer]
        bias = by_place.copy()
        bias[:, :mine, mine:] = between.transpose(2, 0, 1)
        bias[:, mine:, :mine] = between.transpose(2, 1, 0)
        return bias

    def _layer(self, name: str, rows: Floats, bias: Floats) -> Floats:
        words, width = rows.shape
        parts = self._linear(f"{name}.attend", self._normal(f"{name}.norm_attention", rows))
        query, key, value = parts.reshape(words, 3, self._heads, -1).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / np.float32((width / self._heads) ** 0.5) + bias
        found = (softmax(scores, 2) @ value).transpose(1, 0, 2).reshape(words, width)
        rows = rows + self._linear(f"{name}.attended", found)
        widened = _gelu(self._linear(f"{name}.widen", self._normal(f"{name}.norm_forward", rows)))
        return rows + self._linear(f"{name}.narrow", widened)

    def _normal(self, name: str, rows: Floats) -> Floats:
        away = rows - rows.mean(1, keepdims=True)
        spread = np.sqrt((away * away).mean(1, keepdims=True) + _TINY)
        return np.asarray(away / spread * self._w[f"{name}.weight"] + self._w[f"{name}.bias"], np.float32)

    def _linear(self, name: str, rows: Floats) -> Floats:
        return np.asarray(rows @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)


def _gelu(values: Floats) -> Floats:
    """Its approximation by a hyperbolic tangent (Hendrycks & Gimpel 2016)."""
    inner = np.float32(0.7978845608) * (values + np.float32(0.044715) * values * values * values)
    return np.asarray(np.float32(0.5) * values * (1 + np.tanh(inner)), np.float32)
