"""Makes the pictures of the README: starts the web app and takes a picture of each view, wide, narrow, light and dark.

    .venv/bin/python docs/make_screenshots.py

Needs the `test` extra and a Chromium in PATH. The app runs with folders of its own, so that nobody's documents show.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

HERE = Path(__file__).resolve().parent
QUESTION = "Vem ska utse kommundirektören?"
UNANSWERED = "Vilken månadslön har kommundirektören?"
TEXT = (
    "Kommunstyrelsen ska utse en direktör. Kommundirektören är chef för kontorscheferna och får ge dem uppdrag. "
    "Kommundirektörens uppdrag följs upp fyra gånger om året."
)
PLAN = (
    "2 Samverkansrådet",
    "Samverkansrådet i Lillköping sammankallas av kommundirektören fyra gånger om året.",
    "Rådet följer upp samverkansplanen varje november.",
)
ANOTHER = """# Instruktion för kommundirektören

Kommunstyrelsen beslutar om instruktionen och utser kommundirektören.

## Uppdrag

Kommundirektören leder förvaltningen under kommunstyrelsen och har den ledande ställningen bland de anställda.
Kommundirektören ansvarar för att ärenden till kommunstyrelsen bereds och för att besluten verkställs.
"""
ANSWERS = (
    "Att vi har en gemensam bild av läget, och att budgeten håller.",
    "När den antogs. Vi har inte gått igenom den sedan dess.",
)
WIDE, PHONE = (1280, 860), (390, 844)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kd-bilder-") as folder, _served(Path(folder)) as address:
        plan = _make_plan(Path(folder) / "samverkansplan.pdf")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
            for name, (size, dark, act) in _pictures(plan).items():
                look = "dark" if dark else "light"
                width, height = size
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=look)
                page = context.new_page()
                page.goto(address)
                page.locator("body[data-view]").wait_for()
                act(page)
                page.wait_for_timeout(400)
                _save(page.screenshot(), HERE / f"{name}.png")
                context.close()
            browser.close()


def _pictures(plan: Path) -> dict[str, tuple[tuple[int, int], bool, Callable[[Page], None]]]:
    """Each picture's name, the window's size, whether it is dark, and what is done before it is taken."""
    return {
        "start": (WIDE, False, lambda page: None),
        "start-telefon": (PHONE, False, lambda page: None),
        "meny-telefon": (PHONE, True, lambda page: page.get_by_role("button", name="Meny").click()),
        "fraga": (WIDE, False, _ask),
        "fraga-morkt": (WIDE, True, _ask),
        "fraga-telefon": (PHONE, False, _ask),
        "kalla-telefon": (PHONE, False, _open_sheet),
        "inget-stod": (WIDE, False, lambda page: _ask(page, UNANSWERED)),
        "urval": (WIDE, False, _choose),
        "personuppgift": (WIDE, False, _warn),
        "las": (WIDE, False, _read),
        "las-telefon": (PHONE, True, _read),
        "las-pdf": (WIDE, False, lambda page: _read_pdf(page, plan)),
        "granska": (WIDE, False, _review),
        "granska-telefon": (PHONE, False, _review),
        "granska-instruktion": (WIDE, False, _review_instruktion),
        "granska-instruktion-telefon": (PHONE, False, _review_rows),
        "jamfor-instruktioner": (WIDE, True, lambda page: _compare(page, plan.with_name("annan-instruktion.md"))),
        "avkodning": (WIDE, False, _programme),
        "avkodning-tema": (WIDE, False, _theme),
        "avkodning-telefon": (PHONE, True, _theme_questions),
        "kallor": (WIDE, False, _sources),
        "kallor-tackning": (WIDE, True, _map),
        "utvardering": (WIDE, False, _evaluation),
        "om": (WIDE, False, _about),
        "utskrift": ((794, 1123), False, _print),
    }


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"KD_{name}_DIR": str(folder / name.lower()) for name in ("INDEX", "OWN", "FETCHED", "NOTES")}
    environment = {**os.environ, **own, "KD_FEEDBACK_FILE": str(folder / "omdomen.jsonl")}
    command = [sys.executable, "-m", "assistant", "chat", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    """The port is taken before the index is built, and answers after."""
    import urllib.request

    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web app did not start.")


def _chromium() -> str:
    return next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))


def _save(picture: bytes, path: Path) -> None:
    """Few colours are used, so a palette makes the file small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(
        256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    ).save(path, optimize=True)


