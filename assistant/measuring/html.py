"""The report as one web page for an evaluator: figures, plots, comparison, and every question with its answer.

The page reaches no other host, runs only our own script (its hash stands in the policy) and reads well without it.
Every word from a case, an answer or a source goes through `html.escape`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, get_args

from assistant.measuring.cases import CaseKind
from assistant.measuring.compare import Comparison, Difference, Flip
from assistant.measuring.html_cases import cases_html, refused
from assistant.measuring.plots import Bar, Row, dot_plot, histogram
from assistant.measuring.wording import (
    DECIMALS,
    GROUPS,
    KINDS,
    LABELS,
    MEANING,
    SHORT,
    SYSTEMS,
    UNITS,
    capital,
    number,
    percent,
    questions,
    shown,
    signed,
    span,
)

_FOLDER = Path(__file__).resolve().parent
_RETRIEVAL = ("hit@1", "hit@5", "recall@5", "mrr", "ndcg@10")
_MAIN = ("hit@1", "hit@5", "citation_recall", "nugget_recall_folded")
_HOW_TO_READ = (
    "Varje siffra är ett medelvärde över frågorna. Intervallet intill visar var medelvärdet med 95 procents säkerhet "
    "hade hamnat om frågorna bytts mot andra av samma slag: ju färre frågor, desto bredare. Överlappar två intervall "
    "mycket går det inte att säga vilket som är bäst. Ett streck betyder att siffran inte gick att mäta, och är ingen "
    "nolla. Facit är ordagranna citat ur källorna, och ingen siffra bygger på en språkmodells omdöme om det inte "
    "står så. Vill du veta vad en siffra består av: öppna "
    "frågorna längst ned och jämför svaret med facit."
)
#: Tick labels of an axis from 0 to 1.
_SHARES = ("0 %", "50 %", "100 %")
_OPEN_AS_TABLE = "Visa siffrorna som tabell"


def report_to_html(report: Mapping[str, Any], comparison: Comparison | None) -> str:
    """The page: one file without anything from outside, that may be opened from disk."""
    sections = {
        "siffror": ("Alla siffror", _figures(report)),
        "slag": ("Efter slag av fråga", _by_kind(report)),
        "sokning": ("Sökningen", _ranks(report)),
        "avbojande": ("Att svara eller avböja", _refusals(report)),
        "tid": ("Svarstid", _latency(report)),
        "teman": ("Efter tema och källa", _groups_table(report)),
    }
    if comparison:
        sections["jamforelse"] = ("Jämfört med förra körningen", _comparison(comparison, report))
    sections["fragor"] = (f"Alla {len(report['cases'])} frågor", cases_html(report))
    links = "".join(f'<li><a href="#{key}">{escape(title)}</a></li>' for key, (title, _) in sections.items())
    body = "".join(
        f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{escape(title)}</h2>{inside}</section>'
        for key, (title, inside) in sections.items()
    )
    return _page(
        f"Mätning: {report['set']}",
        f'{_about(report)}<nav aria-label="Innehåll"><ul>{links}</ul></nav>',
        f"{_summary(report)}{body}",
    )


def _page(title: str, header: str, main: str) -> str:
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="sv"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        '<a class="skip" href="#innehall">Till siffrorna</a>'
        f'<header><h1>{escape(title)}</h1>{header}</header><main id="innehall">{main}</main>'
        "<footer><p>Skapad med kd eval --html. Vad siffrorna betyder står i evals/README.md.</p></footer>"
        f"<script>{script}</script></body></html>\n"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# What was run, and what came of it in words


def _about(report: Mapping[str, Any]) -> str:
    about = report["about"]
    writer = "källornas egna meningar" if about["writer"] == "extractive" else str(about["writer"])
    rows = {
        "Uppsättning": f"{report['set']}, {questions(len(report['cases']))}",
        "Datum": str(report["created"]).replace("T", " ").replace("+00:00", " UTC"),
        "Svaren skrivs av": writer,
        "Sökmodell": str(about["embedding"]),
        "Index": str(about["index_id"]),
        "Domare": str(about["judge"] or "ingen språkmodell"),
        "Frågornas kontrollsumma": str(report["cases_sha256"]),
    }
    listed = "".join(f"<div><dt>{escape(key)}</dt><dd>{escape(value)}</dd></div>" for key, value in rows.items())
    return f'<dl class="about">{listed}</dl>'


def _summary(report: Mapping[str, Any]) -> str:
    totals = report["totals"]
    lines = []
    if (cited := totals["citation_recall"])["mean"] is not None:
        lines.append(f"Av {cited['n']} frågor med facit i källorna citeras rätt ställe i {_with_interval(cited)}.")
    if (right := totals["right_refusal"])["mean"] is not None:
        lines.append(f"Av {right['n']} frågor som källorna inte svarar på avböjs {_with_interval(right)}.")
    if (false := totals["false_refusal"])["mean"] is not None:
        lines.append(f"Av {false['n']} frågor som de svarar på avböjs ändå {_with_interval(false)}.")
    lead = f'<p class="lead">{" ".join(lines)}</p>' if lines else ""
    return (
        f'<section aria-labelledby="kort-h"><h2 id="kort-h">I korthet</h2>{lead}'
        f"{_failures(report)}{_unmeasured(report)}<h3>Så läser du rapporten</h3><p>{_HOW_TO_READ}</p></section>"
    )


def _with_interval(total: Mapping[str, Any]) -> str:
    return f"{percent(total['mean'])} ({span(total, percent)})"


def _failures(report: Mapping[str, Any]) -> str:
    crashed = [(n, case) for n, case in enumerate(report["cases"], 1) if case["failure"]]
    if not crashed:
        return ""
    links = "".join(f"<li>{_link(n, case)}: {escape(case['failure'])}</li>" for n, case in crashed)
    return (
        f'<div class="crashed"><p><strong class="crash">{questions(len(crashed))} kraschade</strong> '
        f"och ingår inte i siffrorna, varken som rätt eller fel.</p><ul>{links}</ul></div>"
    )


def _unmeasured(report: Mapping[str, Any]) -> str:
    """The questions whose gold quotes stand nowhere in the sources; they count nowhere either."""
    lost = [
        (n, c) for n, c in enumerate(report["cases"], 1) if c["answerable"] and not c["sources"] and not c["failure"]
    ]
    if not lost:
        return ""
    links = ", ".join(_link(n, case) for n, case in lost)
    return f"<p>{questions(len(lost))} har facit som inte finns i källorna, och mäts bara på om de avböjs: {links}.</p>"


def _link(number: int, case: Mapping[str, Any]) -> str:
    return f'<a href="#fraga-{number}">{escape(case["id"])}</a>'


# Figures as tables


def _figures(report: Mapping[str, Any]) -> str:
    return _search_table(report) + _answer_table(report)


def _search_table(report: Mapping[str, Any]) -> str:
    """The search's figures beside those of the baselines, when they were measured."""
    systems = {"kd": report["totals"], **report["baselines"]}
    names = "".join(f'<th scope="col">{escape(SYSTEMS.get(key, key))}</th>' for key in systems)
    rows = "".join(
        _figure_row(name, "".join(_search_cell(name, totals, key == "kd") for key, totals in systems.items()))
        for name in _RETRIEVAL
    )
    note = (
        "<p>Jämförelsesystemen söker i samma texter. Handledningen är det som brukar byggas först: texten i bitar om "
        "1 000 tecken, vektorer i Chroma och de fyra närmaste bitarna; nDCG och plats räknas på dem.</p>"
        if report["baselines"]
        else '<p class="hint">Med --baselines mäts också BM25, bara vektorer och en vanlig handledning.</p>'
    )
    caption = f"Sökningen: medelvärden och 95-procentsintervall, {questions(report['totals']['hit@1']['n'])}"
    return _table(caption, f'<th scope="col">Siffra</th>{names}', rows) + note


