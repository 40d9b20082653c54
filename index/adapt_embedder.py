"""The last step of training: fits the vectors to the shipped corpus, by the search questions written for it.

Every question of `corpus/enrichment` should lie nearest to the sentence that answers it, and to its passage, whose
vectors are what the index makes of them: their own words and the mean of the questions that lead there. A question of
`corpus/unanswered.toml` should lie nearest to its topic, as if that were a sentence. The question
itself is left out of that mean, so that nothing is learned by heart; half of the questions are left out by chance at
each step, and words of the question too. Softmax cross-entropy over all sentences, and over all passages (van den Oord
et al. 2018). The vectors before and after are averaged, so that little is lost on other texts (Wortsman et al. 2022).
No question of an eval set is read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: A text as the numbers of its pieces.
Ids = Sequence[int]


@dataclass(frozen=True, slots=True)
class Taught:
    """A sentence's text under its heading, the questions that it answers, and the passage that it stands in.

    `aids` lead to the passage as a whole. A topic that the sources leave open is a sentence and a passage of its own.
    """

    sentence: str
    questions: tuple[str, ...]
    passage: str
    aids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How the vectors are fitted.

    `rate` is a share of the mean length of a row, `blend` the share of the fitted vectors in the result.
    """

    steps: int = 300
    batch: int = 512
    rate: float = 7e-4
    temperature: float = 0.08
    word_dropout: float = 0.25
    aid_dropout: float = 0.5
    own_share: float = 0.3
    passage_share: float = 0.3
    blend: float = 0.85
    seed: int = 0


def read_taught(half: bool = False) -> list[Taught]:
    """The shipped corpus, as the index cuts it, with its enrichment.

    `half` leaves out every other question of a sentence, and every other one that is not answered, as `tune_answers.py`
    does, which asks those that are left out.
    """
    from assistant.finding.builder import embedded_text
    from assistant.finding.enrich import halves, read_enrichment
    from assistant.finding.unanswered import read_unanswered
    from assistant.reading.documents import read_document
    from assistant.reading.sources import read_sources
    from assistant.settings import load_settings

    settings = load_settings({})
    sources = [source for source in read_sources(settings) if source.origin == "corpus" and source.fetched is None]
    documents = [read_document(source, settings.passage_words) for source in sources]
    aids = [aid for aid in read_enrichment((settings.corpus_dir,), documents).aids if not aid.words_only]
    of: dict[str, dict[tuple[int, int], list[str]]] = {}
    for aid in halves(aids)[0] if half else aids:
        of.setdefault(aid.passage_id, {}).setdefault((aid.start, aid.end), []).append(aid.text)
    taught = []
    for passage in (passage for document in documents for passage in document.passages):
        groups = of.get(passage.id, {})
        whole = tuple(groups.pop((0, 0), ()))
        for (start, end), questions in groups.items():
            sentence = "\n".join((*passage.path[-1:], passage.text[start:end]))
            taught.append(Taught(sentence, tuple(questions), embedded_text(passage), whole))
    open_ones: dict[str, list[str]] = {}
    for question in read_unanswered(settings.corpus_dir)[:: 2 if half else 1]:
        open_ones.setdefault(question.topic.name, []).append(question.text)
    taught += [Taught(name, tuple(questions), name) for name, questions in open_ones.items()]
    return [one for one in taught if len(one.questions) > 1]


def adapt(
    vectors: np.ndarray,
    encode: Callable[[str], Ids],
    taught: Sequence[Taught],
    how: Adaptation,
    say: Callable[[str], None],
) -> np.ndarray:
    """Fits the vectors, shape (pieces, dims); gives new ones of the same shape. `encode` gives a text's pieces."""
    import torch

    torch.manual_seed(how.seed)
    chance = random.Random(how.seed)
    weight = torch.tensor(vectors, dtype=torch.float32, requires_grad=True)
    scale = float(np.linalg.norm(vectors, axis=1).mean())
    optimiser = torch.optim.Adam([weight], lr=how.rate * scale)
    lesson = _Lesson(taught, encode)
    for step in range(1, how.steps + 1):
        loss = lesson.loss(weight, how, chance)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 50 == 0:
            say(f"adapting: step {step}, loss {loss.item():.3f}")
    adapted: np.ndarray = vectors + how.blend * (weight.detach().numpy() - vectors)
    return adapted


