"""`Page`s -> `Line`s: the visual lines of a document, cleaned of what is not text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.types import Page

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00a0": " ", "\u2007": " ", "\u202f": " "}
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0e-\x1f]")
_MARKDOWN = re.compile(r"\*\*|__|(?<!\w)\*(?=\S)|(?<=\S)\*(?=$|[\s.,;:!?)\]\"”¹²³⁴⁵⁶⁷⁸⁹⁰–-])|`")
_PAGE_NUMBER = re.compile(r"^(?:(?:sida|sid\.?|s\.)\s*)?\d{1,4}(?:\s*(?:\(|av|/)\s*\d{1,4}\)?)?$", re.IGNORECASE)
_DOWNLOAD = re.compile(r"\b(?:pdf|docx?|xlsx?|pptx?)\b,?\s+\d+(?:[.,]\d+)?\s*[kMG]B\.?$", re.IGNORECASE)
#: A run of this many blank lines or more is a page or slide break where lines are double-spaced.
_BREAK_GAP = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line. `gap` is the number of blank lines above it, `sheet` counts pages or slides from 0.

    `hollow` says that a line of nothing but spaces follows, which in a flattened table is an empty cell.
    """

    text: str
    indent: int
    gap: int
    sheet: int
    page: str | None
    raw: str
    hollow: bool = False


def read_lines(pages: Sequence[Page]) -> tuple[Line, ...]:
    """The lines that hold text, with double spacing undone and page numbers and download links left out."""
    lines = _without_page_numbers([line for line in _lines(pages) if not _DOWNLOAD.search(line.text)])
    return tuple(_undouble(lines) if _double_spaced(lines) else lines)


def tidy(text: str) -> str:
    """One line in Unicode NFC without invisible characters or runs of spaces; every other character stays."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text).translate(_LIGATURES)).split())


def clean(text: str) -> str:
    """As `tidy`, without Markdown emphasis too."""
    return " ".join(_MARKDOWN.sub("", tidy(text)).split())


def _lines(pages: Sequence[Page]) -> Iterable[Line]:
    for sheet, page in enumerate(pages):
        gap = 0
        pending: Line | None = None
        for raw in page.text.split("\n"):
            text = clean(raw)
            if not text:
                gap += 1
                if raw and pending:
                    pending = replace(pending, hollow=True)
                continue
            if pending:
                yield pending
            pending = Line(text, len(raw) - len(raw.lstrip()), gap, sheet, page.label, raw)
            gap = 0
        if pending:
            yield pending


def _without_page_numbers(lines: list[Line]) -> list[Line]:
    """Leaves out a lone page number first or last on a page; only where the format has pages."""
    kept = []
    for index, line in enumerate(lines):
        first = index == 0 or lines[index - 1].sheet != line.sheet
        last = index + 1 == len(lines) or lines[index + 1].sheet != line.sheet
        if not (line.page is not None and (first or last) and _PAGE_NUMBER.match(line.text)):
            kept.append(line)
    return kept


def _double_spaced(lines: Sequence[Line]) -> bool:
    """True when a blank line stands between most lines, also inside sentences.

    A few sentences cut by a page break do not make a document double-spaced: it takes a fourth of its lines.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if a.sheet == b.sheet]
    inside = [b.gap for a, b in pairs if b.text[:1].islower() and a.text[-1:] not in ".!?:"]
    return len(inside) >= max(5, len(pairs) / 4) and sum(1 for gap in inside if gap == 1) > 0.7 * len(inside)


def _undouble(lines: Sequence[Line]) -> list[Line]:
    """Single spacing: a lone blank line means nothing, none at all a box of its own, three or more a new sheet.

    Where pages were put together one after another, a page begins right below the one before, with a space.
    """
    result = []
    sheet = 0
    for index, line in enumerate(lines):
        new_page = index > 0 and line.sheet != lines[index - 1].sheet
        breaks = line.gap >= _BREAK_GAP or new_page or (index > 0 and line.gap == 0 and line.indent > 0)
        sheet += index > 0 and breaks
        gap = 2 if breaks else 1 if line.gap == 0 else 0
        result.append(replace(line, gap=gap, sheet=sheet))
    return result
