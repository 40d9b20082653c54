"""PDF -> `RawDocument`: one `Page` of lines for each page, in reading order.

pypdf opens the file; `pdf_content` finds where each word stands; `pdf_layout` makes lines, columns and tables of them.
"""

from __future__ import annotations

import logging
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.ocr import ocr_available, read_page_image
from assistant.reading.pdf_content import Drawn, Fonts, read_content
from assistant.reading.pdf_layout import Layout, lay_out, page_texts
from assistant.reading.raw import RawDocument
from assistant.types import Page

if TYPE_CHECKING:
    from pypdf import PdfReader

#: What share of a PDF's pages must hold text before its text can be trusted to stand for the document.
_LEAST_TEXT_SHARE = 0.5
#: Text with more unreadable characters than this share comes from a font that does not say what its letters are.
_MOST_UNREADABLE = 0.3
#: How many page numbers an error or note names.
_NAMED = 12
#: What pypdf and the reading of what it gives raise for files that are not well formed.
_BROKEN = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    EOFError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class _Read:
    """The pages' texts, and the numbers from 1 of those that were read by OCR and of those read in part."""

    pages: tuple[Page, ...]
    seen: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()


def read_pdf(path: Path) -> RawDocument:
    """Each page's text in reading order. A password, broken structure or missing text is a `ReadError`."""
    name = paths.shown(path)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = _opened(path, name)
    layouts = _layouts(reader, name)
    texts = _with_plain(reader, page_texts(layouts), layouts, name)
    texts, seen = _with_ocr(path, texts, layouts)
    cut = tuple(number for number, layout in enumerate(layouts, 1) if layout.views[0].cut)
    pages = tuple(Page(layout.label, text) for layout, text in zip(layouts, texts, strict=True))
    return _with_text(_Read(pages, seen, cut), name)


def _opened(path: Path, name: str) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(
                f'Kunde inte läsa "{name}": filen har lösenord. Spara en kopia utan lösenord och lägg in den.'
            )
        len(reader.pages)
    except (FileNotDecryptedError, DependencyError) as error:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är krypterad. Spara en kopia utan lösenord och lägg in den igen.'
        ) from error
    except (PyPdfError, *_BROKEN) as error:
        raise _broken(name, 0) from error
    return reader


def _broken(name: str, index: int) -> ReadError:
    place = f"vid sidan {index + 1}" if index else "i filens början"
    return ReadError(
        f'Kunde inte läsa "{name}": PDF-filen är trasig eller avkortad ({place}). Hämta eller spara den på nytt.'
    )


def _labels(reader: PdfReader) -> list[str]:
    """What the pages are called: by the file's own labels where each has one of its own, else 1, 2, 3."""
    from pypdf.errors import PyPdfError

    count = len(reader.pages)
    numbers = [str(number) for number in range(1, count + 1)]
    try:
        labels = [" ".join(label.split()) for label in reader.page_labels]
    except (PyPdfError, *_BROKEN):
        return numbers
    usable = len(labels) == count and all(labels) and len(set(labels)) == count
    return labels if usable else numbers


def _layouts(reader: PdfReader, name: str) -> list[Layout]:
    """Each page laid out; an empty layout where only pypdf's own reading may find text."""
    from pypdf.errors import PyPdfError

    fonts = Fonts()
    layouts: list[Layout] = []
    for index, label in enumerate(_labels(reader)):
        try:
            page = reader.pages[index]
        except (PyPdfError, *_BROKEN) as error:
            raise _broken(name, index) from error
        try:
            layouts.append(lay_out(read_content(page, fonts), label))
        except (PyPdfError, *_BROKEN):
            layouts.append(lay_out(Drawn((), (), 595.0, 842.0), label))
    return layouts


def _with_plain(reader: PdfReader, texts: Sequence[str], layouts: Sequence[Layout], name: str) -> list[str]:
    """The texts; where the layout found none, what pypdf's own reading finds. Unreadable text counts as none."""
    from pypdf.errors import PyPdfError

    result = list(texts)
    for index, text in enumerate(texts):
        if not text.strip() and not layouts[index].views[0].cut:
            try:
                result[index] = reader.pages[index].extract_text() or ""
            except (PyPdfError, *_BROKEN) as error:
                raise _broken(name, index) from error
    return [text if _readable(text) else "" for text in result]


def _readable(text: str) -> bool:
    counts = Counter(char.isprintable() and char != "\ufffd" and not "\ue000" <= char <= "\uf8ff" for char in text)
    odd = counts[False] - sum(text.count(char) for char in "\n\t\r")
    return odd <= _MOST_UNREADABLE * max(len(text), 1)


def _with_ocr(path: Path, texts: Sequence[str], layouts: Sequence[Layout]) -> tuple[list[str], tuple[int, ...]]:
    """The texts with those of pictures of pages, and the numbers from 1 of the pages that were so read."""
    empty = [index for index, text in enumerate(texts) if not text.strip() and layouts[index].views[0].pictured]
    if not empty or ocr_available():
        return list(texts), ()
    found = {index: text for index in empty if (text := read_page_image(path, index))}
    return [found.get(index, text) for index, text in enumerate(texts)], tuple(index + 1 for index in found)


def _with_text(read: _Read, name: str) -> RawDocument:
    pages = read.pages
    empty = [number for number, page in enumerate(pages, 1) if not page.text.strip()]
    if not pages:
        raise ReadError(f'Kunde inte läsa "{name}": PDF-filen har inga sidor. Hämta eller spara den på nytt.')
    which = "alla sidor" if len(empty) == len(pages) else _named(empty)
    if len(pages) - len(empty) < _LEAST_TEXT_SHARE * len(pages):
        raise ReadError(
            f'Kunde inte läsa "{name}": {which} är bilder utan text. Gör texten sökbar (OCR) och lägg in filen igen.'
        )
    notes = []
    if empty:
        notes.append(f'"{name}": {which} saknar text.')
    if read.seen:
        notes.append(f'"{name}": {_named(read.seen)} är bilder som har lästs med OCR. Kontrollera citat därifrån.')
    if read.cut:
        notes.append(f'"{name}": {_named(read.cut)} är för stora för att läsas helt.')
    return RawDocument(pages, notes=tuple(notes))


def _named(numbers: Sequence[int]) -> str:
    more = " med flera" if len(numbers) > _NAMED else ""
    return "sidorna " + ", ".join(str(number) for number in numbers[:_NAMED]) + more
