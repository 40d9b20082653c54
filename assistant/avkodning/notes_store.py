"""Each user's notes in a file of their own, found only by a key that their browser holds.

The file is named by the key's SHA-256, so that nobody who sees the folder learns a key. It is written whole or not at
all, readable by this program's user alone, and one change at a time.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant import paths
from assistant.avkodning.notes import Notes
from assistant.avkodning.notes_file import notes_from_json, notes_to_json
from assistant.errors import UsageError

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_WAIT_S = 10


def new_key() -> str:
    """A key that cannot be guessed: 256 random bits, in 43 characters that an address or a cookie can hold."""
    return secrets.token_urlsafe(32)


def is_key(key: str) -> bool:
    return bool(_KEY.fullmatch(key))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A user's notes, and a line in Swedish when a file had to be set aside ("" otherwise)."""

    notes: Notes
    warning: str = ""


class NotesStore:
    """The folder of all users' notes; it is made when something is first written. Safe from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._erased: set[str] = set()

    def load(self, key: str) -> Loaded:
        """The notes kept under a key, empty ones where there are none."""
        path = self._path(key)
        if not path.exists():
            return Loaded(Notes())
        with self._locked():
            return self._read(path)

    def update(self, key: str, change: Callable[[Notes], Notes]) -> Loaded:
        """Makes a change to what is kept now, whichever page has written it, and returns what is kept then.

        `change` is called once, with the notes as they stand. What it raises leaves them as they were. `UsageError`
        when the notes cannot be written, or have been erased.
        """
        path = self._path(key)
        if path.name in self._erased:
            raise UsageError("Anteckningarna är raderade. Ladda om sidan för att börja på nya.")
        self._make_folder()
        with self._locked():
            loaded = self._read(path)
            changed = change(loaded.notes)
            if changed != loaded.notes:
                self._write(path, notes_to_json(changed))
        return Loaded(changed, loaded.warning)

    def erase(self, key: str) -> None:
        """Erases the notes and whatever was set aside of them. The key is spent: give the browser a new one."""
        path = self._path(key)
        self._erased.add(path.name)
        if not self._folder.is_dir():
            return
        with self._locked():
            for file in self._folder.glob(f"{path.stem}.*"):
                file.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not is_key(key):
            raise UsageError("Nyckeln till anteckningarna har fel form. Ladda om sidan för att få en ny.")
        return self._folder / f"{hashlib.sha256(key.encode('ascii')).hexdigest()}.json"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One change at a time; the lock's file tells nothing of any user."""
        try:
            with FileLock(self._folder / "LOCK", timeout=_WAIT_S):
                yield
        except Timeout as error:
            raise UsageError("Anteckningarna används av ett annat program. Försök igen om en stund.") from error
        except OSError as error:
            raise self._unwritable(error) from error

    def _read(self, path: Path) -> Loaded:
        try:
            return Loaded(notes_from_json(path.read_bytes()))
        except FileNotFoundError:
            return Loaded(Notes())
        except UsageError:
            return Loaded(Notes(), self._set_aside(path))

    def _set_aside(self, path: Path) -> str:
        """Gives a file that cannot be read another name, and says so."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = path.with_name(f"{path.stem}.skadad-{moment}.json")
        path.replace(aside)
        return (
            f'Dina sparade anteckningar gick inte att läsa. De ligger kvar i "{paths.shown(aside)}", '
            "och du börjar nu på nya. Läs gärna in en fil som du har sparat."
        )

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.new")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(
            f'Anteckningarna går inte att spara i "{paths.shown(self._folder)}" ({error.strerror}). '
            "Kontrollera inställningen notes_dir."
        )
