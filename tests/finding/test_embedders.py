"""Text to vectors: the shipped kind of model, transformers, and names that lead nowhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.errors import EmbeddingError
from assistant.finding import onnx_model
from assistant.finding.builder import build_index
from assistant.finding.embedder import Embedder, Vectors, open_embedder
from assistant.finding.prefixes import Prefixes, prefixes
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


@pytest.fixture(scope="session")
def onnx_folder(tmp_path_factory: pytest.TempPathFactory, transformer_model: Path) -> Path:
    """The same BERT with an ONNX file in it, and next to the folder one of eight bits in `int8/`."""
    pytest.importorskip("onnx")
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import BertModel

    class Body(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(str(folder)).eval()

        def forward(self, ids: Any, mask: Any, kinds: Any) -> Any:
            return self.bert(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state

    folder = shutil.copytree(transformer_model, tmp_path_factory.mktemp("onnx") / "model")
    (folder / "onnx").mkdir()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = (torch.ones(1, 8, dtype=torch.long),) * 3
    torch.onnx.export(
        Body(),
        example,
        str(folder / "onnx" / "model.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in (*names, "last_hidden_state")},
        dynamo=False,
    )
    (folder.parent / "int8").mkdir()
    quantize_dynamic(
        folder / "onnx" / "model.onnx", folder.parent / "int8" / "model.onnx", weight_type=QuantType.QUInt8
    )
    return folder


@pytest.fixture(scope="session")
def eight_bits(onnx_folder: Path) -> Path:
    """The folder with a file of eight bits beside the one of full precision."""
    folder = shutil.copytree(onnx_folder, onnx_folder.parent / "both")
    shutil.copyfile(onnx_folder.parent / "int8" / "model.onnx", folder / "onnx" / "model_quantized.onnx")
    return folder


@pytest.fixture(params=["static", "transformer", "shipped", "onnx", "onnx of eight bits"])
def embedder(request: pytest.FixtureRequest, settings: Settings) -> Embedder:
    if request.param == "shipped":
        request.getfixturevalue("shipped_model")
        return open_embedder(SHIPPED, settings)
    names = {
        "static": "tiny_model",
        "transformer": "transformer_model",
        "onnx": "onnx_folder",
        "onnx of eight bits": "eight_bits",
    }
    own = by_onnx(settings) if request.param.startswith("onnx") else settings
    return open_embedder(str(request.getfixturevalue(names[request.param])), own)


def by_onnx(settings: Settings) -> Settings:
    return replace(settings, embedding_backend="onnx")


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
    assert "vector" in hits.items[0].found_by
    assert 0 < max(clue.own for clue in hits.items[0].sentences) <= 1.0001
    assistant.close()


def test_the_fingerprint_follows_the_models_files(tiny_model: Path, tmp_path: Path, settings: Settings) -> None:
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


def test_an_unknown_name_is_refused_without_asking_the_hub(settings: Settings, empty_hub: Any) -> None:
    with pytest.raises(EmbeddingError) as caught:
        open_embedder("finns-inte/modell", settings)
    assert not empty_hub.asked
    assert "\n" not in str(caught.value)
    assert "finns-inte/modell" in str(caught.value)
    assert SHIPPED in str(caught.value)


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_a_name_that_may_be_fetched_is_asked_for_once(
    kd_process: Any, corpus: Any, backend: str, empty_hub: Any
) -> None:
    """A hub that fails gives one line, and no minute of attempts."""
    environment = {**corpus.environment, "KD_EMBEDDING_BACKEND": backend}
    done = kd_process("index", "--embedding", "finns-inte/modell", environment=environment)
    assert done.complains("finns-inte/modell", "mappen där modellen ligger"), done.err
    assert len(empty_hub.asked) == 1
    assert "finns-inte/modell" in empty_hub.asked[0]


def saved_as(model: Path, folder: Path, prompts: dict[str, str], config: dict[str, Any] | None = None) -> Path:
    """A copy of the model under another name and with other prompts."""
    copy = shutil.copytree(model, folder)
    file = copy / "config_sentence_transformers.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "prompts": prompts}), encoding="utf-8")
    if config:
        own = json.loads((copy / "config.json").read_text(encoding="utf-8"))
        (copy / "config.json").write_text(json.dumps({**own, **config}), encoding="utf-8")
    return copy


E5 = Prefixes("query: ", "passage: ")
RETRIEVE = "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("intfloat/multilingual-e5-small", E5),
        ("/modeller/multilingual-e5-large", E5),
        ("/cache/models--intfloat--multilingual-e5-base/snapshots/0a1b2c", E5),
        ("intfloat/multilingual-e5-large-instruct", Prefixes(f"{RETRIEVE}Query: ")),
        ("BAAI/bge-m3", Prefixes()),
        ("BAAI/bge-base-en-v1.5", Prefixes("Represent this sentence for searching relevant passages: ")),
        ("BAAI/bge-small-zh-v1.5", Prefixes("为这个句子生成表示以用于检索相关文章：")),
        ("hotchpotch/bekko-embedding-v1-a8m", Prefixes()),
        ("nicher92/saga-embed_v1", Prefixes("task: retrieval | query: ", "title: none | text: ")),
        ("Qwen/Qwen3-Embedding-0.6B", Prefixes(f"{RETRIEVE}Query:")),
        ("KBLab/sentence-bert-swedish-cased", Prefixes()),
        ("/hem/e5-projektet/kommunmodellen", Prefixes()),
    ],
)
def test_a_model_is_known_by_its_name(name: str, expected: Prefixes) -> None:
    assert prefixes(name) == expected


@pytest.mark.parametrize("backend", ["torch", "onnx"])
@pytest.mark.parametrize("by", ["its folder's name", "what it was made from"])
def test_words_that_the_model_does_not_define_are_known(
    by: str, backend: Any, onnx_folder: Path, tmp_path: Path, settings: Settings
) -> None:
    if by == "its folder's name":
        named = saved_as(onnx_folder, tmp_path / "multilingual-e5-small", {"query": "", "document": ""})
    else:
        named = saved_as(onnx_folder, tmp_path / "vår", {}, {"_name_or_path": "intfloat/multilingual-e5-small"})
    plain = saved_as(onnx_folder, tmp_path / "modell", {})
    own = replace(settings, embedding_backend=backend)
    e5, other = open_embedder(str(named), own), open_embedder(str(plain), own)
    question, passage = "Vem utser direktören?", TEXTS[0]
    assert cosines([e5.encode_question(question)], [other.encode_question(f"query: {question}")]).min() > 0.9999
    assert cosines(e5.encode_passages([passage]), other.encode_passages([f"passage: {passage}"])).min() > 0.9999
    assert not np.allclose(e5.encode_passages([passage]), other.encode_passages([passage]), atol=1e-3)


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_the_models_own_words_win(backend: Any, onnx_folder: Path, tmp_path: Path, settings: Settings) -> None:
    """Those of e5 are not added to what a model by that name defines itself."""
    named = shutil.copytree(onnx_folder, tmp_path / "multilingual-e5-small")
    own = replace(settings, embedding_backend=backend)
    ours, same = open_embedder(str(named), own), open_embedder(str(onnx_folder), own)
    assert np.allclose(ours.encode_question("Vem utser direktören?"), same.encode_question("Vem utser direktören?"))
    assert np.allclose(ours.encode_passages(TEXTS[:1]), same.encode_passages(TEXTS[:1]))


def test_onnx_gives_the_vectors_that_torch_gives(onnx_folder: Path, eight_bits: Path, settings: Settings) -> None:
    by_torch = open_embedder(str(onnx_folder), settings)
    for folder, nearness in ((onnx_folder, 0.9999), (eight_bits, 0.98)):
        ours = open_embedder(str(folder), by_onnx(settings))
        assert cosines(ours.encode_passages(TEXTS), by_torch.encode_passages(TEXTS)).min() > nearness
        question = "Vem är chef för de politiska sekreterarna?"
        assert cosines([ours.encode_question(question)], [by_torch.encode_question(question)]).min() > nearness


@pytest.mark.parametrize("mode", ["cls", "max", "lasttoken", ("pooling_mode_cls_token", True)])
def test_onnx_pools_as_torch_does(mode: Any, onnx_folder: Path, tmp_path: Path, settings: Settings) -> None:
    """Also as earlier versions wrote it down: a flag for each way."""
    folder = shutil.copytree(onnx_folder, tmp_path / "modell")
    file = folder / "1_Pooling" / "config.json"
    config = {"embedding_dimension": 32, "pooling_mode": mode, "include_prompt": True}
    if isinstance(mode, tuple):
        config = {"word_embedding_dimension": 32, mode[0]: mode[1], "pooling_mode_mean_tokens": False}
    file.write_text(json.dumps(config), encoding="utf-8")
    ours, theirs = open_embedder(str(folder), by_onnx(settings)), open_embedder(str(folder), settings)
    assert cosines(ours.encode_passages(TEXTS), theirs.encode_passages(TEXTS)).min() > 0.9999


def test_the_backend_the_file_and_the_words_are_in_the_fingerprint(
    onnx_folder: Path, eight_bits: Path, tmp_path: Path, settings: Settings
) -> None:
    unnamed = saved_as(onnx_folder, tmp_path / "modell", {})
    named = saved_as(onnx_folder, tmp_path / "e5-modell", {})
    opened = [
        open_embedder(str(onnx_folder), settings),
        open_embedder(str(onnx_folder), by_onnx(settings)),
        open_embedder(str(eight_bits), by_onnx(settings)),
        open_embedder(str(unnamed), settings),
        open_embedder(str(named), settings),
    ]
    assert len({embedder.fingerprint for embedder in opened}) == len(opened)
    assert open_embedder(str(named), settings).fingerprint == opened[-1].fingerprint


def test_the_same_folder_has_another_fingerprint_where_another_file_is_run(
    eight_bits: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(eight_bits, tmp_path / "modell")
    shutil.move(folder / "onnx" / "model_quantized.onnx", folder / "onnx" / "model_quint8_avx2.onnx")
    fingerprints = set()
    for processor in ("x86", "arm"):
        monkeypatch.setattr(onnx_model, "this_processor", lambda name=processor: name)
        fingerprints.add(open_embedder(str(folder), by_onnx(settings)).fingerprint)
    assert len(fingerprints) == 2


def test_an_onnx_folder_serves_the_whole_way_without_torch(corpus: Any, eight_bits: Path) -> None:
    environment = {**corpus.environment, "KD_EMBEDDING": str(eight_bits), "KD_EMBEDDING_BACKEND": "onnx"}
    program = (
        "import sys\nfrom assistant.cli import main\nassert main(['index']) == 0\n"
        "assert main(['search', 'Vem leder arbetet vid en kris?']) == 0\nassert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "kris" in done.stdout.decode()


FILES = ["model", "model_O3", "model_O4", "model_fp16", "model_qint8_arm64", "model_qint8_avx512_vnni"]


@pytest.mark.parametrize(
    ("names", "processor", "expected"),
    [
        ([*FILES, "model_quint8_avx2"], "vnni", "onnx/model_qint8_avx512_vnni.onnx"),
        ([*FILES, "model_quint8_avx2"], "x86", "onnx/model_quint8_avx2.onnx"),
        (FILES, "arm", "onnx/model_qint8_arm64.onnx"),
        (FILES, "x86", "onnx/model.onnx"),
        (["model", "model_quantized", "model_q4"], "x86", "onnx/model_quantized.onnx"),
        (["egen"], "x86", "onnx/egen.onnx"),
        ([], "x86", None),
    ],
)
def test_the_file_that_suits_the_processor_is_run(names: list[str], processor: str, expected: str | None) -> None:
    files = ["config.json", "onnx/model.onnx_data", *(f"onnx/{name}.onnx" for name in names)]
    assert onnx_model.choose_file(files, processor) == expected


def test_only_what_is_run_is_fetched(onnx_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub is the outer edge: it says which files there are, and gives the folder that the asked-for ones lie in."""
    from assistant.finding import hub

    asked: list[str] = []
    monkeypatch.setattr(hub, "local_folder", lambda *_: None)
    monkeypatch.setattr(hub, "ask", lambda _: ["model.safetensors", "onnx/model.onnx", "onnx/model_fp16.onnx"])
    monkeypatch.setattr(hub, "fetch", lambda _, files: asked.extend(files) or onnx_folder)
    with pytest.raises(EmbeddingError, match="finns inte på datorn"):
        open_embedder("någons/modell", by_onnx(settings))
    assert asked == []
    embedder = open_embedder("någons/modell", by_onnx(settings), download=True)
    assert embedder.name == "någons/modell"
    assert embedder.encode_question("Vem utser direktören?").shape == (32,)
    assert "onnx/model.onnx" in asked
    assert not any("safetensors" in name or "fp16" in name for name in asked)


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")


