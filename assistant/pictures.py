"""Pages of PDF documents as pictures, for whoever shows a document."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.reading.page_picture import draw_page
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as PNG, and whether the words asked for are framed on it."""

    png: bytes
    framed: bool


def picture_of_page(document: Document, label: str, span: tuple[int, int]) -> PagePicture:
    """The page called `label` of a document that is a PDF, with the words of `span` framed.

    `ReadError` when the page cannot be drawn.
    """
    start, end = span
    return PagePicture(*draw_page(document.source.path, label, document.text[start:end]))
