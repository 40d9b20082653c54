"""How likely each sentence of the best passages is to be the one that answers, and what that says of the passages.

A softmax over a linear model of what speaks for each: the sentences of one question compete (a conditional logit,
McFadden 1974). Its coefficients are fitted by `index/tune_answers.py` on questions whose answering sentence is known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.finding.quantities import asks_number, gives_number
from assistant.types import Hit, SentenceClues

Floats = NDArray[np.float64]

#: What speaks for or against a sentence. `passage` and `first`: its passage's joined score and 1/rank. `words`,
#: `questions`, `nearest`, `own`, `covered`: the clues of search; those with `best_` as a share of the best one's.
#: `number`: it gives a quantity where one is asked for. `asks`: it is itself a question. `short`: it has few words.
#: `source`: how far the question names its source. `voice`: it is an interviewee's where one is asked for.
FEATURES = (
    "passage",
    "first",
    "words",
    "best_words",
    "questions",
    "best_questions",
    "nearest",
    "own",
    "best_own",
    "covered",
    "number",
    "asks",
    "short",
    "source",
    "voice",
)
_FEW_WORDS = 4
#: Asks for what somebody has said.
_ASKS_VOICE = re.compile(
    r"\b(?:säg(?:a|er|s)|sade|sagt|berätta[rd]?\w*|uttryck(?:er|te|s|a)|beskriv(?:a|er|s)|beskrev|citat\w*|intervjuad\w*|"
    r"intervjun?\w*|tyck(?:er|te)|med egna ord|röst(?:er)?)\b",
    re.IGNORECASE,
)
#: What the likeliest sentence of a passage counts beside the passage's own score.
_SENTENCE = 0.5
#: So many of the likeliest sentences are read beside the question when the first is less likely than this, and what the
#: log-odds that each answers weigh in its likelihood. Chosen on the questions that `index/tune_answers.py` fits on.
_READ, _LIKELY, _READING = 3, 0.4, 0.2


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whether the question asks for a quantity, and for what somebody has said."""

    number: bool
    voice: bool


def features(question: str, hits: Sequence[Hit]) -> Floats:
    """What speaks for each sentence of the hits that have any, in order; shape (sentences, features)."""
    every = [(hit, clue) for hit in hits for clue in hit.sentences]
    wants = _Wanted(asks_number(question), bool(_ASKS_VOICE.search(question)))
    best = {
        "words": max((clue.words for _, clue in every), default=0.0) or 1.0,
        "questions": max((clue.questions for _, clue in every), default=0.0) or 1.0,
        "own": max((clue.own for _, clue in every), default=0.0) or 1.0,
    }
    rows = [_row(hit, clue, best, wants) for hit, clue in every]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _row(hit: Hit, clue: SentenceClues, best: Mapping[str, float], wants: _Wanted) -> tuple[float, ...]:
    text = hit.passage.text[clue.start : clue.end]
    return (
        hit.score,
        1 / hit.rank,
        clue.words / 10,
        clue.words / best["words"],
        clue.questions,
        clue.questions / best["questions"],
        clue.nearest,
        clue.own,
        clue.own / best["own"],
        clue.covered,
        float(wants.number and gives_number(text)),
        float(text.endswith("?")),
        float(len(text.split()) < _FEW_WORDS),
        hit.found_by.get("source", 0.0),
        float(wants.voice and hit.passage.voice == "quotation"),
    )


def with_likelihoods(
    question: str, hits: Sequence[Hit], enriched: Sequence[bool], full: Mapping[str, float], plain: Mapping[str, float]
) -> tuple[Hit, ...]:
    """The same hits with the likelihood of each of their sentences; over all sentences they sum to 1.

    `enriched` says for each hit whether search questions have been written for its passage; the sentences of others are
    weighed by `plain`, which does without, and whose `bias` makes a right sentence as likely by one as by the other.
    """
    values = features(question, hits)
    if not len(values):
        return tuple(hits)
    known = [flag for flag, hit in zip(enriched, hits, strict=True) for _ in hit.sentences]
    by_full, by_plain = (np.array([weights.get(name, 0.0) for name in FEATURES]) for weights in (full, plain))
    logits = np.where(known, values @ by_full, values @ by_plain + plain.get("bias", 0.0))
    chances = np.exp(logits - logits.max())
    shares = iter((chances / chances.sum()).tolist())
    return tuple(
        replace(hit, sentences=tuple(clue.with_likelihood(next(shares)) for clue in hit.sentences))
        if hit.sentences
        else hit
        for hit in hits
    )


def with_readings(hits: Sequence[Hit], read: Callable[[Hit, SentenceClues], float]) -> tuple[Hit, ...]:
    """The same hits, the few likeliest sentences weighed anew by the log-odds that `read` gives each to answer.

    Where one is likely enough already, nothing is read. The likelihoods still sum to 1.
    """
    places = [(number, clue) for number, hit in enumerate(hits) for clue in hit.sentences]
    best = sorted(places, key=lambda place: -place[1].likelihood)[:_READ]
    if len(best) < _READ or best[0][1].likelihood >= _LIKELY:
        return tuple(hits)
    weights = [clue.likelihood * math.exp(_READING * read(hits[number], clue)) for number, clue in best]
    scale = sum(clue.likelihood for _, clue in best) / sum(weights)
    anew = {(number, clue.start): weight * scale for (number, clue), weight in zip(best, weights, strict=True)}
    changed = {number for number, _ in best}
    return tuple(
        replace(
            hit,
            sentences=tuple(
                clue.with_likelihood(anew.get((number, clue.start), clue.likelihood)) for clue in hit.sentences
            ),
        )
        if number in changed
        else hit
        for number, hit in enumerate(hits)
    )


def mean_likelihoods(judged: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The same hits, judged for several questions, with the mean of the likelihoods of each sentence."""
    return tuple(
        replace(
            versions[0],
            sentences=tuple(
                clues[0].with_likelihood(sum(clue.likelihood for clue in clues) / len(clues))
                for clues in zip(*(version.sentences for version in versions), strict=True)
            ),
        )
        for versions in zip(*judged, strict=True)
    )


def by_likelihood(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits in the order of their scores joined with the likelihood of their likeliest sentence.

    The scores are dealt out anew in that order, so that they still fall, also towards hits that are not judged.
    """
    joined = [hit.score + _SENTENCE * max((clue.likelihood for clue in hit.sentences), default=0.0) for hit in hits]
    order = sorted(range(len(hits)), key=lambda place: -joined[place])
    scores = sorted((hit.score for hit in hits), reverse=True)
    return tuple(replace(hits[old], rank=rank, score=scores[rank - 1]) for rank, old in enumerate(order, 1))
