"""The report's page: every question with its answer, what was expected and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any, get_args

from assistant.measuring.cases import CaseKind, fold
from assistant.measuring.metrics import COVERED
from assistant.measuring.wording import KINDS, LABELS, UNITS, capital, shown

#: Figures that are 0 or 1 for one question.
_YES_OR_NO = ("hit@1", "hit@5", "first_citation", "right_refusal", "false_refusal")
_VERDICTS = {"right": "Rätt", "partly": "Delvis", "wrong": "Fel", "crash": "Kraschade", "none": "Ej mätt"}


def cases_html(report: Mapping[str, Any]) -> str:
    """The filter and all questions, each a `details` that opens without any script."""
    cases = report["cases"]
    return _filter(cases) + "".join(_case(number, case) for number, case in enumerate(cases, 1))


def _filter(cases: Sequence[Mapping[str, Any]]) -> str:
    """The filter's form; hidden until the script runs, since it does nothing without it."""
    kinds = {kind: KINDS[kind] for kind in get_args(CaseKind) if any(case["kind"] == kind for case in cases)}
    themes = {theme: theme for theme in sorted({case["theme"] for case in cases})}
    sources = {source: source for source in sorted({source for case in cases for source in case["sources"]})}
    found = {_verdict(case)[0] for case in cases}
    verdicts = {key: label for key, label in _VERDICTS.items() if key in found}
    selects = (
        _select("verdict", "Utfall", verdicts)
        + _select("kind", "Slag", kinds)
        + _select("theme", "Tema", themes)
        + _select("source", "Källa", sources)
    )
    return (
        f'<form id="filter" class="filter" hidden aria-label="Välj frågor">{selects}'
        '<label>Ord<input type="search" name="words" autocomplete="off"></label>'
        '<p><span id="shown" role="status"></span> <button type="button" id="open-all">Öppna dem som visas</button> '
        '<button type="button" id="close-all">Stäng dem</button> <button type="reset">Visa alla frågor</button></p>'
        "</form>"
    )


def _select(name: str, label: str, options: Mapping[str, str]) -> str:
    listed = "".join(f'<option value="{escape(key)}">{escape(words)}</option>' for key, words in options.items())
    return f'<label>{label}<select name="{name}"><option value="">alla</option>{listed}</select></label>'


def refused(case: Mapping[str, Any]) -> bool:
    """True when the assistant said that the sources do not answer."""
    return bool(case["answer"] and case["answer"]["outcome"] == "no_support")


def _verdict(case: Mapping[str, Any]) -> tuple[str, str]:
    """The case's outcome, a key of `_VERDICTS`, with what it rests on in words."""
    if case["failure"]:
        return "crash", "frågan gick inte att besvara"
    if not case["answerable"]:
        return ("right", "avböjde, som den skulle") if refused(case) else ("wrong", "svarade fast svaret inte finns")
    if refused(case):
        return "wrong", "avböjde fast svaret finns"
    recall = case["scores"].get("citation_recall")
    if recall is None:
        return "none", str(case["reasons"].get("citation_recall", "citat mättes inte"))
    if recall >= 1:
        return "right", "citerar rätt ställe"
    return ("partly", "citerar en del av det som behövs") if recall > 0 else ("wrong", "citerar inte rätt ställe")


def _case(number: int, case: Mapping[str, Any]) -> str:
    verdict, reason = _verdict(case)
    place = f"rätt stycke på plats {case['rank']}" if case["rank"] else ""
    known = (case["id"], KINDS.get(case["kind"], case["kind"]), case["theme"], reason, place)
    hint = " · ".join(escape(part) for part in known if part)
    inside = _answer_part(number, case) if case["answer"] else f"<p>{escape(case['failure'])}</p>"
    return (
        f'<details class="case" id="fraga-{number}" data-kind="{escape(case["kind"])}" '
        f'data-theme="{escape(case["theme"])}" data-source="{escape("|".join(case["sources"]))}" '
        f'data-verdict="{verdict}"><summary><span class="verdict {verdict}">{_VERDICTS[verdict]}</span>'
        f'<span class="asked">{escape(case["question"])}</span><span class="hint">{hint}</span></summary>'
        f'<div class="inside">{_history(case)}{inside}{_expected(case)}{_hits(case)}{_scores(case)}</div></details>'
    )


