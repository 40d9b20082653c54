"""A .docx that other programs open: a sound package, Word's own footnotes, and a structure that a reader can hear."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
import pytest
from lxml import etree

from assistant.assistant import Assistant
from assistant.exporting.export import export
from assistant.types import Answer, AnswerSentence
from tests.exporting.export_samples import DAY, GUIDE, HOSTILE, answer, cite, hostile_answer, refusal, second_answer
from tests.exporting.export_samples import whole_answer as whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/package/2006/relationships}"
T = "{http://schemas.openxmlformats.org/package/2006/content-types}"
BROKEN = "a\ud800b\x00c\x0bd\u2028e\x85f\ufffeg\nh"


def broken_answer() -> Answer:
    return answer(BROKEN, [AnswerSentence(BROKEN, (1,))], [cite(1, GUIDE, BROKEN)], notice=BROKEN, writer=BROKEN)


CONVERSATIONS: dict[str, list[Answer]] = {
    "one": [whole()],
    "several": [whole(), second_answer(), refusal(), whole()],
    "refusal": [refusal()],
    "hostile": [hostile_answer()],
    "broken": [broken_answer()],
}


@pytest.fixture(params=CONVERSATIONS)
def package(request: pytest.FixtureRequest) -> zipfile.ZipFile:
    return opened(*CONVERSATIONS[request.param])


def opened(*conversation: Answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export(conversation, "docx", DAY)))


def part(package: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(package.read(name))


def text_of(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def footnotes(package: zipfile.ZipFile) -> dict[int, Any]:
    """The footnotes' paragraphs by id, without the two that draw lines."""
    found = part(package, "word/footnotes.xml").findall(f"{W}footnote")
    return {int(note.get(f"{W}id")): note.find(f"{W}p") for note in found if note.get(f"{W}type") is None}


def test_every_part_has_a_type_and_every_relation_a_target(package: zipfile.ZipFile) -> None:
    assert package.testzip() is None
    names = package.namelist()
    assert names[0] == "[Content_Types].xml"
    types = part(package, "[Content_Types].xml")
    named = {one.get("PartName").lstrip("/") for one in types.findall(f"{T}Override")}
    extensions = {one.get("Extension") for one in types.findall(f"{T}Default")}
    assert named <= set(names)
    assert {name for name in names if name.endswith(".xml")} - named == {"[Content_Types].xml"}
    assert {"rels", "xml"} <= extensions
    for relations, base in (("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")):
        targets = [base + one.get("Target") for one in part(package, relations).findall(f"{R}Relationship")]
        assert set(targets) <= set(names)
        assert len(targets) == len(set(targets))
    assert "word/footnotes.xml" in targets


def test_every_footnote_is_referred_to_once_and_in_order(package: zipfile.ZipFile) -> None:
    body = part(package, "word/document.xml")
    referred = [int(one.get(f"{W}id")) for one in body.iter(f"{W}footnoteReference")]
    assert referred == list(footnotes(package)) == list(range(1, len(referred) + 1))
    for note in footnotes(package).values():
        assert note.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "FootnoteText"
        assert note.find(f"{W}r/{W}footnoteRef") is not None
        assert text_of(note).strip()


def test_the_lines_above_footnotes_are_there(package: zipfile.ZipFile) -> None:
    notes = part(package, "word/footnotes.xml").findall(f"{W}footnote")[:2]
    assert [note.get(f"{W}type") for note in notes] == ["separator", "continuationSeparator"]
    assert notes[0].find(f".//{W}separator") is not None
    assert notes[1].find(f".//{W}continuationSeparator") is not None
    named = part(package, "word/settings.xml").findall(f"{W}footnotePr/{W}footnote")
    assert [one.get(f"{W}id") for one in named] == [note.get(f"{W}id") for note in notes]


def test_every_style_and_list_that_is_used_is_defined(package: zipfile.ZipFile) -> None:
    styles = {one.get(f"{W}styleId") for one in part(package, "word/styles.xml").findall(f"{W}style")}
    for name in ("word/document.xml", "word/footnotes.xml", "word/styles.xml", "word/numbering.xml"):
        for kind in ("pStyle", "rStyle", "basedOn", "next"):
            assert {one.get(f"{W}val") for one in part(package, name).iter(f"{W}{kind}")} <= styles
    numbers = {one.get(f"{W}numId") for one in part(package, "word/numbering.xml").findall(f"{W}num")}
    assert {one.get(f"{W}val") for one in part(package, "word/styles.xml").iter(f"{W}numId")} <= numbers


def test_python_docx_opens_it(package: zipfile.ZipFile) -> None:
    document = docx.Document(package.fp)
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Heading 1") == 1
    assert styles[0] == "Heading 1"
    assert "Heading 2" in styles
    assert all(paragraph.text.strip() for paragraph in document.paragraphs), "an empty paragraph is no space"
    properties = document.core_properties
    assert properties.title.startswith(("Fråga och svar: ", "Frågor och svar: "))
    assert properties.language == "sv-SE"
    assert "AI-assistent" in properties.comments
    assert properties.created is not None
    assert properties.created.replace(tzinfo=None) == datetime(2026, 11, 22)


