"""Sources and documents in the form that other programs read (schema 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.answering.as_json import SCHEMA
from assistant.errors import UsageError
from assistant.reading.checking import Reading
from assistant.types import Document, Passage, Section, Source


def find_source(sources: Sequence[Source], source_id: str) -> Source:
    """The source with this id. `UsageError` names the ids that there are."""
    for source in sources:
        if source.id == source_id:
            return source
    raise UsageError(f'Källan "{source_id}" finns inte. Det finns: {", ".join(source.id for source in sources)}.')


def sources_to_json(sources: Sequence[Source]) -> dict[str, Any]:
    return {"schema": SCHEMA, "sources": [_source(source) for source in sources]}


def document_to_json(document: Document) -> dict[str, Any]:
    """The source with its extracted text, in which the offsets of citations count, its sections and passages."""
    return {
        "schema": SCHEMA,
        "source": _source(document.source),
        "text": document.text,
        "sections": [_section(section) for section in document.sections],
        "passages": [_passage(passage) for passage in document.passages],
    }


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """How well a source was read; `kept` is a share, 0..1."""
    return {
        "id": reading.source.id,
        "pages": reading.pages,
        "sections": reading.sections,
        "passages": reading.passages,
        "kept": round(reading.kept, 4),
        "suspicious": list(reading.suspicious),
        "notes": list(reading.notes),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "kind": source.kind,
        "url": source.url,
        "sha256": source.sha256,
        "origin": source.origin,
        "account": source.account,
        "consolidated_through": source.through,
        "fetched": source.fetched,
        "guessed": list(source.guessed),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "path": list(section.path),
        "start": section.start,
        "end": section.end,
        "first_page": section.first_page,
        "last_page": section.last_page,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.id,
        "path": list(passage.path),
        "locator": passage.locator,
        "voice": passage.voice,
        "start": passage.start,
        "end": passage.end,
        "lead_in": passage.lead_in,
        "text": passage.text,
    }
