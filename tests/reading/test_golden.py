"""The section tree and the first words of each passage of every document, as they were reviewed by eye.

`WRITE_GOLDEN=1 pytest tests/reading/test_golden.py` writes the files anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.types import Document

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "golden"
SOURCES = (
    "instruktion-kommundirektor",
    "himmel-och-helvete",
    "askersund-stodprocesser",
    "ledningsstod-presentation",
    "skr-samarbete",
    "kommunallagen",
)
_WORDS = 9


def outline(document: Document) -> str:
    """Headings indented by depth; under each its passages: voice, words, place, first and last words."""
    lines = []
    for section in document.sections:
        lines.append(f"{'  ' * max(0, len(section.path) - 1)}# {section.path[-1] if section.path else '(utan rubrik)'}")
        for passage in document.passages:
            if section.start <= passage.start < section.end:
                words = passage.text.split()
                shown = " ".join(words[:_WORDS]) + (" … " + " ".join(words[-3:]) if len(words) > _WORDS + 3 else "")
                place = passage.locator.removeprefix(", ".join(passage.path[-1:])).strip(", ")
                lines.append(f"{passage.voice:<9} {len(words):>3} {place:<14} {shown}".rstrip())
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("source_id", SOURCES)
def test_the_document_is_read_as_it_was_reviewed(documents: dict[str, Document], source_id: str) -> None:
    path = GOLDEN / f"{source_id}.txt"
    found = outline(documents[source_id])
    if os.environ.get("WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_every_row_of_the_meeting_table_has_its_column(documents: dict[str, Document]) -> None:
    """Section 10 of the instruktion, whose table was flattened into lines over page breaks."""
    both, director = "Kommundirektör: {} · Kommunledningskontorets chef: {}", "Kommundirektör: {}"
    office = "Kommunledningskontorets chef: {}"
    expected = {
        "Kommunfullmäktige": director.format("Deltar"),
        "Kommunstyrelsemöte": director.format("Ansvarig tjänsteperson"),
        "Avstämningsmöten med KSO": both.format("Deltar", "Deltar"),
        "Kommunalrådsmöten": both.format("Deltar", "Deltar vid behov"),
        "Gruppledarmöten": both.format("Deltar", "Deltar vid behov"),
        "Möten med oppositionen": both.format("Deltar", "Deltar vid behov"),
        "KLG, Kommunens ledningsgrupp": both.format("Leder", "Deltar"),
        "PU": director.format("Deltar. Ansvarig tjänsteperson är chef för kontoret för samhällsbyggnad"),
        "KMHU": director.format("Ansvarig tjänsteperson"),
        "NKU": office.format("Ansvarig tjänsteperson"),
        "Möten med Cesam (fackliga centralt)": director.format("Leder"),
        "Ledarforum": both.format("Leder", "Deltar"),
        "Ordförandemöte KS": director.format("Deltar"),
        "Ordförandemöte PU": director.format("Deltar"),
        "Ordförandemöte NKU": office.format("Deltar"),
        "Ordförandemöte KMHU": director.format("Deltar"),
        "KLK ledningsgrupp": office.format("Leder"),
        "KLK Samverkan": office.format("Leder"),
        "Storsthlms kommundirektörsnätverk": director.format("Deltar"),
        "Arlandaregionens kommundirektörsmöten": director.format("Deltar"),
        "Arlandaregionens samordningsmöten": director.format("Deltar"),
        "Norrvatten": director.format("Deltar"),
        "Käppalaförbundet": director.format("Deltar"),
        "Samverkan med polis (tillsammans med Sollentuna och Sigtuna)": director.format("Deltar"),
        "Brandförbundet Attunda": director.format("Deltar"),
    }
    text = documents["instruktion-kommundirektor"].text
    rows = [line for line in text.splitlines() if line.startswith("Mötesforum: ")]
    assert rows == [f"Mötesforum: {name} · {cells}" for name, cells in expected.items()]
