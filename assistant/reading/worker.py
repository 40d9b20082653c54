"""Reading in a process of its own with a limit on time and memory, so that no file can stop or fill the program.

`python -m assistant.reading.worker FILE RESULT` reads FILE and writes what it holds, or the error's line, to RESULT.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from pydantic import TypeAdapter

from assistant import paths
from assistant.errors import ReadError
from assistant.reading.raw import RawDocument
from assistant.reading.readers import read_file

#: Seconds of wall time and bytes of resident memory that one file may take.
SECONDS, MEMORY = 60.0, 2**30
#: Plain text up to so many bytes is read in this process: nothing in it is executed, unpacked or followed.
_SMALL_TEXT = 5_000_000
#: Larger files are not even opened.
_LARGEST = {".txt": 50_000_000, ".md": 50_000_000}
_LARGEST_OTHER = 300_000_000
_POLL = 0.02

_RAW: TypeAdapter[RawDocument] = TypeAdapter(RawDocument)


def read_bounded(path: Path, seconds: float = SECONDS, memory: int = MEMORY) -> RawDocument:
    """What the file holds, read within the limits. `ReadError` says in one Swedish line why it cannot be read."""
    suffix = path.suffix.lower()
    size = path.stat().st_size if path.is_file() else 0
    largest = _LARGEST.get(suffix, _LARGEST_OTHER)
    if size > largest:
        raise ReadError(
            f'Kunde inte läsa "{paths.shown(path)}": filen är för stor ({size // 10**6} MB, '
            f"högst {largest // 10**6} MB). Dela upp den och lägg in delarna."
        )
    if suffix in _LARGEST and size <= _SMALL_TEXT:
        return read_file(path)
    return _read_apart(path, seconds, memory)


def _read_apart(path: Path, seconds: float, memory: int) -> RawDocument:
    with tempfile.TemporaryDirectory(prefix="kd-read-") as folder:
        result = Path(folder) / "result.json"
        command = [sys.executable, "-m", "assistant.reading.worker", str(path.resolve()), str(result), str(memory)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            trouble = _watch(process, seconds, memory)
        finally:
            process.kill()
            process.wait()
        name = paths.shown(path)
        if trouble:
            raise ReadError(f'Kunde inte läsa "{name}": {trouble} Dela upp dokumentet eller spara det på nytt.')
        return _reply(result, name)


def _watch(process: subprocess.Popen[bytes], seconds: float, memory: int) -> str:
    """Waits until the process ends or breaks a limit; returns what went wrong in Swedish, "" if nothing did."""
    end = time.monotonic() + seconds
    child = psutil.Process(process.pid)
    while process.poll() is None:
        if time.monotonic() > end:
            return f"det tog mer än {seconds:.0f} sekunder."
        try:
            if child.memory_info().rss > memory:
                return f"det krävde mer än {memory // 2**20} MiB minne."
        except psutil.Error:
            break
        time.sleep(_POLL)
    process.wait()
    return ""


def _reply(result: Path, name: str) -> RawDocument:
    try:
        reply = json.loads(result.read_bytes())
    except (OSError, ValueError):
        raise ReadError(
            f'Kunde inte läsa "{name}": läsningen avbröts. Filen är troligen skadad; spara den på nytt.'
        ) from None
    if "error" in reply:
        raise ReadError(reply["error"])
    return _RAW.validate_python(reply["raw"])


def _limit_memory(memory: int) -> None:
    """A hard stop where the system has one; the parent watches the resident memory everywhere."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory * 3, memory * 3))


def main(arguments: list[str]) -> int:
    path, result, memory = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    _limit_memory(memory)
    try:
        reply = {"raw": _RAW.dump_python(read_file(path), mode="json")}
    except ReadError as error:
        reply = {"error": str(error)}
    except (MemoryError, RecursionError):
        reply = {
            "error": f'Kunde inte läsa "{paths.shown(path)}": innehållet är för stort eller för djupt. Dela upp det.'
        }
    result.write_text(json.dumps(reply), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
