"""Train the static Swedish sentence embedding that the product ships.

One command, two processor cores, no network:

    python index/train_embedder.py --data ../shared/training --out index/embedder

Recipe: a unigram subword vocabulary (Kudo 2018) is trained on the text, and frequent words that it would split are
added whole; pieces get vectors from their positive pointwise mutual information, factorised by a randomised singular
value decomposition (Levy & Goldberg 2014, Halko et al. 2011): what skip-gram (Mikolov et al. 2013) does implicitly. A
word's inflections and synonyms are drawn together (Faruqui et al. 2015). Smooth inverse frequency weights and the
common direction (Arora et al. 2017) are folded into the vectors, so that a plain mean is the weighted mean. A short
contrastive training with in-batch and hard negatives (van den Oord et al. 2018; Karpukhin et al. 2020) follows, with
the loss also on the first 64, 128 and 256 dimensions (Kusupati et al. 2022); the vectors before and after it are
averaged (Wortsman et al. 2022). Last the vectors are fitted to the shipped corpus (`adapt_embedder.py`). The result is
a `StaticEmbedding` with `Normalize`: int8 with a scale for each piece, in the layout that both model2vec (without
torch) and sentence-transformers open.

With `--measure` the model is compared with BM25 on the files named by `--questions`, `--corpus` and `--benchmarks`.
Nothing that is measured on is read by the training.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
from adapt_embedder import Adaptation, adapt, read_taught
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
HERE = Path(__file__).parent
SOURCES = ("government", "interpellations", "statutes")
UNKNOWN = "[UNK]"


@dataclass(frozen=True)
class Recipe:
    """Every number of the recipe; the defaults made the shipped model."""

    seed: int = 0
    unigrams: int = 24_000
    pieces: int = 35_000
    dims: int = 512
    window: int = 16
    context_smoothing: float = 1.0
    form_pull: float = 1.0
    synonym_pull: float = 0.3
    sif: float = 3e-4
    directions: int = 1
    steps: int = 300
    batch: int = 768
    learning_rate: float = 2e-3
    temperature: float = 0.05
    overlap_dropout: float = 0.75
    other_dropout: float = 0.1
    synonym_rate: float = 0.2
    form_rate: float = 0.15
    longest: int = 64
    widths: tuple[int, ...] = (64, 128, 256)
    width_weight: float = 0.3
    blend: float = 0.7


# The share of a batch that each kind of pair has.
SHARES = {"title": 0.24, "sentence": 0.21, "neighbour": 0.17, "question": 0.24, "synonym": 0.10, "everyday": 0.04}


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


def whole_words(counts: Counter[str], everyday: frozenset[str], known: Iterable[str], count: int) -> list[str]:
    """Give the `count` most frequent words that are no pieces; everyday words count twice."""
    pieces = frozenset(known)
    ranked = [
        (-seen * (2 if word in everyday else 1), word)
        for word, seen in counts.items()
        if seen >= 5 and 2 <= len(word) <= 24 and word.isalpha() and word not in pieces
    ]
    return [word for _, word in sorted(ranked)[:count]]


def add_words(tokenizer: Tokenizer, words: Iterable[str]) -> Tokenizer:
    """Make each word a piece, just likelier than the pieces it was split into, so that other words split as before."""
    state = json.loads(tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    score = dict(map(tuple, vocabulary))
    for word in dict.fromkeys(words):
        parts = tokenizer.encode(word).tokens
        if word not in score and all(part in score for part in parts):
            vocabulary.append([word, sum(score[part] for part in parts) + 0.5])
    return Tokenizer.from_str(json.dumps(state, ensure_ascii=False))


def make_tokenizer(counts: Counter[str], everyday: frozenset[str], always: Iterable[str], recipe: Recipe) -> Tokenizer:
    """Train the unigram vocabulary, then add the words in `always` and frequent words up to `recipe.pieces`."""
    tokenizer = add_words(train_tokenizer(counts, recipe.unigrams), always)
    room = recipe.pieces - tokenizer.get_vocab_size()
    return add_words(tokenizer, whole_words(counts, everyday, tokenizer.get_vocab(), room))


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

    def pairs(self, texts: Iterable[tuple[str, str]]) -> list[Pair]:
        """Encode pairs of texts; a pair with an empty side is left out."""
        encoded = ((self(one), self(other)) for one, other in texts)
        return [(np.array(one), np.array(other)) for one, other in encoded if one and other]


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
    vectors: np.ndarray = (basis @ rotation)[:, :dims].astype(np.float32)
    return vectors


def unit(vectors: np.ndarray) -> np.ndarray:
    """Give rows of length 1; a row of zeros stays so."""
    rows: np.ndarray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return rows


def start_vectors(text: Encoded, size: int, recipe: Recipe) -> np.ndarray:
    """(size, dims) vectors of unit length from co-occurrences."""
    counts = count_cooccurrences(text, size, recipe.window)
    say(f"co-occurrences: {counts.nnz:,} pairs of pieces")
    return unit(left_singular_vectors(positive_pmi(counts, recipe.context_smoothing), recipe.dims, recipe.seed))


def pull_together(vectors: np.ndarray, pairs: list[Pair], weight: np.ndarray, pull: float) -> np.ndarray:
    """Draw (size, dims) unit vectors towards those they are paired with (retrofitting, Faruqui et al. 2015).

    Two rounds of v <- unit(start + pull * weighted mean of the partners); `weight` (size,) is the partner's. Only pairs
    of single pieces count.
    """
    single = np.array([(one[0], other[0]) for one, other in pairs if len(one) == len(other) == 1]).reshape(-1, 2)
    rows, columns = np.concatenate([single, single[:, ::-1]]).T
    links = sp.csr_matrix((weight[columns], (rows, columns)), shape=(len(vectors), len(vectors)), dtype=np.float32)
    total = np.asarray(links.sum(axis=1))
    links = sp.diags_array(1 / np.maximum(total.ravel(), 1e-12)) @ links
    moved = vectors
    for _ in range(2):
        moved = unit(vectors + pull * (links @ moved) * (total.reshape(-1, 1) > 0))
    return moved.astype(np.float32)


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
    folded: np.ndarray = (weighted - (weighted @ common.T) @ common).astype(np.float32)
    return folded


# --- contrastive training -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lexica:
    """Pairs of token ids: synonyms, inflected form and base form, everyday and administrative wording."""

    synonyms: list[Pair]
    forms: list[Pair]
    everyday: list[Pair]


def present(path: Path) -> bool:
    """Say whether a file is there, and tell who runs the training when it is not."""
    if not path.is_file():
        say(f"{path} is missing: trained without it")
    return path.is_file()


def read_synlex(path: Path) -> Iterator[tuple[str, str]]:
    """Read Synlex (Kann & Rosell 2005): lines of a word, a tab and synonyms between bars."""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, synonyms = line.partition("\t")
        yield from ((word, synonym) for synonym in synonyms.split("|"))


def read_thesaurus(path: Path, least: float = 0.6) -> Iterator[tuple[str, str]]:
    """Read the pairs of the project's own groups of synonyms with the weight `least` or more."""
    groups = tomllib.loads(path.read_text(encoding="utf-8"))["groups"] if present(path) else []
    for group in groups:
        one = group.get("words", group.get("from", "")).split(",")
        other = group.get("words", group.get("to", "")).split(",")
        if group["weight"] >= least:
            yield from ((a.strip(), b.strip()) for a in one for b in other if a != b)


