"""How far a director has come: per theme and in all, counted from the notes and never guessed."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.avkodning.notes import STATUSES, Notes, Status
from assistant.avkodning.programme import Programme, Question, Theme

#: What each status is called.
STATUS_NAMES: dict[Status, str] = {"not_begun": "inte påbörjat", "ongoing": "pågår", "done": "klart"}


@dataclass(frozen=True, slots=True)
class ThemeProgress:
    """How many of a theme's questions have an answer."""

    theme_id: str
    status: Status
    answered: int
    questions: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The themes in the programme's order."""

    themes: tuple[ThemeProgress, ...]

    @property
    def answered(self) -> int:
        return sum(theme.answered for theme in self.themes)

    @property
    def questions(self) -> int:
        return sum(theme.questions for theme in self.themes)

    def count(self, status: Status) -> int:
        return sum(theme.status == status for theme in self.themes)

    @property
    def line(self) -> str:
        """In words: "12 av 84 frågor har svar. Av 11 teman är 1 klart, 3 pågår och 7 är inte påbörjade."."""
        done, ongoing, rest = (self.count(status) for status in reversed(STATUSES))
        finished = "klart" if done == 1 else "klara"
        begun = "påbörjat" if rest == 1 else "påbörjade"
        return (
            f"{self.answered} av {self.questions} frågor har svar. Av {len(self.themes)} teman är {done} {finished}, "
            f"{ongoing} pågår och {rest} är inte {begun}."
        )


def progress(programme: Programme, notes: Notes) -> Progress:
    """Answers to questions that the programme does not have are not counted."""
    return Progress(tuple(_of_theme(theme, notes) for theme in programme.themes))


def open_questions(theme: Theme, notes: Notes) -> tuple[Question, ...]:
    """The theme's questions that have no answer yet."""
    answers = notes.theme(theme.id).answers
    return tuple(question for question in theme.questions if question.id not in answers)


def _of_theme(theme: Theme, notes: Notes) -> ThemeProgress:
    asked = len(theme.questions)
    return ThemeProgress(theme.id, notes.theme(theme.id).status, asked - len(open_questions(theme, notes)), asked)
