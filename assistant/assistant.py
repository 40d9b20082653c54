"""`Assistant`: the product in one object. The command line, the web app and the measuring all call this."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import paths
from assistant.answering import prompts
from assistant.answering.abroad import unless_abroad
from assistant.answering.checking import TextChecker
from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.followup import About, Standalone, is_general, rewritten, standalone
from assistant.answering.growing import GrowingAnswer, Proving
from assistant.answering.judge import JudgedGate
from assistant.answering.premise import unless_loaded
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.proof import Prover
from assistant.answering.suggestions import Suggester
from assistant.answering.support import answers
from assistant.answering.verify import Gate
from assistant.answering.writers import ChatWriter, open_chat_model
from assistant.errors import ChatModelError, IndexFolderError, KdError, SourceError, UsageError
from assistant.finding.builder import Progress, build_index, check_freshness, embedding_name, no_progress
from assistant.finding.embedder import Embedder, open_embedder
from assistant.finding.finder import Finder
from assistant.finding.generations import Generation, IndexFolder
from assistant.finding.lexicon import Lexicon
from assistant.finding.question_reader import QuestionReader
from assistant.finding.rerank import open_reranker
from assistant.finding.tools import SearchTools, read_language
from assistant.settings import SHIPPED, Settings
from assistant.types import Answer, Document, Filter, Hit, Hits, Passage, Review, Source, Timings, Turn, Verification

if TYPE_CHECKING:
    from assistant.avkodning.reviewing import Reviewer

#: A longer question is refused: search would drown in it.
LONGEST_QUESTION = 4000
#: A longer text is not checked in one go.
LONGEST_TEXT = 100_000


class Assistant:
    """An open index and a writer. Safe to call from several threads; a newly built index is taken up by itself."""

    def __init__(
        self,
        settings: Settings,
        generation: Generation,
        embedder: Embedder | None = None,
        chat: ChatWriter | None = None,
        beside: Assistant | None = None,
    ) -> None:
        """`embedder` is the model that the generation was built with, and `chat` the writer, when they are open.

        `beside` is an open assistant over other documents, whose networks this one uses too.
        """
        self._settings = settings
        self._folder = IndexFolder(settings.index_dir)
        self._language = read_language(settings)
        self._lexicon = self._language.lexicon
        self._lock = threading.Lock()
        self._reranker = open_reranker(settings)
        self._embedder = embedder or open_embedder(generation.manifest.embedding, settings)
        self._question_reader: QuestionReader = (
            beside._question_reader
            if beside
            else QuestionReader(settings.questions_file, self._shipped_embedder, self._lexicon)
        )
        self._finder = self._open_finder(generation)
        self._entailment: Entailment = (
            beside._entailment if beside else Entailment(settings.gate_file, self._shipped_embedder)
        )
        self._suggester: Suggester | None = None
        self._reviewer: tuple[Finder, Reviewer] | None = None
        self._chat = chat or (ChatWriter(settings, self._lexicon) if settings.chat_model else None)
        self._judge = open_chat_model(settings, settings.chat_judge) if settings.chat_judge else None

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

    def warm_up(self) -> None:
        """Opens what the first question that needs it would wait for. May run beside questions.

        A file that cannot be read is told of by the question that needs it.
        """
        with suppress(KdError):
            self._finder.warm_up()
            self._question_reader.open()
            self._entailment.open()

    @property
    def settings(self) -> Settings:
        return self._settings

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

    def standalone(self, question: str, history: Sequence[Turn] = (), about: About | None = None) -> Standalone:
        """The question as it is searched for, with the words carried over from the conversation.

        A chat model rewrites it, where there is one that replies and says nothing new. A question that does not say
        what it is about is asked `about` that.
        """
        question = _checked(question)
        if about and is_general(question, self._lexicon):
            return standalone(question, history, self._lexicon, about)
        return self._rewritten(question, history) or standalone(question, history, self._lexicon, about)

    def _rewritten(self, question: str, history: Sequence[Turn]) -> Standalone | None:
        if self._chat is None or not history:
            return None
        try:
            reply = self._chat.reply(prompts.REWRITE, prompts.rewrite_message(question, history), is_short=True)
        except ChatModelError:
            return None
        return rewritten(question, history, reply, self._lexicon)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        only: Filter | None = None,
        about: About | None = None,
    ) -> Answer:
        """Answers a question, proven word by word in the sources, or says that they do not answer it."""
        return list(self.stream(question, history, only, about))[-1]

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        only: Filter | None = None,
        about: About | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows, each time that a sentence has been proven; the last one is whole and has its timings.

        To close the iterator before that ends the chat model's request.
        """
        begun = time.perf_counter()
        question = _checked(question)
        history = [replace(turn, content=_well_formed(turn.content)) for turn in history]
        finder = self._current()
        alone = self.standalone(question, history, about)
        hits = finder.find(alone.question, 20, only, alone.carried)
        hits = unless_abroad(alone.question, hits)
        if answers(hits):
            hits = unless_loaded(alone.question, hits, self._lexicon, self.prover())
        found = time.perf_counter()
        open_gate = partial(self._open_gate, question, hits, finder)
        growing = GrowingAnswer(question, hits, self._extractive(finder), self._chat, self.writer, open_gate)
        for answer in growing:
            yield answer
        written, proven = time.perf_counter(), growing.gate_seconds
        suggestions = self._suggester_of(finder).suggest(answer, history)
        seconds = (found - begun, written - found - proven, proven, time.perf_counter() - begun)
        timings = Timings(*(1000 * each for each in seconds))
        yield replace(answer, suggestions=suggestions, timings=timings, index_id=finder.generation.name)

    def verify(self, text: str, passage_ids: Sequence[str] | None = None) -> Verification:
        """What the sources say of each sentence of a text that someone has written.

        `passage_ids` are what the text's marks stand for, [1] the first; a sentence with marks is held to those, others
        to the whole corpus. `UsageError` when the text is empty or too long.
        """
        text = _checked_text(text)
        finder = self._current()
        known = {passage.id: passage for passage in finder.passages}
        hits = {n: _as_hit(finder, known.get(key)) for n, key in enumerate(passage_ids or (), 1)}
        find = partial(_nearest, finder)
        language = finder.tools.language
        checker = TextChecker(language.lexicon, language.thesaurus, find, hits, self._entailment)
        return Verification(text, checker.check(text), finder.generation.name)

    def review(self, document: Document) -> Review:
        """What a municipality's own instruktion says of each requirement on one; see `read_own` for the document.

        The document is read, never indexed. `SourceError` when the requirements or what they rest on cannot be used.
        """
        finder = self._current()
        return self._reviewer_of(finder).review(document, finder.generation.name)

    def read_own(self, path: Path, title: str = "") -> Document:
        """A file to be reviewed; `ReadError` says why it cannot be. `title` is its name where the file's is none."""
        from assistant.avkodning.reviewing import read_own_document

        return read_own_document(path, self._settings.passage_words, title)

    def prover(self) -> Prover:
        """What sentences are proven with, as the gate does it."""
        language = self._current().tools.language
        return Prover(language.lexicon, language.thesaurus, self._entailment)

    @property
    def chat(self) -> ChatWriter | None:
        """The chat model that writes, or None when the sources' own sentences are put together."""
        return self._chat

    def _open_gate(self, question: str, hits: Hits, finder: Finder, writer: str) -> Proving:
        """The gate for a writer's sentences; with the judge behind it, where there is one, for a chat model's."""
        tools = finder.tools
        gate = partial(Gate, question, hits, writer, self._lexicon, tools.language.thesaurus, self._entailment)
        if self._judge is None or writer == ExtractiveWriter.name:
            return gate()
        judge = self._judge
        return JudgedGate(gate, lambda rules, message: judge.ask([("system", rules), ("user", message)], is_short=True))

    def _shipped_embedder(self) -> Embedder:
        """The model that the gate's words are read with, whichever the index was built with."""
        embedder, folder = self._finder.tools.embedder, paths.embedder_dir()
        if embedder.name == SHIPPED and self._settings.embedder_dir == folder:
            return embedder
        return open_embedder(SHIPPED, replace(self._settings, embedder_dir=folder))

    def _extractive(self, finder: Finder) -> ExtractiveWriter:
        settings = self._settings
        return ExtractiveWriter(self._lexicon, settings.answer_words, settings.answer_passages)

    def _suggester_of(self, finder: Finder) -> Suggester:
        """The one that chooses follow-up questions out of this index; it remembers what it has read."""
        suggester = self._suggester
        if suggester is None or suggester.finder is not finder:
            suggester = self._suggester = Suggester(finder, self._lexicon)
        return suggester

    def _reviewer_of(self, finder: Finder) -> Reviewer:
        """The reviewer over this index; made at the first review."""
        from assistant.avkodning.requirements import read_requirements
        from assistant.avkodning.reviewing import Reviewer

        made = self._reviewer
        if made is None or made[0] is not finder:
            requirements = read_requirements(self._settings.corpus_dir)
            made = finder, Reviewer(requirements, self.document, self._lexicon, finder.tools.embedder)
            self._reviewer = made
        return made[1]

    def _current(self) -> Finder:
        """The finder over the serving generation; changed over when a new one has been published."""
        if self._folder.current_name() == self._finder.generation.name:
            return self._finder
        generation = self._folder.current()
        if generation is None:
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
        weights, reader = self._settings.weights, self._question_reader
        return Finder(generation, SearchTools(self._language, self._embedder, weights, self._reranker, reader))


def _checked(question: str) -> str:
    text = " ".join(_well_formed(question).split())
    if not text:
        raise UsageError("Frågan är tom. Skriv en fråga, till exempel: Vem utser kommundirektören?")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"Frågan är för lång ({len(text)} tecken). Korta den till högst {LONGEST_QUESTION} tecken.")
    return text


def _well_formed(text: str) -> str:
    """The text without stray surrogates, which no model takes."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _checked_text(text: str) -> str:
    """The text with stray surrogates replaced, so that every offset stays."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if not text.strip():
        raise UsageError("Texten är tom. Skriv eller klistra in den text som ska granskas.")
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"Texten är för lång ({len(text)} tecken). Dela upp den i delar på högst {LONGEST_TEXT} tecken."
        )
    return text


def _nearest(finder: Finder, claim: str, top: int) -> Sequence[Hit]:
    return finder.find(claim[:LONGEST_QUESTION], top).items


def _as_hit(finder: Finder, passage: Passage | None) -> Hit | None:
    """A passage that someone has named as a hit; its score says nothing."""
    return None if passage is None else Hit(passage, finder.documents[passage.source_id].source, 1.0, 1)
