"""Words of an instruktion read as others that mean the same: older forms as today's, "jag" as the one who speaks.

Only what is looked up changes; what is quoted is always the document's own text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.avkodning.actors import Role

_TODAY = {
    "ej": "inte", "icke": "inte", "skall": "ska", "må": "får", "vart": "varje", "kso": "ordföranden",
    "ksos": "ordförandens", "ksau": "arbetsutskottet",
}  # fmt: skip
_I, _MINE = frozenset("jag mig".split()), frozenset("min mitt mina".split())
#: Who may speak in the first person, and the words that stand for them.
_SPEAKERS: dict[Role, tuple[str, str]] = {
    "director": ("kommundirektören", "kommundirektörens"),
    "chair": ("ordföranden", "ordförandens"),
}
#: What follows "de två" where nobody else than the two parties is meant: a verb, never a noun.
_VERB = re.compile(r"\w+(?:r|s)|ska|bör|kan|vill|måste|gemensamt|tillsammans|emellan")


def read_as(words: Sequence[str], speaker: Role | None) -> list[str]:
    """The words as they are looked up. `speaker` is who says "jag", None when nobody is known to."""
    today = [_TODAY.get(word, word) for word in words]
    told = ["parterna" if _is_both(today, at) else word for at, word in enumerate(today)]
    return [_spoken(word, speaker) for word in told]


def speaker_of(named: Sequence[Collection[Role]]) -> Role | None:
    """Who says "jag" below headings that name these, the innermost last: the one that a heading alone names."""
    for roles in reversed(named):
        if len(roles) == 1 and (role := next(iter(roles))) in _SPEAKERS:
            return role
    return None


def _is_both(words: Sequence[str], at: int) -> bool:
    following = words[at + 1] if at + 1 < len(words) else ""
    return words[at] == "två" and at > 0 and words[at - 1] in ("de", "vi", "oss", "dem") and (
        not following or bool(_VERB.fullmatch(following))
    )  # fmt: skip


def _spoken(word: str, speaker: Role | None) -> str:
    if speaker is None:
        return word
    named, owner = _SPEAKERS[speaker]
    return named if word in _I else owner if word in _MINE else word
