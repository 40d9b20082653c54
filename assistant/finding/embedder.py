"""Text -> vectors. The shipped model opens without torch; any sentence-transformers model works by name or folder."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import paths
from assistant.errors import EmbeddingError
from assistant.finding import hub, onnx_model
from assistant.finding.prefixes import Prefixes, own_prefixes, prefixes
from assistant.settings import SHIPPED, Settings

#: No text is read further than this, in tokens; a passage of 130 words holds about 300.
_MOST_TOKENS = onnx_model.MOST_TOKENS

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
    """Any other model of sentence-transformers, run by torch.

    It is given the words that it defines for questions and passages, else those that `prefixes` knows for it.
    """

    def __init__(self, name: str, download: bool) -> None:
        self.name = name
        self._model = _load_transformer(name, download)
        folder = hub.local_folder(name, "modules.json")
        found = prefixes(name, folder)
        self._prefixes = found or Prefixes()
        self.fingerprint = _digest(f"torch\0{_model_fingerprint(name, folder)}\0{found}".encode())

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        prefixed = [self._prefixes.passage + text for text in texts]
        return _unit(self._model.encode_document(prefixed, show_progress_bar=False, convert_to_numpy=True))

    def encode_question(self, text: str) -> Vectors:
        prefixed = [self._prefixes.question + text]
        vectors = _unit(self._model.encode_query(prefixed, show_progress_bar=False, convert_to_numpy=True))
        vector: Vectors = vectors[0]
        return vector


class OnnxEmbedder:
    """A transformer in ONNX form, run by onnxruntime: no torch, and eight-bit numbers where the model has such a file.

    It is given the same words before questions and passages as `TransformerEmbedder` gives.
    """

    def __init__(self, name: str, folder: Path, file: str) -> None:
        self.name = name
        found = prefixes(name, folder)
        self._prefixes = found or own_prefixes(folder) or Prefixes()
        self._model = _load_onnx(name, folder, file)
        self.fingerprint = _digest(f"onnx\0{file}\0{_folder_fingerprint(folder)}\0{found}".encode())

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return _unit(self._model.encode([self._prefixes.passage + text for text in texts]))

    def encode_question(self, text: str) -> Vectors:
        vector: Vectors = _unit(self._model.encode([self._prefixes.question + text]))[0]
        return vector


def open_embedder(name: str, settings: Settings, download: bool = False) -> Embedder:
    """Opens the shipped model, a folder, or a model by name; `download` lets a name be fetched from its hub.

    A transformer is run as `settings.embedding_backend` says; the shipped kind of model needs neither.
    `EmbeddingError` says that there is no such model and how to give one offline.
    """
    folder = settings.embedder_dir if name == SHIPPED else Path(name).expanduser()
    if name == SHIPPED and not folder.is_dir():
        raise EmbeddingError(f'Den inbyggda sökmodellen saknas i "{paths.shown(folder)}". Installera om programmet.')
    if not folder.is_dir():
        return (
            _open_onnx(name, download) if settings.embedding_backend == "onnx" else TransformerEmbedder(name, download)
        )
    try:
        if _is_static(folder):
            return StaticEmbedder(folder, name)
    except (OSError, ValueError, KeyError) as error:
        raise _missing(str(folder)) from error
    if settings.embedding_backend == "onnx":
        return _open_onnx(str(folder), download=False)
    return TransformerEmbedder(str(folder), download=False)


def _is_static(folder: Path) -> bool:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    return bool(modules) and str(modules[0]["type"]).endswith("StaticEmbedding")


def _load_transformer(name: str, download: bool) -> Any:
    hub.quiet()
    from sentence_transformers import SentenceTransformer

    try:
        fetch = download and hub.local_folder(name, "modules.json") is None
        if fetch:
            hub.ask(name)
        model = SentenceTransformer(name, local_files_only=not fetch, trust_remote_code=False)
    except hub.errors() as error:
        raise _missing(name) from error
    most = model.max_seq_length
    if isinstance(most, int) and most > _MOST_TOKENS:
        model.max_seq_length = _MOST_TOKENS
    return model


def _open_onnx(name: str, download: bool) -> OnnxEmbedder:
    if not importlib.util.find_spec("onnxruntime") or not importlib.util.find_spec("tokenizers"):
        raise EmbeddingError(
            'Att köra sökmodellen med ONNX kräver ett tillägg. Installera det med pip install "kd-assistent[onnx]", '
            "eller ta bort inställningen embedding_backend."
        )
    hub.quiet()
    try:
        folder = hub.local_folder(name, "modules.json")
        file = onnx_model.file_in(folder) if folder else None
        if file is None and download and not Path(name).is_dir():
            folder, file = _fetch_onnx(name)
    except hub.errors() as error:
        raise _missing(name) from error
    if folder is None:
        raise _missing(name)
    if file is None:
        raise EmbeddingError(
            f'Sökmodellen "{_shown(name)}" har ingen fil i ONNX-form (onnx/model.onnx). Lägg en i modellens mapp, '
            'eller sätt embedding_backend = "torch".'
        )
    return OnnxEmbedder(name, folder, file)


def _fetch_onnx(name: str) -> tuple[Path, str | None]:
    """Fetches the one `.onnx` file that will be run, with the weights that may lie beside it, and the configuration."""
    file = onnx_model.choose_file(hub.ask(name), onnx_model.this_processor())
    return hub.fetch(name, [*onnx_model.OTHER_FILES, *([file, f"{file}_data", f"{file}.data"] if file else [])]), file


def _load_onnx(name: str, folder: Path, file: str) -> onnx_model.OnnxModel:
    try:
        return onnx_model.OnnxModel(folder, file)
    except onnx_model.UnfitModelError as error:
        raise EmbeddingError(
            f'Sökmodellen "{_shown(name)}" går inte att köra med ONNX: {error}. Sätt embedding_backend = "torch".'
        ) from error
    except onnx_model.errors() as error:
        raise EmbeddingError(
            f'Sökmodellen "{_shown(name)}" går inte att öppna med ONNX: filerna tokenizer.json och {file} saknas eller '
            'är skadade. Lägg dit dem på nytt, eller sätt embedding_backend = "torch".'
        ) from error


def _missing(name: str) -> EmbeddingError:
    if Path(name).is_dir():
        return EmbeddingError(f'Mappen "{_shown(name)}" innehåller ingen sökmodell som går att öppna.')
    return EmbeddingError(
        f'Sökmodellen "{name}" finns inte på datorn och gick inte att hämta. Kontrollera namnet, ange mappen '
        f"där modellen ligger, eller använd den inbyggda: kd index --embedding {SHIPPED}."
    )


def _shown(name: str) -> str:
    return paths.shown(Path(name)) if Path(name).is_dir() else name


def _unit(vectors: Any) -> Vectors:
    """Rows of length 1; a row of zeros stays so."""
    array = np.nan_to_num(np.asarray(vectors, dtype=np.float32))
    lengths = np.linalg.norm(array, axis=-1, keepdims=True)
    unit: Vectors = np.divide(array, lengths, out=np.zeros_like(array), where=lengths > 1e-8)
    return unit


def _model_fingerprint(name: str, folder: Path | None) -> str:
    """Of a folder from its files; of a model from the hub from its name and its snapshot's, which is its revision."""
    if Path(name).is_dir():
        return _folder_fingerprint(Path(name))
    return f"{name}\0{folder.name if folder else ''}"


def _folder_fingerprint(folder: Path) -> str:
    """From the bytes of every file that the model is made of."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() != ".md"):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
