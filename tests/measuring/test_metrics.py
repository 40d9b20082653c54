"""Each figure against an example computed by hand; the arithmetic stands in the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, log2
from pathlib import Path

import pytest

from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.measuring.cases import Case, GoldFinder, Span
from assistant.measuring.metrics import (
    METRICS,
    Score,
    citation_scores,
    ndcg,
    nugget_scores,
    refusal_scores,
    retrieval_scores,
    size_scores,
)
from assistant.settings import Settings
from assistant.types import Answer, AnswerSentence, Citation, Document, Hit, Outcome, Passage, Section, Source, Timings

SOURCE = Source("s", "Källan", "lag", Path("s.txt"), "0")
TEXT = "abcdefghij" * 10  # ten passages of ten characters
PASSAGES = tuple(Passage(f"s:{n}", "s", (f"{n}",), TEXT[10 * n : 10 * n + 10], 10 * n, 10 * n + 10) for n in range(10))
DOCUMENT = Document(SOURCE, TEXT, tuple(Section(p.path, p.start, p.end) for p in PASSAGES), PASSAGES)
CASE = Case("c", "direct", "t", "fråga?", True, ("x",))


def hits(*numbers: int) -> tuple[Hit, ...]:
    return tuple(Hit(PASSAGES[n], SOURCE, 1 / rank, rank) for rank, n in enumerate(numbers, 1))


def gold(*numbers: int) -> tuple[tuple[Span, ...], ...]:
    """One quote for each number, which fills that passage."""
    return tuple((Span("s", 10 * n, 10 * n + 10),) for n in numbers)


def cite(n: int, start: int, end: int) -> Citation:
    return Citation(n, PASSAGES[start // 10], SOURCE, TEXT[start:end], start, end)


def answer(
    citations: Sequence[Citation] = (), sentences: Sequence[AnswerSentence] = (), outcome: Outcome = "answered"
) -> Answer:
    return Answer("fråga?", "fråga?", outcome, "", tuple(sentences), tuple(citations), (), "test")


def values(scores: Sequence[Score]) -> dict[str, float | None]:
    return {score.name: score.value for score in scores}


def test_retrieval_with_one_gold_quote() -> None:
    """The right passage is third: 1/3, and 1/log2(4) of the ideal 1/log2(2)."""
    found = values(retrieval_scores(CASE, gold(7), hits(1, 2, 7, 4)))
    assert found == {
        "hit@1": 0.0,
        "hit@5": 1.0,
        "recall@5": 1.0,
        "mrr": pytest.approx(1 / 3),
        "ndcg@10": pytest.approx(0.5),
    }


def test_any_takes_the_best_of_the_gold_quotes_and_all_takes_every_one() -> None:
    """Gold in passages 1 (first) and 7 (seventh)."""
    ranking = hits(1, 0, 2, 3, 4, 5, 7)
    any_of = values(retrieval_scores(CASE, gold(1, 7), ranking))
    assert any_of == {"hit@1": 1, "hit@5": 1, "recall@5": 1, "mrr": 1, "ndcg@10": 1}
    all_of = values(retrieval_scores(replace(CASE, gold_mode="all"), gold(1, 7), ranking))
    assert all_of["hit@1"] == 1
    assert all_of["hit@5"] == 0
    assert all_of["recall@5"] == 0.5
    assert all_of["mrr"] == 1
    assert all_of["ndcg@10"] == pytest.approx((1 + 1 / log2(8)) / (1 + 1 / log2(3)))


def test_what_is_not_found_counts_as_zero() -> None:
    assert set(values(retrieval_scores(CASE, gold(9), hits(1, 2))).values()) == {0.0}
    assert set(values(retrieval_scores(CASE, gold(9), ())).values()) == {0.0}


def test_second_is_not_first_and_sixth_is_not_among_five() -> None:
    assert values(retrieval_scores(CASE, gold(7), hits(1, 7)))["hit@1"] == 0
    assert values(retrieval_scores(CASE, gold(7), hits(1, 2, 3, 4, 7)))["hit@5"] == 1
    sixth = values(retrieval_scores(CASE, gold(7), hits(1, 2, 3, 4, 5, 7)))
    assert (sixth["hit@5"], sixth["recall@5"], sixth["mrr"]) == (0, 0, pytest.approx(1 / 6))


def test_a_passage_is_right_when_it_holds_half_of_the_quote() -> None:
    half, less = ((Span("s", 5, 15),),), ((Span("s", 4, 14),),)
    assert values(retrieval_scores(CASE, half, hits(1)))["hit@1"] == 1
    assert values(retrieval_scores(CASE, less, hits(1)))["hit@1"] == 0


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([1], 1.0),
        ([2], 1 / log2(3)),
        ([10], 1 / log2(11)),
        ([11], 0.0),
        ([inf], 0.0),
        ([1, 1], 1.0),
        ([2, 2], (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3))),
        ([1, inf], 1 / (1 + 1 / log2(3))),
    ],
)
def test_ndcg(ranks: list[float], expected: float) -> None:
    assert ndcg(ranks, 10) == pytest.approx(expected)


def test_citations_against_gold() -> None:
    """Gold fills passage 3. The first citation is elsewhere, the second covers 6 of 10, the third 4 of 10."""
    given = answer([cite(1, 0, 10), cite(2, 30, 36), cite(3, 36, 40)])
    found = values(citation_scores(CASE, gold(3), given, {"s": DOCUMENT}))
    assert found["citation_recall"] == 1
    assert found["citation_precision"] == pytest.approx(2 / 3)
    assert found["first_citation"] == 0
    first = values(citation_scores(CASE, gold(3), answer([cite(1, 30, 35)]), {"s": DOCUMENT}))
    assert first["first_citation"] == 1
    less = values(citation_scores(CASE, gold(3), answer([cite(1, 30, 34)]), {"s": DOCUMENT}))
    assert (less["citation_recall"], less["citation_precision"], less["first_citation"]) == (0, 1, 0)


def test_all_gold_quotes_must_be_cited_when_the_case_says_so() -> None:
    case = replace(CASE, gold_mode="all")
    found = values(citation_scores(case, gold(3, 4, 5), answer([cite(1, 30, 40)]), {"s": DOCUMENT}))
    assert found["citation_recall"] == pytest.approx(1 / 3)
    assert (
        values(citation_scores(CASE, gold(3, 4, 5), answer([cite(1, 30, 40)]), {"s": DOCUMENT}))["citation_recall"] == 1
    )


def test_a_quote_must_stand_at_its_place() -> None:
    right, moved = cite(1, 30, 36), replace(cite(2, 40, 46), start=41, end=47)
    assert values(citation_scores(CASE, gold(3), answer([right, moved]), {"s": DOCUMENT}))["verbatim"] == 0.5


def test_a_locator_must_name_the_section_of_the_words() -> None:
    wrong = replace(cite(1, 30, 36), passage=replace(PASSAGES[3], path=("4",)))
    found = values(citation_scores(CASE, gold(3), answer([wrong, cite(2, 40, 45)]), {"s": DOCUMENT}))
    assert found["wrong_locator"] == 0.5


def test_claims_without_citations() -> None:
    given = answer(
        [cite(1, 30, 40)], [AnswerSentence("a.", (1,)), AnswerSentence("b.", ()), AnswerSentence("c.", (1,))]
    )
    assert values(citation_scores(CASE, gold(3), given, {"s": DOCUMENT}))["uncited_claims"] == pytest.approx(1 / 3)


def test_nothing_cited_misses_the_gold_but_has_no_precision() -> None:
    scores = {s.name: s for s in citation_scores(CASE, gold(3), answer(), {"s": DOCUMENT})}
    assert (scores["citation_recall"].value, scores["first_citation"].value) == (0, 0)
    for name in ("citation_precision", "verbatim", "wrong_locator", "uncited_claims"):
        assert (scores[name].value, scores[name].reason) == (None, "svaret saknar citat")


def test_what_cannot_be_measured_is_none_with_its_reason() -> None:
    unanswerable = replace(CASE, answerable=False, gold=())
    for scores in (retrieval_scores(unanswerable, (), hits(1)), citation_scores(unanswerable, (), answer(), {})[:3]):
        assert {(s.value, s.reason) for s in scores} == {(None, "frågan har inget svar i källorna")}
    for scores in (retrieval_scores(CASE, ((),), hits(1)), citation_scores(CASE, ((),), answer(), {})[:3]):
        assert {(s.value, s.reason) for s in scores} == {(None, "frågan saknar facit i källorna")}


@pytest.fixture(scope="module")
def lexicon(settings: Settings) -> Lexicon:
    return read_lexicon(settings.lexicon_file)


def test_nuggets_in_an_accepted_wording_or_inflected(lexicon: Lexicon) -> None:
    """Of three facts one stands verbatim, one inflected, one not at all."""
    case = replace(
        CASE, nuggets=(("fyra veckor", "TRE månader"), ("kommunens direktör", "stadens borgmästare"), ("borgmästare",))
    )
    given = answer(sentences=[AnswerSentence("Efter tre\nmånader möter direktörerna andra kommuner.", ())])
    found = nugget_scores(case, given, lexicon)
    assert values(found) == {"nugget_recall": pytest.approx(1 / 3), "nugget_recall_folded": pytest.approx(2 / 3)}
    assert [s.value for s in nugget_scores(CASE, given, lexicon)] == [None, None]


@pytest.mark.parametrize(
    ("answerable", "outcome", "measured"),
    [
        (True, "answered", {"false_refusal": 0, "false_reservation": 0}),
        (True, "partly", {"false_refusal": 0, "false_reservation": 1}),
        (True, "no_support", {"false_refusal": 1, "false_reservation": 0}),
        (False, "no_support", {"right_refusal": 1, "unreserved": 0}),
        (False, "partly", {"right_refusal": 0, "unreserved": 0}),
        (False, "answered", {"right_refusal": 0, "unreserved": 1}),
    ],
)
def test_refusals_and_reservations(answerable: bool, outcome: Outcome, measured: dict[str, float]) -> None:
    scores = refusal_scores(replace(CASE, answerable=answerable), answer(outcome=outcome))
    assert {score.name: score.value for score in scores if score.value is not None} == measured
    assert {s.name for s in scores} == {"right_refusal", "false_refusal", "unreserved", "false_reservation"}
    assert all(s.reason for s in scores if s.value is None)


def test_length_and_time() -> None:
    given = replace(answer(sentences=[AnswerSentence("Ett två tre.", (1,))]), timings=Timings(1, 2, 3, 6.5))
    assert values(size_scores(given)) == {"words": 3, "latency": 6.5}
    assert [(s.value, bool(s.reason)) for s in size_scores(answer())] == [(None, True), (None, True)]


def test_every_figure_has_a_name_of_its_own() -> None:
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "quote",
    [
        "ska utse en kommundirektör",
        "SKA UTSE EN KOMMUNDIREKTÖR",
        "ska utse\n  en kommun-\ndirektör",
        "• ska **utse** en; kommundirektör.",
        "ska utse en kommun\u00addirektör",
    ],
)
def test_gold_is_found_whatever_its_line_breaks_bullets_and_case(quote: str) -> None:
    text = "Styrelsen\n• ska utse\nen kommun-\ndirektör. Slut."
    (span,) = GoldFinder({"s": replace(DOCUMENT, text=text)}).find(quote)
    assert text[span.start : span.end] == "ska utse\nen kommun-\ndirektör"


def test_gold_is_found_in_every_place_and_nothing_else_is() -> None:
    finder = GoldFinder({"a": replace(DOCUMENT, text="Ja. Nej. Ja."), "b": replace(DOCUMENT, text="ja")})
    assert [(s.source_id, s.start, s.end) for s in finder.find("JA")] == [("a", 0, 2), ("a", 9, 11), ("b", 0, 2)]
    assert finder.find("kanske") == ()
    assert finder.find(" –•") == ()
