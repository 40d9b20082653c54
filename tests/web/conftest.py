"""Served assistants, and a real Chromium that reports what the page did."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from web_samples import FakeAssistant, Visit

from assistant.assistant import Assistant
from assistant.web import serve


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


def start_serving(assistant: Any) -> str:
    """Serves until the tests end; returns the address."""
    addresses: queue.Queue[str] = queue.Queue()
    arguments: dict[str, Any] = {"open_browser": False, "announce": addresses.put}
    threading.Thread(target=serve, args=(lambda: assistant, "127.0.0.1", 0), kwargs=arguments, daemon=True).start()
    return addresses.get(timeout=90)


@pytest.fixture(scope="session")
def served_fake() -> tuple[str, FakeAssistant]:
    assistant = FakeAssistant()
    return start_serving(assistant), assistant


@pytest.fixture(scope="session")
def served_inspected(built_once: Any) -> tuple[str, FakeAssistant]:
    """Known answers with the settings of a small index that there is, which can be examined."""
    assistant = FakeAssistant(settings=built_once.settings)
    return start_serving(assistant), assistant


@pytest.fixture(scope="session")
def served_real(assistant: Assistant) -> tuple[str, Assistant]:
    """The real assistant over the real corpus."""
    return start_serving(assistant), assistant


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """Opens the page in a context of its own; afterwards, nothing may have left the host or gone wrong in it."""
    visits: list[Visit] = []

    def open_page(
        address: str, width: int = 1280, height: int = 900, place: str = "", before: str = "", **options: Any
    ) -> Visit:
        """`before` is a script that runs in the page before its own."""
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="sv-SE", **options)
        if before:
            context.add_init_script(before)
        one = Visit(context.new_page(), address)
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.on("console", lambda m: one.complaints.append(m.text) if m.type in ("error", "warning") else None)
        one.page.goto(f"{address}/{place}")
        one.page.locator("#kd-question textarea").wait_for(state="attached")
        visits.append(one)
        return one

    yield open_page
    for one in visits:
        one.page.context.close()
        assert one.requests
        assert [url for url in one.requests if not url.startswith((one.address, "data:", "blob:"))] == []
        assert one.complaints == []
