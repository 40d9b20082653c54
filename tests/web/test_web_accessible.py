"""Every view in both looks, on a narrow and a wide screen: axe finds nothing, nothing scrolls sideways, and the
keyboard alone reaches everything with a focus that shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from web_samples import FakeAssistant, Visit

from assistant.assistant import Assistant
from assistant.web import programme_texts, review_texts, texts

pytestmark = pytest.mark.browser

Served = tuple[str, FakeAssistant]
Open = Callable[..., Visit]

AXE = Path(__file__).parent / "axe" / "axe.min.js"
AXE_SHA256 = "e9e5863c33a874f09bc01acd9234b7e3c871479f5eef8802fa582544465e6d01"
#: What axe reports, in short.
RUN = """async () => (await axe.run(document)).violations.map(one => `${one.id}: ${one.help}: `
  + one.nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' | '))"""


def test_axe_is_the_one_that_was_vendored() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256


def faults(page: Any) -> list[str]:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)  # type: ignore[no-any-return]


def go(one: Visit, view: str) -> None:
    one.page.evaluate(f"window.location.hash = '{view}'")
    one.page.locator(f"body[data-view={view}]").wait_for()


def walk(one: Visit) -> Any:
    """Goes through every view with something in it; yields its name each time."""
    page = one.page
    yield "fraga, empty"
    turn = one.ask("Vem utser direktören?")
    turn.locator("summary").first.click()
    turn.get_by_role("button", name=f"{texts.HELPFUL} {texts.NO}").click()
    page.locator("#kd-filter summary").click()
    yield "fraga"
    page.keyboard.press("Escape")
    one.ask("Hur många anställda?")
    yield "fraga, no support"
    page.evaluate("window.location.hash = 'kalla=kl&plats=1000-1020'")
    page.locator(".kd-document mark.kd-now").wait_for()
    yield "las"
    go(one, "granska")
    page.get_by_label(texts.REVIEW_LABEL).fill("Styrelsen utser. Ingen utser.")
    page.get_by_role("button", name=texts.REVIEW_RUN, exact=True).click()
    page.locator(".kd-review").wait_for()
    yield "granska"
    go(one, "kallor")
    page.locator(".kd-map summary").first.click(timeout=30_000)
    yield "kallor"
    go(one, "utvardering")
    page.locator("#kd-eval [data-root] .kd-lead").first.wait_for()
    yield "utvardering"
    go(one, "om")
    page.locator(".kd-facts").wait_for(timeout=30_000)
    yield "om"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Open, served_inspected: Served, width: int, scheme: str
) -> None:
    one = visit(served_inspected[0], width, 900, color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for view in walk(one):
        if here := faults(one.page):
            found[view] = here
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, view
    assert found == {}


def walk_avkodning(one: Visit, instruktion: Path) -> Any:
    """Goes through what Avkodning and the review of an instruktion show; yields its name each time."""
    page = one.page
    go(one, "avkodning")
    page.locator(".kd-themes").wait_for(timeout=20_000)
    page.get_by_text(programme_texts.TALK_NEW, exact=True).click()
    page.get_by_role("button", name=programme_texts.ERASE, exact=True).click()
    yield "avkodning"
    page.locator(".kd-themes a").first.click()
    page.locator("#kd-tema").wait_for()
    page.locator(".kd-fields textarea").first.fill("Ordföranden läser instruktionen varje år.")
    page.locator(".kd-said-of", has_text=programme_texts.SAVED).first.wait_for()
    yield "theme"
    page.get_by_role("button", name=programme_texts.ASK_ABOUT).click()
    one.ask("Vem läser instruktionen?").locator(".kd-own-notes").wait_for()
    yield "fraga within a theme"
    page.evaluate("window.location.hash = 'granska/instruktion'")
    page.locator("#kd-instruktion-file").wait_for(state="attached")
    page.set_input_files("#kd-instruktion-file", instruktion)
    page.locator("#kd-instruktion-h").wait_for(timeout=60_000)
    page.get_by_role("button", name=review_texts.OPEN_ALL).click()
    yield "review"
    page.locator(".kd-comparing summary").click()
    page.set_input_files("#kd-other-file", instruktion)
    page.locator("#kd-jamfor-h").wait_for(timeout=60_000)
    page.get_by_role("button", name=review_texts.OPEN_ALL).click()
    yield "comparison"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_in_avkodning_and_the_review(
    visit: Open, served_real: tuple[str, Assistant], width: int, scheme: str
) -> None:
    one = visit(served_real[0], width, 900, color_scheme=scheme, reduced_motion="reduce")
    file = served_real[1].settings.corpus_dir / "beslut" / "instruktion-kommundirektor.txt"
    found = {}
    for view in walk_avkodning(one, file):
        if here := faults(one.page):
            found[view] = here
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, view
    assert found == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_the_keyboard_reaches_a_theme_and_the_focus_shows(
    visit: Open, served_real: tuple[str, Assistant], width: int
) -> None:
    one = visit(served_real[0], width, 900, place="#avkodning/mandat")
    one.page.locator("#kd-tema").wait_for(timeout=20_000)
    seen = tab_through(one.page)
    assert [name for _, name, shown in seen if not shown] == []
    assert sum(tag == "TEXTAREA" for tag, _, _ in seen) == one.page.locator(".kd-fields textarea").count()
    names = [name for _, name, _ in seen]
    assert [name for name in (programme_texts.ALL_THEMES, programme_texts.ASK_ABOUT) if name not in names] == []


def test_at_twice_the_size_nothing_is_lost(visit: Open, served_inspected: Served) -> None:
    """A window of 1,280 px at 200 per cent is one of 640 px."""
    one = visit(served_inspected[0], 640, 450, reduced_motion="reduce")
    for view in walk(one):
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 640, view


FOCUS = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const label = here.id && document.querySelector(`label[for="${here.id}"]`);
  const shown = [style, label ? getComputedStyle(label) : style].some(
    (one) => one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2);
  return [here.tagName, here.innerText || here.getAttribute('aria-label') || here.id || here.name || '', shown];
}"""


