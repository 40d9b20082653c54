"""`Word`s -> rows and `TextLine`s: what stands on one baseline, with spaces where the gaps say so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.reading.blocks import _HYPHEN_KEPT
from assistant.reading.pdf_content import Word

#: Words whose baselines differ by at most this share of the font size stand on one row; small ones may be raised more.
_SAME_ROW, _RAISED_ROW = 0.42, 0.65
#: The narrowest gap that is a space, in shares of the font size: half the font's own space within these bounds.
_LEAST_SPACE, _MOST_SPACE = 0.1, 0.2
#: A drawn space that leaves less than this share of the font size was taken back: it marks where a word may be broken.
_TAKEN_BACK = 0.02
#: In letter-spaced text this share of the words is a single letter, and the letters stand at most so far apart.
_LETTERS, _LETTER_GAP = 0.6, 0.6
#: Raised figures at most this share of the line's size are footnote marks.
_RAISED_SIZE, _RAISED = 0.8, 0.12
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ACCENT = re.compile(r"([¨˚´])\s?([aouAOUeE])")
_COMBINING = {"¨": "\u0308", "˚": "\u030a", "´": "\u0301"}
_ODD_BULLETS = frozenset("●■□❑❒➢➤►▶▸‣⁃◆♦○✓✔✗∙•\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf0a8")
_NOT_BEFORE_PART = frozenset(("och", "eller", "samt", "till"))


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text with its place in points. `first` is the width of its first word, `pipe` marks a table's row."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    first: float = 0.0
    words: tuple[Word, ...] = ()
    pipe: bool = False


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """The words by baseline from the top, each row from the left; raised and lowered figures go with their line."""
    rows: list[list[Word]] = []
    places: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        for index in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            y, size = places[index]
            if _on_row(word, y, size):
                rows[index].append(word)
                if word.size > size * 1.1:
                    places[index] = (word.y, word.size)
                break
        else:
            rows.append([word])
            places.append((word.y, word.size))
    ordered = sorted(zip(places, rows, strict=True), key=lambda pair: pair[0][0])
    return [_undoubled(sorted(row, key=lambda word: word.x0)) for _, row in ordered]


def _on_row(word: Word, y: float, size: float) -> bool:
    """True when the word stands on the row of that baseline and size: at its height, or small and raised over it."""
    larger, smaller = max(size, word.size), min(size, word.size)
    apart = word.y - y
    if smaller > _RAISED_SIZE * larger:
        return apart <= _SAME_ROW * larger
    return apart <= (_RAISED_ROW * larger if word.size > size else _SAME_ROW * smaller)


def _undoubled(row: list[Word]) -> list[Word]:
    """The row without words that were drawn twice, a hair apart, to look bold."""
    kept: list[Word] = []
    for word in row:
        hair = 0.12 * word.size
        if kept and word.x0 - kept[-1].x0 < hair:
            near = [other for other in kept[-3:] if word.x0 - other.x0 < hair and abs(word.y - other.y) < hair]
            if any(word.text == other.text for other in near):
                continue
        kept.append(word)
    return kept


def text_line(row: Sequence[Word]) -> TextLine:
    """The row as a line. Its size, weight and baseline are those of most of its letters."""
    size = main_size(row)
    body = [word for word in row if word.size >= _RAISED_SIZE * size] or list(row)
    letters = sum(len(word.text) for word in body)
    bold = sum(len(word.text) for word in body if word.bold) > 0.8 * letters
    y = median(word.y for word in body)
    text = _text(row, size, y)
    end = max(word.x1 for word in row)
    return TextLine(text, row[0].x0, end, y, size, bold, _first_width(row, size), tuple(row))


def main_size(words: Iterable[Word]) -> float:
    """The font size of most letters, in points, to the nearest tenth."""
    exact: dict[float, int] = {}
    for word in words:
        exact[word.size] = exact.get(word.size, 0) + len(word.text)
    sizes: Counter[float] = Counter()
    for size, letters in exact.items():
        sizes[round(size, 1)] += letters
    return sizes.most_common(1)[0][0] if sizes else 0.0


def joined(lines: Iterable[str]) -> str:
    """Lines as one, a word broken at a line's end put together as `blocks` does it."""
    text = ""
    for line in lines:
        text = join_wrapped(text, line) if text else line
    return text


def join_wrapped(head: str, text: str) -> str:
    if head.endswith("-") and text[:1].islower() and text.split(maxsplit=1)[0] not in _NOT_BEFORE_PART:
        return (head if _HYPHEN_KEPT.search(head) else head[:-1]) + text
    if head.endswith("/") or (head.endswith("-") and not head.endswith(" -") and text[:1].isupper()):
        return head + text
    return f"{head} {text}"


def _first_width(row: Sequence[Word], size: float) -> float:
    """How wide the row's first word is, all its parts together."""
    end = row[0].x1
    for before, word in pairwise(row):
        if word.spaced or word.x0 - before.x1 > _LEAST_SPACE * size:
            break
        end = word.x1
    return end - row[0].x0


def _text(row: Sequence[Word], size: float, y: float) -> str:
    least = _letter_spacing(row, size)
    text = ""
    for index, word in enumerate(row):
        part = word.text
        raised = word.size <= _RAISED_SIZE * size and y - word.y > _RAISED * size and part.strip(",").isdigit()
        if raised:
            part = part.translate(_SUPERSCRIPT)
        if index:
            before = row[index - 1]
            space = min(max(0.5 * word.space, _LEAST_SPACE * word.size), _MOST_SPACE * word.size)
            gap = word.x0 - before.x1
            drawn = word.spaced and abs(gap) > _TAKEN_BACK * size
            apart = drawn or gap > max(space, least) or gap < -2 * size
            text += " " if apart and not text.endswith(" ") else ""
        text += part + (" " if raised and not index else "")
    return _mended(text, row)


def _letter_spacing(row: Sequence[Word], size: float) -> float:
    """The gap in points that parts words where each letter stands apart; 0 for ordinary text."""
    if len(row) < 5 or sum(1 for word in row if len(word.text) == 1 and word.text.isalpha()) < _LETTERS * len(row):
        return 0.0
    usual = median(word.x0 - before.x1 for before, word in pairwise(row))
    return usual + 0.15 * size if 0 < usual <= _LETTER_GAP * size else 0.0


def _mended(text: str, row: Sequence[Word]) -> str:
    """Accents set apart, soft hyphens and foreign bullets made plain; NFC."""
    text = text.strip().replace("\u2010", "-").replace("\u2011", "-")
    if row[0].text in _ODD_BULLETS and len(row) > 1:
        text = "• " + text[1:].lstrip()
    if "\u00ad" in text:
        broken = text.endswith("\u00ad")
        text = text.replace("\u00ad", "") + ("-" if broken else "")
    if "¨" in text or "˚" in text or "´" in text:
        text = _ACCENT.sub(lambda match: match[2] + _COMBINING[match[1]], text)
    return unicodedata.normalize("NFC", text)
