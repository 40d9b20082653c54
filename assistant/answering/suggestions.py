"""Follow-up questions that the sources answer: search questions written for passages near the answer.

None is made up: each was written for a passage and is indexed as a way to it, so that to ask it leads there. Those
are left out that are not written as a question to show, lean on something not said, or have been asked already.
"""

from __future__ import annotations

import re
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
#: The fewest and the most words of a question that is shown, and the fewest content words.
_FEWEST_WORDS, _MOST_WORDS, _FEWEST_TERMS = 4, 14, 2
#: The least share of a question's content words that the passage itself must say: the others are everyday words.
_OWN_WORDS = 0.5
#: Two questions nearer than this, or with a larger share of their content words in common, ask the same.
_SAME_VECTOR, _SAME_TERMS = 0.8, 0.5

#: A question for a number is answered only where a figure stands, so it leads on less surely than others.
_BEGINS = re.compile(
    r"(?:Vad|Vem|Vems|Vilka|Vilken|Vilket|Hur(?! många| mycket| stor| gammal)|Varför|När|Var|Vart|Ska|Får|Kan|Måste|"
    r"Bör|Har|Är|Finns|Behöver|Kräver|Gäller|Ingår|Räcker|Beslutar|Ansvarar) [^?!\n]*\?"
)
#: Who asks or is spoken to, everyday turns of speech, and words for a document that is not there to be pointed at.
_UNFIT = frozenset(
    "jag mig min mitt mina vi oss vår vårt våra du dig din ditt dina ni er ert era man "
    "ju bara egentligen typ nån nåt nåra nog liksom ens massa "
    "citatet bilden texten avsnittet dokumentet stycket sidan exemplet listan tabellen figuren materialet underlaget "
    "häftet rapporten undersökningen enkäten studien källan presentationen sammanfattningen".split()
)
#: Words that stand for something said before. "Finns det" and "den som" stand for nothing.
_POINTERS = re.compile(
    r"\b(?:detta|denna|dessa|han|hon|hen|hans|hennes|hens|honom|henne|deras|dess|dem|sådan[at]?|här|där|då|dit|"
    r"(?<!finns )det|den|de)\b(?! som\b)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b[A-ZÅÄÖ]{2,}\b")
#: Two capitalised words after each other: somebody's name, or an organisation's.
_NAME = re.compile(r"(?<=[\w,] )[A-ZÅÄÖ][a-zåäöé]+ [A-ZÅÄÖ][a-zåäöé]+")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that may be shown, its content words, its vector, and the passage that it was written for."""

    text: str
    terms: frozenset[str]
    vector: Vectors
    passage: Passage


class Suggester:
    """Chooses questions out of one index. What is fit to show of a passage's questions is found out once."""

    def __init__(self, finder: Finder, lexicon: Lexicon) -> None:
        self.finder = finder
        self._lexicon = lexicon
        self._places = {passage.id: place for place, passage in enumerate(finder.passages)}
        self._fit: dict[str, tuple[_Candidate, ...]] = {}

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
        return frozenset(self._lexicon.terms(question)), self.finder.tools.embedder.encode_question(question)

    def _candidates(self, passage: Passage) -> tuple[_Candidate, ...]:
        """The passage's questions that are fit to be shown."""
        if passage.id not in self._fit:
            self._fit[passage.id] = tuple(self._read(passage))
        return self._fit[passage.id]

    def _read(self, passage: Passage) -> Iterator[_Candidate]:
        own: frozenset[str] | None = None
        text = " ".join((*passage.path, passage.lead_in, passage.text))
        for question, vector in self.finder.questions_for(passage):
            if not _is_formal(question, text) or _POINTERS.search(question):
                continue
            own = frozenset(self._lexicon.terms(text)) if own is None else own
            terms = frozenset(self._lexicon.terms(question))
            if len(terms) >= _FEWEST_TERMS and len(terms & own) >= _OWN_WORDS * len(terms):
                yield _Candidate(question, terms, vector, passage)


def _is_formal(question: str, passage: str) -> bool:
    """Whether it is one whole question in plain written language, without names that its passage does not say."""
    words = question.split()
    return (
        bool(_BEGINS.fullmatch(question))
        and _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and not any({word, word.removesuffix("s")} & _UNFIT for word in re.findall(r"\w+", question.lower()))
        and all(name in passage for name in _CAPITALS.findall(question))
        and not _NAME.search(question)
    )


def _same(terms: frozenset[str], vector: Vectors, other_terms: frozenset[str], other_vector: Vectors) -> bool:
    """Whether two questions ask the same."""
    shared, either = len(terms & other_terms), len(terms | other_terms)
    return shared > _SAME_TERMS * either or float(vector @ other_vector) > _SAME_VECTOR


def _chosen(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The first ones that differ, each of a passage of its own."""
    chosen: list[_Candidate] = []
    for one in candidates:
        alike = any(
            one.passage.id == other.passage.id or _same(one.terms, one.vector, other.terms, other.vector)
            for other in chosen
        )
        if not alike:
            chosen.append(one)
        if len(chosen) == MOST:
            break
    return chosen
