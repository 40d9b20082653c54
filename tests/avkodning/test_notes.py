"""Notes: what is written is kept, whatever the file; two pages, two machines and a hostile file lose nothing."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.avkodning import notes_store
from assistant.avkodning.merging import merged
from assistant.avkodning.notes import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MUNICIPALITY,
    START,
    Conversation,
    Entry,
    Notes,
    answer_key,
    cleaned,
    conversation_key,
    noted,
    status_key,
    theme_key,
    with_conversation,
    without_conversation,
    without_earlier,
)
from assistant.avkodning.notes_file import MOST_BYTES, notes_from_json, notes_to_json
from assistant.avkodning.notes_search import MOST_SHOWN, notes_matching
from assistant.avkodning.notes_store import NotesStore, new_key
from assistant.avkodning.programme import read_programme
from assistant.avkodning.progress import open_questions, progress
from assistant.errors import UsageError
from assistant.settings import load_settings

PROGRAMME = read_programme(load_settings().corpus_dir)
THEME = PROGRAMME.themes[0]
QUESTION = THEME.questions[0]
ANSWER = answer_key(THEME.id, QUESTION.id)
FREE = theme_key(THEME.id, "notes")
DAY = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
LATER = DAY + timedelta(hours=1)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'"


def written_down(text: str = "Varje måndag.", now: datetime = DAY) -> Notes:
    return noted(Notes(), ANSWER, text, now)


# What is written


def test_what_is_written_is_read() -> None:
    notes = noted(written_down(), MUNICIPALITY, "Exempelkommun")
    notes = noted(noted(notes, START, "2026-11-02"), theme_key("ekonomi", "unknown"), "Prognosen\nfattas")
    assert notes.theme(THEME.id).answers == {QUESTION.id: "Varje måndag."}
    assert notes.municipality == "Exempelkommun"
    assert notes.start == date(2026, 11, 2)
    assert notes.theme("ekonomi").unknown == "Prognosen\nfattas"
    assert Notes().start is None
    assert Notes().is_empty
    assert not notes.is_empty


def test_a_theme_is_ongoing_once_something_is_written_and_what_the_user_says_it_is() -> None:
    notes = written_down()
    assert notes.theme(THEME.id).status == "ongoing"
    assert notes.theme("ekonomi").status == "not_begun"
    assert noted(notes, status_key(THEME.id), "done").theme(THEME.id).status == "done"
    assert noted(notes, ANSWER, "").theme(THEME.id).status == "not_begun"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        (ANSWER, "x" * (LONGEST_TEXT + 1), "för lång"),
        (MUNICIPALITY, "x" * (LONGEST_LINE + 1), "för lång"),
        (START, "2 november", "är inget datum"),
        (START, "2026-02-30", "är inget datum"),
        (START, "20261102", "är inget datum"),
        (status_key("t"), "färdig", "är inget läge"),
        (conversation_key("a", "removed"), "x", "går inte att använda"),
        (("themes", "../x", "notes"), "x", "inget fält"),
        (("themes", "t", "secrets"), "x", "inget fält"),
        ((), "x", "inget fält"),
    ],
)
def test_what_a_field_cannot_hold_is_told_and_changes_nothing(key: tuple[str, ...], text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        noted(Notes(), key, text)


def test_characters_that_show_nothing_are_left_out_and_line_breaks_stay() -> None:
    notes = noted(Notes(), ANSWER, "a\x00b\x1b[31m\u202ec\r\nd\te\ud800")
    assert notes.text(ANSWER) == "ab[31mc\nd\te"
    assert noted(Notes(), MUNICIPALITY, " Exempel\nkommun ").municipality == "Exempel kommun"


def test_an_edit_is_later_than_the_one_before_it_also_when_the_clock_goes_back() -> None:
    notes = noted(written_down("nu", LATER), ANSWER, "sedan", DAY)
    assert notes.entries[ANSWER].edited > written_down("nu", LATER).entries[ANSWER].edited


def test_the_same_text_again_is_no_edit() -> None:
    notes = written_down()
    assert noted(notes, ANSWER, "Varje måndag.", LATER) is notes


def test_conversations_stand_by_day_and_can_be_changed_and_removed() -> None:
    notes = with_conversation(Notes(), Conversation("b", "B", "chef", "2026-12-02", "budget"))
    notes = with_conversation(notes, Conversation("", "C"))
    notes = with_conversation(notes, Conversation("a", "A", "ordförande", "2026-11-30", "mandat"))
    assert [one.person for one in notes.conversations] == ["A", "B", "C"]
    notes = with_conversation(notes, Conversation("a", "A", "ordförande", "2027-01-08", "mandat"))
    assert [one.person for one in notes.conversations] == ["B", "A", "C"]
    gone = without_conversation(notes, "b")
    assert [one.person for one in gone.conversations] == ["A", "C"]
    assert "budget" not in notes_to_json(gone)
    assert [one.person for one in merged(gone, notes).notes.conversations] == ["A", "C"]


def test_progress_counts_answers_to_the_programmes_questions_only() -> None:
    notes = noted(written_down(), answer_key(THEME.id, "gammal-fraga"), "svar")
    notes = noted(notes, status_key("ekonomi"), "done")
    steps = progress(PROGRAMME, notes)
    assert (steps.answered, steps.questions) == (1, len(PROGRAMME.question_ids))
    assert steps.themes[0].answered == 1
    assert (steps.count("done"), steps.count("ongoing")) == (1, 1)
    assert steps.line.startswith(f"1 av {steps.questions} frågor har svar. Av 11 teman är 1 klart, 1 pågår och 9")
    assert QUESTION not in open_questions(THEME, notes)
    assert len(open_questions(THEME, notes)) == len(THEME.questions) - 1


# Files

ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
texts = st.text(max_size=60).map(cleaned)
lines = st.text(max_size=60).map(lambda text: " ".join(cleaned(text).split()))
moments = st.one_of(
    st.just(""),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)).map(lambda each: each.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
)
days = st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(lambda day: day.isoformat())


def entries(values: st.SearchStrategy[str], most_earlier: int = 2) -> st.SearchStrategy[Entry]:
    """Other wordings differ from the text, are not blank and stand in order, as they do in files that are read."""

    def made(text: str, edited: str, earlier: list[str]) -> Entry:
        return Entry(text, edited, tuple(sorted({each for each in earlier if each.strip()} - {text})))

    return st.builds(made, values, moments, st.lists(values, max_size=most_earlier))


keyed = st.one_of(
    st.tuples(st.just(MUNICIPALITY), entries(lines)),
    st.tuples(st.just(START), entries(days)),
    st.tuples(st.tuples(st.just("themes"), ids, st.sampled_from(["notes", "known", "unknown"])), entries(texts)),
    st.tuples(st.tuples(st.just("themes"), ids, st.just("answers"), ids), entries(texts)),
    st.tuples(st.tuples(st.just("themes"), ids, st.just("status")), entries(st.sampled_from(["ongoing", "done"]), 0)),
    st.tuples(st.tuples(st.just("conversations"), ids, st.sampled_from(["person", "role", "subject"])), entries(lines)),
    st.tuples(st.tuples(st.just("conversations"), ids, st.just("day")), entries(days)),
)
some_notes = st.lists(keyed, max_size=8).map(lambda pairs: Notes(dict(pairs)))


@given(some_notes)
def test_what_is_exported_is_imported_field_by_field(notes: Notes) -> None:
    """Ids that no programme knows among them."""
    assert notes_from_json(notes_to_json(notes).encode("utf-8")) == notes


@given(some_notes, some_notes, some_notes)
def test_merging_does_not_depend_on_who_merges_with_whom(one: Notes, two: Notes, three: Notes) -> None:
    assert merged(one, two).notes.entries.keys() == one.entries.keys() | two.entries.keys()
    left = merged(merged(one, two).notes, three).notes
    assert left == merged(one, merged(two, three).notes).notes
    assert merged(left, left).notes == left


@given(some_notes, some_notes)
def test_merging_loses_no_wording(one: Notes, two: Notes) -> None:
    both = merged(one, two).notes
    for notes in (one, two):
        for key, entry in notes.entries.items():
            if entry.text.strip() and key[-1] != "status":
                assert entry.text in (both.text(key), *both.earlier(key))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_one_line_or_read(data: bytes) -> None:
    refused_or_read(data)


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["schema", "municipality", "start", "themes", "conversations"]), json_values))
def test_any_json_is_refused_in_one_line_or_read(tree: Mapping[str, Any]) -> None:
    refused_or_read(json.dumps({"format": "kd-avkodning", "schema": 1, **tree}).encode())


def refused_or_read(data: bytes) -> None:
    said = ""
    try:
        notes = notes_from_json(data)
    except UsageError as error:
        said = str(error)
    if said:
        assert said.startswith("Filen går inte att läsa in: ")
        assert said.endswith("Anteckningarna som du har är orörda.")
        assert "\n" not in said
    else:
        assert notes_from_json(notes_to_json(notes).encode("utf-8")) == notes


def tree(**parts: Any) -> dict[str, Any]:
    return {"schema": 1, "format": "kd-avkodning", **parts}


def row(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "edited": "2026-11-02T08:30:00.000000Z", **more}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "inte hel"),
        (b'{"schema": 1, "format": "kd-avk', "inte hel"),
        (b"<!doctype html><script>alert(1)</script>", "inte hel"),
        (b"[" * 100_000, "inte hel"),
        (b"[]", "inte sparad av Avkodning"),
        (b'{"schema": 1}', "inte sparad av Avkodning"),
        ('{"format": "kd-avkodning", "schema": 1, "municipality": "Å"}'.encode("latin-1"), "inte UTF-8"),
        ("{}".encode("utf-16"), "inte UTF-8"),
        (b"x" * (MOST_BYTES + 1), "för stor"),
        (b'{"format": "kd-avkodning", "schema": 2}', "nyare version"),
        (b'{"format": "kd-avkodning", "schema": 0}', '"schema" har fel form'),
        (b'{"format": "kd-avkodning", "schema": true}', '"schema" har fel form'),
        (b'{"format": "kd-avkodning"}', '"schema" saknas'),
        (b'{"format": "kd-avkodning", "schema": 1, "schema": 1}', '"schema" står två gånger'),
        (tree(mer=1), '"mer" är inget känt fält'),
        (tree(themes=[]), '"themes" har fel form'),
        (tree(themes={"t": {"notes": {"text": 1}}}), '"themes/t/notes/text" har fel form'),
        (tree(themes={"t": {"notes": row("x" * (LONGEST_TEXT + 1))}}), "längre än 10000 tecken"),
        (tree(themes={"t": {"notes": row("a\x00b")}}), "innehåller styrtecken"),
        (tree(themes={"t": {"notes": row("a\u202eb")}}), "innehåller styrtecken"),
        (tree(themes={"t": {"notes": row("a\ud800b")}}), '"themes/t/notes/text" har fel form'),
        (tree(themes={"t": {"notes": row("a", earlier=["b\x1b"])}}), "innehåller styrtecken"),
        (tree(themes={"../../etc": {"notes": row("a")}}), "är inget känt fält"),
        (tree(themes={"<script>": {"status": row("done")}}), "är inget känt fält"),
        (tree(themes={"t": {"status": row("klar")}}), "är inget läge"),
        (tree(start=row("i går")), "är inget datum"),
        (tree(municipality=row("x" * (LONGEST_LINE + 1))), "för lång"),
        (tree(municipality={"text": "x", "edited": "i går"}), '"municipality/edited" har fel form'),
        (tree(municipality={"text": "x", "edited": "2026-13-45T99:99:99.000000Z"}), "är ingen tid"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(data: bytes | dict[str, Any], said: str) -> None:
    content = data if isinstance(data, bytes) else json.dumps(data).encode("utf-8")
    with pytest.raises(UsageError) as caught:
        notes_from_json(content)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_html_in_notes_is_text_and_comes_back_as_it_was() -> None:
    notes = noted(Notes(), ANSWER, HOSTILE)
    assert notes_from_json(notes_to_json(notes).encode("utf-8")).text(ANSWER) == HOSTILE


def test_a_file_with_a_byte_order_mark_or_without_times_is_read() -> None:
    given = json.dumps(tree(themes={"t": {"notes": {"text": "skrivet för hand"}}}))
    assert notes_from_json(b"\xef\xbb\xbf" + given.encode()).theme("t").notes == "skrivet för hand"


def test_nothing_is_newer_than_now() -> None:
    """Else a file with a wrong clock could never be written over."""
    far = tree(municipality={"text": "Framtid", "edited": "9999-12-31T23:59:59.999999Z"})
    notes = notes_from_json(json.dumps(far).encode())
    assert noted(notes, MUNICIPALITY, "Nutid").municipality == "Nutid"


def test_notes_that_grow_too_large_are_not_saved(tmp_path: Path) -> None:
    store, key = NotesStore(tmp_path), new_key()
    store.update(key, lambda notes: noted(notes, ANSWER, "kvar"))

    def grow(notes: Notes) -> Notes:
        for number in range(MOST_BYTES // LONGEST_TEXT + 1):
            notes = noted(notes, answer_key("t", f"f{number}"), "x" * LONGEST_TEXT)
        return notes

    with pytest.raises(UsageError, match="för stora att spara"):
        store.update(key, grow)
    assert store.load(key).notes.text(ANSWER) == "kvar"


# Merging


def test_what_two_large_files_are_merged_into_can_be_read_again() -> None:
    notes = Notes()
    for number in range(900):
        notes = merged(notes, Notes({conversation_key(f"s{number}", "person"): Entry(f"Person {number}")})).notes
        notes = merged(notes, written_down(f"lydelse {number}")).notes
    assert notes_from_json(notes_to_json(notes).encode("utf-8")) == notes
    assert len(notes.earlier(ANSWER)) == 899


def test_the_newer_stands_the_older_is_kept_beside_it_and_both_are_told() -> None:
    mine = noted(written_down("mitt, nyare", LATER), FREE, "gammalt", DAY)
    other = noted(noted(written_down("filens, äldre", DAY), FREE, "nytt", LATER), MUNICIPALITY, "Exempelkommun", DAY)
    taken = merged(mine, other)
    assert taken.notes.text(ANSWER) == "mitt, nyare"
    assert taken.notes.earlier(ANSWER) == ("filens, äldre",)
    assert taken.notes.text(FREE) == "nytt"
    assert taken.notes.earlier(FREE) == ("gammalt",)
    assert (taken.added, taken.replaced, taken.kept) == (1, 1, 1)
    assert taken.line == (
        "Anteckningarna är inlästa: 1 fält lades till, 1 fält ersattes av en nyare lydelse och 1 fält var äldre än "
        "dina. De lydelser som inte används finns kvar under Tidigare lydelse."
    )
    assert merged(taken.notes, other).notes == taken.notes


def test_a_file_that_brings_nothing_says_so() -> None:
    notes = written_down()
    assert merged(notes, notes).line == "Filen innehöll inget som inte redan fanns i dina anteckningar."


def test_another_wording_can_be_put_away() -> None:
    both = merged(written_down("nyare", LATER), written_down("äldre", DAY)).notes
    assert both.earlier(ANSWER) == ("äldre",)
    assert without_earlier(both, ANSWER).earlier(ANSWER) == ()
    assert without_earlier(both, ANSWER).text(ANSWER) == "nyare"


# The store


def test_notes_are_there_the_next_time_and_nobody_elses(tmp_path: Path) -> None:
    key, other = new_key(), new_key()
    NotesStore(tmp_path / "ny").update(key, lambda _: written_down())
    assert NotesStore(tmp_path / "ny").load(key).notes == written_down()
    assert NotesStore(tmp_path / "ny").load(other).notes.is_empty


def test_nothing_is_written_before_something_is_noted(tmp_path: Path) -> None:
    store = NotesStore(tmp_path / "ny")
    assert store.load(new_key()).notes.is_empty
    store.erase(new_key())
    assert not (tmp_path / "ny").exists()
    store.update(new_key(), lambda notes: notes)
    assert list((tmp_path / "ny").glob("*.json")) == []


def test_the_file_names_no_key_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = new_key()
    NotesStore(tmp_path / "ny").update(key, lambda _: written_down())
    (file,) = (tmp_path / "ny").glob("*.json")
    assert key not in file.name
    assert len(file.stem) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("key", ["", "kort", "../../../etc/passwd" + "x" * 24, "å" * 43, "a" * 44, "a" * 42 + "\n"])
def test_a_key_of_another_form_is_refused(tmp_path: Path, key: str) -> None:
    store = NotesStore(tmp_path)
    for call in (store.load, store.erase, lambda each: store.update(each, lambda notes: notes)):
        with pytest.raises(UsageError, match="fel form"):
            call(key)
    assert list(tmp_path.iterdir()) == []


def test_keys_differ_and_have_the_right_form() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(notes_store.is_key(key) for key in keys)


def test_two_pages_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each with a store of its own, as two programs would have, writing fields of its own and one in common."""
    key = new_key()

    def page(name: str) -> None:
        store = NotesStore(tmp_path)
        for number in range(12):
            store.update(key, lambda notes, n=number: noted(notes, answer_key(name, f"f{n}"), f"{name} {n}"))
            store.update(key, lambda notes, n=number: noted(notes, ANSWER, f"{name} {n}"))

    pages = [threading.Thread(target=page, args=(name,)) for name in ("ett", "tva", "tre")]
    for one in pages:
        one.start()
    for one in pages:
        one.join()
    kept = NotesStore(tmp_path).load(key).notes
    assert {name: len(kept.theme(name).answers) for name in ("ett", "tva", "tre")} == {"ett": 12, "tva": 12, "tre": 12}
    assert kept.text(ANSWER).endswith(" 11")


