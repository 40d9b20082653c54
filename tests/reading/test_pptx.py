"""Presentations: made with python-pptx, with the format's own XML where that cannot make them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pptx
import pytest
from lxml import etree
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.util import Inches

from assistant.errors import ReadError
from assistant.reading.documents import document_from_raw
from assistant.reading.readers import read_file
from assistant.types import Document, Source

A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
TITLE, CONTENT, SECTION, COMPARISON, ONLY_TITLE, BLANK = 0, 1, 2, 4, 5, 6


def document(path: Path) -> Document:
    source = Source("prov", "Prov", "eget", path, "0", origin="own")
    return document_from_raw(source, read_file(path), 130)


def blocks(path: Path) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in read_file(path).blocks]


class Show:
    """A presentation in the making."""

    def __init__(self, folder: Path) -> None:
        self.made = pptx.Presentation()
        self.path = folder / "prov.pptx"

    def slide(self, layout: int, *texts: str) -> Any:
        """A slide whose placeholders hold the texts, the title's first; each line is a paragraph."""
        slide = self.made.slides.add_slide(self.made.slide_layouts[layout])
        for placeholder, text in zip(slide.placeholders, texts, strict=False):
            placeholder.text_frame.text = text
        return slide

    def box(self, slide: Any, text: str, left: float, top: float, width: float = 3, height: float = 1) -> Any:
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        box.text_frame.text = text
        return box

    def saved(self) -> Path:
        self.made.save(self.path)
        return self.path


@pytest.fixture
def show(tmp_path: Path) -> Show:
    return Show(tmp_path)


def test_slides_are_sections_and_pages(show: Show) -> None:
    show.slide(TITLE, "Ledning i kommunen", "Åsa Öberg")
    slide = show.slide(CONTENT, "Direktörens uppdrag", "Leder förvaltningen\nKallar till möten\nFöljer upp")
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    show.slide(SECTION, "Del två", "Om styrning.")
    read = document(show.saved())
    assert [(section.path, section.first_page) for section in read.sections] == [
        (("Ledning i kommunen",), "bild 1"),
        (("Direktörens uppdrag",), "bild 2"),
        (("Del två",), "bild 3"),
    ]
    assert [(passage.locator, passage.text) for passage in read.passages] == [
        ("Ledning i kommunen, bild 1", "Åsa Öberg"),
        ("Direktörens uppdrag, bild 2", "• Leder förvaltningen\n  ‒ Kallar till möten\n• Följer upp"),
        ("Del två, bild 3", "Om styrning."),
    ]
    assert [page.label for page in read.pages] == ["bild 1", "bild 2", "bild 3"]


def test_slide_without_a_title_stands_apart_from_the_one_before(show: Show) -> None:
    show.slide(CONTENT, "Uppdrag", "Leder")
    show.box(show.slide(BLANK), "Fri text.", 1, 1)
    assert [(p.path, p.locator) for p in document(show.saved()).passages] == [
        (("Uppdrag",), "Uppdrag, bild 1"),
        ((), "bild 2"),
    ]


