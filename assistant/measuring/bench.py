"""Speed and memory on this machine, each figure measured on the real parts in processes of their own."""

from __future__ import annotations

import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from assistant.answering.as_json import SCHEMA
from assistant.answering.chat_request import Message, Piece
from assistant.answering.writers import ChatWriter
from assistant.assistant import Assistant
from assistant.errors import KdError
from assistant.finding.builder import Progress
from assistant.finding.generations import IndexFolder
from assistant.finding.tools import read_language
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings

#: Typical questions, short and long, one in ten of them two in one; they serve only to be timed.
_QUESTIONS = (
    "Vem utser kommundirektören?",
    "Hur påverkas arbetet av kommunens läge?",
    "Vilka möten leder kommundirektören?",
    "Vad bör en överenskommelse mellan ordförande och chef innehålla?",
    "Vad saknas i stödprocesserna?",
    "far ks andra i instruktionen nar som helst",
    "Vi är en liten kommun med svag ekonomi. Vad bör vi tänka på innan vi börjar samarbeta med grannkommunen?",
    "Hur många ledamöter ska fullmäktige ha?",
    "Vem leder kommunen i en kris, och vem kallar till krishanteringsrådet?",
    "Vad säger de intervjuade om tiden som inte räcker till?",
    "Ska en nämnd se till att dess beslut går att följa i efterhand?",
    "Vilket stöd behöver en ny kommundirektör under sina första månader i kommunen?",
    "Är kommundirektören chef för förvaltningscheferna?",
    "Vad krävs för att en anställd ska räknas som jävig?",
    "Hur länge kan ett beslut överklagas?",
    "Vad kostar en parkeringsplats vid stationen?",
    "Vilka är de främsta utmaningarna i rollen?",
    "Vad menas med mellankommunal samverkan?",
    "Vem ansvarar för att ärenden till kommunstyrelsen är beredda, och vad händer om beredningen brister?",
    "Varför behövs en tydlig rollfördelning mellan politik och förvaltning?",
)
_ROUNDS = 5
#: An excerpt of what a chat model is sent, with its key; how many of them are replied with, and when they are short.
_EXCERPT = re.compile(r"\[(\w{4})\] \([^)]*\)\n<<<\n(.*?)\n>>>", re.DOTALL)
_SAID, _FEW = 6, 6
_RUNS = 3
#: Thirty pages.
_REVIEWED_WORDS = 30 * 350


