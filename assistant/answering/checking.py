"""A text that someone has written -> what the sources say of each of its sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.objections import contradicts, of_figures
from assistant.answering.proving.proof import Proof, Prover
from assistant.answering.verify import citation
from assistant.finding.lexicon import Lexicon
from assistant.finding.thesaurus import Thesaurus
from assistant.reading.sentences import sentence_spans
from assistant.types import Citation, Hit, Verdict, VerifiedSentence

#: Marks that stand after a full stop belong to the sentence before it.
_MARKS_FIRST = re.compile(r"(?:\[\d{1,3}\][ \t]*)+[.,;:]?")
_MARK = re.compile(r"\[(\d{1,3})\]")
_MARKUP = re.compile(r"^\s*(?:#{1,6}|>|[-*•‒–]|\d{1,2}[.)])\s+|\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_BULLET = re.compile(r"^\s*(?:[•‒–‐▪◦·*-]|\d{1,2}[.)]|[a-zåäö]\))\s+")
_GREETING = re.compile(
    r"^(?:hej|hejsan|hallå|tjena|god (?:morgon|dag|kväll|eftermiddag)|bästa|kära|tack|välkom\w+|"
    r"(?:med )?vänlig\w* hälsning\w*|hälsningar|mvh|ordet är fritt|varsågod\w*)\b",
    re.IGNORECASE,
)
_WISHING = "vill|önskar|hoppas|tror|tycker|undrar|föreslår|tackar|ber|känner"
_WISH = re.compile(
    rf"^(?:(?:därför |nu |i ?dag )?(?:{_WISHING}|ser|skulle) (?:jag|vi)\b|låt oss\b|(?:min|vår) förhoppning\b|"
    rf"(?:jag|vi) (?:\w+ )?(?:{_WISHING}|ser fram|skulle vilja|är (?:glad|stolt)\w*|lovar|minns|tänker|uppskattar)\b)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:är|var|har|hade|blir|blev|finns|fanns|ska|skall|måste|bör|får|kan|behöver|gör|ger|tar|står|gäller|säger|utser|"
    r"beslutar|leder|ansvarar)\b",
    re.IGNORECASE,
)
#: A longer greeting or heading says something.
_GREETING_WORDS, _HEADING_WORDS = 12, 9
#: How many passages the whole corpus is asked for, and how many may carry a sentence together.
_FOUND, _TOGETHER = 8, 3
#: From this coverage on the nearest words are shown beside a sentence that they do not carry.
_NEAR = 0.5
#: How much less a passage that carries the claim may cover than one that contradicts it.
_OUTWEIGHED = 0.05
#: A passage that contradicts a claim is shown though another has so much more of the claim's words.
_SAYS_OTHER = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of the text and where it stands. `claim` is what is checked, "" when it claims nothing.

    `marks` are the numbers of its `[n]`.
    """

    text: str
    start: int
    end: int
    claim: str
    marks: tuple[int, ...] = ()


@dataclass
class TextChecker:
    """Checks the sentences of one text. `find` gives the best hits of the whole corpus for a sentence.

    `sources` are the hits that the text's `[n]` marks stand for, by number, None for one that is not in the corpus.
    """

    lexicon: Lexicon
    thesaurus: Thesaurus
    find: Callable[[str, int], Sequence[Hit]]
    sources: Mapping[int, Hit | None] = field(default_factory=dict)
    entailment: Entailment | None = None
    _numbers: dict[tuple[str, int, int], Citation] = field(default_factory=dict)

    def check(self, text: str) -> tuple[VerifiedSentence, ...]:
        prover = Prover(self.lexicon, self.thesaurus, self.entailment)
        return tuple(self._checked(part, prover) for part in parts_of(text, bool(self.sources)))

    def _checked(self, part: Part, prover: Prover) -> VerifiedSentence:
        if not part.claim:
            return VerifiedSentence(part.text, part.start, part.end, "not_a_claim")
        hits: Sequence[Hit] = [hit for n in part.marks if (hit := self.sources.get(n)) is not None]
        unknown = [n for n in part.marks if self.sources.get(n) is None]
        if not part.marks:
            hits = self.find(part.claim, _FOUND)
        if not hits:
            reason = (
                f"Hänvisningen [{unknown[0]}] leder inte till någon källa." if unknown else "Källorna säger inte detta."
            )
            return VerifiedSentence(part.text, part.start, part.end, "unsupported", reason)
        together = len(hits) if part.marks else _TOGETHER
        proof, cited = _proven(part.claim, hits, prover, together, is_cited=bool(part.marks))
        verdict = _verdict(proof)
        words = proof.words if verdict == "supported" or proof.coverage >= _NEAR else ()
        citations = tuple(self._cite(cited[number], start, end) for number, start, end in words)
        return VerifiedSentence(part.text, part.start, part.end, verdict, proof.reason, citations)

    def _cite(self, hit: Hit, start: int, end: int) -> Citation:
        key = (hit.passage.id, start, end)
        if key not in self._numbers:
            begin = hit.passage.start
            self._numbers[key] = citation(len(self._numbers) + 1, hit, begin + start, begin + end)
        return self._numbers[key]


