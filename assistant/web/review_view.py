"""Granska: its two parts, and the first one, a text pasted in with what the sources say of each of its sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from assistant.errors import KdError
from assistant.types import Citation, Verification, VerifiedSentence
from assistant.web import review_texts, texts
from assistant.web.cards import (
    card_id,
    copy_button,
    kind_label,
    marked_excerpt,
    origin,
    place_link,
    reference,
)
from assistant.web.chrome import view_heading
from assistant.web.components import QUIET, delivery
from assistant.web.instruktion_view import build_instruktion_view
from assistant.web.uploads import Uploads
from assistant.web.visits import Visits

_logger = logging.getLogger(__name__)

#: The longest text, in characters.
TEXT_LIMIT = 100_000
_KEY = "text"


def build_review_view(visits: Visits, uploads: Uploads, outbox: gr.HTML) -> tuple[gr.HTML, gr.HTML]:
    """The view's two parts; returns the components with the reviewed text and the reviewed instruktion."""
    gr.HTML(f"{view_heading('granska')}{parts_html()}", apply_default_css=False, js_on_load=None)
    with gr.Column(elem_id="kd-part-text", elem_classes="kd-part-of"):
        text = _build_text_part(visits, outbox)
    with gr.Column(elem_id="kd-part-instruktion", elem_classes="kd-part-of"):
        instruktion = build_instruktion_view(visits, uploads, outbox)
    return text, instruktion


def parts_html() -> str:
    """The choice between the two parts."""
    links = "".join(
        f'<li><a href="#granska{"/" if part else ""}{part}" data-part="{part}">{escape(name)}</a></li>'
        for part, name in review_texts.PARTS.items()
    )
    return f'<nav class="kd-parts" aria-label="{escape(review_texts.PARTS_LABEL)}"><ul role="list">{links}</ul></nav>'


def _build_text_part(visits: Visits, outbox: gr.HTML) -> gr.HTML:
    """The components for a text; returns the one with the reviewed text."""

    def check(text: str, request: gr.Request) -> Iterator[tuple[Any, Any]]:
        if not text.strip():
            yield "", delivery(say=texts.REVIEW_NOTHING)
            return
        yield _line(texts.REVIEWING), delivery(say=texts.REVIEWING)
        try:
            verification = visits.of(request.session_hash).assistant.verify(text[:TEXT_LIMIT])
            html, said = review_html(verification), texts.REVIEWED.format(summary=summary(verification.sentences))
        except KdError as error:
            html, said = _line(str(error), "kd-error"), str(error)
        except Exception:
            _logger.exception("a text could not be reviewed")
            html, said = _line(texts.REVIEW_UNEXPECTED, "kd-error"), texts.REVIEW_UNEXPECTED
        yield html, delivery(say=said)

    gr.HTML(f'<p class="kd-lead">{escape(texts.REVIEW_LEAD)}</p>', apply_default_css=False, js_on_load=None)
    with gr.Column(elem_id="kd-reviewer"):
        box = gr.Textbox(
            label=texts.REVIEW_LABEL, elem_id="kd-review-text", lines=8, max_lines=24, max_length=TEXT_LIMIT
        )
        with gr.Row(elem_id="kd-review-acts"):
            run = gr.Button(texts.REVIEW_RUN, variant="primary", elem_id="kd-review-run")
            clear = gr.Button(texts.REVIEW_CLEAR, elem_id="kd-review-clear")
    shown = gr.HTML("", elem_id="kd-reviewed", apply_default_css=False, js_on_load=None)
    run.click(check, [box], [shown, outbox], **QUIET)
    clear.click(lambda: ("", ""), None, [box, shown], **QUIET)
    return shown


