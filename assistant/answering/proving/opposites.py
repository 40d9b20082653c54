"""Words that say the opposite of the source's, and words that narrow or widen what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment, Window
from assistant.answering.proving.claims import Word
from assistant.answering.proving.likeness import opposite, same_side
from assistant.answering.proving.wording import around_of, says

#: How far apart, in words, an opposite may stand from the words around its counterpart.
_NEAR = 5
#: An opposite stands so near, in words, to what is said of it, and the word itself so many times farther off.
_BESIDE, _FAR = 3, 2
#: So many content words after "före" or "efter" tell what it is before or after.
_SIDE = 3
#: Words that set a condition.
_IF = frozenset("om när ifall först".split())
#: A word of the text that is said less well than this is not said.
_UNSAID = 0.5
#: Words that something is left out of, and words of a text that leaves something out itself.
_OTHERS = frozenset("andra annan annat övriga".split())
_EXCEPTING = frozenset("än utom förutom undantag undantar undantagen undantaget bara endast enbart dock".split())


def opposites(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    forms = {word.form for word in window.words}
    for index, word in enumerate(words):
        if word.kind != "word":
            continue
        if word.form in forms:
            nearer = _nearer_opposite(index, words, alignment)
            if nearer:
                return says(nearer.lower, word.lower)
            continue
        reason = "" if _has_own_side(word, window.words) else _opposite_said(index, words, alignment)
        if reason:
            return reason
    return ""


def _opposite_said(index: int, words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that the source says the opposite of a word, where it speaks of the same."""
    word, source = words[index], alignment.window.words
    targets = alignment.targets(around_of(words, index))
    for place, other in _opposites_of(index, words, alignment):
        if any(o.form == other.form for o in words):
            if alignment.worth[index] < _UNSAID and word.content and word.lower not in contrasts.NEGATIONS:
                return f"Källan säger inte {word.lower}."
            continue
        if _is_negated(words, index) != _is_negated(source, place):
            continue
        if any(abs(target - place) <= _NEAR for target in targets):
            return says(other.lower, word.lower)
    return ""


def _has_own_side(word: Word, source: Sequence[Word]) -> bool:
    """Whether the source has a word on the same side as the text's, beside one on the other."""
    return any(same_side(word.lower, other.lower) for other in source)


def _opposites_of(index: int, words: Sequence[Word], alignment: Alignment) -> Iterator[tuple[int, Word]]:
    """The words of the source that say the opposite of one of the text's, unless the sides are turned round too."""
    for place, other in enumerate(alignment.window.words):
        if opposite(words[index].lower, other.lower) and not _turned_round(index, place, words, alignment):
            yield place, other


def _nearer_opposite(index: int, words: Sequence[Word], alignment: Alignment) -> Word | None:
    """The opposite of a word that the source has too, where it stands nearer to what the text says the word of."""
    source, beside = alignment.window.words, _beside(words, index)
    targets = alignment.targets(beside)
    own = [place for place, other in enumerate(source) if other.form == words[index].form]
    others = [place for place, other in enumerate(source) if opposite(words[index].lower, other.lower)]
    said = {word.form for word in words}
    if not targets or not others or any(source[place].form in said for place in others):
        return None
    nearest = min(others, key=lambda place: min(abs(place - target) for target in targets))
    to_own = min(abs(place - target) for place in own for target in targets)
    to_other = min(abs(nearest - target) for target in targets)
    return source[nearest] if to_other <= _BESIDE and to_own > _FAR * to_other else None


def _beside(words: Sequence[Word], index: int) -> list[int]:
    """The nearest content word on each side of a place in its clause."""
    clause = words[index].clause
    before = [i for i in range(index - 1, -1, -1) if words[i].content and words[i].clause == clause][:1]
    after = [i for i in range(index + 1, len(words)) if words[i].content and words[i].clause == clause][:1]
    return [*before, *after]


def _turned_round(index: int, place: int, words: Sequence[Word], alignment: Alignment) -> bool:
    """Whether text and source put the two sides the other way round: "innan A sker B" is "A efter B"."""
    if words[index].lower not in contrasts.RELATING and "än" not in [w.lower for w in words[index + 1 : index + 4]]:
        return False
    after = [i for i in range(index + 1, len(words)) if words[i].content][:_SIDE]
    at = alignment.targets(after)
    return len([target for target in at if target < place]) > len(at) / 2


def _is_negated(words: Sequence[Word], index: int) -> bool:
    return any(
        word.lower in contrasts.NEGATIONS and word.lower != "snarare" for word in words[max(0, index - 3) : index]
    )


def limits(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    held = {word.lower for word in window.words}
    for index, word in enumerate(words):
        if word.lower not in contrasts.LIMITS or _next_figure(words, index) or _is_negated(words, index):
            continue
        same = {word.lower}.union(*(row for row in contrasts.SAME_LIMIT if word.lower in row))
        if not same & held and not (word.lower in contrasts.ONLY and _only_if(window.words)):
            return f"Källan säger inte {word.lower}."
    return ""


def widened(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that the source says it "endast" of something that the text leaves out."""
    window = alignment.window
    said = alignment.targets(range(len(words)))
    narrowed = any(w.lower in contrasts.ONLY or w.lower in contrasts.NEGATIONS or w.lower in _IF for w in words)
    for place, word in enumerate(window.words):
        before = window.words[place - 1].lower if place else ""
        if narrowed or word.lower not in contrasts.ONLY or before in contrasts.DENYING:
            continue
        mine = [
            i
            for i, w in enumerate(window.words)
            if w.content and w.clause == word.clause and _same_unit(i, place, window)
        ]
        earlier, later = [i for i in mine if i < place][-2:], [i for i in mine if i > place][:_SIDE]
        if earlier and later and set(earlier) <= said and not set(later) & said:
            return f"Källan säger {word.lower}, texten säger det utan förbehåll."
    return ""


def excepted(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that the source leaves out what the text speaks of: "andra än styrelsen", "utom styrelsen"."""
    source = alignment.window.words
    said = {word.lower for word in words}
    if said & _EXCEPTING or said & contrasts.DENYING:
        return ""
    held = alignment.targets(range(len(words)))
    for place, word in enumerate(source):
        others = {other.lower for other in source[max(0, place - 3) : place]} & _OTHERS
        after = next((i for i in range(place + 1, min(place + 3, len(source))) if source[i].content), None)
        if (word.lower == "utom" or (word.lower == "än" and others)) and after is not None and after in held:
            return f"Källan undantar {source[after].lower}, texten gör det inte."
    return ""


def _same_unit(one: int, other: int, window: Window) -> bool:
    return window.unit_of[one] == window.unit_of[other]


def _only_if(words: Sequence[Word]) -> bool:
    """Whether a text says "inte … utan att" or "inte … om inte", which is "bara om"."""
    said = [word.lower for word in words]
    at = next((place for place, word in enumerate(said) if word in contrasts.DENYING), len(said))
    return any(word in ("utan", "förrän") for word in said[at + 1 :])


def _next_figure(words: Sequence[Word], index: int) -> bool:
    return any(word.kind == "figure" for word in words[index + 1 : index + 3])
