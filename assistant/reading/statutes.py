"""Statutes in the plain text in which Sweden publishes them: chapter, heading, section, paragraphs and points.

    7 kap. Anställda                      a chapter, on a line of its own
    Direktören                            a heading, on a line of its own
    1 § Styrelsen ska utse en direktör.   a section; further paragraphs (stycken) stand below, points begin `1.` or `a)`
    Lag (2019:835).                       the statute that last amended the section
    Övergångsbestämmelser                 transitional provisions, under the number of each amending statute

Lines may be wrapped at any width; a blank line parts paragraphs, headings and sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.reading.blocks import Block
from assistant.reading.lines import clean

_TITLE = re.compile(
    r"^(?:(?P<plain>Lag|Förordning) \((?P<number>\d{4}:\d+)\) [^{]*[^{\s]"
    r"|(?P<name>[A-ZÅÄÖ]\w*(?:lag|balk|förordning|form)) \((?P<sfs>\d{4}:\d+)\))"
)
_THROUGH = re.compile(r"(?:t\.o\.m\.|till och med)\s+SFS\s+(\d{4}:\d+)")
_CHAPTER = re.compile(r"^(?P<number>\d{1,2}(?: ?[a-z])?) kap\. (?P<title>[A-ZÅÄÖ].*)$")
_SECTION = re.compile(r"^(?P<number>\d{1,3}(?: ?[a-z])?) §\s+(?P<text>\S.*)$", re.DOTALL)
_POINT = re.compile(r"^(?:\d{1,2}\.|[a-zåäö]\)|–|-)\s+")
_AMENDED = re.compile(r"\s*(?:Lag|Förordning) \((?P<sfs>\d{4}:\d+)\)\.\s*$")
_IN_FORCE = re.compile(r"^(?P<mark>/(?:Träder i kraft|Upphör att gälla)[^/]*/)\s*(?P<text>.*)$", re.DOTALL)
_SFS_LINE = re.compile(r"^\d{4}:\d+$")
_TRANSITIONAL = re.compile(r"^Övergångsbestämmelser$", re.IGNORECASE)
_ENDS = re.compile(r"[.:;,!?]$|\b(?:och|eller|samt)$")
#: The least number of sections that make a text a statute.
_LEAST_SECTIONS = 3


@dataclass(frozen=True, slots=True)
class StatuteSection:
    """One `§`. `paragraphs` are its stycken and points, in order; `amended_by` is the SFS number of the last amendment.

    `chapter` is "" in a statute without chapters; `heading` is the innermost heading above, "" where there is none.
    """

    chapter: str
    chapter_title: str
    heading: str
    number: str
    paragraphs: tuple[str, ...]
    amended_by: str = ""


@dataclass(frozen=True, slots=True)
class Statute:
    """`consolidated_through` is the SFS number of the last amendment that the text holds, "" when it does not say."""

    title: str
    sfs: str
    short_name: str
    consolidated_through: str
    sections: tuple[StatuteSection, ...]
    transitional: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_statute(text: str) -> Statute | None:
    """The statute that the text holds, or None when it is no statute."""
    paragraphs = [clean(part.replace("\n", " ")) for part in re.split(r"\n\s*\n", text)]
    paragraphs = [paragraph for paragraph in _split_lines(paragraphs) if paragraph]
    match = next((found for paragraph in paragraphs[:6] if (found := _TITLE.match(paragraph))), None)
    if not match:
        return None
    reader = _Reader(paragraphs)
    sections, transitional = reader.read()
    if len(sections) < _LEAST_SECTIONS:
        return None
    sfs = match["sfs"] or match["number"]
    through = _THROUGH.search(text[:3000])
    return Statute(match.group(), sfs, _short_name(match), through.group(1) if through else "", sections, transitional)


def statute_blocks(statute: Statute) -> tuple[Block, ...]:
    """The statute as blocks: each section one heading (`7 kap. 2 § kommunallagen`) with its paragraphs and points."""
    return tuple(_blocks(statute))


def _split_lines(paragraphs: Iterable[str]) -> Iterator[str]:
    """Some copies put a chapter's heading right above its first section, without a blank line."""
    for paragraph in paragraphs:
        yield from re.split(r"(?<=[a-zåäö]) (?=1 § [A-ZÅÄÖ])", paragraph) if _CHAPTER.match(paragraph) else [paragraph]


def _short_name(match: re.Match[str]) -> str:
    """The name in running text: `kommunallagen`, or `lagen (2006:544)` for a statute that has no name of its own."""
    if match["plain"]:
        return f"{match['plain'].lower()}en ({match['number']})"
    return match["name"].lower() + "en"


