"""A question becomes concepts, with the ways to say each: itself, its parts, other words, other spellings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import SettingsError
from assistant.finding.clauses import clauses, put_first
from assistant.finding.lexical import LexicalIndex
from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.finding.query import Concept, QueryAnalyser, Way
from assistant.finding.spelling import Speller
from assistant.finding.support import AGAINST, FOR, READ, SIGNALS, agreement, support
from assistant.finding.thesaurus import Synonym, Thesaurus, read_thesaurus
from assistant.settings import MatchWeights, Settings

WORDS = {"utser": 3, "direktör": 2, "sammanträde": 4, "kommun": 9}


@pytest.fixture(scope="module")
def lexicon(settings: Settings) -> Lexicon:
    return read_lexicon(settings.lexicon_file)


@pytest.fixture
def thesaurus(tmp_path: Path, lexicon: Lexicon) -> Thesaurus:
    return read_thesaurus(
        thesaurus_file(
            tmp_path,
            """
            { words = "möte, sammanträde", weight = 0.9 },
            { from = "plocka in, tillsätta", to = "utse", weight = 0.5 },
            { from = "vid sidan av", to = "förtroendeuppdrag", weight = 0.4 },
            { from = "möte", to = "formellt sammanträde", weight = 0.7 },
            """,
        ),
        lexicon,
    )


def thesaurus_file(folder: Path, groups: str) -> Path:
    file = folder / "thesaurus.toml"
    file.write_text(f"schema = 1\ngroups = [{groups}]\n", encoding="utf-8")
    return file


def analyser(lexicon: Lexicon, thesaurus: Thesaurus, **weights: float) -> QueryAnalyser:
    known = {lexicon.normal_form(word) for word in WORDS}
    return QueryAnalyser(
        lexicon,
        thesaurus,
        lambda: Speller(WORDS, lexicon.knows, lexicon.normal_form),
        known.__contains__,
        MatchWeights(**{"part": 0.5, "synonym": 1.0, "carried": 0.4, **weights}),
    )


def ways(concepts: tuple[Concept, ...], clue: str) -> dict[str, float]:
    return {way.shown: way.weight for concept in concepts for way in concept.ways if way.clue == clue}


def test_each_content_word_is_a_concept_once(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    concepts = analyser(lexicon, thesaurus).concepts("Vem utser vem, och vem utser direktören?")
    assert [concept.word for concept in concepts] == ["utser", "direktören"]
    assert all(concept.ways[0] == Way("word", concept.word, (concept.term,), 1.0) for concept in concepts)


def test_synonyms_go_from_the_question_only_and_by_their_weight(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    assert ways(analyser(lexicon, thesaurus).concepts("tillsätter"), "synonym") == {"utse": 0.5}
    assert ways(analyser(lexicon, thesaurus).concepts("utser"), "synonym") == {}
    assert ways(analyser(lexicon, thesaurus).concepts("sammanträdet"), "synonym") == {"möte": 0.9}
    assert ways(analyser(lexicon, thesaurus, synonym=0.0).concepts("tillsätter"), "synonym") == {}


def test_the_words_of_a_phrase_share_its_weight(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    found = ways(analyser(lexicon, thesaurus).concepts("mötet"), "synonym")
    assert found["formellt sammanträde"] == pytest.approx(0.7 / 2**0.5)


def test_a_phrase_is_found_with_its_stop_words(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    assert "utse" in ways(analyser(lexicon, thesaurus).concepts("Vi ska plocka in en chef"), "synonym")
    assert "utse" not in ways(analyser(lexicon, thesaurus).concepts("Vi ska plocka upp en chef"), "synonym")
    assert "förtroendeuppdrag" in ways(analyser(lexicon, thesaurus).concepts("något vid sidan av"), "synonym")


def test_a_stop_word_is_never_taken_for_a_word_of_the_thesaurus(tmp_path: Path, lexicon: Lexicon) -> None:
    thesaurus = Thesaurus()
    thesaurus.add((lexicon.normal_form("en"),), Synonym("enig", ("enig",), 0.9))
    concepts = analyser(lexicon, thesaurus).concepts("Vem utser en direktör?")
    assert [concept.word for concept in concepts] == ["utser", "direktör"]


def test_parts_weigh_less_than_the_whole(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    (concept,) = analyser(lexicon, thesaurus).concepts("kommundirektören")
    (part,) = [way for way in concept.ways if way.clue == "part"]
    assert part.terms == (lexicon.normal_form("kommun"), lexicon.normal_form("direktör"))
    assert part.weight == 0.5


def test_only_an_unknown_word_is_spelled_anew(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    assert "direktör" in ways(analyser(lexicon, thesaurus).concepts("direktor"), "spelling")
    assert ways(analyser(lexicon, thesaurus).concepts("direktör"), "spelling") == {}


def test_carried_words_count_for_less_and_only_once(lexicon: Lexicon, thesaurus: Thesaurus) -> None:
    concepts = analyser(lexicon, thesaurus).concepts("utser", "utser kommun")
    assert [(concept.word, concept.ways[0].weight) for concept in concepts] == [("utser", 1.0), ("kommun", 0.4)]


def test_the_best_way_to_say_a_concept_counts_not_their_sum() -> None:
    index = LexicalIndex.build([["a", "b"], ["a"], ["b"], ["c"]])
    concept = Concept("x", "a", (Way("word", "a", ("a",), 1.0), Way("synonym", "b", ("b",), 0.5)))
    alone = Concept("x", "a", (Way("word", "a", ("a",), 1.0),))
    both, one = index.scores([concept]), index.scores([alone])
    assert both[0] == one[0]
    assert both[2] == pytest.approx(0.5 * index.scores([Concept("b", "b", (Way("word", "b", ("b",), 1.0),))])[2])
    assert both[3] == 0
    assert index.ways([concept], 2) == [(concept, 1, pytest.approx(float(both[2])))]
    assert index.ways([concept], 3) == []


def test_an_index_without_any_words_finds_nothing() -> None:
    index = LexicalIndex.build([[], []])
    assert index.scores([Concept("a", "a", (Way("word", "a", ("a",), 1.0),))]).tolist() == [0, 0]


def test_the_longest_phrase_of_the_thesaurus_wins() -> None:
    thesaurus = Thesaurus()
    short, long = Synonym("s", ("s",), 0.5), Synonym("l", ("l",), 0.5)
    thesaurus.add(("ta",), short)
    thesaurus.add(("ta", "fram"), long)
    assert list(thesaurus.find(["ta", "fram", "ta"])) == [(0, 2, (long,)), (2, 3, (short,))]
    assert list(Thesaurus().find(["ta"])) == []


def test_the_shipped_thesaurus_is_large_and_never_gives_a_word_for_itself(settings: Settings, lexicon: Lexicon) -> None:
    text = settings.thesaurus_file.read_text(encoding="utf-8")
    assert text.count("weight =") >= 400
    thesaurus = read_thesaurus(settings.thesaurus_file, lexicon)
    assert len(thesaurus) > 1000
    for phrase, synonyms in thesaurus.entries():
        assert all(synonym.terms and tuple(phrase) != synonym.terms for synonym in synonyms)
        assert all(0 < synonym.weight < 1 for synonym in synonyms)


@pytest.mark.parametrize(
    "groups",
    [
        '{ words = "a, b" }',
        '{ words = "a, b", weight = 1.5 }',
        '{ from = "a", weight = 0.5 }',
        '{ words = "a", to = "b", weight = 0.5 }',
        "[[",
    ],
)
def test_a_broken_thesaurus_is_said_in_one_line(tmp_path: Path, lexicon: Lexicon, groups: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_thesaurus(thesaurus_file(tmp_path, groups), lexicon)
    assert "thesaurus.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Vem utser direktören, och hur ofta möts kommunstyrelsen?", 2),
        ("Vem utser direktören? Vad ska instruktionen innehålla?", 2),
        ("Vem utser direktören och ordföranden?", 0),
        ("Vem utser direktören, och varför?", 0),
        ("Vad gäller för möten och protokoll?", 0),
        ("", 0),
    ],
)
def test_a_question_is_taken_apart_where_it_asks_anew(lexicon: Lexicon, question: str, count: int) -> None:
    assert len(clauses(question, lexicon)) == count


def test_the_best_of_each_clause_come_first() -> None:
    joined = np.array([0.9, 0.8, 0.1, 0.2, 0.0], dtype=np.float32)
    first = np.array([0.9, 0.5, 0.0, 0.0, 0.0], dtype=np.float32)
    second = np.array([0.0, 0.0, 0.7, 0.6, 0.0], dtype=np.float32)
    scores = put_first(joined, [first, second])
    assert np.argsort(-scores, kind="stable").tolist() == [0, 2, 3, 1, 4]
    assert np.all((scores >= 0) & (scores <= 1))
    nothing = np.zeros(5, dtype=np.float32)
    assert put_first(joined, [nothing, nothing]).tolist() == joined.tolist()


def test_support_follows_its_signals() -> None:
    signals: dict[str, float] = dict.fromkeys(SIGNALS, 0.5)
    values = [support({**signals, "coverage": step / 10}, {"bias": -1, "coverage": 3}) for step in range(11)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)
    assert support({}, {"bias": 9}) == 0


def test_agreement_counts_the_legs_that_have_something_to_say() -> None:
    legs = [np.array(row, dtype=np.float32) for row in ([0, 1], [0.2, 0.1], [0, 0])]
    assert agreement(legs, 1) == 0.5
    assert agreement([legs[2]], 0) == 0.0


def test_the_shipped_weights_know_every_signal(settings: Settings) -> None:
    assert set(settings.weights.support) <= {"bias", *SIGNALS}
    assert all(weight >= 0 for weight in settings.weights.legs.values())


@pytest.mark.parametrize("table", ["support", "read_support", "plain_support"])
def test_no_signal_speaks_the_other_way_than_it_means(settings: Settings, table: str) -> None:
    """Else what is like nothing known would be taken for answered, where nothing was learnt of it."""
    weights = getattr(settings.weights, table)
    assert {*SIGNALS, READ} >= FOR | AGAINST
    assert [name for name in FOR if weights.get(name, 0) < 0] == []
    assert [name for name in AGAINST if weights.get(name, 0) > 0] == []


def test_broken_weights_are_said_in_one_line(tmp_path: Path) -> None:
    from assistant.settings import read_weights

    for number, text in enumerate(("", "[legs]\nwords = 'x'\n", "[[[")):
        file = tmp_path / f"weights{number}.toml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError) as caught:
            read_weights(file)
        assert file.name in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_point_leads_to_its_passage(assistant: Any) -> None:
    """A sentence's own words find it as the nearest point of its passage."""
    passage = assistant.document("instruktion-kommundirektor").passages[3]
    from assistant.reading.sentences import sentence_spans

    start, end = max(sentence_spans(passage.text), key=lambda span: span[1] - span[0])
    sentence = passage.text[start:end]
    finder = assistant._current()
    near = finder._legs.nearest_point(assistant.embedder.encode_question(sentence), finder._legs.place(passage))
    assert near[0].passage_id == passage.id
    assert near[0].text == sentence
    assert 0.6 < near[1] <= 1
