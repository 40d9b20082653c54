"""A user's own notes as HTML: fields that are kept as they are written, and the conversations to come.

Pure functions; every word from outside goes through `html.escape`. A field has `data-field`, its key in the notes, and
`programme.js` keeps what is written in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from assistant.avkodning.notes import LONGEST_LINE, LONGEST_TEXT, Conversation, Key, Notes, conversation_key
from assistant.avkodning.notes_search import HEADING, NoteHit
from assistant.exporting.phrases import swedish_date
from assistant.web import programme_texts as words


def field_name(key: Key) -> str:
    """The key as the page sends it back."""
    return "/".join(key)


def field_key(name: str) -> Key:
    return tuple(name.split("/"))


def field_id(key: Key) -> str:
    return "falt-" + "-".join(key)


def text_field(notes: Notes, key: Key, label: str, hint: str = "") -> str:
    """A box of several lines, with where it is told that its text is kept."""
    name = field_id(key)
    told = f' aria-describedby="{name}-hint"' if hint else ""
    small = f'<span class="kd-where" id="{name}-hint">{escape(hint)}</span>' if hint else ""
    return (
        f'<div class="kd-field"><label for="{name}">{escape(label)}</label>{small}'
        f'<textarea id="{name}" rows="3" maxlength="{LONGEST_TEXT}" data-field="{field_name(key)}"{told}>'
        f"\n{escape(notes.text(key))}</textarea>{_said(key)}{earlier_html(notes, key)}</div>"
    )


def line_field(notes: Notes, key: Key, label: str, kind: str = "text") -> str:
    """A box of one line, or of a day."""
    name = field_id(key)
    limit = f' maxlength="{LONGEST_LINE}"' if kind == "text" else ""
    return (
        f'<div class="kd-field"><label for="{name}">{escape(label)}</label>'
        f'<input type="{kind}" id="{name}"{limit} autocomplete="off" data-field="{field_name(key)}" '
        f'value="{escape(notes.text(key))}">{_said(key)}{earlier_html(notes, key)}</div>'
    )


def _said(key: Key) -> str:
    return f'<span class="kd-said-of" data-said-of="{field_name(key)}"></span>'


def earlier_html(notes: Notes, key: Key) -> str:
    """Other wordings of a field that are kept beside its text; the place for them is there without any."""
    wordings = notes.earlier(key)
    listed = "".join(f"<li>{escape(one)}</li>" for one in wordings)
    inner = (
        f"<details><summary>{escape(words.EARLIER)} ({len(wordings)})</summary><ul>{listed}</ul>"
        f'<button type="button" class="kd-link" data-forget="{field_name(key)}">{escape(words.EARLIER_DROP)}</button>'
        f"</details>"
    )
    return f'<div class="kd-earlier" data-earlier-of="{field_name(key)}">{inner if wordings else ""}</div>'


def talks_html(notes: Notes, level: int, note: str = "") -> str:
    """The conversations to come, each open to change, and a place for another. `level` is that of the heading."""
    talks = notes.conversations
    rows = "".join(f"<li>{_talk(notes, talk)}</li>" for talk in talks)
    listed = f'<ul role="list" class="kd-talks">{rows}</ul>' if talks else _notice(words.TALKS_NONE)
    told = _notice(note) if note else ""
    return (
        f'<section class="kd-talking" aria-labelledby="kd-talks-h"><h{level} id="kd-talks-h" tabindex="-1">'
        f"{escape(words.TALKS)}</h{level}>{told}{listed}{_new_talk()}</section>"
    )


def talk_line(talk: Conversation) -> str:
    """The conversation in a line: the day, with whom, and about what."""
    who = ", ".join(part for part in (talk.person, talk.role) if part)
    day = swedish_date(date.fromisoformat(talk.day)) if talk.day else words.TALK_UNDATED
    parts = (day, who or words.TALK_UNNAMED, talk.subject)
    return " · ".join(part for part in parts if part)


def _talk(notes: Notes, talk: Conversation) -> str:
    fields = "".join(
        line_field(notes, conversation_key(talk.id, part), label, "date" if part == "day" else "text")  # type: ignore[arg-type]
        for part, label in words.TALK_PARTS.items()
    )
    return (
        f'<details class="kd-talk"><summary>{escape(talk_line(talk))}</summary><div class="kd-talk-fields">{fields}'
        f'<button type="button" class="kd-link" data-untalk="{escape(talk.id)}" '
        f'aria-label="{escape(words.TALK_REMOVE)}: {escape(talk_line(talk))}">{escape(words.TALK_REMOVE)}</button>'
        f"</div></details>"
    )


def _new_talk() -> str:
    fields = "".join(
        f'<div class="kd-field"><label for="kd-new-{part}">{escape(label)}</label>'
        f'<input type="{"date" if part == "day" else "text"}" id="kd-new-{part}" maxlength="{LONGEST_LINE}" '
        f'autocomplete="off" data-new="{part}"></div>'
        for part, label in words.TALK_PARTS.items()
    )
    return (
        f'<details class="kd-talk kd-new-talk"><summary>{escape(words.TALK_NEW)}</summary>'
        f'<div class="kd-talk-fields">{fields}<p id="kd-new-said" class="kd-notice" role="status"></p>'
        f'<button type="button" class="kd-button" data-talk="add">{escape(words.TALK_ADD)}</button></div></details>'
    )


def own_notes_html(lines: Sequence[NoteHit]) -> str:
    """The user's own lines nearest a question, set apart from the sources and never numbered; "" without any."""
    rows = "".join(f"<li>{_own_line(one)}</li>" for one in lines)
    return (
        f'<section class="kd-own-notes" aria-label="{escape(HEADING)}"><h4>{escape(HEADING)}</h4>'
        f'{_notice(words.OWN_NOTES_ARE)}<ul role="list">{rows}</ul></section>'
        if lines
        else ""
    )


def _own_line(one: NoteHit) -> str:
    address = f"avkodning/{one.theme_id}" if one.theme_id else "avkodning"
    return (
        f'<p class="kd-own-note">{escape(one.text)}</p><span class="kd-where">{escape(one.where)}</span>'
        f'<a class="kd-link" href="#{escape(address)}">{escape(words.OWN_NOTES_OPEN)}</a>'
    )


def _notice(said: str) -> str:
    return f'<p class="kd-notice">{escape(said)}</p>'
