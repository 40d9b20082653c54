"""The chat-model writer: question and hits -> sentences, as they come. The only place that imports langchain here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Protocol

from assistant.answering import prompts
from assistant.answering.chat_providers import PROVIDERS, address_of, is_keyless, options, readable
from assistant.answering.chat_reply import ReplyReader, ReplySentence
from assistant.answering.chat_request import ChatClient, Limits, Message, Piece, provider_errors
from assistant.errors import SettingsError
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings
from assistant.types import DraftSentence, Hit, Hits

#: What a key is made of: it spells no word, no number and no paragraph, and looks like nothing else.
_LETTERS, _DIGITS = "bcdfghjkmnpqrstvwxz", "23456789"
#: What is wrong with a model that cannot be opened though its provider is known.
_MISSING = "adress, nyckel eller version saknas eller har fel form"
#: The most sentences of a passage in a row that are shown as what a sentence relies on.
_LONGEST_RUN = 3


class ChatStream(Protocol):
    """What replies: a chat model, or what stands in for one."""

    def ask(self, messages: Sequence[Message], is_short: bool = False) -> str: ...

    def stream(self, messages: Sequence[Message]) -> Iterator[Piece]: ...


class ChatWriter:
    """A chat model through LangChain: Ollama, OpenAI-compatible servers and others, named `provider:model`."""

    def __init__(self, settings: Settings, lexicon: Lexicon, client: ChatStream | None = None) -> None:
        """`client` is one that is open already, in the place of the settings' own."""
        if not settings.chat_model:
            raise SettingsError("Ingen språkmodell är vald. Ange den med chat_model, till exempel ollama:llama3.1.")
        self.name = settings.chat_model
        self._lexicon = lexicon
        self._most_passages = settings.answer_passages
        self._most_words = settings.chat_words
        self._client = client or open_chat_model(settings, self.name)

    def stream(self, question: str, hits: Hits) -> ChatReply:
        """The model's sentences as they come, each with the words that it cites. Sends nothing before the first one."""
        near = hits.items[: self._most_passages]
        keys = _new_keys(question, near)
        message = prompts.user_message(question, prompts.evidence_block(keys, near))
        pieces = self._client.stream([("system", prompts.SYSTEM), ("user", message)])
        return ChatReply(pieces, ReplyReader(keys), _Evidence(near, self._lexicon), self._most_words)

    def reply(self, system: str, message: str, is_short: bool = False) -> str:
        """The model's whole reply to something else than a question, as text. `ChatModelError` when there is none.

        A short one, a line or so, is not waited for as long as others.
        """
        return self._client.ask([("system", system), ("user", message)], is_short)


class ChatReply:
    """The sentences of one reply: an iterator, and afterwards how the reply ended.

    Raises `ChatModelError` when the server fails, also after some sentences. To close it ends the request.
    """

    def __init__(self, pieces: Iterator[Piece], reader: ReplyReader, evidence: _Evidence, most_words: int) -> None:
        self._reader = reader
        self._evidence = evidence
        self._most_words = most_words
        self._sentences = self._read(pieces)
        #: The reply was longer than it may be, or the model was made to stop.
        self.is_cut = False

    def __iter__(self) -> Iterator[DraftSentence]:
        return self._sentences

    def __next__(self) -> DraftSentence:
        return next(self._sentences)

    def close(self) -> None:
        self._sentences.close()  # type: ignore[attr-defined]

    @property
    def says_nothing(self) -> bool:
        """The model says that the excerpts do not answer the question."""
        return self._reader.says_nothing

    def _read(self, pieces: Iterator[Piece]) -> Iterator[DraftSentence]:
        is_complete = False
        with closing(pieces):  # type: ignore[type-var]
            for piece in pieces:
                yield from map(self._evidence.draft, self._reader.feed(piece.text))
                is_complete = is_complete or piece.is_last
                if piece.is_cut or self._reader.is_longer_than(self._most_words):
                    self.is_cut = True
                    break
        yield from map(self._evidence.draft, self._reader.finish(is_complete and not self.is_cut))


