"""Which sentences of a passage may be read as one, and what of a claim must then stand in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.proving.alignment import Alignment, Window
from assistant.answering.proving.claims import Word
from assistant.answering.proving.evidence import Unit
from assistant.answering.proving.roles import clauses_of

#: So many units make a window at most.
_LONGEST = 3
#: So many items of one list make a window at most.
_LONGEST_LIST = 10
#: The least share of what a window says of a clause that one of its sentences must say alone.
_TOGETHER = 0.7
#: The least share of what a list says of a sentence that one of its items must say.
_ONE_ITEM = 0.6
#: So many words make a verb with what belongs to it, and a sentence that says less of them than this says none of it.
_CORE_WORDS, _UNSAID = 3, 0.34
#: A clause of its own has so many content words.
_CLAUSE_WORDS = 2


def runs_of(units: Sequence[Unit]) -> Iterator[Window]:
    for first in range(len(units)):
        for last in range(first, min(first + _LONGEST_LIST, len(units))):
            window = Window.of(units[first : last + 1])
            if last - first < _LONGEST or window.shares_lead:
                yield window


def is_listed(whole: Alignment, alone: Sequence[Alignment]) -> bool:
    """Whether one of a list's items says enough of a sentence with what introduces it."""
    return max(one.own_coverage for one in alone) >= _ONE_ITEM * whole.own_coverage


def hangs_together(words: Sequence[Word], whole: Alignment, alone: Sequence[Alignment]) -> bool:
    """Whether each clause stands mostly in one sentence of the window, so that no facts are mixed.

    A verb with what belongs to it must be said by one of them, at least in part.
    """
    clause_of = {id(word): number for number, clause in enumerate(clauses_in(words)) for word in clause}
    for number in set(clause_of.values()):
        indexes = [index for index, word in enumerate(words) if clause_of[id(word)] == number]
        if max(one.alone_of(indexes) for one in alone) < _TOGETHER * whole.coverage_of(indexes):
            return False
    cores = ([i for i in sorted({one.verb, *one.rest}) if words[i].content] for one in clauses_of(tuple(words)))
    return all(len(core) < _CORE_WORDS or max(one.alone_of(core) for one in alone) >= _UNSAID for core in cores)


def clauses_in(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """The words by clause; one with too few content words goes with the one before it."""
    groups: list[list[Word]] = []
    for word in words:
        if (groups and groups[-1][-1].clause == word.clause) or (
            groups and sum(w.content for w in groups[-1]) < _CLAUSE_WORDS
        ):
            groups[-1].append(word)
        else:
            groups.append([word])
    if len(groups) > 1 and sum(word.content for word in groups[-1]) < _CLAUSE_WORDS:
        last = groups.pop()
        groups[-1] += last
    return [tuple(group) for group in groups]
