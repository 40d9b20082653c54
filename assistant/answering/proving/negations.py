"""What is negated, in the text and in the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Word
from assistant.answering.proving.likeness import opposite, said_by
from assistant.answering.proving.modality import force
from assistant.answering.proving.wording import next_word

#: How many content words a negation says something of.
_NEGATION_REACH = 4
#: The share of what the source negates that a sentence must say to be against it.
_NEGATED_SHARE = 0.5
#: From this coverage on, a negation in other words is taken for the one that the source has left.
_WELL = 0.7
#: Words of a source that make one thing hang on another.
_CONDITIONS = frozenset("om endast bara utan när".split())


def negations(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    theirs = list(_negated(window.words))
    held = alignment.targets(range(len(words)))
    matched: set[int] = set()
    for index, scope in _negated(words):
        targets = alignment.targets(scope)
        hits = [place for place, other in theirs if targets & set(other)]
        if hits:
            matched |= set(hits)
            continue
        free = [place for place, other in theirs if place not in matched and not held & {o for o in other if o > place}]
        if free and alignment.coverage >= _WELL and not alignment.targets([i for i in scope if i > index]):
            matched.add(free[0])
            continue
        nearest = [i for i in scope if i > index][:1] or list(scope[:1])
        said = any(opposite(words[i].lower, other.lower) for i in nearest for other in window.words)
        freed = any(said_by(words[i].lower, contrasts.FORCE_SAID_PLAINLY["ska"]) for i in scope) and _frees(
            window.words
        )
        said = said or freed or _negating(words, window.words)
        if not said and turned_condition(words, alignment):
            continue
        if not said:
            against = alignment.targets([i for i in scope if i > index][:1]) or not scope[-1] > index
            if not against and _in_condition(words, index, 3):
                continue
            phrase = _phrase(words, index)
            return f"Texten nekar ({phrase}), källan gör det inte." if against else f"Källan säger inget om {phrase}."
    conditional = any(word.lower in ("om", "såvida", "ifall") for word in words)
    for place, scope in theirs:
        after = [other for other in scope if other > place] or list(scope)
        if place in matched or not after or (_in_condition(window.words, place) and not conditional):
            continue
        kept = [other for other in after if other in held]
        enough = len(kept) >= _NEGATED_SHARE * len(after) or _cut_short(
            words, alignment, [o for o in scope if o < place]
        )
        if enough and not _says_opposite(words, [window.words[i] for i in after], window.words):
            return f"Källan nekar ({_phrase(window.words, place)}), texten gör det inte."
    return ""


def _in_condition(words: Sequence[Word], place: int, reach: int = 2) -> bool:
    """Whether a negation stands in a condition, which denies nothing by itself: "om inte … säger annat"."""
    return any(word.lower in ("om", "såvida", "när") for word in words[max(0, place - reach) : place])


def turned_condition(words: Sequence[Word], alignment: Alignment) -> bool:
    """Whether the text turns both a condition and what hangs on it: "lika, om det inte …" for "olika bara om …"."""
    source = alignment.window.words
    if not any(_in_condition(words, place, 3) for place, _ in _negated(words)):
        return False
    if not any(word.lower in _CONDITIONS for word in source):
        return False
    forms = {other.form for other in source}
    sides = sum(
        word.content and word.form not in forms and any(opposite(word.lower, other.lower) for other in source)
        for word in words
    )
    mine, theirs = _count(words) + sides, _count(source)
    return mine != theirs and (mine + theirs) % 2 == 0


def _count(words: Sequence[Word]) -> int:
    return sum(1 for _ in _negated(words))


def _negating(words: Sequence[Word], source: Sequence[Word]) -> bool:
    """Whether the source says no with a word of its own ("förbjudet") that the text does not repeat."""
    own = {word.form for word in words}
    return any(said_by(other.lower, contrasts.NEGATING) and other.form not in own for other in source)


def _frees(source: Sequence[Word]) -> bool:
    """Whether the source says that something need not be: "måste inte", "behöver inte"."""
    return any(
        word.lower in contrasts.FREEING and {w.lower for w in source[i + 1 : i + 4]} & contrasts.DENYING
        for i, word in enumerate(source)
    )


def _cut_short(words: Sequence[Word], alignment: Alignment, before: Sequence[int]) -> bool:
    """Whether a clause of the claim ends with the verb that the source negates: "Mötet hålls" of "Mötet hålls inte"."""
    for index, places in enumerate(alignment.places):
        rest = [w for w in words[index + 1 :] if w.clause == words[index].clause and (w.content or w.kind == "figure")]
        if set(before) & set(places) and not rest:
            return True
    return False


def _negated(words: Sequence[Word]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The negations of a text, each with the content words that it says no to: those after it, and the verb before."""
    for index, word in enumerate(words):
        if word.lower not in contrasts.NEGATIONS:
            continue
        after = _following(words, index, _NEGATION_REACH)
        if word.lower in ("inte", "ej", "icke", "utan") and next_word(words, index) in (
            "bara",
            "endast",
            "enbart",
            "minst",
        ):
            continue
        if _says_only(words, index):
            continue
        if word.lower == "utan" and (not after or _denied_before(words, index)):
            continue
        if word.lower == "snarare" and next_word(words, index) != "än":
            continue
        if _leaves_open(words, index):
            continue
        before: list[int] = []
        if word.lower not in contrasts.FORWARD_NEGATIONS:
            before = _verb_before(words, index)
        if after or before:
            yield index, (*before, *after)


