"""The table of contents: left out of the text, but the page numbers that it gives are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.reading.lines import Line, clean

_TITLE = re.compile(r"^(?:innehåll|innehållsförteckning|contents)$", re.IGNORECASE)
_PIPE_ROW = re.compile(r"^\|.*\|$")
_ENTRY = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2})*)?\.?\s*(?P<title>.*?)[\s.…]+(?P<page>\d{1,4})$")


def split_contents(lines: Sequence[Line]) -> tuple[tuple[Line, ...], Mapping[str, str]]:
    """The lines without the table of contents, and the page on which each heading number (`2.4.1`) begins."""
    start = next((i for i, line in enumerate(lines) if _TITLE.match(line.text)), None)
    if start is None:
        return tuple(lines), {}
    end = start + 1
    pages: dict[str, str] = {}
    while end < len(lines) and (entry := _entry(lines[end].text)) is not None:
        if entry[0]:
            pages[entry[0]] = entry[1]
        end += 1
    if end - start < 4:
        return tuple(lines), {}
    return (*lines[:start], *lines[end:]), pages


def _entry(text: str) -> tuple[str, str] | None:
    """A row's heading number ("" if it has none) and page; None when the line is no row of a table of contents."""
    if _PIPE_ROW.match(text):
        text = clean(" ".join(text.strip("|").split("|")))
        if not any(char.isalpha() for char in text):
            return "", ""
    match = _ENTRY.match(text)
    return ((match["number"] or ""), match["page"]) if match else None
