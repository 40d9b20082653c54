"""The figures of one answered case. Each is a `Score`: a value, or none and the reason.

Retrieval figures follow Manning, Raghavan & Schütze, Introduction to Information Retrieval (2008), ch. 8; nDCG is
Järvelin & Kekäläinen (2002) with binary gains. Citation recall and precision follow ALCE (Gao et al. 2023), with gold
spans in the place of a judge: a citation is right when it covers at least half of a gold quote.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.finding.lexicon import Lexicon
from assistant.measuring.cases import Case, Span
from assistant.types import Answer, Citation, Document, Hit

#: The least share of a gold quote that a citation must cover.
COVERED = 0.5
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Score:
    """A figure of one case. `value` is None when it could not be measured, and `reason` says why, in Swedish."""

    name: str
    value: float | None
    reason: str = ""


#: Every figure: its name, what it is called, whether more is better, and its unit ("" for a share, 0..1).
@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    label: str
    higher_is_better: bool
    unit: str = ""


METRICS = (
    Metric("hit@1", "rätt stycke först", True),
    Metric("hit@5", "rätt stycke bland fem", True),
    Metric("recall@5", "andel av rätt stycken bland fem", True),
    Metric("mrr", "medelvärde av 1/plats", True),
    Metric("ndcg@10", "nDCG@10", True),
    Metric("citation_recall", "rätt ställe citerat", True),
    Metric("citation_precision", "andel citat ur rätt stycke", True),
    Metric("first_citation", "första citatet rätt", True),
    Metric("verbatim", "citat ordagrant på sin plats", True),
    Metric("wrong_locator", "fel ställe angivet", False),
    Metric("uncited_claims", "påståenden utan citat", False),
    Metric("nugget_recall", "fakta i svaret, ordagrant", True),
    Metric("nugget_recall_folded", "fakta i svaret, oavsett böjning", True),
    Metric("right_refusal", "rätt avböjda", True),
    Metric("false_refusal", "fel avböjda", False),
    Metric("unreserved", "utan förbehåll, fast svar saknas", False),
    Metric("false_reservation", "förbehåll, fast svar finns", False),
    Metric("words", "svarets längd", False, "ord"),
    Metric("latency", "svarstid", False, "ms"),
)


def retrieval_scores(case: Case, gold: Sequence[Sequence[Span]], hits: Sequence[Hit]) -> tuple[Score, ...]:
    """hit@1, hit@5, recall@5, MRR and nDCG@10 of a ranking against the case's gold quotes.

    With `gold_mode` "any" one quote is enough and recall is 0 or 1; with "all" every quote counts.
    """
    names = ("hit@1", "hit@5", "recall@5", "mrr", "ndcg@10")
    if not case.answerable:
        return tuple(Score(name, None, "frågan har inget svar i källorna") for name in names)
    if not gold or not any(gold):
        return tuple(Score(name, None, "frågan saknar facit i källorna") for name in names)
    ranks = [_first_rank(spans, hits) for spans in gold if spans]
    if case.gold_mode == "any":
        ranks = [min(ranks)]
    return (
        Score("hit@1", float(min(ranks) <= 1)),
        Score("hit@5", float(max(ranks) <= 5)),
        Score("recall@5", sum(rank <= 5 for rank in ranks) / len(ranks)),
        Score("mrr", 1 / min(ranks)),
        Score("ndcg@10", ndcg(ranks, 10)),
    )


def _first_rank(spans: Sequence[Span], hits: Sequence[Hit]) -> float:
    """The rank, from 1, of the first hit that holds the quote; infinity when none does."""
    for rank, hit in enumerate(hits, 1):
        if any(span.in_passage(hit.passage) for span in spans):
            return rank
    return math.inf


def ndcg(ranks: Sequence[float], k: int) -> float:
    """nDCG@k with binary gains for targets found at these ranks (infinity: not found).

    Two targets in one passage count at ranks that follow each other, so that the value never exceeds 1.
    """
    placed: list[float] = []
    for rank in sorted(ranks):
        placed.append(max(rank, placed[-1] + 1) if placed else rank)
    gain = sum(1 / math.log2(rank + 1) for rank in placed if rank <= k)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(ranks), k) + 1))
    return gain / ideal


def citation_scores(
    case: Case, gold: Sequence[Sequence[Span]], answer: Answer, documents: Mapping[str, Document]
) -> tuple[Score, ...]:
    """Citation recall and precision, the first citation, and what must hold for every citation of any answer."""
    return (
        *_against_gold(case, gold, answer.citations),
        _share("verbatim", answer.citations, lambda c: documents[c.source.id].text[c.start : c.end] == c.quote),
        _share("wrong_locator", answer.citations, lambda c: not _located(c, documents[c.source.id])),
        _share("uncited_claims", answer.sentences, lambda sentence: not sentence.citations),
    )


def _against_gold(case: Case, gold: Sequence[Sequence[Span]], citations: Sequence[Citation]) -> tuple[Score, ...]:
    names = ("citation_recall", "citation_precision", "first_citation")
    if not case.answerable:
        return tuple(Score(name, None, "frågan har inget svar i källorna") for name in names)
    if not any(gold):
        return tuple(Score(name, None, "frågan saknar facit i källorna") for name in names)
    cited = [any(_covers(citation, span) for citation in citations for span in spans) for spans in gold if spans]
    recall = float(any(cited)) if case.gold_mode == "any" else sum(cited) / len(cited)
    if not citations:
        reason = "svaret saknar citat"
        return Score(names[0], 0.0), Score(names[1], None, reason), Score(names[2], 0.0, reason)
    every = [span for spans in gold for span in spans]
    right = [any(span.in_passage(citation.passage) for span in every) for citation in citations]
    first = any(_covers(citations[0], span) for span in every)
    return Score(names[0], recall), Score(names[1], sum(right) / len(right)), Score(names[2], float(first))


def _covers(citation: Citation, span: Span) -> bool:
    return span.overlap(citation.source.id, citation.start, citation.end) >= COVERED


def _located(citation: Citation, document: Document) -> bool:
    """True when the section that the locator names is the one in which the cited words stand."""
    return any(
        section.path == citation.passage.path and section.start <= citation.start and citation.end <= section.end
        for section in document.sections
    )


def _share(name: str, items: Sequence[_Item], test: Callable[[_Item], bool]) -> Score:
    if not items:
        return Score(name, None, "svaret saknar citat")
    return Score(name, sum(test(item) for item in items) / len(items))


def nugget_scores(case: Case, answer: Answer, lexicon: Lexicon) -> tuple[Score, ...]:
    """The share of the case's facts that the answer holds: in an accepted wording, and with inflection folded."""
    names = ("nugget_recall", "nugget_recall_folded")
    if not case.nuggets or not case.answerable:
        return tuple(Score(name, None, "frågan har inga angivna fakta") for name in names)
    text = " ".join(sentence.text for sentence in answer.sentences)
    plain, terms = " ".join(text.casefold().split()), set(lexicon.terms(text))
    strict = [any(" ".join(w.casefold().split()) in plain for w in wordings) for wordings in case.nuggets]
    folded = [
        held or any(_held(wording, terms, lexicon) for wording in wordings)
        for held, wordings in zip(strict, case.nuggets, strict=True)
    ]
    return Score(names[0], sum(strict) / len(strict)), Score(names[1], sum(folded) / len(folded))