def _says_only(words: Sequence[Word], index: int) -> bool:
    """True for "ingen annan än", which says who alone."""
    after = [word.lower for word in words[index + 1 : index + 4]]
    return (
        words[index].lower in contrasts.FORWARD_NEGATIONS
        and after[:1] in (["annan"], ["andra"], ["annat"])
        and "än" in after
    )


def _leaves_open(words: Sequence[Word], index: int) -> bool:
    """True for "eller inte", which says neither, and for "kan inte nog …", which says yes."""
    before = words[index - 1].lower if index else ""
    after = [word.lower for word in words[index + 1 : index + 9]]
    praised = before in contrasts.ABLE and any(word in ("nog", "överskattas") for word in after)
    return before == "eller" or praised or (after[:1] == ["sällan"])


def _denied_before(words: Sequence[Word], index: int) -> bool:
    """True for "inte … utan …", in which "utan" says what holds instead."""
    return any(
        word.lower in ("inte", "ej", "icke", "ingen", "inget", "inga") for word in words[max(0, index - 30) : index]
    )


def _following(words: Sequence[Word], index: int, reach: int) -> list[int]:
    """The content words after a place in its clause, up to the next modal verb or negation."""
    found: list[int] = []
    for place in range(index + 1, len(words)):
        word = words[place]
        if word.clause != words[index].clause or word.lower in contrasts.NEGATIONS:
            break
        if force(word) and place > index + 1 + (words[index + 1].lower == "heller"):
            break
        if word.content and not said_by(word.lower, contrasts.HERE):
            found.append(place)
        if len(found) == reach:
            break
    return found


def _verb_before(words: Sequence[Word], index: int) -> list[int]:
    """The content word just before a negation ("gäller inte"), at most two words off."""
    for place in range(index - 1, max(-1, index - 4), -1):
        word = words[place]
        if word.clause != words[index].clause or word.lower in contrasts.SUBORDINATING:
            break
        if word.content:
            return [place]
    return []


def _says_opposite(words: Sequence[Word], negated: Sequence[Word], window: Sequence[Word]) -> bool:
    """True when the claim says no with a word of its own ("förbjudet"), or the opposite of what is negated."""
    held = {word.lower for word in window}
    own = any(said_by(word.lower, contrasts.NEGATING) and word.lower not in held for word in words)
    own = own or any(one.lower in ("låta", "låter") and other.lower == "bli" for one, other in pairwise(words))
    return own or any(opposite(word.lower, other.lower) for word in words for other in negated)


def _phrase(words: Sequence[Word], index: int) -> str:
    """A negation with the words around it, to be shown."""
    last = (_following(words, index, 2) or [index])[-1]
    shown = [word.shown for word in words[index : last + 1]]
    if last == index and index:
        shown.insert(0, words[index - 1].shown)
    return "”" + " ".join(dict.fromkeys(shown)) + "”"
