"""`kd avkodning …`: shows the programme for the first hundred days, checks notes, or makes the plan of them."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import terminal
from assistant.errors import UsageError
from assistant.messages import HELP
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.avkodning.notes import Notes
    from assistant.avkodning.places import Cited, CitedTheme
    from assistant.avkodning.progress import Progress

_WIDTH = 96


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--notes", metavar="FIL", help=HELP["avkodning-notes"])
    parser.add_argument("--docx", metavar="FIL", help=HELP["avkodning-docx"])
    parser.add_argument("--overwrite", action="store_true", help=HELP["avkodning-overwrite"])
    parser.add_argument("--check", metavar="FIL", help=HELP["avkodning-check"])


def run(options: argparse.Namespace, settings: Settings) -> int:
    _check(options)
    if options.check:
        return _check_notes(options, settings)
    return _make_plan(options, settings) if options.notes else _show(options, settings)


def _check(options: argparse.Namespace) -> None:
    if bool(options.notes) != bool(options.docx):
        missing, given = ("--docx", "--notes") if options.notes else ("--notes", "--docx")
        raise UsageError(f"{given} kräver {missing}: planen görs av en fil med anteckningar och sparas i en annan.")
    if options.overwrite and not options.docx:
        raise UsageError("--overwrite kräver --docx.")
    if options.check and options.notes:
        raise UsageError("--check går inte att använda tillsammans med --notes. Välj ett av dem.")
    if options.notes and options.json:
        raise UsageError("--json går inte att använda tillsammans med --notes. Välj ett av dem.")


def _check_notes(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.avkodning.programme import read_programme
    from assistant.avkodning.programme_json import progress_to_json
    from assistant.avkodning.progress import progress

    notes = read_notes(options.check)
    steps = progress(read_programme(settings.corpus_dir), notes)
    if options.json:
        terminal.out_json(progress_to_json(steps))
    else:
        terminal.out(f"Filen går att läsa in. {steps.line}")
        _show_progress(steps)
    return 0


def _make_plan(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.avkodning.plan import Plan, plan_docx
    from assistant.avkodning.programme import read_programme
    from assistant.exporting.export import Target

    target = Target.named(options.docx, options.overwrite)
    if target.form != "docx":
        raise UsageError(f'"{target.path}" går inte att spara planen i. Filnamnet ska sluta på .docx.')
    notes, programme = read_notes(options.notes), read_programme(settings.corpus_dir)
    assistant = terminal.open_assistant(settings)
    own = tuple(source for source in assistant.sources if source.origin == "own")
    plan = Plan(programme, notes, own_documents=own, index_id=assistant.index_id)
    target.write_content(plan_docx(plan, assistant.document))
    terminal.note(f'Planen är sparad i "{target.path}".')
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.avkodning.places import cited_theme
    from assistant.avkodning.programme import read_programme
    from assistant.avkodning.programme_json import programme_to_json

    programme = read_programme(settings.corpus_dir)
    assistant = terminal.open_assistant(settings)
    themes = [cited_theme(theme, assistant.document) for theme in programme.themes]
    if options.json:
        terminal.out_json(programme_to_json(themes, assistant.index_id))
    else:
        for number, theme in enumerate(themes, 1):
            _show_theme(number, theme)
    return 0


def read_notes(name: str) -> Notes:
    """The notes in a file. `UsageError` says why it cannot be used."""
    from assistant.avkodning.notes_file import MOST_BYTES, notes_from_json

    try:
        with Path(name).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f'Filen "{name}" går inte att läsa ({error.strerror}). Kontrollera sökvägen.') from error
    return notes_from_json(data, f'Filen "{name}"')


def _show_progress(steps: Progress) -> None:
    from assistant.avkodning.progress import STATUS_NAMES

    for theme in steps.themes:
        terminal.out(f"    {theme.theme_id:<16}{theme.answered:>3} av {theme.questions:<4}{STATUS_NAMES[theme.status]}")


def _show_theme(number: int, cited: CitedTheme) -> None:
    from assistant.avkodning.programme import ADVICE

    theme = cited.theme
    terminal.out(f"{'' if number == 1 else chr(10)}{number}. {theme.title}")
    _show_cited("Varför det är viktigt", cited.why)
    terminal.out(f"\n  {ADVICE}")
    _show_points("Ta reda på", theme.find_out)
    _show_points("Tala med", theme.ask)
    _show_points("Frågor att ställa", [f"{question.text} ({question.to})" for question in theme.questions])
    _show_points("Ta med i din plan", theme.plan)
    _show_points("Fråga assistenten", theme.chat)
    _show_cited("Läs", cited.reading)
    terminal.out("\n  Källor")
    for citation in cited.citations:
        terminal.out(_filled(f"[{citation.n}] {terminal.reference(citation)}", "    "))
        terminal.out(_filled(f"«{' '.join(citation.quote.split())}»", "        "))


def _show_cited(heading: str, texts: Sequence[Cited]) -> None:
    from assistant.avkodning.places import UNAVAILABLE

    terminal.out(f"\n  {heading}")
    for each in texts:
        mark = f"[{each.citation.n}]" if each.citation else UNAVAILABLE
        terminal.out(_filled(f"{each.lead}{each.text} {mark}", "    "))


def _show_points(heading: str, points: Sequence[str]) -> None:
    terminal.out(f"\n    {heading}")
    for point in points:
        terminal.out(textwrap.fill(f"- {point}", _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6))


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
