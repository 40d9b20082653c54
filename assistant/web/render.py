"""Answers and sources as HTML. Pure functions; every word from outside goes through `html.escape`.

Nothing from a document, a question or a chat model's reply becomes markup, and the only links are the sources' own
http(s) addresses. Ids: `svar-T` is exchange T, `kalla-T-N` the card of its citation N.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

from assistant.types import Answer, AnswerSentence, Citation, Kind, Passage, Source, Voice, Withheld
from assistant.web import texts
from assistant.web.conversation import Conversation, Exchange

#: A sentence's last word stays on one line with its marks, unless it is so long that it must be breakable itself.
_LONGEST_KEPT_WORD = 24
_QUOTATION_MARKS = ("”", "“", '"', "«", "»", "’")
_KIND_CLASSES: dict[Kind, str] = {
    "lag": "lag",
    "beslut": "beslut",
    "vägledning": "vagledning",
    "rapport": "rapport",
    "presentation": "rapport",
    "eget": "eget",
}


def page_header() -> str:
    """The header line, and the region in which the page's script announces what has changed."""
    return (
        f'<header class="kd-header"><h1>{escape(texts.NAME)}</h1><p>{escape(texts.AI_NOTICE)}</p></header>'
        '<div id="kd-live" class="kd-unseen" role="status" aria-live="polite"></div>'
    )


def conversation_html(conversation: Conversation, sources: Sequence[Source]) -> str:
    """The conversation with each answer's cards beside it, or the empty state."""
    if not conversation:
        return _empty_state(sources)
    last = len(conversation)
    turns = (_exchange(exchange, number, number == last) for number, exchange in enumerate(conversation, 1))
    return f'<div class="kd-conversation">{"".join(turns)}</div>'


def _empty_state(sources: Sequence[Source]) -> str:
    listed = "".join(f"<li>{_label(source.kind, 'text')}{_origin(source, '')}</li>" for source in sources)
    return (
        '<div class="kd-conversation"><div class="kd-turn"><div class="kd-answer">'
        f'<p class="kd-lead">{escape(texts.EMPTY)}</p>'
        f"<h2>{escape(texts.EXAMPLES_HEADING)}</h2>{_questions(texts.EXAMPLES)}</div>"
        f'<aside class="kd-corpus"><h2>{escape(texts.CORPUS_HEADING)}</h2><ul>{listed}</ul></aside></div></div>'
    )


def _questions(questions: Iterable[str]) -> str:
    """Questions to ask by touching them."""
    return f'<ul class="kd-questions">{"".join(f"<li>{_question(one)}</li>" for one in questions)}</ul>'


def _question(question: str) -> str:
    words = escape(question)
    return f'<button type="button" class="kd-question" data-question="{words}">{words}</button>'


def _exchange(exchange: Exchange, number: int, is_last: bool) -> str:
    state = "waiting" if exchange.waiting else "done"
    cards = _cards(exchange.answer, number) if exchange.answer else ""
    return (
        f'<section class="kd-turn" id="svar-{number}" data-state="{state}" '
        f'data-announce="{escape(announcement(exchange))}" aria-labelledby="fraga-{number}">'
        f'<div class="kd-answer"><h2 class="kd-asked" id="fraga-{number}" tabindex="-1">'
        f'<span class="kd-unseen">{escape(texts.YOU_ASKED)}: </span>{escape(exchange.question)}</h2>'
        f"{_outcome(exchange, number, is_last)}</div>{cards}</section>"
    )


def announcement(exchange: Exchange) -> str:
    """What a screen reader is told when the exchange has changed."""
    if exchange.error:
        return exchange.error
    if exchange.answer is None:
        return texts.SEARCHING
    spoken = " ".join(f"{one.lead}{one.text}" for one in exchange.answer.sentences) or exchange.answer.text
    return f"{texts.ANSWER_READY} {_one_line(spoken)}"


