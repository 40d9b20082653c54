"""A second opinion: a chat model that reads each sentence that has passed the gate beside the words that it cites.

It can take a sentence away, never add one. Without its verdict the gate's stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.answering import frames, prompts
from assistant.answering.verify import Gate
from assistant.errors import ChatModelError
from assistant.types import Answer, AnswerSentence, DraftSentence, Withheld

#: The one word of a verdict, after reasoning that is none of it.
_VERDICT = re.compile(r"(?:^|</think>)\W*(JA|NEJ)\b", re.IGNORECASE)

#: Takes the rules and the message, and gives the model's reply; raises `ChatModelError`.
Reply = Callable[[str, str], str]


class JudgedGate:
    """A gate with a judge behind it. `open_gate` gives a new gate over the same hits."""

    def __init__(self, open_gate: Callable[[], Gate], reply: Reply) -> None:
        self._open_gate = open_gate
        self._gate = open_gate()
        self._reply: Reply | None = reply
        self._refused: list[Withheld] = []
        self._has_failed = False

    def add(self, sentence: DraftSentence) -> AnswerSentence | None:
        """As `Gate.add`, and None as well when the judge says no."""
        if self._reply and self._is_refused(sentence, self._reply):
            self._refused.append(Withheld(sentence.text, frames.JUDGE_OBJECTS))
            return None
        return self._gate.add(sentence)

    def answer(self, notice: str = "") -> Answer:
        answer = self._gate.answer(" ".join(filter(None, (notice, frames.JUDGE_FAILED if self._has_failed else ""))))
        if not self._refused:
            return answer
        outcome = "partly" if answer.outcome == "answered" else answer.outcome
        return replace(answer, outcome=outcome, withheld=(*answer.withheld, *self._refused))

    def _is_refused(self, sentence: DraftSentence, reply: Reply) -> bool:
        """Whether the judge says no to a sentence that the gate would let through. When it fails, it is left out."""
        trial = self._open_gate()
        if trial.add(sentence) is None:
            return False
        quotes = [citation.quote for citation in trial.answer().citations]
        try:
            verdict = _VERDICT.search(reply(prompts.JUDGE, prompts.judge_message(sentence.text, quotes)))
        except ChatModelError:
            verdict, self._reply = None, None
        self._has_failed |= verdict is None
        return verdict is not None and verdict.group(1).upper() == "NEJ"
