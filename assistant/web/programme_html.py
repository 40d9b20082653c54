"""Avkodning as HTML: the programme's themes with how far the user has come, and one theme opened.

Pure functions; every word from outside goes through `html.escape`. Only what stands under "why" and "reading" is a
source's; all else is marked as the programme's own advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from assistant.avkodning.notes import (
    MUNICIPALITY,
    START,
    STATUSES,
    Notes,
    answer_key,
    status_key,
    theme_key,
)
from assistant.avkodning.notes_file import MOST_BYTES
from assistant.avkodning.places import UNAVAILABLE, Cited, CitedTheme
from assistant.avkodning.programme import ADVICE, Programme, Theme
from assistant.avkodning.progress import Progress, ThemeProgress, progress
from assistant.types import Citation, Review
from assistant.web import programme_texts as words
from assistant.web.cards import cards_html, kind_label, mark_html, place_link, present
from assistant.web.files_html import picker_html
from assistant.web.notes_html import field_id, field_name, line_field, talks_html, text_field


def loading_html() -> str:
    """Before the browser has told which theme it wants."""
    return _root("-", "", f'<p class="kd-notice">{escape(words.LOADING)}</p>')


def broken_html(theme_id: str, said: str) -> str:
    """In place of a programme that cannot be used."""
    return _root(theme_id, "", f'<p class="kd-error">{escape(said)}</p>')


def _root(theme_id: str, title: str, inner: str) -> str:
    """The view's own element, with what its script says."""
    said = {
        "saved": words.SAVED,
        "saving": words.SAVING,
        "failed": words.NOT_SAVED,
        "storage": words.NO_STORAGE,
        "set": words.CHIP_SET,
        "gone": words.CHIP_GONE,
        "most": str(MOST_BYTES),
    }
    data = "".join(f' data-{name}="{escape(one)}"' for name, one in said.items())
    return (
        f'<div data-root="kd-programme" class="kd-programme" data-theme="{escape(theme_id)}" '
        f'data-title="{escape(title)}"{data}>{inner}</div>'
    )


def overview_html(programme: Programme, notes: Notes, review: Review | None, warning: str = "") -> str:
    """The list of themes, and what can be done with the notes as a whole."""
    made = progress(programme, notes)
    rows = "".join(_theme_row(theme, one) for theme, one in zip(programme.themes, made.themes, strict=True))
    warned = f'<p class="kd-error">{escape(warning)}</p>' if warning else ""
    themes = (
        f'<section aria-labelledby="kd-themes-h"><h3 id="kd-themes-h">{escape(words.THEMES_HEADING)}</h3>'
        f'<p class="kd-notice" data-progress-line>{escape(made.line)}</p>'
        f'<ol class="kd-themes" role="list">{rows}</ol></section>'
    )
    beside = f'<div class="kd-aside">{talks_html(notes, 3)}{_kept(notes, review)}</div>'
    lead = f'<p class="kd-lead">{escape(words.LEAD)}</p>'
    return _root("", "", f'{warned}{lead}<div class="kd-columns">{themes}{beside}</div>')


def _theme_row(theme: Theme, made: ThemeProgress) -> str:
    return (
        f'<li><a href="#avkodning/{theme.id}"><span class="kd-theme-name">{escape(theme.title)}</span>'
        f"{_meter(made)}</a></li>"
    )


def _meter(made: ThemeProgress) -> str:
    """How far a theme has come, as a bar and in words."""
    said = progress_words(made)
    return (
        f'<span class="kd-meter" data-progress-of="{made.theme_id}"><progress max="{made.questions}" '
        f'value="{made.answered}" aria-label="{escape(words.PROGRESS_LABEL)}"></progress>'
        f'<span class="kd-where">{escape(said)}</span></span>'
    )


def progress_words(made: ThemeProgress) -> str:
    return words.THEME_PROGRESS.format(
        status=words.STATUSES[made.status], answered=made.answered, questions=made.questions
    )


def progress_data(made: Progress) -> dict[str, object]:
    """What the page needs to show progress anew without being redrawn."""
    themes = {
        one.theme_id: {"answered": one.answered, "words": progress_words(one), "status": one.status}
        for one in made.themes
    }
    return {"line": made.line, "themes": themes}


def _kept(notes: Notes, review: Review | None) -> str:
    """What is kept and where, and how to take it out, bring it back and erase it."""
    empty = "" if not notes.is_empty else f'<p class="kd-notice" data-empty>{escape(words.KEPT_EMPTY)}</p>'
    own = line_field(notes, MUNICIPALITY, words.MUNICIPALITY) + line_field(notes, START, words.START, "date")
    return (
        f'<section class="kd-kept" aria-labelledby="kd-kept-h"><h3 id="kd-kept-h" tabindex="-1">'
        f"{escape(words.KEPT_HEADING)}</h3>{own}{_plan(review)}{_files()}"
        f'<p class="kd-notice">{escape(words.KEPT)}</p><p class="kd-notice">{escape(words.KEPT_ERASE)}</p>{empty}'
        f"{_erase()}</section>"
    )


