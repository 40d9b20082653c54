"""A `Review` and a `ReviewComparison` in the form that other programs rely on (schema 1)."""

from __future__ import annotations

from typing import Any

from assistant.answering.as_json import SCHEMA, citation_to_json
from assistant.avkodning.phrases import counted
from assistant.types import Finding, OwnPlace, Review, ReviewComparison


def review_to_json(review: Review) -> dict[str, Any]:
    """The review as a JSON object; the offsets of `own` are characters into the reviewed document's text."""
    return {
        "schema": SCHEMA,
        "document": _document(review),
        "summary": counted(review.rows),
        "rows": [_row(finding) for finding in review.rows],
        "index_id": review.index_id,
    }


def comparison_to_json(comparison: ReviewComparison) -> dict[str, Any]:
    """Both reviews requirement by requirement."""
    first, second = comparison.first, comparison.second
    return {
        "schema": SCHEMA,
        "documents": [_document(first), _document(second)],
        "summaries": [counted(first.rows), counted(second.rows)],
        "rows": [
            {
                "requirement": row.first.requirement,
                "title": row.first.title,
                "weight": row.first.weight,
                "same": row.is_same,
                "difference": row.difference,
                "first": {"verdict": row.first.verdict, "own": _own(row.first.own), "reason": row.first.reason},
                "second": {"verdict": row.second.verdict, "own": _own(row.second.own), "reason": row.second.reason},
                "basis": citation_to_json(row.first.basis),
            }
            for row in comparison.rows
        ],
        "index_id": first.index_id,
    }


def _document(review: Review) -> dict[str, Any]:
    return {
        "title": review.document.source.title,
        "is_instruktion": review.is_instruktion,
        "characters": len(review.document.text),
    }


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "requirement": finding.requirement,
        "title": finding.title,
        "weight": finding.weight,
        "verdict": finding.verdict,
        "own": _own(finding.own),
        "basis": citation_to_json(finding.basis),
        "reason": finding.reason,
        "question": finding.question,
    }


def _own(own: OwnPlace | None) -> dict[str, Any] | None:
    if own is None:
        return None
    return {"quote": own.quote, "start": own.start, "end": own.end, "locator": own.locator}
