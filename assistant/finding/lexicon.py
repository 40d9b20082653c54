"""Swedish words as search sees them: folded, without stop words, in their normal form, with abbreviations spelled out.

`index/lexicon.toml` holds what is written by hand; `suffixes.txt` and `words.txt` beside it hold what is learned.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant import paths
from assistant.errors import SettingsError
from assistant.finding.compounds import Splitter, read_words
from assistant.finding.normaliser import Normaliser, read_rules
from assistant.finding.spelling import plain

#: A word; one with a letter on the other side of a colon is an inflected abbreviation ("KSO:s").
_WORD = re.compile(r"§|[^\W_]+(?::[a-zåäö]{1,4}\b)?")
_SUPERSCRIPTS = str.maketrans("", "", "¹²³⁴⁵⁶⁷⁸⁹⁰")
#: "kl. 13.30", but not "kl 6 kap."
_O_CLOCK = re.compile(r"\bkl\.?\s+(?=\d{1,2}(?:[.:]\d\d)?\b(?!\s*(?:kap|§)))")


_Learned = TypeVar("_Learned")
#: How many words the analyser remembers.
_MOST_REMEMBERED = 200_000


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int
    stop_words: str
    whole: str
    abbreviations: dict[str, str]
    capital_abbreviations: dict[str, str]
    inflections: dict[str, str]


@dataclass(frozen=True, slots=True)
class Token:
    """A content word of a text: as written but in lower case, its normal form, and its parts' when it is a compound."""

    word: str
    term: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The analyser. What it has once seen it remembers; it may be used from several threads."""

    stop_words: frozenset[str]
    abbreviations: Mapping[str, str]
    #: By the abbreviation in lower case; only what is written with two capitals is one.
    capital_abbreviations: Mapping[str, str]
    normaliser: Normaliser = field(repr=False)
    splitter: Splitter = field(repr=False)
    #: Names, and stems that are no parts of compounds.
    known: frozenset[str] = field(default=frozenset(), repr=False)
    _read: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _tokens: dict[str, Token] = field(default_factory=dict, repr=False, compare=False)

    def words(self, text: str) -> list[str]:
        """The words of a text in order, in lower case, stop words and all; abbreviations spelled out."""
        plain_text = _O_CLOCK.sub("klockan ", unicodedata.normalize("NFC", text).translate(_SUPERSCRIPTS))
        return [word for written in _WORD.findall(plain_text) for word in self._spelled_out(written)]

    def tokens(self, text: str) -> list[Token]:
        """A text's content words, in order, repeats kept."""
        return [self._token(word) for word in self.words(text) if word not in self.stop_words]

    def terms(self, text: str) -> list[str]:
        """The normal forms of a text's content words, in order, repeats kept; a compound is one term."""
        return [self.normal_form(word) for word in self.words(text) if word not in self.stop_words]

    def query_terms(self, question: str) -> list[str]:
        """A question's distinct terms, in order."""
        return list(dict.fromkeys(self.terms(question)))

    def normal_form(self, word: str) -> str:
        """The stem that all inflections of a lower-case word share; a key, not a word to show."""
        return self.normaliser.normal_form(word)

    def parts(self, word: str) -> tuple[str, ...]:
        """The normal forms of a lower-case compound's parts, in order; () when the word is not a compound."""
        return self.splitter.parts(word)

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is a learned word or name, and so no typing error. Compounds are not told."""
        stem = self.normal_form(word)
        return word in self.stop_words or bool({word, stem} & self.known) or stem in self.splitter.last_parts

    def _token(self, word: str) -> Token:
        token = self._tokens.get(word)
        if token is None:
            _make_room(self._tokens)
            token = self._tokens[word] = Token(word, self.normal_form(word), self.parts(word))
        return token

    def _spelled_out(self, written: str) -> tuple[str, ...]:
        words = self._read.get(written)
        if words is None:
            _make_room(self._read)
            words = self._read[written] = self._expansion(written)
        return words

    def _expansion(self, written: str) -> tuple[str, ...]:
        stem, _, ending = written.partition(":")
        word = stem.casefold()
        words = self.abbreviations.get(word)
        if words is None and sum(letter.isupper() for letter in stem) > 1:
            words = self.capital_abbreviations.get(word)
        if words is not None:
            return tuple(words.split())
        return (word, ending) if ending else (word,)


def read_lexicon(path: Path) -> Lexicon:
    """Reads `lexicon.toml` and the learned files beside it. `SettingsError` names the one that is wrong, and how."""
    file = _read_file(path)
    rules = _read_learned(path.with_name("suffixes.txt"), read_rules)
    first_parts, last_parts, known = _read_learned(path.with_name("words.txt"), read_words)
    regular = Normaliser(rules)
    exceptions = {form: regular.normal_form(base) for base, forms in file.inflections.items() for form in forms.split()}
    normaliser = Normaliser(rules, exceptions)
    whole = frozenset(normaliser.normal_form(word) for word in file.whole.split())
    return Lexicon(
        frozenset(_with_plain(file.stop_words.split())),
        {key.casefold(): words for key, words in file.abbreviations.items()},
        {key.casefold(): words for key, words in file.capital_abbreviations.items()},
        normaliser,
        Splitter(first_parts, last_parts, whole, normaliser.normal_form),
        known,
    )


def lexicon_fingerprint(path: Path) -> str:
    """Changes when `lexicon.toml` or a learned file beside it does; a missing file counts as an empty one."""
    files = (path, path.with_name("suffixes.txt"), path.with_name("words.txt"))
    contents = [file.read_bytes() if file.is_file() else b"" for file in files]
    return hashlib.sha256(b"\0".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()[:16]


def _make_room(memory: dict[str, _Learned]) -> None:
    """Forgets everything once a memory is full, so that a long run over ever new words does not grow without end."""
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()


def _with_plain(words: list[str]) -> Iterator[str]:
    """Stop words as they should be typed, and as they are typed on a keyboard without å, ä and ö."""
    for word in words:
        yield word
        yield plain(word)


def _read_file(path: Path) -> _File:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        raw["schema_"] = raw.pop("schema", None)
        return _File.model_validate(raw)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise _unreadable(path, error) from error


def _read_learned(path: Path, read: Callable[[str], _Learned]) -> _Learned:
    try:
        return read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> SettingsError:
    reason = str(error).splitlines()[0]
    return SettingsError(f'Ordlistan "{paths.shown(path)}" går inte att läsa: {reason}. Lägg tillbaka filen.')
