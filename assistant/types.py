"""Every noun of the domain, as frozen dataclasses. Files, rows and replies become these where they enter.

Offsets are counted in characters into `Document.text`, the source's extracted text; ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["lag", "beslut", "vägledning", "rapport", "presentation", "eget"]
Voice = Literal["text", "quotation"]
Outcome = Literal["answered", "partly", "no_support"]
Role = Literal["user", "assistant"]
Opens = Literal["", "paragraph", "item"]
Origin = Literal["corpus", "own"]
#: What the sources say of a sentence that someone has written.
Verdict = Literal["supported", "partly", "unsupported", "not_a_claim"]
#: What a requirement on an instruktion rests on: law, SKR's guidance, the reports' advice, or one decided document.
Weight = Literal["lag", "vägledning", "rapport", "beslut"]
#: What a reviewed document says of a requirement.
FindingVerdict = Literal["found", "partly", "missing", "contradicts"]
#: Why a passage was found: the question's own word, the parts of a compound, another word for the same, another
#: spelling, a question that the passage answers, a sentence of it, or the nearness of the whole.
Clue = Literal["word", "part", "synonym", "spelling", "question", "sentence", "vector"]

#: Kinds in order of weight, the most binding first.
KINDS: tuple[Kind, ...] = ("lag", "beslut", "vägledning", "rapport", "presentation", "eget")
#: Weights in the order in which a review shows them.
WEIGHTS: tuple[Weight, ...] = ("lag", "vägledning", "rapport", "beslut")


@dataclass(frozen=True, slots=True)
class Source:
    """One document and what is known of it; an unknown year, publisher or address is None.

    `account` marks our own account of a statute, which is not its wording. `through` is the SFS number of the last
    amendment in a fetched statute and `fetched` the day (ISO 8601) on which it was fetched from `sync_url`. `guessed`
    names the fields that nobody has confirmed.
    """

    id: str
    title: str
    kind: Kind
    path: Path
    sha256: str
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    sync_url: str | None = None
    account: bool = False
    through: str | None = None
    fetched: str | None = None
    guessed: tuple[str, ...] = ()
    origin: Origin = "corpus"


@dataclass(frozen=True, slots=True)
class Page:
    """The raw text of one page.

    `label` is what the page is called ("12", "iv", "bild 3"), None in formats that have no pages.
    """

    label: str | None
    text: str


@dataclass(frozen=True, slots=True)
class PageSpan:
    """Where the page called `label` lies in `Document.text`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under one heading; `path` holds the headings from the outermost to its own."""

    path: tuple[str, ...]
    start: int
    end: int
    first_page: str | None = None
    last_page: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest part that search returns: whole sentences of one section in one voice.

    `text == Document.text[start:end]`. `lead_in` is the sentence that introduces the list which the passage goes on
    with, when that sentence itself lies in an earlier passage; it is context, never quoted from here.
    """

    id: str
    source_id: str
    path: tuple[str, ...]
    text: str
    start: int
    end: int
    voice: Voice = "text"
    lead_in: str = ""
    first_page: str | None = None
    last_page: str | None = None

    @property
    def locator(self) -> str:
        """The place in words: the innermost numbered heading and those below it and, where known, the pages.

        Where no heading is numbered, the two innermost stand.
        """
        numbered = [index for index, heading in enumerate(self.path) if heading[:1].isdigit()]
        headings = self.path[numbered[-1] :] if numbered else self.path[-2:]
        pages = _page_words(self.first_page, self.last_page)
        return ", ".join(part for part in (*headings, pages) if part)


def _page_words(first: str | None, last: str | None) -> str:
    """ "s. 4", "s. 4–5", "bild 3"; "från s. 24" where the end is not known."""
    if first is None:
        return ""
    named = first if first.startswith("bild ") else f"s. {first}"
    if last is None:
        return f"från {named}"
    return named if last == first else f"{named}–{last.removeprefix('bild ')}"


