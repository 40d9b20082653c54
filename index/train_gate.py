"""Trains the networks that the gate weighs sentences with -> index/gate.npz.

They learn from `gate_sentences.jsonl` (true and altered sentences to each sentence of the sources) and from
`gate_train.jsonl`: a larger one, which begins with the encoder that `pretrain_encoder.py` has made and also learns
which words of an altered sentence are to blame, and a small one. The third one is trained by `train_matching.py`, and
`tune_gate.py` chooses what each of them weighs.

    python index/train_gate.py ENCODER [--epochs 3] [--small-epochs 7]
    python index/train_gate.py                   # the small one anew, the larger one as it is

With `--small-epochs 0` the small one stays as it is. The larger one goes on from the one before.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from batches import ahead
from gate_examples import INDEX, LIKE_THE_SET, Example, Examples
from gate_networks import SMALL_FREQUENT, AttentionNetwork, Encoder, ReadingNetwork
from gate_pairs import pairs_of
from gate_weights import fill, stored, write
from kept import Keeper
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.answering.proving.entailment import READER, SMALL
from assistant.answering.proving.pairing import PLACES, WORD_MEASURES, Pair
from assistant.assistant import Assistant
from assistant.finding.embedder import open_embedder
from assistant.finding.lines import as_lines
from assistant.finding.word_vectors import WordVectors
from assistant.settings import SHIPPED, load_settings

Floats = NDArray[np.float32]
#: The places of some sentences, and the batch that they make.
Shown = tuple[list[int], dict[str, torch.Tensor]]

#: So many processes read the sentences, and so many sentences at a time.
WORKERS, SHARE = 2, 500
#: Sentences in a batch of the larger network and of the small one, and their highest rates of learning; what the
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
    def of(cls, pairs: Sequence[Pair], of_words: WordVectors, frequent: Sequence[str]) -> Vocabulary:
        words = list(dict.fromkeys(word for pair in pairs for word in (*pair.claim, *pair.source)))
        vectors = np.concatenate([of_words(words[at : at + 1000]) for at in range(0, len(words), 1000)])
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
    """A batch for the small network, which keeps the claim and its source apart."""
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


def train_small(network: AttentionNetwork, lesson: Lesson, scale: Scale, epochs: int) -> None:
    rng = np.random.default_rng(0)
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
        print(f"small network, epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    network.eval()


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
    vectors = WordVectors(lambda: open_embedder(SHIPPED, settings))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # what works beside the others is not to wait for them
    workers = ProcessPoolExecutor(mp_context=get_context("spawn"), max_workers=WORKERS)
    keep = Keeper(options.work)

    def set_against() -> tuple[list[Example], list[Pair]]:
        every = [one for one in Examples(assistant, random.Random(3)).every() if one.part == "learnt"]
        every = random.Random(4).sample(every, options.most) if options.most else every
        shares = [every[at : at + SHARE] for at in range(0, len(every), SHARE)]
        return every, [pair for share in workers.map(pairs_of, shares) for pair in share]

    examples, pairs = keep("pairs", set_against)
    print(f"{len(examples)} sentences, {time.time() - begun:.0f} s", flush=True)
    with np.load(INDEX / "gate.npz") as file:
        before = {name: file[name] for name in file.files}
    scale = Scale.of(pairs)
    arrays: dict[str, NDArray[Any]] = {}
    if options.encoder:
        pretrained = torch.load(options.encoder, weights_only=True)
        words = Vocabulary.of(pairs, vectors, pretrained["words"])
        reader = ReadingNetwork(torch.from_numpy(words.vectors), Encoder(words.vectors.shape[1]))
        fill(reader, before, READER)
        reader.encoder.load_state_dict(pretrained["encoder"])
        train_reader(reader, lesson_of(examples, pairs, words), scale, options.epochs, 0)
        arrays |= stored(reader, scale, READER) | {f"{READER}.words": as_lines(pretrained["words"])}
    if options.small_epochs:
        counted = Counter(word for pair in pairs for word in (*pair.claim, *pair.source))
        few = [word for word, _ in counted.most_common(SMALL_FREQUENT)]
        words = Vocabulary.of(pairs, vectors, few)
        network = AttentionNetwork(torch.from_numpy(words.vectors))
        train_small(network, lesson_of(examples, pairs, words), scale, options.small_epochs)
        arrays |= stored(network, scale, SMALL) | {f"{SMALL}.words": as_lines(few)}
    write(options.out, arrays, {name.split("/")[0].split(".")[0] for name in arrays})
    print(f"{options.out.name}, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
