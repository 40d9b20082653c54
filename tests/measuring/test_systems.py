"""What the assistant is measured beside: the baselines, the open benchmark and a chat model as judge."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.errors import ChatModelError
from assistant.measuring.baselines import run_baselines
from assistant.measuring.judge import ChatJudge
from assistant.measuring.report import build_report
from assistant.measuring.run import run_cases
from tests.conftest import Kd
from tests.measuring.conftest import CASES, Scripts
from tests.measuring.test_statistics_and_reports import ABOUT

ROWS = {
    "passages": [
        {"id": "p1", "text": "Ansökan om bygglov lämnas till byggnadsnämnden."},
        {"id": "p2", "text": "Avgiften för parkering höjs i januari."},
        {"id": "p3", "text": "Förskolan har öppet från klockan sex."},
    ],
    "questions": [
        {"question": "Vart lämnas ansökan om bygglov?", "passage": "p1", "answerable": True},
        {"question": "När höjs avgiften för parkering?", "passage": "p2"},
        {"question": "Vem är kung?", "passage": None, "answerable": False},
    ],
}


def test_the_baselines_search_the_same_texts(small_assistant: Assistant) -> None:
    found = run_baselines(small_assistant, CASES)
    assert list(found) == ["bm25", "dense", "tutorial"]
    report = build_report("s", run_cases(small_assistant, CASES), ABOUT, found)
    for name, results in found.items():
        assert [result.case.id for result in results] == [case.id for case in CASES]
        assert report["baselines"][name]["hit@5"]["n"] == 3
        assert report["baselines"][name]["citation_recall"]["mean"] is None
    assert report["baselines"]["bm25"]["hit@5"]["mean"] == 1
    # each small document is one piece of the tutorial's, so all gold lies among its best four
    assert report["baselines"]["tutorial"]["hit@5"]["mean"] == 1


def test_an_open_benchmark(kd: Kd, tmp_path: Path, tiny_model: Path) -> None:
    samling, out = tmp_path / "samling.json", tmp_path / "ut.json"
    samling.write_text(json.dumps(ROWS), encoding="utf-8")
    ran = kd("eval", "--benchmark", str(samling), "--json", str(out), KD_EMBEDDING=str(tiny_model))
    assert ran.code == 0, ran.err
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["schema"] == 1
    assert (report["questions"], report["passages"]) == (2, 3)
    assert set(report["systems"]) == {"bm25", "dense", "kd"}
    for figures in report["systems"].values():
        assert set(figures) == {"ndcg@10", "hit@1", "hit@5"}
        assert all(0 <= value <= 1 for value in figures.values())
    assert report["systems"]["bm25"] == {"ndcg@10": 1, "hit@1": 1, "hit@5": 1}
    assert report["systems"]["kd"]["hit@5"] == 1


def replies(*words: str) -> Callable[[str, str], str]:
    rest = iter(words * 20)
    return lambda system, user: next(rest)


@pytest.mark.parametrize(
    ("words", "value"),
    [(("JA",), 1.0), (("nej.",), 0.0), (("Ja, det följer.\n",), 1.0), (("Kanske", ""), None)],
)
def test_the_judge_reads_yes_and_no(scripted: Scripts, words: tuple[str, ...], value: float | None) -> None:
    answer = scripted().ask(CASES[0].question)
    score = ChatJudge("domaren", replies(*words)).score(answer)
    assert (score.name, score.value) == ("judge:domaren", value)
    assert bool(score.reason) is (value is None)


def test_the_judge_leaves_out_what_it_was_not_told(scripted: Scripts) -> None:
    """One sentence yes, one no, one garbage: half of the two that were judged."""
    answer = scripted().ask(CASES[0].question)
    sentences = tuple(answer.sentences[0] for _ in range(3))
    assert ChatJudge("d", replies("JA", "NEJ", "hm")).score(replace(answer, sentences=sentences)).value == 0.5


def test_the_judge_sees_only_the_claim_and_its_quotes(scripted: Scripts) -> None:
    answer = scripted().ask(CASES[0].question)
    answer = replace(answer, sentences=(replace(answer.sentences[0], text="Någon utses av någon."),))
    seen: list[str] = []

    def ask(system: str, user: str) -> str:
        seen.append(user)
        return "JA"

    ChatJudge("d", ask).score(answer)
    assert len(seen) == len(answer.sentences)
    for sentence, user in zip(answer.sentences, seen, strict=True):
        quotes = [citation.quote for citation in answer.citations if citation.n in sentence.citations]
        assert all(words in user for words in (sentence.text, *quotes))
        assert answer.question not in user


def test_a_judge_that_does_not_reply_is_no_zero(scripted: Scripts) -> None:
    def silent(system: str, user: str) -> str:
        raise ChatModelError("Språkmodellen svarar inte.")

    found = run_cases(scripted(), CASES[:1], judge=ChatJudge("d", silent))
    assert found[0].failure == ""
    assert found[0].value("citation_recall") == 1
    total = build_report("s", found, ABOUT)["totals"]["judge:d"]
    assert total == {"mean": None, "n": 0, "reason": "Språkmodellen svarar inte."}
    judged = run_cases(scripted(), CASES, judge=ChatJudge("d", replies("JA")))
    assert build_report("s", judged, ABOUT)["totals"]["judge:d"]["mean"] == 1
