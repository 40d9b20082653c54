"""Requests to leave the sources, to invent, or to reveal how the assistant is instructed, told by their wording.

Most such requests are known by their likeness to those in `unanswered.toml`; these wordings mean nothing else, whatever
the rest of the question is about.
"""

from __future__ import annotations

import re

from assistant.types import Topic

HOSTILE = Topic("Begäran om något annat än svar ur källorna", "", "hostile")

_MADE_UP = (
    r"(?:lag(?:en|ar|regel)?|paragraf\w*|lagrum\w*|käll\w+|citat\w*|hänvisning\w*|siffr\w+|uppgift\w*|beslut\w*"
    r"|svar\w*|namn\w*)"
)
_WORDINGS = re.compile(
    rf"\b(?:hitta på|uppfinn|fabricera|dikta ihop|fejka|förfalska)\s+(?:\w+\s+){{0,3}}{_MADE_UP}\b"
    r"|\b(?:ignorera|strunta i|bortse från|glöm)\s+(?:\w+\s+){0,2}(?:dina|tidigare|föregående|ovanstående)\s+"
    r"(?:\w+\s+)?(?:instruktion\w*|regler\w*|anvisning\w*|käll\w+|order\w*)\b"
    r"|\b(?:ignorera|strunta i|bortse från|glöm)\s+(?:alla\s+)?källorna\b"
    r"|\b(?:systemprompt\w*|utvecklarläge\w*|jailbreak\w*|developer mode)\b"
    r"|\bignore\s+(?:\w+\s+){0,3}(?:instructions|rules|sources)\b"
    r"|\bdu är nu (?:en|ett|inte)\b",
    re.IGNORECASE,
)


def is_hostile(question: str) -> bool:
    return bool(_WORDINGS.search(question))