def test_its_language_is_swedish(package: zipfile.ZipFile) -> None:
    language = part(package, "word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert language.get(f"{W}val") == "sv-SE"


def test_the_words_of_a_whole_answer() -> None:
    package = opened(whole())
    paragraphs = [(p.style.name, p.text) for p in docx.Document(package.fp).paragraphs if p.style]
    assert paragraphs == [
        ("Heading 1", "Fråga och svar"),
        ("List Bullet", "Datum: 22 november 2026"),
        ("List Bullet", "Sökindex: index-7"),
        ("List Bullet", "Så kom svaret till: hämtat direkt ur källorna"),
        (
            "Upplysning",
            "Svaret är sammanställt av en AI-assistent. Kontrollera det mot källorna innan du använder det. "
            "Fotnoterna visar var varje påstående står.",
        ),
        ("Heading 2", "Vem utser direktören?"),
        ("Normal", "Styrelsen utser direktören. Det står i lagen.,"),
        ("List Bullet", "Direktören ska leda förvaltningen"),
        ("List Bullet", "bereda ärenden."),
        ("Normal", "En intervjuad säger: ”Vi blir plantskola för chefer.”"),
        ("Upplysning", "2 meningar är utelämnade, för de har inget stöd i källorna."),
    ]
    assert [text_of(note).strip() for note in footnotes(package).values()] == [
        "Kommunallag (2017:725), Riksdagen, 2017, 7 kap. 1 § (lag, i lydelsen till och med SFS 2025:450): "
        "”Styrelsen ska utse en direktör.”",
        "Se not 1.",
        "Kommunallagen i korthet, 7 kap. 1 § (redogörelse för lag, inte lagens ordalydelse, "
        "i lydelsen till och med SFS 2025:450): ”Styrelsen ska utse en direktör.”",
        "Instruktion för kommundirektören, 7 kap. 1 § (beslut i en kommun): "
        "”Direktören ska: • leda förvaltningen, • bereda ärenden. Uppdrag · Ansvar / Leda · Hen”",
        "Se not 4.",
        "Himmel och helvete, SmåKom, 2024, 7 kap. 1 §, s. 12 (en intervjuads ord, rapport): "
        "”Vi blir plantskola för chefer.”",
    ]


def test_a_note_that_refers_to_another_follows_its_number() -> None:
    """By a bookmark around the reference to the first one, so that Word can renumber."""
    package = opened(*CONVERSATIONS["several"])
    marked = {}
    for start in part(package, "word/document.xml").iter(f"{W}bookmarkStart"):
        reference = start.getnext().find(f"{W}footnoteReference")
        marked[start.get(f"{W}name")] = reference.get(f"{W}id")
    fields = [field for note in footnotes(package).values() for field in note.iter(f"{W}fldSimple")]
    assert len(fields) > 4
    for field in fields:
        _, name, _ = field.get(f"{W}instr").split()
        assert text_of(field) == marked[name]
    assert len(set(marked)) == len(
        {text_of(note) for note in footnotes(package).values() if "Se not" not in text_of(note)}
    )


def test_withheld_sentences_are_not_in_it() -> None:
    package = opened(whole(), refusal())
    everything = b"".join(package.read(name) for name in package.namelist()).decode()
    assert "Fullmäktige utser" not in everything
    assert "Lönen är hög" not in everything


def test_hostile_words_stand_as_they_are() -> None:
    package = opened(hostile_answer())
    assert HOSTILE in [paragraph.text for paragraph in docx.Document(package.fp).paragraphs]
    assert HOSTILE in text_of(footnotes(package)[1])


def test_unfit_characters_are_left_out() -> None:
    package = opened(broken_answer())
    assert "ab c d e fg h" in [paragraph.text for paragraph in docx.Document(package.fp).paragraphs]


def test_the_same_answers_give_the_same_bytes() -> None:
    assert export([whole()], "docx", DAY) == export([whole()], "docx", DAY)


QUESTIONS = ("Vem ska utse kommundirektören?", "Vilka uppgifter har kommundirektören?", "Hur bakar man surdegsbröd?")


def test_real_answers_keep_every_quotation(assistant: Assistant) -> None:
    answers = [assistant.ask(question) for question in QUESTIONS]
    package = opened(*answers)
    notes = " ".join(text_of(note) for note in footnotes(package).values()).replace(" / ", " ")
    markdown = export(answers, "md", DAY).decode()
    assert sum(len(each.citations) for each in answers) > 2
    for citation in (citation for each in answers for citation in each.citations):
        assert " ".join(citation.quote.split()) in notes
        assert citation.source.title in notes
    body = " ".join(paragraph.text for paragraph in docx.Document(package.fp).paragraphs)
    for sentence in (sentence for each in answers for sentence in each.sentences):
        assert " ".join(sentence.text.split()) in body
    assert "Källorna svarar inte på det." in body
    assert markdown.count("\n## ") == len(QUESTIONS)
