"""Compound -> its parts: "kommunstyrelseordförande" -> kommun + styrelse + ordförande.

Among the ways to cut a word into known parts the one whose parts have the largest geometric mean frequency wins (Koehn
& Knight 2003, "Empirical methods for compound splitting"). The frequencies are of parts, not words: how many different
compounds begin with "arbets" or end in "lag" (Sjöbergh & Kann 2004, "Finding the correct interpretation of Swedish
compounds", count first and last parts apart). They are learned by `index/train_lexicon.py`; -s-, -e-, -o- and -u- are
part of what was learned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: Below this mean weight a word is not cut.
LEAST_WEIGHT = 3.25
#: What each letter of a part adds to its weight, and for how many letters at most: long parts are seldom chance.
_LETTER, _LETTERS = 0.25, 8
#: The frequency of a known word that was never seen as such a part, when it is short and when it is not.
_UNSEEN_SHORT, _UNSEEN, _LONG = 0.3, 1.0, 5
_SHORTEST_COMPOUND, _SHORTEST_PART = 6, 3
_SHORT = ("år",)
_MOST_PARTS = 5

#: Where a word is cut, in order; a cut is the number of letters before it.
_Cuts = tuple[int, ...]
#: So many words are remembered; then all are forgotten, so that a long run does not grow without end.
_MOST_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Splitter:
    """Knows parts: first parts as they are written (with their stem and frequency), last parts by normal form.

    `whole` are normal forms that are not cut although they could be. `splits` may be called from several threads.
    """

    first_parts: Mapping[str, tuple[str, int]]
    last_parts: Mapping[str, int]
    whole: frozenset[str]
    normal_form: Callable[[str], str]
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def parts(self, word: str) -> tuple[str, ...]:
        """The normal forms of a lower-case compound's parts in order; () when the word is not a compound."""
        pieces = self.pieces(word)
        if len(pieces) < 2:
            return ()
        return (*(self._stem(piece) for piece in pieces[:-1]), self.normal_form(pieces[-1]))

    def pieces(self, word: str) -> tuple[str, ...]:
        """The word cut where its parts meet, linking letters kept on the left: ("kommun", "direktörens")."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[word] = self._cut(word)
        return known

    def _cut(self, word: str) -> tuple[str, ...]:
        if len(word) < _SHORTEST_COMPOUND or not word.isalpha() or self._is_whole(word):
            return (word,)
        mean, cuts = self.best_cuts(word)
        if mean < LEAST_WEIGHT:
            return (word,)
        found: list[str] = []
        for start, end in zip((0, *cuts), (*cuts, len(word)), strict=True):
            if found and self._is_whole(found[-1] + word[start:end]):
                found[-1] += word[start:end]
            else:
                found += self.pieces(word[start:end])
        return tuple(found)

    def _is_whole(self, piece: str) -> bool:
        return self._stem(piece) in self.whole or self.normal_form(piece) in self.whole

    def best_cuts(self, word: str) -> tuple[float, _Cuts]:
        """The cuts with the largest mean weight, and that mean; minus infinity when no cut leaves known parts."""
        reached = self._reached(word)
        best: tuple[float, _Cuts] = (-math.inf, ())
        for start, ways in reached.items():
            last = self._last_weight(word[start:]) if start else None
            if last is not None:
                for count, (total, cuts) in ways.items():
                    best = max(best, ((total + last) / (count + 1), cuts))
        return best

    def _reached(self, word: str) -> dict[int, dict[int, tuple[float, _Cuts]]]:
        """For each place that first parts can end at, by how many parts: their largest total weight and their ends."""
        reached: dict[int, dict[int, tuple[float, _Cuts]]] = {0: {0: (0.0, ())}}
        for start in range(len(word) - 3):
            for end in range(start + 2, len(word) - 1) if start in reached else ():
                weight = self._first_weight(word[start:end])
                if weight is None:
                    continue
                ways = reached.setdefault(end, {})
                for count, (total, cuts) in reached[start].items():
                    way = (total + weight, (*cuts, end))
                    if count + 2 <= _MOST_PARTS and way > ways.get(count + 1, (-math.inf, ())):
                        ways[count + 1] = way
        return reached

    def _first_weight(self, piece: str) -> float | None:
        if piece in self.first_parts:
            stem, frequency = self.first_parts[piece]
            return _weight(stem, frequency)
        stem = self._unseen_stem(piece)
        return _weight(stem, 0) if stem else None

    def _last_weight(self, piece: str) -> float | None:
        stem = self.normal_form(piece)
        frequency = self.last_parts.get(stem)
        if frequency is None or (len(piece) < _SHORTEST_PART and piece not in _SHORT):
            return None
        return _weight(stem, frequency)

    def _unseen_stem(self, piece: str) -> str:
        """The stem of a first part that no compound was seen to begin with: a long known word, or one with -s-."""
        for stem in (piece, piece.removesuffix("s"), piece.removesuffix("e")):
            if len(stem) >= _LONG and stem in self.last_parts:
                return stem
        return ""

    def _stem(self, piece: str) -> str:
        known = self.first_parts.get(piece)
        return known[0] if known else self._unseen_stem(piece) or self.normal_form(piece)


def _weight(stem: str, frequency: int) -> float:
    unseen = _UNSEEN if len(stem) >= _LONG else _UNSEEN_SHORT
    return math.log(max(frequency, unseen)) + _LETTER * min(len(stem), _LETTERS)


def read_words(text: str) -> tuple[dict[str, tuple[str, int]], dict[str, int], frozenset[str]]:
    """Reads `words.txt`: first parts, last parts, and names and stems that are no parts. `ValueError` if broken.

    A line is a kind, a frequency and what has it: "first 302 arbets=arbet", "last 428 lag", "known 0 karlsson". After =
    stands a first part's stem, if that is another.
    """
    first: dict[str, tuple[str, int]] = {}
    last: dict[str, int] = {}
    known: set[str] = set()
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        kind, frequency, *words = line.split()
        if kind == "first":
            first |= {
                piece: (stem or piece, int(frequency)) for piece, _, stem in (word.partition("=") for word in words)
            }
        elif kind == "last":
            last |= dict.fromkeys(words, int(frequency))
        elif kind == "known":
            known |= set(words)
        else:
            raise ValueError(f'okänt slag "{kind}"')
    if not first or not last:
        raise ValueError("inga ord")
    return first, last, frozenset(known)
