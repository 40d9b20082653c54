"""The last step of training: fits the vectors to the shipped corpus, by the search questions written for it.

Every question of `corpus/enrichment` should lie nearest to its own passage, whose vector is what the index makes of it:
its own words and the mean of its aids. The question itself is left out of that mean, so that nothing is learned by
heart; half of the aids are left out by chance at each step, and words of the question too. Softmax cross-entropy over
all passages (van den Oord et al. 2018). The vectors before and after are averaged, so that little is lost on other
texts (Wortsman et al. 2022). No question of an eval set is read.
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
    """A passage's text and the aids that lead to it."""

    passage: str
    aids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How the vectors are fitted.

    `rate` is a share of the mean length of a row, `blend` the share of the fitted vectors in the result.
    """

    steps: int = 300
    batch: int = 512
    rate: float = 1.7e-4
    temperature: float = 0.05
    word_dropout: float = 0.25
    aid_dropout: float = 0.5
    own_share: float = 0.3
    blend: float = 0.35
    seed: int = 0


def read_taught() -> list[Taught]:
    """The shipped corpus, as the index cuts it, with its enrichment."""
    from assistant.finding.builder import embedded_text
    from assistant.finding.enrich import read_enrichment
    from assistant.reading.documents import read_document
    from assistant.reading.sources import read_sources
    from assistant.settings import load_settings

    settings = load_settings({})
    sources = [source for source in read_sources(settings) if source.origin == "corpus" and source.fetched is None]
    documents = [read_document(source, settings.passage_words) for source in sources]
    aids: dict[str, list[str]] = {}
    for aid in read_enrichment((settings.corpus_dir,), documents).aids:
        if not aid.words_only:
            aids.setdefault(aid.passage_id, []).append(aid.text)
    passages = [passage for document in documents for passage in document.passages]
    return [Taught(embedded_text(p), tuple(aids[p.id])) for p in passages if len(aids.get(p.id, ())) > 1]


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
    passages = _Bags([encode(one.passage) for one in taught])
    aids = _Bags([encode(text) for one in taught for text in one.aids])
    owner = torch.repeat_interleave(torch.arange(len(taught)), torch.tensor([len(one.aids) for one in taught]))
    for step in range(1, how.steps + 1):
        chosen = torch.randint(len(aids), (how.batch,))
        loss = _loss(weight, passages, aids, owner, chosen, how, chance)
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


def _loss(
    weight: Any, passages: _Bags, aids: _Bags, owner: Any, chosen: Any, how: Adaptation, chance: random.Random
) -> Any:
    """Cross-entropy of the chosen aids, as questions, over all passages."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    picked = [aids.texts[number] for number in chosen.tolist()]
    asked = _Bags([[i for i in ids if chance.random() > how.word_dropout] or ids for ids in picked])
    kept = aids.vectors(weight) * (torch.rand(len(aids)) > how.aid_dropout)[:, None]
    sums = torch.zeros(len(passages), weight.shape[1]).index_add_(0, owner, kept)
    own = passages.vectors(weight)
    joined = normalize(how.own_share * own + (1 - how.own_share) * normalize(sums, dim=-1), dim=-1)
    right = owner[chosen]
    others = normalize(sums[right] - kept[chosen], dim=-1)
    without = normalize(how.own_share * own[right] + (1 - how.own_share) * others, dim=-1)
    question = asked.vectors(weight)
    similarity = question @ joined.T
    similarity = similarity.scatter(1, right[:, None], (question * without).sum(-1, keepdim=True))
    return cross_entropy(similarity / how.temperature, right)
