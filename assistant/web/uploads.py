"""Files on their way in: received by an address of our own, held under a name nobody can guess, and taken once."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from assistant.web import texts

#: The largest file, in bytes, and how many seconds a file waits to be taken.
LARGEST = 50_000_000
_KEPT = 600.0
#: How many files may wait at a time, whoever has sent them.
_MOST_WAITING = 20
_LONGEST_NAME = 120


class Refused(Exception):
    """A file that is not received, and in Swedish why."""


class Uploads:
    """Received files by their token. Safe to call from several threads."""

    def __init__(self, accepted: tuple[str, ...]) -> None:
        self._accepted = accepted
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[Path, float]] = {}

    async def receive(self, name: str, body: AsyncIterator[bytes]) -> str:
        """Writes the file and returns the token that it can be taken with."""
        self._sweep()
        if len(self._waiting) >= _MOST_WAITING:
            raise Refused(texts.UPLOAD_FULL)
        named = PurePosixPath(unquote(name).replace("\\", "/")).name.strip()[-_LONGEST_NAME:]
        if PurePosixPath(named).suffix.lower() not in self._accepted:
            raise Refused(texts.UPLOAD_KIND.format(name=named or "?", kinds=", ".join(self._accepted)))
        folder = Path(tempfile.mkdtemp(prefix="kd-fil-"))
        file = folder / "".join(char for char in named if char.isprintable())
        try:
            await _write(file, body)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._waiting[token] = (file, time.monotonic())
        return token

    def take(self, token: str) -> Path | None:
        """The file behind a token, once; whoever takes it removes its folder."""
        with self._lock:
            found = self._waiting.pop(token, None)
        return found[0] if found else None

    def close(self) -> None:
        """Erases what nobody has taken."""
        self._sweep(everything=True)

    def _sweep(self, everything: bool = False) -> None:
        now = time.monotonic()
        with self._lock:
            old = [token for token, (_, at) in self._waiting.items() if everything or now - at > _KEPT]
            files = [self._waiting.pop(token)[0] for token in old]
        for file in files:
            shutil.rmtree(file.parent, ignore_errors=True)


async def _write(file: Path, body: AsyncIterator[bytes]) -> None:
    size = 0
    with file.open("wb") as target:
        async for part in body:
            size += len(part)
            if size > LARGEST:
                raise Refused(texts.UPLOAD_SIZE.format(most=LARGEST // 10**6))
            target.write(part)
    if not size:
        raise Refused(texts.UPLOAD_EMPTY)
