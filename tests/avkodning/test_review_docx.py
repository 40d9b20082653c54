"""A review and a comparison as .docx, opened with a library of its own."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from assistant.assistant import Assistant
from assistant.avkodning.comparing import compare
from assistant.avkodning.phrases import LACKING
from assistant.avkodning.review_docx import comparison_docx, review_docx
from assistant.types import Review
from tests.avkodning.review_samples import AGAINST_LAW, SHORT

DAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def review(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Review:
    file = tmp_path_factory.mktemp("docx") / "emot.txt"
    file.write_text(AGAINST_LAW, encoding="utf-8")
    return assistant.review(assistant.read_own(file))


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def footnotes(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/footnotes.xml").decode("utf-8")


def test_the_summary_comes_first_and_the_law_before_the_rest(review: Review) -> None:
    lines = texts(review_docx(review, DAY))
    law = lines.index(LACKING["lag"])
    guidance = lines.index(
        "SKR:s råd för en överenskommelse mellan ordförande och chef. Här saknas det eller sägs emot:"
    )
    ideas = lines.index(LACKING["beslut"])
    assert lines.index("Sammanfattning") < law < guidance < ideas < lines.index("Det här kräver lagen")
    assert "Att kommunstyrelsen utser direktören: säger emot" in lines[law:guidance]


def test_every_row_has_words_basis_reason_and_question(review: Review) -> None:
    content = review_docx(review, DAY)
    lines, notes = texts(content), footnotes(content)
    for row in review.rows:
        place = lines.index(f"{row.title}: {titled(row.verdict)}", lines.index("Det här kräver lagen"))
        assert lines[place + 1].startswith("Instruktionen: " + (f"«{flat(row.own.quote)}»" if row.own else "Inga ord"))
        assert lines[place + 2] == f"Bedömning: {row.reason}"
        assert lines[place + 3] == f"Fråga till ordföranden: {row.question}"
    assert "ska styrelsen utse en direktör" in notes
    assert "7 kap. 1 §" in notes


def test_it_says_when_and_how_it_was_made(review: Review) -> None:
    lines = texts(review_docx(review, DAY))
    assert "Granskat dokument: emot" in lines
    assert "Datum: 28 november 2026" in lines
    assert f"Sökindex: {review.index_id}" in lines
    assert any("sammanställd av en AI-assistent" in line for line in lines)


def test_the_same_review_on_the_same_day_gives_the_same_bytes(review: Review) -> None:
    assert review_docx(review, DAY) == review_docx(review, DAY)


def test_a_comparison_has_both_sides_of_every_requirement(review: Review, assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "kort.txt").write_text(SHORT, encoding="utf-8")
    other = assistant.review(assistant.read_own(tmp_path / "kort.txt"))
    opened = docx.Document(io.BytesIO(comparison_docx(compare(review, other), DAY)))
    assert len(opened.tables) == len(review.rows)
    cells = [[cell.text for cell in table.rows[1].cells] for table in opened.tables]
    rows = sorted(zip(review.rows, other.rows, strict=True), key=lambda pair: order(pair[0].weight))
    for (left, right), (first, second) in zip(cells, rows, strict=True):
        for text, row in ((left, first), (right, second)):
            assert (flat(row.own.quote) if row.own else "Inga ord i dokumentet") in text


def order(weight: str) -> int:
    return ["lag", "vägledning", "rapport", "beslut"].index(weight)


def titled(verdict: str) -> str:
    return {"found": "finns", "partly": "finns delvis", "missing": "saknas", "contradicts": "säger emot"}[verdict]


def flat(text: str) -> str:
    return " ".join(text.split())
