"""What the tests share: an environment of their own, a tiny embedding model, small corpora and the real one."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
import pytest

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.finding.builder import Built, build_index
from assistant.reading.documents import read_document
from assistant.reading.sources import read_sources
from assistant.settings import SHIPPED, Settings, load_settings
from assistant.types import Document

#: The same examples each time, so that a failure is the change's own.
hypothesis.settings.register_profile("kd", max_examples=150, deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("kd")

_TEXTS = {
    "lagen": (
        "lag",
        "1 Direktören\n\nStyrelsen ska utse en direktör. Direktören ska leda förvaltningen under styrelsen.\n\n"
        "2 Instruktionen\n\nStyrelsen ska besluta om en instruktion som fastställer direktörens uppgifter.\n",
    ),
    "beslutet": (
        "beslut",
        "1 Krisledning\n\nDirektören leder kommunens arbete vid en kris. Direktören samlar krisledningsgruppen.\n\n"
        "2 Möten\n\nDirektören kallar 14 chefer till ett möte varje måndag. Mötet hålls inte i juli.\n",
    ),
    "rapporten": (
        "rapport",
        "1 Rekrytering\n\nFlera direktörer berättar att det är svårt att rekrytera ekonomer till små kommuner.\n\n"
        "”Vi annonserar efter ekonomer hela året utan att få svar.”\n\n"
        "2 Samverkan\n\nSamverkan mellan kommuner kräver tid. Följande frågor bör besvaras före samverkan:\n\n"
        "• Vad är syftet med samverkan?\n• Hur ska samverkan följas upp?\n",
    ),
}


@pytest.fixture(scope="session")
def training_script() -> Iterator[Callable[[str], ModuleType]]:
    """Opens a script of `index/` by its name, with those beside it."""
    folder = str(Path(__file__).parents[1] / "index")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(folder)


@pytest.fixture(scope="session", autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the settings or the index of the person who runs it, and none reaches a model hub."""
    folder = tmp_path_factory.mktemp("environment")
    (folder / "kd.toml").write_text("", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("KD_")]:
            patch.delenv(name)
        patch.setenv("KD_CONFIG", str(folder / "kd.toml"))
        for name in ("index", "own", "fetched", "notes"):
            patch.setenv(f"KD_{name.upper()}_DIR", str(folder / name))
        patch.setenv("KD_FEEDBACK_FILE", str(folder / "omdomen.jsonl"))
        patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        patch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")  # as the program sets it; the hub's client reads it once
        yield


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A StaticEmbedding of random vectors in sentence-transformers' format; `make_static_model` makes others."""
    return make_static_model(tmp_path_factory.mktemp("model") / "tiny", seed=7)


def make_static_model(folder: Path, seed: int) -> Path:
    import numpy as np
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    tokenizer = make_tokenizer()
    weights = np.random.default_rng(seed).normal(size=(tokenizer.get_vocab_size(), 64)).astype(np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights), Normalize()])
    model.save_pretrained(str(folder))
    return folder


def make_tokenizer() -> Any:
    """A WordPiece vocabulary of the corpus's own text: its letters, its commonest words and what they are made of.

    The same pieces in the same order each time, which `WordPieceTrainer` doesn't promise: the tiny models' vectors
    are theirs by place, and what the tests find would differ from run to run.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    normalizer = normalizers.BertNormalizer(strip_accents=False)
    splitter = pre_tokenizers.BertPreTokenizer()
    words: Counter[str] = Counter()
    for path in sorted(load_settings({}).corpus_dir.glob("*/*.txt")):
        text = normalizer.normalize_str(path.read_text(encoding="utf-8"))
        words.update(word for word, _ in splitter.pre_tokenize_str(text))
    parts: Counter[str] = Counter()
    for word in words:
        parts.update(word[start : start + 3] for start in range(len(word) - 2))
    letters = sorted({letter for word in words for letter in word})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *_commonest(words), *_commonest(parts)]
    pieces += [f"##{piece}" for piece in (*letters, *_commonest(parts))]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    return tokenizer


def _commonest(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda piece: (-counts[piece], piece))[:1000]


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second StaticEmbedding, with other vectors."""
    return make_static_model(tmp_path_factory.mktemp("model") / "other", seed=8)


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return make_tokenizer()


