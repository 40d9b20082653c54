"""Users' own notes for the page: read by the key that a browser holds, and changed by what the page sends.

The key is a secret between one browser and this server: it comes in a header or an act's details, and is never part of
an address, a log or what is drawn.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.avkodning.merging import Merged, merged
from assistant.avkodning.notes import (
    Conversation,
    Key,
    Notes,
    conversation_key,
    noted,
    with_conversation,
    without_conversation,
    without_earlier,
)
from assistant.avkodning.notes_file import notes_from_json
from assistant.avkodning.notes_search import notes_matching
from assistant.avkodning.notes_store import Loaded, NotesStore
from assistant.avkodning.programme import Programme, read_programme, theme_context
from assistant.avkodning.progress import progress
from assistant.errors import KdError, UsageError
from assistant.settings import Settings
from assistant.web import programme_texts as words
from assistant.web.conversation import Within
from assistant.web.notes_html import earlier_html, field_key, talk_line
from assistant.web.programme_html import progress_data

if TYPE_CHECKING:
    from assistant.assistant import Assistant


class _Sent(BaseModel):
    """What the page sends when something is written. `base` is the text that the page had before the change."""

    model_config = ConfigDict(extra="forbid", strict=True)

    act: Literal["note", "forget", "talk", "untalk", "erase"]
    field: str = ""
    text: str = ""
    base: str = ""
    id: str = ""
    person: str = ""
    role: str = ""
    day: str = ""
    subject: str = ""


class Notebooks:
    """The programme and everybody's notes on it. Safe to call from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = NotesStore(settings.notes_dir)

    @cached_property
    def programme(self) -> Programme:
        """`SourceError` when its file cannot be used."""
        return read_programme(self._settings.corpus_dir)

    def load(self, key: str) -> Loaded:
        """The notes kept under a key; empty ones for a browser that has no key yet."""
        return self._store.load(key) if key else Loaded(Notes())

    def within(self, theme_id: str, key: str, question: str, assistant: Assistant) -> Within | None:
        """What a question asked within a theme needs; None without a theme, or with one that is not there."""
        if not theme_id:
            return None
        try:
            theme = self.programme.theme(theme_id)
            notes = self.load(key).notes
        except KdError:
            return None
        if theme is None:
            return None
        near = notes_matching(question, notes, self.programme, assistant.embedder, assistant.lexicon)
        return Within(theme_context(theme), near)

    def write(self, key: str, body: bytes) -> dict[str, Any]:
        """Does what the page has sent and tells it what is kept then. `UsageError` leaves everything as it was."""
        try:
            sent = _Sent.model_validate_json(body)
        except ValidationError as error:
            raise UsageError(words.UNEXPECTED) from error
        if sent.act == "erase":
            self._store.erase(key)
            return {"said": words.ERASED}
        if sent.act == "note":
            return self._note(key, sent)
        return self._change(key, sent)

    def take_in(self, key: str, data: bytes) -> dict[str, Any]:
        """Takes in a file of notes. `UsageError` says why it cannot be used, and leaves everything as it was."""
        other = notes_from_json(data)
        taken: list[Merged] = []

        def change(notes: Notes) -> Notes:
            taken.append(merged(notes, other))
            return taken[-1].notes

        self._store.update(key, change)
        return {"said": taken[-1].line}

    def _note(self, key: str, sent: _Sent) -> dict[str, Any]:
        field = field_key(sent.field)
        both: list[bool] = []

        def change(notes: Notes) -> Notes:
            made = written_over(notes, field, sent.text, sent.base)
            both.append(len(made.earlier(field)) > len(notes.earlier(field)))
            return made

        notes = self._store.update(key, change).notes
        reply = self._kept(notes, field)
        return {**reply, "both": words.BOTH_KEPT if both[-1] else ""}

    def _change(self, key: str, sent: _Sent) -> dict[str, Any]:
        talk = Conversation(sent.id, sent.person, sent.role, sent.day, sent.subject)
        if sent.act == "talk" and not any(part.strip() for part in (sent.person, sent.role, sent.subject)):
            raise UsageError(words.TALK_EMPTY)
        changes = {
            "forget": lambda notes: without_earlier(notes, field_key(sent.field)),
            "talk": lambda notes: with_conversation(notes, talk),
            "untalk": lambda notes: without_conversation(notes, sent.id),
        }
        notes = self._store.update(key, changes[sent.act]).notes
        said = {"talk": words.TALK_ADDED, "untalk": words.TALK_REMOVED}.get(sent.act, "")
        return {**self._kept(notes, field_key(sent.field)), "said": said}

    def _kept(self, notes: Notes, field: Key) -> dict[str, Any]:
        """What is kept of a field, its earlier wordings, and how far the programme has come."""
        talk = next((one for one in notes.conversations if field == conversation_key(one.id, field[-1])), None)  # type: ignore[arg-type]
        return {
            "text": notes.text(field),
            "earlier": earlier_html(notes, field),
            "talk": talk_line(talk) if talk else "",
            "progress": progress_data(progress(self.programme, notes)),
        }


def written_over(notes: Notes, field: Key, text: str, base: str) -> Notes:
    """The notes with a new text in a field.

    Where the field holds neither the text that the page began with nor the new one, another page has written it
    meanwhile: then that wording stays, as an earlier one.
    """
    made = noted(notes, field, text)
    if notes.text(field).strip() in ("", base.strip(), made.text(field).strip()):
        return made
    return merged(made, Notes({field: notes.entries[field]})).notes
