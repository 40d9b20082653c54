"""`Source` -> `Document`: the whole way from file to extracted text, sections and passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.reading.blocks import Block, read_blocks
from assistant.reading.contents import split_contents
from assistant.reading.headings import mark_headings
from assistant.reading.lines import read_lines
from assistant.reading.passages import PlacedBlock, SectionBlocks, cut_passages
from assistant.reading.raw import RawDocument
from assistant.reading.statutes import read_statute, statute_blocks
from assistant.reading.worker import read_bounded
from assistant.types import Document, PageSpan, Section, Source

#: Changes when the readers give other text or passages for the same file, so that indexes are built anew.
READER_VERSION = 4


def read_document(source: Source, passage_words: int) -> Document:
    """Reads a source's file. `ReadError` says in Swedish why it cannot be read."""
    return document_from_raw(source, read_bounded(source.path), passage_words)


def document_from_raw(source: Source, raw: RawDocument, passage_words: int) -> Document:
    """The document that a reader's pages or blocks make; `passage_words` is the longest passage in words."""
    lines, contents = split_contents(read_lines(raw.pages))
    blocks = raw.blocks or _statute(raw) or mark_headings(read_blocks(lines))
    placed, text = _place(blocks)
    sections = _sections(placed, len(text), contents)
    passages = cut_passages(source.id, text, placed, sections, passage_words)
    return Document(
        source, text, tuple(section.section for section in sections), passages, _page_spans(placed, len(text))
    )


def _statute(raw: RawDocument) -> tuple[Block, ...]:
    """The blocks of a statute in the plain text of publication; none when the file is no statute."""
    statute = read_statute("\n\n".join(page.text for page in raw.pages))
    return statute_blocks(statute) if statute else ()


def _place(blocks: Sequence[Block]) -> tuple[tuple[PlacedBlock, ...], str]:
    """Writes the blocks into one text: a blank line between them, none between the items of a list."""
    text = ""
    placed: list[PlacedBlock] = []
    for block in blocks:
        in_list = bool(placed) and block.kind in ("item", "row") and placed[-1].block.kind in ("item", "row")
        text += "" if not text or not block.text else "\n" if in_list else "\n\n"
        mark = _mark(block)
        start = len(text)
        text += mark + block.text
        placed.append(PlacedBlock(block, start, len(text), start + len(mark)))
    return tuple(placed), text


def _mark(block: Block) -> str:
    if block.kind != "item" or block.marker == "#" or block.marker.endswith(")"):
        return ""
    return "• " if block.level == 1 else "  ‒ "


def _sections(placed: Sequence[PlacedBlock], length: int, contents: Mapping[str, str]) -> tuple[SectionBlocks, ...]:
    """Cuts the text at each heading. A section's path holds the headings that it lies under."""
    path: list[tuple[int, str]] = []
    sections: list[SectionBlocks] = []
    body: list[PlacedBlock] = []
    start = 0

    def close(end: int) -> None:
        if body or path:
            first, last = _pages_of(body)
            section = Section(tuple(text for _, text in path if text), start, end, first, last)
            sections.append(SectionBlocks(section, tuple(body)))

    for item in placed:
        if item.block.kind != "heading":
            body.append(item)
            continue
        close(item.start)
        path = [(level, text) for level, text in path if level < item.block.level]
        path.append((item.block.level, item.block.label or item.block.text))
        body, start = [], item.start
    close(length)
    return tuple(_with_contents_pages(sections, contents))


def _pages_of(body: Sequence[PlacedBlock]) -> tuple[str | None, str | None]:
    pages = [page for item in body for _, page in item.block.marks if page is not None]
    return (pages[0], pages[-1]) if pages else (None, None)


def _with_contents_pages(sections: Sequence[SectionBlocks], contents: Mapping[str, str]) -> list[SectionBlocks]:
    """Gives sections without pages those of the table of contents: from their own to that of the next listed heading.

    The last listed heading's end is not known: its `last_page` stays None.
    """
    starts = [_listed_page(item.section, contents) for item in sections]
    result = []
    for index, item in enumerate(sections):
        first = starts[index]
        following = next((page for page in starts[index + 1 :] if page is not None), None)
        section = item.section
        if section.first_page is None and first is not None:
            section = replace(section, first_page=first, last_page=following)
        result.append(replace(item, section=section))
    return result


def _listed_page(section: Section, contents: Mapping[str, str]) -> str | None:
    """The page of the innermost heading that the table of contents lists, for sections directly under it."""
    for heading in reversed(section.path):
        page = contents.get(heading.split(" ", 1)[0].rstrip("."))
        if page is not None:
            return page
    return None


def _page_spans(placed: Sequence[PlacedBlock], length: int) -> tuple[PageSpan, ...]:
    starts: list[tuple[str, int]] = []
    for item in placed:
        for offset, page in item.block.marks:
            if page is not None and (not starts or starts[-1][0] != page):
                starts.append((page, item.text_start + offset if offset else item.start))
    ends = [*(start for _, start in starts[1:]), length]
    return tuple(PageSpan(page, start, end) for (page, start), end in zip(starts, ends, strict=False))