@dataclass(frozen=True, slots=True)
class Document:
    """A source as read: its extracted text, and the sections, pages and passages that lie in it."""

    source: Source
    text: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    pages: tuple[PageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the conversation so far."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Restricts a search; an empty tuple means everything."""

    kinds: tuple[Kind, ...] = ()
    source_ids: tuple[str, ...] = ()

    def admits(self, source: Source) -> bool:
        return (not self.kinds or source.kind in self.kinds) and (not self.source_ids or source.id in self.source_ids)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a passage was found.

    `detail` shows the words or the question. `score` is a BM25 score for words and a cosine similarity, 0..1, else.
    """

    clue: Clue
    detail: str
    score: float


@dataclass(frozen=True, slots=True)
class SentenceClues:
    """What speaks for a sentence or list item of a found passage being the one that answers.

    `start` and `end` lie in the passage's text. `words` is the BM25 score of it and the questions that it answers;
    `questions` the cosine similarity to the mean of those questions, `nearest` to the nearest of them and `own` to
    itself, 0..1; `covered` the share of the question's words, by rarity, that it or its heading says. `likelihood` is
    the probability, 0..1, that follows from it all, among all sentences of the best passages.
    """

    start: int
    end: int
    words: float = 0.0
    questions: float = 0.0
    nearest: float = 0.0
    own: float = 0.0
    covered: float = 0.0
    likelihood: float = 0.0

    def with_likelihood(self, likelihood: float) -> SentenceClues:
        """The same with another likelihood; there are dozens for each question, and this is quicker than `replace`."""
        return SentenceClues(
            self.start, self.end, self.words, self.questions, self.nearest, self.own, self.covered, likelihood
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` is the joined score in 0..1; `found_by` holds each leg's own normalised score.

    `sentences` is filled for the best hits only, `reasons` only when a search is asked to explain itself.
    """

    passage: Passage
    source: Source
    score: float
    rank: int
    found_by: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    sentences: tuple[SentenceClues, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Something near the sources that they do not answer.

    `where` completes "svaret finns snarast i …" with the kind of source that does, "" when none comes to mind. `kind`
    is "hostile" for requests to deceive or to leave the sources, "outside" for what has nothing to do with them,
    "loaded" for questions that take for granted what they do not say, and "abroad" for those on other countries.
    """

    name: str
    where: str
    kind: Literal["near", "outside", "hostile", "loaded", "abroad"]


@dataclass(frozen=True, slots=True)
class Hits:
    """The ranked passages for a question, best first.

    `support` is the probability, 0..1, that the sources answer it; `signals` is what that was judged from, each 0..1
    (see `finding.support`). `topic` is what the question is about where it is like those known not to be answered.
    `is_doubtful` says that the support is so low that the sources more likely leave such a question unanswered.
    """

    query: str
    items: tuple[Hit, ...]
    support: float
    signals: Mapping[str, float] = field(default_factory=dict)
    topic: Topic | None = None
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """What a writer wants to say, and what it relies on.

    `evidence` holds triples of hit number (from 0) and the start and end of the words within that passage's text; a hit
    number that does not exist makes the sentence unproven. `opens` says whether it begins a paragraph or a list item.
    `lead` is a fixed phrase before it that says whose words follow (`frames.lead`).
    """

    text: str
    evidence: tuple[tuple[int, int, int], ...]
    opens: Opens = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unverified answer: it cannot be shown. Only `answering.verify` turns it into an `Answer`."""

    sentences: tuple[DraftSentence, ...]
    writer: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words relied on: `document.text[start:end] == quote`."""

    n: int
    passage: Passage
    source: Source
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence as shown, with the numbers of the citations that prove it.

    `lead` stands before it and says whose words follow; before a list item, on a line of its own.
    """

    text: str
    citations: tuple[int, ...]
    opens: Opens = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence that a writer wrote and that is not shown, and why (in Swedish)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of wall time."""

    search: float
    write: float
    verify: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown. Made only by `answering.verify`, so that nothing unproven can be one.

    `text` is Markdown in Swedish in which every claim ends with its `[n]`. `notice` is a line about how the answer
    came about (a chat model that did not reply, say), shown beside it and never part of it.
    """

    question: str
    search_question: str
    outcome: Outcome
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    writer: str
    withheld: tuple[Withheld, ...] = ()
    suggestions: tuple[str, ...] = ()
    notice: str = ""
    timings: Timings | None = None
    index_id: str = ""


@dataclass(frozen=True, slots=True)
class VerifiedSentence:
    """A sentence of a text that someone has written, and what the sources say of it.

    `start` and `end` are characters into that text. `reason` is in Swedish, "" for what is supported or no claim. The
    citations carry the sentence or, where it is not supported, come nearest to it.
    """

    text: str
    start: int
    end: int
    verdict: Verdict
    reason: str = ""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """A text and its sentences in order: `text[s.start : s.end] == s.text` for each of them."""

    text: str
    sentences: tuple[VerifiedSentence, ...]
    index_id: str = ""


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """Words of a reviewed document: `document.text[start:end] == quote`. `locator` is the place in words."""

    quote: str
    start: int
    end: int
    locator: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of a review: what the document says of one requirement, and the passage that the requirement rests on.

    `own` is None when the verdict is "missing", and only then. `reason` and `question` (to bring to the KSO) are in
    Swedish. `basis.n` numbers the basis within the review, from 1; requirements that share words share the number.
    """

    requirement: str
    title: str
    weight: Weight
    verdict: FindingVerdict
    own: OwnPlace | None
    basis: Citation
    reason: str
    question: str


@dataclass(frozen=True, slots=True)
class Review:
    """An instruktion set against the requirements, in their order. `document` is the one that was reviewed, as read."""

    document: Document
    is_instruktion: bool
    rows: tuple[Finding, ...]
    index_id: str = ""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One requirement in two reviews, and in a Swedish line how they differ on it, or that they do not."""

    first: Finding
    second: Finding
    difference: str

    @property
    def is_same(self) -> bool:
        return self.first.verdict == self.second.verdict


@dataclass(frozen=True, slots=True)
class ReviewComparison:
    """Two reviews side by side; `rows` are in the requirements' order."""

    first: Review
    second: Review
    rows: tuple[ComparedRow, ...]
