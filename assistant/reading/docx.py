"""Word documents -> `RawDocument`.

Read with the standard library alone, from the format's own XML (ECMA-376): what matters for citing, such as footnotes,
automatic numbers and tracked changes, is out of reach of the libraries that write such files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.blocks import _HEADING_CHARS, _HEADING_WORDS, Block, BlockKind
from assistant.reading.lines import tidy
from assistant.reading.office import WORD, Package, item_marker, open_package, superscript
from assistant.reading.raw import RawDocument
from assistant.reading.tables import row_text
from assistant.reading.word_styles import (
    CONTENTS_STYLE,
    LIST_STYLE,
    LONGEST_HEADING,
    TITLE_STYLES,
    Numbering,
    Styles,
    attribute,
    is_on,
)

_CONTAINERS = frozenset("w-hyperlink w-ins w-moveTo w-smartTag w-fldSimple w-customXml w-dir w-bdo".split())
_SIGNS = {"w-tab": " ", "w-ptab": " ", "w-br": " ", "w-cr": " ", "w-noBreakHyphen": "-"}
_NOTE_MARKS = {"w-footnoteReference": "footnote", "w-endnoteReference": "endnote"}
_DRAWINGS = frozenset(("w-drawing", "w-pict", "w-object"))
#: Arrows that Word's autocorrection sets in a symbol font.
_SYMBOLS = {"F0E0": "→", "F0DF": "←", "F0E8": "→", "F0B0": "°", "F0B7": "•", "F0A7": "•"}
_TYPED_BULLET = re.compile(r"^(?P<mark>[•‒–▪◦·*\uf0b7\uf0a7-]|\d{1,2}[.)]|[a-zåäö]\))\s+(?=\S)")
#: No cell spans more columns than these, whatever it claims.
_WIDEST = 100
_CONTENTS_HEADINGS = frozenset({"innehåll", "innehållsförteckning"})
_TYPED_NUMBER = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s")


def read_docx(path: Path) -> RawDocument:
    """The body in order, as if every tracked change were accepted. The format has no pages: no mark has one.

    Footnotes and endnotes follow the block that cites them. Headers, footers, comments, hidden text and the table of
    contents are left out.
    """
    with open_package(path, WORD) as package:
        root = package.part(package.main)
        body = None if root is None else root.find("w-body")
        reader = _Reader(package, _titles(package, path))
        reader.read(body if body is not None else ())
        blocks = tuple(_bold_headings(reader.blocks, reader.bold)) if not reader.styled else tuple(reader.blocks)
    name = paths.shown(path)
    if not any(block.text for block in blocks):
        raise ReadError(
            f'Kunde inte läsa "{name}": dokumentet saknar text. Om texten är bilder: gör den sökbar (OCR) och spara '
            "som PDF."
        )
    return RawDocument(blocks=blocks, notes=tuple(f'"{name}": {note}' for note in sorted(reader.notes)))


def _titles(package: Package, path: Path) -> frozenset[str]:
    """What the document is called besides in its text: in its properties, and its file."""
    links = (link.target for link in package.relations("").values() if link.kind == "core-properties")
    properties = next((package.part(target) for target in links), None)
    title = "" if properties is None else properties.findtext("dc-title") or ""
    return frozenset(tidy(known.replace("_", " ")).casefold() for known in (title, path.stem))


@dataclass
class _Inline:
    """What stands in a paragraph: its text, the notes that it cites, its text boxes, and whether all of it is bold."""

    text: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    bold: bool = True
    fields: list[bool] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Adds text unless it belongs to a field's instruction, of which only the result is shown."""
        self.text += text if all(self.fields) else ""


