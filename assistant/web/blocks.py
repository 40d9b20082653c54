"""The page's gradio components and what happens when they are used. The only module that imports gradio as it loads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.web import texts
from assistant.web.conversation import QUESTION_LIMIT, Conversation, answered
from assistant.web.render import conversation_html, page_header

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: How many questions are answered at the same time; the rest wait in gradio's queue.
_AT_ONCE = 16
#: Sends the question of a touched button to the server as the HTML component's click.
_ASK_ON_CLICK = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-question]');
  if (button) trigger('click', {question: button.dataset.question});
});
"""


def build_blocks(assistant: Assistant) -> gr.Blocks:
    """The page. A conversation lives in its own user's session state and nowhere else."""
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_width=True) as blocks:
        conversation = gr.State(())
        gr.HTML(page_header(), elem_id="kd-top", apply_default_css=False, js_on_load=None)
        shown = gr.HTML(
            conversation_html((), assistant.sources),
            elem_id="kd-shown",
            apply_default_css=False,
            js_on_load=_ASK_ON_CLICK,
        )
        with gr.Column(elem_id="kd-composer"):
            box = _question_box()
            ask = gr.Button(texts.ASK, variant="primary", elem_id="kd-ask")
            new = gr.Button(texts.NEW_CONVERSATION, elem_id="kd-new", visible=False)

        def asked(question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
            box_value: Any = ""  # emptied once: what is typed while waiting stays
            for state in answered(assistant, question, conversation):
                yield state, conversation_html(state, assistant.sources), box_value, gr.update(visible=bool(state))
                box_value = gr.skip()

        def touched(conversation: Conversation, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            yield from asked(str(event._data.get("question", "")), conversation)

        def restarted() -> tuple[Any, ...]:
            return (), conversation_html((), assistant.sources), "", gr.update(visible=False)

        outputs = [conversation, shown, box, new]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        asking = gr.on([ask.click, box.submit], asked, [box, conversation], outputs, **quiet)
        touching = shown.click(touched, [conversation], outputs, **quiet)
        blocks.load(lambda: conversation_html((), assistant.sources), None, shown, **quiet)
        new.click(restarted, None, outputs, cancels=[asking, touching], **quiet)
    blocks.queue(default_concurrency_limit=_AT_ONCE, api_open=False)
    return blocks


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=texts.QUESTION_LABEL,
        info=texts.QUESTION_HINT,
        elem_id="kd-question",
        lines=1,
        max_lines=6,
        max_length=QUESTION_LIMIT,
    )
