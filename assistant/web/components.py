"""What the views share of gradio: an HTML component whose buttons reach the server, and what leaves the page."""

from __future__ import annotations

import base64
import itertools
from html import escape
from typing import Any

import gradio as gr

#: Passes an act of the page's script on to the server, and tells the script that the component is there.
_ON_LOAD = """
element.dataset.hears = "";
element.addEventListener('kd-act', (event) => trigger('click', event.detail));
document.dispatchEvent(new CustomEvent('kd-ready'));
"""
#: Events that show no progress of gradio's own and are no part of the public interface. An act never waits for another.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "trigger_mode": "multiple",
    "concurrency_limit": 16,
}
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown;charset=utf-8",
    "html": "text/html;charset=utf-8",
    "json": "application/json",
}
_numbers = itertools.count(1)


def act_target(html: str, name: str) -> gr.HTML:
    """An HTML component with id `name`; acts are heard by the element whose `data-root` is that name."""
    return gr.HTML(html, elem_id=name, apply_default_css=False, js_on_load=_ON_LOAD)


def details_of(event: gr.EventData) -> dict[str, str]:
    """What the page sent with an act: text only, whatever a browser made of it."""
    data = event._data if isinstance(event._data, dict) else {}
    return {str(key): str(value) for key, value in data.items() if isinstance(value, str | int | float)}


def delivery(say: str = "", name: str = "", content: bytes = b"") -> str:
    """HTML for the outbox: something to announce, and a file to save. Nothing of it is kept on the server."""
    number = next(_numbers)
    file = ""
    if name:
        kind = _TYPES[name.rpartition(".")[2]]
        file = f' data-name="{escape(name)}" data-type="{kind}" data-content="{base64.b64encode(content).decode()}"'
    return f'<div data-delivery="{number}" data-say="{escape(say)}"{file}></div>'
