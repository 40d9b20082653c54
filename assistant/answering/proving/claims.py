"""A text -> its words with what the gate compares: clauses, figures with units, references, actors, names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from assistant.answering.proving import contrasts
from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import CELL_GAP

_TOKEN = re.compile(
    r"(?P<reference>\d{1,3}(?: [a-z]\b)?(?:\s*[–-]\s*\d{1,3}(?: [a-z]\b)?)?\s*(?:§§?|kap\b\.?|kapitlet)|§\s*\d{1,3})"
    r"|(?P<figure>\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)|\d+(?:[.,:]\d+)*)"
    r"|(?P<word>%|[^\W\d_]+(?::[a-zåäö]{1,4}\b)?)"
    r"|(?P<border>[,;:()·]|\s[–-]\s|[.!?…]+(?=\s|$))",
)
_PARAGRAPH = re.compile(r"(\d+(?: [a-z]\b)?)(?:\s*[–-]\s*(\d+))?")
_QUOTED = re.compile(r'[”“"«»]([^”“"«»]{2,}?)[”“"«»]')
_ONE_UNIT = re.compile(r"\s+(?:dag|dygn|vecka|månad|år|timme|procent|miljon|miljard)\b")
_OUT_OF = re.compile(r"\s+av\s+(\w+)")
_YEARLY = re.compile(r"(.+?)årig[ta]?")
_RANGE = re.compile(r"^\s*(?:[–-]|till|och)\s*$")

#: A shorter word at the beginning of a sentence is taken for no name.
_NAME_LETTERS = 4

WordKind = Literal["word", "figure", "reference"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who, in normal form: the word's last part ("direktör"), what stands before it ("kommun"), and whose it is."""

    head: str
    before: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, figure or reference of a text. `clause` counts from 0; `value` is a figure's or a reference's.

    `content` is False for stop words. `unit` is what a figure counts, where that is a known unit; `limit` is "minst" or
    "högst" where the text says so. `period` is how often ("2 år").
    """

    shown: str
    lower: str
    form: str
    start: int
    end: int
    clause: int
    kind: WordKind = "word"
    content: bool = True
    value: str = ""
    unit: str = ""
    limit: str = ""
    parts: tuple[str, ...] = ()
    actor: Actor | None = None
    capital: bool = False
    name: bool = False
    owns: bool = False
    period: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A text's words in order. `quoted` are the words inside its quotation marks."""

    text: str
    words: tuple[Word, ...]
    quoted: tuple[str, ...] = ()

    @property
    def content(self) -> Iterator[int]:
        return (index for index, word in enumerate(self.words) if word.content)


@dataclass
class Reader:
    """Reads texts with the lexicon's help; what has been read is remembered as long as the reader lives."""

    lexicon: Lexicon
    _known: dict[str, Reading] = field(default_factory=dict, repr=False)

    def read(self, text: str) -> Reading:
        reading = self._known.get(text)
        if reading is None:
            known, text = text, unicodedata.normalize("NFC", text)
            words = _with_periods(_with_owners(_before_years(_with_units(_few(tuple(self._words(text))), text))))
            inside = [match.span(1) for match in _QUOTED.finditer(text)]
            words = (
                tuple(replace(w, quoted=True) if any(a <= w.start < b for a, b in inside) else w for w in words)
                if inside
                else words
            )
            reading = self._known[known] = Reading(text, words, tuple(text[a:b] for a, b in inside))
        return reading

    def _words(self, text: str) -> Iterator[Word]:
        clause, begins, is_row = 0, True, CELL_GAP in text
        chapter = ""
        for match in _TOKEN.finditer(text):
            kind, shown = match.lastgroup, match.group()
            if kind == "border":
                clause += shown != ":" or not is_row
                begins = shown[0] in ".!?:…" or begins
                continue
            if kind == "reference":
                chapter, references = _references(match, chapter, clause)
                yield from references
            elif kind == "figure":
                yield _figure(match, _plain(shown), clause)
            else:
                clause += shown.lower() in contrasts.BORDERS
                yield from self._word(match, clause, begins, text)
            begins = False

    def _word(self, match: re.Match[str], clause: int, begins: bool, text: str) -> Iterator[Word]:
        shown = match.group()
        lower = shown.lower()
        number = contrasts.NUMBER_WORDS.get(lower) or _share(lower)
        yearly = _YEARLY.fullmatch(lower)
        if yearly and yearly.group(1) in contrasts.NUMBER_WORDS:
            value = contrasts.NUMBER_WORDS[yearly.group(1)]
            yield replace(_figure(match, value, clause), unit="år", lower=lower)
            return
        if number:
            share = "procent" if _share(lower) else ""
            yield replace(_figure(match, number, clause), unit=share, lower=lower)
            return
        if lower in ("en", "ett") and (_ONE_UNIT.match(text, match.end()) or _one_of(text, match.end())):
            yield _figure(match, "1", clause)
            return
        if shown == "%":
            yield Word(shown, "procent", "procent", match.start(), match.end(), clause, content=False)
            return
        for word in self.lexicon.words(shown):
            yield self._plain_word(word, match, clause, begins)

    def _plain_word(self, word: str, match: re.Match[str], clause: int, begins: bool) -> Word:
        form = self.lexicon.normal_form(word)
        content = word not in self.lexicon.stop_words and len(word) > 1
        actor = _actor(form)
        return Word(
            match.group(),
            word,
            form,
            match.start(),
            match.end(),
            clause,
            content=content,
            parts=self.lexicon.parts(word) if content else (),
            actor=actor if content else None,
            capital=match.group()[0].isupper() and not begins,
            name=content and self._is_name(match.group(), word, form, begins),
            owns=actor is not None and word.endswith("s") and self.lexicon.normal_form(word[:-1]) == form,
        )

    def _is_name(self, shown: str, word: str, form: str, begins: bool) -> bool:
        """A capitalised word inside a sentence; at its beginning only one that is no common word."""
        if self.lexicon.parts(word)[-1:] == ("lag",):
            return True
        if not shown[0].isupper():
            return False
        return not begins or (
            len(word) >= _NAME_LETTERS and not self.lexicon.knows(word) and not self.lexicon.parts(word)
        )


