"""Words' vectors by an embedding model, remembered: the same words come again with every sentence that is read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from assistant.finding.embedder import Embedder, Vectors

#: So many vectors are remembered at most.
_MOST_KNOWN = 20_000


class WordVectors:
    """The model is opened at first use. Safe to call from several threads."""

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._known: dict[str, Vectors] = {}

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors, of shape (texts, dimensions)."""
        known = self._known if len(self._known) < _MOST_KNOWN else {}
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        if unknown:
            known.update(zip(unknown, self._opened().encode_passages(unknown), strict=True))
        self._known = known
        return np.stack([known[text] for text in texts])

    def _opened(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = self._open_embedder()
            return self._embedder
