"""An `Answer` in the form that other programs rely on (schema 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.types import Answer, Citation, Hit, Verification

SCHEMA = 1


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object; offsets are characters into the source's extracted text."""
    timings = answer.timings
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "search_question": answer.search_question,
        "outcome": answer.outcome,
        "answer": answer.text,
        "sentences": [
            {"text": s.text, "citations": list(s.citations), "lead": s.lead.strip()} for s in answer.sentences
        ],
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "hits": hits_to_json(answer.hits),
        "suggestions": list(answer.suggestions),
        "writer": answer.writer,
        "withheld": [{"text": item.text, "reason": item.reason} for item in answer.withheld],
        "notice": answer.notice,
        "timings_ms": {
            name: round(getattr(timings, name), 1) if timings else None
            for name in ("search", "write", "verify", "total")
        },
        "index_id": answer.index_id,
    }


def verification_to_json(verification: Verification) -> dict[str, Any]:
    """The checked text's sentences; offsets are characters into that text."""
    return {
        "schema": SCHEMA,
        "sentences": [
            {
                "text": sentence.text,
                "start": sentence.start,
                "end": sentence.end,
                "verdict": sentence.verdict,
                "reason": sentence.reason,
                "citations": [citation_to_json(citation) for citation in sentence.citations],
            }
            for sentence in verification.sentences
        ],
        "index_id": verification.index_id,
    }


def citation_to_json(citation: Citation) -> dict[str, Any]:
    passage, source = citation.passage, citation.source
    return {
        "n": citation.n,
        "passage_id": passage.id,
        "source_id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "kind": source.kind,
        "account": source.account,
        "consolidated_through": source.through,
        "voice": passage.voice,
        "locator": passage.locator,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "passage": passage.text,
    }


def hits_to_json(hits: Sequence[Hit], with_reasons: bool = False) -> list[dict[str, Any]]:
    """The hits in order; with `with_reasons` also each leg's normalised score and the reasons in words."""
    return [
        {
            "rank": hit.rank,
            "passage_id": hit.passage.id,
            "source_id": hit.source.id,
            "score": round(hit.score, 4),
            "text": hit.passage.text,
            **(_reasons(hit) if with_reasons else {}),
        }
        for hit in hits
    ]


def _reasons(hit: Hit) -> dict[str, Any]:
    reasons = [{"clue": r.clue, "detail": r.detail, "score": round(r.score, 3)} for r in hit.reasons]
    return {"found_by": {leg: round(score, 3) for leg, score in hit.found_by.items()}, "reasons": reasons}
