"""The programme: every claim proven, every place found, every chat question answered; short questions within it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.followup import About
from assistant.answering.proving.evidence import Evidence
from assistant.assistant import Assistant
from assistant.avkodning.places import Cited, citation_of, cited_theme
from assistant.avkodning.programme import ADVICE, Programme, Quoted, Theme, read_programme, theme_context
from assistant.cli import main
from assistant.errors import SourceError
from assistant.reading.documents import read_document
from assistant.reading.sources import read_list
from assistant.settings import Settings, load_settings
from assistant.types import Document, Source, Turn

PROGRAMME = read_programme(load_settings().corpus_dir)
THEMES = {theme.id: theme for theme in PROGRAMME.themes}
in_each_theme = pytest.mark.parametrize("theme", PROGRAMME.themes, ids=lambda theme: theme.id)

SUBJECTS = "mandat kso namnder ledningsgrupp ekonomi kompetens samverkan beredskap lag kultur stod"

SHORT = """
schema = 1
[[theme]]
id = "t"
title = "T"
find_out = ["a"]
ask = ["b"]
plan = ["c"]
chat = ["d"]
[[theme.why]]
source = "s"
quote = "q"
[[theme.question]]
id = "f"
text = "F?"
to = "x"
[[theme.reading]]
about = "r"
source = "s"
quote = "q"
"""


def test_the_themes_stand_in_the_order_in_which_they_are_begun() -> None:
    assert [theme.id for theme in PROGRAMME.themes] == SUBJECTS.split()


@in_each_theme
def test_a_theme_holds_what_a_director_needs(theme: Theme) -> None:
    assert 2 <= len(theme.why) <= 4
    assert 5 <= len(theme.find_out) <= 8
    assert len(theme.ask) >= 3
    assert 6 <= len(theme.questions) <= 10
    assert 3 <= len(theme.reading) <= 6
    assert 3 <= len(theme.plan) <= 5
    assert len(theme.chat) == 3
    assert theme.context


def test_ids_of_questions_tell_their_theme_and_never_change() -> None:
    """Users' notes are kept by them: an id that is renamed loses an answer. Add new ones at the end of a theme's."""
    for theme in PROGRAMME.themes:
        assert all(question.id.startswith(f"{theme.id}-") for question in theme.questions)
    assert {"mandat-forvantan", "kso-arbetsform", "ekonomi-obeslutat", "stod-hemma"} <= PROGRAMME.question_ids
    assert len(PROGRAMME.question_ids) == sum(len(theme.questions) for theme in PROGRAMME.themes)


@in_each_theme
def test_every_place_stands_in_its_source_character_by_character(assistant: Assistant, theme: Theme) -> None:
    for cited in (*(shown := cited_theme(theme, assistant.document)).why, *shown.reading):
        found = cited.citation
        assert found is not None, cited.text
        assert assistant.document(found.source.id).text[found.start : found.end] == found.quote
        assert found.passage.start <= found.start
        assert found.end <= found.passage.end


@in_each_theme
def test_every_reason_is_proven_by_the_gate(assistant: Assistant, theme: Theme) -> None:
    assert unproven(assistant, theme) == []


def test_a_reason_that_its_quote_does_not_say_is_found_out(assistant: Assistant) -> None:
    theme = THEMES["ekonomi"]
    wrong = replace(theme.why[0], text="Ekonomin är för de allra flesta ingen utmaning i rollen som kommundirektör.")
    assert unproven(assistant, replace(theme, why=(wrong,))) == [wrong.text]


def unproven(assistant: Assistant, theme: Theme) -> list[str]:
    prover = assistant.prover()
    return [
        cited.text
        for cited in cited_theme(theme, assistant.document).why
        if cited.citation is None or prover.prove(cited.text, [evidence(cited)]).reason
    ]


def evidence(cited: Cited) -> Evidence:
    assert cited.citation is not None
    return Evidence.of_passage(cited.citation.passage, cited.citation.source)


@in_each_theme
def test_the_assistant_answers_every_chat_question(assistant: Assistant, theme: Theme) -> None:
    assert {question: assistant.ask(question).outcome for question in theme.chat} == dict.fromkeys(
        theme.chat, "answered"
    )


@in_each_theme
def test_a_place_has_one_number_and_numbers_follow_each_other(assistant: Assistant, theme: Theme) -> None:
    shown = cited_theme(theme, assistant.document)
    assert [citation.n for citation in shown.citations] == list(range(1, len(shown.citations) + 1))
    places = [(citation.source.id, citation.start, citation.end) for citation in shown.citations]
    assert len(set(places)) == len(places)


def test_whose_words_a_reason_is_is_told_as_in_an_answer(assistant: Assistant) -> None:
    reasons = cited_theme(THEMES["beredskap"], assistant.document).why
    assert reasons[0].lead == "Instruktion för kommundirektören, ett beslut i en kommun: "


# The sources as they are read another day


@pytest.fixture(scope="module")
def statute(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A made statute in the official form, standing where our account of it stood."""
    path = tmp_path_factory.mktemp("statute") / "sfs.txt"
    sections = "\n\n".join(
        f"{number} § Styrelsen ska i en instruktion fastställa punkt {number} om direktören." for number in range(1, 10)
    )
    text = f"Kommunallag (2017:725)\n\nt.o.m. SFS 2026:1\n\n7 kap. Anställda\n\n{sections}\n"
    path.write_text(text, encoding="utf-8")
    return read_document(Source("kommunallagen", "Kommunallag (2017:725)", "lag", path, "0"), settings.passage_words)


