"""Word documents -> `RawDocument`, and the opening of any Office file: checked before it is unpacked, never trusted.

Read with the standard library alone, from the format's own XML (ECMA-376): what matters for citing, such as footnotes,
automatic numbers and tracked changes, is out of reach of the libraries that write such files.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.blocks import _HEADING_CHARS, _HEADING_WORDS, Block, BlockKind
from assistant.reading.lines import tidy
from assistant.reading.raw import RawDocument
from assistant.reading.tables import row_text

_MEGABYTE = 1_000_000
#: What a file may hold at most, unpacked; real documents of a thousand pages lie far below.
_LARGEST_MEMBER, _LARGEST_TOTAL, _MOST_MEMBERS = 200 * _MEGABYTE, 500 * _MEGABYTE, 10_000
_LARGEST_XML = 50 * _MEGABYTE
#: A member over the size may be packed at most so many times smaller.
_RATIO_FROM, _LARGEST_RATIO = 10 * _MEGABYTE, 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_STREAM = "EncryptedPackage".encode("utf-16-le")
_NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w-",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w-",
    "http://schemas.openxmlformats.org/presentationml/2006/main": "p-",
    "http://purl.oclc.org/ooxml/presentationml/main": "p-",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a-",
    "http://purl.oclc.org/ooxml/drawingml/main": "a-",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm-",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm-",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r-",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r-",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m-",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m-",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc-",
    "http://schemas.openxmlformats.org/package/2006/relationships": "",
    "http://schemas.openxmlformats.org/package/2006/content-types": "",
    "http://purl.org/dc/elements/1.1/": "dc-",
    "http://www.w3.org/XML/1998/namespace": "xml-",
}
#: What zipfile, expat and the walk through the parts raise where the file is not whole.
_BROKEN = (
    BadZipFile, ElementTree.ParseError, zlib.error, struct.error, EOFError, RuntimeError, LookupError, ValueError,
)  # fmt: skip
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Above this, letters and Roman numerals are figures; no list is so long.
_LAST_LETTERED = 5000
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfficeFormat:
    """What tells one Office format from another: `content` begins the main part's content type after the vendor."""

    ending: str
    no_such: str
    content: str


WORD = OfficeFormat(".docx", "inget Word-dokument", "wordprocessingml.")
POWERPOINT = OfficeFormat(".pptx", "ingen PowerPoint-fil", "presentationml.")


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another: the last word of its type ("styles"), and the other part's name."""

    kind: str
    target: str


class _ForbiddenDoctype(Exception):
    """The XML declares a document type, which Office never does; entity bombs need one."""


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, name: str, pubid: str, system: str) -> None:
        raise _ForbiddenDoctype(name)


class Package:
    """The parts of an Office file. Tags and attributes are named as `w-p` for `w:p`, in both dialects of the format.

    A relation to anything outside the file is not seen, so that nothing is ever fetched.
    """

    def __init__(self, archive: ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self.main = ""

    def part(self, name: str) -> Element | None:
        """The part as parsed, None where the file has no such part."""
        if name not in self._archive.NameToInfo:
            return None
        if self._archive.getinfo(name).file_size > _LARGEST_XML:
            raise ReadError(f'Kunde inte läsa "{self._name}": texten är för stor. Dela upp dokumentet i flera filer.')
        root = ElementTree.fromstring(self._archive.read(name), parser=ElementTree.XMLParser(target=_Builder()))
        for node in root.iter():
            node.tag = _short(node.tag)
            node.attrib = {_short(key): value for key, value in node.attrib.items()}
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """What the part refers to within the file, by relation id."""
        folder, file = posixpath.split(part)
        root = self.part(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {
            link.get("Id", ""): Relation(
                link.get("Type", "").rsplit("/", 1)[-1],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
            )
            for link in (() if root is None else root)
            if link.get("TargetMode") != "External"
        }

    def related(self, part: str, kind: str) -> Element | None:
        """The first part of the kind that `part` refers to."""
        found = (relation.target for relation in self.relations(part).values() if relation.kind == kind)
        return next((self.part(target) for target in found), None)


@contextmanager
def open_package(path: Path, form: OfficeFormat) -> Iterator[Package]:
    """Opens a file of the format. Whatever is wrong with it, also while it is read, is a `ReadError`."""
    name = paths.shown(path)
    _refuse_ole(path, name, form)
    try:
        with ZipFile(path) as archive:
            _refuse_bomb(archive, name)
            package = Package(archive, name)
            package.main = _main_part(package, archive.namelist(), name, form)
            yield package
    except _ForbiddenDoctype as error:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen har en otillåten dokumenttyp (DTD). Spara den på nytt som {form.ending}.'
        ) from error
    except _BROKEN as error:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är trasig, avkortad eller {form.no_such}. Hämta den igen eller spara den '
            f"på nytt som {form.ending}."
        ) from error


