"""A director's own notes on the programme: a value that never changes, made anew by each edit.

Every field is kept with the time of its last edit, under a key of ids: the programme's own for themes and questions.
Ids that the programme does not know are kept as well, so that notes from another version lose nothing.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from assistant.errors import UsageError

Status = Literal["not_begun", "ongoing", "done"]
STATUSES: tuple[Status, ...] = ("not_begun", "ongoing", "done")
#: The parts of a theme besides its status and its answers: free notes, "vad vi vet" and "vad vi inte vet".
ThemePart = Literal["notes", "known", "unknown"]
ConversationPart = Literal["person", "role", "day", "subject", "removed"]
THEME_PARTS: tuple[ThemePart, ...] = ("notes", "known", "unknown")
CONVERSATION_PARTS: tuple[ConversationPart, ...] = ("person", "role", "day", "subject", "removed")

#: A field: `("municipality",)`, `("themes", theme, "answers", question)`, `("conversations", id, "day")`.
Key = tuple[str, ...]
MUNICIPALITY: Key = ("municipality",)
START: Key = ("start",)

#: The most characters of a field of several lines, and of one of a single line.
LONGEST_TEXT, LONGEST_LINE = 10_000, 200
#: So many conversations at most.
MOST_CONVERSATIONS = 500

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_DATES = frozenset({"start", "day"})
_REMOVED = "yes"
#: Marks that turn the direction of what follows, and so may show another text than the one that is there.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Entry:
    """A field's text and when it was last edited (UTC, ISO 8601 with microseconds; "" when that is not known).

    `earlier` holds other wordings, kept when two files held different ones; they are shown beside the text.
    """

    text: str
    edited: str = ""
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A talk to come: with whom, in what role, on what day (ISO 8601, or "") and about what."""

    id: str
    person: str = ""
    role: str = ""
    day: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ThemeNotes:
    """What is noted on one theme. `answers` are the texts by question id, those with a text only."""

    status: Status = "not_begun"
    answers: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    known: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """All notes of one user. `entries` holds every field; the properties and `theme` read them."""

    entries: Mapping[Key, Entry] = field(default_factory=dict)

    def text(self, key: Key) -> str:
        entry = self.entries.get(key)
        return entry.text if entry else ""

    def earlier(self, key: Key) -> tuple[str, ...]:
        """Other wordings of a field that an imported file has brought."""
        entry = self.entries.get(key)
        return entry.earlier if entry else ()

    @property
    def municipality(self) -> str:
        return self.text(MUNICIPALITY)

    @property
    def start(self) -> date | None:
        """The first day at work."""
        return date.fromisoformat(self.text(START)) if self.text(START) else None

    def theme(self, theme_id: str) -> ThemeNotes:
        """A theme on which something is written is ongoing until the user says otherwise."""
        answers = {
            key[3]: entry.text
            for key, entry in self.entries.items()
            if key[:3] == ("themes", theme_id, "answers") and entry.text.strip()
        }
        notes, known, unknown = (self.text(theme_key(theme_id, part)) for part in THEME_PARTS)
        said = self.text(status_key(theme_id))
        begun: Status = "ongoing" if answers or "".join((notes, known, unknown)).strip() else "not_begun"
        status = next((each for each in STATUSES if each == said), begun)
        return ThemeNotes(status, answers, notes, known, unknown)

    @property
    def conversations(self) -> tuple[Conversation, ...]:
        """Those that are not removed, by day; those without a day come last."""
        ids = dict.fromkeys(key[1] for key in self.entries if key[0] == "conversations")
        there = [self._conversation(each) for each in ids if not self.text(conversation_key(each, "removed"))]
        return tuple(sorted(there, key=lambda one: (one.day or "9999-99-99", one.person, one.id)))

    @property
    def is_empty(self) -> bool:
        return not any(entry.text or entry.earlier for entry in self.entries.values())

    def _conversation(self, conversation_id: str) -> Conversation:
        person, role, day, subject = (
            self.text(conversation_key(conversation_id, part)) for part in CONVERSATION_PARTS[:4]
        )
        return Conversation(conversation_id, person, role, day, subject)


def theme_key(theme_id: str, part: ThemePart) -> Key:
    return ("themes", theme_id, part)


def status_key(theme_id: str) -> Key:
    return ("themes", theme_id, "status")


def answer_key(theme_id: str, question_id: str) -> Key:
    return ("themes", theme_id, "answers", question_id)


def conversation_key(conversation_id: str, part: ConversationPart) -> Key:
    return ("conversations", conversation_id, part)


