"""The review through `Assistant`: verdicts, own words, what is no instruktion, and that nothing is indexed."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from assistant.assistant import Assistant
from assistant.avkodning.reviewing import LONGEST_DOCUMENT
from assistant.errors import ReadError
from assistant.types import Finding, FindingVerdict, Review
from tests.avkodning.review_samples import AGAINST_LAW, BYLAWS, CITES_LAW, SHORT


def reviewed(assistant: Assistant, folder: Path, text: str, name: str = "instruktion.txt") -> Review:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return assistant.review(assistant.read_own(file))


def rows_of(review: Review) -> dict[str, Finding]:
    return {row.requirement: row for row in review.rows}


def verdicts(review: Review, *requirements: str) -> list[FindingVerdict]:
    rows = rows_of(review)
    return [rows[one].verdict for one in requirements]


LAW = "kl-leda-forvaltningen kl-ovriga-uppgifter kl-ledande-stallning kl-styrelsen-beslutar kl-styrelsen-utser".split()


def test_what_the_law_demands_is_found_where_it_is_said(assistant: Assistant, tmp_path: Path) -> None:
    review = reviewed(assistant, tmp_path, SHORT)
    assert review.is_instruktion
    assert verdicts(review, *LAW) == ["found"] * 5
    rows = rows_of(review)
    assert "planera arbetet" in said(rows["kl-leda-forvaltningen"])
    assert "ersätts" in said(rows["stallforetradare"])
    assert verdicts(review, "sakerhet", "civil-beredskap", "undertecknande") == ["missing"] * 3


def test_a_citation_of_the_law_is_not_enough(assistant: Assistant, tmp_path: Path) -> None:
    review = reviewed(assistant, tmp_path, CITES_LAW)
    assert review.is_instruktion
    assert "found" not in verdicts(review, "kl-leda-forvaltningen", "kl-ledande-stallning", "kl-ovriga-uppgifter")


def test_the_opposite_of_the_law_is_told(assistant: Assistant, tmp_path: Path) -> None:
    review = reviewed(assistant, tmp_path, AGAINST_LAW)
    against = "kl-styrelsen-beslutar kl-styrelsen-utser kl-leda-forvaltningen kl-ledande-stallning delegering".split()
    assert verdicts(review, *against) == ["contradicts"] * 5
    assert "kommunfullmäktige" in said(rows_of(review)["kl-styrelsen-utser"])
    assert "Kommunalrådet" in said(rows_of(review)["kl-ledande-stallning"])


@pytest.mark.parametrize(
    ("text", "gives_away"),
    [
        ("Kommundirektören har rätt att besluta om verksamhetens mål och inriktning.", True),
        ("Kommundirektören får efter delegation besluta om verksamhetens omfattning och kvalitet.", True),
        ("Kommundirektören får inte besluta om verksamhetens mål, inriktning, omfattning eller kvalitet.", False),
        ("Kommundirektören leder verksamheten inom de mål och den inriktning som styrelsen beslutat.", False),
    ],
)
def test_what_may_not_be_delegated_is_gainsaid_only_where_it_is_given_away(
    assistant: Assistant, tmp_path: Path, text: str, gives_away: bool
) -> None:
    review = reviewed(assistant, tmp_path, f"{SHORT}\n{text}\n")
    assert (rows_of(review)["delegering"].verdict == "contradicts") == gives_away


BARE = """Instruktion för kommundirektören

Kommundirektören ansvarar för arkivet. Kommundirektören deltar i möten.

