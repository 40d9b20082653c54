"""The gate: an answer holds only what words in a source prove, and says what was withheld."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.answering import frames
from assistant.answering.frames import NO_SUPPORT, VOICE_FRAME
from assistant.answering.support import answers, objection
from assistant.answering.verify import Gate, no_support, verify
from assistant.finding.lexicon import Lexicon
from assistant.types import Answer, AnswerSentence, Draft, DraftSentence, Hits
from tests.answering.conftest import make_hit

MARIESTAD = (
    "Skälet är att Mariestad upplever sig bromsade av Töreboda och Gullspång. "
    "Mariestad beslutade 2023 att lämna samarbetet med 12 anställda så snabbt som möjligt."
)
LAW = "Styrelsen ska utse en direktör. Direktören får inte vara ledamot i styrelsen."
MEETING = "Mötet hålls inte i juli. Direktören bör kalla till mötet i god tid."


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Styrelsen ska utse en direktör.", LAW),
        ("Direktören får inte vara ledamot i styrelsen.", LAW),
        ("En direktör ska utses av styrelsen.", "Styrelsen ska utse en direktör."),
        (
            "Enligt rapporten bromsas Mariestad av Töreboda och Gullspång.",
            "Rapporten: Mariestad bromsas av Töreboda och Gullspång.",
        ),
        ("År 2023 beslutade Mariestad att lämna samarbetet med 12 anställda.", MARIESTAD),
    ],
)
def test_what_the_evidence_says_is_supported(lexicon: Lexicon, sentence: str, evidence: str) -> None:
    assert objection(sentence, evidence, lexicon) == ""


@pytest.mark.parametrize(
    ("sentence", "evidence", "reason"),
    [
        ("Mariestad beslutade 2024 att lämna samarbetet.", MARIESTAD, "2024"),
        ("Mariestad lämnar samarbetet med 21 anställda.", MARIESTAD, "21"),
        ("Mariestad lämnar samarbetet med 12,5 anställda.", MARIESTAD, "12,5"),
        ("Mariestad vill, liksom Karlsborg, lämna samarbetet så snabbt som möjligt.", MARIESTAD, "Karlsborg"),
        ("Karlsborg beslutade att lämna samarbetet så snabbt som möjligt.", MARIESTAD, ""),
        ("Mariestad beslutade att inte lämna samarbetet så snabbt.", MARIESTAD, "neka"),
        ("Direktören får vara ledamot i styrelsen.", "Direktören får inte vara ledamot i styrelsen.", "neka"),
        ("Mötet hålls", MEETING, ""),
        ("Mötet hålls i juli.", "Mötet hålls inte i juli.", "nekar"),
        ("Styrelsen får utse en direktör.", "Styrelsen ska utse en direktör.", ""),
        ("Direktören ska kalla till mötet i god tid.", "Direktören bör kalla till mötet i god tid.", ""),
        ("Havet blånar i gryningens sken över öarna.", MARIESTAD, "Källan säger inte"),
        ("The board shall appoint a director.", MARIESTAD, "Källan säger inte"),
        ("Och det är så.", MARIESTAD, "Källan säger inte"),
        ("", "", ""),
    ],
    ids=[
        "year changed",
        "number changed",
        "number made finer",
        "name added",
        "name changed at the beginning",
        "negation added",
        "negation removed",
        "cut before its negation",
        "negation removed, short",
        "ska became får",
        "bör became ska",
        "invented",
        "another language",
        "no content",
        "empty",
    ],
)
def test_what_the_evidence_does_not_say_is_objected_to(
    lexicon: Lexicon, sentence: str, evidence: str, reason: str
) -> None:
    found = objection(sentence, evidence, lexicon)
    if sentence:
        assert found
        assert reason in found
        assert "\n" not in found


@pytest.mark.parametrize("words", [(-1, 0, 0), (3, 0, 5), (0, 5, 5), (0, 9, 4), (0, -1, 5), (0, 0, 10_000)])
def test_unknown_evidence_is_withheld_with_its_reason(
    hits: Hits, lexicon: Lexicon, words: tuple[int, int, int]
) -> None:
    text = "Styrelsen äger kommunens simhall."
    answer = prove(hits, lexicon, DraftSentence(text, (words,)))
    assert (answer.outcome, answer.sentences, answer.citations) == ("no_support", (), ())
    assert [(item.text, item.reason) for item in answer.withheld] == [
        (text, "Hänvisningen leder inte till någon källa.")
    ]
    assert text not in answer.text


def test_a_sentence_without_evidence_is_withheld(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(hits, lexicon, DraftSentence("Styrelsen äger kommunens simhall.", ()))
    assert answer.outcome == "no_support"
    assert "saknar hänvisning" in answer.withheld[0].reason


@pytest.mark.parametrize("evidence", [(), ((-1, 0, 0),), ((1, 0, 43),)], ids=["none", "unknown", "wrong passage"])
def test_a_sentence_that_another_hit_carries_cites_that_one(
    hits: Hits, lexicon: Lexicon, evidence: tuple[tuple[int, int, int], ...]
) -> None:
    answer = prove(hits, lexicon, DraftSentence("Direktören ska leda förvaltningen.", evidence))
    (citation,) = answer.citations
    assert (citation.source.id, citation.quote) == ("k1", "Direktören ska leda förvaltningen.")


def test_a_sentence_that_its_own_source_contradicts_gets_no_other(lexicon: Lexicon) -> None:
    found = (
        make_hit(1, "Kommunen bör anta en plan för styrelsens arbete varje år."),
        make_hit(2, "Det står att kommunen ska ha en plan. Styrelsens arbete är tungt varje år."),
    )
    sentence = DraftSentence("Kommunen ska anta en plan för styrelsens arbete varje år.", ((0, 0, 57),))
    answer = prove(Hits("Plan?", found, 1.0), lexicon, sentence)
    assert [item.reason for item in answer.withheld] == ["Källan säger bör, texten säger ska."]


def test_half_a_sentence_is_not_carried_by_its_own_words(hits: Hits, lexicon: Lexicon) -> None:
    """The words relied on may be cut anywhere; what counts is the source's whole sentence."""
    answer = prove(hits, lexicon, cited(hits, 0, "Mötet hålls"))
    assert (answer.outcome, "Mötet hålls inte" in answer.text) == ("no_support", False)
    assert answer.withheld[0].reason == "Källan nekar (”inte i juli”), texten gör det inte."


