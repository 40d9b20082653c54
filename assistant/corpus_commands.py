"""`kd corpus …`: the sources listed, shown, added, removed, checked and fetched."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant import terminal
from assistant.errors import OutsideError, ReadError, UsageError
from assistant.messages import HELP
from assistant.settings import Settings
from assistant.types import KINDS

AddCommand = Callable[..., argparse.ArgumentParser]


def add_parsers(commands: Any, add_command: AddCommand) -> None:
    """Adds `corpus` and its own commands to the parser; `add_command` is the command line's own."""
    corpus = commands.add_parser("corpus", help=HELP["corpus"], description=HELP["corpus"])
    parts = corpus.add_subparsers(title="Kommandon", metavar="KOMMANDO", required=True, dest="part")
    add_command(parts, "list", _list, with_json=True, key="corpus list")
    show = add_command(parts, "show", _show, with_json=True, key="corpus show")
    show.add_argument("id", metavar="ID", help=HELP["source-id"])
    add = add_command(parts, "add", _add, key="corpus add")
    add.add_argument("files", nargs="+", metavar="FIL", help=HELP["files"])
    add.add_argument("--title", metavar="TITEL", help=HELP["title"])
    add.add_argument("--publisher", metavar="UTGIVARE", help=HELP["publisher"])
    add.add_argument("--year", type=int, metavar="ÅR", help=HELP["year"])
    add.add_argument("--kind", choices=KINDS, default="eget", metavar="SLAG", help=HELP["kind"])
    remove = add_command(parts, "remove", _remove, key="corpus remove")
    remove.add_argument("id", metavar="ID", help=HELP["source-id"])
    check = add_command(parts, "check", _check, with_json=True, key="corpus check")
    check.add_argument("id", nargs="?", metavar="ID", help=HELP["source-id"])
    sync = add_command(parts, "sync", _sync, key="corpus sync")
    sync.add_argument("id", nargs="?", metavar="ID", help=HELP["source-id"])
    sync.add_argument("--quiet", action="store_true", help=HELP["quiet"])


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.listing import sources_to_json
    from assistant.reading.sources import read_sources

    sources = read_sources(settings)
    if options.json:
        terminal.out_json(sources_to_json(sources))
    else:
        terminal.show_sources(sources)
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.listing import document_to_json, find_source
    from assistant.reading.documents import read_document
    from assistant.reading.sources import read_sources

    source = find_source(read_sources(settings), options.id)
    document = read_document(source, settings.passage_words)
    if options.json:
        terminal.out_json(document_to_json(document))
    else:
        terminal.show_document(document)
    return 0


def _add(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.reading.library import Metadata, add_files, as_guessed

    if options.title and len(options.files) > 1:
        raise UsageError("--title går bara att använda med en fil i taget.")
    given = Metadata(options.title, options.publisher, options.year, options.kind)
    results = add_files(
        settings, [Path(file) for file in options.files], given, _asked if _has_reader() else as_guessed
    )
    for result in results:
        if result.refusal:
            terminal.note(result.refusal)
        elif result.source and result.document:
            terminal.show_added(result.source, result.document, result.notes)
    if any(result.source for result in results):
        _rebuild(settings)
    return 2 if any(result.refusal for result in results) else 0


def _has_reader() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(path: Path, guess: Any) -> Any:
    """Asks for title, publisher and year; an empty reply keeps the guess, which stays marked as one."""
    terminal.note(f'"{path.name}": tryck Enter för att behålla en gissning.')
    answers = {
        "title": terminal.ask("Titel", guess.title),
        "publisher": terminal.ask("Utgivare", guess.publisher),
        "year": terminal.ask("År", guess.year),
    }
    given: dict[str, Any] = {key: value for key, value in answers.items() if value}
    if "year" in given and not given["year"].isdigit():
        raise UsageError(f'"{given["year"]}" är inget årtal. Försök igen.')
    given |= {"year": int(given["year"])} if "year" in given else {}
    return replace(guess, **given, guessed=tuple(name for name in guess.guessed if name not in given))


def _remove(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.finding.generations import IndexFolder
    from assistant.reading.library import remove_source

    remove_source(settings, options.id)
    _rebuild(settings, anew=True)
    IndexFolder(settings.index_dir).erase_old()
    terminal.out(f'"{options.id}" är borttaget ur källorna och ur indexet.')
    return 0


def _rebuild(settings: Settings, anew: bool = False) -> None:
    """`anew` takes nothing over from the earlier index: after a removal not even memory may hold what was removed."""
    from assistant.finding.builder import build_index

    with terminal.progress_bar() as progress:
        built = build_index(settings, progress, rebuild=anew)
    terminal.show_built(built)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    """Exit code 1 when a source cannot be read or has suspicious spots."""
    from assistant.listing import find_source, reading_to_json
    from assistant.reading.checking import examine_source
    from assistant.reading.sources import read_sources

    sources = read_sources(settings)
    chosen = [find_source(sources, options.id)] if options.id else sources
    readings, failed = [], 0
    for source in chosen:
        try:
            readings.append(examine_source(settings, source))
        except ReadError as error:
            terminal.note(str(error))
            failed += 1
    if options.json:
        terminal.out_json({"schema": 1, "sources": [reading_to_json(reading) for reading in readings]})
    else:
        terminal.show_readings(readings)
    return 1 if failed or any(reading.suspicious for reading in readings) else 0


def _sync(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.reading.sync import sync

    try:
        results = sync(settings, options.id, seconds=8.0 if options.quiet else 30.0)
    except OutsideError:
        if options.quiet:
            return 0
        raise
    for result in results:
        state = "hämtad" if result.changed else "oförändrad"
        terminal.out(f"{result.source_id}: {state}, t.o.m. SFS {result.through}, {result.sections} paragrafer.")
    if not results and not options.quiet:
        terminal.out("Ingen källa har någon adress att hämta från.")
    return 0
