"""Words that say the opposite of the source's, and words that narrow or widen what it says."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Word
from assistant.answering.proving.likeness import opposite
from assistant.answering.proving.wording import around_of, says

#: How far apart, in words, an opposite may stand from the words around its counterpart.
_NEAR = 6
#: A word of the text that is said less well than this is not said.
_UNSAID = 0.5


def opposites(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    forms = {word.form for word in window.words}
    for index, word in enumerate(words):
        if word.form in forms or word.kind != "word":
            continue
        targets = alignment.targets(around_of(words, index))
        for place, other in enumerate(window.words):
            if not opposite(word.lower, other.lower):
                continue
            if any(o.form == other.form for o in words):
                if alignment.worth[index] < _UNSAID and word.content and word.lower not in contrasts.NEGATIONS:
                    return f"Källan säger inte {word.lower}."
                continue
            if _is_negated(words, index) != _is_negated(window.words, place):
                continue
            if any(abs(target - place) <= _NEAR for target in targets):
                return says(other.lower, word.lower)
    return ""


def _is_negated(words: Sequence[Word], index: int) -> bool:
    return any(
        word.lower in contrasts.NEGATIONS and word.lower != "snarare" for word in words[max(0, index - 3) : index]
    )


def limits(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    held = {word.lower for word in window.words}
    for index, word in enumerate(words):
        if word.lower not in contrasts.LIMITS or _next_figure(words, index):
            continue
        same = {word.lower}.union(*(row for row in contrasts.SAME_LIMIT if word.lower in row))
        if not same & held:
            return f"Källan säger inte {word.lower}."
    return ""


def _next_figure(words: Sequence[Word], index: int) -> bool:
    return any(word.kind == "figure" for word in words[index + 1 : index + 3])
