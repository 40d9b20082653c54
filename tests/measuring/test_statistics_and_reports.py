"""Means with intervals, the report, and two reports side by side."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import KdError, UsageError
from assistant.measuring.cases import Case
from assistant.measuring.compare import compare_reports
from assistant.measuring.metrics import METRICS, Score
from assistant.measuring.report import build_report, read_report, write_report
from assistant.measuring.run import Result, run_cases
from assistant.measuring.statistics import bootstrap_mean, paired_difference
from assistant.types import Answer
from tests.measuring.conftest import CASES, Scripts

ABOUT = {"writer": "extractive", "embedding": "liten", "index_id": "i", "judge": None}


def result(number: int, value: float | None, failure: str = "", **more: Any) -> Result:
    case = Case(f"c{number}", more.get("kind", "direct"), more.get("theme", "t"), f"fråga {number}?", True, ("x",))
    scores = () if failure else (Score("citation_recall", value, "" if value is not None else "skäl"),)
    return Result(case, scores, None, None, more.get("sources", ()), failure)


def test_the_interval_is_seeded_and_holds_the_mean() -> None:
    values = [0.0, 0.2, 0.4, 1.0, 1.0, 0.9]
    interval = bootstrap_mean(values)
    assert interval is not None
    assert interval == bootstrap_mean(list(values))
    assert interval.mean == pytest.approx(3.5 / 6)
    assert interval.low < interval.mean < interval.high
    assert interval.n == 6
    wider = bootstrap_mean(values[:3])
    narrow = bootstrap_mean(values * 20)
    assert wider is not None
    assert narrow is not None
    assert narrow.high - narrow.low < interval.high - interval.low


def test_the_interval_of_shares_is_that_of_a_binomial() -> None:
    """Of 100 questions 80 are right: 0.8 ± 1.96·√(0.8·0.2/100) = 0.8 ± 0.078."""
    interval = bootstrap_mean([1.0] * 80 + [0.0] * 20)
    assert interval is not None
    assert interval.low == pytest.approx(0.722, abs=0.015)
    assert interval.high == pytest.approx(0.878, abs=0.015)


def test_intervals_without_spread_or_values() -> None:
    interval = bootstrap_mean([0.5])
    assert interval is not None
    assert (interval.low, interval.mean, interval.high) == (0.5, 0.5, 0.5)
    assert bootstrap_mean([]) is None


def test_a_paired_difference_is_surer_than_two_means() -> None:
    """Every question gains 0.1: the difference has no spread, however much the questions differ."""
    before = [0.0, 0.3, 0.6, 0.9]
    difference = paired_difference(before, [value + 0.1 for value in before])
    assert difference is not None
    assert difference.low == pytest.approx(0.1)
    assert difference.high == pytest.approx(0.1)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        paired_difference([1, 2], [1])


def test_totals_leave_out_what_was_not_measured() -> None:
    report = build_report("s", [result(1, 1.0), result(2, 0.0), result(3, None), result(4, None, "kraschade")], ABOUT)
    total = report["totals"]["citation_recall"]
    assert (total["mean"], total["n"]) == (0.5, 2)
    assert report["failures"] == 1
    assert report["totals"]["hit@1"] == {"mean": None, "n": 0, "reason": "inget svar gick att mäta"}
    only_none = build_report("s", [result(1, None)], ABOUT)["totals"]["citation_recall"]
    assert only_none == {"mean": None, "n": 0, "reason": "skäl"}


def test_groups() -> None:
    results = [
        result(1, 1.0, kind="list", sources=("a", "b")),
        result(2, 0.0, kind="list", theme="u", sources=("a",)),
        result(3, 1.0),
    ]
    report = build_report("s", results, ABOUT)
    assert report["by_kind"]["list"]["cases"] == 2
    assert report["by_kind"]["list"]["figures"]["citation_recall"]["mean"] == 0.5
    assert report["by_kind"]["direct"]["figures"]["citation_recall"]["mean"] == 1
    assert report["by_theme"]["u"]["figures"]["citation_recall"]["mean"] == 0
    assert {key: group["cases"] for key, group in report["by_source"].items()} == {"a": 2, "b": 1}


def test_a_crashed_case_is_a_failure_and_no_zero(scripted: Scripts) -> None:
    def crash(answer: Answer) -> Answer:
        if answer.question == CASES[1].question:
            raise KdError("gick sönder")
        return answer

    found = run_cases(scripted(change=crash), CASES)
    assert [bool(r.failure) for r in found] == [False, True, False, False, False]
    assert "gick sönder" in found[1].failure
    assert found[1].scores == ()
    report = build_report("s", found, ABOUT)
    assert report["failures"] == 1
    assert report["totals"]["false_refusal"]["n"] == 2


def test_all_right_is_full_marks(results: tuple[Result, ...]) -> None:
    """What the tests that break something compare with."""
    report = build_report("s", results, ABOUT)
    assert report["failures"] == 0
    for name in ("hit@5", "citation_recall", "verbatim", "right_refusal"):
        assert report["totals"][name]["mean"] == 1, name
    for name in ("wrong_locator", "uncited_claims", "false_refusal"):
        assert report["totals"][name]["mean"] == 0, name
    assert report["by_source"].keys() == {"lagen", "beslutet"}


def test_a_report_is_kept_whole(results: tuple[Result, ...], tmp_path: Path) -> None:
    report = build_report("s", results, ABOUT, {"bm25": results})
    path = tmp_path / "ny mapp" / "r.json"
    write_report(report, path)
    assert read_report(path) == json.loads(json.dumps(report))
    assert [p.name for p in path.parent.iterdir()] == ["r.json"]
    assert set(report["totals"]) == {metric.name for metric in METRICS}


def report_of(*values: float | None) -> dict[str, Any]:
    return build_report("s", [result(number, value) for number, value in enumerate(values)], ABOUT)


def test_a_clear_change_has_a_verdict_and_its_flips() -> None:
    before, after = report_of(0, 0, 0, 0, 1, 1), report_of(1, 1, 1, 1, 1, 0)
    comparison = compare_reports(before, after)
    (difference,) = comparison.differences
    assert difference.metric.name == "citation_recall"
    assert difference.interval.mean == pytest.approx(0.5)
    assert difference.verdict == "ingen säker skillnad"
    assert [(flip.case_id, flip.better) for flip in comparison.flips] == [
        ("c0", True),
        ("c1", True),
        ("c2", True),
        ("c3", True),
        ("c5", False),
    ]
    assert compare_reports(report_of(0, 0, 0), report_of(1, 1, 1)).differences[0].verdict == "bättre"
    assert compare_reports(report_of(1, 1, 1), report_of(0, 0, 0)).differences[0].verdict == "sämre"


def test_more_false_refusals_are_worse() -> None:
    before = report_of(1.0)
    before["cases"][0]["scores"] = {"false_refusal": 0.0}
    after = copy.deepcopy(before)
    after["cases"][0]["scores"] = {"false_refusal": 1.0}
    comparison = compare_reports(before, after)
    assert comparison.differences[0].verdict == "sämre"
    assert [flip.better for flip in comparison.flips] == [False]


def test_only_questions_that_both_measured_are_paired() -> None:
    before, after = report_of(1, None, 1), report_of(1, 1)
    after["cases"][0]["question"] = "en annan fråga?"
    with_none = compare_reports(before, after)
    assert (with_none.shared, with_none.differences, with_none.flips) == (1, (), ())
    after["cases"][1]["id"] = "annat"
    with pytest.raises(UsageError, match="inga frågor gemensamma"):
        compare_reports(before, after)
