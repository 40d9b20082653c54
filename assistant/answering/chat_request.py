"""Asks a chat model, within limits that hold whatever its server does: silence, time in all, and attempts.

Requests run in one event loop of the process, since a provider's open connections belong to the loop that made them.
To leave the loop's task, by a time limit or because nobody wants the reply any more, closes the connection at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from assistant.errors import ChatModelError, ChatModelSlowError

Message = tuple[str, str]
_Result = TypeVar("_Result")

#: Seconds before the second attempt; twice as long before each one after that.
_FIRST_WAIT_S = 0.4
#: What a server says when it may do better in a moment, besides 500 and up.
_PASSING = frozenset({408, 409, 425, 429})
#: A connection that broke while it was used. One that could not be made is not tried again: nobody listens there.
_DROPPED = frozenset(
    "RemoteProtocolError ReadError WriteError ConnectionResetError BrokenPipeError "
    "ServerDisconnectedError ClientPayloadError ClientOSError".split()
)
#: Why a reply ended, when it did not end by itself.
_CUT_OFF = frozenset(
    "length max_tokens model_length model_context_window_exceeded content_filter safety refusal recitation blocklist "
    "prohibited_content spii error".split()
)
_COMPLETE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "load", "unload"})
_END_FIELDS = ("finish_reason", "done_reason", "stop_reason")
#: The base class of each provider's own errors, by module.
_PROVIDER_ERRORS = {
    "openai": "OpenAIError",
    "ollama": "ResponseError",
    "anthropic": "AnthropicError",
    "httpx": "HTTPError",
    "httpx2": "HTTPError",
    "httpx_sse": "SSEError",
    "aiohttp": "ClientError",
    "google.genai.errors": "APIError",
    "langchain_google_genai._common": "GoogleGenerativeAIError",
    "google.api_core.exceptions": "GoogleAPIError",
    "langchain_core.exceptions": "LangChainException",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds: the longest silence, before the first word too, and the longest time in all. `retries` come extra."""

    silence_s: float
    total_s: float
    retries: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a reply's text. `is_last` when the model says that it ended there, `is_cut` when it was made to."""

    text: str
    is_last: bool = False
    is_cut: bool = False


