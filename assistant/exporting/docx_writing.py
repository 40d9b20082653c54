"""What a .docx is written with: runs, paragraphs, tables, footnotes, the package. The same input gives the same bytes.

Texts are given as one line of what XML allows (`paper.one_line`); here they are only escaped.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from assistant.exporting import docx_parts as parts
from assistant.exporting import phrases

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SUPERSCRIPT = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
#: The width between the margins in twentieths of a point (`docx_parts.SECTION`).
_TEXT_WIDTH = 9070


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself; `day` is also that of the files within."""

    title: str
    description: str
    day: date


class Footnotes:
    """The footnotes so far. Word numbers them from 1 in the order in which the text refers to them.

    Note `n` of those given is `notes[n - 1]`. One that is referred to again gets a note that points to the first.
    """

    def __init__(self, notes: Sequence[str]) -> None:
        self._notes = notes
        self._first: dict[int, int] = {}
        self._bodies: list[str] = []

    def marks(self, notes: Sequence[int]) -> str:
        """The runs that refer to new footnotes about these notes, with a raised comma between two of them."""
        return f"<w:r>{_SUPERSCRIPT}<w:t>,</w:t></w:r>".join(self._mark(note) for note in notes)

    def _mark(self, note: int) -> str:
        number = len(self._bodies) + 1
        mark = f'<w:r>{_SUPERSCRIPT}<w:footnoteReference w:id="{number}"/></w:r>'
        if note in self._first:
            self._bodies.append(run(phrases.SEE_NOTE) + _reference(self._first[note]) + run("."))
            return mark
        self._first[note] = number
        self._bodies.append(run(self._notes[note - 1]))
        return f'<w:bookmarkStart w:id="{number}" w:name="{_bookmark(number)}"/>{mark}<w:bookmarkEnd w:id="{number}"/>'

    def xml(self) -> str:
        lines = (
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
            f'w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for kind, number in (("separator", parts.SEPARATOR), ("continuationSeparator", parts.CONTINUATION))
        )
        notes = (
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            f"<w:r>{_SUPERSCRIPT}<w:footnoteRef/></w:r>{run(' ')}{body}</w:p></w:footnote>"
            for number, body in enumerate(self._bodies, 1)
        )
        return f'{_HEAD}<w:footnotes xmlns:w="{parts.WORD}">{"".join((*lines, *notes))}</w:footnotes>'


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(runs: str, style: str = "Normal") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def table(header: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> str:
    """A table of plain texts. `shares` are the columns' parts of the width; the header is repeated on each page."""
    widths = [round(_TEXT_WIDTH * share / sum(shares)) for share in shares]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_row(row, widths, "Normal") for row in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{_row(header, widths, 'TableHeader')}{body}</w:tbl>{paragraph('')}"
    )


def _row(cells: Sequence[str], widths: Sequence[int], style: str) -> str:
    repeated = "<w:tblHeader/>" if style == "TableHeader" else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph(run(text), style)}</w:tc>'
        for text, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{made}</w:tr>"


def package(body: Sequence[str], footnotes: Footnotes, properties: Properties) -> bytes:
    """The whole file. `body` are the document's paragraphs and tables in order."""
    content = "".join((*body, parts.SECTION))
    document = f'{_HEAD}<w:document xmlns:w="{parts.WORD}"><w:body>{content}</w:body></w:document>'
    return _packed(
        properties.day,
        {
            "[Content_Types].xml": parts.CONTENT_TYPES,
            "_rels/.rels": parts.PACKAGE_RELATIONS,
            "docProps/core.xml": _core(properties),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": parts.DOCUMENT_RELATIONS,
            "word/styles.xml": parts.STYLES,
            "word/numbering.xml": parts.NUMBERING,
            "word/settings.xml": parts.SETTINGS,
            "word/footnotes.xml": footnotes.xml(),
        },
    )


def _packed(day: date, files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (max(1980, day.year), day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.encode("utf-8"))
    return packed.getvalue()


def _bookmark(number: int) -> str:
    return f"_Not{number}"


def _reference(number: int) -> str:
    """A cross-reference to a footnote's number, which follows when notes are added or removed."""
    return f'<w:fldSimple w:instr=" NOTEREF {_bookmark(number)} \\h ">{run(str(number))}</w:fldSimple>'


def _core(properties: Properties) -> str:
    made = f'xsi:type="dcterms:W3CDTF">{properties.day.isoformat()}T00:00:00Z</dcterms:'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(properties.title)}</dc:title><dc:creator>{escape(phrases.CREATOR)}</dc:creator>"
        f"<dc:description>{escape(properties.description)}</dc:description>"
        f"<dc:language>{phrases.LANGUAGE}</dc:language>"
        f"<dcterms:created {made}created><dcterms:modified {made}modified></cp:coreProperties>"
    )
