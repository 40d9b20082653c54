"""The passages' vectors of a small index, in one file beside the Chroma collection that holds them too.

Up to some twenty thousand passages, comparing with every vector takes less time than asking Chroma, is exact at any
filter, and spares a new process the half second in which Chroma opens. A larger index has no such file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.errors import IndexFolderError
from assistant.finding.embedder import Vectors
from assistant.finding.fuse import Scores

_NAME = "passages.npy"
#: An index with more passages is searched by Chroma.
MOST_PASSAGES = 20_000


def write_vectors(folder: Path, vectors: Sequence[Vectors]) -> None:
    """Writes the vectors, each of shape (dimensions,) and length 1, in the order of the passages; none when many."""
    if 0 < len(vectors) <= MOST_PASSAGES:
        np.save(folder / _NAME, np.stack(vectors).astype(np.float32))


def read_vectors(folder: Path, count: int) -> Vectors | None:
    """The vectors, shape (passages, dimensions), or None when the index is one for Chroma.

    `IndexFolderError` says that the index is damaged.
    """
    if not 0 < count <= MOST_PASSAGES:
        return None
    try:
        vectors: Vectors = np.load(folder / _NAME, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    if vectors.ndim != 2 or len(vectors) != count:
        raise _damaged(folder)
    return vectors


def nearest(vectors: Vectors, vector: Vectors, top: int, allowed: Sequence[int] | None = None) -> Scores:
    """The cosine similarity of the `top` rows nearest to the vector, shape (rows,); 0 for all others.

    `allowed`, when given, restricts the search to these rows.
    """
    scores = np.zeros(len(vectors), dtype=np.float32)
    rows = np.arange(len(vectors)) if allowed is None else np.asarray(allowed, dtype=np.int64)
    similarity = vectors[rows] @ vector if allowed is not None else vectors @ vector
    best = np.argsort(-similarity, kind="stable")[:top]
    scores[rows[best]] = np.maximum(similarity[best], 0.0)
    return scores


def _damaged(folder: Path) -> IndexFolderError:
    return IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.')