class ChatClient:
    """A chat model of LangChain's, asked within limits. Safe to use from several threads."""

    def __init__(self, model: Any, name: str, limits: Limits, address: str = "", tells_end: bool = False) -> None:
        """`address` is where it sends what it is asked, "" when nobody knows.

        A reply of one that `tells_end` was broken off if it does not say why it ended.
        """
        self.address = address
        self._tells_end = tells_end
        self._model = model
        self._name = name
        self._limits = limits

    def ask(self, messages: Sequence[Message], is_short: bool = False) -> str:
        """The whole reply; a short one has only as long as a silence may last.

        `ChatModelError` when there is none, `ChatModelSlowError` when it takes too long.
        """
        seconds = min(self._limits.silence_s, self._limits.total_s) if is_short else self._limits.total_s
        task = asyncio.run_coroutine_threadsafe(self._whole(messages, seconds), _loop())
        try:
            with self._own_errors():
                return task.result()
        finally:
            task.cancel()

    def stream(self, messages: Sequence[Message]) -> Iterator[Piece]:
        """The reply as it comes; the same errors, also in the midst of it. Closing the iterator ends the request."""
        pieces: SimpleQueue[Piece | None] = SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(self._pump(messages, pieces.put), _loop())
        task.add_done_callback(lambda _: pieces.put(None))
        try:
            while (piece := pieces.get()) is not None:
                yield piece
            with self._own_errors():
                task.result()
        finally:
            task.cancel()

    async def _whole(self, messages: Sequence[Message], seconds: float) -> str:
        async with asyncio.timeout(seconds):
            reply = await self._retried(lambda: self._model.ainvoke(list(messages)))
        return str(reply.text)

    async def _pump(self, messages: Sequence[Message], put: Callable[[Piece], None]) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + self._limits.total_s
        async with asyncio.timeout_at(min(end, clock() + self._limits.silence_s)) as limit:
            first, rest = await self._retried(lambda: self._begun(messages))
            put(_piece(first))
            has_ended = bool(_reasons(first))
            limit.reschedule(min(end, clock() + self._limits.silence_s))
            async with contextlib.aclosing(rest):
                async for chunk in rest:
                    put(_piece(chunk))
                    has_ended = has_ended or bool(_reasons(chunk))
                    limit.reschedule(min(end, clock() + self._limits.silence_s))
        if self._tells_end and not has_ended:
            raise ConnectionResetError

    async def _begun(self, messages: Sequence[Message]) -> tuple[Any, Any]:
        """The first chunk and the rest; the whole reply as the first one from a server that does not stream."""
        chunks = self._model.astream(list(messages))
        unstreamed: tuple[type[Exception], ...] = (StopAsyncIteration, ValueError, *_loaded({"httpx_sse": "SSEError"}))
        try:
            return await anext(chunks), chunks
        except unstreamed:
            return await self._model.ainvoke(list(messages)), _nothing()

    async def _retried(self, attempt: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result:
        wait = _FIRST_WAIT_S
        for _ in range(self._limits.retries):
            try:
                return await attempt()
            except provider_errors() as error:
                if self._takes_no_temperature(error):
                    continue
                asked_for = _retry_after(error)
                if not _may_pass(error) or max(wait, asked_for) >= self._limits.silence_s:
                    raise
                await asyncio.sleep(max(wait, asked_for))
                wait *= 2
        return await attempt()

    def _takes_no_temperature(self, error: BaseException) -> bool:
        """Whether the server refuses the temperature, as some models do; it is then asked without one."""
        refused = _status(error) == 400 and "temperature" in str(error)
        if not refused or getattr(self._model, "temperature", None) is None:
            return False
        self._model.temperature = None
        return True

    @contextlib.contextmanager
    def _own_errors(self) -> Iterator[None]:
        """The provider's errors as ours. They may quote the request, so nothing of their words is kept."""
        try:
            yield
        except TimeoutError:
            raise ChatModelSlowError(
                f'Språkmodellen "{self._name}" svarade inte i tid. Höj chat_silence_s och chat_timeout_s, '
                "eller välj en mindre modell."
            ) from None
        except provider_errors() as error:
            raise ChatModelError(
                f'Språkmodellen "{self._name}" svarar inte ({_named(error)}). '
                "Kontrollera att servern är igång och att adress, namn och nyckel stämmer."
            ) from None


def provider_errors() -> tuple[type[Exception], ...]:
    """What a provider may raise when its server fails or sends what cannot be read; only those in use can."""
    python_own = (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError)
    return (*python_own, *_loaded(_PROVIDER_ERRORS))


def _loaded(errors: Mapping[str, str]) -> tuple[type[Exception], ...]:
    """The classes named by module, of the modules that are loaded: no other one can have raised them."""
    return tuple(getattr(sys.modules[module], name) for module, name in errors.items() if module in sys.modules)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop


async def _nothing() -> AsyncIterator[Any]:
    return
    yield


def _piece(chunk: Any) -> Piece:
    reasons = _reasons(chunk)
    return Piece(str(chunk.text), bool(reasons & _COMPLETE), bool(reasons & _CUT_OFF))


def _reasons(chunk: Any) -> frozenset[str]:
    """Why the reply ended there, in the provider's words; none when it goes on."""
    metadata = getattr(chunk, "response_metadata", None) or {}
    return frozenset(str(metadata[name]).lower() for name in _END_FIELDS if metadata.get(name))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from: a provider's class may tell less than the one that it was made of."""
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen:
        yield link
        seen.append(link)
        link = link.__cause__ or link.__context__


def _status(error: BaseException) -> int | None:
    """The HTTP status that the server refused with, None when it gave none."""
    for link in _chain(error):
        for holder in (link, getattr(link, "response", None)):
            for name in ("status_code", "code"):
                status = getattr(holder, name, None)
                if isinstance(status, int) and 400 <= status < 600:
                    return status
    return None


def _may_pass(error: BaseException) -> bool:
    status = _status(error)
    if status is not None:
        return status in _PASSING or status >= 500
    return any(type(link).__name__ in _DROPPED for link in _chain(error))


def _retry_after(error: BaseException) -> float:
    """The seconds that the server asks to be left alone, 0 when it does not say."""
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or {}
        said = re.fullmatch(r"\s*(\d{1,6})(?:\.\d*)?\s*", str(headers.get("retry-after", "")))
        if said:
            return float(said.group(1))
    return 0.0


def _named(error: BaseException) -> str:
    status = _status(error)
    return f"{type(error).__name__}, HTTP {status}" if status else type(error).__name__
