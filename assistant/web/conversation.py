"""One user's conversation, as kept in the page's session state: nothing here is shared between users."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import KdError
from assistant.types import Answer, Turn
from assistant.web import texts

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_logger = logging.getLogger(__name__)

#: The longest question, in characters; the box has the same limit, but a browser's limit is no limit.
QUESTION_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what became of it: an answer, or one Swedish line about an error, or neither while waiting."""

    question: str
    answer: Answer | None = None
    error: str = ""

    @property
    def waiting(self) -> bool:
        return self.answer is None and not self.error


Conversation = tuple[Exchange, ...]


def history(conversation: Conversation) -> tuple[Turn, ...]:
    """The answered exchanges as turns, oldest first; a question that failed is no part of the context."""
    turns: list[Turn] = []
    for exchange in conversation:
        if exchange.answer is not None:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return tuple(turns)


def answered(assistant: Assistant, question: str, conversation: Conversation) -> Iterator[Conversation]:
    """The conversation with the question waiting, then with its answer or its one line of error."""
    question = question.strip()
    if not question:
        yield conversation
        return
    yield (*conversation, Exchange(question))
    yield (*conversation, _ask(assistant, question, conversation))


def _ask(assistant: Assistant, question: str, conversation: Conversation) -> Exchange:
    if len(question) > QUESTION_LIMIT:
        return Exchange(question[:QUESTION_LIMIT], error=texts.TOO_LONG.format(limit=QUESTION_LIMIT))
    try:
        return Exchange(question, answer=assistant.ask(question, history(conversation)))
    except KdError as error:
        return Exchange(question, error=str(error))
    except Exception:
        _logger.exception("a question could not be answered")
        return Exchange(question, error=texts.UNEXPECTED)
