"""PowerPoint presentations -> `RawDocument`: a sheet for each slide, called "bild 3".

Read from the format's own XML (ECMA-376), for the same reasons as Word documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.blocks import Block, BlockKind
from assistant.reading.lines import tidy
from assistant.reading.office import POWERPOINT, Package, item_marker, open_package, ordinal, superscript
from assistant.reading.raw import RawDocument
from assistant.reading.tables import row_text

#: Placeholders that repeat on every slide, and the two that hold its title.
_FURNITURE = frozenset({"sldNum", "ftr", "dt", "hdr"})
_TITLES = frozenset({"title", "ctrTitle"})
#: Placeholders whose paragraphs are list items unless a layout says otherwise.
_BODIES = frozenset({"body", "obj"})
_FRAMES = frozenset({"p-sp", "p-grpSp", "p-graphicFrame"})
#: Shapes may overlap by this share of the slide and still stand beside each other.
_OVERLAP = 0.02
#: Points of a SmartArt diagram that hold no text of their own.
_DIAGRAM_HELPERS = frozenset({"pres", "sibTrans", "parTrans", "doc"})


def read_pptx(path: Path) -> RawDocument:
    """Each slide's title and then its text in reading order, column by column.

    Slide numbers, dates, footers, notes and hidden slides are left out.
    """
    blocks: list[Block] = []
    hidden: list[str] = []
    silent: list[str] = []
    with open_package(path, POWERPOINT) as package:
        show = package.part(package.main)
        for number, slide in enumerate(_slides(package, show), 1):
            if slide.root.get("show") in ("0", "false"):
                hidden.append(str(number))
                continue
            found = _Slide(package, slide, number, _tolerance(show)).blocks()
            blocks += found
            silent += [] if found else [str(number)]
    name = paths.shown(path)
    if not any(block.text for block in blocks):
        raise ReadError(
            f'Kunde inte läsa "{name}": presentationen saknar text. Om texten är bilder: gör den sökbar (OCR) och '
            "spara som PDF."
        )
    notes = (_note(name, "dolda och lästes inte", hidden), _note(name, "utan text", silent))
    return RawDocument(blocks=tuple(blocks), notes=tuple(note for note in notes if note))


def _note(name: str, what: str, numbers: Sequence[str]) -> str:
    return f'"{name}": dessa bilder är {what}: {", ".join(numbers[:12])}.' if numbers else ""


@dataclass(frozen=True, slots=True)
class _SlidePart:
    name: str
    root: Element


def _slides(package: Package, show: Element | None) -> Iterator[_SlidePart]:
    """In the order of the show, as PowerPoint numbers them."""
    links = package.relations(package.main)
    for entry in () if show is None else show.iterfind("p-sldIdLst/p-sldId"):
        target = links[entry.get("r-id", "")].target
        root = package.part(target)
        if root is None:
            raise LookupError(target)
        yield _SlidePart(target, root)


def _tolerance(show: Element | None) -> int:
    size = None if show is None else show.find("p-sldSz")
    return int(_OVERLAP * int("12192000" if size is None else size.get("cx", "12192000")))


@dataclass(frozen=True, slots=True)
class _Box:
    """A shape and the rectangle that it fills, in the format's own units."""

    shape: Element
    left: int
    top: int
    right: int
    bottom: int


