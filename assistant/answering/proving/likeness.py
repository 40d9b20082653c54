"""How nearly one word says what another does: the same word, a part of it, a stem of it, or a synonym."""

from __future__ import annotations

from functools import cache, lru_cache

from assistant.answering.proving import contrasts
from assistant.answering.proving.antonyms import OPPOSITES
from assistant.answering.proving.claims import Actor, Word, same_actor
from assistant.answering.proving.synonyms import SYNONYMS
from assistant.finding.lexicon import Lexicon
from assistant.finding.thesaurus import Thesaurus

#: What a match is worth by its kind; a word in the same form is worth 1.
_PART, _HEAD, _SYNONYM, _STEM = 0.75, 0.85, 0.9, 0.8
#: Two words that begin alike share a stem: so many letters, and this share of the shorter one.
_STEM_LETTERS, _STEM_SHARE = 4, 0.7


#: Shorter words than this, both taken together, are not told apart by "o-" and "in-".
_LONG_PAIR = 10


#: So many comparisons are remembered.
_MOST_KNOWN = 200_000


class Likeness:
    """Compares words. What has been compared is remembered; it may be used from several threads."""

    def __init__(self, lexicon: Lexicon, thesaurus: Thesaurus | None) -> None:
        self._lexicon = lexicon
        self._thesaurus = thesaurus
        self._known: dict[tuple[str, str, Actor | None, Actor | None], float] = {}
        self._synonyms: dict[str, frozenset[str]] = {}

    def __call__(self, one: Word, other: Word) -> float:
        """0..1, 1 for the same word."""
        if one.form == other.form:
            return 1.0
        if one.kind != "word" or other.kind != "word":
            return _SYNONYM if _counts(one, other) or _counts(other, one) else 0.0
        key = (one.lower, other.lower, one.actor, other.actor)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known = {}
            known = self._known[key] = self._compared(one, other)
        return known

    def _compared(self, one: Word, other: Word) -> float:
        if one.actor and other.actor:
            return 1.0 if same_actor(one.actor, other.actor) else 0.0
        if opposite(one.lower, other.lower):
            return 0.0
        return max(self._by_parts(one, other), self._by_synonym(one, other), _by_stem(one, other))

    def _by_parts(self, one: Word, other: Word) -> float:
        if one.parts and one.parts[-1] == other.form:
            return _PART
        if other.parts and one.form in other.parts:
            return _HEAD
        if one.parts and other.parts:
            return _PART * len(set(one.parts) & set(other.parts)) / len(set(one.parts))
        return 0.0

    def _by_synonym(self, one: Word, other: Word) -> float:
        said = other.form in self._said(one.form) or one.form in self._said(other.form)
        return _SYNONYM if said else 0.0

    def _said(self, form: str) -> frozenset[str]:
        if self._thesaurus is None:
            return frozenset()
        if form not in self._synonyms:
            found = self._thesaurus.find([form])
            terms = {s.terms[0] for _, _, synonyms in found for s in synonyms if len(s.terms) == 1}
            self._synonyms[form] = frozenset(terms | _general(self._lexicon).get(form, frozenset()))
        return self._synonyms[form]


@lru_cache(maxsize=4)
def likeness_of(lexicon: Lexicon, thesaurus: Thesaurus | None) -> Likeness:
    """The same one for all who compare with this lexicon and thesaurus."""
    return Likeness(lexicon, thesaurus)


_GENERAL: dict[int, dict[str, frozenset[str]]] = {}


def _general(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    """The everyday synonyms, by normal form."""
    known = _GENERAL.get(id(lexicon))
    if known is None:
        known = {}
        for row in SYNONYMS:
            forms = frozenset(lexicon.normal_form(word) for word in row.split())
            for form in forms:
                known[form] = known.get(form, frozenset()) | forms
        _GENERAL.clear()
        _GENERAL[id(lexicon)] = known
    return known


def _counts(figure: Word, ordinal: Word) -> bool:
    return figure.kind == "figure" and bool(figure.unit) and contrasts.ORDINALS.get(ordinal.lower) == figure.value


def _by_stem(one: Word, other: Word) -> float:
    shorter, longer = sorted((one.form, other.form), key=len)
    length = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    alike = length >= _STEM_LETTERS and length >= _STEM_SHARE * len(shorter) and len(longer) <= 2 * length
    return _STEM if alike else 0.0


@cache
def opposite(one: str, other: str) -> bool:
    """Whether two lower-case words say the opposite of each other."""
    for prefix in ("o", "miss", "icke", "in"):
        if len(one) + len(other) > _LONG_PAIR and (one == prefix + other or other == prefix + one):
            return True
    sides, others = _sides(one), _sides(other)
    return any(row == row2 and side != side2 for row, side in sides for row2, side2 in others)


@cache
def same_side(one: str, other: str) -> bool:
    """Whether two lower-case words stand on the same side of a row of opposites."""
    return bool(set(_sides(one)) & set(_sides(other)))


@cache
def _sides(word: str) -> tuple[tuple[int, int], ...]:
    """The rows and sides of `OPPOSITES` in which a word stands."""
    return tuple(
        (row, side) for row, sides in enumerate(OPPOSITES) for side, words in enumerate(sides) if said_by(word, words)
    )


def said_by(word: str, words: str) -> bool:
    """Whether a lower-case word is one of these, of which one with "*" stands for all that begins so."""
    exact, beginnings = _parsed(words)
    return word in exact or word.startswith(beginnings)


@cache
def _parsed(words: str) -> tuple[frozenset[str], tuple[str, ...]]:
    every = words.split()
    return (
        frozenset(word for word in every if not word.endswith("*")),
        tuple(word[:-1] for word in every if word.endswith("*")),
    )