@lru_cache(maxsize=4096)
def _short(name: str) -> str:
    space, _, local = name.rpartition("}")
    return _NAMESPACES.get(space[1:], "x-") + local if space else name


def _refuse_ole(path: Path, name: str, form: OfficeFormat) -> None:
    """Password-protected files, and those of the formats before 2007, lie in the older container."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return
        locked = _LOCKED_STREAM in file.read(_LARGEST_MEMBER)
    if locked:
        raise ReadError(f'Kunde inte läsa "{name}": filen har lösenord. Spara en kopia utan lösenord och lägg in den.')
    raise ReadError(
        f'Kunde inte läsa "{name}": filen är i Offices äldre format. Öppna den och spara den som {form.ending}.'
    )


def _refuse_bomb(archive: ZipFile, name: str) -> None:
    """Judges the file by its own list of contents, before anything is unpacked."""
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise ReadError(f'Kunde inte läsa "{name}": filen har lösenord. Spara en kopia utan lösenord och lägg in den.')
    packed_hard = any(
        member.file_size > _RATIO_FROM and member.file_size > _LARGEST_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if (
        packed_hard
        or len(members) > _MOST_MEMBERS
        or any(member.file_size > _LARGEST_MEMBER for member in members)
        or sum(member.file_size for member in members) > _LARGEST_TOTAL
    ):
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är orimligt stor när den packas upp. Ta bort stora bilder och bilagor '
            "och spara en mindre kopia."
        )


def _main_part(package: Package, members: Sequence[str], name: str, form: OfficeFormat) -> str:
    """The name of the part that holds the document itself; refuses macros and other formats."""
    kinds = package.part("[Content_Types].xml")
    types = [] if kinds is None else [node.get("ContentType", "") for node in kinds]
    if any("macroenabled" in kind.lower() for kind in types) or any("vbaproject" in file.lower() for file in members):
        raise ReadError(
            f'Kunde inte läsa "{name}": filen innehåller makron. Spara en kopia utan makron ({form.ending}) och lägg '
            "in den."
        )
    targets = [link.target for link in package.relations("").values() if link.kind == "officeDocument"]
    if not targets or targets[0] not in members:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen saknar själva dokumentet. Öppna originalet och spara det på nytt som '
            f"{form.ending}."
        )
    if not any(form.content in kind and kind.endswith(".main+xml") for kind in types):
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är {form.no_such}. Öppna den i rätt program och spara den som '
            f"{form.ending}."
        )
    return targets[0]


def superscript(text: str) -> str:
    """Digits as superscript ones, as footnote marks and units stand in text; anything else as it is."""
    return text.translate(_SUPERSCRIPT) if text.strip().isdigit() else text


def ordinal(number: int, style: str) -> str:
    """A list number as Office shows it; `style` is the format's own word (`lowerLetter`, `alphaLcPeriod`, ...)."""
    lowered = style.lower()
    if not 0 < number < _LAST_LETTERED:
        return str(number)
    if "roman" in lowered:
        text = _roman(number)
    elif "letter" in lowered or lowered.startswith("alpha"):
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    else:
        return f"{number:02}" if lowered == "decimalzero" else str(number)
    return text.upper() if lowered.startswith("upper") or "uc" in lowered else text


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def item_marker(label: str) -> str:
    """What `Block.marker` says of a numbered item: "#", or the letter with its bracket."""
    return label if label.endswith(")") and not label[0].isdigit() else "#"


# Styles and numbering

_HEADING_STYLE = re.compile(r"^(?:heading|rubrik)\s?([1-9])$")
_CONTENTS_STYLE = re.compile(r"^(?:(?:toc|innehåll|contents) ?(?:heading|rubrik|\d)|innehållsförteckning|table of )")
_LIST_STYLE = re.compile(r"^(?:list bullet|punktlista|list number|numrerad lista)\s?([2-5]?)$")
_TITLE_STYLES = frozenset({"title", "rubrik", "titel"})
#: A heading style on more characters than these is a paragraph that someone wanted large.
_LONGEST_HEADING = 200


