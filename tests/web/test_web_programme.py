"""Avkodning in a real browser: every theme, notes that stay and that nobody else sees, and questions within a theme."""

from __future__ import annotations

import hashlib
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from web_samples import Visit

from assistant.assistant import Assistant
from assistant.avkodning.notes_search import HEADING
from assistant.avkodning.programme import ADVICE, Programme, read_programme
from assistant.web import programme_texts as words
from assistant.web import texts

pytestmark = pytest.mark.browser

Real = tuple[str, Assistant]
Open = Callable[..., Visit]

HOSTILE = '<img src=x onerror="window.hacked=1">'
STORE = "localStorage.getItem('kd-anteckningar')"


@pytest.fixture(scope="module")
def programme(served_real: Real) -> Programme:
    return read_programme(served_real[1].settings.corpus_dir)


def go(one: Visit, theme: str = "") -> Any:
    """Opens the programme, or a theme of it, by its address; returns the page."""
    page = one.page
    page.evaluate(f"window.location.hash = 'avkodning{'/' if theme else ''}{theme}'")
    page.locator("#kd-tema" if theme else ".kd-themes").wait_for(timeout=20_000)
    if theme:
        page.locator(f'.kd-programme[data-theme="{theme}"]').wait_for()
    return page


def box(page: Any, *key: str) -> Any:
    return page.locator(f'[data-field="{"/".join(key)}"]')


def write(page: Any, text: str, *key: str) -> None:
    """Writes in a field and waits until it is kept."""
    box(page, *key).fill(text)
    page.locator(f'[data-said-of="{"/".join(key)}"]').get_by_text(words.SAVED).wait_for()


def first_answer(programme: Programme, theme_id: str) -> tuple[str, ...]:
    theme = programme.theme(theme_id)
    assert theme
    return ("themes", theme_id, "answers", theme.questions[0].id)


def notes_file(real: Real, key: str) -> Path:
    return real[1].settings.notes_dir / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def exported(page: Any) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=words.EXPORT, exact=True).click()
    return Path(download.value.path()).read_bytes()


def take_in(page: Any, data: bytes, name: str = "avkodning.json") -> str:
    """Imports a file; returns what is said of it."""
    page.locator("#kd-import-said").evaluate("line => { line.textContent = ''; }")
    page.set_input_files("#kd-import", {"name": name, "mimeType": "application/json", "buffer": data})
    page.wait_for_function("document.getElementById('kd-import-said')?.textContent")
    return str(page.locator("#kd-import-said").inner_text())


def test_every_theme_is_opened_written_in_and_still_there_after_a_reload(
    visit: Open, served_real: Real, programme: Programme
) -> None:
    one = visit(served_real[0], place="#avkodning")
    page = one.page
    page.locator(".kd-themes").wait_for()
    assert page.locator(".kd-theme-name").all_inner_texts() == [theme.title for theme in programme.themes]
    for number, theme in enumerate(programme.themes):
        page.locator(".kd-themes a").nth(number).click()
        page.locator("#kd-tema").get_by_text(theme.title, exact=True).wait_for()
        assert page.evaluate("document.activeElement.id") == "kd-tema"
        assert page.title().startswith(theme.title)
        assert page.locator(".kd-theme-page .kd-words .kd-mark").count() > 0
        assert page.locator(".kd-theme-page .kd-card mark").count() > 0
        advised = page.locator("h4", has=page.locator(".kd-advice"))
        assert advised.all_inner_texts()[0].split("\n")[0].removesuffix(ADVICE).strip() == words.FIND_OUT
        for wanted in (theme.find_out[0], theme.ask[0], theme.plan[0], theme.reading[0].about, theme.chat[0]):
            assert page.get_by_text(wanted, exact=True).first.is_visible()
        assert page.locator(".kd-fields textarea").count() == len(theme.questions) + 3
        write(page, f"Svar om {theme.title}", *first_answer(programme, theme.id))
        page.get_by_role("link", name=words.ALL_THEMES).click()
        page.locator(".kd-themes").wait_for()
    assert page.locator("[data-progress-line]").inner_text().startswith(f"{len(programme.themes)} av ")
    page.reload()
    page.locator(".kd-themes").wait_for()
    assert {bar.get_attribute("value") for bar in page.locator(".kd-themes progress").all()} == {"1"}
    for theme in programme.themes:
        go(one, theme.id)
        assert box(page, *first_answer(programme, theme.id)).input_value() == f"Svar om {theme.title}"


