"""Trains the network that the gate weighs sentences with -> index/gate.npz.

Learns from `gate_sentences.jsonl` (true and altered sentences to each sentence of the sources), `gate_train.jsonl` and
the half `dev` of `evals/sets/gate.jsonl`. Three networks are trained, each without a third of what is like the set,
where it shows how it does on sentences that it has not seen. The rules have been made with those sentences in view, so
the limits are chosen on them and on sentences of `gate_sentences.jsonl` that are left out of all three, both weighing
the same.

    python index/train_gate.py [--epochs 10]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from assistant import paths
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.pairing import PLACES, SIGNALS, WORD_MEASURES, Pair
from assistant.answering.proving.proof import HARD, WEIGHED, Prover
from assistant.assistant import Assistant
from assistant.finding.embedder import open_embedder
from assistant.finding.tools import read_language
from assistant.measuring.cases import GoldFinder
from assistant.measuring.gate_set import GateCase, passages_of, read_gate_set
from assistant.settings import SHIPPED, load_settings

INDEX = Path(__file__).parent
#: Width of the network, words with an embedding of their own and its width.
WIDTH, FREQUENT, FREQUENT_WIDTH = 64, 400, 16
#: What a sentence like those of the gate set weighs more than one of `gate_sentences.jsonl`.
LIKE_THE_SET = 3.0
#: One in so many true sentences is also shown with a passage near the right one; one in so many with both.
WRONG, BOTH = 7, 8
FOLDS = 3
#: One in so many sentences of the sources is left out, with all that is written to it.
LEFT_OUT = 15


@dataclass(frozen=True)
class Example:
    claim: str
    evidence: tuple[Evidence, ...]
    is_true: bool
    #: Which network does not learn from it; None when all do, -1 when none does.
    fold: int | None = None
    change: str = ""


class Network(nn.Module):
    """As `entailment._Network` computes it, with the same names."""

    def __init__(self, vectors: torch.Tensor) -> None:
        super().__init__()
        d = WIDTH
        self.vectors = nn.Embedding.from_pretrained(vectors)
        self.project = nn.Linear(vectors.shape[1], d)
        self.frequent = nn.Embedding(FREQUENT + 1, FREQUENT_WIDTH)
        nn.init.normal_(self.frequent.weight, std=0.1)
        self.input = nn.Linear(d + FREQUENT_WIDTH + WORD_MEASURES + PLACES, d)
        self.order = nn.ModuleList([nn.Conv1d(d, d, 3, padding=1), nn.Conv1d(d, d, 5, padding=2)])
        self.attend = nn.Linear(d, d)
        self.likeness = nn.Parameter(torch.tensor([4.0, 1.0, 0.5]))
        self.places = nn.Parameter(torch.tensor([0.0, -0.5, -1.0]))
        self.forward_ = nn.ModuleList([nn.Linear(4 * d + 12, d), nn.Linear(d, d)])
        self.back = nn.ModuleList([nn.Linear(4 * d + 1, d), nn.Linear(d, d)])
        self.out = nn.ModuleList([nn.Linear(4 * d + len(SIGNALS), d), nn.Linear(d, 1)])
        self.drop, self.drop_more = nn.Dropout(0.2), nn.Dropout(0.3)

    def forward(self, b: dict[str, torch.Tensor]) -> torch.Tensor:
        mine = self._read(b["claim"], b["claim_frequent"], b["claim_measures"], b["claim_mask"])
        theirs = self._read(b["source"], b["source_frequent"], b["source_measures"], b["source_mask"])
        scores = torch.einsum("bid,bjd->bij", self.attend(mine), theirs) / 8 + b["likeness"] @ self.likeness
        scores = scores + (b["source_measures"][..., WORD_MEASURES:] @ self.places)[:, None]
        to_source = torch.softmax(scores.masked_fill(b["source_mask"][:, None] == 0, -1e4), -1)
        to_claim = torch.softmax(scores.masked_fill(b["claim_mask"][..., None] == 0, -1e4), 1).transpose(1, 2)
        by_word = self._compare(
            self.forward_,
            compared(mine, to_source @ theirs),
            b["likeness"].amax(2),
            (to_source[..., None] * b["likeness"]).sum(2),
            order(to_source),
        )
        by_place = self._compare(self.back, compared(theirs, to_claim @ mine), b["likeness"][..., :1].amax(1))
        whole = torch.cat([*pooled(by_word, b["claim_mask"]), *pooled(by_place, b["source_mask"]), b["signals"]], -1)
        return self.out[1](self.drop_more(functional.relu(self.out[0](whole)))).squeeze(-1)

    def _read(self, words: torch.Tensor, frequent: torch.Tensor, measures: torch.Tensor, mask: torch.Tensor):
        projected = self.drop(self.project(self.vectors(words)))
        rows = functional.relu(self.input(torch.cat([projected, self.frequent(frequent), measures], -1)))
        rows = (rows * mask[..., None]).transpose(1, 2)
        for number, layer in enumerate(self.order):
            rows = rows + functional.relu(layer(self.drop(rows) if number == 0 else rows))
            rows = rows * mask[:, None]
        return rows.transpose(1, 2)

    def _compare(self, layers: nn.ModuleList, *parts: torch.Tensor) -> torch.Tensor:
        hidden = self.drop(functional.relu(layers[0](torch.cat(parts, -1))))
        return functional.relu(layers[1](hidden))


def compared(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.cat([one, other, one * other, (one - other).abs()], -1)


def pooled(rows: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and maximum over the words that there are; rows are never negative."""
    rows = rows * mask[..., None]
    return rows.sum(1) / mask.sum(1, keepdim=True).clamp(min=1), rows.amax(1)


