"""Utvärdering as HTML: the last run's figures, plots for each kind of question, and the questions that went worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, get_args

from assistant.measuring.cases import CaseKind
from assistant.measuring.html_cases import refused
from assistant.measuring.plots import Row, dot_plot
from assistant.measuring.wording import KINDS, LABELS, MEANING, UNITS, capital, percent, shown, span
from assistant.web import texts

#: The figures of the table, and those that get a plot.
_FIGURES = ("hit@5", "citation_recall", "nugget_recall_folded", "verbatim", "right_refusal", "false_refusal", "latency")
_PLOTTED = ("hit@5", "citation_recall", "nugget_recall_folded")
_TICKS = ("0 %", "50 %", "100 %")
#: How many questions are shown, the worst first.
_WORST = 12


def evaluation_html(report: Mapping[str, Any] | None, sets: Sequence[str]) -> str:
    """The whole view but the progress of a run."""
    body = _report(report) if report else f'<p class="kd-lead">{escape(texts.EVAL_NONE)}</p>'
    return f'<div data-root="kd-eval"><p class="kd-lead">{escape(texts.EVAL_LEAD)}</p>{_run(sets)}{body}</div>'


def _run(sets: Sequence[str]) -> str:
    if not sets:
        return f'<p class="kd-notice">{escape(texts.EVAL_NO_SETS)}</p>'
    options = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in sets)
    return (
        f'<p class="kd-run"><label for="kd-eval-set">{escape(texts.EVAL_SET)}</label>'
        f'<select id="kd-eval-set">{options}</select>'
        f'<button type="button" class="kd-button kd-primary" id="kd-eval-run">{escape(texts.EVAL_RUN)}</button></p>'
    )


def _report(report: Mapping[str, Any]) -> str:
    return (
        f'<p class="kd-notice">{escape(_about(report))}</p>{_table(report["totals"])}'
        f'<p><button type="button" class="kd-link" data-act="save">{escape(texts.EVAL_SAVE)}</button></p>'
        f'<section class="kd-band" aria-labelledby="kd-kinds-h"><h3 id="kd-kinds-h">{escape(texts.EVAL_KINDS)}</h3>'
        f'<p class="kd-notice">{escape(texts.EVAL_KINDS_LEAD)}</p>'
        f'<div class="kd-plots">{_plots(report)}</div></section>'
        f'<section class="kd-band" aria-labelledby="kd-worst-h"><h3 id="kd-worst-h">{escape(texts.EVAL_WORST)}</h3>'
        f'<p class="kd-notice">{escape(texts.EVAL_WORST_LEAD)}</p>{_worst(report["cases"])}</section>'
    )


def _about(report: Mapping[str, Any]) -> str:
    about = report["about"]
    writer = texts.WRITER_EXTRACTIVE if about["writer"] == "extractive" else str(about["writer"])
    day = str(report["created"])[:16].replace("T", " ")
    return texts.EVAL_ABOUT.format(
        set=report["set"], count=len(report["cases"]), day=day, writer=writer, index=about["index_id"]
    )


def _table(totals: Mapping[str, Any]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in texts.EVAL_COLUMNS)
    rows = "".join(_figure(name, totals[name]) for name in _FIGURES if name in totals)
    return (
        f'<div class="kd-scroll" role="region" aria-label="{escape(texts.EVAL_TABLE)}" tabindex="0">'
        f'<table class="kd-table kd-stacked"><caption class="kd-unseen">{escape(texts.EVAL_TABLE)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _figure(name: str, total: Mapping[str, Any]) -> str:
    words = f'{escape(capital(LABELS[name]))}<span class="kd-where">{escape(MEANING[name])}</span>'
    cells = ("–", escape(str(total.get("reason", ""))), "0")
    if total["mean"] is not None and (unit := UNITS.get(name)):
        cells = (f"{total['median']:.0f} {unit}", "", str(total["n"]))
    elif total["mean"] is not None:
        cells = (shown(name)(total["mean"]), span(total, shown(name)), str(total["n"]))
    data = "".join(
        f'<td data-label="{escape(label)}">{cell}</td>'
        for label, cell in zip(texts.EVAL_COLUMNS[1:], cells, strict=True)
    )
    return f'<tr><th scope="row">{words}</th>{data}</tr>'


def _plots(report: Mapping[str, Any]) -> str:
    groups = {kind: report["by_kind"][kind] for kind in get_args(CaseKind) if kind in report["by_kind"]}
    return "".join(_plot(name, groups) for name in _PLOTTED)


def _plot(name: str, groups: Mapping[str, Any]) -> str:
    measured = ((kind, group["figures"][name]) for kind, group in groups.items())
    rows = [
        Row(f"{KINDS[kind]} ({total['n']})", total["mean"], total["low"], total["high"], percent(total["mean"]))
        for kind, total in measured
        if total["mean"] is not None
    ]
    if not rows:
        return ""
    title = capital(LABELS[name])
    plot = dot_plot(f"webb-{name.replace('@', '-')}", title, rows, (0, 1), _TICKS)
    hint = f'<span class="kd-where">{escape(MEANING[name])}</span>'
    return f'<figure class="kd-plot"><figcaption>{escape(title)}{hint}</figcaption>{plot}</figure>'


def _worst(cases: Sequence[Mapping[str, Any]]) -> str:
    """The questions that went worst, each with what went wrong; a touched one is asked."""
    found = sorted((case for case in cases if _points(case) < 1), key=_points)[:_WORST]
    if not found:
        return f"<p>{escape(texts.EVAL_ALL_RIGHT)}</p>"
    rows = "".join(
        f'<li><button type="button" class="kd-link" data-act="ask" data-to="kd-shown" '
        f'data-question="{escape(case["question"])}">{escape(case["question"])}</button>'
        f'<span class="kd-where">{escape(capital(KINDS[case["kind"]]))} · {escape(_what(case))}</span></li>'
        for case in found
    )
    return f'<ul class="kd-worst" role="list">{rows}</ul>'


def _points(case: Mapping[str, Any]) -> float:
    """How well a question went, 0..1: refused where it should be, cited at the right place, with the right facts."""
    if case["failure"]:
        return -1.0
    if not case["answerable"]:
        return 1.0 if refused(case) else 0.0
    if refused(case):
        return 0.0
    scores = [case["scores"].get(name) for name in ("citation_recall", "nugget_recall_folded")]
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else 1.0


def _what(case: Mapping[str, Any]) -> str:
    """What went wrong, in words."""
    if case["failure"]:
        return texts.EVAL_CRASHED
    if refused(case) == case["answerable"]:
        return texts.EVAL_REFUSED if case["answerable"] else texts.EVAL_NOT_REFUSED
    cited, facts = (case["scores"].get(name) for name in ("citation_recall", "nugget_recall_folded"))
    if cited == 0:
        return texts.EVAL_WRONG_PLACE
    return texts.EVAL_FACTS.format(share=percent(facts)) if facts is not None else texts.EVAL_PARTLY
