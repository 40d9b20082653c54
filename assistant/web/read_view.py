"""Läs: a document opened at a place, with what the conversation has cited of it marked."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import gradio as gr

from assistant.errors import KdError
from assistant.pictures import picture_of_page
from assistant.types import Document, Source
from assistant.web import texts
from assistant.web.cards import kind_label, place_link, present, published
from assistant.web.chrome import view_heading
from assistant.web.components import QUIET, act_target, details_of
from assistant.web.document_html import Mark, body_html, contents_html, ordered_marks, page_label, picture_html
from assistant.web.visits import Visit, Visits


def build_read_view(visits: Visits) -> gr.HTML:
    """The view's components; returns the one with the document."""

    def act(request: gr.Request, event: gr.EventData) -> Iterator[Any]:
        details, visit = details_of(event), visits.of(request.session_hash)
        if details.get("act") == "open":
            span = (_number(details.get("start")), _number(details.get("end")))
            yield from opened(visit, details.get("source", ""), span)
        else:
            yield list_html(visit.assistant.sources)

    gr.HTML(view_heading("las"), apply_default_css=False, js_on_load=None)
    shown = act_target(list_html(visits.shared.sources), "kd-read")
    shown.click(act, None, shown, **QUIET)
    return shown


def list_html(sources: Sequence[Source]) -> str:
    """Before a document is chosen."""
    return _page(_documents(sources, ""), f'<p class="kd-lead">{escape(texts.READ_EMPTY)}</p>', "")


def opened(visit: Visit, source_id: str, span: tuple[int, int]) -> Iterator[str]:
    """The document's page; that of a PDF first without its picture, which takes a moment to draw."""
    sources = visit.assistant.sources
    if source_id not in {source.id for source in sources}:
        yield _page(_documents(sources, ""), f'<p class="kd-lead">{escape(texts.NO_DOCUMENT)}</p>', "")
        return
    document = visit.assistant.document(source_id)
    start, end = (min(max(place, 0), len(document.text)) for place in span)
    now = (start, max(start, end))
    marks = ordered_marks(cited_spans(visit, source_id), now)
    yield _opened(sources, document, marks, now)
    label = page_label(document, start)
    if label and document.source.path.suffix.lower() == ".pdf":
        yield _opened(sources, document, marks, now, _picture(document, label, now))


def cited_spans(visit: Visit, source_id: str) -> list[tuple[int, int]]:
    """What the conversation has cited of a source."""
    return [
        (citation.start, citation.end)
        for _, answer in visit.answers()
        for citation in answer.citations
        if citation.source.id == source_id
    ]


def _picture(document: Document, label: str, span: tuple[int, int]) -> str:
    try:
        picture = picture_of_page(document, label, span)
    except KdError as error:
        return f'<p class="kd-notice">{escape(str(error))}</p>'
    address = f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"
    return picture_html(document, label, address, picture.framed)


def _opened(
    sources: Sequence[Source], document: Document, marks: Sequence[Mark], now: tuple[int, int], picture: str = ""
) -> str:
    source = document.source
    where = "".join(f'<span class="kd-where">{escape(line)}</span>' for line in present(published(source)))
    head = f'{kind_label(source.kind)}<h3 class="kd-doc-title" id="kd-doc" tabindex="-1">'
    head += f"{escape(source.title)}</h3>{where}"
    tree = contents_html(document)
    contents = f'<details class="kd-contents" open><summary>{escape(texts.CONTENTS)}</summary>{tree}</details>'
    body = (
        f'<article class="kd-document" data-source="{escape(source.id)}" data-at="{now[0]}-{now[1]}" '
        f'data-said="{escape(texts.OPENED.format(title=source.title))}" aria-labelledby="kd-doc">'
        f'{head}{_tools(document, marks, now)}<div class="kd-text">{body_html(document, marks)}</div></article>'
    )
    return _page(_documents(sources, source.id) + (contents if tree else ""), body, picture)


def _page(aside: str, main: str, picture: str) -> str:
    framed = " kd-with-picture" if picture else ""
    return f'<div class="kd-read{framed}" data-root="kd-read"><div class="kd-shelf">{aside}</div>{main}{picture}</div>'


def _documents(sources: Sequence[Source], chosen: str) -> str:
    rows = "".join(
        f'<li><a href="#kalla={escape(source.id)}"{_current(source.id == chosen)}>{escape(source.title)}</a> '
        f"{kind_label(source.kind)}</li>"
        for source in sources
    )
    opening = "" if chosen else " open"
    return (
        f'<details class="kd-documents"{opening}><summary>{escape(texts.DOCUMENTS)}</summary>'
        f'<nav aria-label="{escape(texts.DOCUMENTS)}"><ul role="list">{rows}</ul></nav></details>'
    )


def _current(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""


def _tools(document: Document, marks: Sequence[Mark], now: tuple[int, int]) -> str:
    """Steps between cited places, search within, and the link to the place."""
    place = place_link(document.source.id, *now)
    return (
        f'<div class="kd-doc-tools"><div class="kd-steps" data-count="{len(marks)}" data-words="{escape(texts.CITED)}">'
        f"{_steps('cited', texts.PREVIOUS_CITED, texts.NEXT_CITED, len(marks))}"
        f'<span class="kd-step-now">{escape(_place_among(marks))}</span></div>'
        f'<div class="kd-find" role="search"><label class="kd-unseen" for="kd-find">{escape(texts.FIND)}</label>'
        f'<input type="search" id="kd-find" placeholder="{escape(texts.FIND)}" data-words="{escape(texts.FOUND)}" '
        f'data-none="{escape(texts.FOUND_NONE)}">{_steps("found", texts.PREVIOUS_FOUND, texts.NEXT_FOUND, 0)}'
        f'<span id="kd-found-now" role="status"></span></div>'
        f'<p class="kd-card-acts"><button type="button" class="kd-link kd-copy" data-copy-link="{place}" '
        f'data-copied="{escape(texts.LINK_COPIED)}" data-failed="{escape(texts.COPY_FAILED)}">'
        f'{escape(texts.COPY_LINK)}</button><a class="kd-link" href="#fraga">'
        f"{escape(texts.BACK_TO_ANSWER)}</a></p></div>"
    )


def _place_among(marks: Sequence[Mark]) -> str:
    """Which of the cited places the document is opened at; "" where it is opened at none of them."""
    if not marks:
        return texts.CITED_NONE
    now = next((number for number, mark in enumerate(marks, 1) if mark.now), 0)
    return texts.CITED.format(n=now, count=len(marks)) if now else ""


def _steps(name: str, back: str, forth: str, count: int) -> str:
    """Two buttons; they rest when there is nothing to step between."""
    off = "" if count else " disabled"
    return "".join(
        f'<button type="button" class="kd-step" data-step="{name}" data-by="{by}" aria-label="{escape(label)}"{off}>'
        f"{arrow}</button>"
        for by, label, arrow in ((-1, back, "↑"), (1, forth, "↓"))
    )


def _number(words: str | None) -> int:
    return int(words) if words and words.isdigit() else 0