def test_whose_words_a_reason_is_stands_before_it_once(visit: Open, served_real: Real) -> None:
    page = visit(served_real[0], place="#avkodning/mandat").page
    page.locator("#kd-tema").wait_for()
    said = page.locator(".kd-theme-page .kd-words .kd-says").all_inner_texts()
    assert said == [
        "Rapporten ”Att vara kommundirektör i en liten kommun”:",
        "Instruktion för kommundirektören, ett beslut i en kommun:",
    ]


def test_a_theme_has_its_address_and_its_places_open_in_the_document(visit: Open, served_real: Real) -> None:
    page = visit(served_real[0], place="#avkodning/mandat").page
    page.locator("#kd-tema").wait_for()
    mark = page.locator(".kd-theme-page .kd-mark").first
    mark.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('kd-card')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('kd-mark')")
    page.locator(".kd-theme-page .kd-card").get_by_text(texts.SHOW_IN_DOCUMENT).first.click()
    page.locator(".kd-document mark.kd-now").wait_for()
    page.go_back()
    page.locator(".kd-reading a").first.click()
    page.locator(".kd-document mark.kd-now").wait_for()


def test_an_address_that_names_no_theme_says_so(visit: Open, served_real: Real) -> None:
    page = visit(served_real[0], place="#avkodning/<b>finns-inte</b>").page
    page.get_by_text(words.NO_THEME).wait_for()
    assert page.locator(".kd-programme b").count() == 0


def test_the_key_is_made_when_something_is_written_and_shows_nowhere(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    assert page.evaluate(STORE) is None
    write(page, "Det här är mitt.", "themes", "mandat", "notes")
    key = page.evaluate(STORE)
    file = notes_file(served_real, key)
    assert len(key) == 43
    assert "Det här är mitt." in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    go(one)
    assert key not in page.content()
    assert key not in page.url
    assert [url for url in one.requests if key in url] == []
    assert page.evaluate("document.cookie") == ""


def test_status_conversations_and_days_are_kept_changed_and_removed(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "ekonomi")
    page.get_by_label(words.STATUS).select_option(label=words.STATUSES["done"])
    page.locator(".kd-said-of", has_text=words.SAVED).wait_for()
    assert page.locator(".kd-meter .kd-where").first.inner_text().startswith(words.STATUSES["done"])
    page.get_by_text(words.TALK_NEW, exact=True).click()
    page.get_by_role("button", name=words.TALK_ADD).click()
    page.locator("#kd-new-said").get_by_text(words.TALK_EMPTY).wait_for()
    one.complaints.clear()  # the browser logs the refusal's status
    for part, text in {"person": "Ordföranden", "day": "2026-12-03", "subject": "Instruktionen"}.items():
        page.locator(f"#kd-new-{part}").fill(text)
    page.get_by_role("button", name=words.TALK_ADD).click()
    talk = page.locator(".kd-talks .kd-talk")
    talk.locator("summary").get_by_text("3 december 2026 · Ordföranden · Instruktionen").click()
    assert page.evaluate("document.activeElement.closest('.kd-talking') !== null")
    talk.get_by_label(words.TALK_PARTS["subject"]).fill("Årets mål")
    talk.locator("summary").get_by_text("3 december 2026 · Ordföranden · Årets mål").wait_for()
    go(one)
    page.get_by_label(words.START).fill("2026-09-01")
    page.get_by_label(words.MUNICIPALITY, exact=True).fill("Lillköping")
    page.get_by_label(words.MUNICIPALITY, exact=True).blur()
    page.locator('[data-said-of="municipality"]').get_by_text(words.SAVED).wait_for()
    page.reload()
    page.locator(".kd-themes").wait_for()
    assert page.get_by_label(words.START).input_value() == "2026-09-01"
    assert page.get_by_label(words.MUNICIPALITY, exact=True).input_value() == "Lillköping"
    page.locator(".kd-talks summary").click()
    page.get_by_role("button", name=words.TALK_REMOVE).click()
    page.get_by_text(words.TALKS_NONE).wait_for()


def test_what_is_exported_and_erased_comes_back_by_import(visit: Open, served_real: Real, programme: Programme) -> None:
    one = visit(served_real[0])
    page = go(one, "samverkan")
    write(page, "Avtal med två grannar.", *first_answer(programme, "samverkan"))
    write(page, "Räddningstjänsten är gemensam.", "themes", "samverkan", "known")
    go(one)
    data = exported(page)
    key = page.evaluate(STORE)
    page.get_by_role("button", name=words.ERASE, exact=True).click()
    assert page.evaluate("document.activeElement.dataset.kept") == "keep"
    page.get_by_role("button", name=words.ERASE_NO).click()
    assert notes_file(served_real, key).exists()
    page.get_by_role("button", name=words.ERASE, exact=True).click()
    page.get_by_role("button", name=words.ERASE_YES).click()
    page.get_by_text(words.KEPT_EMPTY).wait_for()
    assert not notes_file(served_real, key).exists()
    assert page.evaluate(STORE) is None
    assert "lades till" in take_in(page, data)
    page.locator("[data-progress-line]").get_by_text("1 av ").wait_for()
    assert page.evaluate(STORE) != key
    go(one, "samverkan")
    assert box(page, *first_answer(programme, "samverkan")).input_value() == "Avtal med två grannar."
    assert box(page, "themes", "samverkan", "known").input_value() == "Räddningstjänsten är gemensam."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"schema": 1, "format": "kd-avk', "inte hel"),
        (b'{"annat": "program"}', "inte sparad av Avkodning"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'"' + b"x" * 3_000_000 + b'"', "för stor"),
        (json.dumps({"schema": 1, "format": "kd-avkodning", "themes": {"a": {"nytt": 1}}}).encode(), "känt fält"),
    ],
    ids=["broken", "foreign", "no text", "too large", "unknown field"],
)
def test_a_file_that_cannot_be_taken_in_is_told_in_one_line_and_changes_nothing(
    visit: Open, served_real: Real, data: bytes, said: str
) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    write(page, "Kvar.", "themes", "mandat", "notes")
    go(one)
    before = notes_file(served_real, page.evaluate(STORE)).read_bytes()
    told = take_in(page, data)
    assert said in told
    assert "\n" not in told
    assert notes_file(served_real, page.evaluate(STORE)).read_bytes() == before
    one.complaints.clear()  # the browser logs the refusal's status


