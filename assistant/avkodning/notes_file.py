"""Notes <-> the JSON that a user keeps, moves to another machine, or hands to `kd avkodning`.

{"schema": 1, "format": "kd-avkodning", "municipality": {"text": "…", "edited": "2026-11-02T08:30:00.000000Z"},
 "start": {…}, "themes": {"mandat": {"status": {…}, "notes": {…}, "known": {…}, "unknown": {…},
 "answers": {"mandat-instruktion": {…}}}}, "conversations": {"a1": {"person": {…}, "role": {…}, "day": {…}, …}}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from assistant.avkodning.notes import (
    LONGEST_TEXT,
    Entry,
    Key,
    Notes,
    checked,
    is_forbidden,
    is_key,
    stamp,
)
from assistant.errors import UsageError

SCHEMA, FORMAT = 1, "kd-avkodning"
#: A larger file is not read and not written. There is no other limit on how many fields it holds: notes that two files
#: have been merged into must be readable again.
MOST_BYTES = 1_000_000
#: What an exported file is called.
EXPORT_NAME = "avkodning.json"

_TIME = r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)?$"
_KEEP = "Anteckningarna som du har är orörda."


def notes_to_json(notes: Notes) -> str:
    """The file's text. `UsageError` when it would be larger than `MOST_BYTES`."""
    tree: dict[str, Any] = {"schema": SCHEMA, "format": FORMAT}
    for key, entry in sorted(notes.entries.items()):
        branch = tree
        for part in key[:-1]:
            branch = branch.setdefault(part, {})
        branch[key[-1]] = _row(entry)
    text = json.dumps(tree, ensure_ascii=False, indent=1) + "\n"
    size = len(text.encode("utf-8"))
    if size > MOST_BYTES:
        raise UsageError(
            f"Anteckningarna är för stora att spara ({size // 1000} kB, högst {MOST_BYTES // 1000} kB). "
            "Korta dem och försök igen."
        )
    return text


def notes_from_json(data: bytes, what: str = "Filen") -> Notes:
    """The notes in a file. `UsageError` says in one Swedish line why it cannot be used."""
    if len(data) > MOST_BYTES:
        raise _refused(what, f"den är för stor (högst {MOST_BYTES // 1000} kB)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            what, "den är inte en fil med anteckningar (den är inte UTF-8). Välj en fil som är sparad av Avkodning"
        ) from error
    try:
        tree = json.loads(text, object_pairs_hook=_each_key_once)
    except _DoubleKeyError as error:
        raise _refused(what, f'"{error}" står två gånger på samma ställe') from error
    except (ValueError, RecursionError) as error:
        raise _refused(what, "den är inte hel eller inte en fil med anteckningar (JSON)") from error
    return _notes(tree, what)


def _notes(tree: object, what: str) -> Notes:
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise _refused(what, "den är inte sparad av Avkodning")
    schema = tree.get("schema")
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise _refused(what, "den är sparad av en nyare version av programmet. Uppdatera programmet först")
    latest = stamp(datetime.now(UTC))
    try:
        given = _File.model_validate(tree)
        return Notes({key: row.entry(key, latest) for key, row in _rows(given)})
    except ValidationError as error:
        raise _refused(what, _fault(error)) from error
    except UsageError as error:
        raise _refused(what, str(error).rstrip(".")) from error


def _refused(what: str, why: str) -> UsageError:
    return UsageError(f"{what} går inte att läsa in: {why}. {_KEEP}")


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    place = "/".join(part for part in map(str, first["loc"]) if part != "[key]")[:100]
    where = f'"{"".join(char for char in place if not is_forbidden(char))}"'
    if first["type"] == "value_error":
        return f"{where} {first['ctx']['error']}"
    reasons = {
        "missing": "saknas",
        "extra_forbidden": "är inget känt fält",
        "string_too_long": f"är längre än {LONGEST_TEXT} tecken",
    }
    return f"{where} {reasons.get(first['type'], 'har fel form')}"


class _DoubleKeyError(Exception):
    pass


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise _DoubleKeyError("".join(char for char in double[:50] if not is_forbidden(char)))
    return made


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


_Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class _Row(_Model):
    text: _Text
    edited: Annotated[str, Field(pattern=_TIME)] = ""
    earlier: list[_Text] = []

    @field_validator("text", "earlier")
    @classmethod
    def _shows_what_it_holds(cls, value: str | list[str], _: ValidationInfo) -> str | list[str]:
        if any(is_forbidden(char) for text in ([value] if isinstance(value, str) else value) for char in text):
            raise ValueError("innehåller styrtecken")
        return value

    @field_validator("edited")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        if value:
            try:
                datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
            except ValueError:
                raise ValueError("är ingen tid") from None
        return value

    def entry(self, key: Key, latest: str) -> Entry:
        """What the field holds; nothing is newer than now."""
        if not is_key(key):
            raise UsageError(f'"{"/".join(key)[:100]}" är inget känt fält')
        text = checked(key, self.text)
        earlier = {each for given in self.earlier if (each := checked(key, given)).strip()}
        return Entry(text, min(self.edited, latest), tuple(sorted(earlier - {text})))


class _Theme(_Model):
    status: _Row | None = None
    notes: _Row | None = None
    known: _Row | None = None
    unknown: _Row | None = None
    answers: dict[str, _Row] = {}


class _Conversation(_Model):
    person: _Row | None = None
    role: _Row | None = None
    day: _Row | None = None
    subject: _Row | None = None
    removed: _Row | None = None


class _File(_Model):
    schema_: Annotated[int, Field(ge=1, le=SCHEMA, alias="schema")]
    format: str
    municipality: _Row | None = None
    start: _Row | None = None
    themes: dict[str, _Theme] = {}
    conversations: dict[str, _Conversation] = {}


def _rows(given: _File) -> Iterator[tuple[Key, _Row]]:
    yield from _named((), {"municipality": given.municipality, "start": given.start})
    for theme_id, theme in given.themes.items():
        at = ("themes", theme_id)
        parts = {name: getattr(theme, name) for name in ("status", "notes", "known", "unknown")}
        yield from _named(at, parts)
        yield from _named((*at, "answers"), theme.answers)
    for one, conversation in given.conversations.items():
        yield from _named(("conversations", one), dict(conversation))


def _named(at: Key, rows: Mapping[str, _Row | None]) -> Iterator[tuple[Key, _Row]]:
    for name, row in rows.items():
        if row is not None:
            yield (*at, name), row


def _row(entry: Entry) -> dict[str, Any]:
    earlier = {"earlier": list(entry.earlier)} if entry.earlier else {}
    return {"text": entry.text, "edited": entry.edited, **earlier}
