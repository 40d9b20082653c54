"""What stands around the views: the header with its menu, and what belongs to the question box."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from assistant.types import KINDS, Source
from assistant.web import programme_texts, texts


def page_header() -> str:
    """The header line, the menu, and the region in which the page's script announces what has changed."""
    titles = json.dumps({address: texts.page_title(address) for address in texts.TITLES}, ensure_ascii=False)
    links = "".join(
        f'<li><a href="#{view}" data-view="{view}">{escape(name)}</a></li>' for view, name in texts.VIEWS.items()
    )
    return (
        f'<header class="kd-header" data-titles="{escape(titles)}">'
        f'<a class="kd-skip" href="#" data-skip>{escape(texts.SKIP)}</a>'
        f'<h1>{escape(texts.NAME)}</h1><p class="kd-ai">{escape(texts.AI_NOTICE)}</p>'
        f'<button type="button" class="kd-menu" aria-expanded="false" aria-controls="kd-views">{escape(texts.MENU)}'
        f'</button><nav aria-label="{escape(texts.VIEWS_LABEL)}" id="kd-views"><ul role="list">{links}</ul>'
        "</nav></header>"
        '<div id="kd-live" class="kd-unseen" role="status" aria-live="polite"></div>'
        f'<p id="kd-lost" role="alert" hidden>{escape(texts.LOST)}</p>'
    )


def view_heading(view: str, unseen: bool = False) -> str:
    """A view's own heading, which the focus comes to when the view is opened."""
    hidden = " kd-unseen" if unseen else ""
    return f'<h2 class="kd-view-heading{hidden}" id="kd-h-{view}" tabindex="-1">{escape(texts.VIEWS[view])}</h2>'


def beside_the_box(sources: Sequence[Source]) -> str:
    """What belongs to the question box: the warning, the line while a question is changed, and what to search in."""
    return f'<div class="kd-beside">{_warning()}{_editing()}{_chip()}{_filter(sources)}</div>'


def _warning() -> str:
    said = "".join(f' data-{key}="{escape(words)}"' for key, words in texts.PERSONAL.items())
    return (
        f'<div id="kd-warning" role="alertdialog" aria-labelledby="kd-warning-words" hidden{said}>'
        '<p id="kd-warning-words"></p><p>'
        f'<button type="button" class="kd-button kd-primary" data-warned="change">'
        f"{escape(texts.PERSONAL_CHANGE)}</button>"
        f'<button type="button" class="kd-button" data-warned="send">{escape(texts.PERSONAL_SEND)}</button></p></div>'
    )


def _editing() -> str:
    return (
        f'<p id="kd-editing" hidden>{escape(texts.EDITING)} '
        f'<button type="button" class="kd-link" data-editing="cancel">{escape(texts.CANCEL)}</button></p>'
    )


def _chip() -> str:
    """The theme that is asked about, and how to ask about everything again."""
    return (
        f'<p id="kd-chip" data-words="{escape(programme_texts.CHIP)}" hidden><span id="kd-chip-words"></span>'
        f'<button type="button" class="kd-link" data-chip="remove">{escape(programme_texts.CHIP_REMOVE)}</button></p>'
    )


def _filter(sources: Sequence[Source]) -> str:
    kinds = [kind for kind in KINDS if any(source.kind == kind for source in sources)]
    by_kind = "".join(_choice("kind", kind, texts.KINDS[kind]) for kind in kinds)
    by_source = "".join(_choice("source", source.id, source.title) for source in sources)
    return (
        f'<details id="kd-filter" data-all="{escape(texts.FILTER_ALL)}"><summary>{escape(texts.FILTER)}: '
        f'<span id="kd-filter-now">{escape(texts.FILTER_ALL)}</span></summary><div class="kd-choices">'
        f'<p class="kd-notice">{escape(texts.FILTER_HINT)}</p>'
        f"<fieldset><legend>{escape(texts.FILTER_KINDS)}</legend>{by_kind}</fieldset>"
        f"<fieldset><legend>{escape(texts.FILTER_SOURCES)}</legend>{by_source}</fieldset></div></details>"
    )


def _choice(name: str, value: str, label: str) -> str:
    return (
        f'<label><input type="checkbox" name="kd-{name}" value="{escape(value)}" data-label="{escape(label)}"> '
        f"<span>{escape(label)}</span></label>"
    )
