"""Who does what in a sentence: its verbs, each with its subject and the rest of its clause.

Swedish puts the verb second: what stands before it is the subject, unless that begins with a preposition or an adverb;
then the subject comes after the verb. After "som" the word before it is the subject, when the verb follows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.proving import contrasts, verbs
from assistant.answering.proving.claims import Word

_JOINING = frozenset("och eller samt men utan".split())
_SUBORDINATORS = frozenset(
    "att om när där innan hur vilken vilket vilka eftersom medan tills ifall fast varför vars som ju dels".split()
)
#: Words that a sentence begins with when its subject comes after the verb.
_FRONTED = contrasts.PREPOSITIONS | frozenset(
    "då där här så därför dessutom därefter därmed samtidigt ofta ibland sedan nu idag dock heller utöver "
    "innan när om eftersom medan däremot vidare sammantaget likväl kanske alltså således därutöver annars "
    "dels tidigare".split()
)
#: Adverbs that may stand beside a subject.
_SKIPPED = frozenset(
    "inte ej aldrig också även dock alltid redan ofta själv själva då därför sedan bara endast ju alltså".split()
)
#: A verb's own verb stands at most so many words after it.
_REACH = 9


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb with its clause, as places in the words: `subject` and `rest` are content words, `agents` follow "av".

    `finite` is the verb that is bent, `verb` the one that says what is done ("besluta" in "ska besluta"); `subject` is
    empty when it is a pronoun.
    """

    verb: int
    finite: int
    subject: tuple[int, ...]
    rest: tuple[int, ...]
    agents: tuple[int, ...] = ()
    passive: bool = False

    @property
    def doers(self) -> tuple[int, ...]:
        """Who does it: the subject, or those after "av"."""
        return self.agents if self.passive else self.subject

    def moved(self, offset: int) -> Predicate:
        """The same with its places so much farther on."""
        if not offset:
            return self
        subject, rest, agents = (tuple(i + offset for i in part) for part in (self.subject, self.rest, self.agents))
        return Predicate(self.verb + offset, self.finite + offset, subject, rest, agents, self.passive)


def predicates(words: Sequence[Word]) -> tuple[Predicate, ...]:
    """The predicates of a sentence's words, in order."""
    finites = [place for place in range(len(words)) if _is_finite_at(words, place)]
    found: list[Predicate] = []
    ends = [*finites[1:], len(words)]
    starts = [_clause_start(words, finite, before) for finite, before in zip(finites, (-1, *finites), strict=False)]
    for number, finite in enumerate(finites):
        before = finites[number - 1] if number else -1
        subject, inverted = _subject(words, finite, before, starts[number], found)
        until = starts[number + 1] if number + 1 < len(finites) else len(words)
        until = max(until, finite + 1)
        if inverted:
            after = _noun_phrase(words, finite + 1, min(until if until > finite + 1 else ends[number], len(words)))
            subject = after or subject
        verb = _own_verb(words, finite, until, subject)
        passive = verbs.is_passive(words[verb].lower) or (
            words[finite].lower in verbs.BEING and verb != finite and not verbs.is_infinitive(words[verb].lower)
        )
        agents = _agents(words, verb, until) if passive else ()
        taken = {*subject, *agents, verb}
        rest = [i for i in range(starts[number], until) if words[i].content and i not in taken]
        found.append(Predicate(verb, finite, tuple(subject), tuple(rest), tuple(agents), passive))
    return tuple(found)


def _is_finite_at(words: Sequence[Word], place: int) -> bool:
    word = words[place]
    if word.kind != "word" or word.actor or not verbs.is_finite(word.lower):
        return False
    before = words[place - 1].lower if place else ""
    if before == "att" and verbs.is_infinitive(word.lower):
        return False
    if verbs.is_infinitive(word.lower):
        near = [w.lower for w in words[max(0, place - _REACH) : place] if w.clause == word.clause]
        return not any(other in verbs.AUXILIARIES for other in near)
    return True


def _clause_start(words: Sequence[Word], finite: int, before: int) -> int:
    """The first word of a verb's clause: after the verb before it, and after the last word that begins a clause."""
    start = before + 1
    for place in range(before + 1, finite):
        lower = words[place].lower
        if (lower == "att" and _infinitive_follows(words, place)) or (lower == "om" and before < 0 < place):
            continue
        comma = place > 0 and words[place].clause != words[place - 1].clause
        if lower in _SUBORDINATORS or (
            before >= 0 and (comma or (lower in _JOINING and _verb_follows(words, place, finite)))
        ):
            start = place
    apart = finite > 0 and words[finite].clause != words[finite - 1].clause
    fronted = start == before + 1 and words[0].lower in _SUBORDINATORS | contrasts.PREPOSITIONS
    return finite if before >= 0 and (apart or fronted) else start


