"""Statutes in the plain text of publication: a made one read part by part, and the real ones whole where they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant.reading.documents import document_from_raw
from assistant.reading.raw import RawDocument
from assistant.reading.statutes import read_statute, section_name
from assistant.types import Page, Source

SHARED = Path(__file__).resolve().parents[3] / "shared" / "kl"

MADE = """Provlag (2031:12)

SFS nr: 2031:12
Ändrad: t.o.m. SFS 2033:401

1 kap. Inledande bestämmelser

Lagens syfte

1 § Lagen gäller prov i kommuner. Vid prov enligt
5 § andra stycket tillämpas även
2 § provförordningen.

Ett prov ska vara

1. kort,

2. sant, och

3. begripligt. Lag (2032:7).

Ord och uttryck

Särskilt om prov

1 a § Med prov avses i denna lag en prövning. Lag (2033:401).

2 § /Upphör att gälla U:2034-01-01/ Nämnden får besluta om prov.

2 § /Träder i kraft I:2034-01-01/ Styrelsen får besluta om prov.

2 kap. Beslut

1 § Beslut om prov fattas av

a) nämnden, eller

b) den som nämnden utser.

Övergångsbestämmelser

2031:12

1. Denna lag träder i kraft den 1 januari 2032.

2033:401

1. Denna lag träder i kraft den 1 juli 2033.

2. Äldre bestämmelser gäller för pågående prov.
"""


@pytest.fixture(scope="module")
def made() -> object:
    return read_statute(MADE)


def test_the_head_gives_name_number_and_the_last_amendment(made) -> None:
    assert (made.title, made.sfs, made.short_name, made.consolidated_through) == (
        "Provlag (2031:12)",
        "2031:12",
        "provlagen",
        "2033:401",
    )


def test_sections_have_chapter_heading_number_and_amendment(made) -> None:
    found = [(s.chapter, s.chapter_title, s.heading, s.number, s.amended_by) for s in made.sections]
    assert found == [
        ("1", "Inledande bestämmelser", "Lagens syfte", "1", "2032:7"),
        ("1", "Inledande bestämmelser", "Särskilt om prov", "1 a", "2033:401"),
        ("1", "Inledande bestämmelser", "Särskilt om prov", "2", ""),
        ("1", "Inledande bestämmelser", "Särskilt om prov", "2", ""),
        ("2", "Beslut", "", "1", ""),
    ]


def test_a_reference_at_the_start_of_a_wrapped_line_begins_no_section(made) -> None:
    assert made.sections[0].paragraphs[0].endswith("5 § andra stycket tillämpas även 2 § provförordningen.")


def test_points_and_paragraphs_stay_apart_and_marks_are_taken_off(made) -> None:
    assert made.sections[0].paragraphs[1:] == ("Ett prov ska vara", "1. kort,", "2. sant, och", "3. begripligt.")
    assert made.sections[2].paragraphs == ("/Upphör att gälla U:2034-01-01/", "Nämnden får besluta om prov.")
    assert made.sections[3].paragraphs == ("/Träder i kraft I:2034-01-01/", "Styrelsen får besluta om prov.")
    assert made.sections[4].paragraphs == (
        "Beslut om prov fattas av",
        "a) nämnden, eller",
        "b) den som nämnden utser.",
    )


def test_transitional_provisions_stand_under_their_statute(made) -> None:
    assert [(name, len(paragraphs)) for name, paragraphs in made.transitional] == [("2031:12", 1), ("2033:401", 2)]


def test_the_locator_names_the_section_and_the_passage_keeps_the_source_words() -> None:
    source = Source("provlagen", "Provlag", "lag", Path("provlag.txt"), "")
    document = document_from_raw(source, RawDocument((Page(None, MADE),)), 130)
    locators = [passage.locator for passage in document.passages]
    assert locators[:2] == ["1 kap. 1 § provlagen", "1 kap. 1 a § provlagen"]
    assert document.passages[0].path == ("1 kap. Inledande bestämmelser", "Lagens syfte", "1 kap. 1 § provlagen")
    letters = re.sub(r"\W", "", MADE)
    assert all(re.sub(r"\W", "", line) in letters for line in document.passages[0].text.splitlines())


@pytest.mark.parametrize(
    "text", ["", "Protokoll\n\n1 § Val av justerare\n\n2 § Dagordning", "Lag (2031:1) om prov\n\nText."]
)
def test_other_texts_are_no_statutes(text: str) -> None:
    assert read_statute(text) is None


def _shared(name: str) -> str:
    if not (SHARED / name).is_file():
        pytest.skip(f"{name} is not beside the checkout")
    return (SHARED / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "short", "through"),
    [
        ("kommunallag-2017-725.txt", "kommunallagen", "2025:450"),
        ("kommunallag-as-published-2024-04.txt", "kommunallagen", "2023:708"),
    ],
)
def test_the_whole_of_kommunallagen_is_found_with_its_headings(name: str, short: str, through: str) -> None:
    statute = read_statute(_shared(name))
    rows = json.loads(_shared("kommunallag-2017-725.json"))["paragrafer"]
    assert statute is not None
    assert (statute.short_name, statute.consolidated_through) == (short, through)
    found = {(s.chapter, s.number): (s.chapter_title, s.heading) for s in statute.sections}
    expected = {(row["kap"], row["paragraf"]): (row["kapitelrubrik"], row["rubrik"]) for row in rows}
    later = {("4", "18 a")} if through == "2023:708" else set()
    assert {key: value for key, value in expected.items() if key not in later} == found
    assert len(found) == 333 - len(later)


def test_the_words_of_every_section_are_kept() -> None:
    statute = read_statute(_shared("kommunallag-2017-725.txt"))
    rows = json.loads(_shared("kommunallag-2017-725.json"))["paragrafer"]
    assert statute is not None
    for section, row in zip(statute.sections, rows, strict=True):
        mark = f"Lag ({section.amended_by})." if section.amended_by else ""
        assert re.sub(r"\W", "", " ".join(section.paragraphs) + mark) == re.sub(r"\W", "", row["text"])
        assert (section.amended_by or "2017:725") == row["lydelse"]


@pytest.mark.parametrize("name", ["forvaltningslag-2017-900.txt", "lag-2006-544-extraordinara-handelser.txt"])
def test_other_statutes_are_found_whole(name: str) -> None:
    text = _shared(name)
    statute = read_statute(text)
    assert statute is not None
    body = text.split("Övergångsbestämmelser")[0]
    numbers = re.findall(r"(?m)^(\d+(?: [a-z])?) § ", body)
    assert [section.number for section in statute.sections] == numbers
    assert section_name(statute, statute.sections[0]).endswith(f"1 § {statute.short_name}")
