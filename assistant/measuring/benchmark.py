"""Open retrieval benchmarks: ranks the passages for each question with BM25, with vectors alone and with our search.

The format is `{"passages": [{"id", "text"}], "questions": [{"question", "passage", "answerable"}]}`.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError
from assistant.finding.builder import Progress, no_progress, write_generation
from assistant.finding.embedder import Embedder
from assistant.finding.finder import Finder, Weights
from assistant.finding.generations import Generation, Manifest
from assistant.finding.lexicon import Lexicon
from assistant.measuring.metrics import ndcg
from assistant.types import Document, Passage, Source

_TOP = 10


class _PassageRow(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str
    text: str


class _QuestionRow(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    question: str
    passage: str | None = None
    answerable: bool = True


class Benchmark(BaseModel):
    """A benchmark file as it stands."""

    model_config = ConfigDict(extra="ignore")

    passages: list[_PassageRow]
    questions: list[_QuestionRow]


def read_benchmark(path: Path) -> Benchmark:
    try:
        return Benchmark.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise UsageError(f'Provsamlingen "{path}" går inte att läsa. Den ska ha "passages" och "questions".') from error


def run_benchmark(
    benchmark: Benchmark, lexicon: Lexicon, embedder: Embedder, weights: Weights, progress: Progress = no_progress
) -> dict[str, Any]:
    """nDCG@10, hit@1 and hit@5 of the three systems over the answerable questions.

    `bm25` is the plain baseline: bm25s with Snowball's Swedish stemmer and its own Swedish stop words.
    """
    places = {row.id: str(number) for number, row in enumerate(benchmark.passages)}
    questions = [question for question in benchmark.questions if question.answerable and question.passage in places]
    with tempfile.TemporaryDirectory(prefix="kd-benchmark-") as folder:
        finder = _finder(benchmark, lexicon, embedder, weights, Path(folder))
        systems: dict[str, Callable[[str], Sequence[str]]] = {
            "bm25": _plain_bm25(benchmark),
            "dense": lambda question: _ids(finder, question, "dense"),
            "kd": lambda question: _ids(finder, question, ""),
        }
        figures = {}
        for number, (name, rank) in enumerate(systems.items()):
            progress("Mäter provsamlingen", number, len(systems))
            figures[name] = _figures([_rank_of(rank(q.question), places[q.passage or ""]) for q in questions])
        finder.close()
    progress("Mäter provsamlingen", len(systems), len(systems))
    return {"schema": 1, "questions": len(questions), "passages": len(benchmark.passages), "systems": figures}


def _finder(benchmark: Benchmark, lexicon: Lexicon, embedder: Embedder, weights: Weights, folder: Path) -> Finder:
    """Our search over the benchmark's passages, as over any corpus."""
    source = Source("provsamling", "", "eget", Path("provsamling"), "")
    passages = tuple(
        Passage(str(number), source.id, (), row.text, 0, len(row.text)) for number, row in enumerate(benchmark.passages)
    )
    document = Document(source, "", (), passages)
    write_generation(folder, (document,), embedder)
    manifest = Manifest("provsamling", embedder.name, embedder.fingerprint, len(passages), {})
    return Finder(Generation("provsamling", folder, manifest), lexicon, embedder, weights)


def _ids(finder: Finder, question: str, leg: str) -> list[str]:
    hits = finder.find_by(question, leg, _TOP) if leg else finder.find(question, _TOP).items
    return [hit.passage.id for hit in hits]


def _plain_bm25(benchmark: Benchmark) -> Callable[[str], Sequence[str]]:
    stemmer = Stemmer.Stemmer("swedish")

    def tokens(texts: list[str]) -> Any:
        return bm25s.tokenize(texts, stopwords="sv", stemmer=stemmer, show_progress=False)

    ranker = bm25s.BM25()
    ranker.index(tokens([row.text for row in benchmark.passages]), show_progress=False)

    def rank(question: str) -> Sequence[str]:
        k = min(_TOP, len(benchmark.passages))
        found, _ = ranker.retrieve(tokens([question]), k=k, show_progress=False)
        return [str(number) for number in found[0]]

    return rank


def _rank_of(ranked: Sequence[str], wanted: str) -> float:
    """The rank, from 1, of the wanted passage; infinity when it is not among those ranked."""
    return ranked.index(wanted) + 1 if wanted in ranked else math.inf


def _figures(ranks: Sequence[float]) -> dict[str, float]:
    count = max(1, len(ranks))
    return {
        "ndcg@10": round(sum(ndcg([rank], 10) for rank in ranks) / count, 4),
        "hit@1": round(sum(rank <= 1 for rank in ranks) / count, 4),
        "hit@5": round(sum(rank <= 5 for rank in ranks) / count, 4),
    }
