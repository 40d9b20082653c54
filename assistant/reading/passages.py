"""Sections -> `Passage`s: whole sentences of one section in one voice, about a paragraph or a list long."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.reading.blocks import Block
from assistant.reading.sentences import sentence_spans
from assistant.types import Passage, Section, Voice

_QUOTED = re.compile(r"^[\"”“»].*[\"”“«][.!?]?$", re.DOTALL)
#: A last passage of fewer words joins the one before it, which may then be this much longer than the limit.
_SHORT_TAIL, _STRETCH = 25, 1.35


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block and where it lies in the document's text; `text_start` is where its words begin, after any bullet."""

    block: Block
    start: int
    end: int
    text_start: int

    @property
    def voice(self) -> Voice:
        return "quotation" if _QUOTED.match(self.block.text) else "text"

    def page_at(self, position: int) -> str | None:
        """The page on which the character at `position` of the document's text stands."""
        page = None
        for offset, number in self.block.marks:
            if self.text_start + offset <= position or page is None:
                page = number
        return page


@dataclass(frozen=True, slots=True)
class SectionBlocks:
    """A section and the blocks of its body (its heading not among them)."""

    section: Section
    blocks: tuple[PlacedBlock, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, or whole sentences of a long one."""

    owner: PlacedBlock
    start: int
    end: int
    words: int


def cut_passages(
    source_id: str, text: str, placed: Sequence[PlacedBlock], sections: Sequence[SectionBlocks], words: int
) -> tuple[Passage, ...]:
    """The passages of a document in order; together they hold every block that is not a heading, once."""
    seen: dict[str, int] = {}
    passages = []
    for item in sections:
        for voice, run in groupby(item.blocks, key=_voice):
            for pieces in _pack(list(_pieces(text, run, words)), words):
                passages.append(_passage(source_id, text, item, pieces, voice, seen))
    return tuple(passages)


def _voice(item: PlacedBlock) -> Voice:
    return item.voice


def _pieces(text: str, run: Iterable[PlacedBlock], words: int) -> Iterator[_Piece]:
    for item in run:
        if item.block.words <= words * _STRETCH:
            yield _Piece(item, item.start, item.end, item.block.words)
        else:
            yield from _sentences(text, item, words)


def _sentences(text: str, item: PlacedBlock, words: int) -> Iterator[_Piece]:
    """A long block in parts of about equal length, cut between sentences."""
    parts = -(-item.block.words // words)
    goal = item.block.words / parts
    spans = [(item.start + a, item.start + b) for a, b in sentence_spans(text[item.start : item.end])]
    start, count = item.start, 0
    for (_, end), following in zip(spans, [*spans[1:], None], strict=True):
        count = len(text[start:end].split())
        if following is None or count >= goal:
            yield _Piece(item, start, item.end if following is None else end, count)
            start = following[0] if following else end


def _pack(pieces: Sequence[_Piece], words: int) -> list[list[_Piece]]:
    """Groups pieces up to the limit. A lead-in goes with its list, a short last group with the one before."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and _total(groups[-1]) + piece.words <= words:
            groups[-1].append(piece)
            continue
        lead = []
        if groups and len(groups[-1]) > 1 and _introduces(groups[-1][-1]) and piece.owner.block.kind == "item":
            lead = [groups[-1].pop()]
        groups.append([*lead, piece])
    if (
        len(groups) > 1
        and _total(groups[-1]) < _SHORT_TAIL
        and _total(groups[-1]) + _total(groups[-2]) <= words * _STRETCH
    ):
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _total(pieces: Sequence[_Piece]) -> int:
    return sum(piece.words for piece in pieces)


def _introduces(piece: _Piece) -> bool:
    return piece.owner.block.kind != "item" and piece.owner.block.text.endswith(":")


def _passage(
    source_id: str, text: str, item: SectionBlocks, pieces: Sequence[_Piece], voice: Voice, seen: dict[str, int]
) -> Passage:
    start, end = pieces[0].start, pieces[-1].end
    words = text[start:end]
    first = pieces[0].owner.page_at(start)
    last = pieces[-1].owner.page_at(end - 1)
    section = item.section
    return Passage(
        id=_identity(source_id, section.path, words, seen),
        source_id=source_id,
        path=section.path,
        text=words,
        start=start,
        end=end,
        voice=voice,
        lead_in=_lead_in(text, item, pieces[0]),
        first_page=first if first is not None else section.first_page,
        last_page=last if last is not None else section.last_page,
    )


def _identity(source_id: str, path: tuple[str, ...], words: str, seen: dict[str, int]) -> str:
    """From source and content, so that a passage that did not change keeps its id when others do."""
    digest = hashlib.sha256("\x1f".join((*path, words)).encode()).hexdigest()[:12]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{source_id}:{digest}" + (f"-{seen[digest]}" if seen[digest] > 1 else "")


def _lead_in(text: str, item: SectionBlocks, first: _Piece) -> str:
    """What introduces the list that the passage begins inside: the last sentence with a colon, or the item above."""
    block = first.owner.block
    if block.kind != "item":
        return ""
    above = item.blocks[: item.blocks.index(first.owner)]
    for placed in reversed(above):
        if placed.block.kind == "item" and placed.block.level >= block.level:
            continue
        if placed.block.kind == "item" or placed.block.text.endswith(":"):
            spans = sentence_spans(placed.block.text)
            return placed.block.text[spans[-1][0] : spans[-1][1]]
        return ""
    return ""
