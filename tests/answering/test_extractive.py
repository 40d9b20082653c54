"""Answers put together from the sources' own sentences: of the real corpus, and of hits made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answering.extractive import ExtractiveWriter
from assistant.assistant import Assistant
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import CELL_GAP, sentence_spans
from assistant.settings import Settings
from assistant.types import Answer, Draft, Hit, Hits, Kind, SentenceClues, Turn, Voice
from tests.answering.conftest import make_hit

INSTRUKTION = "Instruktion för kommundirektören, ett beslut i en kommun: "
REPORT = "Rapporten ”Att vara kommundirektör i en liten kommun”: "


# Of the real corpus


def test_who_appoints_is_answered_by_law_and_by_the_instruktion(assistant: Assistant) -> None:
    answer = assistant.ask("Vem ska utse kommundirektören?")
    words = "Enligt 7 kap 1 § kommunallagen (2017:725) ska kommunstyrelsen utse en direktör"
    assert any(c.source.id == "instruktion-kommundirektor" and words in c.quote for c in answer.citations)
    assert {c.source.kind for c in answer.citations} >= {"lag", "beslut"}


def test_a_list_is_kept_whole_with_its_lead_in(assistant: Assistant) -> None:
    answer = assistant.ask("Vilka frågor bör man ställa innan man ingår samverkan med andra kommuner?")
    items = [sentence.text for sentence in answer.sentences if sentence.opens == "item"]
    assert items[0] == "Vad är syftet, målet och önskade effekter av samverkan?"
    assert items[-1] == "Hur löser ni det praktiska inför samverkan?"
    assert f"\n- {items[0]} [" in answer.text


def test_a_question_for_a_number_is_answered_with_one(assistant: Assistant) -> None:
    answer = assistant.ask("Hur stor andel av kommundirektörerna är nöjda?")
    assert "75 procent" in answer.sentences[0].text
    assert assistant.ask("Hur många anställda har Askersunds kommun?").outcome == "no_support"


def test_an_interviewee_is_shown_as_one_voice(assistant: Assistant) -> None:
    answer = assistant.ask("Vad säger kommundirektörerna om att vara plantskola för chefer?")
    voices = [c for c in answer.citations if c.passage.voice == "quotation"]
    assert voices
    assert "En intervjuad säger: ”Vi blir plantskola för chefer" in answer.text


@pytest.mark.parametrize("question", ["Hur bakar man surdegsbröd?", "Vad kostar en plats i förskolan i Karlstad?"])
def test_what_the_sources_do_not_say_is_said_so(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.outcome, answer.citations) == ("no_support", ())
    assert answer.text.startswith("Källorna svarar inte på det. Närmast kommer")


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Vem är kommunens krisledande chef?", INSTRUKTION),
        ("Vilka frågor bör man ställa innan man ingår samverkan med andra kommuner?", REPORT),
    ],
)
def test_the_source_is_named_once_before_its_words(assistant: Assistant, question: str, lead: str) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(lead)
    runs = [part for part in source_runs(answer) if part == answer.citations[0].source.id]
    assert answer.text.count(lead) == len(runs)


def source_runs(answer: Answer) -> list[str]:
    """The ids of the sources and voices, each once for each run of sentences that cite it."""
    by_number = {c.n: c.source.id if c.passage.voice == "text" else "voice" for c in answer.citations}
    cited = [by_number[sentence.citations[0]] for sentence in answer.sentences]
    return [now for before, now in zip(("", *cited), cited, strict=False) if now != before]


@pytest.mark.parametrize(
    "question",
    [
        "Vem är kommunens krisledande chef?",
        "Varför är det svårt att rekrytera till små kommuner?",
        "Vad ska instruktionen fastställa enligt kommunallagen, och vad rekommenderar SKR för samspelet?",
    ],
)
def test_an_answer_keeps_to_its_length(assistant: Assistant, settings: Settings, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.outcome == "answered"
    assert sum(len((sentence.lead + sentence.text).split()) for sentence in answer.sentences) <= settings.answer_words


def test_half_letters_in_what_is_said_are_left_out(assistant: Assistant) -> None:
    """Stray surrogates, which no model takes, in the question and in what was said before."""
    history = [Turn("user", "Vem beslutar om instruktionen \ud83d?"), Turn("assistant", "Styrelsen \udc00.")]
    answer = assistant.ask("Och vad ska den \ud83dinnehålla?", history)
    assert answer.question == "Och vad ska den innehålla?"
    assert answer.suggestions


# Of hits made by hand


def hit_of(rank: int, text: str, *likely: float, kind: Kind = "rapport", voice: Voice = "text") -> Hit:
    """A hit whose sentences are so likely, in order."""
    spans = sentence_spans(text)
    clues = tuple(SentenceClues(*span, likelihood=share) for span, share in zip(spans, likely, strict=True))
    return replace(make_hit(rank, text, kind, voice), sentences=clues)


def written(lexicon: Lexicon, *hits: Hit, question: str = "Vad gör direktören?", words: int = 120) -> Draft:
    return ExtractiveWriter(lexicon, words, 8).write(question, Hits(question, hits, 1.0))


def texts(draft: Draft) -> list[str]:
    return [sentence.text for sentence in draft.sentences]


LEADS = "Direktören leder förvaltningen."
SIGNS = "Styrelsen undertecknar avtalen."
FAR = "Biblioteket har öppet på söndagar."
MEETS = "Direktören kallar ledningsgruppen till möte."


def test_only_likely_sentences_are_taken_and_each_relies_on_its_own_words(lexicon: Lexicon) -> None:
    hit = hit_of(1, f"{FAR} {LEADS} {SIGNS} {MEETS}", 0.0, 0.9, 0.001, 0.08)
    draft = written(lexicon, hit)
    assert texts(draft) == [LEADS, MEETS]
    assert [hit.passage.text[start:end] for ((_, start, end),) in (s.evidence for s in draft.sentences)] == texts(draft)


def test_the_likeliest_run_opens_the_answer_and_an_unlikely_end_is_left_out(lexicon: Lexicon) -> None:
    """Two likely sentences of one passage weigh more than the likeliest single one of another."""
    both = hit_of(2, f"{FAR} {LEADS} {MEETS} Kommunen ligger vid en sjö.", 0.003, 0.3, 0.3, 0.0)
    draft = written(lexicon, hit_of(1, SIGNS, 0.397), both)
    assert texts(draft) == [LEADS, MEETS, SIGNS]


def test_no_more_is_said_than_what_is_needed(lexicon: Lexicon) -> None:
    assert texts(written(lexicon, hit_of(1, LEADS, 0.992), hit_of(2, SIGNS, 0.008))) == [LEADS]


def test_the_answer_ends_where_its_room_does(lexicon: Lexicon) -> None:
    long = "Kommunen " + "samordnar och följer upp " * 8 + "allt."
    hits = (hit_of(1, LEADS, 0.5), hit_of(2, long, 0.3), hit_of(3, SIGNS, 0.2))
    assert texts(written(lexicon, *hits, words=30)) == [LEADS, SIGNS]
    assert len(texts(written(lexicon, *hits, words=80))) == 3


def test_the_best_passages_alone_are_drawn_from(lexicon: Lexicon) -> None:
    hits = Hits("Vad?", (hit_of(1, LEADS, 0.5), hit_of(2, SIGNS, 0.5)), 1.0)
    assert texts(ExtractiveWriter(lexicon, 120, 1).write("Vad?", hits)) == [LEADS]


def test_the_same_is_not_said_twice(lexicon: Lexicon) -> None:
    again = "Det är direktören som leder förvaltningen."
    assert texts(written(lexicon, hit_of(1, LEADS, 0.5), hit_of(2, again, 0.4), hit_of(3, SIGNS, 0.1))) == [
        LEADS,
        SIGNS,
    ]


def test_a_sentence_that_points_back_brings_what_it_points_to(lexicon: Lexicon) -> None:
    draft = written(lexicon, hit_of(1, f"{FAR} {LEADS} Det sker under styrelsen.", 0.0, 0.02, 0.9))
    assert texts(draft) == [LEADS, "Det sker under styrelsen."]


def test_after_the_opening_sources_follow_by_weight_and_people_last(lexicon: Lexicon) -> None:
    voice = hit_of(1, "”Vi hinner inte med möten.”", 0.15, voice="quotation")
    draft = written(
        lexicon, voice, hit_of(2, LEADS, 0.5), hit_of(3, MEETS, 0.2, kind="beslut"), hit_of(4, SIGNS, 0.15, kind="lag")
    )
    assert texts(draft) == [LEADS, SIGNS, MEETS, voice.passage.text]
    assert [sentence.opens for sentence in draft.sentences] == ["paragraph"] * 4
    assert draft.sentences[-1].lead == "En intervjuad säger: "


def test_a_source_goes_on_before_the_next_one_and_is_named_once(lexicon: Lexicon) -> None:
    """The other passage of the opening's source is said before what weighs more; its lead stands at its beginning."""
    opening = hit_of(1, f"{LEADS} {MEETS}", 0.4, 0.3)
    same = replace(hit_of(3, FAR, 0.1), source=opening.source)
    draft = written(lexicon, opening, hit_of(2, SIGNS, 0.2, kind="lag"), same)
    assert texts(draft) == [LEADS, MEETS, FAR, SIGNS]
    assert [sentence.lead for sentence in draft.sentences] == ["Rapporten ”Källa 1”: ", "", "", "Källa 2: "]