def _make_plan(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for number, line in enumerate(PLAN):
        canvas.setFont("Helvetica" if number else "Helvetica-Bold", 11 if number else 16)
        canvas.drawString(72, 760 - 30 * number, line)
    canvas.save()
    return path


def _ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Din fråga").fill(question)
    page.get_by_role("button", name="Fråga", exact=True).click()
    page.locator("#svar-1[data-state=done]").wait_for(timeout=60_000)
    mark = page.get_by_role("button", name="Källa 1").first
    if mark.count() and page.viewport_size == {"width": WIDE[0], "height": WIDE[1]}:
        mark.hover()


def _open_sheet(page: Page) -> None:
    _ask(page)
    page.get_by_role("button", name="Källa 1").first.click()


def _choose(page: Page) -> None:
    page.locator("#kd-filter summary").click()
    page.get_by_label("Lag", exact=True).check()


def _warn(page: Page) -> None:
    page.get_by_label("Din fråga").fill("Är 19811218-9876 jävig?")
    page.get_by_role("button", name="Fråga", exact=True).click()


def _read(page: Page) -> None:
    _ask(page)
    page.get_by_role("link", name="Visa i dokumentet").first.click()
    page.locator("mark.kd-now").first.wait_for()


def _read_pdf(page: Page, plan: Path) -> None:
    _go(page, "kallor")
    page.locator("#kd-file").wait_for(state="attached")
    page.set_input_files("#kd-file", plan)
    page.locator(".kd-own li").wait_for(timeout=120_000)
    _go(page, "fraga")
    _ask(page, "Hur ofta sammankallas samverkansrådet i Lillköping?")
    page.get_by_role("link", name="Visa i dokumentet").first.click()
    page.locator(".kd-page img").wait_for(timeout=60_000)


def _review(page: Page) -> None:
    _go(page, "granska")
    page.get_by_label("Texten som ska granskas").fill(TEXT)
    page.get_by_role("button", name="Granska", exact=True).click()
    page.locator(".kd-review").wait_for(timeout=60_000)
    page.evaluate("document.querySelector('.kd-review').scrollIntoView()")


def _review_instruktion(page: Page) -> None:
    """The corpus's own instruktion, shown from the filter down, with the first requirement of guidance open."""
    _go(page, "granska/instruktion")
    page.set_input_files("#kd-instruktion-file", HERE.parent / "corpus" / "beslut" / "instruktion-kommundirektor.txt")
    page.locator("#kd-instruktion-h").wait_for(timeout=60_000)
    page.wait_for_timeout(600)
    page.locator(".kd-finding:not([open]) summary").first.click()
    page.locator(".kd-instruktion").evaluate("part => part.scrollIntoView()")


def _review_rows(page: Page) -> None:
    _review_instruktion(page)
    page.locator(".kd-findings").evaluate("rows => rows.scrollIntoView()")


def _compare(page: Page, other: Path) -> None:
    _review_instruktion(page)
    other.write_text(ANOTHER, encoding="utf-8")
    page.locator(".kd-comparing summary").click()
    page.set_input_files("#kd-other-file", other)
    page.locator("#kd-jamfor-h").wait_for(timeout=60_000)
    page.wait_for_timeout(600)
    page.locator(".kd-instruktion").evaluate("part => part.scrollIntoView()")


def _theme(page: Page) -> None:
    _go(page, "avkodning/mandat")
    page.locator("#kd-tema").wait_for(timeout=60_000)
    page.get_by_role("button", name="Källa 1").first.hover()


def _theme_questions(page: Page) -> None:
    """A theme with two answers, shown at the questions."""
    _theme(page)
    for number, text in enumerate(ANSWERS):
        page.locator(".kd-fields textarea").nth(number).fill(text)
    page.get_by_text("Sparat").nth(1).wait_for()
    page.locator("h4", has_text="Frågor att ställa").evaluate("heading => heading.scrollIntoView()")


def _programme(page: Page) -> None:
    """The themes, with answers in the first of them and a conversation to come."""
    _theme_questions(page)
    page.get_by_text("Nytt samtal", exact=True).click()
    for part, text in {"person": "Ordföranden", "day": "2026-12-03", "subject": "Instruktionen"}.items():
        page.locator(f"#kd-new-{part}").fill(text)
    page.get_by_role("button", name="Lägg till samtal").click()
    page.locator(".kd-talks li").wait_for()
    _go(page, "avkodning")
    page.locator(".kd-themes").wait_for()


def _sources(page: Page) -> None:
    _go(page, "kallor")
    page.locator(".kd-map").wait_for(timeout=60_000)


def _map(page: Page) -> None:
    _sources(page)
    page.locator(".kd-map summary").nth(5).click()
    page.evaluate("document.querySelector('#kd-own-h').scrollIntoView()")


def _evaluation(page: Page) -> None:
    _go(page, "utvardering")
    page.get_by_role("button", name="Kör igen").click()
    page.locator(".kd-worst").wait_for(timeout=180_000)


def _about(page: Page) -> None:
    _go(page, "om")
    page.locator(".kd-facts").wait_for(timeout=60_000)


def _print(page: Page) -> None:
    _ask(page)
    page.emulate_media(media="print")


def _go(page: Page, view: str) -> None:
    page.evaluate(f"window.location.hash = '{view}'")
    page.locator(f"body[data-view={view.partition('/')[0]}]").wait_for()


if __name__ == "__main__":
    main()
