"""Results -> the report: means with intervals, in all and by kind, theme and source, as JSON that can be compared."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.measuring.metrics import METRICS, Metric
from assistant.measuring.run import Result
from assistant.measuring.statistics import Interval, bootstrap_mean

SCHEMA = 1


def build_report(
    name: str,
    results: Sequence[Result],
    about: Mapping[str, Any],
    baselines: Mapping[str, Sequence[Result]] | None = None,
) -> dict[str, Any]:
    """The report of one run. `about` says what was run: writer, embedding, index id, judge."""
    return {
        "schema": SCHEMA,
        "set": name,
        "cases_sha256": _fingerprint(results),
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "about": dict(about),
        "failures": sum(bool(result.failure) for result in results),
        "totals": totals(results),
        "by_kind": _grouped(results, lambda result: (result.case.kind,)),
        "by_theme": _grouped(results, lambda result: (result.case.theme,)),
        "by_source": _grouped(results, lambda result: result.sources),
        "baselines": {key: totals(value) for key, value in (baselines or {}).items()},
        "cases": [_case(result) for result in results],
    }


def totals(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """Each figure's mean, interval and number of cases; a figure that no case has gives the reason instead.

    Latency is given as median, since single slow answers say nothing of the rest.
    """
    return {metric.name: _total(metric, results) for metric in (*METRICS, *_extra(results))}


def _extra(results: Sequence[Result]) -> list[Metric]:
    """Figures outside the fixed list: a judge's."""
    known = {metric.name for metric in METRICS}
    names = dict.fromkeys(score.name for result in results for score in result.scores if score.name not in known)
    return [Metric(name, name.replace("judge:", "stöd enligt "), True) for name in names]


def _total(metric: Metric, results: Sequence[Result]) -> dict[str, Any]:
    values = [value for result in results if (value := result.value(metric.name)) is not None]
    interval = bootstrap_mean(values)
    if interval is None:
        reasons = [score.reason for result in results for score in result.scores if score.name == metric.name]
        return {"mean": None, "n": 0, "reason": reasons[0] if reasons else "inget svar gick att mäta"}
    return interval_to_json(interval) | {"median": sorted(values)[len(values) // 2]}


def interval_to_json(interval: Interval) -> dict[str, Any]:
    return {
        "mean": round(interval.mean, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "n": interval.n,
    }


def _grouped(results: Sequence[Result], keys: Callable[[Result], Sequence[str]]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        for key in keys(result):
            groups.setdefault(key, []).append(result)
    return {key: {"cases": len(group), "figures": totals(group)} for key, group in sorted(groups.items())}


def _case(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "kind": case.kind,
        "theme": case.theme,
        "question": case.question,
        "history": [{"role": turn.role, "content": turn.content} for turn in case.history],
        "answerable": case.answerable,
        "gold": list(case.gold),
        "gold_mode": case.gold_mode,
        "nuggets": [list(wordings) for wordings in case.nuggets],
        "sources": list(result.sources),
        "rank": result.rank,
        "failure": result.failure,
        "scores": {score.name: score.value for score in result.scores},
        "reasons": {score.name: score.reason for score in result.scores if score.value is None},
        "answer": result.answer,
    }


def _fingerprint(results: Sequence[Result]) -> str:
    text = json.dumps([[r.case.id, r.case.question, r.case.gold] for r in results], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_report(report: Mapping[str, Any], path: Path) -> None:
    """Writes the report as JSON, whole or not at all."""
    write_whole(path, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def write_whole(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UsageError(f'"{path}" går inte att skriva ({error.strerror}). Välj en annan plats.') from error


def read_report(path: Path) -> dict[str, Any]:
    """A report written earlier. `UsageError` when the file is none."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f'Rapporten "{path}" går inte att läsa. Skriv en med kd eval --json.') from error
    if not isinstance(report, dict) or report.get("schema") != SCHEMA or "cases" not in report:
        raise UsageError(f'"{path}" är ingen rapport från kd eval. Skriv en med kd eval --json.')
    return report
