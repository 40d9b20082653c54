"""A transformer encoder over whole words, in numpy: what `index/pretrain_encoder.py` trains, computed without torch.

Vaswani et al. 2017; layers normalised first (Xiong et al. 2020), places told by relative biases (Raffel et al. 2020).
A word comes in as its vector by the shipped embedding model, with one of its own when it is frequent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Breaks = NDArray[np.int8]
#: Words, each with what stands before it: 0 nothing, 1 a mark, 3 the end of another sentence.
Words = list[tuple[str, int]]

#: What the vectors of the shipped model are multiplied by.
SCALE = 8**0.5
_TINY = 1e-5
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|§§?|%|[^\W\d_]+(?::[a-zåäö]{1,4}\b)?|[.!?…]+(?=\s|$)|[,;:()–]")


class Encoder:
    """One trained network; `weights` by the names that the training gives them, `frequent` words by their rows."""

    def __init__(self, weights: Mapping[str, Floats], frequent: Mapping[str, int]) -> None:
        self._w = weights
        self._frequent = frequent
        self._layers = range(sum(name.endswith(".widen.weight") for name in weights))
        self._heads = weights["far"].shape[0]
        self._reach = weights["far"].shape[1] // 2

    def words(self, words: Sequence[str], vectors: Floats, breaks: Breaks) -> Floats:
        """What goes in, of shape (words, width); `breaks` tells what stands before each word, as in `Words`."""
        w = self._w
        frequent = w["frequent"][[self._frequent.get(word, 0) for word in words]]
        rows = self.linear("project", vectors) * np.float32(SCALE) + frequent + w["breaks"][breaks]
        return np.asarray(rows, np.float32)

    def read_beside(self, rows: Floats, mine: int, likeness: Floats) -> Floats:
        """What each word means where it stands, in two texts read as one; the first has `mine` words.

        Within each, words attend to each other by place, and between them by `likeness`, of shape (mine, others,
        kinds).
        """
        rows = self._normal("norm_first", rows)
        by_place = self._by_place(len(rows))
        for layer in self._layers:
            between = likeness @ self._w["likeness"][layer].T + self._w["between"][layer]
            bias = by_place.copy()
            bias[:, :mine, mine:] = between.transpose(2, 0, 1)
            bias[:, mine:, :mine] = between.transpose(2, 1, 0)
            rows = self._layer(f"layers.{layer}", rows, bias)
        return self._normal("norm_last", rows)

    def linear(self, name: str, rows: Floats) -> Floats:
        return np.asarray(rows @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)

    def _by_place(self, words: int) -> Floats:
        """The biases by how far words stand from each other, of shape (heads, words, words)."""
        place = np.arange(words)
        return self._w["far"][:, (place[None] - place[:, None]).clip(-self._reach, self._reach) + self._reach]

    def _layer(self, name: str, rows: Floats, bias: Floats) -> Floats:
        words, width = rows.shape
        parts = self.linear(f"{name}.attend", self._normal(f"{name}.norm_attention", rows))
        query, key, value = parts.reshape(words, 3, self._heads, -1).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) / np.float32((width / self._heads) ** 0.5) + bias
        found = (softmax(scores, 2) @ value).transpose(1, 0, 2).reshape(words, width)
        rows = rows + self.linear(f"{name}.attended", found)
        widened = gelu(self.linear(f"{name}.widen", self._normal(f"{name}.norm_forward", rows)))
        return rows + self.linear(f"{name}.narrow", widened)

    def _normal(self, name: str, rows: Floats) -> Floats:
        away = rows - rows.mean(1, keepdims=True)
        spread = np.sqrt((away * away).mean(1, keepdims=True) + _TINY)
        return np.asarray(away / spread * self._w[f"{name}.weight"] + self._w[f"{name}.bias"], np.float32)


def words_of(text: str) -> Words:
    """The words and figures of a text, in lower case."""
    words: Words = []
    before = 3
    for shown in _TOKEN.findall(text):
        if shown[0] in ".!?…,;:()–":
            before = 3 if shown[0] in ".!?…" else max(before, 1)
            continue
        words.append((shown.lower(), before))
        before = 0
    return words


def softmax(scores: Floats, axis: int) -> Floats:
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True), np.float32)


def gelu(values: Floats) -> Floats:
    """Its approximation by a hyperbolic tangent (Hendrycks & Gimpel 2016)."""
    inner = np.float32(0.7978845608) * (values + np.float32(0.044715) * values * values * values)
    return np.asarray(np.float32(0.5) * values * (1 + np.tanh(inner)), np.float32)
