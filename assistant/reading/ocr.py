"""Text out of pictures of pages, with Tesseract, where the optional packages (`ocr`) and the program are installed."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
from pathlib import Path
from typing import Any

#: Dots per inch that Tesseract is given, the most pixels of a page's longer side, and the most seconds for one page.
_DPI, _MOST_PIXELS, _SECONDS = 300, 6000, 60
_LANGUAGE = "swe"


def ocr_available() -> str:
    """Empty when pictures of text can be read, else in Swedish what is missing."""
    missing = [name for name in ("pytesseract", "pypdfium2") if importlib.util.find_spec(name) is None]
    if missing:
        return f"paketet {' och '.join(missing)} saknas: installera kd-assistent[ocr]"
    if shutil.which("tesseract") is None:
        return "programmet Tesseract saknas: installera tesseract-ocr och tesseract-ocr-swe"
    pytesseract: Any = importlib.import_module("pytesseract")

    try:
        languages = pytesseract.get_languages()
    except (OSError, RuntimeError, ValueError):
        return "programmet Tesseract svarar inte: installera om tesseract-ocr"
    if _LANGUAGE not in languages:
        return "Tesseract saknar svenska: installera tesseract-ocr-swe"
    return ""


def read_page_image(path: Path, index: int) -> str:
    """The text that is seen on page `index` (from 0), a blank line between paragraphs; "" when none can be read.

    Call only when `ocr_available` answers "".
    """
    pypdfium2: Any = importlib.import_module("pypdfium2")
    pytesseract: Any = importlib.import_module("pytesseract")

    try:
        document = pypdfium2.PdfDocument(path)
        try:
            page = document[index]
            scale = min(_DPI / 72, _MOST_PIXELS / max(*page.get_size(), 1.0))
            image = page.render(scale=scale, grayscale=True).to_pil()
        finally:
            document.close()
        text = str(pytesseract.image_to_string(image, lang=_LANGUAGE, timeout=_SECONDS))
    except (pypdfium2.PdfiumError, RuntimeError, OSError, ValueError):
        return ""
    return text.replace("\f", "").strip()