def _one_of(text: str, place: int) -> bool:
    """Whether "en" counts: "en av tre"."""
    found = _OUT_OF.match(text, place)
    return found is not None and (found[1].isdigit() or found[1].lower() in contrasts.NUMBER_WORDS)


def _figure(match: re.Match[str], value: str, clause: int) -> Word:
    shown = match.group()
    return Word(shown, shown.lower(), value, match.start(), match.end(), clause, kind="figure", value=value)


def _plain(shown: str) -> str:
    """ "1 000" -> "1000", "12,50" -> "12.5"; a law's number is kept."""
    value = re.sub(r"[ \u00a0]", "", shown)
    if ":" in value:
        return value
    value = value.replace(",", ".")
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", value):
        return value.replace(".", "")
    return value.rstrip("0").rstrip(".") if "." in value else value.lstrip("0") or "0"


def _share(word: str) -> str:
    """The percentage of "hälften" or "tredjedelar"; "" for other words."""
    singular = word.removesuffix("ar").removesuffix("arna").removesuffix("en")
    return contrasts.SHARE_WORDS.get(word) or contrasts.SHARE_WORDS.get(singular, "")


def _references(match: re.Match[str], chapter: str, clause: int) -> tuple[str, list[Word]]:
    """The chapter that stands now, and the references: "7:" for a chapter, "7:2" for a section, ":2" without one."""
    shown = match.group()
    first, last = _PARAGRAPH.search(shown).groups()  # type: ignore[union-attr]
    word = Word(shown, shown.lower(), shown, match.start(), match.end(), clause, kind="reference")
    if "kap" in shown.lower():
        return first, [replace(word, value=f"{first}:", form=f"{first} kap")]
    numbers = range(int(first), min(int(last), int(first) + 99) + 1) if last and first.isdigit() else [first]
    return chapter, [replace(word, value=f"{chapter}:{number}", form=f"{number} §") for number in numbers]


@cache
def _unit_of() -> dict[str, str]:
    return {form: unit for unit, forms in contrasts.UNITS.items() for form in forms.split()}


