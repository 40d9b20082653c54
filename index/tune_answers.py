"""Fits what decides about an answer, and writes it to `index/weights.toml`.

    python index/tune_answers.py [--set FILE ...] [--out index/weights.toml]

Which sentence answers is a conditional logit (McFadden 1974, see `assistant.finding.likelihood`); whether the sources
answer at all is a ridge-penalised logistic regression on the signals of search (`assistant.finding.support`). Both are
fitted over the shipped index on questions that neither it nor any model has seen: `evals/sets/dev.jsonl`, which may be
looked at, and `tuning_questions.jsonl`. The tables named `plain_…` are for passages that nobody has written questions
for, and are fitted over an index without any. Without chance; takes a minute.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from assistant.answering.followup import standalone
from assistant.finding.builder import write_generation
from assistant.finding.embedder import Embedder, open_embedder
from assistant.finding.enrich import Aid, read_enrichment
from assistant.finding.finder import READ_WITHIN, Finder
from assistant.finding.generations import Generation, Manifest
from assistant.finding.likelihood import FEATURES, features
from assistant.finding.question_reader import QuestionReader
from assistant.finding.support import AGAINST, FOR, READ, SIGNALS, is_sure, support
from assistant.finding.tools import SearchTools, read_language
from assistant.finding.unanswered import UnansweredQuestion, read_unanswered
from assistant.measuring.cases import Case, GoldFinder, read_cases
from assistant.reading.documents import read_document
from assistant.reading.sources import read_sources
from assistant.settings import SHIPPED, Settings, load_settings, read_weights
from assistant.types import Document, Hit

#: How much of a gold quote a sentence must hold to be an answer.
_COVERED = 0.5
#: The penalties of the two models.
_RIDGE, _SUPPORT_RIDGE = 0.002, 0.005
#: The signals that say something about passages without search questions.
_PLAIN_SIGNALS = ("coverage", "unknown", "names", "agreement")
#: The share of the answered questions that each model may refuse; its bias is moved so that 0.5 is that limit.
_FALSE_REFUSALS = {"support": 0.0075, "read_support": 0.0075, "plain_support": 0.05}
#: The share of the answered questions that are refused or answered with a reservation.
_DOUBTED = 0.035
_LIMITS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put to an index: its hits before their sentences were judged, and the signals of its search.

    `right` tells by hit number, start and end whether a sentence answers it.
    """

    text: str
    hits: tuple[Hit, ...]
    signals: Mapping[str, float]
    answerable: bool
    weight: float
    right: Callable[[int, int, int], bool] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One question: its units' features, shape (units, features), and which of them answer."""

    values: Floats
    right: NDArray[np.bool_]
    weight: float


def ask(finder: Finder, cases: Sequence[Case]) -> Iterator[Asked]:
    """The questions of a set, which weigh 1 together."""
    gold = GoldFinder(finder.documents)
    for case in cases:
        spans = [span for found in gold.gold(case) for span in found]
        alone = standalone(case.question, case.history, finder.tools.language.lexicon)
        hits = finder.with_clues(alone.question, alone.carried)
        found = finder.find(alone.question, carried=alone.carried)
        signals = {**found.signals, READ: finder.reading(alone.question, found.items)}

        def is_right(hit: int, start: int, end: int, hits: tuple[Hit, ...] = hits, spans: list = spans) -> bool:  # type: ignore[type-arg]
            passage = hits[hit].passage
            place = passage.source_id, passage.start + start, passage.start + end
            return any(span.overlap(*place) >= _COVERED for span in spans)

        yield Asked(
            case.question, hits, signals, case.answerable, 1 / len(cases), is_right if case.answerable else None
        )


def choice(asked: Asked) -> Choice | None:
    """The choice that the question poses; None when no unit or every one of them is right."""
    if asked.right is None:
        return None
    clues = [(number, clue) for number, hit in enumerate(asked.hits) for clue in hit.sentences]
    right = np.array([asked.right(number, clue.start, clue.end) for number, clue in clues], dtype=np.bool_)
    if not right.any() or right.all():
        return None
    return Choice(features(asked.text, asked.hits), right, asked.weight)


