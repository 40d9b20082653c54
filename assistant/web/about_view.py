"""Om: what answers, what is kept, how accessible the page is, and what leaves the machine."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.metadata import PackageNotFoundError, version

import gradio as gr

from assistant.doctor import examine
from assistant.web import texts
from assistant.web.chrome import view_heading
from assistant.web.components import QUIET, act_target
from assistant.web.visits import Visits


def build_about_view(visits: Visits) -> None:
    """The view's components; what is examined is fetched when the view is opened."""

    def act() -> Iterator[str]:
        yield about_html(_facts(visits))

    gr.HTML(view_heading("om"), apply_default_css=False, js_on_load=None)
    target = act_target(about_html({}), "kd-about")
    target.click(act, None, target, **QUIET)


def about_html(facts: dict[str, str]) -> str:
    """The whole view; without facts, a line that they are being fetched."""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(words)}</dd></div>" for name, words in facts.items())
    listed = f'<dl class="kd-facts">{rows}</dl>' if facts else f'<p class="kd-notice">{escape(texts.LOADING)}</p>'
    sections = "".join(_section(heading, paragraphs) for heading, paragraphs in texts.ABOUT.items())
    lead = f'<p class="kd-lead">{escape(texts.ABOUT_LEAD)}</p>'
    return f'<div data-root="kd-about" class="kd-prose">{lead}{listed}{sections}</div>'


def _section(heading: str, paragraphs: tuple[str, ...]) -> str:
    """A heading with paragraphs; those that begin with a dash are items of a list."""
    html, items = f"<h3>{escape(heading)}</h3>", ""
    for words in (*paragraphs, ""):
        if words.startswith("– "):
            items += f"<li>{escape(words[2:])}</li>"
            continue
        html += f"<ul>{items}</ul>" if items else ""
        html += f"<p>{escape(words)}</p>" if words else ""
        items = ""
    return f"<section>{html}</section>"


def _facts(visits: Visits) -> dict[str, str]:
    assistant = visits.shared
    found = {line.id: line.text for line in examine(assistant.settings).lines}
    writer = texts.WRITER_EXTRACTIVE if assistant.writer == "extractive" else assistant.writer
    return {
        texts.FACT_WRITER: _capital(writer),
        texts.FACT_LEAVES: _capital(found["leaves-machine"]),
        texts.FACT_SEARCH: assistant.embedder.name,
        texts.FACT_INDEX: found["index"],
        texts.FACT_VERSION: _version(),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _version() -> str:
    try:
        return version("kd-assistent")
    except PackageNotFoundError:
        return texts.UNKNOWN