def read_forms(path: Path, counts: Counter[str], least: int = 5) -> list[tuple[str, str]]:
    """Read inflected forms and their base forms, both seen `least` times in the texts."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        pairs = {tuple(line.lower().rstrip("\n").split("\t")[:2]) for line in lines}
    return sorted((form, base) for form, base in pairs if form != base and min(counts[form], counts[base]) >= least)


def read_everyday(path: Path, count: int = 20_000) -> frozenset[str]:
    """Read the most frequent words of the subtitles."""
    return frozenset(line.split()[0] for line in path.read_text(encoding="utf-8").splitlines()[:count])


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Read the project's own pairs: everyday wording, a tab, administrative wording; # begins a comment."""
    for line in path.read_text(encoding="utf-8").splitlines() if present(path) else []:
        one, tab, other = line.partition("\t")
        if tab and not line.startswith("#"):
            yield one, other.split("\t")[0]


def read_abbreviations(path: Path) -> dict[str, str]:
    """Read abbreviations of one word and what they stand for."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))["abbreviations"] if present(path) else {}
    return {short: long for short, long in table.items() if isinstance(long, str) and WORD.fullmatch(short)}


def read_lexica(inputs: Inputs, counts: Counter[str], encode: WordEncoder) -> Lexica:
    """Read all pairs of words and wordings; the project's own synonyms count twice."""
    folder = inputs.data / "lexica"
    own = list(read_thesaurus(inputs.thesaurus))
    lexica = Lexica(
        synonyms=encode.pairs([*read_synlex(folder / "synlex_synonymer.tsv"), *own, *own]),
        forms=encode.pairs(read_forms(folder / "hunspell_form_lemma.tsv.xz", counts)),
        everyday=encode.pairs(read_pairs(inputs.pairs)),
    )
    say(f"{len(lexica.synonyms):,} synonyms, {len(lexica.forms):,} forms, {len(lexica.everyday):,} own pairs")
    return lexica


