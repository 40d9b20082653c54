"""Whether the sources answer at all, and whether a sentence says no more than the words that it relies on."""

from __future__ import annotations

import re

from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import sentence_spans
from assistant.types import Hits

#: From this probability on a question is answered.
_ANSWERED = 0.45
#: The least share of a sentence's terms that its evidence must hold.
_SENTENCE_COVERAGE = 0.7
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zåäö,;:–-] )[A-ZÅÄÖ][\wåäöÅÄÖ-]+")
_NEGATIONS = frozenset("inte ej icke aldrig ingen inget inga varken utan".split())


#: What a sentence demands, advises or allows; a word of one kind may stand for another of the same.
_FORCE = {"ska": "ska", "skall": "ska", "måste": "ska", "bör": "bör", "får": "får", "kan": "kan"}
#: A sentence's first word of at least so many letters must stand in the evidence: it may be a name.
_NAME_LENGTH = 4


def answers(hits: Hits) -> bool:
    """True when the sources are likely enough to answer."""
    return hits.support >= _ANSWERED


def objection(sentence: str, evidence: str, lexicon: Lexicon) -> str:
    """Why the evidence does not support the sentence, in Swedish; "" when it does.

    Checked are figures, names, negations, ska/bör/får and the share of content words; a sentence that stands whole and
    verbatim in the evidence is supported.
    """
    if not sentence.strip():
        return "Meningen är tom."
    if _stands_whole(sentence, evidence):
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
    force = {_FORCE[word] for word in words if word in _FORCE} - {
        _FORCE[word] for word in source_words if word in _FORCE
    }
    if force:
        return f"Källan säger inte {', '.join(sorted(force))}."
    terms = set(lexicon.terms(sentence))
    if not terms or len(terms & held) < _SENTENCE_COVERAGE * len(terms):
        return "Källan säger inte detta."
    first = sentence.split(maxsplit=1)[0]
    if len(first) >= _NAME_LENGTH and not set(lexicon.terms(first)) <= held:
        return f"Källan nämner inte {first.strip(',.:;')}."
    return ""


def _stands_whole(sentence: str, evidence: str) -> bool:
    """True when the sentence is, word for word, one or more of the evidence's own sentences, not a part of one."""
    at = evidence.find(sentence)
    spans = sentence_spans(evidence)
    return any(start == at for start, _ in spans) and any(end == at + len(sentence) for _, end in spans)
