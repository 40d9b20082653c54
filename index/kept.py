"""Work that takes minutes, kept in a folder to go on from."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")


class Keeper:
    """Keeps what has been made in a folder, where there is one, and takes it from there when it is asked for again."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __call__(self, name: str, make: Callable[[], Made]) -> Made:
        if self._folder is None:
            return make()
        file = self._folder / f"{name}.pickle"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            made = make()
            part = file.with_suffix(".part")
            with part.open("wb") as out:
                pickle.dump(made, out, pickle.HIGHEST_PROTOCOL)
            part.replace(file)
            return made
        with file.open("rb") as kept:
            return pickle.load(kept)
