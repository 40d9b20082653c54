"""Questions near the sources that they do not answer, by topic, and how much a question is like them.

They are written beforehand, as the search questions are, and lie in `unanswered.toml` beside the list of sources. A
question that lies nearer to them than to what the sources answer is probably not answered either, and the topic tells
what kind of source would answer it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant import paths
from assistant.errors import IndexFolderError, SourceError
from assistant.finding.embedder import Embedder, Vectors
from assistant.finding.fuse import Scores
from assistant.finding.lexical import LexicalIndex
from assistant.finding.lexicon import Lexicon
from assistant.finding.query import Concept
from assistant.finding.terms_file import indexed_terms
from assistant.types import Topic

_FILE, _NAME = "unanswered.toml", "unanswered"
#: Among how many of the most alike questions the unanswered ones are counted, and how steeply likeness counts.
_ALIKE, _STEEPNESS = 12, 4
#: A question must be so alike, in cosine, to be taken as one of its nearest topic.
_SAME_TOPIC = 0.55


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    where: str = ""
    kind: Literal["near", "outside", "hostile"]
    questions: list[str] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: int = Field(alias="schema")
    topic: list[_Topic]


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question that the sources do not answer, and the topic that it belongs to."""

    text: str
    topic: Topic


_ROWS: TypeAdapter[tuple[UnansweredQuestion, ...]] = TypeAdapter(tuple[UnansweredQuestion, ...])


def read_unanswered(corpus: Path) -> tuple[UnansweredQuestion, ...]:
    """The questions beside a corpus's sources; none when there is no such file."""
    path = corpus / _FILE
    if not path.is_file():
        return ()
    try:
        file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SourceError(f'"{paths.shown(path)}" går inte att läsa: {reason}. Rätta filen.') from error
    return tuple(
        UnansweredQuestion(question, Topic(topic.name, topic.where, topic.kind))
        for topic in file.topic
        for question in topic.questions
    )


def unanswered_fingerprint(corpus: Path) -> str:
    path = corpus / _FILE
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def write_unanswered(
    folder: Path, questions: Sequence[UnansweredQuestion], answered: Sequence[str], embedder: Embedder, lexicon: Lexicon
) -> None:
    """Writes the questions with their vectors, and the words of these and of the answered ones in one index."""
    texts = [question.text for question in questions]
    vectors = embedder.encode_passages(texts) if texts else np.zeros((0, 1), dtype=np.float32)
    np.save(folder / f"{_NAME}.npy", vectors.astype(np.float16))
    (folder / f"{_NAME}.json").write_bytes(_ROWS.dump_json(tuple(questions)))
    unused: Counter[str] = Counter()
    words = [indexed_terms(text, lexicon, unused) for text in (*texts, *answered)]
    LexicalIndex.build(words if texts else [()]).write(folder, f"{_NAME}-words")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a question is to those that are not answered.

    `near` holds the cosine similarity of each, 0..1, `topics` that of each topic, by the mean of its questions, and
    `words` the BM25 score of each; `answered_words` the scores of the answered ones, in the order of the aids.
    """

    near: Scores
    topics: Scores
    words: Scores
    answered_words: Scores


class Unanswered:
    """The open questions. `signals` are all 0 where there are none."""

    def __init__(self, folder: Path) -> None:
        """`IndexFolderError` says that the index is damaged."""
        try:
            self._questions = _ROWS.validate_json((folder / f"{_NAME}.json").read_bytes())
            self._vectors: Vectors = np.load(folder / f"{_NAME}.npy", allow_pickle=False).astype(np.float32)
        except (OSError, ValueError, ValidationError, json.JSONDecodeError) as error:
            raise IndexFolderError(f'Sökindexet i "{folder}" är skadat. Bygg om det med kd index --rebuild.') from error
        self._lexical = LexicalIndex.read(folder, f"{_NAME}-words")
        self._topic_means = _topic_means([question.topic for question in self._questions], self._vectors)

    def likeness(self, concepts: Sequence[Concept], vector: Vectors) -> Likeness:
        """How like a question is to each of these; `vector` has length 1, or 0 for one without a known word."""
        count = len(self._questions)
        words = self._lexical.scores(concepts)
        near, topics = (
            np.clip(rows @ vector, 0.0, 1.0) if count and np.any(vector) else np.zeros(len(rows), dtype=np.float32)
            for rows in (self._vectors, self._topic_means)
        )
        return Likeness(near, topics, words[:count], words[count:])

    def signals(self, like: Likeness, answered: Scores) -> Mapping[str, float]:
        """How far a question is like those; `answered` is its similarity to the ones that the sources answer.

        `like_vectors` and `like_words`: the share of unanswered ones among the most alike. `like_best`: how alike the
        nearest is, in cosine, and `like_topic` the nearest topic, by the mean of its questions. `like_lead`: the share
        of the nearest in the best BM25 scores of either kind, a half when none has any of the words.
        """
        count = len(self._questions)
        if not count:
            return dict.fromkeys(("like_vectors", "like_words", "like_best", "like_topic", "like_lead"), 0.0)
        first, other = float(like.words.max()), float(like.answered_words.max(initial=0.0))
        return {
            "like_vectors": _share(np.concatenate([like.near, answered]), count, _STEEPNESS),
            "like_words": _share(np.concatenate([like.words, like.answered_words]), count),
            "like_best": float(like.near.max()),
            "like_topic": float(like.topics.max(initial=0.0)),
            "like_lead": first / (first + other) if first + other else 0.5,
        }

    def topic(self, like: Likeness) -> Topic | None:
        """The topic of most of the nearest questions, by vectors and words, when one of them is alike enough."""
        if like.near.max(initial=0.0) < _SAME_TOPIC:
            return None
        alike = (like.near + like.words / max(float(like.words.max()), 1e-9)) ** _STEEPNESS
        votes: dict[Topic, float] = {}
        for place in np.argsort(-alike, kind="stable")[:_ALIKE]:
            topic = self._questions[int(place)].topic
            votes[topic] = votes.get(topic, 0.0) + float(alike[place])
        return max(votes, key=lambda topic: votes[topic])


def _topic_means(topics: Sequence[Topic], vectors: Vectors) -> Vectors:
    """The mean of the vectors of each topic's questions, of length 1, shape (topics, dimensions)."""
    places = {topic: place for place, topic in enumerate(dict.fromkeys(topics))}
    sums = np.zeros((len(places), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, [places[topic] for topic in topics], vectors)
    means: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return means


def _share(likeness: NDArray[np.float32], count: int, steepness: int = 1) -> float:
    """The share of the first `count` rows in the likeness, to that power, of the most alike rows."""
    most = min(_ALIKE, len(likeness))
    best = np.argpartition(-likeness, most - 1)[:most]  # quicker than from the other end: most rows are 0
    weights = likeness[best] ** steepness
    total = float(weights.sum())
    return float(weights[best < count].sum()) / total if total else 0.0
