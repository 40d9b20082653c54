"""The small texts that lead to passages: in which order they lie, and with fewer numbers than the model gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.errors import IndexFolderError
from assistant.finding.enrich import Aid
from assistant.finding.generations import IndexFolder
from assistant.finding.points import PointTable, make_points, read_points, write_points
from assistant.types import Passage

TEXTS = ("Direktören leder förvaltningen. Mötet hålls inte i juli.", "Styrelsen fattar sina beslut i augusti.")
PASSAGES = tuple(Passage(f"s:{n}", "s", (), text, 0, len(text)) for n, text in enumerate(TEXTS))
SECOND = TEXTS[0].index("Mötet")
AIDS = (
    Aid("s:1", "När beslutar de?", 0, len(TEXTS[1])),
    Aid("s:0", "Är det möte i juli?", SECOND, len(TEXTS[0])),
    Aid("s:0", "Vem leder?", 0, SECOND - 1),
    Aid("s:0", "Om ledning och möten."),
    Aid("s:0", "chef sommar", words_only=True),
)


def test_points_lie_passage_by_passage_aids_first_and_by_sentence() -> None:
    assert [(point.passage_id, point.text) for point in make_points(PASSAGES, AIDS)] == [
        ("s:0", "Om ledning och möten."),
        ("s:0", "Vem leder?"),
        ("s:0", "Är det möte i juli?"),
        ("s:0", "Direktören leder förvaltningen."),
        ("s:0", "Mötet hålls inte i juli."),
        ("s:1", "När beslutar de?"),
        ("s:1", "Styrelsen fattar sina beslut i augusti."),
    ]


def written(folder: Path, dimensions: int) -> tuple[PointTable, Any]:
    points = make_points(PASSAGES, AIDS)
    vectors = np.random.default_rng(3).normal(size=(len(points), dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    write_points(folder, PASSAGES, points, vectors)
    return PointTable.read(folder, len(PASSAGES)), vectors


def test_the_table_says_which_sentence_a_point_leads_to(tmp_path: Path) -> None:
    table, _ = written(tmp_path, 8)
    assert table.starts.tolist() == [-1, 0, SECOND, 0, SECOND, 0, 0]
    assert table.is_aid.tolist() == [True, True, True, False, False, True, False]
    assert (table.of_passage(0), table.of_passage(1)) == (slice(0, 5), slice(5, 7))


def test_a_model_of_few_dimensions_is_compared_with_all_of_them(tmp_path: Path) -> None:
    table, vectors = written(tmp_path, 8)
    assert table.similarities(table.shortened(vectors[2])) == pytest.approx(
        np.clip(vectors @ vectors[2], 0, 1), abs=2e-3
    )
    assert not table.similarities(table.shortened(np.zeros(8, dtype=np.float32))).any()


def test_few_texts_are_compared_with_all_dimensions(tmp_path: Path) -> None:
    table, vectors = written(tmp_path, 512)
    assert table.vectors.shape == (7, 512)
    assert table.similarities(table.shortened(vectors[2])) == pytest.approx(
        np.clip(vectors @ vectors[2], 0, 1), abs=5e-3
    )


def test_many_texts_are_compared_with_fewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven vectors span seven directions: the principal components hold them whole."""
    monkeypatch.setattr("assistant.finding.points._MOST_NUMBERS", 7 * 200)
    table, vectors = written(tmp_path, 512)
    assert table.vectors.shape == (7, 200)
    assert table.similarities(table.shortened(vectors[2])) == pytest.approx(
        np.clip(vectors @ vectors[2], 0, 1), abs=5e-3
    )


def test_the_real_index_loses_little(assistant: Assistant) -> None:
    """The nearest texts of a question are nearly the same by all dimensions and by the principal components."""
    folder = assistant._current().generation.folder
    _, whole = read_points(folder)
    table = PointTable.read(folder, len(assistant._current().passages))
    for question in ("Vem utser kommundirektören?", "Hur hanterar man jäv i en liten kommun?"):
        vector = assistant.embedder.encode_question(question)
        exact, short = np.clip(whole @ vector, 0, 1), table.similarities(table.shortened(vector))
        assert np.corrcoef(exact, short)[0, 1] > 0.98
        assert len(set(np.argsort(-exact)[:50]) & set(np.argsort(-short)[:50])) >= 35


@pytest.mark.parametrize("name", ["points-short.npy", "points-places.npz"])
@pytest.mark.parametrize("content", [b"", b"inget index"])
def test_a_damaged_table_is_said_to_be(tmp_path: Path, name: str, content: bytes) -> None:
    written(tmp_path, 8)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IndexFolderError, match="skadat"):
        PointTable.read(tmp_path, len(PASSAGES))


def test_a_table_that_does_not_fit_its_vectors_is_damaged(tmp_path: Path) -> None:
    written(tmp_path, 8)
    np.save(tmp_path / "points-short.npy", np.zeros((3, 8), dtype=np.float16))
    with pytest.raises(IndexFolderError, match="skadat"):
        PointTable.read(tmp_path, len(PASSAGES))


def test_a_damaged_index_of_source_names_ends_in_one_line(corpus: Any, kd: Any) -> None:
    corpus.build()
    current = IndexFolder(corpus.settings.index_dir).current()
    assert current is not None
    (current.folder / "sources.json").write_text("[", encoding="utf-8")
    assert kd("ask", "Vem utser direktören?", **corpus.environment).complains("skadat", "kd index --rebuild")
