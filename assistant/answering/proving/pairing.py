"""A claim and the words of a source nearest to it, as the numbers that `entailment` weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Word, same_actor
from assistant.answering.proving.edits import changed, force_of, kept_of
from assistant.answering.proving.evidence import Unit
from assistant.answering.proving.likeness import Likeness
from assistant.answering.proving.objections import CHECKS, contradicts
from assistant.answering.proving.rewordings import MEASURES

Floats = NDArray[np.float32]
Breaks = NDArray[np.int8]

#: So many words of a claim and of the source are weighed; the source's nearest sentences, and words around the nearest.
MOST_CLAIM, MOST_SOURCE, NEAREST, AROUND = 45, 110, 3, 25
#: How many measures each word has of itself and, in a claim, by the source's known rewordings; and how each word of
#: the source stands to the nearest sentence.
_OWN_MEASURES, PLACES = 20, 3
WORD_MEASURES = _OWN_MEASURES + MEASURES
_FORCES = tuple(contrasts.FORCE)
#: From this worth on a word of the claim is said, and from this one on it is said exactly.
_SAID, _EXACT = 0.5, 0.95
#: A word of the claim that lies no nearer than this to any in the known rewordings is not known to be said.
_KNOWN = 0.7

#: What the rules found, and how the claim lies against the nearest sentences; in the order in which they are weighed.
SIGNALS: tuple[str, ...] = (
    *("carried", "contradicted", "clauses_carried", "covered", "unsaid", "objected", "misquoted"),
    *("words", "clauses", "passages"),
    *("first_covered", "first_own", "first_back", "first_like", "most_like", "first_kept", "first_changed"),
    *("missing", "half_said", "exactly_said", "second_covered", "second_like", "lead", "both_covered"),
    *("known", "known_least", "known_missing", "alien", "alien_most", "rewordings"),
    *(f"objection_{check.__name__}" for check in CHECKS),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """`claim` and `source` are the lower-case words; `claim_measures` of shape (words, WORD_MEASURES).

    `source_measures` has PLACES columns more: in the nearest sentence, in another, around it. `likeness` has shape
    (claim, source, 3): how like two words are, whether they are the same, and whether they name the same actor (1), two
    (-1) or none (0). `signals` follows `SIGNALS`. `matched` is what `Entailment.matched` says of the claim.
    """

    claim: tuple[str, ...]
    source: tuple[str, ...]
    claim_breaks: Breaks
    source_breaks: Breaks
    claim_measures: Floats
    source_measures: Floats
    likeness: Floats
    signals: Floats
    matched: float | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """The sentences of the evidence by how near they lie to a claim, best first, with how each is aligned and alike.

    `places` are their places in the evidence.
    """

    units: tuple[Unit, ...]
    alignments: tuple[Alignment, ...]
    alike: tuple[float, ...]
    places: tuple[int, ...]

    @classmethod
    def of(cls, units: Sequence[Unit], alignments: Sequence[Alignment], alike: Sequence[float]) -> Nearest:
        """Ordered by coverage, own coverage and cosine similarity."""
        nearness = [_nearness(alignment, like) for alignment, like in zip(alignments, alike, strict=True)]
        order = sorted(range(len(units)), key=lambda place: -nearness[place])
        return cls(
            tuple(units[place] for place in order),
            tuple(alignments[place] for place in order),
            tuple(alike[place] for place in order),
            tuple(order),
        )

    def nearness(self, number: int) -> float:
        """How near the one with this number in the order of nearness is."""
        alignment = self.alignments[number]
        return _nearness(alignment, self.alike[number])

    @property
    def in_order(self) -> tuple[Unit, ...]:
        """The few nearest as they follow each other in the evidence."""
        few = sorted(zip(self.places[:NEAREST], self.units[:NEAREST], strict=True), key=lambda item: item[0])
        return tuple(unit for _, unit in few)


def pair_of(
    words: Sequence[Word], nearest: Nearest, signals: Mapping[str, float], likeness: Likeness, known: Floats
) -> Pair:
    """The numbers of a claim's words against the nearest sentences and what stands around the nearest one.

    `known` is what `Rewordings.measures` gives for the words.
    """
    claim = tuple(words)[:MOST_CLAIM]
    best = nearest.units[0]
    placed = [(word, 0 if unit is best else 1) for unit in nearest.in_order for word in unit.words]
    placed += [(word, 2) for word in best.context[:AROUND]]
    placed = placed[:MOST_SOURCE]
    source = [word for word, _ in placed]
    breaks = [_breaks(words) for words in (*(unit.words for unit in nearest.in_order), best.context[:AROUND])]
    places = np.eye(PLACES, dtype=np.float32)[[place for _, place in placed]].reshape(-1, PLACES)
    return Pair(
        tuple(word.lower for word in claim),
        tuple(word.lower for word in source),
        _breaks(claim),
        np.concatenate(breaks)[:MOST_SOURCE],
        np.concatenate([_measures(claim), known[: len(claim)]], axis=1),
        np.concatenate([_measures(source), np.zeros((len(source), MEASURES), np.float32), places], axis=1),
        _likenesses(claim, source, likeness),
        np.array([signals[name] for name in SIGNALS], np.float32),
    )


def signals_of(
    words: Sequence[Word], nearest: Nearest, found: Mapping[str, float], likeness: Likeness, known: Floats
) -> dict[str, float]:
    """`found` holds what the rules say (see `proof`); added to it is how the claim lies against the sentences.

    `known` is what `Rewordings.measures` gives for the words.
    """
    first, unit = nearest.alignments[0], nearest.units[0]
    second = nearest.alignments[1] if len(nearest.alignments) > 1 else None
    worth = [first.worth[index] for index, word in enumerate(words) if word.content]
    other = second or first
    both = [max(first.worth[i], other.worth[i]) for i, word in enumerate(words) if word.content]
    return {
        **found,
        "words": min(len(words), 40) / 20,
        "first_covered": first.coverage,
        "first_own": first.own_coverage,
        "first_like": nearest.alike[0],
        "most_like": max(nearest.alike),
        "first_kept": kept_of(words, unit.words) / max(1, len(words)),
        "first_changed": float(bool(changed(words, unit.words, unit.context, likeness))),
        "missing": float(sum(value < _SAID for value in worth)),
        "half_said": float(sum(_SAID <= value < _EXACT for value in worth)),
        "exactly_said": float(sum(value >= _EXACT for value in worth)),
        "second_covered": second.coverage if second else 0.0,
        "second_like": nearest.alike[1] if second else 0.0,
        "lead": nearest.nearness(0) - nearest.nearness(1) if second else 0.0,
        "both_covered": sum(both) / len(both) if both else 0.0,
        **_known(known[[word.content for word in words]]),
        **{f"objection_{check.__name__}": float(bool(check(words, first))) for check in CHECKS},
    }


def _known(content: Floats) -> dict[str, float]:
    """How far the content words of a claim are known from rewordings of its source; zeros when there are none."""
    if not len(content) or not content[0, 2]:
        return dict.fromkeys(("known", "known_least", "known_missing", "alien", "alien_most", "rewordings"), 0.0)
    return {
        "known": float(content[:, 0].mean()),
        "known_least": float(content[:, 0].min()),
        "known_missing": float((content[:, 0] < _KNOWN).sum()),
        "alien": float(content[:, 1].mean()),
        "alien_most": float(content[:, 1].max()),
        "rewordings": 1.0,
    }


def _nearness(alignment: Alignment, alike: float) -> float:
    return alignment.coverage + 0.5 * alignment.own_coverage + 0.5 * alike


def kind_of(reason: str) -> dict[str, float]:
    """What kind of objection a reason in Swedish is: none, a contradiction, something unsaid, or another one."""
    against = contradicts(reason)
    unsaid = reason.startswith(("Källan säger inte", "Källan säger inget"))
    return {
        "carried": float(not reason),
        "contradicted": float(against),
        "unsaid": float(unsaid),
        "objected": float(bool(reason) and not against and not unsaid),
    }


def _measures(words: Sequence[Word]) -> Floats:
    return np.stack([_measured(word) for word in words]) if words else np.zeros((0, _OWN_MEASURES), np.float32)


def _breaks(words: Sequence[Word]) -> Breaks:
    """What stands before each word: nothing (0), a mark within a sentence (1) or the end of another sentence (3)."""
    rows = np.zeros(len(words), np.int8)
    rows[:1] = 3
    for place in range(1, len(words)):
        if words[place].clause != words[place - 1].clause and words[place].lower not in contrasts.BORDERS:
            rows[place] = 1
    return rows


@lru_cache(maxsize=20_000)
def _measured(word: Word) -> Floats:
    force = force_of(word.lower)
    row = np.zeros(_OWN_MEASURES, np.float32)
    row[:6] = (
        word.content,
        word.kind == "figure",
        word.kind == "reference",
        word.actor is not None,
        word.name,
        word.lower in contrasts.NEGATIONS or word.lower in contrasts.DENYING,
    )
    if force:
        row[6 + _FORCES.index(force) % 8] = 1
    row[14:] = (
        word.owns,
        bool(word.period),
        bool(word.limit),
        word.lower in contrasts.CAUSAL,
        word.quoted,
        word.lower in contrasts.SUBORDINATING,
    )
    return row


def _likenesses(claim: Sequence[Word], source: Sequence[Word], likeness: Likeness) -> Floats:
    table = np.zeros((len(claim), len(source), 3), np.float32)
    actors = [(place, word.actor) for place, word in enumerate(source) if word.actor]
    content = [(place, word) for place, word in enumerate(source) if word.content]
    forms: dict[str, list[int]] = {}
    for place, word in enumerate(source):
        forms.setdefault(word.form, []).append(place)
    for row, word in enumerate(claim):
        if word.content:
            for place, other in content:
                table[row, place, 0] = likeness(word, other)
        for place in forms.get(word.form, ()):
            table[row, place, :2] = 1
        if word.actor:
            for place, actor in actors:
                table[row, place, 2] = 1 if same_actor(word.actor, actor) else -1
    return table
