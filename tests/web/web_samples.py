"""Known answers, a tiny assistant that gives them, and a visit to the page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.answering.followup import About
from assistant.errors import ChatModelError, UsageError
from assistant.settings import Settings, load_settings
from assistant.types import (
    Answer,
    AnswerSentence,
    Citation,
    Document,
    Filter,
    Hit,
    Hits,
    Passage,
    Section,
    Source,
    Turn,
    Verification,
    VerifiedSentence,
    Withheld,
)

HOSTILE = (
    '<img src=x onerror="window.hacked=1"> ![bild](http://evil.example/p.png) '
    "[länk](javascript:hacked=1) ${window.hacked=1} {{hacked}} <style>@import url(http://evil.example/c.css)</style> "
    '<form action="http://evil.example/f"><input name="a"></form> <a href="http://evil.example/a">a</a> '
    '<video src="http://evil.example/v.mp4"></video> <div style="background:url(http://evil.example/b)">b</div> '
    "```mermaid graph TD; A-->B[<img src=http://evil.example/m>]```"
)
LAW = "Styrelsen ska utse en direktör. Direktören ska ha den ledande ställningen bland de anställda."
VOICE = "”Vi blir plantskola för chefer.”\n”Närheten gör att vi kan rekrytera.”"

_LAW = Source("kl", "Kommunallag (2017:725)", "lag", Path("kl.txt"), "0", year=2017, url="https://example.org/kl")
_REPORT = Source("rapport", "Himmel och helvete", "rapport", Path("r.txt"), "0", "SmåKom", 2024)


def law_passage(text: str = LAW) -> Passage:
    return Passage(
        "kl-1", "kl", ("7 kap. Anställda", "7 kap. 1 §"), text, 1000, 1000 + len(text), first_page="3", last_page="3"
    )


def voice_passage() -> Passage:
    start, end = 500, 500 + len(VOICE)
    return Passage("r-1", "rapport", ("2.1.4 Geografi",), VOICE, start, end, "quotation", "Två röster:", "12", "13")


def cite(n: int, passage: Passage, quote: str, source: Source | None = None) -> Citation:
    start = passage.start + passage.text.index(quote)
    known = _LAW if passage.source_id == "kl" else _REPORT
    return Citation(n, passage, source or known, quote, start, start + len(quote))


def answer(question: str, *sentences: AnswerSentence, citations: Sequence[Citation] = (), **more: Any) -> Answer:
    text = " ".join(sentence.text for sentence in sentences)
    return Answer(question, question, "answered", text, sentences, tuple(citations), (), "extractive", **more)


def plain_answer(question: str) -> Answer:
    citations = (cite(1, law_passage(), "ska utse en direktör"), cite(2, voice_passage(), "Vi blir plantskola"))
    first = AnswerSentence("Styrelsen utser direktören.", (1,))
    second = AnswerSentence("En kommun säger ”Vi blir plantskola för chefer”.", (2, 1))
    return answer(
        question,
        first,
        second,
        citations=citations,
        withheld=(Withheld("Fullmäktige utser.", "Källan säger styrelsen."), Withheld("Lönen är hög.", "Inget stöd.")),
        suggestions=("Vad säger rapporten om rekrytering?",),
    )


def hostile_answer(question: str) -> Answer:
    passage = law_passage(f"{HOSTILE} ska utse {HOSTILE}")
    source = Source("kl", HOSTILE, "eget", Path("x"), "0", HOSTILE, 2020, "javascript:hacked=1", "own")
    sentence = AnswerSentence(HOSTILE, (1,))
    more = {"withheld": (Withheld(HOSTILE, HOSTILE),), "suggestions": (HOSTILE,), "notice": HOSTILE}
    return answer(question, sentence, citations=(cite(1, passage, "ska utse", source),), **more)


def kl_document(source: Source) -> Document:
    """A law of two sections in which the cited passage stands where it says, from character 1,000."""
    opening = "1 kap. Grunder\n\n" + "Inledande ord om grunderna. " * 34
    heading = "7 kap. 1 §\n\n"
    opening = opening[: 1000 - len(heading) - 2].ljust(1000 - len(heading) - 2, ".") + "\n\n"
    ending = "\n\n• en punkt\n• en annan punkt\n\nÅr · Antal\n2023 · 17"
    text = opening + heading + LAW + ending
    start = len(opening)
    sections = (
        Section(("1 kap. Grunder",), 0, start),
        Section(("7 kap. Anställda", "7 kap. 1 §"), start, len(text)),
    )
    return Document(source, text, sections, (law_passage(),))


def report_document(source: Source) -> Document:
    text = "2.1.4 Geografi\n\n" + "Ord före rösterna. " * 26
    text = text[:498].ljust(498, ".") + "\n\n" + VOICE
    return Document(source, text, (Section(("2.1.4 Geografi",), 0, len(text)),), (voice_passage(),))


@dataclass
class FakeAssistant:
    """The assistant's public face; it remembers what it was asked."""

    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    sources: tuple[Source, ...] = (_LAW, _REPORT)
    index_id: str = "fake"
    writer: str = "extractive"
    embedder: Any = field(default_factory=lambda: SimpleNamespace(name="ingen"))

    settings: Settings = field(default_factory=load_settings)
    filters: list[Filter] = field(default_factory=list)

    def warm_up(self) -> None:
        """There is nothing to open."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        only: Filter | None = None,
        about: About | None = None,
    ) -> Iterator[Answer]:
        """Sentence by sentence; slowly when asked to."""
        whole = self.ask(question, history, only)
        for count in range(1, len(whole.sentences) + 1):
            if "långsamt" in question:
                time.sleep(0.7)
            yield replace(whole, sentences=whole.sentences[:count], suggestions=())
        yield whole

    def document(self, source_id: str) -> Document:
        """The law and the report, each in a section or two."""
        source = next((source for source in self.sources if source.id == source_id), None)
        if source is None:
            raise UsageError(f'Källan "{source_id}" finns inte.')
        return kl_document(source) if source_id == "kl" else report_document(source)

    def search(self, query: str, top: int = 20) -> Hits:
        return Hits(query, (Hit(law_passage(), _LAW, 0.9, 1),), 0.8)

    def verify(self, text: str) -> Verification:
        """The first sentence has support, the others have not."""
        first, *rest = [part.strip() + "." for part in text.split(".") if part.strip()]
        cited = (cite(1, law_passage(), "ska utse en direktör"),)
        known = [VerifiedSentence(first, 0, len(first), "supported", "", cited)]
        for sentence in rest:
            start = text.index(sentence)
            known.append(VerifiedSentence(sentence, start, start + len(sentence), "unsupported", "Det står inte där."))
        return Verification(text, tuple(known), "fake")

    def ask(self, question: str, history: Sequence[Turn] = (), only: Filter | None = None) -> Answer:
        self.asked.append((question, tuple(history)))
        self.filters.append(only or Filter())
        if "språkmodell" in question:
            raise ChatModelError("Språkmodellen svarar inte. Starta den.")
        if "krasch" in question:
            raise RuntimeError("hemlig detalj")
        if "trasigt" in question:
            return answer(question, AnswerSentence("Saknar källa.", (7,)))
        if "anställda" in question:
            words = "Källorna svarar inte på det.\n\nAntalet står i årsredovisningen."
            return Answer(question, question, "no_support", words, (), (), (), "extractive")
        return hostile_answer(question) if "<img" in question else plain_answer(question)


@dataclass
class Visit:
    """A page, and what it asked for and complained about."""

    page: Any
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ask(self, question: str) -> Any:
        """Types the question, sends it with Enter, and returns the new turn once it is answered."""
        number = self.page.locator(".kd-turn[id]").count() + 1
        self.page.locator("#kd-question textarea").fill(question)
        self.page.keyboard.press("Enter")
        turn = self.page.locator(f"#svar-{number}[data-state=done]")
        turn.wait_for(timeout=20_000)
        return turn