class _Slide:
    """Reads one slide with the help of its layout and master, from which its placeholders inherit."""

    def __init__(self, package: Package, part: _SlidePart, number: int, tolerance: int) -> None:
        self._package = package
        self._part = part
        self._links = package.relations(part.name)
        self._number = number
        self._tolerance = tolerance
        layout = next((link.target for link in self._links.values() if link.kind == "slideLayout"), "")
        self._layout = package.part(layout)
        self._master = package.related(layout, "slideMaster") if layout else None

    def blocks(self) -> tuple[Block, ...]:
        """The title as a heading, without words where the slide has none, and the rest; nothing for an empty slide."""
        tree = self._part.root.find("p-cSld/p-spTree")
        shapes = list(_shapes(tree)) if tree is not None else []
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        title = tidy(" ".join(_paragraph_text(p) for shape in titles for p in shape.iterfind("p-txBody/a-p")))
        body = [block for shape in self._ordered([s for s in shapes if s not in titles]) for block in self._read(shape)]
        return (self._block("heading", title, 1), *body) if title or body else ()

    def _block(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> Block:
        return Block(kind, text, self._number - 1, level, 0, marker, ((0, f"bild {self._number}"),))

    # Reading order

    def _ordered(self, shapes: Sequence[Element]) -> list[Element]:
        placed = [box for shape in shapes if (box := self._box(shape))]
        unplaced = [shape for shape in shapes if shape not in [box.shape for box in placed]]
        return [box.shape for box in self._in_columns(placed)] + unplaced

    def _in_columns(self, boxes: Sequence[_Box]) -> list[_Box]:
        """Top to bottom; where the boxes stand in columns, one column after the other."""
        columns = _cut([(box.left, box.right, box) for box in boxes], self._tolerance)
        if len(columns) > 1:
            return [box for column in columns for box in self._in_columns(column)]
        bands = self._bands(boxes)
        if len(bands) > 1:
            return [box for band in bands for box in self._in_columns(band)]
        return sorted(boxes, key=lambda box: (box.top, box.left))

    def _bands(self, boxes: Sequence[_Box]) -> list[list[_Box]]:
        """The boxes from top to bottom, with neighbours kept together that form columns together."""
        bands: list[list[_Box]] = []
        for band in _cut([(box.top, box.bottom, box) for box in boxes], self._tolerance):
            both = [*bands[-1], *band] if bands else band
            if bands and len(_cut([(box.left, box.right, box) for box in both], self._tolerance)) > 1:
                bands[-1] = both
            else:
                bands.append(band)
        return bands

    def _box(self, shape: Element) -> _Box | None:
        """Where the shape stands, by itself or by its placeholder in the layout or the master."""
        for source in (shape, *self._inherited(shape)):
            for place in ("p-spPr/a-xfrm", "p-grpSpPr/a-xfrm", "p-xfrm"):
                frame = source.find(place)
                offset, size = (None, None) if frame is None else (frame.find("a-off"), frame.find("a-ext"))
                if offset is not None and size is not None:
                    left, top = int(offset.get("x", "0")), int(offset.get("y", "0"))
                    return _Box(shape, left, top, left + int(size.get("cx", "0")), top + int(size.get("cy", "0")))
        return None

    def _inherited(self, shape: Element) -> list[Element]:
        """The placeholders of the layout and the master that the shape fills."""
        mark = shape.find("p-nvSpPr/p-nvPr/p-ph")
        if mark is None:
            return []
        found = (_same_placeholder(root, mark) for root in (self._layout, self._master))
        return [other for other in found if other is not None]

    # Text

    def _read(self, shape: Element) -> Iterator[Block]:
        if shape.tag == "p-grpSp":
            for inner in self._ordered(list(_shapes(shape))):
                yield from self._read(inner)
        elif shape.tag == "p-graphicFrame":
            yield from self._frame(shape)
        else:
            yield from self._paragraphs(shape)

    def _paragraphs(self, shape: Element) -> Iterator[Block]:
        counts: dict[int, int] = {}
        for paragraph in shape.iterfind("p-txBody/a-p"):
            text = tidy(_paragraph_text(paragraph))
            if not text:
                continue
            level = _level(paragraph)
            bullet = self._bullet(shape, paragraph)
            for deeper in [other for other in counts if other > level or (bullet is None and other == level)]:
                del counts[deeper]
            if bullet is None:
                yield self._block("paragraph", text)
            elif bullet.tag == "a-buAutoNum":
                counts[level] = counts.get(level, int(bullet.get("startAt", "1")) - 1) + 1
                label = _label(counts[level], bullet.get("type", ""))
                yield self._block("item", f"{label} {text}", level + 1, item_marker(label))
            else:
                yield self._block("item", text, level + 1, "•")

    def _bullet(self, shape: Element, paragraph: Element) -> Element | None:
        """The bullet or number that the paragraph has: its own, or that of its level in shape, layout or master."""
        kind = _placeholder(shape)
        style = f"a-lvl{_level(paragraph) + 1}pPr"
        levels = [paragraph.find("a-pPr")]
        levels += [source.find(f"p-txBody/a-lstStyle/{style}") for source in (shape, *self._inherited(shape))]
        if kind in _BODIES and self._master is not None:
            levels.append(self._master.find(f"p-txStyles/p-bodyStyle/{style}"))
        for properties in levels:
            for node in () if properties is None else properties:
                if node.tag in ("a-buChar", "a-buBlip", "a-buAutoNum"):
                    return node
                if node.tag == "a-buNone":
                    return None
        return Element("a-buChar") if kind in _BODIES else None

    def _frame(self, shape: Element) -> Iterator[Block]:
        table = shape.find("a-graphic/a-graphicData/a-tbl")
        if table is not None:
            yield from self._table(table)
        for diagram in shape.iterfind("a-graphic/a-graphicData/dgm-relIds"):
            link = self._links.get(diagram.get("r-dm", ""))
            data = self._package.part(link.target) if link else None
            for point in () if data is None else data.iterfind("dgm-ptLst/dgm-pt"):
                text = tidy(" ".join(_paragraph_text(p) for p in point.iterfind("dgm-t/a-p")))
                if text and point.get("type") not in _DIAGRAM_HELPERS:
                    yield self._block("item", text, 1, "•")

    def _table(self, table: Element) -> Iterator[Block]:
        rows = [[_cell_text(cell) for cell in row.iterfind("a-tc")] for row in table.iterfind("a-tr")]
        rows = [row for row in rows if any(row)]
        columns = max((len(row) for row in rows), default=0)
        properties = table.find("a-tblPr")
        headed = (
            columns > 1 and len(rows) > 1 and properties is not None and properties.get("firstRow") in ("1", "true")
        )
        names = rows[0] if headed else [""] * columns
        for row in rows[1:] if headed else rows:
            yield self._block("row" if columns > 1 else "paragraph", row_text(names, row))


def _cut(spans: Sequence[tuple[int, int, _Box]], tolerance: int) -> list[list[_Box]]:
    """The boxes in groups with a gap between them along one axis; a small overlap counts as a gap."""
    groups: list[list[_Box]] = []
    reach = 0
    for start, end, box in sorted(spans, key=lambda span: span[:2]):
        if groups and start < reach - tolerance:
            groups[-1].append(box)
        else:
            groups.append([box])
        reach = max(reach, end) if len(groups) + len(groups[0]) > 2 else end
    return groups


def _shapes(parent: Element) -> Iterator[Element]:
    """The shapes that may hold text and are shown, in the order in which they are stored."""
    for node in parent:
        if node.tag == "mc-AlternateContent":
            choice = node.find("mc-Choice")
            fallback = node.find("mc-Fallback")
            yield from _shapes(choice if choice is not None else fallback if fallback is not None else Element("none"))
        elif node.tag in _FRAMES and _placeholder(node) not in _FURNITURE and not _hidden(node):
            yield node


def _hidden(shape: Element) -> bool:
    return any(node.get("hidden") in ("1", "true") for head in shape[:1] for node in head.iterfind("p-cNvPr"))


def _placeholder(shape: Element) -> str:
    """What the shape is a place for: "title", "body", "obj" and so on; "" for a shape of its own."""
    for head in shape[:1]:
        mark = head.find("p-nvPr/p-ph")
        if mark is not None:
            return mark.get("type", "obj")
    return ""


def _same_placeholder(root: Element | None, mark: Element) -> Element | None:
    """The placeholder with the same number, else of the same kind; a master's body stands for every content."""
    shapes = [] if root is None else root.findall("p-cSld/p-spTree/p-sp")
    by_number = {ph.get("idx", "0"): s for s in shapes if (ph := s.find("p-nvSpPr/p-nvPr/p-ph")) is not None}
    kind = mark.get("type", "obj")
    layout = root is not None and root.tag == "p-sldLayout"
    if layout and mark.get("idx", "0") in by_number:
        return by_number[mark.get("idx", "0")]
    kinds = {"obj": ("obj", "body"), "ctrTitle": ("ctrTitle", "title"), "subTitle": ("subTitle", "body")}
    wanted = kinds.get(kind, (kind,))
    return next((shape for kind in wanted for shape in shapes if _placeholder(shape) == kind), None)


def _level(paragraph: Element) -> int:
    properties = paragraph.find("a-pPr")
    return min(8, max(0, int("0" if properties is None else properties.get("lvl", "0"))))


def _paragraph_text(paragraph: Element) -> str:
    """The runs in order; slide numbers and dates, which are fields, left out."""
    text = ""
    for node in paragraph:
        if node.tag == "a-br":
            text += " "
        elif node.tag == "a-r" or (node.tag == "a-fld" and not re.match("slidenum|datetime", node.get("type", ""))):
            properties = node.find("a-rPr")
            words = node.findtext("a-t") or ""
            raised = properties is not None and not properties.get("baseline", "0").startswith(("0", "-"))
            text += superscript(words) if raised else words
    return text


def _cell_text(cell: Element) -> str:
    """Empty for what a merged cell covers."""
    if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
        return ""
    return tidy(" ".join(_paragraph_text(paragraph) for paragraph in cell.iterfind("a-txBody/a-p")))


def _label(number: int, kind: str) -> str:
    """A number as it is shown: `arabicPeriod` is "1.", `alphaLcParenR` is "a)", `romanUcParenBoth` is "(I)"."""
    text = ordinal(number, kind)
    if kind.endswith("ParenBoth"):
        return f"({text})"
    return text + {"Period": ".", "ParenR": ")"}.get(
        next((end for end in ("Period", "ParenR") if kind.endswith(end)), ""), ""
    )