def _history(case: Mapping[str, Any]) -> str:
    if not case["history"]:
        return ""
    who = {"user": "Fråga", "assistant": "Svar"}
    turns = "".join(
        f"<li>{who.get(turn['role'], escape(turn['role']))}: {escape(turn['content'])}</li>" for turn in case["history"]
    )
    searched = (case["answer"] or {}).get("search_question", "")
    as_searched = f'<p class="hint">Söktes som: {escape(searched)}</p>' if searched else ""
    return f"<h3>Samtalet före frågan</h3><ol>{turns}</ol>{as_searched}"


def _answer_part(number: int, case: Mapping[str, Any]) -> str:
    answer = case["answer"]
    words = _markdown(answer["answer"], number, {citation["n"] for citation in answer["citations"]})
    notice = f'<p class="hint">{escape(answer["notice"])}</p>' if answer.get("notice") else ""
    cited = "".join(_citation(number, citation, case) for citation in answer["citations"])
    sources = f'<h3>Hänvisningar</h3><ol class="citations">{cited}</ol>' if cited else ""
    return f'<h3>Svaret</h3><div class="answer">{words}</div>{notice}{sources}{_withheld(answer)}'


def _markdown(text: str, number: int, cited: set[int]) -> str:
    """The little Markdown that an answer holds: paragraphs, lists and [n], which becomes a link to its citation."""

    def link(match: re.Match[str]) -> str:
        n = int(match[1])
        name = f' aria-label="Hänvisning {n}"'
        return f'<a href="#fraga-{number}-{n}"{name}>[{n}]</a>' if n in cited else match[0]

    parts = []
    for block in text.split("\n\n"):
        lines = [re.sub(r"\[(\d+)\]", link, escape(line)) for line in block.split("\n") if line.strip()]
        for is_list, run in groupby(lines, lambda line: line.startswith("- ")):
            if is_list:
                parts.append("<ul>" + "".join(f"<li>{line[2:]}</li>" for line in run) + "</ul>")
            else:
                parts.append(f"<p>{'<br>'.join(run)}</p>")
    return "".join(parts)


def _citation(number: int, citation: Mapping[str, Any], case: Mapping[str, Any]) -> str:
    kind = "En röst" if citation["voice"] == "quotation" else str(citation["kind"]).capitalize()
    place = ", ".join(escape(str(part)) for part in (citation["title"], citation["locator"]) if part)
    mark, is_right = "", ""
    if covers(citation["quote"], case["gold"]):
        mark, is_right = ' <span class="tag right">täcker facit</span>', ' class="is-right"'
    elif covers(citation["passage"], case["gold"]):
        mark = ' <span class="tag partly">rätt stycke, men andra ord</span>'
    return (
        f'<li id="fraga-{number}-{citation["n"]}"{is_right}>[{citation["n"]}] <strong>{escape(kind)}</strong> · {place}'
        f'{mark}<span class="quote">«{escape(citation["quote"])}»</span></li>'
    )


def _withheld(answer: Mapping[str, Any]) -> str:
    if not answer["withheld"]:
        return ""
    items = "".join(
        f'<li>{escape(item["text"])} <span class="hint">{escape(item["reason"])}</span></li>'
        for item in answer["withheld"]
    )
    return f"<h3>Meningar som hölls inne</h3><ul>{items}</ul>"


def covers(words: str, gold: Iterable[str]) -> bool:
    """True when the words hold at least half of a gold quote, which may begin before them or end after them.

    Only letters and digits are compared, as where the quotes are looked up in the sources.
    """
    text = fold(words)[0]
    return any(_share_held(text, fold(quote)[0]) >= COVERED for quote in gold)


def _share_held(text: str, wanted: str) -> float:
    """The greatest share of `wanted` that stands in `text`: whole, as its beginning or end, or `text` within it."""
    if not wanted or not text:
        return 0.0
    if wanted in text:
        return 1.0
    if text in wanted:
        return len(text) / len(wanted)
    longest = next(
        (n for n in range(len(wanted) - 1, 0, -1) if text.endswith(wanted[:n]) or text.startswith(wanted[-n:])), 0
    )
    return longest / len(wanted)


