"""`Line`s -> `Block`s: headings, paragraphs, list items and footnotes, with wrapped and page-broken text joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.reading.lines import Line
from assistant.reading.sentences import ends_with_abbreviation, sentence_spans
from assistant.reading.tables import Table, find_tables

BlockKind = Literal["heading", "paragraph", "item", "footnote", "row"]

_BULLET = re.compile(r"^(?P<mark>[•‒–▪◦·*o-]|\d{1,2}[.)]|[a-zåäö]\))\s+(?=\S)")
_NUMBERED = re.compile(r"^(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?P<title>[A-ZÅÄÖ\"”“].*)$")
_MARKDOWN_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>\S.*)$")
SUBTITLE = re.compile(r"^[-–] [a-zåäö]")
_FOOTNOTE = re.compile(r"^[¹²³⁴⁵⁶⁷⁸⁹⁰]+\s+\S")
_TERMINAL = re.compile(r"[.!?:;…][\"”“’»)\]]*$")
_HYPHEN_KEPT = re.compile(r"(?:^|[\s/(])[A-ZÅÄÖ]{2,}-$")
#: A line that begins with one of these in upper case begins a sentence; it is no name in the middle of one.
_SENTENCE_STARTS = frozenset(
    "allt att av de den denna dessa det detta där därför därutöver då efter en enligt ett exempel flera från för "
    "följande förutom genom hur härutöver i inför inom jag man med medan men mot nedan när och också om samt sedan som "
    "så till trots under ur utan utifrån utöver vad varje vi vid vidare vilka vilken vilket är även över".split()
)
#: How full a line must be, as a share of its neighbours' width, for the next line to be its continuation.
_FULL_AFTER_STOP, _FULL = 0.97, 0.85
#: A line of at most so many characters may be a diagram's label; as many lines as a sheet can have.
_LABEL_WIDTH, _WHOLE_SHEET = 30, 200
#: A slide's title that was stored last on the slide has at most so many words on its line.
_TITLE_WORDS = 4
#: The longest heading in characters and words.
_HEADING_CHARS, _HEADING_WORDS = 110, 14


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item, table row or footnote.

    `level` is a heading's depth from 1 or an item's from 1. `marks` holds, for each line that went into `text`, its
    offset there and its page, so that a place within the block still knows its page. `label` is what a heading is
    called where its own words do not say it alone ("2 §" is called "7 kap. 2 § kommunallagen").
    """

    kind: BlockKind
    text: str
    sheet: int
    level: int = 0
    indent: int = 0
    marker: str = ""
    marks: tuple[tuple[int, str | None], ...] = ()
    label: str = ""

    @property
    def complete(self) -> bool:
        """True when the text ends as a sentence does."""
        return bool(_TERMINAL.search(self.text)) and not ends_with_abbreviation(self.text)

    @property
    def words(self) -> int:
        return len(self.text.split())


def read_blocks(lines: Sequence[Line]) -> tuple[Block, ...]:
    """The document's blocks in reading order; unnumbered headings are still paragraphs here."""
    blocks: list[Block] = []
    last_number: tuple[int, ...] = ()
    tables = {number: table for table in find_tables(lines) for number in range(table.start, table.end)}
    for index, line in enumerate(lines):
        table = tables.get(index)
        if table:
            blocks += _table_blocks(table, len(last_number)) if index == table.start else []
            continue
        heading = _numbered_heading(line.text, last_number)
        if heading:
            last_number = heading
            blocks.append(_block(line, "heading", line.text, level=len(heading)))
        elif match := _MARKDOWN_HEADING.match(line.text):
            blocks.append(_block(line, "heading", match["title"], level=len(match["marks"])))
        elif _FOOTNOTE.match(line.text):
            blocks.append(_block(line, "footnote", line.text))
        elif (match := _BULLET.match(line.text)) and not _dash_within(match, line, blocks):
            blocks.append(_item(line, match, blocks))
        elif blocks and not _is_subtitle(line, blocks[-1]) and _continues(blocks[-1], lines, index):
            blocks[-1] = _joined(blocks[-1], line.text, line.page)
        else:
            blocks.append(_block(line, "paragraph", line.text))
    return tuple(_footnotes_to_marks(_join_over_pages(blocks)))


