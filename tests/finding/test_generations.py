"""The index on disk: only what changed is built, and nothing that goes wrong harms the index that serves."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.errors import EmbeddingError, IndexFolderError
from assistant.finding.builder import build_index, check_freshness
from assistant.finding.generations import IndexFolder
from assistant.finding.store import VectorStore, erase_unused
from assistant.settings import Settings
from assistant.types import Answer

QUESTION = "Vilka chefer kallar direktören till ett möte?"
FACT = "14 chefer"


def ask(settings: Settings, question: str = QUESTION) -> Answer:
    assistant, warning = Assistant.open(settings)
    assert warning == ""
    try:
        return assistant.ask(question)
    finally:
        assistant.close()


def leftovers(settings: Settings) -> list[str]:
    return [path.name for path in settings.index_dir.iterdir() if path.name.startswith("building-")]


def serving(settings: Settings) -> Path:
    current = IndexFolder(settings.index_dir).current()
    assert current is not None
    return current.folder


def test_the_first_build_embeds_everything(corpus: Any) -> None:
    told: list[tuple[str, int, int]] = []
    built = build_index(corpus.settings, lambda *step: told.append(step))
    assert (built.documents, built.fresh_already, built.removed) == (3, False, ())
    assert built.embedded == built.passages > 5
    assert built.generation.manifest.passages == built.passages
    assert FACT in ask(corpus.settings).text
    assert ask(corpus.settings).index_id == built.generation.name
    assert check_freshness(corpus.settings).fresh
    assert leftovers(corpus.settings) == []
    assert [stage for stage, done, total in told if done == total] == [
        "Läser källorna",
        "Läser meningarna",
        "Bygger sökindex",
        "Kontrollerar indexet",
    ]
    assert all(0 <= done <= total for _, done, total in told)


def test_nothing_is_done_when_nothing_changed(corpus: Any) -> None:
    corpus.build()
    before = corpus.state()
    built = build_index(corpus.settings)
    assert (built.fresh_already, built.embedded) == (True, 0)
    assert corpus.state() == before


def test_rebuild_embeds_everything_again(corpus: Any) -> None:
    first = corpus.build()
    again = build_index(corpus.settings, rebuild=True)
    assert again.embedded == again.passages == first.passages
    assert again.generation.name != first.generation.name
    assert FACT in ask(corpus.settings).text


def test_only_passages_that_changed_are_embedded_again(corpus: Any) -> None:
    corpus.build()
    ids = passage_ids(corpus.settings)
    kind, text = corpus.texts["beslutet"]
    corpus.texts["beslutet"] = (kind, text.replace("14 chefer", "15 chefer"))
    corpus.save()
    assert check_freshness(corpus.settings).reasons == ('Källan "beslutet" är ändrad.',)
    built = build_index(corpus.settings)
    assert built.embedded == 1
    assert len(ids - passage_ids(corpus.settings)) == 1
    assert "15 chefer" in ask(corpus.settings).text


def passage_ids(settings: Settings) -> set[str]:
    with VectorStore(serving(settings) / "chroma") as store:
        return set(store.vectors())


def test_vectors_that_were_taken_over_are_those_of_the_same_passages(corpus: Any) -> None:
    corpus.build()
    corpus.texts["mer"] = ("rapport", "1 Lokaler\n\nKommunen hyr lokaler av ett bolag som den äger.\n")
    corpus.save()
    assert build_index(corpus.settings).embedded == 1
    with VectorStore(serving(corpus.settings) / "chroma") as store:
        taken = store.vectors()
    build_index(corpus.settings, rebuild=True)
    with VectorStore(serving(corpus.settings) / "chroma") as store:
        fresh = store.vectors()
    assert taken.keys() == fresh.keys()
    assert all(float(taken[key] @ fresh[key]) > 0.9999 for key in taken)


def test_a_new_source_is_found(corpus: Any) -> None:
    corpus.build()
    corpus.texts["mer"] = ("rapport", "1 Lokaler\n\nKommunen hyr lokaler av ett bolag som den äger.\n")
    corpus.save()
    assert check_freshness(corpus.settings).reasons == ('Källan "mer" är ny.',)
    assert "hyr lokaler" in ask(corpus.settings, "Av vem hyr kommunen lokaler?").text


def test_a_removed_source_is_gone_from_search_and_files(corpus: Any) -> None:
    corpus.build()
    del corpus.texts["rapporten"]
    corpus.save()
    assert check_freshness(corpus.settings).reasons == ('Källan "rapporten" är borttagen.',)
    built = build_index(corpus.settings)
    assert (built.removed, built.embedded) == (("rapporten",), 0)
    answer = ask(corpus.settings, "Är det svårt att rekrytera ekonomer till små kommuner?")
    assert answer.outcome == "no_support"
    assert {hit.source.id for hit in answer.hits} <= {"lagen", "beslutet"}
    files = [path for path in serving(corpus.settings).rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert b"annonserar efter ekonomer" not in path.read_bytes()


def test_old_generations_are_removed_but_for_one(corpus: Any) -> None:
    names = [corpus.build().generation.name]
    names += [build_index(corpus.settings, rebuild=True).generation.name for _ in range(2)]
    kept = {path.name for path in (corpus.settings.index_dir / "generations").iterdir()}
    assert kept == set(names[-2:])


def test_erasing_leaves_only_the_serving_generation(corpus: Any) -> None:
    corpus.build()
    last = build_index(corpus.settings, rebuild=True).generation
    IndexFolder(corpus.settings.index_dir).erase_old()
    assert [path.name for path in (corpus.settings.index_dir / "generations").iterdir()] == [last.name]
    assert FACT in ask(corpus.settings).text


def test_another_model_makes_everything_anew(corpus: Any, other_model: Path) -> None:
    first = corpus.build()
    other = replace(corpus.settings, embedding=str(other_model))
    reasons = check_freshness(other).reasons
    assert len(reasons) == 1
    assert "annan sökmodell" in reasons[0]
    built = build_index(other)
    assert built.embedded == built.passages
    assert built.generation.manifest.embedding_fingerprint != first.generation.manifest.embedding_fingerprint
    assert FACT in ask(other).text


def test_without_a_wish_the_model_of_the_index_is_kept(corpus: Any, other_model: Path) -> None:
    build_index(replace(corpus.settings, embedding=str(other_model)))
    assert check_freshness(replace(corpus.settings, embedding=None)).fresh
    assert build_index(replace(corpus.settings, embedding=None), rebuild=True).generation.manifest.embedding == str(
        other_model
    )


def test_a_changed_model_file_makes_the_index_stale(corpus: Any, tiny_model: Path, tmp_path: Path) -> None:
    import shutil

    own = replace(corpus.settings, embedding=str(shutil.copytree(tiny_model, tmp_path / "own")))
    build_index(own)
    path = tmp_path / "own" / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert not check_freshness(own).fresh


def test_another_passage_length_makes_the_index_stale(corpus: Any) -> None:
    corpus.build()
    assert not check_freshness(replace(corpus.settings, passage_words=60)).fresh


def test_a_broken_generation_is_built_anew(corpus: Any) -> None:
    """Also when the index that serves can no longer be read."""
    corpus.build()
    (serving(corpus.settings) / "documents.json").write_text("{", encoding="utf-8")
    built = build_index(corpus.settings, rebuild=True)
    assert built.embedded == built.passages
    assert FACT in ask(corpus.settings).text


@pytest.mark.parametrize("content", ["", "finns-inte\n", "../..\n", "\x00"])
def test_a_current_that_leads_nowhere_means_no_index(corpus: Any, content: str) -> None:
    corpus.build()
    (corpus.settings.index_dir / "CURRENT").write_text(content, encoding="utf-8")
    assert IndexFolder(corpus.settings.index_dir).current() is None
    assert FACT in ask(corpus.settings).text


def _cut_database(chroma: Path) -> None:
    path = chroma / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:5000])


def _no_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").unlink()


def _lost_row(chroma: Path) -> None:
    with sqlite3.connect(chroma / "chroma.sqlite3") as database:
        database.execute("DELETE FROM embeddings_queue WHERE seq_id = (SELECT max(seq_id) FROM embeddings_queue)")
        database.execute("DELETE FROM embeddings WHERE id = (SELECT max(id) FROM embeddings)")


def _no_rows(chroma: Path) -> None:
    with sqlite3.connect(chroma / "chroma.sqlite3") as database:
        database.execute("DELETE FROM embeddings_queue")
        database.execute("DELETE FROM embeddings")


def _nothing(chroma: Path) -> None:
    import shutil

    shutil.rmtree(chroma)


def _one_document_less(chroma: Path) -> None:
    path = chroma.parent / "documents.json"
    documents = json.loads(path.read_bytes())
    path.write_text(json.dumps(documents[:-1]), encoding="utf-8")


@pytest.mark.parametrize(
    "harm",
    [_cut_database, _no_database, _lost_row, _no_rows, _nothing, _one_document_less],
    ids=lambda harm: harm.__name__,
)
def test_what_does_not_pass_its_check_is_not_published(
    corpus: Any, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None]
) -> None:
    """The new generation's files are harmed between the build and its check, as a full disk would."""
    corpus.build()
    before = corpus.state()
    publish = IndexFolder.publish

    def harmed(self: IndexFolder, folder: Path, manifest: Any) -> Any:
        harm(folder / "chroma")
        return publish(self, folder, manifest)

    monkeypatch.setattr(IndexFolder, "publish", harmed)
    with pytest.raises(IndexFolderError) as caught:
        build_index(corpus.settings, rebuild=True)
    assert "kontrollen" in str(caught.value)
    assert "Det tidigare indexet är orört" in str(caught.value)
    assert corpus.state() == before
    assert leftovers(corpus.settings) == []
    assert FACT in ask(corpus.settings).text