def test_text_is_read_from_the_top_whatever_order_it_was_stored_in(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Rubrik")
    show.box(slide, "Nederst.", 1, 6)
    show.box(slide, "Högst upp.", 1, 2)
    show.box(slide, "Mitten.", 1.5, 4)
    show.box(slide, "Ovanför rubriken.", 1, 0)
    order = ["Rubrik", "Ovanför rubriken.", "Högst upp.", "Mitten.", "Nederst."]
    assert [text for _, _, text in blocks(show.saved())] == order


def test_columns_are_read_one_after_the_other(show: Show) -> None:
    show.slide(COMPARISON, "Roller", "Politik", "Beslutar", "Förvaltning", "Bereder")
    slide = show.slide(ONLY_TITLE, "Tre spalter")
    for column in (2, 0, 1):
        for line in (1, 0):
            show.box(slide, f"{'ABC'[column]}{line}", column * 3.2, 3 + line * 1.5)
    show.box(slide, "Inledning över hela bredden.", 0, 1.8, width=9.5)
    show.box(slide, "Avslutning över hela bredden.", 0, 6.4, width=9.5)
    assert [text for _, _, text in blocks(show.saved())] == [
        *("Roller", "Politik", "Beslutar", "Förvaltning", "Bereder"),
        *("Tre spalter", "Inledning över hela bredden."),
        *("A0", "A1", "B0", "B1", "C0", "C1"),
        "Avslutning över hela bredden.",
    ]


def test_overlapping_boxes_are_read_from_the_top_and_hidden_ones_not_at_all(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Rubrik")
    show.box(slide, "Andra.", 1, 3.4, height=2)
    show.box(slide, "Första.", 1.2, 3, height=2)
    show.box(slide, "Dold.", 1, 1)._element.nvSpPr.cNvPr.set("hidden", "1")
    assert [text for _, _, text in blocks(show.saved())] == ["Rubrik", "Första.", "Andra."]


def test_groups_are_opened(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Grupp")
    show.box(slide, "Efter gruppen.", 1, 6)
    group = slide.shapes.add_group_shape()
    for text, top in (("Under.", 4), ("Över.", 3)):
        shape = group.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(1), Inches(top), Inches(2), Inches(0.5))
        shape.text_frame.text = text
    assert [text for _, _, text in blocks(show.saved())] == ["Grupp", "Över.", "Under.", "Efter gruppen."]


def test_bullets_and_numbers_decide_what_is_an_item(show: Show) -> None:
    slide = show.slide(CONTENT, "Punkter", "Utan punkt\nMed punkt\nFörst\nSedan\nDjupt")
    bullets = ["buNone", "", 'buAutoNum type="arabicPeriod"', 'buAutoNum type="arabicPeriod"', ""]
    for paragraph, bullet in zip(slide.placeholders[1].text_frame.paragraphs, bullets, strict=True):
        if bullet:
            paragraph._p.get_or_add_pPr().append(parse_xml(f"<a:{bullet} {A}/>"))
    slide.placeholders[1].text_frame.paragraphs[4].level = 1
    box = show.box(slide, "Ruta utan punkt\nRuta med punkt", 1, 6.6)
    box.text_frame.paragraphs[1]._p.get_or_add_pPr().append(parse_xml(f'<a:buChar {A} char="–"/>'))
    assert blocks(show.saved())[1:] == [
        ("paragraph", 0, "Utan punkt"),
        ("item", 1, "Med punkt"),
        ("item", 1, "1. Först"),
        ("item", 1, "2. Sedan"),
        ("item", 2, "Djupt"),
        ("paragraph", 0, "Ruta utan punkt"),
        ("item", 1, "Ruta med punkt"),
    ]


def test_tables_are_rows_under_their_columns_names(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Tabell")
    rows = [["Roll", "Namn", "Ort"], ["Chef", "Åsa", "Umeå"], ["Alla", "", "Växjö"]]
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(2), Inches(8), Inches(2)).table
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    table.cell(2, 1).text = "under"
    assert document(show.saved()).passages[0].text == "Roll: Chef · Namn: Åsa · Ort: Umeå\nRoll: Alla · Ort: Växjö"


def test_table_without_a_header_row_has_no_names(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Tabell")
    table = slide.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(8), Inches(2)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Ja", "Nej"
    assert blocks(show.saved())[1:] == [("row", 0, "Ja · Nej")]


def test_numbers_dates_footers_notes_and_hidden_slides_are_left_out(show: Show) -> None:
    slide = show.slide(CONTENT, "Synlig", "Text")
    slide.notes_slide.notes_text_frame.text = "Anteckning"
    for number, kind in enumerate(("sldNum", "ftr", "dt"), 10):
        show.box(slide, f"Sidfot {kind}", 1, 6.5)
        holder = slide.shapes[-1]._element.nvSpPr.find(".//{*}nvPr")
        holder.append(parse_xml(f'<p:ph {_P} type="{kind}" idx="{number}"/>'))
    field = f'<a:fld {A} id="{{00000000-0000-0000-0000-000000000000}}" type="slidenum"><a:t>77</a:t></a:fld>'
    slide.placeholders[1].text_frame.paragraphs[0]._p.append(parse_xml(field))
    show.slide(CONTENT, "Dold", "Hemlig")._element.set("show", "0")
    show.slide(CONTENT, "Sist", "Slut")
    raw = read_file(show.saved())
    assert [(block.text, block.marks[0][1]) for block in raw.blocks] == [
        *(("Synlig", "bild 1"), ("Text", "bild 1")),
        *(("Sist", "bild 3"), ("Slut", "bild 3")),
    ]
    assert len(raw.notes) == 1
    assert raw.notes[0].endswith("dessa bilder är dolda och lästes inte: 2.")


_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'


def test_line_breaks_and_raised_digits(show: Show) -> None:
    slide = show.slide(CONTENT, "Två\vrader", "10 m")
    paragraph = slide.placeholders[1].text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.text = "2"
    run.font._element.set("baseline", "30000")
    assert [text for _, _, text in blocks(show.saved())] == ["Två rader", "10 m²"]


def test_slides_without_text_are_reported(show: Show) -> None:
    show.slide(CONTENT, "Rubrik", "Text")
    show.slide(BLANK)
    assert [note.split(": ", 1)[1] for note in read_file(show.saved()).notes] == ["dessa bilder är utan text: 2."]


def test_diagram_text_is_read(show: Show) -> None:
    slide = show.slide(ONLY_TITLE, "Diagram")
    diagram = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    frame = (
        f'<p:graphicFrame {_P} {A}><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/><p:cNvGraphicFramePr/><p:nvPr/>'
        '</p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic>'
        f'<a:graphicData uri="{diagram}"><dgm:relIds xmlns:dgm="{diagram}" xmlns:r="{relations}" r:dm="rId77"/>'
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )
    slide.shapes._spTree.append(parse_xml(frame))
    points = "".join(
        f'<dgm:pt type="{kind}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        for kind, text in (("node", "Styrelse"), ("pres", "skräp"), ("node", "Direktör"))
    )
    data = f'<dgm:dataModel xmlns:dgm="{diagram}" {A}><dgm:ptLst>{points}</dgm:ptLst></dgm:dataModel>'
    path = _with(show.saved(), {"ppt/diagrams/data1.xml": data})
    links = zipfile.ZipFile(path).read("ppt/slides/_rels/slide1.xml.rels").decode()
    link = f'<Relationship Id="rId77" Type="{relations}/diagramData" Target="../diagrams/data1.xml"/></Relationships>'
    _with(path, {"ppt/slides/_rels/slide1.xml.rels": links.replace("</Relationships>", link)})
    assert blocks(path)[1:] == [("item", 1, "Styrelse"), ("item", 1, "Direktör")]


def _with(path: Path, changed: dict[str, str], left_out: str = "-") -> Path:
    """The same package with some parts written anew or left out."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (members | {name: text.encode() for name, text in changed.items()}).items():
            if name != left_out:
                archive.writestr(name, data)
    return path


# What cannot be read


def refusal(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read_file(path)
    line = str(caught.value)
    assert line.startswith(f'Kunde inte läsa "{path}": ')
    assert "\n" not in line
    return line


@pytest.fixture
def plain(show: Show) -> Path:
    show.slide(CONTENT, "Rubrik", "Text")
    return show.saved()


def test_password_and_damage(plain: Path) -> None:
    whole = plain.read_bytes()
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    plain.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "har lösenord" in refusal(plain)
    plain.write_bytes(ole)
    assert "spara den som .pptx" in refusal(plain)
    for data in (b"hej", whole[: len(whole) // 2], whole[:-30]):
        plain.write_bytes(data)
        assert "trasig, avkortad eller ingen PowerPoint-fil" in refusal(plain)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("ppt/presentation.xml", "saknar själva dokumentet"),
        ("ppt/slides/slide1.xml", "trasig"),
        ("[Content_Types].xml", "ingen PowerPoint-fil"),
    ],
)
def test_missing_parts(plain: Path, part: str, expected: str) -> None:
    assert expected in refusal(_with(plain, {}, left_out=part))


def test_macros_and_entities_are_refused(plain: Path) -> None:
    bomb = '<!DOCTYPE p [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><p:sld xmlns:p="p">&b;</p:sld>'
    assert "otillåten dokumenttyp" in refusal(_with(plain, {"ppt/slides/slide1.xml": bomb}))
    assert "innehåller makron. Spara en kopia utan makron (.pptx)" in refusal(_with(plain, {"ppt/vbaProject.bin": "x"}))


def test_word_document_with_the_ending_and_an_empty_show(plain: Path, show: Show, tmp_path: Path) -> None:
    import docx

    docx.Document().save(str(tmp_path / "fel.pptx"))
    assert "ingen PowerPoint-fil" in refusal(tmp_path / "fel.pptx")
    empty = Show(tmp_path)
    empty.path = tmp_path / "tom.pptx"
    assert "saknar text" in refusal(empty.saved())


def test_zip_bomb_is_refused(plain: Path) -> None:
    assert "orimligt stor" in refusal(_with(plain, {"ppt/media/a.png": "0" * 11_000_000}))


def test_namespaces_made_by_other_programs(plain: Path) -> None:
    """The prefixes are the writer's own choice."""
    with zipfile.ZipFile(plain) as archive:
        root = etree.fromstring(archive.read("ppt/slides/slide1.xml"))
    text = etree.tostring(root).decode().replace("<p:", "<q:").replace("</p:", "</q:").replace("xmlns:p=", "xmlns:q=")
    assert [text for _, _, text in blocks(_with(plain, {"ppt/slides/slide1.xml": text}))] == ["Rubrik", "Text"]
