"""PDFs made for the tests, together with what was written in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

WORDS = (
    "ansvar beslut chefer direktören ekonomi flera gemensamt instruktionen kommunen ledning mål nämnder ordförande "
    "politik rekrytering samverkan tid uppdrag verksamhet är och som inte ska bl.a. t.ex. SKR KLF Askersund 2024 "
    "kommunstyrelsens ärendeberedningen kommundirektörsrollen (alltför) – tjänstepersonsorganisationen över åtgärder"
).split()
STARTS = ("Kommunen", "Direktören", "Ekonomin", "Nämnder", "Samverkan", "Politiken", "Åtgärder", "Översynen")
TITLES = ("Ledning", "Samverkan", "Uppdrag", "Ansvar", "Rekrytering", "Ekonomi", "Öppenhet", "Ärenden")

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13, alignment=TA_JUSTIFY, spaceAfter=7)
HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=14, leading=18, spaceBefore=10, spaceAfter=6)
SMALL = ParagraphStyle("small", fontName="Helvetica", fontSize=8, leading=10)
BULLET = ParagraphStyle("bullet", parent=BODY, leftIndent=16, bulletIndent=4, spaceAfter=2)


@dataclass
class Written:
    """A PDF and its sentences in order, each with the label of its page; `other` is what else it says, in any order."""

    path: Path
    sentences: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    other: str = ""


def sentence(chance: random.Random, least: int = 6, most: int = 24) -> str:
    middle = " ".join(chance.choice(WORDS) for _ in range(chance.randint(least, most)))
    return f"{chance.choice(STARTS)} {middle} framöver nr {chance.randint(1000, 9999)}."


def paragraph(chance: random.Random, sentences: int = 4) -> list[str]:
    return [sentence(chance) for _ in range(sentences)]


class Noted(Paragraph):
    """A paragraph that tells on which page each of its sentences begins."""

    def __init__(self, sentences: Sequence[str], style: ParagraphStyle, written: Written, label: Callable[[int], str]):
        super().__init__(" ".join(sentences), style)
        self._given = (tuple(sentences), written, label)

    def split(self, *_: Any) -> list[Any]:
        return []

    def draw(self) -> None:
        sentences, written, label = self._given
        written.sentences += sentences
        written.labels += [label(self.canv.getPageNumber())] * len(sentences)
        super().draw()


def build(path: Path, story: list[Flowable], templates: list[PageTemplate], size: tuple[float, float] = A4) -> None:
    BaseDocTemplate(str(path), pagesize=size, pageTemplates=templates).build(story)


def frame(x: float, y: float, width: float, height: float) -> Frame:
    return Frame(x, y, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def one_column(path: Path, seed: int) -> Written:
    """Justified text with hyphenated line breaks under numbered headings, drawn line by line."""
    chance = random.Random(seed)
    written = Written(path)
    canvas = Canvas(str(path), pagesize=A4)
    y = 780.0
    for number in range(1, 6):
        title = f"{number} {chance.choice(TITLES)} och {chance.choice(TITLES).lower()}"
        if y < 160:
            canvas.showPage()
            y = 780.0
        written.headings.append(title)
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(72, y, title)
        y -= 26
        for _ in range(3):
            sentences = paragraph(chance)
            lines = hyphenated(" ".join(sentences), 450, "Times-Roman", 11, chance)
            if y - 14 * len(lines) < 60:
                canvas.showPage()
                y = 780.0
            written.sentences += sentences
            written.labels += [str(canvas.getPageNumber())] * len(sentences)
            for index, line in enumerate(lines):
                draw_justified(canvas, line, 72, y, 450, "Times-Roman", 11, last=index + 1 == len(lines))
                y -= 14
            y -= 8
    canvas.save()
    return written


def hyphenated(text: str, width: float, font: str, size: float, chance: random.Random) -> list[str]:
    """The text in lines of at most `width` points; now and then a long word is broken with a hyphen."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = [""]
    for word in text.split():
        line = f"{lines[-1]} {word}".strip()
        if stringWidth(line, font, size) <= width:
            lines[-1] = line
            continue
        cut = next((n for n in range(len(word) - 3, 2, -1) if fits(lines[-1], word[:n], width, font, size)), 0)
        if (
            cut
            and word[cut:] not in ("samt", "till")
            and len(word) > 8
            and word.isalpha()
            and word[1:].islower()
            and chance.random() < 0.7
        ):
            lines[-1] += f" {word[:cut]}-"
            lines.append(word[cut:])
        else:
            lines.append(word)
    return lines


