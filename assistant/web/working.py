"""Long work told bit by bit: runs in a thread of its own while what it tells is passed on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Generic, TypeVar

_T = TypeVar("_T")
#: A stage, how much of it is done, and of how much.
Tell = Callable[[str, int, int], None]
#: Seconds between two times that progress is shown.
_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Told:
    """How far the work has come."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Done(Generic[_T]):
    """The work's result, or the error that ended it."""

    result: _T | None = None
    error: Exception | None = None

    def get(self) -> _T:
        """The result; raises what the work raised."""
        if self.error:
            raise self.error
        return self.result  # type: ignore[return-value]  # None only where the work gives None


def working(work: Callable[[Tell], _T]) -> Iterator[Told | Done[_T]]:
    """What the work tells as it goes on, at most some times a second, and last its end."""
    said: queue.Queue[Told | Done[_T]] = queue.Queue()

    def run() -> None:
        try:
            said.put(Done(work(lambda stage, done, total: said.put(Told(stage, done, total)))))
        except Exception as error:  # noqa: BLE001  # handed on to whoever waits, who raises it
            said.put(Done(error=error))

    threading.Thread(target=run, daemon=True).start()
    while True:
        item = said.get()
        while isinstance(item, Told) and not said.empty():
            item = said.get()
        yield item
        if isinstance(item, Done):
            return
        threading.Event().wait(_EVERY)


def progress_html(told: Told) -> str:
    """The stage in words and as a bar."""
    share = round(100 * told.done / told.total) if told.total else 0
    return (
        f'<p class="kd-progress" role="status"><span>{escape(told.stage)} …</span>'
        f'<progress max="100" value="{share}" aria-label="{escape(told.stage)}">{share} %</progress></p>'
    )