class _Reader:
    """Walks the body and gathers `blocks`; `bold` holds the indexes of paragraphs that may be headings."""

    def __init__(self, package: Package, titles: frozenset[str]) -> None:
        self._styles = Styles(package.related(package.main, "styles"))
        self._numbering = Numbering(package.related(package.main, "numbering"), self._styles)
        self._notes = {
            kind: _notes(package.related(package.main, f"{kind}s"), kind) for kind in ("footnote", "endnote")
        }
        self._cited = {"footnote": 0, "endnote": 0}
        self._titles = titles
        self._carried: _Inline | None = None
        self.blocks: list[Block] = []
        self.bold: set[int] = set()
        self.styled = False
        self.notes: set[str] = set()

    def read(self, nodes: Sequence[Element] | Element) -> None:
        """Paragraphs and tables in order, with what lies around them opened."""
        for node in _opened(nodes):
            if node.tag == "w-p":
                self._paragraph(node)
            elif node.tag == "w-tbl":
                self._flush()
                self._table(node)
            elif node.tag == "w-altChunk":
                self.notes.add("ett infogat dokument lästes inte. Spara om filen i Word så att det blir en del av den.")
        self._flush()

    def _paragraph(self, node: Element) -> None:
        found = self._inline(node, self._carried or _Inline())
        self._carried = None
        marks = node.find("w-pPr/w-rPr")
        if marks is not None and (marks.find("w-del") is not None or marks.find("w-moveFrom") is not None):
            self._carried = found
            return
        text = tidy(found.text)
        hidden = marks is not None and not text and is_on(marks.find("w-vanish"))
        label = None if hidden else self._numbering.label(node)
        if any(CONTENTS_STYLE.match(name) for name in self._styles.names(node)):
            self._drop_contents_heading()
            return
        if text:
            self._add(node, text, label, found.bold)
        self._after(found)

    def _flush(self) -> None:
        """Text whose paragraph mark was deleted where no paragraph follows."""
        found, self._carried = self._carried, None
        if found and tidy(found.text):
            self._put("paragraph", tidy(found.text))
            self._after(found)

    def _after(self, found: _Inline) -> None:
        """The notes that were cited, then the text boxes that were anchored."""
        self._put_notes(found.notes)
        for box in found.boxes:
            self.read(box)

    def _put_notes(self, notes: Sequence[tuple[str, str]]) -> None:
        for sign, text in notes:
            self._put("footnote", f"{sign} {text}")

    def _put(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> None:
        self.blocks.append(Block(kind, text, 0, level, 0, marker, ((0, None),)))

    def _add(self, node: Element, text: str, label: tuple[int, str] | None, bold: bool) -> None:
        level = self._styles.heading_level(node)
        number = label[1] if label else ""
        if level and len(text) <= LONGEST_HEADING:
            self.styled = True
            self._put("heading", f"{number} {text}".strip(), level)
        elif self._is_title(node, text):
            self._put("heading", text, 1)
        elif label or self._list_depth(node):
            depth = max(label[0] + 1 if label else 1, self._list_depth(node))
            self._put("item", f"{number} {text}".strip(), depth, item_marker(number) if number else "•")
        else:
            self._typed(text, bold)

    def _is_title(self, node: Element, text: str) -> bool:
        names = self._styles.names(node)
        return bool(names) and names[0] in TITLE_STYLES and text.casefold() not in self._titles

    def _list_depth(self, node: Element) -> int:
        """The depth that the paragraph's style is named for ("List Bullet 2"), 0 where it is no list's."""
        found = (LIST_STYLE.match(name) for name in self._styles.names(node))
        return next((int(match[1] or "1") for match in found if match), 0)

    def _typed(self, text: str, bold: bool) -> None:
        """A paragraph, or a list item whose bullet or number was typed by hand."""
        match = _TYPED_BULLET.match(text)
        if match and not bold and (match["mark"][-1] != "." or text[-1:] in ".,;"):
            mark = match["mark"]
            typed = mark[0].isalnum()
            self._put("item", text if typed else text[match.end() :], 1, item_marker(mark) if typed else "•")
            return
        if bold:
            self.bold.add(len(self.blocks))
        self._put("paragraph", text)

    def _drop_contents_heading(self) -> None:
        """The table of contents is left out, and so is the heading over it."""
        last = self.blocks[-1] if self.blocks else None
        if last and last.text.casefold() in _CONTENTS_HEADINGS:
            self.bold.discard(len(self.blocks) - 1)
            self.blocks.pop()

    # Text

    def _inline(self, paragraph: Element, found: _Inline) -> _Inline:
        found.fields = []
        self._walk(paragraph, paragraph, found)
        return found

    def _walk(self, node: Element, paragraph: Element, found: _Inline) -> None:
        for child in node:
            if child.tag == "w-r":
                self._run(child, paragraph, found)
            elif child.tag in _CONTAINERS:
                self._walk(child, paragraph, found)
            elif child.tag == "w-sdt":
                self._walk(_content(child), paragraph, found)
            elif child.tag == "mc-AlternateContent":
                self._walk(_choice(child), paragraph, found)
            elif child.tag in ("m-oMath", "m-oMathPara"):
                found.add("".join(text.text or "" for text in child.iter("m-t")))

    def _run(self, run: Element, paragraph: Element, found: _Inline) -> None:
        if self._styles.toggled("w-vanish", run, paragraph):
            _fields(run, found)
            return
        raised = attribute(run, "w-rPr/w-vertAlign") == "superscript"
        for child in run:
            text = child.text or ""
            if child.tag == "w-t":
                found.add(superscript(text) if raised else text)
                found.bold = found.bold and (not text.strip() or self._styles.toggled("w-b", run, paragraph))
            elif child.tag in _NOTE_MARKS:
                self._cite(_NOTE_MARKS[child.tag], child.get("w-id", ""), found)
            elif child.tag in _DRAWINGS or child.tag == "mc-AlternateContent":
                found.boxes += _boxes(_choice(child))
            else:
                found.add(_sign(child))
        _fields(run, found)

    def _cite(self, kind: str, note_id: str, found: _Inline) -> None:
        """Numbers the note in the order of citing, and reads it."""
        note = self._notes[kind].get(note_id)
        if note is None or not all(found.fields):
            return
        self._cited[kind] += 1
        sign = superscript(str(self._cited[kind]))
        found.text = found.text.rstrip() + sign
        parts = (self._inline(paragraph, _Inline()) for paragraph in note.iter("w-p"))
        text = tidy(" ".join(part.text for part in parts))
        if text:
            found.notes.append((sign, text))

    # Tables

    def _table(self, table: Element) -> None:
        rows = [row for row in _children(table, "w-tr") if not _left_out(row)]
        cells = [_cells(row) for row in rows]
        columns = max((cell.column + cell.span for row in cells for cell in row), default=0)
        if columns <= 1 or len(rows) == 1 or self._has_headings(table):
            for row in cells:
                for cell in row:
                    if not cell.continued:
                        self.read(cell.node)
            return
        read = [[self._read_cell(cell) for cell in row] for row in cells]
        if len(read) > 2 and len(read[0]) == 1 and read[0][0].text:
            self._put("paragraph", read[0][0].text)
            self._put_notes(read[0][0].notes)
            read, rows = read[1:], rows[1:]
        headers = _header_rows(rows)
        self._rows(read, headers, columns)

    def _has_headings(self, table: Element) -> bool:
        return any(self._styles.heading_level(p) and "".join(p.itertext()).strip() for p in table.iter("w-p"))

    def _rows(self, rows: Sequence[Sequence[_ReadCell]], headers: int, columns: int) -> None:
        if columns == 2 and _is_form(rows):
            for row in rows:
                name, *values = [cell.text for cell in row]
                self._put("row", row_text([name.rstrip(":")], values) or name)
                self._put_notes([note for cell in row for note in cell.notes])
            return
        names = _names(rows[:headers], columns)
        waiting = [note for row in rows[:headers] for cell in row for note in cell.notes]
        for row in rows[headers:]:
            texts = {cell.column: cell.text for cell in row}
            alone = len(row) == 1
            text = row[0].text if alone else row_text(names, [texts.get(n, "") for n in range(columns)])
            if text:
                self._put("row", text)
            self._put_notes([*waiting, *(note for cell in row for note in cell.notes)])
            waiting = []

    def _read_cell(self, cell: _Cell) -> _ReadCell:
        read = _ReadCell(cell.column, cell.span)
        if not cell.continued:
            parts = self._cell_parts(cell.node, read)
            read.text = join_cell(parts)
        return read

    def _cell_parts(self, node: Element, read: _ReadCell) -> list[str]:
        """The cell's paragraphs, those of tables within it too, with list numbers but without bullets."""
        parts: list[str] = []
        for child in _opened(node):
            if child.tag == "w-tbl":
                inner = [_children(row, "w-tc") for row in _children(child, "w-tr") if not _left_out(row)]
                parts += [part for row in inner for cell in row for part in self._cell_parts(cell, read)]
            elif child.tag == "w-p":
                found = self._inline(child, _Inline())
                label = self._numbering.label(child)
                text = tidy(found.text)
                read.bold = read.bold and (found.bold or not text)
                read.notes += found.notes
                parts.append(f"{label[1]} {text}".strip() if label and text else text)
                parts += [part for box in found.boxes for part in self._cell_parts(box, read)]
        return [part for part in parts if part]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell and its place. `continued` says that it is the lower part of one that spans rows."""

    node: Element
    column: int
    span: int
    continued: bool


@dataclass
class _ReadCell:
    column: int
    span: int
    text: str = ""
    bold: bool = True
    notes: list[tuple[str, str]] = field(default_factory=list)


def _cells(row: Element) -> list[_Cell]:
    column = _columns(attribute(row, "w-trPr/w-gridBefore") or "0")
    cells: list[_Cell] = []
    for node in _children(row, "w-tc"):
        merge = node.find("w-tcPr/w-vMerge")
        continued = merge is not None and merge.get("w-val", "continue") == "continue"
        if attribute(node, "w-tcPr/w-hMerge") == "continue" and cells:
            cells[-1] = replace(cells[-1], span=cells[-1].span + 1)
        else:
            span = max(1, _columns(attribute(node, "w-tcPr/w-gridSpan") or "1"))
            cells.append(_Cell(node, column, span, continued))
            column += span - 1
        column += 1
    return cells


def _columns(claimed: str) -> int:
    return min(_WIDEST, max(0, int(claimed)))


def _left_out(row: Element) -> bool:
    """A row that was deleted or is hidden."""
    return row.find("w-trPr/w-del") is not None or bool(is_on(row.find("w-trPr/w-hidden")))


def _header_rows(rows: Sequence[Element]) -> int:
    """The rows that are marked to be repeated on each page, else the first."""
    marked = 0
    while marked < len(rows) - 1 and is_on(rows[marked].find("w-trPr/w-tblHeader")):
        marked += 1
    return max(1, marked)


def _names(headers: Sequence[Sequence[_ReadCell]], columns: int) -> list[str]:
    """The columns' names. Where several rows name them, what spans columns names each of them."""
    names = [""] * columns
    for row in headers:
        for cell in row:
            for column in range(cell.column, cell.column + (cell.span if len(headers) > 1 else 1)):
                names[column] = f"{names[column]} {cell.text}".strip()
    return names


def _is_form(rows: Sequence[Sequence[_ReadCell]]) -> bool:
    """A table of two columns whose left one names what stands to the right, as on a first page."""
    pairs = [row for row in rows if len(row) == 2 and row[0].text]
    if len(pairs) < len(rows):
        return False
    colons = all(row[0].text.endswith(":") for row in pairs)
    bold = all(row[0].bold for row in pairs) and not any(row[1].bold for row in pairs if row[1].text)
    return colons or bold


def join_cell(parts: Sequence[str]) -> str:
    """The paragraphs of a table's cell on one line, kept apart by a semicolon where nothing else does."""
    text = ""
    for part in parts:
        apart = text and text[-1] not in ".,;:!?–-" and not part[0].islower()
        text += ("; " if apart else " " if text else "") + part
    return text


def _notes(root: Element | None, kind: str) -> dict[str, Element]:
    return {} if root is None else {note.get("w-id", ""): note for note in root.findall(f"w-{kind}")}


def _opened(nodes: Sequence[Element] | Element) -> Iterator[Element]:
    """The nodes with content controls, insertions and the like opened; the table of contents is passed over."""
    for node in nodes:
        if node.tag == "w-sdt":
            gallery = (attribute(node, "w-sdtPr/w-docPartObj/w-docPartGallery") or "").lower()
            if gallery != "table of contents":
                yield from _opened(_content(node))
        elif node.tag in _CONTAINERS:
            yield from _opened(node)
        elif node.tag == "mc-AlternateContent":
            yield from _opened(_choice(node))
        else:
            yield node


def _children(node: Element, tag: str) -> list[Element]:
    return [child for child in _opened(node) if child.tag == tag]


def _content(control: Element) -> Element:
    """What a content control holds; nothing where it only shows its prompt."""
    content = control.find("w-sdtContent")
    prompt = is_on(control.find("w-sdtPr/w-showingPlcHdr"))
    return Element("none") if content is None or prompt else content


def _choice(node: Element) -> Element:
    """One of the forms in which the same content is stored."""
    if node.tag != "mc-AlternateContent":
        return node
    choice = node.find("mc-Choice")
    if choice is None:
        choice = node.find("mc-Fallback")
    return Element("none") if choice is None else choice


def _boxes(node: Element) -> list[Element]:
    """The contents of the outermost text boxes in a drawing."""
    found: list[Element] = []
    for child in node:
        if child.tag == "w-txbxContent":
            found.append(child)
        else:
            found += _boxes(_choice(child))
    return found


def _sign(node: Element) -> str:
    if node.tag == "w-sym":
        return _SYMBOLS.get(node.get("w-char", "").upper(), "")
    return _SIGNS.get(node.tag, "")


def _fields(run: Element, found: _Inline) -> None:
    """Follows where fields begin, where their result begins and where they end."""
    for node in run.iter("w-fldChar"):
        kind = node.get("w-fldCharType")
        if kind == "begin":
            found.fields.append(False)
        elif found.fields and kind == "separate":
            found.fields[-1] = True
        elif found.fields and kind == "end":
            found.fields.pop()


def _bold_headings(blocks: Sequence[Block], bold: set[int]) -> Iterator[Block]:
    """In a document without heading styles, a short bold paragraph before body text is a heading."""
    short = {index for index in bold if _like_heading(blocks[index])}
    for index, block in enumerate(blocks):
        followed = index + 1 < len(blocks) and index + 1 not in short and blocks[index + 1].kind != "heading"
        if index in short and followed:
            number = _TYPED_NUMBER.match(block.text)
            yield replace(block, kind="heading", level=number[1].count(".") + 1 if number else 1)
        else:
            yield block


def _like_heading(block: Block) -> bool:
    return len(block.text) <= _HEADING_CHARS and block.words <= _HEADING_WORDS and block.text[-1] not in ".:;,!"
