"""What a municipality calls its director: the board may choose another title (7 kap. 1 § kommunallagen)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: The word that stands for the director in all that is looked up.
_DIRECTOR = "kommundirektör"
_POST = r"[a-zåäö]*(?:chef|direktör|direktor|ledare|tjänsteman|tjänsteperson|föreståndare|förvaltare)"
#: The title that the document's own heading gives: "Instruktion för förvaltningschefen".
_HEADED = re.compile(
    rf"\b(?:instruktion|arbetsinstruktion|uppdragsbeskrivning)(?:en)? (?:för|till) (?:\w+ ){{0,2}}?({_POST})(?:en)?\b",
    re.IGNORECASE,
)
#: The title that a sentence gives: "Direktören benämns kommunförvaltare", "Kanslichefen är kommunens direktör".
_NAMED = re.compile(
    rf"\b(?:benämns|kallas|titeln|benämningen|titel är) (?:\w+ ){{0,2}}?[\"”»]?({_POST})(?:en)?\b"
    rf"|\b({_POST})(?:en)?,? (?:är|som är|har|som har) (?:kommunens direktör|direktör enligt|den ledande ställning)",
    re.IGNORECASE,
)
#: What is said of the director only.
_OF_THE_DIRECTOR = re.compile(
    r"7 kap|ledande ställning|under (?:kommun)?styrelsen|av (?:kommun)?styrelsen|inför (?:kommun)?styrelsen|"
    r"högst\w* tjänste|direktör enligt",
    re.IGNORECASE,
)
#: Heads of one field, who have a board of their own.
_OF_ONE_FIELD = re.compile(
    r"^(?:social|skol|bygg|miljö|kultur|fritids|utbildnings|barn|vård|omsorgs|tekni|räddnings|ekonomi|hr|personal|it|"
    r"kommunikations|säkerhets|avdelnings|enhets|upphandlings|digitaliserings|närings|stads(?:bygg|plan))",
    re.IGNORECASE,
)
_ENDINGS = {"": "", "en": "en", "n": "en", "s": "s", "ens": "ens", "ns": "ens"}
#: How far into the document its heading is looked for, in characters.
_HEAD = 1500


def director_aliases(text: str) -> Mapping[str, str]:
    """The document's own words for the director, in lower case, each with the usual word in the same form."""
    aliases = {}
    for title in dict.fromkeys(_titles(text)):
        for ending, usual in _ENDINGS.items():
            aliases[title + ending] = _DIRECTOR + usual
    return aliases


def _titles(text: str) -> Iterator[str]:
    if "kommundirektoren" in text.casefold():
        yield "kommundirektor"
    if not _OF_THE_DIRECTOR.search(text):
        return
    for match in (*_HEADED.finditer(text[:_HEAD]), *_NAMED.finditer(text)):
        title = next(group for group in match.groups() if group).casefold()
        if not _OF_ONE_FIELD.search(title) and not _is_usual(title):
            yield title


def _is_usual(title: str) -> bool:
    return bool(re.fullmatch(r"(?:kommun|stads|region|förbunds)?(?:direktör)|(?:kommun|stads|region)chef", title))
