"""How likely each sentence is to be the one that answers, and what that does to the order of the passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.finding.likelihood import FEATURES, by_likelihood, features, mean_likelihoods, with_likelihoods
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings
from assistant.types import Hit, Passage, SentenceClues, Source

TEXT = "Direktören leder förvaltningen. Vad gäller vid sjukdom? Styrelsen håller fyra möten. Se ovan."
SOURCE = Source("s", "Titel", "rapport", Path("s.txt"), "0")


def hit(rank: int = 1, score: float = 0.5, text: str = TEXT, **clues: Sequence[float]) -> Hit:
    """A hit of so high a score; keywords give its sentences' clues, in order."""
    passage = Passage(f"s:{rank}", "s", (), text, 0, len(text))
    sentences = tuple(
        SentenceClues(*span, **{name: values[number] for name, values in clues.items()})
        for number, span in enumerate(sentence_spans(text))
    )
    return Hit(passage, SOURCE, score, rank, {"source": 0.3}, sentences=sentences)


def column(name: str, question: str, *hits: Hit) -> list[float]:
    return [float(value) for value in features(question, hits)[:, FEATURES.index(name)]]


def likelihoods(hits: Sequence[Hit]) -> list[float]:
    return [clue.likelihood for hit in hits for clue in hit.sentences]


def judged(
    *hits: Hit, enriched: Sequence[bool] | None = None, question: str = "Vem leder?", **full: float
) -> list[float]:
    plain: Mapping[str, float] = {"own": 10.0}
    return likelihoods(with_likelihoods(question, hits, enriched or [True] * len(hits), full, plain))


def test_features_are_those_of_each_sentence_in_order() -> None:
    both = (hit(1, 0.9, words=[5, 0, 10, 0], own=[0.1, 0.2, 0.4, 0]), hit(2, 0.6, questions=[0.5, 0, 0, 0.25]))
    assert column("passage", "Vem?", *both) == [0.9] * 4 + [0.6] * 4
    assert column("first", "Vem?", *both) == [1.0] * 4 + [0.5] * 4
    assert column("words", "Vem?", *both)[:4] == [0.5, 0, 1, 0]
    assert column("best_words", "Vem?", *both)[:4] == [0.5, 0, 1, 0]
    assert column("best_own", "Vem?", *both)[:4] == [0.25, 0.5, 1, 0]
    assert column("best_questions", "Vem?", *both)[4:] == [1, 0, 0, 0.5]
    assert column("asks", "Vem?", hit()) == [0, 1, 0, 0]
    assert column("short", "Vem?", hit()) == [1, 0, 0, 1]
    assert column("source", "Vem?", hit()) == [0.3] * 4


@pytest.mark.parametrize(("question", "given"), [("Hur många möten hålls?", [0, 0, 1, 0]), ("Vem leder?", [0] * 4)])
def test_a_quantity_speaks_for_a_sentence_only_where_one_is_asked_for(question: str, given: list[float]) -> None:
    assert column("number", question, hit()) == given


@pytest.mark.parametrize(
    ("question", "given"), [("Vad säger någon av de intervjuade om tiden?", 1.0), ("Vem leder förvaltningen?", 0.0)]
)
def test_a_voice_speaks_for_an_interviewees_words_only_where_one_is_asked_for(question: str, given: float) -> None:
    voice = replace(hit(), passage=replace(hit().passage, voice="quotation"))
    assert column("voice", question, voice, hit()) == [given] * 4 + [0.0] * 4


def test_without_sentences_there_are_no_features() -> None:
    bare = replace(hit(), sentences=())
    assert features("Vem?", [bare]).shape == (0, len(FEATURES))
    assert with_likelihoods("Vem?", [bare], [True], {}, {}) == (bare,)


def test_the_sentences_of_all_hits_share_one_whole() -> None:
    shares = judged(hit(1, covered=[0, 0, 0, 1]), hit(2, covered=[1, 0, 0, 0]), covered=2.0)
    assert sum(shares) == pytest.approx(1)
    assert shares[3] == pytest.approx(shares[4])
    assert shares[3] / shares[0] == pytest.approx(np.exp(2))


def test_large_weights_do_not_overflow() -> None:
    shares = judged(hit(covered=[0, 0, 1, 0]), covered=5000.0)
    assert shares == pytest.approx([0, 0, 1, 0])