def order(attention: torch.Tensor) -> torch.Tensor:
    place = attention @ torch.arange(attention.shape[2], dtype=torch.float32)
    sure = attention.amax(-1)
    return torch.stack(
        [
            torch.tanh((place - moved(place, 1)) / 4),
            torch.tanh((moved(place, -1) - place) / 4),
            torch.tanh((place - moved(place, 2)) / 8),
            torch.tanh((moved(place, -2) - place) / 8),
            sure,
            moved(sure, 1),
        ],
        -1,
    )


def moved(values: torch.Tensor, by: int) -> torch.Tensor:
    rows = torch.zeros_like(values)
    if by > 0:
        rows[:, by:] = values[:, :-by]
    else:
        rows[:, :by] = values[:, -by:]
    return rows


@dataclass(frozen=True)
class Coded:
    """A pair with its words as numbers: rows of the table of vectors, and of the frequent words (0 for none)."""

    pair: Pair
    claim: np.ndarray
    claim_frequent: np.ndarray
    source: np.ndarray
    source_frequent: np.ndarray


@dataclass(frozen=True)
class Vocabulary:
    rows: dict[str, int]
    frequent: dict[str, int]
    vectors: np.ndarray

    @classmethod
    def of(cls, pairs: Sequence[Pair], entailment: Entailment) -> Vocabulary:
        counts = Counter(word for pair in pairs for word in (*pair.claim, *pair.source))
        words = list(counts)
        frequent = [word for word, _ in counts.most_common(FREQUENT)]
        vectors = np.concatenate([entailment.vectors(words[at : at + 1000]) for at in range(0, len(words), 1000)])
        return cls({w: n for n, w in enumerate(words)}, {w: n for n, w in enumerate(frequent, 1)}, vectors)

    def coded(self, pair: Pair) -> Coded:
        def rows(words: tuple[str, ...]) -> np.ndarray:
            return np.array([self.rows[word] for word in words], np.int64)

        def frequent(words: tuple[str, ...]) -> np.ndarray:
            return np.array([self.frequent.get(word, 0) for word in words], np.int64)

        return Coded(pair, rows(pair.claim), frequent(pair.claim), rows(pair.source), frequent(pair.source))


