"""The writer without a chat model: puts an answer together from the sources' own sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answering.frames import VOICE_FRAME
from assistant.finding.embedder import Embedder
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import sentence_spans
from assistant.types import Draft, DraftSentence, Hit, Hits, Opens

#: Weights of a sentence's own words, its vector and its passage's rank.
_WORDS, _VECTOR, _PASSAGE = 0.5, 0.25, 0.25
#: How good a passage or sentence must be, as a share of the best one, to be part of the answer.
_PASSAGE_SHARE, _SENTENCE_SHARE = 0.5, 0.66
_MOST_SENTENCES = 4
#: Two sentences that share more of their terms than this say the same thing.
_SAME = 0.7
_POINTS_BACK = re.compile(
    r"^(?:Detta|Dessa|Denna|Den|Det|De|Där|Då|Därmed|Dessutom|Samtidigt|Även|Här|Utöver|Sådan|Sådana|Dock|Så)\b"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or table row of a hit's passage; `number` counts them from 0 within the passage."""

    hit: int
    number: int
    start: int
    end: int
    text: str
    is_item: bool
    score: float = 0.0

    @property
    def words(self) -> int:
        return len(self.text.split())


class ExtractiveWriter:
    """Picks the sentences that answer, whole and verbatim."""

    name = "extractive"

    def __init__(
        self, lexicon: Lexicon, rarity: Callable[[str], float], embedder: Embedder, most_words: int, most_passages: int
    ) -> None:
        self._lexicon = lexicon
        self._rarity = rarity
        self._embedder = embedder
        self._most_words = most_words
        self._most_passages = most_passages

    def write(self, question: str, hits: Hits) -> Draft:
        """A draft of at most `most_words` words; empty when there is no hit."""
        units = self._scored(question, hits)
        chosen = self._choose(units)
        return Draft(tuple(_sentences(chosen, hits.items)), self.name)

    def _scored(self, question: str, hits: Hits) -> list[Unit]:
        near = [hit for hit in hits.items[: self._most_passages] if hit.score >= _PASSAGE_SHARE * hits.items[0].score]
        units = [unit for index, hit in enumerate(near) for unit in _units(index, hit)]
        if not units:
            return []
        vectors = self._embedder.encode_passages([unit.text for unit in units])
        similarity = np.clip(vectors @ self._embedder.encode_question(question), 0.0, 1.0)
        similarity = similarity / max(float(similarity.max()), 1e-6)
        terms = self._lexicon.query_terms(question)
        return [
            _with_score(unit, self._word_share(terms, unit, near[unit.hit]), float(sim), near[unit.hit].score)
            for unit, sim in zip(units, similarity, strict=True)
        ]

    def _word_share(self, terms: Sequence[str], unit: Unit, hit: Hit) -> float:
        """The share of the question's terms, weighted by rarity, in the sentence; half counts in heading or lead-in."""
        own = set(self._lexicon.terms(unit.text))
        around = set(self._lexicon.terms(" ".join((*hit.passage.path[-1:], hit.passage.lead_in))))
        total = sum(self._rarity(term) for term in terms)
        share = sum(self._rarity(t) * (1.0 if t in own else 0.5 if t in around else 0.0) for t in terms)
        return share / total if total else 0.0

    def _choose(self, units: Sequence[Unit]) -> list[Unit]:
        """The best units with what they need beside them, in order of their passages' best unit."""
        ranked = sorted(units, key=lambda unit: -unit.score)
        chosen: list[Unit] = []
        picked = 0
        for unit in ranked:
            if picked == _MOST_SENTENCES or unit.score < _SENTENCE_SHARE * ranked[0].score:
                break
            group = [new for new in _with_context(unit, units) if new not in chosen]
            if unit in chosen or self._repeats(unit, chosen):
                continue
            if chosen and sum(new.words for new in (*chosen, *group)) > self._most_words:
                continue
            chosen += self._within_limit(unit, group) if not chosen else group
            picked += 1
        best = {unit.hit: index for index, unit in reversed(list(enumerate(chosen)))}
        return sorted(chosen, key=lambda unit: (best[unit.hit], unit.number))

    def _within_limit(self, unit: Unit, group: Sequence[Unit]) -> list[Unit]:
        """The first group, cut to the limit: the unit itself, then its context in order."""
        kept = [unit]
        for new in group:
            if new is not unit and sum(other.words for other in (*kept, new)) <= self._most_words:
                kept.append(new)
        return kept

    def _repeats(self, unit: Unit, chosen: Sequence[Unit]) -> bool:
        own = set(self._lexicon.terms(unit.text))
        return any(len(own & other) > _SAME * len(own | other) for other in self._term_sets(chosen)) if own else True

    def _term_sets(self, units: Sequence[Unit]) -> list[set[str]]:
        return [set(self._lexicon.terms(unit.text)) for unit in units]


def _units(index: int, hit: Hit) -> list[Unit]:
    text = hit.passage.text
    return [
        Unit(index, number, start, end, text[start:end], _begins_item(text, start))
        for number, (start, end) in enumerate(sentence_spans(text))
    ]


def _begins_item(text: str, start: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    return text[line_start:start].strip() in ("•", "‒") or bool(re.match(r"\d{1,2}[.)] ", text[line_start:]))


def _with_score(unit: Unit, words: float, vector: float, passage: float) -> Unit:
    score = _WORDS * words + _VECTOR * vector + _PASSAGE * passage
    if unit.text.endswith("?"):
        score *= 0.7
    if unit.words < 4 and not unit.is_item:
        score *= 0.5
    return Unit(unit.hit, unit.number, unit.start, unit.end, unit.text, unit.is_item, score)


def _with_context(unit: Unit, units: Sequence[Unit]) -> list[Unit]:
    """The unit with what it cannot be read without: a list with its lead-in, a sentence with what it points back to."""
    same = [other for other in units if other.hit == unit.hit]
    if unit.text.endswith(":"):
        return [unit, *_items_after(unit, same)]
    if unit.is_item:
        lead = next((other for other in reversed(same[: unit.number]) if other.text.endswith(":")), None)
        return [lead, *_items_after(lead, same)] if lead and unit in _items_after(lead, same) else [unit]
    if _POINTS_BACK.match(unit.text) and unit.number > 0 and not same[unit.number - 1].is_item:
        return [same[unit.number - 1], unit]
    return [unit]


def _items_after(lead: Unit, same: Sequence[Unit]) -> list[Unit]:
    """The items of the list that the lead-in introduces, with the further sentences of each."""
    items: list[Unit] = []
    for other in same[lead.number + 1 :]:
        if not other.is_item and not items:
            break
        if not other.is_item and not _same_line(items[-1], other):
            break
        items.append(other)
    return items


def _same_line(before: Unit, after: Unit) -> bool:
    return after.start - before.end <= 1


def _sentences(chosen: Sequence[Unit], hits: Sequence[Hit]) -> list[DraftSentence]:
    result = []
    for before, unit in zip((None, *chosen), chosen, strict=False):
        opens: Opens = "item" if unit.is_item else ""
        if not unit.is_item and (before is None or before.hit != unit.hit or before.is_item):
            opens = "paragraph"
        quoted = hits[unit.hit].passage.voice == "quotation"
        text = f"{VOICE_FRAME}{unit.text}" if quoted else unit.text
        result.append(DraftSentence(text, ((unit.hit, unit.start, unit.end),), opens))
    return result