def test_an_embedding_that_fails_midway_publishes_nothing(corpus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.build()
    before = corpus.state()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(VectorStore, "add", fail)
    with pytest.raises(IndexFolderError, match="frigör plats"):
        build_index(corpus.settings, rebuild=True)
    monkeypatch.undo()
    assert corpus.state() == before
    assert leftovers(corpus.settings) == []
    assert FACT in ask(corpus.settings).text


#: Runs `kd index --rebuild` in a new process for each line that it is sent; what takes long to import is there already.
BUILDER = """
import os, sys
import chromadb, model2vec, rich.progress
from assistant.cli import main
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(["index", "--rebuild"]))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_build_that_is_killed_leaves_the_index_serving(corpus: Any) -> None:
    """At eight moments spread over the whole build, the same each time but for the machine's own pace."""
    corpus.build()
    with subprocess.Popen(
        [sys.executable, "-c", BUILDER],
        env={**os.environ, **corpus.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as builder:
        assert builder.stdin
        assert builder.stdout

        def build(seconds: float | None) -> int:
            """The exit code of a build that is killed after so many seconds, with what it started."""
            assert builder.stdin
            assert builder.stdout
            print(file=builder.stdin, flush=True)
            child = int(builder.stdout.readline())
            if seconds is not None:
                time.sleep(seconds)
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
            return int(builder.stdout.readline())

        began = time.perf_counter()
        assert build(None) == 0
        whole = time.perf_counter() - began
        chance = random.Random(20240521)
        codes = []
        for part in range(8):
            codes.append(build(whole * (part + chance.random()) / 8))
            current = IndexFolder(corpus.settings.index_dir).current()
            assert current is not None
            answer = ask(corpus.settings)
            assert (answer.index_id, FACT in answer.text) == (current.name, True)
        builder.stdin.close()
    assert codes.count(-signal.SIGKILL) >= 4
    serving_before = IndexFolder(corpus.settings.index_dir).current()
    assert serving_before is not None
    built = build_index(corpus.settings, rebuild=True)
    assert built.embedded == built.passages
    assert leftovers(corpus.settings) == []
    assert built.generation.name != serving_before.name
    assert len(list((corpus.settings.index_dir / "generations").iterdir())) == 2
    assert FACT in ask(corpus.settings).text


def test_a_build_killed_at_a_known_step_leaves_the_index_serving(corpus: Any) -> None:
    """Killed right after the files were written, and right before CURRENT was swapped."""
    corpus.build()
    for step in ("publish", "_swap"):
        before = corpus.state()
        program = (
            "import os, signal, sys; from assistant.finding.generations import IndexFolder\n"
            f"IndexFolder.{step} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            "from assistant.cli import main; main(['index', '--rebuild'])"
        )
        environment = {**os.environ, **corpus.environment}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL
        assert corpus.state() == before
        assert FACT in ask(corpus.settings).text
    build_index(corpus.settings, rebuild=True)
    assert leftovers(corpus.settings) == []


def test_two_builds_at_once_both_end_well(corpus: Any) -> None:
    command = [sys.executable, "-m", "assistant", "index", "--rebuild"]
    environment = {**os.environ, **corpus.environment}
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    errors = [process.communicate(timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    assert FACT in ask(corpus.settings).text
    assert leftovers(corpus.settings) == []


def test_an_index_folder_that_cannot_be_made(corpus: Any, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    own = replace(corpus.settings, index_dir=tmp_path / "fil" / "index")
    with pytest.raises(IndexFolderError) as caught:
        build_index(own)
    assert "\n" not in str(caught.value)
    assert str(own.index_dir) in str(caught.value)
    assert "KD_INDEX_DIR" in str(caught.value)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "ingen sökmodell"),
        ({"modules.json": "{"}, "ingen sökmodell"),
        ({"modules.json": "[]"}, "ingen sökmodell"),
        ({"modules.json": '[{"type": "sentence_transformers.models.StaticEmbedding"}]'}, "ingen sökmodell"),
    ],
)
def test_a_folder_without_a_model(corpus: Any, tmp_path: Path, files: dict[str, str], words: str) -> None:
    folder = tmp_path / "modell"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    corpus.build()
    before = corpus.state()
    with pytest.raises(EmbeddingError) as caught:
        build_index(replace(corpus.settings, embedding=str(folder)))
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    assert corpus.state() == before


def test_room_set_aside_for_vectors_is_erased(corpus: Any) -> None:
    """Chroma writes it out as it lay in memory, with whatever the process had read; here it is made to hold words."""
    folder = corpus.build().generation.folder / "chroma"
    files = list(folder.glob("*/data_level0.bin"))
    assert files
    for file in files:
        file.write_bytes((b"hemligt " * file.stat().st_size)[: file.stat().st_size])
    erase_unused(folder)
    assert not any(any(file.read_bytes()) for file in files)
