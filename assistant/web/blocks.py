"""The page's gradio components and what happens when they are used. The only module that imports gradio as it loads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answering.as_json import answer_to_json
from assistant.errors import KdError
from assistant.web import texts
from assistant.web.conversation import QUESTION_LIMIT, Conversation, Exchange, answered
from assistant.web.render import conversation_html, page_header

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_logger = logging.getLogger(__name__)

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
    acts = _Acts(assistant)
    with gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_width=True) as blocks:
        conversation = gr.State(())
        gr.HTML(page_header(), elem_id="kd-top", apply_default_css=False, js_on_load=None)
        shown = gr.HTML(acts.empty(), elem_id="kd-shown", apply_default_css=False, js_on_load=_ASK_ON_CLICK)
        with gr.Column(elem_id="kd-composer"):
            box = _question_box()
            ask = gr.Button(texts.ASK, variant="primary", elem_id="kd-ask")
            new = gr.Button(texts.NEW_CONVERSATION, elem_id="kd-new", visible=False)

        outputs = [conversation, shown, box, new]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        asking = gr.on([ask.click, box.submit], acts.asked, [box, conversation], outputs, **quiet)
        touching = shown.click(acts.touched, [conversation], outputs, **quiet)
        new.click(acts.restarted, None, outputs, cancels=[asking, touching], **quiet)
        gr.api(acts.ask_as_json, api_name="ask")
    blocks.queue(default_concurrency_limit=_AT_ONCE, api_open=False)
    return blocks


class _Acts:
    """What happens when a component is used. Each returns conversation, its HTML, the box and the new-button."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def empty(self) -> str:
        """The page before the first question, with the sources that there are now."""
        return conversation_html((), self._assistant.sources)

    def asked(self, question: str, conversation: Conversation) -> Iterator[tuple[Any, ...]]:
        """A question was sent: it shows at once, its answer when there is one."""
        box: Any = ""  # emptied once: what is typed while waiting stays
        for state in answered(self._assistant, question, conversation):
            yield *self._drawn(state), box, gr.update(visible=bool(state))
            box = gr.skip()

    def _drawn(self, conversation: Conversation) -> tuple[Conversation, str]:
        """The conversation and its HTML; an answer that cannot be drawn becomes an error, so that nobody waits."""
        try:
            return conversation, conversation_html(conversation, self._assistant.sources)
        except Exception:
            _logger.exception("an answer could not be shown")
            failed = (*conversation[:-1], Exchange(conversation[-1].question, error=texts.UNEXPECTED))
            return failed, conversation_html(failed, self._assistant.sources)

    def touched(self, conversation: Conversation, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """One of the questions on the page was touched."""
        yield from self.asked(str(event._data.get("question", "")), conversation)

    def restarted(self) -> tuple[Any, ...]:
        """A new conversation was wished for."""
        return (), self.empty(), "", gr.update(visible=False)

    def ask_as_json(self, question: str) -> dict[str, Any]:
        """One question without a conversation, answered as the contract says: for other programs."""
        try:
            return answer_to_json(self._assistant.ask(question))
        except KdError as error:
            raise gr.Error(str(error), print_exception=False) from error


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=texts.QUESTION_LABEL,
        info=texts.QUESTION_HINT,
        elem_id="kd-question",
        lines=1,
        max_lines=6,
        max_length=QUESTION_LIMIT,
    )
