"""Granska text, Utvärdering and Om, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from web_samples import HOSTILE, FakeAssistant, Visit

from assistant import paths
from assistant.assistant import Assistant
from assistant.web import texts

pytestmark = pytest.mark.browser

Served = tuple[str, FakeAssistant]
Real = tuple[str, Assistant]
Open = Callable[..., Visit]


def review(one: Visit, text: str) -> None:
    one.page.goto(f"{one.address}/#granska")
    one.page.get_by_label(texts.REVIEW_LABEL).fill(text)
    one.page.get_by_role("button", name=texts.REVIEW_RUN, exact=True).click()
    one.page.locator(".kd-review").wait_for(timeout=30_000)


def test_a_text_is_reviewed_sentence_by_sentence(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    review(one, "Kommunstyrelsen ska utse en direktör. Hur då? Månen är gjord av grön ost från Lillköping.")
    page = one.page
    assert page.locator(".kd-review .kd-asked").inner_text().startswith("2 påståenden: 1 har stöd")
    assert page.locator(".kd-supported").inner_text() == "Kommunstyrelsen ska utse en direktör."
    assert page.locator(".kd-review .kd-mark").count() == 2
    first = page.get_by_role("button", name=texts.SENTENCE.format(n=1, verdict=texts.VERDICTS["supported"]))
    first.focus()
    page.keyboard.press("Enter")
    card = page.locator("#kalla-text-1")
    assert card.evaluate("card => card === document.activeElement")
    assert card.locator("mark").first.is_visible()
    card.get_by_text(texts.SHOW_IN_DOCUMENT).first.click()
    page.locator(".kd-document mark.kd-now").first.wait_for()


def test_hostile_words_in_a_reviewed_text_stay_words(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    review(one, f"Styrelsen utser. {HOSTILE} är sant.")
    assert one.page.locator("#kd-reviewed img").count() == 0
    assert one.page.evaluate("window.hacked") is None


def test_an_empty_text_is_told_and_a_reviewed_one_can_be_cleared(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.goto(f"{one.address}/#granska")
    one.page.get_by_role("button", name=texts.REVIEW_RUN, exact=True).click()
    one.page.locator(f'[data-say="{texts.REVIEW_NOTHING}"]').wait_for(state="attached")
    review(one, "Styrelsen utser. Ingen utser.")
    one.page.get_by_role("button", name=texts.REVIEW_CLEAR).click()
    one.page.locator(".kd-review").wait_for(state="detached")
    assert one.page.get_by_label(texts.REVIEW_LABEL).input_value() == ""


def small_set(folder: Path) -> None:
    case = {
        "kind": "direct",
        "theme": "roll",
        "answerable": True,
        "gold": [{"quote": "ska styrelsen utse en direktör"}],
    }
    rows = [
        case | {"id": "a1", "question": "Vem ska utse kommundirektören?"},
        case | {"id": "a2", "question": "Vad kostar en bussbiljett i Göteborg?"},
    ]
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / "liten.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_an_evaluation_is_run_and_shows_what_went_worst(
    visit: Open, served_real: Real, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_set(tmp_path)
    monkeypatch.setattr(paths, "evals_dir", lambda: tmp_path)
    one = visit(served_real[0])
    one.page.goto(f"{one.address}/#utvardering")
    one.page.get_by_role("button", name=texts.EVAL_RUN).click()
    one.page.locator(".kd-worst").wait_for(timeout=60_000)
    assert one.page.locator(".kd-worst button").all_inner_texts() == ["Vad kostar en bussbiljett i Göteborg?"]
    assert texts.EVAL_REFUSED in one.page.locator(".kd-worst").inner_text()
    assert one.page.locator("svg.plot").count() > 0
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name=texts.EVAL_SAVE).click()
    assert download.value.suggested_filename == texts.EVAL_FILE
    one.page.locator(".kd-worst button").click()
    one.page.locator("#svar-1[data-state=done]").wait_for()
    assert one.page.title() == texts.page_title("fraga")


def test_about_tells_who_answers_and_what_is_kept(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    one.page.goto(f"{one.address}/#om")
    facts = one.page.locator(".kd-facts")
    facts.wait_for(timeout=30_000)
    assert served_real[1].index_id in facts.inner_text()
    for heading in texts.ABOUT:
        assert one.page.get_by_role("heading", name=heading, exact=True).is_visible()
