"""The five documents of the corpus, read: whole, in order, in the right sections, voices and pages."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from assistant.reading.sentences import sentence_spans
from assistant.reading.sources import changed_sources, read_sources
from assistant.settings import Settings
from assistant.types import Document, Passage

SOURCES = (
    "instruktion-kommundirektor",
    "himmel-och-helvete",
    "askersund-stodprocesser",
    "ledningsstod-presentation",
    "skr-samarbete",
)
SLIDES = ("askersund-stodprocesser", "ledningsstod-presentation")
HIMMEL = "himmel-och-helvete"
INSTRUKTION = "instruktion-kommundirektor"
TABLE_TOP = "Mötesforum Kommundirektör Kommunledningskontorets"
MEETINGS = "10 Deltaganden vid möten"

#: The meetings by group: who they are for, what the director does there, what the head of the office does.
TABLE = {
    "Öppna möten": ("Kommunfullmäktige | Deltar", "Kommunstyrelsemöte | Ansvarig tjänsteperson"),
    "Interna möten": (
        "Avstämningsmöten med KSO | Deltar | Deltar",
        "Kommunalrådsmöten | Deltar | Deltar vid behov",
        "Gruppledarmöten | Deltar | Deltar vid behov",
        "Möten med oppositionen | Deltar | Deltar vid behov",
        "KLG, Kommunens ledningsgrupp | Leder | Deltar",
        "PU | Deltar. Ansvarig tjänsteperson är chef för kontoret för samhällsbyggnad",
        "KMHU | Ansvarig tjänsteperson",
        "NKU |  | Ansvarig tjänsteperson",
        "Möten med Cesam (fackliga centralt) | Leder",
        "Ledarforum | Leder | Deltar",
        "Ordförandemöte KS | Deltar",
        "Ordförandemöte PU | Deltar",
        "Ordförandemöte NKU |  | Deltar",
        "Ordförandemöte KMHU | Deltar",
        "KLK ledningsgrupp |  | Leder",
        "KLK Samverkan |  | Leder",
    ),
    "Externa möten": (
        "Storsthlms kommundirektörsnätverk | Deltar",
        "Arlandaregionens kommundirektörsmöten | Deltar",
        "Arlandaregionens samordningsmöten | Deltar",
        "Norrvatten | Deltar",
        "Käppalaförbundet | Deltar",
        "Samverkan med polis (tillsammans med Sollentuna och Sigtuna) | Deltar",
        "Brandförbundet Attunda | Deltar",
    ),
}

each_source = pytest.mark.parametrize("source_id", SOURCES)


def letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def headings(document: Document) -> list[str]:
    """The innermost heading of each section that stands at the section's start."""
    return [s.path[-1] for s in document.sections if s.path and document.text.startswith(s.path[-1], s.start)]


def passage_with(document: Document, words: str) -> Passage:
    found = [passage for passage in document.passages if words in passage.text]
    assert len(found) == 1, f"{words!r} stands in {len(found)} passages"
    return found[0]


def paragraphs(document: Document) -> list[str]:
    return [part for passage in document.passages for part in re.split(r"\n+", passage.text)]


