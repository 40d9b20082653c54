"""Saved web pages -> `RawDocument`: the main content of the page, by Beautiful Soup. Nothing is run or fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.blocks import Block, BlockKind
from assistant.reading.docx import join_cell
from assistant.reading.lines import tidy
from assistant.reading.office import item_marker, ordinal, superscript
from assistant.reading.raw import RawDocument
from assistant.reading.tables import row_text
from assistant.reading.text import _decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement, Tag

#: A larger page, or one of more tags or with more of them within each other, is no page that someone wrote.
_LARGEST, _MOST_TAGS, _DEEPEST = 20_000_000, 300_000, 200
#: The main part must hold so large a share of the page's words, or so many, to be trusted.
_LEAST_SHARE, _LEAST_WORDS = 0.5, 30
#: A form of more words is the page itself.
_FORM_WORDS = 150
#: A list or box is navigation when so large a share of its words are links, and it has so many.
_LINK_SHARE, _LEAST_LINKS = 0.7, 3
_NEVER_TEXT = (
    "script style noscript template svg math iframe object embed video audio canvas map button input select textarea "
    "datalist head del dialog"
).split()
_AROUND = ["nav", "footer", "aside"]
_CONTENT = ["main", "article", "h1", "body"]
_AROUND_ROLES = frozenset(
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar".split()
)
_AROUND_NAMES = re.compile(
    r"cookie|consent|gdpr|breadcrumb|brodsmul|skip-?(?:link|to|nav)|(?:^|[\s_-])(?:share|social|dela)(?:$|[\s_-])", re.I
)
_INVISIBLE_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "p div section article main header footer blockquote figure figcaption address pre details summary fieldset legend "
    "center hgroup form body html hr search".split()
)
_OLD_LATIN = frozenset({"iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii"})
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\u00a0]*\n\s*")
_LIST_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: No cell spans columns beyond this one, whatever it claims.
_WIDEST = 100
#: What stands in the text for a line break that was asked for; line breaks in the file mean nothing.
_BREAK = "\n"


def read_html(path: Path) -> RawDocument:
    """The page's headings, paragraphs, lists and tables in order. `ReadError` says why it cannot be read."""
    from bs4 import BeautifulSoup

    name = paths.shown(path)
    if path.stat().st_size > _LARGEST:
        raise ReadError(
            f'Kunde inte läsa "{name}": webbsidan är större än {_LARGEST // 1_000_000} MB. Spara bara texten, eller '
            "skriv ut sidan som PDF."
        )
    text = _text(path.read_bytes(), name)
    if text.count("<") > _MOST_TAGS:
        raise _unreasonable(name)
    page = BeautifulSoup(text, "lxml")
    if _depth(page) > _DEEPEST:
        raise _unreasonable(name)
    walk = _Walk()
    for root in _main(page):
        walk.read(root)
        walk.flush()
    if not any(block.text for block in walk.blocks):
        raise ReadError(
            f'Kunde inte läsa "{name}": webbsidan saknar läsbar text. Öppna den i webbläsaren och skriv ut den som PDF.'
        )
    return RawDocument(blocks=tuple(walk.blocks))


def _unreasonable(name: str) -> ReadError:
    return ReadError(f'Kunde inte läsa "{name}": webbsidan har orimligt många delar. Skriv ut den som PDF.')


def _depth(page: BeautifulSoup) -> int:
    """How many tags lie within each other at most."""
    depths = {id(page): 0}
    for tag in page.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    return max(depths.values())


def _text(data: bytes, name: str) -> str:
    """By the byte order mark, as UTF-8 where it is that, as what the page declares, else what it looks like."""
    from bs4.dammit import EncodingDetector

    try:
        data.decode("utf-8")
        declared = None
    except UnicodeDecodeError:
        marked = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
        declared = None if marked else EncodingDetector.find_declared_encoding(data, is_html=True)
    if declared:
        try:
            return data.decode("cp1252" if declared.lower() in _OLD_LATIN else declared)
        except (ValueError, LookupError):
            pass
    return _decode(data, name)


# The main part


def _main(page: BeautifulSoup) -> list[Tag]:
    """What holds the page's own text: <main>, its articles, or the body without what is mostly links."""
    from bs4.element import Comment

    for comment in page.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in page.find_all(_NEVER_TEXT):
        tag.decompose()
    body = page.body
    if body is None:
        return []
    _unwrap_forms(body)
    _drop(body, _is_around)
    total = _words(body)
    for selector, enough in (("main, [role=main]", _LEAST_WORDS), ("article", total)):
        found = body.select(selector)
        known = {id(tag) for tag in found}
        outermost = [tag for tag in found if not any(id(parent) in known for parent in tag.parents)]
        words = sum(_words(tag) for tag in outermost)
        if words and words >= min(enough, _LEAST_SHARE * total):
            return outermost
    _drop(body, _is_links)
    return [body]