def fit_choices(found: Sequence[Choice]) -> dict[str, float]:
    """The coefficients that make the right units likeliest, by name."""
    spread = np.concatenate([one.values for one in found]).std(axis=0) + 1e-9
    scaled = [(one.values / spread, one.right, one.weight) for one in found]
    total = sum(one.weight for one in found)

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros_like(coefficients)
        for values, right, weight in scaled:
            logits = values @ coefficients
            chances = np.exp(logits - logits.max())
            chances /= chances.sum()
            held = chances * right
            mass = held.sum() + 1e-12
            value -= weight * np.log(mass)
            gradient -= weight * ((held / mass - chances) @ values)
        penalty = _RIDGE * coefficients
        return value / total + float(penalty @ coefficients), gradient / total + 2 * penalty

    best = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return {name: round(float(value), 3) for name, value in zip(FEATURES, best / spread, strict=True)}


def accuracy(found: Sequence[Choice], coefficients: Mapping[str, float]) -> float:
    """The share of the questions whose likeliest unit is a right one."""
    row = np.array([coefficients[name] for name in FEATURES])
    return float(np.mean([one.right[np.argmax(one.values @ row)] for one in found]))


def of_right(found: Sequence[Choice], coefficients: Mapping[str, float]) -> float:
    """The mean logit of the likeliest right unit: two models' logits meet where theirs are alike."""
    row = np.array([coefficients[name] for name in FEATURES])
    return float(np.average([(one.values @ row)[one.right].max() for one in found], weights=[c.weight for c in found]))


def fit_support(
    asked: Sequence[Asked], names: Sequence[str], false_refusals: float
) -> tuple[dict[str, float], list[str]]:
    """The coefficients of these signals, and what refusing below several limits does.

    The questions that are answered count as much, all together, as those that are not; then the bias is moved so that
    0.5 refuses the share `false_refusals` of the answered ones. No signal may speak the other way than it means.
    """
    values = np.array([[one.signals.get(name, 0.0) for name in names] for one in asked])
    wanted = np.array([one.answerable for one in asked])
    own = np.array([one.weight for one in asked])
    weight = own / np.where(wanted, own[wanted].sum(), own[~wanted].sum())
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    rows = np.column_stack([np.ones(len(values)), (values - mean) / spread])

    def loss(coefficients: Floats) -> tuple[float, Floats]:
        logits = rows @ coefficients
        value = weight @ np.logaddexp(0.0, np.where(wanted, -logits, logits)) / weight.sum()
        gradient = rows.T @ (weight * (1 / (1 + np.exp(-logits)) - wanted)) / weight.sum()
        penalty = _SUPPORT_RIDGE * np.r_[0.0, coefficients[1:]]
        return float(value + penalty @ coefficients / 2), gradient + penalty

    ways = [(0.0 if name in FOR else None, 0.0 if name in AGAINST else None) for name in names]
    bounds = [(None, None), *ways]
    best = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    slopes = best[1:] / spread
    table = dict(zip(("bias", *names), (best[0] - slopes @ mean, *slopes), strict=True))
    logits = rows @ best
    limit = float(np.quantile(logits[wanted], false_refusals, weights=own[wanted], method="inverted_cdf"))
    table["bias"] -= limit
    chance = 1 / (1 + np.exp(limit - logits))
    curve = [
        f"limit {limit:.2f}: right refusals {_share(chance[~wanted] < limit, own[~wanted])}, "
        f"false refusals {_share(chance[wanted] < limit, own[wanted])}"
        for limit in _LIMITS
    ]
    return {name: round(float(value), 3) for name, value in table.items()}, curve


def doubt_limit(asked: Sequence[Asked], tables: Mapping[str, Mapping[str, float]]) -> tuple[float, str]:
    """The probability below which the share `_DOUBTED` of the answered questions fall, and what that limit does."""
    chance = np.array([_chance(one.signals, tables) for one in asked])
    wanted, own = np.array([one.answerable for one in asked]), np.array([one.weight for one in asked])
    limit = round(float(np.quantile(chance[wanted], _DOUBTED, weights=own[wanted], method="inverted_cdf")), 3)
    doubted = _share(chance[~wanted] < limit, own[~wanted])
    return limit, f"doubtful below {limit:.3f}: of those without an answer {doubted}, of the others {_DOUBTED:.3f}"


