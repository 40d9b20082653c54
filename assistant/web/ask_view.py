"""Fråga: the conversation, what is done with it, and the endpoints of its acts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant.exporting.export import export
from assistant.feedback import FeedbackFile
from assistant.types import KINDS, Filter
from assistant.web import texts
from assistant.web.chrome import beside_the_box, view_heading
from assistant.web.components import QUIET, act_target, delivery, details_of
from assistant.web.conversation import QUESTION_LIMIT, Conversation, Exchange, answered, history, stopped, without_notes
from assistant.web.notebooks import Notebooks
from assistant.web.render import conversation_html
from assistant.web.visits import Visit, Visits

_logger = logging.getLogger(__name__)

#: What an act gives back: the conversation's HTML and what goes out of the page (a file, an announcement).
_Shown = tuple[Any, Any]


def build_ask_view(visits: Visits, notebooks: Notebooks, outbox: gr.HTML) -> tuple[gr.HTML, gr.HTML]:
    """The view's components; returns those with the conversation and the choice of sources, which others may redraw."""
    acts = _Acts(visits, notebooks)
    gr.HTML(view_heading("fraga", unseen=True), apply_default_css=False, js_on_load=None)
    shown = act_target(acts.empty(), "kd-shown")
    with gr.Column(elem_id="kd-composer"):
        gr.Textbox(
            label=texts.QUESTION_LABEL,
            info=texts.QUESTION_HINT,
            elem_id="kd-question",
            lines=1,
            max_lines=6,
            max_length=QUESTION_LIMIT,
        )
        gr.Button(texts.ASK, variant="primary", elem_id="kd-ask")
        gr.Button(texts.STOP, elem_id="kd-stop")
        beside = gr.HTML(beside_the_box(visits.shared.sources), elem_id="kd-beside", apply_default_css=False)
    shown.click(acts.act, None, [shown, outbox], **QUIET)
    return shown, beside


class _Acts:
    """What happens when the conversation's buttons are used."""

    def __init__(self, visits: Visits, notebooks: Notebooks) -> None:
        self._visits = visits
        self._notebooks = notebooks
        self._feedback = FeedbackFile(visits.shared.settings.feedback_file)

    def empty(self) -> str:
        """The page before the first question, with the sources that all share."""
        return conversation_html((), self._visits.shared.sources)

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[_Shown]:
        """One act of one page; `details_of(event)["act"]` says which."""
        visit, details = self._visits.of(request.session_hash), details_of(event)
        act = details.get("act", "")
        acts: dict[str, Callable[[Visit, dict[str, str]], Iterator[_Shown]]] = {
            "ask": self._ask,
            "again": self._again,
            "edit": self._edit,
            "stop": self._stop,
            "new": self._new,
            "rate": self._rate,
            "export": self._export,
            "forget-notes": self._forget_notes,
        }
        if act in acts:
            yield from acts[act](visit, details)
        else:
            yield gr.skip(), gr.skip()

    def _ask(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        yield from self._answer(visit, details.get("question", ""), visit.conversation, details)

    def _again(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        """The last question once more, searched in what is chosen now."""
        if visit.conversation:
            *before, last = visit.conversation
            yield from self._answer(visit, last.question, tuple(before), details)

    def _edit(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        """Another question in the place of the last one."""
        yield from self._answer(visit, details.get("question", ""), visit.conversation[:-1], details)

    def _answer(self, visit: Visit, question: str, before: Conversation, details: dict[str, str]) -> Iterator[_Shown]:
        """The conversation as the answer grows, until something else is begun in the same page."""
        mine = visit.begin()
        visit.rated.pop(len(before) + 1, None)
        within = self._notebooks.within(details.get("theme", ""), details.get("key", ""), question, visit.assistant)
        states = answered(visit.assistant, question, before, _chosen(details), within)
        for state in states:
            if visit.turn != mine:
                states.close()  # type: ignore[attr-defined]  # a generator: ends the chat model's request too
                yield gr.skip(), gr.skip()  # gradio shows a generator's last output once more when it ends
                return
            visit.conversation = state
            yield self._drawn(visit), gr.skip()

    def _drawn(self, visit: Visit) -> str:
        """The conversation's HTML; an answer that cannot be drawn becomes an error, so that nobody waits."""
        sources = visit.assistant.sources
        try:
            return conversation_html(visit.conversation, sources)
        except Exception:
            _logger.exception("an answer could not be shown")
            failed = Exchange(visit.conversation[-1].question, error=texts.UNEXPECTED)
            visit.conversation = (*visit.conversation[:-1], failed)
            return conversation_html(visit.conversation, sources)

    def _stop(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        visit.begin()
        visit.conversation = stopped(visit.conversation)
        yield self._drawn(visit), gr.skip()

    def _new(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        visit.restart()
        yield conversation_html((), visit.assistant.sources), gr.skip()

    def _forget_notes(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        """The user has erased their notes: nothing of them stays beside the answers."""
        if visit.conversation:
            visit.conversation = without_notes(visit.conversation)
            yield self._drawn(visit), gr.skip()

    def _rate(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        """What the user says of an answer, kept on this machine."""
        number = int(details.get("number", "0")) if details.get("number", "").isdigit() else 0
        answer, verdict = visit.answer(number), details.get("verdict")
        if answer is None or verdict not in ("up", "down"):
            return
        comment = details.get("comment", "")
        key = visit.rated.get(number)
        before = history(visit.conversation[: number - 1])
        visit.rated[number] = self._feedback.add(answer, before, verdict, comment, key)  # type: ignore[arg-type]
        yield gr.skip(), delivery(say=texts.COMMENT_SAVED if comment else texts.RATED)

    def _export(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        """The conversation as a file."""
        form, pairs = details.get("form"), visit.answers()
        if pairs and form in ("md", "docx"):
            name = f"{texts.FILE_NAME}.{form}"
            content = export(pairs, form)  # type: ignore[arg-type]  # checked above
            yield gr.skip(), delivery(say=texts.SAVED.format(name=name), name=name, content=content)


def _chosen(details: dict[str, str]) -> Filter:
    """What the page's boxes restrict the search to; unknown kinds are left out."""
    kinds = details.get("kinds", "").split("\n")
    sources = tuple(key for key in details.get("sources", "").split("\n") if key)
    return Filter(tuple(kind for kind in KINDS if kind in kinds), sources)