def _on(node: Element | None) -> bool | None:
    """A toggle such as `w-b`: None where it is not there."""
    return None if node is None else node.get("w-val", "true") not in ("0", "false", "off", "none")


def _value(node: Element | None, path: str) -> str | None:
    found = None if node is None else node.find(path)
    return None if found is None else found.get("w-val")


class _Styles:
    """What a paragraph or run is, by itself or by the styles that it inherits from."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else root.findall("w-style")
        self._by_id = {style.get("w-styleId", ""): style for style in styles}
        defaults = (style for style in styles if style.get("w-default") in ("1", "true"))
        self._default = next((s.get("w-styleId", "") for s in defaults if s.get("w-type") == "paragraph"), "")
        self._chains: dict[str, tuple[Element, ...]] = {}

    def chain(self, style_id: str) -> tuple[Element, ...]:
        """The style and those it is based on, nearest first."""
        if style_id not in self._chains:
            found: list[Element] = []
            style = self._by_id.get(style_id)
            while style is not None and style not in found:
                found.append(style)
                style = self._by_id.get(_value(style, "w-basedOn") or "")
            self._chains[style_id] = tuple(found)
        return self._chains[style_id]

    def of(self, paragraph: Element) -> tuple[Element, ...]:
        return self.chain(_value(paragraph, "w-pPr/w-pStyle") or self._default)

    def names(self, paragraph: Element) -> list[str]:
        """The names of the paragraph's styles in lower case, nearest first."""
        return [(_value(style, "w-name") or "").lower() for style in self.of(paragraph)]

    def heading_level(self, paragraph: Element) -> int:
        """From 1; 0 for what is no heading. The outline level counts before the style's name, the nearest first."""
        for node in (paragraph, *self.of(paragraph)):
            outline = _value(node, "w-pPr/w-outlineLvl")
            if outline is not None:
                return int(outline) + 1 if int(outline) < 9 else 0
            match = _HEADING_STYLE.match((_value(node, "w-name") or "").lower())
            if match:
                return int(match[1])
        return 0

    def numbering(self, paragraph: Element) -> tuple[str, str | None, str]:
        """The list's id ("" for none), the level where it is given, and the style that gave the list ("" for none)."""
        own = paragraph.find("w-pPr/w-numPr")
        level = _value(own, "w-ilvl")
        if _value(own, "w-numId") is not None:
            return _value(own, "w-numId") or "", level, ""
        for style in self.of(paragraph):
            number = _value(style, "w-pPr/w-numPr/w-numId")
            if number is not None:
                return number, level or _value(style, "w-pPr/w-numPr/w-ilvl"), style.get("w-styleId", "")
        return "", None, ""

    def list_of(self, style_id: str) -> str | None:
        """The list that a numbering style stands for."""
        return _value(self._by_id.get(style_id), "w-pPr/w-numPr/w-numId")

    def toggled(self, tag: str, run: Element, paragraph: Element) -> bool:
        """Whether the run is bold, hidden and so on."""
        character = self.chain(_value(run, "w-rPr/w-rStyle") or "")
        found = (_on(node.find(f"w-rPr/{tag}")) for node in (run, *character, *self.of(paragraph)))
        return next((on for on in found if on is not None), False)


