"""Table rows that a question asks for by what stands in a column: "Vilka möten leder kommundirektören?"

A row reads "Mötesforum: Ledarforum · Kommundirektör: Leder". A question that names a column and something that stands
in it asks for all rows in which it stands there, and for no others; of these only for the ones under the heading that
it names as well. One that names a column and what stands first in a row asks for that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.answering.units import Unit
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import CELL_GAP

#: A column with more different values than this holds names, not values to choose by.
_MOST_VALUES = 8
_Terms = frozenset[str]


def rows_asked_for(question: str, units: Sequence[Unit], headings: Mapping[int, str], lexicon: Lexicon) -> list[Unit]:
    """The rows among the units that the question asks for; none when it names no column.

    `headings` holds the innermost heading of each hit by its number. The column that the question names with the most
    words is chosen by.
    """
    rows = [unit for unit in units if unit.is_row]
    asked = frozenset(lexicon.terms(question))
    rows = _named(rows, asked, lambda row: _terms(headings.get(row.hit, ""), lexicon)) or rows
    first = _named(rows, asked, lambda row: _terms(row.text.split(CELL_GAP)[0].partition(": ")[2], lexicon))
    cells = {id(row): dict(_cells(row.text)) for row in rows}
    best: tuple[int, list[Unit]] = (0, [])
    for column in dict.fromkeys(name for row in cells.values() for name in row):
        name = _terms(column, lexicon)
        if not name or not name <= asked or len(name) <= best[0]:
            continue
        values = {row[column]: _terms(row[column], lexicon) for row in cells.values() if column in row}
        wanted = _wanted(values, asked - name) if len(values) <= _MOST_VALUES else None
        found = [row for row in first or rows if wanted and cells[id(row)].get(column) == wanted] or first
        if found:
            best = len(name), found
    return best[1]


def _named(rows: Sequence[Unit], asked: _Terms, terms_of: Callable[[Unit], _Terms]) -> list[Unit]:
    """The rows that the question names by words which tell them from the others."""
    own = [terms_of(row) for row in rows]
    common = frozenset.intersection(*own) if own else frozenset()
    return [row for row, terms in zip(rows, own, strict=True) if terms - common and terms - common <= asked]


def _cells(row: str) -> Iterator[tuple[str, str]]:
    for cell in row.split(CELL_GAP):
        name, colon, value = cell.partition(": ")
        if colon:
            yield name, value


def _wanted(values: Mapping[str, _Terms], asked: _Terms) -> str | None:
    """The value that the question names: by the words that tell it from the others, else by all its words."""
    found: list[tuple[int, str]] = []
    for value, terms in values.items():
        others = frozenset[str]().union(*(other for key, other in values.items() if key != value))
        telling = terms - others
        if telling <= asked and (telling or terms <= asked) and terms:
            found.append((len(telling), value))
    return max(found)[1] if found else None


def _terms(text: str, lexicon: Lexicon) -> _Terms:
    return frozenset(lexicon.terms(text))