def test_a_refused_file_leaves_no_key_behind(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one)
    take_in(page, b"{}")
    assert page.evaluate(STORE) is None
    one.complaints.clear()


def test_the_plan_holds_what_was_written(visit: Open, served_real: Real, programme: Programme) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    write(page, "Instruktionen är från 2019.", *first_answer(programme, "mandat"))
    go(one)
    assert page.locator("#kd-plan-review").count() == 0
    with page.expect_download() as download:
        page.get_by_role("button", name=words.PLAN).click()
    assert download.value.suggested_filename == words.PLAN_FILE
    read = docx.Document(io.BytesIO(Path(download.value.path()).read_bytes()))
    paragraphs = [paragraph.text for paragraph in read.paragraphs]
    assert any("Instruktionen är från 2019." in paragraph for paragraph in paragraphs)
    for theme in programme.themes:
        assert any(theme.title in paragraph for paragraph in paragraphs)


def test_a_question_within_a_theme_shows_ones_own_lines_apart_from_the_sources(
    visit: Open, served_real: Real, programme: Programme
) -> None:
    one = visit(served_real[0])
    page = go(one, "ekonomi")
    write(page, f"Budgeten antas i november {HOSTILE}", *first_answer(programme, "ekonomi"))
    page.get_by_role("button", name=words.ASK_ABOUT).click()
    chip = page.locator("#kd-chip")
    chip.get_by_text(words.CHIP.format(title="Ekonomin")).wait_for()
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
    turn = one.ask("När antas budgeten?")
    assert words.ASKED_WITHIN.format(title="Ekonomin") in turn.inner_text()
    own = turn.get_by_role("region", name=HEADING)
    assert f"Budgeten antas i november {HOSTILE}" in own.inner_text()
    assert own.locator(".kd-number, .kd-mark, mark, img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert HOSTILE not in turn.locator(".kd-words").inner_text()
    assert turn.locator(".kd-sources .kd-card").count() > 0
    chip.get_by_role("button", name=words.CHIP_REMOVE).click()
    assert not chip.is_visible()
    turn = one.ask("När antas budgeten i kommunen?")
    assert turn.locator(".kd-own-notes").count() == 0
    assert words.ASKED_WITHIN.format(title="Ekonomin") not in turn.inner_text()
    go(one)
    page.get_by_role("button", name=words.ERASE, exact=True).click()
    page.get_by_role("button", name=words.ERASE_YES).click()
    page.get_by_text(words.KEPT_EMPTY).wait_for()
    page.locator(".kd-own-notes").wait_for(state="detached")


def test_a_short_question_is_asked_within_the_theme(visit: Open, served_real: Real, programme: Programme) -> None:
    one = visit(served_real[0])
    page = go(one, "beredskap")
    theme = programme.theme("beredskap")
    assert theme
    page.get_by_role("button", name=theme.chat[0]).click()
    page.locator("#svar-1[data-state=done]").wait_for(timeout=20_000)
    assert page.locator("#fraga-1").inner_text().endswith(theme.chat[0])
    turn = one.ask("Vad är viktigast?")
    assert turn.locator(".kd-words .kd-mark").count() > 0
    cited = " ".join(turn.locator(".kd-card").all_inner_texts()).lower()
    assert any(word in cited for word in ("beredskap", "kris", "säkerhet"))


def test_two_users_never_see_each_others_notes(visit: Open, served_real: Real) -> None:
    mine, other = visit(served_real[0]), visit(served_real[0])
    write(go(mine, "kultur"), "Hemligt om fikarummet.", "themes", "kultur", "notes")
    write(go(other, "kultur"), "Något annat.", "themes", "kultur", "notes")
    assert mine.page.evaluate(STORE) != other.page.evaluate(STORE)
    other.page.reload()
    other.page.locator("#kd-tema").wait_for()
    assert box(other.page, "themes", "kultur", "notes").input_value() == "Något annat."
    assert "fikarummet" not in other.page.content()
    other.page.get_by_role("button", name=words.ASK_ABOUT).click()
    assert "fikarummet" not in other.ask("Vad är hemligt om fikarummet i kulturen?").locator(
        ".kd-answer"
    ).inner_html().replace("Vad är hemligt om fikarummet i kulturen?", "")
    assert b"fikarummet" not in exported(go(other))


def test_two_tabs_at_once_lose_nothing(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    write(page, "Första fliken.", "themes", "mandat", "notes")
    second = page.context.new_page()
    second.goto(f"{served_real[0]}/#avkodning/mandat")
    second.locator("#kd-tema").wait_for()
    box(second, "themes", "mandat", "notes").fill("Andra fliken.")
    box(page, "themes", "mandat", "notes").fill("Första fliken igen.")
    page.locator('[data-said-of="themes/mandat/notes"]').get_by_text(words.BOTH_KEPT).wait_for()
    page.get_by_text(words.EARLIER).first.wait_for()
    box(second, "themes", "mandat", "known").fill("Från andra fliken.")
    second.locator('[data-said-of="themes/mandat/known"]').get_by_text(words.SAVED).wait_for()
    data = json.loads(notes_file(served_real, page.evaluate(STORE)).read_text(encoding="utf-8"))["themes"]["mandat"]
    assert data["known"]["text"] == "Från andra fliken."
    held = {data["notes"]["text"], *data["notes"]["earlier"]}
    assert {"Andra fliken.", "Första fliken igen."} <= held


def test_what_is_written_last_is_kept_when_the_page_is_left_at_once(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "stod")
    write(page, "Först.", "themes", "stod", "notes")
    box(page, "themes", "stod", "notes").fill("Sist, utan att vänta.")
    page.reload()
    page.locator("#kd-tema").wait_for()
    assert box(page, "themes", "stod", "notes").input_value() == "Sist, utan att vänta."


def test_a_text_that_cannot_be_kept_is_told_and_stays(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    page.route("**/sida/anteckningar", lambda route: route.abort())
    box(page, "themes", "mandat", "notes").fill("Står kvar.")
    page.locator(".kd-said-of", has_text=words.NOT_SAVED).wait_for()
    assert box(page, "themes", "mandat", "notes").input_value() == "Står kvar."
    page.unroute("**/sida/anteckningar")
    box(page, "themes", "mandat", "notes").blur()
    page.locator('[data-said-of="themes/mandat/notes"]').get_by_text(words.SAVED).wait_for()
    one.complaints.clear()  # the browser logs the failed request


def test_on_paper_a_theme_holds_the_text_and_the_answers(visit: Open, served_real: Real) -> None:
    one = visit(served_real[0])
    page = go(one, "mandat")
    write(page, "rad\n" * 30 + "sist", "themes", "mandat", "notes")
    page.emulate_media(media="print")
    text = box(page, "themes", "mandat", "notes")
    assert text.evaluate("box => box.scrollHeight - box.clientHeight") <= 2
    for hidden in (".kd-header nav", ".kd-ask-about", ".kd-new-talk"):
        assert not page.locator(hidden).first.is_visible()
    assert page.locator(".kd-card .kd-quote").first.is_visible()
