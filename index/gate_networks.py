"""The networks that the gate weighs sentences with, as they are trained.

`assistant/answering/proving` computes them, in `reading.py`, `attention.py` and `matching.py`.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from assistant.answering.proving.pairing import PLACES, SIGNALS, WORD_MEASURES
from assistant.answering.proving.reading import JUDGED_BY
from assistant.finding.encoder import SCALE

#: The larger network: its width, its layers, the heads of each, and how far apart places are still told apart.
WIDTH, LAYERS, HEADS, FAR = 192, 4, 6, 24
#: So many words, the most frequent, have a vector of their own in it.
FREQUENT = 20_000
#: What stands before a word: nothing, a mark, nothing (never), the end of another sentence.
BREAKS = 4
#: What keeps a word from being looked at.
HIDDEN = -1e4
#: The small network: its width, the words with a vector of their own and the width of that.
SMALL_WIDTH, SMALL_FREQUENT, SMALL_FREQUENT_WIDTH = 64, 400, 16
#: The words with a vector of their own in the network that remembers.
MATCHED_FREQUENT = 2000


class Layer(nn.Module):
    """Self-attention and a feed-forward layer of four times the width, both normalised first."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_attention, self.norm_forward = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attend, self.attended = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.widen, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.drop = nn.Dropout(0.0)

    def forward(self, rows: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """`rows` of shape (texts, words, WIDTH), `bias` (texts, HEADS, words, words)."""
        texts, words, _ = rows.shape
        parts = self.attend(self.norm_attention(rows)).view(texts, words, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        rows = rows + self.drop(self.attended(found.transpose(1, 2).reshape(texts, words, WIDTH)))
        widened = functional.gelu(self.widen(self.norm_forward(rows)), approximate="tanh")
        return rows + self.drop(self.narrow(widened))


class Encoder(nn.Module):
    """Words of texts -> what each means where it stands."""

    def __init__(self, static: int) -> None:
        """`static` is the width of the shipped embedding model's vectors."""
        super().__init__()
        self.project = nn.Linear(static, WIDTH)
        self.frequent = nn.Embedding(FREQUENT + 1, WIDTH)
        self.breaks = nn.Embedding(BREAKS, WIDTH)
        for table in (self.frequent, self.breaks):
            nn.init.normal_(table.weight, std=0.02)
        self.far = nn.Parameter(torch.zeros(HEADS, 2 * FAR + 1))
        self.norm_first, self.norm_last = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def words(self, vectors: torch.Tensor, frequent: torch.Tensor) -> torch.Tensor:
        """The words alone, from their vectors and their rows among the frequent ones (0 for none)."""
        return self.project(vectors) * SCALE + self.frequent(frequent)

    def by_place(self, words: int) -> torch.Tensor:
        """The biases by how far words stand from each other, of shape (HEADS, words, words)."""
        place = torch.arange(words)
        return self.far[:, (place[None] - place[:, None]).clamp(-FAR, FAR) + FAR]

    def forward(self, words: torch.Tensor, breaks: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Texts on their own, for the pretraining; `real` tells the words from what fills up."""
        bias = self.by_place(words.shape[1])[None] + torch.where(real[:, None, None], 0.0, HIDDEN)
        rows = self.norm_first(words + self.breaks(breaks))
        for layer in self.layers:
            rows = layer(rows, bias)
        return self.norm_last(rows)


class Beside(nn.Module):
    """How words of two texts that are read as one attend to each other: by their likeness, where they are of both."""

    def __init__(self, encoder: Encoder, by_likeness: torch.Tensor) -> None:
        """`by_likeness` is what each kind of likeness weighs in every other head to begin with, of shape (kinds,)."""
        super().__init__()
        self.encoder = encoder
        every_other = by_likeness * (torch.arange(HEADS) % 2)[None, :, None]
        self.likeness = nn.Parameter(torch.randn(LAYERS, HEADS, len(by_likeness)) * 0.1 + every_other)
        self.between = nn.Parameter(torch.zeros(LAYERS, HEADS))

    def read_beside(
        self, rows: torch.Tensor, first: torch.Tensor, real: torch.Tensor, likeness: torch.Tensor
    ) -> torch.Tensor:
        """`rows` have been normalised first; `first` tells the words of the first text, `real` those that are any."""
        within = (first[:, :, None] == first[:, None])[:, None]
        hidden = torch.where(real[:, None, None], 0.0, HIDDEN)
        by_place = self.encoder.by_place(rows.shape[1])[None]
        for number, layer in enumerate(self.encoder.layers):
            between = torch.einsum("bijc,hc->bhij", likeness, self.likeness[number])
            between = between + self.between[number][None, :, None, None]
            rows = layer(rows, torch.where(within, by_place, between) + hidden)
        return self.encoder.norm_last(rows)


class ReadingNetwork(Beside):
    """As `reading.ReadingNetwork` computes it, with the same names but for the encoder's."""

    def __init__(self, vectors: torch.Tensor, encoder: Encoder, drop: float = 0.1) -> None:
        super().__init__(encoder, torch.tensor([2.0, 2.0, 0.0]))
        self.vectors = nn.Embedding.from_pretrained(vectors)
        self.measures, self.side = nn.Linear(WORD_MEASURES + PLACES, WIDTH), nn.Embedding(2, WIDTH)
        nn.init.normal_(self.measures.weight, std=0.01)
        nn.init.normal_(self.side.weight, std=0.02)
        self.word = _two_layers(WIDTH + 3 + len(JUDGED_BY), 2 * drop)
        self.whole = _two_layers(3 * WIDTH + 3 + len(SIGNALS), 3 * drop)
        self.drop = nn.Dropout(drop)
        for layer in encoder.layers:
            layer.drop.p = drop

    def forward(self, b: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """The log-odds of each claim, of shape (claims,), and of each word to be unsaid, (claims, words)."""
        e, side, real = self.encoder, b["side"], b["real"]
        words = e.words(self.vectors(b["words"]), b["frequent"])
        rows = self.drop(e.norm_first(words + e.breaks(b["breaks"]) + self.measures(b["measures"]) + self.side(side)))
        rows = self.read_beside(rows, side == 0, real, b["likeness"])
        mine, theirs = real & (side == 0), real & (side == 1)
        judged = torch.cat([rows, b["likeness"].amax(2), b["measures"][..., list(JUDGED_BY)]], -1)
        unsaid = self.word(judged)[..., 0].float()
        own = unsaid.masked_fill(~mine, HIDDEN)
        whole = torch.cat(
            [
                mean_of(rows, mine),
                rows.masked_fill(~mine[..., None], HIDDEN).amax(1),
                mean_of(rows, theirs),
                own.amax(1, keepdim=True),
                torch.logsumexp(own, 1, keepdim=True),
                (torch.sigmoid(unsaid) * mine).sum(1, keepdim=True),
                b["signals"],
            ],
            -1,
        )
        return self.whole(whole)[:, 0].float() - 0.5 * own.amax(1), unsaid


def _two_layers(width: int, drop: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, WIDTH), nn.GELU(approximate="tanh"), nn.Dropout(drop), nn.Linear(WIDTH, 1))


def mean_of(rows: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return (rows * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


class AttentionNetwork(nn.Module):
    """As `attention.AttentionNetwork` computes it, with the same names."""

    def __init__(self, vectors: torch.Tensor) -> None:
        super().__init__()
        d = SMALL_WIDTH
        self.vectors = nn.Embedding.from_pretrained(vectors)
        self.project = nn.Linear(vectors.shape[1], d)
        self.frequent = nn.Embedding(SMALL_FREQUENT + 1, SMALL_FREQUENT_WIDTH)
        nn.init.normal_(self.frequent.weight, std=0.1)
        self.input = nn.Linear(d + SMALL_FREQUENT_WIDTH + WORD_MEASURES + PLACES, d)
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
            _compared(mine, to_source @ theirs),
            b["likeness"].amax(2),
            (to_source[..., None] * b["likeness"]).sum(2),
            _order(to_source),
        )
        by_place = self._compare(self.back, _compared(theirs, to_claim @ mine), b["likeness"][..., :1].amax(1))
        whole = torch.cat([*_pooled(by_word, b["claim_mask"]), *_pooled(by_place, b["source_mask"]), b["signals"]], -1)
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


def _compared(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    return torch.cat([one, other, one * other, (one - other).abs()], -1)


def _pooled(rows: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and maximum over the words that there are; rows are never negative."""
    rows = rows * mask[..., None]
    return rows.sum(1) / mask.sum(1, keepdim=True).clamp(min=1), rows.amax(1)


def _order(attention: torch.Tensor) -> torch.Tensor:
    place = attention @ torch.arange(attention.shape[2], dtype=torch.float32)
    sure = attention.amax(-1)
    return torch.stack(
        [
            torch.tanh((place - _moved(place, 1)) / 4),
            torch.tanh((_moved(place, -1) - place) / 4),
            torch.tanh((place - _moved(place, 2)) / 8),
            torch.tanh((_moved(place, -2) - place) / 8),
            sure,
            _moved(sure, 1),
        ],
        -1,
    )


def _moved(values: torch.Tensor, by: int) -> torch.Tensor:
    rows = torch.zeros_like(values)
    if by > 0:
        rows[:, by:] = values[:, :-by]
    else:
        rows[:, :by] = values[:, -by:]
    return rows


class MatchingNetwork(nn.Module):
    """As `matching.MatchingNetwork` computes it, with the same names. All floats are float32."""

    def __init__(self, vectors: torch.Tensor, frequent: torch.Tensor) -> None:
        """`vectors` are those of all words, of shape (words, dimensions), and `frequent` each one's row, of (words,).

        The first word is none. Vectors are projected on their first principal axes to begin with.
        """
        super().__init__()
        d = SMALL_WIDTH
        self.vectors = nn.Embedding.from_pretrained(vectors)
        self.register_buffer("rows", frequent, persistent=False)
        self.project = nn.Linear(vectors.shape[1], d)
        axes = torch.linalg.svd(vectors[frequent > 0], full_matrices=False).Vh[:d]
        self.project.weight.data, self.project.bias.data = 2 * axes, torch.zeros(d)
        self.frequent = nn.Embedding(MATCHED_FREQUENT + 1, SMALL_FREQUENT_WIDTH)
        nn.init.normal_(self.frequent.weight, std=0.1)
        self.input = nn.Linear(d + SMALL_FREQUENT_WIDTH, d)
        self.order = nn.ModuleList([nn.Conv1d(d, d, 3, padding=1), nn.Conv1d(d, d, 5, padding=2)])
        self.attend = nn.Linear(d, d)
        self.same, self.likeness = nn.Parameter(torch.tensor(4.0)), nn.Parameter(torch.tensor(1.0))
        self.forward_ = nn.ModuleList([nn.Linear(4 * d + 3, d), nn.Linear(d, d)])
        self.back = nn.ModuleList([nn.Linear(4 * d + 1, d), nn.Linear(d, d)])
        self.relation = nn.Linear(4 * d + 2, d)
        self.look, self.score, self.alike = nn.Linear(d, 2), nn.Linear(d, 2), nn.Parameter(torch.tensor([2.0, 2.0]))
        self.out = nn.ModuleList([nn.Linear(4 * d + 8, d), nn.Linear(d, 1)])
        self.drop, self.drop_more = nn.Dropout(0.2), nn.Dropout(0.3)

    def forward(self, b: dict[str, torch.Tensor]) -> torch.Tensor:
        """The log-odds of each claim, of shape (claims,).

        `claim` of shape (claims, words) and `known` (claims, sentences, words) are places in `words`, which are the
        numbers of the batch's words, the first of them none; `alike` and `own` are as in `Nearby`.
        """
        claim, known = b["claim"], b["known"]
        claims, sentences, most = known.shape
        vectors = self.vectors(b["words"])
        projected = self.project(vectors)
        inputs = torch.cat([self.drop(projected), self.frequent(self.rows[b["words"]])], -1)
        inputs, unit = functional.relu(self.input(inputs)), functional.normalize(projected.detach(), dim=-1)
        real, there = (claim > 0).float(), (known > 0).float()
        mine = self._in_order(inputs[claim], real)
        theirs = self._in_order(inputs[known].flatten(0, 1), there.flatten(0, 1))
        flat = known.flatten(1)
        same = (claim[:, :, None] == flat[:, None]).float() * real[..., None]
        likeness = torch.maximum(unit[claim] @ unit[flat].transpose(1, 2), same)
        scores = self.attend(mine) @ theirs.view(claims, sentences * most, -1).transpose(1, 2) / 8
        scores = scores + self.same * same + self.likeness * likeness
        split = claims, -1, sentences, most
        scores, likeness = (part.view(split).transpose(1, 2) for part in (scores, likeness))
        related = self._related(mine, theirs.view(claims, sentences, most, -1), real, there, scores, likeness)
        related = torch.cat([related, b["alike"][..., None], b["own"][..., None]], -1)
        related = functional.relu(self.relation(self.drop(related)))
        return self._judged(related, b["alike"], (there[..., 0] - 1) * -HIDDEN)

    def _judged(self, related: torch.Tensor, alike: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        look, score, parts = self.look(related), self.score(related), []
        for side, half in enumerate(related.chunk(2, 1)):
            mine = slice(side * half.shape[1], (side + 1) * half.shape[1])
            unseen = hidden[:, mine]
            weights = torch.softmax(look[:, mine, side] + self.alike[side] * alike[:, mine] + unseen, 1)
            scores = score[:, mine, side]
            measures = [(scores + unseen).amax(1), (weights * scores).sum(1), torch.logsumexp(scores + unseen, 1)]
            measures.append((alike[:, mine] + unseen).amax(1))
            found = [(weights[..., None] * half).sum(1), (half + unseen[..., None]).amax(1), torch.stack(measures, 1)]
            parts.append(torch.cat(found, 1) * (unseen == 0).any(1, keepdim=True))
        return self.out[1](self.drop_more(functional.relu(self.out[0](torch.cat(parts, 1)))))[:, 0]

    def _related(
        self,
        mine: torch.Tensor,
        theirs: torch.Tensor,
        real: torch.Tensor,
        there: torch.Tensor,
        scores: torch.Tensor,
        likeness: torch.Tensor,
    ) -> torch.Tensor:
        unsaid, unseen = ((part - 1) * -HIDDEN for part in (real[:, None, :, None], there[:, :, None]))
        to_source, to_claim = torch.softmax(scores + unseen, 3), torch.softmax(scores + unsaid, 2)
        said, measures = to_source @ theirs, [(likeness + unseen).amax(3), (to_source * likeness).sum(3)]
        measures.append(to_source.amax(3))
        by_word = self._compare(self.forward_, mine[:, None], said, torch.stack(measures, -1))
        back = to_claim.transpose(2, 3) @ mine[:, None]
        by_place = self._compare(self.back, theirs, back, (likeness + unsaid).amax(2)[..., None])
        by_word, by_place = by_word * real[:, None, :, None], by_place * there[..., None]
        words, places = real.sum(1)[:, None, None].clamp(min=1), there.sum(2)[..., None].clamp(min=1)
        return torch.cat([by_word.sum(2) / words, by_word.amax(2), by_place.sum(2) / places, by_place.amax(2)], -1)

    def _compare(self, layers: nn.ModuleList, one: torch.Tensor, other: torch.Tensor, measures: torch.Tensor):
        """As a linear layer over `_compared` and the measures, without joining them."""
        parts = (one, other, one * other, (one - other).abs(), measures)
        weights = layers[0].weight.split([part.shape[-1] for part in parts], 1)
        hidden = sum(functional.linear(part, weight) for part, weight in zip(parts, weights, strict=True))
        return functional.relu(layers[1](functional.relu(hidden + layers[0].bias)))

    def _in_order(self, rows: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rows = (rows * mask[..., None]).transpose(1, 2)
        for layer in self.order:
            rows = (rows + functional.relu(layer(rows))) * mask[:, None]
        return rows.transpose(1, 2)
