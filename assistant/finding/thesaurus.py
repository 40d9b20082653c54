"""A thesaurus of municipal Swedish: everyday words -> the words of the documents, for questions only.

It never touches what is indexed, so what it adds can be weighed, explained and left out.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant import paths
from assistant.errors import SettingsError
from assistant.finding.lexicon import Lexicon


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: str = ""
    from_: str = Field(default="", alias="from")
    to: str = ""
    weight: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _one_form(self) -> _Group:
        if bool(self.words) == bool(self.from_ and self.to) or bool(self.from_) != bool(self.to):
            raise ValueError("either words, or from and to")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int = Field(alias="schema")
    groups: list[_Group]


@dataclass(frozen=True, slots=True)
class Synonym:
    """What may be said instead: its terms, and how nearly it means the same, 0..1."""

    phrase: str
    terms: tuple[str, ...]
    weight: float


class Thesaurus:
    """Phrases by their words' normal forms. `Thesaurus()` knows nothing."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, ...], dict[str, Synonym]] = {}
        self._longest = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, phrase: tuple[str, ...], synonym: Synonym) -> None:
        """Notes that a phrase, given as normal forms, may be said as the synonym; the heaviest of doubles counts."""
        known = self._entries.setdefault(phrase, {})
        if synonym.phrase not in known or known[synonym.phrase].weight < synonym.weight:
            known[synonym.phrase] = synonym
        self._longest = max(self._longest, len(phrase))

    def entries(self) -> Iterator[tuple[tuple[str, ...], tuple[Synonym, ...]]]:
        """Every phrase with its synonyms."""
        yield from ((phrase, tuple(synonyms.values())) for phrase, synonyms in self._entries.items())

    def find(self, forms: Sequence[str]) -> Iterator[tuple[int, int, tuple[Synonym, ...]]]:
        """The phrases that stand in a question, given as the normal forms of all its words: start, end, synonyms.

        Where a longer phrase stands, the shorter ones within it are not looked for.
        """
        start = 0
        while start < len(forms):
            length = next(
                (
                    length
                    for length in range(min(self._longest, len(forms) - start), 0, -1)
                    if tuple(forms[start : start + length]) in self._entries
                ),
                0,
            )
            if length:
                yield start, start + length, tuple(self._entries[tuple(forms[start : start + length])].values())
            start += max(1, length)


def read_thesaurus(path: Path, lexicon: Lexicon) -> Thesaurus:
    """Reads `thesaurus.toml`. `SettingsError` says what is wrong with it."""
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(
            f'Synonymordlistan "{paths.shown(path)}" går inte att läsa: {reason}. Lägg tillbaka filen.'
        ) from error
    thesaurus = Thesaurus()
    terms = functools.cache(lambda phrase: tuple(dict.fromkeys(lexicon.terms(phrase))))
    forms = functools.cache(lambda phrase: _forms(phrase, lexicon))
    for group in file.groups:
        for left, right in _pairs(group):
            if forms(left) and terms(right) and set(terms(right)) != set(terms(left)):
                thesaurus.add(forms(left), Synonym(right, terms(right), group.weight))
    return thesaurus


def _pairs(group: _Group) -> Iterator[tuple[str, str]]:
    if group.words:
        words = _split(group.words)
        yield from ((left, right) for left in words for right in words if left != right)
    else:
        yield from ((left, right) for left in _split(group.from_) for right in _split(group.to))


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _forms(phrase: str, lexicon: Lexicon) -> tuple[str, ...]:
    return tuple(lexicon.normal_form(word) for word in lexicon.words(phrase))
