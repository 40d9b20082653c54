"""Granska en instruktion in a real browser: files of several kinds, what is refused, two side by side, exports."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from web_samples import Visit

from assistant.assistant import Assistant
from assistant.avkodning import phrases
from assistant.web import programme_texts, texts
from assistant.web import review_texts as words

pytestmark = pytest.mark.browser

Real = tuple[str, Assistant]
Open = Callable[..., Visit]

ANOTHER = """# Instruktion för kommundirektören

Kommunstyrelsen beslutar om instruktionen och utser kommundirektören.

## Uppdrag

Kommundirektören leder förvaltningen under kommunstyrelsen och har den ledande ställningen bland de anställda.
Kommundirektören ansvarar för att ärenden till kommunstyrelsen bereds. <img src=x onerror="window.hacked=1">
"""


def leftovers() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("kd-fil-*")}


@pytest.fixture
def shipped(served_real: Real) -> Path:
    """The corpus's own instruktion."""
    return served_real[1].settings.corpus_dir / "beslut" / "instruktion-kommundirektor.txt"


def open_part(one: Visit) -> Any:
    one.page.evaluate("window.location.hash = 'granska/instruktion'")
    one.page.locator("#kd-instruktion-file").wait_for(state="attached")
    return one.page


def review(one: Visit, file: Path) -> Any:
    """Sends a file and waits for its review; returns the page."""
    page = open_part(one)
    page.set_input_files("#kd-instruktion-file", file)
    heading = words.HEADING.format(title=file.stem)
    page.locator("#kd-instruktion-h").get_by_text(heading, exact=True).wait_for(timeout=60_000)
    return page


