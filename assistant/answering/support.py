"""Whether the sources answer at all, and whether a sentence says no more than the words that it relies on."""

from __future__ import annotations

from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.proof import Prover
from assistant.finding.lexicon import Lexicon
from assistant.types import Hits

#: From this probability on a question is answered.
_ANSWERED = 0.5


def answers(hits: Hits) -> bool:
    """True when the sources are likely enough to answer."""
    return hits.support >= _ANSWERED


def objection(sentence: str, evidence: str, lexicon: Lexicon) -> str:
    """Why the evidence does not support the sentence, in Swedish; "" when it does. See `Prover`."""
    return Prover(lexicon).prove(sentence, [Evidence(evidence)]).reason
