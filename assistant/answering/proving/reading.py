"""The larger network of the gate: it reads a claim and its source as one text.

A transformer encoder, pretrained on Swedish administrative prose to restore words that were hidden (Devlin et al. 2019)
and to find words that were exchanged (Clark et al. 2020). Between the claim and its source, words attend to each other
by what the rules know of their likeness instead of by place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assistant.answering.proving.pairing import PLACES, WORD_MEASURES, Floats, Pair
from assistant.finding.encoder import Encoder, gelu

#: The measures that the words are judged by.
JUDGED_BY = (0, 1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Read:
    """Log-odds that the source carries the claim, and that each of the claim's words is one that it does not say."""

    odds: float
    unsaid: Floats


class ReadingNetwork:
    """One trained network; `weights` by the names that the training gives them, `frequent` words by their rows."""

    def __init__(self, weights: Mapping[str, Floats], frequent: Mapping[str, int]) -> None:
        self._w = weights
        self._encoder = Encoder(weights, frequent)

    def read(self, pair: Pair, claim: Floats, source: Floats) -> Read:
        """`claim` and `source` are the word vectors."""
        w, e, mine = self._w, self._encoder, len(pair.claim)
        measures = np.zeros((mine + len(pair.source), WORD_MEASURES + PLACES), np.float32)
        measures[:mine, :WORD_MEASURES], measures[mine:] = pair.claim_measures, pair.source_measures
        breaks = np.concatenate([pair.claim_breaks, pair.source_breaks])
        rows = e.words((*pair.claim, *pair.source), np.concatenate([claim, source]), breaks)
        rows = rows + e.linear("measures", measures) + w["side"][np.repeat([0, 1], [mine, len(pair.source)])]
        rows = e.read_beside(rows, mine, pair.likeness)
        hidden = [rows[:mine], pair.likeness.max(1).clip(min=0), measures[:mine, JUDGED_BY]]
        unsaid = e.linear("word.3", gelu(e.linear("word.0", np.concatenate(hidden, axis=1))))[:, 0]
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
        odds = e.linear("whole.3", gelu(e.linear("whole.0", whole)))[0] - 0.5 * most
        return Read(float(odds), unsaid)