{}
"""


@pytest.mark.parametrize(
    "text",
    [
        "Instruktionen fastställs av kommunstyrelsen och delges kommunfullmäktige.",
        "Kommunfullmäktige fastställer kommunens mål, och kommunstyrelsen fastställer denna instruktion.",
        "Instruktionen gäller inom ramen för det reglemente som kommunfullmäktige har fastställt.",
        "Ordföranden fastställer dagordningen till kommunstyrelsens sammanträde i samråd med kommundirektören.",
        "Om instruktionen strider mot det som fullmäktige har beslutat om styrelsen gäller reglementet.",
        "Kommundirektören utses av kommunstyrelsen på förslag av kommunstyrelsens ordförande.",
        "Kommunstyrelsens ordförande leder det politiska arbetet och kommundirektören leder kommunledningskontoret.",
        "Ekonomichefen leder arbetet på ekonomiavdelningen vid kommunledningskontoret.",
        "Kommundirektören får besluta om verksamhetens organisation och om kvalitetsarbetet.",
        "Kommundirektören tar fram förslag till mål och inriktning som kommunstyrelsen kan besluta om.",
    ],
)
def test_what_agrees_with_the_law_is_never_taken_for_the_opposite(
    assistant: Assistant, tmp_path: Path, text: str
) -> None:
    review = reviewed(assistant, tmp_path, BARE.format(text))
    assert [row.requirement for row in review.rows if row.verdict == "contradicts"] == []


@pytest.mark.parametrize(
    ("requirement", "text"),
    [
        ("kl-styrelsen-utser", "Kommundirektören utses av kommunalrådet."),
        ("kl-styrelsen-utser", "Kommundirektören tillsätts av kommunfullmäktige."),
        ("kl-styrelsen-beslutar", "Kommundirektören beslutar själv om ändringar i denna instruktion."),
        ("kl-ledande-stallning", "Kanslichefen är chef för kommunledningskontoret."),
        ("uppfoljning", "Instruktionen följs inte upp."),
    ],
)
def test_what_says_the_opposite_is_told(assistant: Assistant, tmp_path: Path, requirement: str, text: str) -> None:
    row = rows_of(reviewed(assistant, tmp_path, BARE.format(text)))[requirement]
    assert (row.verdict, said(row)) == ("contradicts", text)


@pytest.mark.parametrize(
    "text",
    [
        "Kommunstyrelsen leder förvaltningen genom mål, budget och uppföljning.",
        "Enligt kommunallagen ska instruktionen fastställa hur direktören ska leda förvaltningen genom budget.",
        "Förvaltningscheferna leder sina förvaltningar och fördelar budgeten.",
        "Kommundirektören leder kommunledningskontoret.",
    ],
)
def test_how_the_director_leads_is_not_said_by_this(assistant: Assistant, tmp_path: Path, text: str) -> None:
    review = reviewed(assistant, tmp_path, BARE.format(text))
    assert rows_of(review)["kl-leda-forvaltningen"].verdict in ("partly", "missing")


def test_that_the_director_is_not_their_manager_is_an_answer_too(assistant: Assistant, tmp_path: Path) -> None:
    review = reviewed(assistant, tmp_path, SHORT + "\nKommundirektören är inte chef för förvaltningscheferna.\n")
    row = rows_of(review)["chefskap-forvaltningschefer"]
    assert (row.verdict, said(row)) == ("found", "Kommundirektören är inte chef för förvaltningscheferna.")
    assert rows_of(review)["kl-ledande-stallning"].verdict == "found"


def test_no_law_is_met_by_what_is_no_instruktion(assistant: Assistant, tmp_path: Path) -> None:
    review = reviewed(assistant, tmp_path, BYLAWS, "reglemente.txt")
    assert not review.is_instruktion
    assert len(review.rows) == 46
    assert "found" not in verdicts(review, *LAW)
    assert "partly" in verdicts(review, "kl-leda-forvaltningen", "kl-ledande-stallning")


def test_of_the_sources_only_the_instruktion_is_one(assistant: Assistant) -> None:
    said_so = {
        source.id for source in assistant.sources if assistant.review(assistant.document(source.id)).is_instruktion
    }
    assert said_so == {"instruktion-kommundirektor"}


@pytest.mark.parametrize("text", [SHORT, CITES_LAW, AGAINST_LAW, BYLAWS])
def test_own_words_are_the_documents_and_missing_has_none(assistant: Assistant, tmp_path: Path, text: str) -> None:
    review = reviewed(assistant, tmp_path, text)
    for row in review.rows:
        assert (row.own is None) == (row.verdict == "missing")
        if row.own:
            assert review.document.text[row.own.start : row.own.end] == row.own.quote
            assert any(char.isalpha() for char in row.own.quote)
    assert review.index_id == assistant.index_id


def test_the_decided_instruktion_of_the_sources_has_what_it_covers(assistant: Assistant) -> None:
    review = assistant.review(assistant.document("instruktion-kommundirektor"))
    assert [row.requirement for row in review.rows if row.weight in ("lag", "beslut") and row.verdict != "found"] == []
    place = rows_of(review)["stallforetradare"].own
    assert place is not None
    assert place.locator == "2 Anställning"


def test_another_title_is_the_directors_where_the_document_says_so(assistant: Assistant, tmp_path: Path) -> None:
    text = SHORT.replace("kommundirektören", "förvaltningschefen").replace("Kommundirektören", "Förvaltningschefen")
    review = reviewed(assistant, tmp_path, text)
    assert review.is_instruktion
    assert verdicts(review, *LAW) == ["found"] * 5


AGREEMENT = """Överenskommelse mellan ordföranden och kommundirektören

