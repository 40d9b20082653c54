"""The reader of replies: the same sentences however the reply is cut into pieces, and never a character too many."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.chat_reply import UNKNOWN, ReplyReader, ReplySentence

KEYS = ("k2b7", "z9d4")
PARTS = (
    "Styrelsen utser direktören",
    "Mötet hålls inte",
    "enligt 5 kap. 13 §",
    "bl.a. budgeten",
    "”Vi hinner. Knappt.”",
    ". ",
    ".",
    "? ",
    " [k2b7]",
    "[Z9D4].",
    " [k2b7, z9d4]",
    "【k2b7†L1-L3】",
    " (z9d4)",
    " (lagen)",
    " [zzzz]",
    " [1",
    "[",
    "]",
    "(",
    "<",
    ">",
    "\n",
    "\r\n",
    "\n\n",
    "- ",
    "\n2. ",
    "## ",
    "| a | b |\n",
    "|---|\n",
    "**",
    "`",
    "```\n",
    "<think>",
    "</think>",
    "<b>",
    "<!-- ",
    "-->",
    "![x](http://y.se/a b)",
    "[Läs mer här](https://y.se)",
    " https://y.se/k2b7.",
    "&amp;",
    "\u200b",
    "\ue101",
    "INGET STÖD",
)


def read(reply: str, piece: int, is_complete: bool = True) -> tuple[list[ReplySentence], bool]:
    reader = ReplyReader(KEYS)
    sentences = [s for at in range(0, len(reply), piece) for s in reader.feed(reply[at : at + piece])]
    return [*sentences, *reader.finish(is_complete)], reader.says_nothing


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join), st.integers(1, 9))
def test_pieces_make_no_difference(reply: str, piece: int) -> None:
    """Save for an end of reasoning that nothing began: what came before it may have been given out by then."""
    if "</think>" in re.sub(r"<think>.*?</think>", "", reply, flags=re.DOTALL):
        return
    assert read(reply, piece) == read(reply, len(reply) or 1)


@given(st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=8)), max_size=14).map("".join), st.integers(1, 9))
def test_no_markup_and_no_hidden_character_is_left(reply: str, piece: int) -> None:
    for sentence in read(reply, piece)[0]:
        assert not re.search("https?://|<[a-z/!]|[\x00-\x1f\u200b\ue000-\uf8ff]|k2b7\\]|^#", sentence.text)
        assert sentence.text == sentence.text.strip() != ""
        assert set(sentence.cited) <= {UNKNOWN, 0, 1}


@pytest.mark.parametrize(
    ("reply", "sentences"),
    [
        ("Ett är så [k2b7]. Två [z9d4].", [("Ett är så.", (0,)), ("Två.", (1,))]),
        ("Ett är så. [k2b7] Två. [z9d4]", [("Ett är så.", (0,)), ("Två.", (1,))]),
        ("Ett är så [k2b7] [z9d4]. Två [K2B7].", [("Ett är så.", (0, 1)), ("Två.", (0,))]),
        ("Ett är så [k2b7, zzzz]. Två.", [("Ett är så.", (0,)), ("Två.", ())]),
        ("Ett är så [k2b7, z2z2].", [("Ett är så.", (0, UNKNOWN))]),
        ("Ett är så [1].", [("Ett är så.", (UNKNOWN,))]),
        ("Ett är så \ue101. Två &#xE101;.", [("Ett är så.", ()), ("Två.", ())]),
        ("Enligt (lagen) gäller [hans egna ord] det [k2b7].", [("Enligt (lagen) gäller [hans egna ord] det.", (0,))]),
        ("Ett är så.\n[k2b7]\nTvå.\n\n[z9d4]", [("Ett är så.", (0,)), ("Två.", (1,))]),
        ("| Vem | När |\n|---|---|\n| Nämnden | 2024 [k2b7] |", [("Vem · När", ()), ("Nämnden · 2024", (0,))]),
        ("[TOOL_CALLS] [{}] Ett är så [k2b7].", []),
        ("Tänker [z9d4]</think>Ett är så [k2b7].", [("Ett är så.", (0,))]),
    ],
)
@pytest.mark.parametrize("piece", [1, 100])
def test_keys_are_read(reply: str, sentences: list[tuple[str, tuple[int, ...]]], piece: int) -> None:
    assert [(sentence.text, sentence.cited) for sentence in read(reply, piece)[0]] == sentences


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        ("Styrelsen får besluta", False),
        ("Styrelsen får besluta enligt 5 kap.", False),
        ("Styrelsen får besluta [z9", False),
        ("Styrelsen får [z9d4] besluta", False),
        ("Styrelsen får besluta [z9d4]", True),
        ("Styrelsen får besluta.", True),
        ("Styrelsen får besluta [z9d4].", True),
    ],
)
def test_a_sentence_that_was_broken_off_is_dropped(end: str, kept: bool) -> None:
    """What it was going to say nobody knows: "Styrelsen får besluta om …"."""
    assert len(read(f"Ett är så [k2b7]. {end}", 3, is_complete=False)[0]) == 1 + kept
    assert len(read(f"Ett är så [k2b7]. {end}", 3, is_complete=True)[0]) == 2