def _plan(review: Review | None) -> str:
    taken = ""
    if review is not None:
        label = words.PLAN_REVIEW.format(title=review.document.source.title)
        taken = (
            f'<label class="kd-check"><input type="checkbox" id="kd-plan-review" checked> '
            f"<span>{escape(label)}</span></label>"
        )
    return (
        f'<div class="kd-plan"><button type="button" class="kd-button kd-primary" data-kept="plan">'
        f'{escape(words.PLAN)}</button>{taken}<p class="kd-notice">{escape(words.PLAN_HINT)}</p></div>'
    )


def _files() -> str:
    return (
        f'<div class="kd-files"><button type="button" class="kd-button" data-kept="export">{escape(words.EXPORT)}'
        f"</button>{picker_html('kd-import', words.IMPORT, '.json,application/json')}"
        f'<p class="kd-notice">{escape(words.EXPORT_HINT)}</p><p id="kd-import-said" role="status"></p></div>'
    )


def _erase() -> str:
    """Erasing asks once more."""
    buttons = "".join(
        f'<button type="button" class="kd-button" data-kept="{act}">{escape(label)}</button>'
        for act, label in (("keep", words.ERASE_NO), ("erase-now", words.ERASE_YES))
    )
    return (
        f'<div class="kd-erase"><button type="button" class="kd-link" data-kept="erase" aria-expanded="false" '
        f'aria-controls="kd-erase-ask">{escape(words.ERASE)}</button>'
        f'<div id="kd-erase-ask" role="group" aria-label="{escape(words.ERASE)}" hidden>'
        f'<p>{escape(words.ERASE_ASK)}</p><p class="kd-pair-of">{buttons}</p></div></div>'
    )


def missing_html(theme_id: str) -> str:
    """An address that names no theme."""
    link = f'<a class="kd-link" href="#avkodning">{escape(words.ALL_THEMES)}</a>'
    return _root(theme_id, "", f'<p class="kd-lead">{escape(words.NO_THEME)}</p><p>{link}</p>')


def theme_html(programme: Programme, shown: CitedTheme, notes: Notes, warning: str = "") -> str:
    """One theme: why it matters with the sources beside it, what to do, and what the user has written."""
    theme = shown.theme
    key = theme.id
    made = next(one for one in progress(programme, notes).themes if one.theme_id == theme.id)
    warned = f'<p class="kd-error">{escape(warning)}</p>' if warning else ""
    cards = cards_html(tuple(_once(one.citation for one in shown.why)), key)
    opening = (
        f'<h3 class="kd-asked" id="kd-tema" tabindex="-1">{escape(theme.title)}</h3>{_meter(made)}'
        f"{_status(theme, notes)}{_why(shown, key)}"
    )
    rest = (
        f'<p class="kd-notice">{escape(words.ADVICE_MEANS.format(advice=ADVICE))}</p>',
        _advice(words.FIND_OUT, theme.find_out),
        _advice(words.ASK_WHOM, theme.ask),
        _questions(theme, notes),
        _known(theme, notes),
        talks_html(notes, 4, words.TALKS_SHARED),
        _reading(shown),
        _advice(words.IN_PLAN, theme.plan),
        _ask_about(theme),
        _beside(programme, theme),
    )
    way = f'<p class="kd-way"><a class="kd-link" href="#avkodning">{escape(words.ALL_THEMES)}</a></p>'
    page = (
        f'<div class="kd-turn kd-theme-page"><div class="kd-answer">{opening}</div>{cards}'
        f'<div class="kd-answer">{"".join(rest)}</div></div>'
    )
    return _root(theme.id, theme.title, warned + way + page)


def _once(citations: Iterable[Citation | None]) -> list[Citation]:
    return list({one.n: one for one in citations if one is not None}.values())


def _heading(name: str, is_advice: bool = False) -> str:
    tag = f' <span class="kd-advice">{escape(ADVICE)}</span>' if is_advice else ""
    return f"<h4>{escape(name)}{tag}</h4>"


