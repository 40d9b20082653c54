"""A `Review` or a `ReviewComparison` as .docx, with footnotes that say what each requirement rests on.

The same review on the same day gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.avkodning import phrases as words
from assistant.exporting import phrases
from assistant.exporting.docx_writing import Footnotes, Properties, package, paragraph, run, table
from assistant.exporting.paper import NoteList, one_line
from assistant.types import ComparedRow, Finding, Review, ReviewComparison


def review_docx(review: Review, day: date | None = None) -> bytes:
    """The review as a file, dated `day` (today when None): the summary first, then every row by weight."""
    day = day or date.today()
    writer = _Writer()
    title = one_line(f"{words.REVIEW_TITLE}: {review.document.source.title}")
    return package(list(writer.review(review, title, day)), writer.footnotes, Properties(title, words.WARNING, day))


def comparison_docx(comparison: ReviewComparison, day: date | None = None) -> bytes:
    """The two side by side as a file, dated `day` (today when None)."""
    day = day or date.today()
    writer = _Writer()
    properties = Properties(words.COMPARISON_TITLE, words.WARNING, day)
    return package(list(writer.comparison(comparison, day)), writer.footnotes, properties)


class _Writer:
    """Writes the parts in order; the places that requirements rest on become footnotes on the way."""

    def __init__(self) -> None:
        self._notes = NoteList()
        self.footnotes = Footnotes(self._notes.texts)

    def review(self, review: Review, title: str, day: date) -> Iterator[str]:
        yield _text(title, "Heading1")
        yield from _facts((review,), day)
        yield _text(words.WARNING, "Notice")
        yield _text(words.SUMMARY, "Heading2")
        yield from (_text(line) for line in words.summary_lines(review))
        yield from self._lacking(review)
        for weight, rows in words.by_weight(review.rows):
            yield _text(words.WEIGHT_HEADINGS[weight], "Heading2")
            for row in rows:
                yield from self._row(row)

    def _lacking(self, review: Review) -> Iterator[str]:
        """What is missing or gainsaid, the law's requirements first."""
        for weight, rows in words.by_weight(review.rows):
            lacking = [row for row in rows if row.verdict in ("missing", "contradicts")]
            if lacking:
                yield _text(words.LACKING[weight])
                yield from (_text(words.row_title(row), "ListBullet") for row in lacking)

    def _row(self, row: Finding) -> Iterator[str]:
        yield _text(words.row_title(row), "Heading3")
        yield _text(f"{words.OWN}: {words.own_line(row)}")
        yield paragraph(run(one_line(f"{words.REASON}: {row.reason}")) + self._mark(row))
        yield _text(f"{words.QUESTION}: {row.question}")

    def _mark(self, row: Finding) -> str:
        return self.footnotes.marks([self._notes.number(row.basis)])

    def comparison(self, comparison: ReviewComparison, day: date) -> Iterator[str]:
        first, second = comparison.first, comparison.second
        yield _text(words.COMPARISON_TITLE, "Heading1")
        yield from _facts((first, second), day)
        yield _text(words.WARNING, "Notice")
        for name, review in zip(words.SIDES, (first, second), strict=True):
            yield _text(f"{name}: {review.document.source.title}", "Heading2")
            yield from (_text(line) for line in words.summary_lines(review))
        by_id = {row.first.requirement: row for row in comparison.rows}
        for weight, rows in words.by_weight(first.rows, in_order=True):
            yield _text(words.WEIGHT_HEADINGS[weight], "Heading2")
            for row in rows:
                yield from self._compared(by_id[row.requirement])

    def _compared(self, row: ComparedRow) -> Iterator[str]:
        yield paragraph(run(one_line(row.first.title)), "Heading3")
        yield paragraph(run(one_line(row.difference)) + self._mark(row.first))
        cells = [[words.sentence_case(words.VERDICT_NAMES[one.verdict]), words.own_line(one)] for one in _both(row)]
        yield table(words.SIDES, [[one_line(f"{said}. {own}") for said, own in cells]], (1, 1))


def _both(row: ComparedRow) -> tuple[Finding, Finding]:
    return row.first, row.second


def _facts(reviews: tuple[Review, ...], day: date) -> Iterator[str]:
    yield from (_text(words.DOCUMENT.format(title=review.document.source.title), "ListBullet") for review in reviews)
    yield _text(phrases.DATE.format(day=phrases.swedish_date(day)), "ListBullet")
    if reviews[0].index_id:
        yield _text(phrases.INDEX.format(index=reviews[0].index_id), "ListBullet")


def _text(text: str, style: str = "Normal") -> str:
    return paragraph(run(one_line(text)), style)
