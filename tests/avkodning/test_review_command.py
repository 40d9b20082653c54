"""`kd review`: what it shows, its JSON, its files and what it says of bad input."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest

from assistant.assistant import Assistant
from tests.avkodning.review_samples import AGAINST_LAW, BYLAWS, SHORT


@pytest.fixture(autouse=True)
def built(assistant: Assistant) -> None:
    """The real corpus has its index."""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {"kort": SHORT, "emot": AGAINST_LAW, "reglemente": BYLAWS}
    for name, text in made.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return {name: str(tmp_path / f"{name}.txt") for name in made}


def test_the_law_comes_first_and_what_is_gainsaid_before_the_rest(kd: Any, files: dict[str, str]) -> None:
    done = kd("review", files["emot"])
    assert done.code == 0
    shown = done.out
    assert shown.startswith("Dokumentet är en instruktion för direktören.\nLagens krav:")
    headings = ["Det här kräver lagen", "Det här är SKR:s råd", "Det här tar rapporterna upp", "Idéer ur en beslutad"]
    assert sorted(headings, key=shown.index) == headings
    law = shown[shown.index(headings[0]) : shown.index(headings[1])]
    verdicts = [line.rpartition(": ")[2] for line in law.splitlines() if line.endswith(("emot", "saknas", "finns"))]
    assert verdicts == sorted(verdicts, key=["säger emot", "saknas", "finns delvis", "finns"].index)
    assert "Grund: «" in law
    assert "Fråga till ordföranden: " in law


def test_what_is_no_instruktion_is_told_first(kd: Any, files: dict[str, str]) -> None:
    done = kd("review", files["reglemente"])
    assert done.out.startswith("Dokumentet ser inte ut att vara en instruktion för direktören.")


def test_json_is_that_of_the_contract(kd: Any, files: dict[str, str]) -> None:
    made = kd("review", files["kort"], "--json").json
    assert (made["schema"], made["document"]["title"], made["document"]["is_instruktion"]) == (1, "kort", True)
    assert made["document"]["characters"] > 100
    assert list(made["summary"]) == ["lag", "vägledning", "rapport", "beslut"]
    for weight, counts in made["summary"].items():
        assert list(counts) == ["found", "partly", "missing", "contradicts"]
        assert sum(counts.values()) == sum(row["weight"] == weight for row in made["rows"])
    for row in made["rows"]:
        assert set(row) == {"requirement", "title", "weight", "verdict", "own", "basis", "reason", "question"}
        assert (row["own"] is None) == (row["verdict"] == "missing")
        assert row["basis"]["quote"] in row["basis"]["passage"]


def test_it_is_saved_as_word_and_never_over_another_without_leave(
    kd: Any, files: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "ut.docx"
    file.write_bytes(b"mitt")
    assert kd("review", files["kort"], "--docx", str(file)).complains("finns redan", "--overwrite")
    assert file.read_bytes() == b"mitt"
    done = kd("review", files["kort"], "--docx", str(file), "--overwrite", "--json")
    assert (done.code, done.json["schema"], str(file) in done.err) == (0, 1, True)
    assert "Granskning av instruktionen: kort" in docx.Document(io.BytesIO(file.read_bytes())).paragraphs[0].text
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".docx", ".txt", ".txt", ".txt"]


def test_two_are_set_side_by_side(kd: Any, files: dict[str, str], tmp_path: Path) -> None:
    done = kd("review", files["kort"], "--compare", files["emot"], "--docx", str(tmp_path / "ut.docx"))
    assert "Den första: kort" in done.out
    assert "Den första tar upp detta, den andra säger emot det." in " ".join(done.out.split())
    assert docx.Document(str(tmp_path / "ut.docx")).tables
    assert kd("review", files["kort"], "--compare", files["emot"], "--json").json["schema"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("finns-inte.txt",), "finns inte"),
        (("{kort}", "--compare", "finns-inte.txt"), "finns inte"),
        (("{folder}/tom.txt",), "är tom"),
        (("{folder}/bild.xyz",), "stöds inte"),
        (("{folder}/trasig.pdf",), "trasig.pdf"),
        (("{kort}", "--docx", "ut.pdf"), ".docx"),
        (("{kort}", "--docx", "ut.md"), ".docx"),
        (("{kort}", "--overwrite"), "--docx"),
    ],
)
def test_bad_input_gives_one_line(
    kd: Any, files: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "tom.txt").write_text("", encoding="utf-8")
    (tmp_path / "bild.xyz").write_text("x", encoding="utf-8")
    (tmp_path / "trasig.pdf").write_bytes(b"%PDF-1.4 trasig")
    given = [argument.format(folder=tmp_path, kort=files["kort"]) for argument in arguments]
    assert kd("review", *given).complains(said)
