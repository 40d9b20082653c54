"""The writer without a chat model: puts an answer together from the sources' own sentences.

Each sentence of the best passages has a likelihood of being the one that answers. The answer opens with the run of
sentences in one passage that holds most of it, and goes on, source by source, until little is left or it is long.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answering import frames
from assistant.answering.rows import rows_asked_for
from assistant.answering.units import Unit, item_alone, units_of, with_context
from assistant.finding.clauses import clauses
from assistant.finding.lexicon import Lexicon
from assistant.finding.quantities import asks_number, gives_number
from assistant.types import KINDS, Draft, DraftSentence, Hit, Hits, Opens

#: The most words of the run that opens an answer, and how much more likelihood a longer run must hold.
_OPENING_WORDS, _WORTH = 60, 0.02
#: A sentence at either end of that run goes when it is less likely than this share of the best one.
_TRIMMED = 0.1
#: The answer is complete when it holds this much of the likelihood; a unit with less than `_LEAST` adds nothing.
_ENOUGH, _LEAST = 0.985, 0.005
#: A table row less likely than this share of the likeliest one is not asked for.
_ROW_SHARE = 0.25
#: Rows are chosen by their cells when one of so many best passages holds such rows.
_ROWS_AMONG = 3
#: Words that the lead of a source takes, for which room is left.
_LEAD_WORDS = 5
#: Two sentences that share more of their terms than this say the same thing.
_SAME = 0.6
_ASKS_LIST = re.compile(r"^\W*(?:vilka|nämn|räkna upp|lista)\b|\b(?:innehålla|ingår i|omfattar)\b", re.IGNORECASE)
_COUNTED = re.compile(r"^\W*hur många\s+(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Whether a list is asked for, and the most words that the answer to one of the things asked may take."""

    asks_list: bool
    room: int


class ExtractiveWriter:
    """Picks the sentences that answer, whole and verbatim."""

    name = "extractive"

    def __init__(self, lexicon: Lexicon, most_words: int, most_passages: int) -> None:
        self._lexicon = lexicon
        self._most_words = most_words
        self._most_passages = most_passages

    def write(self, question: str, hits: Hits) -> Draft:
        """A draft of at most `most_words` words; empty when nothing found answers the kind of question that it is."""
        near = hits.items[: self._most_passages]
        units = [units_of(index, hit) for index, hit in enumerate(near) if hit.sentences]
        if not any(units):
            return Draft((), self.name)
        plan = _Plan(
            bool(_ASKS_LIST.search(question)), self._most_words // max(1, len(clauses(question, self._lexicon)))
        )
        rows = self._rows(question, units, hits.items)
        opening = rows or self._opening(units, plan)
        chosen = rows or [*opening, *self._further(units, opening, plan)]
        if asks_number(question) and not self._gives_what_is_counted(question, chosen, hits):
            return Draft((), self.name)
        return Draft(tuple(_sentences(opening, chosen, hits.items)), self.name)

    def _rows(self, question: str, units: Sequence[list[Unit]], hits: Sequence[Hit]) -> list[Unit]:
        """The table rows that the question asks for by their cells, where one of the best passages holds such rows."""
        headings = {number: hit.passage.path[-1] for number, hit in enumerate(hits) if hit.passage.path}
        rows = rows_asked_for(question, [unit for same in units for unit in same], headings, self._lexicon)
        if not any(row.hit < _ROWS_AMONG for row in rows):
            return []
        fitting: list[Unit] = []
        for row in rows:
            if self._fits([row], fitting):
                fitting.append(row)
        return fitting

    def _opening(self, units: Sequence[list[Unit]], plan: _Plan) -> list[Unit]:
        """The run of units that most likely answers, with what it cannot be read without."""
        best: tuple[float, list[Unit]] = (-1.0, [])
        for same in units:
            for first in same:
                for run in _runs(first, same, plan):
                    held = _likelihood(run)
                    if held > best[0] + (_WORTH if best[1] else 0.0):
                        best = held, run
        run = _trimmed(best[1])
        same = next(same for same in units if same and same[0].hit == run[0].hit)
        return self._within(with_context(run[0], same, plan.asks_list), run, plan)

    def _within(self, context: Sequence[Unit], run: Sequence[Unit], plan: _Plan) -> list[Unit]:
        """The run, with its context as far as there is room for it, in order."""
        kept = list(run)
        left = [unit for unit in context if unit not in run]
        for unit in sorted(left, key=lambda unit: (not unit.introduces, abs(unit.number - run[0].number))):
            if _count([*kept, unit]) <= plan.room:
                kept.append(unit)
        return sorted(kept, key=lambda unit: unit.number)

    def _further(self, units: Sequence[list[Unit]], opening: Sequence[Unit], plan: _Plan) -> list[Unit]:
        """The likeliest of what is left, with its context, until the answer is complete or has its length."""
        chosen = list(opening)
        passages = {same[0].hit: same for same in units if same}
        every = [unit for same in units for unit in same]
        terms = functools.cache(lambda unit: frozenset(self._lexicon.terms(unit.text)))
        least_row = _ROW_SHARE * max((unit.likelihood for unit in every if unit.is_row), default=0.0)
        for unit in sorted(every, key=lambda unit: -unit.likelihood):
            if _likelihood(chosen) >= _ENOUGH or unit.likelihood < _LEAST:
                break
            if unit in chosen or (unit.is_row and unit.likelihood < least_row) or _repeats(unit, chosen, terms):
                continue
            whole = with_context(unit, passages[unit.hit], plan.asks_list)
            for context in (whole, item_alone(unit, passages[unit.hit])):
                group = [new for new in context if new not in chosen]
                if group and self._fits(group, chosen):
                    chosen += group
                    break
        return chosen[len(opening) :]

    def _fits(self, group: Sequence[Unit], chosen: Sequence[Unit]) -> bool:
        leads = _LEAD_WORDS * len({unit.hit for unit in (*chosen, *group)})
        return _count([*chosen, *group]) + leads <= self._most_words

    def _gives_what_is_counted(self, question: str, chosen: Sequence[Unit], hits: Hits) -> bool:
        """Whether a quantity is given, and the words name what is asked the number of ("hur många anställda")."""
        text = " ".join(unit.text for unit in chosen)
        if not gives_number(text):
            return False
        asked = _COUNTED.search(question)
        counted = self._lexicon.tokens(asked.group(1))[:1] if asked else []
        if not counted:
            return True
        passages = [hits.items[number].passage for number in dict.fromkeys(unit.hit for unit in chosen)]
        headings = " ".join(" ".join((*passage.path[-1:], passage.lead_in)) for passage in passages)
        said = {term for token in self._lexicon.tokens(f"{text} {headings}") for term in (token.term, *token.parts)}
        return bool({counted[0].term, *counted[0].parts[-1:]} & said)


