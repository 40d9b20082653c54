"""Swedish words as search sees them: folded, without stop words, stemmed, with abbreviations spelled out."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import Stemmer
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant import paths
from assistant.errors import SettingsError

_WORD = re.compile(r"§|[^\W_]+")
_SUPERSCRIPTS = str.maketrans("", "", "¹²³⁴⁵⁶⁷⁸⁹⁰")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int
    stop_words: str
    abbreviations: dict[str, str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The analyser. Stems are Snowball's for Swedish (Porter 2001, http://snowball.tartarus.org)."""

    stop_words: frozenset[str]
    abbreviations: Mapping[str, str]
    _stemmer: Stemmer.Stemmer = field(default_factory=lambda: Stemmer.Stemmer("swedish"), repr=False, compare=False)

    def words(self, text: str) -> list[str]:
        """The words of a text in order, in lower case, stop words and all; abbreviations spelled out."""
        words = _WORD.findall(unicodedata.normalize("NFC", text).translate(_SUPERSCRIPTS).casefold())
        return [part for word in words for part in self.abbreviations.get(word, word).split()]

    def terms(self, text: str) -> list[str]:
        """The stems of a text's content words, in order, repeats kept."""
        return self._stemmer.stemWords([word for word in self.words(text) if word not in self.stop_words])  # type: ignore[no-any-return]

    def query_terms(self, question: str) -> list[str]:
        """A question's distinct terms, in order."""
        return list(dict.fromkeys(self.terms(question)))


def read_lexicon(path: Path) -> Lexicon:
    """Reads `lexicon.toml`. `SettingsError` says what is wrong with it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        raw["schema_"] = raw.pop("schema", None)
        file = _File.model_validate(raw)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(
            f'Ordlistan "{paths.shown(path)}" går inte att läsa: {reason}. Lägg tillbaka filen.'
        ) from error
    return Lexicon(
        frozenset(file.stop_words.split()), {key.casefold(): value for key, value in file.abbreviations.items()}
    )
