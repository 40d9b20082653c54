"""One user's conversation, as kept for one open page: nothing here is shared between users."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from assistant.answering.followup import About
from assistant.avkodning.notes_search import NoteHit
from assistant.errors import KdError
from assistant.types import Answer, Filter, Turn
from assistant.web import texts

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_logger = logging.getLogger(__name__)

#: The longest question, in characters; the box has the same limit, but a browser's limit is no limit.
QUESTION_LIMIT = 2000
#: An answer that grows is shown anew at most this often, in seconds; its first and last state always are.
_SHOWN_EVERY = 0.08

State = Literal["waiting", "growing", "stopped", "done"]


@dataclass(frozen=True, slots=True)
class Within:
    """The theme that a question was asked within, and the user's own lines nearest the question."""

    about: About
    notes: tuple[NoteHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it: an answer or one Swedish line about an error.

    `state` is "waiting" before the first proven sentence, "growing" until the answer is whole, and "stopped" when the
    user ended it; what had been proven by then stays. `only` is what the search was restricted to.
    """

    question: str
    answer: Answer | None = None
    error: str = ""
    state: State = "done"
    only: Filter = field(default_factory=Filter)
    within: Within | None = None

    @property
    def waiting(self) -> bool:
        return self.state == "waiting"

    @property
    def pending(self) -> bool:
        return self.state in ("waiting", "growing")


Conversation = tuple[Exchange, ...]


def history(conversation: Conversation) -> tuple[Turn, ...]:
    """The answered exchanges as turns, oldest first; a question that failed or was stopped early is left out."""
    turns: list[Turn] = []
    for exchange in conversation:
        if exchange.answer is not None:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return tuple(turns)


def answered(
    assistant: Assistant,
    question: str,
    conversation: Conversation,
    only: Filter | None = None,
    within: Within | None = None,
) -> Iterator[Conversation]:
    """The conversation with the question waiting, then with its answer as it grows, or its one line of error."""
    asked = Exchange(question.strip(), state="waiting", only=only or Filter(), within=within)
    if not asked.question:
        yield conversation
        return
    yield (*conversation, asked)
    for exchange in _asked(assistant, asked, conversation):
        yield (*conversation, exchange)


def _asked(assistant: Assistant, asked: Exchange, conversation: Conversation) -> Iterator[Exchange]:
    failed = partial(replace, asked, state="done")
    if len(asked.question) > QUESTION_LIMIT:
        yield failed(question=asked.question[:QUESTION_LIMIT], error=texts.TOO_LONG.format(limit=QUESTION_LIMIT))
        return
    try:
        yield from _growing(assistant, asked, conversation)
    except KdError as error:
        yield failed(error=str(error))
    except Exception:
        _logger.exception("a question could not be answered")
        yield failed(error=texts.UNEXPECTED)


def _growing(assistant: Assistant, asked: Exchange, conversation: Conversation) -> Iterator[Exchange]:
    """The exchange each time that there is more to show; closing this iterator closes the writer's too."""
    about = asked.within.about if asked.within else None
    stream = assistant.stream(asked.question, history(conversation), asked.only, about=about)
    shown, answer = 0.0, None
    try:
        for answer in stream:
            if answer.sentences and time.monotonic() - shown > _SHOWN_EVERY:
                yield replace(asked, answer=answer, state="growing")
                shown = time.monotonic()
    finally:
        if hasattr(stream, "close"):
            stream.close()
    yield replace(asked, answer=answer, state="done")


def stopped(conversation: Conversation) -> Conversation:
    """The conversation with its last answer ended where it was; the same when nothing was going on."""
    if not conversation or not conversation[-1].pending:
        return conversation
    return (*conversation[:-1], replace(conversation[-1], state="stopped"))


def without_notes(conversation: Conversation) -> Conversation:
    """The conversation without the user's own lines: they have been erased."""
    return tuple(replace(one, within=replace(one.within, notes=())) if one.within else one for one in conversation)
