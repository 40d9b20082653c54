"""One user's own documents: how many users may have some at a time, and that a place is free again afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.errors import UsageError
from assistant.own_documents import OwnDocuments, Places
from assistant.settings import Settings


@pytest.fixture
def shared(settings: Settings) -> Assistant:
    return Assistant.open(settings)[0]


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def test_a_place_is_taken_until_the_documents_are_erased(shared: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "budget.txt"
    file.write_text("Budgeten för nästa år omfattar 412 miljoner kronor.\n", encoding="utf-8")
    places = Places(1)
    first, second = OwnDocuments(shared, places), OwnDocuments(shared, places)
    assert first.add(file, silent).source is not None
    with pytest.raises(UsageError, match="inte ryms fler"):
        second.add(file, silent)
    assert second.sources == ()
    first.close()
    places.take()


def test_a_file_that_is_refused_takes_no_place(shared: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "tom.txt"
    file.write_bytes(b"")
    places = Places(1)
    refused = OwnDocuments(shared, places)
    assert refused.add(file, silent).source is None
    places.take()


def test_own_documents_are_read_with_the_networks_that_are_open(
    shared: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each user's own would take time to open and memory to keep."""
    file = tmp_path / "budget.txt"
    file.write_text("Budgeten för nästa år omfattar 412 miljoner kronor.\n", encoding="utf-8")
    shared.warm_up()
    own = OwnDocuments(shared, Places(1))
    own.add(file, silent)
    own.assistant.search("Vad omfattar budgeten?")
    monkeypatch.setattr("numpy.load", lambda *_, **__: pytest.fail("a file was opened"))
    assert "412 miljoner" in own.assistant.ask("Varför omfattar budgeten 412 miljoner kronor?").text
    own.close()