def _with_units(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """Figures with the unit after them and the limit before them; a share's count ("tre fjärdedelar") is worked out."""
    result = list(words)
    for index in range(len(result) - 1, -1, -1):
        word = result[index]
        if word.kind != "figure":
            continue
        after = result[index + 1] if index + 1 < len(result) else None
        unit = word.unit
        if after is not None and not unit:
            between = text[word.end : after.start]
            if after.kind == "figure" and after.unit and after.lower.startswith(tuple(contrasts.SHARE_WORDS)):
                result[index] = replace(word, value=_multiple(word.value, after), unit="procent", form="", limit="")
                del result[index + 1]
                continue
            if after.kind == "figure" and _RANGE.match(between):
                unit = after.unit
            elif after.kind == "word":
                unit = _unit_of().get(after.lower, "")
                if after.lower in ("till", "och") and index + 2 < len(result) and result[index + 2].kind == "figure":
                    unit = result[index + 2].unit
        before = {other.lower for other in result[max(0, index - 2) : index] if other.clause == word.clause}
        if unit in contrasts.TIMES:
            before -= contrasts.DURING
        limit = "minst" if before & contrasts.AT_LEAST else "högst" if before & contrasts.AT_MOST else ""
        if limit and before & contrasts.BEYOND and _denied(result, index):
            limit = "högst" if limit == "minst" else "minst"
        result[index] = replace(word, unit=unit, limit=limit)
    return tuple(_without_units(result))


def _denied(words: Sequence[Word], index: int) -> bool:
    """Whether what is said of a figure is denied in its clause: "har inte fler än 20"."""
    clause = words[index].clause
    near = words[max(0, index - contrasts.DENIED_WITHIN) : index]
    return any(word.lower in contrasts.DENIES for word in near if word.clause == clause)


def _without_units(words: Sequence[Word]) -> Iterator[Word]:
    """The words; a unit that belongs to a figure is no content word of its own."""
    for before, word in zip((None, *words), words, strict=False):
        owned = before is not None and before.kind == "figure" and _unit_of().get(word.lower) == before.unit
        yield replace(word, content=False) if owned and before and before.unit else word


def _before_years(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words; "år" before a year says nothing of its own."""
    after = (*words, None)[1:]
    return tuple(
        replace(word, content=False) if word.lower == "år" and other and other.kind == "figure" else word
        for word, other in zip(words, after, strict=True)
    )


def _few(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words; "få" that says how many, and not that someone gets something, is read as "fåtal"."""
    befores: tuple[Word | None, ...] = (None, *words[:-1])
    return tuple(
        replace(word, lower="fåtal", form="fåtal", content=True)
        if word.lower == "få" and (before is None or before.lower in contrasts.DEGREES)
        else word
        for before, word in zip(befores, words, strict=False)
    )


def _multiple(count: str, share: Word) -> str:
    exact = {"33": 100 / 3}.get(share.value, float(share.value))
    return str(round(float(count) * exact))


def _actor(form: str) -> Actor | None:
    if form in contrasts.WHOLE_ACTORS:
        return Actor(form, "")
    head = next((head for head in contrasts.ACTOR_HEADS if form.endswith(head)), None)
    return Actor(contrasts.SAME_HEAD.get(head, head), form.removesuffix(head).rstrip("s")) if head else None


def _with_owners(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Actors with whose they are: "kommunstyrelsens ordförande" is one actor."""
    result = list(words)
    for index in range(1, len(result)):
        before, word = result[index - 1], result[index]
        if before.owns and before.actor and word.actor and before.clause == word.clause:
            owner = before.actor.before + before.actor.head
            result[index] = replace(word, actor=replace(word.actor, owner=owner))
            result[index - 1] = replace(before, actor=None)
    return tuple(result)


def _with_periods(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """How often: "årligen", "varje år", "vart fjärde år", "en gång om året"."""
    result = list(words)
    for index, word in enumerate(result):
        period = contrasts.PERIODS.get(word.lower, "")
        unit = contrasts.PERIOD_UNITS.get(word.lower, "")
        before = [other.lower for other in result[max(0, index - 3) : index]]
        if unit and before:
            if before[-1] in contrasts.EVERY:
                period = f"{contrasts.EVERY[before[-1]]} {unit}"
            elif before[-1] in contrasts.EVERY_AFTER and before[-2:-1] in (["vart"], ["var"]):
                period = f"{contrasts.EVERY_AFTER[before[-1]]} {unit}"
            elif before[-1] in ("om", "per") and "gång" in before:
                period = f"1 {unit}"
                result[index - 2] = replace(result[index - 2], content=False)
        if period:
            result[index] = replace(word, period=period, content=False)
    return tuple(result)


def same_actor(one: Actor, other: Actor) -> bool:
    """Whether two words may mean the same who: a post without its body stands for one with it."""
    first, second = one.before + one.head, other.before + other.head
    which, whose = one.owner or one.before, other.owner or other.before
    if (one.owner or other.owner) and which and whose:
        alike = which.startswith(whose) or whose.startswith(which)
        if not alike and not (one.owner and other.owner and _end_alike(which, whose)):
            return False
    if first == second or any({first, second} <= row for row in contrasts.SAME_ACTOR):
        return True
    if one.head != other.head:
        return False
    if not one.before:
        return True
    return not other.before and one.head in contrasts.GENERIC_HEADS and one.before in contrasts.GENERIC_OWNERS


def _end_alike(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)
