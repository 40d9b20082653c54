"""A document as HTML: its sections under their headings, its text in paragraphs, lists and tables, cited words marked.

Offsets are characters into the document's text, and every character of it is shown once, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from assistant.types import Document, Section
from assistant.web import texts
from assistant.web.cards import place_link

#: Between two cells of a table's row, as the reader writes them.
_CELL_GAP = " · "
_ITEM = re.compile(r"( *)[•‒] ")
#: The deepest heading that HTML has, and that of a document's outermost section.
_DEEPEST, _OUTERMOST = 6, 4


@dataclass(frozen=True, slots=True)
class Mark:
    """Words to mark, and whether they are those that the document was opened at."""

    start: int
    end: int
    now: bool = False


def ordered_marks(spans: Sequence[tuple[int, int]], now: tuple[int, int] | None) -> tuple[Mark, ...]:
    """The spans in reading order without overlap: one that lies in an earlier one is cut, and `now` is never cut."""
    wanted = sorted({span for span in spans if span[1] > span[0]} - {now} if now else set(spans))
    marks = [Mark(*now, now=True)] if now and now[1] > now[0] else []
    for start, end in wanted:
        first, last = start, end
        for mark in marks:
            if first < mark.end and mark.start < last:
                first, last = (first, mark.start) if first < mark.start else (mark.end, last)
        if first < last:
            marks.append(Mark(first, last))
    return tuple(sorted(marks, key=lambda mark: mark.start))


def contents_html(document: Document) -> str:
    """The sections as a tree of links, as deep as their headings lie."""
    html, depth = "", 0
    for number, section in enumerate(document.sections):
        wanted = len(section.path)
        if not wanted:
            continue
        if depth >= wanted:
            html += "</li></ul>" * (depth - wanted) + "</li><li>"
        else:
            html += '<ul role="list"><li>' * (wanted - depth)
        depth = wanted
        html += _section_link(document, section, number)
    return html + "</li></ul>" * depth


def _section_link(document: Document, section: Section, number: int) -> str:
    address = place_link(document.source.id, section.start, section.start)
    return f'<a href="{address}" data-section="avsnitt-{number}">{escape(section.path[-1])}</a>'


def body_html(document: Document, marks: Sequence[Mark]) -> str:
    """The whole text. Marks have ids `plats-1`, `plats-2` … where they begin."""
    writer = _Writer(document.text, marks, [(page.start, page.label) for page in document.pages])
    sections = document.sections or (Section((), 0, len(document.text)),)
    return "".join(_section_html(writer, section, number) for number, section in enumerate(sections))


def _section_html(writer: _Writer, section: Section, number: int) -> str:
    blocks = list(_blocks(writer.text, section.start, section.end))
    html = ""
    if section.path and blocks:
        start, end = blocks.pop(0)
        level = min(_OUTERMOST + len(section.path) - 1, _DEEPEST)
        html = f"{writer.page_starts(end)}<h{level}>{writer.words(start, end)}</h{level}>"
    body = "".join(writer.page_starts(end) + _block_html(writer, start, end) for start, end in blocks)
    return f'<section class="kd-part" id="avsnitt-{number}" data-start="{section.start}">{html}{body}</section>'


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the paragraphs between blank lines lie."""
    for found in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text[start:end]):
        yield start + found.start(), start + found.end()


def _block_html(writer: _Writer, start: int, end: int) -> str:
    """A paragraph, or lines of it that are list items or rows of a table, each kind in its own element."""
    lines = list(_lines(writer.text, start, end))
    runs = groupby(lines, key=lambda line: _kind_of(writer.text[line[0] : line[1]]))
    return "".join(_run_html(writer, kind, list(run)) for kind, run in runs)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _kind_of(line: str) -> str:
    if _ITEM.match(line):
        return "item"
    return "row" if _CELL_GAP in line else "words"


