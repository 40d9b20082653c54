"""Plain text and Markdown -> `RawDocument`: the encoding found, one page unless form feeds part it."""

from __future__ import annotations

from pathlib import Path

from charset_normalizer import from_bytes

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.raw import RawDocument
from assistant.types import Page

#: Encodings that Swedish text without a mark may be in, besides UTF-8.
_OLD_ENCODINGS = ["cp1252", "latin_1", "cp437", "cp850", "mac_roman"]


def read_text(path: Path) -> RawDocument:
    """A form feed starts a new page."""
    name = paths.shown(path)
    text = _decode(path.read_bytes(), name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError(f'Kunde inte läsa "{name}": filen är tom. Lägg in den på nytt.')
    parts = text.split("\f")
    return RawDocument(
        tuple(Page(str(number) if len(parts) > 1 else None, part) for number, part in enumerate(parts, 1))
    )


def _decode(data: bytes, name: str) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else what the bytes look like (Windows-1252, for instance)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, encoding, name)
    try:
        return _refuse_binary(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        guess = from_bytes(data, cp_isolation=_OLD_ENCODINGS).best()
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
