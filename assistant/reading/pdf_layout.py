"""What a page draws -> its text: the lines in reading order, a blank line where a paragraph ends.

The text is made for `lines.py` and `blocks.py`, which join wrapped lines. They see only characters; here the places
are known too. A line that goes on with the one above although its first letter does not show it (a name, a figure, a
dash) is therefore put on the same line, and every line that begins something new gets a blank line before it or a
list's mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from assistant.reading.blocks import _BULLET
from assistant.reading.pdf_columns import regions
from assistant.reading.pdf_content import Drawn, Rule, Word, turned
from assistant.reading.pdf_furniture import Sheet, furniture
from assistant.reading.pdf_tables import Grid, aligned_tables, ruled_tables
from assistant.reading.pdf_words import TextLine, join_wrapped, main_size, rows_of, text_line

#: Type that differs by more than this share is another style.
_OTHER_SIZE = 0.09
#: A step to the next line that is this much longer than usual, plus half a point, parts paragraphs.
_GAP = 1.22
#: An indent in shares of the font size.
_INDENT = 0.7
#: Lines of at least so many characters are running text, whose right edge its own lines show.
_LONG_LINE = 30
_TERMINAL = re.compile(r"[.!?:;…][\"”“’»)\]]*[¹²³⁴⁵⁶⁷⁸⁹⁰]*$")
_NUMBERED = re.compile(r"^(?:\d{1,2}\.)+\d{1,2}\.?\s+[A-ZÅÄÖ\"”]|^(?:Kapitel|Bilaga|Avsnitt)\s+\d+\b[^.]*$")
_PLAIN_NOTE = re.compile(r"^(?P<mark>\d{1,2})\s+(?=\S)")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED = "¹²³⁴⁵⁶⁷⁸⁹⁰"
_DASHES = "-–—"
_BLOCK = "\x00"


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's views (upright text first, then turned text) with the ruled tables of each."""

    label: str
    views: tuple[Drawn, ...]
    grids: tuple[tuple[Grid, ...], ...]


def lay_out(drawn: Drawn, label: str) -> Layout:
    views = _views(drawn)
    return Layout(label, views, tuple(tuple(ruled_tables(view.words, view.rules)) for view in views))


def page_texts(pages: Sequence[Layout]) -> list[str]:
    """Each page's text, running heads and feet left out, tables continued over a page break without a second header."""
    gone = _furniture(pages)
    texts = [_page_lines(page, away) for page, away in zip(pages, gone, strict=True)]
    texts = _without_second_headers(texts)
    return [_written(lines, before) for before, lines in zip([[], *texts], texts, strict=False)]


def _furniture(pages: Sequence[Layout]) -> list[frozenset[Word]]:
    """The words to leave out. Turned text is compared apart, so that a stamp in the margin is found too."""
    gone: list[frozenset[Word]] = [frozenset()] * len(pages)
    for depth in range(max((len(page.views) for page in pages), default=0)):
        numbers = [number for number, page in enumerate(pages) if len(page.views) > depth]
        sheets = [
            Sheet(
                pages[number].views[depth].words,
                pages[number].views[depth].height if depth == 0 else 0.0,
                pages[number].label,
                tuple(grid.words for grid in pages[number].grids[depth]),
            )
            for number in numbers
        ]
        for number, words in zip(numbers, furniture(sheets, len(pages)), strict=True):
            gone[number] = gone[number] | words
    return gone


def _views(drawn: Drawn) -> tuple[Drawn, ...]:
    """The page once for each direction that text runs in, turned upright; the direction of most text first."""
    groups: dict[int, list[Word]] = {}
    for word in drawn.words:
        groups.setdefault(word.angle, []).append(word)
    if set(groups) <= {0}:
        return (drawn,)
    order = sorted(groups, key=lambda angle: (-sum(len(word.text) for word in groups[angle]), angle))
    return tuple(_turned(drawn, groups[angle], angle) for angle in order)


def _turned(drawn: Drawn, words: Sequence[Word], angle: int) -> Drawn:
    corners = [turned(x, y, angle) for x in (0.0, drawn.width) for y in (0.0, drawn.height)]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    width, height = max(x for x, _ in corners) - left, max(y for _, y in corners) - top
    moved = tuple(word._replace(x0=word.x0 - left, x1=word.x1 - left, y=word.y - top) for word in words)
    rules = [_turned_rule(rule, angle, left, top) for rule in drawn.rules] if angle % 90 == 0 else []
    return replace(drawn, words=moved, rules=tuple(rules), width=width, height=height)


