"""The vector leg: one Chroma collection (cosine) in a folder of its own. The only file that imports chromadb.

Chroma writes to its folder also when it is only read, keeps clients in a cache keyed by the path's text, and does not
survive being killed while it writes; so a collection is written once, in a fresh folder, and never changed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from assistant.errors import IndexFolderError
from assistant.finding.embedder import Vectors
from assistant.types import Passage, Source

_NAME = "passages"
#: How the index file's header begins: version, offset, room for vectors, vectors there, bytes of each (hnswlib).
_HEADER = struct.Struct("<iQQQQ")
#: Chroma takes at most 5,461 rows at a time; fewer give a smoother progress bar.
BATCH = 512


class VectorStore:
    """An open collection. Close it, or use it in a `with`: clients hold file handles until they are closed."""

    def __init__(self, folder: Path, create: bool = False) -> None:
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings as ChromaSettings
        from chromadb.errors import ChromaError

        self._errors: tuple[type[Exception], ...] = (ChromaError, OSError, ValueError, RuntimeError)
        try:
            self._client: Any = chromadb.PersistentClient(
                path=str(folder.resolve()), settings=ChromaSettings(anonymized_telemetry=False)
            )
            self._collection: Any = (
                self._create() if create else self._client.get_collection(_NAME, embedding_function=None)
            )
        except self._errors as error:
            raise IndexFolderError(
                f'Sökindexet i "{folder}" går inte att öppna. Kontrollera att mappen går att skriva i, '
                "och bygg om indexet med kd index --rebuild."
            ) from error

    def _create(self) -> Any:
        return self._client.create_collection(
            _NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def __enter__(self) -> VectorStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def add(self, passages: Sequence[Passage], vectors: Vectors, sources: Mapping[str, Source]) -> None:
        """Adds one batch; `vectors` has shape (passages, dimensions)."""
        self._collection.add(
            ids=[passage.id for passage in passages],
            embeddings=vectors,
            documents=[passage.text for passage in passages],
            metadatas=[
                {"source_id": p.source_id, "kind": sources[p.source_id].kind, "voice": p.voice} for p in passages
            ],
        )

    def count(self) -> int:
        return int(self._collection.count())

    def vectors(self) -> dict[str, Vectors]:
        """Every passage's vector by passage id."""
        rows = self._collection.get(include=["embeddings"])
        return dict(zip(rows["ids"], np.asarray(rows["embeddings"], dtype=np.float32), strict=True))

    def nearest(self, vector: Vectors, top: int, source_ids: Sequence[str] = ()) -> dict[str, float]:
        """The cosine similarity, -1..1, of the `top` passages nearest to the vector, by passage id.

        `source_ids`, when given, restricts the search to passages of those sources.
        """
        where = {"source_id": {"$in": list(source_ids)}} if source_ids else None
        rows = self._collection.query(query_embeddings=[vector], n_results=top, where=where, include=["distances"])
        return {key: 1.0 - float(distance) for key, distance in zip(rows["ids"][0], rows["distances"][0], strict=True)}


def erase_unused(folder: Path) -> None:
    """Overwrites the room that Chroma has set aside for vectors to come, in a closed collection.

    Chroma writes it out as it lay in memory, so it may hold text that the process had read: words of a document that
    has been removed, for instance. A file whose header says something else about its size is left as it is.
    """
    for header in folder.glob("*/header.bin"):
        _, _, room, used, size = _HEADER.unpack_from(header.read_bytes())
        data = header.with_name("data_level0.bin")
        if data.stat().st_size != room * size or used > room:
            continue
        with data.open("r+b") as file:
            file.seek(used * size)
            file.write(bytes((room - used) * size))