class _Numbering:
    """Counts the document's numbered paragraphs, in order, and gives each its number as Word shows it."""

    def __init__(self, root: Element | None, styles: _Styles) -> None:
        self._lists = {} if root is None else {n.get("w-numId", ""): n for n in root.findall("w-num")}
        abstract = [] if root is None else root.findall("w-abstractNum")
        self._abstract = {node.get("w-abstractNumId", ""): node for node in abstract}
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def label(self, paragraph: Element) -> tuple[int, str] | None:
        """The level from 0 and the number ("" for a bullet); None for a paragraph in no list. Counts it."""
        list_id, given, style = self._styles.numbering(paragraph)
        key = _value(self._lists.get(list_id), "w-abstractNumId")
        if key is None:
            return None
        key = self._resolved(key)
        levels = {int(node.get("w-ilvl", "0")): node for node in self._abstract[key].findall("w-lvl")}
        linked = (level for level, node in levels.items() if style and _value(node, "w-pStyle") == style)
        level = min(8, max(0, int(given) if given is not None else next(linked, 0)))
        levels |= self._overrides(list_id, key)
        self._count(key, level, levels)
        return level, self._text(key, level, levels)

    def _resolved(self, key: str) -> str:
        """The list itself where the one at hand only points to a numbering style."""
        link = _value(self._abstract[key], "w-numStyleLink")
        other = _value(self._lists.get(self._styles.list_of(link or "") or ""), "w-abstractNumId")
        return other if other in self._abstract else key

    def _overrides(self, list_id: str, key: str) -> dict[int, Element]:
        """The levels that this list changes. One that it starts anew is set back when the list first comes."""
        changed: dict[int, Element] = {}
        for node in self._lists[list_id].findall("w-lvlOverride"):
            level = int(node.get("w-ilvl", "0"))
            start = _value(node, "w-startOverride")
            if start is not None and list_id not in self._begun:
                self._counts.setdefault(key, {})[level] = int(start) - 1
            definition = node.find("w-lvl")
            if definition is not None:
                changed[level] = definition
        self._begun.add(list_id)
        return changed

    def _count(self, key: str, level: int, levels: Mapping[int, Element]) -> None:
        counts = self._counts.setdefault(key, {})
        for above in range(level):
            counts.setdefault(above, _start(levels, above))
        counts[level] = counts.get(level, _start(levels, level) - 1) + 1
        for below in [other for other in counts if other > level]:
            if _value(levels.get(below), "w-lvlRestart") != "0":
                del counts[below]

    def _text(self, key: str, level: int, levels: Mapping[int, Element]) -> str:
        node = levels.get(level)
        if node is None or _value(node, "w-numFmt") in ("bullet", "none"):
            return ""
        legal = _on(node.find("w-isLgl"))

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            style = "decimal" if legal else _value(levels.get(other), "w-numFmt") or "decimal"
            return ordinal(self._counts[key].get(other, 1), style)

        return tidy(re.sub(r"%([1-9])", number, _value(node, "w-lvlText") or ""))


def _start(levels: Mapping[int, Element], level: int) -> int:
    return int(_value(levels.get(level), "w-start") or "1")


# The document

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
        self._styles = _Styles(package.related(package.main, "styles"))
        self._numbering = _Numbering(package.related(package.main, "numbering"), self._styles)
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
        hidden = marks is not None and not text and _on(marks.find("w-vanish"))
        label = None if hidden else self._numbering.label(node)
        if any(_CONTENTS_STYLE.match(name) for name in self._styles.names(node)):
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
        if level and len(text) <= _LONGEST_HEADING:
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
        return bool(names) and names[0] in _TITLE_STYLES and text.casefold() not in self._titles

    def _list_depth(self, node: Element) -> int:
        """The depth that the paragraph's style is named for ("List Bullet 2"), 0 where it is no list's."""
        found = (_LIST_STYLE.match(name) for name in self._styles.names(node))
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
        raised = _value(run, "w-rPr/w-vertAlign") == "superscript"
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
    column = _columns(_value(row, "w-trPr/w-gridBefore") or "0")
    cells: list[_Cell] = []
    for node in _children(row, "w-tc"):
        merge = node.find("w-tcPr/w-vMerge")
        continued = merge is not None and merge.get("w-val", "continue") == "continue"
        if _value(node, "w-tcPr/w-hMerge") == "continue" and cells:
            cells[-1] = replace(cells[-1], span=cells[-1].span + 1)
        else:
            span = max(1, _columns(_value(node, "w-tcPr/w-gridSpan") or "1"))
            cells.append(_Cell(node, column, span, continued))
            column += span - 1
        column += 1
    return cells


def _columns(claimed: str) -> int:
    return min(_WIDEST, max(0, int(claimed)))


def _left_out(row: Element) -> bool:
    """A row that was deleted or is hidden."""
    return row.find("w-trPr/w-del") is not None or bool(_on(row.find("w-trPr/w-hidden")))


def _header_rows(rows: Sequence[Element]) -> int:
    """The rows that are marked to be repeated on each page, else the first."""
    marked = 0
    while marked < len(rows) - 1 and _on(rows[marked].find("w-trPr/w-tblHeader")):
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
            gallery = (_value(node, "w-sdtPr/w-docPartObj/w-docPartGallery") or "").lower()
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
    prompt = _on(control.find("w-sdtPr/w-showingPlcHdr"))
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
