"""The words of a generation on disk, analysed once when it is built, so that opening it need not do so again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from assistant.errors import IndexFolderError
from assistant.finding.enrich import Aid
from assistant.finding.lexical import LexicalIndex, lexical_text
from assistant.finding.lexicon import Lexicon
from assistant.types import Document

_NAME = "terms"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that each passage and its aids hold, the parts of compounds among them, and the index of them all.

    `words` counts the words as they are written, for the spelling of questions, and `spelt` are their terms: those of
    the sources, and of search questions the words that the dictionary has, since some are misspelt on purpose.
    """

    passages: tuple[frozenset[str], ...]
    words: dict[str, int]
    spelt: frozenset[str]
    index: LexicalIndex


class _File(BaseModel):
    passages: list[list[str]]
    words: dict[str, int]
    spelt: list[str]


def indexed_terms(text: str, lexicon: Lexicon, counts: Counter[str]) -> tuple[str, ...]:
    """A text's terms with the parts of its compounds beside the wholes; its words are added to `counts`."""
    terms: list[str] = []
    for token in lexicon.tokens(text):
        terms.append(token.term)
        terms.extend(token.parts)
        counts[token.word] += 1
    return tuple(terms)


def write_terms(folder: Path, documents: Sequence[Document], aids: Sequence[Aid], lexicon: Lexicon) -> None:
    counts: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    texts: dict[str, list[str]] = {}
    for aid in aids:
        texts.setdefault(aid.passage_id, []).append(aid.text)
    passages = [
        (
            *indexed_terms(lexical_text(passage, document.source), lexicon, counts),
            *indexed_terms("\n".join(texts.get(passage.id, ())), lexicon, asked),
        )
        for document in documents
        for passage in document.passages
    ]
    counts.update({word: count for word, count in asked.items() if lexicon.knows(word) or lexicon.parts(word)})
    LexicalIndex.build(passages).write(folder, f"{_NAME}-words")
    spelt = {term for word in counts for term in (lexicon.normal_form(word), *lexicon.parts(word))}
    found = {
        "passages": [list(dict.fromkeys(terms)) for terms in passages],
        "words": counts,
        "spelt": sorted(spelt),
    }
    (folder / f"{_NAME}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def read_terms(folder: Path) -> Terms:
    """`IndexFolderError` says that the index is damaged."""
    try:
        file = _File.model_validate_json((folder / f"{_NAME}.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
    index = LexicalIndex.read(folder, f"{_NAME}-words")
    return Terms(tuple(map(frozenset, file.passages)), file.words, frozenset(file.spelt), index)
