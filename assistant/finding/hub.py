"""Model hub: whether a model is on this machine, and quick failure when it is not and cannot be fetched."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 5.0


def quiet() -> None:
    """Nothing is told to the hub about this program's use of it."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def errors() -> tuple[type[Exception], ...]:
    """What opening a model raises when it is missing or wrong, or when the hub gives no reply."""
    from huggingface_hub.errors import HfHubHTTPError

    found: list[type[Exception]] = [OSError, ValueError, RuntimeError, KeyError, ImportError, HfHubHTTPError]
    for name in ("httpx", "httpx2"):
        if importlib.util.find_spec(name):
            found.append(importlib.import_module(name).HTTPError)
    return tuple(found)


def local_folder(name: str, file: str) -> Path | None:
    """The folder that holds the model's files on this machine: itself, or its snapshot in the hub's cache."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, file)
    return Path(found).parent if isinstance(found, str) else None


def ask(name: str) -> Sequence[str]:
    """The files of the model at the hub.

    Fails within seconds when the hub cannot be reached or has no such model; loading would try for minutes.
    """
    from huggingface_hub import HfApi

    return [file.rfilename for file in HfApi().model_info(name, timeout=_SECONDS).siblings or ()]


def fetch(name: str, files: Sequence[str]) -> Path:
    """Fetches these files, or those that fit these patterns, and returns the folder that they lie in."""
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, allow_patterns=list(files)))
