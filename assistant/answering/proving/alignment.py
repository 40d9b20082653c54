"""Which words of a source say which words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.proving import contrasts
from assistant.answering.proving.claims import Word
from assistant.answering.proving.evidence import Unit
from assistant.answering.proving.likeness import Likeness, said_by

#: What a match counts that stands in the headings, the source's name or the sentence before.
_CONTEXT = 0.8
#: What words weigh that only say where something is said, and actors, figures, references and names.
_FRAME_WEIGHT, _FACT_WEIGHT = 0.25, 1.3
#: From this likeness on a place says the word.
_SAID = 0.6
#: A place that is less like a word than its best one by more than this does not say it.
_AS_LIKE = 0.1


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences of one passage that follow each other, read as one."""

    units: tuple[Unit, ...]
    words: tuple[Word, ...]
    unit_of: tuple[int, ...]
    context: tuple[Word, ...]
    naming: tuple[Word, ...]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> Window:
        words: list[Word] = []
        unit_of: list[int] = []
        for unit in units:
            words += unit.words
            unit_of += [unit.number] * len(unit.words)
        return cls(tuple(units), tuple(words), tuple(unit_of), units[0].context, units[0].naming)

    @property
    def is_row(self) -> bool:
        return self.units[0].is_row

    @property
    def leans(self) -> bool:
        """True when the first sentence points back to the one before it."""
        return self.units[0].leans

    @property
    def shares_lead(self) -> bool:
        """True for items of one list."""
        leads = {unit.lead for unit in self.units}
        return len(leads) == 1 and None not in leads

    @property
    def start(self) -> int:
        return min(unit.lead[0] if unit.lead else unit.start for unit in self.units)

    @property
    def end(self) -> int:
        return self.units[-1].end


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each word of a claim: how well the window says it, 0..1, and at which places of its words."""

    window: Window
    worth: tuple[float, ...]
    places: tuple[tuple[int, ...], ...]
    weight: tuple[float, ...]
    own: tuple[float, ...]

    @property
    def coverage(self) -> float:
        """The weighted share of the claim's content words that the window says."""
        return self.coverage_of(range(len(self.weight)))

    @property
    def own_coverage(self) -> float:
        """The same, of what the window says itself, without headings and the sentence before."""
        total = sum(self.weight)
        own = sum(w * v for w, v in zip(self.weight, self.own, strict=True))
        return own / total if total else 0.0

    def coverage_of(self, indexes: Sequence[int]) -> float:
        """The same of some of the claim's words."""
        total = sum(self.weight[index] for index in indexes)
        return sum(self.weight[index] * self.worth[index] for index in indexes) / total if total else 0.0

    def alone_of(self, indexes: Sequence[int]) -> float:
        """The same, without the sentence before and the headings unless the window points back to them."""
        worth = self.worth if self.window.leans else self.own
        total = sum(self.weight[index] for index in indexes)
        return sum(self.weight[index] * worth[index] for index in indexes) / total if total else 0.0

    def targets(self, indexes: Sequence[int]) -> set[int]:
        """The places in the window that say these words of the claim."""
        return {place for index in indexes for place in self.places[index]}


def _weight(word: Word) -> float:
    if not word.content:
        return 0.0
    if word.kind != "word" or word.name:
        return _FACT_WEIGHT
    light = said_by(word.lower, contrasts.FRAME_WORDS) or word.lower in contrasts.LIGHT_WORDS
    return _FRAME_WEIGHT if light else 1.0


#: For each word of a claim the places of a unit that are like it, each with how like it is, and the best of what
#: stands around the unit.
Matches = tuple[tuple[tuple[tuple[int, float], ...], float], ...]


def match(words: Sequence[Word], unit: Unit, likeness: Likeness) -> Matches:
    """Compares each content word of a claim with those of a unit and of what stands around it."""
    theirs = [(place, word) for place, word in enumerate(unit.words) if word.content]
    found: list[tuple[tuple[tuple[int, float], ...], float]] = []
    for word in words:
        if not word.content:
            found.append(((), 0.0))
            continue
        values = [(place, value) for place, other in theirs if (value := likeness(word, other)) > 0]
        best = max((value for _, value in values), default=0.0)
        around = 0.0 if best >= _CONTEXT else max((likeness(word, other) for other in unit.context), default=0.0)
        found.append((tuple(values), around))
    return tuple(found)


def join(words: Sequence[Word], window: Window, matches: Sequence[Matches]) -> Alignment:
    """The alignment of a claim with a window, from what its words have in common with each of the window's units."""
    offsets = [0]
    for unit in window.units:
        offsets.append(offsets[-1] + len(unit.words))
    worth, own, places = [], [], []
    for index, word in enumerate(words):
        values = [(at + place, v) for at, one in zip(offsets, matches, strict=False) for place, v in one[index][0]]
        best = max((value for _, value in values), default=0.0)
        worth.append(max(best, _CONTEXT * matches[0][index][1]) if best < _CONTEXT else best)
        own.append(worth[-1] if word.kind == "reference" else best)
        places.append(tuple(place for place, value in values if value >= max(_SAID, best - _AS_LIKE)))
    return Alignment(window, tuple(worth), tuple(places), tuple(map(_weight, words)), tuple(own))


def align(words: Sequence[Word], unit: Unit, likeness: Likeness) -> Alignment:
    """The alignment of a claim with one unit alone."""
    return join(words, Window.of([unit]), [match(words, unit, likeness)])
