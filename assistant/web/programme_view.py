"""Avkodning: the programme drawn with what the user has written, and taken out as a file or a plan."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant.avkodning.notes_file import EXPORT_NAME, notes_to_json
from assistant.avkodning.places import cited_theme
from assistant.avkodning.plan import Plan, plan_docx
from assistant.errors import KdError
from assistant.web import programme_html as html
from assistant.web import programme_texts as words
from assistant.web.chrome import view_heading
from assistant.web.components import QUIET, act_target, delivery, details_of
from assistant.web.notebooks import Notebooks
from assistant.web.visits import Visit, Visits

_logger = logging.getLogger(__name__)

#: The view, and what goes out of the page.
_Shown = tuple[Any, Any]
_SKIP = gr.skip()


def build_programme_view(visits: Visits, notebooks: Notebooks, outbox: gr.HTML) -> None:
    """The view's components; what is shown is fetched when the view is opened."""
    acts = _Acts(visits, notebooks)
    gr.HTML(view_heading("avkodning"), apply_default_css=False, js_on_load=None)
    shown = act_target(html.loading_html(), "kd-programme")
    shown.click(acts.act, None, [shown, outbox], **QUIET)


class _Acts:
    def __init__(self, visits: Visits, notebooks: Notebooks) -> None:
        self._visits = visits
        self._notebooks = notebooks

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[_Shown]:
        """One act of one page; `details_of(event)["act"]` says which, and ["key"] whose notes."""
        visit, details = self._visits.of(request.session_hash), details_of(event)
        acts: dict[str, Callable[[Visit, dict[str, str]], _Shown]] = {"export": self._export, "plan": self._plan}
        act = acts.get(details.get("act", ""), self._open)
        try:
            yield act(visit, details)
        except KdError as error:
            yield html.broken_html(details.get("theme", ""), str(error)), delivery(say=str(error))
        except Exception:
            _logger.exception("the programme could not be shown")
            yield html.broken_html(details.get("theme", ""), words.UNEXPECTED), delivery(say=words.UNEXPECTED)

    def _open(self, visit: Visit, details: dict[str, str]) -> _Shown:
        """The list of themes, or the theme that is asked for."""
        programme = self._notebooks.programme
        loaded = self._notebooks.load(details.get("key", ""))
        wanted = details.get("theme", "")
        if not wanted:
            return html.overview_html(programme, loaded.notes, visit.review, loaded.warning), _SKIP
        theme = programme.theme(wanted)
        if theme is None:
            return html.missing_html(wanted), _SKIP
        shown = cited_theme(theme, visit.assistant.document)
        return html.theme_html(programme, shown, loaded.notes, loaded.warning), _SKIP

    def _export(self, _visit: Visit, details: dict[str, str]) -> _Shown:
        notes = self._notebooks.load(details.get("key", "")).notes
        if notes.is_empty:
            return _SKIP, delivery(say=words.NOTHING_KEPT)
        content = notes_to_json(notes).encode("utf-8")
        return _SKIP, delivery(say=words.EXPORTED.format(name=EXPORT_NAME), name=EXPORT_NAME, content=content)

    def _plan(self, visit: Visit, details: dict[str, str]) -> _Shown:
        """The plan as Word; with the latest review where there is one and it is wished for."""
        notes = self._notebooks.load(details.get("key", "")).notes
        review = visit.review if details.get("review") == "yes" else None
        own = visit.own.sources
        plan = Plan(self._notebooks.programme, notes, review, own, visit.assistant.index_id)
        content = plan_docx(plan, visit.assistant.document)
        return _SKIP, delivery(say=words.PLAN_SAVED.format(name=words.PLAN_FILE), name=words.PLAN_FILE, content=content)
