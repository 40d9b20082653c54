"""What Word and PowerPoint files share: a zip of XML parts, opened only when nothing in it can do harm."""

from __future__ import annotations

import posixpath
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from assistant import paths
from assistant.errors import ReadError

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
