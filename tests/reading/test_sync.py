"""Fetching a statute: a local server gives good, truncated, changed, slow and broken replies."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from assistant.errors import OutsideError, UsageError
from assistant.reading.sources import read_sources
from assistant.reading.sync import sync
from assistant.settings import Settings
from tests.conftest import SmallCorpus
from tests.reading.test_statutes import MADE

ACCOUNT = """# Provlagen i korthet

## 1 kap. Inledande bestämmelser

### 1 kap. 1 § provlagen: syfte

Provlagen gäller prov i kommuner.

### 2 kap. 1 § provlagen: beslut

Nämnden eller den som nämnden utser beslutar om prov.
"""


@dataclass
class Publisher:
    """A server whose reply a test sets: its text, its status, and the seconds between its pieces."""

    text: str = MADE
    status: int = 200
    pause: float = 0.0
    cut: bool = False
    asked: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    state = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            body = state.text.encode()
            self.send_response(state.status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            body = body[: len(body) // 2] if state.cut else body
            step = max(1, len(body) // 20) if state.pause else len(body)
            for start in range(0, len(body), step):
                try:
                    self.wfile.write(body[start : start + step])
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(state.pause)

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.address = f"http://127.0.0.1:{server.server_port}/provlag.text"
    yield state
    server.shutdown()


@pytest.fixture
def settings_with_account(corpus: SmallCorpus, publisher: Publisher) -> Settings:
    """The small corpus with an account of a statute that can be fetched from the publisher."""
    (corpus.folder / "provlagen.md").write_text(ACCOUNT, encoding="utf-8")
    row = {
        "id": "provlagen",
        "title": "Provlagen, sammanfattning",
        "kind": "lag",
        "file": "provlagen.md",
        "sha256": hashlib.sha256(ACCOUNT.encode()).hexdigest(),
        "sync_url": publisher.address,
    }
    lines = ["", "[[source]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items()), "account = true", ""]
    with corpus.listing.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return corpus.settings


def _statute(settings: Settings) -> object:
    return next(source for source in read_sources(settings) if source.id == "provlagen")


def test_a_good_reply_takes_the_place_of_the_account(settings_with_account: Settings) -> None:
    assert _statute(settings_with_account).account
    (result,) = sync(settings_with_account)
    assert (result.through, result.sections, result.changed) == ("2033:401", 5, True)
    fetched = _statute(settings_with_account)
    assert not fetched.account
    assert (fetched.through, fetched.path.read_text(encoding="utf-8")) == ("2033:401", MADE)
    assert fetched.fetched is not None


def test_the_same_reply_changes_nothing(settings_with_account: Settings) -> None:
    sync(settings_with_account)
    (again,) = sync(settings_with_account)
    assert not again.changed


def test_an_amended_statute_replaces_the_last_copy(settings_with_account: Settings, publisher: Publisher) -> None:
    sync(settings_with_account)
    publisher.text = MADE.replace("2033:401", "2034:9").replace("\r", "")
    (result,) = sync(settings_with_account)
    assert (result.through, result.changed) == ("2034:9", True)
    assert len(list(settings_with_account.fetched_dir.glob("*.txt"))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cut": True}, "Kunde inte hämta|avkortat"),
        ({"status": 503}, "Kunde inte hämta"),
        ({"pause": 0.2}, "Kunde inte hämta"),
        ({"text": "<html><body>Fel</body></html>"}, "går inte att läsa som en lag"),
        ({"text": ""}, "går inte att läsa som en lag"),
        (
            {"text": MADE.replace("1 a § Med", "Med").replace("1 § Beslut om", "Beslut om")},
            "saknar 2 paragrafer",
        ),
        ({"text": MADE.split("2 kap.")[0]}, "saknar en paragraf"),
    ],
)
def test_a_bad_reply_leaves_the_last_good_copy(
    settings_with_account: Settings, publisher: Publisher, change: dict[str, object], words: str
) -> None:
    sync(settings_with_account)
    before = {path: path.read_bytes() for path in settings_with_account.fetched_dir.iterdir()}
    for name, value in change.items():
        setattr(publisher, name, value)
    with pytest.raises(OutsideError, match=words):
        sync(settings_with_account, seconds=1.0)
    assert {path: path.read_bytes() for path in settings_with_account.fetched_dir.iterdir()} == before


def test_a_first_reply_must_hold_what_the_account_refers_to(
    settings_with_account: Settings, publisher: Publisher
) -> None:
    publisher.text = MADE.replace("2 kap. Beslut\n\n1 § Beslut", "2 kap. Beslut\n\n3 § Beslut")
    with pytest.raises(OutsideError, match=r"2 kap\. 1 § provlagen"):
        sync(settings_with_account)
    assert _statute(settings_with_account).account


def test_no_server_is_one_line_with_exit_code_3(kd, corpus: SmallCorpus, settings_with_account: Settings) -> None:
    corpus.listing.write_text(
        corpus.listing.read_text(encoding="utf-8").replace(
            _statute(settings_with_account).sync_url, "http://127.0.0.1:9/x"
        ),
        encoding="utf-8",
    )
    ran = kd("corpus", "sync", **corpus.environment)
    assert ran.code == 3
    assert len(ran.err.splitlines()) == 1
    assert "Kunde inte hämta" in ran.err
    assert kd("corpus", "sync", "--quiet", **corpus.environment).code == 0


def test_a_source_without_an_address_cannot_be_fetched(settings_with_account: Settings) -> None:
    with pytest.raises(UsageError, match="Det går att hämta: provlagen"):
        sync(settings_with_account, "lagen")


def test_the_statutes_own_words_are_cited_once_fetched(
    kd, corpus: SmallCorpus, settings_with_account: Settings
) -> None:
    question = "Vem beslutar om prov?"
    before = kd("ask", question, "--json", **corpus.environment).json
    assert any(citation["account"] for citation in before["citations"])
    assert kd("corpus", "sync", **corpus.environment).code == 0
    after = kd("ask", question, "--json", **corpus.environment).json
    assert {c["locator"] for c in after["citations"]} & {"1 kap. 2 § provlagen", "2 kap. 1 § provlagen"}
    assert not any(citation["account"] for citation in after["citations"])
    assert {c["consolidated_through"] for c in after["citations"] if c["source_id"] == "provlagen"} == {"2033:401"}