@dataclass
class _Reader:
    """Walks the paragraphs once, from the first chapter or section on."""

    paragraphs: Sequence[str]
    chapter: tuple[str, str] = ("", "")
    heading: str = ""
    sections: list[StatuteSection] = field(default_factory=list)
    transitional: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def read(self) -> tuple[tuple[StatuteSection, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
        end = next((i for i, text in enumerate(self.paragraphs) if _TRANSITIONAL.match(text)), len(self.paragraphs))
        open_section: list[str] = []
        number = ""
        for index, text in enumerate(self.paragraphs[:end]):
            chapter, section = _CHAPTER.match(text), _SECTION.match(text)
            if chapter:
                self._close(number, open_section)
                number, self.chapter, self.heading = "", (chapter["number"], chapter["title"]), ""
            elif section and self._follows(section, number):
                self._close(number, open_section)
                number, open_section = section["number"], _with_mark_apart(section["text"])
            elif self._is_heading(index, end, number):
                self._close(number, open_section)
                number, self.heading = "", text
            elif number:
                open_section.append(text)
        self._close(number, open_section)
        self._read_transitional(self.paragraphs[end + 1 :])
        return tuple(self.sections), tuple(self.transitional)

    def _follows(self, section: re.Match[str], current: str) -> bool:
        """True when the number comes later in the chapter than the last section: references in a text do not.

        The same number comes again where a section has one wording until a day and another from it.
        """
        new = section["number"]
        before = [section.number for section in self.sections[-1:] if section.chapter == self.chapter[0]]
        last = current or next(iter(before), "")
        again = bool(_IN_FORCE.match(section["text"])) and new == last
        return not last or again or _order(new) > _order(last)

    def _is_heading(self, index: int, end: int, number: str) -> bool:
        """A short line without a full stop whose next section or heading follows; never before the first section."""
        text = self.paragraphs[index]
        following = self.paragraphs[index + 1] if index + 1 < end else ""
        begins = bool(_SECTION.match(following) or _CHAPTER.match(following))
        shaped = text[0].isupper() and not _ENDS.search(text) and not _POINT.match(text) and len(text) < 150
        started = bool(number or self.sections or self.chapter[0] or begins)
        return shaped and started and (begins or self._heading_follows(index + 1, end))

    def _heading_follows(self, index: int, end: int) -> bool:
        """True when the next line is itself a heading right above a section: a heading with a subheading."""
        if index + 1 >= end:
            return False
        text, following = self.paragraphs[index], self.paragraphs[index + 1]
        return text[0].isupper() and not _ENDS.search(text) and len(text) < 150 and bool(_SECTION.match(following))

    def _close(self, number: str, paragraphs: list[str]) -> None:
        if not number:
            return
        last, amended = _without_mark(paragraphs[-1])
        kept = (*paragraphs[:-1], last) if last else tuple(paragraphs[:-1])
        self.sections.append(StatuteSection(*self.chapter, self.heading, number, kept, amended))
        paragraphs.clear()

    def _read_transitional(self, paragraphs: Sequence[str]) -> None:
        group: list[str] = []
        name = ""
        for text in (*paragraphs, "0000:0"):
            if _SFS_LINE.match(text):
                if group:
                    self.transitional.append((name, tuple(group)))
                name, group = text, []
            else:
                group.append(text)


def _with_mark_apart(text: str) -> list[str]:
    """A section's first paragraph; the mark of when its wording is in force stands before it as one of its own."""
    match = _IN_FORCE.match(text)
    return [match["mark"], match["text"]] if match else [text]


def _without_mark(text: str) -> tuple[str, str]:
    """A section's last paragraph without the mark of the last amendment, and that statute's SFS number."""
    match = _AMENDED.search(text)
    return (text[: match.start()], match["sfs"]) if match else (text, "")


def _order(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return int(digits.group()) if digits else 0, number[digits.end() :].strip() if digits else ""


def _blocks(statute: Statute) -> Iterator[Block]:
    chapter, heading = "", ""
    for section in statute.sections:
        if section.chapter != chapter:
            chapter, heading = section.chapter, ""
            yield Block("heading", f"{section.chapter} kap. {section.chapter_title}", 0, level=1)
        if section.heading != heading:
            heading = section.heading
            yield Block("heading", heading, 0, level=2)
        yield Block("heading", f"{section.number} §", 0, level=3, label=section_name(statute, section))
        yield from _paragraphs(section.paragraphs)
        if section.amended_by:
            yield Block("footnote", f"{_form(statute)} ({section.amended_by}).", 0)
    for name, paragraphs in statute.transitional:
        yield Block("heading", f"Övergångsbestämmelser {name}".strip(), 0, level=1)
        yield from _paragraphs(paragraphs)


def _form(statute: Statute) -> str:
    return "Förordning" if "förordning" in statute.title.split("(")[0].lower() else "Lag"


def section_name(statute: Statute, section: StatuteSection) -> str:
    """How the section is cited: `7 kap. 2 § kommunallagen`."""
    chapter = f"{section.chapter} kap. " if section.chapter else ""
    return f"{chapter}{section.number} § {statute.short_name}"


def _paragraphs(paragraphs: Sequence[str]) -> Iterator[Block]:
    for text in paragraphs:
        if _POINT.match(text):
            yield Block("item", text, 0, level=2 if text[1:2] == ")" else 1, marker="#")
        else:
            yield Block("paragraph", text, 0)
