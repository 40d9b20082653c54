"""Table rows chosen by what stands in their cells."""

from __future__ import annotations

import pytest

from assistant.answering.rows import rows_asked_for
from assistant.answering.units import Unit, units_of
from assistant.assistant import Assistant
from assistant.finding.lexicon import Lexicon
from tests.answering.conftest import make_hit

INSIDE = (
    "Möte: Ledningsgrupp · Direktör: Leder · Stabens chef: Deltar\n"
    "Möte: Ledarforum · Direktör: Leder · Stabens chef: Deltar vid behov\n"
    "Möte: Avstämning · Direktör: Deltar · Stabens chef: Deltar vid behov"
)
OUTSIDE = "Möte: Länets nätverk · Direktör: Deltar\nMöte: Polisråd · Direktör: Ansvarig tjänsteperson"
HEADINGS = {0: "Interna möten", 1: "Externa möten"}


@pytest.fixture
def rows() -> list[Unit]:
    return [
        unit for number, text in enumerate((INSIDE, OUTSIDE)) for unit in units_of(number, make_hit(number + 1, text))
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka möten leder direktören?", ["Ledningsgrupp", "Ledarforum"]),
        ("Vid vilka möten är stabens chef med bara vid behov?", ["Ledarforum", "Avstämning"]),
        ("Vid vilka möten deltar stabens chef?", ["Ledningsgrupp"]),
        ("Vilka möten deltar direktören i?", ["Avstämning", "Länets nätverk"]),
        ("Vilka externa möten deltar direktören i?", ["Länets nätverk"]),
        ("Leder direktören ledarforum?", ["Ledarforum"]),
        ("Vid vilket möte är direktören ansvarig tjänsteperson?", ["Polisråd"]),
        ("Vilken roll har direktören i Polisråd, och vem är ansvarig?", ["Polisråd"]),
        ("Och stabens chef, vilken roll har hen på Ledarforum?", ["Ledarforum"]),
        ("Vad är ett ledarforum?", []),
        ("Vad gör direktören?", []),
        ("Vem leder mötena?", []),
    ],
)
def test_rows_are_chosen_by_a_column_and_what_stands_in_it(
    rows: list[Unit], lexicon: Lexicon, question: str, expected: list[str]
) -> None:
    found = rows_asked_for(question, rows, HEADINGS, lexicon)
    assert [row.text.removeprefix("Möte: ").split(" · ")[0] for row in found] == expected


def test_a_column_of_names_is_nothing_to_choose_by(lexicon: Lexicon) -> None:
    names = "Ed Mo Berga Näs Åby Hult Torp Vik Sund".split()
    table = "\n".join(f"Rad: {number} · Läge: {name}" for number, name in enumerate(names))
    assert rows_asked_for("Vilken rad har läge Hult?", units_of(0, make_hit(1, table)), {}, lexicon) == []
    few = "\n".join(table.split("\n")[4:])
    assert len(rows_asked_for("Vilken rad har läge Hult?", units_of(0, make_hit(1, few)), {}, lexicon)) == 1


def test_what_is_no_row_is_left_alone(lexicon: Lexicon) -> None:
    units = units_of(0, make_hit(1, "Direktör: Leder mötet."))
    assert rows_asked_for("Vilka möten leder direktören?", units, {}, lexicon) == []


def test_the_answer_holds_just_these_rows(assistant: Assistant) -> None:
    answer = assistant.ask("Vilka interna möten är det kommundirektören som leder?")
    assert len(answer.sentences) == 3
    assert all("Kommundirektör: Leder" in sentence.text for sentence in answer.sentences)
    one = assistant.ask("Leder kommundirektören Ledarforum?")
    assert [sentence.text.split(" · ")[0] for sentence in one.sentences] == ["Mötesforum: Ledarforum"]
