"""Trains the network that sets a sentence against the known ones nearest to it -> index/gate.npz.

It learns from `gate_sentences.jsonl` and `gate_train.jsonl`, each sentence beside what is known of its source but for
what was written together with it: true ones and altered ones, told apart.

    python index/train_matching.py [--work FOLDER]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from batches import ahead
from gate_examples import INDEX, LIKE_THE_SET, Example, Examples, Written
from gate_networks import MATCHED_FREQUENT, MatchingNetwork
from gate_weights import matched, write
from kept import Keeper
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.answering.proving.claims import Reader
from assistant.answering.proving.entailment import MATCHING
from assistant.answering.proving.pairing import MOST_CLAIM
from assistant.answering.proving.rewordings import NEAREST, Known, Nearby, Rewordings
from assistant.assistant import Assistant
from assistant.finding.embedder import open_embedder
from assistant.finding.tools import read_language
from assistant.finding.word_vectors import WordVectors
from assistant.settings import SHIPPED, load_settings

#: Sentences in a batch, and so many batches of like lengths in a row.
BATCH, CHUNK = 64, 40
#: The cycles of the training: the epochs of each, its highest rate of learning and the share of it in which the rate
#: rises (warm restarts, Loshchilov & Hutter 2017). The second goes on where the first has levelled out.
CYCLES = ((6, 2e-3, 0.3), (5, 1.5e-3, 0.15))
#: So many known sentences of each kind are found to each; half of the times, each of them is seen with this likelihood.
FOUND, SEEN = 12, 0.7
#: Words of a batch and of its sentences are filled up to multiples of these.
EVEN_WORDS, EVEN = 512, 8


@dataclass(frozen=True)
class Shown:
    """A claim's words, with the known sentences nearest to it."""

    claim: tuple[str, ...]
    nearby: Nearby
    is_true: bool
    weight: float

    def chosen(self, rng: np.random.Generator | None) -> NDArray[np.int64]:
        """The places of the known sentences to be seen: the nearest, or the nearest of those that chance lets be."""
        there = self.nearby.words[:, 0] >= 0
        if rng is not None and rng.random() < 0.5:
            there = there & (rng.random(len(there)) < SEEN)
        places = []
        for half in np.split(np.arange(len(there)), 2):
            some = half[there[half]][:NEAREST]
            places.append(np.pad(some, (0, NEAREST - len(some)), constant_values=-1))
        return np.concatenate(places)


@dataclass(frozen=True)
class Vocabulary:
    """Words by their numbers: 0 is none, known words have one more than in `Known`, and after them come the others."""

    numbers: dict[str, int]
    vectors: torch.Tensor
    frequent: torch.Tensor

    @classmethod
    def of(cls, known: Known, items: Sequence[Shown], vectors: WordVectors) -> Vocabulary:
        words = list(dict.fromkeys([*known.words, *(word for item in items for word in item.claim)]))
        rows = np.concatenate([vectors(words[at : at + 1000]) for at in range(0, len(words), 1000)])
        frequent = np.zeros(len(words) + 1, np.int64)
        frequent[frequent_of(known) + 1] = np.arange(1, MATCHED_FREQUENT + 1)
        none = np.zeros((1, rows.shape[1]), np.float32)
        return cls(
            {word: number for number, word in enumerate(words, 1)},
            torch.from_numpy(np.concatenate([none, rows])),
            torch.from_numpy(frequent),
        )

    def batch(self, items: Sequence[Shown], rng: np.random.Generator | None = None) -> dict[str, torch.Tensor]:
        """A batch for the network; with `rng`, some of the known sentences are left out."""
        chosen = [item.chosen(rng) for item in items]
        shown = [item.nearby.words[places] for item, places in zip(items, chosen, strict=True)]
        most = _even(max(words.shape[1] for words in shown))
        claim = np.zeros((len(items), _even(max(len(item.claim) for item in items))), np.int64)
        known = np.zeros((len(items), 2 * NEAREST, most), np.int64)
        alike, own = np.zeros((2, len(items), 2 * NEAREST), np.float32)
        for row, (item, places, words) in enumerate(zip(items, chosen, shown, strict=True)):
            claim[row, : len(item.claim)] = [self.numbers[word] for word in item.claim]
            there = places >= 0
            known[row, there, : words.shape[1]] = words[there] + 1
            alike[row, there], own[row, there] = item.nearby.alike[places[there]], item.nearby.own[places[there]]
        numbers, place = np.unique(np.concatenate([[0], claim.ravel(), known.ravel()]), return_inverse=True)
        arrays = {
            "words": np.concatenate([numbers, np.zeros(-len(numbers) % EVEN_WORDS, numbers.dtype)]),
            "claim": place[1 : claim.size + 1].reshape(claim.shape),
            "known": place[claim.size + 1 :].reshape(known.shape),
            "alike": alike,
            "own": own,
        }
        return {name: torch.from_numpy(value) for name, value in arrays.items()}