@pytest.fixture(scope="session")
def shipped_model() -> Path:
    """The model that the product ships; skips where it has not been trained yet."""
    folder = load_settings({}).embedder_dir
    if not (folder / "modules.json").is_file() or not (folder / "model.safetensors").is_file():
        pytest.skip("index/embedder is missing; index/train_embedder.py makes it")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Settings:
    """The real corpus, an index of the tests' own, and the shipped model (a tiny one until it has been trained)."""
    own = replace(load_settings(), index_dir=tmp_path_factory.mktemp("real") / "index")
    if (own.embedder_dir / "model.safetensors").is_file():
        return replace(own, embedding=SHIPPED)
    return replace(own, embedding=str(request.getfixturevalue("tiny_model")))


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Iterator[Assistant]:
    """Over the real corpus."""
    opened, warning = Assistant.open(settings)
    assert warning == ""
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def documents(settings: Settings) -> dict[str, Document]:
    """The corpus as read, by source id."""
    sources = read_sources(settings)
    return {source.id: read_document(source, settings.passage_words) for source in sources}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("no Chromium was found on PATH")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@dataclass
class SmallCorpus:
    """A corpus folder that a test may change. `texts` maps a source's id to its kind and text; call `save` after."""

    folder: Path
    settings: Settings
    texts: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(_TEXTS))
    template: Path | None = None

    def save(self) -> SmallCorpus:
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = ["schema = 1"]
        for key, (kind, text) in self.texts.items():
            (self.folder / f"{key}.txt").write_bytes(text.encode())
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = {"id": key, "title": f"Titel på {key}", "kind": kind, "file": f"{key}.txt", "sha256": digest}
            rows += ["[[source]]", *(f"{name} = {json.dumps(value)}" for name, value in row.items())]
        self.listing.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return self

    def build(self) -> Built:
        """Builds the index, or copies one that was built from the same texts before."""
        if self.template and self.texts == _TEXTS and not self.settings.index_dir.exists():
            shutil.copytree(self.template, self.settings.index_dir)
        return build_index(self.settings)

    @property
    def listing(self) -> Path:
        return self.folder / "sources.toml"

    @property
    def environment(self) -> dict[str, str]:
        """What makes `kd` use this corpus, its index and the tiny model."""
        return {
            "KD_CORPUS_DIR": str(self.folder),
            "KD_INDEX_DIR": str(self.settings.index_dir),
            "KD_OWN_DIR": str(self.settings.own_dir),
            "KD_FETCHED_DIR": str(self.settings.fetched_dir),
            "KD_EMBEDDING": self.settings.embedding or "",
        }

    def state(self) -> dict[str, bytes]:
        """The bytes of the serving generation and of CURRENT, by path; Chroma's own locks left out."""
        current = (self.settings.index_dir / "CURRENT").read_text(encoding="utf-8").strip()
        folder = self.settings.index_dir / "generations" / current
        files = [self.settings.index_dir / "CURRENT", *(path for path in folder.rglob("*") if path.is_file())]
        return {str(path): path.read_bytes() for path in files if not path.name.endswith(("-wal", "-shm"))}


def small_corpus(folder: Path, settings: Settings, model: Path) -> SmallCorpus:
    folders = {f"{name}_dir": folder / name for name in ("corpus", "index", "own", "fetched")}
    own = replace(settings, embedding=str(model), **folders)
    return SmallCorpus(own.corpus_dir, own).save()


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, settings: Settings, tiny_model: Path) -> SmallCorpus:
    """The small corpus with its index, for tests that change neither."""
    corpus = small_corpus(tmp_path_factory.mktemp("small"), settings, tiny_model)
    build_index(corpus.settings)
    return corpus


@pytest.fixture
def corpus(tmp_path: Path, settings: Settings, tiny_model: Path, built_once: SmallCorpus) -> SmallCorpus:
    """Three short documents of the test's own, with an index folder beside them that is not there yet."""
    corpus = small_corpus(tmp_path, settings, tiny_model)
    corpus.template = built_once.settings.index_dir
    return corpus


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON documents on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def complains(self, *parts: str) -> bool:
        """True when it ended with 2 and exactly one line, in Swedish, which holds the parts."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return (
            self.code == 2
            and self.out == ""
            and len(lines) == 1
            and "Traceback" not in self.err
            and all(part in lines[0] for part in parts)
        )


Kd = Callable[..., Ran]


@pytest.fixture
def kd(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Kd:
    """Runs `kd` in this process; keywords are environment variables. Without them: the real corpus."""

    def run(*arguments: str, **environment: str) -> Ran:
        own = {"KD_INDEX_DIR": str(settings.index_dir), "KD_EMBEDDING": settings.embedding or "", **environment}
        with monkeypatch.context() as patch:
            for name, value in own.items():
                patch.setenv(name, value)
            capsys.readouterr()
            try:
                code = main(list(arguments))
            except SystemExit as done:
                code = int(done.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def kd_process(settings: Settings) -> Kd:
    """Runs `kd` in a process of its own; `environment` and `timeout` may be given."""

    def run(*arguments: str, environment: dict[str, str] | None = None, timeout: float = 120) -> Ran:
        done = subprocess.run(
            command(arguments),
            env={**os.environ, **(environment or {})},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


def command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "assistant", *arguments]
