"""Case -> scores: asks every question of a set and measures what comes back."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.answering.as_json import answer_to_json
from assistant.assistant import Assistant
from assistant.errors import KdError
from assistant.finding.builder import Progress, no_progress
from assistant.measuring.cases import Case, GoldFinder, Span
from assistant.measuring.metrics import (
    Score,
    citation_scores,
    nugget_scores,
    refusal_scores,
    retrieval_scores,
    size_scores,
)
from assistant.types import Answer


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case. `failure` is the reason of a case that crashed: it has no scores and is no zero.

    `rank` is that of the first right passage among the hits, None when there is none. `sources` are the sources in
    which the gold quotes stand.
    """

    case: Case
    scores: tuple[Score, ...] = ()
    answer: dict[str, Any] | None = None
    rank: int | None = None
    sources: tuple[str, ...] = ()
    failure: str = ""

    def value(self, name: str) -> float | None:
        return next((score.value for score in self.scores if score.name == name), None)


class Judge(Protocol):
    """A further opinion on whether citations support claims (a chat model); its figures are reported apart."""

    name: str

    def score(self, answer: Answer) -> Score:
        """The share of the answer's sentences that the judge finds supported by what they cite."""


def run_cases(
    assistant: Assistant, cases: Sequence[Case], progress: Progress = no_progress, judge: Judge | None = None
) -> tuple[Result, ...]:
    """Asks each question once, in order. A case that raises becomes a failure, and the rest go on."""
    finder = GoldFinder({source.id: assistant.document(source.id) for source in assistant.sources})
    results = []
    for number, case in enumerate(cases):
        progress("Ställer frågorna", number, len(cases))
        results.append(_run(assistant, case, finder.gold(case), judge))
    progress("Ställer frågorna", len(cases), len(cases))
    return tuple(results)


def _run(assistant: Assistant, case: Case, gold: tuple[tuple[Span, ...], ...], judge: Judge | None) -> Result:
    sources = tuple(dict.fromkeys(span.source_id for spans in gold for span in spans))
    try:
        answer = assistant.ask(case.question, case.history)
        scores = score_answer(assistant, case, gold, answer)
        if judge and answer.sentences:
            scores = (*scores, judge.score(answer))
    except (KdError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OSError) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Result(case, failure=f"{type(error).__name__}: {error} ({last.name})", sources=sources)
    rank = next(
        (hit.rank for hit in answer.hits if any(span.in_passage(hit.passage) for spans in gold for span in spans)), None
    )
    return Result(case, scores, answer_to_json(answer), rank, sources)


def score_answer(assistant: Assistant, case: Case, gold: Sequence[Sequence[Span]], answer: Answer) -> tuple[Score, ...]:
    """Every figure of one answer."""
    documents = {source.id: assistant.document(source.id) for source in assistant.sources}
    return (
        *retrieval_scores(case, gold, answer.hits),
        *citation_scores(case, gold, answer, documents),
        *nugget_scores(case, answer, assistant.lexicon),
        *refusal_scores(case, answer),
        *size_scores(answer),
    )