def frequent_of(known: Known) -> NDArray[np.int64]:
    """The numbers of the words that are met the most in the known sentences."""
    counts = np.bincount(known.numbers, minlength=len(known.words))
    return np.argsort(-counts, kind="stable")[:MATCHED_FREQUENT]


def _even(words: int) -> int:
    return -(-words // EVEN) * EVEN


def shown_of(examples: Sequence[Example], written: Written, rewordings: Rewordings, reader: Reader) -> list[Shown]:
    """Those of the examples to whose evidence anything is known, beside what was not written together with them."""
    found = []
    for one in examples:
        claim = tuple(word.lower for word in reader.read(one.claim).words)[:MOST_CLAIM]
        hidden = [written.alike(claim), *([written.at_the_same_time(*one.written)] if one.written else [])]
        seen = rewordings.hiding(np.concatenate(hidden))
        nearby = None if one.unknown else seen.nearest(claim, [part.text for part in one.evidence], FOUND)
        if nearby is not None:
            found.append(Shown(claim, nearby, one.is_true, LIKE_THE_SET if one.like_the_set else 1.0))
    return found


def in_batches(items: Sequence[Shown], rng: np.random.Generator) -> Iterator[list[Shown]]:
    """All of them, those with about as many words together."""
    shuffled = rng.permutation(len(items))
    for at in range(0, len(shuffled), BATCH * CHUNK):
        chunk = [items[place] for place in shuffled[at : at + BATCH * CHUNK]]
        chunk.sort(key=lambda item: (len(item.claim) // EVEN, int((item.nearby.words >= 0).sum())))
        starts = list(range(0, len(chunk), BATCH))
        rng.shuffle(starts)
        for start in starts:
            yield chunk[start : start + BATCH]


def train(
    network: MatchingNetwork, words: Vocabulary, items: Sequence[Shown], cycle: tuple[int, float, float], seed: int = 0
) -> None:
    """One of the `CYCLES`."""
    epochs, rate, rising = cycle
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    learnt = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=rate, weight_decay=1e-2, fused=True)
    steps = epochs * (-(-len(items) // BATCH) + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=rising)
    network.train()
    for epoch in range(epochs):
        losses = []
        for some, batch in ahead((some, words.batch(some, rng)) for some in in_batches(items, rng)):
            truth, weights = torch.tensor([[one.is_true, one.weight] for one in some], dtype=torch.float32).T
            loss = functional.binary_cross_entropy_with_logits(network(batch), truth, weights)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learnt, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
            if len(losses) % 300 == 0:
                print(f"  {len(losses)}: loss {np.mean(losses[-300:]):.3f}", flush=True)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    network.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, help="folder where the work is kept, to go on from if it is broken off")
    parser.add_argument("--out", type=Path, default=INDEX / "gate.npz")
    options = parser.parse_args()
    torch.manual_seed(0)
    begun = time.time()
    settings = load_settings()
    keep = Keeper(options.work)
    reader = Reader(read_language(settings).lexicon)
    written = keep("written", lambda: Written(reader))
    vectors = WordVectors(lambda: open_embedder(SHIPPED, settings))

    def set_against() -> list[Shown]:
        assistant, _ = Assistant.open(settings)
        every = [one for one in Examples(assistant, random.Random(3)).every() if one.part == "learnt"]
        return shown_of(every, written, Rewordings(written.known, vectors), reader)

    items = keep("shown", set_against)
    print(f"{len(items)} sentences, {time.time() - begun:.0f} s", flush=True)
    words = Vocabulary.of(written.known, items, vectors)
    network = MatchingNetwork(words.vectors, words.frequent)
    for seed, cycle in enumerate(CYCLES):
        train(network, words, items, cycle, seed)
    arrays = matched(network) | written.known.as_arrays()
    arrays[f"{MATCHING}.frequent"] = frequent_of(written.known).astype(np.uint16)
    write(options.out, arrays, (f"{MATCHING}/", f"{MATCHING}.", "rewordings."))
    print(f"{options.out.name}, {time.time() - begun:.0f} s")


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
