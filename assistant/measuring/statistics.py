"""Means with bootstrap intervals (Efron & Tibshirani 1993, percentile method), and paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_RESAMPLES, _SEED, _LEVEL = 2_000, 20_260_101, 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the interval that holds it with 95 % confidence, over `n` cases."""

    mean: float
    low: float
    high: float
    n: int


def bootstrap_mean(values: Sequence[float]) -> Interval | None:
    """The mean of the values and its interval, seeded; None when there are no values."""
    if not values:
        return None
    array = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, len(array), size=(_RESAMPLES, len(array)))
    means = array[draws].mean(axis=1)
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(array.mean()), float(low), float(high), len(array))


def paired_difference(before: Sequence[float], after: Sequence[float]) -> Interval | None:
    """The mean of `after - before` over the same cases in the same order, with its interval."""
    return bootstrap_mean([b - a for a, b in zip(before, after, strict=True)])
