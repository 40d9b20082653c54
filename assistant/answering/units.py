"""The sentences, list items and table rows of the passages found, and what each cannot be read without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading.sentences import CELL_GAP, sentence_spans
from assistant.types import Hit, SentenceClues

#: A sentence that begins like this points back to the one before it.
_POINTS_BACK = re.compile(
    r"^(?:Detta|Dessa|Denna|Den|Det|De|Där|Då|Därmed|Dessutom|Samtidigt|Även|Här|Utöver|Sådan|Sådana|Dock|Så|Dels|Han|"
    r"Hon|Hen|Dem|Deras|Dess|Därför|Däremot|Likaså|Vidare|Också|Annars|Undantagen?|Alltså)\b(?! som\b)"
)
#: A list that begins so many units after the sentence that announces it still belongs to it.
_LIST_WITHIN = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or table row of a hit's passage.

    `number` counts them from 0 within the passage, `block` the paragraphs and items. `likelihood` is the probability
    that it is the one which answers.
    """

    hit: int
    number: int
    block: int
    start: int
    end: int
    text: str
    is_item: bool
    likelihood: float

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

    @property
    def points_back(self) -> bool:
        return not self.is_item and bool(_POINTS_BACK.match(self.text))


def units_of(index: int, hit: Hit) -> list[Unit]:
    """The units of the hit with this number, in order; as likely as 0 where its sentences have not been looked at."""
    text = hit.passage.text
    clues = hit.sentences or tuple(SentenceClues(start, end) for start, end in sentence_spans(text))
    units: list[Unit] = []
    for number, clue in enumerate(clues):
        start, end = clue.start, clue.end
        same_line = bool(units) and "\n" not in text[units[-1].end : start]
        block = units[-1].block + (not same_line) if units else 0
        is_item = units[-1].is_item if same_line else _begins_item(text, start)
        units.append(Unit(index, number, block, start, end, text[start:end], is_item, clue.likelihood))
    return units


def _begins_item(text: str, start: int) -> bool:
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    return (
        text[line_start:start].strip() in ("•", "‒")
        or CELL_GAP in line
        or bool(re.match(r"\d{1,2}[.)] ", text[line_start:]))
    )


def with_context(unit: Unit, same: Sequence[Unit], asks_list: bool) -> list[Unit]:
    """The unit with what it cannot be read without: a list with its lead-in, a sentence with what it points back to.

    `same` are all units of its passage, in order.
    """
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
    context = [*_pointed_at(unit, same), unit]
    return [*context, *_next_list(unit, same)] if asks_list else context


def item_alone(unit: Unit, same: Sequence[Unit]) -> list[Unit]:
    """A list item with the lead-in of its list but without the other items; none for what is no item, or a row."""
    if not unit.is_item or unit.is_row:
        return []
    lead = next((other for other in reversed(same[: unit.number]) if other.introduces), None)
    return [*([lead] if lead else []), *(other for other in same if other.block == unit.block)]


def _pointed_at(unit: Unit, same: Sequence[Unit]) -> list[Unit]:
    """The sentences before it that it and they point back to, at most two."""
    before: list[Unit] = []
    first = unit
    while first.points_back and first.number > 0 and len(before) < 2 and not same[first.number - 1].is_item:
        first = same[first.number - 1]
        before.insert(0, first)
    return before


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
    """The list below the unit and what stands between."""
    first = next((other for other in same[unit.number + 1 :] if other.is_item), None)
    if first is None or first.number - unit.number > _LIST_WITHIN:
        return []
    return [*same[unit.number + 1 : first.number], *_run_of_items(first, same)]
