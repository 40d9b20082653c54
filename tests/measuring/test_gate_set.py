"""The gate set: what it measures, what it refuses to read, and that the shipped one is sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import paths
from assistant.measuring.cases import GoldFinder
from assistant.measuring.gate_set import CHANGE_NAMES, read_gate_set
from assistant.types import Document
from tests.conftest import Kd, SmallCorpus

TRUE = "Direktören kallar 14 chefer till ett möte varje måndag."
CITED = [{"source": "beslutet", "quote": "Direktören kallar 14 chefer"}]


def row(identity: str, sentence: str, true: bool, change: str, split: str = "dev", **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "split": split,
        "change": change,
        "true": true,
        "sentence": sentence,
        "cited": CITED,
        **more,
    }


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in rows), encoding="utf-8")
    return path


def test_it_counts_what_is_caught_and_what_is_withheld(kd: Kd, corpus: SmallCorpus, tmp_path: Path) -> None:
    corpus.build()
    file = write(
        tmp_path / "gate.jsonl",
        row("a", TRUE, True, "verbatim"),
        row("b", TRUE.replace("14", "41"), False, "number"),
        row("c", TRUE.replace("Direktören", "Styrelsen"), False, "actor", "test"),
        row("d", "Mötet hålls i juli.", False, "negation", "test"),
    )
    done = kd("eval", "--gate-set", str(file), "--json", str(tmp_path / "ut.json"), **corpus.environment)
    report = json.loads((tmp_path / "ut.json").read_text(encoding="utf-8"))
    assert done.code == 0
    assert report["splits"]["all"]["totals"] == {
        "caught": {"count": 3, "of": 3, "share": 1.0},
        "withheld": {"count": 0, "of": 1, "share": 0.0},
    }
    assert report["splits"]["test"]["totals"]["caught"]["of"] == 2
    assert [case["let_through"] for case in report["cases"]] == [True, False, False, False]
    assert "ändrad siffra" in done.out
    assert "100,0%" in done.out


@pytest.mark.parametrize(
    "bad",
    [row("b", TRUE, False, "number"), row("b", "Styrelsen badar i sjön varje kväll.", True, "reworded")],
    ids=["an altered one let through", "a true one withheld"],
)
def test_below_the_targets_it_ends_with_1(kd: Kd, corpus: SmallCorpus, tmp_path: Path, bad: dict[str, Any]) -> None:
    corpus.build()
    file = write(tmp_path / "gate.jsonl", row("a", TRUE, True, "verbatim"), bad)
    assert kd("eval", "--gate-set", str(file), **corpus.environment).code == 1


def test_a_half_below_the_targets_is_not_outweighed_by_the_other(kd: Kd, corpus: SmallCorpus, tmp_path: Path) -> None:
    corpus.build()
    good = [row(f"d{n}", TRUE.replace("14", str(n)), False, "number") for n in range(20, 60)]
    file = write(tmp_path / "gate.jsonl", *good, row("t", TRUE, False, "number", "test"))
    assert kd("eval", "--gate-set", str(file), **corpus.environment).code == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "inga meningar"),
        ("{", "rad 1"),
        ("[]", "rad 1"),
        (json.dumps(row("a", TRUE, True, "okänd")), "change"),
        (json.dumps(row("a", "", True, "verbatim")), "sentence"),
        (json.dumps(row("a", TRUE, True, "verbatim", cited=[])), "cited"),
        (json.dumps(row("a", TRUE, True, "verbatim", extra=1)), "extra"),
        ("\n".join([json.dumps(row("a", TRUE, True, "verbatim"))] * 2), "flera rader"),
        (json.dumps(row("a", TRUE, True, "verbatim", cited=[{"source": "beslutet", "quote": "Finns inte"}])), "a:"),
    ],
)
def test_a_bad_file_gives_one_line(kd: Kd, corpus: SmallCorpus, tmp_path: Path, text: str, part: str) -> None:
    corpus.build()
    (tmp_path / "gate.jsonl").write_text(text, encoding="utf-8")
    done = kd("eval", "--gate-set", str(tmp_path / "gate.jsonl"), **corpus.environment)
    assert (done.code, done.out) == (2, "")
    assert part in done.err.splitlines()[-1]


def test_the_shipped_set_is_large_and_every_quote_stands_in_its_source(documents: dict[str, Document]) -> None:
    cases = read_gate_set(paths.evals_dir() / "sets" / "gate.jsonl")
    assert sum(case.is_true for case in cases) >= 400
    assert sum(not case.is_true for case in cases) >= 400
    assert {case.change for case in cases} == set(CHANGE_NAMES)
    finder = GoldFinder(documents)
    missing = [
        case.id
        for case in cases
        for source, quote in case.cited
        if all(span.source_id != source for span in finder.find(quote))
    ]
    assert missing == []


def test_the_gate_set_is_no_set_of_questions(kd: Kd) -> None:
    """`kd eval` alone runs the questions; a report can be written for one set only, which the two of them are told."""
    done = kd("eval", "--json", "x.json")
    assert done.complains("en frågefil i taget")


def test_no_sentence_that_the_rules_were_learned_on_stands_in_the_gate_set() -> None:
    learned = {
        _plain(case.sentence) for case in read_gate_set(Path(__file__).parents[2] / "index" / "gate_train.jsonl")
    }
    measured = {_plain(case.sentence) for case in read_gate_set(paths.evals_dir() / "sets" / "gate.jsonl")}
    assert len(learned) > 600
    assert not learned & measured


def test_no_sentence_that_the_network_was_trained_on_stands_in_the_gate_set(documents: dict[str, Document]) -> None:
    """Each is written to a sentence that its source has, and stands once."""
    lines = (Path(__file__).parents[2] / "index" / "gate_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    written = [_plain(text) for row in rows for text in (*row["true"], *(altered for _, altered in row["false"]))]
    paired = {
        _plain(text) for row in rows for some in row["pairs"] for true, _, false in some for text in (true, false)
    }
    measured = {_plain(case.sentence) for case in read_gate_set(paths.evals_dir() / "sets" / "gate.jsonl")}
    assert len(written) > 10_000
    assert len(set(written)) == len(written)
    assert len(paired) > 20_000
    assert not {*written, *paired} & measured
    finder = GoldFinder(documents)
    assert [row["quote"] for row in rows if not finder.find(row["quote"])] == []


def _plain(sentence: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in sentence.lower()).split())
