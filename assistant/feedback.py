"""What users have said of answers: kept on this machine only, as candidates for the eval sets.

One JSON object a line in `paths.feedback_file()`; a later line with the same id takes the earlier one's place.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError
from assistant.types import Answer, Turn

Verdict = Literal["up", "down"]
#: The longest comment that is kept, in characters.
COMMENT_LIMIT = 2000


class _Turn(BaseModel):
    role: Literal["user", "assistant"]
    content: str


class Feedback(BaseModel):
    """What was asked and answered, and what the user said of it. `quotes` are the words that the answer cited."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    created: str
    verdict: Verdict
    comment: str = ""
    question: str
    history: tuple[_Turn, ...] = ()
    outcome: str
    answer: str
    quotes: tuple[str, ...] = ()
    index_id: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackFile:
    """The file that feedback is kept in; it is made when something is first said."""

    path: Path

    def add(
        self, answer: Answer, history: Sequence[Turn], verdict: Verdict, comment: str = "", key: str | None = None
    ) -> str:
        """Keeps a verdict and returns its id; `key` is the id of an earlier one that it replaces."""
        said = Feedback(
            id=key or uuid.uuid4().hex[:12],
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            verdict=verdict,
            comment=comment.strip()[:COMMENT_LIMIT],
            question=answer.question,
            history=tuple(_Turn(role=turn.role, content=turn.content) for turn in history),
            outcome=answer.outcome,
            answer=answer.text,
            quotes=tuple(citation.quote for citation in answer.citations),
            index_id=answer.index_id,
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", timeout=10), self.path.open("a", encoding="utf-8") as file:
            file.write(said.model_dump_json() + "\n")
        return said.id

    def read(self) -> tuple[Feedback, ...]:
        """Everything said, oldest first, the last word on each answer only. `UsageError` names a line that is none."""
        if not self.path.is_file():
            return ()
        said: dict[str, Feedback] = {}
        for number, line in enumerate(self.path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                one = self._parsed(line, number)
                said[one.id] = one
        return tuple(said.values())

    def _parsed(self, line: str, number: int) -> Feedback:
        try:
            return Feedback.model_validate_json(line)
        except ValidationError as error:
            raise UsageError(f'"{self.path}", rad {number} är inget omdöme. Ta bort raden och försök igen.') from error


def as_case(said: Feedback) -> dict[str, Any]:
    """The feedback as a line of an eval set.

    What was cited in an answer that helped is its gold; what did not help has none, and waits for a person to write it.
    """
    helped = said.verdict == "up"
    case: dict[str, Any] = {
        "id": f"f-{said.id}",
        "kind": "followup" if said.history else "direct",
        "theme": "omdömen",
        "question": said.question,
        "history": [turn.model_dump() for turn in said.history],
        "answerable": said.outcome != "no_support" if helped else True,
        "gold": [{"quote": quote} for quote in said.quotes] if helped else [],
        "gold_mode": "any",
        "nuggets": [],
    }
    return case


def write_cases(said: Sequence[Feedback], path: Path) -> None:
    """Writes feedback as an eval set."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(as_case(one), ensure_ascii=False) for one in said)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
