"""A passage as evidence: its sentences, each with the lead-in, headings and sentence before it that it is read with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.proving.claims import Reader, Word
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import CELL_GAP, sentence_spans
from assistant.types import Hit, Passage, Source

_END_MARKS = " .:;,!?…"
#: What a sentence that leans on the one before it begins with.
_POINTS_BACK = re.compile(
    r"^(?:Detta|Dessa|Denna|Den|Det|De|Där|Då|Därmed|Dessutom|Samtidigt|Även|Här|Utöver|Sådan|Sådana|Dock|Så|Dels|Hon|"
    r"Han|Hen|Men|Och|I så fall|Vid sådan)\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage's words with what is known around them: headings, the lead-in of a list, and what its source is."""

    text: str
    path: tuple[str, ...] = ()
    lead_in: str = ""
    source: str = ""

    @classmethod
    def of_hit(cls, hit: Hit) -> Evidence:
        return cls.of_passage(hit.passage, hit.source)

    @classmethod
    def of_passage(cls, passage: Passage, source: Source) -> Evidence:
        names = " ".join(filter(None, (source.title, source.publisher, source.kind)))
        return cls(passage.text, passage.path, passage.lead_in, names)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        return _spans(self.text)

    def stands(self, claim: str, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
        """Where the claim stands, word for word, as whole sentences between two places; None when it does not.

        A first letter in another case and the mark at the end do not matter.
        """
        wanted = claim.strip().rstrip(_END_MARKS)
        if not any(char.isalnum() for char in wanted):
            return None
        starts = {a for a, _ in self.spans if a >= start}
        limit = len(self.text) if end is None else end
        for a in sorted(starts):
            if not _same(self.text[a : a + len(wanted)], wanted):
                continue
            for _, b in self.spans:
                if a + len(wanted) <= b <= limit and not self.text[a + len(wanted) : b].strip(
                    _END_MARKS + "¹²³⁴⁵⁶⁷⁸⁹⁰"
                ):
                    return a, b
        return None


def _same(one: str, other: str) -> bool:
    return one == other or (one[1:] == other[1:] and one[:1].lower() == other[:1].lower())


@lru_cache(maxsize=2048)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return sentence_spans(text)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item or row. `words` begin with those of its list's lead-in, whose places are -1.

    `context` are words around it: headings, source, the sentence before. `naming` are those of them that may name what
    it speaks of; the sentence before does only when this one points back to it.
    """

    number: int
    start: int
    end: int
    words: tuple[Word, ...]
    context: tuple[Word, ...]
    lead: tuple[int, int] | None = None
    leans: bool = False
    is_row: bool = False
    naming: tuple[Word, ...] = ()


def units_of(evidence: Evidence, reader: Reader) -> tuple[Unit, ...]:
    spans = evidence.spans
    texts = [evidence.text[start:end] for start, end in spans]
    around = reader.read(". ".join((*evidence.path, evidence.source))).words
    units: list[Unit] = []
    for number, (start, end) in enumerate(spans):
        lead = _lead(number, texts, evidence)
        lead_text = texts[lead] if lead is not None else evidence.lead_in if _is_item(evidence.text, start) else ""
        words = (*reader.read(lead_text).words, *reader.read(texts[number]).words)
        same_line = number > 0 and "\n" not in evidence.text[spans[number - 1][1] : start]
        leans = same_line and bool(_POINTS_BACK.match(texts[number]))
        before = reader.read(texts[number - 1]).words if number > 0 and number - 1 != lead else ()
        units.append(
            Unit(
                number,
                start,
                end,
                words,
                _distinct((*around, *before)),
                spans[lead] if lead is not None else None,
                leans,
                CELL_GAP in texts[number],
                _distinct((*around, *(before if leans else ()))),
            )
        )
    return tuple(units)


@lru_cache(maxsize=1_000)
def remembered(evidence: Evidence, lexicon: Lexicon) -> tuple[Unit, ...]:
    """The units of a passage; those read lately are the same for all who ask."""
    return units_of(evidence, Reader(lexicon))


def _distinct(words: Sequence[Word]) -> tuple[Word, ...]:
    """The content words, each once."""
    return tuple({(word.form, word.value, word.actor): word for word in words if word.content}.values())


def _lead(number: int, texts: Sequence[str], evidence: Evidence) -> int | None:
    """The sentence that introduces the list in which an item stands."""
    if not _is_item(evidence.text, evidence.spans[number][0]):
        return None
    for before in range(number - 1, -1, -1):
        if not _is_item(evidence.text, evidence.spans[before][0]):
            return before if texts[before].endswith(":") or texts[before][-1] not in ".!?”\"“'" else None
    return None


def _is_item(text: str, start: int) -> bool:
    line = text[text.rfind("\n", 0, start) + 1 : start].strip()
    return bool(re.fullmatch(r"[•‒–-]|\d{1,2}[.)]|[a-zåäö]\)", line))