def test_passages_without_search_questions_are_weighed_by_their_own_model() -> None:
    pair = (hit(1, own=[1, 0, 0, 0]), hit(2, own=[1, 0, 0, 0]))
    shares = judged(*pair, enriched=[True, False], own=0.0)
    assert shares[0] == pytest.approx(shares[1])
    assert shares[4] / shares[5] == pytest.approx(np.exp(10))


def test_the_mean_is_taken_sentence_by_sentence() -> None:
    one, other = hit(likelihood=[0.8, 0.2, 0, 0]), hit(likelihood=[0, 0.2, 0.8, 0])
    assert likelihoods(mean_likelihoods([[one], [other]])) == pytest.approx([0.4, 0.2, 0.4, 0])


def test_a_passage_with_a_likely_sentence_comes_first_and_scores_still_fall() -> None:
    found = (hit(1, 0.9), hit(2, 0.8), hit(3, 0.7, likelihood=[0, 0, 0.9, 0]))
    ordered = by_likelihood(found)
    assert [each.passage.id for each in ordered] == ["s:3", "s:1", "s:2"]
    assert [each.rank for each in ordered] == [1, 2, 3]
    assert sorted((each.score for each in ordered), reverse=True) == [each.score for each in ordered]


def test_an_unlikely_sentence_does_not_lift_a_passage_over_a_better_one() -> None:
    found = (hit(1, 0.9, likelihood=[0.3, 0, 0, 0]), hit(2, 0.5, likelihood=[0.5, 0, 0, 0]))
    assert [each.passage.id for each in by_likelihood(found)] == ["s:1", "s:2"]


# In the real corpus


@pytest.mark.parametrize(
    "question",
    ["Vem ska utse kommundirektören?", "Vem är krisledande chef, och vilka frågor bör man ställa före samverkan?"],
    ids=["one thing", "two things"],
)
def test_the_best_passages_are_judged_sentence_by_sentence(assistant: Assistant, question: str) -> None:
    hits = assistant.search(question).items
    best = [hit for hit in hits if hit.sentences]
    assert 1 < len(best) < len(hits)
    for found in best:
        assert tuple((clue.start, clue.end) for clue in found.sentences) == sentence_spans(found.passage.text)
    assert sum(likelihoods(best)) == pytest.approx(1)


def test_the_likeliest_sentence_is_the_one_that_answers(assistant: Assistant) -> None:
    hits = assistant.search("Vem är kommunens krisledande chef?").items
    clue, text = max(
        ((clue, hit.passage.text) for hit in hits for clue in hit.sentences), key=lambda pair: pair[0].likelihood
    )
    assert "är kommunens krisledande chef" in text[clue.start : clue.end]
    assert clue.likelihood > 0.5


def test_each_of_two_things_asked_is_judged_by_itself(assistant: Assistant, settings: Settings) -> None:
    """The one with weaker clues has a larger share than if they were judged together."""
    question = "Vem är kommunens krisledande chef, och hur ofta hålls utvecklingssamtal?"
    weights, clued = settings.weights, assistant._current().with_clues(question)
    together = with_likelihoods(question, clued, [True] * len(clued), weights.sentences, weights.plain_sentences)
    apart = assistant.search(question).items
    assert share("samtal", apart) > share("samtal", together) + 0.1
    assert min(share("krisledande chef", apart), share("samtal", apart)) > 0.1


def share(words: str, hits: Sequence[Hit]) -> float:
    """How much of the likelihood lies in sentences that hold the words."""
    return sum(c.likelihood for hit in hits for c in hit.sentences if words in hit.passage.text[c.start : c.end])


def test_the_weights_name_features_that_there_are(settings: Settings) -> None:
    weights = settings.weights
    assert set(weights.sentences) == set(FEATURES)
    assert set(weights.plain_sentences) == {*FEATURES, "bias"}
    assert not any(weights.plain_sentences[name] for name in ("questions", "best_questions", "nearest"))


def test_a_models_bias_meets_the_other_models_sentences() -> None:
    """Two models' sentences compete; the bias of the one for passages without search questions lifts all of these."""
    hits = (hit(1, 0.9, own=[0.5] * 4), hit(2, 0.9, own=[0.5] * 4))
    alike, lifted = (
        likelihoods(with_likelihoods("Vem leder?", hits, [True, False], {"own": 2.0}, {"own": 2.0, "bias": bias}))
        for bias in (0.0, 3.0)
    )
    assert alike[0] == pytest.approx(alike[4])
    assert lifted[4] == pytest.approx(lifted[0] * np.exp(3.0))
