"""A word typed wrong, or without å, ä and ö -> the word of the index that was meant.

The words of the index, without their dots and rings, are kept under every form with one letter left out; a typed word
meets them there (the deletion neighbourhood of Garbe's SymSpell 2012; Mor & Fraenkel 1982).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping

#: From this many letters one typing error is forgiven; in a shorter word only missing dots and rings are.
_LONG = 6


class Speller:
    """Knows the words of an index (lower case) and how often each occurs. Safe to use from several threads."""

    def __init__(
        self,
        words: Mapping[str, int],
        is_word: Callable[[str], bool] = lambda _: False,
        normal_form: Callable[[str], str] = lambda word: word,
    ) -> None:
        """`is_word` tells a real word or name: only dots and rings are missed in it, for it is no typing error.

        With `normal_form` an inflection that the index lacks is mended to one that it has ("arendets" to "ärende").
        """
        self._words = words
        self._is_word = is_word
        self._normal_form = normal_form
        self._plain: dict[str, list[str]] = {}
        for word in filter(str.isalpha, words):
            for form in {plain(word), plain(normal_form(word))}:
                self._plain.setdefault(form, []).append(word)
        self._shortened: dict[str, list[str]] = {}
        for form in self._plain:
            if len(form) >= _LONG - 1:
                for shorter in _one_letter_less(form):
                    self._shortened.setdefault(shorter, []).append(form)

    def correct(self, word: str) -> tuple[str, ...]:
        """The words that a lower-case word was meant to be, most frequent first; () if it is known or none is near.

        Words that differ in dots and rings alone (`arende`) come before those with one letter inserted, left out,
        changed or two neighbours swapped, which only a word of six letters or more may have. More than one word is
        given only when they are equally near.
        """
        if word in self._words or not word.isalpha():
            return ()
        if self._is_word(word):
            return self._nearest(word, self._undotted(word))
        forms = dict.fromkeys((word, self._normal_form(word)))
        found = next(filter(None, map(self._undotted, forms)), [])
        if not found and len(word) >= _LONG:
            found = next(filter(None, map(self._one_error, forms)), [])
        return self._nearest(word, found)

    def _undotted(self, form: str) -> list[str]:
        return self._plain.get(form, []) if form == plain(form) else []

    def _one_error(self, form: str) -> list[str]:
        if len(form) < _LONG:
            return []
        near = [known for known in self._candidates(plain(form)) if _one_error_apart(plain(form), known)]
        return [word for known in near for word in self._plain[known]]

    def _candidates(self, word: str) -> set[str]:
        forms = {word, *_one_letter_less(word)}
        found = {known for form in forms for known in self._shortened.get(form, ())}
        return found | {form for form in forms if form in self._plain}

    def _nearest(self, word: str, found: list[str]) -> tuple[str, ...]:
        """Those that are least unlike the typed word; the most frequent first."""
        ranks = {known: _unlikeness(word, known) for known in found}
        least = min(ranks.values(), default=())
        best = [known for known in ranks if ranks[known] == least]
        return tuple(sorted(best, key=lambda known: (-self._words[known], known)))


def plain(word: str) -> str:
    """The word without accents: "å" and "ä" as "a", "ö" as "o", "é" as "e"."""
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _one_letter_less(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _one_error_apart(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours, or none, turns a word into the other."""
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, longer = one[start:], other[start:]
    if len(one) < len(other):
        return len(other) == len(one) + 1 and rest == longer[1:]
    return rest[1:] == longer[1:] or (rest[:2] == longer[1::-1] and rest[2:] == longer[2:])


def _unlikeness(typed: str, known: str) -> tuple[int, ...]:
    """Smaller is likelier: dots apart, as written one error apart, another inflection; people seldom miss the first."""
    one, other = plain(typed), plain(known)
    return (one != other, not _one_error_apart(typed, known), abs(len(one) - len(other)), one[:1] != other[:1])