def summary(sentences: Sequence[VerifiedSentence]) -> str:
    """How many of the claims have support, in one line."""
    counts = {verdict: sum(one.verdict == verdict for one in sentences) for verdict in texts.VERDICTS}
    claims = len(sentences) - counts.pop("not_a_claim")
    if not claims:
        return texts.NO_CLAIMS
    which = texts.CLAIMS_ONE if claims == 1 else texts.CLAIMS_MANY.format(count=claims)
    return texts.COUNTED.format(claims=which, **counts)


def review_html(verification: Verification) -> str:
    """The text with a mark after each claim, and the claims one by one with what the sources say."""
    claims = list(enumerate((one for one in verification.sentences if one.verdict != "not_a_claim"), 1))
    rows = "".join(f"<li>{_row(number, one)}</li>" for number, one in claims)
    listed = (
        f'<section class="kd-sources" aria-label="{escape(texts.REVIEW_DETAILS)}" tabindex="0">'
        f'<h3 class="kd-sources-heading">{escape(texts.REVIEW_DETAILS)}</h3><ol role="list">{rows}</ol></section>'
    )
    return (
        f'<div class="kd-turn kd-review"><div class="kd-answer"><h3 class="kd-asked" id="kd-review-h" tabindex="-1">'
        f"{escape(summary(verification.sentences))}</h3>"
        f'<p class="kd-notice">{escape(texts.REVIEW_HINT)}</p>'
        f'<div class="kd-words kd-reviewed-text">{_marked_text(verification)}</div></div>'
        f"{listed if claims else ''}</div>"
    )


def _marked_text(verification: Verification) -> str:
    html, at, number = "", 0, 0
    for one in verification.sentences:
        number += one.verdict != "not_a_claim"
        html += escape(verification.text[at : one.start])
        html += _marked_sentence(number, one)
        at = one.end
    return html + escape(verification.text[at:])


def _marked_sentence(number: int, one: VerifiedSentence) -> str:
    if one.verdict == "not_a_claim":
        return escape(one.text)
    name = texts.SENTENCE.format(n=number, verdict=texts.VERDICTS[one.verdict])
    return (
        f'<span class="kd-sentence kd-{one.verdict}">{escape(one.text)}</span>'
        f'<sup><button type="button" class="kd-mark kd-mark-{one.verdict}" data-card="{card_id(_KEY, number)}" '
        f'aria-label="{escape(name)}">{number}</button></sup>'
    )


def _row(number: int, one: VerifiedSentence) -> str:
    """A claim's verdict in words, the reason, and the sources' words."""
    reason = f'<p class="kd-reason">{escape(one.reason)}</p>' if one.reason else ""
    return (
        f'<article class="kd-card" id="{card_id(_KEY, number)}" tabindex="-1" '
        f'aria-label="{escape(texts.SENTENCE.format(n=number, verdict=texts.VERDICTS[one.verdict]))}">'
        f'<button type="button" class="kd-close">{escape(texts.CLOSE)}</button>'
        f'<span class="kd-number">{number}</span>'
        f'<span class="kd-kind kd-verdict-{one.verdict}">{escape(texts.VERDICTS[one.verdict])}</span>'
        f'<p class="kd-claim">{escape(" ".join(one.text.split()))}</p>{reason}'
        f"{''.join(_source(citation) for citation in one.citations)}</article>"
    )


def _source(citation: Citation) -> str:
    source = citation.source
    return (
        f'<div class="kd-said">{kind_label(source.kind, citation.passage.voice)}'
        f"{origin(source, citation.passage.locator)}"
        f'<blockquote class="kd-quote">{marked_excerpt(citation)}</blockquote>'
        f'<p class="kd-card-acts"><a class="kd-link" href="{place_link(source.id, citation.start, citation.end)}">'
        f"{escape(texts.SHOW_IN_DOCUMENT)}</a>{copy_button(reference(citation), texts.COPY, texts.COPIED)}</p></div>"
    )


def _line(words: str, kind: str = "kd-waiting") -> str:
    return f'<p class="{kind}">{escape(words)}</p>'
