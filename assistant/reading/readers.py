"""A file -> its `Page`s of raw text: plain text, Markdown and PDF (pypdf)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from charset_normalizer import from_bytes

from assistant import paths
from assistant.errors import ReadError
from assistant.types import Page

#: What share of a PDF's pages must hold text before its text can be trusted to stand for the document.
_LEAST_TEXT_SHARE = 0.5


def read_pages(path: Path) -> tuple[Page, ...]:
    """The file's pages in order, empty ones included. `ReadError` says why a file cannot be read and what to do."""
    reader = _READERS.get(path.suffix.lower())
    name = paths.shown(path)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise ReadError(f'Kunde inte läsa "{name}": filtypen "{path.suffix}" stöds inte. Spara filen som {known}.')
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f'Kunde inte läsa "{name}": filen finns inte. Kontrollera sökvägen.') from error
    except OSError as error:
        raise ReadError(f'Kunde inte läsa "{name}": {error.strerror}. Kontrollera behörigheten.') from error
    if not data.strip():
        raise ReadError(f'Kunde inte läsa "{name}": filen är tom. Lägg in den på nytt.')
    return reader(data, path, name)


def _read_text(data: bytes, _path: Path, name: str) -> tuple[Page, ...]:
    """Plain text and Markdown. A form feed starts a new page."""
    text = _decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError(f'Kunde inte läsa "{name}": filen är tom. Lägg in den på nytt.')
    parts = text.split("\f")
    return tuple(Page(number if len(parts) > 1 else None, part) for number, part in enumerate(parts, 1))


def _decode(data: bytes, name: str) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else what the bytes look like (Windows-1252, for instance)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, encoding, name)
    try:
        return _refuse_binary(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        guess = from_bytes(data, cp_isolation=["cp1252", "latin_1", "cp437", "cp850", "mac_roman"]).best()
    if guess is None:
        raise ReadError(f'Kunde inte läsa "{name}": teckenkodningen går inte att känna igen. Spara filen som UTF-8.')
    return _refuse_binary(str(guess), name)


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f'Kunde inte läsa "{name}": filen är inte hel {encoding}. Spara den som UTF-8.') from error


def _refuse_binary(text: str, name: str) -> str:
    odd = sum(1 for char in text if ord(char) < 32 and char not in "\n\r\t\f") + text.count("\ufffd")
    if odd > len(text) / 100:
        raise ReadError(
            f'Kunde inte läsa "{name}": innehållet är inte text. Spara dokumentet som .txt, .md eller .pdf.'
        )
    return text


def _read_pdf(_data: bytes, path: Path, name: str) -> tuple[Page, ...]:
    """Each page's text in reading order. A password, broken structure or missing text is a `ReadError`."""
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    number = 0
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(
                f'Kunde inte läsa "{name}": filen har lösenord. Spara en kopia utan lösenord och lägg in den.'
            )
        pages = []
        for number, page in enumerate(reader.pages, 1):
            pages.append(Page(number, page.extract_text() or ""))
    except FileNotDecryptedError as error:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är krypterad. Spara en kopia utan lösenord och lägg in den igen.'
        ) from error
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        place = f"sidan {number + 1}" if number else "filens början"
        raise ReadError(
            f'Kunde inte läsa "{name}": PDF-filen är trasig eller avkortad ({place}). Hämta eller spara den på nytt.'
        ) from error
    return _with_text(tuple(pages), name)


def _with_text(pages: tuple[Page, ...], name: str) -> tuple[Page, ...]:
    empty = [page.number for page in pages if not page.text.strip()]
    if not pages:
        raise ReadError(f'Kunde inte läsa "{name}": PDF-filen har inga sidor. Hämta eller spara den på nytt.')
    if len(pages) - len(empty) < _LEAST_TEXT_SHARE * len(pages):
        which = "alla sidor" if len(empty) == len(pages) else "sidorna " + ", ".join(map(str, empty[:12]))
        raise ReadError(
            f'Kunde inte läsa "{name}": {which} är bilder utan text. Gör texten sökbar (OCR) och lägg in filen igen.'
        )
    return pages


_READERS: dict[str, Callable[[bytes, Path, str], tuple[Page, ...]]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".pdf": _read_pdf,
}
