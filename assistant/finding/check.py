"""Proves that a built generation answers: run as `python -m assistant.finding.check FOLDER`, exit code 0 or 1.

Chroma can report the right number of rows while half of the vectors are missing, so vectors are looked up too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from assistant.errors import IndexFolderError
from assistant.finding.documents_file import read_documents
from assistant.finding.store import VectorStore

#: At most so many vectors are looked up, spread evenly.
_SAMPLE = 200
#: The largest cosine distance at which a vector counts as found again.
_TOLERANCE = 1e-3


def check(folder: Path) -> None:
    """Raises `IndexFolderError` unless every passage is there and a sample of the vectors finds itself."""
    ids = [passage.id for document in read_documents(folder) for passage in document.passages]
    with VectorStore(folder / "chroma") as store:
        vectors = store.vectors()
        if store.count() != len(ids) or set(vectors) != set(ids):
            raise IndexFolderError(f"{len(ids)} stycken skulle finnas, {len(vectors)} finns")
        for key in ids[:: max(1, len(ids) // _SAMPLE)]:
            if np.any(vectors[key]) and max(store.nearest(vectors[key], 1).values(), default=0.0) < 1 - _TOLERANCE:
                raise IndexFolderError(f"stycket {key} går inte att hitta med sin egen vektor")


def main() -> int:
    try:
        check(Path(sys.argv[1]))
    except IndexFolderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
