"""A list that is cut between two passages is found whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.finding.neighbours import with_neighbours
from assistant.types import Hit, Passage, Source

SOURCE = Source("s", "Titel", "rapport", Path("s.txt"), "")


def passages(*lead_ins: str) -> list[Passage]:
    return [Passage(str(n), "s", (), f"text {n}", n * 10, n * 10 + 6, lead_in=lead) for n, lead in enumerate(lead_ins)]


def hits(all_passages: list[Passage], *order: int) -> list[Hit]:
    return [Hit(all_passages[n], SOURCE, 1 - rank / 10, rank, {"words": 1.0}) for rank, n in enumerate(order, 1)]


@pytest.mark.parametrize(
    ("lead_ins", "order", "expected"),
    [
        (("", "", ""), (2, 0), [2, 0]),
        (("", "Så här:", ""), (0, 2), [0, 1, 2]),
        (("", "Så här:", ""), (1, 2), [1, 0, 2]),
        (("", "Så här:", "Så här:"), (1,), [1, 0, 2]),
        (("", "Så här:", ""), (0, 2, 1), [0, 1, 2]),
        (("", "", "", "Så här:"), (0, 1, 2), [0, 1, 2]),
        ((), (), []),
    ],
)
def test_the_rest_of_a_list_follows_the_part_that_was_found(lead_ins: Any, order: Any, expected: list[int]) -> None:
    every = passages(*lead_ins)
    found = with_neighbours(hits(every, *order), every, every.index)
    assert [int(hit.passage.id) for hit in found] == expected
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)


def test_a_list_cut_in_the_corpus_is_found_whole(assistant: Any) -> None:
    finder = assistant._current()
    cut = [n for n, passage in enumerate(finder.passages) if passage.lead_in]
    assert cut
    for number in cut:
        first, second = finder.passages[number - 1], finder.passages[number]
        found = [hit.passage.id for hit in assistant.search(second.text).items[:4]]
        assert second.id in found
        assert first.id in found
