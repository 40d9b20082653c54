"""The documents of a generation on disk: what was read, so that a question need not read the sources again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import IndexFolderError
from assistant.types import Document

_NAME = "documents.json"
_DOCUMENTS: TypeAdapter[tuple[Document, ...]] = TypeAdapter(tuple[Document, ...])


def write_documents(folder: Path, documents: Sequence[Document]) -> None:
    (folder / _NAME).write_bytes(_DOCUMENTS.dump_json(tuple(documents)))


def read_documents(folder: Path) -> tuple[Document, ...]:
    try:
        return _DOCUMENTS.validate_json((folder / _NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
