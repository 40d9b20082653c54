"""Answers as HTML. Pure functions; every word from outside goes through `html.escape`.

Nothing from a document, a question or a chat model's reply becomes markup. Ids: `svar-T` is exchange T, `kalla-T-N` the
card of its citation N. A button with `data-act` sends its data attributes to the server (`page.js`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from assistant.types import Answer, AnswerSentence, Citation, Filter, Source, Withheld
from assistant.web import programme_texts, texts
from assistant.web.cards import answer_reference, cards_html, copy_button, kind_label, mark_html, one_line, origin
from assistant.web.conversation import Conversation, Exchange, Within
from assistant.web.notes_html import own_notes_html

#: A sentence's last word stays on one line with its marks, unless it is so long that it must be breakable itself.
_LONGEST_KEPT_WORD = 24


def conversation_html(conversation: Conversation, sources: Sequence[Source]) -> str:
    """The conversation with each answer's cards beside it, or the empty state."""
    if not conversation:
        return _empty_state(sources)
    last = len(conversation)
    titles = {source.id: source.title for source in sources}
    turns = (_exchange(exchange, number, number == last, titles) for number, exchange in enumerate(conversation, 1))
    return f'<div class="kd-conversation" data-root="kd-shown">{"".join(turns)}</div>'


def _empty_state(sources: Sequence[Source]) -> str:
    listed = "".join(
        f'<li><a href="#kalla={escape(source.id)}">{kind_label(source.kind)}{origin(source, "")}</a></li>'
        for source in sources
    )
    return (
        '<div class="kd-conversation" data-root="kd-shown"><div class="kd-turn"><div class="kd-answer">'
        f'<p class="kd-lead">{escape(texts.EMPTY)}</p>'
        f"<h3>{escape(texts.EXAMPLES_HEADING)}</h3>{_examples(texts.EXAMPLES)}</div>"
        f'<section class="kd-corpus" aria-labelledby="kd-corpus-h">'
        f'<h3 id="kd-corpus-h">{escape(texts.CORPUS_HEADING)}</h3><ul role="list">{listed}</ul></section></div></div>'
    )


def _examples(examples: Mapping[str, str]) -> str:
    rows = "".join(
        f'<li><button type="button" class="kd-question" data-act="ask" data-question="{escape(question)}">'
        f'<span class="kd-theme">{escape(theme)}</span> <span>{escape(question)}</span></button></li>'
        for theme, question in examples.items()
    )
    return f'<ul class="kd-questions kd-examples" role="list">{rows}</ul>'


def _questions(questions: Iterable[str]) -> str:
    """Questions to ask by touching them."""
    return f'<ul class="kd-questions" role="list">{"".join(f"<li>{_question(one)}</li>" for one in questions)}</ul>'


def _question(question: str) -> str:
    words = escape(question)
    return f'<button type="button" class="kd-question" data-act="ask" data-question="{words}">{words}</button>'


def _exchange(exchange: Exchange, number: int, is_last: bool, titles: Mapping[str, str]) -> str:
    cards = cards_html(exchange.answer.citations, str(number)) if exchange.answer else ""
    return (
        f'<section class="kd-turn" id="svar-{number}" data-state="{exchange.state}" '
        f'data-announce="{escape(announcement(exchange))}" aria-labelledby="fraga-{number}">'
        f'<div class="kd-answer"><h3 class="kd-asked" id="fraga-{number}" tabindex="-1">'
        f'<span class="kd-unseen">{escape(texts.YOU_ASKED)}: </span>{escape(exchange.question)}</h3>'
        f"{_within(exchange.within)}{_filtered(exchange.only, titles)}{_outcome(exchange, number, is_last)}</div>"
        f"{cards}</section>"
    )


def _within(within: Within | None) -> str:
    """The theme that the question was asked within, in words."""
    if within is None:
        return ""
    return f'<p class="kd-notice">{escape(programme_texts.ASKED_WITHIN.format(title=within.about.title))}</p>'


def _filtered(only: Filter, titles: Mapping[str, str]) -> str:
    """What the search was restricted to, in words."""
    chosen = [texts.KINDS[kind] for kind in only.kinds] + [titles.get(key, key) for key in only.source_ids]
    if not chosen:
        return ""
    return f'<p class="kd-notice">{escape(texts.FILTERED.format(what=", ".join(chosen)))}</p>'


def announcement(exchange: Exchange) -> str:
    """What a screen reader is told when the exchange has changed; a growing answer is not read out bit by bit."""
    if exchange.error:
        return exchange.error
    if exchange.state == "stopped":
        return texts.STOPPED if exchange.answer else texts.STOPPED_EARLY
    if exchange.pending or exchange.answer is None:
        return texts.SEARCHING
    spoken = " ".join(f"{one.lead}{one.text}" for one in exchange.answer.sentences) or exchange.answer.text
    return " ".join(filter(None, (texts.ANSWER_READY, exchange.answer.notice, one_line(spoken))))


