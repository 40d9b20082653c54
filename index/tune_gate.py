"""Chooses what each network of the gate weighs, and how much probability is enough -> index/gate.npz.

On what none of the networks has learnt from: sentences of `gate_sentences.jsonl` that are left out, and the half `dev`
of `evals/sets/gate.jsonl`, both weighing the same. The rules have been made with `dev` in view, and so that half is
favourable. Each sentence is also shown as if nothing were known of its source, as in a user's own document.

    python index/tune_gate.py [--work FOLDER]
"""

from __future__ import annotations

import argparse
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from gate_examples import INDEX, Example, Examples
from gate_limits import Judged, best_limit
from gate_pairs import learning, pairs_of
from gate_weights import write
from kept import Keeper
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from assistant.answering.proving.entailment import SURE
from assistant.answering.proving.pairing import Pair
from assistant.assistant import Assistant
from assistant.settings import load_settings

PARTS = ("left out", "dev")
#: So many processes read the sentences, and so many sentences at a time.
WORKERS, SHARE = 2, 100
#: The networks whose log-odds count, of the small one, the one that knows what is written and the larger one: where
#: nothing is known and where something is, each of the one that knows, without the larger one and with it.
COUNTED = (((1,), (0,), (0, 2)), ((1,), (0, 1), (1, 2)))

Floats = NDArray[np.float64]


def read(examples: list[Example]) -> list[tuple[Pair, tuple[float, float, float]]]:
    entailment = learning()
    return [(pair, entailment.log_odds(pair)) for pair in pairs_of(examples)]


def read_in_shares(examples: list[Example]) -> list[tuple[Pair, tuple[float, float, float]]]:
    shares = [examples[at : at + SHARE] for at in range(0, len(examples), SHARE)]
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_workers=WORKERS) as workers:
        return [one for some in workers.map(read, shares) for one in some]


def fitted(odds: Floats, truth: NDArray[np.bool_], weights: Floats, counted: tuple[int, ...]) -> Floats:
    """What each network's log-odds weigh, and a constant, by logistic regression."""
    model = LogisticRegression().fit(odds[:, counted], truth, weights)
    found = np.zeros(4)
    found[list(counted)], found[3] = model.coef_[0], model.intercept_[0]
    return found


def judged(odds: Floats, weights: Floats) -> Floats:
    """As `Entailment.weigh` puts them together; `weights` of shape (3, 4), as there."""
    every = np.column_stack([odds, np.ones(len(odds))])
    without, together = every @ weights[1], every @ weights[2]
    return np.where(np.abs(without) > SURE, without, together)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="folder where the work is kept, to go on from if it is broken off")
    parser.add_argument("--out", type=Path, default=INDEX / "gate.npz")
    options = parser.parse_args()
    keep, assistant = Keeper(options.work), Assistant.open(load_settings())[0]
    every = keep("examples", Examples(assistant, random.Random(3)).every)
    examples = [one for one in every if one.part in PARTS]
    truth = np.array([one.is_true for one in examples])
    weighed = np.array([one.change != "verbatim" for one in examples])
    share = np.array([1 / sum(other.part == one.part for other in examples) for one in examples]) * len(examples) / 2
    weights = np.zeros((2, 3, 4))
    populations: list[list[Judged]] = []
    both = [replace(one, unknown=unknown) for unknown in (True, False) for one in examples]
    shown = keep("read", partial(read_in_shares, both))
    for known in (0, 1):
        pairs, each = zip(*shown[known * len(examples) :][: len(examples)], strict=True)
        odds = np.array(each)
        for stage, counted in enumerate(COUNTED[known]):
            weights[known, stage] = fitted(odds[weighed], truth[weighed], share[weighed], counted)
        found = judged(odds, weights[known])
        populations.append([])
        for part in PARTS:
            mine = [place for place, one in enumerate(examples) if one.part == part]
            populations[known].append(
                Judged.of(found[mine], [examples[place] for place in mine], [pairs[place] for place in mine])
            )
    unknown, known = (best_limit(parts) for parts in populations)
    limits = [max(unknown, known), known]  # where nothing is known, no less is asked for
    print(f"weights {np.round(weights, 3).tolist()}")
    for name, limit, parts in zip(("nothing known", "known"), limits, populations, strict=True):
        for part, one in zip(PARTS, parts, strict=True):
            caught, withheld = one.shares(limit)
            print(f"{name}, {part}: caught {caught:.3f}, withheld {withheld:.3f}, limit {limit}")
    arrays: dict[str, NDArray[Any]] = {"weights": weights.astype(np.float32), "limits": np.array(limits, np.float32)}
    write(options.out, arrays, arrays)


if __name__ == "__main__":
    main()
