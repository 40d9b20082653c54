"""What a user may hand over wrongly: one Swedish line that says what, where and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.measuring.cases import read_cases
from assistant.measuring.report import read_report
from tests.conftest import Kd, SmallCorpus

GOOD = {"id": "a", "kind": "direct", "theme": "t", "question": "Vem?", "answerable": True, "gold": [{"quote": "x"}]}


def line(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes}, ensure_ascii=False)


def without(key: str) -> str:
    return json.dumps({k: v for k, v in GOOD.items() if k != key})


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (None, ("går inte att läsa",)),
        ("{}å".encode("latin-1"), ("inte UTF-8",)),
        (b"", ("inga frågor",)),
        (b"\n  \n", ("inga frågor",)),
        (f"{line()}\n\n{{trasig\n".encode(), ("rad 3", "JSON")),
        (f"{line()}\n[1]\n".encode(), ("rad 2",)),
        (f"{line()}\n{line(id='b', kind='gissning')}\n".encode(), ("rad 2", "kind")),
        (f"{without('question')}\n".encode(), ("rad 1", "question")),
        (line(gold=[{"text": "x"}]).encode(), ("rad 1", "gold.0.quote")),
        (line(svar="x").encode(), ("rad 1", "svar")),
        (line(history=[{"role": "system", "content": "x"}]).encode(), ("rad 1", "history.0.role")),
        (f"{line()}\n{line()}\n".encode(), ('"a"', "flera rader")),
    ],
)
def test_a_set_that_cannot_be_used(tmp_path: Path, content: bytes | None, parts: tuple[str, ...]) -> None:
    path = tmp_path / "mina frågor.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        read_cases(path)
    message = str(raised.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert all(part in message for part in ("mina frågor.jsonl", *parts)), message


def test_a_byte_order_mark_and_empty_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{line()}\r\n\r\n{line(id='b')}\r\n".encode())
    assert [case.id for case in read_cases(path)] == ["a", "b"]


@pytest.mark.parametrize("content", [None, b"\xff", b"{", b"[]", b'{"schema": 1}', b'{"schema": 9, "cases": []}'])
def test_a_report_that_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "r.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="kd eval --json") as raised:
        read_report(path)
    assert "r.json" in str(raised.value)


def test_the_command_says_it_in_one_line(kd: Kd, tmp_path: Path) -> None:
    bad = tmp_path / "q.jsonl"
    bad.write_text("{trasig\n", encoding="utf-8")
    good = tmp_path / "g.jsonl"
    good.write_text(line() + "\n", encoding="utf-8")
    assert kd("eval", str(bad)).complains("q.jsonl", "rad 1")
    assert kd("eval", str(tmp_path / "finns-inte.jsonl")).complains("finns-inte.jsonl")
    assert kd("eval", str(good), "--compare", str(bad)).complains("q.jsonl")
    assert kd("eval", str(good), str(good), "--json", str(tmp_path / "r.json")).complains("en frågefil i taget")
    assert kd("eval", "--benchmark", str(bad)).complains("q.jsonl")


def test_a_set_of_ones_own_over_ones_own_corpus(kd: Kd, tmp_path: Path, built_once: SmallCorpus) -> None:
    """The whole way: figures on standard output, both reports, a comparison, and 1 when a gate falls."""
    own = tmp_path / "mina.jsonl"
    case = line(question="Vem ska utse en direktör?", gold=[{"quote": "Styrelsen ska utse en direktör"}])
    own.write_text(case + "\n", encoding="utf-8")
    gates = tmp_path / "g.toml"
    gates.write_text("[sets.mina]\nverbatim = { at_least = 1.0 }\n", encoding="utf-8")
    report, page = tmp_path / "r.json", tmp_path / "r.html"
    first = kd("eval", str(own), "--json", str(report), "--gate", str(gates), **built_once.environment)
    assert first.code == 0, first.err
    assert "rätt ställe citerat" in first.out
    gates.write_text("[sets.mina]\nwords = { at_most = 1 }\n", encoding="utf-8")
    arguments = ("--compare", str(report), "--html", str(page), "--gate", str(gates))
    second = kd("eval", str(own), *arguments, **built_once.environment)
    assert second.code == 1
    assert "Under gränsen: mina: words" in second.err
    assert "Jämfört med förra körningen" in page.read_text(encoding="utf-8")
    gates.write_text("[sets.annan]\nwords = { at_most = 1 }\n", encoding="utf-8")
    third = kd("eval", str(own), "--gate", str(gates), **built_once.environment)
    assert third.code == 2
    assert [text for text in third.err.splitlines() if "[sets.mina]" in text]
