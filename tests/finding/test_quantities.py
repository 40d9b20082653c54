"""Whether a question asks for a quantity, a time or money, and whether words give one."""

from __future__ import annotations

import pytest

from assistant.finding.quantities import (
    asks_number,
    asks_sum,
    asks_time,
    gives_number,
    gives_sum,
    gives_time,
)


@pytest.mark.parametrize(
    ("question", "number", "time", "money"),
    [
        ("Hur många ledamöter ska nämnden ha?", True, False, False),
        ("Hur stor blev besparingen?", True, False, True),
        ("Hur mycket kostar processledningen?", True, False, True),
        ("När ska budgeten beslutas?", False, True, False),
        ("Vilket år beslutades instruktionen?", True, True, False),
        ("Vem utser direktören när tjänsten är ledig?", False, False, False),
    ],
)
def test_what_is_asked_for(question: str, number: bool, time: bool, money: bool) -> None:
    assert (asks_number(question), asks_time(question), asks_sum(question)) == (number, time, money)


@pytest.mark.parametrize(
    ("text", "number", "time", "money"),
    [
        ("Nämnden ska ha minst fem ledamöter.", True, False, False),
        ("Budgeten ska beslutas före november månads utgång.", False, True, False),
        ("Rapporten kom 2024.", True, True, False),
        ("Kostnaden var tre miljoner kronor.", True, False, True),
        ("Det regleras i 7 kap. 1 § och lagen (2017:725).", False, False, False),
        ("Direktören leder förvaltningen.", False, False, False),
    ],
)
def test_what_is_given(text: str, number: bool, time: bool, money: bool) -> None:
    assert (gives_number(text), gives_time(text), gives_sum(text)) == (number, time, money)
