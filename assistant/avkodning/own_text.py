"""A reviewed document -> its sentences, list items and table rows, each with what it is read together with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.units import Unit, units_of
from assistant.avkodning.actors import Role, acting, points_back
from assistant.finding.lexicon import Lexicon
from assistant.types import Document, Hit, OwnPlace, Passage, Section, Source


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, list item, table row or heading of the document.

    `lead` is the number of the sentence that introduces its list, `before` that of the sentence before it in the same
    section, `headings` those of the headings above it, the innermost last. `roles` are those who act in it, by itself
    or by what it is read together with.
    """

    number: int
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    path: tuple[str, ...]
    is_heading: bool = False
    is_item: bool = False
    is_row: bool = False
    lead: int | None = None
    before: int | None = None
    headings: tuple[int, ...] = ()
    roles: tuple[Role, ...] = ()
    named: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class OwnText:
    """The document and all its parts in order, headings among them."""

    document: Document
    parts: tuple[Part, ...]

    @property
    def sentences(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.is_heading)

    def place(self, part: Part) -> OwnPlace:
        """Where a part stands, in characters and in words."""
        return OwnPlace(part.text, part.start, part.end, _locator(self.document, part))


def read_own_text(document: Document, lexicon: Lexicon) -> OwnText:
    """The parts of a document. Needs no index: the document is nobody's source."""
    parts: list[Part] = []
    of_heading: dict[tuple[str, ...], int] = {}
    for section in document.sections:
        _add_heading(document, section, parts, of_heading, lexicon)
        inside = [p for p in document.passages if section.start <= p.start < section.end and p.path == section.path]
        _add_sentences(document.source, inside, parts, of_heading, lexicon)
    return OwnText(document, tuple(parts))


def _add_heading(
    document: Document, section: Section, parts: list[Part], of_heading: dict[tuple[str, ...], int], lexicon: Lexicon
) -> None:
    if not section.path:
        return
    line = document.text[section.start : section.end].split("\n", 1)[0].rstrip()
    number = len(parts)
    words = tuple(lexicon.words(section.path[-1]))
    above = tuple(of_heading[p] for p in _ancestors(section.path) if p in of_heading)
    found = acting(words)
    start = section.start
    parts.append(
        Part(
            number, start, start + len(line), line, words, section.path,
            is_heading=True, headings=above, roles=found.roles, named=found.named,
        )
    )  # fmt: skip
    of_heading[section.path] = number


def _ancestors(path: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [path[:depth] for depth in range(1, len(path))]


def _add_sentences(
    source: Source,
    passages: Sequence[Passage],
    parts: list[Part],
    of_heading: dict[tuple[str, ...], int],
    lexicon: Lexicon,
) -> None:
    """The sentences of one section; a list goes on over passages, and so does what introduces it."""
    lead: int | None = None
    before: int | None = None
    for passage in passages:
        for unit in units_of(0, Hit(passage, source, 1.0, 1)):
            if not unit.is_item:
                lead = None
            part = _part(len(parts), passage, unit, lead, before, of_heading, parts, lexicon)
            parts.append(part)
            before = part.number
            if unit.introduces:
                lead = part.number


def _part(
    number: int,
    passage: Passage,
    unit: Unit,
    lead: int | None,
    before: int | None,
    of_heading: dict[tuple[str, ...], int],
    parts: Sequence[Part],
    lexicon: Lexicon,
) -> Part:
    words = tuple(lexicon.words(unit.text))
    paths = [*_ancestors(passage.path), passage.path]
    headings = tuple(of_heading[path] for path in paths if path in of_heading)
    found = acting(words)
    roles = found.roles or _inherited(words, lead, before, headings, parts)
    return Part(
        number,
        passage.start + unit.start,
        passage.start + unit.end,
        unit.text,
        words,
        passage.path,
        is_item=unit.is_item,
        is_row=unit.is_row,
        lead=lead,
        before=before,
        headings=headings,
        roles=roles,
        named=found.named,
    )


def _inherited(
    words: Sequence[str], lead: int | None, before: int | None, headings: Sequence[int], parts: Sequence[Part]
) -> tuple[Role, ...]:
    """Who acts where the part names nobody: the one of the lead-in, of the sentence it points back to, of a heading."""
    if lead is not None and parts[lead].roles:
        return parts[lead].roles
    if before is not None and points_back(words):
        return parts[before].roles
    return next((parts[number].roles for number in reversed(headings) if parts[number].roles), ())


def _locator(document: Document, part: Part) -> str:
    """The place in words, as of a passage: heading and page."""
    pages = [span.label for span in document.pages if span.start < part.end and part.start < span.end]
    first, last = (pages[0], pages[-1]) if pages else (None, None)
    passage = Passage("", "", part.path, part.text, part.start, part.end, first_page=first, last_page=last)
    return passage.locator