def batched(items: Sequence[Coded], mean: np.ndarray, spread: np.ndarray) -> dict[str, torch.Tensor]:
    n, mine, theirs = len(items), max(len(i.claim) for i in items), max(len(i.source) for i in items)
    measures = WORD_MEASURES + PLACES
    b = {
        **{name: np.zeros((n, mine), np.int64) for name in ("claim", "claim_frequent")},
        **{name: np.zeros((n, theirs), np.int64) for name in ("source", "source_frequent")},
        "claim_measures": np.zeros((n, mine, measures), np.float32),
        "source_measures": np.zeros((n, theirs, measures), np.float32),
        "claim_mask": np.zeros((n, mine), np.float32),
        "source_mask": np.zeros((n, theirs), np.float32),
        "likeness": np.zeros((n, mine, theirs, 3), np.float32),
    }
    for row, item in enumerate(items):
        c, s = len(item.claim), len(item.source)
        b["claim"][row, :c], b["claim_frequent"][row, :c] = item.claim, item.claim_frequent
        b["source"][row, :s], b["source_frequent"][row, :s] = item.source, item.source_frequent
        b["claim_measures"][row, :c, :WORD_MEASURES] = item.pair.claim_measures
        b["source_measures"][row, :s] = item.pair.source_measures
        b["claim_mask"][row, :c] = b["source_mask"][row, :s] = 1
        b["likeness"][row, :c, :s] = item.pair.likeness
    b["signals"] = np.stack([(item.pair.signals - mean) / spread for item in items]).astype(np.float32)
    return {name: torch.from_numpy(value) for name, value in b.items()}


