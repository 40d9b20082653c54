"""What the server holds for each open page. One page never reaches another's: the key is the page's own session."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from assistant.own_documents import OwnDocuments
from assistant.types import Answer, Review, ReviewComparison
from assistant.web.conversation import Conversation

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: Seconds that a page may be away (a phone asleep, a lost network) before what is held for it is erased.
GRACE = 1800.0


class Visit:
    """One open page's conversation and own documents.

    `turn` numbers what was asked for last: whoever holds an older one is too late.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.own = OwnDocuments(assistant)
        self.conversation: Conversation = ()
        self.turn = 0
        #: The ids of what was said of answers, by the exchange's number.
        self.rated: dict[int, str] = {}
        #: The instruktion that was reviewed last, and what it was compared with.
        self.review: Review | None = None
        self.comparison: ReviewComparison | None = None

    @property
    def assistant(self) -> Assistant:
        """The one that knows the shared sources and this page's own documents."""
        return self.own.assistant

    def begin(self) -> int:
        """The number of what is begun now; it overtakes whatever was going on."""
        self.turn += 1
        return self.turn

    def answers(self) -> list[tuple[str, Answer]]:
        """The questions that have an answer, with it, in order."""
        return [(one.question, one.answer) for one in self.conversation if one.answer is not None]

    def answer(self, number: int) -> Answer | None:
        """The answer of exchange `number`, from 1."""
        return self.conversation[number - 1].answer if 1 <= number <= len(self.conversation) else None

    def restart(self) -> None:
        """Forgets the conversation."""
        self.begin()
        self.conversation = ()
        self.rated = {}

    def forget(self, source_id: str) -> None:
        """Drops the answers that cite a source that was removed, and the reviews of it: they hold its words."""
        self.begin()
        if any(source_id == one.document.source.id for one in self.reviews()):
            self.review = self.comparison = None
        kept = [one for one in self.conversation if not _cites(one.answer, source_id)]
        self.conversation, self.rated = tuple(kept), {}

    def reviews(self) -> list[Review]:
        """What has been reviewed and is still held."""
        compared = [self.comparison.first, self.comparison.second] if self.comparison else []
        return [*([self.review] if self.review else []), *compared]

    def close(self) -> None:
        """Forgets and erases everything."""
        self.restart()
        self.review = self.comparison = None
        self.own.close()


def _cites(answer: Answer | None, source_id: str) -> bool:
    if answer is None:
        return False
    return any(hit.source.id == source_id for hit in answer.hits) or any(
        citation.source.id == source_id for citation in answer.citations
    )


class Visits:
    """All open pages by their session. Safe to call from several threads."""

    def __init__(self, assistant: Assistant, grace: float | None = None) -> None:
        self.shared = assistant
        self._grace = GRACE if grace is None else grace
        self._lock = threading.Lock()
        self._open: dict[str, Visit] = {}
        self._leaving: dict[str, threading.Timer] = {}

    def of(self, session: str | None) -> Visit:
        """The visit of a page; one that left and is back is the same as before."""
        if not session:
            return Visit(self.shared)
        with self._lock:
            timer = self._leaving.pop(session, None)
            if timer:
                timer.cancel()
            return self._open.setdefault(session, Visit(self.shared))

    def leave(self, session: str | None) -> None:
        """The page was closed or lost: what is held for it is erased unless it comes back in time."""
        with self._lock:
            if not session or session not in self._open or session in self._leaving:
                return
            timer = threading.Timer(self._grace, self._erase, (session,))
            timer.daemon = True
            self._leaving[session] = timer
            timer.start()

    def close(self) -> None:
        """Erases everything; the server is stopping."""
        for session in list(self._open):
            self._erase(session)

    def _erase(self, session: str) -> None:
        with self._lock:
            visit = self._open.pop(session, None)
            timer = self._leaving.pop(session, None)
        if timer:
            timer.cancel()
        if visit:
            visit.close()
