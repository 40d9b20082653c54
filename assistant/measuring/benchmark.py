"""Open retrieval benchmarks: ranks the passages for each question with BM25, with vectors alone and with our search.

The format is `{"passages": [{"id", "text"}], "questions": [{"question", "passage", "answerable"}]}`.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import UsageError
from assistant.finding.builder import Progress, no_progress, write_generation
from assistant.finding.finder import Finder
from assistant.finding.generations import Generation, Manifest
from assistant.finding.tools import SearchTools
from assistant.measuring.metrics import ndcg
from assistant.measuring.rankers import Rank, plain_bm25, plain_dense
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


def run_benchmark(benchmark: Benchmark, tools: SearchTools, progress: Progress = no_progress) -> dict[str, Any]:
    """nDCG@10, hit@1 and hit@5 of the three systems over the answerable questions.

    `bm25` is the plain baseline: bm25s with Snowball's Swedish stemmer and its own Swedish stop words.
    """
    places = {row.id: number for number, row in enumerate(benchmark.passages)}
    questions = [question for question in benchmark.questions if question.answerable and question.passage in places]
    with tempfile.TemporaryDirectory(prefix="kd-benchmark-") as folder:
        finder = _finder(benchmark, tools, Path(folder))
        texts = [row.text for row in benchmark.passages]
        systems: dict[str, Rank] = {
            "bm25": plain_bm25(texts),
            "dense": plain_dense(texts, tools.embedder),
            "kd": lambda question, top: [int(hit.passage.id) for hit in finder.find(question, top).items],
        }
        figures = {}
        for number, (name, rank) in enumerate(systems.items()):
            progress("Mäter provsamlingen", number, len(systems))
            figures[name] = _figures([_rank_of(rank(q.question, _TOP), places[q.passage or ""]) for q in questions])
        finder.close()
    progress("Mäter provsamlingen", len(systems), len(systems))
    return {"schema": 1, "questions": len(questions), "passages": len(benchmark.passages), "systems": figures}


def as_document(benchmark: Benchmark) -> Document:
    """The benchmark's passages as a document whose passages are named by their number from 0."""
    source = Source("provsamling", "", "eget", Path("provsamling"), "")
    passages = tuple(
        Passage(str(number), source.id, (), row.text, 0, len(row.text)) for number, row in enumerate(benchmark.passages)
    )
    return Document(source, "", (), passages)


def _finder(benchmark: Benchmark, tools: SearchTools, folder: Path) -> Finder:
    """Our search over the benchmark's passages, as over any corpus."""
    write_generation(folder, (as_document(benchmark),), tools.embedder, tools.language.lexicon)
    manifest = Manifest("provsamling", tools.embedder.name, tools.embedder.fingerprint, len(benchmark.passages), {})
    return Finder(Generation("provsamling", folder, manifest), tools)


def _rank_of(ranked: Sequence[int], wanted: int) -> float:
    """The rank, from 1, of the wanted passage; infinity when it is not among those ranked."""
    return ranked.index(wanted) + 1 if wanted in ranked else math.inf


def _figures(ranks: Sequence[float]) -> dict[str, float]:
    count = max(1, len(ranks))
    return {
        "ndcg@10": round(sum(ndcg([rank], 10) for rank in ranks) / count, 4),
        "hit@1": round(sum(rank <= 1 for rank in ranks) / count, 4),
        "hit@5": round(sum(rank <= 5 for rank in ranks) / count, 4),
    }
