"""Places to choose a file, as HTML; `sources.js` and `programme.js` send what is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.web import texts


def drop_html(name: str, label: str, hint: str, accepted: Sequence[str], root: str, act: str) -> str:
    """A place to choose or drop a file. What is sent there is told to the component `root`, as `act` with a token."""
    return (
        f'<div class="kd-drop"><input class="kd-unseen" type="file" id="{name}" data-to="{root}" data-then="{act}" '
        f'accept="{escape(",".join(accepted))}" aria-describedby="{name}-hint" '
        f'data-sending="{escape(texts.UPLOADING)}" data-failed="{escape(texts.UPLOAD_FAILED)}">'
        f'<label for="{name}" class="kd-button">{escape(label)}</label>'
        f'<p class="kd-notice" id="{name}-hint">{escape(hint)}</p></div><div id="{name}-sending"></div>'
    )


def picker_html(name: str, label: str, accepted: str) -> str:
    """A button that opens the browser's choice of a file."""
    return (
        f'<span class="kd-picker"><input class="kd-unseen" type="file" id="{name}" accept="{escape(accepted)}">'
        f'<label for="{name}" class="kd-button">{escape(label)}</label></span>'
    )
