"""Two reviews -> what each instruktion says of every requirement, and how they differ."""

from __future__ import annotations

from assistant.avkodning import phrases
from assistant.types import ComparedRow, Finding, Review, ReviewComparison


def compare(first: Review, second: Review) -> ReviewComparison:
    """The two side by side. Both are held to the same requirements: reviews of different ones are a `ValueError`."""
    pairs = tuple(zip(first.rows, second.rows, strict=True))
    if any(one.requirement != other.requirement for one, other in pairs):
        raise ValueError("the reviews were held to different requirements")
    return ReviewComparison(first, second, tuple(ComparedRow(one, two, _difference(one, two)) for one, two in pairs))


def _difference(first: Finding, second: Finding) -> str:
    if first.verdict == second.verdict:
        alike = first.own is not None and second.own is not None and _same_words(first.own.quote, second.own.quote)
        return phrases.SAME_WORDS if alike else phrases.SAME[first.verdict]
    return phrases.DIFFERENT.format(
        first=phrases.SAYS[first.verdict].format(which="Den första"),
        second=phrases.SAYS[second.verdict].format(which="den andra"),
    )


def _same_words(first: str, second: str) -> bool:
    return first.casefold().split() == second.casefold().split()
