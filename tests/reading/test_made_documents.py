"""Properties that hold for any document: made up by hypothesis, set in several ways, and read back."""

from __future__ import annotations

import itertools
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from assistant.reading.documents import document_from_raw
from assistant.reading.readers import read_file
from assistant.reading.sentences import sentence_spans
from assistant.types import Document, Source

WORDS = (
    "ansvar beslut chefer direktören ekonomi flera gemensamt hur instruktionen kommunen ledning mål nämnder ordförande "
    "politik rekrytering samverkan tid uppdrag verksamhet är och som inte ska bl.a. t.ex. SKR KLF Askersund 75 2024 "
    "kommunstyrelsens ärendeberedningen kommundirektörsrollen (alltför) – tjänstepersonsorganisationen"
).split()
STARTS = ("Kommunen", "Direktören", "Ekonomin", "Nämnder", "Samverkan", "Politiken", "Chefer", "Ordförande")

#: Wrapped at 57 characters, its second line begins with the dash, after an abbreviation.
DASHED = "Kommunen leder ansvar ansvar ansvar ansvar ansvar bl.a. – alltid – framöver."

middles = st.lists(st.sampled_from(WORDS), min_size=3, max_size=22)
sentences = st.builds(
    lambda first, words, stop: f"{first} {' '.join(words)} framöver{stop}",
    st.sampled_from(STARTS),
    middles,
    st.sampled_from(".?!"),
)


@dataclass(frozen=True)
class Part:
    """A heading, paragraph, quotation or list item, and its sentences."""

    kind: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        joined = " ".join(self.sentences)
        return f"”{joined}”" if self.kind == "quotation" else joined


paragraphs = st.lists(sentences, min_size=1, max_size=5).map(lambda found: Part("paragraph", tuple(found)))
quotations = st.lists(sentences, min_size=1, max_size=2).map(lambda found: Part("quotation", tuple(found)))
items = st.lists(sentences.map(lambda text: Part("item", (text,))), min_size=2, max_size=4)
lists = st.builds(lambda found: [Part("paragraph", ("Följande frågor bör besvaras:",)), *found], items)
bodies = st.lists(
    st.one_of(paragraphs.map(lambda p: [p]), quotations.map(lambda p: [p]), lists), min_size=1, max_size=4
)
titles = st.lists(st.sampled_from(("ansvar", "ledning", "samverkan", "uppdrag")), min_size=1, max_size=4)


@st.composite
def made(draw: st.DrawFn) -> list[Part]:
    """Numbered sections of paragraphs, quotations and lists."""
    parts: list[Part] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        parts.append(Part("heading", (f"{number} Om {' '.join(draw(titles))}",)))
        parts += [part for run in draw(bodies) for part in run]
    return [
        Part(part.kind, tuple(_told_apart(text, (n, m)) for m, text in enumerate(part.sentences)))
        for n, part in enumerate(parts)
    ]


def _told_apart(text: str, number: tuple[int, int]) -> str:
    """The sentence with a word of its own, so that each can be found."""
    return text.replace(
        "framöver", "framöver" + "".join("abcdefghij"[int(digit)] for digit in f"{number[0]:02}{number[1]}")
    )


def plain(parts: list[Part]) -> str:
    """One line a paragraph, a blank line between paragraphs."""
    text = ""
    for before, part in zip([None, *parts], parts, strict=False):
        tight = before is not None and before.kind == part.kind == "item"
        text += ("\n" if tight else "\n\n") + ("• " if part.kind == "item" else "") + part.text
    return text.strip() + "\n"


def wrapped(parts: list[Part], width: int) -> str:
    """Lines of at most `width` characters, as a PDF gives them."""
    lines = [textwrap.wrap(line, width, break_on_hyphens=False) or [""] for line in plain(parts).split("\n")]
    return "\n".join(line for group in lines for line in group)


def double_spaced(parts: list[Part], width: int) -> str:
    """As some programs save a PDF's text: a blank line after every line, and nothing to tell paragraphs apart."""
    return "\n\n".join(line for line in wrapped(parts, width).split("\n") if line)


