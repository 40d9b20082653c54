"""Search aids: for each passage the questions that it answers, its gist, and how people speak of what it says.

They are indexed as further ways to the passage, never shown as source text and never cited. Files lie in
`enrichment/<source id>.toml` beside the sources; each entry is keyed to its section and to a fingerprint of the
passage's words, so that one whose passage has changed is noticed and left out. Questions that one sentence answers
stand under that sentence, which its first words name; they lead to it as well as to its passage.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant import paths
from assistant.errors import SourceError
from assistant.reading.sentences import sentence_spans
from assistant.types import Document, Passage

_FOLDER = "enrichment"


class _Sentence(BaseModel):
    model_config = ConfigDict(extra="forbid")

    starts: str
    questions: list[str]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    section: str
    starts: str
    fingerprint: str = Field(pattern=r"^[0-9a-f]{12}$")
    gist: str = ""
    questions: list[str] = []
    everyday: list[str] = []
    words: str = ""
    sentence: list[_Sentence] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int = Field(alias="schema")
    source: str
    passage: list[_Entry] = []


@dataclass(frozen=True, slots=True)
class Aid:
    """One further way to a passage: a question that it answers, its gist, or everyday words for what it says.

    `start` and `end` are those of the sentence that answers the question, in the passage's text; both 0 when it is the
    passage as a whole. A list of words has no vector: it says nothing that has a direction.
    """

    passage_id: str
    text: str
    start: int = 0
    end: int = 0
    words_only: bool = False


@dataclass(frozen=True, slots=True)
class Enrichment:
    """The aids that fit today's passages, and a Swedish line for each entry that fits none."""

    aids: tuple[Aid, ...]
    stale: tuple[str, ...] = ()


def passage_fingerprint(passage: Passage) -> str:
    """From the passage's letters and digits, so that a mended space or bullet changes nothing."""
    return hashlib.sha256(_letters(passage.text).encode()).hexdigest()[:12]


def read_enrichment(folders: Sequence[Path], documents: Sequence[Document]) -> Enrichment:
    """The aids for these documents from the `enrichment` folders beside the lists of sources."""
    aids: list[Aid] = []
    stale: list[str] = []
    for document in documents:
        for file in _files(folders, document.source.id):
            found, left = _fit(_parse(file), document, file)
            aids += found
            stale += left
    return Enrichment(tuple(aids), tuple(stale))


def enrichment_fingerprint(folders: Sequence[Path], source_ids: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for source_id in source_ids:
        for file in _files(folders, source_id):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def halves(aids: Iterable[Aid]) -> tuple[list[Aid], list[Aid]]:
    """The aids to search by, and every other question of each sentence, to ask."""
    kept: list[Aid] = []
    asked: list[Aid] = []
    seen: dict[tuple[str, int], int] = {}
    for aid in aids:
        key = (aid.passage_id, aid.start)
        seen[key] = seen.get(key, 0) + 1
        (asked if aid.end and seen[key] % 2 == 0 else kept).append(aid)
    return kept, asked


def _files(folders: Sequence[Path], source_id: str) -> list[Path]:
    candidates = [folder / _FOLDER / f"{source_id}.toml" for folder in folders]
    return [path for path in candidates if path.is_file()]


def _fit(file: _File, document: Document, path: Path) -> tuple[list[Aid], list[str]]:
    passages: dict[str, list[Passage]] = {}
    for passage in document.passages:
        passages.setdefault(passage_fingerprint(passage), []).append(passage)
    aids, stale = [], []
    for entry in file.passage:
        fitting = passages.get(entry.fingerprint, [])
        if not fitting:
            stale.append(f'"{paths.shown(path)}": frågorna till "{entry.section}" hör till en text som har ändrats.')
        for passage in fitting:
            aids += [Aid(passage.id, text) for text in (*entry.questions, *entry.everyday, entry.gist) if text.strip()]
            aids += [Aid(passage.id, entry.words, words_only=True)] if entry.words.strip() else []
            found, lost = _of_sentences(entry, passage)
            aids += found
            stale += [f'"{paths.shown(path)}": ingen mening under "{entry.section}" börjar med "{s}".' for s in lost]
    return aids, stale


def _of_sentences(entry: _Entry, passage: Passage) -> tuple[list[Aid], list[str]]:
    """The aids of the passage's single sentences, and the first words of those that it does not hold."""
    spans = sentence_spans(passage.text)
    opening = {span: _letters(passage.text[slice(*span)]) for span in spans}
    aids, lost = [], []
    for sentence in entry.sentence:
        begins = _letters(sentence.starts)
        fitting = [span for span in spans if begins and opening[span].startswith(begins)]
        span = next((span for span in fitting if opening[span] == begins), fitting[0] if fitting else None)
        if span is None:
            lost.append(sentence.starts)
        else:
            aids += [Aid(passage.id, text, *span) for text in sentence.questions if text.strip()]
    return aids, lost


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(char for char in text.lower() if char.isalnum())


def _parse(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(f'Sökfrågorna i "{paths.shown(path)}" går inte att läsa: {reason}. Rätta filen.') from error
