"""Writers: question and hits -> `Draft`. The chat-model writer is the only place that imports langchain here."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
from collections.abc import Sequence
from typing import Any

from assistant.answering import prompts
from assistant.errors import ChatModelError, SettingsError
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import sentence_spans
from assistant.settings import Settings
from assistant.types import Draft, DraftSentence, Hit, Hits, Opens

_KEY = re.compile(r"\[([0-9a-zA-Z_-]{1,12})\]")
_MARKS_AFTER_STOP = re.compile(r"([.!?])[ \t]*((?:\[[^\]\s]{1,12}\][ \t]*)+)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
#: The base class of each provider's own errors, by module, where it is installed.
_PROVIDER_ERRORS = {
    "openai": "OpenAIError",
    "ollama": "ResponseError",
    "anthropic": "AnthropicError",
    "httpx": "HTTPError",
    "langchain_core.exceptions": "LangChainException",
}


class ChatWriter:
    """A chat model through LangChain: Ollama, OpenAI-compatible servers and others, named `provider:model`."""

    def __init__(self, settings: Settings, lexicon: Lexicon) -> None:
        if not settings.chat_model:
            raise SettingsError("Ingen språkmodell är vald. Ange den med chat_model, till exempel ollama:llama3.1.")
        self.name = settings.chat_model
        self._lexicon = lexicon
        self._most_passages = settings.answer_passages
        self._model = _open_chat_model(settings)

    def write(self, question: str, hits: Hits) -> Draft:
        near = hits.items[: self._most_passages]
        keys = [_key(hit) for hit in near]
        message = prompts.user_message(question, prompts.evidence_block(keys, near))
        reply = self.reply(prompts.SYSTEM, message)
        if reply.strip(" .\n") == prompts.NOTHING:
            return Draft((), self.name)
        sentences = tuple(self._parse(reply, keys, near))
        if not sentences:
            raise ChatModelError(f'Språkmodellen "{self.name}" gav ett tomt svar. Prova en annan modell.')
        return Draft(sentences, self.name)

    def reply(self, system: str, message: str) -> str:
        """The model's reply as text."""
        try:
            return str(self._model.invoke([("system", system), ("user", message)]).text)
        except _provider_errors() as error:
            raise ChatModelError(
                f'Språkmodellen "{self.name}" svarar inte ({type(error).__name__}). '
                "Kontrollera att servern är igång och att adress, namn och nyckel stämmer."
            ) from error

    def _parse(self, reply: str, keys: Sequence[str], hits: Sequence[Hit]) -> list[DraftSentence]:
        """The reply's sentences with the words that each relies on; an unknown key leads nowhere."""
        result = []
        for line in _MARKS_AFTER_STOP.sub(r" \2\1 ", reply).splitlines():
            opens: Opens = "item" if _BULLET.match(line) else "paragraph"
            text = _BULLET.sub("", line)
            for start, end in sentence_spans(text):
                sentence = " ".join(_KEY.sub("", text[start:end]).replace(" .", ".").split())
                cited = [keys.index(key) if key in keys else -1 for key in _KEY.findall(text[start:end])]
                if any(char.isalnum() for char in sentence):
                    sentence = re.sub(r"\s+([.!?,])", r"\1", sentence)
                    result.append(
                        DraftSentence(sentence, tuple(self._evidence(sentence, hit, hits) for hit in cited), opens)
                    )
                    opens = ""
        return result

    def _evidence(self, sentence: str, hit: int, hits: Sequence[Hit]) -> tuple[int, int, int]:
        """The shortest run of the passage's sentences that holds the most of this sentence's terms."""
        if hit < 0:
            return (-1, 0, 0)
        text = hits[hit].passage.text
        terms = set(self._lexicon.terms(sentence))
        spans = sentence_spans(text)
        runs = [(spans[i][0], spans[j][1]) for i in range(len(spans)) for j in range(i, min(i + 3, len(spans)))]
        best = max(runs, key=lambda run: (len(terms & set(self._lexicon.terms(text[slice(*run)]))), run[0] - run[1]))
        return (hit, *best)


def _open_chat_model(settings: Settings) -> Any:
    os.environ["LANGSMITH_TRACING"] = "false"
    os.environ["LANGCHAIN_TRACING_V2"] = "false"
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": settings.chat_timeout_s, "max_retries": 1}
    if settings.chat_base_url:
        options["base_url"] = settings.chat_base_url
    if settings.chat_api_key:
        options["api_key"] = settings.chat_api_key
    elif settings.chat_base_url and (settings.chat_model or "").startswith("openai:"):
        options["api_key"] = "none-needed"
    errors: tuple[type[Exception], ...] = (ImportError, *_provider_errors())
    try:
        return init_chat_model(settings.chat_model, **options)
    except errors as error:
        raise SettingsError(
            f'Språkmodellen "{settings.chat_model}" går inte att använda: {str(error).splitlines()[0]}. '
            "Skriv den som leverantör:modell (till exempel ollama:llama3.1) och installera leverantörens tillägg."
        ) from error


def _provider_errors() -> tuple[type[Exception], ...]:
    """What a provider may raise when its server fails; only installed providers are asked."""
    errors: list[type[Exception]] = [OSError, ValueError, RuntimeError, KeyError, TypeError]
    for module, name in _PROVIDER_ERRORS.items():
        try:
            errors.append(getattr(importlib.import_module(module), name))
        except ImportError:
            continue
    return tuple(errors)


def _key(hit: Hit) -> str:
    return hashlib.sha256(hit.passage.id.encode()).hexdigest()[:4]
