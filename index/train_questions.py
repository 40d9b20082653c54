"""Trains the network that reads questions -> index/questions.npz.

    python index/train_questions.py ENCODER [--epochs 2] [--most 16000] [--work FOLDER]

ENCODER is what `pretrain_encoder.py` has made. The network learns from the search questions that one sentence answers
and from the questions that the sources do not answer (`corpus/`): which of the likeliest sentences answers, if any. On
the side it learns which of all those sentences and topics a question belongs to, which teaches it what questions ask
for. No question of the evaluation is among them, nor of `tuning_questions.jsonl`.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gate_networks import HIDDEN, WIDTH, Beside, Encoder, mean_of
from gate_weights import rounded_rows, stored_name
from kept import Keeper
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from assistant.assistant import Assistant
from assistant.finding.embedder import open_embedder
from assistant.finding.encoder import Words, words_of
from assistant.finding.enrich import read_enrichment
from assistant.finding.lines import as_lines
from assistant.finding.question_reader import (
    AROUND,
    LIKENESSES,
    MOST_AROUND,
    MOST_QUESTION,
    MOST_SENTENCE,
    QUESTION,
    SENTENCE,
    Likeness,
    around,
)
from assistant.finding.tools import read_language
from assistant.finding.unanswered import read_unanswered
from assistant.settings import SHIPPED, load_settings

INDEX = Path(__file__).parent
Floats = NDArray[np.float32]
#: A sentence by its passage, its start and its end there.
Place = tuple[str, int, int]

#: Sentences in a choice, the right one among them, where there is one.
CHOICE = 3
#: Choices in a batch, questions in a batch of those that are only told what they belong to, and rates of learning.
CHOICES, QUESTIONS, RATE, NEW_RATE = 32, 128, 4e-4, 1.2e-3
#: What belonging weighs beside choosing, and an unanswered question beside an answered one.
BELONGING, UNANSWERED = 0.3, 1.5
#: The share of the words that is hidden from the network in learning what a question belongs to.
HIDE = 0.1
#: The words of a batch are filled up to a multiple of this, as each length is compiled once.
EVEN = 16
#: So many questions at a time are searched by one process.
SHARE = 500


@dataclass(frozen=True)
class Question:
    """A question, what it belongs to, and the sentences that search finds likeliest, the right one first if any is."""

    text: str
    belongs: int
    sentences: tuple[Place, ...]
    answered: bool


def likeliest(questions: Sequence[str]) -> list[list[Place]]:
    """The likeliest sentences for each question, in a process of its own."""
    assistant, _ = Assistant.open(load_settings())
    found = []
    for question in questions:
        clues = [(clue, hit.passage.id) for hit in assistant.search(question, 10).items for clue in hit.sentences]
        clues.sort(key=lambda pair: -pair[0].likelihood)
        found.append([(passage, clue.start, clue.end) for clue, passage in clues[:6]])
    return found


def chosen(found: Sequence[Place], right: Place | None, rng: random.Random) -> tuple[Place, ...]:
    """Sentences to choose among: the right one, and of the likeliest others the first and some drawn ones."""
    others = [place for place in found if right is None or (place[0], place[1]) != (right[0], right[1])]
    wanted = CHOICE - (right is not None)
    first = others[: wanted - 1]
    rest = others[len(first) :]
    some = [*first, *rng.sample(rest, min(wanted - len(first), len(rest)))]
    return (right, *some) if right else tuple(some)


class Coded:
    """All words of the questions and sentences as numbers, with the likenesses of any two."""

    def __init__(self, texts: Sequence[Words], frequent: Sequence[str], likeness: Likeness) -> None:
        self.vocabulary = sorted({word for text in texts for word, _ in text})
        self.number = {word: place for place, word in enumerate(self.vocabulary, 1)}
        rows = {word: row for row, word in enumerate(frequent, 1)}
        self.frequent = torch.tensor([0, *(rows.get(word, 0) for word in self.vocabulary)])
        parts = [self.vocabulary[at : at + 1000] for at in range(0, len(self.vocabulary), 1000)]
        vectors = np.concatenate([likeness.vectors(part) for part in parts])
        self.vectors = torch.from_numpy(np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors]))
        self._terms = [frozenset(), *(likeness.terms(word) for word in self.vocabulary)]

    def likenesses(self, mine: Sequence[int], theirs: Sequence[int]) -> Floats:
        vectors = self.vectors.numpy()
        cosines = np.clip(vectors[mine] @ vectors[theirs].T, 0, 1)
        shares = np.zeros(cosines.shape, np.float32)
        for row, one in enumerate(mine):
            own = self._terms[one]
            for column, other in enumerate(theirs):
                if own & self._terms[other]:
                    shares[row, column] = len(own & self._terms[other]) / len(own | self._terms[other])
        return np.stack([cosines, shares], -1)


class QuestionNetwork(Beside):
    """As `question_reader.QuestionNetwork` computes it, with the same names but for the encoder's."""

    def __init__(self, coded: Coded, encoder: Encoder, belongs: int, drop: float = 0.1) -> None:
        super().__init__(encoder, torch.tensor([2.0, 1.0]))
        self.vectors = nn.Embedding.from_pretrained(coded.vectors)
        self.register_buffer("own", coded.frequent, persistent=False)
        self.side, self.best = nn.Embedding(3, WIDTH), nn.Linear(LIKENESSES, WIDTH)
        nn.init.normal_(self.side.weight, std=0.02)
        nn.init.normal_(self.best.weight, std=0.01)
        self.whole = nn.Sequential(
            nn.Linear(4 * WIDTH + LIKENESSES, WIDTH),
            nn.GELU(approximate="tanh"),
            nn.Dropout(2 * drop),
            nn.Linear(WIDTH, 1),
        )
        self.known, self.belongs = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, belongs)
        nn.init.normal_(self.belongs.weight, std=0.02)
        self.drop, self.drop_more = nn.Dropout(drop), nn.Dropout(2 * drop)
        for layer in encoder.layers:
            layer.drop.p = drop

    def forward(self, b: dict[str, torch.Tensor]) -> torch.Tensor:
        """The log-odds that each sentence answers its question, of shape (sentences,)."""
        e, side, real = self.encoder, b["side"], b["real"]
        mine, theirs = real & (side == QUESTION), real & (side == SENTENCE)
        across = b["likeness"].amax(2)
        rows = self._rows(b, side) + self.best(across)
        rows = self.drop(e.norm_first(rows))
        rows = self.read_beside(rows, side == QUESTION, real, b["likeness"])
        parts = [*_pooled(rows, mine), *_pooled(rows, theirs), mean_of(across, mine)]
        return self.whole(torch.cat(parts, -1))[:, 0]

    def belonging(self, b: dict[str, torch.Tensor]) -> torch.Tensor:
        """The logits of what each question belongs to, of shape (questions, sentences and topics)."""
        rows = self._rows(b, torch.zeros_like(b["words"]))
        e, real = self.encoder, b["real"]
        bias = e.by_place(rows.shape[1])[None] + torch.where(real[:, None, None], 0.0, HIDDEN)
        rows = self.drop(e.norm_first(rows))
        for layer in e.layers:
            rows = layer(rows, bias)
        means = self.known(self.drop_more(torch.cat(_pooled(e.norm_last(rows), real), -1)))
        return self.belongs(self.drop_more(means))

    def _rows(self, b: dict[str, torch.Tensor], side: torch.Tensor) -> torch.Tensor:
        words = self.encoder.words(self.vectors(b["words"]), self.own[b["words"]])
        return words + self.encoder.breaks(b["breaks"]) + self.side(side)


