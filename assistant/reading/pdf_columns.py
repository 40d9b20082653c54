"""Columns: a page's words cut into regions in reading order.

A recursive XY-cut (G. Nagy, S. Seth, "Hierarchical representation of optically scanned documents", ICPR 1984), with
the vertical cuts chosen as the tallest white rectangles between words (T. Breuel, "Two geometric algorithms for layout
analysis", DAS 2002), so that a heading across the columns ends the cut above it and begins another below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from assistant.reading.blocks import _BULLET
from assistant.reading.pdf_content import Word
from assistant.reading.pdf_words import main_size, rows_of, text_line

Rows = list[list[Word]]

#: A gutter's least width in shares of the font size: over many rows, over some, and over few, where the gaps of
#: justified text may lie over each other by chance.
_NARROW, _WIDE, _WIDEST = 0.8, 1.2, 2.2
_MANY_ROWS, _SOME_ROWS, _LEAST_ROWS = 8, 5, 3
#: A page is at most so many bits wide in the masks of what is covered.
_MOST_BITS = 1200
_DEPTH = 8
#: So many of a column's lines begin at its edge or at one indent.
_STRAIGHT = 0.6
#: Lines of running text: so long, in characters and as a share of the column; so many begin with a small letter.
_PROSE_CHARS, _PROSE_FULL, _PROSE_SMALL = 14, 0.6, 0.3
#: At most so many lines under the end of the other column may be the heading of what follows below both.
_HEADING_ROWS = 3


class _Gutter(NamedTuple):
    """White from `x0` to `x1` points beside rows `start` to `end` (exclusive), with `score` rows on the poorer side."""

    score: int
    x0: float
    x1: float
    start: int
    end: int


def regions(words: Sequence[Word]) -> list[list[Word]]:
    """The words in groups to be read one after another, each of one column."""
    return _cut(list(words), _DEPTH) if words else []


def _cut(words: list[Word], depth: int) -> list[list[Word]]:
    rows = rows_of(words)
    if depth == 0 or len(rows) < _LEAST_ROWS:
        return [words] if words else []
    for found in _gutters(rows, main_size(words))[:6]:
        gutter = _trimmed(rows, found)
        left, right = _sides(rows, gutter)
        if len(left) >= _LEAST_ROWS and len(right) >= _LEAST_ROWS and _are_columns(left, right):
            parts = (rows[: gutter.start], left, right, rows[gutter.end :])
            return [region for part in parts for region in _cut([word for row in part for word in row], depth - 1)]
    return [words]


def _sides(rows: Rows, gutter: _Gutter) -> tuple[Rows, Rows]:
    middle = (gutter.x0 + gutter.x1) / 2
    inside = rows[gutter.start : gutter.end]
    left = [[word for word in row if word.x0 < middle] for row in inside]
    right = [[word for word in row if word.x0 >= middle] for row in inside]
    return [row for row in left if row], [row for row in right if row]


def _gutters(rows: Rows, size: float) -> list[_Gutter]:
    """The tallest gutters from each row downwards, the best first."""
    right = max(word.x1 for row in rows for word in row)
    left = min(word.x0 for row in rows for word in row)
    unit = max(1.0, (right - left) / _MOST_BITS)
    masks = [_mask(row, left, unit) for row in rows]
    page = (1 << (int((right - left) / unit) + 1)) - 1
    width = max(int(_NARROW * size / unit), 3)
    found: list[_Gutter] = []
    reached = -1
    for start in range(len(rows)):
        covered, end = 0, start
        while end < len(rows) and _runs_exist(page & ~(covered | masks[end]), width):
            covered |= masks[end]
            end += 1
        if end > reached and end - start >= _LEAST_ROWS:
            reached = end
            for low, high in _white(covered, width):
                found.append(_scored(rows, masks, start, end, low, high, left, unit))
    enough = [item for item in found if item.score >= _LEAST_ROWS and _wide_enough(item, size)]
    return sorted(enough, key=lambda item: (-item.score, item.x0 - item.x1))


def _mask(row: Sequence[Word], left: float, unit: float) -> int:
    mask = 0
    for word in row:
        low, high = int((word.x0 - left) / unit), int((word.x1 - left) / unit) + 1
        mask |= ((1 << max(high - low, 1)) - 1) << max(low, 0)
    return mask


def _runs_exist(free: int, width: int) -> bool:
    """True when `width` bits in a row are free."""
    done = 1
    while done < width and free:
        step = min(done, width - done)
        free &= free >> step
        done += step
    return bool(free)


def _white(covered: int, width: int) -> list[tuple[int, int]]:
    """The free runs of at least `width` bits with something on both sides, as (low, high)."""
    bits = bin(covered)[2:][::-1]
    found = []
    place = bits.find("1")
    while (low := bits.find("0", place)) >= 0 and place >= 0:
        high = bits.find("1", low)
        if high < 0:
            break
        if high - low >= width:
            found.append((low, high))
        place = high
    return found


def _scored(
    rows: Rows, masks: Sequence[int], start: int, end: int, low: int, high: int, left: float, unit: float
) -> _Gutter:
    below, above = (1 << low) - 1, ~((1 << high) - 1)
    score = min(
        sum(1 for mask in masks[start:end] if mask & below), sum(1 for mask in masks[start:end] if mask & above)
    )
    return _Gutter(score, left + low * unit, left + high * unit, start, end)


def _wide_enough(gutter: _Gutter, size: float) -> bool:
    least = _NARROW if gutter.score >= _MANY_ROWS else _WIDE if gutter.score >= _SOME_ROWS else _WIDEST
    return gutter.x1 - gutter.x0 >= least * size - 1


def _trimmed(rows: Rows, gutter: _Gutter) -> _Gutter:
    """The gutter without rows above and below that stand over or under the columns, not in one."""
    start, end = gutter.start, gutter.end
    middle = (gutter.x0 + gutter.x1) / 2
    lefts = [index for index in range(start, end) if rows[index][0].x0 < middle]
    rights = [index for index in range(start, end) if rows[index][-1].x0 >= middle]
    if not lefts or not rights:
        return gutter
    if rows[lefts[0]][0].y - rows[rights[0]][0].y > 1.5 * rows[rights[0]][0].size:
        start = lefts[0]
    start = _without_lead(rows, start, lefts, rights)
    tail = [index for index in lefts if index > rights[-1]]
    heads = [index for index in tail[-_HEADING_ROWS:] if _set_apart(rows, index) and _heads(rows[index], rows[start])]
    if end < len(rows) and heads:
        end = heads[0]
    return gutter._replace(start=start, end=end)


def _without_lead(rows: Rows, start: int, lefts: Sequence[int], rights: Sequence[int]) -> int:
    """The first row of the columns: a heading in larger type over the left one belongs above both."""
    lead = [index for index in lefts if index < rights[0]]
    if 0 < len(lead) <= _HEADING_ROWS and _set_apart(rows, rights[0]) and len(lead) == rights[0] - start:
        return rights[0]
    return start


def _heads(row: Sequence[Word], body: Sequence[Word]) -> bool:
    """True for a row in bold or larger type, and for a ruled table."""
    return row[0].bold or row[0].size > 1.1 * body[0].size or row[0].text.startswith("\x00")


def _set_apart(rows: Rows, index: int) -> bool:
    """True when the row stands clearly lower than the one above."""
    return index > 0 and rows[index][0].y - rows[index - 1][0].y > 1.6 * main_size(rows[index - 1])


def _are_columns(left: Rows, right: Rows) -> bool:
    """True for two columns of running text or lists, false for a table's cells or a list's markers."""
    if not _straight(right):
        return False
    if _bulleted(left) and _bulleted(right):
        return True
    prose = [_is_prose(side) for side in (left, right)]
    if all(prose):
        return not _in_step(left, right)
    apart = _aligned_share(left, right) < 0.4
    return apart and all(_median_chars(side) >= 10 for side in (left, right)) and any(prose)


def _straight(rows: Rows) -> bool:
    """True when most lines begin at a few common places, as a column's do and the words after a gap in prose do not."""
    starts = Counter(round(row[0].x0 / 3) for row in rows)
    return sum(count for _, count in starts.most_common(2)) >= _STRAIGHT * len(rows)


