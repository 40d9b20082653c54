"""Text -> vectors. The shipped model opens without torch; any sentence-transformers model works by name."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import paths
from assistant.errors import EmbeddingError
from assistant.settings import SHIPPED, Settings

_HUB_SECONDS = 5.0

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """`fingerprint` differs when the vectors would. Vectors have length 1, or 0 for a text without a known word."""

    name: str
    fingerprint: str

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (texts, dimensions)."""

    def encode_question(self, text: str) -> Vectors:
        """One vector of shape (dimensions,)."""


class StaticEmbedder:
    """A table of token vectors, averaged (sentence-transformers' StaticEmbedding), opened by model2vec."""

    def __init__(self, folder: Path, name: str) -> None:
        from model2vec import StaticModel

        self.name = name
        self.fingerprint = _folder_fingerprint(folder)
        self._model = StaticModel.from_pretrained(folder, force_download=False)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return _unit(self._model.encode(list(texts), max_length=None, use_multiprocessing=False))

    def encode_question(self, text: str) -> Vectors:
        vector: Vectors = self.encode_passages([text])[0]
        return vector


class TransformerEmbedder:
    """Any other model of sentence-transformers, with the prompts that it defines for questions and passages."""

    def __init__(self, name: str, download: bool) -> None:
        model = _load_transformer(name, download)
        self.name = name
        folder = Path(name)
        self.fingerprint = _folder_fingerprint(folder) if folder.is_dir() else _digest(name.encode())
        self._model = model

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return _unit(self._model.encode_document(list(texts), show_progress_bar=False, convert_to_numpy=True))

    def encode_question(self, text: str) -> Vectors:
        vectors = _unit(self._model.encode_query([text], show_progress_bar=False, convert_to_numpy=True))
        vector: Vectors = vectors[0]
        return vector


def open_embedder(name: str, settings: Settings, download: bool = False) -> Embedder:
    """Opens the shipped model, a folder, or a model by name; `download` lets a name be fetched from its hub.

    `EmbeddingError` says that there is no such model and how to give one offline.
    """
    folder = settings.embedder_dir if name == SHIPPED else Path(name).expanduser()
    if name == SHIPPED and not folder.is_dir():
        raise EmbeddingError(f'Den inbyggda sökmodellen saknas i "{paths.shown(folder)}". Installera om programmet.')
    if not folder.is_dir():
        return TransformerEmbedder(name, download)
    try:
        return StaticEmbedder(folder, name) if _is_static(folder) else TransformerEmbedder(str(folder), download=False)
    except (OSError, ValueError, KeyError) as error:
        raise EmbeddingError(f'Mappen "{paths.shown(folder)}" innehåller ingen sökmodell som går att öppna.') from error


def _is_static(folder: Path) -> bool:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    return bool(modules) and str(modules[0]["type"]).endswith("StaticEmbedding")


def _load_transformer(name: str, download: bool) -> Any:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer

    errors: tuple[type[Exception], ...] = (OSError, ValueError, RuntimeError, KeyError, ImportError, *_network_errors())
    try:
        if download and not _on_this_machine(name):
            _ask_hub(name)
            return SentenceTransformer(name, trust_remote_code=False)
        return SentenceTransformer(name, local_files_only=True, trust_remote_code=False)
    except errors as error:
        raise EmbeddingError(
            f'Sökmodellen "{name}" finns inte på datorn och gick inte att hämta. Kontrollera namnet, ange mappen där '
            f"modellen ligger, eller använd den inbyggda: kd index --embedding {SHIPPED}."
        ) from error


def _network_errors() -> tuple[type[Exception], ...]:
    """What the hub's client raises when it gets no reply; its own and those of the HTTP library that it has."""
    from huggingface_hub.errors import HfHubHTTPError

    errors: list[type[Exception]] = [HfHubHTTPError]
    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name):
            errors.append(importlib.import_module(name).HTTPError)
    return tuple(errors)


def _on_this_machine(name: str) -> bool:
    from huggingface_hub import try_to_load_from_cache

    return Path(name).is_dir() or isinstance(try_to_load_from_cache(name, "modules.json"), str)


def _ask_hub(name: str) -> None:
    """Fails within seconds when the hub cannot be reached or has no such model; loading would try for minutes."""
    from huggingface_hub import HfApi

    HfApi().model_info(name, timeout=_HUB_SECONDS)


def _unit(vectors: Any) -> Vectors:
    """Rows of length 1; a row of zeros stays so."""
    array = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(array, axis=-1, keepdims=True)
    unit: Vectors = np.divide(array, lengths, out=np.zeros_like(array), where=lengths > 1e-8)
    return unit


def _folder_fingerprint(folder: Path) -> str:
    """From the bytes of every file that the model is made of."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() != ".md"):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
