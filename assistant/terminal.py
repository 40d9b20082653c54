"""How the command line sets answers, hits and lists in a terminal. Results go to standard output, the rest to error."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from assistant.answering.frames import OWN_DOCUMENTS
from assistant.messages import CLUE_NAMES, LEG_NAMES
from assistant.settings import Settings
from assistant.types import Answer, Citation, Document, Hit, Hits, Source

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.doctor import Examination
    from assistant.finding.builder import Built, Freshness, Progress
    from assistant.measuring.compare import Comparison
    from assistant.reading.checking import Reading

_WIDTH = 96
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_FIELDS = {"title": "titel", "publisher": "utgivare", "year": "år", "kind": "slag"}


def out(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def out_json(value: Any) -> None:
    """One JSON document on one line, also for a reader that takes Unicode's other line ends for ends of lines."""
    text = json.dumps(value, ensure_ascii=False)
    sys.stdout.write(_LINE_ENDS.sub(lambda end: f"\\u{ord(end.group()):04x}", text) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    sys.stderr.write(text + "\n")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress bar on standard error for each stage; nothing at all until something is told."""
    with ExitStack() as stack:
        bars: list[Any] = []
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(_rich_progress()))
            if stage not in tasks:
                tasks[stage] = bars[0].add_task(stage, total=total)
            bars[0].update(tasks[stage], completed=done, total=total)

        yield tell


def _rich_progress() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=False)


def open_assistant(settings: Settings) -> Assistant:
    """Opens the assistant; a progress bar shows only when the index has to be built."""
    from assistant.assistant import Assistant

    with progress_bar() as progress:
        assistant, warning = Assistant.open(settings, progress)
    if warning:
        note(warning)
    return assistant


def show_growing(answers: Iterable[Answer]) -> Answer:
    """In a terminal the answer is shown as it grows, and gone when it is whole; gives the whole one."""
    answer: Answer | None = None
    if not sys.stdout.isatty():
        *_, answer = answers
        return answer
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(file=sys.stdout), transient=True, refresh_per_second=12) as live:
        for answer in answers:
            live.update(Text(answer.text), refresh=True)
    if answer is None:
        raise ValueError("an answer has at least one state")
    return answer


def show_answer(answer: Answer) -> None:
    if answer.notice:
        out(_wrap(answer.notice) + "\n")
    out("\n\n".join(_wrap(part) for part in answer.text.split("\n\n")))
    if answer.citations:
        out("\nKällor")
    for citation in answer.citations:
        out(f"[{citation.n}] {reference(citation)}")
        out(_wrap(f"«{citation.quote}»", "    "))
    if answer.withheld:
        count = len(answer.withheld)
        which = "1 mening visas inte, för den har" if count == 1 else f"{count} meningar visas inte, för de har"
        out(f"\n{which} inget stöd i källorna:")
        for item in answer.withheld:
            out(_wrap(f"{item.text} ({item.reason})", "    "))
    if answer.suggestions:
        out("\nKällorna svarar också på:")
    for question in answer.suggestions:
        out(_wrap(question, "    "))


def reference(citation: Citation) -> str:
    """Kind, title, publisher, year and place, as far as they are known."""
    source, passage = citation.source, citation.passage
    voice = "En röst" if passage.voice == "quotation" else source.kind.capitalize()
    kind = OWN_DOCUMENTS if source.kind == "eget" else voice
    wording = f"t.o.m. SFS {source.through}" if source.through else None
    known = [source.title, source.publisher, str(source.year) if source.year else None, wording, passage.locator]
    return f"{kind} · " + ", ".join(part for part in known if part)


def show_hits(hits: Hits) -> None:
    if not hits.items:
        out("Inget stycke i källorna liknar frågan.")
    for hit in hits.items:
        passage = hit.passage
        place = ", ".join(part for part in (hit.source.title, passage.locator) if part)
        out(f"{hit.rank}. {place} ({hit.score:.2f})")
        out(textwrap.shorten(passage.text, 240, placeholder=" …"))
        for line in _reasons(hit):
            out(f"   {line}")
        out()


def _reasons(hit: Hit) -> Iterator[str]:
    """Why the passage was found, a line for each kind of clue."""
    for clue, name in CLUE_NAMES.items():
        found = [reason for reason in hit.reasons if reason.clue == clue]
        if found:
            yield f"{name}: " + " · ".join(f"{reason.detail} {reason.score:.2f}".strip() for reason in found)
    if hit.reasons:
        yield "delpoäng: " + " · ".join(f"{LEG_NAMES.get(leg, leg)} {score:.2f}" for leg, score in hit.found_by.items())


def show_freshness(freshness: Freshness) -> None:
    for line in freshness.changed:
        note(line)
    if freshness.fresh:
        out("Indexet stämmer med källorna.")
        return
    out(" ".join(["Indexet stämmer inte med källorna.", *freshness.reasons, "Bygg om det med kd index."]))


def show_built(built: Built) -> None:
    if built.fresh_already:
        out(f"Indexet stämmer redan med källorna ({built.passages} stycken ur {built.documents} källor).")
        return
    out(
        f"Indexet är klart: {built.passages} stycken ur {built.documents} källor, "
        f"{built.embedded} nya eller ändrade, {built.passages - built.embedded} oförändrade."
    )
    for line in built.stale_aids:
        note(line)
    if built.removed:
        out(f"Borttagna källor: {', '.join(built.removed)}.")


def show_sources(sources: Sequence[Source]) -> None:
    for source in sources:
        known = ", ".join(part for part in (source.publisher, str(source.year) if source.year else None) if part)
        out(f"{source.id}\n    {source.title} ({source.kind}{', ' + known if known else ''})")


def show_document(document: Document) -> None:
    out(f"{document.source.title} ({len(document.sections)} avsnitt, {len(document.passages)} stycken)")
    for section in document.sections:
        out()
        out(f"{'  ' * max(0, len(section.path) - 1)}{section.path[-1] if section.path else '(utan rubrik)'}")
        for passage in document.passages:
            if section.start <= passage.start < section.end:
                mark = "röst" if passage.voice == "quotation" else "text"
                out(_wrap(f"{passage.start}–{passage.end} {mark}: {textwrap.shorten(passage.text, 110)}", "    "))


def ask(name: str, guess: object) -> str:
    """Asks on standard error, so that standard output stays clean; "" when the guess is kept."""
    sys.stderr.write(f"{name} [{guess or 'okänt'}]: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def show_added(source: Source, document: Document, notes: Sequence[str]) -> None:
    guessed = f" (gissat: {', '.join(_FIELDS[name] for name in source.guessed)})" if source.guessed else ""
    out(f'"{source.title}" är tillagt som {source.id}{guessed}: {len(document.passages)} stycken.')
    for line in notes:
        note(line)


def show_readings(readings: Sequence[Reading]) -> None:
    for reading in readings:
        out(
            f"{reading.source.id}: {reading.pages} sidor, {reading.sections} avsnitt, {reading.passages} stycken, "
            f"{reading.kept:.1%} av tecknen kvar".replace(".", ",", 1)
        )
        for line in (*reading.notes, *reading.suspicious):
            out(f"    {line}")


def show_doctor(report: Examination) -> None:
    for line in report.lines:
        out(f"{'ok   ' if line.ok else 'fel  '}{line.name}: {line.text}")


def show_bench(report: Mapping[str, Any]) -> None:
    for name, value in report["figures"].items():
        out(f"{name}: {value['value']} {value['unit']}")


def show_report(report: Mapping[str, Any]) -> None:
    """The figures in all with their intervals, then the main ones by kind, theme and source."""
    from assistant.measuring.metrics import METRICS

    about = report["about"]
    out(f"{report['set']}: {len(report['cases'])} frågor, svar av {about['writer']}, sökmodell {about['embedding']}")
    if report["failures"]:
        out(f"{report['failures']} frågor kraschade:")
        for case in report["cases"]:
            if case["failure"]:
                out(f"    {case['id']}: {case['failure']}")
    out()
    for metric in METRICS:
        out(f"  {metric.label:<34}{_figure(report['totals'][metric.name], metric.unit)}")
    for name, title in (("by_kind", "Efter slag"), ("by_theme", "Efter tema"), ("by_source", "Efter källa")):
        _show_groups(title, report[name])
    _show_baselines(report)


def _show_groups(title: str, groups: Mapping[str, Any]) -> None:
    names = {"hit@1": "först", "hit@5": "bland 5", "citation_recall": "citerat", "nugget_recall_folded": "fakta"}
    out(f"\n{title:<30}{'frågor':>8}" + "".join(f"{label:>9}" for label in names.values()) + f"{'avböjda':>9}")
    for key, group in groups.items():
        figures = group["figures"]
        refused = figures["right_refusal"]["mean"]
        refused = figures["false_refusal"]["mean"] if refused is None else refused
        shown = [figures[name]["mean"] for name in names] + [refused]
        out(f"{key:<30}{group['cases']:>8}" + "".join(f"{_share(value):>9}" for value in shown))


def _show_baselines(report: Mapping[str, Any]) -> None:
    if not report["baselines"]:
        return
    names = ("hit@1", "hit@5", "mrr", "ndcg@10")
    out(f"\n{'Jämförelsesystem':<30}" + "".join(f"{name:>9}" for name in names))
    for key, figures in {"kd": report["totals"], **report["baselines"]}.items():
        out(f"{key:<30}" + "".join(f"{_share(figures[name]['mean']):>9}" for name in names))


def _figure(figure: Mapping[str, Any], unit: str) -> str:
    if figure["mean"] is None:
        return f"–  ({figure['reason']})"
    if unit:
        return f"{figure['median']:.0f} {unit} (median)"
    return f"{_share(figure['mean'])}  ({_share(figure['low'])}–{_share(figure['high'])}, {figure['n']} frågor)"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace(".", ",")


def show_comparison(comparison: Comparison) -> None:
    out(f"\nJämfört med den tidigare körningen ({comparison.shared} gemensamma frågor)")
    for difference in comparison.differences:
        i = difference.interval
        change = f"{i.mean:+.3f} ({i.low:+.3f} till {i.high:+.3f})".replace(".", ",")
        out(f"  {difference.metric.label:<34}{change}  {difference.verdict}")
    for flip in comparison.flips:
        out(f"  {'+' if flip.better else '-'} {flip.case_id} {flip.metric}: {flip.question}")


def show_benchmark(report: Mapping[str, Any]) -> None:
    out(f"{report['questions']} frågor, {report['passages']} stycken")
    for name, figures in report["systems"].items():
        out(f"  {name:<8}" + "  ".join(f"{key} {value:.4f}".replace(".", ",") for key, value in figures.items()))


def _wrap(text: str, indent: str = "") -> str:
    lines = text.split("\n")
    return "\n".join(
        textwrap.fill(
            line, _WIDTH, initial_indent=indent, subsequent_indent=indent + ("  " if line[:2] == "- " else "")
        )
        for line in lines
    )
