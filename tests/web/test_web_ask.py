"""What can be done with a question and its answer: stop, again, edit, filter, warn, rate, copy and save."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
import pytest
from web_samples import FakeAssistant, Visit

from assistant.assistant import Assistant
from assistant.feedback import FeedbackFile
from assistant.types import Filter
from assistant.web import texts

pytestmark = pytest.mark.browser

Served = tuple[str, FakeAssistant]
Open = Callable[..., Visit]


def ask_slowly(one: Visit) -> None:
    """Sends a question whose answer grows by one sentence at a time, and waits for its first."""
    box = one.page.locator("#kd-question textarea")
    box.fill("Ett långsamt svar?")
    box.press("Enter")
    one.page.locator("#svar-1[data-state=growing]").wait_for()


def test_the_answer_grows_and_can_be_stopped(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    ask_slowly(one)
    assert one.page.locator(".kd-sentence").count() == 1
    assert not one.page.get_by_role("button", name=texts.ASK, exact=True).is_visible()
    one.page.get_by_role("button", name=texts.STOP).click()
    one.page.locator("#svar-1[data-state=stopped]").wait_for()
    one.page.wait_for_timeout(2000)
    assert one.page.locator(".kd-sentence").count() == 1
    assert one.page.locator(".kd-waiting").inner_text() == texts.STOPPED
    assert one.page.get_by_role("button", name=texts.ASK, exact=True).is_visible()


def test_ask_again_and_change_the_question(visit: Open, served_fake: Served) -> None:
    address, assistant = served_fake
    one = visit(address)
    one.ask("Vem utser direktören?")
    one.ask("Vem är chef?")
    asked = len(assistant.asked)
    one.page.get_by_role("button", name=texts.TRY_AGAIN).click()
    one.page.wait_for_function("() => document.querySelectorAll('.kd-turn[id]').length === 2")
    one.page.wait_for_timeout(500)
    assert assistant.asked[asked][0] == "Vem är chef?"
    assert len(assistant.asked[asked][1]) == 2
    one.page.get_by_role("button", name=texts.EDIT).click()
    box = one.page.get_by_label(texts.QUESTION_LABEL)
    assert box.input_value() == "Vem är chef?"
    assert one.page.get_by_text(texts.EDITING).is_visible()
    box.fill("Vem är chefens chef?")
    box.press("Enter")
    one.page.get_by_role("heading", name="Vem är chefens chef?").wait_for()
    assert one.page.locator(".kd-turn[id]").count() == 2
    assert not one.page.get_by_text(texts.EDITING).is_visible()


def test_the_search_is_restricted_to_what_is_chosen(visit: Open, served_fake: Served) -> None:
    address, assistant = served_fake
    one = visit(address)
    one.page.locator("#kd-filter summary").click()
    one.page.get_by_label(texts.KINDS["lag"], exact=True).check()
    one.page.get_by_label("Himmel och helvete").check()
    assert one.page.locator("#kd-filter-now").inner_text() == "Lag, Himmel och helvete"
    turn = one.ask("Vem utser direktören?")
    assert assistant.filters[-1] == Filter(("lag",), ("rapport",))
    assert turn.get_by_text("Svaret söktes i Lag, Himmel och helvete.").is_visible()


@pytest.mark.parametrize(
    ("question", "warning"),
    [
        ("Får 19811218-9876 vara jävig?", "number"),
        ("Är 811218 9876 jävig?", "number"),
        ("Ring mig på 070-123 45 67?", "phone"),
        ("Skriv till anna.ek@kommunen.se?", "mail"),
    ],
)
def test_personal_data_is_warned_for_before_it_is_sent(
    visit: Open, served_fake: Served, question: str, warning: str
) -> None:
    address, assistant = served_fake
    one = visit(address)
    before = len(assistant.asked)
    box = one.page.get_by_label(texts.QUESTION_LABEL)
    box.fill(question)
    box.press("Enter")
    assert one.page.get_by_text(texts.PERSONAL[warning]).is_visible()
    one.page.get_by_role("button", name=texts.PERSONAL_CHANGE).click()
    assert box.input_value() == question
    assert box.evaluate("box => box === document.activeElement")
    assert len(assistant.asked) == before
    box.press("Enter")
    one.page.get_by_role("button", name=texts.PERSONAL_SEND).click()
    one.page.locator("#svar-1[data-state=done]").wait_for()
    assert assistant.asked[-1][0] == question


def test_numbers_of_laws_and_years_are_no_personal_data(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.ask("Vad säger SFS 2017:725 i lydelsen 2025:450 om åren 2023–2024 och 1000000 kronor?")
    assert not one.page.locator("#kd-warning").is_visible()


def test_an_opinion_with_a_comment_is_kept_here(visit: Open, served_fake: Served) -> None:
    address, assistant = served_fake
    one = visit(address)
    turn = one.ask("Vem utser direktören, egentligen?")
    turn.get_by_role("button", name=f"{texts.HELPFUL} {texts.NO}").click()
    turn.get_by_label(texts.COMMENT).fill("Svaret nämner inte fullmäktige.")
    turn.get_by_role("button", name=texts.SAVE_COMMENT).click()
    one.page.locator(f'[data-say="{texts.COMMENT_SAVED}"]').wait_for(state="attached")
    said = FeedbackFile(assistant.settings.feedback_file).read()[-1]
    assert (said.verdict, said.question) == ("down", "Vem utser direktören, egentligen?")
    assert said.comment == "Svaret nämner inte fullmäktige."
    assert said.quotes


def test_the_answer_is_copied_with_its_references(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0], permissions=["clipboard-read", "clipboard-write"])
    turn = one.ask("Vem utser direktören?")
    turn.get_by_role("button", name=texts.COPY_ANSWER).click()
    one.page.get_by_role("button", name=texts.ANSWER_COPIED).wait_for()
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Styrelsen utser direktören.")
    assert "[1] Kommunallag (2017:725). 2017. 7 kap. 1 §, s. 3. ”ska utse en direktör”" in copied


def saved(one: Visit, label: str) -> Any:
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name=label).click()
    return download.value


def test_the_conversation_is_saved(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.ask("Vem utser direktören?")
    one.ask("Vem är chef?")
    word = saved(one, texts.SAVE_WORD)
    assert word.suggested_filename == f"{texts.FILE_NAME}.docx"
    with open(word.path(), "rb") as file:
        words = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(file.read())).paragraphs)
    assert "Vem utser direktören?" in words
    assert "Vem är chef?" in words
    markdown = saved(one, texts.SAVE_MARKDOWN)
    with open(markdown.path(), encoding="utf-8") as file:
        assert "## Vem utser direktören?" in file.read()


def test_withheld_sentences_can_be_opened(visit: Open, served_fake: Served) -> None:
    turn = visit(served_fake[0]).ask("Vem utser direktören?")
    assert not turn.get_by_text("Källan säger styrelsen.").is_visible()
    turn.get_by_text(texts.withheld(2)).click()
    assert turn.get_by_text("Källan säger styrelsen.").is_visible()


def test_a_lost_server_is_told_in_swedish_and_the_question_is_kept(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.context.set_offline(True)
    box = one.page.get_by_label(texts.QUESTION_LABEL)
    box.fill("Vem utser direktören?")
    box.press("Enter")
    one.page.get_by_text(texts.LOST).wait_for()
    assert box.input_value() == "Vem utser direktören?"
    assert one.page.locator(".toast-wrap:visible").count() == 0
    one.complaints.clear()  # the browser logs that it is offline


def test_a_reload_keeps_nothing(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.ask("Hemlig fråga?")
    one.page.reload()
    one.page.get_by_text(texts.EMPTY).wait_for()
    assert "Hemlig" not in one.page.locator("body").inner_text()
    assert one.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_question_restricted_to_a_kind_cites_that_kind(visit: Open, served_real: tuple[str, Assistant]) -> None:
    one = visit(served_real[0])
    one.page.locator("#kd-filter summary").click()
    one.page.get_by_label(texts.KINDS["lag"], exact=True).check()
    turn = one.ask("Vem ska utse direktören?")
    kinds = set(turn.locator(".kd-card .kd-kind").all_inner_texts())
    assert kinds == {texts.KINDS["lag"]}
