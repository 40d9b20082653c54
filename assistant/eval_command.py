"""`kd eval …`: runs a set or a benchmark, shows the figures, writes the reports and holds them to the gates."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant import paths, terminal
from assistant.errors import UsageError
from assistant.messages import HELP
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", nargs="*", metavar="FRÅGOR.jsonl", help=HELP["eval-set"])
    parser.add_argument("--json", metavar="FIL", help=HELP["eval-json"])
    parser.add_argument("--html", metavar="FIL", help=HELP["eval-html"])
    parser.add_argument("--compare", metavar="RAPPORT", help=HELP["eval-compare"])
    parser.add_argument("--baselines", action="store_true", help=HELP["eval-baselines"])
    parser.add_argument("--gate", metavar="GRÄNSER.toml", help=HELP["eval-gate"])
    parser.add_argument("--gate-set", nargs="?", const="", metavar="FIL", help=HELP["eval-gate-set"])
    parser.add_argument("--from-feedback", nargs="?", const="", metavar="FIL", help=HELP["eval-from-feedback"])
    parser.add_argument("--review", nargs="?", const="", metavar="MAPP", help=HELP["eval-review"])
    parser.add_argument("--benchmark", metavar="FIL", help=HELP["eval-benchmark"])


def run(options: argparse.Namespace, settings: Settings) -> int:
    if options.benchmark:
        return _benchmark(options, settings)
    if options.gate_set is not None:
        return _gate_set(options, settings)
    if options.review is not None:
        return _review_set(options, settings)
    if options.from_feedback is not None:
        files = [_feedback_set(options, settings)]
    else:
        files = [Path(name) for name in options.sets] or _question_sets()
    if not files:
        raise UsageError(f'Det finns inga frågor i "{paths.evals_dir() / "sets"}". Ange en fil: kd eval FRÅGOR.jsonl.')
    if len(files) > 1 and (options.json or options.html or options.compare):
        raise UsageError("--json, --html och --compare gäller en frågefil i taget. Ange vilken.")
    fallen = [line for file in files for line in _set(file, options, settings)]
    for line in fallen:
        terminal.note(f"Under gränsen: {line}")
    return 1 if fallen else 0


def _feedback_set(options: argparse.Namespace, settings: Settings) -> Path:
    """What users have said of answers in the web app, written as a set; what did not help waits for its gold."""
    from assistant.feedback import FeedbackFile, write_cases

    if options.sets:
        raise UsageError("--from-feedback gör sin egen frågefil. Ange ingen annan.")
    said = FeedbackFile(settings.feedback_file).read()
    if not said:
        raise UsageError(f'Det finns inga omdömen i "{paths.shown(settings.feedback_file)}" än. Ge några på webbsidan.')
    named = options.from_feedback
    target = Path(named) if named else settings.feedback_file.with_name("omdomen-fragor.jsonl")
    write_cases(said, target)
    waiting = sum(one.verdict == "down" for one in said)
    terminal.note(f'{len(said)} frågor ur omdömen är skrivna till "{paths.shown(target)}".')
    if waiting:
        terminal.note(f"{waiting} av dem hjälpte inte: skriv deras facit innan siffrorna för dem säger något.")
    return target


def _question_sets() -> list[Path]:
    """The sets of questions that come with the product; the gate set holds sentences."""
    return sorted(file for file in (paths.evals_dir() / "sets").glob("*.jsonl") if file != _gate_file())


def _gate_file() -> Path:
    return paths.evals_dir() / "sets" / "gate.jsonl"


def _gate_set(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.measuring.gate_set import gate_report, read_gate_set, run_gate_set
    from assistant.measuring.report import write_report

    file = Path(options.gate_set) if options.gate_set else _gate_file()
    cases = read_gate_set(file)
    assistant = terminal.open_assistant(settings)
    with terminal.progress_bar() as progress:
        report = gate_report(file.stem, run_gate_set(assistant, cases, progress))
    assistant.close()
    _show_gate_report(report)
    if options.json:
        write_report(report, Path(options.json))
    return 0 if report["reached"] else 1


def _show_gate_report(report: Mapping[str, Any]) -> None:
    """By kind of change, and the two totals for the whole and for each half."""
    from assistant.measuring.gate_set import CHANGE_NAMES, LEAST_CAUGHT, MOST_WITHHELD

    terminal.out(f"{report['set']}: {len(report['cases'])} meningar\n")
    for change, figures in report["splits"]["all"]["by_change"].items():
        for name, label in (("caught", "stoppade"), ("withheld", "stoppade fast de är sanna")):
            if figures[name]["of"]:
                terminal.out(f"  {CHANGE_NAMES[change]:<32}{_counted(figures[name])} {label}")
    names = {"all": "Alla", "dev": "Halvan dev", "test": "Halvan test"}
    for split, part in report["splits"].items():
        totals = part["totals"]
        terminal.out(f"\n{names[split]}")
        terminal.out(f"  ändrade som stoppades           {_counted(totals['caught'])} (minst {LEAST_CAUGHT:.0%})")
        terminal.out(f"  sanna som stoppades             {_counted(totals['withheld'])} (högst {MOST_WITHHELD:.0%})")


def _review_set(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.measuring.gates import fallen_gates
    from assistant.measuring.report import write_report
    from assistant.measuring.review_set import read_review_set, review_report, run_review_set

    folder = Path(options.review) if options.review else paths.evals_dir() / "sets" / "review"
    cases = read_review_set(folder)
    assistant = terminal.open_assistant(settings)
    with terminal.progress_bar() as progress:
        report = review_report(folder.name, run_review_set(assistant, cases, progress))
    assistant.close()
    _show_review_report(report)
    if options.json:
        write_report(report, Path(options.json))
    fallen = fallen_gates(report, Path(options.gate)) if options.gate else ()
    for gate in fallen:
        terminal.note(f"Under gränsen: {folder.name}: {gate}")
    return 1 if fallen else 0


def _show_review_report(report: Mapping[str, Any]) -> None:
    """The totals, then each document, then the requirements that went wrong somewhere."""
    names = {
        "rows": "rader rätt, finns och delvis räknade lika",
        "exact": "rader exakt rätt",
        "law_wrongly_found": "lagrader som felaktigt sägs finnas",
        "place": "egna ord på rätt ställe",
        "verbatim": "egna ord ordagranna",
        "is_instruktion": "rätt om det är en instruktion",
    }
    terminal.out(f"{report['set']}: {len(report['by_document'])} dokument\n")
    for name, label in names.items():
        terminal.out(f"  {label:<44}{_share_of(report['totals'][name])}")
    terminal.out("\nPer dokument, rader rätt")
    for document, part in report["by_document"].items():
        terminal.out(f"  {document:<44}{_share_of(part['figures']['rows'])}")
    wrong = {key: part["rows"] for key, part in report["by_requirement"].items() if part["rows"]["mean"] != 1}
    terminal.out("\nKrav med fel" if wrong else "\nInget krav har fel.")
    for key, figure in sorted(wrong.items(), key=lambda pair: (pair[1]["mean"], pair[0])):
        terminal.out(f"  {key:<44}{_share_of(figure)}")


def _share_of(figure: Mapping[str, Any]) -> str:
    mean = figure["mean"]
    return "gick inte att mäta" if mean is None else f"{mean:g} (av {figure['n']})".replace(".", ",")


def _counted(figure: Mapping[str, Any]) -> str:
    share = "–" if figure["share"] is None else f"{figure['share']:.1%}".replace(".", ",")
    return f"{figure['count']:>5} av {figure['of']:<5}{share:>7}"


def _set(file: Path, options: argparse.Namespace, settings: Settings) -> list[str]:
    """Runs one set; returns the gates that fell."""
    from assistant.measuring.compare import compare_reports
    from assistant.measuring.gates import fallen_gates
    from assistant.measuring.report import read_report, write_report

    before = read_report(Path(options.compare)) if options.compare else None
    report = measure(file, settings, options.baselines)
    terminal.show_report(report)
    if options.json:
        write_report(report, Path(options.json))
    comparison = compare_reports(before, report) if before else None
    if comparison:
        terminal.show_comparison(comparison)
    if options.html:
        from assistant.measuring.html import report_to_html
        from assistant.measuring.report import write_whole

        write_whole(Path(options.html), report_to_html(report, comparison))
    return [f"{file.stem}: {gate}" for gate in fallen_gates(report, Path(options.gate))] if options.gate else []


def measure(file: Path, settings: Settings, with_baselines: bool = False) -> dict[str, Any]:
    """The report of one set."""
    from assistant.measuring.baselines import run_baselines
    from assistant.measuring.cases import GoldFinder, missing_gold, read_cases
    from assistant.measuring.judge import ChatJudge
    from assistant.measuring.report import build_report
    from assistant.measuring.run import run_cases

    cases = read_cases(file)
    assistant = terminal.open_assistant(settings)
    corpus = GoldFinder({source.id: assistant.document(source.id) for source in assistant.sources})
    for line in missing_gold(cases, corpus):
        terminal.note(f"Facit står inte i källorna, {line}")
    judge = ChatJudge(assistant.chat.name, assistant.chat.reply) if assistant.chat else None
    with terminal.progress_bar() as progress:
        results = run_cases(assistant, cases, progress, judge)
        baselines = run_baselines(assistant, cases, progress) if with_baselines else {}
    about = {
        "writer": assistant.writer,
        "embedding": assistant.embedder.name,
        "index_id": assistant.index_id,
        "judge": judge.name if judge else None,
    }
    assistant.close()
    return build_report(file.stem, results, about, baselines)


def _benchmark(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.finding.builder import embedding_name
    from assistant.finding.embedder import open_embedder
    from assistant.finding.generations import IndexFolder
    from assistant.finding.tools import SearchTools, read_language
    from assistant.measuring.benchmark import read_benchmark, run_benchmark
    from assistant.measuring.report import write_report

    benchmark = read_benchmark(Path(options.benchmark))
    embedder = open_embedder(embedding_name(settings, IndexFolder(settings.index_dir).current()), settings)
    with terminal.progress_bar() as progress:
        report = run_benchmark(benchmark, SearchTools(read_language(settings), embedder, settings.weights), progress)
    terminal.show_benchmark(report)
    if options.json:
        write_report(report, Path(options.json))
    return 0