def train(
    items: Sequence[Coded], labels: np.ndarray, weights: np.ndarray, vectors: np.ndarray, epochs: int, seed: int
) -> tuple[Network, np.ndarray, np.ndarray]:
    """The network, and the mean and spread of the signals that it was trained with."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    signals = np.stack([item.pair.signals for item in items])
    mean, spread = signals.mean(0), signals.std(0) + 1e-3
    network, size, rate = Network(torch.from_numpy(vectors)), 64, 2e-3
    learnt = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=rate, weight_decay=1e-2)
    steps = epochs * (-(-len(items) // size) + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    truth = torch.tensor(labels, dtype=torch.float32)
    worth = torch.tensor(weights / weights.mean(), dtype=torch.float32)
    for epoch in range(epochs):
        network.train()
        shuffled, total = rng.permutation(len(items)), 0.0
        for at in range(0, len(shuffled), size * 20):
            chunk = sorted(shuffled[at : at + size * 20], key=lambda place: len(items[place].source))
            for start in range(0, len(chunk), size):
                chosen = chunk[start : start + size]
                odds = network(batched([items[place] for place in chosen], mean, spread))
                losses = functional.binary_cross_entropy_with_logits(odds, truth[chosen], reduction="none")
                loss = (losses * worth[chosen]).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += loss.item() * len(chosen)
        print(f"network {seed}, epoch {epoch + 1}: loss {total / len(items):.3f}", flush=True)
    return network.eval(), mean, spread


def probabilities(network: Network, items: Sequence[Coded], mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    found = np.zeros(len(items))
    with torch.no_grad():
        for at in range(0, len(items), 128):
            odds = network(batched(items[at : at + 128], mean, spread))
            found[at : at + 128] = torch.sigmoid(odds).numpy()
    return found


def written(assistant: Assistant, rng: random.Random) -> list[Example]:
    """The sentences of `gate_sentences.jsonl`; some of the true ones with a wrong passage, some with two."""
    documents = {source.id: assistant.document(source.id) for source in assistant.sources}
    finder = GoldFinder(documents)
    examples: list[Example] = []
    for number, line in enumerate((INDEX / "gate_sentences.jsonl").read_text(encoding="utf-8").splitlines()):
        row, fold = json.loads(line), -1 if number % LEFT_OUT == 0 else None
        case = GateCase("", "dev", "reworded", True, "", ((row["source"], row["quote"]),))
        own = passages_of(case, documents, finder)
        right = tuple(Evidence.of_passage(passage, documents[passage.source_id].source) for passage in own)

        def near(claim: str, own: tuple[str, ...] = tuple(passage.id for passage in own)) -> list[Evidence]:
            return [Evidence.of_hit(hit) for hit in assistant.search(claim, 7).items if hit.passage.id not in own]

        for is_true, change, claim in (
            *((True, "true", claim) for claim in row["true"]),
            *((False, change, claim) for change, claim in row["false"]),
        ):
            evidence = (*right, *near(claim)[:1]) if rng.random() < 1 / BOTH else right
            examples.append(Example(claim, evidence, is_true, fold, change))
            if is_true and rng.random() < 1 / WRONG and (others := near(claim)):
                examples.append(Example(claim, (rng.choice(others),), False, fold, "wrong_passage"))
        if fold is None:
            examples += reworded(row, right[0], rng)
    return examples


def reworded(row: dict, right: Evidence, rng: random.Random) -> list[Example]:
    """A true and an altered sentence set against a rewording of the source instead of the source."""
    if len(row["true"]) < 3 or not row["false"]:
        return []
    whole = rng.choice([claim for number, claim in enumerate(row["true"]) if number != 1])
    evidence = (replace(right, text=whole, lead_in=""),)
    other = rng.choice([claim for claim in row["true"] if claim != whole])
    return [Example(other, evidence, True), Example(rng.choice(row["false"])[1], evidence, False)]


def like_the_set(assistant: Assistant) -> list[Example]:
    """`gate_train.jsonl` and the half `dev`, in folds by the words that they cite."""
    documents = {source.id: assistant.document(source.id) for source in assistant.sources}
    finder = GoldFinder(documents)
    cases = [
        *read_gate_set(INDEX / "gate_train.jsonl"),
        *(case for case in read_gate_set(paths.evals_dir() / "sets" / "gate.jsonl") if case.split == "dev"),
    ]
    groups = {quote: number for number, quote in enumerate(sorted({case.cited[0][1] for case in cases}))}
    shuffled = random.Random(5).sample(range(len(groups)), len(groups))
    return [
        Example(
            case.sentence,
            tuple(Evidence.of_passage(p, documents[p.source_id].source) for p in passages_of(case, documents, finder)),
            case.is_true,
            shuffled[groups[case.cited[0][1]]] % FOLDS,
            case.change,
        )
        for case in cases
    ]


def stored_name(name: str) -> str:
    """What the network's weights are called in `gate.npz`."""
    return name.replace("forward_.", "forward.").replace("frequent.weight", "frequent")


@dataclass(frozen=True)
class Judged:
    """Sentences with what is known of each: its probability, whether it is true, and what the rules say."""

    found: np.ndarray
    truth: np.ndarray
    verbatim: np.ndarray
    passed: np.ndarray
    weighed: np.ndarray
    hard: np.ndarray

    @classmethod
    def of(cls, found: np.ndarray, examples: Sequence[Example], pairs: Sequence[Pair], places: np.ndarray) -> Judged:
        signal = {name: number for number, name in enumerate(SIGNALS)}
        table = np.stack([pairs[place].signals for place in places])
        verbatim = np.array([examples[place].change == "verbatim" for place in places])
        return cls(
            found[places],
            np.array([examples[place].is_true for place in places]),
            verbatim,
            table[:, signal["carried"]] > 0,
            (table[:, signal["covered"]] >= WEIGHED) & (table[:, signal["misquoted"]] == 0) & ~verbatim,
            table[:, [signal[name] for name in HARD]].any(axis=1),
        )

    def shares(self, least: float, overruling: float) -> tuple[float, float]:
        """The share of the altered sentences caught, and of the true ones withheld, with these limits."""
        weighed = np.where(self.passed, self.found >= least, (self.found >= overruling) & ~self.hard)
        shown = np.where(self.weighed, weighed, self.passed) | self.verbatim
        return float((~shown[~self.truth]).mean()), float((~shown[self.truth]).mean())


