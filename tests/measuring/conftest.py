"""A small corpus with questions of its own, and assistants over it that do as a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.measuring.cases import Case, GoldFinder
from assistant.measuring.run import Result, run_cases
from assistant.types import Answer, AnswerSentence, Citation, Hit, Timings, Turn
from tests.conftest import SmallCorpus

CASES = (
    Case("s1", "direct", "start", "Vem ska utse en direktör?", True, ("Styrelsen ska utse en direktör.",)),
    Case(
        "s2",
        "numeric",
        "möten",
        "Hur många chefer kallar direktören till möte varje måndag?",
        True,
        ("Direktören kallar 14 chefer till ett möte varje måndag",),
        nuggets=(("14 chefer",),),
    ),
    Case("s3", "direct", "start", "Vem leder arbetet vid en kris?", True, ("leder kommunens arbete vid en kris",)),
    Case("s4", "unanswerable", "utanför", "Vad kostar tågbiljetten till Malmö?", False),
    Case("s5", "unanswerable", "utanför", "Hur länge kokar man potatis?", False),
)


@pytest.fixture(scope="session")
def small_assistant(built_once: SmallCorpus) -> Iterator[Assistant]:
    """The real one over the small corpus, with the tiny model."""
    opened, _ = Assistant.open(built_once.settings)
    yield opened
    opened.close()


@dataclass(frozen=True)
class Scripted:
    """Finds, says and cites exactly the words that `script` gives for a question; none make it refuse.

    So what is measured does not hang on how well search and writing happen to be tuned. All else is the real one's.
    """

    real: Assistant
    script: Mapping[str, Sequence[str]]
    change: Callable[[Answer], Answer] = lambda answer: answer

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        documents = {source.id: self.real.document(source.id) for source in self.real.sources}
        finder = GoldFinder(documents)
        spans = [finder.find(words)[0] for words in self.script[question]]
        every = [(document.source, passage) for document in documents.values() for passage in document.passages]
        every.sort(key=lambda item: not any(span.in_passage(item[1]) for span in spans))
        hits = tuple(Hit(passage, source, 1 / rank, rank) for rank, (source, passage) in enumerate(every, 1))
        citations = tuple(
            Citation(
                n, hit.passage, hit.source, documents[span.source_id].text[span.start : span.end], span.start, span.end
            )
            for n, span in enumerate(spans, 1)
            for hit in hits
            if span.in_passage(hit.passage)
        )
        sentences = tuple(AnswerSentence(citation.quote, (citation.n,)) for citation in citations)
        text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences) or "Källorna svarar inte på det."
        outcome = "answered" if spans else "no_support"
        times = Timings(1, 1, 1, 3)
        return self.change(
            Answer(question, question, outcome, text, sentences, citations, hits, "script", timings=times)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


Scripts = Callable[..., Any]


@pytest.fixture(scope="session")
def scripted(small_assistant: Assistant) -> Scripts:
    """Makes an assistant that answers the cases with their gold; `script` says otherwise, `change` alters answers."""

    def make(
        cases: Sequence[Case] = CASES,
        script: Mapping[str, Sequence[str]] | None = None,
        change: Callable[[Answer], Answer] = lambda answer: answer,
    ) -> Scripted:
        return Scripted(small_assistant, {**{case.question: case.gold for case in cases}, **(script or {})}, change)

    return make


@pytest.fixture(scope="session")
def results(scripted: Scripts) -> tuple[Result, ...]:
    """What comes of the small corpus's questions when all is right."""
    return run_cases(scripted(), CASES)
