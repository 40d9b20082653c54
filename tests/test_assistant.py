"""`Assistant`: opened once, it answers, keeps up with a new index, and stands several callers at once."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import LONGEST_QUESTION, Assistant
from assistant.errors import EmbeddingError, IndexFolderError, SettingsError, UsageError
from assistant.finding.builder import build_index
from assistant.finding.generations import IndexFolder
from assistant.settings import Settings
from assistant.types import Filter, Passage, Turn

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
QUESTION = "Vilka chefer kallar direktören till ett möte?"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_shown_word_stands_in_a_source(assistant: Assistant, case: dict[str, Any]) -> None:
    answer = assistant.ask(case["question"], [Turn(**turn) for turn in case.get("history", [])])
    assert (answer.outcome == "no_support") is (answer.citations == ()) is (answer.sentences == ())
    assert [citation.n for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        text = assistant.document(citation.source.id).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end
    quotes = " ".join(" ".join(citation.quote.split()) for citation in answer.citations)
    for sentence in answer.sentences:
        assert sentence.citations
        assert " ".join(sentence.text.removeprefix("En intervjuad säger: ").split()) in quotes
    used = {n for sentence in answer.sentences for n in sentence.citations}
    assert used == {citation.n for citation in answer.citations}
    assert len(answer.hits) <= 20
    assert answer.withheld == ()
    assert sum(len(sentence.text.split()) for sentence in answer.sentences) <= 200


@pytest.mark.parametrize("question", ["Vad är det?", "Varför?", "hej", "Tack!", "Vem är det som ska göra det?"])
def test_a_question_without_content_is_not_answered(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).outcome == "no_support"


def test_a_sentence_of_the_corpus_is_answered_when_it_is_asked_for(assistant: Assistant) -> None:
    """However the gate is tuned: whoever asks in a source's own words gets an answer."""
    for source in assistant.sources:
        for passage in assistant.document(source.id).passages[::7]:
            sentence = passage.text.split("\n")[0]
            if 6 <= len(sentence.split()) <= 40:
                assert assistant.ask(sentence).outcome != "no_support", sentence


def test_a_question_outside_the_corpus_is_not_answered(assistant: Assistant) -> None:
    answer = assistant.ask("Hur bakar man surdegsbröd?")
    assert answer.outcome == "no_support"
    assert answer.text.startswith("Källorna svarar inte på det.")
    assert "Närmast kommer" in answer.text


def test_the_answer_says_what_was_searched_for(assistant: Assistant) -> None:
    answer = assistant.ask("Och vem deltar?", [Turn("user", "Vilka möten leder kommundirektören?")])
    assert answer.question == "Och vem deltar?"
    assert "kommundirektören" in answer.search_question
    assert answer.index_id == assistant.index_id
    assert answer.timings is not None
    assert answer.timings.total >= answer.timings.search > 0


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\ud800"])
def test_an_empty_question_is_refused(assistant: Assistant, question: str) -> None:
    for call in (assistant.ask, assistant.search):
        with pytest.raises(UsageError, match="tom"):
            call(question)


def test_a_question_may_be_long_but_not_endless(assistant: Assistant) -> None:
    assert assistant.ask("Vem utser kommundirektören? " * 100).outcome in ("answered", "no_support")
    with pytest.raises(UsageError, match=str(LONGEST_QUESTION)):
        assistant.ask("ord " * 10_000)


