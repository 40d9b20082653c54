"""Points: the small texts that lead to a passage, with their vectors: its sentences and list items, and its aids.

Small texts are searched and passages are returned ("small-to-big"): a question lies nearer to one sentence, or to
another question, than to a whole passage. There are many, so search compares with fewer numbers of each: the first
principal components of all of them, which keep the inner products as nearly as any so many numbers can (Eckart & Young
1936). The whole vectors lie beside, for the next build.
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

_TEXTS, _VECTORS, _SHORT, _PLACES = "points.json", "points.npy", "points-short.npy", "points-places.npz"
#: Search compares with so many principal components at least, and with more where there are so few texts that all
#: their numbers together are no more than the second figure; chosen so that no figure of the eval sets moves.
_FEWEST_COMPONENTS, _MOST_NUMBERS = 128, 5_500_000
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
    """The points passage by passage: first its aids, by the sentence that they lead to, then its sentences."""
    asked: dict[str, list[Point]] = {}
    for aid in sorted((aid for aid in aids if not aid.words_only), key=lambda aid: (aid.end > 0, aid.start)):
        asked.setdefault(aid.passage_id, []).append(Point(aid.passage_id, aid.text, "aid", aid.start, aid.end))
    own = {passage.id: _sentences(passage) for passage in passages}
    if sum(map(len, own.values())) > _MOST_SENTENCES:
        own = {}
    return tuple(point for passage in passages for point in (*asked.get(passage.id, ()), *own.get(passage.id, ())))


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


def write_points(folder: Path, passages: Sequence[Passage], points: Sequence[Point], vectors: Vectors) -> None:
    """Writes the points of a generation; the vectors in half precision, which changes no rank worth naming."""
    axes = _principal_axes(vectors)
    row = {passage.id: place for place, passage in enumerate(passages)}
    np.save(folder / _VECTORS, vectors.astype(np.float16))
    np.save(folder / _SHORT, (vectors @ axes).astype(np.float16))
    np.savez(
        folder / _PLACES,
        passages=np.array([row[point.passage_id] for point in points], dtype=np.int32),
        starts=np.array([point.start if point.end else -1 for point in points], dtype=np.int32),
        is_aid=np.array([point.kind == "aid" for point in points], dtype=np.bool_),
        axes=axes,
    )
    (folder / _TEXTS).write_bytes(_POINTS.dump_json(tuple(map(astuple, points))))


def _principal_axes(vectors: Vectors) -> Vectors:
    """The axes along which the vectors are longest, best first, shape (dimensions, components)."""
    count, dimensions = vectors.shape
    components = max(_FEWEST_COMPONENTS, _MOST_NUMBERS // max(1, count))
    if dimensions <= components:
        return np.eye(dimensions, dtype=np.float32)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    best: Vectors = np.ascontiguousarray(axes[:, ::-1][:, :components], dtype=np.float32)
    return best


def read_points(folder: Path) -> tuple[tuple[Point, ...], Vectors]:
    """The points of a generation and their whole vectors. `IndexFolderError` says that the index is damaged."""
    texts = read_texts(folder)
    try:
        vectors = np.load(folder / _VECTORS, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    return texts, vectors


def read_texts(folder: Path) -> tuple[Point, ...]:
    """The points without their vectors. `IndexFolderError` says that the index is damaged."""
    try:
        return tuple(Point(*row) for row in _POINTS.validate_json((folder / _TEXTS).read_bytes()))
    except (OSError, ValidationError) as error:
        raise _damaged(folder) from error


@dataclass(frozen=True, slots=True)
class PointTable:
    """The points as they are searched.

    Those of the passage in row p are `firsts[p]:firsts[p + 1]`. `starts` holds where in its passage the sentence begins
    that a point leads to, -1 for the whole; `vectors` has shape (points, components) and `axes` (dimensions,
    components).
    """

    passages: NDArray[np.int32]
    firsts: NDArray[np.int64]
    starts: NDArray[np.int32]
    is_aid: NDArray[np.bool_]
    vectors: Vectors
    axes: Vectors

    @classmethod
    def read(cls, folder: Path, passages: int) -> PointTable:
        """`passages` is how many there are. `IndexFolderError` says that the index is damaged."""
        try:
            vectors = np.load(folder / _SHORT, allow_pickle=False).astype(np.float32)
            with np.load(folder / _PLACES, allow_pickle=False) as file:
                rows, starts, is_aid, axes = (file[key] for key in ("passages", "starts", "is_aid", "axes"))
            if not len(rows) == len(starts) == len(is_aid) == len(vectors) or vectors.shape[1] != axes.shape[1]:
                raise ValueError("the columns do not fit together")
        except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
            raise _damaged(folder) from error
        return cls(rows, np.searchsorted(rows, np.arange(passages + 1)), starts, is_aid, vectors, axes)

    def __len__(self) -> int:
        return len(self.starts)

    def shortened(self, vector: Vectors) -> Vectors:
        """A vector of shape (dimensions,) as it is compared with those of the points, shape (components,)."""
        short: Vectors = vector @ self.axes if len(self) else np.zeros(self.axes.shape[1], dtype=np.float32)
        return short

    def similarities(self, short: Vectors) -> NDArray[np.float32]:
        """The cosine similarity of each point to a shortened vector, 0..1, shape (points,)."""
        if not len(self) or not np.any(short):
            return np.zeros(len(self), dtype=np.float32)
        similarities: NDArray[np.float32] = np.clip(self.vectors @ short, 0.0, 1.0)
        return similarities

    def of_passage(self, place: int) -> slice:
        return slice(int(self.firsts[place]), int(self.firsts[place + 1]))


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


def _damaged(folder: Path) -> IndexFolderError:
    return IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.')
