"""Train the static Swedish sentence embedding that the product ships.

One command, two processor cores, no network:

    python index/train_embedder.py --data ../shared/training --out index/embedder

Recipe: a unigram subword vocabulary (Kudo 2018) is trained on the text; pieces get vectors from their positive
pointwise mutual information, factorised by a randomised singular value decomposition (Levy & Goldberg 2014, Halko et
al. 2011): what skip-gram (Mikolov et al. 2013) does implicitly. Smooth inverse frequency weights and the common
direction (Arora et al. 2017) are folded into the vectors, so that a plain mean is the weighted mean. A short
contrastive training with in-batch negatives (van den Oord et al. 2018) on pairs from the same text follows; the vectors
before and after it are averaged (Wortsman et al. 2022). The result is a `StaticEmbedding` with `Normalize` in
sentence-transformers' format, in float16, which model2vec also opens (without torch).

With `--measure` the model is compared with BM25 on the files named by `--questions`, `--corpus` and `--benchmarks`.
Nothing that is measured on is read by the training.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

Encode = Callable[[list[str]], np.ndarray]
Pair = tuple[np.ndarray, np.ndarray]

WORD = re.compile(r"[^\W\d_]+|\d+")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-ZÅÄÖ])")
BROKEN_WORD = re.compile(r"(?<=[a-zåäö]{2})- (?!(?:och|eller|samt|respektive|resp|till|som|än)\b)(?=[a-zåäö]{2})")
PROTOCOL_LINE = re.compile(r"^(Interpellation \d|Inkom den|Besvarad|\d{4}/\d{2}:\d+|den \d+ \w+$|Stockholm den|Prot\.)")
COMMON_WORDS = frozenset(
    re.findall(
        r"\w+",
        "och att i det som för en av är till den på de med inte om ett har ska skall kan vid eller från så men",
    )
)
SOURCES = ("government", "interpellations", "statutes")
UNKNOWN = "[UNK]"


@dataclass(frozen=True)
class Recipe:
    """Every number of the recipe; the defaults made the shipped model."""

    seed: int = 0
    pieces: int = 18_000
    dims: int = 512
    window: int = 16
    context_smoothing: float = 1.0
    sif: float = 3e-4
    directions: int = 1
    start: str = "svd"
    steps: int = 400
    batch: int = 1024
    learning_rate: float = 2e-3
    temperature: float = 0.05
    overlap_dropout: float = 0.6
    synonym_rate: float = 0.2
    kinds: tuple[str, ...] = ("title", "sentence", "neighbour", "question", "synonym")
    longest: int = 200
    blend: float = 0.5


@dataclass(frozen=True)
class Document:
    """One text: its title, its paragraphs and the name of the file it came from."""

    source: str
    title: str
    paragraphs: list[str]


@dataclass
class Encoded:
    """The whole training text as token ids.

    `ids` (tokens,) int32; `sentences`, `paragraphs`, `documents` are offsets, each into the level below: sentence s is
    ids[sentences[s]:sentences[s + 1]], paragraph p holds sentences paragraphs[p]:paragraphs[p + 1], and so on.
    """

    ids: np.ndarray
    sentences: np.ndarray
    paragraphs: np.ndarray
    documents: np.ndarray
    titles: list[np.ndarray]
    statute: np.ndarray
    question: np.ndarray
    paragraph_document: np.ndarray = field(init=False)
    paragraph_start: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Derive (paragraphs,) document of each paragraph and (paragraphs + 1,) first token of each."""
        self.paragraph_document = np.repeat(np.arange(len(self.documents) - 1), np.diff(self.documents))
        self.paragraph_start = self.sentences[self.paragraphs]


def say(text: str) -> None:
    """Print a line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:6.0f} s] {text}", file=sys.stderr, flush=True)


STARTED = time.monotonic()


# --- text -----------------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Remove soft hyphens and join words that scanning broke at a line's end ("överenskom- melser")."""
    return BROKEN_WORD.sub("", text.replace("\u00ad", "").replace("\u00a0", " "))


def usable(paragraph: str) -> bool:
    """Say whether a paragraph is Swedish prose: no protocol line, six words or more, enough common Swedish words."""
    if PROTOCOL_LINE.match(paragraph):
        return False
    words = WORD.findall(paragraph.lower())
    common = sum(word in COMMON_WORDS for word in words)
    return len(words) >= 6 and (len(words) < 12 or common >= 0.1 * len(words))


