"""What is installed, what can be reached, whether the index is fresh, and what would leave the machine."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from assistant import paths
from assistant.answering.as_json import SCHEMA
from assistant.errors import KdError, SettingsError
from assistant.finding.builder import check_freshness, embedding_name
from assistant.finding.embedder import open_embedder
from assistant.finding.generations import IndexFolder
from assistant.finding.rerank import open_reranker
from assistant.reading.ocr import ocr_available
from assistant.reading.sources import changed_sources, read_sources
from assistant.settings import Settings

_PACKAGES = ("chromadb", "gradio", "langchain", "pypdf", "sentence-transformers", "model2vec", "bm25s")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_PROBE_SECONDS = 2.0
#: Where the providers themselves are.
_PROVIDERS_OWN = frozenset(
    {"api.openai.com", "api.anthropic.com", "api.mistral.ai", "generativelanguage.googleapis.com"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: what was looked at, in Swedish, whether it is as it should be, and what was seen."""

    id: str
    name: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings. Whatever is not ok says itself how to mend it."""

    lines: tuple[Line, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "ok": all(line.ok for line in self.lines),
            "checks": [asdict(line) for line in self.lines],
        }


def examine(settings: Settings) -> Examination:
    """Looks at every part; a part that fails becomes a line, never an error. Sends nothing but a connection attempt."""
    return Examination(
        (
            _python(),
            *(_package(name) for name in _PACKAGES),
            _sources(settings),
            _embedding(settings),
            _reranker(settings),
            _index(settings),
            _index_folder(settings),
            _ocr(),
            _chat_model(settings),
            _judge(settings),
            _leaves_machine(settings),
        )
    )


def _python() -> Line:
    number = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Line("python", "Python", ok, number if ok else f"{number}; programmet kräver 3.11–3.13")


def _package(name: str) -> Line:
    try:
        return Line(f"package-{name}", name, True, version(name))
    except PackageNotFoundError:
        return Line(f"package-{name}", name, False, "saknas; installera om med make install")


def _sources(settings: Settings) -> Line:
    try:
        sources = read_sources(settings)
        changed = changed_sources(sources)
    except KdError as error:
        return Line("sources", "Källor", False, str(error))
    if changed:
        return Line("sources", "Källor", False, " ".join(changed))
    return Line("sources", "Källor", True, f'{len(sources)} i "{paths.shown(settings.corpus_dir)}", alla oförändrade')


def _embedding(settings: Settings) -> Line:
    name = embedding_name(settings, IndexFolder(settings.index_dir).current())
    try:
        open_embedder(name, settings)
    except KdError as error:
        return Line("embedding", "Sökmodell", False, str(error))
    return Line("embedding", "Sökmodell", True, name)


def _reranker(settings: Settings) -> Line:
    name = settings.reranker
    if not name:
        return Line("reranker", "Omrankning", True, "ingen; styckena visas i sökningens ordning")
    try:
        open_reranker(settings)
    except KdError as error:
        return Line("reranker", "Omrankning", False, str(error))
    return Line("reranker", "Omrankning", True, f"{name} läser de {settings.rerank_passages} bästa styckena")


def _index(settings: Settings) -> Line:
    try:
        freshness = check_freshness(settings)
    except KdError as error:
        return Line("index", "Index", False, str(error))
    current = IndexFolder(settings.index_dir).current()
    if freshness.fresh and current:
        return Line(
            "index", "Index", True, f"{current.name}, {current.manifest.passages} stycken, stämmer med källorna"
        )
    reasons = " ".join((*freshness.reasons, *freshness.changed))
    return Line("index", "Index", False, f"stämmer inte med källorna. {reasons} Bygg om det med kd index.")


def _index_folder(settings: Settings) -> Line:
    folder = next((f for f in (settings.index_dir, *settings.index_dir.parents) if f.exists()), settings.index_dir)
    ok = folder.is_dir() and os.access(folder, os.W_OK)
    where = f'"{paths.shown(settings.index_dir)}"'
    text = f"{where} går att skriva i" if ok else f"{where} går inte att skriva i; välj en annan med KD_INDEX_DIR"
    return Line("index-folder", "Indexmapp", ok, text)


def _ocr() -> Line:
    """Reading scanned pages is an extra: its absence is told, and is no fault."""
    missing = ocr_available()
    return Line("ocr", "Läsa inskannade sidor (OCR)", True, f"avstängt; {missing}" if missing else "på")


def _chat_model(settings: Settings) -> Line:
    if not settings.chat_model:
        return Line("chat-model", "Språkmodell", True, "ingen; svaren sätts samman av källornas egna meningar")
    return _model_line("chat-model", "Språkmodell", settings.chat_model, settings)


def _judge(settings: Settings) -> Line:
    if not settings.chat_judge:
        return Line("chat-judge", "Granskande språkmodell", True, "ingen; svaren prövas mot källornas ord")
    return _model_line("chat-judge", "Granskande språkmodell", settings.chat_judge, settings)


def _model_line(line: str, called: str, model: str, settings: Settings) -> Line:
    """Whether the model can be opened and something listens at its address; nothing is sent to it."""
    from assistant.answering.writers import open_chat_model

    try:
        address = open_chat_model(settings, model).address
    except SettingsError as error:
        return Line(line, called, False, str(error))
    if not settings.chat_base_url and (urlsplit(address).hostname or "") in {"", *_PROVIDERS_OWN}:
        return Line(line, called, True, f"{model} på leverantörens egen adress (inte provad)")
    found, trouble = _listens(settings.chat_base_url or address)
    return Line(line, called, not trouble, trouble or f"{model}, {found} svarar")


def _listens(address: str) -> tuple[str, str]:
    """The address without what may be secret in it, and in Swedish why nothing can be reached there, "" when it can."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        host = ""
    if not host:
        return "", "adressen i chat_base_url går inte att läsa; skriv den som http://dator:port/v1"
    shown = f"{parts.scheme}://{host}:{port}"
    try:
        socket.create_connection((host, port), timeout=_PROBE_SECONDS).close()
    except OSError as error:
        return shown, f"{shown} svarar inte ({error.strerror or error}). Starta servern eller rätta adressen."
    return shown, ""


def _leaves_machine(settings: Settings) -> Line:
    if not settings.chat_model:
        return Line("leaves-machine", "Lämnar datorn", True, "ingenting")
    models = [model for model in (settings.chat_model, settings.chat_judge) if model]
    places = [place for place in dict.fromkeys(_sent_to(settings, model) for model in models) if place]
    if not places:
        return Line("leaves-machine", "Lämnar datorn", True, "ingenting; språkmodellen körs på samma dator")
    return Line(
        "leaves-machine",
        "Lämnar datorn",
        True,
        f"frågan, samtalet och de stycken som hittas skickas till {' och '.join(places)}; med kd index --enrich "
        "också de egna dokumenten",
    )


def _sent_to(settings: Settings, model: str) -> str:
    """The computer or the provider that the model runs at, "" when it is this computer."""
    from assistant.answering.writers import address_in_use

    host, provider = urlsplit(address_in_use(settings, model)).hostname, model.split(":", 1)[0]
    return "" if host in _LOCAL or (host is None and provider == "ollama") else host or provider
