"""Question -> ranked passages: the legs' scores, joined, and how likely it is that the sources answer at all."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from assistant.finding.asked import Asked, Asker
from assistant.finding.clauses import clauses, put_first
from assistant.finding.documents_file import read_documents
from assistant.finding.embedder import Vectors
from assistant.finding.fuse import Scores, convex_combination
from assistant.finding.generations import Generation
from assistant.finding.hostile import HOSTILE, is_hostile
from assistant.finding.legs import Legs
from assistant.finding.likelihood import by_likelihood, mean_likelihoods, with_likelihoods, with_readings
from assistant.finding.neighbours import with_neighbours
from assistant.finding.query import Concept, QueryAnalyser
from assistant.finding.question_reader import MOST_ODDS
from assistant.finding.showable import Showable
from assistant.finding.signals import SignalReader
from assistant.finding.spelling import Speller
from assistant.finding.support import READ, is_sure, support
from assistant.finding.tools import SearchTools
from assistant.finding.unanswered import Likeness
from assistant.types import Document, Filter, Hit, Hits, Passage, Reason

#: Of how many of the best passages the sentences are looked at.
_SENTENCES_OF = 10
#: From this probability on, whether the sources answer each part of a question need not be asked.
_SURE = 0.5
#: Log-odds of the support so far from even need no reading of the question.
READ_WITHIN = 2.8
#: The order in which clues are shown.
_CLUES = ("word", "part", "synonym", "spelling")


@dataclass(frozen=True, slots=True)
class _Looked:
    """A question as looked up: itself, and its clauses when it asks more than one thing."""

    text: str
    asked: Asked
    clauses: tuple[tuple[str, Asked], ...] = ()


class Finder:
    """An open generation. `find` may be called from several threads."""

    def __init__(self, generation: Generation, tools: SearchTools) -> None:
        self.generation = generation
        self.documents: dict[str, Document] = {doc.source.id: doc for doc in read_documents(generation.folder)}
        self.tools = tools
        self._weights = tools.weights
        self.passages = tuple(passage for document in self.documents.values() for passage in document.passages)
        language = tools.language
        lexicon = language.lexicon
        self._legs = Legs(generation, list(self.documents.values()))
        words = self._legs.spellings
        self._around = functools.lru_cache(maxsize=10_000)(lambda text: frozenset(lexicon.terms(text)))
        speller = partial(Speller, words, lexicon.knows, lexicon.normal_form)
        self._analyser = QueryAnalyser(
            lexicon, language.thesaurus, speller, self._legs.has_spelt, tools.weights.matches
        )
        self._asker = Asker(self._legs, self._analyser, tools, self.documents)
        self._signals = SignalReader(self._legs, lexicon)

    def close(self) -> None:
        self._legs.close()

    def warm_up(self) -> None:
        """Opens what not every question needs."""
        self._analyser.warm_up()
        if self.passages:
            self._legs.showable(0)

    def find(self, query: str, top: int = 20, only: Filter | None = None, carried: str = "") -> Hits:
        """The best `top` passages for a stand-alone question, best first; passages that no leg found are left out.

        `carried` are words from earlier in the conversation; they count for less than the question's own.
        """
        looked = self._look_up(query, carried, only)
        items = self._judged(looked, self._ranked(looked, top))
        like = self._like(looked.asked)
        found = self._signals.read(query, looked.asked, like, items) if items else {}
        supported, signals = self._support(query, found, items)
        if not looked.asked.concepts:
            supported = 0.0
        if looked.clauses and supported < _SURE:
            supported = max(supported, min(self._clause_support(*clause) for clause in looked.clauses))
        topic = self._legs.unanswered.topic(like)
        if is_hostile(query):
            supported, topic = 0.0, HOSTILE
        doubtful = supported < self._weights.doubtful_below and bool(items) and self._is_enriched(items[0])
        return Hits(f"{query} {carried}".strip(), items[:top], supported, signals, topic, doubtful)

    def with_clues(self, query: str, carried: str = "") -> tuple[Hit, ...]:
        """The hits before their sentences have been judged: what the model that judges them is fitted on."""
        looked = self._look_up(query, carried)
        return self._with_sentences(self._ranked(looked, _SENTENCES_OF), looked.asked)

    def _look_up(self, query: str, carried: str = "", only: Filter | None = None) -> _Looked:
        """What the others of its clauses are about counts as carried over beside each clause."""
        parts = clauses(query, self.tools.language.lexicon)
        around = {part: " ".join((carried, *(other for other in parts if other != part))) for part in parts}
        by_clause = tuple((part, self._asker.ask(part, around[part], only)) for part in parts)
        return _Looked(query, self._asker.ask(query, carried, only), by_clause)

    def _clause_support(self, clause: str, asked: Asked) -> float:
        """How likely the sources are to answer one of the things that a question asks."""
        looked = _Looked(clause, asked)
        items = self._likely(clause, self._with_sentences(self._ranked(looked, _SENTENCES_OF), asked))
        signals = self._signals.read(clause, asked, self._like(asked), items) if items else {}
        return self._support(clause, signals, items)[0]

    def _like(self, asked: Asked) -> Likeness:
        """How like a question is to those that are known not to be answered."""
        return self._legs.unanswered.likeness(asked.concepts, asked.vector)

    def _ranked(self, looked: _Looked, top: int) -> list[Hit]:
        """The best passages by the legs and the reranker."""
        joined = self._joined(looked.asked.legs)
        if looked.clauses:
            joined = put_first(joined, [self._joined(asked.legs) for _, asked in looked.clauses])
        order = [int(index) for index in np.argsort(-joined, kind="stable") if joined[index] > 0]
        reranker = self.tools.reranker
        most = max(top, reranker.reads, _SENTENCES_OF)
        hits = [self._hit(index, rank, joined, looked.asked.legs) for rank, index in enumerate(order[:most], 1)]
        return with_neighbours(reranker.rerank(looked.text, hits), self.passages, self._legs.place)

    def _judged(self, looked: _Looked, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with the likelihood of their sentences, in the order that it gives; a reranker's order stands.

        Of a question that asks two things, the sentences are judged for each of them.
        """
        if looked.clauses:
            judged = mean_likelihoods(
                [self._likely(part, self._with_sentences(hits, asked)) for part, asked in looked.clauses]
            )
        else:
            judged = self._likely(looked.text, self._with_sentences(hits, looked.asked))
            judged = self._read_again(looked.text, judged)
        if self.tools.reranker.reads:
            return judged
        return (*by_likelihood(judged[:_SENTENCES_OF]), *judged[_SENTENCES_OF:])

    def _likely(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        enriched = [self._is_enriched(hit) for hit in hits]
        return with_likelihoods(question, hits, enriched, self._weights.sentences, self._weights.plain_sentences)

    def _support(
        self, question: str, signals: Mapping[str, float], items: Sequence[Hit]
    ) -> tuple[float, Mapping[str, float]]:
        """The probability that the sources answer, and the signals with what reading says, where it was needed.

        Passages without search questions, those of the user's own documents mostly, are judged by a model of their own:
        what the shipped sources leave unanswered says nothing about them, and what has learnt from these reads others
        worse.
        """
        if not items:
            return 0.0, signals
        if not self._is_enriched(items[0]):
            return support(signals, self._weights.plain_support), signals
        probable = support(signals, self._weights.support)
        if self.tools.reader is None or is_sure(probable, READ_WITHIN):
            return probable, signals
        signals = {**signals, READ: self.reading(question, items)}
        return support(signals, self._weights.read_support), signals

    def _is_enriched(self, hit: Hit) -> bool:
        """True when search questions have been written for a hit's passage."""
        return bool(self._legs.enriched[self._legs.place(hit.passage)])

    def _read_again(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits with the likeliest sentences weighed anew, when none of them is likely enough.

        All their passages must be of those that the reader has learnt from; it would hold others back.
        """
        reader = self.tools.reader
        if reader is None or not all(self._is_enriched(hit) for hit in hits if hit.sentences):
            return tuple(hits)
        return with_readings(hits, lambda hit, clue: reader.odds(question, hit.passage, clue.start, clue.end))

    def reading(self, question: str, items: Sequence[Hit]) -> float:
        """How likely the likeliest sentence is to answer, by the network that reads questions, 0..1; 0.5 without it."""
        clues = [(clue, hit.passage) for hit in items for clue in hit.sentences]
        if self.tools.reader is None or not clues:
            return 0.5
        clue, passage = max(clues, key=lambda pair: pair[0].likelihood)
        return 0.5 + self.tools.reader.odds(question, passage, clue.start, clue.end) / (2 * MOST_ODDS)

    def _with_sentences(self, hits: Sequence[Hit], asked: Asked) -> tuple[Hit, ...]:
        """The same hits; the best of them with what speaks for each of their sentences."""
        return (*(self._read(hit, asked) for hit in hits[:_SENTENCES_OF]), *hits[_SENTENCES_OF:])

    def _read(self, hit: Hit, asked: Asked) -> Hit:
        passage = hit.passage
        around = self._around(" ".join((*passage.path[-1:], passage.lead_in)))
        place = self._legs.place(passage)
        clues = self._legs.sentences.clues(
            place, asked.sentence_words, asked.sentence_means, asked.similarities, asked.shares, around
        )
        return replace(hit, sentences=tuple(clues))

    def leg_scores(self, query: str, carried: str = "", only: Filter | None = None) -> Mapping[str, Scores]:
        """Each leg's normalised scores, shape (passages,), in the order of `passages`."""
        return self._asker.ask(query, carried, only).legs

    def _joined(self, legs: Mapping[str, Scores]) -> Scores:
        """The legs' scores in one, by the weights for enriched passages and those for others."""
        enriched, plain = (
            convex_combination({name: (weight, legs[name]) for name, weight in weights.items()})
            for weights in (self._weights.legs, self._weights.plain_legs)
        )
        return np.where(self._legs.enriched, enriched, plain)

    def explained(self, hits: Hits, question: str, carried: str = "") -> Hits:
        """The same hits with the reasons why each was found."""
        concepts = self._analyser.concepts(question, carried)
        vector = self._asker.vector(question, carried)
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

    def _hit(self, index: int, rank: int, joined: Scores, legs: Mapping[str, Scores]) -> Hit:
        passage = self.passages[index]
        found_by = {name: float(scores[index]) for name, scores in legs.items() if scores[index] > 0}
        return Hit(passage, self.documents[passage.source_id].source, float(joined[index]), rank, found_by)

    def questions_for(self, passage: Passage) -> list[tuple[Showable, Vectors]]:
        """The questions written for a passage that may be shown, each with its vector.

        The vectors are those that `short_vector` makes, shape (components,).
        """
        return self._legs.showable(self._legs.place(passage))

    def short_vector(self, question: str) -> Vectors:
        """The question's vector as it is compared with those of `questions_for`."""
        return self._legs.shortened(self._asker.encoded(question))
