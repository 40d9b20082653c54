"""A reviewed document -> its sentences, list items and table rows, each with what it is read together with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.units import Unit, units_of
from assistant.avkodning.actors import Role, acting, points_back, told_apart
from assistant.avkodning.speakers import read_as, speaker_of
from assistant.avkodning.titles import director_aliases
from assistant.finding.lexicon import Lexicon
from assistant.types import Document, Hit, OwnPlace, Passage, Section

#: A line that a list item begins with, where the reader has kept the mark.
_ITEM_MARK = re.compile(r"^\s*(?:[•‒–‐▪◦·*-]|\d{1,2}[.)]|[a-zåäö]\))\s*$")
#: A heading that says who has decided the document, and one that a list hangs on.
_DECIDED = re.compile(
    r"\b(?:antag|fastställ|beslut|gäller|utfärda|godkän)\w*\b.*(?:\d|styrelse|fullmäktige|\bKS\b|\bKF\b)", re.IGNORECASE
)
_LEADS_IN = re.compile(r"\b(?:ska|skall|har|är|följande|att)\b", re.IGNORECASE)
#: A line to sign on, and the word that stands for it in what is looked up.
_RULED = re.compile(r"[._…]{5,}(?!\s*\d)")
SIGNATURE_LINE = "underskriftslinje"
#: A line that is a heading though the reader has not seen it: a paragraph's number and title, or capitals only.
_PARAGRAPH_TITLE = re.compile(r"^\d{1,3} ?(?:[a-z] )?§(?: \S+){0,7}$")
_LONGEST_CAPITALS = 90


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, list item, table row or heading of the document.

    `lead` is the number of the sentence that introduces its list, `before` that of the sentence before it in the same
    section, `headings` those of the headings above it, the innermost last. `roles` are those who act in it, by itself
    or by what it is read together with; `doers` those who act anywhere in it.
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
    doers: frozenset[Role] = frozenset()


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
    reader = _Reader(document, lexicon)
    for section in document.sections:
        reader.add(section)
    return OwnText(document, tuple(reader.parts))


class _Reader:
    """Reads section by section; a list goes on over passages, and so does what introduces it."""

    def __init__(self, document: Document, lexicon: Lexicon) -> None:
        self.parts: list[Part] = []
        self._document = document
        self._lexicon = lexicon
        self._aliases = director_aliases(document.text)
        self._headings: dict[tuple[str, ...], int] = {}
        self._lead: int | None = None
        self._before: int | None = None
        #: A heading within the section that the reader of the file has not seen.
        self._within: int | None = None
        #: The question right above, which the sentence below it is read with.
        self._asked: int | None = None
        #: Whether the line above is one to sign on and nothing else.
        self._ruled = False

    def add(self, section: Section) -> None:
        self._lead = self._before = self._within = self._asked = None
        if section.path:
            self._add_heading(section)
        for passage in self._document.passages:
            if section.start <= passage.start < section.end and passage.path == section.path:
                for unit in units_of(0, Hit(passage, self._document.source, 1.0, 1)):
                    self._add_unit(passage, unit)

    def _add_heading(self, section: Section) -> None:
        """The heading as a part; one that a list hangs on, or that tells a decision, is a sentence."""
        line = self._document.text[section.start : section.end].split("\n", 1)[0].rstrip()
        is_sentence = bool(_DECIDED.search(line) or _LEADS_IN.search(line))
        part = self._made(section.start, section.start + len(line), section.path, is_heading=not is_sentence)
        if is_sentence:
            self._lead = self._before = part.number
        else:
            self._headings[section.path] = part.number

    def _add_unit(self, passage: Passage, unit: Unit) -> None:
        if not any(char.isalpha() for char in unit.text):
            self._ruled = bool(_RULED.search(unit.text))
            return
        start = passage.start + unit.start
        line = self._document.text.rfind("\n", 0, start) + 1
        is_item = unit.is_item or bool(_ITEM_MARK.match(self._document.text[line:start]))
        is_item = is_item or (self._lead is not None and unit.text[:1].islower())
        asks = self._is_question_alone(start, passage.start + unit.end)
        if not is_item and (asks or _is_unseen_heading(unit.text)):
            self._within = self._made(start, passage.start + unit.end, passage.path, is_heading=True).number
            self._before = None
            self._lead = self._asked = self._within if asks else None
            return
        if not is_item and self._asked is None:
            self._lead = None
        self._asked = None
        part = self._made(start, passage.start + unit.end, passage.path, is_item=is_item, is_row=unit.is_row)
        self._before = part.number
        if not is_item and unit.introduces:
            self._lead = part.number

    def _is_question_alone(self, start: int, end: int) -> bool:
        """Whether this is a question on a line of its own, which what stands below answers."""
        text = self._document.text
        before, after = text[text.rfind("\n", 0, start) + 1 : start], text[end:].split("\n", 1)[0]
        alone = not any(map(str.isalnum, before + after))
        return alone and text[start:end].rstrip("*_ ").endswith("?")

    def _made(
        self, start: int, end: int, path: tuple[str, ...], is_heading: bool = False, is_item: bool = False,
        is_row: bool = False,
    ) -> Part:  # fmt: skip
        text = self._document.text[start:end]
        headings = self._above(path, is_heading)
        words = self._looked_up(text, headings)
        found = acting(words)
        roles = found.roles
        if is_row or (is_heading and not roles and len(found.named) == 1):
            roles = tuple(sorted(found.named))
        elif not is_heading and (not roles or (is_item and not found.first_acts)):
            roles = self._inherited(words, headings) or (() if is_item else roles)
        part = Part(
            len(self.parts), start, end, text, words, path, is_heading, is_item, is_row,
            self._lead, self._before, headings, roles, found.named, found.doers,
        )  # fmt: skip
        self.parts.append(part)
        return part

    def _above(self, path: Sequence[str], is_heading: bool) -> tuple[int, ...]:
        """The headings above, the innermost last."""
        paths = [tuple(path[:depth]) for depth in range(1, len(path) + 1)]
        headings = tuple(self._headings[each] for each in paths if each in self._headings)
        return headings if self._within is None or is_heading else (*headings, self._within)

    def _looked_up(self, text: str, headings: Sequence[int]) -> tuple[str, ...]:
        speaker = speaker_of([self.parts[number].named for number in headings])
        written = read_as([self._aliases.get(word, word) for word in self._lexicon.words(text)], speaker)
        return told_apart([*written, SIGNATURE_LINE] if self._is_signed(text) else written)

    def _is_signed(self, text: str) -> bool:
        """Whether this is a line to sign on, or stands right below one."""
        below, self._ruled = self._ruled, False
        return below or bool(_RULED.search(text))

    def _inherited(self, words: Sequence[str], headings: Sequence[int]) -> tuple[Role, ...]:
        """Who acts where nobody is named: the one of the lead-in, of what it points back to, or of a heading."""
        if self._lead is not None and self.parts[self._lead].roles:
            return self.parts[self._lead].roles
        if self._before is not None and points_back(words):
            return self.parts[self._before].roles
        return next((self.parts[number].roles for number in reversed(headings) if self.parts[number].roles), ())


def _is_unseen_heading(text: str) -> bool:
    capitals = text.isupper() and len(text) <= _LONGEST_CAPITALS and not any(char.isdigit() for char in text)
    return capitals or bool(_PARAGRAPH_TITLE.match(text) and text[-1] not in ".:;,")


def _locator(document: Document, part: Part) -> str:
    """The place in words, as of a passage: heading and page."""
    pages = [span.label for span in document.pages if span.start < part.end and part.start < span.end]
    first, last = (pages[0], pages[-1]) if pages else (None, None)
    passage = Passage("", "", part.path, part.text, part.start, part.end, first_page=first, last_page=last)
    return passage.locator
