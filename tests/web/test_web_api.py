"""The four endpoints for other programs: over HTTP, with gradio's client, and as MCP tools where wished for."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from conftest import start_serving
from fastapi.testclient import TestClient
from web_samples import FakeAssistant

from assistant.assistant import Assistant
from assistant.errors import SettingsError
from assistant.web import app, build_app

Real = tuple[str, Assistant]

INSTRUKTION = """# Instruktion för kommundirektören

Kommunstyrelsen utser kommundirektören, som leder förvaltningen under kommunstyrelsen.

## Uppdrag

Kommundirektören ansvarar för att ärenden till kommunstyrelsen bereds och för att besluten verkställs.
"""


@pytest.mark.parametrize(
    ("endpoint", "data", "words"),
    [
        ("ask", ["Vem utser?"], '"outcome": "answered"'),
        ("search", ["direktör", 3], '"passage_id": "kl-1"'),
        ("verify", ["Styrelsen utser. Ingen utser."], '"verdict": "unsupported"'),
    ],
)
def test_a_request_and_its_reply(endpoint: str, data: list[Any], words: str) -> None:
    with TestClient(build_app(FakeAssistant()), base_url="http://127.0.0.1:7860") as client:  # type: ignore[arg-type]
        job = client.post(f"/gradio_api/call/{endpoint}", json={"data": data}).json()["event_id"]
        reply = client.get(f"/gradio_api/call/{endpoint}/{job}").text
    assert reply.startswith("event: complete\n")
    assert words in reply


def test_gradios_client_gets_what_the_command_line_gives(served_real: Real) -> None:
    from gradio_client import Client

    client = Client(served_real[0], verbose=False, analytics_enabled=False)
    answer = client.predict("Vem ska utse kommundirektören?", api_name="/ask")
    assert answer["outcome"] == "answered"
    assert answer["citations"]
    assert len(client.predict("instruktion", 3, api_name="/search")["hits"]) == 3
    judged = client.predict("Kommunstyrelsen ska utse en direktör.", api_name="/verify")
    assert judged["sentences"][0]["verdict"] == "supported"
    reviewed = client.predict(INSTRUKTION, "Vår instruktion", api_name="/review")
    assert (reviewed["document"]["title"], reviewed["document"]["is_instruktion"]) == ("Vår instruktion", True)
    found = {row["requirement"]: row for row in reviewed["rows"]}["kl-styrelsen-utser"]
    assert found["verdict"] == "found"
    assert found["own"]["quote"] in INSTRUKTION


def test_an_empty_instruktion_is_refused_in_one_line_without_a_place_on_this_machine(served_real: Real) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(served_real[0], verbose=False, analytics_enabled=False)
    with pytest.raises(AppError, match="Texten") as caught:
        client.predict(" ", "", api_name="/review")
    assert tempfile.gettempdir() not in str(caught.value)


def test_mcp_is_off_unless_it_is_switched_on(served_fake: tuple[str, FakeAssistant]) -> None:
    client = TestClient(build_app(FakeAssistant()), base_url="http://127.0.0.1:7860")  # type: ignore[arg-type]
    assert client.post("/gradio_api/mcp/", json={}).status_code in (404, 405)


def test_mcp_without_its_package_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"kd-assistent\[mcp\]"):
        build_app(with_mcp())  # type: ignore[arg-type]


def with_mcp() -> FakeAssistant:
    fake = FakeAssistant()
    fake.settings = replace(fake.settings, mcp=True)
    return fake


def test_the_four_and_nothing_else_are_mcp_tools() -> None:
    pytest.importorskip("mcp")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def talk(address: str, use: Callable[[Any], Any]) -> Any:
        async with (
            streamablehttp_client(f"{address}/gradio_api/mcp/") as (reader, writer, _),
            ClientSession(reader, writer) as session,
        ):
            await session.initialize()
            return await use(session)

    async def use(session: Any) -> tuple[set[str], str]:
        tools = {tool.name for tool in (await session.list_tools()).tools}
        reply = await session.call_tool("ask", {"question": "Vem utser?"})
        return tools, reply.content[0].text

    with ThreadPoolExecutor(1) as apart:  # the browser's own event loop may be running in this thread
        tools, reply = apart.submit(asyncio.run, talk(start_serving(with_mcp()), use)).result()
    assert tools == {"ask", "search", "verify", "review"}
    assert "Styrelsen utser direktören." in json.dumps(reply, ensure_ascii=False)
