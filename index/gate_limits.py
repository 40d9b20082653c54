"""How much probability is enough for the gate: the limit at which the fewest sentences are misjudged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from gate_examples import Example
from numpy.typing import NDArray

from assistant.answering.proving.pairing import SIGNALS, Pair
from assistant.answering.proving.proof import HARD, WEIGHED


@dataclass(frozen=True)
class Judged:
    """Sentences with what is known of each: its probability, whether it is true, and what the rules say.

    Figures that stand together in one sentence are taken for an objection like any other of figures.
    """

    found: NDArray[np.float64]
    truth: NDArray[np.bool_]
    verbatim: NDArray[np.bool_]
    passed: NDArray[np.bool_]
    weighed: NDArray[np.bool_]
    hard: NDArray[np.bool_]

    @classmethod
    def of(cls, odds: NDArray[np.float64], examples: Sequence[Example], pairs: Sequence[Pair]) -> Judged:
        signal = {name: number for number, name in enumerate(SIGNALS)}
        table = np.stack([pair.signals for pair in pairs])
        verbatim = np.array([example.change == "verbatim" for example in examples])
        return cls(
            1 / (1 + np.exp(-odds)),
            np.array([example.is_true for example in examples]),
            verbatim,
            table[:, signal["carried"]] > 0,
            (table[:, signal["covered"]] >= WEIGHED) & (table[:, signal["misquoted"]] == 0) & ~verbatim,
            table[:, [signal[name] for name in HARD]].any(axis=1),
        )

    def shares(self, limit: float) -> tuple[float, float]:
        """The share of the altered sentences caught, and of the true ones withheld, with this limit."""
        weighed = (self.found >= limit) & (self.passed | ~self.hard)
        shown = np.where(self.weighed, weighed, self.passed) | self.verbatim
        return float((~shown[~self.truth]).mean()), float((~shown[self.truth]).mean())


def best_limit(populations: Sequence[Judged]) -> float:
    """The limit at which the shares of mistakes, altered shown and true withheld, are the least together (Youden 1950).

    All populations weigh the same, whatever their size.
    """
    steps = [round(float(step), 2) for step in np.arange(0.02, 1.0, 0.02)]
    return min(steps, key=lambda limit: mistakes([some.shares(limit) for some in populations]))


def mistakes(shares: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The sum of the two mean shares of mistakes, then the larger of them."""
    shown, withheld = (float(np.mean(each)) for each in zip(*((1 - c, w) for c, w in shares), strict=True))
    return shown + withheld, max(shown, withheld)
