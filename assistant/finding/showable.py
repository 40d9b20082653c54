"""The search questions that may be shown to a reader as further questions, found once, when an index is built.

Each is one whole question in plain written language that stands alone and asks about what its passage itself says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import IndexFolderError
from assistant.finding.lexicon import Lexicon
from assistant.finding.points import Point
from assistant.types import Passage

_NAME = "showable.json"
#: The fewest and the most words of a question that is shown, and the fewest content words.
_FEWEST_WORDS, _MOST_WORDS, _FEWEST_TERMS = 4, 14, 2
#: The least share of a question's content words that the passage itself must say: the others are everyday words.
_OWN_WORDS = 0.5
#: A question for a number is answered only where a figure stands, so it leads on less surely than others.
_BEGINS = re.compile(
    r"(?:Vad|Vem|Vems|Vilka|Vilken|Vilket|Hur(?! många| mycket| stor| gammal)|Varför|När|Var|Vart|Ska|Får|Kan|Måste|"
    r"Bör|Har|Är|Finns|Behöver|Kräver|Gäller|Ingår|Räcker|Beslutar|Ansvarar) [^?!\n]*\?"
)
#: Who asks or is spoken to, everyday turns of speech, and words for a document that is not there to be pointed at.
_UNFIT = frozenset(
    "jag mig min mitt mina vi oss vår vårt våra du dig din ditt dina ni er ert era man "
    "ju bara egentligen typ nån nåt nåra nog liksom ens massa "
    "citatet bilden texten avsnittet dokumentet stycket sidan exemplet listan tabellen figuren materialet underlaget "
    "häftet rapporten undersökningen enkäten studien källan presentationen sammanfattningen".split()
)
#: Words that stand for something said before. "Finns det" and "den som" stand for nothing.
_POINTERS = re.compile(
    r"\b(?:detta|denna|dessa|han|hon|hen|hans|hennes|hens|honom|henne|deras|dess|dem|sådan[at]?|här|där|då|dit|"
    r"(?<!finns )det|den|de)\b(?! som\b)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b[A-ZÅÄÖ]{2,}\b")
#: Two capitalised words after each other: somebody's name, or an organisation's.
_NAMED = re.compile(r"(?<=[\w,] )[A-ZÅÄÖ][a-zåäöé]+ [A-ZÅÄÖ][a-zåäöé]+")


@dataclass(frozen=True, slots=True)
class Showable:
    """A question fit to be shown: its number among the points, its text and its content words."""

    point: int
    text: str
    terms: frozenset[str]


_Row = tuple[int, int, str, list[str]]
_ROWS: TypeAdapter[list[_Row]] = TypeAdapter(list[_Row])


def write_showable(folder: Path, passages: Sequence[Passage], points: Sequence[Point], lexicon: Lexicon) -> None:
    """Writes the questions that may be shown, with the row of the passage that each is about."""
    row = {passage.id: place for place, passage in enumerate(passages)}
    found = [
        (row[points[one.point].passage_id], one.point, one.text, sorted(one.terms))
        for one in _fit(passages, points, lexicon)
    ]
    (folder / _NAME).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def read_showable(folder: Path) -> Mapping[int, tuple[Showable, ...]]:
    """The questions by the row of their passage. `IndexFolderError` says that the index is damaged."""
    try:
        rows = _ROWS.validate_json((folder / _NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
    found: dict[int, list[Showable]] = {}
    for place, point, text, terms in rows:
        found.setdefault(place, []).append(Showable(point, text, frozenset(terms)))
    return {place: tuple(questions) for place, questions in found.items()}


def _fit(passages: Sequence[Passage], points: Sequence[Point], lexicon: Lexicon) -> Iterator[Showable]:
    texts = {passage.id: " ".join((*passage.path, passage.lead_in, passage.text)) for passage in passages}
    own: dict[str, frozenset[str]] = {}
    for number, point in enumerate(points):
        text = texts[point.passage_id]
        if point.kind != "aid" or not _is_formal(point.text, text) or _POINTERS.search(point.text):
            continue
        if point.passage_id not in own:
            own[point.passage_id] = frozenset(lexicon.terms(text))
        terms = frozenset(lexicon.terms(point.text))
        if len(terms) >= _FEWEST_TERMS and len(terms & own[point.passage_id]) >= _OWN_WORDS * len(terms):
            yield Showable(number, point.text, terms)


def _is_formal(question: str, passage: str) -> bool:
    """Whether it is one whole question in plain written language, without names that its passage does not say."""
    words = question.split()
    return (
        bool(_BEGINS.fullmatch(question))
        and _FEWEST_WORDS <= len(words) <= _MOST_WORDS
        and not any({word, word.removesuffix("s")} & _UNFIT for word in re.findall(r"\w+", question.lower()))
        and all(name in passage for name in _CAPITALS.findall(question))
        and not _NAMED.search(question)
    )
