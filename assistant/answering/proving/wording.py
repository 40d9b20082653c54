"""How objections are worded, and small looks at the words around a place."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.proving.claims import Word


def listed(shown: Sequence[str]) -> str:
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} och {shown[-1]}"


def says(source: str, text: str) -> str:
    return f"Källan säger {source}, texten säger {text.removesuffix('.')}."


def around_of(words: Sequence[Word], index: int) -> list[int]:
    """The content words next to a place in its clause, three on each side."""
    clause = words[index].clause
    before = [i for i in range(index - 1, -1, -1) if words[i].content and words[i].clause == clause][:3]
    after = [i for i in range(index + 1, len(words)) if words[i].content and words[i].clause == clause][:3]
    return [*before, *after]


def next_word(words: Sequence[Word], index: int) -> str:
    return words[index + 1].lower if index + 1 < len(words) else ""
