"""The programme's quoted words -> `Citation`s of the documents as they are read now.

A quote is found by its letters and digits only, so that line breaks, bullets and hyphens do not matter; the citation's
own quote is the document's text, character by character. Where a statute has taken the place of our account of it, the
quote is not there, and the section that it names is cited instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.answering import frames
from assistant.avkodning.programme import Quoted, Theme
from assistant.errors import UsageError
from assistant.types import Citation, Document, Passage

#: Gives the document of a source; raises `UsageError` when there is none. `Assistant.document` is one.
Documents = Callable[[str], Document]

#: Said in place of a quotation that the present sources do not hold.
UNAVAILABLE = "Stället finns inte i källorna som de är inlästa nu."


@dataclass(frozen=True, slots=True)
class Cited:
    """A text of the programme with its citation; None when the place is not there, and then `UNAVAILABLE` is said.

    `text` is a sentence that the citation proves, or what a place is to be read for. `lead` stands before such a
    sentence and says whose words follow, as in an answer ("Rapporten …: ", "…, ett beslut i en kommun: ").
    """

    text: str
    citation: Citation | None
    lead: str = ""


@dataclass(frozen=True, slots=True)
class CitedTheme:
    """A theme whose sources have been looked up. `citations` are numbered from 1; one place has one number."""

    theme: Theme
    why: tuple[Cited, ...]
    reading: tuple[Cited, ...]
    citations: tuple[Citation, ...]


def cited_theme(theme: Theme, documents: Documents, first: int = 1) -> CitedTheme:
    """Looks up every quoted place of the theme; numbers begin with `first`."""
    known: dict[tuple[str, int, int], Citation] = {}

    def cited(text: str, words: Quoted) -> Cited:
        found = citation_of(words, documents, first + len(known))
        if found is None:
            return Cited(text, None)
        return Cited(text, known.setdefault((found.source.id, found.start, found.end), found))

    why = tuple(_with_lead(cited(each.text, each.words)) for each in theme.why)
    reading = tuple(cited(each.about, each.words) for each in theme.reading)
    return CitedTheme(theme, why, reading, tuple(known.values()))


def _with_lead(cited: Cited) -> Cited:
    found = cited.citation
    return replace(cited, lead=frames.lead(found.source, found.passage.voice, cited.text)) if found else cited


def citation_of(words: Quoted, documents: Documents, n: int = 1) -> Citation | None:
    """The place as a citation, by its words or else by its section; None when the sources hold neither."""
    try:
        document = documents(words.source_id)
    except UsageError:
        return None
    for start, end in _places(document.text, words.quote):
        for passage in document.passages:
            if passage.start <= start and end <= passage.end:
                return Citation(n, passage, document.source, document.text[start:end], start, end)
    whole = _of_section(document, words.section) if words.section else None
    return Citation(n, whole, document.source, whole.text, whole.start, whole.end) if whole else None


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    """Where the quote stands, by letters and digits; with the full stop or other mark that ends it."""
    letters, offsets = _folded(text)
    wanted, _ = _folded(quote)
    closing = re.search(r"[^\w\s]*$", quote)
    mark = closing.group() if closing else ""
    at = letters.find(wanted) if wanted else -1
    while at >= 0:
        end = offsets[at + len(wanted) - 1] + 1
        yield offsets[at], end + len(mark) if text.startswith(mark, end) else end
        at = letters.find(wanted, at + 1)


@lru_cache(maxsize=64)
def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The text's letters and digits in lower case, and for each the offset where it stood."""
    letters, offsets = [], []
    for offset, char in enumerate(text):
        for low in char.lower() if char.isalnum() else "":
            letters.append(low)
            offsets.append(offset)
    return "".join(letters), tuple(offsets)


def _of_section(document: Document, section: str) -> Passage | None:
    """The first passage whose own heading begins with the section's number."""
    for passage in document.passages:
        if passage.path and passage.path[-1].startswith(section):
            return passage
    return None
