"""A chat model's opinion on whether each sentence follows from what it cites.

As in ALCE (Gao et al. 2023) and the faithfulness of RAGAS (Es et al. 2023).
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.answering import prompts
from assistant.errors import ChatModelError
from assistant.measuring.metrics import Score
from assistant.types import Answer, AnswerSentence


class ChatJudge:
    """Asks the chat model about one sentence at a time. Its figure never replaces the deterministic ones."""

    def __init__(self, name: str, ask: Callable[[str, str], str]) -> None:
        self.name = name
        self._ask = ask

    def score(self, answer: Answer) -> Score:
        """The share of sentences that the judge finds supported, 0..1; no value when it does not reply."""
        label = f"judge:{self.name}"
        try:
            verdicts = [self._supported(answer, sentence) for sentence in answer.sentences]
        except ChatModelError as error:
            return Score(label, None, str(error))
        given = [verdict for verdict in verdicts if verdict is not None]
        if not given:
            return Score(label, None, "domaren svarade varken ja eller nej")
        return Score(label, sum(given) / len(given))

    def _supported(self, answer: Answer, sentence: AnswerSentence) -> bool | None:
        quotes = [citation.quote for citation in answer.citations if citation.n in sentence.citations]
        reply = self._ask(prompts.JUDGE, prompts.judge_message(sentence.text, quotes)).strip().upper()
        if reply.startswith("JA"):
            return True
        return False if reply.startswith("NEJ") else None
