"""Fixed Swedish phrases that answers are framed with; they claim nothing, so they need no source."""

from __future__ import annotations

from assistant.types import Kind

#: Before an interviewee's words.
VOICE_FRAME = "En intervjuad säger: "

KIND_NAMES: dict[Kind, str] = {
    "lag": "lagtext",
    "beslut": "beslut i en kommun",
    "vägledning": "vägledning",
    "rapport": "rapport",
    "presentation": "presentation",
    "eget": "eget dokument",
}

NO_SUPPORT = "Källorna svarar inte på det."
NOTHING_NEAR = "Inget avsnitt i källorna ligger nära frågan."
CHAT_MODEL_UNSUPPORTED = "Språkmodellens svar hade inget stöd i källorna. Svaret nedan är hämtat direkt ur källorna."
CHAT_MODEL_FAILED = "Språkmodellen svarar inte. Svaret nedan är hämtat direkt ur källorna."


def nearest(heading: str, title: str) -> str:
    """Names what the corpus does cover nearest to a question that it does not answer."""
    return f'Närmast kommer avsnittet "{heading}" i "{title}".' if heading else f'Närmast kommer "{title}".'
