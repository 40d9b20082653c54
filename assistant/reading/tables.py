"""Tables -> rows that can be cited and understood alone: `Mötesforum: KMHU · Kommundirektör: Ansvarig tjänsteperson`.

Two kinds are read: Markdown's pipe tables, and tables that a PDF's text has flattened into lines, where only the spaces
tell which cell is empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.reading.lines import Line, clean
from assistant.reading.sentences import CELL_GAP

_PIPE = re.compile(r"^\|.*\|$")
_RULE = re.compile(r"^[|\s:-]+$")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+[A-ZÅÄÖ]")
_WORD = re.compile(r"[^\W\d_][\w/-]*")
#: How often a word must stand where a value stands to be one, and how many values and rows make a table.
_VALUE_COUNT, _LEAST_VALUES, _LEAST_ROWS = 3, 8, 6


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row as text, and the label of the group that it belongs to ("" for none)."""

    text: str
    group: str
    line: Line


@dataclass(frozen=True, slots=True)
class Table:
    """The lines `start` to `end` (exclusive) of a document, read as rows."""

    start: int
    end: int
    rows: tuple[TableRow, ...]


def find_tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    """The tables among the lines, in order."""
    return tuple(sorted((*_pipe_tables(lines), *_flattened_tables(lines)), key=lambda table: table.start))


def row_text(header: Sequence[str], cells: Sequence[str]) -> str:
    """The row's filled cells, each under its column's name where it has one."""
    pairs = [(name, " ".join(cell.split())) for name, cell in zip(header, cells, strict=False)]
    return CELL_GAP.join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _pipe_tables(lines: Sequence[Line]) -> list[Table]:
    tables = []
    index = 0
    while index < len(lines):
        end = index
        while end < len(lines) and _PIPE.match(lines[end].text):
            end += 1
        if end - index >= 2:
            tables.append(Table(index, end, _pipe_rows(lines[index:end])))
        index = max(end, index + 1)
    return tables


def _pipe_rows(lines: Sequence[Line]) -> tuple[TableRow, ...]:
    filled = [
        (line, [clean(cell) for cell in line.text.strip("|").split("|")])
        for line in lines
        if not _RULE.match(line.text)
    ]
    if not filled:
        return ()
    header = filled[0][1]
    body = filled[1:] or filled
    names = header if filled[1:] else [""] * len(header)
    return tuple(TableRow(row_text(names, cells), "", line) for line, cells in body if any(cells))


def _flattened_tables(lines: Sequence[Line]) -> list[Table]:
    """A header line that is indented by the empty cell before it, down to the next numbered heading."""
    for start, line in enumerate(lines):
        if line.indent and len(_capitals(line.text)) >= 3 and line.text[-1] not in ".:!?":
            numbered = (i for i in range(start + 1, len(lines)) if _NUMBERED.match(lines[i].text))
            end = next(numbered, len(lines))
            values = _value_words(lines[start:end])
            if values:
                header_end = start + 1
                while header_end < end and lines[header_end].text[0].islower():
                    header_end += 1
                header = _header(" ".join(line.text for line in lines[start:header_end]))
                return [Table(start, end, _Reader(header, values).read(lines[header_end:end]))]
    return []


def _capitals(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word[0].isupper()]


def _value_words(lines: Sequence[Line]) -> frozenset[str]:
    """The capitalised words that recur where values stand: anywhere but first on an indented line."""
    counts: Counter[str] = Counter()
    for line in lines[1:]:
        words = _WORD.findall(line.text)
        counts.update(word for word in (words[1:] if line.indent else words) if word[0].isupper())
    values = {word for word, count in counts.items() if count >= _VALUE_COUNT}
    rows = sum(1 for line in lines if line.indent)
    enough = sum(counts[word] for word in values) >= _LEAST_VALUES and rows >= _LEAST_ROWS
    return frozenset(values) if enough else frozenset()


def _header(text: str) -> tuple[str, ...]:
    """The columns' names: each begins with a capital."""
    return tuple(part.strip() for part in re.findall(r"[A-ZÅÄÖ][^A-ZÅÄÖ]*", text))


@dataclass
class _Reader:
    """Reads a flattened table line by line. The first column holds group labels and is empty in most rows."""

    header: tuple[str, ...]
    values: frozenset[str]
    rows: list[TableRow] = field(default_factory=list)
    group: str = ""
    _label: list[str] = field(default_factory=list)
    _open: list[Line] = field(default_factory=list)

    def read(self, lines: Sequence[Line]) -> tuple[TableRow, ...]:
        for line in lines:
            if line.indent:
                self._close()
                self._open = [line]
            elif self._begins_group(line):
                self._close()
                self._label = [line.text]
            elif self._label and line.text[0].islower():
                self._label.append(line.text)
            else:
                self._take_label()
                self._open.append(line)
        self._close()
        return tuple(self.rows)

    def _begins_group(self, line: Line) -> bool:
        """A capitalised line at the margin that is no value, where no row is waiting for its values."""
        first = line.text.split()[0].strip(".,")
        waiting = bool(self._open) and not self._has_value()
        return line.text[0].isupper() and first not in self.values and not waiting and not self._label

    def _has_value(self) -> bool:
        return any(word in self.values for line in self._open for word in _WORD.findall(line.text))

    def _take_label(self) -> None:
        if self._label:
            self.group = " ".join(self._label)
            self._label = []

    def _close(self) -> None:
        self._take_label()
        if self._open:
            name, cells = self._cells()
            self.rows.append(TableRow(row_text(self.header, (name, *cells)), self.group, self._open[0]))
            self._open = []

    def _cells(self) -> tuple[str, list[str]]:
        """The row's name and its values by column; spaces left by an empty cell tell a lone value's column."""
        text = "".join(line.raw.lstrip() if line.raw.endswith(" ") else line.raw.lstrip() + " " for line in self._open)
        places = [m.start() for m in _WORD.finditer(text) if m.group() in self.values]
        if not places:
            return text, []
        name = text[: places[0]]
        parts = [text[a:b] for a, b in zip(places, [*places[1:], len(text)], strict=True)]
        cells: list[str] = []
        for part in parts:
            if cells and (cells[-1].rstrip().endswith(".") or len(cells) == len(self.header) - 1):
                cells[-1] += part
            else:
                cells.append(part)
        empty_after = text.endswith("  ") or self._open[-1].hollow
        if len(cells) == 1 and not empty_after and name.endswith("  "):
            cells.insert(0, "")
        return name, [cell.strip().removesuffix(".") for cell in cells]
