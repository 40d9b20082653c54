"""What the server holds for each open page. One page never reaches another's: the key is the page's own session."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from assistant.types import Answer
from assistant.web.conversation import Conversation

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: Seconds that a page may be away (a phone asleep, a lost network) before what is held for it is erased.
GRACE = 1800.0


class Visit:
    """One open page's conversation. `turn` numbers what was asked for last: whoever holds an older one is too late."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.conversation: Conversation = ()
        self.turn = 0
        #: The ids of what was said of answers, by the exchange's number.
        self.rated: dict[int, str] = {}

    @property
    def assistant(self) -> Assistant:
        return self._assistant

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

    def close(self) -> None:
        """Forgets everything."""
        self.begin()
        self.conversation = ()
        self.rated = {}


class Visits:
    """All open pages by their session. Safe to call from several threads."""

    def __init__(self, assistant: Assistant, grace: float = GRACE) -> None:
        self.shared = assistant
        self._grace = grace
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
