"""Between an answer and a refusal: what the sources more likely leave unanswered is shown with a reservation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answering import frames
from assistant.answering.growing import GrowingAnswer
from assistant.answering.verify import Gate
from assistant.assistant import Assistant
from assistant.exporting.export import export
from assistant.finding.builder import no_progress
from assistant.own_documents import OwnDocuments
from assistant.settings import Settings
from assistant.terminal import show_answer
from assistant.types import Answer, Draft, DraftSentence, Hits, Topic

QUESTION = "Vem utser kommundirektören?"
UNANSWERED = "Vad är huvudstaden i Mongoliet?"
#: No probability is as high, and none as low.
ALWAYS, NEVER = 1.1, 0.0


def opened(settings: Settings, doubtful_below: float) -> Assistant:
    assistant, _ = Assistant.open(replace(settings, weights=replace(settings.weights, doubtful_below=doubtful_below)))
    return assistant


@pytest.fixture(scope="module")
def doubting(settings: Settings) -> Iterator[Assistant]:
    """Answers everything with a reservation."""
    assistant = opened(settings, ALWAYS)
    yield assistant
    assistant.close()


def test_an_answer_below_the_limit_has_a_reservation_and_is_otherwise_the_same(
    doubting: Assistant, settings: Settings
) -> None:
    certain = opened(settings, NEVER)
    outright, reserved = certain.ask(QUESTION), doubting.ask(QUESTION)
    certain.close()
    assert (outright.outcome, outright.notice) == ("answered", "")
    assert reserved.outcome == "partly"
    assert reserved.notice.startswith(frames.DOUBTFUL)
    assert (reserved.text, reserved.citations) == (outright.text, outright.citations)


def test_each_state_of_a_growing_answer_has_it(doubting: Assistant) -> None:
    states = list(doubting.stream(QUESTION))
    assert len(states) > 2
    assert all(frames.DOUBTFUL in state.notice and state.outcome == "partly" for state in states)


def test_a_refusal_has_none(doubting: Assistant) -> None:
    answer = doubting.ask(UNANSWERED)
    assert (answer.outcome, answer.notice) == ("no_support", "")


def test_own_documents_have_none(doubting: Assistant, tmp_path: Path) -> None:
    """The limit is chosen on passages with search questions; of others the probability tells too little."""
    file = tmp_path / "parkering.txt"
    file.write_text(
        "Parkering\n\nBoende vid hamnen parkerar avgiftsfritt på torget efter klockan 18.\n", encoding="utf-8"
    )
    own = OwnDocuments(doubting)
    assert own.add(file, no_progress).refusal == ""
    answer = own.assistant.ask("Var parkerar boende vid hamnen avgiftsfritt?")
    own.close()
    assert "avgiftsfritt på torget" in answer.text
    assert (answer.outcome, answer.notice) == ("answered", "")


@pytest.mark.parametrize(
    ("topic", "told"),
    [
        (None, frames.DOUBTFUL),
        (Topic("Skolan", "", "near"), frames.DOUBTFUL),
        (
            Topic("Skolan", "kommunens skolplan", "near"),
            f"{frames.DOUBTFUL} Räcker det inte, finns svaret snarast i kommunens skolplan.",
        ),
    ],
)
def test_it_says_what_would_answer_where_that_is_known(assistant: Assistant, topic: Topic | None, told: str) -> None:
    assert reserved(assistant, topic=topic).notice == told


def test_it_comes_after_what_became_of_the_chat_models_answer(assistant: Assistant) -> None:
    answer = reserved(assistant, notice="Språkmodellen svarar inte.")
    assert answer.notice == f"Språkmodellen svarar inte. {frames.DOUBTFUL}"


def test_nothing_proven_stays_a_refusal(assistant: Assistant) -> None:
    answer = reserved(assistant, sentence="Direktören utses av Riksbanken.")
    assert (answer.outcome, answer.notice) == ("no_support", "")


def reserved(assistant: Assistant, sentence: str = "", notice: str = "", topic: Topic | None = None) -> Answer:
    """The answer to a doubtful question, of one sentence: the first of the best passage unless another is given."""
    hits = replace(assistant.search(QUESTION), is_doubtful=True, topic=topic)
    text = hits.items[0].passage.text
    end = text.index(".") + 1
    draft = Draft((DraftSentence(sentence or text[:end], ((0, 0, end),)),), "extractive", notice)

    class Writer:
        def write(self, question: str, hits: Hits) -> Draft:
            return draft

    def gate(writer: str) -> Gate:
        return Gate(QUESTION, hits, writer, assistant.lexicon)

    *_, answer = GrowingAnswer(QUESTION, hits, Writer(), None, "extractive", gate)
    return answer


def test_the_terminal_and_an_export_show_it_before_the_answer(doubting: Assistant, capsys: Any) -> None:
    answer = doubting.ask(QUESTION)
    show_answer(answer)
    shown = " ".join(capsys.readouterr().out.split())
    first = answer.sentences[0].text[:40]
    assert 0 <= shown.index(frames.DOUBTFUL) < shown.index(first)
    exported = export([answer], "md").decode()
    assert 0 <= exported.index(frames.DOUBTFUL) < exported.index(first)