def test_a_statute_in_the_place_of_our_account_is_read_at_its_section(assistant: Assistant, statute: Document) -> None:
    def documents(source_id: str) -> Document:
        return statute if source_id == "kommunallagen" else assistant.document(source_id)

    shown = cited_theme(THEMES["mandat"], documents)
    places = {each.text: each.citation for each in shown.reading}
    found = places["Vad lagen kräver av en instruktion"]
    assert found is not None
    assert found.passage.path[-1].startswith("7 kap. 2 §")
    assert statute.text[found.start : found.end] == found.quote


def test_no_reason_rests_on_our_account_of_the_law() -> None:
    """The statute takes its place, with other words."""
    assert [why.text for theme in PROGRAMME.themes for why in theme.why if why.words.source_id == "kommunallagen"] == []


def test_every_place_in_the_law_names_its_section() -> None:
    places = [each.words for theme in PROGRAMME.themes for each in theme.reading]
    assert [words.quote for words in places if words.source_id == "kommunallagen" and not words.section] == []


@pytest.mark.parametrize(
    "words",
    [
        Quoted("kommunallagen", "Det här står ingenstans i lagen.", "99 kap. 1 §"),
        Quoted("himmel-och-helvete", "Det här står ingenstans i rapporten."),
        Quoted("okand", "Källan finns inte."),
        Quoted("himmel-och-helvete", "…"),
    ],
)
def test_a_place_that_is_not_there_is_none_and_no_crash(assistant: Assistant, words: Quoted) -> None:
    assert citation_of(words, assistant.document) is None


def test_a_section_is_not_taken_for_another_that_is_written_alike(assistant: Assistant) -> None:
    found = citation_of(Quoted("kommunallagen", "ingenstans", "7 kap. 1 §"), assistant.document)
    assert found is not None
    assert found.passage.path[-1].startswith("7 kap. 1 § ")
    alike = Quoted("kommunallagen", "ingenstans", "1 kap. 1 §")
    assert any("11 kap. 1 §" in section.path[-1] for section in assistant.document("kommunallagen").sections)
    assert citation_of(alike, assistant.document) is None


# A broken file


def broken(tmp_path: Path, content: str | bytes) -> str:
    file = tmp_path / "programme.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with pytest.raises(SourceError) as caught:
        read_programme(tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("schema = 1", "schema = 2"), '"schema" har fel form'),
        (('title = "T"', ""), '"theme.0.title" saknas'),
        (('title = "T"', 'title = "T"\nhittepa = 1'), '"theme.0.hittepa" är inget känt fält'),
        (('id = "f"', 'id = "t"'), 'id "t" står på flera ställen'),
        (('id = "f"', 'id = "Å"'), '"theme.0.question.0.id" har fel form'),
        (('ask = ["b"]', "ask = []"), '"theme.0.ask" har fel form'),
        (('text = "F?"', 'text = "  "'), '"theme.0.question.0.text" har fel form'),
        (("schema = 1", "schema = "), "den är inte riktig TOML"),
    ],
)
def test_a_broken_programme_is_told_in_one_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    line = broken(tmp_path, SHORT.replace(*change, 1))
    assert said in line
    assert "Rätta filen" in line
    assert "\n" not in line


def test_a_programme_in_another_encoding_is_told(tmp_path: Path) -> None:
    assert "den är inte UTF-8" in broken(tmp_path, SHORT.replace("F?", "Får?").encode("latin-1"))


def test_a_programme_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="går inte att läsa"):
        read_programme(tmp_path)


def test_the_short_programme_is_right(tmp_path: Path) -> None:
    """So that each change above is what breaks it; a reason without words of its own is its quote."""
    (tmp_path / "programme.toml").write_text(SHORT, encoding="utf-8")
    assert read_programme(tmp_path).themes[0].why[0].text == "q"


def test_the_programme_is_no_source(settings: Settings) -> None:
    assert [row.file for row in read_list(settings.corpus_dir).source if row.file.endswith("programme.toml")] == []


# A short question within a theme

