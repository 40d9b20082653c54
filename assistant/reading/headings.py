"""Unnumbered headings, told from paragraphs by their shape and by what follows; slides get their title first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.reading.blocks import _HEADING_CHARS, _HEADING_WORDS, SUBTITLE, Block

#: A document without numbered headings, with at least so many sheets of at most so many words, is a slide deck.
_DECK_SHEETS, _DECK_WORDS = 3, 200
#: A slide whose longest block has at most so many words is a diagram or a set of labels.
_LABEL_WORDS = 12
#: A lone link on a web page has at most so many words.
_LINK_WORDS = 3


def mark_headings(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with every unnumbered heading found and levelled."""
    if _is_deck(blocks):
        slides = (tuple(group) for _, group in groupby(blocks, key=lambda block: block.sheet))
        return tuple(block for slide in slides for block in _slide(slide))
    return tuple(_document(blocks))


def _is_deck(blocks: Sequence[Block]) -> bool:
    sheets = len({block.sheet for block in blocks})
    numbered = any(block.kind == "heading" for block in blocks)
    return not numbered and sheets >= _DECK_SHEETS and sum(block.words for block in blocks) / sheets <= _DECK_WORDS


def _document(blocks: Sequence[Block]) -> Iterable[Block]:
    """In running text a heading stands alone before a paragraph or list, one level below the last numbered one."""
    level = 0
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.kind == "heading":
            level = block.level
            yield block
        elif (_like_heading(block) and following is not None and _is_body(following)) or _is_link(blocks[index:]):
            yield replace(block, kind="heading", level=level + 1)
        else:
            yield block


def _is_link(blocks: Sequence[Block]) -> bool:
    """True for a web page's lone links: one or two short lines, with nothing below but a heading or the end."""
    for count in (1, 2):
        short = all(_like_heading(block) and block.words <= _LINK_WORDS for block in blocks[:count])
        if short and len(blocks) >= count and (len(blocks) == count or _is_title(blocks, count)):
            return True
    return False


def _is_title(blocks: Sequence[Block], index: int) -> bool:
    """True when the block is a heading, or a line that a list right below it makes one."""
    block = blocks[index]
    below = blocks[index + 1] if index + 1 < len(blocks) else None
    return block.kind == "heading" or (_like_heading(block) and below is not None and below.kind == "item")


def _slide(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A slide: its title first (slides are often stored with the title last), then its subheadings and text."""
    if all(block.words <= _LABEL_WORDS and block.kind != "item" for block in blocks):
        return _labels(blocks)
    body, title = _split_title(blocks)
    title = title or (_untitled(blocks),)
    return (*title, *_subheadings(body))


def _labels(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """A diagram's labels in order, its title first unless speech bubbles stand among them."""
    index = 0 if blocks[0].words > blocks[-1].words else len(blocks) - 1
    if len(blocks) == 1 and _like_heading(replace(blocks[0], text=blocks[0].text.rstrip("!"))):
        return (replace(blocks[0], kind="heading", level=1),)
    if any(block.complete for block in blocks) or not _like_heading(blocks[index]):
        return (_untitled(blocks), *blocks)
    labels = (*blocks[:index], *blocks[index + 1 :])
    title = replace(blocks[index], kind="heading", level=1)
    return (title, *(replace(label, kind="item", level=1, marker="•") for label in labels))


def _untitled(blocks: Sequence[Block]) -> Block:
    """A heading without words, which keeps a slide without a title apart from the one before."""
    return Block("heading", "", blocks[0].sheet, level=1, marks=blocks[0].marks[:1])


def _split_title(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The slide without its title, and the title as a heading of level 1, if it has one first, last or midway."""
    for where in (_leading(blocks), _trailing(blocks), _midway(blocks)):
        if where:
            first, last = where[0], where[-1]
            text = " – ".join(blocks[index].text for index in where)
            if last + 1 < len(blocks) and SUBTITLE.match(blocks[last + 1].text):
                last += 1
                text += " " + blocks[last].text
            title = replace(blocks[first], kind="heading", level=1, text=text)
            return (*blocks[:first], *blocks[last + 1 :]), (title,)
    return tuple(blocks), ()


def _leading(blocks: Sequence[Block]) -> list[int]:
    """The first block, which as a title may also be a question."""
    question = blocks[0].text.endswith("?") and len(blocks) > 1 and blocks[1].kind == "item"
    titled = replace(blocks[0], text=blocks[0].text.rstrip("?")) if question else blocks[0]
    return [0] if _like_heading(titled) else []


def _trailing(blocks: Sequence[Block]) -> list[int]:
    """The headings that end the slide, two at most."""
    found: list[int] = []
    for index in range(len(blocks) - 1, -1, -1):
        if not _like_heading(blocks[index]) or len(found) == 2:
            break
        found.insert(0, index)
    return found


def _midway(blocks: Sequence[Block]) -> list[int]:
    return next(([index] for index, block in enumerate(blocks) if _like_heading(block)), [])


def _subheadings(blocks: Sequence[Block]) -> Iterable[Block]:
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        if _like_heading(block) and following is not None and _is_body(following):
            yield replace(block, kind="heading", level=2)
        else:
            yield block


def _like_heading(block: Block) -> bool:
    text = block.text
    return (
        block.kind == "paragraph"
        and not block.complete
        and len(text) <= _HEADING_CHARS
        and block.words <= _HEADING_WORDS
        and text[0].isupper()
        and text[-1] != ","
    )


def _is_body(block: Block) -> bool:
    return block.kind in ("item", "heading") or (block.kind == "paragraph" and block.words > 3)
