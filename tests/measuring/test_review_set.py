"""The review set: what is counted, what a wrong key says, and that the shipped one reaches its gates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import paths
from assistant.assistant import Assistant
from assistant.measuring.gates import fallen_gates
from assistant.measuring.review_set import RowResult, read_review_set, review_report, run_review_set
from assistant.types import FindingVerdict
from tests.avkodning.review_samples import SHORT


@pytest.fixture(autouse=True)
def built(assistant: Assistant) -> None:
    """The real corpus has its index."""


def write(folder: Path, assistant: Assistant, **changed: str) -> Path:
    """A document and a key that says what the review says, but for what is changed."""
    (folder / "kort.txt").write_text(SHORT, encoding="utf-8")
    rows = assistant.review(assistant.read_own(folder / "kort.txt")).rows
    verdicts = {row.requirement: changed.get(row.requirement, row.verdict) for row in rows}
    places = {row.requirement: " ".join(row.own.quote.split()) for row in rows if row.own}
    lines = ["schema = 1", 'made = "prov"', "is_instruktion = true", "[verdicts]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in verdicts.items()]
    lines += ["[places]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in places.items())]
    (folder / "kort.key.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_it_counts_rows_places_and_law(kd: Any, assistant: Assistant, tmp_path: Path) -> None:
    changed = {"sakerhet": "found", "stallforetradare": "partly", "kl-styrelsen-utser": "missing"}
    folder = write(tmp_path, assistant, **changed)
    done = kd("eval", "--review", str(folder), "--json", str(tmp_path / "ut.json"))
    report = json.loads((tmp_path / "ut.json").read_text(encoding="utf-8"))
    totals = {name: figure["mean"] for name, figure in report["totals"].items()}
    assert done.code == 0
    assert totals["rows"] == round(44 / 46, 4)
    assert totals["exact"] == round(43 / 46, 4)
    assert (totals["law_wrongly_found"], totals["place"], totals["verbatim"], totals["is_instruktion"]) == (1, 1, 1, 1)
    assert report["totals"]["law_wrongly_found"]["n"] == 5, "only the law's rows are counted"
    assert report["by_requirement"]["sakerhet"]["rows"]["mean"] == 0
    assert "lagrader som felaktigt sägs finnas" in done.out


@pytest.mark.parametrize(
    ("expected", "said", "right"),
    [
        ("found", "partly", True),
        ("partly", "found", True),
        ("missing", "partly", False),
        ("contradicts", "found", False),
        ("contradicts", "contradicts", True),
    ],
)
def test_found_and_partly_are_one_class(expected: FindingVerdict, said: FindingVerdict, right: bool) -> None:
    row = RowResult("koncern", True, expected, said, None, True)
    assert row.is_right is right
    assert row.is_law_wrongly_found is (expected == "contradicts" and said == "found")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('syfte = "', 'syftet = "', 1), "syfte"),
        (lambda text: text.replace('"missing"', '"kanske"', 1), "verdicts"),
        (lambda text: text.replace("schema = 1", "schema = 2"), "schema"),
    ],
)
def test_a_wrong_key_is_named(kd: Any, assistant: Assistant, tmp_path: Path, change: Any, said: str) -> None:
    key = write(tmp_path, assistant) / "kort.key.toml"
    key.write_text(change(key.read_text(encoding="utf-8")), encoding="utf-8")
    assert kd("eval", "--review", str(tmp_path)).complains("acit", said)


def test_a_key_without_its_document_is_refused(kd: Any, assistant: Assistant, tmp_path: Path) -> None:
    (write(tmp_path, assistant) / "kort.txt").unlink()
    assert kd("eval", "--review", str(tmp_path)).complains("0 dokument")
    assert kd("eval", "--review", str(tmp_path / "finns-inte")).complains("inga facit")


def test_the_shipped_set_reaches_its_gates(assistant: Assistant) -> None:
    folder = paths.evals_dir() / "sets" / "review"
    report = review_report("review", run_review_set(assistant, read_review_set(folder)))
    assert fallen_gates(report, paths.evals_dir() / "gates.toml") == ()
