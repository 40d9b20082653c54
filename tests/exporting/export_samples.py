"""Answers of known words, for exports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.types import Answer, AnswerSentence, Citation, Passage, Source, Withheld

DAY = date(2026, 11, 22)
HOSTILE = (
    "# <script>alert(1)</script> [x](http://evil.example) ![b](www.evil.example) `k` *f* _u_ & {{m}} ~~s~~ | a@b.se"
)

LAW = Source("kl", "Kommunallag (2017:725)", "lag", Path("kl.txt"), "0", "Riksdagen", 2017, through="2025:450")
ACCOUNT = Source("kort", "Kommunallagen i korthet", "lag", Path("k.md"), "0", account=True, through="2025:450")
DECISION = Source("instruktion", "Instruktion för kommundirektören", "beslut", Path("i.txt"), "0")
REPORT = Source("rapport", "Himmel och helvete", "rapport", Path("r.txt"), "0", "SmåKom", 2024)
GUIDE = Source("skr", "Samarbete", "vägledning", Path("s.txt"), "0", "SKR", 2022)

DUTY = "Styrelsen ska utse en direktör."
LIST = "Direktören ska:\n• leda förvaltningen,\n• bereda ärenden.\n\nUppdrag · Ansvar\nLeda · Hen"
VOICE = "”Vi blir plantskola för chefer.”"
MIXED = "Hon kallar det ”en plantskola” för chefer."


def cite(n: int, source: Source, quote: str, start: int = 100, **place: Any) -> Citation:
    passage = Passage(f"{source.id}:{start}", source.id, ("7 kap. 1 §",), quote, start, start + len(quote), **place)
    return Citation(n, passage, source, quote, start, start + len(quote))


def answer(question: str, sentences: Sequence[AnswerSentence], citations: Sequence[Citation], **more: Any) -> Answer:
    known = {"writer": "extractive", "index_id": "index-7", "outcome": "answered", **more}
    text = " ".join(sentence.text for sentence in sentences)
    return Answer(
        question, question, text=text, sentences=tuple(sentences), citations=tuple(citations), hits=(), **known
    )


def whole_answer() -> Answer:
    """Two paragraphs and a list, three kinds of sources, a place that is cited twice, two sentences withheld."""
    sentences = (
        AnswerSentence("Styrelsen utser direktören.", (1,), "paragraph"),
        AnswerSentence("Det står i lagen.", (1, 2)),
        AnswerSentence("Direktören ska\nleda förvaltningen", (3,), "item"),
        AnswerSentence("bereda ärenden.", (3,), "item"),
        AnswerSentence("En intervjuad säger: ”Vi blir plantskola för chefer.”", (4,), "paragraph"),
    )
    citations = (
        cite(1, LAW, DUTY),
        cite(2, ACCOUNT, DUTY),
        cite(3, DECISION, LIST),
        cite(4, REPORT, VOICE, voice="quotation", first_page="12", last_page="12"),
    )
    withheld = (Withheld("Fullmäktige utser.", "Källan säger styrelsen."), Withheld("Lönen är hög.", "Inget stöd."))
    return answer("Vem utser direktören?", sentences, citations, withheld=withheld, outcome="partly")


def second_answer() -> Answer:
    """Cites a place that `whole_answer` has cited, under another number, and one of its own."""
    sentences = (AnswerSentence("Hon kallar det en plantskola.", (1,)), AnswerSentence("Lagen ställer kravet.", (2,)))
    citations = (cite(1, GUIDE, MIXED), cite(2, LAW, DUTY))
    return answer("Och varför?", sentences, citations, writer="openai:gpt-x", notice="Språkmodellen var långsam.")


def refusal() -> Answer:
    text = "Källorna svarar inte på det.\n\nNärmast kommer:\n- avsnittet Lön\n- avsnittet [Avtal]"
    made = answer("Vad tjänar direktören?", (), (), outcome="no_support", withheld=(Withheld("Lönen är hög.", "Nej."),))
    return Answer(**{name: getattr(made, name) for name in Answer.__slots__} | {"text": text})


def hostile_answer() -> Answer:
    source = Source("x", HOSTILE, "eget", Path("x"), "0", HOSTILE, 2020, origin="own")
    return answer(HOSTILE, [AnswerSentence(HOSTILE, (1,))], [cite(1, source, HOSTILE)], writer=HOSTILE, notice=HOSTILE)
