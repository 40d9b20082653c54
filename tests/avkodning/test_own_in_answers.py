"""A municipality's own documents in answers: "Egna dokument" everywhere, quoted verbatim, and seen by nobody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.exporting.export import export
from assistant.own_documents import OwnDocuments
from assistant.terminal import reference, show_answer
from assistant.types import Answer
from assistant.web.cards import card_html

LABEL = "Egna dokument"
REGLEMENTE = """Reglemente för nämnderna i Lillköping

1 Kommunstyrelsens uppgifter

Kommunstyrelsen i Lillköping ska sammanträda sexton gånger om året. Kommundirektören ska lämna en lägesrapport till
kommunstyrelsens arbetsutskott varje torsdag.

2 Budgetuppföljning

Varje nämnd ska lämna en budgetprognos till kommunstyrelsen den femte arbetsdagen i månaden. Ekonomichefen får stoppa
inköp över sjuttiofem tusen kronor när prognosen visar underskott.

"Vi har alltid haft ordning på inköpen", säger inköpsrådet.
"""
QUESTIONS = (
    "När ska kommundirektören lämna en lägesrapport till arbetsutskottet?",
    "Hur ofta ska kommunstyrelsen i Lillköping sammanträda?",
    "När ska nämnderna lämna en budgetprognos?",
    "Vem får stoppa inköp när prognosen visar underskott?",
)
#: Questions that both the own document and the shipped sources have something to say about.
MIXED = ("Vad ska kommundirektören göra för kommunstyrelsen?", "Vilka uppgifter har kommunstyrelsen?")


@pytest.fixture(scope="module")
def own(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnDocuments]:
    file = tmp_path_factory.mktemp("own") / "reglemente.txt"
    file.write_text(REGLEMENTE, encoding="utf-8")
    visit = OwnDocuments(assistant)
    added = visit.add(file, lambda *_: None)
    assert added.source is not None
    yield visit
    visit.close()


@pytest.fixture(scope="module")
def answers(own: OwnDocuments) -> tuple[Answer, ...]:
    return tuple(own.assistant.ask(question) for question in QUESTIONS)


def cites_own(answer: Answer, own: OwnDocuments) -> bool:
    (source,) = own.sources
    return any(citation.source.id == source.id for citation in answer.citations)


def test_the_own_document_answers(own: OwnDocuments, answers: tuple[Answer, ...]) -> None:
    assert [cites_own(answer, own) for answer in answers] == [True] * len(QUESTIONS)


def test_every_citation_is_verbatim_in_its_own_source(own: OwnDocuments, answers: tuple[Answer, ...]) -> None:
    (source,) = own.sources
    assert source.origin == "own"
    assert source.id not in {each.id for each in own._shared.sources}
    for answer in (*answers, *(own.assistant.ask(question) for question in MIXED)):
        for citation in answer.citations:
            text = own.assistant.document(citation.source.id).text
            assert text[citation.start : citation.end] == citation.quote
            assert citation.passage.source_id == citation.source.id


def test_one_sentence_never_mixes_own_words_with_the_sources(own: OwnDocuments) -> None:
    """Each sentence rests on the user's documents or on the shipped ones."""
    for question in (*QUESTIONS, *MIXED):
        answer = own.assistant.ask(question)
        origins = {citation.n: citation.source.origin for citation in answer.citations}
        for sentence in answer.sentences:
            assert len({origins[n] for n in sentence.citations}) == 1, sentence.text


def test_the_answer_itself_says_whose_words_follow(own: OwnDocuments, answers: tuple[Answer, ...]) -> None:
    for answer in answers:
        origins = {citation.n: citation.source.origin for citation in answer.citations}
        leads = [s.lead for s in answer.sentences if s.lead and origins[s.citations[0]] == "own"]
        assert leads
        assert all(lead.startswith(f"{LABEL}, ”") for lead in leads)


def test_the_label_is_the_same_everywhere(
    own: OwnDocuments, answers: tuple[Answer, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for answer in answers:
        mine = [citation for citation in answer.citations if citation.source.origin == "own"]
        for citation in mine:
            assert reference(citation).startswith(f"{LABEL} · ")
            assert f">{LABEL}</span>" in card_html(citation, "1")
        show_answer(answer)
        assert LABEL in capsys.readouterr().out
        assert f"({LABEL})" in export([answer], "md").decode("utf-8").replace("\\", "")
        with zipfile.ZipFile(io.BytesIO(export([answer], "docx"))) as package:
            assert f"({LABEL})" in package.read("word/footnotes.xml").decode("utf-8")


def test_another_visit_never_holds_it(
    assistant: Assistant, own: OwnDocuments, tmp_path: Path, answers: tuple[Answer, ...]
) -> None:
    """Neither one without documents nor one with documents of its own."""
    file = tmp_path / "budget.txt"
    file.write_text("1 Budget\n\nNämnden för Storköping har en budget på nittio miljoner kronor.\n", encoding="utf-8")
    other = OwnDocuments(assistant)
    try:
        assert other.add(file, lambda *_: None).source is not None
        (mine,) = own.sources
        for asked in (assistant, other.assistant):
            assert mine.id not in {source.id for source in asked.sources}
            for question in QUESTIONS:
                answer = asked.ask(question)
                held = {citation.source.id for citation in answer.citations} | {hit.source.id for hit in answer.hits}
                assert mine.id not in held
                assert "Lillköping" not in " ".join(hit.passage.text for hit in answer.hits)
    finally:
        other.close()


def test_closing_the_visit_leaves_the_shared_assistant(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text("1 Plan\n\nRådet i Mellanköping möts varje måndag.\n", encoding="utf-8")
    visit = OwnDocuments(assistant)
    visit.add(file, lambda *_: None)
    visit.close()
    assert visit.assistant is assistant
    assert visit.sources == ()