def _table_blocks(table: Table, level: int) -> list[Block]:
    """Each row as a block; a group's label becomes a heading below the section's own."""
    blocks: list[Block] = []
    group = ""
    for row in table.rows:
        if row.group != group:
            group = row.group
            blocks.append(_block(row.line, "heading", group, level=level + 1))
        blocks.append(_block(row.line, "row", row.text))
    return blocks


def _block(line: Line, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> Block:
    return Block(kind, text, line.sheet, level, line.indent, marker, ((0, line.page),))


def _numbered_heading(text: str, last: tuple[int, ...]) -> tuple[int, ...] | None:
    """The heading's number when it can follow `last`: a first child, the next sibling or an ancestor's next."""
    match = _NUMBERED.match(text)
    if not match or len(text) > _HEADING_CHARS or _TERMINAL.search(text):
        return None
    number = tuple(int(part) for part in match["number"].split("."))
    child = number[: len(last)] == last and set(number[len(last) :]) == {1}
    depth = len(number)
    sibling = depth <= len(last) and number[:-1] == last[: depth - 1] and number[-1] == last[depth - 1] + 1
    deeper = depth > 1 and bool(last) and number[0] == last[0] + 1 and set(number[1:]) == {1}
    return number if child or sibling or deeper else None


def _item(line: Line, match: re.Match[str], before: Sequence[Block]) -> Block:
    mark = match["mark"]
    kind = "#" if mark[0].isdigit() else mark
    run: list[Block] = []
    for block in reversed(before):
        if block.kind != "item":
            break
        run.insert(0, block)
    level = 1
    if run and (kind, line.indent) != (run[0].marker, run[0].indent):
        level = 2 if kind != run[0].marker or line.indent > run[0].indent else 1
    text = line.text if mark[0].isdigit() or mark[-1] == ")" else line.text[match.end() :]
    return _block(line, "item", text, level, kind)


def _dash_within(match: re.Match[str], line: Line, before: Sequence[Block]) -> bool:
    """True for a dash that goes on with the sentence of the line above instead of beginning a list item."""
    if match["mark"] not in "-–" or not before or line.gap:
        return False
    block = before[-1]
    in_list = block.kind == "item" and block.marker == match["mark"]
    return not in_list and not block.complete and line.text[match.end()].islower()


def _is_subtitle(line: Line, block: Block) -> bool:
    """True for a line that goes on with a heading after a dash ("- så vad kan man göra?")."""
    one = len(block.marks) == 1 and len(sentence_spans(block.text)) == 1
    return bool(SUBTITLE.match(line.text)) and block.kind == "paragraph" and one and block.words <= _HEADING_WORDS


def _continues(block: Block, lines: Sequence[Line], index: int) -> bool:
    """True when line `index` goes on with the block that the line before ended."""
    line, before = lines[index], lines[index - 1]
    if block.kind == "heading":
        return line.gap == 0 and line.text[:1].islower()
    if line.text[:1].islower() and (line.gap == 0 or not block.complete):
        return line.gap == 0 or block.kind != "footnote"
    if line.gap > 0 or block.kind == "footnote":
        return False
    if block.kind == "item" and line.indent > block.indent and len(before.text) < 60:
        return True
    first = line.text.split()[0]
    stopped = bool(_TERMINAL.search(before.text))
    if first[0].isupper() and _begins_anew(block, lines, index, stopped):
        return False
    width = _width(lines, index, _WHOLE_SHEET if stopped else 4)
    return len(before.text) + 1 + len(first) > (_FULL_AFTER_STOP if stopped else _FULL) * width


def _begins_anew(block: Block, lines: Sequence[Line], index: int, stopped: bool) -> bool:
    """True when a capitalised line, however full the one above is, cannot be its continuation."""
    line, before = lines[index], lines[index - 1]
    if block.kind == "item" and _heads_list(lines, index):
        return True
    if _is_label(lines, index - 1) and _is_label(lines, index):
        return before.text[-1] not in "-/" and before.text.split()[-1] not in _SENTENCE_STARTS
    last = index + 1 == len(lines) or lines[index + 1].sheet != line.sheet
    title = block.kind == "item" and last and len(line.text.split()) <= _TITLE_WORDS
    return not stopped and (title or line.text.split()[0].lower() in _SENTENCE_STARTS)


def _is_label(lines: Sequence[Line], index: int) -> bool:
    """True for a short line on a sheet where most lines are short, as in a diagram."""
    sheet = lines[index].sheet
    near = [line.text for line in lines[max(0, index - _WHOLE_SHEET) : index + _WHOLE_SHEET] if line.sheet == sheet]
    short = sum(1 for text in near if len(text) <= _LABEL_WIDTH)
    bullets = any(_BULLET.match(text) for text in near)
    return not bullets and len(lines[index].text) <= _LABEL_WIDTH and short >= 0.7 * len(near) and len(near) > 4


def _width(lines: Sequence[Line], index: int, reach: int) -> int:
    """The longest line among the neighbours on the same sheet, in characters."""
    sheet = lines[index].sheet
    near = [line for line in lines[max(0, index - reach) : index + reach] if line.sheet == sheet]
    return max(len(line.text) for line in near)


def _heads_list(lines: Sequence[Line], index: int) -> bool:
    """True when the line is shaped as a heading and a list begins right below it."""
    text = lines[index].text
    if not text[:1].isupper() or len(text) > _HEADING_CHARS or _TERMINAL.search(text):
        return False
    after = lines[index + 1 : index + 3]
    following = next((line for line in after if not line.text[:1].islower()), None)
    return following is not None and bool(_BULLET.match(following.text))


def _joined(block: Block, text: str, page: str | None) -> Block:
    """The block with one more line, a word that was broken at the line's end put together again."""
    head, glue = block.text, " "
    if head.endswith("-") and text[:1].islower() and text.split(maxsplit=1)[0] not in {"och", "eller", "samt", "till"}:
        glue = ""
        if not _HYPHEN_KEPT.search(head):
            head = head.rstrip("-")
    elif head.endswith("/"):
        glue = ""
    return replace(block, text=head + glue + text, marks=(*block.marks, (len(head + glue), page)))


def _join_over_pages(blocks: Sequence[Block]) -> list[Block]:
    """Joins a paragraph that a page break cut in two, also over the footnotes at the foot of the page."""
    result: list[Block] = []
    for block in blocks:
        open_at = _open_paragraph(result)
        if open_at is not None and block.kind == "paragraph" and block.text[:1].islower():
            shift = _joined(result[open_at], block.text, block.marks[0][1])
            base = shift.marks[-1][0]
            marks = tuple((base + offset, page) for offset, page in block.marks)
            result[open_at] = replace(shift, marks=(*shift.marks[:-1], *marks))
        else:
            result.append(block)
    return result


def _footnotes_to_marks(blocks: Sequence[Block]) -> list[Block]:
    """Puts each footnote right after the block that holds its mark, so that both come in one passage."""
    result: list[Block] = []
    for block in blocks:
        mark = _FOOTNOTE.match(block.text) if block.kind == "footnote" else None
        sign = mark.group().split()[0] if mark else ""
        cited = [i for i, other in enumerate(result) if sign and other.kind != "footnote" and sign in other.text]
        at = cited[-1] + 1 if cited else len(result)
        while at < len(result) and result[at].kind == "footnote":
            at += 1
        result.insert(at, block)
    return result


def _open_paragraph(blocks: Sequence[Block]) -> int | None:
    """Where the last paragraph or item stands if its sentence is unfinished; footnotes after it are looked past."""
    index = len(blocks) - 1
    while index >= 0 and blocks[index].kind == "footnote":
        index -= 1
    if index < 0 or blocks[index].kind not in ("paragraph", "item") or blocks[index].complete:
        return None
    return index
