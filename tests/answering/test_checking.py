"""A text that someone has written: what is a claim, what carries it and what is said against it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import pytest

from assistant.answering.checking import parts_of
from assistant.assistant import LONGEST_TEXT, Assistant
from assistant.errors import UsageError
from tests.conftest import Kd

TEXT = (
    "Hej alla!\n\nInledning\n\n"
    "Nästan 75 procent av respondenterna har angett 8-10 på den tiogradiga skalan. "
    "Nästan 57 procent av respondenterna har angett 8-10 på den tiogradiga skalan. "
    "Vad betyder det för oss? Jag hoppas på ett gott samtal.\n\n"
    "Månen kretsar kring jorden på en knapp månad."
)


def verdicts(assistant: Assistant, text: str, passage_ids: list[str] | None = None) -> list[tuple[str, str]]:
    found = assistant.verify(text, passage_ids)
    for sentence in found.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        for citation in sentence.citations:
            document = assistant.document(citation.source.id)
            assert document.text[citation.start : citation.end] == citation.quote
    return [(sentence.text, sentence.verdict) for sentence in found.sentences]


def test_each_sentence_gets_its_verdict(assistant: Assistant) -> None:
    assert [verdict for _, verdict in verdicts(assistant, TEXT)] == [
        "not_a_claim",
        "not_a_claim",
        "supported",
        "partly",
        "not_a_claim",
        "not_a_claim",
        "unsupported",
    ]


def test_a_changed_figure_is_told_with_the_words_of_the_source(assistant: Assistant) -> None:
    sentence = assistant.verify(TEXT).sentences[3]
    assert sentence.reason == "Källan säger 75 procent, texten säger 57 procent."
    assert ["75 procent" in citation.quote for citation in sentence.citations] == [True]


def test_another_actor_is_not_carried_by_a_passage_that_says_less(assistant: Assistant) -> None:
    sentence = assistant.verify("Kommunfullmäktige ska besluta om en instruktion för direktören.").sentences[0]
    assert sentence.verdict == "unsupported"


def test_what_contradicts_a_claim_is_shown_before_what_has_more_of_its_words(assistant: Assistant) -> None:
    (sentence,) = assistant.verify("Kommunfullmäktige ska besluta om en instruktion för direktören.").sentences
    assert sentence.verdict == "unsupported"
    assert sentence.reason == "Källan säger styrelsen, texten säger kommunfullmäktige."
    assert "ska besluta om en instruktion för direktören" in sentence.citations[0].quote


def test_marks_are_held_to_their_passages(assistant: Assistant) -> None:
    hits = assistant.search("Vem utser kommundirektören?").items
    law = next(
        hit.passage for hit in hits if "7 kap. 1 §" in hit.passage.text and "utse en direktör" in hit.passage.text
    )
    other = next(hit.passage for hit in assistant.search("fullmäktiges sammanträde på distans").items)
    text = "Styrelsen ska utse en direktör [1]. Styrelsen ska utse en direktör. [2] Styrelsen ska utse en direktör [3]."
    found = assistant.verify(text, [law.id, other.id, "finns-inte"]).sentences
    assert [sentence.text.count("[") for sentence in found] == [1, 1, 1]
    assert [sentence.verdict for sentence in found] == ["supported", "unsupported", "unsupported"]
    assert {citation.passage.id for citation in found[0].citations} == {law.id}
    assert found[2].reason == "Hänvisningen [3] leder inte till någon källa."


@pytest.mark.parametrize(
    "text",
    [
        "Hej!",
        "God morgon alla kollegor,",
        "# Kommunstyrelsen utser direktören",
        "Vem utser direktören?",
        "Jag vill tacka styrelsen för ett gott samarbete.",
        "Därför hoppas jag att vi lyckas.",
        "Med vänliga hälsningar",
        "…",
        "***",
    ],
)
def test_what_claims_nothing_is_not_judged(text: str) -> None:
    assert [part.claim for part in parts_of(text)] in ([""], [])


@pytest.mark.parametrize(
    "text", ["Kommunstyrelsen utser direktören", "Tackvare lagen utses en direktör av styrelsen i kommunen."]
)
def test_a_claim_alone_needs_no_full_stop(text: str) -> None:
    assert [part.claim for part in parts_of(text)] == [text]


def test_a_list_item_is_checked_with_its_lead_in_and_markdown_is_left_out() -> None:
    text = "Direktören ska:\n\n- **leda** förvaltningen\n- följa upp `målen` [1]\n\nMötet är slut."
    assert [(part.text, part.claim) for part in parts_of(text, has_marks=True)] == [
        ("Direktören ska:", ""),
        ("**leda** förvaltningen", "Direktören ska leda förvaltningen"),
        ("följa upp `målen` [1]", "Direktören ska följa upp målen"),
        ("Mötet är slut.", "Mötet är slut."),
    ]


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * (LONGEST_TEXT + 1)], ids=["empty", "blank", "too long"])
def test_a_text_that_cannot_be_checked_is_refused_in_one_line(assistant: Assistant, text: str) -> None:
    with pytest.raises(UsageError, match="Texten är"):
        assistant.verify(text)


def test_stray_surrogates_keep_every_offset(assistant: Assistant) -> None:
    text = "\ud83dStyrelsen ska utse en direktör. Månen är rund \ud83d idag."
    found = assistant.verify(text)
    assert len(found.text) == len(text)
    assert [found.text[s.start : s.end] == s.text for s in found.sentences] == [True, True]


def test_the_command_writes_the_json_of_the_contract(kd: Kd, tmp_path: Path) -> None:
    file = tmp_path / "tal.txt"
    file.write_text(TEXT, encoding="utf-8")
    found = kd("verify", str(file), "--json").json
    assert found["schema"] == 1
    assert set(found["sentences"][3]) == {"text", "start", "end", "verdict", "reason", "citations"}
    assert {"n", "passage_id", "source_id", "quote", "start", "end", "locator", "passage"} <= set(
        found["sentences"][3]["citations"][0]
    )
    assert [TEXT[s["start"] : s["end"]] == s["text"] for s in found["sentences"]] == [True] * 7


def test_the_command_shows_a_summary_and_each_sentence(kd: Kd, tmp_path: Path) -> None:
    file = tmp_path / "tal.md"
    file.write_text(TEXT, encoding="utf-8")
    done = kd("verify", str(file))
    assert done.code == 0
    assert done.out.startswith("3 påståenden: 1 har stöd, 1 har delvis stöd, 1 saknar stöd.\n")
    assert "Har delvis stöd. Källan säger 75 procent, texten säger 57 procent." in done.out
    assert "«Nästan 75 procent av respondenterna" in done.out
    assert "Rapport · Att vara kommundirektör" in done.out


def test_a_word_document_is_read(kd: Kd, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Nästan 57 procent av respondenterna har angett 8-10 på den tiogradiga skalan.")
    document.save(str(tmp_path / "tal.docx"))
    (sentence,) = kd("verify", str(tmp_path / "tal.docx"), "--json").json["sentences"]
    assert sentence["verdict"] == "partly"


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_standard_input_may_be_text_or_json(kd: Kd, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = "Nästan 75 procent av respondenterna har angett 8-10 på den tiogradiga skalan [1]."
    stdin(monkeypatch, claim.encode())
    assert kd("verify", "-", "--json").json["sentences"][0]["verdict"] == "supported"
    given: dict[str, Any] = {"text": claim, "sources": ["finns-inte"]}
    stdin(monkeypatch, json.dumps(given).encode())
    assert kd("verify", "-", "--json").json["sentences"][0]["verdict"] == "unsupported"
    stdin(monkeypatch, "{} Styrelsen ska utse en direktör.".encode())
    assert len(kd("verify", "-", "--json").json["sentences"]) == 1


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("tom.txt", b"", "tom"),
        ("blank.md", b" \n ", "tom"),
        ("bild.png", b"\x89PNG", "stöds inte"),
        ("trasig.docx", b"PK\x03\x04", "trasig.docx"),
        ("tal.json", b'{"texten": "x"}', "som JSON"),
        ("tal.json", b"[]", "som JSON"),
        ("tal.json", b"\xff\xfe\x00", "UTF-8"),
        ("lång.txt", b"Ett ord. " * 20_000, "för lång"),
    ],
)
def test_an_input_that_cannot_be_used_gives_one_line(kd: Kd, tmp_path: Path, name: str, data: bytes, part: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert kd("verify", str(tmp_path / name)).complains(part)


def test_a_file_that_is_not_there_gives_one_line(kd: Kd, tmp_path: Path) -> None:
    assert kd("verify", str(tmp_path / "saknas.txt")).complains("saknas.txt")
    assert kd("verify", str(tmp_path / "saknas.json")).complains("saknas.json")
