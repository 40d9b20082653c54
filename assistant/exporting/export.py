"""A conversation as the bytes of a file, and a file that is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from assistant.errors import UsageError
from assistant.exporting.docx import to_docx
from assistant.exporting.markdown import to_markdown
from assistant.exporting.paper import make_paper
from assistant.types import Answer

Form = Literal["md", "docx"]
_FORMS: dict[str, Form] = {".md": "md", ".docx": "docx"}


def export(conversation: Sequence[tuple[str, Answer] | Answer], form: Form, day: date | None = None) -> bytes:
    """The conversation as Markdown (UTF-8) or .docx, dated `day` (today when None).

    An answer may stand with the question as it is to be shown, else its own is. Sentences that were withheld are
    only counted. `ValueError` when there is no answer.
    """
    if not conversation:
        raise ValueError("there is no answer to export")
    pairs = [(item.question, item) if isinstance(item, Answer) else item for item in conversation]
    paper = make_paper(pairs, day or date.today())
    return to_docx(paper) if form == "docx" else to_markdown(paper)


@dataclass(frozen=True, slots=True)
class Target:
    """A file that an export may be written to."""

    path: Path
    form: Form
    overwrite: bool

    @classmethod
    def named(cls, name: str, overwrite: bool = False, forms: Sequence[Form] = ("md", "docx")) -> Target:
        """`UsageError` says what is wrong with the name, before any answer has been asked for."""
        path = Path(name)
        form = _FORMS.get(path.suffix.lower())
        if form is None or form not in forms:
            endings = " eller ".join(f".{known}" for known in forms)
            raise UsageError(f'"{path}" går inte att exportera till. Filnamnet ska sluta på {endings}.')
        if path.is_dir() or not path.parent.is_dir():
            what = "är en mapp" if path.is_dir() else f'ligger i en mapp som inte finns, "{path.parent}"'
            raise UsageError(f'"{path}" {what}. Välj en annan plats.')
        target = cls(path, form, overwrite)
        target._refuse_existing()
        return target

    def write(self, conversation: Sequence[tuple[str, Answer] | Answer], day: date | None = None) -> None:
        """Writes the export whole, or leaves what was there. `UsageError` when it cannot be written."""
        self.write_content(export(conversation, self.form, day))

    def write_content(self, content: bytes) -> None:
        """The same of what is in the target's form already."""
        self._refuse_existing()
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.new")
        try:
            draft.write_bytes(content)
            draft.replace(self.path)
        except OSError as error:
            raise UsageError(f'"{self.path}" går inte att skriva ({error.strerror}). Välj en annan plats.') from error
        finally:
            draft.unlink(missing_ok=True)

    def _refuse_existing(self) -> None:
        if self.path.exists() and not self.overwrite:
            raise UsageError(f'"{self.path}" finns redan. Välj ett annat namn eller lägg till --overwrite.')