def _chance(signals: Mapping[str, float], tables: Mapping[str, Mapping[str, float]]) -> float:
    """As `Finder` finds it."""
    unread = support(signals, tables["support"])
    return unread if is_sure(unread, READ_WITHIN) else support(signals, tables["read_support"])


def _share(refused: NDArray[np.bool_], weights: Floats) -> str:
    return f"{np.average(refused, weights=weights):.2f}" if len(refused) else "-"


@contextmanager
def opened(
    settings: Settings,
    embedder: Embedder,
    documents: Sequence[Document],
    aids: Sequence[Aid],
    unanswered: Sequence[UnansweredQuestion],
) -> Iterator[Finder]:
    """A finder over an index of its own, gone afterwards."""
    language = read_language(settings)
    manifest = Manifest("", embedder.name, embedder.fingerprint, 0, {})
    with tempfile.TemporaryDirectory(prefix="kd-tune-") as name:
        folder = Path(name)
        write_generation(folder, documents, embedder, language.lexicon, aids, unanswered=unanswered)
        reader = QuestionReader(settings.questions_file, lambda: open_embedder(SHIPPED, settings), language.lexicon)
        tools = SearchTools(language, embedder, settings.weights, reader=reader)
        finder = Finder(Generation("tuning", folder, manifest), tools)
        yield finder
        finder.close()


def with_tables(text: str, tables: Mapping[str, Mapping[str, float]], doubtful_below: float) -> str:
    """The text of the weights' file with these tables and this limit in the place of its own."""
    text, count = re.subn(r"^doubtful_below = .*$", f"doubtful_below = {doubtful_below:g}", text, flags=re.MULTILINE)
    if not count:
        raise SystemExit("doubtful_below saknas i filen med vikter.")
    for name, table in tables.items():
        rows = "\n".join(f"{key} = {value:g}" for key, value in table.items())
        text, count = re.subn(rf"\[{name}\]\n(?:\w+ = .*\n)*", f"[{name}]\n{rows}\n", text)
        if not count:
            raise SystemExit(f"[{name}] saknas i filen med vikter.")
    return text


def main() -> None:
    index = Path(__file__).parent
    parser = argparse.ArgumentParser(description="Fit what decides about an answer.")
    shipped = [Path("evals/sets/dev.jsonl"), index / "tuning_questions.jsonl"]
    parser.add_argument("--set", type=Path, nargs="+", default=shipped)
    parser.add_argument("--out", type=Path, default=index / "weights.toml")
    options = parser.parse_args()
    settings = load_settings()
    embedder = open_embedder(SHIPPED, settings)
    sources = [source for source in read_sources(settings) if source.origin == "corpus"]
    documents = [read_document(source, settings.passage_words) for source in sources]
    aids = read_enrichment((settings.corpus_dir,), documents).aids
    sets = [read_cases(file) for file in options.set]
    with opened(settings, embedder, documents, aids, read_unanswered(settings.corpus_dir)) as finder:
        asked = [one for cases in sets for one in ask(finder, cases)]
    with opened(settings, embedder, documents, (), ()) as finder:
        plain = [one for cases in sets for one in ask(finder, cases)]
    tables: dict[str, dict[str, float]] = {}
    worth: dict[str, float] = {}
    for name, questions in (("sentences", asked), ("plain_sentences", plain)):
        found = [one for one in (choice(each) for each in questions) if one]
        tables[name] = fit_choices(found)
        sys.stderr.write(f"{name}: {len(found)} questions, {accuracy(found, tables[name]):.3f} right first\n")
        worth[name] = of_right(found, tables[name])
    tables["plain_sentences"]["bias"] = round(worth["sentences"] - worth["plain_sentences"], 3)
    for name, questions, names in (
        ("support", asked, SIGNALS),
        ("read_support", asked, (*SIGNALS, READ)),
        ("plain_support", plain, _PLAIN_SIGNALS),
    ):
        tables[name], curve = fit_support(questions, names, _FALSE_REFUSALS[name])
        sys.stderr.write("\n".join((name, *curve)) + "\n")
    limit, told = doubt_limit(asked, tables)
    sys.stderr.write(f"{told}\n")
    options.out.write_text(with_tables(options.out.read_text(encoding="utf-8"), tables, limit), encoding="utf-8")
    read_weights(options.out)


if __name__ == "__main__":
    main()