def _answer_table(report: Mapping[str, Any]) -> str:
    groups = dict(GROUPS)
    extra = tuple(name for name in report["totals"] if name not in LABELS)
    if extra:
        groups["En språkmodells omdöme"] = extra
    rows = ""
    for group, names in groups.items():
        rows += f'<tr class="group"><th scope="colgroup" colspan="4">{escape(group)}</th></tr>'
        rows += "".join(_figure_row(name, _figure_cells(name, report["totals"][name])) for name in names)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Siffra", "Värde", "95 %-intervall", "Frågor"))
    return _table("Svaren och deras hänvisningar", head, rows, "narrow")


def _figure_cells(name: str, total: Mapping[str, Any]) -> str:
    """Value, interval and number of cases; a median stands without an interval."""
    if total["mean"] is None:
        return f'<td>–</td><td class="hint">{escape(total["reason"])}</td><td>0</td>'
    if unit := UNITS.get(name):
        return f'<td class="own">{total["median"]:.0f} {unit}</td><td></td><td>{total["n"]}</td>'
    words = shown(name)
    return f'<td class="own">{words(total["mean"])}</td><td>{span(total, words)}</td><td>{total["n"]}</td>'


def _figure_row(name: str, cells: str) -> str:
    label = LABELS.get(name) or name.replace("judge:", "stöd enligt ")
    meaning = MEANING.get(name, "Andel meningar som språkmodellen anser följer av sina citat.")
    return f'<tr><th scope="row">{escape(capital(label))}<span class="hint">{escape(meaning)}</span></th>{cells}</tr>'


