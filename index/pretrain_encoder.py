"""Trains the encoder that the gate's larger network and the one that reads questions begin with, on Swedish prose.

Hidden words are to be restored (Devlin et al. 2019), among those of the batch and some thousand drawn ones, and words
that were exchanged, with drawn ones or with each other, are to be found (Clark et al. 2020).

    python index/pretrain_encoder.py --data ../shared/training --out ENCODER [--minutes 40] [--from index/gate.npz]

With `--from`, it goes on from the encoder of a larger network that has been trained already.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gate_networks import FREQUENT, WIDTH, Encoder
from gate_weights import encoder_of
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.finding.embedder import open_embedder
from assistant.finding.encoder import Words, words_of
from assistant.settings import SHIPPED, load_settings

FILES = ("government", "interpellations", "statutes")
#: Words in a text at most and at least, letters in a paragraph at least, and times that a word is met to be known.
MOST, LEAST, LETTERS, KNOWN = 80, 8, 40, 3
#: How many times the sentences of `gate_sentences.jsonl` are read for each time that the others are.
OWN = 4
#: Words in a batch, drawn words among which the hidden ones are looked for, and the highest rate of learning.
BATCH, DRAWN, RATE = 4096, 1500, 1e-3
#: The share of the words that is hidden, exchanged for a drawn word, and of the texts in which two change places.
HIDE, EXCHANGE, SWAP = 0.2, 0.05, 0.6
#: The most frequent words do not change places; those that do stand at most so many such words from each other.
PLAIN, APART = 150, 4
#: What finding the exchanged words weighs beside restoring the hidden ones.
FINDING = 8.0


def texts(whole: str) -> Iterator[Words]:
    """Pieces of paragraphs, cut between sentences; each word with what stands before it."""
    for paragraph in whole.split("\n\n"):
        if len(paragraph.strip()) < LETTERS:
            continue
        words = words_of(paragraph)
        start = 0
        while start < len(words):
            end = min(start + MOST, len(words))
            if end < len(words):
                end = next((e for e in range(end, start + MOST // 2, -1) if words[e][1] == 3), end)
            if end - start >= LEAST:
                yield words[start:end]
            start = end


@dataclass(frozen=True)
class Prose:
    """All texts one after another; a word's number is its place by frequency and 2, or 1 when it is not known."""

    words: NDArray[np.int32]
    breaks: NDArray[np.int8]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    vocabulary: list[str]
    counts: NDArray[np.float64]

    @classmethod
    def of(cls, found: Sequence[Words]) -> Prose:
        counted = Counter(word for text in found for word, _ in text)
        vocabulary = [word for word, count in counted.most_common() if count >= KNOWN]
        number = {word: place for place, word in enumerate(vocabulary, 2)}
        lengths = np.array([len(text) for text in found])
        return cls(
            np.array([number.get(word, 1) for text in found for word, _ in text], np.int32),
            np.array([before for text in found for _, before in text], np.int8),
            np.concatenate([[0], np.cumsum(lengths)[:-1]]),
            lengths,
            vocabulary,
            np.array([0, 0, *(counted[word] for word in vocabulary)], np.float64),
        )


