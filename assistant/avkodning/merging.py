"""Two sets of notes -> one: field by field the newest, and of two different wordings none is lost."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.avkodning.notes import Entry, Key, Notes

#: Fields of which only the newest value means anything.
_NEWEST_ONLY = ("status", "removed")


@dataclass(frozen=True, slots=True)
class Merged:
    """The notes, and how many fields of the other ones were new, were newer, were older, or were the same already."""

    notes: Notes
    added: int = 0
    replaced: int = 0
    kept: int = 0
    same: int = 0

    @property
    def line(self) -> str:
        """What was taken in, in one Swedish line."""
        if not (self.added or self.replaced or self.kept):
            return "Filen innehöll inget som inte redan fanns i dina anteckningar."
        parts = [f"{_fields(self.added)} lades till"] if self.added else []
        parts += [f"{_fields(self.replaced)} ersattes av en nyare lydelse"] if self.replaced else []
        parts += [f"{_fields(self.kept)} var äldre än dina"] if self.kept else []
        ending = " De lydelser som inte används finns kvar under Tidigare lydelse." if self.replaced + self.kept else ""
        return f"Anteckningarna är inlästa: {_listed(parts)}.{ending}"


def merged(present: Notes, other: Notes) -> Merged:
    """The present notes with other ones taken in. The order of the two does not matter for the notes that come out.

    Where the texts differ, the one edited last stands, and the other is kept among its earlier wordings.
    """
    entries = dict(present.entries)
    counts = {"added": 0, "replaced": 0, "kept": 0, "same": 0}
    for key, entry in other.entries.items():
        mine = present.entries.get(key)
        entries[key] = joined = _joined(key, mine, entry) if mine else entry
        counts[_fate(mine, entry, joined)] += 1
    return Merged(Notes(dict(sorted(entries.items()))), **counts)


def _joined(key: Key, one: Entry, other: Entry) -> Entry:
    newer = max(one, other, key=lambda entry: (entry.edited, entry.text))
    wordings = {*one.earlier, *other.earlier, one.text, other.text} - {newer.text, ""}
    earlier = () if key[-1] in _NEWEST_ONLY else tuple(sorted(each for each in wordings if each.strip()))
    return Entry(newer.text, newer.edited, earlier)


def _fate(mine: Entry | None, entry: Entry, joined: Entry) -> str:
    if mine is None or (not mine.text and joined.text):
        return "added" if entry.text else "same"
    if mine.text == entry.text:
        return "same"
    return "replaced" if joined.text == entry.text else "kept"


def _fields(count: int) -> str:
    return "1 fält" if count == 1 else f"{count} fält"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} och {parts[-1]}"
