"""Limits on time and memory: hostile files end with one line each, and the process that reads them is gone."""

from __future__ import annotations

import zlib
from pathlib import Path

import psutil
import pytest

from assistant.errors import ReadError
from assistant.reading.worker import read_bounded

HEAD = b"%PDF-1.4\n"


def _pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of them the catalogue, with a right cross-reference table."""
    data, places = HEAD, []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def _page(contents: bytes) -> list[bytes]:
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        contents,
    ]


def _bomb() -> bytes:
    """1 MB that unpacks to 1 GB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"0 " * 500_000) for _ in range(1_000)) + packer.flush()
    return _pdf(_page(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)))


def _loop() -> bytes:
    """Pages that hold themselves."""
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
        ]
    )


def _broken_table() -> bytes:
    return _pdf(_page(b"<< /Length 3 >>\nstream\nq Q\nendstream")).replace(b"startxref\n", b"startxref\n9")


@pytest.mark.parametrize("make", [_bomb, _loop, _broken_table], ids=["bomb", "loop", "broken-xref"])
def test_a_hostile_pdf_is_one_line_within_the_limits(tmp_path: Path, make) -> None:
    path = tmp_path / "fientlig.pdf"
    path.write_bytes(make())
    with pytest.raises(ReadError, match=r"fientlig\.pdf") as caught:
        read_bounded(path, seconds=20)
    assert "\n" not in str(caught.value)
    assert not _readers(path)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(_bomb())
    with pytest.raises(ReadError, match="tog mer än 0 sekunder"):
        read_bounded(path, seconds=0.05)
    assert not _readers(path)


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "stor.html"
    path.write_bytes(b"<html><body>" + b"<p>Ett stycke.</p>" * 10_000 + b"</body></html>")
    with pytest.raises(ReadError, match=r"mer än 30 MiB minne"):
        read_bounded(path, memory=30 * 2**20)
    assert not _readers(path)


def test_huge_text_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "stor.txt"
    with path.open("wb") as file:
        file.truncate(500_000_000)
    with pytest.raises(ReadError, match=r"för stor \(500 MB, högst 50 MB\)"):
        read_bounded(path)


def _readers(path: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if str(path) in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found
