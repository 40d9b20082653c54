"""`Assistant`: the product in one object. The command line, the web app and the measuring all call this."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering import frames, prompts
from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.followup import Standalone, rewritten, standalone
from assistant.answering.support import answers
from assistant.answering.verify import no_support, verify
from assistant.answering.writers import ChatWriter
from assistant.errors import ChatModelError, IndexFolderError, SourceError, UsageError
from assistant.finding.builder import Progress, build_index, check_freshness, embedding_name, no_progress
from assistant.finding.embedder import Embedder, open_embedder
from assistant.finding.finder import Finder
from assistant.finding.generations import Generation, IndexFolder
from assistant.finding.lexicon import Lexicon
from assistant.finding.rerank import open_reranker
from assistant.finding.tools import SearchTools, read_language
from assistant.settings import Settings
from assistant.types import Answer, Document, Draft, Filter, Hits, Source, Timings, Turn

#: A longer question is refused: search would drown in it.
LONGEST_QUESTION = 4000


class Assistant:
    """An open index and a writer. Safe to call from several threads; a newly built index is taken up by itself."""

    def __init__(self, settings: Settings, generation: Generation, embedder: Embedder | None = None) -> None:
        """`embedder` is the model that the generation was built with, when it is open already."""
        self._settings = settings
        self._folder = IndexFolder(settings.index_dir)
        self._language = read_language(settings)
        self._lexicon = self._language.lexicon
        self._lock = threading.Lock()
        self._reranker = open_reranker(settings)
        self._embedder = embedder or open_embedder(generation.manifest.embedding, settings)
        self._finder = self._open_finder(generation)
        self._chat: ChatWriter | None = ChatWriter(settings, self._lexicon) if settings.chat_model else None

    @classmethod
    def open(cls, settings: Settings, progress: Progress = no_progress) -> tuple[Assistant, str]:
        """Opens the assistant, building the index first if it is missing or stale.

        Returns it with a warning in Swedish ("" when there is none): a corpus that cannot be used leaves the earlier
        index serving. Raises when there is no earlier index either.
        """
        folder = IndexFolder(settings.index_dir)
        warning = ""
        embedder = open_embedder(embedding_name(settings, folder.current()), settings)
        try:
            if not check_freshness(settings, embedder).fresh:
                build_index(settings, progress, embedder=embedder)
        except SourceError as error:
            if folder.current() is None:
                raise
            warning = f"{error} Svaren bygger på det tidigare indexet."
        generation = folder.current()
        if generation is None:
            raise IndexFolderError("Indexet försvann medan det öppnades. Bygg det med kd index.")
        return cls(settings, generation, embedder), warning

    def close(self) -> None:
        self._finder.close()

    @property
    def index_id(self) -> str:
        return self._finder.generation.name

    @property
    def writer(self) -> str:
        """The chat model's name, or "extractive"."""
        return self._chat.name if self._chat else ExtractiveWriter.name

    @property
    def lexicon(self) -> Lexicon:
        return self._lexicon

    @property
    def embedder(self) -> Embedder:
        return self._finder.tools.embedder

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(document.source for document in self._finder.documents.values())

    def document(self, source_id: str) -> Document:
        """A source as read. `UsageError` names the ids that there are."""
        documents = self._current().documents
        if source_id not in documents:
            raise UsageError(f'Källan "{source_id}" finns inte. Det finns: {", ".join(documents)}.')
        return documents[source_id]

    def search(self, query: str, top: int = 20, only: Filter | None = None, carried: str = "") -> Hits:
        """The best passages for a question that stands alone, best first; see `standalone` for `carried`."""
        return self._current().find(_checked(query), top, only, carried)

    def explain(self, hits: Hits, question: str, carried: str = "") -> Hits:
        """The same hits, each with the reasons why it was found."""
        return self._current().explained(hits, question, carried)

    def standalone(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """The question as it is searched for, with the words carried over from the conversation.

        A chat model rewrites it, where there is one that replies and says nothing new.
        """
        question = _checked(question)
        return self._rewritten(question, history) or standalone(question, history, self._lexicon)

    def _rewritten(self, question: str, history: Sequence[Turn]) -> Standalone | None:
        if self._chat is None or not history:
            return None
        try:
            reply = self._chat.reply(prompts.REWRITE, prompts.rewrite_message(question, history))
        except ChatModelError:
            return None
        return rewritten(question, history, reply, self._lexicon)

    def ask(self, question: str, history: Sequence[Turn] = (), only: Filter | None = None) -> Answer:
        """Answers a question, proven word by word in the sources, or says that they do not answer it."""
        finder = self._current()
        clock = [time.perf_counter()]
        alone = self.standalone(question, history)
        hits = finder.find(alone.question, 20, only, alone.carried)
        clock.append(time.perf_counter())
        if not answers(hits):
            return self._finished(no_support(question, hits, self.writer), finder, [*clock, clock[-1]])
        draft = self._write(finder, hits)
        clock.append(time.perf_counter())
        answer = verify(question, draft, hits, self._lexicon)
        if answer.outcome == "no_support" and answer.withheld and draft.writer != ExtractiveWriter.name:
            own = replace(self._extractive(finder).write(hits.query, hits), notice=frames.CHAT_MODEL_UNSUPPORTED)
            answer = replace(verify(question, own, hits, self._lexicon), withheld=answer.withheld)
        return self._finished(answer, finder, clock)

    @property
    def chat(self) -> ChatWriter | None:
        """The chat model that writes, or None when the sources' own sentences are put together."""
        return self._chat

    def _write(self, finder: Finder, hits: Hits) -> Draft:
        """The chat model's draft, or the sources' own sentences when there is none or it fails."""
        if self._chat is None:
            return self._extractive(finder).write(hits.query, hits)
        try:
            return self._chat.write(hits.query, hits)
        except ChatModelError:
            return replace(self._extractive(finder).write(hits.query, hits), notice=frames.CHAT_MODEL_FAILED)

    def _extractive(self, finder: Finder) -> ExtractiveWriter:
        settings = self._settings
        return ExtractiveWriter(
            self._lexicon, finder.rarity, finder.tools.embedder, settings.answer_words, settings.answer_passages
        )

    def _finished(self, answer: Answer, finder: Finder, clock: Sequence[float]) -> Answer:
        begun, found, written = clock
        end = time.perf_counter()
        timings = Timings(
            search=(found - begun) * 1000,
            write=(written - found) * 1000,
            verify=(end - written) * 1000,
            total=(end - begun) * 1000,
        )
        return replace(answer, timings=timings, index_id=finder.generation.name)

    def _current(self) -> Finder:
        """The finder over the serving generation; changed over when a new one has been published."""
        generation = self._folder.current()
        if generation is None or generation.name == self._finder.generation.name:
            return self._finder
        with self._lock:
            if generation.name != self._finder.generation.name:
                self._finder = self._open_finder(generation)
        return self._finder

    def _open_finder(self, generation: Generation) -> Finder:
        if self._embedder.fingerprint != generation.manifest.embedding_fingerprint:
            self._embedder = open_embedder(generation.manifest.embedding, self._settings)
        if self._embedder.fingerprint != generation.manifest.embedding_fingerprint:
            raise IndexFolderError(
                f'Sökmodellen "{generation.manifest.embedding}" är en annan än den som indexet byggdes med. '
                "Bygg om indexet med kd index."
            )
        return Finder(generation, SearchTools(self._language, self._embedder, self._settings.weights, self._reranker))


def _checked(question: str) -> str:
    text = " ".join(question.encode("utf-8", "ignore").decode("utf-8").split())
    if not text:
        raise UsageError("Frågan är tom. Skriv en fråga, till exempel: Vem utser kommundirektören?")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"Frågan är för lång ({len(text)} tecken). Korta den till högst {LONGEST_QUESTION} tecken.")
    return text
