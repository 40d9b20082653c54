"""The gate's network that remembers: a claim set against the known sentences nearest to it, true and false ones.

A matching network (Vinyals et al. 2016): it judges by examples with their answers, here by what has been written to the
source's sentence, compared two by two as in a decomposable attention model (Parikh et al. 2016). It knows nothing of
what the rules found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.answering.proving.rewordings import Nearby
from assistant.finding.encoder import softmax

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

#: So many layers read words in their order, and the farthest that one of them looks to each side.
_ORDERS, _REACH = 2, 2
_TINY = np.float32(1e-12)


class MatchingNetwork:
    """One trained network; `weights` by the names that the training gives them.

    `vectors` gives known words' vectors by their numbers, and `frequent` is each known word's row among the frequent
    ones, of shape (words,), 0 for none.
    """

    def __init__(self, weights: Mapping[str, Floats], frequent: Numbers, vectors: Callable[[Numbers], Floats]) -> None:
        self._w = weights
        self._frequent = frequent
        self._vectors = vectors
        self._order = [_as_rows(weights[f"order.{number}.weight"]) for number in range(_ORDERS)]

    def odds(self, numbers: Numbers, claim: Floats, nearby: Nearby) -> float:
        """Log-odds that the source carries the claim, whose words have these `numbers` (-1 for unknown) and vectors."""
        there = np.flatnonzero(nearby.words[:, 0] >= 0)
        sentence, place = np.nonzero(nearby.words[there] >= 0)
        words = nearby.words[there][sentence, place].astype(np.int64)
        starts = np.flatnonzero(place == 0)
        known, at = np.unique(words, return_inverse=True)
        mine, mine_unit = self._words(claim, np.where(numbers >= 0, self._frequent[numbers], 0))
        theirs, unit = self._words(self._vectors(known), self._frequent[known])
        same = (numbers[:, None] == words).astype(np.float32)
        likeness = np.maximum((mine_unit @ unit.T)[:, at], same)
        mine = self._in_order(mine, np.zeros(len(mine), np.int64))
        theirs = self._in_order(theirs[at], sentence)
        scores = self._linear("attend", mine) @ theirs.T / np.float32(8)
        scores += self._w["same"] * same + self._w["likeness"] * likeness
        related = self._related(mine, theirs, scores, likeness, starts)
        alike, own = nearby.alike[there], nearby.own[there]
        related = _relu(self._linear("relation", np.column_stack([related, alike, own])))
        return self._judged(related, alike, there >= len(nearby.words) // 2)

    def _related(self, mine: Floats, theirs: Floats, scores: Floats, likeness: Floats, starts: Numbers) -> Floats:
        """How the claim lies against each sentence, of shape (sentences, 4 * width).

        The sentences' words stand one after another in `theirs`, `scores` and `likeness`; each begins at its start.
        """
        sizes = np.diff(starts, append=len(theirs))
        of = np.repeat(np.arange(len(starts)), sizes)
        powers = np.exp(scores - np.maximum.reduceat(scores, starts, axis=1)[:, of])
        to_source = powers / np.add.reduceat(powers, starts, axis=1)[:, of]
        each = [to_source[:, a : a + n] @ theirs[a : a + n] for a, n in zip(starts, sizes, strict=True)]
        said = np.stack(each, dtype=np.float32)
        measures = [
            np.maximum.reduceat(likeness, starts, axis=1).T,
            np.add.reduceat(to_source * likeness, starts, axis=1).T,
            np.maximum.reduceat(to_source, starts, axis=1).T,
        ]
        by_word = self._compare("forward", np.broadcast_to(mine, said.shape), said, np.stack(measures, axis=-1))
        back = softmax(scores, 0).T @ mine
        by_place = self._compare("back", theirs, back, likeness.max(0)[:, None])
        means = np.add.reduceat(by_place, starts) / sizes[:, None].astype(np.float32)
        return np.concatenate([by_word.mean(1), by_word.max(1), means, np.maximum.reduceat(by_place, starts)], axis=1)

    def _judged(self, related: Floats, alike: Floats, false: NDArray[np.bool_]) -> float:
        look, score = self._linear("look", related), self._linear("score", related)
        parts: list[Floats] = []
        for side, mine in enumerate((~false, false)):
            rows, scores, near = related[mine], score[mine, side], alike[mine]
            if not len(rows):
                parts.append(np.zeros(2 * related.shape[1] + 4, np.float32))
                continue
            weights = softmax(look[mine, side] + self._w["alike"][side] * near, 0)
            most = scores.max()
            summed = most + np.log(np.exp(scores - most).sum())
            parts += [weights @ rows, rows.max(0), np.array((most, weights @ scores, summed, near.max()), np.float32)]
        return float(self._linear("out.1", _relu(self._linear("out.0", np.concatenate(parts))))[0])

    def _compare(self, name: str, one: Floats, other: Floats, measures: Floats) -> Floats:
        joined = np.concatenate([one, other, one * other, np.abs(one - other), measures], axis=-1)
        rows = joined.reshape(-1, joined.shape[-1])
        hidden = _relu(self._linear(f"{name}.1", _relu(self._linear(f"{name}.0", rows))))
        return hidden.reshape(*joined.shape[:-1], -1)

    def _words(self, vectors: Floats, frequent: Numbers) -> tuple[Floats, Floats]:
        """The words alone, and their projected vectors, made of length 1."""
        projected = self._linear("project", vectors)
        joined = np.concatenate([projected, self._w["frequent"][frequent]], axis=1)
        unit = projected / (np.linalg.norm(projected, axis=1, keepdims=True) + _TINY)
        return _relu(self._linear("input", joined)), unit

    def _in_order(self, rows: Floats, sentence: Numbers) -> Floats:
        """The words with what stands beside them in the same sentence, of which each has the number."""
        places = np.arange(len(rows)) + _REACH * (sentence + 1)
        spread = np.zeros((int(places[-1]) + _REACH + 1, rows.shape[1]), np.float32)
        for number, weight in enumerate(self._order):
            spread[places] = rows
            reach = len(weight) // rows.shape[1] // 2
            beside = np.concatenate([spread[places + by] for by in range(-reach, reach + 1)], axis=1)
            rows = rows + _relu(beside @ weight + self._w[f"order.{number}.bias"])
        return rows

    def _linear(self, name: str, rows: Floats) -> Floats:
        return np.asarray(rows @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"], np.float32)


def _as_rows(weight: Floats) -> Floats:
    """A convolution's weight, of shape (out, in, odd number), as one of (odd number * in, out)."""
    return np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, weight.shape[0]))


def _relu(values: Floats) -> Floats:
    return np.maximum(values, 0)
