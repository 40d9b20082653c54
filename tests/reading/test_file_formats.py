"""Files of every sort that a user may have: read with their letters and pages, or refused in one Swedish line."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import KdError, ReadError
from assistant.reading.documents import read_document
from assistant.types import Document, Source

Save = Callable[[str, bytes], Path]

SWEDISH = (
    "Kommundirektören är ansvarig för ärendeberedningen.\n\nÅtgärderna följs upp på våren – även i små kommuner.\n"
)
PAGES = (
    "1 Ansvar\n\nKommundirektören leder arbetet i hela kommunen. Vid en kris kan direktören, om det\n"
    "behövs, sammankalla krisledningsgruppen och därefter fatta beslut om de åtgärder som",
    "ska vidtas samma dag. Det gäller även på helger.\n\n2 Uppföljning\n\nArbetet följs upp varje höst av styrelsen.",
    "Resultatet redovisas i april.",
)


def read(path: Path) -> Document:
    return read_document(Source("prov", "Prov", "rapport", path, "0"), 130)


def refusal(path: Path) -> str:
    """The line with which a file is refused: one line, in Swedish, with the name and what to do."""
    with pytest.raises(ReadError) as caught:
        read(path)
    line = str(caught.value)
    assert isinstance(caught.value, KdError)
    assert caught.value.exit_code == 2
    assert line.startswith("Kunde inte läsa ")
    assert "\n" not in line
    assert path.name in line
    assert re.search(r"(?i)(spara|lägg|hämta|kontrollera|ange|dela|gör|välj)\b", line.split(path.name)[1])
    assert not re.search(r"(?i)error|exception|traceback|errno|0x|\bthe\b", line)
    return line


@pytest.mark.parametrize(
    "data",
    [
        SWEDISH.encode("utf-8"),
        SWEDISH.encode("utf-8-sig"),
        SWEDISH.encode("utf-16"),
        b"\xfe\xff" + SWEDISH.encode("utf-16-be"),
        SWEDISH.encode("cp1252"),
        SWEDISH.replace("–", "-").encode("latin-1"),
        SWEDISH.replace("\n", "\r\n").encode("utf-8"),
        SWEDISH.replace("\n", "\r").encode("utf-8"),
        SWEDISH.replace("\n", "\r\n").encode("cp1252"),
        SWEDISH.replace("å", "a\u030a").replace("Å", "A\u030a").encode("utf-8"),
    ],
    ids=[
        "utf-8",
        "utf-8-bom",
        "utf-16-le",
        "utf-16-be",
        "cp1252",
        "latin-1",
        "crlf",
        "cr",
        "cp1252-crlf",
        "decomposed",
    ],
)
@pytest.mark.parametrize("name", ["prov.txt", "prov.MD"])
def test_swedish_letters_come_through_in_every_encoding(save: Save, name: str, data: bytes) -> None:
    document = read(save(name, data))
    expected = SWEDISH.strip()
    assert document.text.replace(" - ", " – ") == expected
    assert next(passage.text for passage in document.passages).startswith("Kommundirektören är ansvarig")


def test_markdown_marks_are_structure_not_text(save: Save) -> None:
    text = "# Ansvar\n\nDirektören **leder** arbetet, se *instruktionen*.\n\n## Möten\n\n- Ledarforum\n- Gruppledare\n"
    document = read(save("prov.md", text.encode()))
    assert [section.path for section in document.sections] == [("Ansvar",), ("Ansvar", "Möten")]
    assert [p.text for p in document.passages] == [
        "Direktören leder arbetet, se instruktionen.",
        "• Ledarforum\n• Gruppledare",
    ]


def test_pages_of_a_pdf_are_named_and_joined(save: Save, make_pdf: Callable[..., bytes]) -> None:
    document = read(save("plan.pdf", make_pdf(PAGES)))
    assert "fatta beslut om de åtgärder som ska vidtas samma dag" in document.text
    assert [passage.locator for passage in document.passages] == ["1 Ansvar, s. 1–2", "2 Uppföljning, s. 2–3"]
    assert "".join(document.text.split()) == "".join("".join(PAGES).split())
    first, second, third = document.pages
    assert document.text[first.start :].startswith("1 Ansvar")
    assert document.text[second.start :].startswith("ska vidtas samma dag")
    assert document.text[third.start :].startswith("Resultatet redovisas")


def test_a_number_at_the_foot_of_each_page_is_no_text(save: Save, make_pdf: Callable[..., bytes]) -> None:
    numbered = [f"{page}\n\n{number}" for number, page in enumerate(PAGES, 1)]
    assert read(save("plan.pdf", make_pdf(numbered))).text == read(save("plan2.pdf", make_pdf(PAGES))).text


def test_a_pdf_that_only_forbids_printing_is_read(save: Save, make_pdf: Callable[..., bytes]) -> None:
    assert "sammankalla" in read(save("plan.pdf", encrypted(make_pdf(PAGES), ""))).text


def encrypted(data: bytes, password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "ägare", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_pdf_with_a_password_is_refused(save: Save, make_pdf: Callable[..., bytes]) -> None:
    assert "lösenord" in refusal(save("hemlig plan.pdf", encrypted(make_pdf(PAGES), "hemligt")))


def test_a_pdf_of_pictures_is_refused(save: Save, image_pdf: bytes) -> None:
    assert "OCR" in refusal(save("inskannad.pdf", image_pdf))


def test_a_pdf_with_text_on_too_few_pages_is_refused(save: Save, make_pdf: Callable[..., bytes]) -> None:
    assert "sidorna 2, 3" in refusal(save("halv.pdf", make_pdf([PAGES[0], "", ""])))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_truncated_pdf_is_refused_or_read_in_part(save: Save, make_pdf: Callable[..., bytes], share: float) -> None:
    """What is left of it may be enough for its first pages; then their words are right."""
    data = make_pdf(PAGES)
    path = save("avkortad.pdf", data[: int(len(data) * share)])
    try:
        text = read(path).text
    except ReadError:
        assert refusal(path)
    else:
        assert text.startswith("1 Ansvar")


def test_a_pdf_cut_at_its_beginning_is_refused(save: Save, make_pdf: Callable[..., bytes]) -> None:
    assert "trasig eller avkortad" in refusal(save("avkortad.pdf", make_pdf(PAGES)[:300]))


@pytest.mark.parametrize("name", ["bild.pdf", "bild.txt", "bild.md"])
def test_a_picture_under_another_name_is_refused(save: Save, png: bytes, name: str) -> None:
    refusal(save(name, png))


@pytest.mark.parametrize("name", ["program.txt", "program.md", "program.pdf"])
def test_binary_content_is_refused(save: Save, name: str) -> None:
    refusal(save(name, bytes(range(256)) * 40))


@pytest.mark.parametrize("name", ["tom.txt", "tom.md", "tom.pdf"])
@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(save: Save, name: str, data: bytes) -> None:
    refusal(save(name, data))


@pytest.mark.parametrize("name", ["saknas.txt", "saknas.pdf"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    assert "finns inte" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["mapp.txt", "mapp.pdf"])
def test_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert "mapp" in refusal(tmp_path / name).removeprefix(name)


@pytest.mark.parametrize("name", ["bild.png", "program.exe", "utan-ending"])
def test_an_unknown_format_is_refused_with_the_known_ones(save: Save, name: str) -> None:
    line = refusal(save(name, b"hej"))
    assert ".pdf" in line
    assert ".txt" in line


def test_utf_16_cut_short_is_refused(save: Save) -> None:
    refusal(save("halv.txt", SWEDISH.encode("utf-16")[:-1]))
