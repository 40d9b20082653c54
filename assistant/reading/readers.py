"""A file -> `RawDocument`, by its ending: the one list of formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.docx import read_docx
from assistant.reading.html import read_html
from assistant.reading.pdf import read_pdf
from assistant.reading.pptx import read_pptx
from assistant.reading.raw import RawDocument
from assistant.reading.text import read_text

READERS: dict[str, Callable[[Path], RawDocument]] = {
    ".txt": read_text,
    ".md": read_text,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".html": read_html,
    ".htm": read_html,
}


def read_file(path: Path) -> RawDocument:
    """What the file holds. `ReadError` says in one Swedish line why it cannot be read and what to do."""
    name = paths.shown(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReadError(f'Kunde inte läsa "{name}": filtypen "{path.suffix}" stöds inte. Spara filen som {known}.')
    try:
        if not path.stat().st_size:
            raise ReadError(f'Kunde inte läsa "{name}": filen är tom. Lägg in den på nytt.')
        return reader(path)
    except FileNotFoundError as error:
        raise ReadError(f'Kunde inte läsa "{name}": filen finns inte. Kontrollera sökvägen.') from error
    except OSError as error:
        raise ReadError(f'Kunde inte läsa "{name}": {error.strerror}. Kontrollera behörigheten.') from error
