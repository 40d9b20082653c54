"""The short account of Kommunallagen: its references parse, its facts stand in the statute, its words are its own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = ROOT / "corpus" / "kommunallagen" / "kommunallagen-i-korthet.md"
STATUTE = ROOT.parent / "shared" / "kl" / "kommunallag-2017-725.json"
CLOSING = "Det här tar sammanfattningen inte upp"

_CHAPTER = re.compile(r"^## (?P<number>\d+) kap\. (?P<name>\S.*)$")
_SECTION = re.compile(
    r"^### (?P<chapter>\d+) kap\. (?P<first>\d+(?: [a-z])?)(?:–(?P<last>\d+(?: [a-z])?) §§| §)"
    r" kommunallagen: (?P<subject>\S.*[^.\s])$"
)
_REFERENCE = re.compile(r"(?P<chapter>\d+) kap\. (?P<numbers>\d+(?: [a-z])?(?:(?:–| och )\d+(?: [a-z])?)?) §§?")
_ANY_REFERENCE = re.compile(r"\d+(?: [a-z])?(?:–\d+(?: [a-z])?)? §§?(?: \d+)?|\d+ kap\.")
_LAW_NUMBER = re.compile(r"\d{4}:\d+")
_FIGURE = re.compile(r"\d+(?: \d{3})*")
_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
_DATE = re.compile(rf"\d+ (?:{'|'.join(_MONTHS)})\b|\b(?:{'|'.join(_MONTHS)})s?\b")
_SINGULAR = r"vecka|dag|år|månad|procent|tredjedel"
_PLURAL = (
    r"veckor|dag(?:ar|en)|år(?:en)?|månad(?:er|en)|procent|tredjedelar|ledam(?:ot|öter)|ersättare|"
    r"(?:lekmanna)?revisor(?:er)?|personalföreträdare|suppleanter"
)
_NUMBERS = r"två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|fjorton|andra|tredje|\d+"
_QUANTITY = re.compile(
    rf"\b(?:(?P<one>en|ett) (?P<single>{_SINGULAR})|(?P<number>{_NUMBERS}) (?:\w+ )?(?P<unit>{_PLURAL}))\b"
)
#: How many words may stand between a number and its unit in the statute.
_NEAR = 8
_RUN = 10
_FEWEST_SECTIONS = 95
_WORDS_MIN, _WORDS_MAX = 20, 130


@dataclass(frozen=True)
class Part:
    """One passage of the account: its heading, the statute's sections that it describes, and its text."""

    heading: str
    chapter: int
    sections: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Statute:
    """The statute's sections by chapter and section, the chapters' names and the transitional provisions."""

    sections: dict[tuple[int, str], str]
    names: dict[int, str]
    transitional: str


