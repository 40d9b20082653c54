"""One user's own documents: read and searched beside the shared sources, seen by nobody else, erased without a trace.

They lie in a folder of their own, with an index of their own; nothing is added to what others search in.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil

from assistant.assistant import Assistant
from assistant.errors import IndexFolderError, UsageError
from assistant.finding.builder import build_index
from assistant.finding.generations import IndexFolder
from assistant.reading.library import Added, Metadata, add_files, remove_source
from assistant.reading.readers import READERS
from assistant.settings import Settings
from assistant.types import Source

#: The endings of files that can be read.
ACCEPTED: tuple[str, ...] = tuple(sorted(READERS))
#: Is told a stage in Swedish, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

_PREFIX = "kd-besok-"
#: An index is built by one user at a time: it takes the whole machine.
_building = threading.Lock()
_WAITING = "Väntar på sin tur"
#: So many users may have documents of their own at a time: each has an index of its own in memory and on disk.
MOST_USERS = 40


class Places:
    """How many users may have documents of their own at a time. Safe to call from several threads."""

    def __init__(self, most: int = MOST_USERS) -> None:
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> None:
        """`UsageError` when all are taken."""
        if not self._free.acquire(blocking=False):
            raise UsageError(
                "Just nu har så många användare egna dokument att det inte ryms fler. Försök igen om en stund."
            )

    def give_back(self) -> None:
        self._free.release()


_places = Places()


class OwnDocuments:
    """A user's own documents, and the assistant that knows them besides the shared sources."""

    def __init__(self, shared: Assistant, places: Places = _places) -> None:
        self._shared = shared
        self._places = places
        self._own: Assistant | None = None
        self._folder: Path | None = None
        self._lock = threading.Lock()

    @property
    def assistant(self) -> Assistant:
        """The shared one until there is a document of one's own."""
        return self._own or self._shared

    @property
    def sources(self) -> tuple[Source, ...]:
        """The documents that only this user has."""
        if self._own is None:
            return ()
        shared = {source.id for source in self._shared.sources}
        return tuple(source for source in self._own.sources if source.id not in shared)

    def add(self, file: Path, progress: Progress) -> Added:
        """Reads a file and takes it up in this user's index. A refusal is told in the result, and changes nothing.

        `UsageError` when too many users have documents of their own already.
        """
        with self._lock:
            settings = self._settings()
            added = add_files(settings, [file], Metadata())[0]
            if added.source is not None:
                self._build(settings, progress, anew=False)
            elif self._own is None:
                self._erase()
            return added

    def remove(self, source_id: str, progress: Progress) -> None:
        """Erases a document: its file, its text and whatever was made of it. `UsageError` for others' ids."""
        with self._lock:
            settings = self._settings()
            remove_source(settings, source_id)
            left = [source for source in self.sources if source.id != source_id]
            if left:
                self._build(settings, progress, anew=True)
                IndexFolder(settings.index_dir).erase_old()
            else:
                self._erase()

    def close(self) -> None:
        """Erases everything."""
        with self._lock:
            self._erase()

    def _settings(self) -> Settings:
        """The shared settings with folders of this user's own, which are made at first use."""
        shared = self._shared.settings
        if self._folder is None:
            self._places.take()
            self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
            if shared.own_dir.is_dir():
                shutil.copytree(shared.own_dir, self._folder / "own", ignore=shutil.ignore_patterns("LOCK"))
            _copy_index(shared.index_dir, self._folder / "index")
        return replace(shared, own_dir=self._folder / "own", index_dir=self._folder / "index")

    def _build(self, settings: Settings, progress: Progress, *, anew: bool) -> None:
        if not _building.acquire(blocking=False):
            progress(_WAITING, 0, 1)
            _building.acquire()
        try:
            build_index(settings, progress, rebuild=anew, embedder=self._shared.embedder)
            generation = IndexFolder(settings.index_dir).current()
        finally:
            _building.release()
        if generation is None:
            raise IndexFolderError("Indexet med ditt dokument försvann medan det byggdes. Lägg till dokumentet igen.")
        before, self._own = self._own, Assistant(settings, generation, self._shared.embedder, beside=self._shared)
        if before:
            before.close()

    def _erase(self) -> None:
        if self._own:
            self._own.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._places.give_back()
        self._own, self._folder = None, None


def _copy_index(shared: Path, target: Path) -> None:
    """The serving generation only, so that what has not changed need not be made again."""
    current = IndexFolder(shared).current()
    if current is None:
        return
    shutil.copytree(current.folder, target / "generations" / current.name)
    (target / "CURRENT").write_text(current.name + "\n", encoding="utf-8")


def sweep_leftovers() -> None:
    """Erases the folders of programs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        number = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)
