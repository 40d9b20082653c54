"""The sentences, items and rows of a passage, and what each is shown with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.units import Unit, units_of, with_context
from assistant.reading.sentences import CELL_GAP
from tests.answering.conftest import make_hit

PLAIN = "Direktören leder förvaltningen. Det sker under styrelsen. Den som är ny får stöd."
LIST = "Detta ska prövas:\n\n• Syftet är känt. Det är nedskrivet.\n• Målet är känt.\n\nSedan beslutar styrelsen."
LOOSE = "Styrelsen prövar flera saker.\n\n1. Syftet är känt.\n2. Målet är känt."
ROWS = f"Uppgift{CELL_GAP}Ansvar\nBudget{CELL_GAP}Ekonomichef"


def units(text: str) -> list[Unit]:
    return units_of(3, make_hit(1, text))


def test_units_stand_where_they_say_and_carry_their_likelihood() -> None:
    hit = make_hit(1, PLAIN)
    clues = tuple(clue.with_likelihood(0.7 if clue.start == 32 else 0.0) for clue in hit.sentences)
    found = units_of(3, replace(hit, sentences=clues))
    assert [PLAIN[unit.start : unit.end] for unit in found] == [unit.text for unit in found]
    unread = units_of(3, replace(hit, sentences=()))
    assert [unit.text for unit in unread] == [unit.text for unit in found]
    assert [(unit.hit, unit.number, unit.likelihood) for unit in found] == [(3, 0, 0.0), (3, 1, 0.7), (3, 2, 0.0)]


def test_items_go_on_over_their_sentences_and_end_with_the_list() -> None:
    found = units(LIST)
    assert [unit.is_item for unit in found] == [False, True, True, True, False]
    assert [unit.block for unit in found] == [0, 1, 1, 2, 3]
    assert [unit.introduces for unit in found] == [True, False, False, False, False]


@pytest.mark.parametrize(("text", "rows"), [(ROWS, [True, True]), (LOOSE, [False] * 3)])
def test_rows_are_items_with_cells(text: str, rows: list[bool]) -> None:
    assert [unit.is_row for unit in units(text)] == rows
    assert all(unit.is_item for unit in units(text)[1:])


@pytest.mark.parametrize(
    ("text", "number", "asks_list", "shown"),
    [
        (PLAIN, 0, False, [0]),
        (PLAIN, 1, False, [0, 1]),
        (PLAIN, 2, False, [2]),
        ("A är en sak. Det är ett. Dessa är två. Dock är det tre.", 3, False, [1, 2, 3]),
        (LIST, 0, False, [0, 1, 2, 3]),
        (LIST, 3, False, [0, 1, 2, 3]),
        (LOOSE, 2, False, [2]),
        (LOOSE, 2, True, [1, 2]),
        (LOOSE, 0, True, [0, 1, 2]),
        (LOOSE, 0, False, [0]),
        (ROWS, 1, True, [1]),
    ],
    ids=[
        "whole in itself",
        "points back",
        "den som points forward",
        "two at most",
        "lead-in",
        "item with its lead-in",
        "item of a list without one",
        "the same when a list is asked for",
        "the list below",
        "only when asked for",
        "a row alone",
    ],
)
def test_a_unit_is_shown_with_what_it_needs(text: str, number: int, asks_list: bool, shown: list[int]) -> None:
    same = units(text)
    assert [unit.number for unit in with_context(same[number], same, asks_list)] == shown