def _is_prose(rows: Rows) -> bool:
    lines = [text_line(row) for row in rows]
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    full = sum(1 for line in lines if line.x1 - line.x0 >= _PROSE_FULL * (x1 - x0))
    small = sum(1 for line in lines[1:] if line.text[:1].islower())
    long = median(len(line.text) for line in lines) >= _PROSE_CHARS
    return long and full >= 0.5 * len(lines) and small >= _PROSE_SMALL * (len(lines) - 1)


def _bulleted(rows: Rows) -> bool:
    return any(_BULLET.match(text_line(row).text) and not row[0].text[0].isdigit() for row in rows)


def _median_chars(rows: Rows) -> float:
    return median(sum(len(word.text) for word in row) for row in rows)


def _aligned_share(left: Rows, right: Rows) -> float:
    """How many of the poorer side's rows have a row on the other side with the same baseline."""
    few, many = sorted((left, right), key=len)
    places = [row[0].y for row in many]
    return sum(1 for row in few if any(abs(row[0].y - y) < 1.0 for y in places)) / len(few)


def _in_step(left: Rows, right: Rows) -> bool:
    """True when paragraphs begin at the same heights on both sides, as in a table with long cells."""
    one, other = _starts(left), _starts(right)
    few, many = sorted((one, other), key=len)
    both = sum(1 for y in few if any(abs(y - place) < 1.5 for place in many))
    return len(few) >= 3 and both >= 0.8 * len(many)


def _starts(rows: Rows) -> list[float]:
    """The heights at which the lines begin after a gap."""
    places = [row[0].y for row in rows]
    steps = [b - a for a, b in pairwise(places)]
    usual = sorted(steps)[len(steps) // 4] if steps else 0.0
    return places[:1] + [place for place, step in zip(places[1:], steps, strict=True) if step > 1.25 * usual]
