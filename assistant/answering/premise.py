"""What a question takes for granted: "Varför kräver lagen X?" can be answered only where the law requires X.

Such questions ask why (loaded questions, Walton 1999). What one takes for granted is put as a sentence of its own and
weighed like any other; where nothing that was found is at all likely to say it, the sources do not answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from assistant.answering.proving.claims import Reader, Word
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.proof import Prover
from assistant.finding.lexicon import Lexicon
from assistant.types import Hits, Topic

LOADED = Topic("Något som frågan tar för givet", "", "loaded")
#: So many passages are heard, and what is less likely than this to be said by any of them is not said. Chosen on the
#: questions of why in `corpus/enrichment` and `corpus/unanswered.toml`.
_HEARD, _LEAST = 5, 0.02

#: Before a clause whose verb comes first, and before one that begins with its subject.
_WHY = re.compile(
    r"^(?:varför|av vilk(?:en|et|a) (?:anledning|skäl|orsak|grund)\w*|på vilken grund)\s+(?!då\b)", re.IGNORECASE
)
_WHY_THAT = re.compile(
    r"^(?:hur kommer det sig|vad beror det på|varför är det så"
    r"|vad är (?:skälet|anledningen|orsaken|tanken|syftet)(?: till| med)?) att\s+",
    re.IGNORECASE,
)
#: What stands with the verb, before its subject.
_WITH_VERB = frozenset(("inte", "ej", "aldrig", "sig"))
_PRONOUNS = frozenset(("det", "man", "vi", "ni", "de", "jag", "du", "hon", "han", "hen"))
#: What a subject does not hold, and how many words it may have at most.
_AFTER_SUBJECT = frozenset(
    ("att", "som", "inte", "ej", "aldrig", "enligt", "i", "på", "för", "till", "med", "av", "om")
)
_SUBJECT_WORDS = 4


def unless_loaded(question: str, hits: Hits, lexicon: Lexicon, prover: Prover) -> Hits:
    """The hits, without support when nothing among the first of them says what the question takes for granted."""
    claim = premise(question, lexicon)
    if not claim:
        return hits
    heard = [Evidence.of_hit(hit) for hit in hits.items[:_HEARD]]
    heard.sort(key=lambda one: -prover.recalled(claim, [one]))  # the likeliest settles it soonest
    if any(prover.likelihood(claim, [one]) >= _LEAST for one in heard):
        return hits
    return replace(hits, support=0.0, topic=LOADED)


def premise(question: str, lexicon: Lexicon) -> str:
    """The sentence that a question of why takes for granted, the subject first; "" for any other question."""
    text = " ".join(question.split()).rstrip(" ?.!")
    that = _WHY_THAT.match(text)
    if that:
        return _sentence(text[that.end() :])
    why = _WHY.match(text)
    if not why:
        return ""
    verb, _, rest = text[why.end() :].partition(" ")
    beside, _, after = rest.partition(" ")
    if beside.lower() in _WITH_VERB:
        verb, rest = f"{verb} {beside}", after
    end = _subject_end(Reader(lexicon).read(rest).words)
    return _sentence(" ".join(filter(None, (rest[:end].strip(), verb, rest[end:].strip())))) if rest else ""


def _subject_end(words: Sequence[Word]) -> int:
    """Where the subject ends: after a pronoun or noun alone, the first body or person nearby, or the first such word.

    A word in -a after the first is taken for an adjective, one in -n or -r for a noun.
    """
    if not words:
        return 0
    first, *others = words
    described = bool(others) and others[0].content and others[0].lower.endswith("a")
    if (first.lower in _PRONOUNS and not described) or (first.content and first.lower.endswith(("n", "r"))):
        return first.end
    near = list(takewhile(lambda word: word.lower not in _AFTER_SUBJECT, words))[:_SUBJECT_WORDS]
    found = next((word for word in near if word.actor is not None), None)
    return (found or next((word for word in near if word.content), first)).end


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