def saved(page: Any, name: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def make_docx(path: Path) -> Path:
    """An instruktion with a table of the meetings that the director leads."""
    document = docx.Document()
    document.add_heading("Instruktion för kommundirektören", 1)
    document.add_paragraph("Kommunstyrelsen utser kommundirektören, som leder förvaltningen under kommunstyrelsen.")
    document.add_heading("Möten", 2)
    table = document.add_table(rows=0, cols=2)
    for cells in (("Mötesforum", "Kommundirektören"), ("Ledningsgruppen", "Leder"), ("Kommunstyrelsen", "Deltar")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def test_the_shipped_instruktion_is_reviewed_filtered_and_led_to_its_sources(
    visit: Open, served_real: Real, shipped: Path
) -> None:
    before, sources = leftovers(), served_real[1].sources
    one = visit(served_real[0])
    page = review(one, shipped)
    assert page.get_by_text(phrases.IS_INSTRUKTION).is_visible()
    rows = page.locator(".kd-finding")
    expected = served_real[1].review(served_real[1].read_own(shipped)).rows
    assert rows.count() == len(expected)
    assert leftovers() == before
    assert served_real[1].sources == sources
    headings = page.locator(".kd-findings .kd-band h4").all_inner_texts()
    assert headings == list(phrases.WEIGHT_HEADINGS.values())
    found = sum(row.verdict == "found" for row in expected)
    for name, count in (("saknas", len(expected) - found), ("funna", found), ("alla", len(expected))):
        page.get_by_label(f"{words.SHOWN[name]} ({count})").check()
        assert page.locator(".kd-finding:visible").count() == count
    page.get_by_role("button", name=words.OPEN_ALL).click()
    assert page.locator(".kd-finding:not([open])").count() == 0
    first = page.locator("#krav-kl-styrelsen-utser")
    assert first.locator(".kd-finding-verdict").inner_text().endswith("Finns")
    assert "kommunstyrelsen" in first.locator(".kd-own-quote").inner_text()
    assert first.locator(".kd-kind").inner_text() == texts.KINDS["lag"]
    first.get_by_role("button", name=words.COPY_QUESTION).click()
    page.locator("#kd-live").get_by_text(words.QUESTION_COPIED).wait_for(state="attached")
    first.get_by_role("link", name=texts.SHOW_IN_DOCUMENT).click()
    page.locator(".kd-document mark.kd-now").first.wait_for()


def test_a_review_is_saved_as_word_and_as_json(visit: Open, served_real: Real, shipped: Path) -> None:
    page = review(visit(served_real[0]), shipped)
    name, data = saved(page, words.SAVE_JSON)
    told = json.loads(data)
    assert name == f"{words.FILE_NAME}.json"
    assert (told["schema"], told["document"]["is_instruktion"]) == (1, True)
    assert len(told["rows"]) == page.locator(".kd-finding").count()
    name, data = saved(page, words.SAVE_WORD)
    assert name == f"{words.FILE_NAME}.docx"
    written = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    assert told["rows"][0]["title"] in written


def test_the_words_of_a_table_in_word_are_found_in_their_place(visit: Open, served_real: Real, tmp_path: Path) -> None:
    page = review(visit(served_real[0]), make_docx(tmp_path / "Vår instruktion.docx"))
    row = page.locator("#krav-motestabell")
    row.locator("summary").click()
    assert row.locator(".kd-finding-verdict").inner_text().endswith("Finns")
    assert "Leder" in row.locator(".kd-own-quote").inner_text()
    assert "Möten" in row.locator(".kd-side .kd-where").first.inner_text()


def test_a_document_that_is_no_instruktion_is_told_to_be_none(visit: Open, served_real: Real, tmp_path: Path) -> None:
    file = tmp_path / "recept.txt"
    file.write_text("Pannkakor\n\nVispa mjölk, mjöl och ägg. Stek i smör. Servera med sylt.\n", encoding="utf-8")
    page = review(visit(served_real[0]), file)
    assert page.get_by_text(phrases.IS_NO_INSTRUKTION).is_visible()


def test_a_file_that_cannot_be_read_is_told_in_one_line_and_the_review_stays(
    visit: Open, served_real: Real, tmp_path: Path
) -> None:
    before = leftovers()
    one = visit(served_real[0])
    good = tmp_path / "en.md"
    good.write_text(ANOTHER, encoding="utf-8")
    page = review(one, good)
    broken = tmp_path / "trasig.docx"
    broken.write_bytes(b"PK inget mer")
    page.set_input_files("#kd-instruktion-file", broken)
    line = page.locator(".kd-refused")
    line.wait_for(timeout=30_000)
    assert "trasig.docx" in line.inner_text()
    assert tempfile.gettempdir() not in line.inner_text()
    assert page.locator("#kd-instruktion-h").inner_text() == words.HEADING.format(title="en")
    assert leftovers() == before
    other = tmp_path / "bild.exe"
    other.write_bytes(b"MZ")
    page.set_input_files("#kd-instruktion-file", other)
    page.locator("#kd-instruktion-file-sending .kd-error").get_by_text("bild.exe").wait_for()
    one.complaints.clear()  # the browser logs the refusal's status


@pytest.mark.parametrize("width", [320, 1280])
def test_two_instruktioner_stand_side_by_side(
    visit: Open, served_real: Real, shipped: Path, tmp_path: Path, width: int
) -> None:
    one = visit(served_real[0], width, 900)
    page = review(one, shipped)
    other = tmp_path / "annan.md"
    other.write_text(ANOTHER, encoding="utf-8")
    page.locator(".kd-comparing summary").click()
    page.set_input_files("#kd-other-file", other)
    page.locator("#kd-jamfor-h").wait_for(timeout=60_000)
    pairs = page.locator(".kd-pair")
    assert pairs.count() == len(served_real[1].review(served_real[1].read_own(other)).rows)
    page.get_by_role("button", name=words.OPEN_ALL).click()
    assert page.evaluate("window.hacked") is None
    first, second = (pairs.first.locator(".kd-side").nth(place).bounding_box() for place in (0, 1))
    assert (first["y"] == second["y"]) == (width == 1280)
    assert (first["x"] == second["x"]) == (width == 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label(words.SHOWN_COMPARED["skiljer"]).check()
    assert 0 < page.locator(".kd-pair:visible").count() < pairs.count()
    name, data = saved(page, words.SAVE_WORD)
    assert name == f"{words.COMPARE_FILE}.docx"
    read = docx.Document(io.BytesIO(data))
    assert "annan" in "\n".join(paragraph.text for paragraph in read.paragraphs)
    name, data = saved(page, words.SAVE_JSON)
    assert [one["title"] for one in json.loads(data)["documents"]] == ["instruktion-kommundirektor", "annan"]
    page.get_by_role("button", name=words.COMPARE_BACK).click()
    page.locator("#kd-instruktion-h").wait_for()


def test_a_long_review_is_read_on_a_phone(visit: Open, served_real: Real, shipped: Path) -> None:
    page = review(visit(served_real[0], 320, 640, has_touch=True), shipped)
    page.get_by_role("button", name=words.OPEN_ALL).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for width in page.locator(".kd-side").evaluate_all("sides => sides.map(side => side.clientWidth)"):
        assert width > 240
    for height in page.locator(".kd-finding summary").evaluate_all("all => all.map(one => one.clientHeight)"):
        assert height >= 44


def test_an_own_document_is_chosen_opened_and_seen_by_nobody_else(
    visit: Open, served_real: Real, tmp_path: Path
) -> None:
    mine, other = visit(served_real[0]), visit(served_real[0])
    file = tmp_path / "Kommunens instruktion.md"
    file.write_text(ANOTHER.replace("<img", "Lillköping <img"), encoding="utf-8")
    page = mine.page
    page.goto(f"{mine.address}/#kallor")
    page.locator("#kd-file").wait_for(state="attached")
    page.set_input_files("#kd-file", file)
    page.locator(".kd-own li").wait_for(timeout=90_000)
    assert page.locator(".kd-own .kd-kind").inner_text() == "Egna dokument"
    open_part(mine)
    page.get_by_role("button", name=words.OWN_RUN).click()
    page.locator("#kd-instruktion-h").wait_for(timeout=60_000)
    page.get_by_role("button", name=words.OPEN_ALL).click()
    page.locator("#krav-kl-styrelsen-utser .kd-side").first.get_by_text(texts.SHOW_IN_DOCUMENT).click()
    page.locator(".kd-document mark.kd-now").first.wait_for()

    open_part(other)
    assert other.page.locator("#kd-pick-review-own").count() == 0
    assert "Kommunens instruktion" not in other.page.content()
    other.page.goto(f"{other.address}/#fraga")
    turn = other.ask("Vem utser kommundirektören i Lillköping?")
    assert "Kommunens instruktion" not in turn.inner_text()

    page.goto(f"{mine.address}/#kallor")
    page.get_by_role("button", name=f"{texts.REMOVE}: ").click()
    page.get_by_text("är raderat").first.wait_for(timeout=60_000)
    open_part(mine)
    page.locator("#kd-instruktion-h").wait_for(state="detached")
    page.locator("#kd-pick-review-own").wait_for(state="detached")


def test_the_latest_review_goes_into_the_plan(visit: Open, served_real: Real, tmp_path: Path) -> None:
    one = visit(served_real[0])
    file = tmp_path / "Kortinstruktion.md"
    file.write_text(ANOTHER, encoding="utf-8")
    page = review(one, file)
    page.get_by_role("link", name=words.TO_PLAN).click()
    page.get_by_label(programme_texts.PLAN_REVIEW.format(title="Kortinstruktion")).wait_for()
    for is_wanted in (True, False):
        page.locator("#kd-plan-review").set_checked(is_wanted)
        _, data = saved(page, programme_texts.PLAN)
        held = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
        assert ("Kortinstruktion" in held) == is_wanted
