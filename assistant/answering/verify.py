"""The gate: the only maker of an `Answer`. What is not proven by words in a source is withheld, and said to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering import frames
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.objections import contradicts
from assistant.answering.proving.proof import Prover
from assistant.finding.lexicon import Lexicon
from assistant.finding.thesaurus import Thesaurus
from assistant.types import Answer, AnswerSentence, Citation, Draft, DraftSentence, Hit, Hits, Outcome, Withheld

#: Citations of one passage with no more than this between them become one.
_JOINED_GAP = 8

#: Hit number, and start and end of the words within its passage.
_Words = tuple[int, int, int]


@dataclass
class _Ledger:
    """The citations so far, in order of first use."""

    hits: Sequence[Hit]
    citations: list[Citation] = field(default_factory=list)

    def cite(self, hit: int, start: int, end: int) -> int:
        """The number of a citation of these words, a new one or the last one made longer."""
        passage = self.hits[hit].passage
        start, end = passage.start + start, passage.start + end
        for index, old in enumerate(self.citations):
            inside = old.passage.id == passage.id and old.start <= start and end <= old.end
            follows = old.passage.id == passage.id and 0 <= start - old.end <= _JOINED_GAP
            if inside:
                return old.n
            if follows and index == len(self.citations) - 1:
                self.citations[index] = citation(old.n, self.hits[hit], old.start, end)
                return old.n
        self.citations.append(citation(len(self.citations) + 1, self.hits[hit], start, end))
        return len(self.citations)


def citation(n: int, hit: Hit, start: int, end: int) -> Citation:
    """The citation of these characters of the source's text."""
    passage = hit.passage
    return Citation(n, passage, hit.source, passage.text[start - passage.start : end - passage.start], start, end)


class Gate:
    """Takes a draft's sentences one by one, in order, and lets through those that the hits' words prove.

    `question` is as the user asked it; `hits.query` is what was searched for. A sentence is checked against the
    passages that it cites; one that fails has one chance with the other hits. `thesaurus`, where it is given, lets
    other words for the same be seen as the same, and `entailment` weighs beside the rules. Not for several threads at
    once.
    """

    def __init__(
        self,
        question: str,
        hits: Hits,
        writer: str,
        lexicon: Lexicon,
        thesaurus: Thesaurus | None = None,
        entailment: Entailment | None = None,
    ) -> None:
        self._question = question
        self._hits = hits
        self._writer = writer
        self._ledger = _Ledger(hits.items)
        self._evidence = [Evidence.of_hit(hit) for hit in hits.items]
        self._prover = Prover(lexicon, thesaurus, entailment)
        self._shown: list[AnswerSentence] = []
        self._withheld: list[Withheld] = []

    def add(self, sentence: DraftSentence) -> AnswerSentence | None:
        """The sentence as shown, with the numbers of its citations; None when it is withheld."""
        claim = sentence.text.removeprefix(frames.VOICE_FRAME)
        words, reason = self._proven(claim, sentence.evidence)
        if reason:
            self._withheld.append(Withheld(sentence.text, reason))
            return None
        numbers = tuple(dict.fromkeys(self._ledger.cite(*each) for each in words))
        shown = AnswerSentence(sentence.text, numbers, sentence.opens, self._lead(sentence, words[0][0]))
        self._shown.append(shown)
        return shown

    def _lead(self, sentence: DraftSentence, hit: int) -> str:
        """The sentence's lead, if it is the one that the source of its words has; else none."""
        found = self._hits.items[hit]
        own = frames.lead(found.source, found.passage.voice, sentence.text)
        return sentence.lead if sentence.lead == own else ""

    def answer(self, notice: str = "") -> Answer:
        """The answer of the sentences so far."""
        if not self._shown:
            return no_support(self._question, self._hits, self._writer, tuple(self._withheld), notice)
        outcome: Outcome = "partly" if self._withheld else "answered"
        return Answer(
            question=self._question,
            search_question=self._hits.query,
            outcome=outcome,
            text=markdown(self._shown),
            sentences=tuple(self._shown),
            citations=tuple(self._ledger.citations),
            hits=self._hits.items,
            writer=self._writer,
            withheld=tuple(self._withheld),
            notice=notice,
        )

    def _proven(self, claim: str, evidence: Sequence[_Words]) -> tuple[Sequence[_Words], str]:
        """The words that prove the claim and "", or none and the reason in Swedish."""
        known = [words for words in evidence if self._is_known(words)]
        for hit, start, end in known:
            if self._evidence[hit].stands(claim, start, end):
                return [(hit, start, end)], ""
        cited = list(dict.fromkeys(hit for hit, _, _ in known))
        proof = self._prover.prove(claim, [self._evidence[hit] for hit in cited])
        if not proof.reason:
            return [(cited[part], start, end) for part, start, end in proof.words], ""
        least = proof.coverage if known and contradicts(proof.reason) else 0.0
        rescued = self._rescued(claim, set(cited), least)
        if rescued:
            return rescued, ""
        if not evidence:
            return (), "Meningen saknar hänvisning."
        return (), proof.reason if known else "Hänvisningen leder inte till någon källa."

    def _rescued(self, claim: str, cited: set[int], least: float) -> Sequence[_Words]:
        """The words of one other hit that carry the whole claim and cover at least so much of it; () when none does."""
        others = [hit for hit in range(len(self._evidence)) if hit not in cited]
        for place in self._prover.nearest(claim, [self._evidence[hit] for hit in others]):
            proof = self._prover.prove(claim, [self._evidence[others[place]]])
            if not proof.reason and proof.coverage >= least:
                return [(others[place], start, end) for _, start, end in proof.words]
        return ()

    def _is_known(self, words: _Words) -> bool:
        hit, start, end = words
        return 0 <= hit < len(self._evidence) and 0 <= start < end <= len(self._evidence[hit].text)


