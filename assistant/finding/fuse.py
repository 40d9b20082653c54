"""Joining the legs' scores: a convex combination of min-max-normalised scores (Bruch, Gai & Ingber 2023)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def normalise(scores: Scores) -> Scores:
    """Scores moved to 0..1: the best becomes 1, the worst 0; all equal become 0."""
    low, high = float(scores.min(initial=np.inf)), float(scores.max(initial=-np.inf))
    if not high > low:
        return np.zeros_like(scores)
    return ((scores - low) / (high - low)).astype(np.float32)


def convex_combination(legs: Mapping[str, tuple[float, Scores]]) -> Scores:
    """The weighted mean of the legs' normalised scores, shape (passages,). A leg that says nothing has no vote.

    `legs` maps a leg's name to its weight (any positive number) and its normalised scores.
    """
    voting = [(weight, scores) for weight, scores in legs.values() if scores.any()]
    total = sum(weight for weight, _ in voting)
    if not total:
        return np.zeros_like(next(iter(legs.values()))[1])
    joined: Scores = np.sum([scores * (weight / total) for weight, scores in voting], axis=0, dtype=np.float32)
    return joined