def fits(line: str, part: str, width: float, font: str, size: float) -> bool:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return bool(stringWidth(f"{line} {part}-", font, size) <= width)


def draw_justified(
    canvas: Canvas, line: str, x: float, y: float, width: float, font: str, size: float, last: bool
) -> None:
    """The line with its words spread to `width` by word spacing, save the paragraph's last."""
    text = canvas.beginText(x, y)
    text.setFont(font, size)
    spaces = line.count(" ")
    rest = width - canvas.stringWidth(line, font, size)
    text.setWordSpace(0 if last or not spaces else rest / spaces)
    text.textOut(line)
    canvas.drawText(text)


def two_columns(path: Path, seed: int) -> Written:
    """A full-width heading and paragraph, two columns, and on the second page a heading between columns."""
    chance = random.Random(seed)
    written = Written(path)

    def number(page: int) -> str:
        return str(page)

    def template(name: str) -> PageTemplate:
        frames = [frame(56, 640, 483, 150), frame(56, 60, 228, 560), frame(311, 60, 228, 560)]
        return PageTemplate(name, frames)

    def text(count: int) -> list[Flowable]:
        return [Noted(paragraph(chance), BODY, written, number) for _ in range(count)]

    story: list[Flowable] = []
    for page in range(1, 3):
        heading = f"{page} {chance.choice(TITLES)} i kommunen"
        written.headings.append(heading)
        story += [
            Paragraph(heading, HEADING),
            *text(1),
            FrameBreak(),
            *text(5),
            FrameBreak(),
            *text(chance.choice((3, 5))),
        ]
        story.append(PageBreak())
    build(path, story[:-1], [template("two")])
    return written


def slides(path: Path, seed: int) -> Written:
    """16:9, a large title and bullets, long ones wrapped with a hanging indent, and the slide's number below."""
    chance = random.Random(seed)
    written = Written(path)
    size = (960.0, 540.0)
    canvas = Canvas(str(path), pagesize=size)
    for page in range(1, 6):
        title = f"{chance.choice(TITLES)} och {chance.choice(TITLES).lower()}"
        written.headings.append(title)
        canvas.setFont("Helvetica-Bold", 36)
        canvas.drawString(60, 460, title)
        y = 390.0
        for _ in range(chance.randint(3, 4)):
            words = sentence(chance, 6, 14)
            canvas.setFont("Helvetica", 20)
            written.sentences.append(words)
            written.labels.append(str(page))
            for index, line in enumerate(hyphenated(words, 780, "Helvetica", 20, random.Random(1))):
                if index == 0:
                    canvas.drawString(64, y, "•")
                canvas.drawString(88, y, line)
                y -= 25
            y -= 9
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 24, "Askersunds kommun")
        canvas.drawRightString(900, 24, str(page))
        canvas.showPage()
    canvas.save()
    return written


ROLES = (
    ("Namn", "Roll", "Ansvar i arbetet"),
    ("Anna Åberg", "Kommundirektör", "Leder förvaltningen och bereder ärenden till kommunstyrelsen under året"),
    ("Örjan Ek", "Ekonomichef", "Budget"),
    ("Mia Sjö", "Kanslichef", "Beredning av ärenden och diarieföring av handlingar som kommer in"),
    ("Per Ö", "HR-chef", "Rekrytering"),
)
HEAD, FOOT = "Instruktion för kommundirektören", "Askersunds kommun · Beslutad av kommunstyrelsen"
NOTE = "Se kommunallagen (2017:725) 7 kap. 2 § om vad instruktionen ska innehålla."