def test_a_change_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    store, key = NotesStore(tmp_path), new_key()
    store.update(key, lambda _: written_down())
    with pytest.raises(UsageError):
        store.update(key, lambda notes: noted(notes, START, "ogiltigt"))
    assert store.load(key).notes == written_down()


def test_a_write_that_breaks_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, key = NotesStore(tmp_path), new_key()
    store.update(key, lambda _: written_down())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="går inte att spara"):
        store.update(key, lambda notes: noted(notes, ANSWER, "ny"))
    assert store.load(key).notes == written_down()
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".new"] == []


def test_a_damaged_file_is_set_aside_and_never_written_over(tmp_path: Path) -> None:
    store, key = NotesStore(tmp_path), new_key()
    store.update(key, lambda _: written_down())
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(b"{trasig")
    loaded = store.update(key, lambda notes: noted(notes, FREE, "nytt"))
    assert "gick inte att läsa" in loaded.warning
    (aside,) = tmp_path.glob("*.skadad-*.json")
    assert aside.name in loaded.warning
    assert aside.read_bytes() == b"{trasig"
    assert store.load(key).notes.text(FREE) == "nytt"
    assert store.load(key).warning == ""


def test_what_is_erased_is_gone_and_no_open_page_brings_it_back(tmp_path: Path) -> None:
    store, key, other = NotesStore(tmp_path), new_key(), new_key()
    store.update(key, lambda _: written_down("hemligt"))
    store.update(other, lambda _: written_down("annans"))
    next(file for file in tmp_path.glob("*.json") if "hemligt" in file.read_text()).write_bytes(b"hemligt, trasigt")
    store.load(key)
    store.update(key, lambda _: written_down("hemligt igen"))
    store.erase(key)
    assert all(b"hemligt" not in file.read_bytes() for file in tmp_path.iterdir())
    with pytest.raises(UsageError, match="är raderade"):
        store.update(key, lambda notes: noted(notes, FREE, "igen"))
    assert store.load(key).notes.is_empty
    assert store.load(other).notes == written_down("annans")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(UsageError, match="notes_dir"):
        NotesStore(tmp_path / "fil" / "inuti").update(new_key(), lambda _: written_down())


