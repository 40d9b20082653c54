"""Search aids: for each passage the questions that it answers, in users' words, and its gist.

They are indexed as further ways to the passage, never shown as source text and never cited. Files lie in
`enrichment/<source id>.toml` beside the sources; each entry is keyed to its section and to a fingerprint of the
passage's words, so that one whose passage has changed is noticed and left out.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant import paths
from assistant.errors import IndexFolderError, SourceError
from assistant.finding.embedder import Embedder, Vectors
from assistant.types import Document, Passage

_FOLDER, _TEXTS, _VECTORS = "enrichment", "aids.json", "aids.npy"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    section: str
    starts: str
    fingerprint: str = Field(pattern=r"^[0-9a-f]{12}$")
    gist: str = ""
    questions: list[str] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int = Field(alias="schema")
    source: str
    passage: list[_Entry] = []


@dataclass(frozen=True, slots=True)
class Aid:
    """One further way to a passage: a question or a gist."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Enrichment:
    """The aids that fit today's passages, and a Swedish line for each entry that fits none."""

    aids: tuple[Aid, ...]
    stale: tuple[str, ...] = ()


def passage_fingerprint(passage: Passage) -> str:
    """From the passage's letters and digits, so that a mended space or bullet changes nothing."""
    letters = "".join(char for char in passage.text.lower() if char.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()[:12]


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
            aids += [Aid(passage.id, text) for text in (*entry.questions, entry.gist) if text.strip()]
    return aids, stale


def _parse(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(f'Sökfrågorna i "{paths.shown(path)}" går inte att läsa: {reason}. Rätta filen.') from error


_AIDS: TypeAdapter[tuple[Aid, ...]] = TypeAdapter(tuple[Aid, ...])


def write_aids(folder: Path, aids: Sequence[Aid], embedder: Embedder, known: Mapping[str, Vectors]) -> None:
    """Writes the aids and their vectors; those in `known`, by text, are not computed again."""
    missing = list(dict.fromkeys(aid.text for aid in aids if aid.text not in known))
    fresh = dict(zip(missing, embedder.encode_passages(missing), strict=True)) if missing else {}
    vectors = [known[aid.text] if aid.text in known else fresh[aid.text] for aid in aids]
    array = np.stack(vectors) if vectors else np.zeros((0, 1))
    np.save(folder / _VECTORS, array.astype(np.float16))
    (folder / _TEXTS).write_text(
        json.dumps([{"passage_id": aid.passage_id, "text": aid.text} for aid in aids], ensure_ascii=False),
        encoding="utf-8",
    )


def read_aids(folder: Path) -> tuple[tuple[Aid, ...], NDArray[np.float32]]:
    """The aids of a generation and their vectors, shape (aids, dimensions)."""
    try:
        aids = _AIDS.validate_json((folder / _TEXTS).read_bytes())
        vectors = np.load(folder / _VECTORS, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError, ValidationError) as error:
        raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
    return aids, vectors


def known_aids(folder: Path) -> dict[str, Vectors]:
    """The vectors of a generation's aids by text."""
    aids, vectors = read_aids(folder)
    return {aid.text: vector for aid, vector in zip(aids, vectors, strict=True)}
