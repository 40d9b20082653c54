"""Two reports of the same set side by side: paired differences with intervals, and the questions that flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import UsageError
from assistant.measuring.metrics import METRICS, Metric
from assistant.measuring.statistics import Interval, paired_difference

#: Figures whose change makes a question count as flipped, better or worse.
_FLIPPING = ("citation_recall", "right_refusal", "false_refusal")


@dataclass(frozen=True, slots=True)
class Difference:
    """How a figure changed over the cases that both runs could measure."""

    metric: Metric
    interval: Interval

    @property
    def verdict(self) -> str:
        """ "bättre", "sämre", or "ingen säker skillnad" when the interval holds 0."""
        if self.interval.low <= 0 <= self.interval.high:
            return "ingen säker skillnad"
        return "bättre" if (self.interval.mean > 0) == self.metric.higher_is_better else "sämre"


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that went from right to wrong, or the other way."""

    case_id: str
    question: str
    metric: str
    before: float
    after: float
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    shared: int


def compare_reports(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Pairs the cases of two reports by id. `UsageError` when they share none."""
    old = {case["id"]: case for case in before["cases"]}
    pairs = [(old[case["id"]], case) for case in after["cases"] if case["id"] in old]
    pairs = [(a, b) for a, b in pairs if a["question"] == b["question"]]
    if not pairs:
        raise UsageError("Rapporterna har inga frågor gemensamma. Jämför två körningar av samma frågor.")
    differences = tuple(d for metric in METRICS if (d := _difference(metric, pairs)))
    return Comparison(differences, tuple(_flips(pairs)), len(pairs))


def _difference(metric: Metric, pairs: Sequence[tuple[Any, Any]]) -> Difference | None:
    values = [(a["scores"].get(metric.name), b["scores"].get(metric.name)) for a, b in pairs]
    both = [(a, b) for a, b in values if a is not None and b is not None]
    interval = paired_difference([a for a, _ in both], [b for _, b in both])
    return Difference(metric, interval) if interval else None


def _flips(pairs: Sequence[tuple[Any, Any]]) -> list[Flip]:
    better_when_higher = {metric.name: metric.higher_is_better for metric in METRICS}
    flips = []
    for a, b in pairs:
        for name in _FLIPPING:
            old, new = a["scores"].get(name), b["scores"].get(name)
            if old is not None and new is not None and (old >= 0.5) != (new >= 0.5):
                flips.append(Flip(a["id"], a["question"], name, old, new, (new > old) == better_when_higher[name]))
    return flips
