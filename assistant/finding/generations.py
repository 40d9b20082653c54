"""The index on disk: generations, each in a folder of its own, and `CURRENT`, which names the one that serves.

    index folder/
        CURRENT                  the name of the serving generation
        LOCK                     held while one process builds
        generations/<name>/      manifest.json, documents.json, chroma/
        building-<…>/            a build under way; left over only by a build that was killed

A generation is written whole, checked, flushed to disk and renamed before `CURRENT` is swapped, so that a build that
ends at any moment leaves the earlier generation serving.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from assistant.errors import IndexFolderError

_KEPT = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from. `fingerprint` covers corpus, settings and embedding model."""

    fingerprint: str
    embedding: str
    embedding_fingerprint: str
    passages: int
    sources: dict[str, str]


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation: its name is the index id that answers carry."""

    name: str
    folder: Path
    manifest: Manifest


_MANIFEST: TypeAdapter[Manifest] = TypeAdapter(Manifest)


class IndexFolder:
    """The index folder. Nothing is created before something is built."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current_name(self) -> str:
        """The name of the serving generation, "" when there is none."""
        try:
            return (self.root / "CURRENT").read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def current(self) -> Generation | None:
        """The serving generation, or None when there is none (never built, or its files are gone)."""
        try:
            name = self.current_name()
            folder = self.root / "generations" / name
            manifest = _MANIFEST.validate_json((folder / "manifest.json").read_bytes())
        except (OSError, ValueError):
            return None
        return Generation(name, folder, manifest)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Holds the lock and gives an empty folder to build in; it is removed afterwards unless published."""
        folder = self.root / f"building-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with self._locked():
            self._remove_leftovers()
            try:
                folder.mkdir()
                yield folder
            except OSError as error:
                raise _unwritable(self.root, error) from error
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path, manifest: Manifest) -> Generation:
        """Checks the built folder in a process of its own, makes it durable and lets it serve."""
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), ensure_ascii=False), encoding="utf-8")
        _check_apart(folder)
        _flush(folder)
        name = self._free_name(manifest.fingerprint)
        target = self.root / "generations" / name
        target.parent.mkdir(exist_ok=True)
        folder.rename(target)
        _flush_folder(target.parent)
        self._swap(name)
        self._remove_old(name)
        return Generation(name, target, manifest)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / "LOCK", timeout=600)
            lock.acquire()
        except Timeout as error:
            raise IndexFolderError(
                f'En annan process har byggt index i "{self.root}" i tio minuter. '
                "Vänta tills den är klar, eller avsluta den."
            ) from error
        except OSError as error:
            raise _unwritable(self.root, error) from error
        try:
            yield
        finally:
            lock.release()

    def _free_name(self, fingerprint: str) -> str:
        taken = {path.name for path in (self.root / "generations").glob("*")}
        names = (f"{fingerprint}-{number}" if number else fingerprint for number in range(10**6))
        return next(name for name in names if name not in taken)

    def _swap(self, name: str) -> None:
        draft = self.root / "CURRENT.new"
        with draft.open("w", encoding="utf-8") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.root / "CURRENT")
        _flush_folder(self.root)

    def _remove_leftovers(self) -> None:
        for path in self.root.glob("building-*"):
            shutil.rmtree(path, ignore_errors=True)

    def erase_old(self) -> None:
        """Removes every generation but the serving one, so that nothing of a removed source is left on disk."""
        current = self.current()
        with self._locked():
            for path in (self.root / "generations").glob("*"):
                if current is None or path.name != current.name:
                    shutil.rmtree(path, ignore_errors=True)

    def _remove_old(self, serving: str) -> None:
        """Keeps the one before, which a running app may still have open; it changes over at its next question."""
        others = [path for path in (self.root / "generations").iterdir() if path.name != serving]
        for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT - 1 :]:
            shutil.rmtree(path, ignore_errors=True)


def _check_apart(folder: Path) -> None:
    """Opens the folder in another process, since a broken Chroma folder can end the process that opens it."""
    command = [sys.executable, "-m", "assistant.finding.check", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if result.returncode != 0:
        reason = result.stderr.strip().splitlines()[-1:] or [f"processen avslutades med kod {result.returncode}"]
        raise IndexFolderError(
            f"Det nya indexet klarade inte kontrollen och används inte: {reason[0]}. Det tidigare indexet är orört. "
            "Kontrollera att disken inte är full och försök igen."
        )


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _flush_folder(path)
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    """Makes a rename in the folder durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(root: Path, error: OSError) -> IndexFolderError:
    return IndexFolderError(
        f'Indexmappen "{root}" går inte att skriva i ({error.strerror or error}). '
        "Ge skrivrättighet, frigör plats på disken eller välj en annan mapp med KD_INDEX_DIR."
    )