def raw_lines(settings: Settings, source_id: str) -> list[str]:
    source = next(source for source in read_sources(settings) if source.id == source_id)
    return [line.strip() for line in source.path.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_the_five_are_listed_and_no_file_has_changed(settings: Settings) -> None:
    sources = read_sources(settings)
    assert set(SOURCES) <= {source.id for source in sources}
    assert changed_sources(sources) == ()
    assert [hashlib.sha256(s.path.read_bytes()).hexdigest() for s in sources] == [s.sha256 for s in sources]


@each_source
def test_the_file_is_byte_for_byte_the_original(settings: Settings, source_id: str) -> None:
    source = next(source for source in read_sources(settings) if source.id == source_id)
    original = Path(__file__).parents[3] / "shared" / "corpus" / source.path.name
    if not original.is_file():
        pytest.skip("the folder with the original documents is not beside the checkout")
    assert source.path.read_bytes() == original.read_bytes()


@each_source
def test_passages_are_the_text_at_their_offsets_in_order(documents: dict[str, Document], source_id: str) -> None:
    document = documents[source_id]
    assert document.passages
    end = 0
    for passage in document.passages:
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.text == passage.text.strip("\n")
        assert end <= passage.start < passage.end
        assert passage.source_id == source_id
        end = passage.end
    assert len({passage.id for passage in document.passages}) == len(document.passages)


@each_source
def test_sections_tile_the_text(documents: dict[str, Document], source_id: str) -> None:
    document = documents[source_id]
    assert document.sections[0].start == 0
    assert document.sections[-1].end == len(document.text)
    assert all(a.end == b.start for a, b in zip(document.sections, document.sections[1:], strict=False))
    for passage in document.passages:
        owner = next(s for s in document.sections if s.start <= passage.start < s.end)
        assert passage.end <= owner.end
        assert passage.path == owner.path


@each_source
def test_everything_but_headings_is_in_a_passage_once(documents: dict[str, Document], source_id: str) -> None:
    document = documents[source_id]
    body = set(range(len(document.text)))
    for section in document.sections:
        if section.path and document.text.startswith(section.path[-1], section.start):
            body -= set(range(section.start, section.start + len(section.path[-1])))
    covered = {place for passage in document.passages for place in range(passage.start, passage.end)}
    assert sum(passage.end - passage.start for passage in document.passages) == len(covered)
    lost = "".join(document.text[place] for place in sorted(body - covered))
    assert lost.strip(" \n•‒") == ""
    assert covered <= body


@each_source
def test_no_letter_of_the_file_is_lost(documents: dict[str, Document], settings: Settings, source_id: str) -> None:
    """Every line of prose is there; contents, page numbers, links and the table, which is rewritten, need not be."""
    text = letters(documents[source_id].text)
    raw = raw_lines(settings, source_id)
    prose = raw[: raw.index(TABLE_TOP)] if TABLE_TOP in raw else raw
    lines = [line for line in prose if not line.startswith("|") and len(line.split()) > 3]
    lost = [line for line in lines if letters(line) not in text]
    assert [line for line in lost if not line.endswith("Pdf, 364 kB.")] == []


@each_source
def test_no_passage_begins_or_ends_inside_a_sentence(documents: dict[str, Document], source_id: str) -> None:
    document = documents[source_id]
    for passage in document.passages:
        assert not passage.text[0].islower(), passage.text[:80]
        for paragraph in re.split(r"\n+", passage.text):
            assert not re.match(r"[a-zåäö,;]", paragraph), paragraph[:80]
            prose = len(paragraph.split()) > 14 and " · " not in paragraph and not re.match(r"\s*[•‒]", paragraph)
            if prose and source_id not in SLIDES:
                assert re.search(r"(?:[.!?:…][)¹²³⁴⁵⁶⁷⁸⁹]*|[\"”])$", paragraph), paragraph[-80:]


@each_source
def test_no_passage_is_long(documents: dict[str, Document], settings: Settings, source_id: str) -> None:
    longest = max(len(passage.text.split()) for passage in documents[source_id].passages)
    assert longest <= 1.5 * settings.passage_words


@each_source
def test_no_passage_holds_contents_rows_links_or_markup(documents: dict[str, Document], source_id: str) -> None:
    for paragraph in paragraphs(documents[source_id]):
        assert not paragraph.startswith("|")
        assert not re.search(r"\.{4,}|\*|\d kB|Innehållsförteckning", paragraph)
        assert not re.fullmatch(r"(?:sida )?\d{1,3}", paragraph)


def test_headings_of_the_report_are_those_of_its_contents(documents: dict[str, Document], settings: Settings) -> None:
    rows = [re.match(r"\|\s*([\d.]+)\s*\|\s*(.*?)[\s.]*\|\s*(\d+)\s*\|", line) for line in raw_lines(settings, HIMMEL)]
    listed = [row[1] for row in rows if row]
    assert len(listed) == 35
    numbered = [heading.split()[0] for heading in headings(documents[HIMMEL]) if heading[0].isdigit()]
    assert numbered == listed
    titles = {heading.split()[0]: letters(heading.split(maxsplit=1)[1]) for heading in headings(documents[HIMMEL])}
    assert {row[1]: letters(row[2]) for row in rows if row}.items() <= titles.items()


def test_unnumbered_headings_of_the_report(documents: dict[str, Document]) -> None:
    unnumbered = [heading for heading in headings(documents[HIMMEL]) if not heading[0].isdigit()]
    assert unnumbered == [
        "Att vara kommundirektör i en liten kommun Himmel och helvete",
        "Innan samverkan",
        "Under pågående samverkan",
        "När samverkan avslutas",
        "Särskilt om avtalssamverkan",
    ]


def test_a_section_lies_under_its_parents(documents: dict[str, Document]) -> None:
    deep = next(s for s in documents[HIMMEL].sections if s.path and s.path[-1].startswith("2.4.1"))
    assert [heading.split()[0] for heading in deep.path] == ["2", "2.4", "2.4.1"]


@pytest.mark.parametrize(
    ("number", "pages"),
    [("1", "s. 4"), ("1.1", "s. 4–5"), ("2.2.3", "s. 10"), ("2.4.1", "s. 15–16"), ("4.1.2", "s. 21–22")],
)
def test_locators_take_pages_from_the_contents(documents: dict[str, Document], number: str, pages: str) -> None:
    found = [p for p in documents[HIMMEL].passages if p.path and p.path[-1].split()[0] == number]
    assert found
    assert all(passage.locator == f"{passage.path[-1]}, {pages}" for passage in found)


def test_the_last_section_ends_on_no_known_page(documents: dict[str, Document]) -> None:
    assert documents[HIMMEL].passages[-1].locator.endswith("Särskilt om avtalssamverkan, från s. 24")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Å ena sidan får man engagerade politiker", "å andra sidan tenderar den politiska styrningen"),
        ("det nya pensionsavtalet. För de", "kommuner som samtidigt har en nedåtgående trend"),
        ("det uppdrag som vilar på dem och därmed", "inte heller ges möjlighet att fördela ansvaret"),
        ("lösa en oändlig ström av", "operativa frågor. Temat återkommer"),
        ("ökad komplexitet när det gäller att", "förstå vem som är ansvarig och vilka"),
        ("behovet av att avkoda kommunen för att få", "en djupare förståelse för dess särprägel"),
        ("framgår att det lätt uppstår skav när", "grannkommuner som ska samverka har eller får"),
    ],
    ids=lambda words: words[:30],
)
def test_a_page_break_does_not_cut_a_paragraph(documents: dict[str, Document], before: str, after: str) -> None:
    """Also not where footnotes stand at the foot of the page."""
    passage = passage_with(documents[HIMMEL], before)
    start, end = passage.text.index(before) + len(before) - 1, passage.text.find(after)
    assert end > 0
    assert "\n" not in passage.text[start:end]
    assert any(a <= start and end < b for a, b in sentence_spans(passage.text))


