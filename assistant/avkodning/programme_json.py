"""The programme and a file of notes in the form that other programs rely on (schema 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.answering.as_json import SCHEMA, citation_to_json
from assistant.avkodning.places import Cited, CitedTheme
from assistant.avkodning.programme import ADVICE
from assistant.avkodning.progress import Progress


def programme_to_json(themes: Sequence[CitedTheme], index_id: str) -> dict[str, Any]:
    """Every theme. Only `why` and `reading` have sources; `available` tells whether the present ones hold the place."""
    return {
        "schema": SCHEMA,
        "advice": ADVICE,
        "themes": [_theme(theme) for theme in themes],
        "index_id": index_id,
    }


def progress_to_json(progress: Progress) -> dict[str, Any]:
    """How far the notes have come."""
    return {
        "schema": SCHEMA,
        "answered": progress.answered,
        "questions": progress.questions,
        "themes": [asdict(theme) for theme in progress.themes],
    }


def _theme(cited: CitedTheme) -> dict[str, Any]:
    theme = cited.theme
    return {
        "id": theme.id,
        "title": theme.title,
        "why": [{"lead": each.lead.strip(), **_cited("text", each)} for each in cited.why],
        "find_out": list(theme.find_out),
        "ask": list(theme.ask),
        "questions": [asdict(question) for question in theme.questions],
        "reading": [_cited("about", each) for each in cited.reading],
        "plan": list(theme.plan),
        "chat": list(theme.chat),
        "citations": [citation_to_json(citation) for citation in cited.citations],
    }


def _cited(name: str, cited: Cited) -> dict[str, Any]:
    number = [cited.citation.n] if cited.citation else []
    return {name: cited.text, "citations": number, "available": bool(number)}
