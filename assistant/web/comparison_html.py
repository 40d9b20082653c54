"""Two reviews side by side as HTML: each requirement with what both documents say of it.

Pure functions; every word from outside goes through `html.escape`. Ids: `jamfor-ID` is the row of requirement ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.avkodning import phrases
from assistant.types import WEIGHTS, ComparedRow, Review, ReviewComparison, Weight
from assistant.web import review_texts as words
from assistant.web import texts
from assistant.web.instruktion_html import ROOT, basis_html, choice, own_html, unfold_button, verdict_html

FIRST, SECOND = phrases.SIDES


def summary(comparison: ReviewComparison) -> str:
    """How many requirements the two differ on, in one line."""
    differ = sum(not row.is_same for row in comparison.rows)
    return words.COMPARED.format(differ=differ, count=len(comparison.rows))


def comparison_html(comparison: ReviewComparison, links: tuple[str, str]) -> str:
    """The whole comparison. `links` are the ids of the documents that can be opened in this page, "" for others."""
    differ = sum(not row.is_same for row in comparison.rows)
    counts = {"alla": len(comparison.rows), "skiljer": differ}
    choices = "".join(
        choice("kd-visa-par", name, f"{label} ({counts[name]})") for name, label in words.SHOWN_COMPARED.items()
    )
    by_id = {row.first.requirement: row for row in comparison.rows}
    groups = "".join(
        _group(weight, [by_id[one.requirement] for one in findings], links)
        for weight, findings in phrases.by_weight(comparison.first.rows, in_order=True)
    )
    return (
        f'<section class="kd-instruktion" aria-labelledby="kd-jamfor-h">'
        f'<h3 class="kd-asked" id="kd-jamfor-h" tabindex="-1">{escape(phrases.COMPARISON_TITLE)}</h3>'
        f'<p class="kd-lead">{escape(summary(comparison))}</p>{_documents(comparison)}{_acts()}'
        f'<div class="kd-findings" data-shown="alla"><div class="kd-show"><fieldset><legend>{escape(words.SHOW)}'
        f"</legend>{choices}</fieldset>{unfold_button()}</div>{groups}</div></section>"
    )


def _documents(comparison: ReviewComparison) -> str:
    """Which document is the first and which the second."""
    rows = zip((FIRST, SECOND), (comparison.first, comparison.second), strict=True)
    listed = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(_title(review))}</dd></div>" for name, review in rows)
    return f'<dl class="kd-facts">{listed}</dl>'


def _title(review: Review) -> str:
    note = "" if review.is_instruktion else f". {phrases.IS_NO_INSTRUKTION}"
    return f"{review.document.source.title}{note}"


def _acts() -> str:
    save = "".join(
        f'<button type="button" class="kd-link" data-to="{ROOT}" data-act="save-comparison" data-form="{form}">'
        f"{escape(label)}</button>"
        for form, label in (("docx", words.SAVE_WORD), ("json", words.SAVE_JSON))
    )
    return (
        f'<p class="kd-card-acts">{save}<button type="button" class="kd-link" data-print>{escape(texts.PRINT)}</button>'
        f'<button type="button" class="kd-link" data-to="{ROOT}" data-act="back">{escape(words.COMPARE_BACK)}</button>'
        f"</p>"
    )


def _group(weight: Weight, rows: Sequence[ComparedRow], links: tuple[str, str]) -> str:
    listed = "".join(f'<li data-verdict="{_sameness(row)}">{_row(row, links)}</li>' for row in rows)
    name = f"kd-par-{WEIGHTS.index(weight)}"
    return (
        f'<section class="kd-band" aria-labelledby="{name}"><h4 id="{name}">{escape(phrases.WEIGHT_HEADINGS[weight])}'
        f'</h4><ul role="list">{listed}</ul></section>'
    )


def _sameness(row: ComparedRow) -> str:
    return "same" if row.is_same else "differs"


def _row(row: ComparedRow, links: tuple[str, str]) -> str:
    """A requirement; what both say stands side by side, one below the other on a phone."""
    is_open = "" if row.is_same or row.first.weight != "lag" else " open"
    both = "".join(
        f'<span class="kd-which"><span class="kd-unseen">{escape(name)}: </span>{verdict_html(one.verdict)}</span>'
        for name, one in ((FIRST, row.first), (SECOND, row.second))
    )
    sides = own_html(row.first.own, links[0], FIRST) + own_html(row.second.own, links[1], SECOND)
    return (
        f'<details class="kd-finding kd-pair" id="jamfor-{escape(row.first.requirement)}"{is_open}><summary>{both}'
        f'<span class="kd-finding-title">{escape(row.first.title)}</span></summary><div class="kd-finding-body">'
        f'<p class="kd-reason">{escape(row.difference)}</p><div class="kd-sides">{sides}</div>'
        f"{basis_html(row.first.basis)}</div></details>"
    )
