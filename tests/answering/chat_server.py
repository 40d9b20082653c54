"""A server that speaks as a provider's does, streaming or not, and says and fails as a test wants it to."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.answering.dialects import Dialect, OpenAI

Respond = Callable[[dict[str, str]], str]
_EXCERPT = re.compile(r"^\[([0-9a-zA-Z_-]{1,12})\] \([^\n]*\)\n<<<\n(.*?)\n>>>", re.DOTALL | re.MULTILINE)


@dataclass
class ChatServer:
    """`reply` is given the excerpts of the prompt by key and returns the model's words. The rest are ways to fail.

    `seconds_a_piece` are waited before each piece. `statuses` are given one a request before `status`. `cut_after`
    closes the connection after so many pieces. After `held_after` pieces, -1 for not even the first sign, the server
    waits for `go_on`. `body` is sent instead of any reply, `delta` as one more piece. `ending` is why the model says
    that it stopped, None when it does not say; `trouble_after` so many pieces it says that it failed. `left` is set
    when the client has gone in the midst of a reply.
    """

    address: str = ""
    dialect: Dialect = field(default_factory=OpenAI)
    reply: Respond = lambda _: ""
    piece: int = 7
    streams: bool = True
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    retry_after: str | None = None
    error: str = "nej"
    seconds_a_piece: float = 0.0
    cut: bool = False
    cut_after: int | None = None
    held_after: int | None = None
    trouble_after: int | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    ending: str | None = "stop"
    body: bytes | None = None
    delta: dict[str, Any] | None = None
    prompts: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)

    def heard(self, body: dict[str, Any], key: str) -> str:
        """Notes a request and gives the reply to it."""
        self.times.append(time.monotonic())
        self.requests.append(body)
        self.keys.append(key)
        self.prompts.append("\n".join(self.dialect.prompt(body)))
        return self.reply(dict(_EXCERPT.findall(self.prompts[-1])))

    def whole(self, words: str) -> bytes:
        return json.dumps(self.dialect.whole(words, self._ending)).encode()

    def events(self, words: str) -> Iterator[bytes]:
        """The reply in pieces, numbered by the dialect's first."""
        pieces = [words[start : start + self.piece] for start in range(0, len(words), self.piece)]
        for number, event in enumerate(self.dialect.events(pieces, self._ending, self.delta), self.dialect.first):
            if number == self.trouble_after:
                yield self.dialect.trouble(self.error)
                return
            yield event

    @property
    def _ending(self) -> str | None:
        return self.dialect.endings.get(self.ending, self.ending) if self.ending else None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        # A request that outlives its test goes on with what that test wanted.
        script = self.script = cast(ChatHost, self.server).script
        script.paths.append(self.path)
        script.headers.append(dict(self.headers.items()))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = script.heard(body, script.dialect.key(self.headers))
        streams = script.dialect.streams(self.path, body)
        status = script.statuses.pop(0) if script.statuses else script.status
        if script.cut:
            self._hang_up()
        elif status != 200:
            self._send(status, json.dumps(script.dialect.refusal(status, script.error)).encode())
        elif script.body is not None:
            self._send(200, script.body, script.dialect.kind if streams else "application/json")
        elif script.streams and streams:
            self._stream(script.events(words))
        else:
            self._hold(-1)
            self._send(200, script.whole(words))

    def _send(self, status: int, data: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if self.script.retry_after and status != 200:
            self.send_header("Retry-After", self.script.retry_after)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.script.dialect.kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for number, event in enumerate(events, self.script.dialect.first):
                if number == self.script.cut_after:
                    self._hang_up()
                    return
                self._hold(number)
                time.sleep(self.script.seconds_a_piece)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.script.left.set()

    def _hold(self, number: int) -> None:
        if number == self.script.held_after:
            self.script.go_on.wait(30)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class ChatHost(ThreadingHTTPServer):
    """The server itself. `script` says how the requests from now on are met."""

    daemon_threads = True
    script = ChatServer()

    def handle_error(self, *_: Any) -> None:
        """The client may have gone away."""

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def address(self) -> str:
        """Where a server that speaks as OpenAI's is said to be."""
        return f"{self.root}{OpenAI.base}"


@contextmanager
def hosting() -> Iterator[ChatHost]:
    """The server at work, on a port of its own."""
    host = ChatHost(("127.0.0.1", 0), _Handler)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    yield host
    host.shutdown()
    host.server_close()