def _infinitive_follows(words: Sequence[Word], place: int) -> bool:
    """Whether an infinitive stands after "att", with at most one word between: "att inte delta"."""
    after = words[place + 1 : place + 3]
    return bool(after) and (
        verbs.is_infinitive(after[0].lower)
        or (after[0].lower in _SKIPPED and len(after) > 1 and verbs.is_infinitive(after[1].lower))
    )


def _verb_follows(words: Sequence[Word], place: int, finite: int) -> bool:
    """Whether the verb comes at once after "och", so that it joins clauses and not words."""
    return finite - place <= 1 or words[place].lower in ("men", "utan")


def _subject(
    words: Sequence[Word], finite: int, before: int, start: int, found: Sequence[Predicate]
) -> tuple[list[int], bool]:
    """The subject before a verb, and whether it comes after the verb instead."""
    segment = list(range(start, finite))
    while segment and (words[segment[0]].lower in _JOINING):
        segment.pop(0)
    first = words[segment[0]].lower if segment else ""
    if first in _SUBORDINATORS:
        inside = [i for i in segment[1:] if words[i].lower not in _SKIPPED]
        if first == "som" and not any(words[i].content or words[i].lower in contrasts.POINTING for i in inside):
            return _antecedent(words, segment[0]), False
        return (_noun_phrase(words, segment[1], finite) if len(segment) > 1 else []), False
    inside = [i for i in segment if words[i].lower not in _SKIPPED]
    if not inside:
        joined = start < finite and words[start].lower in _JOINING
        if found and (joined or _is_relative(words, found, before)):
            return list(found[-1].subject), False
        return [], True
    if first in _FRONTED:
        return [], True
    return _noun_phrase(words, inside[0], finite), False


def _is_relative(words: Sequence[Word], found: Sequence[Predicate], before: int) -> bool:
    """Whether the verb before stands in a clause with "som", after which its own noun goes on: "Den som …, ska"."""
    start = found[-2].finite + 1 if len(found) > 1 else 0
    return any(word.lower == "som" for word in words[start:before])


def _antecedent(words: Sequence[Word], som: int) -> list[int]:
    """The noun that "som" speaks of."""
    for place in range(som - 1, max(-1, som - 5), -1):
        if words[place].content:
            return [place]
        if words[place].lower in contrasts.POINTING:
            return []
    return []


def _noun_phrase(words: Sequence[Word], start: int, end: int) -> list[int]:
    """The content words from a place up to a preposition, a verb or a conjunction that begins a clause."""
    found: list[int] = []
    for place in range(start, end):
        word = words[place]
        if word.lower in contrasts.PREPOSITIONS or word.lower in _SUBORDINATORS:
            break
        if found and word.clause != words[found[-1]].clause and word.lower not in _JOINING and place + 1 >= end:
            break
        if not word.actor and (verbs.is_infinitive(word.lower) or verbs.is_finite(word.lower)):
            break
        if word.content and word.lower not in _SKIPPED:
            found.append(place)
    return found


def _own_verb(words: Sequence[Word], finite: int, until: int, subject: Sequence[int]) -> int:
    """The verb that says what is done: the infinitive or participle after one that only helps."""
    verb = finite
    if words[finite].lower not in verbs.AUXILIARIES:
        return verb
    for place in range(finite + 1, min(until, finite + 1 + _REACH)):
        word = words[place]
        if place in subject or word.kind != "word":
            continue
        if verbs.is_infinitive(word.lower):
            if words[place - 1].lower == "att" and words[finite].lower != "kommer":
                return verb
            verb = place
            if word.lower not in ("kunna", "få", "vara", "bli", "ha"):
                return verb
        elif (
            words[verb].lower in (verbs.BEING | {"har", "hade", "ha"})
            and word.content
            and verbs.is_participle(word.lower)
        ):
            return place
    return verb


def _agents(words: Sequence[Word], verb: int, until: int) -> list[int]:
    """Who does what a passive verb says: the words after "av"."""
    for place in range(verb + 1, until):
        if words[place].lower == "av":
            return _noun_phrase(words, place + 1, until)
    return []