def test_footnotes_are_paragraphs_of_their_own(documents: dict[str, Document], settings: Settings) -> None:
    notes = [line for line in raw_lines(settings, HIMMEL) if re.match(r"[¹²³⁴⁵⁶⁷⁸⁹]", line)]
    assert len(notes) == 8
    found = [part for part in paragraphs(documents[HIMMEL]) if re.match(r"[¹²³⁴⁵⁶⁷⁸⁹]", part)]
    assert sorted(map(letters, found)) == sorted(map(letters, notes))


def test_a_footnote_follows_the_paragraph_that_holds_its_mark(documents: dict[str, Document]) -> None:
    parts = paragraphs(documents[HIMMEL])
    for index, part in enumerate(parts):
        if mark := re.match(r"[¹²³⁴⁵⁶⁷⁸⁹]", part):
            owner = next(p for p in reversed(parts[:index]) if not re.match(r"[¹²³⁴⁵⁶⁷⁸⁹]", p))
            assert mark.group() in owner or mark.group() in {"⁵"}, part


def test_paragraphs_of_the_report_are_those_of_the_file(documents: dict[str, Document], settings: Settings) -> None:
    """Each line of that file is a paragraph; a capital begins one, a small letter goes on after a page break."""
    lines = raw_lines(settings, HIMMEL)
    first = lines.index("1 Inledning")
    begun = {letters(part)[:25] for part in documents[HIMMEL].text.split("\n")}
    expected = [line for line in lines[first:] if line[0].isupper() or line[0] in '"”']
    assert [line[:60] for line in expected if letters(line)[:25] not in begun] == []


@pytest.mark.parametrize(
    ("source_id", "words"),
    [
        (HIMMEL, '"Det är lätt att bli en bricka i det politiska spelet."'),
        (HIMMEL, "”Vi blir plantskola för chefer som sedan drar vidare till en större kommun"),
        (HIMMEL, '"En god relation till KSO är A och O och relationen till politiken måste hela tiden underhållas".'),
        (HIMMEL, '"Vår krympande ekonomi har gjort att vi blivit en "anpassningskommun", dvs vi måste'),
        (HIMMEL, "”Jag ”åker hiss” hela dagarna"),
        ("askersund-stodprocesser", "”Vi har byggt en ny skola, vi har handlat upp all inredning helt utan stöd”"),
        ("askersund-stodprocesser", "”Vi blir ganska gnälliga, jag vill vara med och göra det bättre”"),
    ],
    ids=lambda words: words[:30],
)
def test_interviewees_words_are_quotations(documents: dict[str, Document], source_id: str, words: str) -> None:
    assert passage_with(documents[source_id], words).voice == "quotation"