def _proven(
    claim: str, hits: Sequence[Hit], prover: Prover, together: int, is_cited: bool
) -> tuple[Proof, Sequence[Hit]]:
    """The passage that carries the claim best, else several together, else the one that comes nearest.

    A passage that contradicts the claim weighs more than one that says less of it and does not. When none carries it,
    the first found that contradicts it tells more than one that has somewhat more of its words and says something else.
    """
    proofs = [prover.prove(claim, [Evidence.of_hit(hit)], is_cited) for hit in hits]
    best = max(range(len(hits)), key=lambda place: (round(proofs[place].coverage, 2), not proofs[place].reason, -place))
    against = proofs[best].coverage if contradicts(proofs[best].reason) else 0.0
    carrying = [place for place, proof in enumerate(proofs) if not proof.reason]
    if carrying:
        first = max(carrying, key=lambda place: (proofs[place].coverage, -place))
        if proofs[first].coverage >= against - _OUTWEIGHED:
            return proofs[first], [hits[first]]
    elif len(hits) > 1 and not against:
        joined = prover.prove(claim, [Evidence.of_hit(hit) for hit in hits[:together]], is_cited)
        if not joined.reason:
            return joined, hits
    if not against and not proofs[best].carried:
        most = proofs[best].coverage - _SAYS_OTHER
        opposed = (n for n, proof in enumerate(proofs) if contradicts(proof.reason) and proof.coverage >= most)
        best = next(opposed, best)
    return proofs[best], [hits[best]]


def _verdict(proof: Proof) -> Verdict:
    if not proof.reason:
        return "supported"
    if contradicts(proof.reason):
        return "partly" if of_figures(proof.reason) and proof.coverage >= _NEAR else "unsupported"
    return "partly" if proof.carried > 0 else "unsupported"


def parts_of(text: str, has_marks: bool = False) -> Iterator[Part]:
    """The sentences of a text, in order; list items are checked with the line that introduces them."""
    spans = _spans(text)
    lead = ""
    for start, end in spans:
        sentence = text[start:end]
        line = text[text.rfind("\n", 0, start) + 1 : start + 1]
        is_item = bool(_BULLET.match(line + " x")) and not line.strip()[:1].isalpha()
        claim = _cleaned(sentence)
        if not is_item:
            lead = claim.rstrip(": ") if sentence.rstrip().endswith(":") else ""
        marks = tuple(dict.fromkeys(map(int, _MARK.findall(sentence)))) if has_marks else ()
        alone = len(spans) == 1
        if not _claims(text, start, end, claim, is_item, alone):
            claim = ""
        elif is_item and lead:
            claim = f"{lead} {claim}"
        yield Part(sentence, start, end, claim, marks)


def _spans(text: str) -> list[tuple[int, int]]:
    """The text's sentences; `[n]` marks after a full stop are counted to the sentence before it."""
    result: list[tuple[int, int]] = []
    for begin, end in sentence_spans(text):
        start = begin
        marks = _MARKS_FIRST.match(text, start, end)
        same_line = bool(result) and "\n" not in text[result[-1][1] : start]
        if marks and same_line:
            result[-1] = (result[-1][0], start + len(marks.group().rstrip()))
            start = marks.end() + len(text[marks.end() : end]) - len(text[marks.end() : end].lstrip())
        if start < end:
            result.append((start, end))
    return result


def _cleaned(sentence: str) -> str:
    """The sentence without marks and Markdown."""
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARKUP.sub("", _MARK.sub("", sentence)).split()))


def _claims(text: str, start: int, end: int, claim: str, is_item: bool, alone: bool) -> bool:
    words = claim.split()
    if not any(char.isalpha() for char in claim) or claim.endswith(("?", "?”", '?"', ":")):
        return False
    if text[start:end].lstrip().startswith("#") or text[text.rfind("\n", 0, start) + 1 : start].strip().startswith("#"):
        return False
    if (_GREETING.match(claim) and len(words) <= _GREETING_WORDS) or _WISH.match(claim):
        return False
    whole_line = not text[text.rfind("\n", 0, start) + 1 : start].strip() and text[end : end + 1] in ("", "\n")
    unfinished = claim[-1] not in ".!…”\"'"
    heading = whole_line and unfinished and len(words) <= _HEADING_WORDS and not is_item and not alone
    return not (heading and not _VERB.search(claim))
