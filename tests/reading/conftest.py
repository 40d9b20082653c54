"""Files that the tests of the readers make."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

#: Each string is a page; its lines are set one below the other.
MakePdf = Callable[[Sequence[str]], bytes]


@pytest.fixture(scope="session")
def make_pdf() -> MakePdf:
    """A PDF with text in a standard font, as a word processor would make it."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    def make(pages: Sequence[str]) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=A4)
        for page in pages:
            place = canvas.beginText(70, 770)
            place.setFont("Helvetica", 11)
            for line in page.split("\n"):
                place.textLine(line)
            canvas.drawText(place)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def image_pdf() -> bytes:
    """Two pages that are pictures, as a scanner gives them."""
    from PIL import Image

    buffer = io.BytesIO()
    pages = [Image.new("L", (300, 400), shade) for shade in (200, 120)]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:])
    return buffer.getvalue()


@pytest.fixture(scope="session")
def png() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.effect_noise((80, 80), 60).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
