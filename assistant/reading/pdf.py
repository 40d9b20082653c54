"""PDF -> `RawDocument`, by pypdf: one `Page` of lines for each page."""

from __future__ import annotations

import logging
from pathlib import Path

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.raw import RawDocument
from assistant.types import Page

#: What share of a PDF's pages must hold text before its text can be trusted to stand for the document.
_LEAST_TEXT_SHARE = 0.5


def read_pdf(path: Path) -> RawDocument:
    """Each page's text in reading order. A password, broken structure or missing text is a `ReadError`."""
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    name = paths.shown(path)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[Page] = []
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(
                f'Kunde inte läsa "{name}": filen har lösenord. Spara en kopia utan lösenord och lägg in den.'
            )
        for label, page in zip(reader.page_labels, reader.pages, strict=True):
            pages.append(Page(label, page.extract_text() or ""))
    except FileNotDecryptedError as error:
        raise ReadError(
            f'Kunde inte läsa "{name}": filen är krypterad. Spara en kopia utan lösenord och lägg in den igen.'
        ) from error
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        place = f"vid sidan {len(pages) + 1}" if pages else "i filens början"
        raise ReadError(
            f'Kunde inte läsa "{name}": PDF-filen är trasig eller avkortad ({place}). Hämta eller spara den på nytt.'
        ) from error
    return _with_text(tuple(pages), name)


def _with_text(pages: tuple[Page, ...], name: str) -> RawDocument:
    empty = [str(number) for number, page in enumerate(pages, 1) if not page.text.strip()]
    if not pages:
        raise ReadError(f'Kunde inte läsa "{name}": PDF-filen har inga sidor. Hämta eller spara den på nytt.')
    which = "alla sidor" if len(empty) == len(pages) else "sidorna " + ", ".join(empty[:12])
    if len(pages) - len(empty) < _LEAST_TEXT_SHARE * len(pages):
        raise ReadError(
            f'Kunde inte läsa "{name}": {which} är bilder utan text. Gör texten sökbar (OCR) och lägg in filen igen.'
        )
    return RawDocument(pages, notes=(f'"{name}": {which} saknar text.',) if empty else ())
