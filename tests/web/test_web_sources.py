"""Källor: what is known, and one's own documents added, asked about, seen by nobody else, and erased."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import start_serving
from fastapi.testclient import TestClient
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from web_samples import HOSTILE, FakeAssistant, Visit

from assistant.assistant import Assistant
from assistant.own_documents import OwnDocuments, sweep_leftovers
from assistant.reading.page_picture import draw_page
from assistant.web import build_app, texts
from assistant.web import visits as visits_module
from assistant.web.app import UPLOAD_PATH
from assistant.web.visits import Visits

Served = tuple[str, FakeAssistant]
Real = tuple[str, Assistant]
Open = Callable[..., Visit]

_FIRST = ("1 Syfte", "Samverkansplanen gäller för Lillköping och dess grannkommuner.")
_SECOND = (
    "2 Samverkansrådet",
    "Samverkansrådet i Lillköping sammankallas av kommundirektören fyra gånger om året.",
    "Rådet följer upp planen varje november.",
)
QUESTION = "Hur ofta sammankallas samverkansrådet i Lillköping?"


def make_pdf(path: Path, *pages: tuple[str, ...]) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.setFont("Helvetica-Bold" if not number else "Helvetica", 16 if not number else 11)
            canvas.drawString(72, 760 - 30 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return make_pdf(tmp_path / "samverkansplan.pdf", _FIRST, _SECOND)


def leftovers() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("kd-besok-*")}


def add(one: Visit, file: Path) -> None:
    one.page.goto(f"{one.address}/#kallor")
    one.page.locator("#kd-file").wait_for(state="attached")
    one.page.set_input_files("#kd-file", file)


@pytest.mark.browser
def test_an_own_pdf_is_added_asked_about_shown_and_erased(visit: Open, served_real: Real, plan: Path) -> None:
    before = leftovers()
    mine, other = visit(served_real[0]), visit(served_real[0])
    add(mine, plan)
    mine.page.locator(".kd-own li").wait_for(timeout=90_000)
    assert mine.page.get_by_text("är tillagt").first.is_visible()
    assert len(leftovers() - before) == 1
    mine.page.goto(f"{mine.address}/#fraga")
    turn = mine.ask(QUESTION)
    card = turn.locator(".kd-card").first
    assert card.locator(".kd-kind").inner_text() == texts.KINDS["eget"]
    assert "fyra gånger" in turn.locator(".kd-words").inner_text()
    card.get_by_text(texts.SHOW_IN_DOCUMENT).click()
    picture = mine.page.locator(".kd-page img")
    picture.wait_for(timeout=30_000)
    assert picture.get_attribute("alt") == texts.PAGE_PICTURE.format(label="2")
    assert picture.evaluate("picture => picture.naturalWidth") > 500
    assert mine.page.locator(".kd-document mark.kd-now").count() > 0
    mine.page.get_by_role("link", name=texts.PREVIOUS_PAGE).click()
    mine.page.locator(f'.kd-page img[alt="{texts.PAGE_PICTURE_WHOLE.format(label="1")}"]').wait_for(timeout=30_000)

    source = mine.page.locator(".kd-document").get_attribute("data-source")
    other.page.goto(f"{other.address}/#kalla={source}&plats=0-0")
    other.page.get_by_text(texts.NO_DOCUMENT).wait_for()
    other.page.goto(f"{other.address}/#fraga")
    assert "Lillköping" not in other.ask(QUESTION).locator(".kd-answer").inner_text().replace(QUESTION, "")
    other.page.goto(f"{other.address}/#kallor")
    other.page.locator("#kd-file").wait_for(state="attached")
    assert other.page.locator(".kd-own li").count() == 0

    mine.page.goto(f"{mine.address}/#kallor")
    mine.page.get_by_role("button", name=f"{texts.REMOVE}: ").click()
    mine.page.get_by_text("är raderat").first.wait_for(timeout=60_000)
    assert mine.page.locator(".kd-own li").count() == 0
    assert leftovers() == before
    assert "fyra gånger" not in mine.page.content()


@pytest.mark.browser
def test_a_file_that_cannot_be_read_is_told_in_one_line(visit: Open, served_real: Real, tmp_path: Path) -> None:
    before = leftovers()
    one = visit(served_real[0])
    broken = tmp_path / "trasig.pdf"
    broken.write_bytes(b"%PDF-1.4 inget mer")
    add(one, broken)
    line = one.page.locator("#kd-adding .kd-error")
    line.wait_for(timeout=30_000)
    assert "trasig.pdf" in line.inner_text()
    assert tempfile.gettempdir() not in line.inner_text()
    assert leftovers() == before
    picture = tmp_path / "bild.exe"
    picture.write_bytes(b"MZ")
    one.page.set_input_files("#kd-file", picture)
    line = one.page.locator("#kd-file-sending .kd-error")
    line.wait_for()
    assert "bild.exe" in line.inner_text()
    one.complaints.clear()  # the browser logs the refusal's status


@pytest.mark.browser
def test_each_source_is_told_with_what_is_known_of_it(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.ask("Vem utser direktören?")
    one.page.get_by_role("link", name=texts.VIEWS["kallor"], exact=True).click()
    row = one.page.get_by_role("row").filter(has_text="Himmel och helvete")
    row.wait_for()
    for words in (texts.KINDS["rapport"], "SmåKom", "2024", "avsnitt", texts.CITED_HERE.format(count=1)):
        assert words in row.inner_text()


@pytest.mark.browser
def test_the_map_shows_each_theme_and_asks_its_questions(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.page.goto(f"{served_fake[0]}/#kallor")
    one.page.locator(".kd-map").wait_for(timeout=30_000)
    assert one.page.locator(".kd-map-name").all_inner_texts() == list(texts.THEMES)
    one.page.locator(".kd-map summary").first.click()
    one.page.locator(".kd-map [data-question]").first.click()
    one.page.locator("#svar-1[data-state=done]").wait_for()
    assert one.page.locator("#fraga-1").inner_text().endswith(texts.THEMES["Roller"][0])


def client() -> TestClient:
    return TestClient(build_app(FakeAssistant()), base_url="http://127.0.0.1:7860")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a.exe", "a", "", "..%2F..%2Fa.sh", "%00"])
def test_other_kinds_of_files_are_not_received(name: str) -> None:
    reply = client().post(UPLOAD_PATH, content=b"x", headers={"x-kd-name": name})
    assert reply.status_code == 422


def test_another_site_cannot_send_files() -> None:
    headers = {"x-kd-name": "a.txt", "sec-fetch-site": "cross-site"}
    assert client().post(UPLOAD_PATH, content=b"x", headers=headers).status_code == 403


def test_files_cannot_heap_up() -> None:
    one = client()
    replies = [one.post(UPLOAD_PATH, content=b"x", headers={"x-kd-name": "a.txt"}) for _ in range(21)]
    assert [reply.status_code for reply in replies] == [200] * 20 + [422]
    assert replies[-1].json() == {"detail": texts.UPLOAD_FULL}
    one.app.state.close()  # type: ignore[attr-defined]


def test_an_empty_file_is_refused() -> None:
    reply = client().post(UPLOAD_PATH, content=b"", headers={"x-kd-name": "a.txt"})
    assert reply.json() == {"detail": texts.UPLOAD_EMPTY}


def test_visits_are_apart_and_a_page_that_leaves_is_forgotten() -> None:
    visits = Visits(FakeAssistant(), grace=0)  # type: ignore[arg-type]
    first, second = visits.of("a"), visits.of("b")
    assert first is visits.of("a")
    assert first is not second
    visits.leave("a")
    for timer in list(visits._leaving.values()):
        timer.join()
    assert visits.of("a") is not first
    assert visits.of(None) is not visits.of(None)


@pytest.mark.browser
def test_closing_the_page_makes_the_server_forget(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    erased = threading.Event()
    monkeypatch.setattr(visits_module, "GRACE", 0.0)
    monkeypatch.setattr(Visits, "_erase", lambda self, session: erased.set())
    one = visit(start_serving(FakeAssistant()))
    one.ask("Vem utser direktören?")
    one.page.close()
    assert erased.wait(timeout=60)


def test_a_page_that_comes_back_in_time_is_the_same() -> None:
    visits = Visits(FakeAssistant(), grace=3600)  # type: ignore[arg-type]
    first = visits.of("a")
    visits.leave("a")
    assert visits.of("a") is first
    visits.close()
    assert visits.of("a") is not first


def test_what_a_killed_program_left_is_erased_at_the_next_start() -> None:
    gone = Path(tempfile.mkdtemp(prefix="kd-besok-999999999-"))
    mine = Path(tempfile.mkdtemp(prefix=f"kd-besok-{os.getpid()}-"))
    sweep_leftovers()
    assert not gone.exists()
    assert mine.exists()
    mine.rmdir()


def test_words_over_two_lines_are_framed_and_others_are_not(plan: Path) -> None:
    _, framed = draw_page(plan, "2", "fyra gånger om året.\nRådet följer upp")
    picture, missing = draw_page(plan, "2", "står inte här")
    assert framed
    assert not missing
    assert picture.startswith(b"\x89PNG")


def test_hostile_words_in_an_own_document_stay_words(assistant: Assistant, tmp_path: Path) -> None:
    from assistant.web.document_html import body_html

    file = tmp_path / "ond.txt"
    file.write_text(f"1 Plan\n\nRådet möts i Lillköping. {HOSTILE}\n", encoding="utf-8")
    own = OwnDocuments(assistant)
    try:
        added = own.add(file, lambda *_: None)
        assert added.source is not None
        html = body_html(own.assistant.document(added.source.id), ())
    finally:
        own.close()
    assert "&lt;img" in html
    assert "<img" not in html
    assert own.assistant is assistant


@pytest.mark.browser
def test_a_hostile_document_reaches_no_other_host(visit: Open, served_real: Real, tmp_path: Path) -> None:
    """The visit itself asserts that no request has left this host."""
    file = tmp_path / "ond.md"
    file.write_text(
        f"# 1 Samverkansrådet\n\nSamverkansrådet i Lillköping möts varje måndag.\n\n{HOSTILE}\n", encoding="utf-8"
    )
    one = visit(served_real[0])
    add(one, file)
    one.page.locator(".kd-own a").click(timeout=90_000)
    one.page.locator(".kd-document").wait_for()
    assert "onerror" in one.page.locator(".kd-text").inner_text()
    one.page.goto(f"{one.address}/#fraga")
    one.ask("När möts samverkansrådet i Lillköping?")
    one.ask(HOSTILE)
    assert one.page.locator("#kd-shown img, #kd-read img, #kd-shown form, #kd-read form").count() == 0
    links = one.page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert [link for link in links if "evil" in link] == []
    assert one.page.evaluate("window.hacked") is None