@pytest.mark.parametrize(
    ("source_id", "words"),
    [
        (HIMMEL, '"Vilken av dina hattar har du på dig i det här samtalet?"'),
        (HIMMEL, 'får möjlighet att "glo och sno" eller "steal with pride"'),
        (HIMMEL, 'behöver man i en ny kommun "avkoda" just den kommunen'),
        (HIMMEL, 'Avdelningschefer som "leder ledare"'),
        ("skr-samarbete", "Formalisera ”För att skapa genomslag och resultat av politiken leder vi kommunen"),
        ("askersund-stodprocesser", "”en sjuk mejlkultur”"),
    ],
    ids=lambda words: words[:30],
)
def test_a_quotation_within_a_sentence_is_the_authors_text(
    documents: dict[str, Document], source_id: str, words: str
) -> None:
    assert passage_with(documents[source_id], words).voice == "text"


def test_headings_of_the_instruction(documents: dict[str, Document]) -> None:
    """Ten numbered ones, and the three groups of its table; a cell is no heading."""
    found = headings(documents[INSTRUKTION])
    assert [heading.split()[0] for heading in found[:10]] == [str(number) for number in range(1, 11)]
    assert found[9:] == [MEETINGS, *TABLE]


@pytest.mark.parametrize("group", TABLE)
def test_rows_of_the_meetings_table(documents: dict[str, Document], group: str) -> None:
    """Each meeting stands on a line of its own with who takes part in it; an empty cell is left out."""
    titles = ("Mötesforum", "Kommundirektör", "Kommunledningskontorets chef")
    rows = [row.split(" | ") for row in TABLE[group]]
    expected = [" · ".join(f"{t}: {c}" for t, c in zip(titles, row, strict=False) if c) for row in rows]
    table = [passage for passage in documents[INSTRUKTION].passages if passage.path == (MEETINGS, group)]
    assert [line for passage in table for line in passage.text.split("\n")] == expected


def test_a_table_row_is_one_sentence(documents: dict[str, Document]) -> None:
    passage = passage_with(documents[INSTRUKTION], "Mötesforum: PU")
    sentences = [passage.text[start:end] for start, end in sentence_spans(passage.text)]
    assert sentences == passage.text.split("\n")


@pytest.mark.parametrize(
    ("source_id", "heading", "words"),
    [
        ("askersund-stodprocesser", "Genomförande av uppdraget", "En halvdags workshop som uppdragsuppstart"),
        ("askersund-stodprocesser", "Svaga sidor", "Tappar djupare kunskap för att lösa en del frågor"),
        ("askersund-stodprocesser", "Starka sidor", "Täcker hål i organisationen"),
        ("askersund-stodprocesser", "Knapphet på resurser", "Befintliga resurserna upplevs inte klara"),
        ("askersund-stodprocesser", "Digitalisering och IT", "IT-drift hindrar er att dra nytta"),
        ("ledningsstod-presentation", "Rapporten", "12 kommundirektörer från Umeå i norr till Helsingborg i söder"),
        ("ledningsstod-presentation", "Variabler som påverkar behovet av ledningsstöd", "Ledarskap kontra chefskap"),
        ("ledningsstod-presentation", "Olika typer av ledningsstöd", "Chefssekreterare/avancerad VD-sekreterare"),
        ("skr-samarbete", "Stöd för att styra och leda bättre tillsammans", "Tydliggör uppdragen och prata om"),
        ("skr-samarbete", "Förslag Överenskommelse ordförande och chef", "Lista mötena, vilka som medverkar"),
        (INSTRUKTION, "5 Kommundirektörens övergripande uppdrag", "klargöra principerna för styrning"),
    ],
    ids=lambda words: words[:30],
)
def test_text_stands_under_its_heading(
    documents: dict[str, Document], source_id: str, heading: str, words: str
) -> None:
    """On slides also where the title was stored last."""
    assert passage_with(documents[source_id], words).path[-1] == heading


def test_words_broken_at_a_line_end_are_whole(documents: dict[str, Document]) -> None:
    assert "den utvecklingssituation som Askersunds kommun" in documents["askersund-stodprocesser"].text
    assert "Effektivt ledningssystem" in documents["ledningsstod-presentation"].text
    for document in documents.values():
        assert not re.search(r"[a-zåäö]- (?!och|eller|samt|som)[a-zåäö]|[a-zåäö]-\n", document.text)


def test_a_list_that_goes_on_knows_its_lead_in(documents: dict[str, Document]) -> None:
    document = documents[HIMMEL]
    later = passage_with(document, "Vilka arbets- och mötesformer ska vi ha?")
    assert later.lead_in == "Utifrån det kan följande frågor fungera som stöd i formandet av gruppen:"
    assert later.lead_in not in later.text
    assert passage_with(document, "Vad är syftet, målet och önskade effekter").lead_in == ""
