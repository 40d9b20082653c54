"""Whether a document is an instruktion for the director at all."""

from __future__ import annotations

import re

from assistant.avkodning.own_text import OwnText

#: How many of the first parts may hold the title, and how long such a one is in words.
_TITLE_PARTS, _TITLE_WORDS = 8, 25
_DIRECTOR = (
    r"(?:kommun|stads|region)?direktör(?:en)?s?|(?:kommun|stads|region)chef(?:en)?s?|kommundirektörs|kommunchefs"
)
_TITLE = re.compile(
    rf"\b(?:instruktion|arbetsinstruktion|uppdragsbeskrivning|arbetsordning)(?:en)?\b.{{0,60}}\b(?:{_DIRECTOR})\b"
    r"|\b(?:kommundirektörs|kommunchefs|direktörs|stadsdirektörs)instruktion"
    rf"|\b(?:{_DIRECTOR})\b.{{0,30}}\binstruktion",
    re.IGNORECASE | re.DOTALL,
)
#: Titles of documents that speak of the director and are none.
_OTHER = re.compile(
    r"\b(?:\w*reglemente|\w*delegations?\w*ordning|delegationsförteckning|protokoll\w*|tjänsteskrivelse|rapport|annons|"
    r"kravprofil|\w*policy|verksamhetsplan|arbetsordning för (?:kommun)?fullmäktige|\w*attestreglemente|remiss|"
    r"pressmeddelande|revision\w*|granskning|motion|interpellation|platsannons|anställningsavtal|"
    r"instruktion för (?!\w*direktör|\w*kommunchef|\w*stadschef)\w+)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(r"\b(?:denna|den här|följande) (?:arbets)?instruktion\b", re.IGNORECASE)
_DUTY = re.compile(
    r"\b(?:ska|skall|ansvarar|svarar|leder|har|är|får|bereder|samordnar|företräder|beslutar|utser|åligger|uppgift)\b",
    re.IGNORECASE,
)
#: What only an advertisement says.
_ADVERTISEMENT = re.compile(
    r"\b(?:vi söker|sista ansökningsdag|din ansökan|skicka in din|välkommen med din ansökan|rekryteringsprocess\w*)\b",
    re.IGNORECASE,
)
#: So many duties of the director at least where the title says what it is, and where only the text calls itself so.
_FEW_DUTIES, _MANY_DUTIES = 2, 6


def is_instruktion(own: OwnText) -> bool:
    """By its title and how many of its sentences lay something on the director."""
    sentences = own.sentences
    if not sentences:
        return False
    duties = sum("director" in part.roles and bool(_DUTY.search(part.text) or part.is_item) for part in sentences)
    titles = _titles(own)
    if any(_ADVERTISEMENT.search(part.text) for part in own.parts):
        return False
    if any(_OTHER.search(title) and not _TITLE.search(title) for title in titles[:3]):
        return False
    if any(_TITLE.search(title) for title in titles):
        return duties >= _FEW_DUTIES
    names_itself = any(_ITSELF.search(part.text) for part in sentences)
    return duties >= _MANY_DUTIES and names_itself


def _titles(own: OwnText) -> list[str]:
    """What may be the title: the first short lines of the document, and the file's own name."""
    first = [part.text for part in own.parts[:_TITLE_PARTS] if len(part.words) <= _TITLE_WORDS]
    return [*first, own.document.source.title.replace("_", " ").replace("-", " ")]