def read(text: str, words: int = 130) -> Document:
    """What is made of a text file with these words; a form feed begins a page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prov.txt"
        path.write_text(text, encoding="utf-8")
        return document_from_raw(Source("prov", "Prov", "rapport", path, "0"), read_file(path), words)


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def one_line(text: str) -> str:
    return " ".join(text.split())


def check_offsets(document: Document) -> None:
    """Passages are the text at their offsets, in order, apart, and nothing but headings lies outside them."""
    end = 0
    outside = ""
    for passage in document.passages:
        assert passage.text == document.text[passage.start : passage.end]
        assert end <= passage.start < passage.end
        outside += document.text[end : passage.start]
        end = passage.end
    outside += document.text[end:]
    headings = [s.path[-1] for s in document.sections if s.path]
    assert letters(outside) == letters("".join(headings))


def check_sentences(document: Document, parts: list[Part]) -> None:
    """Each sentence that was written stands whole in one passage, in the order in which they were written."""
    places = []
    for part in parts:
        for sentence in part.sentences if part.kind != "heading" else ():
            at = [n for n, passage in enumerate(document.passages) if sentence in one_line(passage.text)]
            assert at, sentence
            places.append(at)
    position = 0
    for at in places:
        assert max(at) >= position
        position = next(n for n in at if n >= position)


@given(made(), st.integers(25, 130))
def test_a_plain_document_is_read_back_as_it_was_written(parts: list[Part], words: int) -> None:
    document = read(plain(parts), words)
    check_offsets(document)
    check_sentences(document, parts)
    assert [s.path[-1] for s in document.sections] == [part.text for part in parts if part.kind == "heading"]
    lines = [line.removeprefix("• ") for line in document.text.split("\n") if line]
    assert lines == [part.text for part in parts]
    for part in parts:
        if part.kind == "quotation":
            assert any(p.voice == "quotation" and part.sentences[0] in p.text for p in document.passages)


@given(made(), st.integers(60, 110), st.integers(25, 130))
@example([Part("heading", ("1 Om ansvar",)), Part("paragraph", (DASHED,))], 57, 130)
@example([Part("heading", ("1 Om ansvar",)), Part("item", (DASHED,)), Part("item", ("Kort.",))], 57, 130)
def test_wrapped_lines_are_joined_again(parts: list[Part], width: int, words: int) -> None:
    document = read(wrapped(parts, width), words)
    check_offsets(document)
    check_sentences(document, parts)
    assert letters(document.text) == letters("".join(part.text for part in parts))


@given(made(), st.integers(60, 110), st.integers(25, 130))
def test_double_spaced_lines_are_joined_again(parts: list[Part], width: int, words: int) -> None:
    document = read(double_spaced(parts, width), words)
    check_offsets(document)
    assert letters(document.text) == letters("".join(part.text for part in parts))


@given(made(), st.lists(st.integers(0, 10_000), min_size=1, max_size=3), st.booleans())
@example([Part("heading", ("1 Om ansvar",)), Part("paragraph", ("Kommunen ska leda framöver.",))], [12], True)
def test_a_page_break_cuts_no_sentence(parts: list[Part], breaks: list[int], numbered: bool) -> None:
    """Pages may break before any small letter; a lone number at a page's foot is no text."""
    text = plain(parts)
    places = sorted({place for place in (_before_small_letter(text, number % len(text)) for number in breaks) if place})
    cuts = [0, *places, len(text)]
    chunks = [text[a:b] for a, b in itertools.pairwise(cuts)]
    pages = [chunk + (f"\n\n{n}\n" if numbered else "") for n, chunk in enumerate(chunks, 1)]
    document = read("\f".join(pages))
    check_offsets(document)
    check_sentences(document, parts)
    assert letters(document.text) == letters("".join(part.text for part in parts))
    check_pages(document, chunks)


def check_pages(document: Document, chunks: list[str]) -> None:
    """Each passage names the pages on which its words stand."""
    if len(chunks) == 1:
        assert document.passages[0].first_page is None
        return
    for passage in document.passages:
        assert passage.first_page is not None
        assert passage.last_page is not None
        first, last = int(passage.first_page), int(passage.last_page)
        assert letters(passage.text) in letters("".join(chunks[first - 1 : last]))
        if first < last:  # no page too many
            assert letters(passage.text) not in letters("".join(chunks[first:last]))
            assert letters(passage.text) not in letters("".join(chunks[first - 1 : last - 1]))


def _before_small_letter(text: str, place: int) -> int:
    """The next space before a word in small letters inside a paragraph, or 0 when there is none."""
    for index in range(place, len(text) - 1):
        after = text[index + 1 :].split(maxsplit=1)
        if (
            text[index] == " "
            and after
            and after[0].isalpha()
            and after[0].islower()
            and text[index - 1] not in ".?!:•"
        ):
            return index
    return 0


@given(made(), st.integers(25, 60))
def test_a_passage_is_whole_sentences(parts: list[Part], words: int) -> None:
    written = {sentence for part in parts for sentence in (*part.sentences, part.text)}
    for passage in read(plain(parts), words).passages:
        for start, end in sentence_spans(passage.text):
            assert passage.text[start:end].strip("”") in {sentence.strip("”") for sentence in written}
