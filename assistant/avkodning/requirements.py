"""`requirements.toml` -> `Requirements`: what an instruktion is held to, its basis, and the words that carry it.

A rule says which words must stand together in one sentence, list item or table row, counted with the sentence that
introduces its list; `assistant.avkodning.words` reads the patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from assistant.avkodning.actors import Role
from assistant.avkodning.data_file import Model, read_data
from assistant.avkodning.programme import Quoted
from assistant.types import FindingVerdict, Weight

FILE_NAME = "requirements.toml"

_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
_Text = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that together say something of a requirement.

    Each pattern of `words` must stand in the sentence or its lead-in, and one of them in the sentence itself; each of
    `near` there, in the sentence before or in a heading above, and each of `before` there or in the sentence before;
    none of `without` in the sentence or its lead-in. `who` are the roles of which one must act, () for anybody. So many
    sentences as `least` must say so.
    """

    words: tuple[str, ...]
    near: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    who: tuple[Role, ...] = ()
    least: int = 1
    rows_only: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of a review. `topic` is the pattern of headings that announce it; `examples` are sentences that say it,
    and only what holds the pattern `likeness_needs` is held to them.

    `reasons` are by verdict; `question` is for a row that is not found whole, `follow_up` for the others.
    """

    id: str
    title: str
    weight: Weight
    basis: Quoted
    reasons: Mapping[FindingVerdict, str]
    question: str
    follow_up: str
    examples: tuple[str, ...]
    found: tuple[Rule, ...]
    partly: tuple[Rule, ...]
    contradicts: tuple[Rule, ...]
    topic: str
    likeness_needs: str


@dataclass(frozen=True, slots=True)
class Requirements:
    """All requirements in order, the concepts that their patterns may name, and sentences like examples that say
    nothing of any requirement."""

    rows: tuple[Requirement, ...]
    concepts: Mapping[str, str]
    near_misses: tuple[str, ...] = ()


def read_requirements(corpus_dir: Path) -> Requirements:
    """Reads the file beside the list of sources. `SourceError` says in one line what is wrong with it."""
    given = read_data(corpus_dir / FILE_NAME, _File, "Kraven")
    return Requirements(tuple(row.made() for row in given.requirement), given.concepts, tuple(given.near_misses))


class _Basis(Model):
    source: _Id
    quote: _Text
    #: Leads to the place where the official wording of a statute has taken our account's place.
    section: str = ""


class _Rule(Model):
    words: list[_Text] = Field(min_length=1)
    near: list[_Text] = Field(default_factory=list)
    before: list[_Text] = Field(default_factory=list)
    without: list[_Text] = Field(default_factory=list)
    who: list[Role] = Field(default_factory=list)
    least: int = Field(default=1, ge=1, le=20)
    rows_only: bool = False

    def made(self) -> Rule:
        return Rule(
            tuple(self.words),
            tuple(self.near),
            tuple(self.before),
            tuple(self.without),
            tuple(self.who),
            self.least,
            self.rows_only,
        )


class _Reasons(Model):
    found: _Text
    partly: _Text
    missing: _Text
    contradicts: _Text


class _Requirement(Model):
    id: _Id
    title: _Text
    weight: Literal["lag", "vägledning", "rapport", "beslut"]
    basis: _Basis
    reasons: _Reasons
    question: _Text
    follow_up: _Text
    examples: list[_Text] = Field(min_length=1)
    found: list[_Rule] = Field(min_length=1)
    partly: list[_Rule] = Field(default_factory=list)
    contradicts: list[_Rule] = Field(default_factory=list)
    topic: str = ""
    likeness_needs: str = ""

    def made(self) -> Requirement:
        reasons: dict[FindingVerdict, str] = {
            verdict: getattr(self.reasons, verdict) for verdict in get_args(FindingVerdict)
        }
        return Requirement(
            id=self.id,
            title=self.title,
            weight=self.weight,
            basis=Quoted(self.basis.source, self.basis.quote, self.basis.section),
            reasons=reasons,
            question=self.question,
            follow_up=self.follow_up,
            examples=tuple(self.examples),
            found=tuple(rule.made() for rule in self.found),
            partly=tuple(rule.made() for rule in self.partly),
            contradicts=tuple(rule.made() for rule in self.contradicts),
            topic=self.topic,
            likeness_needs=self.likeness_needs,
        )


class _File(Model):
    schema_: Literal[1] = Field(alias="schema")
    near_misses: list[_Text] = Field(default_factory=list)
    concepts: dict[_Id, _Text]
    requirement: list[_Requirement] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_id_once(self) -> _File:
        ids = [row.id for row in self.requirement]
        doubles = sorted({each for each in ids if ids.count(each) > 1})
        if doubles:
            raise ValueError(f'id "{doubles[0]}" står på flera ställen')
        return self
