"""A conversation as a paper: a head, questions, answers in paragraphs and list items, and numbered notes.

All text in a paper is one line each and holds no character that XML forbids; it is plain text, not Markdown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.exporting import phrases
from assistant.reading.sentences import CELL_GAP
from assistant.types import Answer, AnswerSentence, Citation

BlockKind = Literal["paragraph", "item"]
#: The writer of an answer that no chat model has written.
_EXTRACTIVE = "extractive"
#: The most characters of the first question in the paper's title.
_LONGEST_SUBJECT = 100
#: Characters that XML forbids though they are no control characters.
_FORBIDDEN = frozenset("\ufffe\uffff")
#: What begins a list item in the text of an answer that has no sentences.
_BULLET = "- "
_NEXT_ROW = " / "
_OPENING, _CLOSING = '”"“«»', '”"»«'
#: The place of a citation: its source, and where its words begin and end.
_Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as shown, and the numbers of its notes."""

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a list item."""

    kind: BlockKind
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what is said about how the answer came about, the answer, and what was left out of it."""

    question: str
    remarks: tuple[str, ...]
    blocks: tuple[Block, ...]
    left_out: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What an export is set from. Note number `n` is `notes[n - 1]`; one place in a source has one number."""

    heading: str
    title: str
    day: date
    facts: tuple[str, ...]
    warning: str
    exchanges: tuple[Exchange, ...]
    notes: tuple[str, ...]


def make_paper(conversation: Sequence[tuple[str, Answer]], day: date) -> Paper:
    """The paper of a conversation of at least one answer."""
    answers = [answer for _, answer in conversation]
    many = len(answers) > 1
    writers = list(dict.fromkeys(answer.writer for answer in answers))
    notes = NoteList()
    exchanges = tuple(_exchange(question, answer, notes, len(writers) > 1) for question, answer in conversation)
    heading = phrases.HEADING_MANY if many else phrases.HEADING_ONE
    return Paper(
        heading=heading,
        title=f"{heading}: {_shortened(exchanges[0].question)}",
        day=day,
        facts=tuple(_facts(answers, writers, day)),
        warning=phrases.WARNING_MANY if many else phrases.WARNING_ONE,
        exchanges=exchanges,
        notes=tuple(notes.texts),
    )


def one_line(text: str) -> str:
    """The text on one line, without lone surrogates and control characters."""
    kept = text.encode("utf-8", "ignore").decode("utf-8")
    spaced = "".join(" " if unicodedata.category(char) == "Cc" else char for char in kept if char not in _FORBIDDEN)
    return " ".join(spaced.split())


class NoteList:
    """The notes so far, in order of first use; note `n` is `texts[n - 1]`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[_Place, int] = {}

    def number(self, citation: Citation) -> int:
        place = (citation.source.id, citation.start, citation.end)
        if place not in self._numbers:
            self.texts.append(note_text(citation))
            self._numbers[place] = len(self.texts)
        return self._numbers[place]


def note_text(citation: Citation) -> str:
    """Title, publisher, year and place, what kind of source it is in words, and the quoted words."""
    source, passage = citation.source, citation.passage
    year = str(source.year) if source.year else ""
    known = [one_line(part) for part in (source.title, source.publisher or "", year, passage.locator)]
    where = ", ".join(part for part in known if part)
    return f"{where} ({phrases.kind_of(source, passage.voice)}): {_quoted(_quotation(citation.quote))}"


def _quotation(quote: str) -> str:
    """The quoted words on one line, with a stroke between two rows of a table."""
    joined = ""
    for line in filter(None, map(one_line, quote.split("\n"))):
        is_next_row = CELL_GAP in line and CELL_GAP in joined
        joined += (_NEXT_ROW if is_next_row else " ") + line
    return joined.strip()


def _quoted(words: str) -> str:
    """The words within quotation marks: their own, or guillemets around words that hold some."""
    inner = words[1:-1]
    if len(words) > 2 and words[0] in _OPENING and words[-1] in _CLOSING and not set(inner) & set(_OPENING):
        return words
    return f"»{words}«" if set(words) & set(_OPENING) else f"”{words}”"


def _facts(answers: Sequence[Answer], writers: Sequence[str], day: date) -> Iterator[str]:
    yield phrases.DATE.format(day=phrases.swedish_date(day))
    indexes = dict.fromkeys(one_line(answer.index_id) for answer in answers if answer.index_id)
    if indexes:
        yield phrases.INDEX.format(index=", ".join(indexes))
    ways = [_way(writer, many=len(answers) > 1) for writer in writers]
    label = phrases.WAY_MANY if len(answers) > 1 else phrases.WAY_ONE
    yield label.format(way=" och ".join(ways))


def _way(writer: str, *, many: bool) -> str:
    """How answers came about."""
    if writer == _EXTRACTIVE:
        return phrases.FROM_SOURCES_MANY if many else phrases.FROM_SOURCES_ONE
    return (phrases.BY_MODEL_MANY if many else phrases.BY_MODEL_ONE).format(model=one_line(writer))


def _exchange(question: str, answer: Answer, notes: NoteList, tell_writer: bool) -> Exchange:
    way = phrases.WAY_ONE.format(way=_way(answer.writer, many=False)) if tell_writer else ""
    remarks = (way, one_line(answer.notice))
    return Exchange(
        question=one_line(question),
        remarks=tuple(remark for remark in remarks if remark),
        blocks=tuple(_blocks(answer, notes) if answer.sentences else _plain_blocks(answer.text)),
        left_out=phrases.left_out(len(answer.withheld)),
    )


def _blocks(answer: Answer, notes: NoteList) -> Iterator[Block]:
    """The sentences in paragraphs and list items, as the answer has laid them out."""
    citations = {citation.n: citation for citation in answer.citations}
    runs: list[list[AnswerSentence]] = []
    for sentence in answer.sentences:
        if sentence.opens or not runs:
            runs.append([])
        runs[-1].append(sentence)
    for run in runs:
        is_item = run[0].opens == "item"
        if is_item and run[0].lead:
            yield Block("paragraph", (Sentence(one_line(run[0].lead), ()),))
        sentences = (
            Sentence(
                one_line(each.text if is_item else f"{each.lead}{each.text}"),
                tuple(notes.number(citations[n]) for n in each.citations),
            )
            for each in run
        )
        yield Block("item" if is_item else "paragraph", tuple(sentences))


def _plain_blocks(text: str) -> Iterator[Block]:
    """The paragraphs and list items of a text without citations."""
    for paragraph in text.split("\n\n"):
        lines: list[str] = []
        for line in paragraph.split("\n"):
            if line.startswith(_BULLET) or not lines or lines[-1].startswith(_BULLET):
                lines.append(line)
            else:
                lines[-1] += f" {line}"
        for line in lines:
            kind: BlockKind = "item" if line.startswith(_BULLET) else "paragraph"
            words = one_line(line.removeprefix(_BULLET))
            if words:
                yield Block(kind, (Sentence(words),))


def _shortened(question: str) -> str:
    if len(question) <= _LONGEST_SUBJECT:
        return question
    return question[:_LONGEST_SUBJECT].rsplit(" ", 1)[0] + " …"
