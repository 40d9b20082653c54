"""The review set: made instruktioner with a key -> how right the review's rows, places and first judgement are."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.assistant import Assistant
from assistant.avkodning.requirements import read_requirements
from assistant.errors import UsageError
from assistant.finding.builder import Progress, no_progress
from assistant.measuring.cases import GoldFinder
from assistant.types import Finding, FindingVerdict, Review

_KEY = ".key.toml"


class _KeyFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal[1] = Field(alias="schema")
    made: str = Field(min_length=1)
    is_instruktion: bool
    verdicts: dict[str, FindingVerdict] = Field(min_length=1)
    places: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A made document and what a careful reader says of it; `places` are the words that carry a verdict, by id."""

    path: Path
    is_instruktion: bool
    verdicts: dict[str, FindingVerdict]
    places: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row beside its key. `at_place` is None where the key names no place."""

    requirement: str
    is_law: bool
    expected: FindingVerdict
    verdict: FindingVerdict
    at_place: bool | None
    is_verbatim: bool

    @property
    def is_right(self) -> bool:
        """Found and partly count as the same; missing and gainsaid are classes of their own."""
        return _class(self.expected) == _class(self.verdict)

    @property
    def is_exact(self) -> bool:
        return self.expected == self.verdict

    @property
    def is_law_wrongly_found(self) -> bool:
        return self.is_law and self.verdict == "found" and self.expected in ("missing", "contradicts")


@dataclass(frozen=True, slots=True)
class ReviewResult:
    case: ReviewCase
    is_recognised: bool
    rows: tuple[RowResult, ...]


def _class(verdict: FindingVerdict) -> str:
    return "said" if verdict in ("found", "partly") else verdict


def read_review_set(folder: Path) -> tuple[ReviewCase, ...]:
    """The documents of a folder with their keys. `UsageError` names the key that is wrong and how."""
    keys = sorted(folder.glob(f"*{_KEY}"))
    if not keys:
        raise UsageError(f'Mappen "{folder}" innehåller inga facit (*{_KEY}). Se evals/README.md.')
    return tuple(_case(key) for key in keys)


def _case(key: Path) -> ReviewCase:
    try:
        given = _KeyFile.model_validate(tomllib.loads(key.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else str(error)
        raise UsageError(f'Facit "{key}": {place} stämmer inte. Se evals/README.md.') from error
    name = key.name.removesuffix(_KEY)
    files = [
        p for p in key.parent.iterdir() if p.stem == name and p.suffix in (".txt", ".md", ".docx", ".pdf", ".html")
    ]
    if len(files) != 1:
        raise UsageError(f'Facit "{key}" hör till {len(files)} dokument. Lägg ett dokument med samma namn bredvid.')
    return ReviewCase(files[0], given.is_instruktion, given.verdicts, given.places)


def run_review_set(
    assistant: Assistant, cases: Sequence[ReviewCase], progress: Progress = no_progress
) -> tuple[ReviewResult, ...]:
    """Reviews each document. `UsageError` when a key names other requirements than the review has."""
    known = {row.id for row in read_requirements(assistant.settings.corpus_dir).rows}
    for case in cases:
        odd = sorted(known ^ set(case.verdicts))
        if odd:
            raise UsageError(f'Facit till "{case.path.name}" stämmer inte med kraven: {odd[0]}. Rätta facit.')
    results = []
    for number, case in enumerate(cases):
        progress("Granskar dokumenten", number, len(cases))
        results.append(_result(case, assistant.review(assistant.read_own(case.path))))
    progress("Granskar dokumenten", len(cases), len(cases))
    return tuple(results)


def _result(case: ReviewCase, review: Review) -> ReviewResult:
    finder = GoldFinder({review.document.source.id: review.document})
    return ReviewResult(case, review.is_instruktion, tuple(_row(case, row, review, finder) for row in review.rows))


def _row(case: ReviewCase, row: Finding, review: Review, finder: GoldFinder) -> RowResult:
    own = row.own
    verbatim = own is None or review.document.text[own.start : own.end] == own.quote
    place = case.places.get(row.requirement)
    at_place = None
    if place is not None:
        spans = finder.find(place)
        at_place = own is not None and any(span.start < own.end and own.start < span.end for span in spans)
    return RowResult(
        row.requirement, row.weight == "lag", case.verdicts[row.requirement], row.verdict, at_place, verbatim
    )


def review_report(name: str, results: Sequence[ReviewResult]) -> dict[str, Any]:
    """The figures in all, by document and by requirement, and every row; `totals` is held to the gates."""
    rows = [row for result in results for row in result.rows]
    ids = list(dict.fromkeys(row.requirement for row in rows))
    return {
        "schema": 1,
        "set": name,
        "failures": 0,
        "totals": {
            **_figures(rows),
            "is_instruktion": _mean([result.is_recognised == result.case.is_instruktion for result in results]),
        },
        "by_document": {result.case.path.name: _document(result) for result in results},
        "by_requirement": {one: _figures([row for row in rows if row.requirement == one]) for one in ids},
    }


def _document(result: ReviewResult) -> dict[str, Any]:
    return {
        "is_instruktion": {"expected": result.case.is_instruktion, "said": result.is_recognised},
        "figures": _figures(result.rows),
        "rows": [
            {
                "requirement": row.requirement,
                "expected": row.expected,
                "verdict": row.verdict,
                "at_place": row.at_place,
            }
            for row in result.rows
        ],
    }


def _figures(rows: Sequence[RowResult]) -> dict[str, Any]:
    def share(tell: Callable[[RowResult], bool]) -> dict[str, Any]:
        return _mean([tell(row) for row in rows])

    return {
        "rows": share(lambda row: row.is_right),
        "exact": share(lambda row: row.is_exact),
        "law_wrongly_found": {
            "mean": sum(row.is_law_wrongly_found for row in rows),
            "n": sum(row.is_law for row in rows),
        },
        "place": _mean([row.at_place for row in rows if row.at_place is not None]),
        "verbatim": share(lambda row: row.is_verbatim),
    }


def _mean(values: Sequence[bool]) -> dict[str, Any]:
    """The share that holds, None where there is nothing to measure."""
    return {"mean": round(sum(values) / len(values), 4) if values else None, "n": len(values)}
