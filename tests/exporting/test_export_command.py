"""`kd ask --export`: a file that is written whole or not at all, and never over another without leave."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest

from assistant.assistant import Assistant

QUESTION = "Vem ska utse kommundirektören?"


@pytest.fixture(autouse=True)
def built(assistant: Assistant) -> None:
    """The real corpus has its index."""


@pytest.mark.parametrize("name", ["svar.md", "svar.docx", "SVAR.MD"])
def test_an_answer_is_saved_and_shown(kd: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    done = kd("ask", QUESTION, "--export", str(file))
    assert (done.code, "[1]" in done.out, str(file) in done.err) == (0, True, True)
    content = file.read_bytes()
    if name.endswith("docx"):
        assert QUESTION in [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    else:
        assert f"## {QUESTION}\n" in content.decode("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_json_goes_on_being_the_only_output(kd: Any, tmp_path: Path) -> None:
    done = kd("ask", QUESTION, "--json", "--export", str(tmp_path / "svar.md"))
    assert (done.code, done.json["question"], (tmp_path / "svar.md").is_file()) == (0, QUESTION, True)


def test_a_file_that_is_there_is_kept_unless_told(kd: Any, tmp_path: Path) -> None:
    file = tmp_path / "svar.md"
    file.write_text("mitt", encoding="utf-8")
    assert kd("ask", QUESTION, "--export", str(file)).complains("svar.md", "finns redan", "--overwrite")
    assert file.read_text(encoding="utf-8") == "mitt"
    assert kd("ask", QUESTION, "--export", str(file), "--overwrite").code == 0
    assert QUESTION in file.read_text(encoding="utf-8")


def test_a_file_that_is_there_is_refused_before_anything_is_done(kd: Any, corpus: Any, tmp_path: Path) -> None:
    file = tmp_path / "svar.md"
    file.write_text("mitt", encoding="utf-8")
    assert kd("ask", QUESTION, "--export", str(file), **corpus.environment).complains("finns redan")
    assert not corpus.settings.index_dir.exists()


@pytest.mark.parametrize("name", ["svar.pdf", "svar", "svar.md.txt", ".md"])
def test_another_ending_is_refused(kd: Any, tmp_path: Path, name: str) -> None:
    assert kd("ask", QUESTION, "--export", str(tmp_path / name)).complains(".md eller .docx")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_is_refused(kd: Any, tmp_path: Path) -> None:
    (tmp_path / "mapp.md").mkdir()
    assert kd("ask", QUESTION, "--export", str(tmp_path / "mapp.md"), "--overwrite").complains("är en mapp")
    assert kd("ask", QUESTION, "--export", str(tmp_path / "borta" / "svar.md")).complains("mapp som inte finns")


def test_choices_that_do_not_go_together(kd: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "svar.md")
    batch = kd("ask", "--batch", "frågor.jsonl", "--json", "--export", file)
    assert batch.complains("--export", "--batch")
    assert kd("ask", QUESTION, "--overwrite").complains("--overwrite kräver --export")


def test_a_file_that_cannot_be_written_leaves_the_earlier_one(
    kd: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "svar.docx"
    file.write_bytes(b"mitt")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as half:
            half.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert kd("ask", QUESTION, "--export", str(file), "--overwrite").complains("svar.docx", "går inte att skriva")
    assert file.read_bytes() == b"mitt"
    assert [path.name for path in tmp_path.iterdir()] == ["svar.docx"]