class _Bags:
    """Texts as bags of pieces, laid end to end."""

    def __init__(self, texts: Sequence[Ids]) -> None:
        import torch

        self.texts = [list(ids) or [0] for ids in texts]
        self._flat = torch.tensor([number for ids in self.texts for number in ids])
        self._starts = torch.tensor(np.cumsum([0] + [len(ids) for ids in self.texts[:-1]]))

    def __len__(self) -> int:
        return len(self.texts)

    def vectors(self, weight: Any) -> Any:
        """The texts' unit vectors, shape (texts, dims)."""
        from torch.nn.functional import embedding_bag, normalize

        return normalize(embedding_bag(self._flat, weight, self._starts, mode="mean"), dim=-1)


class _Lesson:
    """What is taught, as bags of pieces, and which question leads to which sentence and passage."""

    def __init__(self, taught: Sequence[Taught], encode: Callable[[str], Ids]) -> None:
        import torch

        passages = list(dict.fromkeys(one.passage for one in taught))
        place = {text: number for number, text in enumerate(passages)}
        whole = {one.passage: one.aids for one in taught}
        self._sentences = _Bags([encode(one.sentence) for one in taught])
        self._passages = _Bags([encode(text) for text in passages])
        self._questions = _Bags([encode(text) for one in taught for text in one.questions])
        self._whole = _Bags([encode(text) for text in passages for text in whole[text]])
        counts = torch.tensor([len(one.questions) for one in taught])
        self._sentence_of = torch.repeat_interleave(torch.arange(len(taught)), counts)
        self._passage_of = torch.tensor([place[one.passage] for one in taught])[self._sentence_of]
        wholes = torch.tensor([len(whole[text]) for text in passages])
        self._whole_of = torch.repeat_interleave(torch.arange(len(passages)), wholes)

    def loss(self, weight: Any, how: Adaptation, chance: random.Random) -> Any:
        """Cross-entropy of questions chosen by chance, over all sentences and over all passages."""
        import torch

        chosen = torch.randint(len(self._questions), (how.batch,))
        picked = [self._questions.texts[number] for number in chosen.tolist()]
        asked = _Bags([[i for i in ids if chance.random() > how.word_dropout] or ids for ids in picked])
        kept = self._questions.vectors(weight) * (torch.rand(len(self._questions)) > how.aid_dropout)[:, None]
        question = asked.vectors(weight)
        size = weight.shape[1]
        sums = torch.zeros(len(self._sentences), size).index_add_(0, self._sentence_of, kept)
        own = self._sentences.vectors(weight)
        of_sentences = _cross_entropy(question, own, sums, kept[chosen], self._sentence_of[chosen], how)
        sums = torch.zeros(len(self._passages), size).index_add_(0, self._passage_of, kept)
        if len(self._whole):
            sums = sums.index_add_(0, self._whole_of, self._whole.vectors(weight))
        own = self._passages.vectors(weight)
        of_passages = _cross_entropy(question, own, sums, kept[chosen], self._passage_of[chosen], how)
        return (1 - how.passage_share) * of_sentences + how.passage_share * of_passages


def _cross_entropy(question: Any, own: Any, sums: Any, kept: Any, right: Any, how: Adaptation) -> Any:
    """Of the questions over all targets, whose vectors are `own` joined with `sums`; each without its own question."""
    from torch.nn.functional import cross_entropy, normalize

    joined = normalize(how.own_share * own + (1 - how.own_share) * normalize(sums, dim=-1), dim=-1)
    others = normalize(sums[right] - kept, dim=-1)
    without = normalize(how.own_share * own[right] + (1 - how.own_share) * others, dim=-1)
    similarity = question @ joined.T
    similarity = similarity.scatter(1, right[:, None], (question * without).sum(-1, keepdim=True))
    return cross_entropy(similarity / how.temperature, right)