def read_prose(data: Path) -> Prose:
    seen: set[int] = set()
    found: list[Words] = []
    for name in FILES:
        with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                for text in texts(json.loads(line)["text"]):
                    mark = hash(tuple(word for word, _ in text))
                    if mark not in seen:
                        seen.add(mark)
                        found.append(text)
    random.Random(1).shuffle(found)
    for line in (Path(__file__).parent / "gate_sentences.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for sentence in (row["quote"], *row["true"]):
            found += list(texts(sentence.ljust(LETTERS, "."))) * OWN
    return Prose.of(found)


def batches(prose: Prose, rng: np.random.Generator) -> Iterator[list[int]]:
    """Texts of about the same length, for ever; as many in all batches of one length, which are compiled once."""
    waiting: dict[int, list[int]] = {}
    while True:
        for text in rng.permutation(len(prose.lengths)):
            length = rounded(int(prose.lengths[text]))
            same = waiting.setdefault(length, [])
            same.append(int(text))
            if len(same) == BATCH // length:
                yield waiting.pop(length)


def rounded(length: int) -> int:
    return -(-length // 16) * 16


@dataclass(frozen=True)
class Batch:
    """Of shape (texts, words): what stands there, what stood there, what is hidden, what was exchanged."""

    words: NDArray[np.int64]
    were: NDArray[np.int64]
    breaks: NDArray[np.int64]
    real: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    exchanged: NDArray[np.bool_]


def spoilt(prose: Prose, chosen: Sequence[int], drawn: NDArray[np.int64], rng: np.random.Generator) -> Batch:
    shape = len(chosen), rounded(int(prose.lengths[chosen].max()))
    words, breaks = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, text in enumerate(chosen):
        start, length = prose.starts[text], prose.lengths[text]
        words[row, :length] = prose.words[start : start + length]
        breaks[row, :length] = prose.breaks[start : start + length]
    were, real, chance = words.copy(), words > 0, rng.random(shape)
    hidden = (chance < HIDE) & (words > 1)
    other = (chance > 1 - EXCHANGE) & real
    here, anywhere = words[real], rng.integers(0, len(drawn), other.sum())
    nearby = here[rng.integers(0, len(here), other.sum())]
    words[other] = np.where(rng.random(other.sum()) < 0.5, nearby, drawn[anywhere])
    exchanged = other & (words != were)
    for row in np.flatnonzero(rng.random(len(chosen)) < SWAP):
        places = np.flatnonzero((words[row] > PLAIN) & ~hidden[row])
        if len(places) > 1:
            first = int(rng.integers(len(places) - 1))
            second = min(len(places) - 1, first + 1 + int(rng.integers(APART)))
            one, two = places[first], places[second]
            if words[row, one] != words[row, two]:
                words[row, [one, two]] = words[row, [two, one]]
                exchanged[row, [one, two]] = True
    return Batch(words, were, breaks, real, hidden, exchanged)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the training text")
    parser.add_argument("--out", type=Path, required=True, help="file for the encoder and its frequent words")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--from", dest="begin", type=Path, help="trained networks to go on from")
    options = parser.parse_args()
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    prose = read_prose(options.data)
    print(f"{len(prose.lengths)} texts, {prose.lengths.sum()} words, {len(prose.vocabulary)} known", flush=True)
    embedder = open_embedder(SHIPPED, load_settings())
    parts = [prose.vocabulary[at : at + 5000] for at in range(0, len(prose.vocabulary), 5000)]
    known = np.concatenate([embedder.encode_passages(part) for part in parts])
    vectors = torch.from_numpy(np.concatenate([np.zeros((2, known.shape[1]), np.float32), known]))
    likely = prose.counts**0.75
    drawn = rng.choice(len(likely), size=2_000_000, p=likely / likely.sum())

    encoder = encoder_of(options.begin, prose.vocabulary) if options.begin else Encoder(known.shape[1])
    mask = nn.Parameter(torch.zeros(WIDTH))
    find = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, 1))
    restore = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.LayerNorm(WIDTH))
    common = nn.Embedding.from_pretrained(
        torch.from_numpy(0.5 * np.log((prose.counts + 1) / prose.counts.sum())).float()[:, None], freeze=False
    )
    learnt = [mask, *(p for part in (encoder, find, restore, common) for p in part.parameters())]
    decayed = [p for p in learnt if p.dim() > 1 and p.shape[0] < FREQUENT // 4]
    others = [p for p in learnt if not any(p is one for one in decayed)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), eps=1e-6, fused=True)

    def embedded(words: torch.Tensor) -> torch.Tensor:
        return encoder.words(vectors[words], torch.where(words < FREQUENT + 2, words - 1, 0).clamp(min=0))

    read = torch.compile(encoder, dynamic=False)
    begun, shown, met = time.time(), [], 0
    for step, chosen in enumerate(batches(prose, rng)):
        done = (time.time() - begun) / 60 / options.minutes
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, step / 300) * (1 if done < 0.3 else max(0.02, (1 - done) / 0.7))
        batch = spoilt(prose, chosen, drawn, rng)
        hidden, real = torch.from_numpy(batch.hidden), torch.from_numpy(batch.real)
        targets = batch.were[batch.hidden]
        among = torch.from_numpy(np.unique(np.concatenate([targets, drawn[rng.integers(0, len(drawn), DRAWN)]])))
        with torch.autocast("cpu", torch.bfloat16):
            words = torch.where(hidden[..., None], mask, embedded(torch.from_numpy(batch.words)).float())
            rows = read(words, torch.from_numpy(batch.breaks), real)
            odds = (restore(rows[hidden]) @ embedded(among).T).float() * (2 / math.sqrt(WIDTH)) + common(among)[:, 0]
            restoring = functional.cross_entropy(odds, torch.searchsorted(among, torch.from_numpy(targets)))
            seen = real & ~hidden
            found = find(rows[seen]).float()[:, 0]
            finding = functional.binary_cross_entropy_with_logits(
                found, torch.from_numpy(batch.exchanged)[seen].float()
            )
        optimiser.zero_grad()
        (restoring + FINDING * finding).backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        shown.append((restoring.item(), finding.item()))
        met += int(batch.real.sum())
        if step % 200 == 199:
            one, two = np.mean(shown, axis=0)
            print(f"step {step + 1}, {done:.0%}, {met:,} words: restoring {one:.3f}, finding {two:.4f}", flush=True)
            shown = []
    torch.save({"encoder": encoder.state_dict(), "words": prose.vocabulary[:FREQUENT]}, options.out)


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
