"""The page put together out of its views, and the endpoints for other programs."""

from __future__ import annotations

import gradio as gr

from assistant.web import texts
from assistant.web.about_view import build_about_view
from assistant.web.ask_view import build_ask_view
from assistant.web.chrome import page_header
from assistant.web.endpoints import add_endpoints
from assistant.web.evaluation_view import build_evaluation_view
from assistant.web.notebooks import Notebooks
from assistant.web.programme_view import build_programme_view
from assistant.web.read_view import build_read_view
from assistant.web.review_view import build_review_view
from assistant.web.sources_view import build_sources_view
from assistant.web.uploads import Uploads
from assistant.web.visits import Visits

#: How many acts are handled at the same time; the rest wait in gradio's queue.
_AT_ONCE = 16


def build_blocks(visits: Visits, uploads: Uploads, notebooks: Notebooks) -> gr.Blocks:
    """The page. What a page holds lies in its own visit and nowhere else."""
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(page_header(), elem_id="kd-top", apply_default_css=False, js_on_load=None)
        outbox = gr.HTML("", elem_id="kd-outbox", apply_default_css=False, js_on_load=None)
        with gr.Column(elem_id="kd-view-fraga", elem_classes="kd-view"):
            shown, beside = build_ask_view(visits, notebooks, outbox)
        with gr.Column(elem_id="kd-view-las", elem_classes="kd-view"):
            document = build_read_view(visits)
        with gr.Column(elem_id="kd-view-granska", elem_classes="kd-view"):
            reviewed, instruktion = build_review_view(visits, uploads, outbox)
        with gr.Column(elem_id="kd-view-avkodning", elem_classes="kd-view"):
            build_programme_view(visits, notebooks, outbox)
        with gr.Column(elem_id="kd-view-kallor", elem_classes="kd-view"):
            build_sources_view(visits, uploads, (shown, document, reviewed, instruktion, beside, outbox))
        with gr.Column(elem_id="kd-view-utvardering", elem_classes="kd-view"):
            build_evaluation_view(visits, outbox)
        with gr.Column(elem_id="kd-view-om", elem_classes="kd-view"):
            build_about_view(visits)
        blocks.unload(_leaver(visits))
        add_endpoints(visits.shared)
    blocks.queue(default_concurrency_limit=_AT_ONCE, api_open=False)
    return blocks


def _leaver(visits: Visits):  # type: ignore[no-untyped-def]  # gradio reads the inner signature
    def leave(request: gr.Request) -> None:
        visits.leave(request.session_hash)

    return leave
