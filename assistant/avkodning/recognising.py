"""Whether a document is an instruktion for the director at all."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.avkodning.own_text import OwnText
from assistant.avkodning.titles import director_aliases

#: How many of the first parts may hold the title, and how long such a one is in words.
_TITLE_PARTS, _TITLE_WORDS = 8, 25
_DIRECTOR = (
    r"(?:kommun|stads|region)?direktör(?:en)?s?|(?:kommun|stads|region)chef(?:en)?s?|kommundirektörs|kommunchefs"
)
_TITLE = re.compile(
    r"\b(?:\w*instruktion|uppdragsbeskrivning|uppdragshandling|rollbeskrivning|arbetsordning)(?:en)?\b"
    rf".{{0,60}}\b(?:{_DIRECTOR})\b"
    r"|\b(?:kommundirektörs|kommunchefs|direktörs|stadsdirektörs)instruktion"
    rf"|\b(?:{_DIRECTOR})\b.{{0,30}}\binstruktion",
    re.IGNORECASE | re.DOTALL,
)
#: How titles of documents that speak of the director and are none begin.
_OTHER = re.compile(
    r"^(?:[\w.,:-]+ ){0,3}(?:\w*reglemente|\w*delegations?\w*ordning|delegationsförteckning|\w*protokoll|"
    r"tjänsteskrivelse|"
    r"\w*rapport|kravprofil|\w*policy|verksamhetsplan|arbetsordning för (?:kommun)?fullmäktige|remissvar|"
    r"pressmeddelande|revisionsrapport|motion|interpellation|platsannons|anställningsavtal|"
    r"instruktion för (?!\w*direktör|\w*kommunchef|\w*stadschef|\w*tjänste)\w+)(?:en|et|er)?\b",
    re.IGNORECASE,
)
#: What only an advertisement says.
_ADVERTISEMENT = re.compile(
    r"\b(?:vi söker|sista ansökningsdag|din ansökan|skicka in din|välkommen med din ansökan)\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(r"\b(?:denna|den här|följande) (?:arbets)?instruktion(?:en)?\b", re.IGNORECASE)
#: The section that demands an instruktion.
_ITS_SECTION = re.compile(r"\b7 kap\.? ?2 ?§|\b7 kap(?:itlet)?\.? 1 ?(?:och|[–-]) ?2 ?§§", re.IGNORECASE)
_DUTY = re.compile(
    r"\b(?:ska|skall|ansvarar|svarar|ansvarig|leder|är chef|får|bereder|verkställer|samordnar|företräder|beslutar|"
    r"utser|åligger|uppgift|uppdrag|ser till|har rätt|verkar för|styr)\b",
    re.IGNORECASE,
)
#: So many duties of the director at least where the title says what it is, and where only the text calls itself so.
#: Without a name, so many duties that make so large a share of all sentences.
_FEW_NAMED, _MANY_DUTIES = 2, 6
_NAMED = 0.4
#: Of a document that names the section.
_NAMED_WITH_SECTION = 0.2


def is_instruktion(own: OwnText) -> bool:
    """By its title and how many of its sentences lay something on the director."""
    sentences = own.sentences
    if not sentences:
        return False
    duties = sum("director" in part.roles and bool(_DUTY.search(part.text) or part.is_item) for part in sentences)
    if any(_ADVERTISEMENT.search(part.text) for part in own.parts):
        return False
    aliases = director_aliases(own.document.text)
    for title in _titles(own):
        if _TITLE.search(title) or (
            aliases and any(alias in title.casefold() for alias in aliases) and "instruktion" in title.casefold()
        ):
            return sum("director" in part.named or "director" in part.roles for part in sentences) >= _FEW_NAMED
        if _OTHER.search(title):
            return False
    names_itself = any(_ITSELF.search(part.text) for part in sentences)
    names_section = any(_ITS_SECTION.search(part.text) for part in sentences)
    named = sum("director" in part.named for part in sentences) / len(sentences)
    return duties >= _MANY_DUTIES and (
        names_itself or named >= _NAMED or (names_section and named >= _NAMED_WITH_SECTION)
    )


def _titles(own: OwnText) -> list[str]:
    """What may be the title: the first short lines of the document, and the file's own name."""
    first = [part.text for part in own.parts[:_TITLE_PARTS] if len(part.words) <= _TITLE_WORDS]
    joined = [f"{one} {two}" for one, two in pairwise(first)]
    return [*first, *joined, own.document.source.title.replace("_", " ").replace("-", " ")]
