"""Word documents: made with python-docx, or from the format's own XML where that cannot make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from assistant.errors import ReadError
from assistant.reading.documents import document_from_raw
from assistant.reading.readers import read_file
from assistant.types import Document, Source

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


def document(path: Path) -> Document:
    source = Source("prov", "Prov", "eget", path, "0", origin="own")
    return document_from_raw(source, read_file(path), 130)


def blocks(path: Path) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in read_file(path).blocks]


def texts(path: Path) -> list[str]:
    return [block.text for block in read_file(path).blocks]


def parts(body: str, content_type: str = MAIN, namespace: str = W, **extra: str) -> dict[str, str]:
    """A whole package with this body; `extra` holds the inside of styles, numbering, footnotes or endnotes."""
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for n, kind in enumerate(extra)
    )
    names = (
        f'xmlns:w="{namespace}" xmlns:r="{OFFICE}" xmlns:mc="{COMPATIBLE}" '
        f'xmlns:wps="{SHAPE}" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    found = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{content_type}"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
    }
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes"}
    return found | {f"word/{k}.xml": f"<w:{roots[k]} {names}>{v}</w:{roots[k]}>" for k, v in extra.items()}


def packed(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def p(text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def listed(text: str, level: int = 0, number: int = 1, style: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return p(text, f'{named}<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def level(number: int, form: str, text: str) -> str:
    start = f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
    return f'{start}<w:lvlText w:val="{text}"/></w:lvl>'


HEADING_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="Rubrik{n}"><w:name w:val="heading {n}"/><w:pPr><w:numPr>'
    f'<w:ilvl w:val="{n - 1}"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    for n in (1, 2, 3)
)
DECIMAL = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "decimal", "%1")
    + level(1, "decimal", "%1.%2")
    + level(2, "decimal", "%1.%2.%3")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    def make(body: str, **extra: str) -> Path:
        return packed(tmp_path / "prov.docx", parts(body, **extra))

    return make


def saved(made_document: Any, folder: Path) -> Path:
    made_document.save(folder / "prov.docx")
    return folder / "prov.docx"


def test_document_of_headings_lists_and_a_table(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_heading("Instruktion för kommundirektören", 0)
    word.add_heading("Uppdrag", 1)
    word.add_paragraph("Direktören leder *hela* förvaltningen och ska:")
    word.add_paragraph("kalla chefer till möten", style="List Bullet")
    word.add_paragraph("även ersättare", style="List Bullet 2")
    word.add_paragraph("följa upp besluten", style="List Bullet")
    word.add_heading("Ersättare", 2)
    word.add_paragraph("Åsa Öberg är ersättare.")
    rows = [["Roll", "Namn", "Ansvar"], ["Direktör", "Åsa Öberg", "Ledning"], ["Chef", "", "Ekonomi"]]
    table = word.add_table(3, 3)
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    word.add_paragraph("Tabellen gäller 2024.")
    read = document(saved(word, tmp_path))

    assert [section.path for section in read.sections] == [
        ("Instruktion för kommundirektören",),
        ("Uppdrag",),
        ("Uppdrag", "Ersättare"),
    ]
    assert [passage.text for passage in read.passages] == [
        "Direktören leder *hela* förvaltningen och ska:\n\n• kalla chefer till möten\n  ‒ även ersättare\n"
        "• följa upp besluten",
        "Åsa Öberg är ersättare.\n\nRoll: Direktör · Namn: Åsa Öberg · Ansvar: Ledning\n"
        "Roll: Chef · Ansvar: Ekonomi\n\nTabellen gäller 2024.",
    ]
    assert [passage.locator for passage in read.passages] == ["Uppdrag", "Uppdrag, Ersättare"]
    assert all(read.text[passage.start : passage.end] == passage.text for passage in read.passages)


def test_title_that_only_repeats_what_the_document_is_called_is_no_heading(tmp_path: Path) -> None:
    word = docx.Document()
    word.core_properties.title = "Instruktion för kommundirektören"
    word.add_heading("Instruktion för  Kommundirektören", 0)
    word.add_paragraph("Antagen av styrelsen.")
    read = document(saved(word, tmp_path))
    assert [passage.path for passage in read.passages] == [()]


def test_heading_levels_come_from_style_inheritance_and_outline_level(tmp_path: Path) -> None:
    word = docx.Document()
    own = word.styles.add_style("Kommunens kapitel", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = word.styles["Heading 2"]
    word.add_heading("Ledning", 1)
    word.add_paragraph("Möten", style="Kommunens kapitel")
    outlined = word.add_paragraph("Kallelser")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))
    word.add_paragraph("Chefer kallas varje måndag.")
    assert document(saved(word, tmp_path)).passages[0].path == ("Ledning", "Möten", "Kallelser")


def test_long_text_in_a_heading_style_is_a_paragraph(made: Callable[..., Path]) -> None:
    path = made(p("Direktören leder arbetet. " * 10, '<w:pStyle w:val="Rubrik1"/>'), styles=HEADING_STYLES)
    assert [kind for kind, _, _ in blocks(path)] == ["paragraph"]


def test_headings_get_the_numbers_that_the_list_gives_them(made: Callable[..., Path]) -> None:
    body = "".join(
        p(text, f'<w:pStyle w:val="Rubrik{depth}"/>')
        for depth, text in [
            (1, "Inledning"),
            (1, "Roller"),
            (2, "Styrelsen"),
            (2, "Direktören"),
            (3, "Ansvar"),
            (1, "Slut"),
        ]
    )
    path = made(body + p("Text i slutet."), styles=HEADING_STYLES, numbering=DECIMAL)
    assert texts(path)[:-1] == ["1 Inledning", "2 Roller", "2.1 Styrelsen", "2.2 Direktören", "2.2.1 Ansvar", "3 Slut"]


def test_heading_without_a_number_in_a_numbered_style_has_none(made: Callable[..., Path]) -> None:
    style = '<w:pStyle w:val="Rubrik1"/>'
    body = p("Förord", style + '<w:numPr><w:numId w:val="0"/></w:numPr>') + p("Inledning", style)
    assert texts(made(body, styles=HEADING_STYLES, numbering=DECIMAL)) == ["Förord", "1 Inledning"]


def test_list_numbers_by_level_format_and_restart(made: Callable[..., Path]) -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="5">'
        + level(0, "decimal", "%1.")
        + level(1, "lowerLetter", "%2)")
        + level(2, "upperRoman", "%3.")
        + '</w:abstractNum><w:abstractNum w:abstractNumId="6">'
        + level(0, "bullet", "•")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
        '</w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="6"/></w:num>'
    )
    order = [(0, 1), (1, 1), (1, 1), (2, 1), (0, 1), (1, 1), (0, 2), (0, 2), (0, 3)]
    path = made("".join(listed("x", depth, number) for depth, number in order), numbering=numbering)
    assert texts(path) == ["1. x", "a) x", "b) x", "I. x", "2. x", "a) x", "7. x", "8. x", "x"]
    read = document(path)
    assert read.text == "1. x\na) x\nb) x\nI. x\n2. x\na) x\n7. x\n8. x\n• x"


def test_legal_numbering_shows_figures(made: Callable[..., Path]) -> None:
    second = level(1, "decimal", "%1.%2").replace("<w:lvlText", "<w:isLgl/><w:lvlText")
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "upperRoman", "%1")}{second}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert texts(made(listed("x") + listed("y", 1), numbering=numbering)) == ["I x", "1.1 y"]


def test_list_by_way_of_a_numbering_style(made: Callable[..., Path]) -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="Lista"><w:name w:val="Lista"/>'
        '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Lista"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1">{level(0, "lowerLetter", "%1)")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )
    assert texts(made(listed("x") + listed("y"), styles=styles, numbering=numbering)) == ["a) x", "b) y"]


def test_body_text_outline_level_takes_a_heading_style_back(made: Callable[..., Path]) -> None:
    plain = p("Ingress.", '<w:pStyle w:val="Rubrik1"/><w:outlineLvl w:val="9"/>')
    unnumbered = HEADING_STYLES.replace('<w:numId w:val="1"/>', '<w:numId w:val="0"/>')
    assert blocks(made(plain, styles=unnumbered)) == [("paragraph", 0, "Ingress.")]


def test_bullets_and_letters_typed_by_hand_are_list_items(made: Callable[..., Path]) -> None:
    body = p("Direktören ska:") + p("- leda arbetet") + p("•\tfölja upp") + p("a) kalla till möten") + p("1. Bakgrund")
    assert [(kind, text) for kind, _, text in blocks(made(body))] == [
        ("paragraph", "Direktören ska:"),
        ("item", "leda arbetet"),
        ("item", "följa upp"),
        ("item", "a) kalla till möten"),
        ("paragraph", "1. Bakgrund"),
    ]


def test_footnotes_and_endnotes_follow_the_block_that_cites_them(made: Callable[..., Path]) -> None:
    cite = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = (
        f"<w:p><w:r><w:t>Se lagen</w:t></w:r>{cite.format(7)}"
        f"<w:r><w:t> och rapporten.</w:t></w:r>{cite.format(3)}</w:p>"
        + p("Nästa stycke.")
        + '<w:p><w:r><w:t>Sista</w:t></w:r><w:r><w:endnoteReference w:id="2"/></w:r></w:p>'
    )
    separator = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    notes = {7: "Kommunallagen.", 3: "SKR 2024."}
    foot = separator + "".join(f'<w:footnote w:id="{n}">{p(" " + text)}</w:footnote>' for n, text in notes.items())
    path = made(body, footnotes=foot, endnotes=f'<w:endnote w:id="2">{p("Slutnot.")}</w:endnote>')
    assert [(kind, text) for kind, _, text in blocks(path)] == [
        ("paragraph", "Se lagen¹ och rapporten.²"),
        ("footnote", "¹ Kommunallagen."),
        ("footnote", "² SKR 2024."),
        ("paragraph", "Nästa stycke."),
        ("paragraph", "Sista¹"),
        ("footnote", "¹ Slutnot."),
    ]


def test_tracked_changes_are_read_as_accepted(made: Callable[..., Path]) -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">Direktören </w:t></w:r>'
        "<w:del><w:r><w:delText>kan</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>ska</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> bort</w:t></w:r></w:moveFrom>"
        "<w:r><w:t> leda.</w:t></w:r></w:p>"
        '<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">Två stycken </w:t></w:r></w:p>'
        + p("blev ett.")
        + "<w:ins>"
        + p("Infogat.")
        + "</w:ins>"
    )
    assert texts(made(body)) == ["Direktören ska leda.", "Två stycken blev ett.", "Infogat."]


def test_links_fields_content_controls_and_signs_are_kept_in_order(made: Callable[..., Path]) -> None:
    body = (
        '<w:p><w:hyperlink r:id="x"><w:r><w:t>SKR</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>år </w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
        "<w:r><w:t>hemligt</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2024</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:fldSimple w:instr="DATE"><w:r><w:t>, maj</w:t></w:r></w:fldSimple>'
        "<w:r><w:noBreakHyphen/><w:t>juni</w:t><w:softHyphen/><w:br/><w:t>slut</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent>{p('I en kontroll.')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Klicka här.')}</w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>10 m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r></w:p>"
    )
    assert texts(made(body)) == ["SKR år 2024, maj-juni slut", "I en kontroll.", "10 m²"]


def test_text_boxes_come_once_after_their_paragraph(made: Callable[..., Path]) -> None:
    inside = f"<w:txbxContent>{p('I rutan.')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Stycket.</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>" + p("Efteråt.")
    )
    assert texts(made(body)) == ["Stycket.", "I rutan.", "Efteråt."]


def test_hidden_text_comments_headers_and_footers_are_left_out(tmp_path: Path) -> None:
    word = docx.Document()
    shown = word.add_paragraph("Synligt")
    shown.add_run(" hemligt").font.hidden = True
    shown.add_run(" igen.")
    word.add_comment(shown.runs[0], text="Kommentar", author="A", initials="A")
    word.sections[0].header.paragraphs[0].text = "Sidhuvud"
    word.sections[0].footer.paragraphs[0].text = "Sidfot"
    path = saved(word, tmp_path)
    assert texts(path) == ["Synligt igen."]


def test_table_of_contents_is_left_out_with_its_heading(made: Callable[..., Path]) -> None:
    styles = (
        HEADING_STYLES
        + '<w:style w:type="paragraph" w:styleId="Innehll1"><w:name w:val="toc 1"/></w:style>'
        + '<w:style w:type="paragraph" w:styleId="IR"><w:name w:val="TOC Heading"/>'
        + '<w:basedOn w:val="Rubrik1"/></w:style>'
    )
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    contents = p("Innehåll", '<w:pStyle w:val="IR"/>') + p("1 Uppdrag 3")
    body = (
        f"<w:sdt><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{contents}</w:sdtContent></w:sdt>"
        + p("Innehåll", '<w:pStyle w:val="Rubrik1"/>')
        + p("Uppdrag 3", '<w:pStyle w:val="Innehll1"/>')
        + p("Uppdrag", '<w:pStyle w:val="Rubrik1"/>')
        + p("Text.")
    )
    assert texts(made(body, styles=styles)) == ["Uppdrag", "Text."]


def bold(text: str) -> str:
    return f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>"


def test_bold_lines_are_headings_where_no_style_is(made: Callable[..., Path]) -> None:
    body = (
        bold("Instruktion")
        + bold("1. Uppdrag")
        + p("Direktören leder förvaltningen.")
        + bold("1.1 Möten")
        + p("Möten hålls.")
        + bold("Detta är viktigt.")
        + p("Så är det.")
    )
    read = document(made(body))
    assert [passage.path for passage in read.passages] == [(), ("1. Uppdrag",), ("1. Uppdrag", "1.1 Möten")]
    assert read.passages[2].text == "Möten hålls.\n\nDetta är viktigt.\n\nSå är det."


def test_bold_lines_are_paragraphs_where_headings_have_styles(made: Callable[..., Path]) -> None:
    body = p("Uppdrag", '<w:pStyle w:val="Rubrik1"/>') + bold("Fet rad") + p("Direktören leder.")
    assert [kind for kind, _, _ in blocks(made(body, styles=HEADING_STYLES))] == ["heading", "paragraph", "paragraph"]


def cell(inside: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def row(*words: str) -> str:
    return "".join(cell(p(word)) for word in words)


def test_merged_cells_are_read_once(made: Callable[..., Path]) -> None:
    span, begin, goes_on = '<w:gridSpan w:val="{}"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        cell(p("Tabell 1"), span.format(3)),
        row("Roll", "Namn", "Ort"),
        cell(p("Chef"), begin) + cell(p("Åsa")) + cell(p("Umeå")),
        cell(p(""), goes_on) + cell(p("Örjan"), span.format(2)),
        cell(p("Alla chefer"), span.format(3)),
    )
    assert blocks(made(body)) == [
        ("paragraph", 0, "Tabell 1"),
        ("row", 0, "Roll: Chef · Namn: Åsa · Ort: Umeå"),
        ("row", 0, "Namn: Örjan"),
        ("row", 0, "Alla chefer"),
    ]


def test_nested_tables_lists_and_deleted_rows(made: Callable[..., Path]) -> None:
    inner = table(row("inre", "ruta"))
    body = table(
        row("Roll", "Uppgift"),
        cell(p("Chef")) + cell(p("Leder") + p("Följer upp") + inner + p("")),
        "<w:trPr><w:del/></w:trPr>" + row("Borttagen", "rad"),
        row("Direktör", "Styr"),
    )
    assert texts(made(body)) == ["Roll: Chef · Uppgift: Leder; Följer upp inre ruta", "Roll: Direktör · Uppgift: Styr"]


def test_layout_tables_are_paragraphs(made: Callable[..., Path]) -> None:
    column = table(cell(p("Ett.")), cell(p("Två.")))
    side_by_side = table(row("Vänster.", "Höger."))
    headed = table(cell(p("Rubriken", '<w:pStyle w:val="Rubrik1"/>')) + cell(p("A.")), cell(p("Text.")) + cell(p("B.")))
    path = made(column + side_by_side + headed, styles=HEADING_STYLES)
    assert [(kind, text) for kind, _, text in blocks(path)] == [
        *(("paragraph", text) for text in ("Ett.", "Två.", "Vänster.", "Höger.")),
        ("heading", "Rubriken"),
        *(("paragraph", text) for text in ("A.", "Text.", "B.")),
    ]


def test_first_page_form_pairs_names_with_values(made: Callable[..., Path]) -> None:
    body = table(cell(bold("Antagen av")) + cell(p("Styrelsen")), cell(bold("Datum")) + cell(p("2024-05-01")))
    assert texts(made(body)) == ["Antagen av: Styrelsen", "Datum: 2024-05-01"]


def test_footnote_in_a_table_follows_its_row(made: Callable[..., Path]) -> None:
    cited = '<w:p><w:r><w:t>Chef</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    body = table(row("Roll", "Namn"), cell(cited) + cell(p("Åsa")), row("Ordförande", "Bo"))
    path = made(body, footnotes=f'<w:footnote w:id="1">{p("Tillförordnad.")}</w:footnote>')
    assert texts(path) == ["Roll: Chef¹ · Namn: Åsa", "¹ Tillförordnad.", "Roll: Ordförande · Namn: Bo"]


def test_strict_dialect_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "prov.docx", parts(p("Åtta ärenden."), namespace=STRICT))
    assert texts(path) == ["Åtta ärenden."]


def test_decomposed_letters_are_composed(made: Callable[..., Path]) -> None:
    assert texts(made(p("A\u030asa och O\u0308rjan\u00a0 \u00adbor"))) == ["Åsa och Örjan bor"]


# What cannot be read


def refusal(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read_file(path)
    line = str(caught.value)
    assert line.startswith(f'Kunde inte läsa "{path}": ')
    assert "\n" not in line
    return line


def test_password_and_older_format(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    path = tmp_path / "prov.docx"
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(500))
    assert "har lösenord. Spara en kopia utan lösenord" in refusal(path)
    path.write_bytes(ole + "WordDocument".encode("utf-16-le"))
    assert "äldre format. Öppna den och spara den som .docx" in refusal(path)


def test_not_a_zip_truncated_or_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path / "prov.docx", parts(p("Text " * 2000)))
    whole = path.read_bytes()
    for data in (b"hej", whole[: len(whole) // 2], whole[:40] + bytes(30) + whole[70:], whole[:-30]):
        path.write_bytes(data)
        assert "trasig, avkortad eller inget Word-dokument" in refusal(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("word/document.xml", "<w:document"),
        ("word/document.xml", "<?xml version='1.0' encoding='nonsens'?><a/>"),
        ("[Content_Types].xml", "inte xml"),
    ],
)
def test_broken_xml(tmp_path: Path, name: str, text: str) -> None:
    assert "trasig" in refusal(packed(tmp_path / "prov.docx", parts(p("x")) | {name: text}))


def test_without_a_document_part(tmp_path: Path) -> None:
    members = parts(p("x"))
    for gone in ("word/document.xml", "_rels/.rels"):
        path = packed(tmp_path / "prov.docx", {name: text for name, text in members.items() if name != gone})
        assert "saknar själva dokumentet" in refusal(path)


def test_another_format_with_the_ending(tmp_path: Path) -> None:
    other = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert "inget Word-dokument" in refusal(packed(tmp_path / "prov.docx", parts(p("x"), content_type=other)))


def test_macros_are_refused(tmp_path: Path) -> None:
    enabled = "application/vnd.ms-word.document.macroEnabled.main+xml"
    for members in (parts(p("x"), content_type=enabled), parts(p("x")) | {"word/vbaProject.bin": "x"}):
        line = refusal(packed(tmp_path / "prov.docx", members))
        assert "innehåller makron. Spara en kopia utan makron (.docx)" in line


def test_entity_bomb_is_refused(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]><w:document xmlns:w="{W}">&l9;</w:document>'
    for name in ("word/document.xml", "[Content_Types].xml", "_rels/.rels"):
        assert "otillåten dokumenttyp" in refusal(packed(tmp_path / "prov.docx", parts(p("x")) | {name: bomb}))


def test_zip_bombs_are_refused_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = packed(tmp_path / "hel.docx", parts(p("x"))).read_bytes()
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    zeros = bytes(11_000_000)

    def with_members(*members: tuple[str, bytes]) -> Path:
        data = io.BytesIO(whole)
        with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                archive.writestr(name, content)
        (tmp_path / "prov.docx").write_bytes(data.getvalue())
        return tmp_path / "prov.docx"

    assert "orimligt stor" in refusal(with_members(("word/media/a.png", zeros)))
    assert "orimligt stor" in refusal(with_members(*((f"word/media/{n}", b"") for n in range(10_001))))
    claims = bytearray(with_members(("word/media/a.png", b"x")).read_bytes())
    entry = claims.rindex(b"PK\x01\x02")
    claims[entry + 24 : entry + 28] = (201_000_000).to_bytes(4, "little")
    (tmp_path / "prov.docx").write_bytes(claims)
    assert "orimligt stor" in refusal(tmp_path / "prov.docx")


def test_nothing_outside_the_file_is_followed(tmp_path: Path) -> None:
    external = (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{OFFICE}/attachedTemplate" Target="http://127.0.0.1:9/m.dotm" '
        'TargetMode="External"/>'
        f'<Relationship Id="b" Type="{OFFICE}/styles" Target="file:///etc/passwd" TargetMode="External"/>'
        f'<Relationship Id="c" Type="{OFFICE}/numbering" Target="../../../../etc/passwd"/></Relationships>'
    )
    members = parts(p("Text.")) | {"word/_rels/document.xml.rels": external}
    assert texts(packed(tmp_path / "prov.docx", members)) == ["Text."]


def test_a_document_without_text(made: Callable[..., Path], tmp_path: Path) -> None:
    assert "saknar text" in refusal(made("<w:p/>"))
    (tmp_path / "tom.docx").write_bytes(b"")
    assert "filen är tom" in refusal(tmp_path / "tom.docx")


def test_deep_nesting_is_refused_in_one_line(made: Callable[..., Path]) -> None:
    deep = "<w:ins>" * 50_000 + p("x") + "</w:ins>" * 50_000
    assert "trasig" in refusal(made(deep))


def test_numbers_beyond_reason_do_no_harm(made: Callable[..., Path]) -> None:
    huge = "99999999999"
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{level(0, "upperRoman", "%1.")}</w:abstractNum><w:num w:numId="1">'
        f'<w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="{huge}"/>'
        "</w:lvlOverride></w:num>"
    )
    wide = table(row("Roll", "Namn"), cell(p("Chef"), f'<w:gridSpan w:val="{huge}"/>') + cell(p("Bo")))
    path = made(listed("x") + listed("y", int(huge)) + wide, numbering=numbering)
    assert texts(path) == [f"{huge}. x", "y", "Roll: Chef · Bo"]


def test_an_inserted_document_is_reported(made: Callable[..., Path]) -> None:
    raw = read_file(made(p("Text.") + '<w:altChunk r:id="x"/>'))
    assert len(raw.notes) == 1
    assert "infogat dokument lästes inte" in raw.notes[0]