def _run_html(writer: _Writer, kind: str, lines: Sequence[tuple[int, int]]) -> str:
    if kind == "item":
        return f"<ul>{''.join(_item_html(writer, *line) for line in lines)}</ul>"
    if kind == "row":
        return f"<table><tbody>{''.join(_row_html(writer, *line) for line in lines)}</tbody></table>"
    return f"<p>{writer.words(lines[0][0], lines[-1][1])}</p>"


def _item_html(writer: _Writer, start: int, end: int) -> str:
    mark = _ITEM.match(writer.text[start:end])
    inner = ' class="kd-inner"' if mark and mark.group(1) else ""
    return f"<li{inner}>{writer.words(start + (mark.end() if mark else 0), end)}</li>"


def _row_html(writer: _Writer, start: int, end: int) -> str:
    cells, at = [], start
    for cell in writer.text[start:end].split(_CELL_GAP):
        cells.append(f"<td>{writer.words(at, at + len(cell))}</td>")
        at += len(cell) + len(_CELL_GAP)
    return f"<tr>{''.join(cells)}</tr>"


class _Writer:
    """Escapes words of a text and sets the marks that lie in them."""

    def __init__(self, text: str, marks: Sequence[Mark], pages: Sequence[tuple[int, str]] = ()) -> None:
        self.text = text
        self._pages = list(pages)
        self._marks = marks
        self._begun: set[int] = set()

    def page_starts(self, end: int) -> str:
        """Where the pages begin that begin before `end` and have not been told yet; their names are no text."""
        html = ""
        while self._pages and self._pages[0][0] < end:
            start, label = self._pages.pop(0)
            name = escape(texts.PAGE.format(label=label))
            html += f'<span class="kd-page-start" data-start="{start}" data-label="{name}"></span>'
        return html

    def words(self, start: int, end: int) -> str:
        """The characters from `start` to `end`; a mark that goes on from an earlier place goes on here."""
        html, at = "", start
        for number, mark in enumerate(self._marks, 1):
            first, last = max(mark.start, at), min(mark.end, end)
            if first < last:
                html += escape(self.text[at:first]) + self._marked(number, mark, first, last)
                at = last
        return html + escape(self.text[at:end])

    def _marked(self, number: int, mark: Mark, first: int, last: int) -> str:
        name = "" if number in self._begun else f' id="plats-{number}" tabindex="-1"'
        self._begun.add(number)
        now = ' class="kd-now"' if mark.now else ""
        place = f'data-mark="{number}" data-span="{mark.start}-{mark.end}"'
        return f"<mark{name}{now} {place}>{escape(self.text[first:last])}</mark>"


def page_label(document: Document, start: int) -> str | None:
    """What the page is called that the character stands on; None in formats without pages."""
    return next((page.label for page in document.pages if page.start <= start < max(page.end, page.start + 1)), None)


def picture_html(document: Document, label: str, address: str, framed: bool) -> str:
    """A page as a picture, with links to the pages beside it; `address` is a data address of our own making."""
    words = (texts.PAGE_PICTURE if framed else texts.PAGE_PICTURE_WHOLE).format(label=label)
    return (
        f'<figure class="kd-page"><figcaption><span>{escape(texts.PAGE.format(label=label))}</span>'
        f"{_beside(document, label)}</figcaption>"
        f'<img src="{escape(address)}" alt="{escape(words)}"></figure>'
    )


def _beside(document: Document, label: str) -> str:
    """Links to the page before and the page after, where there is text on them."""
    labels = [page.label for page in document.pages]
    at = labels.index(label)
    links = ((at - 1, texts.PREVIOUS_PAGE), (at + 1, texts.NEXT_PAGE))
    return "".join(
        f'<a class="kd-link" href="{place_link(document.source.id, page.start, page.start)}">{escape(words)}</a>'
        for index, words in links
        if 0 <= index < len(labels)
        for page in (document.pages[index],)
    )
