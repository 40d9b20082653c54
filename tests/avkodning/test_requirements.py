"""The requirements: which they are, what they rest on, and what a broken file says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.avkodning.requirements import Requirements, Rule, read_requirements
from assistant.avkodning.reviewing import Reviewer
from assistant.avkodning.words import unknown_concepts
from assistant.errors import SourceError
from assistant.reading.documents import document_from_raw
from assistant.reading.raw import RawDocument
from assistant.settings import Settings
from assistant.types import Document, Page, Source

LAW = "kl-leda-forvaltningen kl-ovriga-uppgifter kl-ledande-stallning kl-styrelsen-beslutar kl-styrelsen-utser".split()
GUIDANCE = (
    "gemensamt-uppdrag fokusomraden ordforandens-uppdrag direktorens-uppdrag roller-politik-forvaltning samspel-kso "
    "moten-kontakter arendehantering tillganglighet samarbetets-kannetecken undertecknande omprovning"
).split()
REPORTS = (
    "chefskap-forvaltningschefer foljder-av-chefskap uppfoljning former-for-uppfoljning arbetsmiljo-ledarskap "
    "kso-arbetsgivare dialog-ledning ledningsgrupp strategiska-fragor samverkan"
).split()
DECIDED = (
    "syfte uppdragsgivare stallforetradare koncern beredning foredragning uppsikt delegering styrprinciper samordning "
    "anstallning-chefer stodchef stod-fortroendevalda kommunens-utveckling media-externt civil-beredskap krisledning "
    "sakerhet motestabell"
).split()

#: The two sections in a publisher's own form; the text is made for the test.
STATUTE = """Kommunallag (2017:725)

7 kap. Anställda

Direktören

1 § Styrelsen skall tillsätta en direktör för provets skull.

2 § Styrelsen skall ge direktören en instruktion för provets skull.

3 § Direktören får inte väljas för provets skull.
"""


@pytest.fixture(scope="module")
def requirements(settings: Settings) -> Requirements:
    return read_requirements(settings.corpus_dir)


def rules(requirements: Requirements) -> list[Rule]:
    return [rule for row in requirements.rows for rule in (*row.found, *row.partly, *row.contradicts)]


def test_they_are_those_of_the_contract_in_order(requirements: Requirements) -> None:
    assert [row.id for row in requirements.rows] == [*LAW, *GUIDANCE, *REPORTS, *DECIDED]
    weights = {row.id: row.weight for row in requirements.rows}
    for ids, weight in ((LAW, "lag"), (GUIDANCE, "vägledning"), (REPORTS, "rapport"), (DECIDED, "beslut")):
        assert {weights[one] for one in ids} == {weight}


def test_each_has_its_own_question_and_reasons(requirements: Requirements) -> None:
    rows = requirements.rows
    assert len({row.question for row in rows}) == len(rows)
    assert all(row.question.endswith("?") and row.follow_up.endswith("?") for row in rows)
    assert all(len(set(row.reasons.values())) == 4 for row in rows)


def test_every_pattern_names_concepts_that_there_are(requirements: Requirements) -> None:
    patterns = [p for rule in rules(requirements) for p in (*rule.words, *rule.near, *rule.before, *rule.without)]
    patterns += [row.topic for row in requirements.rows] + [row.likeness_needs for row in requirements.rows]
    patterns += list(requirements.concepts.values())
    assert [name for pattern in patterns for name in unknown_concepts(pattern, requirements.concepts)] == []


def test_each_rests_on_words_of_the_sources(assistant: Assistant) -> None:
    review = assistant.review(made("Instruktion för kommundirektören\n\nKommundirektören leder kontoret.\n"))
    letters = lambda text: re.sub(r"\W", "", text).casefold()  # noqa: E731
    wanted = {row.id: row.basis for row in read_requirements(assistant.settings.corpus_dir).rows}
    for row in review.rows:
        document = assistant.document(row.basis.source.id)
        assert document.text[row.basis.start : row.basis.end] == row.basis.quote
        assert letters(row.basis.quote) == letters(wanted[row.requirement].quote)
        assert row.basis.source.id == wanted[row.requirement].source_id
    numbers = {(row.basis.source.id, row.basis.start): row.basis.n for row in review.rows}
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))


def test_the_law_is_found_in_its_official_wording_too(assistant: Assistant, requirements: Requirements) -> None:
    """`kd corpus sync` puts the statute in our account's place: other words under the same sections."""
    raw = RawDocument(pages=(Page(None, STATUTE),))
    statute = document_from_raw(Source("kommunallagen", "Kommunallag", "lag", Path("kl.txt"), ""), raw, 130)

    def documents(source_id: str) -> Document:
        return statute if source_id == "kommunallagen" else assistant.document(source_id)

    reviewer = Reviewer(requirements, documents, assistant.lexicon, assistant.embedder)
    rows = {row.requirement: row for row in reviewer.review(made("Instruktion för kommundirektören\n")).rows}
    assert "ge direktören en instruktion" in rows["kl-leda-forvaltningen"].basis.quote
    assert "tillsätta en direktör" in rows["kl-styrelsen-utser"].basis.quote


def test_a_source_that_is_gone_is_named(assistant: Assistant, requirements: Requirements) -> None:
    row = requirements.rows[0]
    lost = replace(requirements, rows=(replace(row, basis=replace(row.basis, quote="står ingenstans", section="")),))
    with pytest.raises(SourceError, match=r"kl-leda-forvaltningen.*kommunallagen"):
        Reviewer(lost, assistant.document, assistant.lexicon, assistant.embedder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("schema = 1", "schema = 2"), '"schema"'),
        (lambda text: text.replace('weight = "lag"', 'weight = "tung"', 1), "weight"),
        (lambda text: text.replace('id = "syfte"', 'id = "koncern"', 1), '"koncern" står på flera ställen'),
        (lambda text: text.replace("[concepts]", "[concepts", 1), "TOML"),
        (lambda text: text.replace("words = [", "ord = [", 1), "ord"),
    ],
)
def test_a_broken_file_gives_one_line(settings: Settings, tmp_path: Path, change: object, said: str) -> None:
    assert callable(change)
    text = (settings.corpus_dir / "requirements.toml").read_text(encoding="utf-8")
    (tmp_path / "requirements.toml").write_text(change(text), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_requirements(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "Rätta filen" in str(caught.value)


def made(text: str) -> Document:
    source = Source("eget-dokument", "Prov", "eget", Path("prov.txt"), "")
    return document_from_raw(source, RawDocument(pages=(Page(None, text),)), 130)
