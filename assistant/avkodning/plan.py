"""The notes and the programme -> the plan as .docx, with footnotes that say where each reason stands.

The same plan on the same day gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.avkodning import plan_phrases as words
from assistant.avkodning.notes import Conversation, Notes, ThemeNotes, written
from assistant.avkodning.phrases import IS_NO_INSTRUKTION, VERDICT_NAMES
from assistant.avkodning.places import UNAVAILABLE, Cited, Documents, cited_theme
from assistant.avkodning.programme import Programme, Question, Theme
from assistant.avkodning.progress import STATUS_NAMES, ThemeProgress, open_questions, progress
from assistant.exporting import phrases
from assistant.exporting.docx_writing import Footnotes, Properties, package, paragraph, run, table
from assistant.exporting.paper import NoteList, one_line
from assistant.types import Citation, Finding, Review, Source


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan is made of. `own_documents` are the user's own, named but not quoted; `review` may be left out."""

    programme: Programme
    notes: Notes
    review: Review | None = None
    own_documents: tuple[Source, ...] = ()
    index_id: str = ""


def plan_docx(plan: Plan, documents: Documents, day: date | None = None) -> bytes:
    """The whole file, dated `day` (today when None). Quotes that the present sources lack are said to be lacking."""
    day = day or date.today()
    writer = _Writer(plan, documents)
    body = list(writer.body(day))
    return package(body, writer.footnotes, Properties(_heading(plan.notes), words.WARNING, day))


@dataclass
class _Writer:
    """Writes the parts in order; what is cited is gathered on the way."""

    plan: Plan
    documents: Documents
    _notes: NoteList = field(default_factory=NoteList)
    _sources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.footnotes = Footnotes(self._notes.texts)

    def body(self, day: date) -> Iterator[str]:
        notes = self.plan.notes
        yield _text(_heading(notes), "Heading1")
        for fact in self._facts(day):
            yield _text(fact, "ListBullet")
        yield _text(words.WARNING, "Notice")
        yield from _conversations(notes.conversations)
        yield from _by_person(self.plan.programme, notes)
        steps = progress(self.plan.programme, notes).themes
        for number, (theme, step) in enumerate(zip(self.plan.programme.themes, steps, strict=True), 1):
            yield from self._theme(number, theme, step)
        yield from _other_notes(self.plan.programme, notes)
        if self.plan.review:
            yield from self._review(self.plan.review)
        yield from _list(words.OWN_DOCUMENTS, [source.title for source in self._own_documents()])
        yield from _list(words.SOURCES, list(self._sources.values()))

    def _facts(self, day: date) -> Iterator[str]:
        notes = self.plan.notes
        if notes.municipality:
            yield words.MUNICIPALITY.format(name=notes.municipality)
        if notes.start:
            yield words.START.format(day=phrases.swedish_date(notes.start))
        yield words.DATE.format(day=phrases.swedish_date(day))
        yield words.PROGRESS.format(line=progress(self.plan.programme, notes).line)
        if self.plan.index_id:
            yield words.INDEX.format(index=self.plan.index_id)

    def _theme(self, number: int, theme: Theme, step: ThemeProgress) -> Iterator[str]:
        mine, missing = self.plan.notes.theme(theme.id), open_questions(theme, self.plan.notes)
        status = STATUS_NAMES[step.status]
        heading = words.THEME.format(
            number=number, title=theme.title, status=status, answered=step.answered, questions=step.questions
        )
        yield _text(heading, "Heading2")
        yield _text(words.WHY, "Heading3")
        for reason in cited_theme(theme, self.documents).why:
            yield self._reason(reason)
        yield from _known(theme, mine)
        yield from _unknown(mine, missing)
        if mine.notes.strip():
            yield _text(words.NOTES, "Heading3")
            yield from _lines(mine.notes)
        yield _text(words.IN_PLAN, "Heading3")
        yield from (_text(point, "ListBullet") for point in theme.plan)

    def _reason(self, reason: Cited) -> str:
        if reason.citation is None:
            return _text(f"{reason.text} {UNAVAILABLE}", "Notice")
        said = run(one_line(f"{reason.lead}{reason.text}"))
        return paragraph(said + self._mark(reason.citation))

    def _mark(self, citation: Citation) -> str:
        self._sources.setdefault(citation.source.id, _source_line(citation.source))
        return self.footnotes.marks([self._notes.number(citation)])

    def _review(self, review: Review) -> Iterator[str]:
        yield _text(words.REVIEW, "Heading2")
        yield _text(words.REVIEWED.format(title=review.document.source.title))
        if not review.is_instruktion:
            yield _text(IS_NO_INSTRUKTION, "Notice")
        law = [row for row in review.rows if row.weight == "lag"]
        lacking = [row for row in law if row.verdict != "found"]
        yield _text(words.LAW_MISSING if lacking else words.LAW_MET)
        for row in lacking:
            yield from self._finding(row)
        rest = [row for row in review.rows if row.weight != "lag"]
        if rest:
            yield _text(words.REST.format(count=len(rest), found=sum(row.verdict == "found" for row in rest)))

    def _finding(self, row: Finding) -> Iterator[str]:
        said = words.FINDING.format(title=row.title, verdict=VERDICT_NAMES[row.verdict], reason=row.reason)
        yield paragraph(run(one_line(said)) + self._mark(row.basis), "ListBullet")
        yield _text(words.BRING.format(question=row.question))

    def _own_documents(self) -> Sequence[Source]:
        reviewed = [self.plan.review.document.source] if self.plan.review else []
        return list({source.title: source for source in (*reviewed, *self.plan.own_documents)}.values())


