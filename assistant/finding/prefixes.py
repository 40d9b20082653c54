"""What a model wants to read before a question and before a passage.

Many models were trained with such words and rank poorly without them. What a model's own configuration defines wins;
the table is for the models that only write it on their model card.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Where sentence-transformers looks for a model's own words for questions and for passages; the first that is there.
_QUESTION_NAMES, _PASSAGE_NAMES = ("query",), ("document", "passage", "corpus")
_RETRIEVE = "Given a web search query, retrieve relevant passages that answer the query"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Words put before a question and before a passage; "" for none."""

    question: str = ""
    passage: str = ""


#: By a pattern in the model's name, the first that fits. Sources: the models' cards at huggingface.co.
_KNOWN: tuple[tuple[str, Prefixes], ...] = (
    # intfloat/multilingual-e5-large-instruct: an instruction before questions, nothing before passages.
    (r"\be5-.*instruct", Prefixes(f"Instruct: {_RETRIEVE}\nQuery: ")),
    # intfloat/multilingual-e5-{small,base,large}, e5-{small,base,large}(-v2): "Each input text should start with …".
    (r"\be5-", Prefixes("query: ", "passage: ")),
    # BAAI/bge-{small,base,large}-{en,zh}(-v1.5): before questions only. bge-m3 wants nothing, as its card says.
    (r"\bbge-\w+-en\b", Prefixes("Represent this sentence for searching relevant passages: ")),
    (r"\bbge-\w+-zh\b", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    (r"\bbge-m3\b", Prefixes()),
    # hotchpotch/bekko-embedding-v1-{a8m,a25m}: none (its entry in mteb: use_instructions=False).
    (r"\bbekko-", Prefixes()),
    # nicher92/saga-embed_v1: "task: retrieval | query: {text}", "title: none | text: {text}".
    (r"\bsaga-embed", Prefixes("task: retrieval | query: ", "title: none | text: ")),
    # Qwen/Qwen3-Embedding-{0.6B,4B,8B}: an instruction before questions, no space after "Query:".
    (r"\bqwen3-embedding", Prefixes(f"Instruct: {_RETRIEVE}\nQuery:")),
)


def prefixes(name: str, folder: Path | None = None) -> Prefixes | None:
    """The words to add to what is encoded, or None when the model's own configuration defines them.

    `name` is the model's name or its folder; `folder` holds its files, where they are on this machine.
    """
    if folder and own_prefixes(folder):
        return None
    for candidate in (_settled(Path(name)), _base(folder)):
        for pattern, known in _KNOWN:
            if re.search(pattern, candidate.lower()):
                return known
    return Prefixes()


def own_prefixes(folder: Path) -> Prefixes | None:
    """What the folder's `config_sentence_transformers.json` defines; None when it defines no words."""
    config = read_json(folder / "config_sentence_transformers.json")
    prompts = config.get("prompts")
    words: Mapping[str, Any] = prompts if isinstance(prompts, dict) else {}
    default = str(words.get(str(config.get("default_prompt_name"))) or "")
    found = Prefixes(_first(words, _QUESTION_NAMES, default), _first(words, _PASSAGE_NAMES, default))
    return found if found != Prefixes() else None


def _first(words: Mapping[str, Any], names: tuple[str, ...], default: str) -> str:
    return next((str(words[name] or "") for name in names if name in words), default)


def _settled(path: Path) -> str:
    """The model's name: of a snapshot in the hub's cache that of the model, otherwise the last part."""
    return path.parent.parent.name if path.parent.name == "snapshots" else path.name


def _base(folder: Path | None) -> str:
    """What the folder's `config.json` says that the model was made from, "" where it does not say."""
    return Path(str(read_json(folder / "config.json").get("_name_or_path") or "")).name if folder else ""


def read_json(path: Path) -> dict[str, Any]:
    """A model's configuration; empty where there is none or it is not one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
