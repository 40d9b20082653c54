"""Makes gradio's page ours: Swedish, with our own style and script, and shut towards every other host.

Gradio serves an English index page with inline scripts. This layer rewrites that one page (language, our files, a nonce
on each script) and puts the security headers on every response. `'unsafe-eval'` has to stay: gradio's HTML component
compiles its template (a constant of ours) with `Function`. Inline event handlers and scripts without the nonce do not
run, so text that slipped through unescaped would still be dead.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = Path(__file__).resolve().parent
_SCRIPTS = ("page.js", "ask.js", "read.js", "review.js", "programme.js", "sources.js", "inspect.js")
_STYLES = ("style.css", "avkodning.css")
#: The page's own files and their types.
FILES: Mapping[Path, str] = {
    **{_FOLDER / name: "text/css" for name in _STYLES},
    **{_FOLDER / name: "text/javascript" for name in _SCRIPTS},
}

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
#: Tags of gradio's index that name other hosts or a manifest that is not served.
_UNWANTED = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>')


def content_security_policy(nonce: str) -> str:
    """The policy: this host only, no forms elsewhere, no frames, no plug-ins."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        )
    )


def swedish_index(html: str, nonce: str) -> str:
    """Gradio's index page in Swedish, with our style and script, and with the nonce on each of its scripts."""
    html = _UNWANTED.sub("", html).replace('lang="en"', 'lang="sv"', 1)
    html = html.replace("<script", f'<script nonce="{nonce}"')
    ours = '<meta name="color-scheme" content="light dark">' + "".join(_tag(file, nonce) for file in FILES)
    return html.replace("</head>", f"{ours}</head>", 1)


def static_path(file: Path) -> str:
    """The address of one of the page's own files."""
    return f"/sida/{file.name}"


def _tag(file: Path, nonce: str) -> str:
    address = f"{static_path(file)}?{_version(file)}"
    if file.suffix == ".css":
        return f'<link rel="stylesheet" href="{address}">'
    return f'<script nonce="{nonce}" src="{address}" defer></script>'


def _version(file: Path) -> str:
    """A short fingerprint, so that a browser never keeps an old file after an upgrade."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


class PageMiddleware:
    """ASGI layer around the whole app: headers on all responses, and the rewriting of HTML pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        responder = _Responder(send)
        await self.app(_uncompressed(scope), receive, responder.send)


def _uncompressed(scope: Scope) -> Scope:
    """Asks the app below for plain text where a page may come back, so that it can be rewritten."""
    wants_page = any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])
    if not wants_page:
        return scope
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}


class _Responder:
    """Sends one response on, with the headers added; an HTML body is held back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None:
            await self._send(message)
        else:
            await self._collect(message)

    async def _begin(self, message: Message) -> None:
        headers = [*message.get("headers", []), *_encoded(_HEADERS)]
        headers += _encoded({"content-security-policy": content_security_policy(self._nonce)})
        message = {**message, "headers": headers}
        if _is_html(headers):
            self._start = message
        else:
            await self._send(message)

    async def _collect(self, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body", False) or self._start is None:
            return
        body = swedish_index(self._body.decode("utf-8"), self._nonce).encode("utf-8")
        headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        headers += _encoded({"content-length": str(len(body)), "cache-control": "no-store"})
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _is_html(headers: list[tuple[bytes, bytes]]) -> bool:
    found = dict(headers)
    return found.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in found


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