def test_the_gate_gives_the_answer_so_far(hits: Hits, lexicon: Lexicon) -> None:
    gate = Gate("Vem?", hits, "prov", lexicon)
    assert gate.answer().outcome == "no_support"
    shown = gate.add(cited(hits, 0, "Styrelsen ska utse en direktör."))
    assert shown == AnswerSentence("Styrelsen ska utse en direktör.", (1,))
    assert gate.answer().text == "Styrelsen ska utse en direktör [1]."
    assert gate.add(cited(hits, 1, "Flera beskriver en hög arbetsbelastning.", "Ingen är glad.")) is None
    assert gate.add(cited(hits, 1, "Flera beskriver en hög arbetsbelastning.")) is not None
    answer = gate.answer("Obs.")
    assert (answer.outcome, answer.notice, len(answer.sentences), len(answer.withheld)) == ("partly", "Obs.", 2, 1)


def test_only_the_lead_of_its_own_source_is_shown(hits: Hits, lexicon: Lexicon) -> None:
    sentence = cited(hits, 0, "Styrelsen ska utse en direktör.")
    own = frames.lead(hits.items[0].source, "text", sentence.text)
    assert own
    answer = prove(hits, lexicon, replace(sentence, lead=own))
    assert answer.text == f"{own}Styrelsen ska utse en direktör [1]."
    assert answer.sentences[0].lead == own
    false = prove(hits, lexicon, replace(sentence, lead="Ett beslut i Grönköping: "))
    assert false.text == "Styrelsen ska utse en direktör [1]."


def prove(hits: Hits, lexicon: Lexicon, *sentences: DraftSentence, notice: str = "") -> Answer:
    return verify("Vem utser hen?", Draft(sentences, "prov", notice), hits, lexicon)


def cited(hits: Hits, hit: int, words: str, text: str = "", opens: Any = "") -> DraftSentence:
    """A sentence that relies on these words of the hit's passage; its own text is the same unless given."""
    start = hits.items[hit].passage.text.index(words)
    return DraftSentence(text or words, ((hit, start, start + len(words)),), opens)


def test_an_answer_is_its_proven_sentences(hits: Hits, lexicon: Lexicon) -> None:
    good = cited(hits, 0, "Styrelsen ska utse en direktör.")
    bad = cited(hits, 1, "Nästan 75 procent av direktörerna är nöjda.", "Nästan 57 procent av direktörerna är nöjda.")
    answer = prove(hits, lexicon, good, bad, notice="Obs.")
    assert answer.outcome == "partly"
    assert [s.text for s in answer.sentences] == ["Styrelsen ska utse en direktör."]
    assert [item.text for item in answer.withheld] == ["Nästan 57 procent av direktörerna är nöjda."]
    assert "57" not in answer.text
    assert (answer.question, answer.search_question) == ("Vem utser hen?", "Vem utser direktören?")
    assert (answer.writer, answer.notice, answer.hits) == ("prov", "Obs.", hits.items)


