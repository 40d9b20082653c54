"""The gate set: true sentences and altered ones with the passages that they cite -> how many the gate tells apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.proof import Prover
from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.finding.builder import Progress, no_progress
from assistant.measuring.cases import GoldFinder
from assistant.types import Document, Passage

#: The least share of the altered sentences that must be caught, and the most of the true ones that may be withheld.
LEAST_CAUGHT, MOST_WITHHELD = 0.95, 0.05

Split = Literal["dev", "test"]
Change = Literal[
    "verbatim",
    "shortened",
    "reworded",
    "number",
    "actor",
    "modal",
    "negation",
    "reference",
    "wrong_passage",
    "mixed",
    "invented",
    "quote",
]
CHANGE_NAMES: dict[Change, str] = {
    "verbatim": "ordagrann",
    "shortened": "förkortad",
    "reworded": "omskriven",
    "number": "ändrad siffra",
    "actor": "utbytt aktör",
    "modal": "ska, bör eller får utbytt",
    "negation": "nekad eller motsatt",
    "reference": "fel paragraf, lag eller år",
    "wrong_passage": "fel stycke angivet",
    "mixed": "två uppgifter blandade",
    "invented": "påhittad",
    "quote": "ändrat citat",
}


class _CitedRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: str
    quote: str = Field(min_length=1)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    split: Split
    change: Change
    true: bool
    sentence: str = Field(min_length=1)
    cited: list[_CitedRow] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class GateCase:
    """A sentence, whether its sources say so, and what was done to it. `cited` are pairs of source id and quote."""

    id: str
    split: Split
    change: Change
    is_true: bool
    sentence: str
    cited: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """`reason` is why the gate withholds the sentence, "" when it lets it through."""

    case: GateCase
    reason: str

    @property
    def is_right(self) -> bool:
        return self.case.is_true is not bool(self.reason)


def read_gate_set(path: Path) -> tuple[GateCase, ...]:
    """The cases of a file. `UsageError` names the line and what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(f'Grindfilen "{path}" är inte UTF-8. Spara den så och försök igen.') from error
    except OSError as error:
        raise UsageError(f'Grindfilen "{path}" går inte att läsa ({error.strerror}). Kontrollera sökvägen.') from error
    cases = tuple(_case(line, number, path) for number, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise UsageError(f'Grindfilen "{path}" innehåller inga meningar. Skriv en per rad, se evals/README.md.')
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise UsageError(f'Grindfilen "{path}": id "{case.id}" står på flera rader. Ge varje mening ett eget id.')
        seen.add(case.id)
    return cases


def _case(line: str, number: int, path: Path) -> GateCase:
    try:
        row = _Row.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "JSON"
        raise UsageError(f'Grindfilen "{path}", rad {number}: {place} stämmer inte. Se evals/README.md.') from error
    cited = tuple((each.source, each.quote) for each in row.cited)
    return GateCase(row.id, row.split, row.change, row.true, row.sentence, cited)


def run_gate_set(
    assistant: Assistant, cases: Sequence[GateCase], progress: Progress = no_progress
) -> tuple[GateResult, ...]:
    """Shows each sentence to the gate with the passages that it cites, and no others."""
    documents = {source.id: assistant.document(source.id) for source in assistant.sources}
    finder = GoldFinder(documents)
    prover = assistant.prover()
    results = []
    for number, case in enumerate(cases):
        progress("Prövar meningarna", number, len(cases))
        results.append(GateResult(case, _reason(case, documents, finder, prover)))
    progress("Prövar meningarna", len(cases), len(cases))
    return tuple(results)


def _reason(case: GateCase, documents: Mapping[str, Document], finder: GoldFinder, prover: Prover) -> str:
    passages = passages_of(case, documents, finder)
    evidence = [Evidence.of_passage(passage, documents[passage.source_id].source) for passage in passages]
    return prover.prove(case.sentence, list(dict.fromkeys(evidence))).reason


def passages_of(case: GateCase, documents: Mapping[str, Document], finder: GoldFinder) -> tuple[Passage, ...]:
    """The passages that a case cites. `UsageError` names a quote that stands in none."""
    passages = []
    for source_id, quote in case.cited:
        passage = _passage(source_id, quote, documents, finder)
        if passage is None:
            raise UsageError(f'Grindfilen, {case.id}: citatet "{quote[:60]}" står inte i "{source_id}". Rätta raden.')
        passages.append(passage)
    return tuple(dict.fromkeys(passages))


def _passage(source_id: str, quote: str, documents: Mapping[str, Document], finder: GoldFinder) -> Passage | None:
    """The passage in which the quote begins."""
    for span in finder.find(quote):
        if span.source_id == source_id:
            for passage in documents[source_id].passages:
                if passage.start <= span.start < passage.end:
                    return passage
    return None


def gate_report(name: str, results: Sequence[GateResult]) -> dict[str, Any]:
    """Counts and shares, in all and by kind of change, for the whole and for each half."""
    halves = {"all": results, **{s: [r for r in results if r.case.split == s] for s in ("dev", "test")}}
    return {
        "schema": 1,
        "set": name,
        "targets": {"caught": LEAST_CAUGHT, "withheld": MOST_WITHHELD},
        "reached": all(_reached(_totals(part)) for part in halves.values() if part),
        "splits": {
            split: {"totals": _totals(part), "by_change": _by_change(part)} for split, part in halves.items() if part
        },
        "cases": [
            {
                "id": result.case.id,
                "split": result.case.split,
                "change": result.case.change,
                "true": result.case.is_true,
                "let_through": not result.reason,
                "reason": result.reason,
            }
            for result in results
        ],
    }


def _totals(results: Sequence[GateResult]) -> dict[str, Any]:
    """`caught` of the altered sentences and `withheld` of the true ones: count, out of how many, share (or None)."""
    altered = [result for result in results if not result.case.is_true]
    true = [result for result in results if result.case.is_true]
    return {
        "caught": _share(sum(result.is_right for result in altered), len(altered)),
        "withheld": _share(sum(not result.is_right for result in true), len(true)),
    }


def _share(count: int, total: int) -> dict[str, Any]:
    return {"count": count, "of": total, "share": round(count / total, 4) if total else None}


def _by_change(results: Sequence[GateResult]) -> dict[str, Any]:
    grouped = {change: [r for r in results if r.case.change == change] for change in CHANGE_NAMES}
    return {change: _totals(part) for change, part in grouped.items() if part}


def _reached(totals: Mapping[str, Any]) -> bool:
    caught, withheld = totals["caught"]["share"], totals["withheld"]["share"]
    return (caught is None or caught >= LEAST_CAUGHT) and (withheld is None or withheld <= MOST_WITHHELD)