def _outcome(exchange: Exchange, number: int, is_last: bool) -> str:
    if exchange.error:
        return f'<p class="kd-error">{escape(exchange.error)}</p>'
    if exchange.answer is None:
        return f'<p class="kd-waiting">{escape(texts.SEARCHING)}</p>'
    return answer_html(exchange.answer, number, suggest=is_last)


def answer_html(answer: Answer, number: int, *, suggest: bool = True) -> str:
    """The answer's own words with their marks; `number` is the exchange's place in the conversation, from 1."""
    words = _no_support(answer) if answer.outcome == "no_support" else _sentences(answer, number)
    notice = f'<p class="kd-notice">{escape(answer.notice)}</p>' if answer.notice else ""
    return notice + words + _withheld(answer.withheld) + (_suggestions(answer.suggestions) if suggest else "")


def _no_support(answer: Answer) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in answer.text.split("\n\n") if part.strip())
    return f'<div class="kd-no-support">{paragraphs}</div>'


def _sentences(answer: Answer, number: int) -> str:
    """The sentences in paragraphs and lists, as the answer has laid them out."""
    by_number = {citation.n: citation for citation in answer.citations}
    blocks: list[tuple[bool, list[str]]] = []
    for sentence in answer.sentences:
        if sentence.opens or not blocks:
            if sentence.lead and sentence.opens == "item":
                blocks.append((False, [_lead(sentence)]))
            blocks.append((sentence.opens == "item", []))
        blocks[-1][1].append(_sentence(sentence, by_number, number))
    runs = (_run_of(is_list, [" ".join(words) for _, words in run]) for is_list, run in groupby(blocks, lambda b: b[0]))
    return f'<div class="kd-words">{"".join(runs)}</div>'


def _run_of(is_list: bool, blocks: Sequence[str]) -> str:
    if is_list:
        return f'<ul class="kd-items">{"".join(f"<li>{block}</li>" for block in blocks)}</ul>'
    return "".join(f"<p>{block}</p>" for block in blocks)


def _sentence(sentence: AnswerSentence, citations: dict[int, Citation], number: int) -> str:
    marks = "".join(_mark(citations[n], number) for n in sentence.citations)
    *before, last = sentence.text.split(" ")
    words = "".join(f"{escape(word)} " for word in before)
    kept = ' class="kd-last"' if len(last) <= _LONGEST_KEPT_WORD else ""
    lead = f"{_lead(sentence)} " if sentence.lead and sentence.opens != "item" else ""
    return f'{lead}<span class="kd-sentence">{words}<span{kept}>{escape(last)}{marks}</span></span>'


def _lead(sentence: AnswerSentence) -> str:
    return f'<span class="kd-says">{escape(sentence.lead.strip())}</span>'


def _mark(citation: Citation, number: int) -> str:
    name = texts.MARK.format(n=citation.n, where=", ".join(_present(citation.source.title, citation.passage.locator)))
    return (
        f'<sup><button type="button" class="kd-mark" data-card="{card_id(number, citation.n)}" '
        f'aria-label="{escape(name)}">{citation.n}</button></sup>'
    )


def _withheld(withheld: Sequence[Withheld]) -> str:
    if not withheld:
        return ""
    rows = "".join(f"<li>{escape(one.text)} <span>{escape(one.reason)}</span></li>" for one in withheld)
    summary = escape(texts.withheld(len(withheld)))
    return f'<details class="kd-withheld"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _suggestions(suggestions: Sequence[str]) -> str:
    if not suggestions:
        return ""
    return f'<div class="kd-suggestions"><h3>{escape(texts.SUGGESTIONS_HEADING)}</h3>{_questions(suggestions)}</div>'


def _cards(answer: Answer, number: int) -> str:
    if not answer.citations:
        return ""
    cards = "".join(f"<li>{card_html(citation, number)}</li>" for citation in answer.citations)
    heading = f'<h3 class="kd-sources-heading">{escape(texts.SOURCES_HEADING)}</h3>'
    return f'<aside class="kd-sources" aria-label="{escape(texts.SOURCES_HEADING)}">{heading}<ol>{cards}</ol></aside>'