def _outcome(exchange: Exchange, number: int, is_last: bool) -> str:
    own = own_notes_html(exchange.within.notes) if exchange.within else ""
    acts = own + _acts(exchange, number, is_last)
    if exchange.error:
        whole = _with_conversation() if is_last else ""
        return f'<p class="kd-error">{escape(exchange.error)}</p>{acts}{whole}'
    if exchange.answer is None:
        words = texts.STOPPED_EARLY if exchange.state == "stopped" else texts.SEARCHING
        whole = _with_conversation() if is_last and not exchange.pending else ""
        return f'<p class="kd-waiting">{escape(words)}</p>{acts}{whole}'
    ended = {"growing": texts.GROWING, "stopped": texts.STOPPED}.get(exchange.state, "")
    line = f'<p class="kd-waiting">{escape(ended)}</p>' if ended else ""
    suggestions = _suggestions(exchange.answer.suggestions) if is_last and exchange.state == "done" else ""
    whole = _with_conversation() if is_last and not exchange.pending else ""
    return answer_html(exchange.answer, number) + line + acts + suggestions + whole


def answer_html(answer: Answer, number: int) -> str:
    """The answer's own words with their marks; `number` is the exchange's place in the conversation, from 1."""
    words = _no_support(answer) if answer.outcome == "no_support" else _sentences(answer, number)
    notice = f'<p class="kd-notice kd-reservation">{escape(answer.notice)}</p>' if answer.notice else ""
    return notice + words + _withheld(answer.withheld)


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
    marks = "".join(mark_html(citations[n], str(number)) for n in sentence.citations)
    *before, last = sentence.text.split(" ")
    words = "".join(f"{escape(word)} " for word in before)
    kept = ' class="kd-last"' if len(last) <= _LONGEST_KEPT_WORD else ""
    lead = f"{_lead(sentence)} " if sentence.lead and sentence.opens != "item" else ""
    return f'{lead}<span class="kd-sentence">{words}<span{kept}>{escape(last)}{marks}</span></span>'


def _lead(sentence: AnswerSentence) -> str:
    return f'<span class="kd-says">{escape(sentence.lead.strip())}</span>'


def _withheld(withheld: Sequence[Withheld]) -> str:
    if not withheld:
        return ""
    rows = "".join(f"<li>{escape(one.text)} <span>{escape(one.reason)}</span></li>" for one in withheld)
    summary = escape(texts.withheld(len(withheld)))
    return f'<details class="kd-withheld"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _suggestions(suggestions: Sequence[str]) -> str:
    if not suggestions:
        return ""
    return f'<div class="kd-suggestions"><h4>{escape(texts.SUGGESTIONS_HEADING)}</h4>{_questions(suggestions)}</div>'


def _acts(exchange: Exchange, number: int, is_last: bool) -> str:
    """What can be done with an answer: copy it, ask it again, change the question, and say whether it helped."""
    if exchange.pending:
        return ""
    acts = []
    if exchange.answer:
        acts.append(copy_button(answer_reference(exchange.answer), texts.COPY_ANSWER, texts.ANSWER_COPIED))
    if is_last:
        acts.append(f'<button type="button" class="kd-link" data-act="again">{escape(texts.TRY_AGAIN)}</button>')
        acts.append(
            f'<button type="button" class="kd-link kd-edit" data-question="{escape(exchange.question)}">'
            f"{escape(texts.EDIT)}</button>"
        )
    rating = _rating(number) if exchange.answer and exchange.state == "done" else ""
    return f'<div class="kd-acts"><p>{"".join(acts)}</p>{rating}</div>'


def _with_conversation() -> str:
    """What can be done with the whole conversation."""
    save = "".join(
        f'<button type="button" class="kd-link" data-act="export" data-form="{form}">{escape(label)}</button>'
        for form, label in (("docx", texts.SAVE_WORD), ("md", texts.SAVE_MARKDOWN))
    )
    return (
        f'<div class="kd-with-conversation"><h4>{escape(texts.CONVERSATION)}</h4><p>{save}'
        f'<button type="button" class="kd-link" data-print>{escape(texts.PRINT)}</button>'
        f'<button type="button" class="kd-link" data-act="new">{escape(texts.NEW_CONVERSATION)}</button></p></div>'
    )


def _rating(number: int) -> str:
    """Whether the answer helped, and a comment that appears once it has been said."""
    buttons = "".join(
        f'<button type="button" class="kd-link kd-rate" data-verdict="{verdict}" data-number="{number}" '
        f'aria-pressed="false" aria-label="{escape(texts.HELPFUL)} {escape(label)}">{escape(label)}</button>'
        for verdict, label in (("up", texts.YES), ("down", texts.NO))
    )
    field = f"omdome-{number}"
    return (
        f'<div class="kd-rating"><p><span>{escape(texts.HELPFUL)}</span>{buttons}</p>'
        f'<div class="kd-comment" hidden><p class="kd-notice">{escape(texts.RATED)}</p>'
        f'<label for="{field}">{escape(texts.COMMENT)}</label>'
        f'<textarea id="{field}" rows="2" maxlength="2000"></textarea>'
        f'<button type="button" class="kd-button kd-comment-save" data-number="{number}">'
        f"{escape(texts.SAVE_COMMENT)}</button></div></div>"
    )
