"""A page of a PDF as a picture, with the words of a quotation framed. Drawn in a process of its own, within limits.

`python -m assistant.reading.page_picture FILE LABEL RESULT` reads the quotation from standard input.
"""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ReadError

#: Seconds that one page may take, pixels of its longer side, and the frame's width and room in pixels.
_SECONDS, _PIXELS, _FRAME, _ROOM = 20.0, 1500, 3, 4
_FRAME_COLOUR = (122, 31, 43)
_MEMORY = 2**31

Box = tuple[float, float, float, float]


def draw_page(path: Path, label: str, quote: str) -> tuple[bytes, bool]:
    """The page called `label` as PNG, and whether the quotation was found on it. `ReadError` when it cannot be."""
    with tempfile.TemporaryDirectory(prefix="kd-page-") as folder:
        result = Path(folder) / "page.png"
        command = [sys.executable, "-m", "assistant.reading.page_picture", str(path.resolve()), label, str(result)]
        try:
            done = subprocess.run(command, input=quote.encode(), capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise ReadError(f'Sidan {label} i "{path.name}" tar för lång tid att rita. Läs texten i stället.') from None
        if done.returncode not in (0, 1) or not result.is_file():
            raise ReadError(f'Sidan {label} i "{path.name}" går inte att rita. Läs texten i stället.')
        return result.read_bytes(), done.returncode == 0


def page_labels(document: Any) -> list[str]:
    """What the pages are called, as the reader of PDFs calls them: the file's own labels if each has its own."""
    labels = [" ".join(document.get_page_label(index).split()) for index in range(len(document))]
    usable = all(labels) and len(set(labels)) == len(labels)
    return labels if usable else [str(number) for number in range(1, len(labels) + 1)]


def boxes_of(text_page: Any, quote: str) -> list[Box]:
    """The boxes, one a line, of the quotation's words on the page, in points from its lower left corner."""
    letters, places = [], []
    for place in range(text_page.count_chars()):
        for char in text_page.get_text_range(place, 1).casefold():
            if char.isalnum():
                letters.append(char)
                places.append(place)
    wanted = "".join(char for char in quote.casefold() if char.isalnum())
    at = "".join(letters).find(wanted) if wanted else -1
    if at < 0:
        at, wanted = _longest_start("".join(letters), wanted)
    if at < 0:
        return []
    return list(_lines([text_page.get_charbox(place) for place in places[at : at + len(wanted)]]))


def _longest_start(letters: str, wanted: str) -> tuple[int, str]:
    """Where a quotation that runs on to the next page begins; nothing shorter than a few words counts."""
    least = 24
    while len(wanted) > least:
        wanted = wanted[: max(least, len(wanted) * 3 // 4)]
        if (at := letters.find(wanted)) >= 0:
            return at, wanted
        if len(wanted) == least:
            break
    return -1, ""


def _lines(boxes: Sequence[Box]) -> Iterator[Box]:
    """Joins the boxes of letters that stand on one line."""
    line: Box | None = None
    for left, bottom, right, top in boxes:
        if line and bottom < line[3] and top > line[1] and left >= line[0]:
            line = (line[0], min(line[1], bottom), max(line[2], right), max(line[3], top))
            continue
        if line:
            yield line
        line = (left, bottom, right, top)
    if line:
        yield line


def _draw(path: Path, label: str, quote: str) -> tuple[bytes, bool]:
    pypdfium2: Any = importlib.import_module("pypdfium2")
    from PIL import ImageDraw

    document = pypdfium2.PdfDocument(path)
    page = document[page_labels(document).index(label)]
    width, height = page.get_size()
    scale = _PIXELS / max(width, height, 1.0)
    image = page.render(scale=scale).to_pil().convert("RGB")
    boxes = boxes_of(page.get_textpage(), quote)
    pen = ImageDraw.Draw(image)
    for left, bottom, right, top in boxes:
        corners = (left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        grown = (corners[0] - _ROOM, corners[1] - _ROOM, corners[2] + _ROOM, corners[3] + _ROOM)
        pen.rectangle(grown, outline=_FRAME_COLOUR, width=_FRAME)
    output = io.BytesIO()
    image.save(output, "PNG", optimize=True)
    return output.getvalue(), bool(boxes)


def main(arguments: Sequence[str]) -> int:
    """Exit code 0 with the words framed, 1 where they were not found."""
    path, label, result = Path(arguments[0]), arguments[1], Path(arguments[2])
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except ImportError:
        pass
    picture, found = _draw(path, label, sys.stdin.buffer.read().decode())
    result.write_bytes(picture)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