def report(path: Path, seed: int) -> Written:
    """Running head and foot, two roman pages before the arabic ones, a ruled table and a footnote."""
    chance = random.Random(seed)
    written = Written(path)

    def label(page: int) -> str:
        return ("i", "ii")[page - 1] if page <= 2 else str(page - 2)

    def decorate(canvas: Canvas, _: object) -> None:
        page = canvas.getPageNumber()
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 805, HEAD)
        canvas.drawRightString(523, 805, "Diarienr KS 2024/17")
        canvas.drawString(72, 30, FOOT)
        canvas.drawRightString(523, 30, f"Sida {label(page)}")
        if page == 3:
            canvas.line(72, 78, 200, 78)
            text = canvas.beginText(72, 64)
            text.setFont("Helvetica", 5)
            text.setRise(3)
            text.textOut("1")
            text.setRise(0)
            text.setFont("Helvetica", 8)
            text.textOut(f" {NOTE}")
            canvas.drawText(text)

    def noted(count: int) -> list[Flowable]:
        return [Noted(paragraph(chance), BODY, written, label) for _ in range(count)]

    body = PageTemplate("body", [frame(72, 90, 451, 690)], onPage=decorate)
    story: list[Flowable] = []
    for page in range(1, 6):
        heading = f"{page} {chance.choice(TITLES)}"
        written.headings.append(heading)
        story += [Paragraph(heading, HEADING), *noted(3)]
        if page == 3:
            marked = [*paragraph(chance, 1), "Instruktionen ska ange formerna för ledningen<super>1</super> framöver."]
            story.append(Paragraph(" ".join(marked), BODY))
            written.other = f"{' '.join(marked).replace('<super>1</super>', '¹')} ¹ {NOTE} {table_text()}"
            story += [roles(), Spacer(1, 10), *noted(1)]
        story.append(PageBreak())
    build(path, [NextPageTemplate("body"), *story[:-1]], [body])
    with_labels(path, 2)
    return written


def table_text() -> str:
    """The table as it is read: each cell under its column's name."""
    return " ".join(f"{name}: {cell} ·" for row in ROLES[1:] for name, cell in zip(ROLES[0], row, strict=True))


def roles() -> Table:
    cells = [[Paragraph(cell, SMALL) for cell in row] for row in ROLES]
    return Table(cells, colWidths=[110, 110, 200], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))


def with_labels(path: Path, roman: int) -> None:
    """Gives the first pages roman labels and lets the rest count from 1."""
    from pypdf import PdfWriter
    from pypdf.constants import PageLabelStyle

    writer = PdfWriter(clone_from=path)
    writer.set_page_label(0, roman - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(roman, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL, start=1)
    writer.write(path)


def rotated(path: Path, seed: int, turn: int) -> Written:
    """One column whose content is turned and whose /Rotate turns it back."""
    from pypdf import PdfWriter, Transformation

    written = one_column(path, seed)
    writer = PdfWriter(clone_from=BytesIO(path.read_bytes()))
    for page in writer.pages:
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        shift = {90: (height, 0), 180: (width, height), 270: (0, width)}[turn]
        page.add_transformation(Transformation().rotate(turn).translate(*shift))
        size = (width, height) if turn == 180 else (height, width)
        page.mediabox.upper_right = page.cropbox.upper_right = size
        page.rotation = turn
    writer.write(path)
    return written


LAYOUTS: dict[str, Callable[[Path, int], Written]] = {
    "one_column": one_column,
    "two_columns": two_columns,
    "slides": slides,
    "report": report,
    "rotated_90": lambda path, seed: rotated(path, seed, 90),
    "rotated_180": lambda path, seed: rotated(path, seed, 180),
    "rotated_270": lambda path, seed: rotated(path, seed, 270),
}


def raw_pdf(objects: Sequence[str | bytes]) -> bytes:
    """A PDF of these objects (the first is the catalogue), numbered from 1, with its table of places."""
    data = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + (body.encode("latin-1") if isinstance(body, str) else body) + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)


def stream(body: str, extra: str = "") -> str:
    return f"<< /Length {len(body)} {extra} >>\nstream\n{body}\nendstream"
