"""A review of an instruktion as HTML: a summary, then each requirement with the document's words beside the source's.

Pure functions; every word from outside goes through `html.escape`. Ids: `krav-ID` is the row of requirement ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.avkodning import phrases
from assistant.types import WEIGHTS, Citation, Finding, FindingVerdict, OwnPlace, Review, Weight
from assistant.web import review_texts as words
from assistant.web import texts
from assistant.web.cards import copy_button, kind_label, marked_excerpt, one_line, origin, place_link, quoted, reference
from assistant.web.files_html import drop_html

#: The component that hears what is done with a review.
ROOT = "kd-instruktion"


def summary(review: Review) -> str:
    """How many requirements have each verdict, in one line."""
    counts = {verdict: sum(row.verdict == verdict for row in review.rows) for verdict in phrases.VERDICTS}
    line = words.SUMMARY.format(count=len(review.rows), **counts)
    return line + (words.SUMMARY_CONTRADICTS.format(**counts) if counts["contradicts"] else "")


def review_html(review: Review, link: str, comparing: str) -> str:
    """The whole review. `link` is the reviewed document's id where it can be opened in this page, else "".

    `comparing` is the place where another document is chosen (`compare_html`).
    """
    title = escape(words.HEADING.format(title=review.document.source.title))
    known = phrases.IS_INSTRUKTION if review.is_instruktion else phrases.IS_NO_INSTRUKTION
    kind = "kd-notice" if review.is_instruktion else "kd-error"
    groups = "".join(_group(weight, rows, link) for weight, rows in phrases.by_weight(review.rows))
    return (
        f'<section class="kd-instruktion" aria-labelledby="kd-instruktion-h">'
        f'<h3 class="kd-asked" id="kd-instruktion-h" tabindex="-1">{title}</h3>'
        f'<p class="{kind}">{escape(known)}</p><p class="kd-lead">{escape(summary(review))}</p>'
        f'<p class="kd-notice">{escape(phrases.WARNING)}</p>{_table(review)}{_acts()}{comparing}'
        f'<div class="kd-findings" data-shown="alla">{_filter(review)}{groups}</div></section>'
    )


def _table(review: Review) -> str:
    """How many requirements of each weight have each verdict."""
    columns = (*(verdict_name(verdict) for verdict in phrases.VERDICTS), words.TABLE_COUNT)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (words.TABLE_WEIGHT, *columns))
    body = ""
    for weight, by_verdict in phrases.counted(review.rows).items():
        counts = (*by_verdict.values(), sum(by_verdict.values()))
        cells = "".join(
            f'<td data-label="{escape(name)}" data-count="{count}">{count}</td>'
            for name, count in zip(columns, counts, strict=True)
        )
        body += f'<tr><th scope="row">{kind_label(weight)}</th>{cells}</tr>'
    return (
        f'<table class="kd-table kd-stacked kd-counts"><caption class="kd-unseen">{escape(words.TABLE)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def verdict_name(verdict: FindingVerdict) -> str:
    """The verdict as a word of its own."""
    return phrases.sentence_case(phrases.VERDICT_NAMES[verdict])


def _acts() -> str:
    """What can be done with the review."""
    save = "".join(
        f'<button type="button" class="kd-link" data-to="{ROOT}" data-act="save" '
        f'data-form="{form}">{escape(label)}</button>'
        for form, label in (("docx", words.SAVE_WORD), ("json", words.SAVE_JSON))
    )
    return (
        f'<p class="kd-card-acts">{save}<button type="button" class="kd-link" data-print>{escape(texts.PRINT)}</button>'
        f'<a class="kd-link" href="#avkodning">{escape(words.TO_PLAN)}</a>'
        f'<button type="button" class="kd-link" data-to="{ROOT}" data-act="clear">{escape(words.CLEAR)}</button></p>'
    )


def _filter(review: Review) -> str:
    found = sum(row.verdict == "found" for row in review.rows)
    counts = {"alla": len(review.rows), "saknas": len(review.rows) - found, "funna": found}
    choices = "".join(choice("kd-visa", name, f"{label} ({counts[name]})") for name, label in words.SHOWN.items())
    return (
        f'<div class="kd-show"><fieldset><legend>{escape(words.SHOW)}</legend>{choices}</fieldset>'
        f"{unfold_button()}</div>"
    )


def unfold_button() -> str:
    """Opens all rows, and then closes them."""
    return (
        f'<button type="button" class="kd-link" data-unfold="yes" data-fold="{escape(words.CLOSE_ALL)}" '
        f'data-open="{escape(words.OPEN_ALL)}">{escape(words.OPEN_ALL)}</button>'
    )


def choice(group: str, name: str, label: str) -> str:
    """A radio button; the first one is chosen."""
    chosen = " checked" if name == "alla" else ""
    return f'<label><input type="radio" name="{group}" value="{name}"{chosen}> <span>{escape(label)}</span></label>'


def _group(weight: Weight, rows: Sequence[Finding], link: str) -> str:
    listed = "".join(f'<li data-verdict="{row.verdict}">{_row(row, link)}</li>' for row in rows)
    name = f"kd-krav-{WEIGHTS.index(weight)}"
    return (
        f'<section class="kd-band" aria-labelledby="{name}"><h4 id="{name}">{escape(phrases.WEIGHT_HEADINGS[weight])}'
        f'</h4><ul role="list">{listed}</ul></section>'
    )


def _row(row: Finding, link: str) -> str:
    """A requirement; those of the law that are not met stand open from the start."""
    is_open = " open" if row.verdict == "contradicts" or (row.weight == "lag" and row.verdict != "found") else ""
    return (
        f'<details class="kd-finding" id="krav-{escape(row.requirement)}"{is_open}><summary>{verdict_html(row.verdict)}'
        f'<span class="kd-finding-title">{escape(row.title)}</span></summary><div class="kd-finding-body">'
        f'<p class="kd-reason">{escape(row.reason)}</p>'
        f'<div class="kd-sides">{own_html(row.own, link)}{basis_html(row.basis)}</div>{_question(row.question)}'
        f"</div></details>"
    )


def verdict_html(verdict: FindingVerdict) -> str:
    """The verdict in a word, with a sign; the colour only repeats it."""
    return (
        f'<span class="kd-finding-verdict kd-finding-{verdict}"><span aria-hidden="true">{words.SIGNS[verdict]}</span> '
        f"{escape(verdict_name(verdict))}</span>"
    )


def own_html(own: OwnPlace | None, link: str, heading: str = phrases.OWN) -> str:
    """The reviewed document's own words and their place."""
    said = f'<p class="kd-notice">{escape(phrases.NO_OWN)}</p>'
    if own is not None:
        where = f'<span class="kd-where">{escape(own.locator)}</span>' if own.locator else ""
        said = f'{where}<blockquote class="kd-quote kd-own-quote">{escape(quoted(own.quote))}</blockquote>'
        if link:
            address = place_link(link, own.start, own.end)
            said += (
                f'<p class="kd-card-acts"><a class="kd-link" href="{address}">{escape(texts.SHOW_IN_DOCUMENT)}</a></p>'
            )
    return f'<div class="kd-side"><h5>{escape(heading)}</h5>{said}</div>'


