"""PDFs made in several layouts, read back to the sentences that were written, on the right pages."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import ReadError
from assistant.reading.documents import document_from_raw
from assistant.reading.ocr import ocr_available
from assistant.reading.readers import read_file
from assistant.types import Document, Source

from .pdf_samples import FOOT, HEAD, LAYOUTS, NOTE, ROLES, Written, raw_pdf, report, stream

PROSE = (
    "Kommundirektören ska leda förvaltningen under kommunstyrelsen och ansvara för att ärendena bereds väl.",
    "Därutöver ska direktören se till att kommunstyrelsens beslut verkställs utan dröjsmål och följs upp varje år.",
    "Åtgärder som rör flera nämnder samordnas av direktören tillsammans med cheferna i ledningsgruppen.",
)


def document(path: Path) -> Document:
    return document_from_raw(Source("prov", "Prov", "rapport", path, "0"), read_file(path), 130)


def pages(path: Path) -> list[str]:
    return [page.text for page in read_file(path).pages]


def drawn(path: Path, lines: list[tuple[float, float, str]], size: float = 10, font: str = "Helvetica") -> Path:
    """A page with text at (x, y) in points from the lower left corner."""
    canvas = Canvas(str(path), pagesize=A4)
    for x, y, text in lines:
        canvas.setFont(font, size)
        canvas.drawString(x, y, text)
    canvas.save()
    return path


def one_line(text: str) -> str:
    return " ".join(text.split())


def check(written: Written) -> Document:
    """Each sentence stands whole in a passage, in order, and the passage names the page on which it was drawn."""
    read = document(written.path)
    position = 0
    for sentence, label in zip(written.sentences, written.labels, strict=True):
        found = [n for n, passage in enumerate(read.passages) if sentence in one_line(passage.text)]
        assert found, sentence
        assert max(found) >= position, sentence
        position = next(n for n in found if n >= position)
        passage = read.passages[position]
        assert label in (passage.first_page, passage.last_page), sentence
    assert [section.path[-1] for section in read.sections if section.path] == written.headings
    return read


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_read_back_as_it_was_written(layout: str, seed: int, tmp_path: Path) -> None:
    written = LAYOUTS[layout](tmp_path / f"{layout}.pdf", seed)
    read = check(written)
    text = one_line(" ".join(passage.text for passage in read.passages))
    assert {*text.split()} - {"•"} <= {*" ".join((*written.sentences, written.other)).split()}


def test_a_report_has_its_labels_table_and_note_and_no_running_heads(tmp_path: Path) -> None:
    read = check(report(tmp_path / "rapport.pdf", 4))
    assert [span.label for span in read.pages] == ["i", "ii", "1", "2", "3"]
    text = "\n".join(passage.text for passage in read.passages)
    for furniture in (HEAD, FOOT, "Diarienr", "Sida"):
        assert furniture not in text
    names = ROLES[0]
    for row in ROLES[1:]:
        assert " · ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True)) in text
    note = next(passage for passage in read.passages if NOTE in passage.text)
    assert f"¹ {NOTE}" in note.text
    assert "ledningen¹ framöver." in note.text
    assert note.first_page == "1"


def test_a_sentence_goes_on_in_the_next_column_also_at_a_name(tmp_path: Path) -> None:
    left = [*wrap(f"{PROSE[0]} {PROSE[1]} {PROSE[2]} Samverkan sker med Örebro och", 220), ""]
    right = wrap(f"Askersund i frågor om vatten. {PROSE[1]} {PROSE[0]} {PROSE[2]}", 220)
    lines = [(60.0, 700 - 13.0 * i, text) for i, text in enumerate(left)]
    lines += [(310.0, 697 - 13.0 * i, text) for i, text in enumerate(right)]
    full = [(60.0, 760 - 13.0 * i, text) for i, text in enumerate(wrap(" ".join(PROSE), 470))]
    text = one_line(pages(drawn(tmp_path / "spalter.pdf", [*full, *lines]))[0])
    assert "Samverkan sker med Örebro och Askersund i frågor om vatten." in text


def wrap(text: str, width: float, size: float = 10) -> list[str]:
    lines = [""]
    for word in text.split():
        line = f"{lines[-1]} {word}".strip()
        if stringWidth(line, "Helvetica", size) <= width:
            lines[-1] = line
        else:
            lines.append(word)
    return lines


def test_three_columns_are_read_one_after_another(tmp_path: Path) -> None:
    lines = []
    for column, x in enumerate((50.0, 225.0, 400.0)):
        text = f"Spalt {column + 1} börjar här. " + " ".join(PROSE)
        lines += [(x, 700 - 12.0 * i, line) for i, line in enumerate(wrap(text, 150))]
    lines.append((50.0, 760.0, "En rubrik som står över alla tre spalterna på sidan och som är lång"))
    text = one_line(pages(drawn(tmp_path / "tre.pdf", lines))[0])
    for number in (1, 2, 3):
        assert f"Spalt {number} börjar här. {' '.join(PROSE)}" in text
    assert text.startswith("En rubrik")


def test_columns_of_prose_are_no_table_and_an_aligned_table_is_no_prose(tmp_path: Path) -> None:
    rows = [("Möte", "Dag", "Deltar"), ("Ledningsgrupp", "måndag", "alla chefer"), ("Presidium", "", "ordförande")]
    rows += [("Beredning", "onsdag", "handläggare")]
    table = [
        (x, 600 - 16.0 * i, cell)
        for i, row in enumerate(rows)
        for x, cell in zip((60.0, 200.0, 320.0), row, strict=True)
    ]
    prose = [(60.0, 700 - 13.0 * i, line) for i, line in enumerate(wrap(" ".join(PROSE), 470))]
    path = drawn(tmp_path / "tabell.pdf", [*prose, *table])
    text = "\n".join(passage.text for passage in document(path).passages)
    assert "Möte: Ledningsgrupp · Dag: måndag · Deltar: alla chefer" in text
    assert "Möte: Presidium · Deltar: ordförande" in text
    assert " ".join(PROSE) in one_line(text)


def test_cells_of_several_lines_are_joined_in_an_aligned_table(tmp_path: Path) -> None:
    rows: list[list[tuple[str, ...]]] = [[("Namn", "Roll", "Ansvar")]]
    rows += [
        [
            ("Anna Åberg", "Direktör", "Leder förvaltningen"),
            ("", "", "och bereder ären-"),
            ("", "", "den till styrelsen"),
        ]
    ]
    rows += [[("Örjan Ek", "Ekonomichef", "Budget")], [("Mia Sjö", "Kanslichef", "Diarium")]]
    lines, y = [], 700.0
    for row in rows:
        for physical in row:
            lines += [(x, y, cell) for x, cell in zip((60.0, 180.0, 300.0), physical, strict=True) if cell]
            y -= 12
        y -= 8
    text = pages(drawn(tmp_path / "celler.pdf", lines))[0]
    assert "| Anna Åberg | Direktör | Leder förvaltningen och bereder ärenden till styrelsen |" in text
    assert "| Örjan Ek | Ekonomichef | Budget |" in text


def test_a_list_with_hanging_indents_is_no_table_and_keeps_its_levels(tmp_path: Path) -> None:
    lines = [(60.0, 740.0, "Direktören ska:")]
    for i in range(4):
        y = 720 - 40.0 * i
        lines += [(66.0, y, "•"), (84.0, y, f"leda arbete {i} tillsammans med cheferna")]
        lines += [(90.0, y - 14, "–"), (108.0, y - 14, f"rapportera delmål {i} till SKR")]
    text = pages(drawn(tmp_path / "lista.pdf", lines))[0]
    assert "|" not in text
    assert "\n• leda arbete 0 tillsammans med cheferna\n" in text
    assert re.search(r"\n +– rapportera delmål 0 till SKR", text)


def test_words_are_neither_glued_nor_split(tmp_path: Path) -> None:
    """Each word drawn alone, each letter drawn alone, and letters set wide apart."""
    canvas = Canvas(str(tmp_path / "ord.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 11)
    x = 60.0
    for word in PROSE[0].split():
        canvas.drawString(x, 700, word)
        x += stringWidth(word, "Helvetica", 11) + 0.18 * 11
    x = 60.0
    for char in PROSE[2][:70]:
        canvas.drawString(x, 660, char)
        x += stringWidth(char, "Helvetica", 11)
    x = 60.0
    for char in "ÅRSREDOVISNING ÖVER TID":
        if char != " ":
            canvas.drawString(x, 620, char)
        x += stringWidth(char, "Helvetica", 11) + 3
    canvas.save()
    text = pages(tmp_path / "ord.pdf")[0]
    assert PROSE[0] in text
    assert PROSE[2][:70].strip() in text
    assert "ÅRSREDOVISNING ÖVER TID" in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"(e\\002ektiv \\003nansiering \\004ytt) Tj", "effektiv finansiering flytt"),
        (b"(verk) Tj 0 -13 Td (ansvars\\255) Tj 0 -13 Td (fr\\345gan) Tj", "verk ansvarsfrågan"),
        (b"[(h\\250) 444 (arad -) -278 (\\250) 444 (oppna )] TJ", "härad - öppna"),
        (b"/Span <</ActualText (offert)>> BDC (o) Tj (xx) Tj EMC ( ja) Tj", "offert ja"),
        (b"(synlig) Tj /Artifact <</Type /Pagination>> BDC (sidhuvud) Tj EMC", "synlig"),
    ],
)
def test_ligatures_soft_hyphens_accents_and_marked_content(content: bytes, expected: str, tmp_path: Path) -> None:
    encoding = "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [2 /ff /fi /fl] >>"
    text = f"BT /F 10 Tf 60 700 Td {content.decode('latin-1')} ET"
    path = tmp_path / "tecken.pdf"
    path.write_bytes(one_page(text, encoding))
    assert one_line(" ".join(passage.text for passage in document(path).passages)) == expected


def one_page(content: str, encoding: str = "/WinAnsiEncoding", extra: str = "/MediaBox [0 0 595 842]") -> bytes:
    return raw_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R {extra} /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
            stream(content),
            f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding {encoding} >>",
        ]
    )


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_drawn_turned_on_an_upright_page_is_read(turn: int, tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "vriden.pdf"), pagesize=A4)
    canvas.translate(297, 421)
    canvas.rotate(turn)
    canvas.setFont("Helvetica", 10)
    for index, line in enumerate(wrap(" ".join(PROSE), 350)):
        canvas.drawString(-180, 100 - 13 * index, line)
    canvas.save()
    assert one_line(pages(tmp_path / "vriden.pdf")[0]) == " ".join(PROSE)


def test_text_outside_the_crop_box_is_left_out(tmp_path: Path) -> None:
    content = "BT /F 10 Tf 150 300 Td (inom ramen) Tj 0 400 Td (utanför ramen) Tj ET"
    path = tmp_path / "beskuren.pdf"
    path.write_bytes(one_page(content, extra="/MediaBox [0 0 595 842] /CropBox [100 100 500 500]"))
    assert pages(path)[0].strip() == "inom ramen"


def test_a_table_goes_on_over_a_page_break_without_its_second_header(tmp_path: Path) -> None:
    from reportlab.platypus import SimpleDocTemplate, Table

    rows = [["Nr", "Namn", "Roll"], *([str(n), f"Namn {n}", f"Roll {n}"] for n in range(60))]
    grid = Table(rows, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    SimpleDocTemplate(str(tmp_path / "lang.pdf")).build([grid])
    read = document(tmp_path / "lang.pdf")
    text = "\n".join(passage.text for passage in read.passages)
    assert all(f"Nr: {n} · Namn: Namn {n} · Roll: Roll {n}" in text for n in range(60))
    assert "Namn: Namn ·" not in text
    assert {passage.first_page for passage in read.passages} == {"1", "2"}


def test_a_running_head_in_ruled_cells_is_left_out(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "huvud.pdf"), pagesize=A4)
    for page in range(1, 5):
        canvas.grid([60, 250, 400, 530], [770, 790, 810])
        canvas.setFont("Helvetica", 8)
        for x, y, text in ((64, 796, "Dokument"), (254, 796, "Diarienr"), (404, 796, "Sida")):
            canvas.drawString(x, y, text)
        for x, y, text in ((64, 776, "Instruktion"), (254, 776, "KS 2024/17"), (404, 776, f"{page} (4)")):
            canvas.drawString(x, y, text)
        canvas.setFont("Helvetica", 11)
        for index, line in enumerate(wrap(f"Sida nummer {page} börjar. " + " ".join(PROSE), 430)):
            canvas.drawString(60, 640 - 14 * index, line)
        canvas.showPage()
    canvas.save()
    for number, text in enumerate(pages(tmp_path / "huvud.pdf"), 1):
        assert text.strip().startswith(f"Sida nummer {number} börjar.")
        assert "Diarienr" not in text


def test_two_pages_with_the_same_first_line_keep_it(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "brev.pdf"), pagesize=A4)
    for _ in range(2):
        canvas.drawString(60, 790, "Beslut om instruktion")
        canvas.drawString(60, 700, "Kommunstyrelsen beslutar enligt förslaget.")
        canvas.showPage()
    canvas.save()
    assert all("Beslut om instruktion" in text for text in pages(tmp_path / "brev.pdf"))


def test_labels_that_two_pages_share_give_way_to_numbers(tmp_path: Path) -> None:
    from pypdf import PdfWriter
    from pypdf.constants import PageLabelStyle

    path = tmp_path / "etiketter.pdf"
    canvas = Canvas(str(path))
    for number in range(4):
        canvas.drawString(60, 700, f"Sidan har texten nummer {number}.")
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=BytesIO(path.read_bytes()))
    for start in (0, 2):
        writer.set_page_label(start, start + 1, style=PageLabelStyle.DECIMAL, start=1)
    writer.write(path)
    assert [page.label for page in read_file(path).pages] == ["1", "2", "3", "4"]


def hostile() -> dict[str, bytes]:
    text = "BT /F 10 Tf 60 700 Td (En mening som finns.) Tj ET"
    deep = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    deep.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>")
    deep += [stream("/X Do"), "<< /XObject << /X 6 0 R >> >>"]
    for number in range(6, 2006):
        inner = f"/Resources << /XObject << /X {number + 1} 0 R >> >>"
        deep.append(stream("/X Do", f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {inner}"))
    deep.append(stream(text, "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"))
    loop = [*deep[:5], stream("/X Do /X Do", "/Subtype /Form /BBox [0 0 9 9] /Resources 5 0 R")]
    plain = one_page(text)
    return {
        "no size": one_page(text, extra="/MediaBox [0 0 0 0]"),
        "odd size": one_page(text, extra="/MediaBox [(a) 0 /B 842]"),
        "upside down": one_page(text, extra="/MediaBox [595 842 0 0]"),
        "turned by 45": one_page(text, extra="/MediaBox [0 0 595 842] /Rotate 45"),
        "no contents": plain.replace(b"/Contents 4 0 R", b"/Nothing  4 0 R"),
        "outside": one_page(text.replace("60 700", "6000 9000")),
        "far outside": one_page(text.replace("60 700", "1e30 -1e30")),
        "no font": plain.replace(b"/Font << /F 5 0 R >>", b"/Font << /G 5 0 R >>"),
        "no operands": one_page("BT Tf Td Tj TJ Tm cm re l m ' \" Do BDC ET Q Q Q"),
        "wrong operands": one_page("BT /F /F Tf (a) (b) Td [/N null] TJ 1 Tj (x) 1 cm /F 0 Tf (y) Tj ET /X /Y BDC EMC"),
        "no end": plain[: len(plain) // 2],
        "zero matrix": one_page("BT /F 10 Tf 0 0 0 0 0 0 Tm (platt) Tj ET"),
        "many q": one_page("q " * 20000 + text),
        "many words": one_page("BT /F 10 Tf 60 700 Td " + "(ord) Tj 1 0 Td " * 30000 + "ET"),
        "many rules": one_page(
            "".join(f"{i % 500} 0 m {i % 500} 800 l S 0 {i} m 500 {i} l S " for i in range(6000)) + text
        ),
        "nested forms": raw_pdf(deep),
        "forms in a ring": raw_pdf(loop),
        "bomb": bomb(text),
        "not a PDF": b"%PDF-1.7\n" + b"\x00\xff" * 500,
    }


def bomb(text: str) -> bytes:
    """A stream of 40 MB of operators in a file of some kilobytes."""
    packed = zlib.compress((text + " " + "1 0 0 RG " * 4_500_000).encode(), 9)
    objects: list[str | bytes] = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream",
    ]
    return raw_pdf(objects)


HOSTILE = hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_text_or_a_read_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "elak.pdf"
    path.write_bytes(HOSTILE[name])
    message = text = ""
    try:
        text = "".join(page.text for page in read_file(path).pages)
    except ReadError as error:
        message = str(error)
    assert text.strip() or "elak.pdf" in message


@pytest.mark.parametrize("name", ["no size", "odd size", "upside down", "many q", "many rules", "turned by 45"])
def test_what_can_be_read_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "udda.pdf"
    path.write_bytes(HOSTILE[name])
    assert "En mening som finns." in pages(path)[0]


def pictures(path: Path, texts: list[str]) -> Path:
    """Pages of text, those in capitals as pictures."""
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader

    canvas = Canvas(str(path), pagesize=A4)
    for text in texts:
        if text.isupper():
            image = Image.new("L", (1600, 200), 255)
            ImageDraw.Draw(image).text((20, 50), text.capitalize(), font=ImageFont.load_default(64), fill=0)
            canvas.drawImage(ImageReader(image), 40, 600, 500, 62)
        else:
            canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return path


def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.reading.ocr.importlib.util.find_spec", lambda name: None)


def test_pages_that_are_pictures_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ocr(monkeypatch)
    assert "pytesseract" in ocr_available()
    raw = read_file(pictures(tmp_path / "bilder.pdf", ["Text ett.", "BILD", "Text tre.", "BILD", "Text fem."]))
    assert any("sidorna 2, 4 saknar text" in note for note in raw.notes)


def test_a_file_of_pictures_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ocr(monkeypatch)
    with pytest.raises(ReadError, match="alla sidor är bilder utan text"):
        read_file(pictures(tmp_path / "bilder.pdf", ["BILD", "BILD"]))


@pytest.mark.skipif(bool(ocr_available()), reason=ocr_available() or "OCR finns")
def test_pictures_of_text_are_read_where_tesseract_is_installed(tmp_path: Path) -> None:
    raw = read_file(pictures(tmp_path / "ocr.pdf", ["Text ett.", "KOMMUNEN HAR EN PLAN FOR ARBETET"]))
    assert "Kommunen har en plan" in raw.pages[1].text
    assert any("sidorna 2 är bilder som har lästs med OCR" in note for note in raw.notes)
