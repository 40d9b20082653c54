"""What the page shows, as HTML: nothing from outside becomes markup, and the quoted words are marked exactly."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from web_samples import HOSTILE, LAW, cite, hostile_answer, law_passage, plain_answer, voice_passage

from assistant.types import KINDS, Answer, AnswerSentence, Source
from assistant.web import texts
from assistant.web.cards import card_html, marked_passage, reference, safe_link
from assistant.web.conversation import Exchange
from assistant.web.render import announcement, answer_html, conversation_html

OURS = {"section", "div", "h2", "h3", "span", "p", "sup", "button", "details", "summary", "ul", "ol", "li", "aside"}
OURS |= {"article", "blockquote", "cite", "mark", "a", "h4", "label", "textarea"}


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_words_stay_words_everywhere() -> None:
    page = _Tags(conversation_html((Exchange(HOSTILE, hostile_answer(HOSTILE)), Exchange("b", error=HOSTILE)), ()))
    assert {tag for tag, _ in page.tags} <= OURS
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    links = [attributes["href"] or "" for tag, attributes in page.tags if tag == "a"]
    assert [link for link in links if not link.startswith("#kalla=kl&plats=")] == []
    assert page.text.count('<img src=x onerror="window.hacked=1">') >= 6


def test_hostile_words_in_the_list_of_sources_stay_words() -> None:
    page = _Tags(conversation_html((), (hostile_answer("a").citations[0].source,)))
    assert {tag for tag, _ in page.tags} <= OURS
    assert HOSTILE in page.text


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://www.riksdagen.se/sv/", True),
        ("http://skr.se", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https://", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, allowed: bool) -> None:
    assert safe_link(url) is allowed


def test_a_source_with_an_address_is_a_link_that_tells_where_it_opens() -> None:
    card = card_html(cite(1, law_passage(), LAW), "1")
    links = [attributes for tag, attributes in _Tags(card).tags if tag == "a"]
    assert links[0]["href"] == f"#kalla=kl&plats=1000-{1000 + len(LAW)}"
    del links[0]
    for link in links:
        del link["class"]
    assert links == [{"href": "https://example.org/kl", "target": "_blank", "rel": "noopener noreferrer"}]
    assert texts.OPENS_ELSEWHERE in card


def test_each_sentence_ends_with_its_named_marks() -> None:
    html = answer_html(plain_answer("Vem?"), 3)
    marks = [attributes for _, attributes in _Tags(html).tags if attributes.get("class") == "kd-mark"]
    assert [mark["data-card"] for mark in marks] == ["kalla-3-1", "kalla-3-2", "kalla-3-1"]
    assert marks[0]["aria-label"] == "Källa 1: Kommunallag (2017:725), 7 kap. 1 §, s. 3"
    assert marks[1]["aria-label"] == "Källa 2: Himmel och helvete, 2.1.4 Geografi, s. 12–13"
    assert html.index("Styrelsen utser") < html.index("kalla-3-1") < html.index("En kommun säger")


def test_paragraphs_and_lists_are_kept() -> None:
    one, two, three, four = (
        AnswerSentence(text, (), opens)
        for text, opens in (("Ett.", "paragraph"), ("Två:", ""), ("tre", "item"), ("fyra", "item"))
    )
    html = answer_html(replace(plain_answer("Vad?"), sentences=(one, two, three, four, replace(one, text="Fem."))), 1)
    tags = [tag for tag, _ in _Tags(html[: html.index("kd-withheld")]).tags if tag in ("p", "ul", "li")]
    assert tags == ["p", "ul", "li", "li", "p"]


@pytest.mark.parametrize("quote", ["Styrelsen ska", "utse en direktör", LAW, "bland de anställda."])
def test_the_quoted_words_are_marked_exactly(quote: str) -> None:
    html = marked_passage(cite(1, law_passage(), quote))
    assert f"<mark>{quote}</mark>" in html
    assert _Tags(html).text == LAW


def test_marking_counts_characters_before_escaping() -> None:
    passage = law_passage("a < b & c > d ska utse e")
    assert "a &lt; b &amp; c &gt; d <mark>ska utse</mark> e" in marked_passage(cite(1, passage, "ska utse"))


def test_a_voice_is_labelled_as_a_voice_with_its_lead_in() -> None:
    card = card_html(cite(2, voice_passage(), "Vi blir plantskola"), "1")
    assert '<span class="kd-kind kd-rost">En röst</span>' in card
    assert "<mark>" in card[card.index("Två röster:") :]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_words(kind: str) -> None:
    source = Source("x", "Titel", kind, Path("x"), "0")  # type: ignore[arg-type]
    assert f">{texts.KINDS[kind]}<" in conversation_html((), (source,))  # type: ignore[index]


def test_a_card_shows_the_words_in_their_place() -> None:
    card = card_html(cite(1, law_passage(f"{'Ord före. ' * 20}{LAW}{' Ord efter.' * 20}"), "ska utse en direktör"), "1")
    closed = card[: card.index("<details>")]
    assert "Styrelsen <mark>ska utse en direktör</mark>. Direktören" in closed
    assert closed.count("…") == 2
    assert "7 kap. 1 §, s. 3" in closed


def test_a_reference_names_title_publisher_year_place_and_words() -> None:
    citation = cite(2, voice_passage(), "Vi blir plantskola")
    assert reference(citation) == "Himmel och helvete. SmåKom, 2024. 2.1.4 Geografi, s. 12–13. ”Vi blir plantskola”"


def test_a_quote_with_its_own_marks_gets_no_second_pair() -> None:
    citation = cite(2, voice_passage(), "”Vi blir plantskola för chefer.”")
    assert reference(citation).endswith("s. 12–13. ”Vi blir plantskola för chefer.”")


def test_no_support_has_words_and_no_cards() -> None:
    answer = Answer("Q", "Q", "no_support", "Källorna svarar inte.\n\nSe årsredovisningen.", (), (), (), "x")
    html = conversation_html((Exchange("Q", answer),), ())
    assert "<p>Källorna svarar inte.</p><p>Se årsredovisningen.</p>" in html
    assert "kd-card" not in html


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 mening visas inte, för den har inget stöd i källorna. Visa den ändå."),
        (2, "2 meningar visas inte, för de har inget stöd i källorna. Visa dem ändå."),
    ],
)
def test_withheld_sentences_are_counted_and_explained(count: int, words: str) -> None:
    full = plain_answer("Vem?")
    html = answer_html(replace(full, withheld=full.withheld[:count]), 1)
    assert f"<summary>{words}</summary>" in html
    assert html.count("Källan säger styrelsen.") == 1
    assert texts.withheld(1)[:8] not in answer_html(replace(full, withheld=()), 1)


def test_only_the_newest_answer_suggests_questions() -> None:
    html = conversation_html((Exchange("a", plain_answer("a")), Exchange("b", plain_answer("b"))), ())
    assert html.count('data-question="Vad säger rapporten om rekrytering?"') == 1


def test_the_empty_state_offers_eight_questions_and_names_the_sources() -> None:
    html = conversation_html((), (law_source(),))
    assert html.count("data-question=") == 8
    assert texts.EMPTY in html
    assert "Kommunallag (2017:725)" in html


def law_source() -> Source:
    return cite(1, law_passage(), LAW).source


def test_what_a_screen_reader_hears() -> None:
    assert announcement(Exchange("Q", state="waiting")) == texts.SEARCHING
    assert announcement(Exchange("Q", error="Fel.")) == "Fel."
    assert announcement(Exchange("Q", plain_answer("Q"))).startswith("Svaret är klart. Styrelsen utser direktören.")
    reserved = replace(plain_answer("Q"), notice="Det är osäkert.")
    assert announcement(Exchange("Q", reserved)).startswith("Svaret är klart. Det är osäkert. Styrelsen utser")