def run_bench(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Measures the corpus's own index in a temporary folder.

    Times are wall time: medians of three runs for whole processes, p50 and p95 over 100 questions for a running one.
    Memory is the largest resident set of a process, in MiB.
    """
    with tempfile.TemporaryDirectory(prefix="kd-bench-") as folder:
        own = replace(settings, index_dir=Path(folder) / "index")
        environment = {"KD_INDEX_DIR": str(own.index_dir), "KD_CORPUS_DIR": str(settings.corpus_dir)}
        if settings.embedding:
            environment["KD_EMBEDDING"] = settings.embedding
        figures: dict[str, Any] = {}
        steps: list[tuple[str, Callable[[], dict[str, Any]]]] = [
            ("index", lambda: _index_figures(environment)),
            ("first", lambda: _first_figures(environment)),
            ("running", lambda: _running_figures(own)),
            ("chat", lambda: _chat_figures(own)),
            ("review", lambda: _review_figures(own)),
        ]
        for number, (_, step) in enumerate(steps):
            progress("Mäter", number, len(steps))
            figures |= step()
        progress("Mäter", len(steps), len(steps))
    return {"schema": SCHEMA, "machine": _machine(), "figures": figures}


def _index_figures(environment: dict[str, str]) -> dict[str, Any]:
    fresh = [_process(["index", "--rebuild"], environment) for _ in range(_RUNS)]
    idle = [_process(["index"], environment) for _ in range(_RUNS)]
    return {
        "Bygga indexet från början": _seconds([run[0] for run in fresh]),
        "Köra kd index när inget ändrats": _seconds([run[0] for run in idle]),
        "Minne vid bygget": _mebibytes([run[1] for run in fresh]),
    }


def _first_figures(environment: dict[str, str]) -> dict[str, Any]:
    runs = [_process(["ask", _QUESTIONS[0]], environment) for _ in range(_RUNS)]
    return {
        "Första frågan i en ny process": _seconds([run[0] for run in runs]),
        "Minne vid en fråga": _mebibytes([run[1] for run in runs]),
    }


def _running_figures(settings: Settings) -> dict[str, Any]:
    assistant, _ = Assistant.open(settings)
    assistant.warm_up()  # as the web page does
    assistant.ask(_QUESTIONS[0])
    search, total = [], []
    for _ in range(_ROUNDS):
        for question in _QUESTIONS:
            timings = assistant.ask(question).timings
            if timings:
                search.append(timings.search)
                total.append(timings.total)
    assistant.close()
    return {
        "Sökning i en öppen process, p50": _milliseconds(statistics.median(search)),
        "Sökning i en öppen process, p95": _milliseconds(_percentile(search, 0.95)),
        "Fråga till färdigt svar, p50": _milliseconds(statistics.median(total)),
        "Fråga till färdigt svar, p95": _milliseconds(_percentile(total, 0.95)),
    }


class _Echo:
    """Stands in for a chat model and replies at once with a sentence of each excerpt, every other one shortened."""

    def ask(self, messages: Sequence[Message], is_short: bool = False) -> str:
        return "".join(piece.text for piece in self.stream(messages))

    def stream(self, messages: Sequence[Message]) -> Iterator[Piece]:
        for number, (key, text) in enumerate(_EXCERPT.findall(messages[-1][1])[:_SAID]):
            words = text[slice(*sentence_spans(text)[-1])].rstrip(".").split()
            said = " ".join(words[: -1 if number % 2 and len(words) > _FEW else None])
            yield Piece(f"{said} [{key}].\n", is_last=number == _SAID - 1)


def _chat_figures(settings: Settings) -> dict[str, Any]:
    """What the product itself takes with a chat model that takes no time: search, reading the reply, the gate."""
    writing = replace(settings, chat_model="echo:echo")
    generation = IndexFolder(settings.index_dir).current()
    if generation is None:
        raise KdError("Indexet försvann under mätningen. Kör kd bench igen.")
    writer = ChatWriter(writing, read_language(writing).lexicon, _Echo())
    assistant = Assistant(writing, generation, chat=writer)
    assistant.warm_up()
    assistant.ask(_QUESTIONS[0])
    total = [t.total for _ in range(_ROUNDS) for question in _QUESTIONS if (t := assistant.ask(question).timings)]
    assistant.close()
    return {
        "Egen tid med språkmodell, p50": _milliseconds(statistics.median(total)),
        "Egen tid med språkmodell, p95": _milliseconds(_percentile(total, 0.95)),
    }


def _review_figures(settings: Settings) -> dict[str, Any]:
    """The review of a long instruktion in an open process: the sources' own decisions, over and over."""
    assistant, _ = Assistant.open(settings)
    decided = [source.id for source in assistant.sources if source.kind == "beslut"]
    read = decided or [assistant.sources[0].id]
    words = " ".join(assistant.document(source_id).text for source_id in read).split(" ")
    times = -(-_REVIEWED_WORDS // len(words))
    with tempfile.TemporaryDirectory(prefix="kd-bench-") as folder:
        file = Path(folder) / "instruktion.txt"
        file.write_text("\n\n".join([" ".join(words)] * times), encoding="utf-8")
        document = assistant.read_own(file)
    assistant.review(document)
    seconds = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        assistant.review(document)
        seconds.append(time.perf_counter() - begun)
    assistant.close()
    return {"Granska en instruktion på 30 sidor": _seconds(seconds)}


def _process(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall time in seconds and largest resident set in MiB of one `kd` command, its child processes left out."""
    import os

    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    largest = _watch(process)
    seconds = time.perf_counter() - begun
    if process.returncode != 0:
        reason = process.stderr.read().strip().splitlines()[-1:] if process.stderr else []
        raise KdError(f"kd {' '.join(arguments)} misslyckades under mätningen: {' '.join(reason)}")
    return seconds, largest


def _watch(process: subprocess.Popen[str]) -> float:
    """Waits for the process and samples its resident set every 10 ms."""
    largest = 0
    while process.poll() is None:
        try:
            largest = max(largest, psutil.Process(process.pid).memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.01)
    process.wait()
    return largest / 2**20


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _seconds(values: list[float]) -> dict[str, Any]:
    return {"value": round(statistics.median(values), 2), "unit": "s", "runs": [round(value, 2) for value in values]}


def _milliseconds(value: float) -> dict[str, Any]:
    return {"value": round(value, 1), "unit": "ms"}


def _mebibytes(values: list[float]) -> dict[str, Any]:
    return {"value": round(max(values)), "unit": "MiB"}


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.system(), "cores": psutil.cpu_count()}
