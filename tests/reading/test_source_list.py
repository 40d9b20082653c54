"""`sources.toml`: what is wrong with it is said in one line, and an index that was built before stays as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.errors import KdError, SourceError
from assistant.finding.builder import build_index, check_freshness
from assistant.reading.sources import changed_sources, read_sources

ROW = '[[source]]\nid = "{id}"\ntitle = "Titel"\nkind = "rapport"\nfile = "lagen.txt"\nsha256 = "{sha}"\n'
SHA = "0" * 64


def rows(*parts: str) -> str:
    return "schema = 1\n" + "".join(parts)


GOOD = ROW.format(id="en", sha=SHA)

#: The list's text, or what is done to it, and words that the complaint must hold.
BROKEN = {
    "malformed": (rows("[[source]\nid="), ["TOML"]),
    "no title": (rows(GOOD.replace('title = "Titel"\n', "")), ["title", "saknas"]),
    "no hash": (rows(GOOD.replace(f'sha256 = "{SHA}"\n', "")), ["sha256", "saknas"]),
    "unknown kind": (rows(GOOD.replace('"rapport"', '"roman"')), ["kind"]),
    "unknown key": (rows(GOOD + 'farg = "röd"\n'), ["farg", "okänd"]),
    "unknown key at the top": ("farg = 1\n" + rows(GOOD), ["farg"]),
    "double id": (rows(GOOD, GOOD.replace("lagen.txt", "beslutet.txt")), ["en", "två gånger"]),
    "double file": (rows(GOOD, GOOD.replace('"en"', '"tva"')), ["lagen.txt", "två gånger"]),
    "path that leaves the folder": (rows(GOOD.replace("lagen.txt", "../lagen.txt")), ["file"]),
    "absolute path": (rows(GOOD.replace("lagen.txt", "/etc/hostname")), ["file"]),
    "wrong schema": ("schema = 2\n" + GOOD, ["schema"]),
    "no schema": (GOOD, ["schema"]),
    "schema as text": ('schema = "1"\n' + GOOD, ["schema"]),
    "year as text": (rows(GOOD + 'year = "2024"\n'), ["year"]),
    "impossible year": (rows(GOOD + "year = 20244\n"), ["year"]),
    "bad address": (rows(GOOD + 'url = "javascript:hej"\n'), ["url"]),
    "bad id": (rows(GOOD.replace('"en"', '"En Källa"')), ["id"]),
    "hash too short": (rows(GOOD.replace(SHA, "abc")), ["sha256"]),
    "empty title": (rows(GOOD.replace('"Titel"', '""')), ["title"]),
    "nothing listed": ("schema = 1\n", ["källa"]),
    "empty": ("", []),
    "a table instead of a list": ('schema = 1\n[source]\nid = "en"\n', []),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_list_is_explained_and_the_index_stays(corpus: Any, case: str) -> None:
    text, words = BROKEN[case]
    corpus.build()
    before = corpus.state()
    corpus.listing.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_index(corpus.settings)
    check_line(caught.value, "sources.toml", *words)
    assert corpus.state() == before
    assistant, warning = Assistant.open(corpus.settings)
    assert "sources.toml" in warning
    assert "tidigare indexet" in warning
    assert assistant.ask("Vem ska utse en direktör?").outcome == "answered"
    assistant.close()


def check_line(error: KdError, *words: str) -> None:
    line = str(error)
    assert error.exit_code == 2
    assert "\n" not in line
    assert all(word in line for word in words), line
    assert not re.search(r"Traceback|pydantic|validation error|_inside", line)


def test_a_list_that_is_not_utf_8(corpus: Any) -> None:
    corpus.listing.write_bytes(rows(GOOD.replace("Titel", "Förvåning")).encode("cp1252"))
    with pytest.raises(SourceError) as caught:
        read_sources(corpus.settings)
    check_line(caught.value, "sources.toml", "UTF-8")


def test_no_list(corpus: Any) -> None:
    corpus.listing.unlink()
    with pytest.raises(SourceError) as caught:
        read_sources(corpus.settings)
    check_line(caught.value, "sources.toml", "KD_CORPUS_DIR")


@pytest.mark.parametrize("change", ["missing", "changed", "folder"])
def test_a_file_that_is_not_the_listed_one_is_named(corpus: Any, change: str) -> None:
    corpus.build()
    before = corpus.state()
    path = corpus.folder / "beslutet.txt"
    data = path.read_bytes()
    path.unlink()
    if change == "changed":
        path.write_bytes(data.replace(b"14 chefer", b"15 chefer"))
    elif change == "folder":
        path.mkdir()
    lines = changed_sources(read_sources(corpus.settings))
    assert len(lines) == 1
    assert "beslutet.txt" in lines[0]
    with pytest.raises(SourceError) as caught:
        build_index(corpus.settings)
    check_line(caught.value, "beslutet.txt")
    assert corpus.state() == before
    freshness = check_freshness(corpus.settings)
    assert not freshness.fresh
    assert freshness.changed == lines
    assistant, warning = Assistant.open(corpus.settings)
    assert "beslutet.txt" in warning
    assert "14 chefer" in assistant.ask("Vilka chefer kallar direktören till ett möte?").text
    assistant.close()


def test_every_changed_file_is_named_at_once(corpus: Any) -> None:
    for key in ("lagen", "rapporten"):
        (corpus.folder / f"{key}.txt").write_text("annat", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_index(corpus.settings)
    check_line(caught.value, "lagen.txt", "rapporten.txt")


def test_without_an_index_a_broken_list_is_an_error(corpus: Any) -> None:
    corpus.listing.write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(SourceError):
        Assistant.open(corpus.settings)
    assert not (corpus.settings.index_dir / "CURRENT").exists()


def test_an_unreadable_file_leaves_the_index(corpus: Any) -> None:
    """The hash is right, but the content cannot be read."""
    corpus.build()
    before = corpus.state()
    corpus.texts["beslutet"] = ("beslut", "\x00\x01\x02\x03" * 50)
    corpus.save()
    with pytest.raises(SourceError) as caught:
        build_index(corpus.settings)
    check_line(caught.value, "beslutet.txt")
    assert corpus.state() == before


def test_what_is_listed_is_what_is_given(corpus: Any) -> None:
    extra = 'publisher = "Ett förlag"\nyear = 2023\nurl = "https://example.org/x"\n'
    corpus.listing.write_text(rows(GOOD + extra), encoding="utf-8")
    (source,) = read_sources(corpus.settings)
    assert (source.id, source.title, source.kind, source.sha256) == ("en", "Titel", "rapport", SHA)
    assert (source.publisher, source.year, source.url) == ("Ett förlag", 2023, "https://example.org/x")
    assert source.path == corpus.folder / "lagen.txt"
    assert source.origin == "corpus"
    corpus.listing.write_text(rows(GOOD), encoding="utf-8")
    (bare,) = read_sources(corpus.settings)
    assert (bare.publisher, bare.year, bare.url) == (None, None, None)
