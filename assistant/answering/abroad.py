"""Questions on other countries: what the sources say of Swedish municipalities and Swedish law is no answer to them.

A country is named by its own name or by its adjective. Where the passages that were found name it too, they may answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from assistant.types import Hits, Topic

ABROAD = Topic("Andra länder", "källor från det land som frågan gäller", "abroad")
#: So many passages are looked through for the country.
_HEARD = 5
#: Countries by their adjective without its ending.
_COUNTRIES: dict[str, tuple[str, ...]] = {
    "amerikansk": ("usa", "amerika"),
    "australisk": ("australien",),
    "belgisk": ("belgien",),
    "brittisk": ("storbritannien",),
    "dansk": ("danmark",),
    "engelsk": ("england",),
    "estnisk": ("estland",),
    "estländsk": ("estland",),
    "finländsk": ("finland",),
    "finsk": ("finland",),
    "fransk": ("frankrike",),
    "färöisk": ("färöarna",),
    "grekisk": ("grekland",),
    "grönländsk": ("grönland",),
    "holländsk": ("holland", "nederländerna"),
    "irländsk": ("irland",),
    "isländsk": ("island",),
    "italiensk": ("italien",),
    "japansk": ("japan",),
    "kanadensisk": ("kanada",),
    "kinesisk": ("kina",),
    "lettisk": ("lettland",),
    "litauisk": ("litauen",),
    "nederländsk": ("nederländerna", "holland"),
    "norsk": ("norge",),
    "polsk": ("polen",),
    "portugisisk": ("portugal",),
    "rysk": ("ryssland",),
    "schweizisk": ("schweiz",),
    "skotsk": ("skottland",),
    "spansk": ("spanien",),
    "tjeckisk": ("tjeckien",),
    "turkisk": ("turkiet",),
    "tysk": ("tyskland",),
    "ukrainsk": ("ukraina",),
    "ungersk": ("ungern",),
    "österrikisk": ("österrike",),
}
_NAMES = {name: name for names in _COUNTRIES.values() for name in names} | {
    f"{name}s": name for names in _COUNTRIES.values() for name in names
}
_ADJECTIVE = re.compile(rf"({'|'.join(_COUNTRIES)})(?:a|t|e)?")
#: After these, an adjective in -a that no noun follows is a language.
_INTO = frozenset(("på", "till", "från"))


def unless_abroad(question: str, hits: Hits) -> Hits:
    """The hits, without support when the question names another country that none of the first of them names."""
    asked = set(_countries(question))
    if not asked or (hits.topic and hits.topic.kind == "hostile"):
        return hits
    heard = (" ".join((*hit.passage.path, hit.passage.text)) for hit in hits.items[:_HEARD])
    if any(asked & set(_countries(text)) for text in heard):
        return hits
    return replace(hits, support=0.0, topic=ABROAD)


def _countries(text: str) -> Iterator[str]:
    words = re.findall(r"\w+", text.lower())
    for before, word in pairwise(("", *words)):
        if word in _NAMES:
            yield _NAMES[word]
        elif (adjective := _ADJECTIVE.fullmatch(word)) and not (before in _INTO and word.endswith("a")):
            yield from _COUNTRIES[adjective[1]]
