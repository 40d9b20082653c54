"""Trains the networks that the gate weighs sentences with -> index/gate.npz.

They learn from `gate_sentences.jsonl` (true and altered sentences to each sentence of the sources) and from
`gate_train.jsonl`: a larger one, which begins with the encoder that `pretrain_encoder.py` has made and also learns
which words of an altered sentence are to blame, and two small ones. How much probability is enough is chosen on what
none of them has learnt from: sentences of `gate_sentences.jsonl` that are left out, and the half `dev` of
`evals/sets/gate.jsonl`, both weighing the same. The rules have been made with `dev` in view: that half is favourable.

    python index/train_gate.py ENCODER [--epochs 3] [--small-epochs 7]
    python index/train_gate.py                   # the small ones and the limits anew, the larger one as it is

With `--small-epochs 0` the small ones stay as they are. The larger one goes on from the one before.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gate_examples import INDEX, Example, Examples, Written
from gate_networks import SMALL_FREQUENT, AttentionNetwork, Encoder, ReadingNetwork
from gate_weights import fill, stored
from kept import Keeper
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.answering.proving.claims import Reader
from assistant.answering.proving.entailment import READER, SURE, Entailment
from assistant.answering.proving.pairing import PLACES, SIGNALS, WORD_MEASURES, Pair
from assistant.answering.proving.proof import HARD, WEIGHED, Prover
from assistant.answering.proving.rewordings import Rewordings, as_arrays
from assistant.assistant import Assistant
from assistant.finding.embedder import open_embedder
from assistant.finding.lines import as_lines, lines_of
from assistant.finding.tools import read_language
from assistant.settings import SHIPPED, load_settings

Floats = NDArray[np.float32]
#: The places of some sentences, and the batch that they make.
Shown = tuple[list[int], dict[str, torch.Tensor]]

#: What a sentence like those of the gate set weighs more than one of `gate_sentences.jsonl`.
LIKE_THE_SET = 3.0
#: How many small networks there are.
MEMBERS = 2
#: So many sentences at a time are read by one process.
SHARE = 500
#: Sentences in a batch of the larger network and of the small ones, and their highest rates of learning; what the
#: larger one did not bring with it learns at twice that rate.
BATCH, RATE, SMALL_BATCH, SMALL_RATE = 32, 4e-4, 64, 2e-3
#: The words of a batch of the larger network are filled up to a multiple of this, as each length is compiled once.
EVEN = 32
#: What finding the words to blame weighs, and by word: in a true sentence, in an altered one, one that was changed.
BLAME, IN_TRUE, IN_ALTERED, CHANGED = 0.5, 0.3, 0.5, 2.0
#: How true a true sentence is said to be to the larger network.
TRUE = 0.98


@dataclass(frozen=True)
class Coded:
    """A pair with its words as numbers: rows of the table of vectors, and of the frequent words (0 for none)."""

    pair: Pair
    claim: NDArray[np.int64]
    source: NDArray[np.int64]
    claim_frequent: NDArray[np.int64]
    source_frequent: NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """The rows of all words in the table of their vectors, and of the frequent ones in that of their own."""

    rows: dict[str, int]
    vectors: Floats
    frequent: dict[str, int]

    @classmethod
    def of(cls, pairs: Sequence[Pair], entailment: Entailment, frequent: Sequence[str]) -> Vocabulary:
        words = list(dict.fromkeys(word for pair in pairs for word in (*pair.claim, *pair.source)))
        vectors = np.concatenate([entailment.vectors(words[at : at + 1000]) for at in range(0, len(words), 1000)])
        return cls({w: n for n, w in enumerate(words)}, vectors, {w: n for n, w in enumerate(frequent, 1)})

    def coded(self, pair: Pair) -> Coded:
        sides = pair.claim, pair.source
        rows = (np.array([self.rows[word] for word in side], np.int64) for side in sides)
        frequent = (np.array([self.frequent.get(word, 0) for word in side], np.int64) for side in sides)
        return Coded(pair, *rows, *frequent)


@dataclass(frozen=True)
class Scale:
    """The mean and spread of the signals that a network is trained with."""

    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> Scale:
        signals = np.stack([pair.signals for pair in pairs])
        return cls(signals.mean(0), signals.std(0) + np.float32(1e-3))

    def __call__(self, items: Sequence[Coded]) -> Floats:
        return np.stack([(item.pair.signals - self.mean) / self.spread for item in items]).astype(np.float32)


def side_by_side(items: Sequence[Coded], scale: Scale) -> dict[str, torch.Tensor]:
    """A batch for the small networks, which keep the claim and its source apart."""
    n, mine, theirs = len(items), max(len(i.claim) for i in items), max(len(i.source) for i in items)
    measures = WORD_MEASURES + PLACES
    b: dict[str, Any] = {
        **{name: np.zeros((n, mine), np.int64) for name in ("claim", "claim_frequent")},
        **{name: np.zeros((n, theirs), np.int64) for name in ("source", "source_frequent")},
        "claim_measures": np.zeros((n, mine, measures), np.float32),
        "source_measures": np.zeros((n, theirs, measures), np.float32),
        "claim_mask": np.zeros((n, mine), np.float32),
        "source_mask": np.zeros((n, theirs), np.float32),
        "likeness": np.zeros((n, mine, theirs, 3), np.float32),
        "signals": scale(items),
    }
    for row, item in enumerate(items):
        c, s = len(item.claim), len(item.source)
        b["claim"][row, :c], b["claim_frequent"][row, :c] = item.claim, item.claim_frequent
        b["source"][row, :s], b["source_frequent"][row, :s] = item.source, item.source_frequent
        b["claim_measures"][row, :c, :WORD_MEASURES] = item.pair.claim_measures
        b["source_measures"][row, :s] = item.pair.source_measures
        b["claim_mask"][row, :c] = b["source_mask"][row, :s] = 1
        b["likeness"][row, :c, :s] = item.pair.likeness
    return {name: torch.from_numpy(value) for name, value in b.items()}


def as_one(items: Sequence[Coded], scale: Scale) -> dict[str, torch.Tensor]:
    """A batch for the larger network, the claim first and its source after it."""
    lengths = [len(item.claim) + len(item.source) for item in items]
    n, most = len(items), -(-max(lengths) // EVEN) * EVEN
    b: dict[str, Any] = {
        **{name: np.zeros((n, most), np.int64) for name in ("words", "frequent", "breaks")},
        "side": np.ones((n, most), np.int64),
        "real": np.zeros((n, most), np.bool_),
        "measures": np.zeros((n, most, WORD_MEASURES + PLACES), np.float32),
        "likeness": np.zeros((n, most, most, 3), np.float32),
        "signals": scale(items),
    }
    for row, (item, end) in enumerate(zip(items, lengths, strict=True)):
        pair, c = item.pair, len(item.claim)
        b["words"][row, :end] = np.concatenate([item.claim, item.source])
        b["frequent"][row, :end] = np.concatenate([item.claim_frequent, item.source_frequent])
        b["breaks"][row, :end] = np.concatenate([pair.claim_breaks, pair.source_breaks])
        b["side"][row, :c], b["real"][row, :end] = 0, True
        b["measures"][row, :c, :WORD_MEASURES], b["measures"][row, c:end] = pair.claim_measures, pair.source_measures
        b["likeness"][row, :c, c:end] = pair.likeness
        b["likeness"][row, c:end, :c] = pair.likeness.transpose(1, 0, 2)
    return {name: torch.from_numpy(value) for name, value in b.items()}


@dataclass(frozen=True)
class Lesson:
    """Sentences to learn from: whether each is true, its weight, and by word whether it is to blame and its weight."""

    items: Sequence[Coded]
    truth: Floats
    weights: Floats
    blamed: Sequence[tuple[Floats, Floats]]

    def in_batches(self, size: int, rng: np.random.Generator) -> Iterator[list[int]]:
        """Places of all the sentences, those of like length together."""
        shuffled = rng.permutation(len(self.items))
        for at in range(0, len(shuffled), size * 20):
            chunk = sorted(shuffled[at : at + size * 20], key=lambda place: len(self.items[place].source))
            for start in range(0, len(chunk), size):
                yield chunk[start : start + size]

    def blame(self, chosen: Sequence[int], most: int) -> tuple[torch.Tensor, torch.Tensor]:
        marks, weights = np.zeros((2, len(chosen), most), np.float32)
        for row, place in enumerate(chosen):
            mark, weight = self.blamed[place]
            marks[row, : len(mark)], weights[row, : len(mark)] = mark, weight
        return torch.from_numpy(marks), torch.from_numpy(weights)


def lesson_of(examples: Sequence[Example], pairs: Sequence[Pair], vocabulary: Vocabulary) -> Lesson:
    claims = {example.claim: pair.claim for example, pair in zip(examples, pairs, strict=True)}
    weights = [LIKE_THE_SET if example.like_the_set else 1.0 for example in examples]
    return Lesson(
        [vocabulary.coded(pair) for pair in pairs],
        np.array([example.is_true for example in examples], np.float32),
        np.array(weights, np.float32) / np.float32(np.mean(weights)),
        [blame(example, pair.claim, claims) for example, pair in zip(examples, pairs, strict=True)],
    )


def blame(example: Example, words: tuple[str, ...], claims: dict[str, tuple[str, ...]]) -> tuple[Floats, Floats]:
    """Which words make a sentence untrue, and what it weighs to learn so; nothing when it is not known."""
    mark, weight = np.zeros((2, len(words)), np.float32)
    if example.is_true:
        weight[:] = IN_TRUE
    elif example.instead_of in claims:
        before = claims[example.instead_of]
        for kind, _, _, start, end in difflib.SequenceMatcher(None, before, words, autojunk=False).get_opcodes():
            if kind != "equal":
                mark[start if end > start else max(0, start - 1) : max(end, start + 1)] = 1
        weight[:] = np.where(mark > 0, CHANGED, IN_ALTERED)
    return mark, weight


def ahead(items: Iterator[Shown]) -> Iterator[Shown]:
    """The items, the next one being made while one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def train_reader(network: ReadingNetwork, lesson: Lesson, scale: Scale, epochs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    new = [p for name, p in network.named_parameters() if p.requires_grad and not name.startswith("encoder.")]
    groups = [{"params": list(network.encoder.parameters()), "times": 1.0}, {"params": new, "times": 2.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.02, fused=True)
    truth, worth = torch.from_numpy(lesson.truth), torch.from_numpy(lesson.weights)
    steps, step = epochs * (len(lesson.items) // BATCH), 0
    network.train()
    compiled = torch.compile(network, dynamic=False)
    for epoch in range(epochs):
        losses = []
        whole = (chosen for chosen in lesson.in_batches(BATCH, rng) if len(chosen) == BATCH)
        for chosen, batch in ahead((places, as_one([lesson.items[n] for n in places], scale)) for places in whole):
            for group in optimiser.param_groups:
                group["lr"] = RATE * group["times"] * min(1, step / 200) * max(0.02, 1 - step / steps)
            marks, weights = lesson.blame(chosen, batch["words"].shape[1])
            with torch.autocast("cpu", torch.bfloat16):
                odds, unsaid = compiled(batch)
            told = (1 - TRUE) + truth[chosen] * (2 * TRUE - 1)
            loss = (functional.binary_cross_entropy_with_logits(odds, told, reduction="none") * worth[chosen]).mean()
            by_word = functional.binary_cross_entropy_with_logits(unsaid, marks, reduction="none") * weights
            optimiser.zero_grad()
            (loss + BLAME * by_word.sum() / weights.sum().clamp(min=1)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.item())
        print(f"larger network, epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    network.eval()


def train_small(network: AttentionNetwork, lesson: Lesson, scale: Scale, epochs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(
        [p for p in network.parameters() if p.requires_grad], lr=SMALL_RATE, weight_decay=1e-2
    )
    steps = epochs * (-(-len(lesson.items) // SMALL_BATCH) + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, SMALL_RATE, total_steps=steps)
    truth, worth = torch.from_numpy(lesson.truth), torch.from_numpy(lesson.weights)
    network.train()
    for epoch in range(epochs):
        losses = []
        for chosen in lesson.in_batches(SMALL_BATCH, rng):
            odds = network(side_by_side([lesson.items[place] for place in chosen], scale))
            by_claim = functional.binary_cross_entropy_with_logits(odds, truth[chosen], reduction="none")
            loss = (by_claim * worth[chosen]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"small network {seed}, epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    network.eval()


def trained_small(lesson: Lesson, scale: Scale, vectors: Floats, epochs: int, seed: int) -> dict[str, torch.Tensor]:
    """What a small network has learnt, in a process of its own."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    network = AttentionNetwork(torch.from_numpy(vectors))
    train_small(network, lesson, scale, epochs, seed)
    return network.state_dict()


def with_states(states: Sequence[dict[str, torch.Tensor]], vectors: Floats) -> list[AttentionNetwork]:
    members = [AttentionNetwork(torch.from_numpy(vectors)).eval() for _ in states]
    for member, state in zip(members, states, strict=True):
        member.load_state_dict(state)
    return members


def shipped_small(arrays: Mapping[str, NDArray[Any]], vectors: Floats) -> tuple[list[AttentionNetwork], list[Scale]]:
    """The small networks trained before, and their scales."""
    members = [AttentionNetwork(torch.from_numpy(vectors)) for _ in range(MEMBERS)]
    for seed, member in enumerate(members):
        fill(member, arrays, str(seed))
    return members, [scale_of(arrays, str(seed)) for seed in range(MEMBERS)]


class Learning(Entailment):
    """Knows all rewordings but those that were written together with the sentence that it is shown."""

    def __init__(self) -> None:
        settings = load_settings()
        super().__init__(settings.gate_file, lambda: open_embedder(SHIPPED, settings))
        self._written = Written(Reader(read_language(settings).lexicon))
        self._every = Rewordings(self._written.every(), self.vectors)
        self._known = self._every

    def show(self, example: Example) -> None:
        if example.unknown:
            self._known = Rewordings((), self.vectors)
        elif example.written is None:
            self._known = self._every
        else:
            self._known = self._every.instead(example.written[0], self._written.without(*example.written))

    @property
    def rewordings(self) -> Rewordings:
        return self._known


@cache
def learning() -> Learning:
    return Learning()


def pairs_of(examples: Sequence[Example]) -> list[Pair]:
    language, entailment = read_language(load_settings()), learning()
    prover = Prover(language.lexicon, language.thesaurus)
    pairs = []
    for example in examples:
        entailment.show(example)
        pair = prover.pair(example.claim, example.evidence, entailment)
        pairs.append(replace(pair, likeness=np.asarray(pair.likeness, np.float16)))
    return pairs


def scale_of(arrays: Mapping[str, NDArray[Any]], name: str) -> Scale:
    """That of a network trained before."""
    return Scale(arrays[f"{name}/mean"], arrays[f"{name}/spread"])


def log_odds(judge: Callable[[Sequence[Coded]], torch.Tensor], items: Sequence[Coded]) -> NDArray[np.float64]:
    with torch.no_grad():
        return np.concatenate([judge(items[at : at + 64]).numpy() for at in range(0, len(items), 64)]).astype(float)


@dataclass(frozen=True)
class Judged:
    """Sentences with what is known of each: its probability, whether it is true, and what the rules say."""

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

    def shares(self, least: float, overruling: float) -> tuple[float, float]:
        """The share of the altered sentences caught, and of the true ones withheld, with these limits."""
        weighed = np.where(self.passed, self.found >= least, (self.found >= overruling) & ~self.hard)
        shown = np.where(self.weighed, weighed, self.passed) | self.verbatim
        return float((~shown[~self.truth]).mean()), float((~shown[self.truth]).mean())


def best_limits(populations: Sequence[Judged]) -> tuple[float, float]:
    """The limits at which the larger of the two shares of mistakes is smallest: altered shown, and true withheld.

    All populations weigh the same, whatever their size.
    """
    steps = [round(float(step), 2) for step in np.arange(0.02, 1.0, 0.02)]
    tried = ((least, over) for least in steps for over in steps if over >= least)
    return min(tried, key=lambda limits: mistakes([some.shares(*limits) for some in populations]))


def mistakes(shares: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The larger of the two mean shares of mistakes, then their sum."""
    shown, withheld = (float(np.mean(each)) for each in zip(*((1 - c, w) for c, w in shares), strict=True))
    return max(shown, withheld), shown + withheld


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path, nargs="?", help="what pretrain_encoder.py has made")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--small-epochs", type=int, default=7)
    parser.add_argument("--most", type=int, help="learn from so many sentences only, for a trial")
    parser.add_argument("--work", type=Path, help="folder where the work is kept, to go on from if it is broken off")
    parser.add_argument("--out", type=Path, default=INDEX / "gate.npz")
    options = parser.parse_args()
    torch.manual_seed(0)
    begun = time.time()
    settings = load_settings()
    assistant, _ = Assistant.open(settings)
    entailment = Entailment(INDEX / "gate.npz", lambda: open_embedder(SHIPPED, settings))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # what works beside the others is not to wait for them
    workers = ProcessPoolExecutor(mp_context=get_context("spawn"), max_workers=MEMBERS)
    keep = Keeper(options.work)

    def set_against() -> tuple[list[Example], list[Pair]]:
        every = Examples(assistant, random.Random(3)).every()
        every = random.Random(4).sample(every, options.most) if options.most else every
        shares = [every[at : at + SHARE] for at in range(0, len(every), SHARE)]
        return every, [pair for share in workers.map(pairs_of, shares) for pair in share]

    examples, pairs = keep("pairs", set_against)
    print(f"{len(examples)} sentences, {time.time() - begun:.0f} s", flush=True)

    learnt = [n for n, example in enumerate(examples) if example.part == "learnt"]
    shown, scale = [pairs[n] for n in learnt], Scale.of([pairs[n] for n in learnt])
    counted = Counter(word for pair in shown for word in (*pair.claim, *pair.source))
    with np.load(INDEX / "gate.npz") as file:
        before = {name: file[name] for name in file.files}
    few = [word for word, _ in counted.most_common(SMALL_FREQUENT)]
    if not options.small_epochs:
        few = lines_of(before["words"])
    pretrained = torch.load(options.encoder, weights_only=True) if options.encoder else None
    words = pretrained["words"] if pretrained else lines_of(before[f"{READER}.words"])
    large = Vocabulary.of(pairs, entailment, words)
    small = Vocabulary(large.rows, large.vectors, {word: n for n, word in enumerate(few, 1)})
    arrays: dict[str, NDArray[Any]] = {"words": as_lines(few), f"{READER}.words": as_lines(words)}

    def each_small() -> list[dict[str, torch.Tensor]]:
        lesson = lesson_of([examples[n] for n in learnt], shown, small)
        given = ((lesson, scale, small.vectors, options.small_epochs, seed) for seed in range(MEMBERS))
        return list(workers.map(trained_small, *zip(*given, strict=True)))

    if options.small_epochs:
        members, of_small = with_states(keep("small", each_small), small.vectors), [scale] * MEMBERS
    else:
        members, of_small = shipped_small(before, small.vectors)
    for seed, member in enumerate(members):
        arrays |= stored(member, of_small[seed], str(seed))

    reader, of_reader = ReadingNetwork(torch.from_numpy(large.vectors), Encoder(large.vectors.shape[1])), scale
    if pretrained:
        fill(reader, before, READER)
        reader.encoder.load_state_dict(pretrained["encoder"])
        lesson = lesson_of([examples[n] for n in learnt], shown, large)
        train_reader(reader, lesson, scale, options.epochs, 0)
        arrays |= stored(reader, scale, READER)
    else:
        fill(reader, before, READER)
        of_reader = scale_of(before, READER)
        arrays |= {name: value for name, value in before.items() if name.startswith(f"{READER}/")}

    judged = {}
    for part in ("left out", "dev"):
        places = [n for n, example in enumerate(examples) if example.part == part]
        of_part = [pairs[n] for n in places]
        larger = log_odds(lambda items: reader(as_one(items, of_reader))[0], [large.coded(pair) for pair in of_part])
        items = [small.coded(pair) for pair in of_part]
        each = zip(members, of_small, strict=True)
        few_odds = np.mean([log_odds(lambda b, m=m, s=s: m(side_by_side(b, s)), items) for m, s in each], axis=0)
        odds = few_odds + np.where(np.abs(few_odds) > SURE, few_odds, larger)
        judged[part] = Judged.of(odds, [examples[n] for n in places], of_part)
    best = best_limits(list(judged.values()))
    for part, some in judged.items():
        for what, limits in (("rules", (0.0, 1.1)), ("both", best)):
            caught, withheld = some.shares(*limits)
            print(f"{part}, {what}: caught {caught:.3f}, withheld {withheld:.3f}, limits {limits}")
    arrays |= as_arrays(Written(Reader(read_language(settings).lexicon)).every())
    arrays["limits"] = np.array(best, np.float32)
    np.savez_compressed(options.out, **arrays)
    print(f"{options.out.name}, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