def _status(theme: Theme, notes: Notes) -> str:
    """The state of the theme, which the user may say is another than what follows from the answers."""
    key = status_key(theme.id)
    now = notes.theme(theme.id).status
    options = "".join(
        f'<option value="{one}"{" selected" if one == now else ""}>{escape(words.STATUSES[one])}</option>'
        for one in STATUSES
    )
    return (
        f'<p class="kd-run kd-status"><label for="{field_id(key)}">{escape(words.STATUS)}</label>'
        f'<select id="{field_id(key)}" data-field="{field_name(key)}">{options}</select>'
        f'<span class="kd-said-of" data-said-of="{field_name(key)}"></span></p>'
    )


def _why(shown: CitedTheme, key: str) -> str:
    before = ("", *(one.lead for one in shown.why))
    sentences = "".join(
        f"<p>{_says(one) if one.lead != earlier else ''}{_proven(one, key)}</p>"
        for one, earlier in zip(shown.why, before, strict=False)
    )
    return f'<section>{_heading(words.WHY)}<div class="kd-words">{sentences}</div></section>'


def _says(one: Cited) -> str:
    """Whose words they are: a decision in one municipality is no rule in another."""
    return f'<span class="kd-says">{escape(one.lead.strip())}</span> ' if one.lead else ""


def _proven(one: Cited, key: str) -> str:
    """A sentence with the mark of its source; without the mark it is said that the place is not there."""
    if one.citation is None:
        return f'{escape(one.text)} <span class="kd-where">{escape(UNAVAILABLE)}</span>'
    *before, last = one.text.split(" ")
    mark = mark_html(one.citation, key)
    return (
        f'<span class="kd-sentence">{escape(" ".join(before))} <span class="kd-last">{escape(last)}{mark}</span></span>'
    )


def _advice(name: str, points: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(point)}</li>" for point in points)
    return f'<section>{_heading(name, is_advice=True)}<ul class="kd-items kd-points">{rows}</ul></section>'


def _questions(theme: Theme, notes: Notes) -> str:
    fields = "".join(
        f"<li>{text_field(notes, answer_key(theme.id, one.id), one.text, words.ANSWER_TO.format(to=one.to))}</li>"
        for one in theme.questions
    )
    return (
        f'<section>{_heading(words.QUESTIONS, is_advice=True)}<ol role="list" class="kd-fields">{fields}</ol></section>'
    )


def _known(theme: Theme, notes: Notes) -> str:
    fields = "".join(text_field(notes, theme_key(theme.id, part), name) for part, name in words.PARTS.items())
    return f'<section>{_heading(words.PARTS_HEADING)}<div class="kd-fields">{fields}</div></section>'


def _reading(shown: CitedTheme) -> str:
    rows = "".join(f"<li>{_place(one)}</li>" for one in shown.reading)
    return f'<section>{_heading(words.READING)}<ul role="list" class="kd-reading">{rows}</ul></section>'


def _place(one: Cited) -> str:
    """A place to read, with what for in the programme's own words."""
    if one.citation is None:
        return f'<span>{escape(one.text)}</span> <span class="kd-where">{escape(UNAVAILABLE)}</span>'
    source, citation = one.citation.source, one.citation
    where = ", ".join(present(source.title, citation.passage.locator))
    return (
        f'<a class="kd-link" href="{place_link(source.id, citation.start, citation.end)}">{escape(one.text)}</a>'
        f'{kind_label(source.kind, citation.passage.voice)}<span class="kd-where">{escape(where)}</span>'
    )


def _ask_about(theme: Theme) -> str:
    """The way to Fråga with the theme, and questions that the sources answer."""
    data = f'data-theme="{theme.id}" data-theme-title="{escape(theme.title)}"'
    rows = "".join(
        f'<li><button type="button" class="kd-question" data-within {data} data-question="{escape(one)}">'
        f"{escape(one)}</button></li>"
        for one in theme.chat
    )
    button = f'<button type="button" class="kd-button kd-primary" data-within {data}>{escape(words.ASK_ABOUT)}</button>'
    return (
        f'<section class="kd-ask-about">{_heading(words.ASK_ABOUT)}<p>{button}</p>'
        f'<p class="kd-notice">{escape(words.ASK_EXAMPLES)}</p>'
        f'<ul class="kd-questions" role="list">{rows}</ul></section>'
    )


def _beside(programme: Programme, theme: Theme) -> str:
    """The way to the themes before and after."""
    at = programme.themes.index(theme)
    links = "".join(
        f'<a class="kd-link" href="#avkodning/{programme.themes[index].id}">{escape(label)}: '
        f"{escape(programme.themes[index].title)}</a>"
        for index, label in ((at - 1, words.PREVIOUS), (at + 1, words.NEXT))
        if 0 <= index < len(programme.themes)
    )
    return f'<nav class="kd-on" aria-label="{escape(words.THEMES_HEADING)}">{links}</nav>'
