"""Running heads and feet: what stands at the same height on page after page, and lone page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.reading.pdf_content import Word
from assistant.reading.pdf_words import main_size, rows_of, text_line

#: How far from the top and the foot a running head or foot may stand, in shares of the page's height, and within how
#: many rows; how far it may move between pages, in points; how much larger than the body it may be.
_ZONE, _ROWS, _DRIFT, _LARGEST = 0.17, 4, 7.0, 1.3
#: A ruled head, with the document's name and number in cells, may reach so far down.
_TABLE_ZONE = 0.25
#: The least pages that tell what repeats, and on what share of them (or on how many) it must stand.
_LEAST_PAGES, _SHARE, _TIMES = 3, 0.5, 3
_FIGURES = re.compile(r"\d+")
_NUMBER = re.compile(
    r"(?:(?:sida|sidan|sid\.?|s\.|page)\s*)?[-–]?\s*(?P<number>\d{1,4}|[ivxlc]{1,7})\s*[-–]?"
    r"(?P<of>\s*(?:\(\d{1,4}\)|(?:av|of|/)\s*\d{1,4}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as this file needs it: its words, height in points and label, and the words of each ruled table."""

    words: tuple[Word, ...]
    height: float
    label: str
    tables: tuple[frozenset[Word], ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that stand together near the top or foot. `key` is their text without figures, `sheet` counts from 0."""

    sheet: int
    key: str
    text: str
    y: float
    foot: bool
    outermost: bool
    size: float
    words: tuple[Word, ...]

    @property
    def figures(self) -> tuple[int, ...]:
        return tuple(int(figure[:9]) for figure in _FIGURES.findall(self.text))


def furniture(sheets: Sequence[Sheet], pages: int) -> list[frozenset[Word]]:
    """For each sheet the words that are its running head or foot or its number; the document has so many pages."""
    body = main_size(word for sheet in sheets for word in sheet.words)
    pieces = [piece for number, sheet in enumerate(sheets) for piece in _pieces(number, sheet)]
    gone: list[set[Word]] = [set() for _ in sheets]
    for piece in (*_repeated(pieces, pages, body), *_numbers(pieces, sheets)):
        gone[piece.sheet].update(piece.words)
    return [frozenset(words) for words in gone]


def _pieces(number: int, sheet: Sheet) -> Iterable[_Piece]:
    zone = _ZONE * sheet.height
    ruled = frozenset(word for table in sheet.tables for word in table)
    near = [w for w in sheet.words if (w.y < zone or w.y > sheet.height - zone) and w not in ruled]
    for table in sheet.tables:
        yield from _table_piece(number, sheet, table)
    rows = rows_of(near)
    top = [row for row in rows if row[0].y < zone][:_ROWS]
    foot = [row for row in rows if row[0].y > sheet.height - zone][-_ROWS:]
    for row in (*top, *foot):
        at_foot = row[0].y > sheet.height - zone
        outermost = row is (foot[-1] if at_foot else top[0])
        for words in _parts(row):
            text = text_line(words).text
            key = _FIGURES.sub("#", "".join(text.lower().split()))
            y = sheet.height - words[0].y if at_foot else words[0].y
            yield _Piece(number, key, text, y, at_foot, outermost, main_size(words), tuple(words))


def _table_piece(number: int, sheet: Sheet, table: frozenset[Word]) -> Iterable[_Piece]:
    """A whole ruled table that lies near the top or the foot."""
    words = sorted(table, key=lambda word: (word.y, word.x0))
    zone = _TABLE_ZONE * sheet.height
    at_foot = words[0].y > sheet.height - zone
    if at_foot or words[-1].y < zone:
        text = " ".join(word.text for word in words)
        key = _FIGURES.sub("#", text.lower().replace(" ", ""))
        y = sheet.height - words[0].y if at_foot else words[0].y
        yield _Piece(number, key, text, y, at_foot, False, main_size(words), tuple(words))


def _parts(row: Sequence[Word]) -> list[list[Word]]:
    """The row cut at its wide gaps: name to the left, date in the middle, number to the right."""
    parts = [[row[0]]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > 1.5 * word.size:
            parts.append([])
        parts[-1].append(word)
    return parts


def _repeated(pieces: Sequence[_Piece], pages: int, body: float) -> Iterable[_Piece]:
    """The pieces that stand on enough pages, at one height, with figures that stay or count the pages."""
    if pages < _LEAST_PAGES:
        return
    groups: dict[tuple[str, bool], list[_Piece]] = {}
    for piece in pieces:
        if piece.size <= _LARGEST * body or len(piece.key) == 1:
            groups.setdefault((piece.key, piece.foot), []).append(piece)
    for group in groups.values():
        for level in _levels(group):
            sheets = len({piece.sheet for piece in level})
            often = sheets >= _SHARE * pages or (sheets >= _TIMES and all(piece.outermost for piece in level))
            if sheets >= 2 and often:
                yield from _counting(level)


def _levels(group: Sequence[_Piece]) -> list[list[_Piece]]:
    """The pieces in groups that stand at the same height."""
    levels: list[list[_Piece]] = []
    for piece in sorted(group, key=lambda piece: piece.y):
        if not levels or piece.y - levels[-1][0].y > _DRIFT:
            levels.append([])
        levels[-1].append(piece)
    return levels


def _counting(level: Sequence[_Piece]) -> Iterable[_Piece]:
    """The pieces whose figures are those of most others, or that differ from the page's place as most others do."""
    if not level[0].figures:
        return level
    votes: dict[tuple[int, ...], int] = {}
    for piece in level:
        for sign in _signs(piece):
            votes[sign] = votes.get(sign, 0) + 1
    best = max(votes.values())
    if best < max(2, 0.5 * len(level)):
        return ()
    usual = {sign for sign, count in votes.items() if count == best}
    return (piece for piece in level if usual & set(_signs(piece)))


def _signs(piece: _Piece) -> set[tuple[int, ...]]:
    """What the figures have in common with other pages': each figure as it is, or less the page's place."""
    figures = piece.figures
    signs = set()
    for mask in range(1 << min(len(figures), 3)):
        signs.add(
            (mask, *(figure - piece.sheet if mask >> index & 1 else figure for index, figure in enumerate(figures)))
        )
    return signs


def _numbers(pieces: Sequence[_Piece], sheets: Sequence[Sheet]) -> Iterable[_Piece]:
    """Lone page numbers outermost on the page: the page's label, its place, or one that says of how many."""
    for piece in pieces:
        match = _NUMBER.fullmatch(piece.text.strip())
        alone = match and piece.outermost
        if match and alone:
            number = match["number"].lower()
            if match["of"] or number in (sheets[piece.sheet].label.lower(), str(piece.sheet + 1)):
                yield piece
