"""Follow-up questions: written for the sources, fit to be shown, new, and answered by the passage they are about."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.finding.enrich import passage_fingerprint, read_enrichment
from assistant.reading.documents import read_document
from assistant.reading.sources import read_sources
from assistant.settings import Settings
from assistant.types import Answer, Document, Filter, Turn

_SET = Path(__file__).parents[2] / "evals" / "sets" / "dev.jsonl"
CASES = [json.loads(line) for line in _SET.read_text(encoding="utf-8").splitlines()][::3]
QUESTION = "Vem ska utse kommundirektören?"


@pytest.fixture(scope="module")
def written_for(settings: Settings, documents: dict[str, Document]) -> dict[str, set[str]]:
    """The passages that each search question was written for."""
    found: dict[str, set[str]] = {}
    for aid in read_enrichment([settings.corpus_dir], list(documents.values())).aids:
        found.setdefault(aid.text, set()).add(aid.passage_id)
    return found


@pytest.fixture(scope="module")
def answers(assistant: Assistant) -> list[Answer]:
    return [assistant.ask(case["question"], [Turn(**turn) for turn in case["history"]]) for case in CASES]


def test_every_answer_and_refusal_has_three(answers: list[Answer]) -> None:
    assert len(answers) >= 60
    assert {answer.outcome for answer in answers} >= {"answered", "no_support"}
    assert [len(set(answer.suggestions)) for answer in answers] == [3] * len(answers)


def test_to_ask_one_cites_the_passage_that_it_is_about(
    assistant: Assistant, answers: list[Answer], written_for: dict[str, set[str]]
) -> None:
    cited = {}
    for question in {question for answer in answers for question in answer.suggestions}:
        found = assistant.ask(question)
        cited[question] = bool({citation.passage.id for citation in found.citations} & written_for[question])
    assert len(cited) > 60
    every = [cited[question] for answer in answers for question in answer.suggestions]
    assert sum(every) / len(every) >= 0.9, [question for question, right in cited.items() if not right]


def test_they_are_questions_to_show(answers: list[Answer], written_for: dict[str, set[str]]) -> None:
    """Whole, stand-alone questions; nobody speaks in them, and none was made up."""
    for question in {question for answer in answers for question in answer.suggestions}:
        assert question in written_for
        assert re.fullmatch(r"[A-ZÅÄÖ][^?!]+\?", question)
        assert 4 <= len(question.split()) <= 14
        assert not {*re.findall(r"\w+", question.lower())} & {*"jag vi du ni mig oss min vår man".split()}, question


def test_they_are_of_different_passages_and_sections(
    answers: list[Answer], written_for: dict[str, set[str]], documents: dict[str, Document]
) -> None:
    section = {p.id: (p.source_id, p.path) for document in documents.values() for p in document.passages}
    for answer in answers:
        about = [written_for[question] for question in answer.suggestions]
        assert all(one.isdisjoint(other) for one, other in itertools.combinations(about, 2))
        assert len({section[min(passages)] for passages in about}) >= 2


def test_the_nearest_stands_first(answers: list[Answer], assistant: Assistant) -> None:
    encode = assistant._current().short_vector
    for answer in answers:
        near = [float(encode(answer.search_question) @ encode(question)) for question in answer.suggestions]
        assert near == sorted(near, reverse=True), answer.question


def test_a_cited_passages_neighbour_may_be_asked_about(answers: list[Answer], written_for: dict[str, set[str]]) -> None:
    found = [
        question
        for answer in answers
        for question in answer.suggestions
        if written_for[question].isdisjoint({hit.passage.id for hit in answer.hits[:10]})
    ]
    assert found


def test_what_the_answer_says_already_is_not_asked(
    answers: list[Answer], assistant: Assistant, written_for: dict[str, set[str]]
) -> None:
    terms = assistant.lexicon.terms
    for answer in answers:
        cited = {citation.passage.id for citation in answer.citations}
        for question in answer.suggestions:
            assert not (written_for[question] <= cited and {*terms(question)} <= {*terms(answer.text)}), question


def test_they_are_near_the_answer(
    answers: list[Answer], written_for: dict[str, set[str]], assistant: Assistant
) -> None:
    """Each is about a found passage or one beside a cited one."""
    order = [p.id for source in assistant.sources for p in assistant.document(source.id).passages]
    for answer in answers:
        near = {hit.passage.id for hit in answer.hits[:10]}
        for citation in answer.citations:
            place = order.index(citation.passage.id)
            near |= {*order[max(0, place - 1) : place + 2]}
        assert all(written_for[question] & near for question in answer.suggestions)


def test_what_was_asked_is_not_suggested(assistant: Assistant) -> None:
    """Neither the question, nor what was asked before, nor the like of it."""
    first = assistant.ask(QUESTION)
    history = [Turn("user", first.suggestions[0]), Turn("assistant", "Det gör styrelsen.")]
    again = assistant.ask(QUESTION, history)
    assert first.suggestions[0] not in again.suggestions
    assert {*first.suggestions[1:]} <= {*again.suggestions}
    for question in first.suggestions:
        assert question not in assistant.ask(question).suggestions
    assert "Vem utser kommundirektören?" not in first.suggestions


def test_what_the_assistant_said_is_no_question(assistant: Assistant) -> None:
    first = assistant.ask(QUESTION)
    history = [Turn("user", "Hej på dig!"), Turn("assistant", first.suggestions[0])]
    assert first.suggestions[0] in assistant.ask(QUESTION, history).suggestions


@pytest.mark.parametrize("only", [Filter(("rapport",)), Filter((), ("instruktion-kommundirektor",))])
def test_a_filter_holds(assistant: Assistant, written_for: dict[str, set[str]], only: Filter) -> None:
    admitted = {source.id for source in assistant.sources if only.admits(source)}
    passages = {p.id for key in admitted for p in assistant.document(key).passages}
    found = assistant.ask("Vilka möten leder kommundirektören?", only=only).suggestions
    assert len(found) == 3
    assert all(written_for[question] & passages for question in found)


#: Each has one fault. They are about "Direktören kallar 14 chefer till ett möte varje måndag. Mötet hålls inte i juli."
UNFIT = (
    "Vilka chefer kallar direktören till möte varje måndag",
    "vilka chefer kallar direktören till möte varje måndag?",
    "När hålls mötet?",
    "Vilka chefer kallar direktören till möte varje måndag utom i juli, då mötet inte hålls, och varför?",
    "Får jag kalla chefer till möte i juli?",
    "Har du kallat chefer till möte i juli?",
    "Får man kalla chefer till möte i juli?",
    "Är direktörens möte med chefer bara varje måndag?",
    "Vem kallar chefer till möte? Hålls möte i juli?",
    "Varför hålls det mötet inte i juli?",
    "Hur hålls den varje måndag med chefer?",
    "Vem håller dessa möten med chefer i juli?",
    "Vad sker med chefers möten då?",
    "Vem ringer in gänget till snacket på måndag?",
    "Vad säger rapporten om möten i juli?",
    "Vad är rapportens syn på möten i juli?",
    "Vilka möten håller direktören Anna Svensson i juli?",
    "Vilka chefer kallar KSO till möte i juli?",
    "Hur många chefer kallar direktören till möte?",
    "Vad är ett möte?",
    "Chefer, möten och juli, vad gäller?",
)
FIT = ("Vilka chefer kallar direktören till möte varje måndag?", "Finns det möten som inte hålls i juli?")


def suggested(corpus: Any, questions: tuple[str, ...]) -> tuple[str, ...]:
    """What is suggested beside a passage that these search questions have been written for."""
    source = next(source for source in read_sources(corpus.settings) if source.id == "beslutet")
    passage = read_document(source, corpus.settings.passage_words).passages[-1]
    assert passage.text.startswith("Direktören kallar 14 chefer")
    entry = (
        f'schema = 1\nsource = "beslutet"\n[[passage]]\nsection = "2 Möten"\nstarts = "Direktören kallar"\n'
        f'fingerprint = "{passage_fingerprint(passage)}"\nquestions = {json.dumps(questions, ensure_ascii=False)}\n'
    )
    folder = corpus.folder / "enrichment"
    folder.mkdir()
    (folder / "beslutet.toml").write_text(entry, encoding="utf-8")
    opened, _ = Assistant.open(corpus.settings)
    found = opened.ask("Vem leder kommunens arbete vid en kris?").suggestions
    opened.close()
    return found


def test_what_is_not_fit_to_show_is_left_out(corpus: Any) -> None:
    assert suggested(corpus, UNFIT) == ()


@pytest.mark.parametrize("question", FIT)
def test_what_is_fit_is_shown(corpus: Any, question: str) -> None:
    assert suggested(corpus, (*UNFIT, question)) == (question,)


def test_documents_that_nothing_was_written_for_suggest_nothing(corpus: Any) -> None:
    opened, _ = Assistant.open(corpus.settings)
    answer = opened.ask("Vilka chefer kallar direktören till ett möte?")
    opened.close()
    assert answer.suggestions == ()
    assert answer.hits
