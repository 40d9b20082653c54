"""Which sentences a pattern is said in, counted with what each is read together with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.avkodning.own_text import Part
from assistant.avkodning.words import Wordings

#: The share of a document's parts that only its title stands above.
_TITLE_SHARE = 0.75


@dataclass
class Reach:
    """The parts of a document by number, and where patterns stand in them. What is looked up once is remembered."""

    parts: Sequence[Part]
    wordings: Wordings
    _led: dict[int, set[int]] = field(init=False)
    _following: dict[int, set[int]] = field(init=False)
    _under: dict[int, set[int]] = field(init=False)
    _known: dict[tuple[str, str], frozenset[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._led, self._following, self._under = defaultdict(set), defaultdict(set), defaultdict(set)
        for part in self.parts:
            if part.lead is not None:
                self._led[part.lead].add(part.number)
            if part.before is not None:
                self._following[part.before].add(part.number)
            for heading in part.headings:
                self._under[heading].add(part.number)
        #: A heading above almost all of it, the title, says nothing of any sentence in particular.
        for heading in [each for each, under in self._under.items() if len(under) > _TITLE_SHARE * len(self.parts)]:
            del self._under[heading]

    def itself(self, pattern: str) -> frozenset[int]:
        """The parts that hold the pattern."""
        return self.wordings.holding(pattern)

    def with_lead(self, pattern: str) -> frozenset[int]:
        """Those, and the items of a list whose lead-in holds it."""
        return self._grown("lead", pattern, self.itself(pattern), (self._led,))

    def with_before(self, pattern: str) -> frozenset[int]:
        """Those, and the sentence after one that holds it."""
        return self._grown("before", pattern, self.with_lead(pattern), (self._following,), self.itself(pattern))

    def with_headings(self, pattern: str) -> frozenset[int]:
        """Those, and all that stands under a heading that holds it."""
        return self._grown("around", pattern, self.with_before(pattern), (self._under,), self.itself(pattern))

    def _grown(
        self,
        way: str,
        pattern: str,
        base: frozenset[int],
        ways: Iterable[dict[int, set[int]]],
        holding: frozenset[int] | None = None,
    ) -> frozenset[int]:
        found = self._known.get((way, pattern))
        if found is None:
            held = base if holding is None else holding
            reached = (reaches[number] for reaches in ways for number in held if number in reaches)
            found = self._known[way, pattern] = base.union(*reached)
        return found
