"""How the gate's networks are put together: what is shown to them, what each weighs, and how much is enough."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from assistant import paths
from assistant.answering.proving.entailment import SURE, Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.proof import Prover
from assistant.answering.proving.rewordings import NEAREST, Known, Nearby, Reworded
from assistant.finding.embedder import open_embedder
from assistant.finding.lexicon import Lexicon
from assistant.settings import SHIPPED, load_settings

KNOWN = Known.of([Reworded("styrelsen utser en direktör", ("styrelsen", "utser"), (("nämnden", "väljer"),) * 8, ())])


def nearby(true: int, false: int, found: int = 2 * NEAREST) -> Nearby:
    """So many true and false sentences of two words among those that could have been found."""
    words = np.full((2 * found, 3), -1, np.int32)
    words[:true, :2], words[found : found + false, :2] = (1, 2), (3, 1)
    alike = np.where(words[:, 0] >= 0, np.linspace(1, 0.5, 2 * found), 0).astype(np.float32)
    return Nearby(words, alike, np.eye(2 * found, dtype=np.float32)[0])


@pytest.fixture(scope="module")
def matching(training_script: Callable[[str], ModuleType]) -> ModuleType:
    return training_script("train_matching")


@pytest.fixture(scope="module")
def entailment() -> Entailment:
    embedder = open_embedder(SHIPPED, load_settings({}))
    return Entailment(paths.gate_file(), lambda: embedder)


def test_the_nearest_are_seen_and_by_chance_others_in_their_place(matching: ModuleType) -> None:
    shown = matching.Shown(("styrelsen",), nearby(12, 3), True, 1.0)
    nearest = [0, 1, 2, 3, 4, 5, 12, 13, 14, -1, -1, -1]
    assert shown.chosen(None).tolist() == nearest
    drawn = [shown.chosen(np.random.default_rng(seed)).tolist() for seed in range(40)]
    assert 10 < sum(places == nearest for places in drawn) < 30
    for places in drawn:
        for half in (places[:NEAREST], places[NEAREST:]):
            there = [place for place in half if place >= 0]
            assert there == sorted(set(there))
            assert half == there + [-1] * (NEAREST - len(there))


def test_a_batch_holds_the_words_of_the_claims_and_of_what_is_known(
    matching: ModuleType, entailment: Entailment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MATCHED_FREQUENT", 2)
    items = [
        matching.Shown(("styrelsen", "okänt"), nearby(2, 1), True, 1.0),
        matching.Shown(("utser",), nearby(0, 1), False, 3.0),
    ]
    words = matching.Vocabulary.of(KNOWN, items, entailment.vectors)
    assert KNOWN.words == ("nämnden", "styrelsen", "utser", "väljer")
    assert words.frequent.tolist() == [0, 1, 0, 0, 2, 0]
    batch = words.batch(items)
    claim, known = (batch["words"][batch[name]].numpy() for name in ("claim", "known"))
    assert claim[:, :3].tolist() == [[2, 5, 0], [3, 0, 0]]
    assert known[:, [0, 1, 2, NEAREST], :3].tolist() == [
        [[2, 3, 0], [2, 3, 0], [0, 0, 0], [4, 2, 0]],
        [[0, 0, 0], [0, 0, 0], [0, 0, 0], [4, 2, 0]],
    ]
    assert batch["own"].sum() == 1
    assert (batch["alike"] > 0).sum(1).tolist() == [3, 1]


def test_what_each_network_weighs_is_found_where_one_of_them_is_right(
    training_script: Callable[..., ModuleType],
) -> None:
    tuning = training_script("tune_gate")
    rng = np.random.default_rng(0)
    odds, truth = rng.normal(size=(400, 3)), np.zeros(400, np.bool_)
    truth[:] = 2 * odds[:, 1] + rng.normal(size=400) > 1
    weights = tuning.fitted(odds, truth, np.ones(400), (0, 1))
    assert weights[1] > 5 * abs(weights[0])
    assert weights[2] == 0
    assert weights[3] < 0


def test_the_networks_are_put_together_as_the_gate_does(
    training_script: Callable[..., ModuleType], lexicon: Lexicon, entailment: Entailment
) -> None:
    tuning, row = training_script("tune_gate"), training_script("gate_examples").read_rows()[3]
    with np.load(paths.gate_file()) as stored:
        weights = stored["weights"].astype(float)
    claims = [*row["true"], *(claim for _, claim in row["false"])]
    for known, text in ((1, row["quote"]), (0, "Styrelsen leder arbetet, och nämnden har budgeten i juni.")):
        pairs = [Prover(lexicon).pair(claim, [Evidence(text)], entailment) for claim in claims]
        odds = tuning.judged(np.array([entailment.log_odds(pair) for pair in pairs]), weights[known])
        assert [entailment(pair) for pair in pairs] == pytest.approx((1 / (1 + np.exp(-odds))).tolist(), abs=1e-5)
        assert [entailment.weigh(pair).read is None for pair in pairs] == [
            abs(weights[known, 1] @ (*entailment.log_odds(pair)[:2], 0, 1)) > SURE for pair in pairs
        ]


def test_the_limit_is_that_with_the_fewest_mistakes(training_script: Callable[..., ModuleType]) -> None:
    """Nothing is let through against a figure, whatever the networks say."""
    limits = training_script("gate_limits")
    truth = np.array([True, True, False, False, True, False])
    passed = np.array([True, False, True, False, False, True])
    found = np.array([0.71, 0.75, 0.29, 0.69, 0.99, 0.0])
    every, none = np.ones(6, np.bool_), np.zeros(6, np.bool_)
    hard = np.array([False, False, False, False, True, False])
    one = limits.Judged(found, truth, none, passed, every, hard)
    limit = limits.best_limit([one])
    assert 0.69 < limit <= 0.71
    assert one.shares(limit) == pytest.approx((1.0, 1 / 3))
    assert one.shares(0.3) == pytest.approx((2 / 3, 1 / 3))
    assert limits.Judged(found, truth, every, passed, every, hard).shares(1.0) == pytest.approx((0.0, 0.0))
