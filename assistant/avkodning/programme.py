"""`programme.toml` -> `Programme`: what a new director finds out during the first hundred days, theme by theme.

Only the sentences under "why" are claims, each with the source's words that prove it. All else in a theme is the
programme's own advice (`ADVICE`), never a source's words, and is to be shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from assistant.answering.followup import About
from assistant.avkodning.data_file import Model, read_data

#: What the programme's own points and questions are called beside those that have a source.
ADVICE = "Programmets råd"
FILE_NAME = "programme.toml"

_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
_Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a source. `section` ("7 kap. 2 §") leads to the place where another wording of a statute serves."""

    source_id: str
    quote: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A sentence that says why a theme matters, and the words that prove it: they say it, or are it."""

    text: str
    words: Quoted


@dataclass(frozen=True, slots=True)
class Reading:
    """A place to read, and in a few words of the programme's own what for."""

    about: str
    words: Quoted


@dataclass(frozen=True, slots=True)
class Question:
    """A question to put to somebody. Answers are kept by its id, which never changes and is used once only."""

    id: str
    text: str
    to: str


@dataclass(frozen=True, slots=True)
class Theme:
    """`find_out`, `ask` (roles), `questions` and `plan` (for the director's own plan) are the programme's advice.

    `chat` holds questions that the assistant answers from its sources. `context` are the words that a short question
    within the theme is searched with.
    """

    id: str
    title: str
    context: str
    why: tuple[Why, ...]
    find_out: tuple[str, ...]
    ask: tuple[str, ...]
    questions: tuple[Question, ...]
    reading: tuple[Reading, ...]
    plan: tuple[str, ...]
    chat: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Programme:
    """The themes in the order in which they are best begun."""

    themes: tuple[Theme, ...]

    def theme(self, theme_id: str) -> Theme | None:
        return next((theme for theme in self.themes if theme.id == theme_id), None)

    @property
    def question_ids(self) -> frozenset[str]:
        return frozenset(question.id for theme in self.themes for question in theme.questions)


def theme_context(theme: Theme) -> About:
    """What `Assistant.ask(…, about=…)` is told, so that a short question is searched within the theme."""
    return About(theme.title, theme.context)


def read_programme(corpus_dir: Path) -> Programme:
    """Reads the programme beside the list of sources. `SourceError` says in one line what is wrong with the file."""
    given = read_data(corpus_dir / FILE_NAME, _File, "Programmet")
    return Programme(tuple(theme.made() for theme in given.theme))


class _Words(Model):
    source: _Id
    quote: _Text
    section: str = ""

    def words(self) -> Quoted:
        return Quoted(self.source, self.quote, self.section)


class _Why(_Words):
    #: Left out where the quoted words say it themselves.
    text: str = ""

    def made(self) -> Why:
        return Why(self.text or " ".join(self.quote.split()), self.words())


class _Reading(_Words):
    about: _Text

    def made(self) -> Reading:
        return Reading(self.about, self.words())


class _Question(Model):
    id: _Id
    text: _Text
    to: _Text

    def made(self) -> Question:
        return Question(self.id, self.text, self.to)


class _Theme(Model):
    id: _Id
    title: _Text
    context: str = ""
    find_out: list[_Text] = Field(min_length=1)
    ask: list[_Text] = Field(min_length=1)
    plan: list[_Text] = Field(min_length=1)
    chat: list[_Text] = Field(min_length=1)
    why: list[_Why] = Field(min_length=1)
    question: list[_Question] = Field(min_length=1)
    reading: list[_Reading] = Field(min_length=1)

    def made(self) -> Theme:
        return Theme(
            id=self.id,
            title=self.title,
            context=self.context,
            why=tuple(each.made() for each in self.why),
            find_out=tuple(self.find_out),
            ask=tuple(self.ask),
            questions=tuple(each.made() for each in self.question),
            reading=tuple(each.made() for each in self.reading),
            plan=tuple(self.plan),
            chat=tuple(self.chat),
        )


class _File(Model):
    schema_: Literal[1] = Field(alias="schema")
    theme: list[_Theme] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_id_once(self) -> _File:
        ids = [theme.id for theme in self.theme] + [row.id for theme in self.theme for row in theme.question]
        doubles = sorted({each for each in ids if ids.count(each) > 1})
        if doubles:
            raise ValueError(f'id "{doubles[0]}" står på flera ställen')
        return self
