"""Whether a question asks for a quantity, a time or a sum of money, and whether words give one."""

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
_ASKS_TIME = re.compile(r"^\W*(?:när|vilken (?:dag|månad|vecka|tid)|vilket (?:år|datum)|hur dags)\b", re.IGNORECASE)
_GIVES_TIME = re.compile(
    r"\b(?:1[89]|20)\d\d\b|\b\d{1,2} (?:jan|feb|mars|apr|maj|jun|jul|aug|sep|okt|nov|dec)|\d{1,2}[.:]\d\d\b|"
    r"\b(?:före|innan|efter|inom|senast|tidigast|vid|under|till dess|så länge|när|då|varje|årlig\w*|årsskift\w*|genast|"
    r"omedelbart|dag(?:en|ar)?|veck\w+|månad\w*|år(?:et|en)?|gång\w*|mandatperiod\w*)\b",
    re.IGNORECASE,
)
_ASKS_MONEY = re.compile(
    r"\b(?:kost(?:ar|ade|nad\w*)|pris\w*|kronor|belopp\w*|lön\w*|månadslön\w*|arvode\w*|budget\w*|avgift\w*|besparing\w*|"
    r"tjänar|betalar|ersättning\w*|dyrt?)\b",
    re.IGNORECASE,
)
_GIVES_MONEY = re.compile(r"\b(?:kronor|kr|tkr|mkr|miljon\w*|miljard\w*|procent|prisbasbelopp\w*)\b|%", re.IGNORECASE)


def asks_number(question: str) -> bool:
    return bool(_ASKS.search(question))


def gives_number(text: str) -> bool:
    """True when the text holds a quantity, in figures or words; a reference to a provision is none."""
    return bool(_GIVES.search(_REFERENCE.sub("", text)))


def asks_time(question: str) -> bool:
    """True when the question begins by asking when something happens or happened."""
    return bool(_ASKS_TIME.search(question))


def gives_time(text: str) -> bool:
    return bool(_GIVES_TIME.search(_REFERENCE.sub("", text)))


def asks_sum(question: str) -> bool:
    """True when the question asks how large something is that is counted in money."""
    return asks_number(question) and bool(_ASKS_MONEY.search(question))


def gives_sum(text: str) -> bool:
    """True for an amount of money, or a share of one."""
    return bool(_GIVES_MONEY.search(text))