def verify(
    question: str,
    draft: Draft,
    hits: Hits,
    lexicon: Lexicon,
    thesaurus: Thesaurus | None = None,
) -> Answer:
    """Proves each sentence of the draft against the words that it relies on, and makes the answer of what holds."""
    gate = Gate(question, hits, draft.writer, lexicon, thesaurus)
    for sentence in draft.sentences:
        gate.add(sentence)
    return gate.answer(draft.notice)


def no_support(question: str, hits: Hits, writer: str, withheld: tuple[Withheld, ...] = (), notice: str = "") -> Answer:
    """The answer when the sources do not say: what they cover nearest, what kind of source would, and no citation."""
    best = hits.items[0] if hits.items else None
    near = frames.nearest(best.passage.path[-1] if best.passage.path else "", best.source.title) if best else ""
    told = {"hostile": frames.REFUSED, "loaded": frames.LOADED, "abroad": frames.ABROAD}
    first = told.get(hits.topic.kind if hits.topic else "")
    where = frames.elsewhere(hits.topic.where) if hits.topic and hits.topic.where else ""
    return Answer(
        question=question,
        search_question=hits.query,
        outcome="no_support",
        text=" ".join(filter(None, (first or frames.NO_SUPPORT, near or frames.NOTHING_NEAR, where))),
        sentences=(),
        citations=(),
        hits=hits.items,
        writer=writer,
        withheld=withheld,
        notice=notice,
    )


def markdown(sentences: Sequence[AnswerSentence]) -> str:
    """The answer as Markdown: each sentence with its marks, list items on lines of their own."""
    text = ""
    for sentence in sentences:
        if sentence.opens == "item":
            text += (f"\n\n{sentence.lead.strip()}" if sentence.lead else "") + f"\n- {with_marks(sentence)}"
        else:
            glue = "\n\n" if sentence.opens else " "
            text += (glue if text else "") + sentence.lead + with_marks(sentence)
    return text.strip()


def with_marks(sentence: AnswerSentence) -> str:
    """The sentence with its `[n]` before the full stop."""
    marks = "".join(f"[{n}]" for n in sentence.citations)
    if sentence.text.endswith(".") and not sentence.text.endswith(".."):
        return f"{sentence.text[:-1]} {marks}."
    return f"{sentence.text} {marks}"
