"""The plan as .docx, and `kd avkodning` with a file of notes."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

from assistant.assistant import Assistant
from assistant.avkodning import plan_phrases as words
from assistant.avkodning.notes import (
    MUNICIPALITY,
    START,
    Conversation,
    Notes,
    answer_key,
    noted,
    status_key,
    theme_key,
    with_conversation,
)
from assistant.avkodning.notes_file import notes_to_json
from assistant.avkodning.places import UNAVAILABLE
from assistant.avkodning.plan import Plan, plan_docx
from assistant.avkodning.programme import read_programme
from assistant.cli import main
from assistant.errors import UsageError
from assistant.settings import Settings, load_settings
from assistant.types import Document, Source

PROGRAMME = read_programme(load_settings().corpus_dir)
DAY = date(2026, 11, 28)
HOSTILE = '<script>&amp;</script> "]]> \x00\x1b[31m \ud800'


@pytest.fixture
def notes() -> Notes:
    notes = noted(noted(Notes(), MUNICIPALITY, "Exempelkommun"), START, "2026-11-02")
    notes = noted(notes, answer_key("kso", "kso-arbetsform"), "Tisdagar klockan nio.\nEn halvtimme.")
    notes = noted(notes, theme_key("ekonomi", "known"), "Underskott på tolv miljoner.")
    notes = noted(notes, theme_key("ekonomi", "unknown"), "Varför prognosen ändrades.")
    notes = noted(notes, theme_key("stod", "notes"), HOSTILE)
    notes = noted(notes, status_key("mandat"), "done")
    notes = noted(notes, ("themes", "gammalt", "notes"), "Ur en äldre version.")
    notes = with_conversation(notes, Conversation("b", "B", "ekonomichef", "2026-12-03", "prognosen"))
    notes = with_conversation(notes, Conversation("c", "C", "", "", "utan dag"))
    return with_conversation(notes, Conversation("x", "A", "ordförande", "2026-11-30", "mandatet"))


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def texts(content: bytes, style: str = "") -> list[str]:
    return [one.text for one in opened(content).paragraphs if not style or one.style.name == style]


def footnotes(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/footnotes.xml").decode("utf-8")


def made(assistant: Assistant, notes: Notes, **more: Any) -> bytes:
    return plan_docx(Plan(PROGRAMME, notes, **more), assistant.document, DAY)


def test_the_head_tells_whose_when_and_how_far(assistant: Assistant, notes: Notes) -> None:
    content = made(assistant, notes, index_id="abc123")
    assert texts(content, "Heading 1") == ["Avkodningsplan för Exempelkommun"]
    facts = texts(content)[1:6]
    assert facts[:3] == ["Kommun: Exempelkommun", "Tillträde: 2 november 2026", "Datum: 28 november 2026"]
    assert facts[3].startswith(f"Läget: 1 av {len(PROGRAMME.question_ids)} frågor har svar. Av 11 teman är 1 klart")
    assert facts[4] == "Sökindex: abc123"
    assert "AI-assistent" in texts(content, "Upplysning")[0]


def test_the_conversations_stand_by_day(assistant: Assistant, notes: Notes) -> None:
    (table,) = opened(made(assistant, notes)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Datum", "Person", "Roll", "Ämne"],
        ["30 november 2026", "A", "ordförande", "mandatet"],
        ["3 december 2026", "B", "ekonomichef", "prognosen"],
        ["Inget datum", "C", "", "utan dag"],
    ]


def test_each_theme_tells_why_what_is_known_and_what_is_not(assistant: Assistant, notes: Notes) -> None:
    content = made(assistant, notes)
    themes = [text for text in texts(content, "Heading 2") if text[:1].isdigit()]
    assert themes[0].startswith("1. Mandat och instruktion (klart, 0 av 8")
    assert themes[1].startswith("2. Ordföranden och kommunstyrelsen (pågår, 1 av 8")
    assert len(themes) == len(PROGRAMME.themes)
    economy = part(content, "5. Ekonomin")
    assert economy.index(words.KNOWN) < economy.index("Underskott på tolv miljoner.") < economy.index(words.UNKNOWN)
    assert economy.index(words.UNKNOWN) < economy.index("Varför prognosen ändrades.")
    assert economy.index(words.UNKNOWN) < economy.index(words.UNANSWERED.format(count=8))
    board = part(content, "2. Ordföranden")
    assert "Tisdagar klockan nio." in board[: board.index(words.UNKNOWN)]
    assert "Hur ofta ska vi ses" not in " ".join(board[board.index(words.UNKNOWN) :])


def part(content: bytes, beginning: str) -> list[str]:
    """The paragraphs from the heading that begins so to the next one of its level."""
    found: list[str] = []
    for one in opened(content).paragraphs:
        if one.style.name == "Heading 2" and found:
            break
        if found or one.text.startswith(beginning):
            found.append(one.text)
    return found


def test_every_reason_has_a_footnote_with_the_sources_words(assistant: Assistant, notes: Notes) -> None:
    said = footnotes(made(assistant, notes))
    for theme in PROGRAMME.themes:
        for why in theme.why:
            assert " ".join(why.words.quote.split())[:40].replace('"', "")[:20] in said.replace('"', "")
    reasons = sum(len(theme.why) for theme in PROGRAMME.themes)
    assert said.count("<w:footnoteRef/>") == reasons


def test_open_questions_stand_under_the_person_to_ask(assistant: Assistant, notes: Notes) -> None:
    section = part(made(assistant, notes), words.BY_PERSON)
    chair = section[section.index("Kommunstyrelsens ordförande") : section.index("HR-chef")]
    assert "Vad fungerade bra och mindre bra i samarbetet med min företrädare?" in chair
    assert not any(text.startswith("Hur ofta ska vi ses") for text in section)


def test_each_open_question_stands_once_and_a_dash_makes_a_list(assistant: Assistant, notes: Notes) -> None:
    content = made(assistant, noted(notes, theme_key("kso", "known"), "Vi ses:\n- på tisdagar\n-utan mellanrum"))
    question = "Om du fick visa mig tre siffror om kommunens ekonomi, vilka skulle det vara och vad säger de?"
    assert sum(question in text for text in texts(content)) == 1
    assert "på tisdagar" in texts(content, "List Bullet")
    assert "-utan mellanrum" in texts(content, "Normal")


def test_what_is_noted_under_unknown_ids_is_in_the_plan(assistant: Assistant, notes: Notes) -> None:
    assert part(made(assistant, notes), words.OTHER_NOTES)[1:] == ["Ur en äldre version."]


def test_the_sources_are_listed_with_their_kind(assistant: Assistant, notes: Notes) -> None:
    listed = part(made(assistant, notes), words.SOURCES)
    assert "Instruktion för kommundirektören (beslut i en kommun)" in listed
    assert not any("Kommunallagen" in line for line in listed)


def test_own_documents_are_named_and_called_so(assistant: Assistant, notes: Notes) -> None:
    own = Source("eget-1", "Reglemente för nämnderna", "eget", Path("x"), "0", origin="own")
    content = made(assistant, notes, own_documents=(own,))
    assert part(content, "Egna dokument") == ["Egna dokument", "Reglemente för nämnderna"]
    assert words.OWN_DOCUMENTS not in texts(made(assistant, notes))


def test_a_review_tells_what_the_law_demands_and_is_missing(assistant: Assistant, notes: Notes, tmp_path: Path) -> None:
    file = tmp_path / "instruktion.txt"
    file.write_text(
        "Instruktion för kommundirektören\n\n1 Inledning\n\nKommunstyrelsen beslutar om denna instruktion för "
        "kommundirektören. Kommundirektören deltar i kommunstyrelsens möten.\n",
        encoding="utf-8",
    )
    review = assistant.review(assistant.read_own(file))
    lacking = [row for row in review.rows if row.weight == "lag" and row.verdict != "found"]
    assert lacking
    content = made(assistant, notes, review=review)
    section = part(content, words.REVIEW)
    assert words.LAW_MISSING in section
    for row in lacking:
        assert any(row.title in line for line in section)
        assert words.BRING.format(question=row.question) in section
    assert f"Granskat dokument: {review.document.source.title} (eget dokument)" in section
    assert " ".join(lacking[0].basis.quote.split())[:40] in footnotes(content)


def test_a_review_that_misses_nothing_says_so(assistant: Assistant, notes: Notes) -> None:
    review = assistant.review(assistant.document("instruktion-kommundirektor"))
    met = replace(review, rows=tuple(replace(row, verdict="found") for row in review.rows))
    section = part(made(assistant, notes, review=met), words.REVIEW)
    assert words.LAW_MET in section
    assert words.LAW_MISSING not in section


def test_the_same_notes_give_the_same_bytes(assistant: Assistant, notes: Notes) -> None:
    assert made(assistant, notes) == made(assistant, notes)
    assert made(assistant, notes) != made(assistant, noted(notes, MUNICIPALITY, "Annan kommun"))


def test_empty_notes_make_a_plan_too(assistant: Assistant) -> None:
    content = made(assistant, Notes())
    assert texts(content, "Heading 1") == ["Avkodningsplan"]
    assert words.NO_CONVERSATIONS in texts(content)
    assert opened(content).tables == []


def test_all_answered_leaves_no_open_question(assistant: Assistant) -> None:
    notes = Notes()
    for theme in PROGRAMME.themes:
        for question in theme.questions:
            notes = noted(notes, answer_key(theme.id, question.id), "Ja.")
    content = made(assistant, notes)
    assert part(content, words.BY_PERSON) == [words.BY_PERSON, words.NO_OPEN_QUESTIONS]
    assert not any(text.startswith(words.UNANSWERED.split("{")[0]) for text in texts(content))


def test_hostile_notes_stay_words(assistant: Assistant, notes: Notes) -> None:
    assert any("<script>&amp;</script>" in text for text in texts(made(assistant, notes)))


def test_a_reason_whose_source_is_gone_is_said_to_be(assistant: Assistant, notes: Notes) -> None:
    def documents(source_id: str) -> Document:
        if source_id == "himmel-och-helvete":
            raise UsageError("borta")
        return assistant.document(source_id)

    content = plan_docx(Plan(PROGRAMME, notes), documents, DAY)
    assert any(text.endswith(UNAVAILABLE) for text in texts(content, "Upplysning"))


# The command


@pytest.fixture
def notes_file(notes: Notes, tmp_path: Path) -> Path:
    file = tmp_path / "avkodning.json"
    file.write_text(notes_to_json(notes), encoding="utf-8")
    return file


def test_the_command_makes_a_plan_and_overwrites_nothing(
    settings: Settings,
    notes_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KD_INDEX_DIR", str(settings.index_dir))
    target = tmp_path / "plan.docx"
    command = ["avkodning", "--notes", str(notes_file), "--docx", str(target)]
    assert main(command) == 0
    assert texts(target.read_bytes(), "Heading 1") == ["Avkodningsplan för Exempelkommun"]
    before = target.read_bytes()
    assert main(command) == 2
    assert "finns redan" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert main([*command, "--overwrite"]) == 0


def test_the_command_checks_a_file(notes_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["avkodning", "--check", str(notes_file)]) == 0
    assert capsys.readouterr().out.startswith("Filen går att läsa in. 1 av")
    assert main(["avkodning", "--check", str(notes_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answered"] == 1
    (tmp_path / "trasig.json").write_text("{", encoding="utf-8")
    assert main(["avkodning", "--check", str(tmp_path / "trasig.json")]) == 2
    assert "trasig.json" in capsys.readouterr().err
    assert main(["avkodning", "--check", str(tmp_path / "saknas.json")]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--notes", "a.json"], "--notes kräver --docx"),
        (["--docx", "a.docx"], "--docx kräver --notes"),
        (["--overwrite"], "--overwrite kräver --docx"),
        (["--check", "a", "--notes", "b", "--docx", "c.docx"], "--check går inte att använda"),
        (["--notes", "a", "--docx", "c.docx", "--json"], "--json går inte att använda"),
        (["--notes", "a", "--docx", "c.md"], "ska sluta på .docx"),
        (["--notes", "a", "--docx", "c.txt"], "ska sluta på"),
        (["--notes", "finns-inte.json", "--docx", "c.docx"], "går inte att läsa"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["avkodning", *options]) == 2
    assert said in capsys.readouterr().err
