"""Saved web pages."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import ReadError
from assistant.reading.documents import document_from_raw
from assistant.reading.readers import read_file
from assistant.types import Document, Source

Page = Callable[..., Path]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    def make(body: str, head: str = '<meta charset="utf-8">', encoding: str = "utf-8") -> Path:
        path = tmp_path / "prov.html"
        path.write_bytes(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(encoding))
        return path

    return make


def document(path: Path) -> Document:
    source = Source("prov", "Prov", "eget", path, "0", origin="own")
    return document_from_raw(source, read_file(path), 130)


def blocks(path: Path) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, block.text) for block in read_file(path).blocks]


def texts(path: Path) -> list[str]:
    return [block.text for block in read_file(path).blocks]


def test_page_of_headings_lists_quotations_and_a_table(page: Page) -> None:
    read = document(
        page(
            "<nav><a href=x>Start</a></nav><main><h1>Direktören</h1><p>Direktören ska:</p>"
            "<ul><li>leda<ul><li>även ersättare</li></ul></li><li>följa upp</li></ul>"
            "<h2>Röster</h2><blockquote><p>”Vi &auml;r m&aring;nga.”</p></blockquote>"
            "<table><thead><tr><th>Roll</th><th>Namn</th></tr></thead>"
            "<tr><td>Chef</td><td>Åsa&nbsp;Öberg</td></tr><tr><td>Ersättare</td><td></td></tr></table></main>"
            "<footer>Kontakt</footer>"
        )
    )
    assert [(passage.path, passage.voice, passage.text) for passage in read.passages] == [
        (("Direktören",), "text", "Direktören ska:\n\n• leda\n  ‒ även ersättare\n• följa upp"),
        (("Direktören", "Röster"), "quotation", "”Vi är många.”"),
        (("Direktören", "Röster"), "text", "Roll: Chef · Namn: Åsa Öberg\nRoll: Ersättare"),
    ]
    assert [passage.locator for passage in read.passages][1] == "Direktören, Röster"


@pytest.mark.parametrize(
    "around",
    [
        "<nav>Bort</nav>",
        "<header>Bort</header>",
        "<aside>Bort</aside>",
        "<footer>Bort</footer>",
        "<script>Bort</script>",
        "<style>Bort</style>",
        "<noscript>Bort</noscript>",
        "<form>Bort <input value=Bort><button>Bort</button></form>",
        "<div role=navigation>Bort</div>",
        "<div role='banner'>Bort</div>",
        "<div hidden>Bort</div>",
        "<p aria-hidden='true'>Bort</p>",
        "<p style='Display : none'>Bort</p>",
        "<div id='cookie-banner'>Bort</div>",
        "<div class='x consent-dialog'>Bort</div>",
        "<ol class='breadcrumb'><li>Bort</ol>",
        "<select><option>Bort</option></select>",
        "<!-- Bort -->",
        "<del>Bort</del>",
        "<svg><text>Bort</text></svg>",
        "<iframe src='http://127.0.0.1:9/'>Bort</iframe>",
    ],
)
def test_what_lies_around_the_content_is_left_out(page: Page, around: str) -> None:
    assert texts(page(f"{around}<p>Direktören leder.</p>{around}")) == ["Direktören leder."]
    assert texts(page(f"<main><p>Direktören leder.</p>{around}</main>".replace("<header>", "<nav>"))) in (
        ["Direktören leder."],
        ["Direktören leder.", "</header>"],
    )


def test_a_class_on_the_whole_page_hides_nothing(page: Page) -> None:
    assert texts(page("<div class='cookie-consent-shown'><h1>Ämne</h1><p>Text.</p></div>")) == ["Ämne", "Text."]


def test_main_is_preferred_then_articles_then_the_body(page: Page) -> None:
    long = "Direktören leder förvaltningen under styrelsen. " * 8
    card = "<article><h2>Nyhet</h2><p>Kort.</p></article>"
    assert texts(page(f"<div>Sidospalt</div><main><p>{long}</p></main>")) == [long.strip()]
    assert texts(page(f"<div>Sidospalt</div><div role=main><p>{long}</p></div>")) == [long.strip()]
    article = f"<article><header><h1>Ämne</h1></header><p>{long}</p></article>"
    assert texts(page(f"<div>Sidospalt</div>{article}")) == ["Ämne", long.strip()]
    assert texts(page(f"<p>{long}</p>{card}")) == [long.strip(), "Nyhet", "Kort."]
    assert texts(page(f"<main></main><p>{long}</p>")) == [long.strip()]


def test_a_menu_without_a_name_is_told_by_its_links(page: Page) -> None:
    menu = "<ul>" + "".join(f"<li><a href=x>Sida {n}</a></li>" for n in range(5)) + "</ul>"
    body = f"<div>{menu}</div><h1>Ämne</h1><p>Läs <a href=x>lagen</a> om detta.</p><ul><li>punkt</li></ul>"
    assert texts(page(body)) == ["Ämne", "Läs lagen om detta.", "punkt"]


def test_a_form_around_the_whole_page_is_opened(page: Page) -> None:
    assert texts(page("<form><input><h1>Ämne</h1><p>Text.</p><button>Sök</button></form>")) == ["Ämne", "Text."]


def test_unclosed_tags_line_breaks_and_inline_markup(page: Page) -> None:
    body = (
        "<p>Ett<b>or</b> och\n   <i>tv\u00e5or</i><p>Rad ett<br>rad två<br><br>Nytt stycke"
        "<div>Lös text<p>inuti</p>efteråt</div><p>10 m<sup>2</sup> och <q>citat</q> 3 &lt; 4 &amp; 5"
    )
    assert texts(page(body)) == [
        *("Ettor och tvåor", "Rad ett rad två", "Nytt stycke", "Lös text", "inuti", "efteråt"),
        "10 m² och ”citat” 3 < 4 & 5",
    ]


def test_line_breaks_in_the_file_mean_something_only_in_preformatted_text(page: Page) -> None:
    assert texts(page("<p>ett\n\ntvå</p><pre>ett\n\ntvå</pre><p>tre\n\nfyra</p>")) == [
        "ett två",
        "ett",
        "två",
        "tre fyra",
    ]


def test_lists_of_numbers_letters_and_several_paragraphs(page: Page) -> None:
    body = (
        "<ol start=3><li>tre<li value=7><p>sju</p><p>mer</p><ol type=a><li>inre</ol></ol>"
        "<dl><dt>KLF:</dt><dd>Ledningsförvaltning</dd><dt>Tom</dt></dl><ul><li></li></ul>"
    )
    assert blocks(page(body)) == [
        ("item", 1, "3. tre"),
        ("item", 1, "7. sju mer"),
        ("item", 2, "a. inre"),
        ("row", 0, "KLF: Ledningsförvaltning"),
        ("paragraph", 0, "Tom"),
    ]


def test_tables_with_spans_and_captions(page: Page) -> None:
    body = (
        "<table><caption>Roller</caption><tr><th>Roll<th>Namn<th>Ort"
        "<tr><td rowspan=2>Chef<td>Åsa<td>Umeå<tr><td colspan=2>Örjan</table>"
    )
    assert blocks(page(body)) == [
        ("paragraph", 0, "Roller"),
        ("row", 0, "Roll: Chef · Namn: Åsa · Ort: Umeå"),
        ("row", 0, "Namn: Örjan"),
    ]


def test_tables_that_name_their_rows_or_nothing(page: Page) -> None:
    body = (
        "<table><tr><th>Antagen av<td>Styrelsen<tr><th>Datum:<td>2024</table>"
        "<table><tr><td>Ja<td>Nej<tr><td>Kanske<td></table>"
        "<table><tr><td><b>Roll</b><td><strong>Namn</strong><tr><td>Chef<td>Bo</table>"
    )
    assert [text for _, _, text in blocks(page(body))] == [
        *("Antagen av: Styrelsen", "Datum: 2024"),
        *("Ja · Nej", "Kanske"),
        "Roll: Chef · Namn: Bo",
    ]


def test_layout_tables_are_paragraphs(page: Page) -> None:
    body = (
        "<table><tr><td>Ensam.</table><table><tr><td>Vänster.<td>Höger.</table>"
        "<table role=presentation><tr><td>A.<td>B.<tr><td>C.<td>D.</table>"
        "<table><tr><td><h2>Ämne</h2><td>E.<tr><td><table><tr><th>Roll<th>Namn<tr><td>Chef<td>Bo</table><td>F.</table>"
    )
    assert texts(page(body)) == [
        *("Ensam.", "Vänster.", "Höger.", "A.", "B.", "C.", "D.", "Ämne", "E.", "Roll: Chef · Namn: Bo", "F.")
    ]


SWEDISH = "<p>Åsa och Örjan på Värmdö, särskilt 5–6 §§.</p>"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("<meta charset=iso-8859-1>", "utf-8"),
        ("<meta charset=iso-8859-1>", "cp1252"),
        ("<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>", "cp1252"),
        ("<meta charset=macintosh>", "mac_roman"),
        ("<meta charset=utf-8>", "cp1252"),
        ("<meta charset=nonsens>", "cp1252"),
        ("<meta charset=undefined>", "cp1252"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
    ],
)
def test_encodings(page: Page, head: str, encoding: str) -> None:
    assert texts(page(SWEDISH * 3, head, encoding)) == ["Åsa och Örjan på Värmdö, särskilt 5–6 §§."] * 3


def test_big_endian_mark_and_xhtml_declaration(tmp_path: Path) -> None:
    path = tmp_path / "prov.htm"
    path.write_bytes(codecs.BOM_UTF16_BE + f"<html><body>{SWEDISH}</body></html>".encode("utf-16-be"))
    assert texts(path) == ["Åsa och Örjan på Värmdö, särskilt 5–6 §§."]
    declared = f'<?xml version="1.0" encoding="ISO-8859-1"?><html><body>{SWEDISH.replace("–", "-")}</body></html>'
    path.write_bytes(declared.encode("latin-1"))
    assert texts(path) == ["Åsa och Örjan på Värmdö, särskilt 5-6 §§."]


# What cannot be read


def refusal(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read_file(path)
    line = str(caught.value)
    assert line.startswith(f'Kunde inte läsa "{path}": ')
    assert "\n" not in line
    return line


@pytest.mark.parametrize("body", ["", "<script>document.write('x')</script>", "<nav>Meny</nav>", "<img src=x alt=y>"])
def test_page_without_text(page: Page, body: str) -> None:
    assert "saknar läsbar text" in refusal(page(body))


def test_fifty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "prov.html"
    path.write_bytes(b"<p>hej</p>" * 5_000_000)
    assert "större än 20 MB" in refusal(path)


def test_far_too_many_tags(page: Page) -> None:
    assert "orimligt många delar" in refusal(page("<b>" * 300_001))


def test_deep_nesting(page: Page) -> None:
    assert texts(page("<div>" * 150 + "djupt")) == ["djupt"]
    assert "orimligt många delar" in refusal(page("<div>" * 20_000 + "djupt"))


def test_binary_and_empty_files(tmp_path: Path) -> None:
    path = tmp_path / "prov.html"
    path.write_bytes(bytes(range(256)) * 40)
    assert "Kunde inte läsa" in refusal(path)
    path.write_bytes(b"")
    assert "filen är tom" in refusal(path)


def test_declared_entities_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "prov.html"
    path.write_text('<!DOCTYPE html [<!ENTITY a "hemligt">]><html><body><p>Text &a; slut.</p></body></html>', "utf-8")
    assert "hemligt" not in " ".join(texts(path)).replace('<!ENTITY a "hemligt">', "")


def test_spans_that_claim_too_much(page: Page) -> None:
    body = "<table><tr><th>Roll<th colspan=999999>Namn<tr><td rowspan=999999>Chef<td>Bo</table>"
    assert texts(page(body)) == ["Roll: Chef · Namn: Bo"]
