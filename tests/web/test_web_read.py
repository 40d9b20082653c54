"""Läs: a document opened at the cited words, the steps between them, search within, and addresses of places."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from web_samples import HOSTILE, LAW, FakeAssistant, Visit, kl_document

from assistant.assistant import Assistant
from assistant.types import Document
from assistant.web import texts
from assistant.web.document_html import body_html, contents_html, ordered_marks

Served = tuple[str, FakeAssistant]
Open = Callable[..., Visit]


def law() -> Document:
    return kl_document(FakeAssistant().sources[0])


def test_every_character_is_shown_and_the_marks_hold_their_words(documents: dict[str, Document]) -> None:
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        text, marked, inside = "", "", False

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.inside = self.inside or tag == "mark"

        def handle_endtag(self, tag: str) -> None:
            self.inside = self.inside and tag != "mark"

        def handle_data(self, data: str) -> None:
            self.text += data
            self.marked += data if self.inside else ""

    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalnum())

    for document in documents.values():
        passage = document.passages[len(document.passages) // 2]
        reader = Reader()
        reader.feed(body_html(document, ordered_marks([], (passage.start, passage.end))))
        assert letters(reader.text) == letters(document.text)
        assert letters(reader.marked) == letters(passage.text)


def test_marks_lie_in_order_and_never_over_each_other() -> None:
    marks = ordered_marks([(10, 20), (15, 30), (0, 5), (12, 18)], (14, 16))
    assert [(mark.start, mark.end) for mark in marks] == sorted((mark.start, mark.end) for mark in marks)
    assert all(one.end <= other.start for one, other in itertools.pairwise(marks))
    assert [(mark.start, mark.end) for mark in marks if mark.now] == [(14, 16)]


def test_lists_and_tables_are_lists_and_tables() -> None:
    html = body_html(law(), ())
    assert "<li>en punkt</li><li>en annan punkt</li>" in html
    assert "<td>2023</td><td>17</td>" in html


def test_the_contents_are_a_tree(documents: dict[str, Document]) -> None:
    for document in documents.values():
        html = contents_html(document)
        assert html.count("<ul") == html.count("</ul>")
        assert html.count("<li>") == html.count("</li>")
        assert html.count("<a ") == sum(bool(section.path) for section in document.sections)


def test_hostile_words_of_a_document_stay_words() -> None:
    document = law()
    hostile = replace(document, text=document.text[:1000] + HOSTILE + "\n\n```mermaid\ngraph TD; A-->B\n```")
    html = body_html(replace(hostile, sections=()), ordered_marks([(1005, 1020)], None))
    assert "<img" not in html
    assert "<a " not in html
    assert "<form" not in html


@pytest.mark.browser
def test_from_the_card_to_the_words_in_the_document_and_back(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Vem utser direktören?")
    turn.locator("#kalla-1-1").get_by_text(texts.SHOW_IN_DOCUMENT).click()
    mark = one.page.locator("mark.kd-now")
    mark.wait_for()
    assert mark.inner_text() == "ska utse en direktör"
    assert mark.evaluate("mark => mark === document.activeElement")
    start = 1000 + LAW.index("ska utse")
    assert one.page.url.endswith(f"/#kalla=kl&plats={start}-{start + 20}")
    assert one.page.title() == texts.page_title("las")
    one.page.get_by_role("link", name=texts.BACK_TO_ANSWER).click()
    turn.locator(".kd-words").wait_for()
    assert one.page.locator(".kd-turn[id]").count() == 1


@pytest.mark.browser
def test_a_link_to_a_place_opens_it_for_someone_else(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0], place="#kalla=kl&plats=1000-1009")
    one.page.locator("mark.kd-now").wait_for()
    assert one.page.locator("mark.kd-now").inner_text() == "Styrelsen"
    assert one.page.locator("mark.kd-now").evaluate("m => m.getBoundingClientRect().top") > 0


@pytest.mark.browser
def test_steps_and_search_within(visit: Open, served_real: tuple[str, Assistant]) -> None:
    one = visit(served_real[0])
    one.page.goto(f"{served_real[0]}/#kalla=instruktion-kommundirektor&plats=0-0")
    one.page.locator(".kd-document").wait_for()
    one.page.get_by_label(texts.FIND).fill("krisled")
    one.page.keyboard.press("Enter")
    assert one.page.locator("#kd-found-now").inner_text().startswith("Träff 1 av ")
    one.page.get_by_role("button", name=texts.NEXT_FOUND).click()
    assert one.page.locator("#kd-found-now").inner_text().startswith("Träff 2 av ")
    one.page.get_by_label(texts.FIND).fill("qqq")
    assert one.page.locator("#kd-found-now").inner_text() == texts.FOUND_NONE
    heading = one.page.locator(".kd-contents a").nth(3)
    heading.click()
    section = heading.get_attribute("data-section")
    one.page.wait_for_function(f"() => document.activeElement.id === '{section}'")


@pytest.mark.browser
def test_the_citations_of_the_conversation_are_stepped_through(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    turn = one.ask("Vem utser direktören?")
    turn.locator("#kalla-1-2").get_by_text(texts.SHOW_IN_DOCUMENT).click()
    one.page.locator("mark.kd-now").wait_for()
    assert one.page.locator(".kd-step-now").inner_text() == texts.CITED.format(n=1, count=1)
    one.page.get_by_role("button", name=texts.NEXT_CITED).click()
    assert one.page.locator("mark.kd-now").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("place", ["finns-inte&plats=1-2", "kl&plats=99999-4", "kl&plats=x-y", "%3Cimg%3E"])
def test_a_place_that_is_not_there_is_told_calmly(visit: Open, served_fake: Served, place: str) -> None:
    one = visit(served_fake[0])
    one.page.goto(f"{served_fake[0]}/#kalla={place}")
    one.page.locator("#kd-view-las .kd-read").wait_for()
    one.page.wait_for_timeout(300)
    known = place.startswith("kl")
    assert one.page.locator(".kd-document").count() == int(known)
    assert one.page.get_by_text(texts.NO_DOCUMENT).count() == int(not known)
