"""A question -> what is looked for: one concept for each of its content words, and the ways to say it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.finding.lexicon import Lexicon, Token
from assistant.finding.spelling import Speller
from assistant.finding.thesaurus import Thesaurus
from assistant.settings import MatchWeights
from assistant.types import Clue

#: What a match on another spelling is worth beside one on the word itself.
_SPELLING = 0.8
#: A phrase's words are shared out: each of n words weighs 1/n to this power of the phrase's weight.
_PHRASE = 0.5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a concept: terms that are looked for, and what finding them is worth beside the word itself."""

    clue: Clue
    shown: str
    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Concept:
    """A content word of the question. `weight` is what it counts beside the others: less when carried over."""

    word: str
    term: str
    ways: tuple[Way, ...]


class QueryAnalyser:
    """Makes concepts of questions. `known` says whether a term is of a word that is spelt right.

    `speller` is called once, when the first unknown word is met: most questions have none.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        thesaurus: Thesaurus,
        speller: Callable[[], Speller],
        known: Callable[[str], bool],
        weights: MatchWeights,
    ) -> None:
        self._lexicon = lexicon
        self._thesaurus = thesaurus
        self._speller = functools.cache(speller)
        self._known = known
        self._weights = weights

    def warm_up(self) -> None:
        """Makes the speller."""
        self._speller()

    def concepts(self, question: str, carried: str = "") -> tuple[Concept, ...]:
        """The question's concepts in order, each once; then those of the words carried over from earlier."""
        own = self._concepts(question, 1.0)
        terms = {concept.term for concept in own}
        earlier = self._concepts(carried, self._weights.carried) if carried else []
        return (*own, *(concept for concept in earlier if concept.term not in terms))

    def _concepts(self, text: str, weight: float) -> list[Concept]:
        tokens = {token.term: token for token in reversed(self._lexicon.tokens(text))}
        synonyms = self._synonyms(text) if self._weights.synonym else {}
        order = dict.fromkeys(token.term for token in self._lexicon.tokens(text))
        concepts = [
            Concept(tokens[term].word, term, self._ways(tokens[term], synonyms.pop(term, []), weight)) for term in order
        ]
        return concepts + [Concept(key, key, _scaled(ways, weight)) for key, ways in synonyms.items()]

    def _ways(self, token: Token, synonyms: Sequence[Way], weight: float) -> tuple[Way, ...]:
        ways = [Way("word", token.word, (token.term,), 1.0)]
        if token.parts and self._weights.part:
            share = self._weights.part
            ways.append(Way("part", "+".join(token.parts), token.parts, share))
        ways += synonyms
        if not any(self._known(term) for term in (token.term, *token.parts)):
            ways += self._spellings(token.word)
        return _scaled(ways, weight)

    def _spellings(self, word: str) -> list[Way]:
        ways = []
        for right in self._speller().correct(word):
            ways.append(Way("spelling", right, (self._lexicon.normal_form(right),), _SPELLING))
            parts = self._lexicon.parts(right)
            if parts and self._weights.part:
                ways.append(Way("part", right, parts, _SPELLING * self._weights.part))
        return ways

    def _synonyms(self, text: str) -> dict[str, list[Way]]:
        """The thesaurus's ways by the term that they stand for; a phrase's by the first content word in it.

        A phrase of stop words alone ("vid sidan av") stands for itself.
        """
        words = self._lexicon.words(text)
        forms = [self._lexicon.normal_form(word) for word in words]
        found: dict[str, list[Way]] = {}
        for start, end, synonyms in self._thesaurus.find(forms):
            content = self._lexicon.terms(" ".join(words[start:end]))
            if not content and end - start == 1:
                continue  # a stop word that shares its normal form with a word of the thesaurus
            key = content[0] if content else " ".join(words[start:end])
            for synonym in synonyms:
                share = self._weights.synonym * synonym.weight / len(synonym.terms) ** _PHRASE
                found.setdefault(key, []).append(Way("synonym", synonym.phrase, synonym.terms, share))
        return found


def _scaled(ways: Sequence[Way], weight: float) -> tuple[Way, ...]:
    return tuple(Way(way.clue, way.shown, way.terms, way.weight * weight) for way in ways)


def said(concept: Concept, words: frozenset[str]) -> float:
    """The weight of the best way to say the concept with these words; 0 when there is none."""
    return max((way.weight for way in concept.ways if words.issuperset(way.terms)), default=0.0)
