"""Points: the small texts that lead to a passage, with their vectors: its sentences and list items, and its aids.

Small texts are searched and passages are returned ("small-to-big"): a question lies nearer to one sentence, or to
another question, than to a whole passage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from assistant.errors import IndexFolderError
from assistant.finding.embedder import Embedder, Vectors
from assistant.finding.enrich import Aid
from assistant.reading.sentences import sentence_spans
from assistant.types import Passage

_TEXTS, _VECTORS = "points.json", "points.npy"
#: A shorter sentence says too little to be searched for.
_FEWEST_WORDS = 3
#: A corpus with more sentences is searched without them: their vectors would fill the memory.
_MOST_SENTENCES = 100_000
#: What a passage's own words weigh in its vector beside its aids; chosen on the set that the product is tuned on.
_OWN_SHARE = 0.3
#: So many are embedded at a time.
_BATCH = 1024

PointKind = Literal["sentence", "aid"]


@dataclass(frozen=True, slots=True)
class Point:
    """A small text and the passage that it leads to.

    `start` and `end` are those of the sentence that it leads to, in the passage's text; both 0 when it is the whole.
    """

    passage_id: str
    text: str
    kind: PointKind
    start: int = 0
    end: int = 0


_Row = tuple[str, str, PointKind, int, int]
_POINTS: TypeAdapter[tuple[_Row, ...]] = TypeAdapter(tuple[_Row, ...])


def make_points(passages: Sequence[Passage], aids: Sequence[Aid]) -> tuple[Point, ...]:
    """The points of all passages: first the aids, then the sentences in the order of the passages."""
    points = [Point(aid.passage_id, aid.text, "aid", aid.start, aid.end) for aid in aids if not aid.words_only]
    sentences = [point for passage in passages for point in _sentences(passage)]
    return (*points, *(sentences if len(sentences) <= _MOST_SENTENCES else ()))


def _sentences(passage: Passage) -> list[Point]:
    points = [
        Point(passage.id, passage.text[start:end], "sentence", start, end)
        for start, end in sentence_spans(passage.text)
    ]
    return [point for point in points if len(point.text.split()) >= _FEWEST_WORDS]


def embed_points(
    points: Sequence[Point], embedder: Embedder, known: Mapping[str, Vectors], progress: Callable[[int, int], None]
) -> Vectors:
    """The points' vectors, shape (points, dimensions); those in `known`, by text, are not computed again."""
    vectors = dict(known)
    missing = list(dict.fromkeys(point.text for point in points if point.text not in known))
    for start in range(0, len(missing), _BATCH):
        progress(start, len(missing))
        batch = missing[start : start + _BATCH]
        vectors.update(zip(batch, embedder.encode_passages(batch), strict=True))
    progress(len(missing), len(missing))
    if not points:
        return np.zeros((0, 1), dtype=np.float32)
    return np.stack([vectors[point.text] for point in points]).astype(np.float32)


def write_points(folder: Path, points: Sequence[Point], vectors: Vectors) -> None:
    """Writes the points of a generation; the vectors in half precision, which changes no rank worth naming."""
    np.save(folder / _VECTORS, vectors.astype(np.float16))
    (folder / _TEXTS).write_bytes(_POINTS.dump_json(tuple(map(astuple, points))))


def read_points(folder: Path) -> tuple[tuple[Point, ...], NDArray[np.float32]]:
    """The points of a generation and their vectors. `IndexFolderError` says that the index is damaged."""
    try:
        points = tuple(Point(*row) for row in _POINTS.validate_json((folder / _TEXTS).read_bytes()))
        vectors = np.load(folder / _VECTORS, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError, ValidationError) as error:
        raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
    return points, vectors


@dataclass(frozen=True, slots=True)
class PassageAids:
    """A passage's aids and the mean of their vectors, shape (dimensions,), of length 1."""

    texts: tuple[str, ...]
    vector: Vectors


def aids_by_passage(points: Sequence[Point], vectors: Vectors) -> dict[str, PassageAids]:
    """The aids of every passage that has any, by passage id."""
    rows: dict[str, list[int]] = {}
    for row, point in enumerate(points):
        if point.kind == "aid":
            rows.setdefault(point.passage_id, []).append(row)
    return {
        key: PassageAids(tuple(points[row].text for row in mine), _unit(vectors[mine].mean(axis=0)))
        for key, mine in rows.items()
    }


def join_with_aids(own: Vectors, aids: PassageAids | None) -> Vectors:
    """A passage's vector joined with the mean of its aids', of length 1; its own when it has none."""
    return own if aids is None else _unit(_OWN_SHARE * own + (1 - _OWN_SHARE) * aids.vector)


def _unit(vector: Vectors) -> Vectors:
    length = np.linalg.norm(vector)
    return (vector / length).astype(np.float32) if length else vector
