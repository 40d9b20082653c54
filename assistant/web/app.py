"""The web app: a FastAPI app with gradio's Blocks mounted at its root. gradio is imported only when one is built."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.settings import vibe_mode
from assistant.web import texts
from assistant.web.page import SCRIPT, SCRIPT_PATH, STYLE, STYLE_PATH, PageMiddleware

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant

#: The page has no uploads; gradio's upload address takes nothing larger than this.
_LARGEST_UPLOAD = "1kb"


def refuse_vibe_mode() -> None:
    """`SettingsError` when gradio's vibe mode is on: it lets any visitor run code on this machine."""
    if vibe_mode():
        raise SettingsError(texts.VIBE_MODE)


def _stay_offline() -> None:
    """Set before gradio is imported: it reads these once and reports its use otherwise."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def build_app(assistant: Assistant, hosts: tuple[str, ...] = ("127.0.0.1", "localhost")) -> FastAPI:
    """The app that answers with `assistant`, for requests whose Host is one of `hosts`."""
    refuse_vibe_mode()
    _stay_offline()
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import FileResponse
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from assistant.web.blocks import build_blocks

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route(STYLE_PATH, lambda: FileResponse(STYLE, media_type="text/css"), include_in_schema=False)
    app.add_api_route(SCRIPT_PATH, lambda: FileResponse(SCRIPT, media_type="text/javascript"), include_in_schema=False)
    app.add_middleware(PageMiddleware)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    return gr.mount_gradio_app(  # type: ignore[no-any-return]
        app,
        build_blocks(assistant),
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        max_file_size=_LARGEST_UPLOAD,
        theme=gr.themes.Base(font=gr.themes.Font("sans-serif"), font_mono=gr.themes.Font("monospace")),
    )
