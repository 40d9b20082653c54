"""Källor: the sources, the map of themes, and one's own documents added and removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import KdError
from assistant.own_documents import ACCEPTED
from assistant.types import KINDS
from assistant.web import texts
from assistant.web.chrome import beside_the_box, view_heading
from assistant.web.components import QUIET, act_target, delivery, details_of
from assistant.web.evaluations import latest_report
from assistant.web.instruktion_view import shown_review
from assistant.web.read_view import list_html
from assistant.web.render import conversation_html
from assistant.web.sources_html import Covered, Shelved, map_html, shelf_html
from assistant.web.uploads import Uploads
from assistant.web.visits import Visit, Visits
from assistant.web.working import Done, Told, progress_html, working

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: The other views' components that change here: the conversation, the document that is open, the reviewed text and
#: instruktion, the question box's choices, and the outbox.
_Others = tuple[Any, Any, Any, Any, Any, Any]
#: The list of sources and the progress of what is being added, then the others.
_Shown = tuple[Any, ...]
_SKIP = gr.skip()


def build_sources_view(visits: Visits, uploads: Uploads, others: _Others) -> None:
    """The view's components."""
    acts = _Acts(visits, uploads)
    gr.HTML(view_heading("kallor"), apply_default_css=False, js_on_load=None)
    shelf = act_target(f'<div data-root="kd-shelf"><p class="kd-notice">{escape(texts.LOADING)}</p></div>', "kd-shelf")
    adding = gr.HTML("", elem_id="kd-adding", apply_default_css=False, js_on_load=None)
    themes = act_target(f'<p class="kd-notice" data-root="kd-map">{escape(texts.LOADING)}</p>', "kd-map")
    shelf.click(acts.act, None, [shelf, adding, *others], **QUIET)
    themes.click(acts.map, None, themes, **QUIET)


class _Acts:
    def __init__(self, visits: Visits, uploads: Uploads) -> None:
        self._visits = visits
        self._uploads = uploads
        self._maps: dict[str, str] = {}

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[_Shown]:
        """The list as it is now, or a document added or removed."""
        visit, details = self._visits.of(request.session_hash), details_of(event)
        if details.get("act") == "add":
            yield from self._add(visit, details.get("token", ""))
        elif details.get("act") == "remove":
            yield from self._remove(visit, details.get("source", ""))
        else:
            yield _shown(shelf=shelf_of(visit))

    def map(self, request: gr.Request) -> Iterator[str]:
        """The map of themes; made once for each index."""
        assistant = self._visits.of(request.session_hash).assistant
        if assistant.index_id not in self._maps:
            for item in working(lambda tell: covered_themes(assistant, tell)):
                if isinstance(item, Told):
                    yield f'<div data-root="kd-map">{progress_html(item)}</div>'
                else:
                    self._maps[assistant.index_id] = map_html(item.get())
        yield self._maps[assistant.index_id]

    def _add(self, visit: Visit, token: str) -> Iterator[_Shown]:
        file = self._uploads.take(token)
        if file is None:
            yield _refused(texts.UPLOAD_FAILED)
            return
        try:
            for item in working(lambda tell: visit.own.add(file, tell)):
                if isinstance(item, Told):
                    yield _shown(adding=progress_html(item))
                else:
                    yield _added(visit, item, file.name)
        finally:
            shutil.rmtree(file.parent, ignore_errors=True)

    def _remove(self, visit: Visit, source_id: str) -> Iterator[_Shown]:
        title = next((source.title for source in visit.own.sources if source.id == source_id), source_id)
        for item in working(lambda tell: visit.own.remove(source_id, tell)):
            if isinstance(item, Told):
                yield _shown(adding=progress_html(item))
            elif isinstance(item.error, KdError):
                yield _refused(str(item.error))
            else:
                item.get()
                visit.forget(source_id)
                yield _removed(visit, texts.REMOVED.format(title=title))


def _added(visit: Visit, item: Done[Any], name: str) -> _Shown:
    """What is shown once a file has been read, or could not be."""
    if isinstance(item.error, KdError):
        return _refused(str(item.error))
    added = item.get()
    if added.source is None:
        said = added.refusal.replace(str(added.path), name).replace(str(added.path.parent), "")
        return _refused(said)
    said = texts.ADDED.format(
        title=added.source.title, sections=len(added.document.sections), words=len(added.document.text.split())
    )
    notes = "".join(_line(note) for note in added.notes)
    beside = beside_the_box(visit.assistant.sources)
    return _shown(shelf_of(visit), _line(said) + notes, beside=beside, outbox=delivery(say=said))


def _removed(visit: Visit, said: str) -> _Shown:
    """What is shown once a document is erased: nothing that holds its words stays on the page."""
    sources = visit.assistant.sources
    return _shown(
        shelf_of(visit),
        _line(said),
        conversation_html(visit.conversation, sources),
        list_html(sources),
        "",
        shown_review(visit),
        beside_the_box(sources),
        delivery(say=said),
    )


def _refused(said: str) -> _Shown:
    return _shown(adding=_line(said, is_error=True), outbox=delivery(say=said))


def _shown(
    shelf: Any = _SKIP,
    adding: Any = _SKIP,
    conversation: Any = _SKIP,
    document: Any = _SKIP,
    reviewed: Any = _SKIP,
    instruktion: Any = _SKIP,
    beside: Any = _SKIP,
    outbox: Any = _SKIP,
) -> _Shown:
    """The outputs in their order; what is not given stays as it is."""
    return shelf, adding, conversation, document, reviewed, instruktion, beside, outbox


def _line(words: str, is_error: bool = False) -> str:
    return f'<p class="{"kd-error" if is_error else "kd-notice"}">{escape(words)}</p>'


def shelf_of(visit: Visit) -> str:
    """The list of sources with how much each is cited, and the page's own documents."""
    own_ids = {source.id for source in visit.own.sources}
    report = latest_report(visit.assistant.settings)
    shelved = [_shelved(visit, source.id, report) for source in visit.assistant.sources]
    note = texts.OWN_MODEL if visit.assistant.settings.chat_model else ""
    return shelf_html(
        [one for one in shelved if one.document.source.id not in own_ids],
        [one for one in shelved if one.document.source.id in own_ids],
        ACCEPTED,
        note,
    )


def _shelved(visit: Visit, source_id: str, report: dict[str, Any] | None) -> Shelved:
    cited = sum(one.source.id == source_id for _, answer in visit.answers() for one in answer.citations)
    answers = [case["answer"] for case in report["cases"] if case["answer"]] if report else []
    using = sum(any(one["source_id"] == source_id for one in answer["citations"]) for answer in answers)
    return Shelved(visit.assistant.document(source_id), cited, (using, len(answers)) if answers else None)


def covered_themes(assistant: Assistant, tell: Any) -> list[Covered]:
    """Asks each theme's trial questions."""
    covered = []
    for number, (theme, questions) in enumerate(texts.THEMES.items()):
        tell(texts.MAP_MAKING, number, len(texts.THEMES))
        answers = [assistant.ask(question) for question in questions]
        kinds = {citation.source.kind for answer in answers for citation in answer.citations}
        yes = {q: answer.outcome != "no_support" for q, answer in zip(questions, answers, strict=True)}
        covered.append(Covered(theme, yes, tuple(kind for kind in KINDS if kind in kinds)))
    return covered
