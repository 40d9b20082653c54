"""A paper as .docx with Word's own footnotes. The same paper gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.exporting.docx_writing import Footnotes, Properties, package, paragraph, run
from assistant.exporting.paper import Block, Exchange, Paper, Sentence


def to_docx(paper: Paper) -> bytes:
    """The whole package. A place that is cited again has a note of its own, which refers to the first one."""
    footnotes = Footnotes(paper.notes)
    return package(list(_body(paper, footnotes)), footnotes, Properties(paper.title, paper.warning, paper.day))


def _body(paper: Paper, footnotes: Footnotes) -> Iterator[str]:
    yield paragraph(run(paper.heading), "Heading1")
    for fact in paper.facts:
        yield paragraph(run(fact), "ListBullet")
    yield paragraph(run(paper.warning), "Notice")
    for exchange in paper.exchanges:
        yield from _exchange(exchange, footnotes)


def _exchange(exchange: Exchange, footnotes: Footnotes) -> Iterator[str]:
    yield paragraph(run(exchange.question), "Heading2")
    for remark in exchange.remarks:
        yield paragraph(run(remark), "Notice")
    for block in exchange.blocks:
        yield paragraph(_words(block, footnotes), "ListBullet" if block.kind == "item" else "Normal")
    if exchange.left_out:
        yield paragraph(run(exchange.left_out), "Notice")


def _words(block: Block, footnotes: Footnotes) -> str:
    return run(" ").join(_sentence(sentence, footnotes) for sentence in block.sentences)


def _sentence(sentence: Sentence, footnotes: Footnotes) -> str:
    return run(sentence.text) + footnotes.marks(sentence.notes)
