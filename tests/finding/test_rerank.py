"""The best hits in a new order: by nothing, by a model of the test's own, and by names that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import RerankerError
from assistant.finding.rerank import KeepOrder, Reranker, open_reranker
from assistant.settings import Settings
from assistant.types import Hit, Passage, Source

QUESTION = "Vem utser direktören?"
TEXTS = [
    "Mötet hålls inte i juli.",
    "Styrelsen ska utse en direktör.",
    "Samverkan mellan kommuner kräver tid och ledning. " * 40,
    "Direktören leder kommunens arbete vid en kris.",
    "Flera direktörer berättar att det är svårt att rekrytera ekonomer.",
    "",
]

MakeModel = Callable[[int, int], Path]


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> MakeModel:
    """Makes a BERT of one layer with random weights that judges a pair: labels, seed -> folder.

    Its first word attends to all words alike and the pooling is kept from saturating, so that different texts get
    different scores whatever the drawn weights are.
    """
    from torch import manual_seed, nn
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    def make(labels: int, seed: int = 7) -> Path:
        manual_seed(seed)
        folder = tmp_path_factory.mktemp("judge")
        config = BertConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
            initializer_range=2.0,
            num_labels=labels,
        )
        model = BertForSequenceClassification(config)
        attention = model.bert.encoder.layer[0].attention.self
        nn.init.zeros_(attention.query.weight)
        nn.init.normal_(model.bert.pooler.dense.weight, std=0.05)
        model.save_pretrained(folder)
        BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=128).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def judge(cross_encoder: MakeModel) -> Path:
    return cross_encoder(1, 7)


def make_hits(texts: Sequence[str] = TEXTS) -> tuple[Hit, ...]:
    source = Source("k", "Källa", "rapport", Path("x.txt"), "0")
    passages = [Passage(f"k:{i}", "k", ("1 Del", f"1.{i} Rubrik"), text, 0, len(text)) for i, text in enumerate(texts)]
    return tuple(Hit(p, source, 1 / (i + 1), i + 1, {"bm25": 1 / (i + 1)}) for i, p in enumerate(passages))


def opened(settings: Settings, model: Path, reads: int = 30) -> Reranker:
    return open_reranker(replace(settings, reranker=str(model), rerank_passages=reads))


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


def test_without_a_model_the_order_is_kept(settings: Settings) -> None:
    reranker = open_reranker(settings)
    assert isinstance(reranker, KeepOrder)
    assert reranker.reads == 0
    assert reranker.rerank(QUESTION, make_hits()) == make_hits()


def test_the_order_is_that_of_the_models_scores(settings: Settings, judge: Path) -> None:
    """The model is given the question and the passage under its heading, and its raw score is made a share."""
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    hits = make_hits()
    pairs = [(QUESTION, f"{hit.passage.path[-1]}\n{hit.passage.text}".strip()) for hit in hits]
    raw = CrossEncoder(str(judge), local_files_only=True, activation_fn=Identity()).predict(pairs)
    best_first = np.sort(raw)[::-1]
    found = opened(settings, judge).rerank(QUESTION, hits)
    assert not np.allclose(raw, best_first), "the model has to change the order for the test to say anything"
    raw_of = dict(zip(texts(hits), raw, strict=True))
    assert np.allclose([raw_of[text] for text in texts(found)], best_first, atol=1e-3), "two alike may change places"
    assert np.allclose([hit.found_by["rerank"] for hit in found], 1 / (1 + np.exp(-np.sort(raw)[::-1])), atol=1e-3)


def test_ranks_and_scores_fall_and_nothing_is_lost(settings: Settings, judge: Path) -> None:
    hits = make_hits()
    found = opened(settings, judge).rerank(QUESTION, hits)
    assert [hit.rank for hit in found] == [1, 2, 3, 4, 5, 6]
    assert [hit.score for hit in found] == [hit.score for hit in hits]
    assert sorted(texts(found)) == sorted(texts(hits))
    for hit in found:
        before = next(other for other in hits if other.passage == hit.passage)
        assert {**before.found_by, "rerank": hit.found_by["rerank"]} == dict(hit.found_by)
        assert 0 <= hit.found_by["rerank"] <= 1


def test_only_the_best_are_judged(settings: Settings, judge: Path) -> None:
    hits = make_hits()
    found = opened(settings, judge, reads=3).rerank(QUESTION, hits)
    assert found[3:] == hits[3:]
    assert sorted(texts(found[:3])) == sorted(texts(hits[:3]))
    assert all("rerank" in hit.found_by for hit in found[:3])


def test_no_hits_and_the_same_again(settings: Settings, judge: Path) -> None:
    reranker = opened(settings, judge)
    assert reranker.rerank(QUESTION, ()) == ()
    assert reranker.rerank(QUESTION, make_hits()) == reranker.rerank(QUESTION, make_hits())


def test_a_model_of_two_classes_ranks_by_the_second(settings: Settings, cross_encoder: MakeModel) -> None:
    found = opened(settings, cross_encoder(2, 8)).rerank(QUESTION, make_hits())
    scores = [hit.found_by["rerank"] for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_model_of_three_classes_cannot_rank(settings: Settings, cross_encoder: MakeModel) -> None:
    with pytest.raises(RerankerError, match="ger 3 värden"):
        opened(settings, cross_encoder(3, 9))


@pytest.mark.parametrize("download", [False, True])
def test_an_unknown_name_is_one_line_and_at_most_one_request(
    settings: Settings, download: bool, empty_hub: Any
) -> None:
    with pytest.raises(RerankerError) as caught:
        open_reranker(replace(settings, reranker="finns-inte/modell"), download)
    assert "finns-inte/modell" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(empty_hub.asked) == download


def test_a_folder_without_a_model_is_said(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(RerankerError, match="innehåller ingen omrankningsmodell"):
        opened(settings, tmp_path)


@pytest.mark.parametrize(("value", "word"), [("0", "för litet"), ("500", "för stort"), ("många", "heltal")])
def test_how_many_are_judged_is_checked(kd: Any, value: str, word: str) -> None:
    assert kd("index", "--check", KD_RERANK_PASSAGES=value).complains("rerank_passages", word)
