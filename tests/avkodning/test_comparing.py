"""Two reviews side by side: the same requirements, both sides' words, and a line on the difference."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.avkodning.as_json import comparison_to_json
from assistant.avkodning.comparing import compare
from assistant.types import Review
from tests.avkodning.review_samples import AGAINST_LAW, SHORT


@pytest.fixture(scope="module")
def reviews(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> tuple[Review, Review]:
    folder = tmp_path_factory.mktemp("two")
    made = []
    for name, text in (("kort", SHORT), ("emot", AGAINST_LAW)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        made.append(assistant.review(assistant.read_own(Path(folder / f"{name}.txt"))))
    return made[0], made[1]


def test_every_requirement_has_both_sides(reviews: tuple[Review, Review]) -> None:
    rows = compare(*reviews).rows
    assert [row.first.requirement for row in rows] == [row.requirement for row in reviews[0].rows]
    assert all(row.first.requirement == row.second.requirement for row in rows)


def test_the_difference_is_told(reviews: tuple[Review, Review]) -> None:
    lines = {row.first.requirement: row.difference for row in compare(*reviews).rows}
    assert lines["kl-styrelsen-utser"] == "Den första tar upp detta, den andra säger emot det."
    assert lines["stallforetradare"] == "Den första tar upp detta, den andra tar inte upp det."
    assert lines["sakerhet"] == "Ingen av dem tar upp detta."


def test_the_same_words_are_told_apart_from_the_same_verdict(reviews: tuple[Review, Review]) -> None:
    first, _ = reviews
    lines = {row.first.requirement: row.difference for row in compare(first, first).rows}
    assert lines["stallforetradare"] == "Båda säger samma sak med samma ord."
    others = tuple(
        replace(row, own=replace(row.own, quote="Andra ord.")) if row.own and row.verdict == "found" else row
        for row in first.rows
    )
    lines = {row.first.requirement: row.difference for row in compare(first, replace(first, rows=others)).rows}
    assert lines["stallforetradare"] == "Båda tar upp detta, med olika ord."


def test_reviews_of_other_requirements_are_refused(reviews: tuple[Review, Review]) -> None:
    first, second = reviews
    with pytest.raises(ValueError):
        compare(first, replace(second, rows=second.rows[1:]))
    with pytest.raises(ValueError):
        compare(first, replace(second, rows=(*second.rows[1:], second.rows[0])))


def test_as_json_it_has_a_schema_and_both_documents(reviews: tuple[Review, Review]) -> None:
    made = comparison_to_json(compare(*reviews))
    assert (made["schema"], [one["title"] for one in made["documents"]]) == (1, ["kort", "emot"])
    assert [one["lag"]["found"] for one in made["summaries"]] == [5, 0 + made["summaries"][1]["lag"]["found"]]
    row = next(row for row in made["rows"] if row["requirement"] == "sakerhet")
    assert (row["same"], row["first"]["own"], row["second"]["own"]) == (True, None, None)
    assert row["basis"]["quote"]
