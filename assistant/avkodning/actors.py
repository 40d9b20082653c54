"""Who acts in a sentence of an instruktion: the director, the board, its chair, or someone else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "director", "deputy", "board", "chair", "council", "committee", "heads", "company", "elected", "parties", "staff"
]

#: The first that fits a word tells its role.
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("director", re.compile(r"(?:kommun|stads|region|förbunds|koncern)?direktör(?:en)?s?")),
    (
        "director",
        re.compile(
            r"(?:kommun|stads|region)chef(?:en)?s?|du|dig|din|ditt|dina|(?:befattnings|tjänste)(?:inne)?havaren?s?"
        ),
    ),
    ("board", re.compile(r"(?:kommun|stads|region|förbunds)?styrelsen?s?")),
    ("chair", re.compile(r"(?:(?:kommun|region)styrelse)?ordföranden?s?|(?:kommunal|region)råd(?:et)?s?")),
    ("council", re.compile(r"(?:kommun|region)?fullmäktiges?")),
    ("committee", re.compile(r"\w*nämnd(?:en|er|erna)?s?|\w*utskott(?:et|en)?s?|presidi(?:um|et|er|erna)s?")),
    ("company", re.compile(r"\w*bolag(?:et|en)?s?|vd|vdar|koncernbolag\w*")),
    ("elected", re.compile(r"förtroendevalda?s?|politik(?:er|erna|en)s?|parti(?:er|erna)s?|gruppledar\w*")),
    ("elected", re.compile(r"nämndordförand\w*|oppositions\w*|ledamöter\w*|ledamot\w*")),
    ("parties", re.compile(r"part(?:er|erna)s?|bägge|båda|vi|oss|varandra")),
    ("heads", re.compile(r"\w*chef(?:en|er|erna)?s?|\w+direktör(?:en|er|erna)?s?|direktörer(?:na)?s?")),
    ("staff", re.compile(r"medarbetar\w*|tjänstem[aä]n\w*|tjänsteperson\w*")),
)
_DEPUTY = frozenset("biträdande vice tillförordnad tf ställföreträdande ersättande".split())
_COMPANY = frozenset("verkställande verkställd bolagens bolagets".split())
_COMMITTEE_OWNERS = re.compile(r"\w*nämnd(?:en|ers?|ernas|ens)?s|utskottets|bolagets|fullmäktiges|kommunfullmäktiges")
_PREPOSITIONS = frozenset(
    "av till från med för mot hos inom under över enligt mellan åt genom i på inför vid om utan kring gentemot "
    "som".split()
)
_ARTICLES = frozenset(
    "den det de en ett en dess denna detta dessa berörd berörda samtliga övriga andra alla respektive dels".split()
)
_AND = frozenset("och eller samt respektive".split())
_DUTIES = re.compile(
    r"(?:\w*uppdrag(?:et|en)?|\w*uppgift(?:en|er|erna)?|\w*ansvar(?:et)?|\w*ansvarsområde(?:t|n)?|\w*roll(?:en)?|"
    r"åliggande(?:n|na)?|befogenhet(?:er|erna)?|arbete(?:t)?|sak|skyldighet(?:er|erna)?)"
)
#: A genitive and its noun may have so many words between ("kommundirektörens övergripande uppdrag").
_OWNED_WITHIN = 3
#: What stands before "av" and the one who does it.
_PASSIVE = re.compile(r"\w{2,}(?:s|ad|at|ade|dd|lld|rd)|hjälp|stöd|biträde|ledning")
#: So far back a preposition is looked for, and so many coordinated ones are followed.
_FAR = 4
_POINTS_BACK = frozenset(
    "han hon hen denne denna detta det den dessa vidare därutöver dessutom även här därmed också utöver rollen "
    "uppdraget de dem deras båda bägge".split()
)
#: Words that stand for a person wherever in a sentence they stand.
_PERSONS = frozenset("han hon hen denne vederbörande densamme".split())


@dataclass(frozen=True, slots=True)
class Acting:
    """`roles` are those who act first, () when nobody does; `named` are all that are named, `doers` those that act
    anywhere in the sentence.

    `first_acts` says that the sentence begins with the one who acts.
    """

    roles: tuple[Role, ...]
    named: frozenset[Role]
    doers: frozenset[Role] = frozenset()
    first_acts: bool = False


def told_apart(words: Sequence[str]) -> tuple[str, ...]:
    """The words with the chair of another body than the board written as one word, "nämndordförande"."""
    return tuple(
        "nämnd" + word if word.startswith("ordförande") and at and _COMMITTEE_OWNERS.fullmatch(words[at - 1]) else word
        for at, word in enumerate(words)
    )


def role_of(words: Sequence[str], place: int) -> Role | None:
    """The role of the word at this place, what stands before it counted in."""
    word = words[place]
    role = next((role for role, shape in _ROLES if shape.fullmatch(word)), None)
    before = words[place - 1] if place else ""
    if role == "director" and before in _DEPUTY:
        return "deputy"
    if role == "director" and before in _COMPANY:
        return "company"
    return role


def acting(words: Sequence[str]) -> Acting:
    """Who acts in a sentence, given as its words in lower case."""
    found = {place: role for place in range(len(words)) if (role := role_of(words, place))}
    named = frozenset(found.values())
    acts = [place for place in sorted(found) if _acts(words, place)]
    doers = frozenset(found[place] for place in found if place in acts or _done_by(words, place))
    first = acts[0] if acts else None
    if first is None:
        by = [place for place in sorted(found) if "av" in words[max(0, place - 2) : place]]
        return Acting(tuple(found[place] for place in by[:1]), named)
    roles = [found[first]]
    last = first
    for place in sorted(found):
        between = words[last + 1 : place]
        if place > last and len(between) <= _OWNED_WITHIN and any(word in _AND for word in between):
            roles.append(found[place])
            last = place
    front = all(word in _ARTICLES or word in _DEPUTY for word in words[:first])
    return Acting(tuple(dict.fromkeys(roles)), named, doers, front)


def _acts(words: Sequence[str], place: int, depth: int = 0) -> bool:
    """Whether the one named at this place is no owner of something else and not governed by a preposition."""
    if _is_owner(words, place):
        return _owns_duty(words, place)
    at = place - 1
    while at >= 0 and place - at <= _FAR and (words[at] in _ARTICLES or words[at].endswith(("ens", "rnas"))):
        at -= 1
    if at < 0:
        return True
    if words[at] in _AND and at and depth < _FAR:
        other = next((k for k in range(at - 1, max(-1, at - 1 - _FAR), -1) if role_of(words, k)), None)
        return other is None or _acts(words, other, depth + 1)
    return words[at] not in _PREPOSITIONS


def _done_by(words: Sequence[str], place: int) -> bool:
    """Whether it is done by the one at this place: "leds av direktören", "med stöd av direktören"."""
    at = place - 1
    while at > 0 and words[at] in _ARTICLES:
        at -= 1
    return at > 0 and words[at] == "av" and not _is_owner(words, place) and bool(_PASSIVE.fullmatch(words[at - 1]))


def _is_owner(words: Sequence[str], place: int) -> bool:
    word = words[place]
    return word in ("din", "ditt", "dina") or (word.endswith("s") and word not in ("alltings",) and len(word) > 2)


def _owns_duty(words: Sequence[str], place: int) -> bool:
    following = words[place + 1 : place + 1 + _OWNED_WITHIN]
    for word in following:
        if word == "ordförande" or word == "ordföranden":
            return False
        if _DUTIES.fullmatch(word):
            return True
    return False


def points_back(words: Sequence[str]) -> bool:
    """Whether a sentence that names nobody speaks of the one that the sentence before it speaks of."""
    return bool(words) and (words[0] in _POINTS_BACK or not _PERSONS.isdisjoint(words))