def read_documents(folder: Path) -> Iterator[Document]:
    """Yield the documents of the xz-compressed JSON lines in `folder`, cleaned, each paragraph once."""
    seen: set[str] = set()
    for source in SOURCES:
        with lzma.open(folder / f"{source}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                found = (" ".join(part.split()) for part in clean(record["text"]).split("\n\n"))
                paragraphs = [part for part in found if part not in seen and usable(part)]
                seen.update(paragraphs)
                if paragraphs:
                    yield Document(source, clean(record.get("title") or paragraphs[0]), paragraphs)


def count_words(documents: Iterable[Document]) -> Counter[str]:
    """Count lower-cased words and numbers."""
    counts: Counter[str] = Counter()
    for document in documents:
        for text in (document.title, *document.paragraphs):
            counts.update(WORD.findall(text.lower()))
    return counts


# --- tokenizer ------------------------------------------------------------------------------------------------------


def repeated_words(counts: Counter[str]) -> Iterator[str]:
    """Yield each word often enough for the trainer to see its (dampened, count ** 0.75) frequency."""
    for word, count in sorted(counts.items()):
        if count > 1 and len(word) <= 40:
            yield " ".join([word] * min(round(count**0.75), 3000))


def prefer_long_pieces(tokenizer: Tokenizer) -> Tokenizer:
    """Make short pieces dearer, so that a rare compound is cut at its seams rather than into frequent little words."""
    state = json.loads(tokenizer.to_str())
    dearer = {1: 4.0, 2: 4.0, 3: 3.0, 4: 1.0}
    state["model"]["vocab"] = [
        [piece, score if piece == UNKNOWN else score - dearer.get(len(piece), 0.0)]
        for piece, score in state["model"]["vocab"]
    ]
    return Tokenizer.from_str(json.dumps(state, ensure_ascii=False))


def train_tokenizer(counts: Counter[str], pieces: int) -> Tokenizer:
    """Train a unigram vocabulary (Kudo 2018) whose pieces are the same at a word's start and inside it.

    A compound that is no piece of its own thereby shares the vectors of its parts ("kommun" + "direktör"). Text is
    lower-cased and composed (NFC); å, ä and ö stay letters of their own.
    """
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase(), normalizers.Replace("\u00ad", "")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(
        Regex(r"[^\p{L}\p{N}]+|(?<=\p{N})(?=\p{L})|(?<=\p{L})(?=\p{N})"), "removed"
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=24,
        shrinking_factor=0.8,
        n_sub_iterations=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(repeated_words(counts), trainer)
    return prefer_long_pieces(tokenizer)


class WordEncoder:
    """Text -> token ids with every word encoded once; unknown pieces (id 0) are left out, as model2vec does."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Start with an empty memory of words."""
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}

    def __call__(self, text: str) -> list[int]:
        """Give the ids of a text's words and numbers."""
        ids: list[int] = []
        for word in WORD.findall(text.lower()):
            known = self._known.get(word)
            if known is None:
                known = self._known[word] = [i for i in self._tokenizer.encode(word).ids if i]
            ids += known
        return ids


def encode_documents(documents: list[Document], encode: WordEncoder) -> Encoded:
    """Encode all documents, keeping where sentences, paragraphs and documents begin."""
    ids: list[int] = []
    sentences, paragraphs, starts, question = [0], [0], [0], []
    for document in documents:
        for paragraph in document.paragraphs:
            for sentence in SENTENCE_END.split(paragraph):
                ids += encode(sentence)
                sentences.append(len(ids))
                question.append(sentence.rstrip().endswith("?"))
            paragraphs.append(len(sentences) - 1)
        starts.append(len(paragraphs) - 1)
    return Encoded(
        ids=np.array(ids, np.int32),
        sentences=np.array(sentences),
        paragraphs=np.array(paragraphs),
        documents=np.array(starts),
        titles=[np.array(encode(document.title), np.int32) for document in documents],
        statute=np.array([document.source == "statutes" for document in documents]),
        question=np.array(question),
    )


# --- distributional start -------------------------------------------------------------------------------------------


def count_cooccurrences(text: Encoded, size: int, window: int, chunk: int = 4_000_000) -> sp.csr_matrix:
    """Count pairs of pieces within a paragraph, (size, size), a pair d apart weighing (window - d + 1) / window.

    The linear weights are what word2vec's randomly shrunk window amounts to (Levy, Goldberg & Dagan 2015).
    """
    paragraph = np.repeat(np.arange(len(text.paragraph_start) - 1), np.diff(text.paragraph_start))
    total = sp.csr_matrix((size, size), dtype=np.float32)
    for first in range(0, len(text.ids), chunk):
        ids = text.ids[first : first + chunk + window]
        inside = paragraph[first : first + chunk + window]
        for distance in range(1, window + 1):
            count = min(chunk, len(ids) - distance)
            same = inside[:count] == inside[distance : count + distance]
            weight = np.full(int(same.sum()), (window - distance + 1) / window, np.float32)
            pairs = (ids[:count][same], ids[distance : count + distance][same])
            total = total + sp.coo_matrix((weight, pairs), shape=(size, size)).tocsr()
    return (total + total.T).tocsr()


def positive_pmi(counts: sp.csr_matrix, smoothing: float) -> sp.csr_matrix:
    """Positive pointwise mutual information, the context's frequency raised to `smoothing` (Levy et al. 2015)."""
    pairs = counts.tocoo()
    row = np.bincount(pairs.row, pairs.data, pairs.shape[0])
    context = row**smoothing / (row**smoothing).sum()
    values = np.log(pairs.data / (row[pairs.row] * context[pairs.col]))
    keep = values > 0
    return sp.csr_matrix((values[keep].astype(np.float32), (pairs.row[keep], pairs.col[keep])), shape=pairs.shape)


def left_singular_vectors(matrix: sp.csr_matrix, dims: int, seed: int, extra: int = 24) -> np.ndarray:
    """(size, dims) left singular vectors by randomised SVD with two power iterations (Halko et al. 2011).

    The singular values are left out: exponent 0 of Levy et al. (2015), measured better here than 0.5.
    """
    rng = np.random.default_rng(seed)
    transposed = matrix.T.tocsr()
    basis = np.linalg.qr(matrix @ rng.standard_normal((matrix.shape[1], dims + extra), dtype=np.float32))[0]
    for _ in range(2):
        basis = np.linalg.qr(matrix @ np.linalg.qr(transposed @ basis)[0])[0]
    rotation = np.linalg.svd((transposed @ basis).T, full_matrices=False)[0]
    return (basis @ rotation)[:, :dims].astype(np.float32)


def start_vectors(text: Encoded, size: int, recipe: Recipe) -> np.ndarray:
    """(size, dims) vectors of unit length: from co-occurrences, or random for comparison."""
    if recipe.start == "random":
        vectors = np.random.default_rng(recipe.seed).standard_normal((size, recipe.dims), dtype=np.float32)
    else:
        counts = count_cooccurrences(text, size, recipe.window)
        say(f"co-occurrences: {counts.nnz:,} pairs of pieces")
        vectors = left_singular_vectors(positive_pmi(counts, recipe.context_smoothing), recipe.dims, recipe.seed)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def sample_paragraphs(text: Encoded, count: int, seed: int) -> list[np.ndarray]:
    """Draw `count` paragraphs of eight pieces or more."""
    lengths = np.diff(text.paragraph_start)
    chosen = np.random.default_rng(seed).permutation(np.flatnonzero(lengths >= 8))[:count]
    return [text.ids[text.paragraph_start[i] : text.paragraph_start[i + 1]] for i in chosen]


def fold_sif(vectors: np.ndarray, text: Encoded, recipe: Recipe) -> np.ndarray:
    """Fold smooth inverse frequency into (size, dims) vectors (Arora et al. 2017).

    Each vector is weighted by a / (a + p(piece)), and the first principal directions of 4,000 paragraph vectors are
    taken out. Both are linear, so the plain mean of the result is Arora's sentence vector. Row 0 (unknown) is zero.
    """
    frequency = np.bincount(text.ids, minlength=len(vectors)) / len(text.ids)
    weighted = vectors * (recipe.sif / (recipe.sif + frequency))[:, None]
    weighted[0] = 0
    means = np.stack([weighted[ids].mean(axis=0) for ids in sample_paragraphs(text, 4000, recipe.seed)])
    means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-9
    common = np.linalg.svd(means, full_matrices=False)[2][: recipe.directions]
    return (weighted - (weighted @ common.T) @ common).astype(np.float32)


# --- contrastive training -------------------------------------------------------------------------------------------


def read_synonyms(path: Path, encode: WordEncoder) -> list[Pair]:
    """Read Synlex (Kann & Rosell 2005): lines of a word, a tab and synonyms between bars -> pairs of token ids."""
    pairs: list[Pair] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, synonyms = line.partition("\t")
        left = encode(word)
        for right in map(encode, synonyms.split("|")):
            if left and right:
                pairs.append((np.array(left, np.int32), np.array(right, np.int32)))
    return pairs


class PairSampler:
    """Draws (query, passage) pairs of token ids from the training text."""

    def __init__(self, text: Encoded, synonyms: list[Pair], recipe: Recipe) -> None:
        """Find once which paragraphs and sentences can serve for which kind of pair."""
        self.text, self.synonyms, self.recipe = text, synonyms, recipe
        self.rng = np.random.default_rng(recipe.seed)
        length, sentences = np.diff(text.paragraph_start), np.diff(text.paragraphs)
        self.long = np.flatnonzero(length >= 15)
        self.several = np.flatnonzero((sentences >= 2) & (length >= 25))
        in_statute = text.statute[text.paragraph_document[self.long]]
        self.titled, self.sections = self.long[~in_statute], self.long[in_statute]
        asks = text.question & (np.diff(text.sentences) >= 5)
        self.questions = np.flatnonzero(asks)
        self.sentence_paragraph = np.repeat(np.arange(len(sentences)), sentences)
        self.by_word: dict[int, list[np.ndarray]] = {}
        for one, other in itertools.chain(synonyms, ((b, a) for a, b in synonyms)):
            if len(one) == 1:
                self.by_word.setdefault(int(one[0]), []).append(other)

    def pick(self, among: np.ndarray) -> int:
        """Draw one element."""
        return int(among[self.rng.integers(len(among))])

    def passage(self, index: int) -> np.ndarray:
        """Give a paragraph, or a random stretch of a long one."""
        start, end = self.text.paragraph_start[index : index + 2]
        if end - start > self.recipe.longest:
            start = self.rng.integers(start, end - self.recipe.longest + 1)
        return self.text.ids[start : min(end, start + self.recipe.longest)]

    def sentence(self, index: int) -> np.ndarray:
        """Give a sentence."""
        return self.text.ids[self.text.sentences[index] : self.text.sentences[index + 1]]

    def title_pair(self) -> Pair:
        """Title and paragraph of the same document; one in seven from a statute."""
        index = self.pick(self.titled if self.rng.random() < 0.85 else self.sections)
        return self.text.titles[self.text.paragraph_document[index]], self.passage(index)

    def sentence_pair(self) -> Pair:
        """Sentence and the rest of its paragraph: the inverse cloze task (Lee et al. 2019)."""
        index = self.pick(self.several)
        first, last = self.text.paragraphs[index : index + 2]
        chosen = int(self.rng.integers(first, last))
        before = self.text.ids[self.text.sentences[first] : self.text.sentences[chosen]]
        after = self.text.ids[self.text.sentences[chosen + 1] : self.text.sentences[last]]
        return self.sentence(chosen), np.concatenate([before, after])[: self.recipe.longest]

    def neighbour_pair(self) -> Pair:
        """Two paragraphs that follow each other in a document."""
        index = self.pick(self.long)
        document = self.text.paragraph_document[index]
        for other in (index + 1, index - 1):
            if 0 <= other < len(self.text.paragraph_document) and self.text.paragraph_document[other] == document:
                return self.passage(index), self.passage(other)
        return self.title_pair()

    def question_pair(self) -> Pair:
        """A question that a text asks and another paragraph of the same text."""
        chosen = self.pick(self.questions)
        own = int(self.sentence_paragraph[chosen])
        first, last = self.text.documents[self.text.paragraph_document[own] :][:2]
        others = [index for index in range(first, last) if index != own]
        if not others:
            return self.sentence_pair()
        return self.sentence(chosen), self.passage(others[int(self.rng.integers(len(others)))])

    def synonym_pair(self) -> Pair:
        """A word and a synonym."""
        return self.synonyms[int(self.rng.integers(len(self.synonyms)))]

    def reworded(self, query: np.ndarray, passage: np.ndarray) -> np.ndarray:
        """Drop pieces, above all those that the passage also has, and exchange words for synonyms.

        What is left must be matched by meaning; shared words are BM25's part of the search.
        """
        chance = self.rng.random(len(query))
        keep = (chance >= self.recipe.overlap_dropout) | ((chance >= 0.1) & ~np.isin(query, passage))
        query = query[keep] if keep.sum() >= 2 else query
        exchanged = [
            options[int(self.rng.integers(len(options)))]
            if (options := self.by_word.get(int(piece))) and self.rng.random() < self.recipe.synonym_rate
            else [piece]
            for piece in query
        ]
        return np.concatenate(exchanged)

    def draw(self) -> Pair:
        """Draw a pair of a random kind; synonyms come less often than the others."""
        kind = self.recipe.kinds[int(self.rng.integers(len(self.recipe.kinds)))]
        if kind == "synonym" and self.rng.random() < 0.6:
            return self.draw()
        query, passage = getattr(self, f"{kind}_pair")()
        if not len(query) or not len(passage):
            return self.draw()
        return (query, passage) if kind == "synonym" else (self.reworded(query, passage), passage)

    def batch(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Draw one batch of queries and passages."""
        queries, passages = zip(*(self.draw() for _ in range(self.recipe.batch)), strict=True)
        return list(queries), list(passages)


def fine_tune(vectors: np.ndarray, sampler: PairSampler, recipe: Recipe) -> np.ndarray:
    """Train (size, dims) vectors with in-batch negatives in both directions.

    The loss is InfoNCE (van den Oord et al. 2018) on cosines divided by the temperature; Adam, the learning rate rising
    for 30 steps and falling linearly to zero.
    """
    import torch
    from torch.nn import functional

    torch.manual_seed(recipe.seed)
    weight = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
    optimizer = torch.optim.Adam([weight], lr=recipe.learning_rate, betas=(0.9, 0.99))
    target = torch.arange(recipe.batch)

    def mean(lists: list[np.ndarray]) -> Any:
        """(batch, dims) unit vectors of the means of each list's vectors."""
        offsets = torch.from_numpy(np.cumsum([0, *map(len, lists[:-1])]))
        ids = torch.from_numpy(np.concatenate(lists).astype(np.int64))
        return functional.normalize(functional.embedding_bag(ids, weight, offsets, mode="mean"), dim=-1)

    losses: list[float] = []
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * min(1, (step + 1) / 30) * (1 - step / recipe.steps)
        queries, passages = map(mean, sampler.batch())
        scores = queries @ passages.T / recipe.temperature
        loss = (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            say(f"step {step + 1}: loss {np.mean(losses[-100:]):.3f}")
    tuned = weight.detach().numpy().copy()
    tuned[0] = 0
    return tuned


# --- the model on disk ----------------------------------------------------------------------------------------------


def save_model(vectors: np.ndarray, tokenizer: Tokenizer, folder: Path) -> None:
    """Save as `StaticEmbedding` + `Normalize`; tell model2vec the same (normalise, no truncation) in the config.

    The rows are scaled so that the longest is 16: it changes no direction and keeps float16 away from its small end.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    scaled = (vectors * (16 / np.linalg.norm(vectors, axis=1).max())).astype(np.float16)
    modules = [StaticEmbedding(tokenizer, embedding_weights=scaled), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder), create_model_card=False)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "model.safetensors").chmod(0o644)
    config_path = folder / "config_sentence_transformers.json"
    config = json.loads(config_path.read_text(encoding="utf-8"))
    config.update(normalize=True, max_length=None)
    config_path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def check_model(folder: Path, texts: list[str]) -> float:
    """Open the folder with both loaders and give the lowest cosine between their vectors; below 0.999 is an error."""
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

    one = np.asarray(StaticModel.from_pretrained(folder).encode(texts), dtype=np.float32)
    other = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)
    lowest = float((one * np.asarray(other, dtype=np.float32)).sum(axis=1).min())
    if not lowest > 0.999:
        raise SystemExit(f"the two loaders disagree: cosine {lowest:.4f}")
    return lowest


def swap_in(new: Path, out: Path) -> None:
    """Put the finished folder in the place of the old one by renames, so that no half model is ever there."""
    old = out.with_name(f".{out.name}.old-{os.getpid()}")
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def build(data: Path, recipe: Recipe) -> tuple[np.ndarray, Tokenizer, list[str]]:
    """Run the recipe; give (size, dims) vectors, the tokenizer and some texts for checking the saved model."""
    documents = list(read_documents(data))
    counts = count_words(documents)
    say(f"read {len(documents):,} documents, {counts.total():,} words")
    tokenizer = train_tokenizer(counts, recipe.pieces)
    encode = WordEncoder(tokenizer)
    text = encode_documents(documents, encode)
    say(f"{tokenizer.get_vocab_size():,} pieces, text of {len(text.ids):,}")
    vectors = fold_sif(start_vectors(text, tokenizer.get_vocab_size(), recipe), text, recipe)
    say("start vectors ready")
    if recipe.steps:
        synonyms = read_synonyms(data / "lexica" / "synlex_synonymer.tsv", encode)
        tuned = fine_tune(vectors, PairSampler(text, synonyms, recipe), recipe)
        vectors = vectors + recipe.blend * (tuned - vectors)
    return vectors, tokenizer, [document.paragraphs[0] for document in documents[:: len(documents) // 300]]


def train(data: Path, out: Path, recipe: Recipe) -> None:
    """Train in memory, save beside `out`, check with both loaders, then swap in."""
    vectors, tokenizer, texts = build(data, recipe)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
        new = Path(temporary) / "model"
        save_model(vectors, tokenizer, new)
        lowest = check_model(new, texts)
        size = sum(path.stat().st_size for path in new.rglob("*") if path.is_file())
        swap_in(new, out)
    say(f"saved {size / 1e6:.1f} MB; lowest cosine between the two loaders {lowest:.5f}")


# --- measuring ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """Passages, questions and, for each question, the index of the passage that answers it."""

    name: str
    passages: list[str]
    questions: list[str]
    answers: np.ndarray


def squash(text: str) -> str:
    """Collapse white space."""
    return " ".join(text.split())


def passage_task(questions: Path, corpus: Path) -> Task:
    """Rebuild passages from their first and last words in the corpus files; say how many could not be found."""
    texts = {path.name: squash(path.read_text(encoding="utf-8")) for path in corpus.glob("*.txt")}
    passages, asked, answers, missing = [], [], [], 0
    for line in questions.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text, ends = texts[record["file"]], squash(record["ends"])
        start = text.find(squash(record["starts"]))
        end = text.find(ends, start) if start >= 0 else -1
        if end < 0:
            missing += 1
            continue
        asked += record["questions"]
        answers += [len(passages)] * len(record["questions"])
        passages.append(text[start : end + len(ends)])
    say(f"{len(passages)} passages, {len(asked)} questions; {missing} passages not found in the files")
    return Task("kd", passages, asked, np.array(answers))


def benchmark_task(path: Path) -> Task:
    """Read an open benchmark; unanswerable questions are left out."""
    record = json.loads(path.read_text(encoding="utf-8"))
    index = {passage["id"]: i for i, passage in enumerate(record["passages"])}
    asked = [question for question in record["questions"] if question["answerable"]]
    answers = np.array([index[question["passage"]] for question in asked])
    passages = [passage["text"] for passage in record["passages"]]
    return Task(path.stem, passages, [question["question"] for question in asked], answers)


def bm25_scores(task: Task) -> np.ndarray:
    """(questions, passages) BM25 scores, Snowball's Swedish stemmer and Swedish stop words."""
    import bm25s
    import Stemmer

    def words(texts: list[str]) -> Any:
        stemmer = Stemmer.Stemmer("swedish")
        return bm25s.tokenize(texts, stopwords="sv", stemmer=stemmer, return_ids=False, show_progress=False)

    index = bm25s.BM25()
    index.index(words(task.passages), show_progress=False)
    none = np.zeros(len(task.passages))
    return np.stack([index.get_scores(query) if query else none for query in words(task.questions)])


def scaled(scores: np.ndarray) -> np.ndarray:
    """Scale each question's scores to 0..1 (min-max)."""
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def figures(scores: np.ndarray, answers: np.ndarray) -> dict[str, float]:
    """hit@1, hit@5, mean reciprocal rank and nDCG@10 with one right passage; ties count as ranked before it."""
    right = scores[np.arange(len(answers)), answers][:, None]
    rank = (scores >= right).sum(axis=1)
    gain = np.where(rank <= 10, 1 / np.log2(rank + 1), 0)
    return {
        "hit@1": float((rank <= 1).mean()),
        "hit@5": float((rank <= 5).mean()),
        "mrr": float((1 / rank).mean()),
        "ndcg@10": float(gain.mean()),
    }


def measure_task(task: Task, encode: Encode, weights: Iterable[float] = (0.3, 0.5)) -> dict[str, dict[str, float]]:
    """Figures of BM25, of the vectors alone and of their convex combinations (weight = the vectors' share)."""
    lexical, dense = bm25_scores(task), encode(task.questions) @ encode(task.passages).T
    result = {"bm25": figures(lexical, task.answers), "dense": figures(dense, task.answers)}
    for weight in weights:
        mixed = (1 - weight) * scaled(lexical) + weight * scaled(dense)
        result[f"bm25+dense {weight:g}"] = figures(mixed, task.answers)
    return result


def measure(out: Path, tasks: list[Task]) -> dict[str, dict[str, dict[str, float]]]:
    """Measure the saved model, opened as the product opens it, on every task."""
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(out)

    def encode(texts: list[str]) -> np.ndarray:
        return np.asarray(model.encode(texts), dtype=np.float32)

    return {task.name: measure_task(task, encode) for task in tasks}


def print_table(results: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print the figures, a line for each task and system."""
    for task, systems in results.items():
        for system, values in systems.items():
            print(f"{task:16} {system:16} " + "  ".join(f"{name} {value:.3f}" for name, value in values.items()))


# --- command line ---------------------------------------------------------------------------------------------------


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    default = Recipe()
    parser = argparse.ArgumentParser(description="Train the static Swedish sentence embedding.")
    parser.add_argument("--data", type=Path, help="folder with the training text")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--measure-only", action="store_true", help="train nothing, measure the model in --out")
    parser.add_argument("--measure", action="store_true", help="measure after training")
    parser.add_argument("--questions", type=Path, help="JSON lines: file, starts, ends, questions")
    parser.add_argument("--corpus", type=Path, help="folder with the files that --questions names")
    parser.add_argument("--benchmarks", type=Path, help="folder with *-open.json")
    for name in ("seed", "pieces", "dims", "window", "directions", "steps", "batch"):
        parser.add_argument(f"--{name}", type=int, default=getattr(default, name))
    for name in (
        "context_smoothing",
        "sif",
        "learning_rate",
        "temperature",
        "overlap_dropout",
        "synonym_rate",
        "blend",
    ):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(default, name))
    parser.add_argument("--start", choices=("svd", "random"), default=default.start)
    parser.add_argument("--kinds", type=lambda text: tuple(text.split(",")), default=default.kinds)
    options = parser.parse_args(arguments)
    if not options.data and not options.measure_only:
        parser.error("--data is needed for training")
    if bool(options.questions) != bool(options.corpus):
        parser.error("--questions and --corpus belong together")
    return options


def limit_threads(count: int) -> None:
    """Use `count` threads in the tokenizer's trainer, in numpy's and in torch's arithmetic."""
    import torch

    os.environ["RAYON_NUM_THREADS"] = str(count)
    torch.set_num_threads(count)


def main() -> None:
    """Train, and measure if asked."""
    options = parse()
    limit_threads(options.threads)
    recipe = Recipe(**{name: getattr(options, name) for name in Recipe.__dataclass_fields__ if hasattr(options, name)})
    if not options.measure_only:
        train(options.data, options.out, recipe)
    if options.measure or options.measure_only:
        tasks = [passage_task(options.questions, options.corpus)] if options.questions else []
        tasks += map(benchmark_task, sorted(options.benchmarks.glob("*-open.json")) if options.benchmarks else [])
        print_table(measure(options.out, tasks))


if __name__ == "__main__":
    main()