def _search_cell(name: str, totals: Mapping[str, Any], is_own: bool) -> str:
    total = totals[name]
    if total["mean"] is None:
        return f'<td>–<span class="hint">{escape(total["reason"])}</span></td>'
    words, own = shown(name), ' class="own"' if is_own else ""
    return f'<td{own}>{words(total["mean"])}<span class="hint">{span(total, words)}</span></td>'


def _table(caption: str, head: str, rows: str, kind: str = "") -> str:
    """A table that scrolls sideways in a region of its own where the page is narrow."""
    name = escape(caption)
    return (
        f'<div class="scroll" role="region" aria-label="{name}" tabindex="0"><table class="{kind}">'
        f"<caption><span>{name}</span></caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _groups_table(report: Mapping[str, Any]) -> str:
    return _group_table("Efter tema", "Tema", report["by_theme"]) + _group_table(
        "Efter den källa där facit står", "Källa", report["by_source"]
    )


def _group_table(caption: str, first: str, groups: Mapping[str, Any], named: Mapping[str, str] | None = None) -> str:
    names = (*_MAIN, "right_refusal", "false_refusal")
    head = f'<th scope="col">{first}</th><th scope="col">Frågor</th>' + "".join(
        f'<th scope="col">{escape(capital(LABELS[name]))}</th>' for name in names
    )
    rows = "".join(
        f'<tr><th scope="row">{escape((named or {}).get(key, key))}</th><td>{group["cases"]}</td>'
        + "".join(_short_cell(name, group["figures"]) for name in names)
        + "</tr>"
        for key, group in groups.items()
    )
    return _table(caption, head, rows)


def _short_cell(name: str, figures: Mapping[str, Any]) -> str:
    total = figures[name]
    if total["mean"] is None:
        return "<td>–</td>"
    return f'<td>{percent(total["mean"])}<span class="hint">{span(total, percent)}</span></td>'


# Plots


def _by_kind(report: Mapping[str, Any]) -> str:
    """One plot for each main figure, a row a kind, and the same as a table."""
    groups = _kinds(report)
    plots = "".join(_kind_plot(name, groups) for name in _MAIN)
    note = '<p class="hint">Punkten är medelvärdet, strecket 95-procentsintervallet, siffran inom parentes antalet.</p>'
    table = _group_table("Efter slag", "Slag", groups, KINDS)
    return f'{note}<div class="plots">{plots}</div>{_as_table(table)}'


def _kinds(report: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: report["by_kind"][kind] for kind in get_args(CaseKind) if kind in report["by_kind"]}


def _kind_plot(name: str, groups: Mapping[str, Any]) -> str:
    rows = _rows(name, groups)
    if not rows:
        return ""
    title = capital(LABELS[name])
    return _figure(title, MEANING[name], dot_plot(f"slag-{_key(name)}", title, rows, (0, 1), _SHARES))


def _rows(name: str, groups: Mapping[str, Any]) -> list[Row]:
    measured = [(key, group["figures"][name]) for key, group in groups.items()]
    return [
        Row(f"{KINDS.get(key, key)} ({t['n']})", t["mean"], t["low"], t["high"], percent(t["mean"]))
        for key, t in measured
        if t["mean"] is not None
    ]


def _figure(title: str, hint: str, plot: str) -> str:
    under = f'<span class="hint">{escape(hint)}</span>' if hint else ""
    return f"<figure><figcaption>{escape(title)}{under}</figcaption>{plot}</figure>"


def _as_table(table: str) -> str:
    return f'<details class="as-table"><summary>{_OPEN_AS_TABLE}</summary>{table}</details>'


def _ranks(report: Mapping[str, Any]) -> str:
    """Where among the hits the first right passage stood."""
    ranks = [case["rank"] for case in report["cases"] if case["scores"].get("hit@1") is not None]
    if not ranks:
        return "<p>Ingen fråga har facit i källorna, så det finns inget att mäta.</p>"
    steps = {str(rank): (rank, rank) for rank in range(1, 6)} | {"6–10": (6, 10), "11–20": (11, 20)}
    bars = [Bar(label, sum(rank is not None and a <= rank <= b for rank in ranks)) for label, (a, b) in steps.items()]
    bars.append(Bar("inte alls", sum(rank is None for rank in ranks), off=True))
    title = "Plats för det första rätta stycket"
    plot = histogram("platser", title, bars, "plats bland sökningens tjugo stycken")
    hint = f"{questions(len(ranks))} med facit i källorna."
    return _figure(title, hint, plot) + _as_table(_counts_table(title, "Plats", bars))


def _counts_table(caption: str, first: str, bars: Sequence[Bar]) -> str:
    total = sum(bar.count for bar in bars) or 1
    rows = "".join(
        f'<tr><th scope="row">{escape(bar.label)}</th><td>{bar.count}</td><td>{percent(bar.count / total)}</td></tr>'
        for bar in bars
    )
    head = f'<th scope="col">{escape(first)}</th><th scope="col">Frågor</th><th scope="col">Andel</th>'
    return _table(caption, head, rows)


def _refusals(report: Mapping[str, Any]) -> str:
    """Right against false refusals: a two-by-two table, and the shares by kind."""
    groups = _kinds(report)
    plots = ""
    for name, title in (("right_refusal", "Avböjda, som de ska"), ("false_refusal", "Avböjda, fast svaret finns")):
        if rows := _rows(name, groups):
            plot = dot_plot(f"avbojda-{_key(name)}", title, rows, (0, 1), _SHARES)
            plots += _figure(title, MEANING[name], plot)
    note = (
        "<p>De två felen står mot varandra: den som avböjer oftare svarar mer sällan fel, men hjälper också mer sällan."
        "</p>"
    )
    return f'{note}{_fourfold(report)}<div class="plots">{plots}</div>'


def _fourfold(report: Mapping[str, Any]) -> str:
    rows = ""
    for answerable, label in ((True, "Källorna svarar"), (False, "Källorna svarar inte")):
        cases = [case for case in report["cases"] if case["answer"] and case["answerable"] is answerable]
        declined = sum(refused(case) for case in cases)
        cells = "".join(
            f'<td><strong>{count}</strong><span class="hint">{percent(count / len(cases)) if cases else "–"}'
            f'</span><span class="tag {"right" if is_right else "wrong"}">{"rätt" if is_right else "fel"}</span></td>'
            for count, is_right in ((len(cases) - declined, answerable), (declined, not answerable))
        )
        rows += f'<tr><th scope="row">{label}<span class="hint">{questions(len(cases))}</span></th>{cells}</tr>'
    head = '<th scope="col"></th><th scope="col">Assistenten svarade</th><th scope="col">Assistenten avböjde</th>'
    return _table("Vad källorna kan, och vad assistenten gjorde", head, rows, "fourfold")


def _latency(report: Mapping[str, Any]) -> str:
    """How long the answers took."""
    times = sorted(t for case in report["cases"] if (t := case["scores"].get("latency")) is not None)
    if not times:
        return "<p>Svarstiden mättes inte.</p>"
    middle, late = times[len(times) // 2], times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]
    words = (
        f"<p>Hälften av svaren kom inom {middle:.0f} ms, 95 av 100 inom {late:.0f} ms. Det långsammaste tog "
        f"{times[-1]:.0f} ms; det första svaret i en körning är ofta långsammast.</p>"
    )
    bars = _time_bars(times, late)
    title = "Svarstidernas fördelning"
    plot = histogram("tider", title, bars, "millisekunder från fråga till färdigt svar")
    return words + _figure(title, "", plot) + _as_table(_counts_table(title, "Millisekunder", bars))


def _time_bars(times: Sequence[float], late: float) -> list[Bar]:
    """At most eight equally wide steps up to the 95th percentile, and one for what took longer."""
    width = next(w * 10**p for p in range(9) for w in (1, 2, 5) if late < 8 * w * 10**p)
    count = int(late // width) + 1
    bars = [
        Bar(f"{n * width}–{(n + 1) * width}", sum(n * width <= t < (n + 1) * width for t in times))
        for n in range(count)
    ]
    longer = sum(t >= count * width for t in times)
    return [*bars, Bar(f"över {count * width}", longer, off=True)] if longer else bars


# The comparison


def _comparison(comparison: Comparison, report: Mapping[str, Any]) -> str:
    rows = "".join(_difference_row(difference) for difference in comparison.differences)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Siffra", "Ändring", "95 %-intervall"))
    head += '<th scope="col" class="words">Omdöme</th>'
    note = (
        f"<p>{questions(comparison.shared)} finns i båda körningarna. Ändringen är medelvärdet av skillnaden "
        "fråga för fråga. Rymmer intervallet noll går det inte att skilja ändringen från slumpen.</p>"
    )
    return (
        note
        + _difference_plot(comparison)
        + _table("Ändringar", head, rows, "narrow")
        + _flips(comparison.flips, report)
    )


def _difference_plot(comparison: Comparison) -> str:
    shares = [d for d in comparison.differences if not d.metric.unit and d.metric.name not in DECIMALS]
    if not shares:
        return ""
    widest = max(0.05, *(abs(edge) for d in shares for edge in (d.interval.low, d.interval.high)))
    rows = [
        Row(SHORT.get(d.metric.name, d.metric.name), d.interval.mean, d.interval.low, d.interval.high, _points(d))
        for d in shares
    ]
    ticks = (f"−{number(100 * widest, 0)}", "0", f"+{number(100 * widest, 0)}")
    title = "Ändring i procentenheter"
    hint = "Till höger om noll har siffran ökat. För fel ställe, utan citat och fel avböjda är det sämre."
    return _figure(title, hint, dot_plot("andring", title, rows, (-widest, widest), ticks))


def _points(difference: Difference) -> str:
    return signed(100 * difference.interval.mean, 1)


def _difference_row(difference: Difference) -> str:
    metric, interval = difference.metric, difference.interval
    scale, digits, unit = (1, 0, metric.unit) if metric.unit else (100, 1, "p.e.")
    if metric.name in DECIMALS:
        scale, digits, unit = 1, 3, ""
    change, low, high = (signed(scale * v, digits) for v in (interval.mean, interval.low, interval.high))
    kind = {"bättre": "right", "sämre": "wrong"}.get(difference.verdict, "none")
    return (
        f'<tr><th scope="row">{escape(capital(metric.label))}<span class="hint">{questions(interval.n)}</span></th>'
        f'<td>{change} {unit}</td><td>{low} till {high}</td><td class="words"><span class="tag {kind}">'
        f"{escape(difference.verdict)}</span></td></tr>"
    )


def _flips(flips: Sequence[Flip], report: Mapping[str, Any]) -> str:
    if not flips:
        return "<p>Ingen fråga gick från rätt till fel eller tvärtom.</p>"
    places = {case["id"]: number for number, case in enumerate(report["cases"], 1)}
    parts = []
    for better, title in ((False, "Blev fel"), (True, "Blev rätt")):
        items = "".join(
            f'<li><a href="#fraga-{places[flip.case_id]}">{escape(flip.case_id)}</a> {escape(flip.question)} '
            f'<span class="hint">({escape(LABELS[flip.metric])})</span></li>'
            for flip in flips
            if flip.better is better
        )
        count = sum(flip.better is better for flip in flips)
        parts.append(f"<h3>{title}: {count}</h3>" + (f"<ul>{items}</ul>" if items else "<p>Ingen fråga.</p>"))
    return "".join(parts)


def _key(name: str) -> str:
    """A name as part of an HTML id."""
    return re.sub(r"\W", "-", name)