# Search

LINES = (
    "Kommunchefen före mig satt i elva år och slutade efter ett gräl om simhallen.",
    "Gruppledarna för de mindre partierna vill ha ett möte i månaden.",
    "HR säger att sjukfrånvaron i äldreomsorgen är tolv procent.",
    "Avtalet med räddningstjänstförbundet sägs upp till årsskiftet.",
    "Delegationsbesluten i miljönämnden anmäls inte.",
    "Prognosen visar ett underskott på nio miljoner i barn- och utbildningsnämnden.",
    "Reservkraften i kommunhuset är inte provkörd.",
    "Två av avdelningscheferna vill sluta.",
)
#: Which line each question should bring, None for none: other questions and notes than the limit was chosen on.
ASKED: tuple[tuple[str, int | None], ...] = (
    ("Hur hög är sjukfrånvaron?", 2),
    ("Ska delegationsbeslut anmälas till nämnden?", 4),
    ("Vilken prognos har nämnderna för budgeten?", 5),
    ("Hur ofta vill gruppledarna träffas?", 1),
    ("Vad gäller för avtal med ett förbund?", 3),
    ("Vilka chefer tänker sluta?", 7),
    ("Vad är likställighetsprincipen?", None),
    ("Hur väcks ett medborgarförslag?", None),
    ("Vad är Leadership Pipeline?", None),
    ("Hur räknas rösterna i ett proportionellt val?", None),
    ("Vad är en interpellation?", None),
    ("Vem får vara revisor?", None),
)


