"""A paper as Markdown with footnotes, as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.exporting.paper import Block, Exchange, Paper, Sentence

#: ASCII characters that mean something wherever they stand.
_MEANING = re.compile(r"[\\`*_{}\[\]<>#|~^$&@]")
#: What makes a bare address a link: the scheme's colon, and the full stop after "www".
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
#: What makes the beginning of a line a list item or a rule.
_BEGINNING = re.compile(r"^(?:\d+(?=[.)])|(?=[-+]))")
#: Between two marks, so that 1 and 2 are not read as 12.
_THIN_SPACE = "\u202f"


def to_markdown(paper: Paper) -> bytes:
    """UTF-8, one block of text a line; a place that is cited again has the same mark."""
    parts = [
        f"# {escaped(paper.heading)}",
        "\n".join(f"- {escaped(fact)}" for fact in paper.facts),
        f"> {escaped(paper.warning)}",
        *(part for exchange in paper.exchanges for part in _exchange(exchange)),
        *(f"[^{number}]: {escaped(text)}" for number, text in enumerate(paper.notes, 1)),
    ]
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def escaped(text: str) -> str:
    """One line of plain text such that Markdown shows it as it stands."""
    plain = _MEANING.sub(r"\\\g<0>", text)
    plain = _ADDRESS.sub(r"\\\g<0>", plain)
    return _BEGINNING.sub(r"\g<0>\\", plain)


def _exchange(exchange: Exchange) -> Iterator[str]:
    yield f"## {escaped(exchange.question)}"
    yield from (f"*{escaped(remark)}*" for remark in exchange.remarks)
    items: list[str] = []
    for block in exchange.blocks:
        if block.kind == "item":
            items.append(f"- {_words(block)}")
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _words(block)
    if items:
        yield "\n".join(items)
    if exchange.left_out:
        yield f"*{escaped(exchange.left_out)}*"


def _words(block: Block) -> str:
    return " ".join(_sentence(sentence) for sentence in block.sentences)


def _sentence(sentence: Sentence) -> str:
    return escaped(sentence.text) + _THIN_SPACE.join(f"[^{number}]" for number in sentence.notes)
