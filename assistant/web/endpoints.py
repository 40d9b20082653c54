"""The HTTP interface for other programs: `ask`, `search`, `verify` and `review`, each without a conversation.

The replies are those of `kd ask --json`, `kd search --json`, `kd verify --json` and `kd review --json`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr

from assistant.answering.as_json import SCHEMA, answer_to_json, hits_to_json, verification_to_json
from assistant.avkodning.as_json import review_to_json
from assistant.errors import KdError
from assistant.web import texts

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.types import Document

_T = TypeVar("_T")
#: The most passages that a search gives.
_MOST = 100


def add_endpoints(assistant: Assistant) -> None:
    """Adds the four to the page that is being built; they know the shared sources only."""

    def ask(question: str) -> dict[str, Any]:
        """Answers a question in Swedish about the role of a kommundirektör, with the words each claim rests on.

        Args:
            question: The question, in Swedish, in at most 4,000 characters.
        """
        return _or_error(lambda: answer_to_json(assistant.ask(question)))

    def search(query: str, top: int = 10) -> dict[str, Any]:
        """Finds the passages of the sources that come nearest to a question, best first, without an answer.

        Args:
            query: What to look for, in Swedish.
            top: How many passages, 1 to 100.
        """
        return _or_error(lambda: _found(assistant, query, max(1, min(int(top), _MOST))))

    def verify(text: str) -> dict[str, Any]:
        """Says sentence by sentence whether the sources support a Swedish text.

        Args:
            text: The text, in at most 100,000 characters.
        """
        return _or_error(lambda: verification_to_json(assistant.verify(text)))

    def review(text: str, title: str = "") -> dict[str, Any]:
        """Holds a municipality's own instruktion to the law, SKR's list and the reports, requirement by requirement.

        Args:
            text: The instruktion as plain text or Markdown, in at most 400,000 characters.
            title: What it is called.
        """
        return _or_error(lambda: review_to_json(assistant.review(_as_document(assistant, text, title))))

    for endpoint in (ask, search, verify, review):
        gr.api(endpoint, api_name=endpoint.__name__)


def _as_document(assistant: Assistant, text: str, title: str) -> Document:
    """The text read as a Markdown file, which is erased at once."""
    with tempfile.TemporaryDirectory(prefix="kd-fil-") as folder:
        file = Path(folder) / f"{texts.REVIEWED_TEXT}.md"
        file.write_text(text, encoding="utf-8", errors="replace")
        try:
            return assistant.read_own(file, title.strip())
        except KdError as error:
            raise type(error)(str(error).replace(str(file), file.stem)) from error


def _found(assistant: Assistant, query: str, top: int) -> dict[str, Any]:
    hits = assistant.search(query, top)
    return {
        "schema": SCHEMA,
        "query": hits.query,
        "support": round(hits.support, 3),
        "hits": hits_to_json(hits.items),
        "index_id": assistant.index_id,
    }


def _or_error(reply: Callable[[], _T]) -> _T:
    """The reply, or the error's one Swedish line in gradio's form."""
    try:
        return reply()
    except KdError as error:
        raise gr.Error(str(error), print_exception=False) from error
