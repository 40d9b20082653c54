"""Källor as HTML: what the assistant knows, how well it covers its themes, and one's own documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from assistant.types import Document, Kind, Source
from assistant.web import texts
from assistant.web.cards import kind_label, safe_link
from assistant.web.files_html import drop_html


@dataclass(frozen=True, slots=True)
class Shelved:
    """A source with what is told of it: its length in words and how often it is cited."""

    document: Document
    in_conversation: int
    in_evaluation: tuple[int, int] | None = None

    @property
    def words(self) -> int:
        return len(self.document.text.split())


@dataclass(frozen=True, slots=True)
class Covered:
    """A theme, its trial questions with whether each is answered, and the kinds of source that the answers cite."""

    theme: str
    questions: Mapping[str, bool]
    kinds: tuple[Kind, ...]


def shelf_html(shelved: Sequence[Shelved], own: Sequence[Shelved], accepted: Sequence[str], note: str) -> str:
    """The whole view but the map and the progress of what is being added."""
    rows = "".join(_row(one) for one in shelved)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in texts.SHELF_COLUMNS)
    return (
        f'<div data-root="kd-shelf"><p class="kd-lead">{escape(texts.SHELF_LEAD)}</p>'
        f'<div class="kd-scroll" role="region" aria-label="{escape(texts.SHELF_TABLE)}" tabindex="0">'
        f'<table class="kd-table kd-stacked"><caption class="kd-unseen">{escape(texts.SHELF_TABLE)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{_own(own, accepted, note)}</div>"
    )


def _row(one: Shelved) -> str:
    source = one.document.source
    cells = (
        kind_label(source.kind),
        escape(source.publisher or texts.UNKNOWN),
        escape(str(source.year or texts.UNKNOWN)),
        escape(texts.LENGTH.format(words=_thousands(one.words), sections=len(one.document.sections))),
        escape(_dated(source)),
        escape(_cited(one)),
    )
    data = "".join(
        f'<td data-label="{escape(name)}">{cell}</td>'
        for name, cell in zip(texts.SHELF_COLUMNS[1:], cells, strict=True)
    )
    guessed = f' <span class="kd-where">{escape(texts.GUESSED)}</span>' if source.guessed else ""
    title = f'<a class="kd-link" href="#kalla={escape(source.id)}">{escape(source.title)}</a>'
    return f'<tr><th scope="row">{title}{guessed}{_publisher(source)}</th>{data}</tr>'


def _publisher(source: Source) -> str:
    if source.origin != "corpus" or not safe_link(source.url):
        return ""
    where = f'<span class="kd-unseen"> ({escape(texts.OPENS_ELSEWHERE)})</span>'
    return (
        f' <a class="kd-link" href="{escape(source.url or "")}" target="_blank" rel="noopener noreferrer">'
        f"{escape(texts.AT_PUBLISHER)}{where}</a>"
    )


def _dated(source: Source) -> str:
    through = texts.WORDING.format(through=source.through) if source.through else ""
    fetched = texts.FETCHED.format(day=source.fetched) if source.fetched else texts.SHIPPED
    if source.origin == "own":
        fetched = texts.ADDED_HERE
    return ", ".join(part for part in (fetched, through) if part)


def _cited(one: Shelved) -> str:
    here = texts.CITED_HERE.format(count=one.in_conversation) if one.in_conversation else texts.NOT_CITED_HERE
    parts = [here]
    if one.in_evaluation:
        parts.append(texts.CITED_IN_EVALUATION.format(count=one.in_evaluation[0], of=one.in_evaluation[1]))
    return ", ".join(parts)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _own(own: Sequence[Shelved], accepted: Sequence[str], note: str) -> str:
    """The documents that only this page has, and the place to add one."""
    rows = "".join(_own_row(one) for one in own)
    listed = f'<ul class="kd-own" role="list">{rows}</ul>' if own else ""
    drop = drop_html(
        "kd-file", texts.OWN_CHOOSE, texts.OWN_HINT.format(kinds=", ".join(accepted)), accepted, "kd-shelf", "add"
    )
    warned = f'<p class="kd-notice">{escape(note)}</p>' if note else ""
    return (
        f'<section class="kd-band" aria-labelledby="kd-own-h"><h3 id="kd-own-h" tabindex="-1">'
        f'{escape(texts.OWN_HEADING)}</h3><p class="kd-notice">{escape(texts.OWN_LEAD)}</p>{warned}{listed}'
        f"{drop}</section>"
    )


def _own_row(one: Shelved) -> str:
    source = one.document.source
    read = texts.LENGTH.format(words=_thousands(one.words), sections=len(one.document.sections))
    pages = f", {texts.PAGES.format(count=len(one.document.pages))}" if one.document.pages else ""
    return (
        f'<li>{kind_label(source.kind)}<a class="kd-link" href="#kalla={escape(source.id)}">{escape(source.title)}</a>'
        f'<span class="kd-where">{escape(read + pages)}</span>'
        f'<button type="button" class="kd-link" data-act="remove" data-source="{escape(source.id)}" '
        f'aria-label="{escape(texts.REMOVE)}: {escape(source.title)}">{escape(texts.REMOVE)}</button></li>'
    )


def map_html(covered: Sequence[Covered]) -> str:
    """Themes with how many of their trial questions the sources answer; a touched question is asked."""
    rows = "".join(_theme(one) for one in covered)
    return (
        f'<section class="kd-band" data-root="kd-map" aria-labelledby="kd-map-h"><h3 id="kd-map-h">'
        f'{escape(texts.MAP_HEADING)}</h3><p class="kd-notice">{escape(texts.MAP_LEAD)}</p>'
        f'<ul class="kd-map" role="list">{rows}</ul></section>'
    )


def _theme(one: Covered) -> str:
    answered, count = sum(one.questions.values()), len(one.questions)
    words = texts.MAP_WORDS[0 if answered == count else 1 if answered else 2]
    kinds = "".join(kind_label(kind) for kind in one.kinds)
    questions = "".join(
        f'<li><button type="button" class="kd-link" data-act="ask" data-to="kd-shown" '
        f'data-question="{escape(question)}">'
        f"{escape(question)}</button> <span>{escape(texts.MAP_ANSWERED if yes else texts.MAP_NOT)}</span></li>"
        for question, yes in one.questions.items()
    )
    return (
        f'<li><details><summary><span class="kd-map-name">{escape(one.theme)}</span>'
        f'<meter min="0" max="{count}" value="{answered}" aria-label="{escape(one.theme)}"></meter>'
        f"<span>{escape(words)}</span></summary>"
        f'<p class="kd-map-kinds">{kinds}</p><ul role="list">{questions}</ul></details></li>'
    )