def best_limits(populations: Sequence[Judged]) -> tuple[float, float]:
    """The limits with the fewest mistakes; altered and true sentences weigh the same, and so does each population."""
    steps = [round(float(step), 2) for step in np.arange(0.02, 1.0, 0.02)]
    tried = ((least, over) for least in steps for over in steps if over >= least)
    return min(tried, key=lambda limits: sum(cost(some.shares(*limits)) for some in populations))


def cost(shares: tuple[float, float]) -> float:
    return (1 - shares[0]) + shares[1]


def log_odds(found: np.ndarray) -> np.ndarray:
    found = np.clip(found, 1e-6, 1 - 1e-6)
    return np.log(found / (1 - found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    begun = time.time()
    settings = load_settings()
    assistant, _ = Assistant.open(settings)
    language, rng = read_language(settings), random.Random(3)
    prover = Prover(language.lexicon, language.thesaurus)
    entailment = Entailment(INDEX / "gate.npz", lambda: open_embedder(SHIPPED, settings))
    examples = [*written(assistant, rng), *like_the_set(assistant)]
    pairs = [prover.pair(example.claim, example.evidence, entailment) for example in examples]
    print(f"{len(examples)} sentences, {time.time() - begun:.0f} s", flush=True)
    vocabulary = Vocabulary.of(pairs, entailment)
    items = [vocabulary.coded(pair) for pair in pairs]
    labels = np.array([example.is_true for example in examples], np.float32)
    weights = np.array([1.0 if example.fold is None else LIKE_THE_SET for example in examples], np.float32)
    folds = np.array([np.nan if example.fold is None else example.fold for example in examples])
    arrays: dict[str, np.ndarray] = {"frequent": np.array(list(vocabulary.frequent))}
    found, odds = np.full(len(examples), np.nan), []
    left_out = np.flatnonzero(folds == -1)
    for fold in range(FOLDS):
        inside = (folds != fold) & (folds != -1)
        learnt = [item for item, chosen in zip(items, inside, strict=True) if chosen]
        network, mean, spread = train(learnt, labels[inside], weights[inside], vocabulary.vectors, options.epochs, fold)
        unseen = np.flatnonzero(folds == fold)
        found[unseen] = probabilities(network, [items[place] for place in unseen], mean, spread)
        odds.append(log_odds(probabilities(network, [items[place] for place in left_out], mean, spread)))
        for name, value in network.state_dict().items():
            if not name.startswith("vectors"):
                arrays[f"{fold}/{stored_name(name)}"] = value.numpy().astype(np.float16)
        arrays[f"{fold}/mean"], arrays[f"{fold}/spread"] = mean.astype(np.float32), spread.astype(np.float32)
    found[left_out] = 1 / (1 + np.exp(-np.mean(odds, axis=0)))
    judged = {
        "left out": Judged.of(found, examples, pairs, left_out),
        "like the set": Judged.of(found, examples, pairs, np.flatnonzero(folds >= 0)),
    }
    best = best_limits(list(judged.values()))
    for name, some in judged.items():
        for what, pair in (("rules", (0.0, 1.1)), ("both", best)):
            caught, withheld = some.shares(*pair)
            print(f"{name}, {what}: caught {caught:.3f}, withheld {withheld:.3f}, limits {pair}")
    arrays["limits"] = np.array(best, np.float32)
    np.savez_compressed(INDEX / "gate.npz", **arrays)
    print(f"gate.npz, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