Kommunstyrelsen har antagit det här enligt 7 kap. 2 § kommunallagen.

Kommundirektören leder kommunkontoret inom budget. Kommundirektören bereder styrelsens ärenden. Kommundirektören
verkställer besluten. Kommundirektören samordnar förvaltningarna. Kommundirektören ansvarar för beredskapen.
Kommundirektören företräder kommunen i länet. Ordföranden och kommundirektören stämmer av varje vecka.
"""


def test_an_agreement_that_names_the_section_is_an_instruktion(assistant: Assistant, tmp_path: Path) -> None:
    assert reviewed(assistant, tmp_path, AGREEMENT).is_instruktion
    without = AGREEMENT.replace("enligt 7 kap. 2 § kommunallagen", "i maj").replace("Kommundirektören", "Ordföranden")
    assert not reviewed(assistant, tmp_path, without).is_instruktion


@pytest.mark.parametrize("name", ["Uppdragshandling", "Rollbeskrivning", "Befattningsinstruktion"])
def test_it_may_be_called_something_else(assistant: Assistant, tmp_path: Path, name: str) -> None:
    text = f"{name} för kommundirektören\n\nKommundirektören leder kontoret. Kommundirektören bereder ärenden.\n"
    assert reviewed(assistant, tmp_path, text).is_instruktion


def test_an_instruktion_for_the_head_of_one_field_is_none(assistant: Assistant, tmp_path: Path) -> None:
    text = SHORT.replace("kommundirektören", "socialchefen").replace("Kommundirektören", "Socialchefen")
    assert not reviewed(assistant, tmp_path, text.replace("kommunstyrelsen", "socialnämnden")).is_instruktion


def test_cells_of_a_word_table_are_read_with_their_column(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "instruktion.docx"
    document = docx.Document()
    document.add_heading("Instruktion för kommundirektören", 1)
    document.add_paragraph("Kommundirektören har den ledande ställningen bland de anställda.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Område", "Kommundirektören"
    for area, duty in (("Kris", "Leder kommunens krisledning."), ("Uppsikt", "Biträder styrelsen i dess uppsikt.")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = area, duty
    document.save(str(file))
    review = assistant.review(assistant.read_own(file))
    assert verdicts(review, "krisledning", "uppsikt") == ["found", "found"]
    assert "Leder kommunens krisledning." in said(rows_of(review)["krisledning"])


def test_a_reviewed_document_is_never_indexed(assistant: Assistant, tmp_path: Path) -> None:
    before = (assistant.index_id, {source.id for source in assistant.sources})
    reviewed(assistant, tmp_path, SHORT.replace("ekonomichefen", "arkivprovaren"))
    assert (assistant.index_id, {source.id for source in assistant.sources}) == before
    assert not [hit for hit in assistant.search("arkivprovaren").items if "arkivprovaren" in hit.passage.text]


def test_what_cannot_be_reviewed_is_told_in_one_line(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "lang.txt"
    file.write_text("Kommundirektören leder. " * (LONGEST_DOCUMENT // 20), encoding="utf-8")
    with pytest.raises(ReadError, match="för lång för att granskas"):
        assistant.read_own(file)
    file.write_text("1234 5678", encoding="utf-8")
    with pytest.raises(ReadError, match="innehåller ingen text"):
        assistant.read_own(file)


def said(row: Finding) -> str:
    assert row.own is not None, row.requirement
    return " ".join(row.own.quote.split())