def _expand(first: str, last: str | None) -> tuple[str, ...]:
    if last is None:
        return (first,)
    low, high = int(first), int(last)
    assert low < high, f"{first}–{last} is not a range"
    return tuple(str(number) for number in range(low, high + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@cache
def _lines() -> tuple[str, ...]:
    return tuple(ACCOUNT.read_text(encoding="utf-8").splitlines())


@cache
def _parts() -> tuple[Part, ...]:
    parts: list[Part] = []
    starts = [index for index, line in enumerate(_lines()) if line.startswith("#")]
    for start, end in zip(starts, [*starts[1:], len(_lines())], strict=True):
        match = _SECTION.match(_lines()[start])
        if match is None:
            continue
        text = "\n".join(_lines()[start + 1 : end]).strip()
        sections = _expand(match["first"], match["last"])
        parts.append(Part(_lines()[start].lstrip("# "), int(match["chapter"]), sections, text))
    return tuple(parts)


@cache
def _read_statute() -> Statute:
    data = json.loads(STATUTE.read_text(encoding="utf-8"))
    paragraphs = data["paragrafer"]
    return Statute(
        sections={(int(item["kap"]), item["paragraf"]): item["text"] for item in paragraphs},
        names={int(item["kap"]): item["kapitelrubrik"] for item in paragraphs},
        transitional=str(data["overgangsbestammelser"]),
    )


@pytest.fixture(scope="module")
def statute() -> Statute:
    if not STATUTE.is_file():
        pytest.skip("the statute's text is not beside the checkout")
    return _read_statute()


def _source(part: Part, statute: Statute) -> str:
    """What the part may take its facts from."""
    texts = [statute.sections[part.chapter, section] for section in part.sections]
    if "övergångsbestämmelserna" in part.text:
        texts.append(statute.transitional)
    return "\n".join(texts).lower()


def _stem(word: str) -> str:
    """The same for all forms of a unit: år, åren; dag, dagen, dagar; veckor, vecka."""
    short = re.fullmatch(r"(år|dag)(?:en|et|ar|arna)?", word)
    return short[1] if short else word[:5] if len(word) > 5 else word.rstrip("a")


def _beside(number: str, unit: str, words: list[str]) -> bool:
    """True when the number and a form of the unit stand near each other among the words."""
    places = [index for index, word in enumerate(words) if word == number]
    return any(
        _stem(word) == _stem(unit) for place in places for word in words[max(0, place - _NEAR) : place + _NEAR + 1]
    )


def test_every_heading_is_a_chapter_a_reference_or_the_closing_note() -> None:
    headings = [line for line in _lines() if line.startswith("#")]
    assert headings[0] == "# Kommunallagen i korthet"
    assert headings[-1] == f"### {CLOSING}"
    for heading in headings[1:-1]:
        assert _CHAPTER.match(heading) or _SECTION.match(heading), heading


def test_chapters_and_sections_come_in_order_under_their_own_chapter() -> None:
    current, previous = 0, 0
    for line in _lines():
        if chapter := _CHAPTER.match(line):
            assert int(chapter["number"]) > current
            current, previous = int(chapter["number"]), 0
        elif section := _SECTION.match(line):
            assert int(section["chapter"]) == current, line
            first = int(section["first"].split()[0])
            assert first >= previous, line
            previous = int((section["last"] or section["first"]).split()[0])
    assert current == 13


def test_enough_sections_are_covered() -> None:
    covered = {(part.chapter, section) for part in _parts() for section in part.sections}
    assert len(covered) >= _FEWEST_SECTIONS


def test_every_passage_has_its_own_heading_and_a_readable_length() -> None:
    headings = [part.heading for part in _parts()]
    assert len(set(headings)) == len(headings)
    for part in _parts():
        assert _WORDS_MIN <= len(part.text.split()) <= _WORDS_MAX, part.heading


def test_every_list_has_a_lead_in() -> None:
    for part in _parts():
        blocks = part.text.split("\n\n")
        for before, block in zip(["", *blocks], blocks, strict=False):
            if block.startswith("- "):
                assert before.endswith(":"), part.heading
                assert all(line.startswith("- ") for line in block.splitlines()), part.heading


def test_the_account_says_what_it_is() -> None:
    opening = "\n".join(_lines()[:4])
    assert "Sammanfattning av lagtexten, inte dess ordalydelse." in opening
    assert "SFS 2025:450" in opening


def test_every_section_named_exists_in_the_statute(statute: Statute) -> None:
    for part in _parts():
        for section in part.sections:
            assert (part.chapter, section) in statute.sections, part.heading
        for match in _REFERENCE.finditer(part.text):
            for number in re.split(r"–| och ", match["numbers"]):
                assert (int(match["chapter"]), number) in statute.sections, f"{part.heading}: {match.group()}"


def test_chapter_names_agree_with_the_statute(statute: Statute) -> None:
    chapters = [match for line in _lines() if (match := _CHAPTER.match(line))]
    assert {int(match["number"]): match["name"] for match in chapters} == statute.names


def test_no_long_run_of_words_is_the_statutes(statute: Statute) -> None:
    runs: set[tuple[str, ...]] = set()
    for text in [*statute.sections.values(), statute.transitional]:
        words = _words(text)
        runs.update(tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))
    own = _words("\n".join(_lines()))
    own_runs = (tuple(own[start : start + _RUN]) for start in range(len(own) - _RUN + 1))
    shared = [" ".join(run) for run in own_runs if run in runs]
    assert not shared


def test_quantities_stand_in_the_sections_described(statute: Statute) -> None:
    wrong: list[str] = []
    for part in _parts():
        words = _words(_source(part, statute))
        for match in _QUANTITY.finditer(part.text.lower()):
            number, unit = match["one"] or match["number"], match["single"] or match["unit"]
            if not _beside(number, unit, words):
                wrong.append(f"{part.heading}: {match.group()}")
    assert not wrong


def test_figures_dates_and_law_numbers_stand_in_the_sections_described(statute: Statute) -> None:
    wrong: list[str] = []
    for part in _parts():
        source = _source(part, statute)
        figures = set(_FIGURE.findall(source))
        text = part.text.lower()
        numbers = set(_LAW_NUMBER.findall(text)) - set(_LAW_NUMBER.findall(source + "2023:642"))
        bare = _LAW_NUMBER.sub("", _ANY_REFERENCE.sub("", text))
        missing = {figure for figure in _FIGURE.findall(bare) if figure not in figures and figure not in source}
        dates = {date for date in _DATE.findall(bare) if date.removesuffix("s") not in source}
        wrong.extend(f"{part.heading}: {item}" for item in sorted(numbers | missing | dates))
    assert not wrong
