"""Hits made by hand, and a chat model's server that says what a test wants it to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings
from assistant.types import Hit, Hits, Kind, Passage, SentenceClues, Source, Voice
from tests.answering.chat_server import ChatHost, ChatServer, hosting

LAW = "Styrelsen ska utse en direktör. Direktören ska leda förvaltningen. Mötet hålls inte i juli."
REPORT = "Nästan 75 procent av direktörerna är nöjda. Flera beskriver en hög arbetsbelastning."


@pytest.fixture(scope="session")
def lexicon(settings: Settings) -> Lexicon:
    return read_lexicon(settings.lexicon_file)


def make_hit(rank: int, text: str, kind: Kind = "rapport", voice: Voice = "text") -> Hit:
    """A hit whose passage begins at character 1,000 times its rank of its source; nothing speaks for its sentences."""
    source = Source(f"k{rank}", f"Källa {rank}", kind, Path("x.txt"), "0")
    passage = Passage(f"k{rank}:p", source.id, (f"{rank} Rubrik",), text, 1000 * rank, 1000 * rank + len(text), voice)
    clues = tuple(SentenceClues(start, end) for start, end in sentence_spans(text))
    return Hit(passage, source, 1 / rank, rank, {"words": 1 / rank}, sentences=clues)


@pytest.fixture
def hits() -> Hits:
    """A statute, a report and an interviewee."""
    found = (make_hit(1, LAW, "lag"), make_hit(2, REPORT), make_hit(3, "”Vi hinner inte med.”", voice="quotation"))
    return Hits("Vem utser direktören?", found, 1.0)


@pytest.fixture(scope="session")
def chat_host() -> Iterator[ChatHost]:
    with hosting() as host:
        yield host


@pytest.fixture
def chat(chat_host: ChatHost) -> ChatServer:
    """What the server says, for one test."""
    chat_host.script = ChatServer(chat_host.address)
    return chat_host.script


@pytest.fixture(scope="module")
def open_once(built_once: Any) -> Iterator[Callable[..., Assistant]]:
    """Opens the assistant over the small corpus, once for each choice of settings."""
    open_now: dict[str, Assistant] = {}

    def put(**settings: Any) -> Assistant:
        if str(settings) not in open_now:
            open_now[str(settings)], _ = Assistant.open(replace(built_once.settings, **settings))
        return open_now[str(settings)]

    yield put
    for assistant in open_now.values():
        assistant.close()