def basis_html(basis: Citation) -> str:
    """The source's words that the requirement rests on."""
    source = basis.source
    return (
        f'<div class="kd-side"><h5>{escape(phrases.BASIS)}</h5>{kind_label(source.kind, basis.passage.voice)}'
        f"{origin(source, basis.passage.locator)}"
        f'<blockquote class="kd-quote">{marked_excerpt(basis)}</blockquote>'
        f'<p class="kd-card-acts"><a class="kd-link" href="{place_link(source.id, basis.start, basis.end)}">'
        f"{escape(texts.SHOW_IN_DOCUMENT)}</a>{copy_button(reference(basis), texts.COPY, texts.COPIED)}</p></div>"
    )


def _question(question: str) -> str:
    copy = copy_button(question, words.COPY_QUESTION, words.QUESTION_COPIED)
    return (
        f'<div class="kd-side kd-to-chair"><h5>{escape(phrases.QUESTION)}</h5>'
        f'<p class="kd-claim">{escape(one_line(question))}</p><p class="kd-card-acts">{copy}</p></div>'
    )


def chooser_html(titles: Sequence[tuple[str, str]], accepted: Sequence[str]) -> str:
    """Where the document to be reviewed is chosen: a file, or one of the page's own documents (id, title)."""
    hint = words.HINT.format(kinds=", ".join(accepted))
    drop = drop_html("kd-instruktion-file", words.CHOOSE, hint, accepted, ROOT, "review")
    return (
        f'<div data-root="{ROOT}" class="kd-choosing"><p class="kd-lead">{escape(words.LEAD)}</p>{drop}'
        f"{_own_choice(titles, words.OWN, words.OWN_RUN, 'review-own')}</div>"
    )


def compare_html(titles: Sequence[tuple[str, str]], accepted: Sequence[str]) -> str:
    """Where the document to compare with is chosen."""
    hint = words.HINT.format(kinds=", ".join(accepted))
    drop = drop_html("kd-other-file", words.OTHER_CHOOSE, hint, accepted, ROOT, "compare")
    return (
        f'<details class="kd-comparing"><summary>{escape(words.COMPARE_HEADING)}</summary>'
        f'<p class="kd-notice">{escape(words.COMPARE_LEAD)}</p>{drop}'
        f"{_own_choice(titles, words.COMPARE_OWN, words.COMPARE_RUN, 'compare-own')}</details>"
    )


def _own_choice(titles: Sequence[tuple[str, str]], label: str, run: str, act: str) -> str:
    """A choice among the page's own documents, "" when there are none."""
    if not titles:
        return ""
    options = "".join(f'<option value="{escape(key)}">{escape(title)}</option>' for key, title in titles)
    return (
        f'<p class="kd-run kd-pick"><label for="kd-pick-{act}">{escape(label)}</label>'
        f'<select id="kd-pick-{act}">{options}</select>'
        f'<button type="button" class="kd-button" data-pick="{act}">{escape(run)}</button></p>'
    )
