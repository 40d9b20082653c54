"""Gates: the figures that a run must reach, kept in a TOML file beside the sets."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError


class _Limit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at_least: float | None = None
    at_most: float | None = None
    kind: str | None = None


class _File(BaseModel):
    """For each set, by its file's name without ending, limits by figure; `failures` may be limited too."""

    model_config = ConfigDict(extra="forbid")

    sets: dict[str, dict[str, _Limit | list[_Limit]]]


@dataclass(frozen=True, slots=True)
class Fallen:
    """A gate that was not reached. `value` is None when the figure could not be measured."""

    figure: str
    kind: str
    value: float | None
    limit: str

    def __str__(self) -> str:
        value = "gick inte att mäta" if self.value is None else f"{self.value:.3f}".replace(".", ",")
        where = f" ({self.kind})" if self.kind else ""
        return f"{self.figure}{where}: {value}, ska vara {self.limit}"


def fallen_gates(report: Mapping[str, Any], path: Path) -> tuple[Fallen, ...]:
    """The gates of the report's set that were not reached; an unmeasured figure falls.

    `UsageError` when the file cannot be used or has no gates for the set.
    """
    limits = _read(path).sets.get(report["set"])
    if limits is None:
        raise UsageError(
            f'Gränsfilen "{path}" har inga gränser för "{report["set"]}". Lägg till [sets.{report["set"]}].'
        )
    fallen = []
    for figure, given in limits.items():
        for limit in given if isinstance(given, list) else [given]:
            value = _value(report, figure, limit.kind)
            if limit.at_least is not None and (value is None or value < limit.at_least):
                fallen.append(Fallen(figure, limit.kind or "", value, f"minst {limit.at_least:g}".replace(".", ",")))
            if limit.at_most is not None and (value is None or value > limit.at_most):
                fallen.append(Fallen(figure, limit.kind or "", value, f"högst {limit.at_most:g}".replace(".", ",")))
    return tuple(fallen)


def _value(report: Mapping[str, Any], figure: str, kind: str | None) -> float | None:
    if figure == "failures":
        return float(report["failures"])
    figures = report["by_kind"].get(kind, {}).get("figures", {}) if kind else report["totals"]
    total = figures.get(figure, {})
    value = total.get("median") if figure in ("latency", "words") else total.get("mean")
    return None if value is None else float(value)


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f'Gränsfilen "{path}" går inte att använda: {reason}. Se evals/README.md.') from error
