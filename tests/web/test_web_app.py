"""The app behind the page: headers, hosts, the port, the conversation's state, and what is never loaded or served."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import Any

import pytest
from fastapi.testclient import TestClient
from web_samples import FakeAssistant, plain_answer

from assistant.errors import PortError, SettingsError
from assistant.types import Turn
from assistant.web import build_app, serve, texts
from assistant.web.conversation import QUESTION_LIMIT, Exchange, answered, history
from assistant.web.serving import address, listen, trusted_hosts

PAGE = {"accept": "text/html", "accept-encoding": "br, gzip"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(build_app(FakeAssistant()), base_url="http://127.0.0.1:7860")  # type: ignore[arg-type]


def test_the_page_is_swedish_and_names_no_other_host(client: TestClient) -> None:
    html = client.get("/", headers=PAGE).text
    assert re.search(r'<html\s+lang="sv"', html)
    assert texts.TITLE in html
    assert not re.search(r'(?:src|href|content)="https?://', html)
    assert 'href="/sida/style.css?' in html


def test_every_script_of_the_page_carries_the_nonce_of_its_policy(client: TestClient) -> None:
    first, second = client.get("/", headers=PAGE), client.get("/", headers=PAGE)
    nonces = set(re.findall(r'<script nonce="([^"]+)"', first.text))
    assert first.text.count("<script") == first.text.count("<script nonce=") > 0
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in first.headers["content-security-policy"]
    assert first.headers["content-security-policy"] != second.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/config", "/sida/style.css", "/finns-inte"])
def test_the_policy_stands_on_every_response(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert "http" not in policy
    assert "*" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    for rule in ("default-src 'self'", "img-src 'self' data: blob:", "form-action 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert client.get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7860"])
def test_a_foreign_host_header_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/redoc"])
def test_no_interface_description_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_gradio_keeps_no_runs_and_measures_nothing(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert config["show_error"] is False


def test_nothing_redraws_the_conversation_as_the_page_loads(client: TestClient) -> None:
    """A load event is answered late on a slow machine, and would wipe the first answer."""
    events = [event for one in client.get("/config").json()["dependencies"] for _, event in one["targets"]]
    assert "click" in events
    assert "load" not in events


def test_four_endpoints_are_the_public_interface(client: TestClient) -> None:
    assert set(client.get("/gradio_api/info").json()["named_endpoints"]) == {"/ask", "/search", "/verify", "/review"}


@pytest.mark.parametrize(
    ("question", "event", "words"),
    [
        ("Vem utser?", "complete", '"outcome": "answered"'),
        ("en språkmodell?", "error", "Starta den."),
        ("krasch", "error", "null"),
    ],
)
def test_other_programs_can_ask(question: str, event: str, words: str) -> None:
    with TestClient(build_app(FakeAssistant()), base_url="http://127.0.0.1:7860") as client:  # type: ignore[arg-type]
        job = client.post("/gradio_api/call/ask", json={"data": [question]}).json()["event_id"]
        reply = client.get(f"/gradio_api/call/ask/{job}").text
    assert reply.startswith(f"event: {event}\n")
    assert words in reply
    assert "hemlig" not in reply


def test_importing_the_package_does_not_import_gradio() -> None:
    check = "import assistant, assistant.web, sys; print({'gradio', 'fastapi', 'uvicorn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_vibe_mode_is_refused_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_VIBE_MODE", "1")
    with pytest.raises(SettingsError, match="GRADIO_VIBE_MODE"):
        build_app(FakeAssistant())  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="GRADIO_VIBE_MODE"):
        serve(_never, "127.0.0.1", 0, open_browser=False, announce=print)


def _never() -> Any:
    raise AssertionError("the assistant was opened")


def test_a_taken_port_is_told_in_one_line_before_anything_is_opened() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortError) as caught:
            serve(_never, "127.0.0.1", port, open_browser=False, announce=print)
    assert str(caught.value).startswith(f"Porten {port} på 127.0.0.1 är upptagen. Välj en annan med --port")


@pytest.mark.parametrize(("host", "port", "mend"), [("127.0.0.1", 70_000, "--port"), ("203.0.113.7", 7860, "--host")])
def test_an_impossible_address_names_the_option_that_mends_it(host: str, port: int, mend: str) -> None:
    with pytest.raises(PortError, match=mend):
        listen(host, port)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent differently there")
def test_stopping_with_a_page_open_is_quiet() -> None:
    program = (
        "from types import SimpleNamespace; from assistant.settings import load_settings;"
        "from assistant.web import serve;"
        "serve(lambda: SimpleNamespace(sources=(), settings=load_settings(), warm_up=lambda: None),"
        "'127.0.0.1', 0, open_browser=False,"
        " announce=lambda url: print(url, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as p:
        assert p.stdout
        url = p.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/gradio_api/heartbeat/a", timeout=10) as stream:
            assert stream.status == 200
            p.send_signal(signal.SIGINT)
            _, complaints = p.communicate(timeout=20)
    assert (p.returncode, complaints) == (0, "")


def test_the_address_to_open() -> None:
    assert address("127.0.0.1", 7860) == "http://127.0.0.1:7860"
    assert address("0.0.0.0", 7860) == "http://127.0.0.1:7860"
    assert address("::1", 7860) == "http://[::1]:7860"


def test_listening_everywhere_trusts_this_machines_names_only() -> None:
    assert set(trusted_hosts("127.0.0.1")) == {"127.0.0.1", "localhost", "[::1]"}
    everywhere = trusted_hosts("0.0.0.0")
    assert socket.gethostname().lower() in everywhere
    assert not {"*", "0.0.0.0", ""} & set(everywhere)


def test_earlier_turns_are_the_history(fake: FakeAssistant) -> None:
    before = (Exchange("Vem?", plain_answer("Vem?")), Exchange("Fel?", error="Det gick inte."))
    assert history(before) == (Turn("user", "Vem?"), Turn("assistant", plain_answer("Vem?").text))
    *_, last = answered(fake, " Och sedan? ", before)  # type: ignore[arg-type]
    assert fake.asked == [("Och sedan?", history(before))]
    assert last[:2] == before


def test_the_question_shows_while_the_answer_is_awaited(fake: FakeAssistant) -> None:
    states = list(answered(fake, "Vem?", ()))  # type: ignore[arg-type]
    assert [state[-1].state for state in states] == ["waiting", "growing", "done"]


def test_nothing_is_asked_when_nothing_is_written(fake: FakeAssistant) -> None:
    assert list(answered(fake, "  \n", ())) == [()]  # type: ignore[arg-type]
    assert fake.asked == []


def test_an_error_is_its_one_swedish_line(fake: FakeAssistant) -> None:
    *_, last = answered(fake, "en språkmodell?", ())  # type: ignore[arg-type]
    assert last[-1].error == "Språkmodellen svarar inte. Starta den."


def test_an_unknown_error_tells_no_details(fake: FakeAssistant) -> None:
    *_, last = answered(fake, "krasch", ())  # type: ignore[arg-type]
    assert last[-1].error == texts.UNEXPECTED


def test_a_question_over_the_limit_is_not_asked(fake: FakeAssistant) -> None:
    *_, last = answered(fake, "x" * (QUESTION_LIMIT + 1), ())  # type: ignore[arg-type]
    assert str(QUESTION_LIMIT) in last[-1].error
    assert fake.asked == []