def _pooled(rows: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return mean_of(rows, mask), rows.masked_fill(~mask[..., None], HIDDEN).amax(1)


def even(length: int) -> int:
    return -(-length // EVEN) * EVEN


def of_questions(texts: Sequence[Words], coded: Coded, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """A batch of questions alone, some words hidden."""
    shape = len(texts), even(max(map(len, texts)))
    words, breaks = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    real = np.zeros(shape, np.bool_)
    for row, text in enumerate(texts):
        words[row, : len(text)] = [coded.number[word] for word, _ in text]
        breaks[row, : len(text)] = [before for _, before in text]
        real[row, : len(text)] = True
    words[rng.random(shape) < HIDE] = 0
    return {"words": torch.from_numpy(words), "breaks": torch.from_numpy(breaks), "real": torch.from_numpy(real)}


def of_readings(readings: Sequence[tuple[Words, Words, Words]], coded: Coded) -> dict[str, torch.Tensor]:
    """A batch of questions, each beside a sentence and what stands around it; see `question_reader.reading_of`."""
    shape = len(readings), even(max(sum(map(len, reading)) for reading in readings))
    b: dict[str, Any] = {name: np.zeros(shape, np.int64) for name in ("words", "breaks")}
    b["side"], b["real"] = np.full(shape, AROUND), np.zeros(shape, np.bool_)
    b["likeness"] = np.zeros((*shape, shape[1], LIKENESSES), np.float32)
    for row, reading in enumerate(readings):
        every = [pair for part in reading for pair in part]
        asked, end = len(reading[0]), len(every)
        numbers = [coded.number[word] for word, _ in every]
        b["words"][row, :end], b["breaks"][row, :end] = numbers, [before for _, before in every]
        b["side"][row, :asked], b["side"][row, asked : asked + len(reading[1])] = QUESTION, SENTENCE
        b["real"][row, :end] = True
        likeness = coded.likenesses(numbers[:asked], numbers[asked:])
        b["likeness"][row, :asked, asked:end] = likeness
        b["likeness"][row, asked:end, :asked] = likeness.transpose(1, 0, 2)
    return {name: torch.from_numpy(value) for name, value in b.items()}


def in_batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Places, those of like length together, in full batches only; for ever."""
    while True:
        shuffled = rng.permutation(len(lengths))
        batches = []
        for at in range(0, len(shuffled), size * 20):
            chunk = sorted(shuffled[at : at + size * 20], key=lambda place: lengths[place])
            batches += [chunk[start : start + size] for start in range(0, len(chunk), size)]
        yield from (batches[place] for place in rng.permutation(len(batches)) if len(batches[place]) == size)


def train(
    network: QuestionNetwork,
    questions: Sequence[Question],
    more: Sequence[tuple[str, int]],
    texts: dict[Place, tuple[Words, Words]],
    coded: Coded,
    epochs: int,
) -> None:
    """`more` are questions that are only told what they belong to; `texts` holds sentences and what is around them."""
    rng = np.random.default_rng(0)
    encoder = [p for p in network.encoder.parameters() if p.requires_grad]
    new = [p for name, p in network.named_parameters() if p.requires_grad and not name.startswith("encoder.")]
    groups = [{"params": encoder, "top": RATE}, {"params": new, "top": NEW_RATE}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.02, fused=True)
    words = {text: words_of(text)[:MOST_QUESTION] for text in [*(q.text for q in questions), *(t for t, _ in more)]}
    whole = [q for q in questions if len(q.sentences) == CHOICE and words[q.text]]
    told = [(words[text], belongs) for text, belongs in more if words[text]]
    lengths = [len(words[q.text]) + max(sum(map(len, texts[place])) for place in q.sentences) for q in whole]
    choices, asked = in_batches(lengths, CHOICES, rng), in_batches([len(text) for text, _ in told], QUESTIONS, rng)
    steps, begun = epochs * (len(whole) // CHOICES), time.time()
    choose, belong = torch.compile(network, dynamic=False), torch.compile(network.belonging, dynamic=False)
    network.train()
    losses = []
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * min(1, step / 100) * max(0.02, 1 - step / steps)
        some = [whole[place] for place in next(choices)]
        others = [told[place] for place in next(asked)]
        readings = [(words[q.text], *texts[place]) for q in some for place in q.sentences]
        with torch.autocast("cpu", torch.bfloat16):
            odds = choose(of_readings(readings, coded)).float().view(CHOICES, CHOICE)
            belongs = belong(of_questions([text for text, _ in others], coded, rng)).float()
        none = torch.zeros(CHOICES, 1)
        right = torch.tensor([1 if q.answered else 0 for q in some])
        worth = torch.tensor([1.0 if q.answered else UNANSWERED for q in some])
        by_choice = functional.cross_entropy(torch.cat([none, odds], 1), right, reduction="none", label_smoothing=0.02)
        by_question = functional.cross_entropy(belongs, torch.tensor([b for _, b in others]), label_smoothing=0.05)
        optimiser.zero_grad()
        ((by_choice * worth).mean() + BELONGING * by_question).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        losses.append((by_choice.mean().item(), by_question.item()))
        if step % 100 == 99:
            one, two = np.mean(losses, axis=0)
            print(f"step {step + 1} of {steps}: {one:.3f} {two:.3f}, {time.time() - begun:.0f} s", flush=True)
            losses = []
    network.eval()


def arrays_of(network: QuestionNetwork, frequent: Sequence[str]) -> dict[str, NDArray[Any]]:
    """The weights under the names that `question_reader` knows them by, in half precision.

    What a question belongs to is learnt for the sake of the encoder alone, and is not kept.
    """
    arrays: dict[str, NDArray[Any]] = {"words": as_lines(frequent)}
    for key, value in network.state_dict().items():
        if not key.startswith(("vectors", "known", "belongs")):
            arrays[stored_name(key)] = value.numpy().astype(np.float16)
    arrays["frequent"], arrays["frequent.scale"] = rounded_rows(network.encoder.frequent.weight.detach().numpy())
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path, help="what pretrain_encoder.py has made")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--most", type=int, default=16_000, help="search questions to choose sentences for")
    parser.add_argument("--work", type=Path, help="folder where the work is kept, to go on from if it is broken off")
    parser.add_argument("--out", type=Path, default=INDEX / "questions.npz")
    options = parser.parse_args()
    torch.manual_seed(0)
    rng = random.Random(5)
    settings = load_settings()
    assistant, _ = Assistant.open(settings)
    documents = [assistant.document(source.id) for source in assistant.sources]
    aids = [aid for aid in read_enrichment((settings.corpus_dir,), documents).aids if not aid.words_only]
    unanswered = read_unanswered(settings.corpus_dir)
    belongs: dict[object, int] = {}
    answered = [(aid.text, belongs.setdefault((aid.passage_id, aid.start), len(belongs))) for aid in aids]
    topics = [(one.text, belongs.setdefault(one.topic, len(belongs))) for one in unanswered]
    by_sentence = rng.sample([n for n, aid in enumerate(aids) if aid.end], min(options.most, len(aids)))

    def search() -> list[list[Place]]:
        every = [*(aids[n].text for n in by_sentence), *(one.text for one in unanswered)]
        shares = [every[at : at + SHARE] for at in range(0, len(every), SHARE)]
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # what works beside the others is not to wait for them
        with ProcessPoolExecutor(mp_context=get_context("spawn"), max_workers=2) as workers:
            return [found for share in workers.map(likeliest, shares) for found in share]

    found = Keeper(options.work)("likeliest", search)
    questions = []
    for n, likely in zip(by_sentence, found, strict=False):
        right = aids[n].passage_id, aids[n].start, aids[n].end
        questions.append(Question(*answered[n], chosen(likely, right, rng), True))
    for topic, likely in zip(topics, found[len(by_sentence) :], strict=True):
        questions.append(Question(*topic, chosen(likely, None, rng), False))
    print(f"{len(questions)} choices, {len(answered) + len(topics)} questions, {len(belongs)} to belong to", flush=True)

    passages = {passage.id: passage for document in documents for passage in document.passages}
    texts = {
        place: (
            words_of(passages[place[0]].text[place[1] : place[2]])[:MOST_SENTENCE],
            words_of(around(passages[place[0]], place[1]))[-MOST_AROUND:],
        )
        for question in questions
        for place in question.sentences
    }
    pretrained = torch.load(options.encoder, weights_only=True)
    likeness = Likeness(open_embedder(SHIPPED, settings).encode_passages, read_language(settings).lexicon)
    read = [words_of(text)[:MOST_QUESTION] for text, _ in (*answered, *topics)]
    coded = Coded([*read, *(part for pair in texts.values() for part in pair)], pretrained["words"], likeness)
    encoder = Encoder(coded.vectors.shape[1])
    encoder.load_state_dict(pretrained["encoder"])
    network = QuestionNetwork(coded, encoder, len(belongs))
    train(network, questions, [*answered, *topics], texts, coded, options.epochs)
    np.savez_compressed(options.out, **arrays_of(network, pretrained["words"]))


if __name__ == "__main__":
    torch.set_num_threads(2)
    main()
