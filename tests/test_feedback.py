"""What users say of answers: kept in one file, the last word counts, and it becomes a set to measure on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.feedback import FeedbackFile, as_case
from assistant.measuring.cases import read_cases
from assistant.types import Turn

from .conftest import Kd


def test_a_later_word_replaces_an_earlier(assistant: Assistant, tmp_path: Path) -> None:
    file = FeedbackFile(tmp_path / "under" / "omdomen.jsonl")
    assert file.read() == ()
    answer = assistant.ask("Vem ska utse kommundirektören?")
    key = file.add(answer, (), "up")
    assert file.add(answer, (), "down", " Fel. ", key) == key
    (said,) = file.read()
    assert (said.verdict, said.comment, said.question) == ("down", "Fel.", answer.question)


def test_what_helped_has_gold_and_what_did_not_waits_for_it(assistant: Assistant, tmp_path: Path) -> None:
    file = FeedbackFile(tmp_path / "omdomen.jsonl")
    answer = assistant.ask("Vem ska utse kommundirektören?")
    file.add(answer, (Turn("user", "Hej?"), Turn("assistant", "Hej.")), "up")
    file.add(answer, (), "down")
    up, down = (as_case(said) for said in file.read())
    assert [gold["quote"] for gold in up["gold"]] == [citation.quote for citation in answer.citations]
    assert up["kind"] == "followup"
    assert down["gold"] == []


def test_a_spoilt_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "o.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="rad 1"):
        FeedbackFile(tmp_path / "o.jsonl").read()


def test_feedback_is_measured_on(kd: Kd, assistant: Assistant, tmp_path: Path) -> None:
    file, report = tmp_path / "omdomen.jsonl", tmp_path / "rapport.json"
    missing = kd("eval", "--from-feedback", KD_FEEDBACK_FILE=str(file))
    assert missing.complains("inga omdömen")
    FeedbackFile(file).add(assistant.ask("Vem ska utse kommundirektören?"), (), "up")
    ran = kd("eval", "--from-feedback", "--json", str(report), KD_FEEDBACK_FILE=str(file))
    assert ran.code == 0
    assert len(read_cases(tmp_path / "omdomen-fragor.jsonl")) == 1
    assert json.loads(report.read_text(encoding="utf-8"))["totals"]["citation_recall"]["mean"] == 1.0