def _turned_rule(rule: Rule, angle: int, left: float, top: float) -> Rule:
    (xa, ya), (xb, yb) = turned(rule.x0, rule.y0, angle), turned(rule.x1, rule.y1, angle)
    x0, x1, y0, y1 = (round(value, 2) for value in (min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)))
    if x1 - x0 > y1 - y0:
        return Rule(x0 - left, y0 - top, x1 - left, y0 - top)
    return Rule(x0 - left, y0 - top, x0 - left, y1 - top)


# Regions and lines


def _page_lines(page: Layout, gone: frozenset[Word]) -> list[_Placed]:
    placed: list[_Placed] = []
    for view, grids in zip(page.views, page.grids, strict=True):
        placed += _view_lines(view, grids, gone)
    return placed


def _view_lines(view: Drawn, grids: Sequence[Grid], gone: frozenset[Word]) -> list[_Placed]:
    kept = [grid for grid in grids if not grid.words <= gone]
    ruled = frozenset(word for grid in kept for word in grid.words)
    words = [word for word in view.words if word not in gone and word not in ruled]
    size = main_size(words) or 10.0
    marks = [
        Word(f"{_BLOCK}{number}", grid.x0, grid.x1, grid.y0 + 0.7 * size, size) for number, grid in enumerate(kept)
    ]
    found: list[list[TextLine]] = []
    for region in regions([*words, *marks]):
        found += _region_lines(region, kept)
    found = _with_notes([lines for lines in found if lines])
    return _Flow(found, main_size(words)).placed()


def _region_lines(region: Sequence[Word], grids: Sequence[Grid]) -> list[list[TextLine]]:
    """The region's lines; a ruled table among them ends a run and stands in one of its own."""
    runs: list[list[TextLine]] = [[]]
    for row in rows_of(region):
        plain = [word for word in row if not word.text.startswith(_BLOCK)]
        if plain:
            runs[-1].append(text_line(plain))
        for mark in (word for word in row if word.text.startswith(_BLOCK)):
            runs += [*_grid_lines(grids[int(mark.text[1:])]), []]
    return [_with_aligned(run) for run in runs]


def _grid_lines(grid: Grid) -> list[list[TextLine]]:
    """A ruled table's rows; a form's lines each apart; a layout's cells one after another."""
    if grid.cells:
        return [_with_aligned([text_line(row) for row in rows_of(cell)]) for cell in grid.cells]
    lines = [TextLine(text, grid.x0, grid.x1, grid.y0, 10.0, pipe=True) for text in grid.pipes]
    if grid.pipes[0].startswith("|"):
        return [lines]
    return [[replace(line, pipe=False)] for line in lines]


def _with_aligned(lines: list[TextLine]) -> list[TextLine]:
    """The lines with aligned columns made into a table's rows."""
    result: list[TextLine] = []
    at = 0
    for table in aligned_tables(lines):
        result += lines[at : table.start]
        for text, top in zip(table.pipes, table.tops, strict=True):
            result.append(replace(lines[top], text=text, pipe=True, words=()))
        at = table.end
    return result + lines[at:]


def _with_notes(found: list[list[TextLine]]) -> list[list[TextLine]]:
    """Footnotes in small type whose figure is not raised get the raised figure that the text refers to them by."""
    body = main_size(word for lines in found for line in lines for word in line.words)
    text = " ".join(line.text for lines in found for line in lines)

    def mended(line: TextLine) -> TextLine:
        match = _PLAIN_NOTE.match(line.text)
        if not match or line.size > (1 - _OTHER_SIZE) * body or line.pipe:
            return line
        mark = match["mark"].translate(_SUPERSCRIPT)
        return replace(line, text=f"{mark} {line.text[match.end() :]}") if mark in text else line

    return [[mended(line) for line in lines] for lines in found]


# Paragraphs


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line of the page's text; `gap` says that a blank line stands before it, `open` that its text may go on."""

    text: str
    gap: bool
    size: float
    pipe: bool = False
    open: bool = False