@pytest.mark.parametrize(
    "question", ["🙂", "🙂🙂🙂 👍", "???", "0", "\u200b", "§", "ö" * 3000, "SELECT * FROM x;", "[1]"]
)
def test_odd_questions_break_nothing(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.outcome in ("answered", "no_support")
    if not any(char.isalnum() or char == "§" for char in question):
        assert answer.outcome == "no_support"


def test_a_filter_holds_for_answers(assistant: Assistant) -> None:
    answer = assistant.ask("Vem ska utse kommundirektören?", only=Filter(source_ids=("skr-samarbete",)))
    assert {citation.source.id for citation in answer.citations} <= {"skr-samarbete"}
    assert {hit.source.id for hit in answer.hits} == {"skr-samarbete"}


def test_an_unknown_document_is_refused_with_those_that_there_are(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="himmel-och-helvete"):
        assistant.document("finns-inte")


def test_a_new_index_is_taken_up(corpus: Any) -> None:
    corpus.build()
    assistant, _ = Assistant.open(corpus.settings)
    before = assistant.ask(QUESTION)
    kind, text = corpus.texts["beslutet"]
    corpus.texts["beslutet"] = (kind, text.replace("14 chefer", "15 chefer"))
    corpus.save()
    assert assistant.ask(QUESTION).text == before.text
    built = build_index(corpus.settings)
    after = assistant.ask(QUESTION)
    assert "15 chefer" in after.text
    assert after.index_id == built.generation.name != before.index_id
    assert assistant.document("beslutet").text.count("15 chefer") == 1
    assistant.close()


def test_many_may_ask_while_the_index_is_built(corpus: Any) -> None:
    corpus.build()
    assistant, _ = Assistant.open(corpus.settings)
    done = threading.Event()

    def ask() -> set[str]:
        seen = set()
        while not done.is_set():
            answer = assistant.ask(QUESTION)
            assert "14 chefer" in answer.text
            seen.add(answer.index_id)
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            names = {
                assistant.index_id,
                *(build_index(corpus.settings, rebuild=True).generation.name for _ in range(2)),
            }
        finally:
            done.set()
        seen = set().union(*(future.result() for future in asking))
    assert seen <= names
    assert assistant.ask(QUESTION).index_id == IndexFolder(corpus.settings.index_dir).current().name  # type: ignore[union-attr]
    assistant.close()


def test_a_model_changed_under_an_open_index_is_said(corpus: Any, tmp_path: Path, tiny_model: Path) -> None:
    import shutil

    model = shutil.copytree(tiny_model, tmp_path / "modell")
    own = replace(corpus.settings, embedding=str(model))
    generation = build_index(own).generation
    tokens = model / "tokenizer.json"
    tokens.write_text(tokens.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(IndexFolderError, match="kd index"):
        Assistant(own, generation)
    shutil.rmtree(model)
    with pytest.raises(EmbeddingError):
        Assistant.open(own)


@pytest.mark.parametrize(
    ("heading", "first", "last", "words"),
    [
        ("1 Inledning", None, None, "1 Inledning"),
        ("1 Inledning", "4", "4", "1 Inledning, s. 4"),
        ("1 Inledning", "4", "6", "1 Inledning, s. 4–6"),
        ("1 Inledning", "4", None, "1 Inledning, från s. 4"),
        ("", "iv", "iv", "s. iv"),
        ("", None, None, ""),
    ],
)
def test_a_locator_says_heading_and_pages(heading: str, first: Any, last: Any, words: str) -> None:
    path = (heading,) if heading else ()
    assert Passage("a", "b", path, "x", 0, 1, first_page=first, last_page=last).locator == words


def test_warmed_up_no_question_opens_anything(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _ = Assistant.open(settings)
    opened.warm_up()
    monkeypatch.setattr("numpy.load", lambda *_, **__: pytest.fail("a file was opened"))
    for question in (
        "Varför behövs en instruktion?",
        "Hur många möten leder kommundirektorn?",
        "Hur är vädret i Paris?",
    ):
        assert opened.ask(question).text
    opened.close()


def test_a_broken_file_is_told_of_by_the_question_that_needs_it(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "gate.npz").write_bytes(b"PK")
    opened, _ = Assistant.open(replace(settings, gate_file=tmp_path / "gate.npz"))
    opened.warm_up()
    with pytest.raises(SettingsError, match=r"gate\.npz"):
        opened.ask("Varför behövs en instruktion?")
    opened.close()


def test_a_damaged_index_is_told_of_by_the_question_too(corpus: Any) -> None:
    corpus.build()
    opened, _ = Assistant.open(corpus.settings)
    current = IndexFolder(corpus.settings.index_dir).current()
    assert current is not None
    (current.folder / "showable.json").write_bytes(b"{")
    opened.warm_up()
    with pytest.raises(IndexFolderError, match="kd index --rebuild"):
        opened.ask(QUESTION)
    opened.close()
