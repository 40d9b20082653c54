"""How each provider's server speaks: where it listens, how it is asked, and how it replies, streams and refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

Body = dict[str, Any]


class Dialect(Protocol):
    """`ending` is always the model's own reason to stop in OpenAI's words: stop or length, or None for no word of it.

    `endings` says it in the provider's. `first` is the number of the first event, -1 when it holds no words.
    """

    model: str
    package: str
    base: str
    path: str
    kind: str
    first: int
    endings: Mapping[str, str]

    def prompt(self, body: Body) -> list[str]: ...

    def temperature(self, body: Body) -> Any: ...

    def key(self, headers: Any) -> str: ...

    def streams(self, path: str, body: Body) -> bool: ...

    def whole(self, words: str, ending: str | None) -> Body: ...

    def events(self, pieces: list[str], ending: str | None, delta: Body | None) -> Iterator[bytes]: ...

    def refusal(self, status: int, message: str) -> Body: ...

    def trouble(self, message: str) -> bytes:
        """What is sent in the midst of a reply that fails after it has begun."""
        ...


class OpenAI:
    model, package = "openai:test", "langchain_openai"
    base, path, kind, first = "/v1", "/v1/chat/completions", "text/event-stream", -1
    endings: Mapping[str, str] = {}

    def prompt(self, body: Body) -> list[str]:
        return [str(message["content"]) for message in body["messages"]]

    def temperature(self, body: Body) -> Any:
        return body.get("temperature")

    def key(self, headers: Any) -> str:
        return str(headers["Authorization"])

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream"))

    def whole(self, words: str, ending: str | None) -> Body:
        choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": ending}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return _envelope("chat.completion", choice) | {"usage": usage}

    def events(self, pieces: list[str], ending: str | None, delta: Body | None) -> Iterator[bytes]:
        """The role first, then the words, then why it ended."""
        yield _chunk({"role": "assistant", "content": ""})
        if delta:
            yield _chunk(delta)
        for piece in pieces:
            yield _chunk({"content": piece})
        yield _chunk({}, ending)
        yield b"data: [DONE]\n\n"

    def refusal(self, status: int, message: str) -> Body:
        return {"error": {"message": message}}

    def trouble(self, message: str) -> bytes:
        return _data({"error": {"message": message}})


class Mistral(OpenAI):
    model, package = "mistralai:test", "langchain_mistralai"

    def refusal(self, status: int, message: str) -> Body:
        return {"object": "error", "message": message, "type": "invalid_request_error", "param": None, "code": None}


class Ollama:
    """One line of JSON for each piece; there is no event before the words."""

    model, package = "ollama:test", "langchain_ollama"
    base, path, kind, first = "", "/api/chat", "application/x-ndjson", 0
    endings: Mapping[str, str] = {}

    def prompt(self, body: Body) -> list[str]:
        return [str(message["content"]) for message in body["messages"]]

    def temperature(self, body: Body) -> Any:
        return body["options"].get("temperature")

    def key(self, headers: Any) -> str:
        return str(headers["Authorization"])

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream", True))

    def whole(self, words: str, ending: str | None) -> Body:
        return self._said(words) | {"done": True, "done_reason": ending, "eval_count": 1, "prompt_eval_count": 1}

    def events(self, pieces: list[str], ending: str | None, delta: Body | None) -> Iterator[bytes]:
        for piece in pieces:
            yield _line(self._said(piece) | {"done": False})
        yield _line(self.whole("", ending))

    def refusal(self, status: int, message: str) -> Body:
        return {"error": message}

    def trouble(self, message: str) -> bytes:
        return _line({"error": message})

    def _said(self, words: str) -> Body:
        message = {"role": "assistant", "content": words}
        return {"model": "test", "created_at": "2026-01-01T00:00:00Z", "message": message}


class Anthropic:
    """Named events: the message and its block begin, the block grows and ends, and then it is said why."""

    model, package = "anthropic:test", "langchain_anthropic"
    base, path, kind, first = "", "/v1/messages", "text/event-stream", -1
    endings: Mapping[str, str] = {"stop": "end_turn", "length": "max_tokens"}

    def prompt(self, body: Body) -> list[str]:
        return [_text(body.get("system", "")), *(_text(message["content"]) for message in body["messages"])]

    def temperature(self, body: Body) -> Any:
        return body.get("temperature")

    def key(self, headers: Any) -> str:
        return str(headers["x-api-key"] or headers["Authorization"])

    def streams(self, path: str, body: Body) -> bool:
        return bool(body.get("stream"))

    def whole(self, words: str, ending: str | None) -> Body:
        return self._message([{"type": "text", "text": words}], ending)

    def events(self, pieces: list[str], ending: str | None, delta: Body | None) -> Iterator[bytes]:
        started = _named("message_start", message=self._message([], None))
        block: Body = {"type": "text", "text": ""}
        yield started + _named("content_block_start", index=0, content_block=block) + _named("ping")
        for piece in pieces:
            yield _named("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        yield _named("content_block_stop", index=0)
        ended = {"stop_reason": ending, "stop_sequence": None}
        yield _named("message_delta", delta=ended, usage={"output_tokens": 1})
        yield _named("message_stop")

    def refusal(self, status: int, message: str) -> Body:
        return {"type": "error", "error": {"type": "api_error", "message": message}}

    def trouble(self, message: str) -> bytes:
        return _named("error", error={"type": "overloaded_error", "message": message})

    def _message(self, content: list[Body], ending: str | None) -> Body:
        usage = {"input_tokens": 1, "output_tokens": 1}
        told = {"id": "x", "type": "message", "role": "assistant", "model": "test", "stop_sequence": None}
        return told | {"content": content, "stop_reason": ending, "usage": usage}


class Gemini:
    """The last piece of words says why it ended; there is no event before the words. The model is named in the path."""

    model, package = "google_genai:gemini-test", "langchain_google_genai"
    base, kind, first = "", "text/event-stream", 0
    path = "/v1beta/models/gemini-test:streamGenerateContent?alt=sse"
    endings: Mapping[str, str] = {"stop": "STOP", "length": "MAX_TOKENS"}

    def prompt(self, body: Body) -> list[str]:
        parts = [*body["systemInstruction"]["parts"], *(part for turn in body["contents"] for part in turn["parts"])]
        return [str(part["text"]) for part in parts]

    def temperature(self, body: Body) -> Any:
        return body["generationConfig"].get("temperature")

    def key(self, headers: Any) -> str:
        return str(headers["x-goog-api-key"])

    def streams(self, path: str, body: Body) -> bool:
        return "streamGenerateContent" in path

    def whole(self, words: str, ending: str | None) -> Body:
        candidate: Body = {"content": {"role": "model", "parts": [{"text": words}]}, "index": 0}
        if ending:
            candidate["finishReason"] = ending
        usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-test"}

    def events(self, pieces: list[str], ending: str | None, delta: Body | None) -> Iterator[bytes]:
        for number, piece in enumerate(pieces or [""], 1):
            yield _data(self.whole(piece, ending if number >= len(pieces) else None))

    def refusal(self, status: int, message: str) -> Body:
        return {"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}

    def trouble(self, message: str) -> bytes:
        return _data(self.refusal(503, message))


def _envelope(kind: str, choice: Body) -> Body:
    return {"id": "x", "object": kind, "created": 0, "model": "test", "choices": [choice]}


def _chunk(delta: Body, ending: str | None = None) -> bytes:
    return _data(_envelope("chat.completion.chunk", {"index": 0, "delta": delta, "finish_reason": ending}))


def _data(event: Body) -> bytes:
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def _named(name: str, **event: Any) -> bytes:
    return f"event: {name}\n".encode() + _data({"type": name, **event})


def _line(event: Body) -> bytes:
    return json.dumps(event).encode() + b"\n"


def _text(content: str | list[Body]) -> str:
    return content if isinstance(content, str) else "\n".join(str(block["text"]) for block in content)
