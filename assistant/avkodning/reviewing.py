"""A municipality's own instruktion -> `Review`: each requirement with what the document says of it."""

from __future__ import annotations

from pathlib import Path

from assistant import paths
from assistant.avkodning.matching import Match, Matcher
from assistant.avkodning.own_text import OwnText, read_own_text
from assistant.avkodning.places import Documents, citation_of
from assistant.avkodning.recognising import is_instruktion
from assistant.avkodning.requirements import Requirement, Requirements
from assistant.errors import ReadError, SourceError
from assistant.finding.embedder import Embedder
from assistant.finding.lexicon import Lexicon
from assistant.reading.documents import document_from_raw
from assistant.reading.worker import read_bounded
from assistant.types import Citation, Document, Finding, FindingVerdict, Review, Source

#: A longer document is no instruktion, and reading it through would take too long.
LONGEST_DOCUMENT = 400_000
#: What a document that is reviewed is called among sources; it is none of them.
_OWN_ID = "eget-dokument"


def read_own_document(path: Path, passage_words: int, title: str = "") -> Document:
    """A file as the assistant reads it, for review only: it never enters an index.

    `title` is what it is called, its file's name when "". `ReadError` says in one Swedish line why it cannot be read.
    """
    source = Source(_OWN_ID, title or path.stem, "eget", path, "")
    document = document_from_raw(source, read_bounded(path), passage_words)
    name = paths.shown(path)
    if not any(char.isalpha() for char in document.text):
        raise ReadError(f'Kunde inte läsa "{name}": filen innehåller ingen text. Spara den med text och försök igen.')
    if len(document.text) > LONGEST_DOCUMENT:
        raise ReadError(
            f'"{name}" är för lång för att granskas ({len(document.text)} tecken, högst {LONGEST_DOCUMENT}). '
            "Spara instruktionen som ett eget dokument."
        )
    return document


class Reviewer:
    """Reviews documents against requirements that rest on `documents`. Safe to use from several threads."""

    def __init__(self, requirements: Requirements, documents: Documents, lexicon: Lexicon, embedder: Embedder) -> None:
        """`SourceError` when the documents do not hold what a requirement rests on."""
        self._lexicon = lexicon
        self._matcher = Matcher(requirements, lexicon, embedder)
        self._basis = _bases(requirements, documents)

    def review(self, document: Document, index_id: str = "") -> Review:
        own = read_own_text(document, self._lexicon)
        recognised = is_instruktion(own)
        rows = tuple(self._finding(match, own, recognised) for match in self._matcher.match(own, recognised))
        return Review(document, recognised, rows, index_id)

    def _finding(self, match: Match, own: OwnText, recognised: bool) -> Finding:
        row = match.requirement
        verdict = _verdict(match, recognised)
        return Finding(
            requirement=row.id,
            title=row.title,
            weight=row.weight,
            verdict=verdict,
            own=own.place(match.part) if match.part else None,
            basis=self._basis[row.id],
            reason=row.reasons[verdict],
            question=row.follow_up if verdict == "found" else row.question,
        )


def _verdict(match: Match, recognised: bool) -> FindingVerdict:
    """No law is met by a document that is no instruktion."""
    if match.verdict == "found" and match.requirement.weight == "lag" and not recognised:
        return "partly"
    return match.verdict


def _bases(requirements: Requirements, documents: Documents) -> dict[str, Citation]:
    """What each requirement rests on; requirements that rest on the same words share the number."""
    known: dict[tuple[str, int, int], Citation] = {}
    return {row.id: _basis(row, documents, known) for row in requirements.rows}


def _basis(row: Requirement, documents: Documents, known: dict[tuple[str, int, int], Citation]) -> Citation:
    found = citation_of(row.basis, documents, len(known) + 1)
    if found is None:
        raise SourceError(
            f'Kravet "{row.id}" vilar på ord i "{row.basis.source_id}" som inte finns i källorna. '
            "Lägg tillbaka källan eller rätta requirements.toml."
        )
    return known.setdefault((found.source.id, found.start, found.end), found)
