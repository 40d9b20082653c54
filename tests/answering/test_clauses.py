"""Who does what in a Swedish sentence, by the places of its verbs."""

from __future__ import annotations

import pytest

from assistant.answering.proving import verbs
from assistant.answering.proving.claims import Reader
from assistant.answering.proving.clauses import predicates
from assistant.finding.lexicon import Lexicon


def read(text: str, lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """Doers, verb and the rest of each clause, as words."""
    words = Reader(lexicon).read(text).words
    return [
        tuple(" ".join(words[place].lower for place in places) for places in (one.doers, (one.verb,), one.rest))  # type: ignore[misc]
        for one in predicates(words)
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Styrelsen utser en direktör.", [("styrelsen", "utser", "direktör")]),
        ("Nämnden ska varje år granska budgeten.", [("nämnden", "granska", "budgeten")]),
        ("I kommunen ska styrelsen utse en direktör.", [("styrelsen", "utse", "kommunen direktör")]),
        ("Budgeten fastställs av fullmäktige.", [("fullmäktige", "fastställs", "")]),
        ("Direktören är utsedd av styrelsen.", [("styrelsen", "utsedd", "")]),
        ("Styrelsen leder förvaltningen och granskar budgeten.",
         [("styrelsen", "leder", "förvaltningen"), ("styrelsen", "granskar", "budgeten")]),
        ("Ordföranden, som leder mötet, skriver protokollet.",
         [("ordföranden", "leder", "mötet"), ("ordföranden", "skriver", "protokollet")]),
        ("När ordföranden begär ett möte ska nämnden sammanträda.",
         [("ordföranden", "begär", "möte"), ("nämnden", "sammanträda", "")]),
        ("Beslutet om avgiften kan överklagas.", [("", "överklagas", "avgiften")]),
        ("Styrelsen har rätt att begära yttranden.", [("styrelsen", "har", "rätt begära yttranden")]),
    ],
)  # fmt: skip
def test_each_verb_has_its_doer(text: str, clauses: list[tuple[str, str, str]], lexicon: Lexicon) -> None:
    assert read(text, lexicon) == clauses


@pytest.mark.parametrize(
    ("word", "finite", "infinitive", "passive"),
    [
        ("granskar", True, False, False),
        ("granska", False, True, False),
        ("granskas", True, True, True),
        ("leds", True, False, True),
        ("utses", True, True, True),
        ("finns", True, False, False),
        ("delar", False, False, False),
        ("nämnden", False, False, False),
    ],
)
def test_forms_of_verbs_are_told(word: str, finite: bool, infinitive: bool, passive: bool) -> None:
    assert (verbs.is_finite(word), verbs.is_infinitive(word), verbs.is_passive(word)) == (finite, infinitive, passive)


def test_a_participle_is_one_of_a_known_verb() -> None:
    assert [
        word for word in ("granskad", "utsedd", "fastställt", "förbund", "resultat") if verbs.is_participle(word)
    ] == [
        "granskad",
        "utsedd",
        "fastställt",
    ]
