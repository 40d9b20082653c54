"""kd: answers in Swedish for municipal directors, every claim proven by the source's own words.

    settings = load_settings()
    assistant, warning = Assistant.open(settings)        # builds the index if it is missing or stale
    answer = assistant.ask("Vem utser kommundirektören?")

reading    file -> pages -> lines -> blocks -> sections -> passages
finding    passages -> index (Chroma and BM25) -> hits
answering  question and hits -> draft -> proven answer
web, cli   the two faces
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.finding.langchain import KdRetriever
    from assistant.settings import Settings, load_settings

__all__ = ["Assistant", "KdRetriever", "Settings", "load_settings"]

_HOMES = {
    "Assistant": "assistant.assistant",
    "KdRetriever": "assistant.finding.langchain",
    "Settings": "assistant.settings",
    "load_settings": "assistant.settings",
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that importing the package costs nothing."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
