"""A gate that never falls guards nothing: each promise is broken once, and its gate must fall."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import paths
from assistant.errors import UsageError
from assistant.measuring.gates import fallen_gates
from assistant.measuring.metrics import METRICS
from assistant.measuring.report import build_report
from assistant.measuring.run import Result, run_cases
from assistant.types import Answer, Citation
from tests.measuring.conftest import CASES, Scripts
from tests.measuring.test_statistics_and_reports import ABOUT

GATES = """
[sets.s]
failures = { at_most = 0 }
"hit@5" = { at_least = 1.0 }
citation_recall = [{ at_least = 0.9 }, { kind = "numeric", at_least = 1.0 }]
verbatim = { at_least = 1.0 }
wrong_locator = { at_most = 0.0 }
uncited_claims = { at_most = 0.0 }
right_refusal = { at_least = 1.0 }
false_refusal = { at_most = 0.0 }
"""


@pytest.fixture
def gates(tmp_path: Path) -> Path:
    path = tmp_path / "gates.toml"
    path.write_text(GATES, encoding="utf-8")
    return path


def test_an_unbroken_assistant_passes(results: tuple[Result, ...], gates: Path) -> None:
    assert fallen_gates(build_report("s", results, ABOUT), gates) == ()


def without_search(answer: Answer) -> Answer:
    return replace(answer, hits=())


def search_backwards(answer: Answer) -> Answer:
    """The best passages come last, behind others."""
    padding = tuple(replace(answer.hits[-1], rank=rank) for rank in range(1, 6)) if answer.hits else ()
    return replace(answer, hits=(*padding, *reversed(answer.hits)))


def altered_citations(change: Callable[[Citation], Citation]) -> Callable[[Answer], Answer]:
    return lambda answer: replace(answer, citations=tuple(change(citation) for citation in answer.citations))


def one_off(citation: Citation) -> Citation:
    return replace(citation, start=citation.start + 1)


def retold(citation: Citation) -> Citation:
    return replace(citation, quote=citation.quote.replace("direktör", "chef").replace("Direktör", "Chef"))


def misplaced(citation: Citation) -> Citation:
    return replace(citation, passage=replace(citation.passage, path=("99 Någon annanstans",)))


def refuse(answer: Answer) -> Answer:
    return replace(answer, outcome="no_support", sentences=(), citations=())


def never_refuse(answer: Answer) -> Answer:
    return replace(answer, outcome="answered")


def uncited(answer: Answer) -> Answer:
    return replace(answer, sentences=tuple(replace(sentence, citations=()) for sentence in answer.sentences))


def crash(answer: Answer) -> Answer:
    raise ValueError("trasig")


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        (without_search, {"hit@5"}),
        (search_backwards, {"hit@5"}),
        (altered_citations(one_off), {"verbatim"}),
        (altered_citations(retold), {"verbatim"}),
        (altered_citations(misplaced), {"wrong_locator"}),
        (uncited, {"uncited_claims"}),
        (refuse, {"false_refusal", "citation_recall", "verbatim", "wrong_locator", "uncited_claims"}),
        (never_refuse, {"right_refusal"}),
        (crash, {"failures"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_broken_makes_its_gate_fall(
    scripted: Scripts, gates: Path, change: Callable[[Answer], Answer], figures: set[str]
) -> None:
    broken = run_cases(scripted(change=change), CASES)
    fallen = fallen_gates(build_report("s", broken, ABOUT), gates)
    assert figures <= {gate.figure for gate in fallen}
    if change is not crash:
        assert {gate.figure for gate in fallen} == figures


def test_a_fallen_gate_says_which_figure_and_by_how_much(results: tuple[Result, ...], tmp_path: Path) -> None:
    path = tmp_path / "g.toml"
    path.write_text('[sets.s]\nwords = { at_most = 0.5 }\n"hit@1" = { kind = "table", at_least = 0.5 }\n', "utf-8")
    words, table = (str(gate) for gate in fallen_gates(build_report("s", results, ABOUT), path))
    assert words.startswith("words: ")
    assert words.endswith(", ska vara högst 0,5")
    assert table == "hit@1 (table): gick inte att mäta, ska vara minst 0,5"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[sets.dev]\n"hit@1" = { at_least = 1 }\n', 'inga gränser för "s"'),
        ("[sets.s\n", "går inte att använda"),
        ('[sets.s]\n"hit@1" = { minst = 1 }\n', "går inte att använda"),
        ("x = 1\n", "går inte att använda"),
    ],
)
def test_gates_that_cannot_be_used(results: tuple[Result, ...], tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "g.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=part) as raised:
        fallen_gates(build_report("s", results, ABOUT), path)
    assert "\n" not in str(raised.value)
    with pytest.raises(UsageError, match="går inte att använda"):
        fallen_gates(build_report("s", results, ABOUT), tmp_path / "finns-inte.toml")


def test_the_shipped_gates_name_sets_and_figures_that_exist() -> None:
    gates = tomllib.loads((paths.evals_dir() / "gates.toml").read_text(encoding="utf-8"))["sets"]
    known = {metric.name for metric in METRICS} | {"failures"}
    promises = {"verbatim", "wrong_locator", "uncited_claims", "failures"}
    for path in sorted((paths.evals_dir() / "sets").glob("*.jsonl")):
        assert path.stem in gates or path.stem == "gate", "the gate set is measured by a command of its own"
    review = gates.pop("review")
    assert {"rows", "law_wrongly_found", "verbatim"} == review.keys()
    for name, figures in gates.items():
        assert promises <= figures.keys() <= known, name
