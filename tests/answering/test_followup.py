"""A question in a conversation is made to stand alone."""

from __future__ import annotations

import pytest

from assistant.answering.followup import standalone
from assistant.finding.lexicon import Lexicon
from assistant.types import Turn

BEFORE = (
    Turn("user", "Vilka möten leder kommundirektören?"),
    Turn("assistant", "Kommundirektören leder ledningsgruppen [1]."),
)


@pytest.mark.parametrize(
    "question", ["Och vem deltar?", "Vad säger lagen om det?", "Varför?", "Hur ofta är de?", "Men i juli?", "Vem då?"]
)
def test_a_question_that_leans_on_the_last_one_carries_its_words(lexicon: Lexicon, question: str) -> None:
    alone = standalone(question, BEFORE, lexicon)
    assert alone.startswith(question)
    assert "möten" in alone
    assert "kommundirektören" in alone
    assert "ledningsgruppen" not in alone


@pytest.mark.parametrize(
    "question",
    [
        "Vem är säkerhetsskyddschefen underställd?",
        "Vilka fördelar finns med att vara kommundirektör i en liten kommun när det gäller det egna ledarskapet?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(lexicon: Lexicon, question: str) -> None:
    assert standalone(question, BEFORE, lexicon) == question


def test_without_a_question_before_nothing_is_added(lexicon: Lexicon) -> None:
    assert standalone("Och vem deltar?", (), lexicon) == "Och vem deltar?"
    assert standalone("Och vem deltar?", (Turn("assistant", "Hej!"),), lexicon) == "Och vem deltar?"


def test_the_last_question_is_the_one_that_counts(lexicon: Lexicon) -> None:
    earlier = (Turn("user", "Hur stor är lönen?"), *BEFORE)
    assert "lön" not in standalone("Och vem deltar?", earlier, lexicon)