def _heading(notes: Notes) -> str:
    return one_line(f"{words.TITLE} för {notes.municipality}" if notes.municipality else words.TITLE)


def _text(text: str, style: str = "Normal") -> str:
    return paragraph(run(one_line(text)), style)


def _lines(text: str, style: str = "Normal") -> Iterator[str]:
    """A line of one's own that begins with a dash is set as a list."""
    for line in filter(str.strip, text.split("\n")):
        point = re.match(r"\s*[-–•*]\s+(?=\S)", line)
        yield _text(line[point.end() :], "ListBullet") if point else _text(line, style)


def _list(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield _text(heading, "Heading2")
        yield from (_text(line, "ListBullet") for line in lines)


def _conversations(conversations: Sequence[Conversation]) -> Iterator[str]:
    yield _text(words.CONVERSATIONS, "Heading2")
    if not conversations:
        yield _text(words.NO_CONVERSATIONS)
        return
    rows = [[_day(one.day), *map(one_line, (one.person, one.role, one.subject))] for one in conversations]
    yield table(words.COLUMNS, rows, words.COLUMN_SHARES)


def _day(day: str) -> str:
    return phrases.swedish_date(date.fromisoformat(day)) if day else words.NO_DAY


def _by_person(programme: Programme, notes: Notes) -> Iterator[str]:
    yield _text(words.BY_PERSON, "Heading2")
    people: dict[str, list[str]] = {}
    for theme in programme.themes:
        for question in open_questions(theme, notes):
            people.setdefault(question.to, []).append(question.text)
    if not people:
        yield _text(words.NO_OPEN_QUESTIONS)
    for person, asked in people.items():
        yield _text(person[0].upper() + person[1:], "Heading3")
        yield from (_text(question, "ListBullet") for question in asked)


def _known(theme: Theme, mine: ThemeNotes) -> Iterator[str]:
    yield _text(words.KNOWN, "Heading3")
    answered = [question for question in theme.questions if question.id in mine.answers]
    if not answered and not mine.known.strip():
        yield _text(words.NOTHING_KNOWN)
    yield from _lines(mine.known)
    for question in answered:
        yield _text(words.ANSWER.format(question=question.text, to=question.to), "ListBullet")
        yield from _lines(mine.answers[question.id])


def _unknown(mine: ThemeNotes, missing: Sequence[Question]) -> Iterator[str]:
    yield _text(words.UNKNOWN, "Heading3")
    yield from _lines(mine.unknown)
    if missing:
        yield _text(words.UNANSWERED.format(count=len(missing)))
    elif not mine.unknown.strip():
        yield _text(words.NOTHING_UNKNOWN)


def _other_notes(programme: Programme, notes: Notes) -> Iterator[str]:
    """What is noted under ids that this programme does not have."""
    known = {(theme.id, question.id) for theme in programme.themes for question in theme.questions}
    themes = {theme.id for theme in programme.themes}
    others = [
        text
        for key, text in written(notes)
        if key[0] == "themes" and (key[1] not in themes or (key[2] == "answers" and (key[1], key[3]) not in known))
    ]
    if others:
        yield _text(words.OTHER_NOTES, "Heading2")
        yield from (line for text in others for line in _lines(text))


def _source_line(source: Source) -> str:
    known = (source.title, source.publisher or "", str(source.year or ""))
    return f"{', '.join(part for part in known if part)} ({phrases.kind_of(source, 'text')})"
