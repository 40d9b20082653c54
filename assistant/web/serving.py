"""Serves the web app: takes the port before anything heavy, then opens the assistant and listens until stopped."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.errors import PortError
from assistant.web import texts
from assistant.web.app import build_app, refuse_vibe_mode

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: Addresses that mean "every network card", with the name by which this machine reaches itself.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
#: Seconds that open pages get to finish when the program is stopped.
_LAST_SECONDS = 1


def serve(
    open_assistant: Callable[[], Assistant],
    host: str,
    port: int,
    *,
    open_browser: bool,
    announce: Callable[[str], None],
) -> None:
    """Serves the page until the program is stopped; `announce` is told the address once it answers.

    `PortError` (address taken or not allowed) and `SettingsError` (vibe mode) come before the assistant is opened.
    """
    refuse_vibe_mode()
    with listen(host, port) as listener:
        url = address(host, listener.getsockname()[1])
        assistant = open_assistant()
        threading.Thread(target=assistant.warm_up, name="warm-up", daemon=True).start()
        app = build_app(assistant, trusted_hosts(host))

        def listening() -> None:
            announce(url)
            if open_browser:
                webbrowser.open(url)

        try:
            _run(app, listener, listening)
        finally:
            app.state.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on the address; port 0 means any free one. `PortError` says how to mend a refusal."""
    if not 0 <= port <= 65535:
        raise PortError(texts.PORT_INVALID.format(port=port))
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise PortError(texts.HOST_INVALID.format(host=host)) from error
    try:
        if os.name == "posix":  # elsewhere the option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(target)
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortError(_refusal(error, host, port)) from error
    return listener


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return texts.PORT_TAKEN.format(port=port, host=host, other=port + 1 if port < 65535 else port - 1)
    if error.errno in (errno.EACCES, errno.EPERM):
        return texts.PORT_NOT_ALLOWED.format(port=port)
    return texts.HOST_INVALID.format(host=host)


def address(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    name = _EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def trusted_hosts(host: str) -> tuple[str, ...]:
    """The Host headers that are answered: this machine's own names and, when it listens everywhere, its addresses."""
    hosts = {"127.0.0.1", "localhost", "::1"}
    if host in _EVERYWHERE:
        name = socket.gethostname().lower()
        hosts |= {name, f"{name}.local", *_own_addresses(name)}
    else:
        hosts.add(host.lower())
    return tuple(sorted(_as_header(one) for one in hosts))


def _own_addresses(name: str) -> set[str]:
    """This machine's addresses: those its name has, and the one that it would reach others from (nothing is sent)."""
    found: set[str] = set()
    with contextlib.suppress(OSError):
        found |= {str(entry[4][0]).split("%")[0] for entry in socket.getaddrinfo(name, None)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        found.add(str(probe.getsockname()[0]))
    return found


def _as_header(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(app: Any, listener: socket.socket, listening: Callable[[], None]) -> None:
    import uvicorn

    log = logging.getLogger("uvicorn.error")

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                listening()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            log.setLevel(logging.CRITICAL)  # an open page's endless stream, cut off, is no error
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_LAST_SECONDS
    )
    log.setLevel(logging.ERROR)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it once more after it has closed
        Server(config).run(sockets=[listener])
