"""Texts as files of trained networks keep them: in UTF-8, one in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_lines(texts: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def lines_of(kept: NDArray[Any]) -> list[str]:
    """What `as_lines` was given. `UnicodeDecodeError`, a `ValueError`, when it is no text."""
    return kept.tobytes().decode().split("\n")
