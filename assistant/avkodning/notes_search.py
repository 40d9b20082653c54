"""The user's own lines that lie nearest a question: shown beside an answer, apart from the sources, never cited.

Likeness is the cosine of the search model's vectors, counted from what any question of the programme has in common with
the asked one, so that 0 means unrelated whatever the model's scale; words in common count besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from assistant.avkodning.notes import Notes, ThemePart, theme_key
from assistant.avkodning.programme import Programme
from assistant.exporting.phrases import swedish_date
from assistant.finding.embedder import Embedder, Vectors
from assistant.finding.lexicon import Lexicon

#: Lines with a lower score are not shown, and what a line gains that holds all of the question's words. Both chosen on
#: thirty questions to twenty notes with the shipped model; the tests hold them to other ones.
LEAST_SCORE, _WORDS = 0.29, 0.1
#: So many lines are shown at most, and so many are looked at.
MOST_SHOWN, _MOST_READ = 3, 2000
#: A shorter line says nothing on its own, in letters.
_SHORTEST = 3
#: What the parts of a theme are called.
PART_NAMES: dict[ThemePart, str] = {
    "notes": "Egna anteckningar",
    "known": "Vad vi vet",
    "unknown": "Vad vi inte vet",
}
#: The heading above such lines.
HEADING = "Ur dina anteckningar"


@dataclass(frozen=True, slots=True)
class NoteHit:
    """A line of the user's own. `where` says in words where it is noted; `theme_id` is "" for a conversation."""

    text: str
    where: str
    theme_id: str
    score: float


@dataclass(frozen=True, slots=True)
class _Line:
    """`about` is read with the text: the question that it answers."""

    text: str
    where: str
    theme_id: str = ""
    about: str = ""


def notes_matching(
    question: str, notes: Notes, programme: Programme, embedder: Embedder, lexicon: Lexicon, top: int = MOST_SHOWN
) -> tuple[NoteHit, ...]:
    """The lines nearest the question, best first; () when none is near enough."""
    lines = list(_lines(notes, programme))[:_MOST_READ]
    if not lines or not question.strip():
        return ()
    vector = embedder.encode_question(question)
    scores = _likeness(lines, vector, programme, embedder) + _WORDS * np.array(
        [_shared(question, line, lexicon) for line in lines]
    )
    order = [int(place) for place in np.argsort(-scores, kind="stable") if scores[place] >= LEAST_SCORE]
    return tuple(_hit(lines[place], float(scores[place])) for place in order[:top])


def _likeness(lines: list[_Line], vector: Vectors, programme: Programme, embedder: Embedder) -> Vectors:
    """The better of each line's likeness on its own and read with its question, shape (lines,)."""
    alone = embedder.encode_passages([line.text for line in lines]) @ vector
    together = embedder.encode_passages([f"{line.about} {line.text}".strip() for line in lines]) @ vector
    usual = embedder.encode_passages([each.text for theme in programme.themes for each in theme.questions]) @ vector
    common = min(float(usual.mean()), 0.99)
    scaled: Vectors = (np.maximum(alone, together) - common) / (1 - common)
    return scaled


def _shared(question: str, line: _Line, lexicon: Lexicon) -> float:
    """The share of the question's content words that the line holds, 0..1; a compound's parts count as words."""
    asked = {token.term: {token.term, *token.parts} for token in lexicon.tokens(question)}
    said = {form for token in lexicon.tokens(line.text) for form in (token.term, *token.parts)}
    return sum(bool(forms & said) for forms in asked.values()) / len(asked) if asked else 0.0


def _hit(line: _Line, score: float) -> NoteHit:
    return NoteHit(line.text, line.where, line.theme_id, score)


def _lines(notes: Notes, programme: Programme) -> Iterator[_Line]:
    for theme in programme.themes:
        mine = notes.theme(theme.id)
        for question in theme.questions:
            for text in _split(mine.answers.get(question.id, "")):
                yield _Line(text, f"{theme.title}: {question.text}", theme.id, question.text)
        for part, name in PART_NAMES.items():
            for text in _split(notes.text(theme_key(theme.id, part))):
                yield _Line(text, f"{theme.title}: {name}", theme.id)
    for one in notes.conversations:
        if one.subject.strip():
            day = swedish_date(date.fromisoformat(one.day)) if one.day else ""
            yield _Line(one.subject, f"Samtal: {', '.join(filter(None, (one.person, one.role, day)))}".rstrip(": "))


def _split(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if sum(char.isalpha() for char in line) >= _SHORTEST:
            yield line.strip()