def _held(wording: str, terms: set[str], lexicon: Lexicon) -> bool:
    wanted = set(lexicon.terms(wording))
    return bool(wanted) and wanted <= terms


def refusal_scores(case: Case, answer: Answer) -> tuple[Score, ...]:
    """Whether the assistant refused, and whether it answered outright or with a reservation.

    `right_refusal` and `unreserved` are of questions that the sources do not answer, `false_refusal` and
    `false_reservation` of those that they do.
    """
    refused, reserved, outright = (float(answer.outcome == each) for each in ("no_support", "partly", "answered"))
    unanswered = {"right_refusal": refused, "unreserved": outright}
    answered = {"false_refusal": refused, "false_reservation": reserved}
    measured, other = (answered, unanswered) if case.answerable else (unanswered, answered)
    reason = "frågan har ett svar i källorna" if case.answerable else "frågan har inget svar i källorna"
    return (
        *(Score(name, value) for name, value in measured.items()),
        *(Score(name, None, reason) for name in other),
    )


def size_scores(answer: Answer) -> tuple[Score, ...]:
    """The answer's length in words, and its time in milliseconds; an answer that refuses has no length."""
    words = sum(len(f"{sentence.lead}{sentence.text}".split()) for sentence in answer.sentences)
    length = Score("words", float(words)) if words else Score("words", None, "svaret avböjde")
    time = Score("latency", answer.timings.total) if answer.timings else Score("latency", None, "tiden mättes inte")
    return length, time
