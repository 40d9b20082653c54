"""Our search as a LangChain retriever, for those who build on it.

assistant, _ = Assistant.open(load_settings())
KdRetriever(searcher=assistant, top=5).invoke("Vem utser kommundirektören?")
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from assistant.types import Hit


class KdRetriever(BaseRetriever):
    """`invoke(question)` returns the best `top` passages with title, locator, offsets and score in the metadata.

    `searcher` is an `Assistant`, or anything else with its `search(query, top)`.
    """

    searcher: Any
    top: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [_document(hit) for hit in self.searcher.search(query, top=self.top).items]


def _document(hit: Hit) -> LangChainDocument:
    passage, source = hit.passage, hit.source
    metadata = {
        "source_id": source.id,
        "title": source.title,
        "kind": source.kind,
        "voice": passage.voice,
        "locator": passage.locator,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
    }
    return LangChainDocument(page_content=passage.text, metadata=metadata, id=passage.id)