def _expected(case: Mapping[str, Any]) -> str:
    if not case["answerable"]:
        return "<h3>Facit</h3><p>Källorna svarar inte på frågan. Assistenten ska säga det.</p>"
    which = "alla ska citeras" if case["gold_mode"] == "all" else "ett räcker"
    title = f"Facit ({which})" if len(case["gold"]) > 1 else "Facit"
    items = "".join(_gold(quote, case) for quote in case["gold"])
    return (f"<h3>{title}</h3><ul>{items}</ul>" if items else "") + _nuggets(case)


def _gold(quote: str, case: Mapping[str, Any]) -> str:
    answer = case["answer"] or {"citations": [], "hits": []}
    cited = any(covers(citation["quote"], [quote]) for citation in answer["citations"])
    rank = next((hit["rank"] for hit in answer["hits"] if covers(hit["text"], [quote])), None)
    found = f"stycke {rank} i sökningen" if rank else "hittades inte i sökningen"
    word, kind = ("citerat", "right") if cited else ("inte citerat", "wrong")
    return (
        f'<li><span class="expected">{escape(quote)}</span> <span class="tag {kind}">{word}</span>, '
        f'<span class="hint">{found}</span></li>'
    )


def _nuggets(case: Mapping[str, Any]) -> str:
    """The expected facts, and whether each stands in the answer; only in all is it known whether inflection helped."""
    if not case["nuggets"] or not case["answer"]:
        return ""
    text = _plain(" ".join(sentence["text"] for sentence in case["answer"]["sentences"]))
    held = [any(_plain(wording) in text for wording in wordings) for wordings in case["nuggets"]]
    in_all = round((case["scores"].get("nugget_recall_folded") or 0) * len(held))
    missing = "saknas" if in_all == sum(held) else "finns, böjt" if in_all == len(held) else "inte ordagrant"
    items = "".join(
        f"<li>{escape(' / '.join(wordings))} "
        f'<span class="tag {"right" if is_held else "wrong" if missing == "saknas" else "partly"}">'
        f"{'finns' if is_held else missing}</span></li>"
        for wordings, is_held in zip(case["nuggets"], held, strict=True)
    )
    return f"<h3>Fakta som svaret ska innehålla ({in_all} av {len(held)})</h3><ul>{items}</ul>"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _hits(case: Mapping[str, Any]) -> str:
    hits = (case["answer"] or {}).get("hits", [])[:5]
    if not hits:
        return ""
    items = "".join(
        f"<li>{escape(hit['source_id'])}: {escape(_shortened(hit['text']))}"
        + (' <span class="tag right">facit</span>' if covers(hit["text"], case["gold"]) else "")
        + "</li>"
        for hit in hits
    )
    return f'<h3>Sökningens fem första stycken</h3><ol class="hits">{items}</ol>'


def _shortened(text: str, most: int = 130) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


def _scores(case: Mapping[str, Any]) -> str:
    """Each figure that could be measured, then in one line what could not, and why."""
    scores = {name: value for name, value in case["scores"].items() if value is not None}
    rows = "".join(
        f"<div><dt>{escape(capital(LABELS.get(name, name)))}</dt><dd>{_one_value(name, value)}</dd></div>"
        for name, value in scores.items()
    )
    reasons: dict[str, list[str]] = {}
    for name, reason in case["reasons"].items():
        reasons.setdefault(reason or "okänt skäl", []).append(LABELS.get(name, name))
    missing = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items())
    unmeasured = f'<p class="hint unmeasured">Inte mätt: {escape(missing)}.</p>' if missing else ""
    return (f'<h3>Siffror</h3><dl class="scores">{rows}</dl>' if rows else "") + unmeasured


def _one_value(name: str, value: float) -> str:
    if name in _YES_OR_NO:
        return "ja" if value else "nej"
    unit = UNITS.get(name)
    return f"{value:.0f} {unit}" if unit else shown(name)(value)
