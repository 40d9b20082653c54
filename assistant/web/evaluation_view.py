"""Utvärdering: the last run, and a new one with its progress."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from assistant.errors import KdError
from assistant.measuring.html import report_to_html
from assistant.web import texts
from assistant.web.chrome import view_heading
from assistant.web.components import QUIET, act_target, delivery, details_of
from assistant.web.evaluation_html import evaluation_html
from assistant.web.evaluations import latest_report, question_sets, run_again
from assistant.web.visits import Visits
from assistant.web.working import Told, progress_html, working

#: The view, the progress and the outbox.
_Shown = tuple[Any, Any, Any]


def build_evaluation_view(visits: Visits, outbox: gr.HTML) -> None:
    """The view's components."""
    assistant = visits.shared

    def act(event: gr.EventData) -> Iterator[_Shown]:
        details = details_of(event)
        if details.get("act") == "run":
            yield from run(details.get("set", ""))
        elif details.get("act") == "save":
            report = latest_report(assistant.settings)
            if report:
                content = report_to_html(report, None).encode("utf-8")
                said = texts.SAVED.format(name=texts.EVAL_FILE)
                yield gr.skip(), gr.skip(), delivery(say=said, name=texts.EVAL_FILE, content=content)
        else:
            yield shown(), gr.skip(), gr.skip()

    def shown() -> str:
        return evaluation_html(latest_report(assistant.settings), list(question_sets()))

    def run(name: str) -> Iterator[_Shown]:
        for item in working(lambda tell: run_again(assistant, name, tell)):
            if isinstance(item, Told):
                yield gr.skip(), progress_html(item), gr.skip()
            elif isinstance(item.error, KdError):
                line = f'<p class="kd-error">{escape(str(item.error))}</p>'
                yield gr.skip(), line, delivery(say=str(item.error))
            else:
                item.get()
                yield shown(), "", delivery(say=texts.EVAL_DONE)

    gr.HTML(view_heading("utvardering"), apply_default_css=False, js_on_load=None)
    progress = gr.HTML("", elem_id="kd-eval-progress", apply_default_css=False, js_on_load=None)
    waiting = f'<div data-root="kd-eval"><p class="kd-notice">{escape(texts.LOADING)}</p></div>'
    target = act_target(waiting, "kd-eval")
    target.click(act, None, [target, progress, outbox], **QUIET)
