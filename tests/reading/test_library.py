"""Own documents: added one by one, by folder and by zip; refused with a line; removed so that nothing is left."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.finding.builder import build_index
from assistant.finding.generations import IndexFolder
from assistant.reading.library import Metadata, add_files, remove_source
from assistant.reading.sources import read_sources
from tests.conftest import SmallCorpus

TEXT = "Reglemente för provnämnden\n\n1 Uppgifter\n\nProvnämnden ansvarar för simhallen och isbanan sedan 2021.\n"


def _file(folder: Path, name: str, text: str = TEXT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_document_is_added_byte_for_byte_with_marked_guesses(corpus: SmallCorpus, tmp_path: Path) -> None:
    path = _file(tmp_path / "in", "reglemente.txt")
    (added,) = add_files(corpus.settings, [path], Metadata(publisher="Nämnden"))
    source = added.source
    assert source is not None
    assert source.path.read_bytes() == path.read_bytes()
    assert (source.title, source.publisher, source.year, source.kind, source.origin) == (
        "Reglemente för provnämnden",
        "Nämnden",
        2021,
        "eget",
        "own",
    )
    assert set(source.guessed) == {"title", "year"}
    assert source in read_sources(corpus.settings)


def test_what_is_given_is_no_guess(corpus: SmallCorpus, tmp_path: Path) -> None:
    given = Metadata("Reglementet", "Kommunen", 2024, "beslut")
    (added,) = add_files(corpus.settings, [_file(tmp_path / "in", "r.txt")], given)
    assert added.source is not None
    assert (added.source.title, added.source.year, added.source.kind) == ("Reglementet", 2024, "beslut")
    assert added.source.guessed == ()


def test_one_refused_file_does_not_stop_the_rest(corpus: SmallCorpus, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    files = [_file(folder, "bra.txt"), folder / "saknas.pdf", _file(folder, "bild.jpg"), _file(folder, "tom.txt", "")]
    results = add_files(corpus.settings, files, Metadata())
    assert [bool(result.source) for result in results] == [True, False, False, False]
    for result, words in zip(results[1:], ("finns inte", "stöds inte", "tom"), strict=True):
        assert words in result.refusal
        assert result.path.name in result.refusal
        assert "\n" not in result.refusal


def test_a_folder_and_a_zip_give_their_documents(corpus: SmallCorpus, tmp_path: Path) -> None:
    _file(tmp_path / "mapp" / "under", "ett.txt", TEXT.replace("simhallen", "biblioteket"))
    _file(tmp_path / "mapp", "bild.png")
    archive = _zip(tmp_path / "arkiv.zip", {"a/två.md": TEXT.replace("simhallen", "teatern").encode(), "x.exe": b"MZ"})
    results = add_files(corpus.settings, [tmp_path / "mapp", archive], Metadata())
    assert [result.path.name for result in results] == ["ett.txt", "två.md"]
    assert all(result.source for result in results)


def test_the_same_bytes_are_not_added_twice(corpus: SmallCorpus, tmp_path: Path) -> None:
    path = _file(tmp_path / "in", "r.txt")
    add_files(corpus.settings, [path], Metadata())
    (again,) = add_files(corpus.settings, [path], Metadata())
    assert "finns redan" in again.refusal


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"../ut.txt": TEXT.encode()}, "otillåten sökväg"),
        ({"/etc/ut.txt": TEXT.encode()}, "otillåten sökväg"),
        ({"..\\ut.txt": TEXT.encode()}, "otillåten sökväg"),
        ({"inre.zip": b"PK"}, "ett annat arkiv"),
        ({"bild.png": b"x"}, "inget dokument"),
    ],
)
def test_a_harmful_or_empty_zip_is_refused_whole(
    corpus: SmallCorpus, tmp_path: Path, members: dict[str, bytes], words: str
) -> None:
    archive = _zip(
        tmp_path / "arkiv.zip", {"bra.txt": TEXT.encode(), **members} if "png" not in str(members) else members
    )
    (result,) = add_files(corpus.settings, [archive], Metadata())
    assert words in result.refusal
    assert not list(tmp_path.glob("ut.txt"))
    assert not list(corpus.settings.own_dir.glob("*.txt"))


def test_a_broken_zip_is_refused(corpus: SmallCorpus, tmp_path: Path) -> None:
    archive = tmp_path / "arkiv.zip"
    archive.write_bytes(b"PK\x03\x04 nothing of use")
    (result,) = add_files(corpus.settings, [archive], Metadata())
    assert "skadat" in result.refusal


def test_a_removed_document_leaves_no_trace_on_disk(kd_process, corpus: SmallCorpus, tmp_path: Path) -> None:
    path = _file(tmp_path / "in", "r.txt")
    assert kd_process("corpus", "add", str(path), environment=corpus.environment).code == 0
    found = kd_process("search", "simhallen isbanan", "--json", environment=corpus.environment).json
    assert found["hits"][0]["source_id"] == "reglemente-for-provnamnden"
    assert kd_process("corpus", "remove", "reglemente-for-provnamnden", environment=corpus.environment).code == 0
    assert (
        "simhallen"
        not in kd_process("search", "simhallen isbanan", "--json", environment=corpus.environment).out.split('"hits"')[
            1
        ]
    )
    for folder in (corpus.settings.index_dir, corpus.settings.own_dir):
        for file in folder.rglob("*"):
            assert not file.is_file() or b"isbanan" not in file.read_bytes(), file


def test_only_own_documents_can_be_removed(corpus: SmallCorpus) -> None:
    with pytest.raises(UsageError, match="är inget eget dokument"):
        remove_source(corpus.settings, "lagen")


def test_own_documents_are_told_from_the_corpus(kd, corpus: SmallCorpus, tmp_path: Path) -> None:
    kd("corpus", "add", str(_file(tmp_path / "in", "r.txt")), "--title", "Mitt", **corpus.environment)
    listed = kd("corpus", "list", "--json", **corpus.environment).json["sources"]
    assert {row["id"]: row["origin"] for row in listed}["mitt"] == "own"
    assert IndexFolder(corpus.settings.index_dir).current() is not None
    assert build_index(corpus.settings).fresh_already


def test_an_own_folder_that_cannot_be_written_is_one_line(kd, corpus: SmallCorpus, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("x", encoding="utf-8")
    ran = kd(
        "corpus",
        "add",
        str(_file(tmp_path / "in", "r.txt")),
        **{**corpus.environment, "KD_OWN_DIR": str(tmp_path / "fil" / "egna")},
    )
    assert ran.complains("går inte att skriva i", "KD_OWN_DIR")


def test_check_gives_figures_and_suspicious_spots(kd, corpus: SmallCorpus, tmp_path: Path) -> None:
    glued = _file(tmp_path / "in", "g.txt", TEXT + "\nDettaÄr ett fel som läsningenBordeHaSett i texten.\n")
    kd("corpus", "add", str(glued), "--title", "Hopklistrad", **corpus.environment)
    ran = kd("corpus", "check", "--json", **corpus.environment)
    rows = {row["id"]: row for row in ran.json["sources"]}
    assert ran.code == 1
    assert rows["lagen"]["kept"] == 1.0
    assert rows["lagen"]["suspicious"] == []
    assert "sitta ihop" in rows["hopklistrad"]["suspicious"][0]