def noted(notes: Notes, key: Key, text: str, now: datetime | None = None) -> Notes:
    """The notes with another text in one field, edited `now`; "" empties it.

    `UsageError` says in Swedish what is wrong: too long, no date, no known status or field.
    """
    before = notes.entries.get(key)
    text = checked(key, text)
    if before and before.text == text:
        return notes
    earlier = before.earlier if before else ()
    return _with(notes, {key: Entry(text, _after(before, now), tuple(each for each in earlier if each != text))})


def without_earlier(notes: Notes, key: Key, now: datetime | None = None) -> Notes:
    """The notes without other wordings of one field."""
    before = notes.entries.get(key)
    if before is None or not before.earlier:
        return notes
    return _with(notes, {key: Entry(before.text, _after(before, now))})


def with_conversation(notes: Notes, conversation: Conversation, now: datetime | None = None) -> Notes:
    """The notes with a conversation added, or changed where its id is there; "" as id makes a new one."""
    key = conversation.id or secrets.token_hex(6)
    is_new = not any(each[:2] == ("conversations", key) for each in notes.entries)
    if is_new and len({each[1] for each in notes.entries if each[0] == "conversations"}) >= MOST_CONVERSATIONS:
        raise UsageError(f"Det finns redan {MOST_CONVERSATIONS} samtal. Ta bort något först.")
    values = (conversation.person, conversation.role, conversation.day, conversation.subject)
    for part, value in zip(CONVERSATION_PARTS, values, strict=False):
        notes = noted(notes, conversation_key(key, part), value, now)
    return noted(notes, conversation_key(key, "removed"), "", now)


def without_conversation(notes: Notes, conversation_id: str, now: datetime | None = None) -> Notes:
    """The notes without a conversation. Its texts go; that it was removed stays, so that no copy brings it back."""
    for part in CONVERSATION_PARTS[:4]:
        notes = noted(notes, conversation_key(conversation_id, part), "", now)
    return noted(notes, conversation_key(conversation_id, "removed"), _REMOVED, now)


def is_key(key: Key) -> bool:
    """Whether a field of this key can be: of a known kind, with ids of a known form."""
    match key:
        case ("municipality",) | ("start",):
            return True
        case ("themes", theme, "status" | "notes" | "known" | "unknown"):
            return bool(_ID.fullmatch(theme))
        case ("themes", theme, "answers", question):
            return bool(_ID.fullmatch(theme) and _ID.fullmatch(question))
        case ("conversations", one, part):
            return bool(_ID.fullmatch(one)) and part in CONVERSATION_PARTS
    return False


def checked(key: Key, text: str) -> str:
    """The text as the field keeps it, without control characters. `UsageError` when the field cannot hold it."""
    if not is_key(key):
        raise UsageError(f'Anteckningarna har inget fält "{"/".join(key)[:LONGEST_LINE]}".')
    text = cleaned(text)
    if is_single_line(key):
        text = " ".join(text.split())
    limit = LONGEST_LINE if is_single_line(key) else LONGEST_TEXT
    if len(text) > limit:
        raise UsageError(f"Texten är för lång ({len(text)} tecken). Korta den till högst {limit} tecken.")
    if text and key[-1] in _DATES and not is_day(text):
        raise UsageError(f'"{text}" är inget datum. Skriv det som år-månad-dag, till exempel 2026-09-01.')
    if text and key[-1] == "status" and text not in STATUSES:
        raise UsageError(f'"{text}" är inget läge. Välj bland: {", ".join(STATUSES)}.')
    if key[-1] == "removed" and text not in ("", _REMOVED):
        raise UsageError(f'"{text}" går inte att använda. Skriv "{_REMOVED}" för ett samtal som är borttaget.')
    return text


def is_single_line(key: Key) -> bool:
    return key[0] in ("municipality", "start", "conversations") or key[-1] == "status"


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def cleaned(text: str) -> str:
    """The text without characters that show nothing or turn what is shown; line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if not is_forbidden(char))


def is_forbidden(char: str) -> bool:
    if char in "\n\t":
        return False
    return unicodedata.category(char) in ("Cc", "Cs") or char in _TURNING or char in "\ufffe\uffff"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)


def _after(before: Entry | None, now: datetime | None) -> str:
    """The time of an edit: later than the one before it, also where the clock has been set back."""
    moment = stamp(now or datetime.now(UTC))
    if before is None or before.edited < moment:
        return moment
    return stamp(datetime.strptime(before.edited, _TIME).replace(tzinfo=UTC) + timedelta(microseconds=1))


def _with(notes: Notes, changed: Mapping[Key, Entry]) -> Notes:
    return Notes({**notes.entries, **changed})


def written(notes: Notes) -> Iterator[tuple[Key, str]]:
    """Every field of text that the user has written something in, status and dates apart."""
    for key, entry in notes.entries.items():
        if entry.text.strip() and key[-1] not in (*_DATES, "status", "removed"):
            yield key, entry.text
