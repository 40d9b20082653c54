"""What speaks for and against that the sources answer a question; see `finding.support`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.finding.asked import Asked
from assistant.finding.legs import Legs
from assistant.finding.lexicon import Lexicon
from assistant.finding.quantities import asks_number, asks_sum, asks_time, gives_number, gives_sum, gives_time
from assistant.finding.query import Concept, said
from assistant.finding.support import agreement
from assistant.finding.unanswered import Likeness
from assistant.types import Hit

#: What a word's BM25 score tends to, as a multiple of its rarity (k1 + 1).
_SATURATION = 2.2
#: The BM25 score of a sentence that counts as 1.
_MOST_WORDS = 30
#: Among how many of the likeliest sentences a quantity is looked for.
_NUMBER_AMONG = 3
#: Among how many of the best passages the question's words are looked for.
_COVERED_BY = 5
#: A capitalised word that does not begin a sentence, or a number.
_NAMES = re.compile(r"(?<=[\wåäö,;:–-] )[A-ZÅÄÖ][\w-]+|\d+")


class SignalReader:
    """Reads the signals of one question's search out of an open index."""

    def __init__(self, legs: Legs, lexicon: Lexicon) -> None:
        self._legs = legs
        self._lexicon = lexicon

    def read(self, question: str, asked: Asked, like: Likeness, hits: Sequence[Hit]) -> dict[str, float]:
        """Every signal of `finding.support`, 0..1, of a question whose `hits` (at least one) have been judged."""
        best = [self._legs.place(hit.passage) for hit in hits[:_COVERED_BY]]
        concepts = _said_in_words(asked.own or asked.concepts)
        clues = [(clue, hit) for hit in hits for clue in hit.sentences]
        likely = sorted(clues, key=lambda pair: -pair[0].likelihood)[:_NUMBER_AMONG]
        words = max((clue.words for clue, _ in clues), default=0.0)
        most = _SATURATION * sum(self._legs.rarity(concept.term) for concept in asked.concepts)
        texts = [hit.passage.text[clue.start : clue.end] for clue, hit in likely]
        asks = asks_number(question)
        answered = self._legs.answered(asked.similarities)
        return {
            "coverage": self._coverage(concepts, best),
            "unknown": self._unknown(concepts),
            "names": self._names_held(question, best),
            "agreement": agreement(list(asked.raw.values()), best[0]),
            "sentence_words": min(1.0, words / _MOST_WORDS),
            "sentence_share": min(1.0, words / most) if most else 0.0,
            "sentence_questions": max((clue.questions for clue, _ in clues), default=0.0),
            "sentence_nearest": max((clue.nearest for clue, _ in clues), default=0.0),
            "sentence_own": max((clue.own for clue, _ in clues), default=0.0),
            "likelihood": max((clue.likelihood for clue, _ in clues), default=0.0),
            **self._legs.unanswered.signals(like, answered),
            "asks_number": float(asks),
            "lacks_number": float(asks and not any(map(gives_number, texts))),
            "lacks_time": float(asks_time(question) and not any(map(gives_time, texts))),
            "lacks_sum": float(asks_sum(question) and not any(map(gives_sum, texts))),
            "figures": float(any(char.isdigit() for char in question)),
        }

    def _names_held(self, question: str, best: Sequence[int]) -> float:
        """The largest share of the question's names and numbers that one of the best passages holds; 1 without any."""
        names = {term for name in _NAMES.findall(question) for term in self._lexicon.terms(name)}
        if not names:
            return 1.0
        return max((len(names & self._legs.held(index)) / len(names) for index in best), default=0.0)

    def _unknown(self, concepts: Sequence[Concept]) -> float:
        """The share of the question's concepts, by rarity, that nothing in the index can say."""
        weights = {concept.term: self._legs.rarity(concept.term) for concept in concepts}
        total = sum(weights.values())
        known = {c.term for c in concepts if any(all(map(self._legs.knows, way.terms)) for way in c.ways)}
        missing = sum(weight for term, weight in weights.items() if term not in known)
        return missing / total if total else 1.0

    def _coverage(self, concepts: Sequence[Concept], best: Sequence[int]) -> float:
        """The largest share of the question's concepts, by rarity, that one of the best passages or its aids hold.

        A concept said in another way counts by that way's weight.
        """
        weights = {concept.term: self._legs.rarity(concept.term) for concept in concepts}
        total = sum(weights.values())
        if not total:
            return 0.0
        held = (sum(weights[c.term] * said(c, self._legs.held(index)) for c in concepts) for index in best)
        return max(held, default=0.0) / total


def _said_in_words(concepts: Sequence[Concept]) -> list[Concept]:
    """The concepts that are content words of the question; not those that only a phrase of stop words stands for."""
    return [concept for concept in concepts if any(way.clue == "word" for way in concept.ways)]