def _unwrap_forms(body: Tag) -> None:
    """A form goes, unless the whole page lies in it, as some publishing systems have it."""
    for form in body.find_all("form"):
        if form.find(["main", "article", "h1"]) or _words(form) > _FORM_WORDS:
            form.unwrap()
        else:
            form.decompose()


def _drop(body: Tag, unwanted: Callable[[Tag], bool]) -> None:
    for tag in body.find_all(True):
        if not tag.decomposed and unwanted(tag):
            tag.decompose()


def _is_around(tag: Tag) -> bool:
    """Navigation, banners, what is hidden: all that is not the page's own text."""
    if tag.name in _AROUND or _attribute(tag, "role").lower() in _AROUND_ROLES:
        return True
    if tag.name == "header":
        return tag.find_parent(["main", "article"]) is None and tag.find("main") is None
    hidden = tag.has_attr("hidden") and _attribute(tag, "hidden") != "until-found"
    if hidden or _attribute(tag, "aria-hidden") == "true" or _INVISIBLE_STYLE.search(_attribute(tag, "style")):
        return True
    names = f"{_attribute(tag, 'id')} {_attribute(tag, 'class')}"
    return bool(_AROUND_NAMES.search(names)) and tag.name not in _CONTENT and tag.find(_CONTENT) is None


def _is_links(tag: Tag) -> bool:
    """A menu without a name: a box most of whose words are links."""
    if tag.name not in ("ul", "ol", "div", "section", "table"):
        return False
    links = tag.find_all("a")
    return len(links) >= _LEAST_LINKS and sum(_words(link) for link in links) >= _LINK_SHARE * _words(tag)


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else " ".join(value or ())


def _words(tag: Tag) -> int:
    return len(tag.get_text(" ").split())


# Its blocks


@dataclass
class _List:
    """An open list, with the number of its last item where it is numbered."""

    ordered: bool
    style: str = "decimal"
    number: int = 0


