"""Hits made by hand, and a server that speaks as OpenAI's does and says what a test wants it to say."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.settings import Settings
from assistant.types import Hit, Hits, Kind, Passage, Source, Voice

LAW = "Styrelsen ska utse en direktör. Direktören ska leda förvaltningen. Mötet hålls inte i juli."
REPORT = "Nästan 75 procent av direktörerna är nöjda. Flera beskriver en hög arbetsbelastning."


@pytest.fixture(scope="session")
def lexicon(settings: Settings) -> Lexicon:
    return read_lexicon(settings.lexicon_file)


def make_hit(rank: int, text: str, kind: Kind = "rapport", voice: Voice = "text") -> Hit:
    """A hit whose passage begins at character 1,000 times its rank of its source."""
    source = Source(f"k{rank}", f"Källa {rank}", kind, Path("x.txt"), "0")
    passage = Passage(f"k{rank}:p", source.id, (f"{rank} Rubrik",), text, 1000 * rank, 1000 * rank + len(text), voice)
    return Hit(passage, source, 1 / rank, rank, {"words": 1 / rank})


@pytest.fixture
def hits() -> Hits:
    """A statute, a report and an interviewee."""
    found = (make_hit(1, LAW, "lag"), make_hit(2, REPORT), make_hit(3, "”Vi hinner inte med.”", voice="quotation"))
    return Hits("Vem utser direktören?", found, 1.0)


Respond = Callable[[dict[str, str]], str]


@dataclass
class ChatServer:
    """`reply` is given the excerpts of the prompt by key and returns the model's words.

    `status` other than 200, `seconds` of waiting and `cut`, which closes the connection, are the ways to fail.
    """

    address: str = ""
    reply: Respond = lambda _: ""
    status: int = 200
    seconds: float = 0.0
    cut: bool = False
    prompts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> bytes:
        prompt = "\n".join(str(message["content"]) for message in body["messages"])
        self.prompts.append(prompt)
        found = re.findall(r"\[([0-9a-zA-Z_-]{1,12})\] Titel på [^\n]*\n<<<\n(.*?)\n>>>", prompt, re.DOTALL)
        message = {"role": "assistant", "content": self.reply(dict(found))}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        reply = {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "test",
            "choices": [choice],
            "usage": usage,
        }
        return json.dumps(reply).encode()


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    script = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            script.keys.append(str(self.headers["Authorization"]))
            time.sleep(script.seconds)
            if script.cut:
                self.connection.close()
                return
            data = script.answer(body) if script.status == 200 else b'{"error": {"message": "nej"}}'
            self.send_response(script.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """The client may have gone away."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    script.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield script
    server.shutdown()
    server.server_close()
