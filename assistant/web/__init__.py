"""The web page: layout, wiring and rendering only. Importing this package does not import gradio."""

from assistant.web.app import build_app
from assistant.web.serving import serve

__all__ = ["build_app", "serve"]
