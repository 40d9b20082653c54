"""How like a document's sentences are to examples of what is required: what each says most of, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.avkodning.requirements import Requirements
from assistant.finding.embedder import Embedder
from assistant.types import Weight


@dataclass(frozen=True, slots=True)
class Limits:
    """Cosines, 0..1: from which a sentence says what is required in other words, and from which it touches it.

    What is more like another requirement's examples needs `regardless`, and may not be far more like those.
    """

    says: float
    touches: float
    regardless: float


#: Set on made documents with keys, so that more rows become right than wrong. Likeness alone never meets the law.
LIMITS: dict[Weight, Limits] = {
    "lag": Limits(2.0, 0.62, 0.66),
    "vägledning": Limits(0.54, 0.47, 0.62),
    "rapport": Limits(0.54, 0.44, 0.62),
    "beslut": Limits(0.54, 0.47, 0.62),
}
#: So much more like it must be where it lacks the words that the likeness usually needs to mean something.
WITHOUT_NEEDED = 0.06
#: What is this much more like something else is never very like.
_FAR_BEHIND = 0.10
#: So like a near miss, and so much more than any example of the requirement, a sentence is taken to be one.
_MISSES, _MISSES_BY = 0.50, 0.10


@dataclass(frozen=True, slots=True)
class Likeness:
    """One requirement's likeness to each part: the nearest example's, and that of the nearest thing of all."""

    nearest_example: Sequence[float]
    nearest_of_all: Sequence[float]
    near_miss: Sequence[float]

    def reaches(self, part: int, limit: float, regardless: float) -> bool:
        """Whether the part is so like an example and more like nothing else, or very like it."""
        like = self.nearest_example[part]
        behind = self.nearest_of_all[part] - like
        is_very_like = like >= regardless and behind <= _FAR_BEHIND and like > self.near_miss[part]
        return is_very_like or (like >= limit and behind <= 0)

    def misses(self, part: int) -> bool:
        """Whether the part is a near miss, much more than anything that the requirement asks for."""
        miss = self.near_miss[part]
        return miss >= _MISSES and miss >= self.nearest_example[part] + _MISSES_BY


class Examples:
    """The examples of all requirements and the near misses, as vectors. Safe to use from several threads."""

    def __init__(self, requirements: Requirements, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows = len(requirements.rows)
        texts = [each for row in requirements.rows for each in row.examples]
        counts = [len(row.examples) for row in requirements.rows]
        #: Where each requirement's examples begin; the near misses stand after the last.
        self._first = [sum(counts[:number]) for number in range(len(counts))]
        self._of_examples = embedder.encode_passages(texts)
        self._of_misses = embedder.encode_passages(requirements.near_misses) if requirements.near_misses else None

    def likeness(self, texts: Sequence[str]) -> list[Likeness]:
        """For each requirement, its likeness to each of the texts."""
        if not texts:
            return [Likeness([], [], []) for _ in range(self._rows)]
        vectors = self._embedder.encode_passages(texts)
        best = np.maximum.reduceat(vectors @ self._of_examples.T, self._first, axis=1).T
        missed = self._missed(vectors)
        nearest = np.maximum(best.max(axis=0), missed).tolist()
        return [Likeness(row, nearest, missed.tolist()) for row in best.tolist()]

    def _missed(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._of_misses is None:
            return np.zeros(len(vectors), dtype=np.float32)
        nearest: NDArray[np.float32] = (vectors @ self._of_misses.T).max(axis=1)
        return nearest
