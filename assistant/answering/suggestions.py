"""Follow-up questions that the sources answer: search questions written for passages near the answer.

None is made up: each was written for a passage and is indexed as a way to it, so that to ask it leads there. Those
that may be shown are found when the index is built (`finding.showable`); what has been asked already is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.finding.embedder import Vectors
from assistant.finding.finder import Finder
from assistant.finding.lexicon import Lexicon
from assistant.types import Answer, Passage, Turn

#: How many questions are suggested.
MOST = 3
#: How many of the best hits the questions may be about.
_HITS = 10
#: Two questions nearer than this, or with a larger share of their content words in common, ask the same.
_SAME_VECTOR, _SAME_TERMS = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that may be shown, its content words, its vector, and the passage that it was written for."""

    text: str
    terms: frozenset[str]
    vector: Vectors
    passage: Passage


class Suggester:
    """Chooses questions out of one index."""

    def __init__(self, finder: Finder, lexicon: Lexicon) -> None:
        self.finder = finder
        self._lexicon = lexicon
        self._places = {passage.id: place for place, passage in enumerate(finder.passages)}

    def suggest(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """At most three questions, of different passages, nearest to the question first.

        All are about sources of the answer's hits, so that a filter that these were found with holds for them too.
        Fewer, or none, where no fit questions have been written.
        """
        cited = {citation.passage.id for citation in answer.citations}
        said = frozenset(self._lexicon.terms(answer.text))
        found = [one for passage in self._near(answer) for one in self._candidates(passage)]
        found = [one for one in found if not (one.passage.id in cited and one.terms <= said)]
        questions = (answer.search_question, answer.question, *(t.content for t in history if t.role == "user"))
        asked = [self._asked(question) for question in dict.fromkeys(questions)]
        new = [one for one in found if not any(_same(one.terms, one.vector, *each) for each in asked)]
        nearest_first = sorted(new, key=lambda one: -float(one.vector @ asked[0][1]))
        return tuple(one.text for one in _chosen(nearest_first))

    def _near(self, answer: Answer) -> list[Passage]:
        """The cited passages with those right before and after them, and the best hits, each once."""
        cited = [citation.passage for citation in answer.citations]
        beside = [other for passage in cited for other in self._beside(passage)]
        best = [hit.passage for hit in answer.hits[:_HITS]]
        return list({passage.id: passage for passage in (*cited, *beside, *best)}.values())

    def _beside(self, passage: Passage) -> Iterator[Passage]:
        place = self._places[passage.id]
        for other in (place - 1, place + 1):
            if 0 <= other < len(self._places) and self.finder.passages[other].source_id == passage.source_id:
                yield self.finder.passages[other]

    def _asked(self, question: str) -> tuple[frozenset[str], Vectors]:
        return frozenset(self._lexicon.terms(question)), self.finder.short_vector(question)

    def _candidates(self, passage: Passage) -> Iterator[_Candidate]:
        """The passage's questions that are fit to be shown."""
        for question, vector in self.finder.questions_for(passage):
            yield _Candidate(question.text, question.terms, vector, passage)


def _same(terms: frozenset[str], vector: Vectors, other_terms: frozenset[str], other_vector: Vectors) -> bool:
    """Whether two questions ask the same."""
    shared, either = len(terms & other_terms), len(terms | other_terms)
    return shared > _SAME_TERMS * either or float(vector @ other_vector) > _SAME_VECTOR


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The first ones that differ, each of a passage of its own, and not all of one section where others are near."""
    chosen: list[_Candidate] = []
    left: list[_Candidate] = []
    for one in candidates:
        alike = any(
            one.passage.id == other.passage.id or _same(one.terms, one.vector, other.terms, other.vector)
            for other in (*chosen, *left)
        )
        if alike:
            continue
        is_last_of_one = len(chosen) == MOST - 1 and all(one.passage.path == other.passage.path for other in chosen)
        (left if is_last_of_one else chosen).append(one)
        if len(chosen) == MOST:
            return chosen
    return [*chosen, *left][:MOST]
