"""How well a source was read: what was kept of its text, and the spots that look wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.reading.documents import document_from_raw
from assistant.reading.raw import RawDocument
from assistant.reading.sentences import CELL_GAP, sentence_spans
from assistant.reading.worker import read_bounded
from assistant.settings import Settings
from assistant.types import Document, Passage, Source

_GLUED = re.compile(r"\b\w*[a-zåäö][A-ZÅÄÖ]\w*\b|\b[a-zåäö]{36,}\b")
#: Names that are written with a capital inside.
_CAMEL = re.compile(r"^(?:SmåKom\w*|[A-ZÅÄÖ]+\w*|\w+:\w+)$")
_PIPES = re.compile(r"\|.*\|")
_LONG = 1.5


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures of one source. `kept` is the share of the file's letters and digits that its text holds, 0..1."""

    source: Source
    pages: int
    sections: int
    passages: int
    kept: float
    suspicious: tuple[str, ...]
    notes: tuple[str, ...]


def examine_source(settings: Settings, source: Source) -> Reading:
    """Reads the source anew. `ReadError` when it cannot be read."""
    raw = read_bounded(source.path)
    document = document_from_raw(source, raw, settings.passage_words)
    return Reading(
        source=source,
        pages=len(document.pages),
        sections=len(document.sections),
        passages=len(document.passages),
        kept=_kept(raw, document),
        suspicious=tuple(_suspicious(document, settings.passage_words)),
        notes=raw.notes,
    )


def _kept(raw: RawDocument, document: Document) -> float:
    before = Counter("".join([page.text for page in raw.pages] + [block.text for block in raw.blocks]))
    after = Counter(document.text)
    letters = [char for char in before if char.isalnum()]
    total = sum(before[char] for char in letters)
    return sum(min(before[char], after[char]) for char in letters) / total if total else 0.0


def _suspicious(document: Document, words: int) -> Iterator[str]:
    for passage in document.passages:
        place = f"{passage.locator or 'utan rubrik'}, tecken {passage.start}"
        glued = [word for word in _GLUED.findall(passage.text) if not _CAMEL.match(word)]
        if glued:
            yield f"{place}: ord som kan sitta ihop ({', '.join(glued[:3])})"
        if len(passage.text.split()) > _LONG * words:
            yield f"{place}: mycket långt stycke ({len(passage.text.split())} ord)"
        if _PIPES.search(passage.text):
            yield f"{place}: en tabell som inte lästes rad för rad"
        if _begins_midway(passage):
            yield f'{place}: börjar mitt i en mening ("{passage.text[:40]}")'


def _begins_midway(passage: Passage) -> bool:
    """True when running text begins with a lower-case letter; list items and table rows may."""
    if passage.text.lstrip()[:1] in "•‒" or CELL_GAP in passage.text:
        return False
    spans = sentence_spans(passage.text)
    return bool(spans) and passage.text[spans[0][0]].islower()