LIST = "Direktören ska se till följande:\n\n• Ekonomin är i balans.\n• Personalen mår bra.\n• Avtalen följs."


def test_a_list_comes_whole_when_an_item_of_it_is_likely(lexicon: Lexicon) -> None:
    draft = written(lexicon, hit_of(1, LIST, 0.0, 0.0, 0.9, 0.0))
    assert texts(draft) == [
        "Direktören ska se till följande:",
        "Ekonomin är i balans.",
        "Personalen mår bra.",
        "Avtalen följs.",
    ]
    assert [sentence.opens for sentence in draft.sentences] == ["paragraph", "item", "item", "item"]


def test_the_item_comes_with_its_lead_in_alone_where_the_list_has_no_room(lexicon: Lexicon) -> None:
    hits = (hit_of(1, LEADS, 0.5), hit_of(2, LIST, 0.0, 0.0, 0.4, 0.0))
    lead_in, item = "Direktören ska se till följande:", "Personalen mår bra."
    assert texts(written(lexicon, *hits, words=22)) == [LEADS, lead_in, item]
    assert len(texts(written(lexicon, *hits, words=30))) == 5


def test_rows_of_a_table_come_one_by_one(lexicon: Lexicon) -> None:
    rows = [f"Uppgift{CELL_GAP}Ansvar", f"Budget{CELL_GAP}Ekonomichef", f"Lokaler{CELL_GAP}Teknisk chef"]
    draft = written(lexicon, hit_of(1, "\n".join(rows), 0.05, 0.8, 0.1))
    assert texts(draft) == [rows[1]]


@pytest.mark.parametrize(
    ("question", "text", "answers"),
    [
        ("Hur många möten hålls det varje år?", "Styrelsen håller fyra möten om året.", True),
        ("Hur många möten hålls det varje år?", "Styrelsen håller möten under året.", False),
        ("Hur många simhallar har kommunen?", "Styrelsen håller fyra möten om året.", False),
        ("Hur många möten hålls det varje år?", "Möten hålls enligt 7 kap. 2 § kommunallagen.", False),
        ("När hålls möten?", "Styrelsen håller möten under året.", True),
    ],
    ids=["given", "no number", "a number of something else", "a reference", "no number asked for"],
)
def test_a_number_asked_for_must_be_given(lexicon: Lexicon, question: str, text: str, answers: bool) -> None:
    assert bool(written(lexicon, hit_of(1, text, 0.9), question=question).sentences) is answers


@pytest.mark.parametrize(
    "hits", [(), (replace(make_hit(1, LEADS), sentences=()),)], ids=["nothing found", "nothing judged"]
)
def test_without_judged_sentences_nothing_is_written(lexicon: Lexicon, hits: Sequence[Hit]) -> None:
    assert written(lexicon, *hits) == Draft((), "extractive")