class _Flow:
    """Decides, line by line, what goes on and what begins anew."""

    def __init__(self, runs: Sequence[Sequence[TextLine]], body: float) -> None:
        self.runs = runs
        self.body = body
        self._steps = _usual_steps(runs)

    def placed(self) -> list[_Placed]:
        result: list[_Placed] = []
        before: TextLine | None = None
        was_full = True
        for run in self.runs:
            edge = _edges(run)
            shift = _list_shifts(run)
            for index, line in enumerate(run):
                if before is None:
                    sep = "gap"
                elif index == 0:
                    sep = self._between_runs(before, line, was_full)
                else:
                    sep = self._between(run, index, edge[index - 1])
                self._add(result, line, sep, shift[index])
                was_full = index + 1 < len(run) or line.x1 > edge[index] - 4 * line.size
                before = line
            if result:
                last = result[-1]
                note = last.text[0] in _RAISED
                result[-1] = replace(last, open=was_full and not (_ends(last.text) or last.pipe or note))
        return result

    def _add(self, result: list[_Placed], line: TextLine, sep: str, indent: int) -> None:
        if sep == "join":
            result[-1] = replace(result[-1], text=join_wrapped(result[-1].text, line.text))
        else:
            result.append(_Placed(" " * indent + line.text, sep == "gap", line.size, line.pipe))

    def _between_runs(self, above: TextLine, line: TextLine, full: bool) -> str:
        """From one region to the next: a sentence may go on in the next column."""
        if above.pipe or line.pipe or _other_style(above, line) or _ends(above.text) or not full:
            return "gap"
        if _BULLET.match(line.text):
            return "gap"
        return "line" if line.text[:1].islower() else "join"

    def _between(self, run: Sequence[TextLine], index: int, edge: float) -> str:
        """What stands between the line and the one above it in its run: "gap", "line" or "join"."""
        above, line = run[index - 1], run[index]
        if above.pipe and line.pipe:
            return "line"
        if above.pipe or line.pipe or _other_style(above, line):
            return "gap"
        far = line.y - above.y > _GAP * self._step(line.size) + 0.5
        full = _is_full(above, line, edge)
        begins = _begins(run, index, full)
        if begins:
            return "gap" if far or begins == "gap" else "line"
        small = line.text[:1].islower()
        if far:
            return "gap" if _ends(above.text) or not small or line.y - above.y > 2.2 * self._step(line.size) else "line"
        if not full:
            return "line" if small and not _heading_like(above, line, self.body) else "gap"
        if _indented(run, index) and _ends(above.text):
            return "gap"
        return "line" if small and not _BULLET.match(line.text) else "join"

    def _step(self, size: float) -> float:
        return self._steps(size)


