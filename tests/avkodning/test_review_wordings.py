"""The review of other ways of saying the same: older forms, the first person, questions, likeness and near misses."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.types import Finding

#: Says as good as nothing, so that a row rests on what a test adds.
BARE = """Instruktion för kommundirektören

Kommundirektören ansvarar för arkivet. Kommundirektören deltar i möten.

{}
"""


def rows_of(assistant: Assistant, folder: Path, text: str) -> dict[str, Finding]:
    file = folder / "instruktion.md"
    file.write_text(text, encoding="utf-8")
    return {row.requirement: row for row in assistant.review(assistant.read_own(file)).rows}


def own(row: Finding) -> str:
    assert row.own is not None
    return " ".join(row.own.quote.split())


def test_older_forms_are_read_as_todays(assistant: Assistant, tmp_path: Path) -> None:
    text = "Instruktionen följs ej upp."
    row = rows_of(assistant, tmp_path, BARE.format(text))["uppfoljning"]
    assert (row.verdict, own(row)) == ("contradicts", text)


def test_whoever_says_i_is_the_one_that_the_heading_names(assistant: Assistant, tmp_path: Path) -> None:
    sentence = "Jag leder styrelsens politiska arbete."
    said = BARE.format("## {}\n\n" + sentence)
    of_chair = rows_of(assistant, tmp_path, said.format("Det här lovar ordföranden"))
    of_director = rows_of(assistant, tmp_path, said.format("Det här lovar kommundirektören"))
    assert of_chair["ordforandens-uppdrag"].verdict == "found"
    assert of_director["ordforandens-uppdrag"].verdict != "found"


def test_de_tva_are_the_two_parties(assistant: Assistant, tmp_path: Path) -> None:
    said = "De två {} varje måndag."
    assert rows_of(assistant, tmp_path, BARE.format(said.format("träffas")))["samspel-kso"].verdict == "found"
    assert rows_of(assistant, tmp_path, BARE.format(said.format("bolagen har möte")))["samspel-kso"].verdict != "found"


def test_an_answer_is_read_with_its_question(assistant: Assistant, tmp_path: Path) -> None:
    text = "**Vem träder in när kommundirektören är borta?**\nEkonomichefen."
    row = rows_of(assistant, tmp_path, BARE.format(text))["stallforetradare"]
    assert (row.verdict, own(row)) == ("found", "Ekonomichefen.")


def test_what_is_like_an_example_counts_though_no_rule_has_its_words(assistant: Assistant, tmp_path: Path) -> None:
    text = "Varje fråga från en ledamot ger samma svar, oavsett vilket parti hon tillhör."
    row = rows_of(assistant, tmp_path, BARE.format(text))["stod-fortroendevalda"]
    assert row.verdict in ("found", "partly")
    assert own(row) == text


@pytest.mark.parametrize(
    ("requirement", "text"),
    [
        ("undertecknande", "Avtal och fullmakter ska undertecknas av ordföranden."),
        ("uppfoljning", "Kommunens räkenskaper följs upp varje kvartal och redovisas för styrelsen."),
        (
            "tillganglighet",
            "## Tillgänglighet\n\nDigitala tjänster ska kunna användas av personer med funktionsnedsättning.",
        ),
        ("arbetsmiljo-ledarskap", "Alla medarbetare har rätt till en god arbetsmiljö, som följs upp i skyddsronder."),
        ("stodchef", "Vid förfall sköter kanslichefen befattningen."),
    ],
)
def test_what_is_about_something_else_is_not_it(
    assistant: Assistant, tmp_path: Path, requirement: str, text: str
) -> None:
    assert rows_of(assistant, tmp_path, BARE.format(text))[requirement].verdict == "missing"


@pytest.mark.parametrize("row", ["kl-leda-forvaltningen", "kl-styrelsen-utser", "kl-styrelsen-beslutar"])
def test_likeness_alone_never_meets_the_law(assistant: Assistant, tmp_path: Path, row: str) -> None:
    text = "Förvaltningens uppdrag, resultat och budget. En direktör i styrelsens val. Styrelsen och dess instruktion."
    assert rows_of(assistant, tmp_path, BARE.format(text))[row].verdict != "found"


def test_what_is_far_more_like_something_else_is_not_found_by_likeness(assistant: Assistant) -> None:
    rows = assistant.review(assistant.document("instruktion-kommundirektor")).rows
    verdict = {row.requirement: row.verdict for row in rows}
    assert (verdict["chefskap-forvaltningschefer"], verdict["dialog-ledning"]) == ("found", "missing")
