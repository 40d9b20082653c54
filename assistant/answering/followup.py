"""A question in a conversation -> a question that can be searched for on its own."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.finding.lexicon import Lexicon
from assistant.types import Turn

_POINTERS = frozenset(
    "den det de dem dessa detta denna han hon honom henne hans hennes deras dess där dit sådan sådana".split()
)
_OPENERS = frozenset("och men då så varför hurså".split())
#: A longer question is taken to say itself what it is about.
_SHORT = 9


def standalone(question: str, history: Sequence[Turn], lexicon: Lexicon) -> str:
    """The question, with the last question's own words added when it leans on them.

    It leans on them when it is short and points back ("den", "där"), begins with "och …" or "men …", or holds no
    content word of its own.
    """
    earlier = next((turn.content for turn in reversed(history) if turn.role == "user"), "")
    words = lexicon.words(question)
    terms = set(lexicon.query_terms(question))
    points_back = len(words) <= _SHORT and (bool(_POINTERS & set(words)) or (bool(words) and words[0] in _OPENERS))
    if not earlier or (terms and not points_back):
        return question
    carried = [word for word in lexicon.words(earlier) if not set(lexicon.terms(word)) <= terms]
    return f"{question} {' '.join(carried)}".strip()