def _usual_steps(runs: Sequence[Sequence[TextLine]]) -> Callable[[float], float]:
    """The usual step between lines of a size, in points: that of lines that surely go on, else the small ones."""
    sure: dict[int, list[float]] = {}
    all_steps: dict[int, list[float]] = {}
    for run in runs:
        for above, line in pairwise(run):
            if above.pipe or line.pipe or _other_style(above, line):
                continue
            step, key = line.y - above.y, round(line.size)
            all_steps.setdefault(key, []).append(step)
            if line.text[:1].islower() and not _ends(above.text):
                sure.setdefault(key, []).append(step)

    def usual(size: float) -> float:
        key = round(size)
        if len(sure.get(key, ())) >= 2:
            return median(sure[key])
        steps = sorted(all_steps.get(key, ()))
        return min(steps[len(steps) // 4], 1.6 * size) if steps else 1.25 * size

    return usual


def _other_style(above: TextLine, line: TextLine) -> bool:
    return _differs(above.size, line.size)


def _differs(one: float, other: float) -> bool:
    return abs(one - other) > _OTHER_SIZE * max(one, other)


def _ends(text: str) -> bool:
    return bool(_TERMINAL.search(text))


def _edges(run: Sequence[TextLine]) -> list[float]:
    """For each line where the text's right edge is: that of its neighbours where they show one, else the run's."""
    far = max((line.x1 for line in run), default=0.0)
    near = min((line.x0 for line in run), default=0.0)
    edges = []
    for index in range(len(run)):
        close = _neighbours(run, index)
        edge = max(line.x1 for line in close)
        straight = sum(1 for line in close if line.x1 > edge - 1.5) >= 3
        long = median(len(line.text) for line in close) >= _LONG_LINE or edge - near > 0.6 * (far - near)
        edges.append(edge if straight or (len(close) >= 3 and long) else far)
    return edges


def _neighbours(run: Sequence[TextLine], index: int) -> list[TextLine]:
    """The line and up to three above and below that follow without a gap in the same type."""
    found = [run[index]]
    for steps in (range(index, max(index - 3, 0), -1), range(index + 1, min(index + 4, len(run)))):
        for below in steps:
            above, line = run[below - 1], run[below]
            if _other_style(above, line) or line.y - above.y > 1.9 * line.size or line.pipe or above.pipe:
                break
            found.append(above if below <= index else line)
    return found


def _is_full(above: TextLine, line: TextLine, edge: float) -> bool:
    """True when the line's first word would not have fitted on the line above."""
    return above.x1 + 0.25 * above.size + line.first > edge - 0.3 * above.size


def _begins(run: Sequence[TextLine], index: int, full: bool) -> str:
    """How a list item, numbered heading or bold heading begins at the line: "line" or "gap"; "" when none does."""
    above, line = run[index - 1], run[index]
    mark = _BULLET.match(line.text)
    goes_on = full and not _ends(above.text)
    moved = abs(line.x0 - above.x0) > _INDENT * line.size
    if _NUMBERED.match(line.text) and not (goes_on and not moved and above.bold == line.bold):
        return "gap"
    if _NUMBERED.match(above.text) and not goes_on:
        return "gap"
    if line.text[0] in _RAISED:
        return "line"
    within = full and not above.text.endswith(":") and line.text[2:].lstrip()[:1].islower()
    if mark and mark["mark"][0] in _DASHES and (goes_on or within) and not (moved or _in_dash_list(run, index)):
        return ""
    if mark and (mark["mark"][0].isdigit() or mark["mark"] == "o") and goes_on and not moved:
        return ""
    if mark:
        return "gap" if mark["mark"][0] in _DASHES and not _ends(above.text) else "line"
    if above.bold != line.bold and not (goes_on and line.text[:1].islower()):
        return "gap"
    return ""


def _in_dash_list(run: Sequence[TextLine], index: int) -> bool:
    """True when a line near above begins with the same dash at the same place."""
    line = run[index]
    near = run[max(0, index - 6) : index]
    return any(other.text[:2] == line.text[:2] and abs(other.x0 - line.x0) < 1 for other in near)


def _indented(run: Sequence[TextLine], index: int) -> bool:
    """True when the line is set in from the one above and the one below it goes back, as a paragraph's first line."""
    line, above = run[index], run[index - 1]
    below = run[index + 1] if index + 1 < len(run) else None
    inset = line.x0 - above.x0 > _INDENT * line.size
    return inset and not _BULLET.match(above.text) and (below is None or line.x0 - below.x0 > _INDENT * line.size)


def _heading_like(above: TextLine, line: TextLine, body: float) -> bool:
    """True when the short line above is set off from a line that begins with a small letter."""
    return (above.bold and not line.bold) or (above.size > (1 + _OTHER_SIZE) * body and above.size > line.size)


def _list_shifts(run: Sequence[TextLine]) -> list[int]:
    """How many spaces each list item is set in under the first item of its list."""
    shifts = []
    first: float | None = None
    for line in run:
        marked = bool(_BULLET.match(line.text)) and not line.pipe
        if marked and (first is None or line.x0 < first - 2):
            first = line.x0
        elif not marked and line.text[:1].isupper() and first is not None and line.x0 <= first + 1:
            first = None
        inset = line.x0 - first if marked and first is not None else 0.0
        shifts.append(max(0, round(2 * inset / line.size)) if inset > _INDENT * line.size else 0)
    return shifts


# Writing


def _without_second_headers(pages: Sequence[list[_Placed]]) -> list[list[_Placed]]:
    """Drops the header that a table repeats where it goes on at the top of the next page."""
    header = ""
    result = []
    for page in pages:
        goes_on = bool(header) and bool(page) and page[0].pipe
        lines = page[1:] if goes_on and page[0].text == header else page
        result.append(lines)
        if not lines or not lines[-1].pipe:
            header = ""
            continue
        start = len(lines)
        while start and lines[start - 1].pipe and (start == len(lines) or not lines[start].gap):
            start -= 1
        header = header if goes_on and start == 0 else lines[start].text
    return result


def _written(lines: Sequence[_Placed], before: Sequence[_Placed]) -> str:
    """The page's text. A blank line first keeps what begins here from what the page before ended with."""
    goes_on = bool(before) and bool(lines) and before[-1].open and not _differs(before[-1].size, lines[0].size)
    text = "" if goes_on or not lines or not before else "\n"
    for index, line in enumerate(lines):
        text += ("\n\n" if line.gap and index else "\n" if index else "") + line.text
    return text
