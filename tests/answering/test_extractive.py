"""Answers put together from the real corpus's own sentences."""

from __future__ import annotations

import pytest

from assistant.assistant import Assistant


def test_who_appoints_is_answered_by_law_and_by_the_instruktion(assistant: Assistant) -> None:
    answer = assistant.ask("Vem ska utse kommundirektören?")
    words = "Enligt 7 kap 1 § kommunallagen (2017:725) ska kommunstyrelsen utse en direktör"
    assert any(c.source.id == "instruktion-kommundirektor" and words in c.quote for c in answer.citations)
    assert answer.citations[0].source.kind == "lag"


def test_a_list_is_kept_whole_with_its_lead_in(assistant: Assistant) -> None:
    answer = assistant.ask("Vilka frågor bör man ställa innan man ingår samverkan med andra kommuner?")
    items = [sentence.text for sentence in answer.sentences if sentence.opens == "item"]
    assert items[0] == "Vad är syftet, målet och önskade effekter av samverkan?"
    assert items[-1] == "Hur löser ni det praktiska inför samverkan?"


def test_a_question_for_a_number_is_answered_with_one(assistant: Assistant) -> None:
    answer = assistant.ask("Hur många kommuner är medlemmar i SmåKom?")
    assert "74" in answer.sentences[0].text
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
