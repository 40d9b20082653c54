"""Questions from files: the conversation for `--history`, and one question per line for `--batch`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from assistant.answering.as_json import answer_to_json
from assistant.errors import KdError, UsageError
from assistant.types import Filter, Role, Turn

if TYPE_CHECKING:
    from assistant.assistant import Assistant


class _Turn(BaseModel):
    role: Role
    content: str


class _Line(BaseModel):
    """One line of a batch file; fields of an eval case that are not needed here are let through."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    question: str
    history: list[_Turn] = []


def read_history(file: str) -> tuple[Turn, ...]:
    """The turns of a JSON file. `UsageError` says what is wrong with it."""
    try:
        turns = TypeAdapter(list[_Turn]).validate_json(_text(file))
    except ValidationError as error:
        raise UsageError(
            f'"{file}" är inget samtal. Skriv det som JSON: [{{"role": "user", "content": "…"}}, …].'
        ) from error
    return _turns(turns)


def answer_lines(assistant: Assistant, file: str, only: Filter) -> Iterator[dict[str, Any]]:
    """One answer for each line of a JSON-lines file, in its order; a line that fails gives `{"id", "error"}`."""
    for number, line in enumerate(_text(file).split("\n"), 1):
        if line.strip():
            yield _answer(assistant, line, number, only)


def _answer(assistant: Assistant, line: str, number: int, only: Filter) -> dict[str, Any]:
    try:
        asked = _Line.model_validate_json(line)
    except ValidationError:
        return {"id": _identity(line), "error": f'Rad {number} är inte JSON med "id" och "question".'}
    try:
        return {"id": asked.id, **answer_to_json(assistant.ask(asked.question, _turns(asked.history), only))}
    except KdError as error:
        return {"id": asked.id, "error": str(error)}


def _turns(turns: list[_Turn]) -> tuple[Turn, ...]:
    return tuple(Turn(turn.role, turn.content) for turn in turns)


def _identity(line: str) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    found = value.get("id") if isinstance(value, dict) else None
    return None if found is None else str(found)


def _text(file: str) -> str:
    path = Path(file)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f'Filen "{file}" är inte UTF-8. Spara den så och försök igen.') from error
    except OSError as error:
        raise UsageError(f'Filen "{file}" går inte att läsa ({error.strerror}). Kontrollera sökvägen.') from error
