"""The command line: parses, calls, prints and sets the exit code (0 done, 1 no, 2 to be mended, 3 outside failed)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, NoReturn

from assistant import avkodning_command, corpus_commands, eval_command, review_command, terminal, verify_command
from assistant.errors import KdError, UsageError
from assistant.messages import HELP, argparse_in_swedish
from assistant.settings import Settings, load_settings
from assistant.types import KINDS, Filter

Command = Callable[[argparse.Namespace, Settings], int]


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Användning: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in Swedish: titles, help and complaints."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=_Formatter, allow_abbrev=False, **options)
        self._positionals.title = "Anges i ordning"
        self._optionals.title = "Val"
        self.add_argument("-h", "--help", action="help", help=HELP["help"])

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{argparse_in_swedish(message)} Se {self.prog} --help.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. The only place where every `KdError` ends."""
    _use_utf8()
    _use_one_thread()
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options, load_settings())
        sys.stdout.flush()
        return code
    except KdError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Avbrutet.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _use_one_thread() -> None:
    """Search multiplies small matrices: several threads would only wait for each other, most of all on a busy machine.

    Has to be set before numpy is imported.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _use_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kd", description=HELP["kd"])
    parser.add_argument("--version", action="version", version=version("kd-assistent"), help=HELP["version"])
    commands = parser.add_subparsers(title="Kommandon", metavar="KOMMANDO", required=True, dest="command")

    chat = _command(commands, "chat", _chat)
    chat.add_argument("--host", default="127.0.0.1", metavar="ADRESS", help=HELP["host"])
    chat.add_argument("--port", type=int, default=7860, metavar="PORT", help=HELP["port"])
    chat.add_argument("--no-browser", action="store_true", help=HELP["no-browser"])

    ask = _command(commands, "ask", _ask, with_json=True)
    ask.add_argument("question", nargs="?", metavar="FRÅGA", help=HELP["question"])
    ask.add_argument("--batch", metavar="FIL", help=HELP["batch"])
    ask.add_argument("--history", metavar="FIL", help=HELP["history"])
    ask.add_argument("--export", metavar="FIL", help=HELP["export"])
    ask.add_argument("--overwrite", action="store_true", help=HELP["overwrite"])
    _add_filters(ask)

    search = _command(commands, "search", _search, with_json=True)
    search.add_argument("question", metavar="FRÅGA", help=HELP["question"])
    search.add_argument("--top", type=int, default=10, metavar="ANTAL", help=HELP["top"])
    search.add_argument("--explain", action="store_true", help=HELP["explain"])
    _add_filters(search)

    verify_command.add_arguments(_command(commands, "verify", verify_command.run, with_json=True))
    review_command.add_arguments(_command(commands, "review", review_command.run, with_json=True))
    avkodning_command.add_arguments(_command(commands, "avkodning", avkodning_command.run, with_json=True))

    index = _command(commands, "index", _index)
    index.add_argument("--check", action="store_true", help=HELP["check"])
    index.add_argument("--rebuild", action="store_true", help=HELP["rebuild"])
    index.add_argument("--embedding", metavar="NAMN", help=HELP["embedding"])
    index.add_argument("--enrich", action="store_true", help=HELP["enrich"])
    index.add_argument("--source", metavar="ID", help=HELP["enrich-source"])

    corpus_commands.add_parsers(commands, _command)
    eval_command.add_arguments(_command(commands, "eval", eval_command.run))
    _command(commands, "bench", _bench, with_json=True)
    _command(commands, "doctor", _doctor, with_json=True)
    return parser


def _command(parsers: Any, name: str, run: Command, with_json: bool = False, key: str = "") -> argparse.ArgumentParser:
    text = HELP[key or name]
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    if with_json:
        parser.add_argument("--json", action="store_true", help=HELP["json"])
    return parser


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", default="", metavar="SLAG", help=HELP["kind"])
    parser.add_argument("--source", default="", metavar="ID", help=HELP["source"])


def _filter(options: argparse.Namespace, known: Sequence[str]) -> Filter:
    kinds = tuple(part.strip() for part in options.kind.split(",") if part.strip())
    ids = tuple(part.strip() for part in options.source.split(",") if part.strip())
    for value, allowed, name in ((kinds, KINDS, "--kind"), (ids, known, "--source")):
        wrong = [part for part in value if part not in allowed]
        if wrong:
            raise UsageError(f'{name}: "{wrong[0]}" finns inte. Välj bland: {", ".join(allowed)}.')
    return Filter(tuple(kind for kind in KINDS if kind in kinds), ids)


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.web import serve

    def announce(address: str) -> None:
        print(f"Sidan är öppen på {address} (avsluta med Ctrl+C).", file=sys.stderr)

    serve(
        lambda: terminal.open_assistant(settings),
        options.host,
        options.port,
        open_browser=not options.no_browser,
        announce=announce,
    )
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.batch import answer_lines, read_history
    from assistant.exporting.export import Target

    _check_ask(options)
    target = Target.named(options.export, options.overwrite) if options.export else None
    history = read_history(options.history) if options.history else ()
    assistant = terminal.open_assistant(settings)
    only = _filter(options, [source.id for source in assistant.sources])
    if options.batch:
        for line in answer_lines(assistant, options.batch, only):
            terminal.out_json(line)
        return 0
    growing = assistant.stream(options.question, history, only)
    answer = terminal.show_growing(growing) if not options.json else list(growing)[-1]
    if target:
        target.write([answer])
    if options.json:
        from assistant.answering.as_json import answer_to_json

        terminal.out_json(answer_to_json(answer))
    else:
        terminal.show_answer(answer)
    if target:
        terminal.note(f'Svaret är sparat i "{target.path}".')
    return 0


def _check_ask(options: argparse.Namespace) -> None:
    """Refuses choices that do not go together."""
    if bool(options.batch) == bool(options.question):
        raise UsageError("Ange en fråga eller --batch FIL, ett av dem. Se kd ask --help.")
    if options.batch and not options.json:
        raise UsageError("--batch kräver --json. Se kd ask --help.")
    if options.batch and options.history:
        raise UsageError("--history går inte att använda med --batch; skriv history på varje rad i filen i stället.")
    if options.batch and options.export:
        raise UsageError("--export går inte att använda med --batch. Ställ en fråga i taget.")
    if options.overwrite and not options.export:
        raise UsageError("--overwrite kräver --export. Se kd ask --help.")


def _search(options: argparse.Namespace, settings: Settings) -> int:
    if not 1 <= options.top <= 100:
        raise UsageError("--top ska vara ett tal från 1 till 100.")
    assistant = terminal.open_assistant(settings)
    only = _filter(options, [source.id for source in assistant.sources])
    hits = assistant.search(options.question, options.top, only)
    if options.explain:
        hits = assistant.explain(hits, options.question)
    if options.json:
        from assistant.answering.as_json import SCHEMA, hits_to_json

        found = {
            "schema": SCHEMA,
            "query": hits.query,
            "support": round(hits.support, 3),
            "hits": hits_to_json(hits.items, with_reasons=options.explain),
            "index_id": assistant.index_id,
        }
        terminal.out_json(found)
    else:
        terminal.show_hits(hits)
    return 0


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import replace

    from assistant.finding.builder import build_index, check_freshness
    from assistant.finding.rerank import open_reranker

    if options.check and options.enrich:
        raise UsageError("--check bygger inget och går inte att använda med --enrich. Se kd index --help.")
    if options.source and not options.enrich:
        raise UsageError("--source kräver --enrich. Se kd index --help.")
    if options.embedding:
        settings = replace(settings, embedding=options.embedding)
    if options.check:
        freshness = check_freshness(settings)
        terminal.show_freshness(freshness)
        return 0 if freshness.fresh else 1
    open_reranker(settings, download=True)
    if options.enrich:
        _enrich(settings, options.source)
    with terminal.progress_bar() as progress:
        built = build_index(settings, progress, rebuild=options.rebuild, download=True)
    terminal.show_built(built)
    return 0


def _enrich(settings: Settings, source_id: str | None) -> None:
    from assistant.answering import enrichment_writer
    from assistant.answering.writers import ChatWriter
    from assistant.finding.lexicon import read_lexicon

    enrichment_writer.require_chat_model(settings)
    tasks = enrichment_writer.plan(settings, source_id)
    chat = ChatWriter(settings, read_lexicon(settings.lexicon_file))
    terminal.note(enrichment_writer.announcement(settings, tasks))
    with terminal.progress_bar() as progress:
        written = enrichment_writer.write(tasks, chat.reply, progress)
    for line in written.skipped:
        terminal.note(line)
    if written.passages:
        terminal.note(f"{written.passages} {'stycke' if written.passages == 1 else 'stycken'} har fått sökfrågor.")
    if written.dropped:
        terminal.note(f"Frågor till {written.dropped} ändrade eller borttagna stycken är borttagna.")


def _bench(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.measuring.bench import run_bench

    with terminal.progress_bar() as progress:
        report = run_bench(settings, progress)
    if options.json:
        terminal.out_json(report)
    else:
        terminal.show_bench(report)
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.doctor import examine

    report = examine(settings)
    if options.json:
        terminal.out_json(report.to_json())
    else:
        terminal.show_doctor(report)
    return 0
