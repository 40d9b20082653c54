"""Markdown: what the reader sees is what was said, every mark has its note, and no words of a user are markup."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.exporting.export import export
from assistant.exporting.markdown import escaped
from assistant.exporting.paper import one_line
from assistant.types import AnswerSentence
from tests.exporting.export_samples import (
    DAY,
    GUIDE,
    HOSTILE,
    MIXED,
    answer,
    cite,
    hostile_answer,
    refusal,
    second_answer,
    whole_answer,
)

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def exported(*conversation: object) -> str:
    return export(conversation, "md", DAY).decode("utf-8")  # type: ignore[arg-type]


def notes(text: str) -> dict[int, str]:
    return {int(number): words for number, words in re.findall(r"^\[\^(\d+)\]: (.*)$", text, re.MULTILINE)}


def test_a_whole_answer() -> None:
    text = exported(whole_answer())
    assert text == (
        "# Fråga och svar\n\n"
        "- Datum: 22 november 2026\n"
        "- Sökindex: index-7\n"
        "- Så kom svaret till: hämtat direkt ur källorna\n\n"
        "> Svaret är sammanställt av en AI-assistent. Kontrollera det mot källorna innan du använder det. "
        "Fotnoterna visar var varje påstående står.\n\n"
        "## Vem utser direktören?\n\n"
        "Styrelsen utser direktören.[^1] Det står i lagen.[^1]\u202f[^2]\n\n"
        "- Direktören ska leda förvaltningen[^3]\n"
        "- bereda ärenden.[^3]\n\n"
        "En intervjuad säger: ”Vi blir plantskola för chefer.”[^4]\n\n"
        "*2 meningar är utelämnade, för de har inget stöd i källorna.*\n\n"
        "[^1]: Kommunallag (2017:725), Riksdagen, 2017, 7 kap. 1 § (lag, i lydelsen till och med SFS 2025:450): "
        "”Styrelsen ska utse en direktör.”\n\n"
        "[^2]: Kommunallagen i korthet, 7 kap. 1 § (redogörelse för lag, inte lagens ordalydelse, "
        "i lydelsen till och med SFS 2025:450): ”Styrelsen ska utse en direktör.”\n\n"
        "[^3]: Instruktion för kommundirektören, 7 kap. 1 § (beslut i en kommun): "
        "”Direktören ska: • leda förvaltningen, • bereda ärenden. Uppdrag · Ansvar / Leda · Hen”\n\n"
        "[^4]: Himmel och helvete, SmåKom, 2024, 7 kap. 1 §, s. 12 (en intervjuads ord, rapport): "
        "”Vi blir plantskola för chefer.”\n"
    )


def test_a_conversation_numbers_its_notes_through() -> None:
    """The second answer's second citation is the first one's first."""
    text = exported(whole_answer(), second_answer(), refusal())
    assert "Hon kallar det en plantskola.[^5] Lagen ställer kravet.[^1]" in text
    assert list(notes(text)) == [1, 2, 3, 4, 5]
    assert notes(text)[5] == f"Samarbete, SKR, 2022, 7 kap. 1 § (vägledning): »{MIXED}«"
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        "Vem utser direktören?",
        "Och varför?",
        "Vad tjänar direktören?",
    ]
    assert "# Frågor och svar\n" in text
    assert "Svaren är sammanställda av en AI-assistent." in text


def test_two_writers_are_told_apart() -> None:
    text = exported(whole_answer(), second_answer())
    assert (
        "- Så kom svaren till: hämtade direkt ur källorna och "
        "skrivna av språkmodellen openai:gpt-x och prövade mot källorna\n" in text
    )
    first, second = text.split("## Och varför?")
    assert "*Så kom svaret till: hämtat direkt ur källorna*" in first
    assert "*Så kom svaret till: skrivet av språkmodellen openai:gpt-x och prövat mot källorna*" in second
    assert "*Språkmodellen var långsam.*" in second
    assert "Så kom svaret till: skrivet av språkmodellen openai:gpt-x" in exported(second_answer())


def test_withheld_sentences_are_counted_and_not_said() -> None:
    text = exported(whole_answer(), refusal())
    assert "Fullmäktige utser" not in text
    assert "Lönen är hög" not in text
    assert "1 mening är utelämnad" in text


def test_a_refusal_is_exported_as_one() -> None:
    text = exported(refusal())
    assert "Källorna svarar inte på det.\n\nNärmast kommer:\n\n- avsnittet Lön\n- avsnittet \\[Avtal\\]\n" in text
    assert notes(text) == {}


def test_a_question_may_be_shown_in_other_words() -> None:
    assert "## Vem väljer\\?".replace("\\", "") in exported(("Vem\nväljer?", whole_answer()))


def test_without_a_day_today_is_said() -> None:
    assert str(date.today().year) in export([whole_answer()], "md").decode()


@pytest.mark.parametrize(
    ("quote", "shown"),
    [("ord", "”ord”"), ("”Ord.”", "”Ord.”"), ("”A” och ”B”", "»”A” och ”B”«"), ("sa ”ja” då", "»sa ”ja” då«")],
)
def test_words_that_hold_quotation_marks_are_told_from_ours(quote: str, shown: str) -> None:
    text = exported(answer("Vad?", [AnswerSentence("Det.", (1,))], [cite(1, GUIDE, quote)]))
    assert notes(text)[1].endswith(f": {shown}")


def test_an_empty_conversation_is_refused() -> None:
    with pytest.raises(ValueError, match="no answer"):
        export([], "md")


def test_no_words_of_others_are_markup() -> None:
    text = exported(hostile_answer())
    found = {token.type for block in READER.parse(text) for token in (block, *(block.children or ()))}
    assert found & {"html_block", "html_inline", "link_open", "image", "code_inline", "strong_open", "s_open"} == set()
    assert not re.search(r"https?://|\bwww\.|\w@\w", text)
    headings = [
        token.children
        for before, token in zip(READER.parse(text), READER.parse(text)[1:], strict=False)
        if before.type == "heading_open"
    ]
    assert ["".join(child.content for child in children or ()) for children in headings][1] == HOSTILE


#: Every character that Markdown gives a meaning, beginnings of lists, rules and headings, addresses, and plain words.
pieces = st.sampled_from(
    [*"\\`*_{}[]()<>#+-.!|~^$&:=\"'/", "1.", "10)", "--", "a", "ö", " ", "http://", "www.", "&amp;", "---", "===", "x"]
)


@example("# a")
@example("a #")
@example("- a")
@example("+ a")
@example("1. a")
@example("10) a")
@example("---")
@example("===")
@given(st.lists(pieces, min_size=1, max_size=12).map(lambda parts: one_line("".join(parts))).filter(bool))
def test_any_line_is_shown_as_it_stands(line: str) -> None:
    """At the beginning of a paragraph, in a heading and in an item, by a reader of CommonMark and tables."""
    for opening in ("", "## ", "- ", "> "):
        tokens = READER.parse(f"{opening}{escaped(line)}\n\nnästa\n")
        inline = next(token for token in tokens if token.type == "inline")
        assert {child.type for child in inline.children or ()} <= {"text"}, tokens
        assert "".join(child.content for child in inline.children or ()) == line


def test_unfit_characters_are_left_out() -> None:
    broken = "a\ud800b\x00c\x0bd\u2028e\x85f\ufffeg\nh"
    text = exported(answer(broken, [], [cite(1, GUIDE, "ord")], outcome="no_support"))
    assert "## ab c d e fg h\n" in text