class _Evidence:
    """The hits that were sent, and where in them a sentence of the reply has its words from."""

    def __init__(self, hits: Sequence[Hit], lexicon: Lexicon) -> None:
        self._hits = hits
        self._lexicon = lexicon
        self._parts: dict[int, list[tuple[int, int, frozenset[str]]]] = {}

    def draft(self, sentence: ReplySentence) -> DraftSentence:
        terms = frozenset(self._lexicon.terms(sentence.text))
        return DraftSentence(sentence.text, tuple(self._words(terms, hit) for hit in sentence.cited), sentence.opens)

    def _words(self, terms: frozenset[str], hit: int) -> tuple[int, int, int]:
        """The shortest run of the passage's sentences that holds the most of the terms; nowhere for an unknown key."""
        if hit < 0:
            return (-1, 0, 0)
        parts = self._sentences(hit)
        best, found = (0, 0, len(self._hits[hit].passage.text)), (-1, 0)
        for first in range(len(parts)):
            held: frozenset[str] = frozenset()
            for _, end, said in parts[first : first + _LONGEST_RUN]:
                held |= terms & said
                score = (len(held), parts[first][0] - end)
                if score > found:
                    best, found = (hit, parts[first][0], end), score
        return (hit, *best[1:])

    def _sentences(self, hit: int) -> list[tuple[int, int, frozenset[str]]]:
        if hit not in self._parts:
            text = self._hits[hit].passage.text
            self._parts[hit] = [
                (start, end, frozenset(self._lexicon.terms(text[start:end]))) for start, end in sentence_spans(text)
            ]
        return self._parts[hit]


def _new_keys(question: str, hits: Sequence[Hit]) -> list[str]:
    """A key for each hit, made anew for each request; none stands in what is sent, so no document can hold one."""
    sent = "\n".join((question, *(f"{hit.source.title} {hit.passage.locator} {hit.passage.text}" for hit in hits)))
    sent = sent.casefold()
    keys: list[str] = []
    while len(keys) < len(hits):
        key = "".join(secrets.choice(kind) for kind in (_LETTERS, _DIGITS, _LETTERS, _DIGITS))
        if key not in sent and key not in keys:
            keys.append(key)
    return keys


def open_chat_model(settings: Settings, name: str) -> ChatClient:
    """The chat model called `name` (`provider:model`). `SettingsError` when it cannot be used; nothing is sent yet."""
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not provider or not model:
        raise _unusable(name, "den ska skrivas som leverantör:modell, till exempel ollama:llama3.1")
    if not readable(settings.chat_base_url):
        raise _unusable(name, "adressen i chat_base_url går inte att läsa; skriv den som http://dator:port/v1")
    try:
        opened = init_chat_model(name, temperature=0, **options(settings, provider, model))
    except ImportError as error:
        extra = f".[{PROVIDERS[provider].extra}]" if provider in PROVIDERS else f"langchain-{provider}"
        raise _unusable(name, f"leverantörens tillägg saknas; installera det med pip install '{extra}'") from error
    except provider_errors():
        # The provider's own words are left out: they may quote the key.
        unknown = f"leverantören är okänd; välj bland {', '.join(PROVIDERS)}"
        raise _unusable(name, _MISSING if provider in PROVIDERS else unknown) from None
    if is_keyless(provider, opened):
        raise _unusable(name, _MISSING)
    if hasattr(opened, "stream_chunk_timeout"):
        opened.stream_chunk_timeout = None
    limits = Limits(settings.chat_silence_s, settings.chat_timeout_s, settings.chat_retries)
    tells_end = provider in PROVIDERS and PROVIDERS[provider].tells_end
    return ChatClient(opened, name, limits, address_of(provider, opened), tells_end)


def address_in_use(settings: Settings, name: str) -> str:
    """Where the model's server is; a provider's own variables may say so too. "" when it cannot be told."""
    if settings.chat_base_url:
        return settings.chat_base_url
    try:
        return open_chat_model(settings, name).address
    except SettingsError:
        return ""


def _unusable(name: str, reason: str) -> SettingsError:
    return SettingsError(f'Språkmodellen "{name}" går inte att använda: {reason}.')
