"""Whether a question asks for a quantity, and whether words give one."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"\b(?:hur (?:många|stor andel|stor del|mycket|länge|lång tid|ofta|gammal|högt?|stort?)|vilket (?:år|antal|belopp)|"
    r"när senast)\b",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"\d|\b(?:en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|ingen|inga|hundra|tusen)\b", re.IGNORECASE
)
#: Figures that name a provision or a statute, not a quantity.
_REFERENCE = re.compile(r"\d+(?: [a-z])? (?:kap|§)|§ ?\d+|\d+ ?§|\b\d{4}:\d+")


def asks_number(question: str) -> bool:
    return bool(_ASKS.search(question))


def gives_number(text: str) -> bool:
    """True when the text holds a quantity, in figures or words; a reference to a provision is none."""
    return bool(_GIVES.search(_REFERENCE.sub("", text)))
