"""The page: one safe file, readable by all, that says what the report says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from assistant.measuring.baselines import run_baselines
from assistant.measuring.cases import Case
from assistant.measuring.compare import compare_reports
from assistant.measuring.html import report_to_html
from assistant.measuring.html_cases import covers
from assistant.measuring.plots import Row, dot_plot, histogram
from assistant.measuring.report import build_report
from assistant.measuring.run import Result, run_cases
from assistant.types import Turn
from tests.measuring.conftest import CASES, Scripts
from tests.measuring.test_statistics_and_reports import ABOUT

EVIL = "<img src=x onerror=alert(1)>\"'&</script><b>"
VOID = {"meta", "input", "br", "circle", "line", "rect", "link", "img"}


class Page(HTMLParser):
    """What a browser would see: the elements, the text by element, and whether all were closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


MORE = (
    Case("f1", "followup", EVIL, f"Och när? {EVIL}", True, (EVIL,), history=(Turn("user", EVIL),), nuggets=((EVIL,),)),
    Case(EVIL, "multi", "start", "Vem utser, och när?", True, ("Styrelsen ska utse en direktör", "inte i juli"), "all"),
    Case("n1", "direct", "start", "Vad står ingenstans?", True, ("står ingenstans",)),
    Case("w1", "quote", "start", "Vad är svårt?", True, ("svårt att rekrytera ekonomer",)),
)
SCRIPT = {
    MORE[0].question: (),
    MORE[1].question: ("Styrelsen ska utse en direktör",),
    MORE[2].question: ("Mötet hålls inte i juli",),
    MORE[3].question: ("Mötet hålls inte i juli",),
}


@pytest.fixture(scope="module")
def report(scripted: Scripts) -> dict[str, Any]:
    """Right and wrong answers, refusals, a follow-up, a crash, gold that is nowhere, and evil words everywhere."""
    assistant = scripted(script=SCRIPT)
    results = (*run_cases(assistant, (*CASES, *MORE)), Result(CASES[0], failure=f"ValueError: {EVIL}"))
    return build_report(f"små {EVIL}", results, ABOUT, run_baselines(assistant, CASES))


@pytest.fixture(scope="module")
def html(report: dict[str, Any], scripted: Scripts) -> str:
    before = build_report("små", run_cases(scripted(script={case.question: () for case in CASES}), CASES), ABOUT)
    return report_to_html(report, compare_reports(before, report))


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_element_is_closed_and_no_word_became_markup(page: Page) -> None:
    assert page.open == []
    assert {"img", "b", "link", "iframe"} & {tag for tag, _ in page.elements} == set()
    assert EVIL in page.text
    for _, attributes in page.elements:
        assert [name for name in attributes if name.startswith("on") or name in ("src", "style", "action")] == []


def test_nothing_from_outside_and_only_our_own_script(page: Page, html: str) -> None:
    assert re.findall(r"(?:https?:)?//[a-z]", html.replace("// Filters", "")) == []
    assert "url(" not in html
    assert "@import" not in html
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_ids_are_unique_and_every_link_leads_somewhere(page: Page) -> None:
    ids = Counter(attributes["id"] for _, attributes in page.elements if attributes.get("id"))
    assert {key for key, count in ids.items() if count > 1} == set()
    links = [str(link["href"]) for link in page.all("a")]
    assert len(links) > 10
    assert {link for link in links if link[1:] not in ids or not link.startswith("#")} == set()
    for _, attributes in page.elements:
        assert all(name in ids for name in (attributes.get("aria-labelledby") or "").split())


def test_tables_have_captions_and_scopes_and_plots_a_title_and_description(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) > 5
    assert all(cell.get("scope") for cell in page.all("th"))
    plots = page.all("svg")
    assert len(plots) == len(page.all("title")) - 1 == len(page.all("desc")) > 6
    assert all(plot.get("role") == "img" for plot in plots)
    assert all(label.get("name") for tag in ("select", "input") for label in page.all(tag))
    assert page.all("html")[0]["lang"] == "sv"


