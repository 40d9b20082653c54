"""The page in a real Chromium. The `visit` fixture also checks that no request left the host and nothing was logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from web_samples import HOSTILE, FakeAssistant, Visit

from assistant.assistant import Assistant
from assistant.types import Turn
from assistant.web import texts

pytestmark = pytest.mark.browser

Served = tuple[str, FakeAssistant]
Open = Callable[..., Visit]

EXAMPLES = list(texts.EXAMPLES.values())
#: The number of characters of the longest line in an element.
LONGEST_LINE = """element => {
  const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const lines = new Map();
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    if (node.parentElement.closest('button')) continue;
    for (let i = 0; i < node.length; i++) {
      const range = new Range();
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const line = Math.round(range.getBoundingClientRect().bottom);
      lines.set(line, (lines.get(line) || 0) + 1);
    }
  }
  return Math.max(...lines.values());
}"""
#: How far below the last word's first line its marks begin, in pixels, at most.
MARKS_BELOW = """words => Math.max(...[...words.querySelectorAll('.kd-last')].map(last =>
  Math.max(...[...last.querySelectorAll('.kd-mark')].map(mark => mark.getBoundingClientRect().top))
  - last.getClientRects()[0].top))"""


def active(page: Any) -> str:
    """The id or class of what has the focus."""
    return page.evaluate("document.activeElement.id || document.activeElement.className")


def test_the_empty_page(visit: Open, served_fake: Served) -> None:
    page = visit(served_fake[0]).page
    assert page.title() == texts.TITLE
    assert page.evaluate("document.documentElement.lang") == "sv"
    assert page.get_by_text(texts.AI_NOTICE, exact=True).is_visible()
    assert page.locator("#kd-composer").get_by_text(texts.AI_NOTICE).is_visible()
    assert page.get_by_text(texts.EMPTY).is_visible()
    assert page.locator(".kd-question").count() == 8
    assert page.get_by_role("textbox", name=texts.QUESTION_LABEL).is_visible()
    assert page.get_by_role("button", name=texts.ASK, exact=True).is_visible()
    assert not page.get_by_role("button", name=texts.NEW_CONVERSATION).is_visible()
    assert [link.inner_text() for link in page.locator(".kd-header nav a").all()] == list(texts.VIEWS.values())
    assert page.locator("footer:visible").count() == 0


def test_ask_read_open_and_see_the_words(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Vem utser direktören?")
    assert turn.locator(".kd-sentence").first.inner_text().startswith("Styrelsen utser direktören.")
    card = turn.locator("#kalla-1-2")
    assert card.locator(".kd-quote mark").inner_text() == "Vi blir plantskola"
    card.get_by_text(texts.SHOW_PASSAGE).click()
    assert card.locator(".kd-passage mark").inner_text() == "Vi blir plantskola"
    assert not card.locator(".kd-quote").is_visible()


def test_touching_an_example_asks_it(visit: Open, served_fake: Served) -> None:
    page = visit(served_fake[0]).page
    page.get_by_role("button", name=EXAMPLES[2]).click()
    page.locator("#svar-1[data-state=done]").wait_for()
    assert EXAMPLES[2] in page.locator("#fraga-1").inner_text()
    assert active(page) == "fraga-1"


def test_a_follow_up_keeps_the_conversation(visit: Open, served_fake: Served) -> None:
    address, assistant = served_fake
    one = visit(address)
    one.ask("Vem utser direktören?")
    one.ask("Och vem är chef?")
    question, turns = assistant.asked[-1]
    assert question == "Och vem är chef?"
    assert turns[0] == Turn("user", "Vem utser direktören?")
    assert turns[1].content.startswith("Styrelsen utser direktören.")
    assert one.page.locator(".kd-turn[id]").count() == 2


def test_a_new_conversation_starts_empty(visit: Open, served_fake: Served) -> None:
    address, assistant = served_fake
    one = visit(address)
    one.ask("Vem utser direktören?")
    one.page.get_by_role("button", name=texts.NEW_CONVERSATION).click()
    one.page.get_by_text(texts.EMPTY).wait_for()
    assert one.page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    one.ask("En helt ny fråga?")
    assert assistant.asked[-1] == ("En helt ny fråga?", ())


def ask_slowly(one: Visit) -> Any:
    """Sends a question whose answer takes a while; returns the box, with the question waiting."""
    box = one.page.locator("#kd-question textarea")
    box.fill("Ett långsamt svar?")
    box.press("Enter")
    one.page.locator("#svar-1[data-state=waiting]").wait_for()
    return box


def test_what_is_typed_while_waiting_stays(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    box = ask_slowly(one)
    box.fill("Nästa fråga")
    one.page.locator("#svar-1[data-state=done]").wait_for()
    one.page.wait_for_timeout(300)
    assert box.input_value() == "Nästa fråga"


def test_a_new_conversation_drops_the_answer_awaited(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    ask_slowly(one)
    one.page.get_by_role("button", name=texts.NEW_CONVERSATION).click()
    one.page.get_by_text(texts.EMPTY).wait_for()
    one.page.wait_for_timeout(2500)
    assert one.page.locator(".kd-turn[id]").count() == 0


def test_the_box_stays_in_view_and_the_newest_question_comes_to_the_top(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0], 1280, 500, reduced_motion="reduce")
    for question in ("Ett?", "Två?", "Hur många anställda?"):
        turn = one.ask(question)
    assert 0 <= turn.locator("h3").bounding_box()["y"] < 120
    for position in (0, 400):
        one.page.evaluate(f"window.scrollTo(0, {position})")
        box = one.page.locator("#kd-composer").bounding_box()
        assert box["y"] + box["height"] <= 501


def test_two_users_do_not_see_each_other(visit: Open, served_fake: Served) -> None:
    first, second = visit(served_fake[0]), visit(served_fake[0])
    first.ask("Hemlig fråga?")
    second.ask("Annan fråga?")
    assert "Hemlig" not in second.page.locator("#kd-shown").inner_text()
    assert served_fake[1].asked[-1] == ("Annan fråga?", ())


def test_by_keyboard_alone_from_mark_to_card_and_back(visit: Open, served_fake: Served) -> None:
    page = visit(served_fake[0]).page
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type("Vem utser direktören?")
    page.keyboard.press("Enter")
    page.locator("#svar-1[data-state=done]").wait_for()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if active(page) == "kd-mark" and page.evaluate("document.activeElement.dataset.card") == "kalla-1-2":
            break
    assert page.locator("#kalla-1-2.kd-lit").count() == 1
    assert page.locator(".kd-sentence.kd-lit").count() == 1
    page.keyboard.press("Enter")
    assert active(page) == "kalla-1-2"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#kalla-1-2 .kd-passage mark").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.card") == "kalla-1-2"
    assert active(page) == "kd-mark"


def test_pointing_lights_sentence_and_card_together(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Vem utser direktören?")
    turn.locator("#kalla-1-1").hover()
    assert one.page.locator(".kd-sentence.kd-lit").count() == 2
    turn.locator(".kd-mark").first.hover()
    assert one.page.locator(".kd-sentence.kd-lit").count() == 1
    assert one.page.locator(".kd-card.kd-lit").get_attribute("id") == "kalla-1-1"


def test_marks_are_large_enough_to_touch(visit: Open, served_fake: Served) -> None:
    turn = visit(served_fake[0]).ask("Vem utser direktören?")
    for mark in turn.locator(".kd-mark").all():
        size = mark.bounding_box()
        assert size["width"] >= 24
        assert size["height"] >= 24


def test_an_answer_is_announced(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.evaluate("""() => {
      window.heard = [];
      const region = document.getElementById('kd-live');
      new MutationObserver(() => window.heard.push(region.textContent)).observe(region, {childList: true});
    }""")
    one.ask("Vem utser direktören?")
    one.page.wait_for_timeout(300)
    heard = one.page.evaluate("window.heard")
    assert [words for words in heard if words.startswith(texts.ANSWER_READY)] == [heard[-1]]
    assert "Styrelsen utser direktören." in heard[-1]
    assert one.page.locator("#kd-live").get_attribute("aria-live") == "polite"


def test_a_reference_is_copied(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0], permissions=["clipboard-read", "clipboard-write"])
    turn = one.ask("Vem utser direktören?")
    turn.locator("#kalla-1-2 .kd-copy").click()
    one.page.get_by_role("button", name=texts.COPIED).wait_for()
    copied = one.page.evaluate("navigator.clipboard.readText()")
    assert copied == "Himmel och helvete. SmåKom, 2024. 2.1.4 Geografi, s. 12–13. ”Vi blir plantskola”"
    turn.locator("#kalla-1-2 .kd-copy", has_text=texts.COPY).wait_for()


def test_on_a_phone_a_mark_opens_a_sheet(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0], 390, 844, has_touch=True)
    turn = one.ask("Vem utser direktören?")
    turn.locator(".kd-mark").first.tap()
    sheet = one.page.locator(".kd-sheet")
    box = sheet.bounding_box()
    assert sheet.get_attribute("id") == "kalla-1-1"
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert box["width"] == pytest.approx(390, abs=1)
    sheet.get_by_role("button", name=texts.CLOSE).tap()
    assert one.page.locator(".kd-sheet").count() == 0
    assert active(one.page) == "kd-mark"
    turn.locator(".kd-mark").first.tap()
    one.page.keyboard.press("Escape")
    assert one.page.locator(".kd-sheet").count() == 0


def test_wide_sources_stand_beside_and_phone_sources_below(visit: Open, served_fake: Served) -> None:
    wide = visit(served_fake[0]).ask("Vem utser direktören?")
    words, cards = wide.locator(".kd-words").bounding_box(), wide.locator(".kd-sources").bounding_box()
    assert cards["x"] >= words["x"] + words["width"]
    narrow = visit(served_fake[0], 390, 844).ask("Vem utser direktören?")
    words, cards = narrow.locator(".kd-words").bounding_box(), narrow.locator(".kd-sources").bounding_box()
    assert cards["y"] >= words["y"] + words["height"]


# A slow computer: gradio draws the page in pieces, and people do not wait for the last one


def test_a_question_is_sent_before_what_stands_by_the_box_is_drawn(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.evaluate("['kd-warning', 'kd-editing'].forEach((id) => document.getElementById(id).remove())")
    assert "ska utse" in one.ask("Vem utser direktören?").inner_text()


def test_personal_data_is_held_back_before_the_warning_is_drawn(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.evaluate("document.getElementById('kd-warning').remove()")
    box = one.page.locator("#kd-question textarea")
    box.fill("Vad vet du om 19800101-1234?")
    one.page.keyboard.press("Enter")
    one.page.wait_for_timeout(300)
    assert box.input_value() == "Vad vet du om 19800101-1234?"
    assert one.page.locator(".kd-turn[id]").count() == 0


def test_a_view_that_is_drawn_after_the_header_is_shown_when_it_comes(visit: Open, served_fake: Served) -> None:
    undrawn = """
        const find = document.getElementById.bind(document);
        document.getElementById = (id) => (id === 'kd-view-granska' && !window.drawn ? null : find(id));
    """
    one = visit(served_fake[0], place="#granska", before=undrawn)
    assert one.page.evaluate("document.body.dataset.view") == "fraga"
    one.page.evaluate("window.drawn = true; document.body.append(document.createElement('i'))")
    one.page.wait_for_function("document.body.dataset.view === 'granska'")


@pytest.mark.parametrize("width", [320, 390, 1023, 1024, 1280])
def test_nothing_scrolls_sideways(visit: Open, served_fake: Served, width: int) -> None:
    one = visit(served_fake[0], width, 700)
    turn = one.ask("Vem utser direktören? " + "Kommunledningsförvaltningsövergripande" * 3)
    turn.locator("summary").first.click()
    assert one.page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_words_run_nothing(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask(HOSTILE)
    turn.locator("summary").first.click()
    assert turn.locator("mark").first.inner_text() == "ska utse"
    links = one.page.locator("#kd-shown a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert [link for link in links if not link.startswith("#kalla=")] == []
    assert one.page.locator("#kd-shown img").count() == 0
    assert one.page.evaluate("window.hacked") is None
    assert HOSTILE in one.page.locator("#fraga-1").inner_text()


def test_no_support_and_errors_are_calm_words(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Hur många anställda?")
    assert turn.get_by_text("Källorna svarar inte på det.").is_visible()
    assert turn.locator(".kd-card").count() == 0
    assert one.ask("en språkmodell?").locator(".kd-error").inner_text() == "Språkmodellen svarar inte. Starta den."
    for question in ("krasch", "ett trasigt svar"):
        assert one.ask(question).locator(".kd-error").inner_text() == texts.UNEXPECTED
    assert "hemlig" not in one.page.locator("body").inner_text()


def test_print_shows_the_quotes_and_no_controls(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Vem utser direktören?")
    one.page.emulate_media(media="print", color_scheme="dark")
    assert turn.locator(".kd-quote").first.is_visible()
    assert (
        one.page.locator(":is(#kd-composer, .kd-copy, .kd-question, .kd-close, .kd-acts, nav, summary):visible").count()
        == 0
    )
    assert one.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_dark_follows_the_readers_setting(visit: Open, served_fake: Served) -> None:
    page = visit(served_fake[0], color_scheme="dark").page
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 29)"
    assert page.evaluate("getComputedStyle(document.querySelector('.kd-lead')).color") == "rgb(233, 230, 223)"


REAL_QUESTION = "Vem är kommundirektörens uppdragsgivare?"


def test_the_real_answer_opens_at_the_real_words(visit: Open, served_real: tuple[str, Assistant]) -> None:
    address, assistant = served_real
    turn = visit(address).ask(REAL_QUESTION)
    citations = assistant.ask(REAL_QUESTION).citations
    assert "kommunstyrelsen" in turn.locator(".kd-words").inner_text()
    assert turn.locator(".kd-card").count() == len(citations) > 0
    for citation in citations:
        card = turn.locator(f"#kalla-1-{citation.n}")
        assert card.locator(".kd-quote mark").text_content() == " ".join(citation.quote.split())
        text = assistant.document(citation.source.id).text
        assert text[citation.start : citation.end] == citation.quote
        if card.get_by_text(texts.SHOW_PASSAGE).count():
            card.get_by_text(texts.SHOW_PASSAGE).click()
            assert card.locator(".kd-passage mark").text_content() == citation.quote
            assert card.locator(".kd-passage-text").text_content() == citation.passage.text


def test_lines_are_short_enough_to_read(visit: Open, served_real: tuple[str, Assistant]) -> None:
    paragraph = visit(served_real[0]).ask(EXAMPLES[4]).locator(".kd-words p").first
    assert 50 <= paragraph.evaluate(LONGEST_LINE) <= 70


def test_a_mark_never_stands_alone_on_a_line(visit: Open, served_real: tuple[str, Assistant]) -> None:
    one = visit(served_real[0])
    words = one.ask(EXAMPLES[4]).locator(".kd-words")
    for width in range(320, 640, 8):
        one.page.set_viewport_size({"width": width, "height": 800})
        assert words.evaluate(MARKS_BELOW) < 20


def test_a_real_follow_up_is_understood(visit: Open, served_real: tuple[str, Assistant]) -> None:
    one = visit(served_real[0])
    one.ask("Vem ersätter kommundirektören vid semester?")
    turn = one.ask("Och om ingen har utsetts?")
    assert turn.locator(".kd-sentence").count() > 0


def test_what_the_sources_do_not_say_is_said(visit: Open, served_real: tuple[str, Assistant]) -> None:
    turn = visit(served_real[0]).ask("Vad kostar en bussbiljett i Göteborg?")
    assert turn.locator(".kd-no-support").is_visible()
    assert turn.locator(".kd-card").count() == 0


@pytest.mark.parametrize("question", EXAMPLES)
def test_every_example_question_is_answered_with_sources(question: str, served_real: tuple[str, Assistant]) -> None:
    answer = served_real[1].ask(question)
    assert answer.outcome == "answered"
    assert answer.citations
