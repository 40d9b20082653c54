"""The vectors of a small index: exact, under any filter, and the same as Chroma's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.errors import IndexFolderError
from assistant.finding import exact
from assistant.finding.exact import nearest, read_vectors, write_vectors
from assistant.finding.generations import IndexFolder
from assistant.finding.store import VectorStore
from assistant.types import Filter

QUESTIONS = ("Vem ska utse kommundirektören?", "Varför är det svårt att rekrytera?", "Hur följs instruktionen upp?")
NAME = "passages.npy"
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)
EAST = np.array([1, 0], dtype=np.float32)


def test_only_the_nearest_rows_score_and_none_below_zero() -> None:
    assert nearest(VECTORS, EAST, 4).tolist() == pytest.approx([1, 0.6, 0, 0])
    assert nearest(VECTORS, EAST, 1).tolist() == pytest.approx([1, 0, 0, 0])


@pytest.mark.parametrize(
    ("allowed", "scores"), [([1, 2], [0, 0.6, 0, 0]), ([3], [0, 0, 0, 0]), ([], [0, 0, 0, 0]), ([2, 0], [1, 0, 0, 0])]
)
def test_the_nearest_are_looked_for_among_the_allowed_rows_alone(allowed: list[int], scores: list[float]) -> None:
    """One allowed row is found however many others lie nearer."""
    assert nearest(VECTORS, EAST, 1, allowed).tolist() == pytest.approx(scores)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_vectors(tmp_path, list(VECTORS))
    found = read_vectors(tmp_path, 4)
    assert found is not None
    assert found.tolist() == VECTORS.tolist()


def test_an_empty_index_has_no_vectors(tmp_path: Path) -> None:
    write_vectors(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
    assert read_vectors(tmp_path, 0) is None


@pytest.mark.parametrize("damage", ["gone", "cut", "not vectors", "another count", "pickled"])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, damage: str) -> None:
    write_vectors(tmp_path, list(VECTORS))
    path = tmp_path / NAME
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    elif damage == "not vectors":
        np.save(path, VECTORS[:, 0])
    elif damage == "pickled":
        np.save(path, np.array([{}] * 4), allow_pickle=True)
    with pytest.raises(IndexFolderError, match="kd index --rebuild"):
        read_vectors(tmp_path, 3 if damage == "another count" else 4)


def test_a_damaged_file_ends_in_one_line(corpus: Any, kd: Any) -> None:
    corpus.build()
    current = IndexFolder(corpus.settings.index_dir).current()
    assert current is not None
    (current.folder / NAME).write_bytes(b"skadad")
    assert kd("ask", "Vem utser direktören?", **corpus.environment).complains("skadat", "kd index --rebuild")


def test_the_scores_are_those_that_chroma_gives(assistant: Assistant, tmp_path: Path) -> None:
    finder = assistant._current()
    shutil.copytree(finder.generation.folder / "chroma", tmp_path / "chroma")
    vectors = read_vectors(finder.generation.folder, len(finder.passages))
    assert vectors is not None
    ids = [passage.id for passage in finder.passages]
    with VectorStore(tmp_path / "chroma") as store:
        for question in QUESTIONS:
            vector = assistant.embedder.encode_question(question)
            mine = {key: float(score) for key, score in zip(ids, nearest(vectors, vector, 20), strict=True) if score}
            chroma = store.nearest(vector, 20)
            assert len(mine) == len(chroma) == 20
            assert sorted(mine.values()) == pytest.approx(sorted(chroma.values()), abs=1e-3)
            assert {key: mine[key] for key in mine.keys() & chroma} == pytest.approx(
                {key: chroma[key] for key in mine.keys() & chroma}, abs=1e-3
            )


def test_a_filter_leaves_no_passage_of_its_source_out(assistant: Assistant) -> None:
    """A source whose passages lie far from the question is still searched whole."""
    finder = assistant._current()
    only = Filter(source_ids=("skr-samarbete",))
    mine = np.array([passage.source_id == "skr-samarbete" for passage in finder.passages])
    vectors = read_vectors(finder.generation.folder, len(finder.passages))
    assert vectors is not None
    likeness = vectors @ assistant.embedder.encode_question(QUESTIONS[1])
    scores = finder.leg_scores(QUESTIONS[1], only=only)["vector"]
    assert np.flatnonzero(scores).tolist() == np.flatnonzero(mine & (likeness > 0)).tolist()
    assert {hit.source.id for hit in assistant.search(QUESTIONS[1], only=only).items} == {"skr-samarbete"}


def test_a_large_index_is_searched_by_chroma(corpus: Any, built_once: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.template = None
    monkeypatch.setattr(exact, "MOST_PASSAGES", 3)
    corpus.build()
    large, _ = Assistant.open(corpus.settings)
    assert not (large._current().generation.folder / NAME).exists()
    scores = large._current().leg_scores("Vilka chefer kallas till möte?")["vector"]
    large.close()
    monkeypatch.undo()
    small, _ = Assistant.open(built_once.settings)
    assert (small._current().generation.folder / NAME).exists()
    expected = small._current().leg_scores("Vilka chefer kallas till möte?")["vector"]
    small.close()
    assert expected.any()
    assert scores == pytest.approx(expected, abs=1e-3)