@dataclass
class _Walk:
    """Gathers the blocks of a tree. `_text` waits to become one; as an item with that number where `_label` is one."""

    blocks: list[Block] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _label: str | None = None
    _as_typed: bool = False

    def read(self, parent: Tag) -> None:
        for node in parent.children:
            self._node(node)

    def flush(self) -> None:
        """Ends the block at hand: an item as one, other text in paragraphs at empty lines."""
        text, label = "".join(self._text), self._label
        self._text, self._label = [], None
        if label is not None:
            whole = tidy(f"{label} {text}")
            if tidy(text):
                self._put("item", whole, max(1, len(self._lists)), item_marker(label) if label else "•")
            return
        for part in _PARAGRAPH_BREAK.split(text):
            if tidy(part):
                self._put("paragraph", tidy(part))

    def _put(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> None:
        self.blocks.append(Block(kind, text, 0, level, 0, marker, ((0, None),)))

    def _node(self, node: PageElement) -> None:
        from bs4.element import NavigableString, PreformattedString, Tag

        if isinstance(node, Tag):
            self._tag(node)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            self._text.append(str(node) if self._as_typed else re.sub(r"\s+", " ", str(node)))

    def _tag(self, tag: Tag) -> None:
        if tag.name in _HEADINGS:
            self._heading(tag)
        elif tag.name in ("ul", "ol", "menu", "dir"):
            self._list(tag)
        elif tag.name == "li":
            self._item(tag)
        elif tag.name == "table":
            self.flush()
            self._table(tag)
        elif tag.name == "dl":
            self.flush()
            self._definitions(tag)
        elif tag.name in _BLOCKS:
            self._block(tag)
        else:
            self._inline(tag)

    def _block(self, tag: Tag) -> None:
        """A block of its own, but within a list item, before any list in it, a part of that item."""
        within, self._as_typed = self._as_typed, self._as_typed or tag.name == "pre"
        if self._label is not None:
            self._text.append(" ")
            self.read(tag)
            self._text.append(" ")
        else:
            self.flush()
            self.read(tag)
            self.flush()
        self._as_typed = within

    def _inline(self, tag: Tag) -> None:
        if tag.name == "br":
            self._text.append(_BREAK)
        elif tag.name == "sup":
            self._text.append(superscript(tag.get_text().strip()))
        elif tag.name == "q":
            self._text.append("”")
            self.read(tag)
            self._text.append("”")
        else:
            self.read(tag)

    def _heading(self, tag: Tag) -> None:
        self.flush()
        inner = _Walk()
        inner.read(tag)
        text = tidy("".join(inner._text))
        if text:
            self._put("heading", text, _HEADINGS[tag.name])

    def _list(self, tag: Tag) -> None:
        self.flush()
        style = _LIST_STYLES.get(_attribute(tag, "type"), "decimal")
        self._lists.append(_List(tag.name == "ol", style, _number(tag, "start", 1) - 1))
        self.read(tag)
        self.flush()
        self._lists.pop()

    def _item(self, tag: Tag) -> None:
        self.flush()
        current = self._lists[-1] if self._lists else _List(False)
        current.number = _number(tag, "value", current.number + 1)
        self._label = f"{ordinal(current.number, current.style)}." if current.ordered else ""
        self.read(tag)
        self.flush()

    # Tables

    def _definitions(self, tag: Tag) -> None:
        """Each term with what is said of it on one row."""
        term = ""
        for part in tag.find_all(["dt", "dd"]):
            if part.find_parent("dl") is not tag:
                continue
            text = _cell_text(part)
            if part.name == "dt":
                self._lone(term)
                term = text
            elif text:
                self._put("row", row_text([term.rstrip(":")], [text]))
                term = ""
        self._lone(term)

    def _lone(self, text: str) -> None:
        if text:
            self._put("paragraph", text)

    def _table(self, table: Tag) -> None:
        rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        grid = _grid(rows)
        columns = max((len(row) for row in grid), default=0)
        caption = table.find("caption")
        if caption and caption.find_parent("table") is table:
            self._lone(_cell_text(caption))
        if columns <= 1 or len(grid) == 1 or _is_layout(table):
            for cell in (cell for row in rows for cell in _cells(row)):
                self.flush()
                self.read(cell)
                self.flush()
            return
        headers = _header_rows(rows, grid)
        names = [
            " ".join(part for part in column if part) for column in zip(*_texts(grid[:headers], columns), strict=True)
        ]
        for row, texts in zip(grid[headers:], _texts(grid[headers:], columns), strict=True):
            paired = not headers and columns == 2 and row[0] is not None and row[0].name == "th"
            text = row_text([texts[0].rstrip(":")], texts[1:]) if paired else row_text(names or [""] * columns, texts)
            if text:
                self._put("row", text)


def _number(tag: Tag, name: str, otherwise: int) -> int:
    value = _attribute(tag, name).strip()
    return int(value) if re.fullmatch(r"\d{1,6}", value, re.ASCII) else otherwise


def _cell_text(cell: Tag) -> str:
    walk = _Walk()
    walk.read(cell)
    walk.flush()
    return join_cell([block.text for block in walk.blocks])


def _cells(row: Tag) -> list[Tag]:
    return [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]


def _grid(rows: Sequence[Tag]) -> list[list[Tag | None]]:
    """The cells by row and column; None where a cell from above or from the left reaches."""
    grid: list[list[Tag | None]] = []
    reaching: dict[int, int] = {}
    for row in rows:
        line: list[Tag | None] = []
        for cell in _cells(row):
            _skip_covered(line, reaching)
            span = max(1, min(_number(cell, "colspan", 1), _WIDEST - len(line)))
            depth = max(1, _number(cell, "rowspan", 1))
            for column in range(len(line), len(line) + span):
                reaching[column] = depth
            line += [cell, *[None] * (span - 1)]
        _skip_covered(line, reaching)
        reaching = {column: left - 1 for column, left in reaching.items() if left > 1}
        if line:
            grid.append(line)
    return grid


def _skip_covered(line: list[Tag | None], reaching: dict[int, int]) -> None:
    while reaching.get(len(line)):
        line.append(None)


def _texts(grid: Sequence[Sequence[Tag | None]], columns: int) -> list[list[str]]:
    padded = ([*row, *[None] * (columns - len(row))] for row in grid)
    return [["" if cell is None else _cell_text(cell) for cell in row] for row in padded]


def _is_layout(table: Tag) -> bool:
    """A table that only places things on the page."""
    return _attribute(table, "role") in ("presentation", "none") or table.find([*_HEADINGS, "table"]) is not None


def _header_rows(rows: Sequence[Tag], grid: Sequence[Sequence[Tag | None]]) -> int:
    """How many rows name the columns: those marked so, else a first row that is all bold."""
    count = 0
    for row in rows[: len(grid) - 1]:
        if row.find_parent("thead") is None and not all(cell.name == "th" for cell in _cells(row)):
            break
        count += 1
    if count:
        return count
    first = [cell for cell in grid[0] if cell is not None]
    return int(all(_is_bold(cell) for cell in first))


def _is_bold(cell: Tag) -> bool:
    bold = "".join(tag.get_text() for tag in cell.find_all(["b", "strong"]))
    return bool(bold.strip()) and bold.split() == cell.get_text().split()
