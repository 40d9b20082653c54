"""Text to vectors: the shipped kind of model, transformers, and names that lead nowhere."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.errors import EmbeddingError
from assistant.finding.builder import build_index
from assistant.finding.embedder import Embedder, Vectors, open_embedder
from assistant.settings import SHIPPED, Settings

TEXTS = [
    "Kommunstyrelsen ska utse en direktör.",
    "Samverkan mellan kommuner kräver tid, ledning och uppföljning. " * 30,
    "ärendeberedning",
    "KLF:s stödprocesser!",
]


@pytest.fixture(scope="session")
def transformer_model(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> Path:
    """A BERT of one layer with random weights, with a prompt for questions and one for passages."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from torch import manual_seed
    from transformers import BertConfig, BertModel, BertTokenizerFast

    manual_seed(7)
    folder = tmp_path_factory.mktemp("bert")
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=128).save_pretrained(folder / "bert")
    body = Transformer(str(folder / "bert"))
    prompts = {"query": "fråga om kommunen: ", "document": "text: "}
    model = SentenceTransformer(modules=[body, Pooling(32, "mean")], prompts=prompts)
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


@pytest.fixture(params=["static", "transformer", "shipped"])
def embedder(request: pytest.FixtureRequest, settings: Settings) -> Embedder:
    if request.param == "shipped":
        request.getfixturevalue("shipped_model")
        return open_embedder(SHIPPED, settings)
    name = {"static": "tiny_model", "transformer": "transformer_model"}[request.param]
    return open_embedder(str(request.getfixturevalue(name)), settings)


def test_vectors_have_length_one(embedder: Embedder) -> None:
    vectors = embedder.encode_passages(TEXTS)
    assert vectors.shape[0] == len(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    question = embedder.encode_question("Vem utser direktören?")
    assert question.shape == vectors[0].shape
    assert np.isclose(np.linalg.norm(question), 1, atol=1e-4)


def test_a_text_has_the_same_vector_in_any_company(embedder: Embedder) -> None:
    together = embedder.encode_passages(TEXTS)
    alone = np.stack([embedder.encode_passages([text])[0] for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-4)


def test_an_empty_text_breaks_nothing(embedder: Embedder) -> None:
    vectors = embedder.encode_passages(["", "🙂🙂", TEXTS[0]])
    assert np.all(np.isfinite(vectors))
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-4) | (lengths == 0))


@pytest.mark.parametrize("which", ["tiny_model", "shipped_model"])
def test_opened_without_torch_the_vectors_are_those_of_sentence_transformers(
    which: str, request: pytest.FixtureRequest, settings: Settings
) -> None:
    from sentence_transformers import SentenceTransformer

    folder = request.getfixturevalue(which)
    ours = open_embedder(str(folder), settings)
    theirs = SentenceTransformer(str(folder), local_files_only=True)
    assert cosines(ours.encode_passages(TEXTS), theirs.encode_document(TEXTS)).min() > 0.999
    question = "Vem är chef för de politiska sekreterarna?"
    assert cosines([ours.encode_question(question)], theirs.encode_query([question])).min() > 0.999


def cosines(a: Sequence[Vectors] | Vectors, b: Vectors) -> Vectors:
    a, b = np.asarray(a), np.asarray(b)
    result: Vectors = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return result


def test_a_transformer_is_given_the_prompts_that_it_defines(transformer_model: Path, settings: Settings) -> None:
    from sentence_transformers import SentenceTransformer

    ours = open_embedder(str(transformer_model), settings)
    plain = SentenceTransformer(str(transformer_model), local_files_only=True, prompts={})
    text = "Vem utser direktören?"
    asked = plain.encode([f"fråga om kommunen: {text}"], prompt="")
    stored = plain.encode([f"text: {text}"], prompt="")
    assert cosines([ours.encode_question(text)], asked).min() > 0.999
    assert cosines(ours.encode_passages([text]), stored).min() > 0.999
    assert not np.allclose(ours.encode_question(text), ours.encode_passages([text])[0], atol=1e-3)


def test_a_transformer_folder_serves_the_whole_way(corpus: Any, transformer_model: Path) -> None:
    own = replace(corpus.settings, embedding=str(transformer_model))
    built = build_index(own)
    assert built.embedded == built.passages
    assistant, warning = Assistant.open(replace(own, embedding=None))
    assert warning == ""
    hits = assistant.search("Vem leder kommunens arbete vid en kris?")
    assert "kris" in hits.items[0].passage.text
    assert "dense" in hits.items[0].found_by
    assert 0 < hits.similarity <= 1
    assistant.close()


def test_the_fingerprint_follows_the_models_files(tiny_model: Path, tmp_path: Path, settings: Settings) -> None:
    import shutil

    copy = shutil.copytree(tiny_model, tmp_path / "kopia")
    first = open_embedder(str(tiny_model), settings).fingerprint
    (copy / "README.md").write_text("annan text", encoding="utf-8")
    assert open_embedder(str(copy), settings).fingerprint == first
    config = json.loads((copy / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    (copy / "config_sentence_transformers.json").write_text(json.dumps({**config, "x": 1}), encoding="utf-8")
    assert open_embedder(str(copy), settings).fingerprint != first


def test_the_shipped_model_missing_is_said(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="Installera om"):
        open_embedder(SHIPPED, replace(settings, embedder_dir=tmp_path / "saknas"))


def test_an_unknown_name_is_refused_offline_at_once(settings: Settings) -> None:
    began = time.perf_counter()
    with pytest.raises(EmbeddingError) as caught:
        open_embedder("finns-inte/modell", settings)
    assert time.perf_counter() - began < 20
    assert "\n" not in str(caught.value)
    assert "finns-inte/modell" in str(caught.value)
    assert SHIPPED in str(caught.value)


def test_an_unknown_name_is_refused_quickly_also_when_it_may_be_fetched(kd_process: Any, corpus: Any) -> None:
    """The model hub cannot be reached here; one line, and no minute of attempts."""
    began = time.perf_counter()
    done = kd_process("index", "--embedding", "finns-inte/modell", environment=corpus.environment, timeout=30)
    assert time.perf_counter() - began < 25
    assert done.complains("finns-inte/modell"), done.err
