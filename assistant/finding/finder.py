"""Question -> ranked passages: the legs' scores, joined, and how likely it is that the sources answer at all."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assistant.finding.clauses import clauses, put_first
from assistant.finding.documents_file import read_documents
from assistant.finding.embedder import Vectors
from assistant.finding.fuse import Scores, convex_combination, normalise
from assistant.finding.generations import Generation
from assistant.finding.legs import Legs
from assistant.finding.likelihood import by_likelihood, mean_likelihoods, with_likelihoods
from assistant.finding.neighbours import with_neighbours
from assistant.finding.quantities import asks_number, gives_number
from assistant.finding.query import Concept, QueryAnalyser, said
from assistant.finding.spelling import Speller
from assistant.finding.support import agreement, support
from assistant.finding.tools import SearchTools
from assistant.types import Document, Filter, Hit, Hits, Passage, Reason

#: Of how many of the best passages the sentences are looked at.
_SENTENCES_OF = 10
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
#: The order in which clues are shown.
_CLUES = ("word", "part", "synonym", "spelling")


@dataclass(frozen=True, slots=True)
class _Found:
    """The hits for a question, and what they were found by; `similarities` are those of the small texts."""

    items: tuple[Hit, ...]
    concepts: tuple[Concept, ...]
    vector: Vectors
    similarities: Scores
    raw: Mapping[str, Scores]


class Finder:
    """An open generation. `find` may be called from several threads."""

    def __init__(self, generation: Generation, tools: SearchTools) -> None:
        self.generation = generation
        self.documents: dict[str, Document] = {doc.source.id: doc for doc in read_documents(generation.folder)}
        self.tools = tools
        self._weights = tools.weights
        self.passages = tuple(passage for document in self.documents.values() for passage in document.passages)
        language, matches = tools.language, tools.weights.matches
        lexicon = language.lexicon
        self._legs = Legs(generation, list(self.documents.values()), lexicon)
        words = self._legs.spellings
        self._around = functools.lru_cache(maxsize=10_000)(lambda text: frozenset(lexicon.terms(text)))
        speller = partial(Speller, words, lexicon.knows, lexicon.normal_form)
        self._analyser = QueryAnalyser(lexicon, language.thesaurus, speller, self._legs.knows, matches)

    def close(self) -> None:
        self._legs.close()

    def find(self, query: str, top: int = 20, only: Filter | None = None, carried: str = "") -> Hits:
        """The best `top` passages for a stand-alone question, best first; passages that no leg found are left out.

        `carried` are words from earlier in the conversation; they count for less than the question's own.
        """
        found = self._found(query, top, only or Filter(), carried)
        items = self._judged(query, found.items, carried)
        signals = self._signals(query, found, items) if items else {}
        supported = self._support(signals, items) if found.concepts else 0.0
        parts = clauses(query, self.tools.language.lexicon)
        if parts:
            supported = max(supported, min(self._clause_support(part, parts, only, carried) for part in parts))
        topic = self._legs.unanswered.topic(found.concepts, found.vector)
        return Hits(f"{query} {carried}".strip(), items[:top], supported, signals, topic)

    def _clause_support(self, clause: str, others: Sequence[str], only: Filter | None, carried: str) -> float:
        """How likely the sources are to answer one of the things that a question asks."""
        found = self._found(clause, _SENTENCES_OF, only or Filter(), self._around_clause(clause, others, carried))
        items = self._likely(clause, found.items)
        return self._support(self._signals(clause, found, items), items) if items else 0.0

    def with_clues(self, query: str, carried: str = "") -> tuple[Hit, ...]:
        """The hits before their sentences have been judged: what the model that judges them is fitted on."""
        return self._found(query, _SENTENCES_OF, Filter(), carried).items

    def _found(self, query: str, top: int, only: Filter, carried: str) -> _Found:
        """The best passages by the legs and the reranker, with what speaks for the sentences of the first ones."""
        concepts = self._analyser.concepts(query, carried)
        vector = self._vector(query, carried)
        similarities = self._legs.similarities(vector)
        raw = self._raw_scores(concepts, vector, similarities, only)
        legs = {name: normalise(scores) for name, scores in raw.items()}
        joined = self._joined(legs)
        parts = clauses(query, self.tools.language.lexicon)
        if parts:
            joined = put_first(joined, [self._clause(part, parts, carried, only) for part in parts])
        order = [int(index) for index in np.argsort(-joined, kind="stable") if joined[index] > 0]
        reranker = self.tools.reranker
        most = max(top, reranker.reads, _SENTENCES_OF)
        hits = [self._hit(index, rank, joined, legs) for rank, index in enumerate(order[:most], 1)]
        near = with_neighbours(reranker.rerank(query, hits), self.passages, self._legs.place)
        items = self._with_sentences(near, concepts, vector, similarities)
        return _Found(items, concepts, vector, similarities, raw)

    def _judged(self, query: str, hits: Sequence[Hit], carried: str) -> tuple[Hit, ...]:
        """The hits with the likelihood of their sentences, in the order that it gives; a reranker's order stands.

        Of a question that asks two things, the sentences are judged for each of them.
        """
        parts = clauses(query, self.tools.language.lexicon)
        if parts:
            judged = mean_likelihoods(
                [self._likely(part, self._for_clause(part, parts, hits, carried)) for part in parts]
            )
        else:
            judged = self._likely(query, hits)
        if self.tools.reranker.reads:
            return judged
        return (*by_likelihood(judged[:_SENTENCES_OF]), *judged[_SENTENCES_OF:])

    def _likely(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        enriched = [bool(self._legs.enriched[self._legs.place(hit.passage)]) for hit in hits]
        return with_likelihoods(question, hits, enriched, self._weights.sentences, self._weights.plain_sentences)

    def _for_clause(self, clause: str, others: Sequence[str], hits: Sequence[Hit], carried: str) -> tuple[Hit, ...]:
        """The same hits with what speaks for their sentences when only the clause is asked."""
        around = self._around_clause(clause, others, carried)
        vector = self._vector(clause, around)
        return self._with_sentences(
            hits, self._analyser.concepts(clause, around), vector, self._legs.similarities(vector)
        )

    @staticmethod
    def _around_clause(clause: str, others: Sequence[str], carried: str) -> str:
        """What counts as carried over beside a clause: what the others are about, and what was carried before."""
        return " ".join((carried, *(other for other in others if other != clause)))

    def _support(self, signals: Mapping[str, float], items: Sequence[Hit]) -> float:
        """The probability that the sources answer.

        Passages without search questions, those of the user's own documents mostly, are judged by a model of their own:
        what the shipped sources leave unanswered says nothing about them.
        """
        enriched = bool(items) and self._legs.enriched[self._legs.place(items[0].passage)]
        if not enriched:
            return support(signals, self._weights.plain_support)
        return min(support(signals, self._weights.support), support(signals, self._weights.outside))

    def _with_sentences(
        self, hits: Sequence[Hit], concepts: Sequence[Concept], vector: Vectors, similarities: Scores
    ) -> tuple[Hit, ...]:
        """The same hits; the best of them with what speaks for each of their sentences."""
        words = self._legs.sentences.words(concepts)
        total = sum(self._legs.rarity(concept.term) for concept in concepts) or 1.0
        shares = [(concept, self._legs.rarity(concept.term) / total) for concept in concepts]
        return (
            *(self._read(hit, words, vector, similarities, shares) for hit in hits[:_SENTENCES_OF]),
            *hits[_SENTENCES_OF:],
        )

    def _read(
        self,
        hit: Hit,
        words: Scores,
        vector: Vectors,
        similarities: Scores,
        concepts: Sequence[tuple[Concept, float]],
    ) -> Hit:
        passage = hit.passage
        around = self._around(" ".join((*passage.path[-1:], passage.lead_in)))
        place = self._legs.place(passage)
        clues = self._legs.sentences.clues(place, words, vector, similarities, concepts, around)
        return replace(hit, sentences=tuple(clues))

    def leg_scores(self, query: str, carried: str = "", only: Filter | None = None) -> dict[str, Scores]:
        """Each leg's normalised scores, shape (passages,), in the order of `passages`."""
        concepts = self._analyser.concepts(query, carried)
        vector = self._vector(query, carried)
        raw = self._raw_scores(concepts, vector, self._legs.similarities(vector), only or Filter())
        return {name: normalise(scores) for name, scores in raw.items()}

    def _joined(self, legs: Mapping[str, Scores]) -> Scores:
        """The legs' scores in one, by the weights for enriched passages and those for others."""
        enriched, plain = (
            convex_combination({name: (weight, legs[name]) for name, weight in weights.items()})
            for weights in (self._weights.legs, self._weights.plain_legs)
        )
        return np.where(self._legs.enriched, enriched, plain)

    def _clause(self, clause: str, others: Sequence[str], carried: str, only: Filter | None) -> Scores:
        """The joined scores for one clause; what the others are about counts as carried over."""
        return self._joined(self.leg_scores(clause, self._around_clause(clause, others, carried), only))

    def explained(self, hits: Hits, question: str, carried: str = "") -> Hits:
        """The same hits with the reasons why each was found."""
        concepts = self._analyser.concepts(question, carried)
        vector = self._vector(question, carried)
        similarities = self._legs.vector(vector)
        items = tuple(replace(hit, reasons=self._reasons(concepts, vector, similarities, hit)) for hit in hits.items)
        return replace(hits, items=items)

    def _reasons(
        self, concepts: Sequence[Concept], vector: Vectors, similarities: Scores, hit: Hit
    ) -> tuple[Reason, ...]:
        """The words, the weightiest first within each kind of clue; then the nearest small text and the passage."""
        place = self._legs.place(hit.passage)
        reasons = []
        for concept, number, score in self._legs.ways(concepts, place):
            way = concept.ways[number]
            shown = way.shown if way.clue == "word" else f"{concept.word} → {way.shown}"
            reasons.append(Reason(way.clue, shown, score))
        reasons.sort(key=lambda reason: (_CLUES.index(reason.clue), -reason.score))
        near = self._legs.nearest_point(vector, place)
        if near:
            reasons.append(Reason("question" if near[0].kind == "aid" else "sentence", near[0].text, near[1]))
        return (*reasons, Reason("vector", "", float(similarities[place])))

    def _vector(self, query: str, carried: str) -> Vectors:
        vector = self.tools.embedder.encode_question(query)
        if not carried:
            return vector
        joined = vector + self._weights.matches.carried * self.tools.embedder.encode_question(carried)
        length = np.linalg.norm(joined)
        return (joined / length).astype(np.float32) if length else vector

    def _raw_scores(
        self, concepts: Sequence[Concept], vector: Vectors, similarities: Scores, only: Filter
    ) -> dict[str, Scores]:
        """Each leg's scores before normalising, shape (passages,); 0 for passages that the filter leaves out."""
        found = {
            "words": self._legs.words(concepts),
            "vector": self._legs.vector(vector, self._source_ids(only)),
            "nearest": self._legs.nearest(similarities),
            "source": self._legs.source(concepts),
        }
        allowed = self._allowed(only)
        return {name: np.where(allowed, scores, 0).astype(np.float32) for name, scores in found.items()}

    def _hit(self, index: int, rank: int, joined: Scores, legs: Mapping[str, Scores]) -> Hit:
        passage = self.passages[index]
        found_by = {name: float(scores[index]) for name, scores in legs.items() if scores[index] > 0}
        return Hit(passage, self.documents[passage.source_id].source, float(joined[index]), rank, found_by)

    def _source_ids(self, only: Filter) -> list[str] | None:
        """The admitted sources, or None when all are."""
        admitted = [key for key, document in self.documents.items() if only.admits(document.source)]
        return None if len(admitted) == len(self.documents) else admitted

    def _allowed(self, only: Filter) -> NDArray[np.bool_]:
        return np.array([only.admits(self.documents[p.source_id].source) for p in self.passages], dtype=np.bool_)

    def _signals(
        self,
        query: str,
        found: _Found,
        hits: Sequence[Hit],
    ) -> dict[str, float]:
        """What speaks for and against that the sources answer; see `finding.support`."""
        best = [self._legs.place(hit.passage) for hit in hits[:_COVERED_BY]]
        concepts = self._analyser.concepts(query) or found.concepts
        clues = [(clue, hit) for hit in hits for clue in hit.sentences]
        likely = sorted(clues, key=lambda pair: -pair[0].likelihood)[:_NUMBER_AMONG]
        words = max((clue.words for clue, _ in clues), default=0.0)
        most = _SATURATION * sum(self._legs.rarity(concept.term) for concept in found.concepts)
        asks = asks_number(query)
        given = any(gives_number(hit.passage.text[clue.start : clue.end]) for clue, hit in likely)
        return {
            "coverage": self._coverage(concepts, best),
            "unknown": self._unknown(concepts),
            "names": self._names_held(query, best),
            "agreement": agreement(list(found.raw.values()), best[0]),
            "sentence_words": min(1.0, words / _MOST_WORDS),
            "sentence_share": min(1.0, words / most) if most else 0.0,
            "sentence_questions": max((clue.questions for clue, _ in clues), default=0.0),
            **self._legs.unanswered.signals(found.concepts, found.vector, self._legs.answered(found.similarities)),
            "asks_number": float(asks),
            "lacks_number": float(asks and not given),
            "figures": float(any(char.isdigit() for char in query)),
        }

    def _names_held(self, query: str, best: Sequence[int]) -> float:
        """The largest share of the question's names and numbers that one of the best passages holds; 1 without any."""
        lexicon = self.tools.language.lexicon
        names = {term for name in _NAMES.findall(query) for term in lexicon.terms(name)}
        if not names:
            return 1.0
        return max((len(names & self._legs.held(index)) / len(names) for index in best), default=0.0)

    def _unknown(self, concepts: Sequence[Concept]) -> float:
        """The share of the question's concepts, by rarity, that nothing in the index can say."""
        concepts = _said_in_words(concepts)
        weights = {concept.term: self._legs.rarity(concept.term) for concept in concepts}
        total = sum(weights.values())
        known = {c.term for c in concepts if any(self._legs.knows(term) for way in c.ways for term in way.terms)}
        missing = sum(weight for term, weight in weights.items() if term not in known)
        return missing / total if total else 1.0

    def _coverage(self, concepts: Sequence[Concept], best: Sequence[int]) -> float:
        """The largest share of the question's concepts, by rarity, that one of the best passages or its aids hold.

        A concept said in another way counts by that way's weight.
        """
        concepts = _said_in_words(concepts)
        weights = {concept.term: self._legs.rarity(concept.term) for concept in concepts}
        total = sum(weights.values())
        if not total:
            return 0.0
        held = (sum(weights[c.term] * said(c, self._legs.held(index)) for c in concepts) for index in best)
        return max(held, default=0.0) / total

    def questions_for(self, passage: Passage) -> list[tuple[str, Vectors]]:
        """The search questions, gists and everyday words written for a passage, each with its vector."""
        return self._legs.aids(self._legs.place(passage))


def _said_in_words(concepts: Sequence[Concept]) -> list[Concept]:
    """The concepts that are content words of the question; not those that only a phrase of stop words stands for."""
    return [concept for concept in concepts if any(way.clue == "word" for way in concept.ways)]
