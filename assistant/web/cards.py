"""Sources as HTML: their kind in words, where they are from, the cited words in their place, and the card of each.

Pure functions; every word from outside goes through `html.escape`. The only links are our own places and the http(s)
addresses of the shipped list of sources.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote as url_quote
from urllib.parse import urlsplit

from assistant.types import Answer, Citation, Kind, Passage, Source, Voice
from assistant.web import texts

#: Longer cited words are cut short until the whole passage is opened.
_LONGEST = 300
#: Characters of context shown on either side of cited words before the whole passage is opened.
_CONTEXT = 90
_QUOTATION_MARKS = ("”", "“", '"', "«", "»", "’")
_KIND_CLASSES: dict[Kind, str] = {
    "lag": "lag",
    "beslut": "beslut",
    "vägledning": "vagledning",
    "rapport": "rapport",
    "presentation": "rapport",
    "eget": "eget",
}


def card_id(key: str, n: int) -> str:
    """The id of the card of citation `n` within `key`, an exchange's number or another part of the page."""
    return f"kalla-{key}-{n}"


def mark_html(citation: Citation, key: str) -> str:
    """The small numbered button that leads from a sentence to its card."""
    name = texts.MARK.format(n=citation.n, where=", ".join(present(citation.source.title, citation.passage.locator)))
    return (
        f'<sup><button type="button" class="kd-mark" data-card="{card_id(key, citation.n)}" '
        f'aria-label="{escape(name)}">{citation.n}</button></sup>'
    )


def card_html(citation: Citation, key: str) -> str:
    """One numbered source: its kind, where it is from, and the cited words marked in what stands around them."""
    passage, source = citation.passage, citation.source
    return (
        f'<article class="kd-card" id="{card_id(key, citation.n)}" tabindex="-1" '
        f'aria-label="{escape(texts.MARK.format(n=citation.n, where=source.title))}">'
        f'<button type="button" class="kd-close">{escape(texts.CLOSE)}</button>'
        f'<div class="kd-card-head"><span class="kd-number">{citation.n}</span>'
        f"{kind_label(source.kind, passage.voice)}{origin(source, passage.locator)}</div>"
        f'<blockquote class="kd-quote">{marked_excerpt(citation)}</blockquote>{_whole(citation)}'
        f'<p class="kd-card-acts"><a class="kd-link" href="{place_link(source.id, citation.start, citation.end)}">'
        f"{escape(texts.SHOW_IN_DOCUMENT)}</a>{copy_button(reference(citation), texts.COPY, texts.COPIED)}"
        f"{_publisher_link(source)}</p></article>"
    )


def _whole(citation: Citation) -> str:
    """The whole passage behind a disclosure, where the excerpt leaves something out."""
    passage = citation.passage
    before, after = citation.start - passage.start, passage.end - citation.end
    if max(before, after) <= _CONTEXT and not passage.lead_in and len(citation.quote) <= _LONGEST:
        return ""
    return (
        f"<details><summary>{escape(texts.SHOW_PASSAGE)}</summary>"
        f'<div class="kd-passage">{_lead_in(passage)}{marked_passage(citation)}</div></details>'
    )


def cards_html(citations: tuple[Citation, ...], key: str) -> str:
    """The numbered sources under their heading; "" when nothing is cited."""
    if not citations:
        return ""
    cards = "".join(f"<li>{card_html(citation, key)}</li>" for citation in citations)
    heading = f'<h4 class="kd-sources-heading">{escape(texts.SOURCES_HEADING)}</h4>'
    return (
        f'<section class="kd-sources" aria-label="{escape(texts.SOURCES_HEADING)}" tabindex="0">'
        f'{heading}<ol role="list">{cards}</ol></section>'
    )


def place_link(source_id: str, start: int, end: int) -> str:
    """The address of a place in a document, for this page and for a colleague on the same server."""
    return f"#kalla={url_quote(source_id, safe='')}&amp;plats={start}-{end}"


def copy_button(words: str, label: str, copied: str) -> str:
    """A button that holds what it copies and what is said afterwards."""
    return (
        f'<button type="button" class="kd-link kd-copy" data-copy="{escape(words)}" '
        f'data-copied="{escape(copied)}" data-failed="{escape(texts.COPY_FAILED)}">{escape(label)}</button>'
    )


def kind_label(kind: Kind, voice: Voice = "text") -> str:
    """The kind in words; the colour only repeats it. Words that an own document quotes are that document's."""
    if voice == "quotation" and kind != "eget":
        return f'<span class="kd-kind kd-rost">{escape(texts.VOICE)}</span>'
    return f'<span class="kd-kind kd-{_KIND_CLASSES[kind]}">{escape(texts.KINDS[kind])}</span>'


def origin(source: Source, locator: str) -> str:
    """Title, and under it publisher, year and place."""
    lines = "".join(f'<span class="kd-where">{escape(line)}</span>' for line in present(published(source), locator))
    return f'<cite class="kd-title">{escape(source.title)}</cite>{lines}'


def _publisher_link(source: Source) -> str:
    """A link to the publisher's own page, for sources that come with the product only."""
    if source.origin != "corpus" or not safe_link(source.url):
        return ""
    where = f'<span class="kd-unseen"> ({escape(texts.OPENS_ELSEWHERE)})</span>'
    return (
        f'<a class="kd-link" href="{escape(source.url or "")}" target="_blank" rel="noopener noreferrer">'
        f"{escape(texts.AT_PUBLISHER)}{where}</a>"
    )


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


def marked_excerpt(citation: Citation) -> str:
    """The quoted words in <mark> with a little of what stands around them, on one line."""
    text, first = citation.passage.text, citation.passage.start
    before, after = text[: citation.start - first], text[citation.end - first :]
    return (
        f"{escape(_tail(before))}<mark>{escape(one_line(text[citation.start - first : citation.end - first]))}</mark>"
        f"{escape(_head(after))}"
    )


def _tail(text: str) -> str:
    """The last words of a text, with an ellipsis where it was cut."""
    if len(text) <= _CONTEXT:
        return text if not text or text.endswith((" ", "\n")) else f"{text}"
    return "… " + text[-_CONTEXT:].partition(" ")[2]


def _head(text: str) -> str:
    if len(text) <= _CONTEXT:
        return text
    return text[:_CONTEXT].rpartition(" ")[0] + " …"


def reference(citation: Citation) -> str:
    """A reference to paste into another text: title, publisher and year, place, and the quoted words."""
    source = citation.source
    parts = present(source.title, published(source), citation.passage.locator)
    return f"{'. '.join(parts)}. {quoted(citation.quote)}"


def answer_reference(answer: Answer) -> str:
    """The answer with its numbered references, to paste into another text."""
    listed = "\n".join(f"[{one.n}] {reference(one)}" for one in answer.citations)
    return f"{answer.text}\n\n{texts.SOURCES_HEADING}\n{listed}" if listed else answer.text


def quoted(words: str) -> str:
    """The words on one line within quotation marks, unless they bring their own."""
    words = one_line(words)
    return words if words.startswith(_QUOTATION_MARKS) else f"”{words}”"


def published(source: Source) -> str:
    """Publisher, year and, for a law, the last amendment taken up; what is unknown is left out."""
    wording = texts.WORDING.format(through=source.through) if source.through else ""
    return ", ".join(present(source.publisher or "", str(source.year or ""), wording))


def present(*parts: str) -> list[str]:
    return [part for part in parts if part]


def one_line(text: str) -> str:
    return " ".join(text.split())
