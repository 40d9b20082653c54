"""The addresses that notes are sent to, without a browser: what is kept, what is refused, and what never shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from web_samples import HOSTILE, FakeAssistant

from assistant.avkodning.notes import Notes, noted, theme_key
from assistant.avkodning.notes_file import MOST_BYTES, notes_from_json
from assistant.avkodning.notes_store import new_key
from assistant.avkodning.programme import read_programme
from assistant.web import build_app
from assistant.web import programme_texts as words
from assistant.web.app import IMPORT_PATH, KEEP_PATH
from assistant.web.notebooks import written_over
from assistant.web.notes_html import earlier_html, text_field
from assistant.web.programme_html import overview_html

FIELD = theme_key("mandat", "notes")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    fake = FakeAssistant()
    fake.settings = replace(fake.settings, notes_dir=tmp_path / "notes")
    with TestClient(build_app(fake), base_url="http://127.0.0.1:7860") as client:  # type: ignore[arg-type]
        yield client


def post(client: TestClient, key: str, path: str = KEEP_PATH, **sent: Any) -> Any:
    return client.post(path, headers={"x-kd-key": key}, content=json.dumps(sent))


def note(client: TestClient, key: str, text: str, base: str = "", field: str = "themes/mandat/notes") -> Any:
    return post(client, key, act="note", field=field, text=text, base=base)


def kept(folder: Path) -> list[Notes]:
    return [notes_from_json(file.read_bytes()) for file in sorted(folder.glob("*.json"))]


def test_a_note_is_kept_with_what_the_page_needs_to_show(client: TestClient, tmp_path: Path) -> None:
    reply = note(client, new_key(), "Läs instruktionen.").json()
    assert (reply["text"], reply["both"]) == ("Läs instruktionen.", "")
    assert reply["progress"]["themes"]["mandat"]["status"] == "ongoing"
    assert [one.text(FIELD) for one in kept(tmp_path / "notes")] == ["Läs instruktionen."]


def test_another_pages_wording_stays_beside_the_new_one(client: TestClient, tmp_path: Path) -> None:
    key = new_key()
    note(client, key, "Från den andra sidan.")
    reply = note(client, key, "Från den här.", base="").json()
    assert reply["both"] == words.BOTH_KEPT
    assert "Från den andra sidan." in reply["earlier"]
    (notes,) = kept(tmp_path / "notes")
    assert (notes.text(FIELD), notes.earlier(FIELD)) == ("Från den här.", ("Från den andra sidan.",))
    assert post(client, key, act="forget", field="themes/mandat/notes").json()["earlier"].count("<li>") == 0


def test_a_page_that_goes_on_from_what_is_kept_leaves_no_earlier_wording() -> None:
    notes = noted(Notes(), FIELD, "ett")
    assert written_over(notes, FIELD, "ett två", "ett").earlier(FIELD) == ()
    assert written_over(notes, FIELD, "ett", "något annat").earlier(FIELD) == ()


@pytest.mark.parametrize("key", ["", "kort", "../../etc/passwd", "å" * 43, "a" * 42 + "/"])
def test_a_key_of_another_form_opens_nothing(client: TestClient, tmp_path: Path, key: str) -> None:
    reply = client.post(KEEP_PATH, headers={"x-kd-key": key.encode()}, content=b'{"act": "note"}')  # type: ignore[dict-item]
    assert reply.status_code == 422
    assert kept(tmp_path / "notes") == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"act": "annat"}', b'{"act": "note", "nytt": 1}', b'{"act": "note", "text": 1}']
)
def test_what_is_no_note_is_refused_in_one_line(client: TestClient, tmp_path: Path, body: bytes) -> None:
    reply = client.post(KEEP_PATH, headers={"x-kd-key": new_key()}, content=body)
    assert (reply.status_code, reply.json()) == (422, {"detail": words.UNEXPECTED})
    assert kept(tmp_path / "notes") == []


@pytest.mark.parametrize("field", ["", "themes", "themes/mandat/annat", "themes/../notes", "start/../../x"])
def test_a_field_that_is_none_is_refused(client: TestClient, tmp_path: Path, field: str) -> None:
    assert note(client, new_key(), "Text", field=field).status_code == 422
    assert kept(tmp_path / "notes") == []


@pytest.mark.parametrize("path", [KEEP_PATH, IMPORT_PATH])
def test_another_site_can_neither_write_nor_take_in(client: TestClient, path: str) -> None:
    headers = {"x-kd-key": new_key(), "sec-fetch-site": "cross-site"}
    assert client.post(path, headers=headers, content=b"{}").status_code == 403


def test_too_large_a_file_is_told_to_be_so_and_changes_nothing(client: TestClient, tmp_path: Path) -> None:
    key = new_key()
    note(client, key, "Kvar.")
    reply = client.post(IMPORT_PATH, headers={"x-kd-key": key}, content=b" " * (MOST_BYTES + 1))
    assert reply.status_code == 422
    assert "för stor" in reply.json()["detail"]
    assert [one.text(FIELD) for one in kept(tmp_path / "notes")] == ["Kvar."]


def test_a_key_that_has_been_erased_is_spent(client: TestClient, tmp_path: Path) -> None:
    key = new_key()
    note(client, key, "Bort.")
    assert post(client, key, act="erase").json() == {"said": words.ERASED}
    assert kept(tmp_path / "notes") == []
    assert note(client, key, "Igen.").status_code == 422


def test_hostile_words_in_notes_are_only_words() -> None:
    notes = noted(noted(Notes(), FIELD, HOSTILE), ("municipality",), "<img src=x onerror=alert(1)>")
    other = written_over(notes, FIELD, f"{HOSTILE} </textarea><script>", "")
    programme = read_programme(FakeAssistant().settings.corpus_dir)
    for html in (
        text_field(other, FIELD, "Namn"),
        earlier_html(other, FIELD),
        overview_html(programme, other, None),
    ):
        assert "<img" not in html
        assert "<script" not in html
        assert html.count("</textarea>") == html.count("<textarea")
