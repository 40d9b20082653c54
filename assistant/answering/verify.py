"""The gate: the only maker of an `Answer`. What is not proven by words in a source is withheld, and said to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answering import frames
from assistant.answering.support import objection
from assistant.finding.lexicon import Lexicon
from assistant.types import Answer, AnswerSentence, Citation, Draft, DraftSentence, Hit, Hits, Outcome, Withheld

#: Citations of one passage with no more than this between them become one.
_JOINED_GAP = 8


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
                self.citations[index] = _citation(old.n, self.hits[hit], old.start, end)
                return old.n
        self.citations.append(_citation(len(self.citations) + 1, self.hits[hit], start, end))
        return len(self.citations)


def _citation(n: int, hit: Hit, start: int, end: int) -> Citation:
    passage = hit.passage
    return Citation(n, passage, hit.source, passage.text[start - passage.start : end - passage.start], start, end)


def verify(question: str, draft: Draft, hits: Hits, lexicon: Lexicon) -> Answer:
    """Proves each sentence of the draft against the words that it relies on, and makes the answer of what holds.

    `question` is as the user asked it; `hits.query` is what was searched for.
    """
    ledger = _Ledger(hits.items)
    shown: list[AnswerSentence] = []
    withheld: list[Withheld] = []
    for sentence in draft.sentences:
        reason = _objection(sentence, hits.items, lexicon)
        if reason:
            withheld.append(Withheld(sentence.text, reason))
        else:
            numbers = tuple(dict.fromkeys(ledger.cite(*evidence) for evidence in sentence.evidence))
            shown.append(AnswerSentence(sentence.text, numbers, sentence.opens))
    if not shown:
        return no_support(question, hits, draft.writer, tuple(withheld), draft.notice)
    outcome: Outcome = "partly" if withheld else "answered"
    return Answer(
        question=question,
        search_question=hits.query,
        outcome=outcome,
        text=markdown(shown),
        sentences=tuple(shown),
        citations=tuple(ledger.citations),
        hits=hits.items,
        writer=draft.writer,
        withheld=tuple(withheld),
        notice=draft.notice,
    )


def no_support(question: str, hits: Hits, writer: str, withheld: tuple[Withheld, ...] = (), notice: str = "") -> Answer:
    """The answer when the sources do not say: what they cover nearest, and no citation."""
    best = hits.items[0] if hits.items else None
    near = frames.nearest(best.passage.path[-1] if best.passage.path else "", best.source.title) if best else ""
    return Answer(
        question=question,
        search_question=hits.query,
        outcome="no_support",
        text=f"{frames.NO_SUPPORT} {near or frames.NOTHING_NEAR}",
        sentences=(),
        citations=(),
        hits=hits.items,
        writer=writer,
        withheld=withheld,
        notice=notice,
    )


def _objection(sentence: DraftSentence, hits: Sequence[Hit], lexicon: Lexicon) -> str:
    if not sentence.evidence:
        return "Meningen saknar hänvisning."
    words = []
    for hit, start, end in sentence.evidence:
        if not 0 <= hit < len(hits) or not 0 <= start < end <= len(hits[hit].passage.text):
            return "Hänvisningen leder inte till någon källa."
        words.append(hits[hit].passage.text[start:end])
    return objection(sentence.text.removeprefix(frames.VOICE_FRAME), "\n".join(words), lexicon)


def markdown(sentences: Sequence[AnswerSentence]) -> str:
    """The answer as Markdown: each sentence with its marks, list items on lines of their own."""
    text = ""
    for sentence in sentences:
        glue = {"item": "\n- ", "paragraph": "\n\n", "": " "}[sentence.opens]
        text += (glue if text or sentence.opens == "item" else "") + with_marks(sentence)
    return text.strip()


def with_marks(sentence: AnswerSentence) -> str:
    """The sentence with its `[n]` before the full stop."""
    marks = "".join(f"[{n}]" for n in sentence.citations)
    if sentence.text.endswith(".") and not sentence.text.endswith(".."):
        return f"{sentence.text[:-1]} {marks}."
    return f"{sentence.text} {marks}"
