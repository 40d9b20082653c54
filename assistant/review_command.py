"""`kd review …`: holds a municipality's own instruktion to the requirements, or sets two side by side."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from assistant import terminal
from assistant.avkodning import phrases
from assistant.errors import UsageError
from assistant.exporting.export import Target
from assistant.messages import HELP
from assistant.settings import Settings
from assistant.types import Finding, Review, ReviewComparison

_WIDTH = 96


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FIL", help=HELP["review-file"])
    parser.add_argument("--compare", metavar="FIL2", help=HELP["review-compare"])
    parser.add_argument("--docx", metavar="UT", help=HELP["review-docx"])
    parser.add_argument("--overwrite", action="store_true", help=HELP["review-overwrite"])


def run(options: argparse.Namespace, settings: Settings) -> int:
    if options.overwrite and not options.docx:
        raise UsageError("--overwrite kräver --docx. Se kd review --help.")
    target = Target.named(options.docx, options.overwrite, ("docx",)) if options.docx else None
    if options.compare:
        _compare(options, settings, target)
    else:
        _review(options, settings, target)
    if target:
        terminal.note(f'Granskningen är sparad i "{target.path}".')
    return 0


def _review(options: argparse.Namespace, settings: Settings, target: Target | None) -> None:
    from assistant.avkodning.as_json import review_to_json
    from assistant.avkodning.review_docx import review_docx

    (review,) = _reviews(settings, options.file)
    if target:
        target.write_content(review_docx(review))
    if options.json:
        terminal.out_json(review_to_json(review))
    else:
        show_review(review)


def _compare(options: argparse.Namespace, settings: Settings, target: Target | None) -> None:
    from assistant.avkodning.as_json import comparison_to_json
    from assistant.avkodning.comparing import compare
    from assistant.avkodning.review_docx import comparison_docx

    comparison = compare(*_reviews(settings, options.file, options.compare))
    if target:
        target.write_content(comparison_docx(comparison))
    if options.json:
        terminal.out_json(comparison_to_json(comparison))
    else:
        show_comparison(comparison)


def _reviews(settings: Settings, *names: str) -> list[Review]:
    """The reviews of the files; all are read before the index is opened, so that a wrong name is told at once."""
    from assistant.avkodning.reviewing import read_own_document

    documents = [read_own_document(Path(name), settings.passage_words) for name in names]
    assistant = terminal.open_assistant(settings)
    try:
        return [assistant.review(document) for document in documents]
    finally:
        assistant.close()


def show_review(review: Review) -> None:
    """Whether it is an instruktion and how much of each weight is there, then every row, what is lacking first."""
    for line in phrases.summary_lines(review):
        terminal.out(_filled(line, ""))
    for weight, rows in phrases.by_weight(review.rows):
        _heading(phrases.WEIGHT_HEADINGS[weight])
        for row in rows:
            terminal.out()
            _show_row(row)


def _show_row(row: Finding) -> None:
    terminal.out(_filled(phrases.row_title(row), ""))
    terminal.out(_filled(f"{phrases.OWN}: {phrases.own_line(row)}", "    "))
    terminal.out(_filled(row.reason, "    "))
    basis = f"«{' '.join(row.basis.quote.split())}» {terminal.reference(row.basis)}"
    terminal.out(_filled(f"{phrases.BASIS}: {basis}", "    "))
    terminal.out(_filled(f"{phrases.QUESTION}: {row.question}", "    "))


def show_comparison(comparison: ReviewComparison) -> None:
    """Both summaries, then each requirement with what both say."""
    for name, review in zip(phrases.SIDES, (comparison.first, comparison.second), strict=True):
        terminal.out(f"{name}: {review.document.source.title}")
        for line in phrases.summary_lines(review):
            terminal.out(_filled(line, "    "))
    by_id = {row.first.requirement: row for row in comparison.rows}
    for weight, findings in phrases.by_weight(comparison.first.rows, in_order=True):
        _heading(phrases.WEIGHT_HEADINGS[weight])
        for finding in findings:
            row = by_id[finding.requirement]
            terminal.out("\n" + _filled(f"{finding.title}: {row.difference}", ""))
            for name, one in zip(phrases.SIDES, (row.first, row.second), strict=True):
                terminal.out(_filled(f"{name}: {phrases.own_line(one)}", "    "))


def _heading(text: str) -> None:
    terminal.out(f"\n{text}\n{'-' * len(text)}")


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
