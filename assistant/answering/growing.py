"""An answer as it grows: sentence after sentence through the gate, from a chat model or from the sources themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.answering import frames
from assistant.answering.support import answers
from assistant.answering.verify import no_support
from assistant.answering.writers import ChatReply, ChatWriter
from assistant.errors import ChatModelError, ChatModelSlowError
from assistant.types import Answer, AnswerSentence, Draft, DraftSentence, Hits, Withheld


class Proving(Protocol):
    """The gate, or what stands around it."""

    def add(self, sentence: DraftSentence) -> AnswerSentence | None: ...

    def answer(self, notice: str = "") -> Answer: ...


class SourceWriter(Protocol):
    """The writer without a chat model."""

    def write(self, question: str, hits: Hits) -> Draft: ...


@dataclass(slots=True)
class GrowingAnswer:
    """Iterates over the answer so far, each time that a sentence has passed; the last one is whole.

    `open_gate` takes the writer's name. `gate_seconds` adds up what the gate has taken.
    """

    question: str
    hits: Hits
    sources: SourceWriter
    chat: ChatWriter | None
    writer: str
    open_gate: Callable[[str], Proving]
    gate_seconds: float = 0.0

    def __iter__(self) -> Iterator[Answer]:
        if not answers(self.hits):
            yield no_support(self.question, self.hits, self.writer)
            return
        answered = self._from_sources() if self.chat is None else self._from_chat(self.chat)
        yield from map(self._with_reservation, answered) if self.hits.is_doubtful else answered

    def _with_reservation(self, answer: Answer) -> Answer:
        """The answer, said to be the nearest that the sources come, when it is one at all."""
        if answer.outcome == "no_support":
            return answer
        topic = self.hits.topic
        reservation = frames.doubtful(topic.where if topic else "")
        return replace(answer, outcome="partly", notice=" ".join(filter(None, (answer.notice, reservation))))

    def _from_sources(self, notice: str = "", withheld: tuple[Withheld, ...] = ()) -> Iterator[Answer]:
        """The sources' own sentences; `notice` and `withheld` tell what became of a chat model's."""
        draft = self.sources.write(self.hits.query, self.hits)
        gate = self.open_gate(draft.writer)
        for sentence in draft.sentences:
            if self._passes(gate, sentence):
                yield gate.answer(notice)
        answer = gate.answer(notice or draft.notice)
        if answer.outcome == "no_support":
            answer = replace(answer, notice=frames.without_answer(answer.notice))
        yield replace(answer, withheld=(*withheld, *answer.withheld))

    def _from_chat(self, chat: ChatWriter) -> Iterator[Answer]:
        """The chat model's sentences that hold; the sources' own when none does."""
        gate = self.open_gate(chat.name)
        failure: ChatModelError | None = None
        with closing(chat.stream(self.hits.query, self.hits)) as reply:
            try:
                for sentence in reply:
                    if self._passes(gate, sentence):
                        yield gate.answer()
            except ChatModelError as error:
                failure = error
        answer = gate.answer(_ending(reply, failure))
        if answer.sentences:
            yield replace(answer, outcome="partly") if failure or reply.is_cut else answer
        elif reply.says_nothing and not failure:
            yield answer
        else:
            yield from self._from_sources(_instead(answer, failure), answer.withheld)

    def _passes(self, gate: Proving, sentence: DraftSentence) -> bool:
        begun = time.perf_counter()
        shown = gate.add(sentence)
        self.gate_seconds += time.perf_counter() - begun
        return shown is not None


def _ending(reply: ChatReply, failure: ChatModelError | None) -> str:
    """What is said beside an answer of which only the beginning came."""
    if failure:
        return frames.CHAT_MODEL_BROKE_OFF
    return frames.CHAT_MODEL_TOO_LONG if reply.is_cut else ""


def _instead(answer: Answer, failure: ChatModelError | None) -> str:
    """Why the sources' own sentences are shown."""
    if isinstance(failure, ChatModelSlowError):
        return frames.CHAT_MODEL_SLOW
    if failure:
        return frames.CHAT_MODEL_FAILED
    return frames.CHAT_MODEL_UNSUPPORTED if answer.withheld else frames.CHAT_MODEL_EMPTY
