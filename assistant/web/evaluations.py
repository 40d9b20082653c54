"""Evaluations on this machine: the newest report, the sets of questions that there are, and a run of one."""

from __future__ import annotations

import contextlib
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import paths
from assistant.errors import UsageError
from assistant.measuring.cases import read_cases
from assistant.measuring.report import build_report, read_report, write_report
from assistant.measuring.run import run_cases
from assistant.web import texts
from assistant.web.working import Tell

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.settings import Settings

#: What the page's own run is called; runs of `kd eval --json` may have any name.
_OWN_REPORT = "utvardering.json"
#: The set of sentences, which holds no questions.
_NO_QUESTIONS = "gate"
#: A run takes the whole machine: one at a time, whoever asks for it.
_running = threading.Lock()


def question_sets() -> dict[str, Path]:
    """The sets of questions by name; none where the program was installed without them."""
    files = sorted((paths.evals_dir() / "sets").glob("*.jsonl"))
    return {file.stem: file for file in files if file.stem != _NO_QUESTIONS}


def latest_report(settings: Settings) -> dict[str, Any] | None:
    """The newest report that can be read, the page's own or one in the folder of reports; None when there is none."""
    files = [_own_report(settings), *(paths.evals_dir() / "reports").glob("*.json")]
    known = sorted((file for file in files if file.is_file()), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in known:
        with contextlib.suppress(UsageError):
            return _read(file, file.stat().st_mtime_ns)
    return None


def run_again(assistant: Assistant, name: str, tell: Tell) -> dict[str, Any]:
    """Asks every question of a set and keeps the report. `UsageError` when there is no such set, or a run goes on."""
    file = question_sets().get(name)
    if file is None:
        raise UsageError(texts.EVAL_NO_SETS)
    if not _running.acquire(blocking=False):
        raise UsageError(texts.EVAL_RUNNING)
    try:
        results = run_cases(assistant, read_cases(file), tell)
        about = {
            "writer": assistant.writer,
            "embedding": assistant.embedder.name,
            "index_id": assistant.index_id,
            "judge": None,
        }
        report = build_report(name, results, about)
        write_report(report, _own_report(assistant.settings))
        return report
    finally:
        _running.release()


def _own_report(settings: Settings) -> Path:
    return settings.feedback_file.parent / _OWN_REPORT


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> dict[str, Any]:
    report = read_report(file)
    if "totals" not in report or "by_kind" not in report:
        raise UsageError(f'"{file}" är ingen rapport om frågor.')
    return report
