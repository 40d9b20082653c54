"""A list that runs over a passage's edge is found whole: the rest of it follows the part that was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.types import Hit, Passage

#: Only the best hits bring their neighbours: an answer is drawn from these.
_BEST = 2
#: What a neighbour's score is of the hit's that brought it, so that scores still fall with rank.
_SHARE = 0.999


def with_neighbours(hits: Sequence[Hit], passages: Sequence[Passage], place: Callable[[Passage], int]) -> list[Hit]:
    """The hits with the rest of a cut list right after the best part of it, ranked from 1; none twice.

    `passages` are all there are, in order, and `place` says where one stands among them.
    """
    joined: list[Hit] = []
    taken: set[str] = set()
    for number, hit in enumerate(hits):
        if hit.passage.id in taken:
            continue
        group = [hit, *(_brought(hit, other, hits) for other in _rest(place(hit.passage), passages))]
        for member in group if number < _BEST else [hit]:
            if member.passage.id not in taken:
                joined.append(member)
                taken.add(member.passage.id)
    return [hit if hit.rank == rank else replace(hit, rank=rank) for rank, hit in enumerate(joined, 1)]


def _rest(index: int, passages: Sequence[Passage]) -> list[Passage]:
    """The other passages over which the same list runs, in order: each after the first goes on with its lead-in."""
    first = index
    while first and passages[first].lead_in:
        first -= 1
    last = index
    while last + 1 < len(passages) and passages[last + 1].lead_in:
        last += 1
    return [passages[other] for other in range(first, last + 1) if other != index]


def _brought(hit: Hit, passage: Passage, hits: Sequence[Hit]) -> Hit:
    """The neighbour as a hit: as it was found, if it was, but with a score that lets it follow `hit`."""
    found = next(
        (other for other in hits if other.passage.id == passage.id), replace(hit, passage=passage, found_by={})
    )
    return replace(found, score=hit.score * _SHARE)
