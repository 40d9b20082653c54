"""Who does what, verb by verb: the doers of a sentence's clauses beside those of the source's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.proving.alignment import Alignment, Window
from assistant.answering.proving.claims import Word
from assistant.answering.proving.clauses import Predicate, predicates


@dataclass(frozen=True, slots=True)
class Said:
    """A clause of the source, with its places in the window; `share` is how much it says of the claim's, 0..1."""

    predicate: Predicate
    share: float


@lru_cache(maxsize=1024)
def clauses_of(words: tuple[Word, ...]) -> tuple[Predicate, ...]:
    """The predicates of words; what has been parsed is remembered."""
    return predicates(words)


def said_of(window: Window) -> Iterator[Predicate]:
    """The predicates of a window's sentences, with their places in the window."""
    offset = 0
    for unit in window.units:
        yield from (one.moved(offset) for one in clauses_of(unit.words))
        offset += len(unit.words)


def counterparts(mine: Predicate, words: Sequence[Word], alignment: Alignment) -> list[Said]:
    """The clauses of the source with how much of one of the claim's they say, the best first."""
    core = [i for i in (mine.verb, *(mine.subject if mine.passive else ()), *mine.rest) if words[i].content]
    found = [Said(one, _share(core, one, alignment)) for one in said_of(alignment.window)]
    return sorted(found, key=lambda item: -item.share)


def _share(core: Sequence[int], one: Predicate, alignment: Alignment) -> float:
    """How much of these words a clause says with its verb and the rest of it, its doer left out."""
    held = {one.verb, *one.rest, *(one.subject if one.passive else ())}
    total = sum(alignment.weight[i] for i in core)
    found = sum(alignment.weight[i] * alignment.worth[i] for i in core if held & set(alignment.places[i]))
    return found / total if total else 0.0