def card_id(number: int, n: int) -> str:
    """The id of the card of citation `n` in exchange `number`."""
    return f"kalla-{number}-{n}"


def card_html(citation: Citation, number: int) -> str:
    """One numbered source: its kind, where it is from, the quoted words, and the whole passage behind a disclosure."""
    passage, source = citation.passage, citation.source
    return (
        f'<article class="kd-card" id="{card_id(number, citation.n)}" tabindex="-1" '
        f'aria-label="{escape(texts.MARK.format(n=citation.n, where=source.title))}">'
        f'<button type="button" class="kd-close">{escape(texts.CLOSE)}</button>'
        f'<div class="kd-card-head"><span class="kd-number">{citation.n}</span>'
        f"{_label(source.kind, passage.voice)}{_origin(source, passage.locator)}</div>"
        f'<blockquote class="kd-quote">{escape(_quoted(citation.quote))}</blockquote>'
        f"<details><summary>{escape(texts.SHOW_PASSAGE)}</summary>"
        f'<div class="kd-passage">{_lead_in(passage)}{marked_passage(citation)}</div></details>'
        f"{_copy_button(citation)}</article>"
    )


def _copy_button(citation: Citation) -> str:
    """A button that holds what it copies and what is said afterwards."""
    return (
        f'<button type="button" class="kd-copy" data-copy="{escape(reference(citation))}" '
        f'data-copied="{escape(texts.COPIED)}" data-failed="{escape(texts.COPY_FAILED)}">{escape(texts.COPY)}</button>'
    )


def _label(kind: Kind, voice: Voice) -> str:
    """The kind in words; the colour only repeats it."""
    if voice == "quotation":
        return f'<span class="kd-kind kd-rost">{escape(texts.VOICE)}</span>'
    return f'<span class="kd-kind kd-{_KIND_CLASSES[kind]}">{escape(texts.KINDS[kind])}</span>'


def _origin(source: Source, locator: str) -> str:
    lines = "".join(f'<span class="kd-where">{escape(line)}</span>' for line in _present(_published(source), locator))
    return f'<cite class="kd-title">{_linked(source)}</cite>{lines}'


def _linked(source: Source) -> str:
    title = escape(source.title)
    if not safe_link(source.url):
        return title
    where = f'<span class="kd-unseen"> ({escape(texts.OPENS_ELSEWHERE)})</span>'
    return f'<a href="{escape(source.url or "")}" target="_blank" rel="noopener noreferrer">{title}{where}</a>'


def safe_link(url: str | None) -> bool:
    """Whether an address may be a link: http or https, with a host."""
    if not url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _lead_in(passage: Passage) -> str:
    return f'<p class="kd-lead-in">{escape(passage.lead_in)}</p>' if passage.lead_in else ""


def marked_passage(citation: Citation) -> str:
    """The whole passage with the quoted words in <mark>; a citation's offsets are counted from the document's start."""
    text, first = citation.passage.text, citation.passage.start
    start, end = citation.start - first, citation.end - first
    marked = f"<mark>{escape(text[start:end])}</mark>"
    return f'<p class="kd-passage-text">{escape(text[:start])}{marked}{escape(text[end:])}</p>'


def reference(citation: Citation) -> str:
    """A reference to paste into another text: title, publisher and year, place, and the quoted words."""
    source = citation.source
    parts = _present(source.title, _published(source), citation.passage.locator)
    return f"{'. '.join(parts)}. {_quoted(citation.quote)}"


def _quoted(quote: str) -> str:
    """The words on one line within quotation marks, unless they bring their own."""
    words = _one_line(quote)
    return words if words.startswith(_QUOTATION_MARKS) else f"”{words}”"


def _published(source: Source) -> str:
    wording = texts.WORDING.format(through=source.through) if source.through else ""
    return ", ".join(_present(source.publisher or "", str(source.year or ""), wording))


def _present(*parts: str) -> list[str]:
    return [part for part in parts if part]


def _one_line(text: str) -> str:
    return " ".join(text.split())
