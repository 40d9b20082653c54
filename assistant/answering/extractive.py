"""The writer without a chat model: puts an answer together from the sources' own sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.answering.frames import VOICE_FRAME
from assistant.finding.embedder import Embedder
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import CELL_GAP, sentence_spans
from assistant.types import Draft, DraftSentence, Hit, Hits, Kind, Opens

#: Weights of a sentence's own words, its vector and its passage's rank.
_WORDS, _VECTOR, _PASSAGE = 0.25, 0.15, 0.6
#: How good a passage or sentence must be, as a share of the best one, to be part of the answer.
_PASSAGE_SHARE, _SENTENCE_SHARE = 0.5, 0.75
#: A sentence inherits this much of the score of the one before it in the same paragraph.
_INHERITED = 0.7
#: Most sentences that are picked, and most words that one passage gives unless it gives a list.
_MOST_PICKED, _MOST_ROWS, _WORDS_A_PASSAGE = 4, 10, 70
#: What a unit's standing is multiplied by for each unit of its passage that has been picked.
_SAME_PASSAGE = 0.95
#: Two sentences that share more of their terms than this say the same thing.
_SAME = 0.6
#: What a compound's head, the last part of the word, is worth as a match ("direktör" for "kommundirektör").
_HEAD, _SHORTEST_HEAD = 0.6, 5

_POINTS_BACK = re.compile(
    r"^(?:Detta|Dessa|Denna|Den|Det|De|Där|Då|Därmed|Dessutom|Samtidigt|Även|Här|Utöver|Sådan|Sådana|Dock|Så|Dels)\b"
)
_ASKS_LIST = re.compile(r"^\W*(?:vilka|nämn|räkna upp|lista)\b|\b(?:innehålla|ingår i|omfattar)\b", re.IGNORECASE)
_COUNTED = re.compile(r"^\W*hur många\s+(.*)", re.IGNORECASE)
_ASKS_NUMBER = re.compile(r"^\W*(?:hur många|hur stor andel|hur mycket|vilket år|hur gammal)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d|\b(?:två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|ingen|inga)\b", re.IGNORECASE)
#: Figures that name a provision or a statute, not a quantity.
_REFERENCE = re.compile(r"\d+(?: [a-z])? (?:kap|§)|§ ?\d+|\d+ ?§|\b\d{4}:\d+")
#: What a sentence that gives the legal ground counts more.
_LAW, _LAW_FACTOR = re.compile(r"§|\b(?:kommunal|förvaltnings|offentlighets|arbetsmiljö)lag|regeringsformen"), 1.2
#: What a sentence counts by the weight of its source, and an interviewee's words.
_KIND_FACTOR: dict[Kind, float] = {"lag": 1.06, "beslut": 1.04, "vägledning": 1.02}
_VOICE_FACTOR = 0.97
_FOOTNOTE = re.compile(r"^[¹²³⁴⁵⁶⁷⁸⁹⁰]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or table row of a hit's passage.

    `number` counts them from 0 within the passage, `block` the paragraphs and items. `score` says how well it answers;
    it is comparable within one question only.
    """

    hit: int
    number: int
    block: int
    start: int
    end: int
    text: str
    is_item: bool
    score: float = 0.0
    weight: float = 1.0

    @property
    def standing(self) -> float:
        """What orders the units: how well one answers, times what its source and its legal ground weigh."""
        return self.score * self.weight

    @property
    def is_row(self) -> bool:
        return CELL_GAP in self.text

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def introduces(self) -> bool:
        """True for a line that a list may follow: it ends with a colon, or not as a sentence does."""
        return not self.is_item and self.text[-1] not in '.!?”"“'


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
        """A draft of at most `most_words` words; empty when nothing found answers the kind of question that it is."""
        units = self._scored(question, hits)
        if not units:
            return Draft((), self.name)
        best = max(units, key=lambda unit: unit.score)
        if _ASKS_NUMBER.search(question) and not (_gives_number(best) and self._counts(question, best, hits)):
            return Draft((), self.name)
        chosen = self._choose(units, bool(_ASKS_LIST.search(question)))
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
        asks_number = bool(_ASKS_NUMBER.search(question))
        scored = []
        for unit, vector in zip(units, similarity, strict=True):
            hit = near[unit.hit]
            score = _WORDS * self._word_share(terms, unit, hit) + _VECTOR * float(vector) + _PASSAGE * hit.score
            scored.append(replace(unit, score=score * _form_factor(unit, asks_number), weight=_weight(unit, hit)))
        return _inherit(scored)

    def _counts(self, question: str, unit: Unit, hits: Hits) -> bool:
        """Whether the unit, its heading or lead-in names what is asked the number of ("hur många anställda")."""
        asked = _COUNTED.search(question)
        counted = self._lexicon.tokens(asked.group(1))[:1] if asked else []
        if not counted:
            return True
        passage = hits.items[unit.hit].passage
        around = self._lexicon.tokens(" ".join((unit.text, *passage.path[-1:], passage.lead_in)))
        said = {term for token in around for term in (token.term, *token.parts)}
        return bool({counted[0].term, *counted[0].parts[-1:]} & said)

    def _word_share(self, terms: Sequence[str], unit: Unit, hit: Hit) -> float:
        """The share of the question's terms, weighted by rarity, in the sentence; half counts in heading or lead-in."""
        own = set(self._lexicon.terms(unit.text))
        around = set(self._lexicon.terms(" ".join((*hit.passage.path[-1:], hit.passage.lead_in))))
        total = sum(self._rarity(term) for term in terms)
        share = sum(self._rarity(term) * _match(term, own, around) for term in terms)
        return share / total if total else 0.0

    def _choose(self, units: Sequence[Unit], asks_list: bool) -> list[Unit]:
        """The best units with what belongs to them, in order of their passages' best unit.

        A further unit of a passage counts a little less, so that other sources are heard (Carbonell & Goldstein 1998).
        """
        least = _SENTENCE_SHARE * max(unit.score for unit in units)
        waiting = [unit for unit in units if unit.score >= least]
        most = _MOST_ROWS if asks_list and max(waiting, key=lambda unit: unit.standing).is_row else _MOST_PICKED
        chosen: list[Unit] = []
        picked: list[int] = []
        while waiting and len(picked) < most:
            unit = max(waiting, key=lambda unit: unit.standing * _SAME_PASSAGE ** picked.count(unit.hit))
            waiting.remove(unit)
            group = self._group(unit, units, chosen, asks_list)
            if group:
                chosen += group
                picked.append(unit.hit)
        best = {unit.hit: index for index, unit in reversed(list(enumerate(chosen)))}
        return sorted(chosen, key=lambda unit: (best[unit.hit], unit.number))

    def _group(self, unit: Unit, units: Sequence[Unit], chosen: Sequence[Unit], asks_list: bool) -> list[Unit]:
        """The unit with its context, as far as it is new and has room; empty when it adds nothing."""
        if unit in chosen or self._repeats(unit, chosen):
            return []
        group = [new for new in _with_context(unit, units, asks_list) if new not in chosen]
        if not chosen:
            return self._within_limit(unit, group)
        return group if self._fits(group, chosen) else []

    def _within_limit(self, unit: Unit, group: Sequence[Unit]) -> list[Unit]:
        """The first group, cut to the limit: the unit itself, then what belongs to it, in order."""
        kept = [unit]
        for new in group:
            if new is not unit and sum(other.words for other in (*kept, new)) <= self._most_words:
                kept.append(new)
        return kept

    def _fits(self, group: Sequence[Unit], chosen: Sequence[Unit]) -> bool:
        same = [unit for unit in (*chosen, *group) if unit.hit == group[0].hit]
        too_much = sum(unit.words for unit in same) > _WORDS_A_PASSAGE and not any(unit.is_item for unit in same)
        return not too_much and sum(unit.words for unit in (*chosen, *group)) <= self._most_words

    def _repeats(self, unit: Unit, chosen: Sequence[Unit]) -> bool:
        own = set(self._lexicon.terms(unit.text))
        others = [set(self._lexicon.terms(other.text)) for other in chosen]
        return not own or any(len(own & other) > _SAME * len(own | other) for other in others)