def broken_file(folder: Path) -> None:
    (folder / "onnx" / "model.onnx").write_bytes(b"inte onnx")


def no_file(folder: Path) -> None:
    shutil.rmtree(folder / "onnx")


def another_pooling(folder: Path) -> None:
    config = {"embedding_dimension": 32, "pooling_mode": "weightedmean"}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(config), encoding="utf-8")


def another_module(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")


@pytest.mark.parametrize(
    "damage", [no_tokenizer, broken_tokenizer, broken_file, no_file, another_pooling, another_module]
)
def test_a_folder_that_onnx_cannot_run_is_said_in_one_line(
    damage: Any, onnx_folder: Path, tmp_path: Path, settings: Settings
) -> None:
    folder = shutil.copytree(onnx_folder, tmp_path / "modell")
    damage(folder)
    with pytest.raises(EmbeddingError) as caught:
        open_embedder(str(folder), by_onnx(settings))
    assert str(folder) in str(caught.value)
    assert 'embedding_backend = "torch"' in str(caught.value)


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_a_folder_without_a_model_is_said(backend: Any, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(EmbeddingError, match="innehåller ingen sökmodell"):
        open_embedder(str(tmp_path), replace(settings, embedding_backend=backend))


def test_the_missing_extra_is_named(onnx_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else found(name))
    with pytest.raises(EmbeddingError, match=r'pip install "kd-assistent\[onnx\]"'):
        open_embedder(str(onnx_folder), by_onnx(settings))


def test_the_backend_does_not_concern_the_shipped_kind_of_model(tiny_model: Path, settings: Settings) -> None:
    assert open_embedder(str(tiny_model), by_onnx(settings)).fingerprint == (
        open_embedder(str(tiny_model), settings).fingerprint
    )


def test_an_unknown_backend_is_a_setting_to_mend(kd: Any) -> None:
    assert kd("index", "--check", KD_EMBEDDING_BACKEND="openvino").complains("embedding_backend", "KD_")


def test_a_long_text_is_read_no_further_than_a_passage_needs(
    transformer_model: Path, tmp_path: Path, settings: Settings
) -> None:
    """A model that reads 8,192 tokens would take all memory for a text that long."""
    folder = shutil.copytree(transformer_model, tmp_path / "lång")
    for name in ("tokenizer_config.json", "sentence_bert_config.json"):
        own = json.loads((folder / name).read_text(encoding="utf-8"))
        key = "model_max_length" if name.startswith("tok") else "max_seq_length"
        (folder / name).write_text(json.dumps({**own, key: 8192}), encoding="utf-8")
    opened: Any = open_embedder(str(folder), settings)
    assert opened._model.max_seq_length <= onnx_model.MOST_TOKENS
