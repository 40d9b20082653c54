"""A chat model's reply -> search aids for one passage, or the reason why it cannot be used.

What comes from the model is never shown and never cited, but it steers the search. So only JSON of the agreed form is
read, and each line in it must look like a Swedish question or phrase and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answering.prompts import FEWEST_QUESTIONS, MOST_QUESTIONS

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
#: Addresses, markup, code and the fences that passages stand in.
_MARKUP = re.compile(
    r"https?:|www\.|\w@\w|[<>{}`|\\^~*_=]|\]\s*\(|\[\w*\]|^\s*#|‹‹‹|›››|\b(?:javascript|system|assistant|user)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[^\W\d_]+")
#: Small words by which Swedish is told from its neighbours and from English; none stands on both lists.
_SWEDISH = frozenset(
    "och att är som för på av hur vad vem vilka vilken vilket när varför får ska måste en ett det den inte från hos "
    "vid till med om kan vara mellan så eller sig sin sina vi jag man under efter utan också alla har blir finns var "
    "i".split()
)
_FOREIGN = frozenset(
    "the of is and what how who which when where why does are should with from this that for to be by on an "
    "hvad hvem hvordan hvilke hvilken hvorfor hvornår ikke og af jeg mellom und der die das wie was ist "
    "les des est quelle pourquoi comment".split()
)
_SHORTEST, _LONGEST = 8, 200
_LONGEST_GIST, _LONGEST_WORDS, _MOST_WORDS = 400, 300, 20


class UnusableReplyError(ValueError):
    """The reply is not what was asked for; the text says in Swedish what is wrong with it."""


class _Reply(BaseModel):
    """What the model is asked to write. Nothing may stand beside it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fragor: list[str]
    sammanfattning: str
    vardagsord: str = ""


@dataclass(frozen=True, slots=True)
class Aids:
    """The questions that a passage answers, its gist, and everyday words for what it says in one line."""

    questions: tuple[str, ...]
    gist: str
    words: str


def read_reply(reply: str) -> Aids:
    """The aids in a reply. `UnusableReplyError` when it has another form, too few usable questions or no gist.

    A single question that is too long, foreign, marked up or said before is left out; the rest may be enough.
    """
    found = _parse(reply)
    questions = tuple(_distinct(_usable(found.fragor)))[:MOST_QUESTIONS]
    if len(questions) < FEWEST_QUESTIONS:
        raise UnusableReplyError(f"bara {len(questions)} av frågorna gick att använda")
    gist = _line(found.sammanfattning)
    if not _SHORTEST <= len(gist) <= _LONGEST_GIST or _MARKUP.search(gist):
        raise UnusableReplyError("sammanfattningen gick inte att använda")
    if not _is_swedish(" ".join((*questions, gist))):
        raise UnusableReplyError("texten är inte på svenska")
    return Aids(questions, gist, _words(found.vardagsord))


def _parse(reply: str) -> _Reply:
    text = _THOUGHT.sub("", reply)
    fenced = _FENCE.search(text)
    text = fenced.group(1) if fenced else text
    try:
        return _Reply.model_validate(json.loads(text[text.index("{") : text.rindex("}") + 1]))
    except (ValueError, RecursionError) as error:
        other = isinstance(error, ValidationError)
        raise UnusableReplyError("det har fel uppgifter" if other else "det är inte JSON") from error


def _usable(questions: Sequence[str]) -> Iterator[str]:
    for question in map(_line, questions):
        long_enough = _SHORTEST <= len(question) <= _LONGEST and len(_WORD.findall(question)) > 1
        if long_enough and not _MARKUP.search(question) and not _is_foreign(question):
            yield question


def _distinct(questions: Iterator[str]) -> Iterator[str]:
    """Each question once; letters and digits alone are compared."""
    seen: set[str] = set()
    for question in questions:
        key = "".join(char for char in question.casefold() if char.isalnum())
        if key not in seen:
            seen.add(key)
            yield question


def _line(text: str) -> str:
    """One line without control characters, half letters (surrogates) and signs that change the direction of text."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return " ".join("".join(char if char.isprintable() else " " for char in whole).split())


def _words(text: str) -> str:
    """The everyday words, each once; none when there is anything but words and commas in them."""
    line = _line(text)
    if len(line) > _LONGEST_WORDS or _MARKUP.search(line):
        return ""
    return " ".join(list(dict.fromkeys(line.replace(",", " ").replace(";", " ").lower().split()))[:_MOST_WORDS])


def _is_foreign(text: str) -> bool:
    """True when small words of another language outnumber the Swedish ones, or most letters are not Latin."""
    words = [word.lower() for word in _WORD.findall(text)]
    latin = sum(char.isascii() or "À" <= char <= "ɏ" for word in words for char in word)
    letters = sum(map(len, words))
    return 2 * latin < letters or sum(word in _FOREIGN for word in words) > sum(word in _SWEDISH for word in words)


def _is_swedish(text: str) -> bool:
    """True when at least one word in twelve is a small Swedish one; a question may lack them, ten questions do not."""
    words = [word.lower() for word in _WORD.findall(text)]
    return 12 * sum(word in _SWEDISH for word in words) >= len(words) and not _is_foreign(text)
