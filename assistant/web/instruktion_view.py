"""Granska en instruktion: a document read and held to the requirements, compared with another, and saved."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.avkodning.as_json import comparison_to_json, review_to_json
from assistant.avkodning.comparing import compare
from assistant.avkodning.review_docx import comparison_docx, review_docx
from assistant.errors import KdError
from assistant.own_documents import ACCEPTED
from assistant.types import Document, Review
from assistant.web import comparison_html as compared
from assistant.web import instruktion_html as reviewed
from assistant.web import review_texts as words
from assistant.web import texts
from assistant.web.components import QUIET, act_target, delivery, details_of
from assistant.web.uploads import Uploads
from assistant.web.visits import Visit, Visits
from assistant.web.working import Told, working

_logger = logging.getLogger(__name__)

#: The choice of documents, the review, and what goes out of the page.
_Shown = tuple[Any, Any, Any]
_SKIP = gr.skip()


def build_instruktion_view(visits: Visits, uploads: Uploads, outbox: gr.HTML) -> gr.HTML:
    """The part's components; returns the one with the review."""
    acts = _Acts(visits, uploads)
    chooser = act_target(reviewed.chooser_html((), ACCEPTED), reviewed.ROOT)
    shown = gr.HTML("", elem_id="kd-instruktion-shown", apply_default_css=False, js_on_load=None)
    chooser.click(acts.act, None, [chooser, shown, outbox], **QUIET)
    return shown


class _Acts:
    def __init__(self, visits: Visits, uploads: Uploads) -> None:
        self._visits = visits
        self._uploads = uploads

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[_Shown]:
        """One act of one page; `details_of(event)["act"]` says which."""
        visit, details = self._visits.of(request.session_hash), details_of(event)
        acts: dict[str, Callable[[Visit, dict[str, str]], Iterator[_Shown]]] = {
            "list": self._list,
            "review": lambda visit, details: self._read(visit, details, is_second=False),
            "compare": lambda visit, details: self._read(visit, details, is_second=True),
            "review-own": lambda visit, details: self._own(visit, details, is_second=False),
            "compare-own": lambda visit, details: self._own(visit, details, is_second=True),
            "save": self._save,
            "save-comparison": self._save_comparison,
            "back": self._back,
            "clear": self._clear,
        }
        act = acts.get(details.get("act", ""), self._list)
        yield from act(visit, details)

    def _list(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        yield _shown(chooser=reviewed.chooser_html(own_titles(visit), ACCEPTED))

    def _read(self, visit: Visit, details: dict[str, str], *, is_second: bool) -> Iterator[_Shown]:
        """A file that was sent: read, reviewed, and erased whatever happens."""
        file = self._uploads.take(details.get("token", ""))
        if file is None:
            yield _refused(visit, texts.UPLOAD_FAILED)
            return
        try:
            yield from self._reviewed(visit, lambda: read_named(visit, file), is_second)
        finally:
            shutil.rmtree(file.parent, ignore_errors=True)

    def _own(self, visit: Visit, details: dict[str, str], *, is_second: bool) -> Iterator[_Shown]:
        source_id = details.get("source", "")
        if source_id not in {source.id for source in visit.own.sources}:
            yield _refused(visit, words.GONE)
            return
        yield from self._reviewed(visit, lambda: visit.assistant.document(source_id), is_second)

    def _reviewed(self, visit: Visit, read: Callable[[], Document], is_second: bool) -> Iterator[_Shown]:
        waiting = f'<p class="kd-waiting">{escape(words.READING)}</p>'
        yield _shown(review=waiting + shown_review(visit), outbox=delivery(say=words.READING))
        for item in working(lambda tell: visit.assistant.review(read())):
            if isinstance(item, Told):
                continue
            try:
                yield _told(visit, item.get(), is_second)
            except KdError as error:
                yield _refused(visit, str(error))
            except Exception:
                _logger.exception("an instruktion could not be reviewed")
                yield _refused(visit, words.UNEXPECTED)

    def _save(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        if visit.review is not None:
            yield _saved(visit.review, words.FILE_NAME, details.get("form"), review_docx, review_to_json)

    def _save_comparison(self, visit: Visit, details: dict[str, str]) -> Iterator[_Shown]:
        if visit.comparison is not None:
            made = visit.comparison
            yield _saved(made, words.COMPARE_FILE, details.get("form"), comparison_docx, comparison_to_json)

    def _back(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        yield _shown(review=shown_review(visit))

    def _clear(self, visit: Visit, _details: dict[str, str]) -> Iterator[_Shown]:
        visit.review = visit.comparison = None
        yield _shown(review="", outbox=delivery(say=words.CLEARED))


def own_titles(visit: Visit) -> list[tuple[str, str]]:
    return [(source.id, source.title) for source in visit.own.sources]


def read_named(visit: Visit, file: Path) -> Document:
    """The file as read; what is wrong with it is told by its own name, without where it lay here."""
    try:
        return visit.assistant.read_own(file)
    except KdError as error:
        said = str(error).replace(str(file), file.name).replace(str(file.parent), "")
        raise type(error)(said) from error


def _told(visit: Visit, review: Review, is_second: bool) -> _Shown:
    """The review, or the two side by side, shown and kept for the page."""
    if is_second and visit.review is not None:
        visit.comparison = compare(visit.review, review)
        said = words.COMPARED_DONE.format(summary=compared.summary(visit.comparison))
        return _shown(review=_comparison_of(visit), outbox=delivery(say=said))
    visit.review, visit.comparison = review, None
    said = words.DONE.format(summary=reviewed.summary(review))
    return _shown(review=shown_review(visit), outbox=delivery(say=said))


def shown_review(visit: Visit) -> str:
    """The latest review; "" when there is none."""
    if visit.review is None:
        return ""
    comparing = reviewed.compare_html(own_titles(visit), ACCEPTED)
    return reviewed.review_html(visit.review, _link(visit, visit.review), comparing)


def _comparison_of(visit: Visit) -> str:
    made = visit.comparison
    if made is None:
        return ""
    return compared.comparison_html(made, (_link(visit, made.first), _link(visit, made.second)))


def _link(visit: Visit, review: Review) -> str:
    """The reviewed document's id where it is one of the page's own, which can be opened in Läs."""
    source = review.document.source
    return source.id if source in visit.own.sources else ""


def _saved(
    made: Any,
    name: str,
    form: str | None,
    as_docx: Callable[[Any], bytes],
    as_json: Callable[[Any], dict[str, Any]],
) -> _Shown:
    if form == "docx":
        content = as_docx(made)
    else:
        form = "json"
        content = (json.dumps(as_json(made), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    file = f"{name}.{form}"
    return _shown(outbox=delivery(say=texts.SAVED.format(name=file), name=file, content=content))


def _refused(visit: Visit, said: str) -> _Shown:
    """Why a document was not reviewed, above what was shown before."""
    line = f'<p class="kd-error kd-refused" tabindex="-1">{escape(said)}</p>'
    return _shown(review=line + shown_review(visit), outbox=delivery(say=said))


def _shown(chooser: Any = _SKIP, review: Any = _SKIP, outbox: Any = _SKIP) -> _Shown:
    """The outputs in their order; what is not given stays as it is."""
    return chooser, review, outbox
