"""What a question takes for granted: put as a sentence, weighed against what was found, and told when none says it."""

from __future__ import annotations

import pytest

from assistant.answering import frames
from assistant.answering.premise import LOADED, premise, unless_loaded
from assistant.answering.proving.proof import Prover
from assistant.assistant import Assistant
from assistant.finding.lexicon import Lexicon


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("Varför utser kommunstyrelsen en direktör?", "Kommunstyrelsen utser en direktör."),
        (" varför ska  revisorerna granska nämnderna ?", "Revisorerna ska granska nämnderna."),
        ("Varför är det svårt att rekrytera?", "Det är svårt att rekrytera."),
        ("Varför kan inte en nämnd ändra sitt reglemente?", "En nämnd kan inte ändra sitt reglemente."),
        ("Varför påstår rapporten att chefer slutar?", "Rapporten påstår att chefer slutar."),
        ("Av vilken anledning måste visionen antas av fullmäktige?", "Visionen måste antas av fullmäktige."),
        ("Hur kommer det sig att cheferna slutar?", "Cheferna slutar."),
        ("Vad är skälet till att nämnden inte får delegera det?", "Nämnden inte får delegera det."),
        ("Varför det?", ""),
        ("Varför?", ""),
        ("Varför då?", ""),
        ("Varför inte?", ""),
        ("Vem utser direktören?", ""),
        ("Vad säger lagen om varför en direktör utses?", ""),
        ("", ""),
    ],
)
def test_a_question_of_why_takes_a_sentence_for_granted(question: str, claim: str, lexicon: Lexicon) -> None:
    assert premise(question, lexicon) == claim


@pytest.mark.parametrize(
    "question",
    [
        "Varför ska kommunfullmäktige utse kommundirektören?",
        "Hur kommer det sig att revisorerna utses av kommunstyrelsen?",
        "Varför leder kommundirektören fullmäktiges sammanträden?",
        "Av vilket skäl ska revisorerna leda kommunstyrelsens förvaltning?",
    ],
)
def test_what_no_source_says_is_not_explained(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert answer.outcome == "no_support"
    assert answer.text.startswith(frames.LOADED)
    assert "Närmast kommer" in answer.text
    assert answer.citations == ()


@pytest.mark.parametrize(
    "question",
    [
        "Varför ska kommunstyrelsen besluta om en instruktion för direktören?",
        "Varför ska antalet ledamöter i fullmäktige vara udda?",
        "Varför samverkar små kommuner med varandra?",
        "Hur kommer det sig att det är svårt att rekrytera till små kommuner?",
    ],
)
def test_what_a_source_says_is_answered(question: str, assistant: Assistant) -> None:
    assert assistant.ask(question).outcome == "answered"


def test_only_a_question_of_why_is_weighed(assistant: Assistant) -> None:
    hits = assistant.search("Ska kommunfullmäktige utse kommundirektören?")
    assert unless_loaded(hits.query, hits, assistant.lexicon, assistant.prover()) is hits
    why = unless_loaded("Varför ska revisorerna utse kommundirektören?", hits, assistant.lexicon, assistant.prover())
    assert (why.support, why.topic, why.items) == (0.0, LOADED, hits.items)


def test_the_rules_alone_weigh_it_where_there_are_no_networks(assistant: Assistant) -> None:
    hits = assistant.search("Vem utser direktören?")
    rules = Prover(assistant.lexicon)
    assert rules.likelihood("Styrelsen ska utse en direktör.", []) == 0.0
    assert unless_loaded("Varför utser revisorn direktören?", hits, assistant.lexicon, rules).support == 0.0