def _match(term: str, own: set[str], around: set[str]) -> float:
    """1 when the sentence holds the term; less when only a compound's head or the heading agrees."""
    if term in own:
        return 1.0
    heads = any(
        len(shorter) >= _SHORTEST_HEAD and longer.endswith(shorter)
        for other in own
        for shorter, longer in ((term, other), (other, term))
    )
    return _HEAD if heads else 0.5 if term in around else 0.0


def _units(index: int, hit: Hit) -> list[Unit]:
    text = hit.passage.text
    units: list[Unit] = []
    for number, (start, end) in enumerate(sentence_spans(text)):
        same_line = bool(units) and "\n" not in text[units[-1].end : start]
        block = units[-1].block + (not same_line) if units else 0
        is_item = units[-1].is_item if same_line else _begins_item(text, start)
        units.append(Unit(index, number, block, start, end, text[start:end], is_item))
    return units


def _begins_item(text: str, start: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    return (
        text[line_start:start].strip() in ("•", "‒")
        or CELL_GAP in line
        or bool(re.match(r"\d{1,2}[.)] ", text[line_start:]))
    )


def _form_factor(unit: Unit, asks_number: bool) -> float:
    """Below 1 for what seldom answers: a question, footnote or fragment, or no figure where one is asked for."""
    factor = 0.7 if unit.text.endswith("?") else 1.0
    factor *= 0.5 if _FOOTNOTE.match(unit.text) or (unit.words < 4 and not unit.is_item) else 1.0
    return factor * (0.6 if asks_number and not _gives_number(unit) else 1.0)


def _weight(unit: Unit, hit: Hit) -> float:
    """More for what binds or names its legal ground, less for one person's words."""
    voice = _VOICE_FACTOR if hit.passage.voice == "quotation" else 1.0
    law = _LAW_FACTOR if _LAW.search(unit.text) else 1.0
    return voice * law * _KIND_FACTOR.get(hit.source.kind, 1.0)


def _gives_number(unit: Unit) -> bool:
    return bool(_NUMBER.search(_REFERENCE.sub("", unit.text)))


def _inherit(units: Sequence[Unit]) -> list[Unit]:
    """Lets a sentence share in the score of the one before it, so that a paragraph that answers is read on."""
    result: list[Unit] = []
    for unit in units:
        before = result[-1] if result else None
        if before and before.hit == unit.hit and before.block == unit.block:
            unit = replace(unit, score=max(unit.score, _INHERITED * before.score + (1 - _INHERITED) * unit.score))  # noqa: PLW2901
        result.append(unit)
    return result


def _with_context(unit: Unit, units: Sequence[Unit], asks_list: bool) -> list[Unit]:
    """The unit with what it cannot be read without: a list with its lead-in, a sentence with what it points back to."""
    same = [other for other in units if other.hit == unit.hit]
    if unit.is_row:
        return [unit]
    if unit.is_item:
        lead = next((other for other in reversed(same[: unit.number]) if other.introduces), None)
        whole = _items_after(lead, same) if lead else _run_of_items(unit, same)
        if unit in whole and (asks_list or lead):
            return [*([lead] if lead else []), *whole]
        return [other for other in same if other.block == unit.block]
    if unit.introduces:
        return [unit, *_items_after(unit, same)]
    back = [same[unit.number - 1]] if _POINTS_BACK.match(unit.text) and unit.number > 0 else []
    context = [*(other for other in back if not other.is_item), unit]
    return [*context, *_next_list(unit, same)] if asks_list else context


def _items_after(lead: Unit, same: Sequence[Unit]) -> list[Unit]:
    """The items right after the lead-in, with all their sentences."""
    items: list[Unit] = []
    for other in same[lead.number + 1 :]:
        if not other.is_item:
            break
        items.append(other)
    return items


def _run_of_items(unit: Unit, same: Sequence[Unit]) -> list[Unit]:
    first = unit.number
    while first > 0 and same[first - 1].is_item:
        first -= 1
    return [same[first], *_items_after(same[first], same)]


def _next_list(unit: Unit, same: Sequence[Unit]) -> list[Unit]:
    """The list below the unit and what stands between, at most two sentences."""
    first = next((other for other in same[unit.number + 1 :] if other.is_item), None)
    if first is None or first.number - unit.number > 3:
        return []
    return [*same[unit.number + 1 : first.number], *_run_of_items(first, same)]


def _sentences(chosen: Sequence[Unit], hits: Sequence[Hit]) -> list[DraftSentence]:
    result = []
    for before, unit in zip((None, *chosen), chosen, strict=False):
        new_block = before is None or before.hit != unit.hit or before.block != unit.block
        new_paragraph = before is None or before.hit != unit.hit or before.is_item
        opens: Opens = ""
        if unit.is_item and new_block:
            opens = "item"
        elif not unit.is_item and new_paragraph:
            opens = "paragraph"
        quoted = hits[unit.hit].passage.voice == "quotation"
        text = f"{VOICE_FRAME}{unit.text}" if quoted else unit.text
        result.append(DraftSentence(text, ((unit.hit, unit.start, unit.end),), opens))
    return result
