"""Patterns of words, looked up in a whole document at once.

leda                one word in any inflection
=kommunstyrelsen    one word exactly as it stands
samverk*            a word that begins so; `*chef*` one that holds it
ledande ställning   words in a row; `…` stands for up to seven words between, a date and a § say
@director           a concept by its name: one of its alternatives
a | b               either
"""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.finding.lexicon import Lexicon

_GAP, _MOST_BETWEEN = "…", 7
#: How deep concepts may name concepts.
_DEEPEST = 8


@dataclass
class Wordings:
    """The words of a document's segments in one row, and where each pattern stands in them."""

    segments: Sequence[Sequence[str]]
    lexicon: Lexicon
    concepts: Mapping[str, str]
    _words: list[str] = field(init=False)
    _starts: list[int] = field(init=False)
    _owners: list[int] = field(init=False)
    _by_word: dict[str, set[int]] = field(init=False)
    _by_form: dict[str, set[int]] = field(init=False)
    _places: dict[str, frozenset[int]] = field(init=False, default_factory=dict)
    _segments_of: dict[str, frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._words, self._starts, self._owners = [], [], []
        by_word: dict[str, set[int]] = defaultdict(set)
        by_form: dict[str, set[int]] = defaultdict(set)
        for number, words in enumerate(self.segments):
            self._starts.append(len(self._words))
            for word in words:
                by_word[word].add(len(self._words))
                by_form[self.lexicon.normal_form(word)].add(len(self._words))
                self._words.append(word)
                self._owners.append(number)
        self._by_word, self._by_form = dict(by_word), dict(by_form)

    def holding(self, pattern: str) -> frozenset[int]:
        """The numbers of the segments in which the pattern stands."""
        found = self._segments_of.get(pattern)
        if found is None:
            places = (start for alternative in self._alternatives(pattern) for start in self._runs(alternative))
            found = self._segments_of[pattern] = frozenset(map(self._segment, places))
        return found

    def _alternatives(self, pattern: str, depth: int = 0) -> list[list[str]]:
        """The pattern's alternatives, each a row of words; a concept that stands alone is replaced by its own."""
        result: list[list[str]] = []
        for alternative in pattern.split("|"):
            items = alternative.split()
            if len(items) == 1 and items[0].startswith("@") and depth < _DEEPEST:
                result += self._alternatives(self._concept(items[0]), depth + 1)
            elif items:
                result.append(items)
        return result

    def _concept(self, item: str) -> str:
        return self.concepts[item.removeprefix("@")]

    def _runs(self, items: Sequence[str]) -> list[int]:
        """Where a row of words begins."""
        return [start for start in self._of_item(items[0]) if self._goes_on(items, 1, start)]

    def _goes_on(self, items: Sequence[str], at: int, place: int) -> bool:
        if at == len(items):
            return True
        reach = 1
        if items[at] == _GAP:
            at, reach = at + 1, 1 + _MOST_BETWEEN
        end = self._end(place)
        following = self._of_item(items[at])
        return any(
            then in following and self._goes_on(items, at + 1, then)
            for then in range(place + 1, min(place + 1 + reach, end))
        )

    def _of_item(self, item: str) -> frozenset[int]:
        """Where a single word of a pattern stands."""
        places = self._places.get(item)
        if places is None:
            places = self._places[item] = frozenset(self._look_up(item))
        return places

    def _look_up(self, item: str) -> set[int]:
        if item.startswith("@"):
            rows = self._alternatives(self._concept(item))
            return set().union(*(self._runs(row) for row in rows))
        if item.startswith("="):
            return self._by_word.get(item[1:], set())
        if "*" in item:
            shape = re.compile(fnmatch.translate(item))
            return set().union(*(places for word, places in self._by_word.items() if shape.match(word)))
        return self._by_form.get(self.lexicon.normal_form(item), set())

    def _segment(self, place: int) -> int:
        return self._owners[place]

    def _end(self, place: int) -> int:
        """Where the segment that holds this place ends."""
        segment = self._segment(place)
        return self._starts[segment + 1] if segment + 1 < len(self._starts) else len(self._words)


def unknown_concepts(pattern: str, concepts: Mapping[str, str]) -> list[str]:
    """The concepts that a pattern names and that there are none of."""
    return [name for name in re.findall(r"@([\w-]+)", pattern) if name not in concepts]