def _runs(first: Unit, same: Sequence[Unit], plan: _Plan) -> list[list[Unit]]:
    """The runs that begin with the unit; a list or a row is taken as it is."""
    if first.is_item or first.introduces:
        whole = with_context(first, same, plan.asks_list)
        return [whole if _count(whole) <= plan.room else [first]]
    runs = [[first]]
    for unit in same[first.number + 1 :]:
        longer = [*runs[-1], unit]
        if unit.is_item or unit.introduces or _count(longer) > min(_OPENING_WORDS, plan.room):
            break
        runs.append(longer)
    return runs


def _repeats(unit: Unit, chosen: Sequence[Unit], terms: Callable[[Unit], frozenset[str]]) -> bool:
    """Whether it says what has been said; rows of a table are alike and say different things."""
    if unit.is_row:
        return False
    own = terms(unit)
    return not own or any(len(own & other) > _SAME * len(own | other) for other in map(terms, chosen))


def _count(units: Sequence[Unit]) -> int:
    return sum(unit.words for unit in units)


def _likelihood(units: Sequence[Unit]) -> float:
    return sum(unit.likelihood for unit in units)


def _trimmed(run: Sequence[Unit]) -> list[Unit]:
    """The run without the ends that add little; a list stays whole."""
    if any(unit.is_item for unit in run):
        return list(run)
    least = _TRIMMED * max(unit.likelihood for unit in run)
    likely = [index for index, unit in enumerate(run) if unit.likelihood >= least]
    return list(run[likely[0] : likely[-1] + 1])


def _sentences(opening: Sequence[Unit], chosen: Sequence[Unit], hits: Sequence[Hit]) -> list[DraftSentence]:
    """The opening's passage first, then its source, then the others by their weight; each in its own order."""
    ordered = sorted(chosen, key=lambda unit: (*_place(unit, opening, hits), unit not in opening, unit.number))
    result = []
    for before, unit in zip((None, *ordered), ordered, strict=False):
        new_passage = before is None or before.hit != unit.hit
        new_block = new_passage or before is None or before.block != unit.block
        opens: Opens = ""
        if unit.is_item and new_block:
            opens = "item"
        elif not unit.is_item and (new_passage or (before is not None and before.is_item)):
            opens = "paragraph"
        result.append(DraftSentence(unit.text, ((unit.hit, unit.start, unit.end),), opens, _lead(before, unit, hits)))
    return result


def _place(unit: Unit, opening: Sequence[Unit], hits: Sequence[Hit]) -> tuple[int, str, int]:
    """Where the unit's passage comes: by what its source weighs, its source and its rank."""
    hit, first = hits[unit.hit], hits[opening[0].hit]
    if unit.hit == opening[0].hit:
        return -2, "", 0
    if (hit.source.id, hit.passage.voice) == (first.source.id, first.passage.voice):
        return -1, "", unit.hit
    weight = len(KINDS) if hit.passage.voice == "quotation" else KINDS.index(hit.source.kind)
    return weight, hit.source.id, unit.hit


def _lead(before: Unit | None, unit: Unit, hits: Sequence[Hit]) -> str:
    """Who says it, where that is another than the one before; "" where the sentence says so itself."""
    hit = hits[unit.hit]
    last = hits[before.hit] if before else None
    if last and (last.source.id, last.passage.voice) == (hit.source.id, hit.passage.voice):
        return ""
    return frames.lead(hit.source, hit.passage.voice, unit.text)