def test_citations_are_the_words_in_the_source(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(hits, lexicon, cited(hits, 1, "Flera beskriver en hög arbetsbelastning."))
    (citation,) = answer.citations
    assert citation.quote == "Flera beskriver en hög arbetsbelastning."
    passage = hits.items[1].passage
    assert citation.start == passage.start + passage.text.index(citation.quote)
    assert citation.end - citation.start == len(citation.quote)
    assert (citation.n, citation.passage, citation.source) == (1, passage, hits.items[1].source)
    assert answer.outcome == "answered"


def test_citations_that_follow_each_other_become_one(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(
        hits,
        lexicon,
        cited(hits, 0, "Styrelsen ska utse en direktör."),
        cited(hits, 0, "Direktören ska leda förvaltningen."),
    )
    assert [citation.quote for citation in answer.citations] == [
        "Styrelsen ska utse en direktör. Direktören ska leda förvaltningen."
    ]
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (1,)]


def test_words_within_a_citation_are_not_cited_again(hits: Hits, lexicon: Lexicon) -> None:
    whole = cited(hits, 0, "Styrelsen ska utse en direktör. Direktören ska leda förvaltningen.")
    other = cited(hits, 1, "Flera beskriver en hög arbetsbelastning.")
    answer = prove(hits, lexicon, whole, other, cited(hits, 0, "Direktören ska leda förvaltningen."))
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,), (1,)]
    assert len(answer.citations) == 2


def test_citations_apart_stay_apart(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(
        hits, lexicon, cited(hits, 0, "Styrelsen ska utse en direktör."), cited(hits, 0, "Mötet hålls inte i juli.")
    )
    assert [citation.n for citation in answer.citations] == [1, 2]


def test_the_place_relied_on_is_the_one_cited(lexicon: Lexicon) -> None:
    words = "Mötet hålls i juli."
    text = f"{words} Alla kommer. {words}"
    hits = Hits("När?", (make_hit(1, text),), 1.0)
    answer = prove(hits, lexicon, DraftSentence(words, ((0, text.rindex(words), len(text)),)))
    assert answer.citations[0].start == hits.items[0].passage.start + text.rindex(words)


def test_withheld_sentences_leave_no_gap_in_the_numbers(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(
        hits,
        lexicon,
        cited(hits, 0, "Styrelsen ska utse en direktör."),
        cited(hits, 1, "Flera beskriver en hög arbetsbelastning.", "Ingen är glad."),
        cited(hits, 2, "”Vi hinner inte med.”"),
    )
    assert [citation.n for citation in answer.citations] == [1, 2]
    assert answer.citations[1].source.id == "k3"


def test_the_frame_before_a_quotation_needs_no_source(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(hits, lexicon, cited(hits, 2, "”Vi hinner inte med.”", VOICE_FRAME + "”Vi hinner inte med.”"))
    assert answer.outcome == "answered"
    assert answer.text == f"{VOICE_FRAME}”Vi hinner inte med.” [1]"


def test_marks_stand_before_the_full_stop_and_lists_on_lines(hits: Hits, lexicon: Lexicon) -> None:
    answer = prove(
        hits,
        lexicon,
        cited(hits, 0, "Styrelsen ska utse en direktör.", opens="paragraph"),
        cited(hits, 1, "Nästan 75 procent av direktörerna är nöjda.", opens="item"),
        cited(hits, 0, "Mötet hålls inte i juli.", opens="item"),
        cited(hits, 1, "Flera beskriver en hög arbetsbelastning.", opens="paragraph"),
    )
    assert answer.text == (
        "Styrelsen ska utse en direktör [1].\n"
        "- Nästan 75 procent av direktörerna är nöjda [2].\n"
        "- Mötet hålls inte i juli [3].\n\n"
        "Flera beskriver en hög arbetsbelastning [4]."
    )


def test_no_support_names_what_lies_nearest(hits: Hits) -> None:
    answer = no_support("Hur är vädret?", hits, "extractive")
    assert answer.text == f'{NO_SUPPORT} Närmast kommer avsnittet "1 Rubrik" i "Källa 1".'
    assert (answer.citations, answer.sentences, answer.hits) == ((), (), hits.items)
    empty = no_support("Hur är vädret?", Hits("x", (), 0), "extractive")
    assert empty.text.startswith(NO_SUPPORT)
    assert len(empty.text) > len(NO_SUPPORT)


@pytest.mark.parametrize(("chance", "expected"), [(1.0, True), (0.9, True), (0.1, False), (0.0, False)])
def test_a_question_is_answered_when_the_sources_are_likely_to(hits: Hits, chance: float, expected: bool) -> None:
    assert answers(replace(hits, support=chance)) is expected
