"""Search over the real corpus: both legs, their joining, filters, and the retriever for LangChain."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assistant import KdRetriever
from assistant.assistant import Assistant
from assistant.errors import SettingsError
from assistant.finding.fuse import convex_combination, normalise
from assistant.finding.legs import LEGS
from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.finding.store import VectorStore
from assistant.finding.support import READ, SIGNALS
from assistant.settings import Settings
from assistant.types import KINDS, Filter, Hits

QUESTION = "Hur ska förtroendevalda och chefer samarbeta?"


@pytest.fixture(scope="module")
def lexicon(settings: Settings) -> Lexicon:
    return read_lexicon(settings.lexicon_file)


def sane(hits: Hits) -> bool:
    """Best first, ranks from 1, scores in 0..1, no passage twice."""
    scores = [hit.score for hit in hits.items]
    return (
        scores == sorted(scores, reverse=True)
        and all(0 < score <= 1.0001 for score in scores)
        and [hit.rank for hit in hits.items] == list(range(1, len(scores) + 1))
        and len({hit.passage.id for hit in hits.items}) == len(scores)
        and 0 <= hits.support <= 1
        and set(hits.signals) - {READ} == set(SIGNALS)
        and all(-0.0001 <= value <= 1.0001 for value in hits.signals.values())
    )


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Vem är chef för de politiska sekreterarna?", "formell chef för de politiska sekreterarna"),
        ("Hur många kommuner är medlemmar i SmåKom?", "SmåKom har 74 små kommuner som medlemmar"),
        ("plantskola för chefer", "Vi blir plantskola för chefer"),
        ("Vem är säkerhetsskyddschefen underställd?", "säkerhetsskyddschefen funktionellt direkt underställd"),
        ("förkortningen MTG", "MTG-samarbetet mellan Mariestad, Töreboda och Gullspång"),
        ("SÄKERHETSSKYDDSCHEFEN", "säkerhetsskyddschefen funktionellt"),
    ],
)
def test_the_passage_that_says_it_is_among_the_best_three(assistant: Assistant, question: str, words: str) -> None:
    hits = assistant.search(question)
    assert sane(hits)
    assert any(words in hit.passage.text for hit in hits.items[:3])


@pytest.mark.parametrize("top", [1, 3, 20, 100])
def test_top_limits_without_changing_the_order(assistant: Assistant, top: int) -> None:
    best = assistant.search(QUESTION, 100)
    assert assistant.search(QUESTION, top).items == best.items[:top]
    assert len(assistant.search(QUESTION, top).items) == min(top, len(best.items))


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_by_kind_is_exact(assistant: Assistant, kind: Any) -> None:
    hits = assistant.search(QUESTION, 100, Filter(kinds=(kind,)))
    assert {hit.source.kind for hit in hits.items} <= {kind}
    assert bool(hits.items) is any(source.kind == kind for source in assistant.sources)


def test_a_filter_by_source_is_exact(assistant: Assistant) -> None:
    for source in assistant.sources:
        hits = assistant.search(QUESTION, 100, Filter(source_ids=(source.id,)))
        assert {hit.source.id for hit in hits.items} == {source.id}
        assert sane(hits)


@pytest.mark.parametrize(
    "only", [Filter(kinds=("lag",)), Filter(kinds=("rapport",)), Filter(source_ids=("skr-samarbete",))], ids=str
)
def test_a_filtered_vector_search_is_exact(assistant: Assistant, only: Filter) -> None:
    """The index is approximate; under a filter it must still give the very nearest."""
    finder = assistant._current()
    vector = assistant.embedder.encode_question(QUESTION)
    ids = [key for key, document in finder.documents.items() if only.admits(document.source)]
    with VectorStore(finder.generation.folder / "chroma") as store:
        wanted = {p.id: float(store.vectors()[p.id] @ vector) for p in finder.passages if p.source_id in ids}
        found = store.nearest(vector, 10, ids)
    best = sorted(wanted, key=lambda key: -wanted[key])[:10]
    assert set(found) == set(best)
    assert all(found[key] == pytest.approx(wanted[key], abs=1e-3) for key in best)


def test_filters_join_by_and(assistant: Assistant) -> None:
    both = Filter(kinds=("beslut",), source_ids=("himmel-och-helvete",))
    assert assistant.search(QUESTION, 20, both).items == ()
    two = Filter(source_ids=("skr-samarbete", "himmel-och-helvete"))
    assert {hit.source.id for hit in assistant.search(QUESTION, 100, two).items} == set(two.source_ids)


def test_a_filtered_search_finds_what_lies_far_down(assistant: Assistant) -> None:
    """The filter is applied before the nearest are taken, so a source with poor matches still gives some."""
    only = Filter(source_ids=("ledningsstod-presentation",))
    hits = assistant.search("Vem ska utse kommundirektören enligt lagen?", 100, only)
    passages = assistant.document("ledningsstod-presentation").passages
    assert len(hits.items) == len(passages)


def test_a_question_of_unknown_words_is_covered_by_nothing(assistant: Assistant) -> None:
    hits = assistant.search("xyzzy qwqwq")
    assert hits.signals.get("coverage", 0) == 0
    assert hits.support < assistant.search(QUESTION).support


def test_found_by_says_which_leg(assistant: Assistant) -> None:
    hits = assistant.search("Vad säger instruktionen om civil beredskap?", 100)
    assert all(set(hit.found_by) <= set(LEGS) and hit.found_by for hit in hits.items)
    for leg in LEGS:
        assert max(hit.found_by.get(leg, 0) for hit in hits.items) == 1


@pytest.mark.parametrize(
    "weights", [{"words": 1, "vector": 0}, {"nearest": 1}, {"words": 3, "vector": 1, "source": 0.5}, None], ids=str
)
def test_the_score_is_the_weighted_mean_of_the_legs(
    settings: Settings, assistant: Assistant, weights: dict[str, float] | None
) -> None:
    """Legs without a weight count for nothing; one that found nothing has no vote."""
    own = {**dict.fromkeys(LEGS, 0.0), **weights} if weights else dict(settings.weights.legs)
    other, _ = Assistant.open(replace(settings, weights=replace(settings.weights, legs=own, plain_legs=own)))
    hits = other._current().with_clues(QUESTION)
    voting = {leg for hit in hits for leg in hit.found_by}
    total = sum(own[leg] for leg in voting)
    for hit in hits:
        mean = sum(own[leg] * share for leg, share in hit.found_by.items()) / total
        assert hit.score == pytest.approx(mean, abs=1e-5)
    other.close()


def test_normalise_by_hand() -> None:
    assert normalise(np.array([2, 4, 3, 2], dtype=np.float32)).tolist() == [0, 1, 0.5, 0]
    assert normalise(np.array([7, 7], dtype=np.float32)).tolist() == [0, 0]
    assert normalise(np.array([0, 0], dtype=np.float32)).tolist() == [0, 0]
    assert normalise(np.array([], dtype=np.float32)).tolist() == []


def test_convex_combination_by_hand() -> None:
    a, b = np.array([1, 0.5, 0], dtype=np.float32), np.array([0, 0.25, 1], dtype=np.float32)
    assert convex_combination({"a": (3, a), "b": (1, b)}).tolist() == [0.75, 0.4375, 0.25]
    silent = np.zeros(3, dtype=np.float32)
    assert convex_combination({"a": (3, a), "b": (1, silent)}).tolist() == [1, 0.5, 0]
    assert convex_combination({"a": (3, silent), "b": (1, b)}).tolist() == [0, 0.25, 1]
    assert convex_combination({"a": (3, silent), "b": (1, silent)}).tolist() == [0, 0, 0]
    assert convex_combination({"a": (0, a), "b": (1, b)}).tolist() == [0, 0.25, 1]


scores = arrays(np.float32, 6, elements=st.floats(0, 100, width=32))


@given(scores, scores, st.floats(0.1, 10), st.floats(0.1, 10))
def test_joined_scores_lie_in_0_to_1_and_keep_agreement(a: Any, b: Any, first: float, second: float) -> None:
    joined = convex_combination({"a": (first, normalise(a)), "b": (second, normalise(b))})
    assert np.all((joined >= 0) & (joined <= 1 + 1e-5))
    for i in range(6):
        for j in range(6):
            if a[i] >= a[j] and b[i] >= b[j]:
                assert joined[i] >= joined[j] - 1e-5


def test_rarity_is_the_inverse_document_frequency(built_once: Any) -> None:
    """Seven passages; "direktör" stands in five of them (headings count), "ekonom" in two, "hav" in none."""
    assistant, _ = Assistant.open(built_once.settings)
    finder = assistant._current()
    texts = [
        "\n".join((f"Titel på {p.source_id}", *p.path, p.lead_in, p.text))
        for d in finder.documents.values()
        for p in d.passages
    ]
    terms = [assistant.lexicon.normal_form(word) for word in ("direktör", "ekonom", "hav")]
    for term in terms:
        n = sum(any(term in (t.term, *t.parts) for t in assistant.lexicon.tokens(text)) for text in texts)
        assert finder._legs.rarity(term) == pytest.approx(math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)))
    assert finder._legs.rarity(terms[2]) > finder._legs.rarity(terms[1]) > finder._legs.rarity(terms[0])
    assistant.close()


@pytest.mark.parametrize(
    ("question", "spelled"),
    [
        ("Vad gör KSO?", "kommunstyrelsens ordförande"),
        ("KLF:s stöd", "kommunledningsförvaltningen"),
        ("kd", "kommundirektör"),
    ],
)
def test_abbreviations_in_questions_are_spelled_out(lexicon: Lexicon, question: str, spelled: str) -> None:
    assert set(lexicon.terms(spelled)) <= set(lexicon.query_terms(question))


def test_query_terms_are_distinct(lexicon: Lexicon) -> None:
    terms = lexicon.query_terms("Möten, möten och möte: vilka möten?")
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("text", ["", "x = 1", "schema = 1\nstop_words = 3\n[abbreviations]\n", "[[["])
def test_a_broken_lexicon_is_said_in_one_line(tmp_path: Any, text: str) -> None:
    path = tmp_path / "lexicon.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_lexicon(path)
    assert "\n" not in str(caught.value)
    assert "lexicon.toml" in str(caught.value)


def test_the_langchain_retriever_gives_what_search_gives(assistant: Assistant) -> None:
    found = KdRetriever(searcher=assistant, top=4).invoke(QUESTION)
    hits = assistant.search(QUESTION, 4).items
    assert [document.id for document in found] == [hit.passage.id for hit in hits]
    for document, hit in zip(found, hits, strict=True):
        place = slice(document.metadata["start"], document.metadata["end"])
        assert assistant.document(document.metadata["source_id"]).text[place] == document.page_content
        assert document.metadata["title"] == hit.source.title
        assert document.metadata["locator"] == hit.passage.locator
        assert document.metadata["score"] == hit.score


def test_every_hit_says_why_it_was_found(assistant: Assistant) -> None:
    question = "Vem tillsätter toppchefen i kommunen, och vad är ett protokol?"
    hits = assistant.explain(assistant.search(question), question)
    clues = {reason.clue for hit in hits.items for reason in hit.reasons}
    assert {"word", "synonym", "spelling", "question", "vector"} <= clues
    assert [hit.passage.id for hit in hits.items] == [hit.passage.id for hit in assistant.search(question).items]
    for hit in hits.items:
        assert hit.reasons
        assert all(reason.score >= 0 for reason in hit.reasons)
        for reason in hit.reasons:
            if reason.clue == "sentence":
                assert reason.detail in hit.passage.text


def test_a_part_of_a_compound_is_a_reason(assistant: Assistant) -> None:
    question = "säkerhetsskyddsplaneringsdokument"
    hits = assistant.explain(assistant.search(question), question)
    assert any(reason.clue == "part" for hit in hits.items for reason in hit.reasons)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sakerhetsskyddschefen understalld", "säkerhetsskyddschefen underställd"),
        ("säkerhetskyddschefen undertsälld", "säkerhetsskyddschefen underställd"),
        ("politisk sekretrare formell chef", "politisk sekreterare formell chef"),
    ],
)
def test_what_is_typed_wrong_finds_what_was_meant(assistant: Assistant, typed: str, meant: str) -> None:
    best = assistant.search(meant).items[0].passage.id
    assert best in [hit.passage.id for hit in assistant.search(typed).items[:3]]


def test_a_question_that_asks_two_things_finds_both(assistant: Assistant) -> None:
    hits = assistant.search(
        "Hur länge får en politisk sekreterare vara anställd enligt kommunallagen, "
        "och vem är säkerhetsskyddschefen underställd?"
    )
    assert sane(hits)
    first = " ".join(hit.passage.text for hit in hits.items[:3])
    assert "säkerhetsskyddschefen funktionellt" in first
    assert "politiska sekreterare" in first


def test_naming_the_source_brings_it_forward(assistant: Assistant) -> None:
    def best(question: str) -> int:
        return next(h.rank for h in assistant.search(question, 100).items if h.source.id == "skr-samarbete")

    assert best("Vad säger SKR om samarbetet?") <= best("Vad sägs om samarbetet?")


@pytest.mark.parametrize(
    "question",
    [
        "?",
        "a",
        "🙂🙂",
        "ord " * 990,
        "Who appoints the chief executive of a municipality?",
        "'; DROP TABLE x; --",
        "[1] [2]",
    ],
    ids=["mark", "letter", "emoji", "long", "english", "sql", "marks"],
)
def test_odd_questions_give_a_sensible_result(assistant: Assistant, question: str) -> None:
    hits = assistant.search(question)
    assert not hits.items or sane(hits)


@pytest.mark.parametrize("question", ["Varför?", "Vem är det som ska göra det?"])
def test_a_question_without_content_has_no_support_whatever_the_weights(settings: Settings, question: str) -> None:
    sure = {"bias": 9.0}
    weights = replace(settings.weights, support=sure, read_support=sure, plain_support=sure)
    assistant, _ = Assistant.open(replace(settings, weights=weights))
    assert assistant.search(QUESTION).support > 0.9
    assert assistant.search(question).support == 0
    assistant.close()
