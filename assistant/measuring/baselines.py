"""What a figure stands beside: plain BM25, vectors alone, and what a LangChain tutorial builds in an afternoon.

The tutorial cuts the text with a recursive splitter (1,000 characters, 200 overlapping), embeds the pieces with our
model, keeps them in Chroma and takes the best four.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.finding.builder import Progress, no_progress
from assistant.finding.embedder import Embedder
from assistant.finding.lexical import lexical_text
from assistant.finding.store import VectorStore
from assistant.measuring.cases import Case, GoldFinder
from assistant.measuring.metrics import retrieval_scores
from assistant.measuring.rankers import Rank, plain_bm25, plain_dense
from assistant.measuring.run import Result
from assistant.types import Document, Hit, Passage, Source

_SIZE, _OVERLAP, _TOP = 1_000, 200, 4
#: How many passages the plain searches return, as ours does.
_DEEP = 20

Search = Callable[[str], tuple[Hit, ...]]


def run_baselines(
    assistant: Assistant, cases: Sequence[Case], progress: Progress = no_progress
) -> dict[str, tuple[Result, ...]]:
    """Each baseline's results on the same cases; only retrieval figures, since a baseline writes no answer.

    A question in a conversation is searched for as the assistant itself makes it stand alone.
    """
    documents = [assistant.document(source.id) for source in assistant.sources]
    gold = GoldFinder({document.source.id: document for document in documents})
    with tempfile.TemporaryDirectory(prefix="kd-tutorial-") as folder:
        tutorial = _Tutorial(documents, assistant.embedder, Path(folder))
        pairs = [(passage, document.source) for document in documents for passage in document.passages]
        texts = [lexical_text(passage, source) for passage, source in pairs]
        systems: dict[str, Search] = {
            "bm25": _over(pairs, plain_bm25(texts)),
            "dense": _over(pairs, plain_dense([passage.text for passage, _ in pairs], assistant.embedder)),
            "tutorial": tutorial.search,
        }
        results = {}
        for number, (name, search) in enumerate(systems.items()):
            progress("Mäter jämförelsesystemen", number, len(systems))
            results[name] = tuple(_result(assistant, case, gold, search) for case in cases)
        tutorial.close()
    progress("Mäter jämförelsesystemen", len(systems), len(systems))
    return results


def _result(assistant: Assistant, case: Case, gold: GoldFinder, search: Search) -> Result:
    spans = gold.gold(case)
    hits = search(assistant.standalone(case.question, case.history).text)
    rank = next((h.rank for h in hits if any(span.in_passage(h.passage) for found in spans for span in found)), None)
    return Result(case, retrieval_scores(case, spans, hits), rank=rank)


def _over(pairs: Sequence[tuple[Passage, Source]], rank: Rank) -> Search:
    """A search over our passages; its scores only keep the order."""

    def search(question: str) -> tuple[Hit, ...]:
        return tuple(_hit(*pairs[number], 1 / place, place) for place, number in enumerate(rank(question, _DEEP), 1))

    return search


class _Tutorial:
    """The tutorial's index over the same extracted texts."""

    def __init__(self, documents: Sequence[Document], embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._pieces = {p.id: (p, document.source) for document in documents for p in _pieces(document)}
        self._store = VectorStore(folder / "chroma", create=True)
        passages = [piece for piece, _ in self._pieces.values()]
        sources = {document.source.id: document.source for document in documents}
        for start in range(0, len(passages), 500):
            batch = passages[start : start + 500]
            self._store.add(batch, np.stack(list(embedder.encode_passages([p.text for p in batch]))), sources)

    def search(self, question: str) -> tuple[Hit, ...]:
        vector = self._embedder.encode_question(question)
        if not np.any(vector):
            return ()
        found = self._store.nearest(vector, min(_TOP, len(self._pieces)))
        ranked = sorted(found.items(), key=lambda item: -item[1])
        return tuple(_hit(*self._pieces[key], score, rank) for rank, (key, score) in enumerate(ranked, 1))

    def close(self) -> None:
        self._store.close()


def _hit(passage: Passage, source: Source, score: float, rank: int) -> Hit:
    return Hit(passage, source, score, rank)


def _pieces(document: Document) -> list[Passage]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=_SIZE, chunk_overlap=_OVERLAP, add_start_index=True)
    template = Passage("", document.source.id, (), "", 0, 0)
    return [
        replace(
            template,
            id=f"{document.source.id}:{number}",
            text=piece.page_content,
            start=piece.metadata["start_index"],
            end=piece.metadata["start_index"] + len(piece.page_content),
        )
        for number, piece in enumerate(splitter.create_documents([document.text]))
    ]