def spell_out(vectors: np.ndarray, abbreviations: dict[str, str], encode: WordEncoder) -> None:
    """Give an abbreviation that is one piece the mean vector of what it stands for, in place."""
    for short, long in abbreviations.items():
        piece, parts = encode(short), encode(long)
        if len(piece) == 1 and parts:
            vectors[piece[0]] = vectors[parts].mean(axis=0)


def similar_documents(
    vectors: np.ndarray, text: Encoded, count: int = 24, skip: int = 4, dims: int = 128
) -> np.ndarray:
    """(documents, count) the nearest documents by mean vector, but for the nearest `skip`: itself and copies."""
    import torch

    documents = len(text.documents) - 1
    document = np.repeat(text.paragraph_document, np.diff(text.paragraph_start))
    ones = np.ones(len(document), np.float32)
    bags = sp.csr_matrix((ones, (document, text.ids)), shape=(documents, len(vectors)))
    means = torch.from_numpy(unit(bags @ np.ascontiguousarray(vectors[:, :dims])))
    nearest = [(part @ means.T).topk(count + skip, dim=1).indices[:, skip:] for part in means.split(2048)]
    say("similar documents found")
    found: np.ndarray = torch.cat(nearest).numpy()
    return found


def stretches(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Give the indices of all stretches after one another: starts[0], starts[0] + 1, ..., starts[1], ..."""
    ends = np.cumsum(lengths)
    indices: np.ndarray = np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)
    return indices


@dataclass(frozen=True)
class Bag:
    """Texts: (tokens,) ids after one another and (texts,) lengths."""

    ids: np.ndarray
    lengths: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """(tokens,) which text each token belongs to."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def keep(self, which: np.ndarray) -> Bag:
        """Keep the tokens marked in (tokens,) `which`."""
        return Bag(self.ids[which], np.bincount(self.rows[which], minlength=len(self.lengths)))


@dataclass(frozen=True)
class Spans:
    """Texts as stretches of a pool of ids: (texts, 2) starts and lengths; most have an empty second part."""

    starts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def single(cls, starts: np.ndarray, lengths: np.ndarray) -> Spans:
        """Make texts of one part from (texts,) starts and lengths."""
        return cls(np.stack([starts, starts], axis=1), np.stack([lengths, np.zeros_like(lengths)], axis=1))

    @classmethod
    def joined(cls, spans: Sequence[Spans]) -> Spans:
        """Put several lists of texts after one another."""
        return cls(np.concatenate([s.starts for s in spans]), np.concatenate([s.lengths for s in spans]))

    def take(self, rows: np.ndarray) -> Spans:
        """Give the texts at `rows`, or those marked."""
        return Spans(self.starts[rows], self.lengths[rows])

    def where(self, which: np.ndarray, other: Spans) -> Spans:
        """Give these texts where (texts,) `which` is true, else the other's."""
        mark = which[:, None]
        return Spans(np.where(mark, self.starts, other.starts), np.where(mark, self.lengths, other.lengths))

    def bag(self, pool: np.ndarray) -> Bag:
        """Fetch the ids."""
        return Bag(pool[stretches(self.starts.ravel(), self.lengths.ravel())], self.lengths.sum(axis=1))


class Pool:
    """One long array of ids that all texts are stretches of."""

    def __init__(self, ids: np.ndarray) -> None:
        """Begin with `ids`."""
        self._parts, self._size = [ids], len(ids)

    def add(self, texts: Sequence[np.ndarray]) -> Spans:
        """Add texts and say where they lie."""
        lengths = np.array([len(text) for text in texts], np.int64)
        starts = self._size + np.cumsum(lengths) - lengths
        self._parts += texts
        self._size += int(lengths.sum())
        return Spans.single(starts, lengths)

    def ids(self) -> np.ndarray:
        """Give the whole array."""
        return np.concatenate(self._parts).astype(np.int64)


class Exchange:
    """Exchanges pieces for what they are paired with."""

    def __init__(self, pairs: list[Pair], size: int, pool: Pool) -> None:
        """Sort the pairs, both ways, by their single piece; `size` is the vocabulary's."""
        both = [(int(a[0]), b) for one, other in pairs for a, b in ((one, other), (other, one)) if len(a) == 1]
        both.sort(key=lambda pair: pair[0])
        self.count = np.bincount([piece for piece, _ in both], minlength=size)
        self.first = np.cumsum(self.count) - self.count
        self.options = pool.add([option for _, option in both])

    def __call__(self, bag: Bag, rate: float, pool: np.ndarray, rng: np.random.Generator) -> Bag:
        """Exchange each piece that has options with the chance `rate`."""
        chosen = (self.count[bag.ids] > 0) & (rng.random(len(bag.ids)) < rate)
        option = self.first[bag.ids] + (rng.random(len(bag.ids)) * self.count[bag.ids]).astype(np.int64)
        option[~chosen] = 0
        length = np.where(chosen, self.options.lengths[option, 0], 1)
        index = stretches(np.where(chosen, self.options.starts[option, 0], 0), length)
        ids = np.where(np.repeat(chosen, length), pool[index], np.repeat(bag.ids, length))
        return Bag(ids, np.bincount(bag.rows, length, len(bag.lengths)).astype(np.int64))


Drawn = tuple[Spans, Spans, np.ndarray]


class PairSampler:
    """Draws batches of queries, passages and hard negatives from the training text and the lexica.

    Each kind of pair gives (queries, passages, paragraphs that are near the passages but are not the answers).
    """

    def __init__(self, text: Encoded, lexica: Lexica, similar: np.ndarray, recipe: Recipe) -> None:
        """Find once which paragraphs and sentences can serve for which kind of pair; `similar` (documents, n)."""
        self.text, self.similar, self.recipe = text, similar, recipe
        self.rng = np.random.default_rng(recipe.seed)
        pool = Pool(text.ids)
        self.titles = pool.add(text.titles)
        self.synonyms = self._add_pairs(pool, lexica.synonyms)
        self.everyday = self._add_pairs(pool, lexica.everyday)
        self.size = 1 + max(int(ids.max(initial=0)) for ids in pool._parts)
        self.swap_synonym = Exchange(lexica.synonyms, self.size, pool)
        self.swap_form = Exchange(lexica.forms, self.size, pool)
        self.pool = pool.ids()
        self._find_usable()

    @staticmethod
    def _add_pairs(pool: Pool, pairs: list[Pair]) -> tuple[Spans, Spans]:
        return pool.add([one for one, _ in pairs]), pool.add([other for _, other in pairs])

    def _find_usable(self) -> None:
        text = self.text
        length, sentences = np.diff(text.paragraph_start), np.diff(text.paragraphs)
        self.long = np.flatnonzero(length >= 15)
        self.several = np.flatnonzero((sentences >= 2) & (length >= 25))
        in_statute = text.statute[text.paragraph_document[self.long]]
        self.titled, self.sections = self.long[~in_statute], self.long[in_statute]
        self.questions = np.flatnonzero(text.question & (np.diff(text.sentences) >= 5))
        self.sentence_paragraph = np.repeat(np.arange(len(sentences)), sentences)

    def passages(self, index: np.ndarray) -> Spans:
        """Give paragraphs, or a random stretch of a long one."""
        start = self.text.paragraph_start[index]
        length = self.text.paragraph_start[index + 1] - start
        spare = np.maximum(length - self.recipe.longest, 0)
        start = start + (self.rng.random(len(index)) * (spare + 1)).astype(np.int64)
        return Spans.single(start, np.minimum(length, self.recipe.longest))

    def sentences(self, index: np.ndarray) -> Spans:
        """Give sentences."""
        start = self.text.sentences[index]
        return Spans.single(start, self.text.sentences[index + 1] - start)

    def between(self, first: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Draw a whole number from each first <= number < end."""
        drawn: np.ndarray = first + (self.rng.random(len(first)) * (end - first)).astype(np.int64)
        return drawn

    def inside(self, document: np.ndarray) -> np.ndarray:
        """Draw a paragraph of each document."""
        return self.between(self.text.documents[document], self.text.documents[document + 1])

    def near(self, document: np.ndarray) -> np.ndarray:
        """Draw a paragraph of a document that is similar to each: a hard negative."""
        chosen = self.rng.integers(0, self.similar.shape[1], len(document))
        return self.inside(self.similar[document, chosen])

    def title_pairs(self, count: int) -> Drawn:
        """Title and paragraph of the same document; one in seven from a statute."""
        statute = self.rng.random(count) < 0.15
        index = np.where(statute, self.rng.choice(self.sections, count), self.rng.choice(self.titled, count))
        document = self.text.paragraph_document[index]
        return self.titles.take(document), self.passages(index), self.near(document)

    def sentence_pairs(self, count: int) -> Drawn:
        """Sentence and the rest of its paragraph: the inverse cloze task (Lee et al. 2019).

        Seven negatives in ten are other paragraphs of the same document.
        """
        index = self.rng.choice(self.several, count)
        first, end = self.text.paragraphs[index], self.text.paragraphs[index + 1]
        chosen, offset = self.between(first, end), self.text.sentences
        before = np.minimum(offset[chosen] - offset[first], self.recipe.longest)
        after = np.minimum(offset[end] - offset[chosen + 1], self.recipe.longest - before)
        rest = Spans(np.stack([offset[first], offset[chosen + 1]], axis=1), np.stack([before, after], axis=1))
        document = self.text.paragraph_document[index]
        other = self.inside(document)
        elsewhere = (other == index) | (self.rng.random(count) < 0.3)
        return self.sentences(chosen), rest, np.where(elsewhere, self.near(document), other)

    def neighbour_pairs(self, count: int) -> Drawn:
        """Two paragraphs that follow each other in a document; the title with a paragraph that stands alone."""
        index = self.rng.choice(self.long, count)
        document, own = self.text.paragraph_document[index], self.text.paragraph_document
        following, previous = np.minimum(index + 1, len(own) - 1), np.maximum(index - 1, 0)
        other = np.where((own[following] == document) & (following != index), following, previous)
        alone = (own[other] != document) | (other == index)
        query = self.titles.take(document).where(alone, self.passages(index))
        return query, self.passages(np.where(alone, index, other)), self.near(document)

    def question_pairs(self, count: int) -> Drawn:
        """A question that a text asks and another paragraph of the same text."""
        chosen = self.rng.choice(self.questions, count)
        own = self.sentence_paragraph[chosen]
        document = self.text.paragraph_document[own]
        other = self.inside(document)
        for _ in range(3):
            other = np.where(other == own, self.inside(document), other)
        usable = other != own
        return self.sentences(chosen[usable]), self.passages(other[usable]), self.near(document[usable])

    def synonym_pairs(self, count: int) -> Drawn:
        """A word and a synonym."""
        return self._listed(self.synonyms, count)

    def everyday_pairs(self, count: int) -> Drawn:
        """The project's own pairs of everyday and administrative wording."""
        return self._listed(self.everyday, count)

    def _listed(self, pairs: tuple[Spans, Spans], count: int) -> Drawn:
        rows = self.rng.integers(0, len(pairs[0].starts), count if len(pairs[0].starts) else 0)
        return pairs[0].take(rows), pairs[1].take(rows), self.rng.choice(self.long, len(rows))

    def reworded(self, query: Bag, passage: Bag, whole: np.ndarray) -> Bag:
        """Drop pieces, above all those that the passage also has, and exchange words for synonyms and other forms.

        What is left must be matched by meaning; shared words are BM25's part of the search. Texts marked in (texts,)
        `whole`, and those that would keep fewer than two pieces, lose none.
        """
        key = query.rows * self.size + query.ids
        shared = np.isin(key, passage.rows * self.size + passage.ids)
        chance = self.rng.random(len(query.ids))
        keep = (chance >= self.recipe.overlap_dropout) | ((chance >= self.recipe.other_dropout) & ~shared)
        few = query.keep(keep).lengths < 2
        query = query.keep(keep | (few | whole)[query.rows])
        query = self.swap_synonym(query, self.recipe.synonym_rate, self.pool, self.rng)
        return self.swap_form(query, self.recipe.form_rate, self.pool, self.rng)

    def batch(self) -> tuple[Bag, Bag, Bag]:
        """Draw one batch of queries, passages and hard negatives, a row of each belonging together."""
        drawn = [getattr(self, f"{kind}_pairs")(round(share * self.recipe.batch)) for kind, share in SHARES.items()]
        query, passage = (Spans.joined([parts[i] for parts in drawn]) for i in (0, 1))
        hard = self.passages(np.concatenate([parts[2] for parts in drawn]))
        whole = np.repeat([kind == "synonym" for kind in SHARES], [len(parts[2]) for parts in drawn])
        rows = np.flatnonzero([*map(all, zip(*(s.lengths.sum(axis=1) for s in (query, passage, hard)), strict=True))])
        passages = passage.take(rows).bag(self.pool)
        queries = self.reworded(query.take(rows).bag(self.pool), passages, whole[rows])
        return queries, passages, hard.take(rows).bag(self.pool)


def contrastive_loss(query: Any, candidates: Any, recipe: Recipe) -> Any:
    """InfoNCE (van den Oord et al. 2018) of (batch, dims) queries on cosines divided by the temperature.

    Candidate i answers query i; the other candidates, among them the hard negatives, do not. The loss goes in both
    directions, and is also taken on the first dimensions (Matryoshka, Kusupati et al. 2022).
    """
    import torch
    from torch.nn import functional

    target = torch.arange(len(query))
    total = torch.zeros(())
    for width in (query.shape[1], *recipe.widths):
        one, other = (functional.normalize(vectors[:, :width], dim=-1) for vectors in (query, candidates))
        scores = one @ other.T / recipe.temperature
        back = functional.cross_entropy(scores[:, : len(query)].T, target)
        share = 1.0 if width == query.shape[1] else recipe.width_weight
        total = total + share * (functional.cross_entropy(scores, target) + back) / 2
    return total


def fine_tune(vectors: np.ndarray, sampler: PairSampler, recipe: Recipe) -> np.ndarray:
    """Train (size, dims) vectors: Adam, the learning rate rising for 30 steps and falling linearly to zero."""
    import torch
    from torch.nn import functional

    torch.manual_seed(recipe.seed)
    weight = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
    optimizer = torch.optim.Adam([weight], lr=recipe.learning_rate, betas=(0.9, 0.99), fused=True)

    def mean(bag: Bag) -> Any:
        """(batch, dims) means of each text's vectors."""
        offsets = torch.from_numpy(np.cumsum(bag.lengths) - bag.lengths)
        return functional.embedding_bag(torch.from_numpy(bag.ids), weight, offsets, mode="mean")

    losses: list[float] = []
    for step in range(recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * min(1, (step + 1) / 30) * (1 - step / recipe.steps)
        query, passage, hard = map(mean, sampler.batch())
        loss = contrastive_loss(query, torch.cat([passage, hard]), recipe)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 50 == 0:
            say(f"step {step + 1}: loss {np.mean(losses[-50:]):.3f}")
    tuned: np.ndarray = weight.detach().numpy().copy()
    tuned[0] = 0
    return tuned


# --- the model on disk ----------------------------------------------------------------------------------------------


def save_model(vectors: np.ndarray, tokenizer: Tokenizer, folder: Path) -> None:
    """Save int8 rows and a scale for each, in model2vec's layout, which sentence-transformers opens too.

    A row is scaled by its own largest number, so rare and common pieces lose equally little.
    """
    from safetensors.numpy import save_file

    scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / 127
    rounded = np.rint(vectors / scale[:, None]).astype(np.int8)
    folder.mkdir(parents=True)
    save_file({"embeddings": rounded, "weights": scale}, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"model_type": "model2vec", "normalize": True, "max_length": None, "embedding_dtype": "int8"}
    own = {"prompts": {"query": "", "document": ""}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    package = "sentence_transformers"
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": "",
            "type": f"{package}.{package[:-1]}.modules.static_embedding.StaticEmbedding",
        },
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.base.modules.normalize.Normalize"},
    ]
    for name, content in (("config", config), ("config_sentence_transformers", own), ("modules", modules)):
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


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


@dataclass(frozen=True)
class Inputs:
    """Where the training reads: the folder of texts, and the project's own word lists."""

    data: Path
    pairs: Path
    thesaurus: Path
    lexicon: Path
    #: Whether the vectors are fitted to the shipped corpus at the end.
    adapt: bool = True


def pulled_start(text: Encoded, size: int, lexica: Lexica, recipe: Recipe) -> np.ndarray:
    """(size, dims) vectors ready to be averaged, before any contrastive training."""
    frequency = np.sqrt(np.bincount(text.ids, minlength=size) / len(text.ids)) + 1e-9
    vectors = pull_together(start_vectors(text, size, recipe), lexica.forms, frequency, recipe.form_pull)
    vectors = pull_together(vectors, lexica.synonyms, np.ones(size), recipe.synonym_pull)
    return fold_sif(vectors, text, recipe)


def build(inputs: Inputs, recipe: Recipe) -> tuple[np.ndarray, Tokenizer, list[str]]:
    """Run the recipe; give general (size, dims) vectors, the tokenizer and some texts for checking the saved model."""
    documents = list(read_documents(inputs.data))
    counts = count_words(documents)
    say(f"read {len(documents):,} documents, {counts.total():,} words")
    abbreviations = read_abbreviations(inputs.lexicon)
    everyday = read_everyday(inputs.data / "lexica" / "sv_50k.txt")
    tokenizer = make_tokenizer(counts, everyday, abbreviations, recipe)
    encode = WordEncoder(tokenizer)
    text = encode_documents(documents, encode)
    say(f"{tokenizer.get_vocab_size():,} pieces, text of {len(text.ids):,}")
    lexica = read_lexica(inputs, counts, encode)
    vectors = pulled_start(text, tokenizer.get_vocab_size(), lexica, recipe)
    say("start vectors ready")
    if recipe.steps:
        sampler = PairSampler(text, lexica, similar_documents(vectors, text), recipe)
        vectors = vectors + recipe.blend * (fine_tune(vectors, sampler, recipe) - vectors)
    spell_out(vectors, abbreviations, encode)
    return vectors, tokenizer, [document.paragraphs[0] for document in documents[:: len(documents) // 300]]


def train(inputs: Inputs, out: Path, half: Path | None, recipe: Recipe) -> None:
    """Train in memory, fit to the shipped corpus, and save; to half of its search questions for `half`."""
    vectors, tokenizer, texts = build(inputs, recipe)
    encode, how = WordEncoder(tokenizer), Adaptation(seed=recipe.seed)
    if half:
        say("fitting to half of the search questions")
        save(adapt(vectors, encode, read_taught(half=True), how, say), tokenizer, texts, half)
    if inputs.adapt:
        say("fitting to the search questions")
        vectors = adapt(vectors, encode, read_taught(), how, say)
    save(vectors, tokenizer, texts, out)


def save(vectors: np.ndarray, tokenizer: Tokenizer, texts: list[str], out: Path) -> None:
    """Save beside `out`, check with both loaders, then swap in."""
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
    passages: list[str] = []
    asked, answers, missing = [], [], 0
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
    between: np.ndarray = (scores - low) / np.maximum(high - low, 1e-9)
    return between


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


def measure(out: Path, tasks: list[Task], width: int | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Measure the saved model, opened as the product opens it, on every task; `width` keeps the first dimensions."""
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(out, dimensionality=width)

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
    parser.add_argument("--general", action="store_true", help="do not fit the vectors to the shipped corpus")
    parser.add_argument("--half", type=Path, help="folder for a model fitted to half of the search questions as well")
    parser.add_argument("--measure-only", action="store_true", help="train nothing, measure the model in --out")
    parser.add_argument("--measure", action="store_true", help="measure after training")
    parser.add_argument("--questions", type=Path, help="JSON lines: file, starts, ends, questions")
    parser.add_argument("--corpus", type=Path, help="folder with the files that --questions names")
    parser.add_argument("--benchmarks", type=Path, help="folder with *-open.json")
    parser.add_argument("--width", type=int, help="measure the first dimensions only")
    parser.add_argument("--pairs", type=Path, default=HERE / "pairs.tsv", help="everyday wording, tab, office wording")
    parser.add_argument("--thesaurus", type=Path, default=HERE / "thesaurus.toml", help="the project's synonyms")
    parser.add_argument("--lexicon", type=Path, default=HERE / "lexicon.toml", help="the project's abbreviations")
    for name in ("seed", "unigrams", "pieces", "dims", "window", "directions", "steps", "batch", "longest"):
        parser.add_argument(f"--{name}", type=int, default=getattr(default, name))
    for name in (
        "context_smoothing",
        "form_pull",
        "synonym_pull",
        "sif",
        "learning_rate",
        "temperature",
        "overlap_dropout",
        "synonym_rate",
        "form_rate",
        "width_weight",
        "blend",
    ):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(default, name))
    options = parser.parse_args(arguments)
    if not options.data and not options.measure_only:
        parser.error("--data is needed for training")
    if bool(options.questions) != bool(options.corpus):
        parser.error("--questions and --corpus belong together")
    return options


def limit_threads(count: int) -> None:
    """Use `count` threads in the tokenizer's trainer, in numpy's and in torch's arithmetic."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # waiting threads leave the cores to others
    import torch

    os.environ["RAYON_NUM_THREADS"] = str(count)
    torch.set_num_threads(count)


def main() -> None:
    """Train, and measure if asked."""
    options = parse()
    limit_threads(options.threads)
    recipe = Recipe(**{name: getattr(options, name) for name in Recipe.__dataclass_fields__ if hasattr(options, name)})
    if not options.measure_only:
        files = (options.data, options.pairs, options.thesaurus, options.lexicon)
        train(Inputs(*files, not options.general), options.out, options.half, recipe)
    if options.measure or options.measure_only:
        tasks = [passage_task(options.questions, options.corpus)] if options.questions else []
        tasks += map(benchmark_task, sorted(options.benchmarks.glob("*-open.json")) if options.benchmarks else [])
        print_table(measure(options.out, tasks, options.width))


if __name__ == "__main__":
    main()