def test_the_page_says_what_the_report_says(page: Page, report: dict[str, Any]) -> None:
    for words in ("BM25 (bara ord)", "Vanlig handledning", "Jämfört med förra körningen", "Blev rätt", "I korthet"):
        assert words in page.text
    assert "1 fråga kraschade" in page.text
    assert "2 frågor har facit som inte finns i källorna" in page.text
    outcomes = Counter(case["data-verdict"] for case in page.all("details") if "data-verdict" in case)
    assert outcomes == {"right": 5, "none": 1, "partly": 1, "wrong": 2, "crash": 1}
    assert len([1 for case in page.all("details") if "data-kind" in case]) == len(report["cases"])


def test_marks_agree_with_the_figures(results: tuple[Result, ...]) -> None:
    """A citation is marked as covering gold in exactly the answers that the figures call right."""
    for case in build_report("s", results, ABOUT)["cases"]:
        if case["scores"]["citation_recall"] is not None:
            marked = any(covers(citation["quote"], case["gold"]) for citation in case["answer"]["citations"])
            assert marked is (case["scores"]["citation_recall"] == 1), case["id"]


@pytest.mark.parametrize(
    ("words", "gold", "expected"),
    [
        ("Före. ABCDEFGHIJ efter.", "abcde fghij", True),
        ("före abcde", "abcdefghij", True),
        ("före abcd", "abcdefghij", False),
        ("fghij efter", "abcdefghij", True),
        ("cdefgh", "abcdefghij", True),
        ("cdef", "abcdefghij", False),
        ("", "abc", False),
        ("abc", "–", False),
    ],
)
def test_covering_is_half_of_the_quote(words: str, gold: str, expected: bool) -> None:
    assert covers(words, [gold]) is expected


def test_the_plots_escape_their_words() -> None:
    page = Page(
        dot_plot("p", EVIL, [Row(EVIL, 0.5, 0.4, 0.6, EVIL)], (0, 1), (EVIL, "1")) + histogram("h", EVIL, [], EVIL)
    )
    assert {tag for tag, _ in page.elements} <= {"svg", "title", "desc", "text", "line", "circle", "rect"}
    assert page.open == []


def test_a_report_without_baselines_comparison_or_gold(scripted: Scripts) -> None:
    report = build_report("s", run_cases(scripted(), CASES[3:]), ABOUT)
    page = Page(report_to_html(report, None))
    assert page.open == []
    assert "Jämfört" not in page.text
    assert "Ingen fråga har facit" in page.text


def test_three_hundred_questions_stay_light(report: dict[str, Any]) -> None:
    case = max(report["cases"], key=lambda case: len(str(case)))
    assert len(report_to_html({**report, "cases": [case] * 300}, None).encode()) < 3_000_000


@pytest.mark.browser
def test_the_filter_works_from_disk(chromium: Any, html: str, tmp_path: Path) -> None:
    file = tmp_path / "rapport.html"
    file.write_text(html, encoding="utf-8")
    said: list[str] = []
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    assert page.inner_text("#shown") == "Visar 10 av 10 frågor."
    page.select_option("select[name=verdict]", "wrong")
    assert page.inner_text("#shown") == "Visar 2 av 10 frågor."
    assert page.locator("details.case:visible").count() == 2
    page.get_by_role("button", name="Visa alla frågor").click()
    page.fill("input[name=words]", "CHEFER  måndag")
    page.select_option("select[name=source]", "beslutet")
    page.get_by_text("Visar 1 av 10").wait_for()
    page.goto(file.as_uri() + "#fraga-4")
    page.locator("#fraga-4[open]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert said == []
    page.close()


@pytest.mark.browser
def test_the_page_reads_without_script(chromium: Any, html: str, tmp_path: Path) -> None:
    file = tmp_path / "rapport.html"
    file.write_text(html, encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert not page.locator("#filter").is_visible()
    page.locator("#fraga-1 > summary").click()
    assert page.get_by_text("täcker facit").first.is_visible()
    context.close()
