"""Whether the sources answer at all, and whether a sentence says no more than the words that it relies on."""

from __future__ import annotations

import re

from assistant.finding.lexicon import Lexicon
from assistant.types import Hits

#: The least share of the question's words, by rarity, that one passage must hold; lower with a similar vector.
_COVERAGE, _COVERAGE_IF_SIMILAR, _SIMILAR = 0.5, 0.3, 0.55
#: The least share of a sentence's terms that its evidence must hold.
_SENTENCE_COVERAGE = 0.7
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zåäö,;:–-] )[A-ZÅÄÖ][\wåäöÅÄÖ-]+")
_NEGATIONS = frozenset("inte ej icke aldrig ingen inget inga varken utan".split())


def answers(hits: Hits) -> bool:
    """True when the best passages hold enough of what the question is about."""
    if not hits.items:
        return False
    return hits.coverage >= _COVERAGE or (hits.similarity >= _SIMILAR and hits.coverage >= _COVERAGE_IF_SIMILAR)


def objection(sentence: str, evidence: str, lexicon: Lexicon) -> str:
    """Why the evidence does not support the sentence, in Swedish; "" when it does.

    Checked are figures, names, negations and the share of content words; a sentence that stands verbatim in the
    evidence is supported.
    """
    if sentence in evidence:
        return ""
    missing = [number for number in _NUMBER.findall(sentence) if number not in _NUMBER.findall(evidence)]
    if missing:
        return f"Källan nämner inte {', '.join(missing)}."
    held = set(lexicon.terms(evidence))
    names = [name for name in _NAME.findall(sentence) if not set(lexicon.terms(name)) <= held]
    if names:
        return f"Källan nämner inte {', '.join(names)}."
    words, source_words = set(lexicon.words(sentence)), set(lexicon.words(evidence))
    if bool(words & _NEGATIONS) != bool(source_words & _NEGATIONS):
        return "Källan och meningen skiljer sig åt i vad som nekas."
    terms = set(lexicon.terms(sentence))
    if not terms or len(terms & held) < _SENTENCE_COVERAGE * len(terms):
        return "Källan säger inte detta."
    return ""