#: The places that a short question within a theme may be expected to open: by heading.
WITHIN = {
    "mandat": ("4.1.2", "7 kap. 2 §", "1 Inledning"),
    "ledningsgrupp": ("4.2",),
    "ekonomi": ("2.2.1", "11 kap."),
    "kompetens": ("2.2.2",),
    "samverkan": ("Innan samverkan", "2.4", "4.4", "9 kap.", "Under pågående"),
    "beredskap": ("6 Civil beredskap", "3 kap. 13 §"),
}
SHORT_QUESTIONS = ("Vem ska jag prata med?", "Vad är svårast?", "Vad säger lagen?", "Vad bör jag tänka på?")


def opened(assistant: Assistant, question: str, about: About | None = None) -> str:
    """The heading of the passage that the answer opens with; "" when there is none."""
    answer = assistant.ask(question, about=about)
    return answer.citations[0].passage.path[-1] if answer.citations else ""


@pytest.mark.parametrize("question", SHORT_QUESTIONS)
def test_a_short_question_finds_the_passages_of_its_theme(assistant: Assistant, question: str) -> None:
    inside = [
        theme_id
        for theme_id, headings in WITHIN.items()
        if any(
            heading in name
            for name in (headings_of(assistant, question, theme_context(THEMES[theme_id])))
            for heading in headings
        )
    ]
    assert len(inside) >= 5, inside
    assert len({opened(assistant, question, theme_context(THEMES[each])) for each in WITHIN}) >= 3


def headings_of(assistant: Assistant, question: str, about: About) -> list[str]:
    alone = assistant.standalone(question, about=about)
    hits = assistant.search(alone.question, 1, carried=alone.carried)
    return [hit.passage.path[-1] for hit in hits.items]


def test_a_short_question_without_a_theme_is_not_changed(assistant: Assistant) -> None:
    assert assistant.standalone("Vad är svårast?").question == "Vad är svårast?"


def eval_questions() -> Iterator[str]:
    for name in ("dev", "test"):
        lines = Path("evals/sets", f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (row["question"] for line in lines if not (row := json.loads(line)).get("history"))


def test_a_full_question_is_not_distorted_by_the_theme_around_it(assistant: Assistant) -> None:
    """Each question of the eval sets says what it is about; so do the programme's own chat questions."""
    about = theme_context(THEMES["beredskap"])
    asked = [*eval_questions(), *(question for theme in PROGRAMME.themes for question in theme.chat)]
    changed = [one for one in asked if assistant.standalone(one, about=about) != assistant.standalone(one)]
    assert len(asked) > 300
    assert changed == []


def test_the_answer_to_a_full_question_is_the_same_within_a_theme(assistant: Assistant) -> None:
    for question in ("Vem ska utse kommundirektören?", "När är en förtroendevald jävig?"):
        assert assistant.ask(question).text == assistant.ask(question, about=theme_context(THEMES["ekonomi"])).text


def test_a_follow_up_stays_within_the_theme(assistant: Assistant) -> None:
    """Neither the question before it nor its answer has named the theme."""
    about = theme_context(THEMES["kompetens"])
    history = (Turn("user", "Vad är svårast?"), Turn("assistant", "Det skiljer sig åt."))
    alone = assistant.standalone("Och varför är det så?", history, about)
    assert "kompetensförsörjning" in alone.carried.lower()
    answer = assistant.ask("Och varför är det så?", history, about=about)
    assert "2.2.2 Kompetensförsörjningen" in [hit.passage.path[-1] for hit in answer.hits[:3]]
    assert assistant.standalone("Och varför är det så?", history).carried == "svårast skiljer åt"


# The command


def test_the_command_shows_the_programme_with_its_sources(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KD_INDEX_DIR", str(settings.index_dir))
    assert main(["avkodning"]) == 0
    said = capsys.readouterr().out
    for theme in PROGRAMME.themes:
        assert theme.title in said
    assert said.count(ADVICE) == len(PROGRAMME.themes)
    assert "Beslut · Instruktion för kommundirektören, 6 Civil beredskap" in said


def test_the_command_gives_the_programme_as_json(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KD_INDEX_DIR", str(settings.index_dir))
    assert main(["avkodning", "--json"]) == 0
    given = json.loads(capsys.readouterr().out)
    assert [theme["id"] for theme in given["themes"]] == list(THEMES)
    first = given["themes"][0]
    assert first["questions"][0] == {
        "id": "mandat-forvantan",
        "text": "Vad är det viktigaste som ska vara annorlunda om ett år för att du ska vara nöjd med mig?",
        "to": "kommunstyrelsens ordförande",
    }
    assert all(each["available"] for theme in given["themes"] for each in (*theme["why"], *theme["reading"]))
    numbers = {citation["n"] for citation in first["citations"]}
    assert {n for each in (*first["why"], *first["reading"]) for n in each["citations"]} == numbers


def test_a_broken_programme_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KD_CORPUS_DIR", str(tmp_path))
    assert main(["avkodning"]) == 2
    assert "Programmet i" in capsys.readouterr().err


def test_an_unknown_theme_is_none() -> None:
    assert Programme(()).theme("mandat") is None
