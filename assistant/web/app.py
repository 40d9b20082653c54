"""The web app: a FastAPI app with gradio's Blocks mounted at its root. gradio is imported only when one is built."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.avkodning.notes_file import MOST_BYTES
from assistant.errors import KdError, SettingsError
from assistant.own_documents import ACCEPTED, sweep_leftovers
from assistant.settings import vibe_mode
from assistant.web import programme_texts, texts
from assistant.web.notebooks import Notebooks
from assistant.web.page import FILES, PageMiddleware, static_path
from assistant.web.uploads import Refused, Uploads
from assistant.web.visits import Visits

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant

#: Where the page sends a user's own documents, what they write in their notes, and notes from a file.
UPLOAD_PATH = "/sida/lagg-till"
KEEP_PATH, IMPORT_PATH = "/sida/anteckningar", "/sida/anteckningar/las-in"
#: The largest that a field can be with the text before it, in bytes as JSON.
_LARGEST_NOTE = 500_000
#: The page does not use gradio's own upload address, which takes nothing larger than this.
_LARGEST_UPLOAD = "1kb"


def refuse_vibe_mode() -> None:
    """`SettingsError` when gradio's vibe mode is on: it lets any visitor run code on this machine."""
    if vibe_mode():
        raise SettingsError(texts.VIBE_MODE)


def refuse_missing_mcp(wanted: bool) -> None:
    """`SettingsError` when the endpoints are to be offered as MCP tools and the package for it is not there."""
    if wanted and importlib.util.find_spec("mcp") is None:
        raise SettingsError(texts.MCP_MISSING)


def _stay_offline() -> None:
    """Set before gradio is imported: it reads these once and reports its use otherwise."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _receiving(uploads: Uploads) -> Callable[..., Any]:
    """The address that a file is sent to by the page itself; its reply is a token, or why the file was refused."""
    from fastapi import Request
    from fastapi.responses import JSONResponse

    async def receive(request: Request) -> JSONResponse:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return JSONResponse({"detail": texts.UPLOAD_FAILED}, 403)
        try:
            token = await uploads.receive(request.headers.get("x-kd-name", ""), request.stream())
        except Refused as refused:
            return JSONResponse({"detail": str(refused)}, 422)
        return JSONResponse({"token": token})

    receive.__annotations__["request"] = Request  # FastAPI reads it, and it is no global name here
    return receive


def _keeping(notebooks: Notebooks) -> dict[str, Callable[..., Any]]:
    """The addresses that what a user writes is sent to, by path; the replies tell what is kept, or what is wrong."""
    from fastapi import Request
    from fastapi.responses import JSONResponse
    from starlette.concurrency import run_in_threadpool

    def kept_by(work: Callable[[str, bytes], dict[str, Any]], most: int) -> Callable[..., Any]:
        async def keep(request: Request) -> JSONResponse:
            if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
                return JSONResponse({"detail": programme_texts.UNEXPECTED}, 403)
            try:
                body = await _at_most(request.stream(), most)
                return JSONResponse(await run_in_threadpool(work, request.headers.get("x-kd-key", ""), body))
            except KdError as error:
                return JSONResponse({"detail": str(error)}, 422)

        keep.__annotations__["request"] = Request  # FastAPI reads it, and it is no global name here
        return keep

    return {
        KEEP_PATH: kept_by(notebooks.write, _LARGEST_NOTE),
        IMPORT_PATH: kept_by(notebooks.take_in, MOST_BYTES),
    }


async def _at_most(parts: AsyncIterator[bytes], most: int) -> bytes:
    """The body, read until it is larger than `most` bytes; whoever reads it then says that it is."""
    body = b""
    async for part in parts:
        body += part
        if len(body) > most:
            break
    return body


def _closing(visits: Visits, uploads: Uploads) -> Callable[[], None]:
    """What erases everything that is held for open pages."""

    def close() -> None:
        visits.close()
        uploads.close()

    return close


def _serving(file: Path, kind: str) -> Callable[[], Any]:
    from fastapi.responses import FileResponse

    return lambda: FileResponse(file, media_type=kind)


def build_app(assistant: Assistant, hosts: tuple[str, ...] = ("127.0.0.1", "localhost")) -> FastAPI:
    """The app that answers with `assistant`, for requests whose Host is one of `hosts`."""
    refuse_vibe_mode()
    refuse_missing_mcp(assistant.settings.mcp)
    _stay_offline()
    sweep_leftovers()
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from assistant.web.blocks import build_blocks

    visits, uploads, notebooks = Visits(assistant), Uploads(ACCEPTED), Notebooks(assistant.settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for file, kind in FILES.items():
        app.add_api_route(static_path(file), _serving(file, kind), include_in_schema=False)
    app.add_api_route(UPLOAD_PATH, _receiving(uploads), methods=["POST"], include_in_schema=False)
    for path, keep in _keeping(notebooks).items():
        app.add_api_route(path, keep, methods=["POST"], include_in_schema=False)
    app.state.close = _closing(visits, uploads)
    app.add_middleware(PageMiddleware)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    return gr.mount_gradio_app(  # type: ignore[no-any-return]
        app,
        build_blocks(visits, uploads, notebooks),
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=assistant.settings.mcp,
        pwa=False,
        enable_monitoring=False,
        max_file_size=_LARGEST_UPLOAD,
        theme=gr.themes.Base(font=gr.themes.Font("sans-serif"), font_mono=gr.themes.Font("monospace")),
    )
