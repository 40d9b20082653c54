"""A paper as .docx with Word's own footnotes. The same paper gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

from assistant.exporting import docx_parts as parts
from assistant.exporting import phrases
from assistant.exporting.paper import Block, Exchange, Paper, Sentence

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SUPERSCRIPT = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'


def to_docx(paper: Paper) -> bytes:
    """The whole package. A place that is cited again has a note of its own, which refers to the first one."""
    footnotes = _Footnotes(paper.notes)
    document = _document(paper, footnotes)
    return _packed(
        paper,
        {
            "[Content_Types].xml": parts.CONTENT_TYPES,
            "_rels/.rels": parts.PACKAGE_RELATIONS,
            "docProps/core.xml": _properties(paper),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": parts.DOCUMENT_RELATIONS,
            "word/styles.xml": parts.STYLES,
            "word/numbering.xml": parts.NUMBERING,
            "word/settings.xml": parts.SETTINGS,
            "word/footnotes.xml": footnotes.xml(),
        },
    )


def _packed(paper: Paper, files: dict[str, str]) -> bytes:
    day = paper.day
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (max(1980, day.year), day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content.encode("utf-8"))
    return packed.getvalue()


class _Footnotes:
    """The footnotes so far. Word numbers them from 1 in the order in which the text refers to them."""

    def __init__(self, notes: tuple[str, ...]) -> None:
        self._notes = notes
        self._first: dict[int, int] = {}
        self._bodies: list[str] = []

    def mark(self, note: int) -> str:
        """The run that refers to a new footnote about note `note` of the paper."""
        number = len(self._bodies) + 1
        run = f'<w:r>{_SUPERSCRIPT}<w:footnoteReference w:id="{number}"/></w:r>'
        if note in self._first:
            self._bodies.append(_run(phrases.SEE_NOTE) + _reference(self._first[note]) + _run("."))
            return run
        self._first[note] = number
        self._bodies.append(_run(self._notes[note - 1]))
        return f'<w:bookmarkStart w:id="{number}" w:name="{_bookmark(number)}"/>{run}<w:bookmarkEnd w:id="{number}"/>'

    def xml(self) -> str:
        lines = (
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:after="0" w:line="240" '
            f'w:lineRule="auto"/></w:pPr><w:r><w:{kind}/></w:r></w:p></w:footnote>'
            for kind, number in (("separator", parts.SEPARATOR), ("continuationSeparator", parts.CONTINUATION))
        )
        notes = (
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            f"<w:r>{_SUPERSCRIPT}<w:footnoteRef/></w:r>{_run(' ')}{body}</w:p></w:footnote>"
            for number, body in enumerate(self._bodies, 1)
        )
        return f'{_HEAD}<w:footnotes xmlns:w="{parts.WORD}">{"".join((*lines, *notes))}</w:footnotes>'


def _bookmark(number: int) -> str:
    return f"_Not{number}"


def _reference(number: int) -> str:
    """A cross-reference to a footnote's number, which follows when notes are added or removed."""
    return f'<w:fldSimple w:instr=" NOTEREF {_bookmark(number)} \\h ">{_run(str(number))}</w:fldSimple>'


def _document(paper: Paper, footnotes: _Footnotes) -> str:
    body = (
        _paragraph(_run(paper.heading), "Heading1"),
        *(_paragraph(_run(fact), "ListBullet") for fact in paper.facts),
        _paragraph(_run(paper.warning), "Notice"),
        *(part for exchange in paper.exchanges for part in _exchange(exchange, footnotes)),
        parts.SECTION,
    )
    return f'{_HEAD}<w:document xmlns:w="{parts.WORD}"><w:body>{"".join(body)}</w:body></w:document>'


def _exchange(exchange: Exchange, footnotes: _Footnotes) -> Iterator[str]:
    yield _paragraph(_run(exchange.question), "Heading2")
    for remark in exchange.remarks:
        yield _paragraph(_run(remark), "Notice")
    for block in exchange.blocks:
        yield _paragraph(_words(block, footnotes), "ListBullet" if block.kind == "item" else "Normal")
    if exchange.left_out:
        yield _paragraph(_run(exchange.left_out), "Notice")


def _words(block: Block, footnotes: _Footnotes) -> str:
    return _run(" ").join(_sentence(sentence, footnotes) for sentence in block.sentences)


def _sentence(sentence: Sentence, footnotes: _Footnotes) -> str:
    """The sentence and its marks, with a raised comma between two of them."""
    marks = f"<w:r>{_SUPERSCRIPT}<w:t>,</w:t></w:r>".join(footnotes.mark(note) for note in sentence.notes)
    return _run(sentence.text) + marks


def _paragraph(runs: str, style: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _properties(paper: Paper) -> str:
    made = f'xsi:type="dcterms:W3CDTF">{paper.day.isoformat()}T00:00:00Z</dcterms:'
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:creator>{escape(phrases.CREATOR)}</dc:creator>"
        f"<dc:description>{escape(paper.warning)}</dc:description><dc:language>{phrases.LANGUAGE}</dc:language>"
        f"<dcterms:created {made}created><dcterms:modified {made}modified></cp:coreProperties>"
    )
