"""Eval cases: one JSON object per line -> `Case`s, and where their gold quotes lie in the corpus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError
from assistant.types import Document, Passage, Role, Turn

CaseKind = Literal[
    "direct",
    "paraphrase",
    "multi",
    "list",
    "numeric",
    "quote",
    "followup",
    "colloquial",
    "table",
    "unanswerable",
    "adversarial",
]
GoldMode = Literal["any", "all"]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a right answer cites and holds.

    `gold` are verbatim quotes: all of them must be cited when `gold_mode` is "all", one when it is "any". Each of
    `nuggets` is a fact in its accepted wordings.
    """

    id: str
    kind: CaseKind
    theme: str
    question: str
    answerable: bool
    gold: tuple[str, ...] = ()
    gold_mode: GoldMode = "any"
    nuggets: tuple[tuple[str, ...], ...] = ()
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a gold quote stands: characters `start` to `end` of a source's extracted text."""

    source_id: str
    start: int
    end: int

    def overlap(self, source_id: str, start: int, end: int) -> float:
        """The share of this span that another span covers, 0..1."""
        if source_id != self.source_id or self.end == self.start:
            return 0.0
        return max(0, min(self.end, end) - max(self.start, start)) / (self.end - self.start)

    def in_passage(self, passage: Passage) -> bool:
        """True when at least half of the quote lies in the passage."""
        return self.overlap(passage.source_id, passage.start, passage.end) >= 0.5


class _TurnRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role
    content: str


class _GoldRow(BaseModel):
    model_config = ConfigDict(extra="ignore")

    quote: str


class _CaseRow(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    kind: CaseKind
    theme: str
    question: str
    answerable: bool
    gold: list[_GoldRow] = []
    gold_mode: GoldMode = "any"
    nuggets: list[list[str]] = []
    history: list[_TurnRow] = []


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a set. `UsageError` names the file, the line and what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(f'Frågefilen "{path}" är inte UTF-8. Spara den så och försök igen.') from error
    except OSError as error:
        raise UsageError(f'Frågefilen "{path}" går inte att läsa ({error.strerror}). Kontrollera sökvägen.') from error
    cases = tuple(_case(line, number, path) for number, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise UsageError(f'Frågefilen "{path}" innehåller inga frågor. Skriv en fråga per rad, se evals/README.md.')
    doubles = {case.id for case in cases if sum(other.id == case.id for other in cases) > 1}
    if doubles:
        raise UsageError(f'Frågefilen "{path}": id "{min(doubles)}" står på flera rader. Ge varje fråga ett eget id.')
    return cases


def _case(line: str, number: int, path: Path) -> Case:
    try:
        row = _CaseRow.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "JSON"
        raise UsageError(f'Frågefilen "{path}", rad {number}: {place} stämmer inte. Se evals/README.md.') from error
    return Case(
        id=row.id,
        kind=row.kind,
        theme=row.theme,
        question=row.question,
        answerable=row.answerable,
        gold=tuple(gold.quote for gold in row.gold),
        gold_mode=row.gold_mode,
        nuggets=tuple(tuple(wordings) for wordings in row.nuggets),
        history=tuple(Turn(turn.role, turn.content) for turn in row.history),
    )


def fold(text: str) -> tuple[str, list[int]]:
    """The text's letters and digits in lower case, and for each the offset where it stood."""
    letters, offsets = [], []
    for offset, char in enumerate(text):
        if char.isalnum():
            low = char.lower()
            letters.append(low)
            offsets.extend([offset] * len(low))
    return "".join(letters), offsets


class GoldFinder:
    """Finds quotes in the corpus by letters and digits only, so that line breaks and bullets do not matter."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._folded = {key: fold(document.text) for key, document in documents.items()}

    def find(self, quote: str) -> tuple[Span, ...]:
        """Every place where the quote stands, in any source."""
        wanted, _ = fold(quote)
        if not wanted:
            return ()
        return tuple(span for key in self._folded for span in self._in_source(key, wanted))

    def _in_source(self, source_id: str, wanted: str) -> list[Span]:
        letters, offsets = self._folded[source_id]
        spans = []
        at = letters.find(wanted)
        while at >= 0:
            spans.append(Span(source_id, offsets[at], offsets[at + len(wanted) - 1] + 1))
            at = letters.find(wanted, at + 1)
        return spans

    def gold(self, case: Case) -> tuple[tuple[Span, ...], ...]:
        """For each gold quote of the case, every place where it stands."""
        return tuple(self.find(quote) for quote in case.gold)


def missing_gold(cases: Sequence[Case], finder: GoldFinder) -> tuple[str, ...]:
    """One line for each gold quote that stands nowhere in the corpus."""
    return tuple(
        f'{case.id}: "{quote}"'
        for case in cases
        for quote, spans in zip(case.gold, finder.gold(case), strict=True)
        if not spans
    )