def tab_through(page: Any, most: int = 160) -> list[tuple[str, str, bool]]:
    """What Tab comes to from the top of the page, until it leaves the page."""
    page.locator(".kd-skip").focus()
    page.keyboard.press("Shift+Tab")
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        tag, name, shown = page.evaluate(FOCUS)
        if tag == "BODY":
            break
        seen.append((tag, str(name).strip(), shown))
    return seen


@pytest.mark.parametrize("width", [390, 1280])
def test_the_keyboard_reaches_everything_and_the_focus_shows(visit: Open, served_fake: Served, width: int) -> None:
    one = visit(served_fake[0], width, 900)
    one.ask("Vem utser direktören?")
    seen = tab_through(one.page)
    assert [name for _, name, shown in seen if not shown] == []
    names = [name for _, name, _ in seen]
    wanted = [texts.COPY_ANSWER, texts.TRY_AGAIN, texts.EDIT, texts.SAVE_WORD, texts.NEW_CONVERSATION, texts.ASK]
    wanted += [texts.SHOW_IN_DOCUMENT, texts.COPY, texts.MENU if width == 390 else texts.VIEWS["om"]]
    assert [name for name in wanted if name not in names] == []
    assert names[0] == texts.SKIP


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(visit: Open, served_fake: Served) -> None:
    page = visit(served_fake[0], 390, 844).page
    button = page.get_by_role("button", name=texts.MENU)
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("body[data-view=las]").wait_for()
    assert page.evaluate("document.activeElement.id") == "kd-h-las"


def test_going_back_in_the_browser_goes_back_in_the_page(visit: Open, served_fake: Served) -> None:
    one = visit(served_fake[0])
    one.ask("Vem utser direktören?")
    go(one, "om")
    one.page.go_back()
    one.page.locator("body[data-view=fraga]").wait_for()
    assert one.page.locator("#svar-1 .kd-words").is_visible()