@pytest.fixture(scope="module")
def lined() -> Notes:
    return noted(Notes(), FREE, "\n".join(LINES))


@pytest.mark.parametrize(("question", "line"), ASKED)
def test_a_question_brings_the_notes_on_it_and_no_others(
    assistant: Assistant, lined: Notes, question: str, line: int | None
) -> None:
    found = notes_matching(question, lined, PROGRAMME, assistant.embedder, assistant.lexicon)
    assert [hit.text for hit in found][:1] == ([] if line is None else [LINES[line]])


def test_an_answer_is_found_by_the_question_that_it_answers(assistant: Assistant) -> None:
    notes = noted(Notes(), answer_key("kso", "kso-arbetsform"), "Tisdagar klockan nio.")
    (hit,) = notes_matching("Hur ofta ska vi ses?", notes, PROGRAMME, assistant.embedder, assistant.lexicon)
    assert hit.text == "Tisdagar klockan nio."
    assert hit.where.startswith("Ordföranden och kommunstyrelsen: Hur ofta ska vi ses")
    assert hit.theme_id == "kso"


def test_a_conversation_to_come_is_found(assistant: Assistant) -> None:
    notes = with_conversation(Notes(), Conversation("", "", "ekonomichef", "2026-12-01", "Prognosen för budgeten"))
    (hit,) = notes_matching("Hur ser prognosen ut?", notes, PROGRAMME, assistant.embedder, assistant.lexicon)
    assert hit.where == "Samtal: ekonomichef, 1 december 2026"


def test_few_lines_are_shown_and_none_of_empty_notes(assistant: Assistant, lined: Notes) -> None:
    many = noted(lined, FREE, "\n".join(f"Delegationsordningen, del {number}" for number in range(9)))
    search = (PROGRAMME, assistant.embedder, assistant.lexicon)
    assert len(notes_matching("Vad säger delegationsordningen?", many, *search)) == MOST_SHOWN
    assert notes_matching("Vad säger delegationsordningen?", Notes(), *search) == ()
    assert notes_matching("  ", many, *search) == ()


def test_the_users_notes_are_no_part_of_an_answer(assistant: Assistant, lined: Notes) -> None:
    """Whatever is noted, the sources alone are cited."""
    question = "Hur hög är sjukfrånvaron i äldreomsorgen?"
    assert notes_matching(question, lined, PROGRAMME, assistant.embedder, assistant.lexicon)
    assert "tolv procent" not in assistant.ask(question).text
