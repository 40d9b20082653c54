"""Tables on a page, by their rules or by their alignment -> rows as Markdown's pipe rows, the header first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.blocks import _BULLET
from assistant.reading.pdf_content import Rule, Word
from assistant.reading.pdf_words import TextLine, joined, rows_of, text_line

#: Ends of rules that lie within so many points of each other meet.
_TOUCH = 3.0
#: More rules than this are a drawing.
_MOST_RULES = 1500
#: A grid whose cells are filled to less than this share is a diagram; one with a cell of more words is a layout.
_FILLED, _CELL_WORDS = 0.35, 90
#: The text of a cell that spans several rows is repeated in each when it is at most so many characters.
_REPEATED_CHARS = 60
#: Columns without rules: the gap between them in shares of the font size, the rows it takes, and the cells' length.
_GAP, _LEAST_ROWS, _CELL_CHARS, _LONGEST_CELL = 1.1, 3, 36, 160
_LEADER = re.compile(r"[.…_]{4,}|(?:[.…] ){4,}")


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table between `x0`, `y0` and `x1`, `y1` (points) and the words in it.

    `pipes` holds its rows; it is empty for a grid that only lays out running text, whose cells then stand in `cells`
    in reading order.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    words: frozenset[Word]
    pipes: tuple[str, ...]
    cells: tuple[tuple[Word, ...], ...]


def pipe_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "¦").split()) for cell in cells) + " |"


def ruled_tables(words: Sequence[Word], rules: Sequence[Rule]) -> list[Grid]:
    """The tables whose cells are ruled, from the top."""
    if len(rules) < 3:
        return []
    flat = _merged([rule for rule in rules if rule.y0 == rule.y1])
    upright = _merged([rule for rule in rules if rule.y0 != rule.y1])
    if len(flat) + len(upright) > _MOST_RULES:
        return []
    grids = (_grid(words, group) for group in _meeting(flat, upright))
    found = [grid for grid in grids if grid]
    apart: list[Grid] = []
    for grid in sorted(found, key=lambda grid: -len(grid.words)):
        if not any(grid.words & other.words for other in apart):
            apart.append(grid)
    return sorted(apart, key=lambda grid: grid.y0)


def _merged(rules: list[Rule]) -> list[Rule]:
    """Rules on one line that meet end to end, as one."""
    across = bool(rules) and rules[0].y0 == rules[0].y1

    def along(rule: Rule) -> tuple[float, float, float]:
        return (rule.y0, rule.x0, rule.x1) if across else (rule.x0, rule.y0, rule.y1)

    lines: list[list[list[float]]] = []
    for place, begin, end in sorted(along(rule) for rule in rules):
        if not lines or place - lines[-1][0][0] > 1.5:
            lines.append([])
        lines[-1].append([lines[-1][0][0] if lines[-1] else place, begin, end])
    result = []
    for line in lines:
        place = line[0][0]
        spans: list[list[float]] = []
        for _, begin, end in sorted(line, key=lambda part: part[1]):
            if spans and begin <= spans[-1][1] + _TOUCH:
                spans[-1][1] = max(spans[-1][1], end)
            else:
                spans.append([begin, end])
        result += [Rule(a, place, b, place) if across else Rule(place, a, place, b) for a, b in spans]
    return result


def _meeting(flat: Sequence[Rule], upright: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in groups that hang together."""
    parent = list(range(len(flat) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for number, line in enumerate(upright, len(flat)):
        for index, rule in enumerate(flat):
            if rule.x0 - _TOUCH <= line.x0 <= rule.x1 + _TOUCH and line.y0 - _TOUCH <= rule.y0 <= line.y1 + _TOUCH:
                parent[root(number)] = root(index)
    groups: dict[int, list[Rule]] = {}
    for index, rule in enumerate([*flat, *upright]):
        groups.setdefault(root(index), []).append(rule)
    return [group for group in groups.values() if len(group) >= 3]


def _places(values: Iterable[float]) -> list[float]:
    """The distinct places, those within touch of each other counted once."""
    result: list[float] = []
    for value in sorted(values):
        if not result or value - result[-1] > _TOUCH:
            result.append(value)
    return result


def _grid(words: Sequence[Word], rules: Sequence[Rule]) -> Grid | None:
    flat = [rule for rule in rules if rule.y0 == rule.y1]
    upright = [rule for rule in rules if rule.y0 != rule.y1]
    xs = _places([x for rule in rules for x in (rule.x0, rule.x1)])
    ys = _places([y for rule in rules for y in (rule.y0, rule.y1)])
    if len(xs) < 3 or len(ys) < 3 or not flat or not upright:
        return None
    inside = [word for word in words if _in(word, xs[0], ys[0], xs[-1], ys[-1])]
    cells = _Cells(xs, ys, flat, upright)
    for word in inside:
        cells.add(word)
    texts = cells.texts()
    filled = [row for row in texts if any(row)]
    several = sum(1 for row in filled if sum(map(bool, row)) >= 2)
    if len(filled) < 2 or several < 2 or several < 0.5 * len(filled):
        return None
    used = [column for column in range(len(xs) - 1) if any(row[column] for row in filled)]
    if sum(bool(row[column]) for row in filled for column in used) < _FILLED * len(filled) * len(used):
        return None
    box = (xs[0], ys[0], xs[-1], ys[-1], frozenset(inside))
    if max(len(text.split()) for row in filled for text in row) > _CELL_WORDS:
        return Grid(*box, (), cells.in_order())
    rows = [[row[column] for column in used] for row in filled]
    return Grid(*box, _pipes(rows, cells.label_column()), ())


def _pipes(rows: Sequence[Sequence[str]], labelled: bool) -> tuple[str, ...]:
    """The rows; those of a form, with the names in its left column, become `Namn: värde` lines instead."""
    if labelled or (len(rows[0]) == 2 and all(row[0].endswith(":") for row in rows if row[0])):
        return tuple(f"{row[0].rstrip(':')}: {row[1]}" if all(row) else row[0] + row[1] for row in rows)
    return tuple(pipe_row(row) for row in rows)


def _in(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 - 1 <= (word.x0 + word.x1) / 2 <= x1 + 1 and y0 - 1 <= word.y - 0.3 * word.size <= y1 + 1


class _Cells:
    """A grid's cells, those that span rows or columns counted as one."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], flat: Sequence[Rule], upright: Sequence[Rule]) -> None:
        self.xs, self.ys = xs, ys
        self._owner: dict[tuple[int, int], tuple[int, int]] = {}
        self._words: dict[tuple[int, int], list[Word]] = {}
        for row, (top, foot) in enumerate(pairwise(ys)):
            for column, (left, right) in enumerate(pairwise(xs)):
                self._owner[row, column] = (row, column)
                if column and not _parted(upright, left, (top + foot) / 2):
                    self._owner[row, column] = self._owner[row, column - 1]
                elif row and not _ruled(flat, top, (left + right) / 2):
                    self._owner[row, column] = self._owner[row - 1, column]

    def add(self, word: Word) -> None:
        column = _index(self.xs, (word.x0 + word.x1) / 2)
        row = _index(self.ys, word.y - 0.3 * word.size)
        self._words.setdefault(self._owner[row, column], []).append(word)

    def texts(self) -> list[list[str]]:
        """Each row's cells. A short text that spans rows is repeated, one that spans columns stands in the first."""
        known = {place: joined(text_line(row).text for row in rows_of(words)) for place, words in self._words.items()}
        result = []
        for row in range(len(self.ys) - 1):
            line = []
            for column in range(len(self.xs) - 1):
                owner = self._owner[row, column]
                text = known.get(owner, "") if owner[1] == column else ""
                line.append(text if owner[0] == row or len(text) <= _REPEATED_CHARS else "")
            own = any(known.get((row, column)) for column in range(len(self.xs) - 1))
            result.append(line if own else [""] * len(line))
        return result

    def in_order(self) -> tuple[tuple[Word, ...], ...]:
        return tuple(tuple(self._words[place]) for place in sorted(self._words))

    def label_column(self) -> bool:
        """True for a two-column form: bold names to the left, and a first row that is no bold heading."""
        left = [word for (_, column), words in self._words.items() if column == 0 for word in words]
        right = [word for (_, column), words in self._words.items() if column != 0 for word in words]
        return len(self.xs) == 3 and all(word.bold for word in left) and not any(word.bold for word in right)


def _parted(upright: Sequence[Rule], x: float, y: float) -> bool:
    return any(abs(rule.x0 - x) <= _TOUCH and rule.y0 <= y <= rule.y1 for rule in upright)


def _ruled(flat: Sequence[Rule], y: float, x: float) -> bool:
    return any(abs(rule.y0 - y) <= _TOUCH and rule.x0 <= x <= rule.x1 for rule in flat)


def _index(places: Sequence[float], value: float) -> int:
    found = sum(1 for place in places if place <= value) - 1
    return min(max(found, 0), len(places) - 2)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines `start` to `end` (exclusive) of a region are a table with these rows; `tops` are its rows' first lines."""

    start: int
    end: int
    pipes: tuple[str, ...]
    tops: tuple[int, ...]


def aligned_tables(lines: Sequence[TextLine]) -> list[Aligned]:
    """Runs of lines whose words stand in columns, with nothing but white between them."""
    found: list[Aligned] = []
    start = 0
    while start < len(lines):
        table = _aligned_at(lines, start) if _gaps(lines[start]) else None
        if table:
            found.append(table)
        start = table.end if table else start + 1
    return found


def _gaps(line: TextLine) -> list[tuple[float, float]]:
    """The wide gaps within the line, as (x0, x1)."""
    ends = pairwise(line.words)
    return [(a.x1, b.x0) for a, b in ends if b.x0 - a.x1 >= _GAP * line.size and not _LEADER.search(a.text)]


def _aligned_at(lines: Sequence[TextLine], start: int) -> Aligned | None:
    """The longest table that begins at the line, if one does."""
    gutters = _gaps(lines[start])
    end = start + 1
    while end < len(lines) and lines[end].y - lines[end - 1].y < 4 * lines[start].size:
        shared = _shared(gutters, lines[end])
        if len(shared) < min(2, len(gutters)) or not shared:
            break
        gutters, end = shared, end + 1
    while end > start and not _gaps(lines[end - 1]):
        end -= 1
    if end - start < _LEAST_ROWS:
        return None
    table = [_cells(line, gutters) for line in lines[start:end]]
    tops = _tops(lines[start:end], table)
    rows = [
        [joined(row[column] for row in table[a:b] if row[column]) for column in range(len(gutters) + 1)]
        for a, b in zip(tops, [*tops[1:], len(table)], strict=True)
    ]
    if not _is_table(rows, table, lines[start], lines[start + 1 : end]):
        return None
    return Aligned(start, end, tuple(pipe_row(row) for row in rows), tuple(start + top for top in tops))


def _shared(gutters: Sequence[tuple[float, float]], line: TextLine) -> list[tuple[float, float]]:
    """What the line leaves of the gutters; one that is covered or that the line ends before is lost or kept whole."""
    result = []
    for gutter in gutters:
        x0, x1 = gutter
        for word in line.words:
            if word.x1 > x0 and word.x0 < x1:
                left = (word.x0 + word.x1) / 2 < (x0 + x1) / 2
                x0, x1 = (word.x1, x1) if left else (x0, word.x0)
        if x1 - x0 >= _GAP * line.size:
            result.append((x0, x1))
    return result


def _cells(line: TextLine, gutters: Sequence[tuple[float, float]]) -> list[str]:
    cells: list[list[Word]] = [[] for _ in range(len(gutters) + 1)]
    for word in line.words:
        cells[sum(1 for x0, x1 in gutters if (word.x0 + word.x1) / 2 > (x0 + x1) / 2)].append(word)
    return [text_line(cell).text if cell else "" for cell in cells]


def _tops(lines: Sequence[TextLine], table: Sequence[Sequence[str]]) -> list[int]:
    """Where the rows begin: after the wider gaps where gaps differ, else wherever the first column is filled.

    A line whose first column is empty goes on with the row above when one of its cells begins with a small letter.
    """
    steps = [below.y - above.y for above, below in pairwise(lines)]
    low, high = min(steps), max(steps)
    wide = [step > (low + high) / 2 for step in steps]
    if high > 1.3 * low and 2 <= sum(wide) < len(wide):
        return [0, *(index for index, step in enumerate(wide, 1) if step)]
    tops = [0]
    for index in range(1, len(table)):
        row = table[index]
        filled = [cell for cell in row if cell]
        if row[0]:
            begins = not (row[0][0].islower() and len(filled) < len(row) and table[index - 1][0])
        else:
            begins = len(filled) > 1 and not any(cell[0].islower() for cell in filled)
        if begins:
            tops.append(index)
    return tops


def _is_table(
    rows: Sequence[Sequence[str]], table: Sequence[Sequence[str]], header: TextLine, body: Sequence[TextLine]
) -> bool:
    """True when the rows are many and filled enough and the cells short; two columns need a bold header too."""
    columns = len(rows[0])
    if len(rows) < _LEAST_ROWS or columns < 2:
        return False
    filled = [[cell for cell in row if cell] for row in rows]
    if sum(1 for row in filled if len(row) >= 2) < 0.6 * len(rows):
        return False
    if columns == 2 and not (header.bold and not any(line.bold for line in body)):
        return False
    if any(_BULLET.match(f"{row[0]} x") for row in rows[1:]) and columns == 2:
        return False
    pieces = [len(cell) for row in table for cell in row if cell]
    return median(pieces) <= _CELL_CHARS and max(len(cell) for row in filled for cell in row) <= _LONGEST_CELL
