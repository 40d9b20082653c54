"""Chooses the weights of search on the set that may be looked at, and writes them to `index/weights.toml`.

    python index/tune_search.py [--set FILE] [--half HALF] [--benchmarks FOLDER] [--out index/weights.toml]

Two steps, both without chance: for every setting of the match weights the legs' scores are computed once; the legs'
weights are moved along a grid, and the best mean of hit@5, hit@1 and reciprocal rank wins (Bruch, Gai & Ingber 2023
show that a convex combination needs few questions to be tuned). The curves are kept as comments in the file; what
`index/tune_answers.py` fits there is left as it is.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.followup import standalone
from assistant.finding.builder import build_index, embedding_name, write_generation
from assistant.finding.embedder import open_embedder
from assistant.finding.enrich import Aid, halves, read_enrichment
from assistant.finding.finder import Finder
from assistant.finding.generations import Generation, Manifest
from assistant.finding.legs import LEGS
from assistant.finding.tools import SearchTools, read_language
from assistant.measuring.benchmark import Benchmark, as_document, read_benchmark
from assistant.measuring.cases import Case, GoldFinder, read_cases
from assistant.reading.documents import read_document
from assistant.reading.sources import read_sources
from assistant.settings import MatchWeights, SearchWeights, Settings, load_settings, read_weights
from assistant.types import Document

_PARTS = (0.0, 0.3, 0.5, 0.7)
_SYNONYMS = (0.0, 0.3, 0.6, 0.9)
_CARRIED = (0.3, 0.5, 0.8)
_SOURCE = (0.0, 0.04, 0.08, 0.12)
_STEP = 0.05
#: Weight of hit@5, hit@1 and reciprocal rank in what is made as large as possible.
_OBJECTIVE = (0.5, 0.25, 0.25)
#: So little worse than the best still counts as the best; and so many questions of a benchmark are asked.
_PLATEAU, _MOST_ASKED = 0.002, 500
#: So many search questions are asked of an index without them.
_MOST_PROBES = 1500
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """One question: each leg's scores, shape (legs, passages), and the places of the passages that hold each gold."""

    case: Case
    legs: NDArray[np.float32]
    gold: tuple[tuple[int, ...], ...]


def score_cases(finder: Finder, cases: Sequence[Case]) -> list[Scored]:
    gold = GoldFinder(finder.documents)
    scored = []
    for case in cases:
        places = tuple(
            tuple(i for i, passage in enumerate(finder.passages) if any(span.in_passage(passage) for span in spans))
            for spans in gold.gold(case)
        )
        alone = standalone(case.question, case.history, finder.tools.language.lexicon)
        legs = finder.leg_scores(alone.question, alone.carried)
        scored.append(Scored(case, np.stack([legs[name] for name in LEGS]), places))
    return scored


def ranks(one: Scored, weights: Floats) -> list[int]:
    """The rank, from 1, of the best passage for each gold quote; one rank when any of them will do."""
    joined = weights @ one.legs
    order = np.argsort(-joined, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(1, len(order) + 1)
    found = [min((int(place[index]) for index in places), default=len(order)) for places in one.gold]
    return [min(found)] if one.case.gold_mode == "any" else found


def figures(scored: Sequence[Scored], weights: Floats) -> Floats:
    """hit@5, hit@1 and mean reciprocal rank."""
    rows = [ranks(one, weights) for one in scored]
    found = np.array([[max(row) <= 5, min(row) <= 1, 1 / min(row)] for row in rows], dtype=np.float64)
    return np.asarray(found.mean(axis=0))


def objective(scored: Sequence[Scored], weights: Floats) -> float:
    return float(np.dot(_OBJECTIVE, figures(scored, weights)))


def grid() -> Iterator[Floats]:
    """Weights of words, vector and nearest that sum to 1, each with every weight of the source beside them."""
    steps = round(1 / _STEP)
    for words in range(steps // 4, steps):
        for vector in range(steps - words + 1):
            for source in _SOURCE:
                yield np.array([words * _STEP, vector * _STEP, (steps - words - vector) * _STEP, source])


def choose_legs(scored: Sequence[Scored]) -> tuple[Floats, float]:
    """The weights in the middle of the best plateau: the mean of those within half a question of the best."""
    results = [(weights, objective(scored, weights)) for weights in grid()]
    centre = middle(results, 0.5 / len(scored))
    return centre, objective(scored, centre)


def middle(results: Sequence[tuple[Floats, float]], slack: float) -> Floats:
    """The mean of the weights that come within `slack` of the best value."""
    best = max(value for _, value in results)
    near = np.array([weights for weights, value in results if value >= best - slack], dtype=np.float64)
    return np.asarray(near.mean(axis=0).round(2))


def choose_matches(
    settings: Settings, generation: Generation, cases: Sequence[Case]
) -> tuple[SearchWeights, list[str]]:
    """The best match and leg weights, and the curve of the match weights.

    Of those that lose less than a question to the best, the ones that let most words count are taken: other people use
    other words than the set.
    """
    language, embedder = read_language(settings), open_embedder(generation.manifest.embedding, settings)
    tried, curve = [], []
    for part, synonym, carried in itertools.product(_PARTS, _SYNONYMS, _CARRIED):
        weights = replace(settings.weights, matches=MatchWeights(part, synonym, carried))
        finder = Finder(generation, SearchTools(language, embedder, weights))
        legs, value = choose_legs(score_cases(finder, cases))
        finder.close()
        curve.append(f"part {part} synonym {synonym} carried {carried}: {value:.4f}")
        sys.stderr.write(f"{curve[-1]} {legs}\n")
        tried.append((replace(weights, legs=dict(zip(LEGS, map(float, legs), strict=True))), value))
    least = max(value for _, value in tried) - 1 / len(cases)
    near = [
        (weights.matches.part + weights.matches.synonym, value, weights) for weights, value in tried if value >= least
    ]
    return max(near, key=lambda one: one[:2])[2], curve


def choose_by_both(settings: Settings, weights: SearchWeights, dev: Sequence[Scored], half: Path) -> SearchWeights:
    """The leg weights that do best on the set and on search questions left out of an index, each counting as much.

    The index is searched with the model that was not fitted to them either; there are ten times as many as in the set.
    """
    tools = SearchTools(read_language(settings), open_embedder(str(half), settings), weights)
    sources = [source for source in read_sources(settings) if source.origin == "corpus"]
    documents = [read_document(source, settings.passage_words) for source in sources]
    kept, left = halves(read_enrichment((settings.corpus_dir,), documents).aids)
    probes = left[:: max(1, len(left) // _MOST_PROBES)]

    def score(finder: Finder) -> list[Scored]:
        places = {passage.id: number for number, passage in enumerate(finder.passages)}
        return [_scored(finder, aid.text, places[aid.passage_id]) for aid in probes]

    sets = [dev, _scores(documents, tools, score, kept)]
    results = [(legs, float(np.mean([objective(scored, legs) for scored in sets]))) for legs in grid()]
    chosen = middle(results, _PLATEAU)
    sys.stderr.write(f"by the set and {len(probes)} search questions: {chosen}\n")
    return replace(weights, legs=dict(zip(LEGS, map(float, chosen), strict=True)))


def _scored(finder: Finder, question: str, place: int) -> Scored:
    """A question that one passage answers."""
    legs = finder.leg_scores(question)
    return Scored(Case("", "direct", "", question, True), np.stack([legs[name] for name in LEGS]), ((place,),))


def choose_plain(settings: Settings, weights: SearchWeights, benchmarks: Path) -> SearchWeights:
    """The leg weights for passages without enrichment.

    Chosen on the open benchmarks by mean reciprocal rank, each counting as much: the model has been fitted to the
    shipped corpus, so that questions about that would say too much for the vectors.
    """
    tools = SearchTools(read_language(settings), open_embedder(embedding_name(settings, None), settings), weights)
    sets = [_benchmark_scores(read_benchmark(file), tools) for file in sorted(benchmarks.glob("*-open.json"))]
    results = [(legs, float(np.mean([figures(scored, legs)[2] for scored in sets]))) for legs in grid()]
    chosen = middle(results, _PLATEAU / 2)
    sys.stderr.write(f"without enrichment: {chosen}\n")
    return replace(weights, plain_legs=dict(zip(LEGS, map(float, chosen), strict=True)))


def _scores(
    documents: Sequence[Document],
    tools: SearchTools,
    score: Callable[[Finder], list[Scored]],
    aids: Sequence[Aid] = (),
) -> list[Scored]:
    """What `score` makes of an index of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kd-plain-") as folder:
        write_generation(Path(folder), documents, tools.embedder, tools.language.lexicon, aids)
        manifest = Manifest("", tools.embedder.name, tools.embedder.fingerprint, 0, {})
        finder = Finder(Generation("plain", Path(folder), manifest), tools)
        scored = score(finder)
        finder.close()
    return scored


def _benchmark_scores(benchmark: Benchmark, tools: SearchTools) -> list[Scored]:
    """At most so many questions of a benchmark, evenly spread."""
    places = {row.id: number for number, row in enumerate(benchmark.passages)}
    asked = [question for question in benchmark.questions if question.answerable and question.passage in places]
    asked = asked[:: max(1, len(asked) // _MOST_ASKED)]

    def score(finder: Finder) -> list[Scored]:
        return [_scored(finder, question.question, places[question.passage or ""]) for question in asked]

    return _scores([as_document(benchmark)], tools, score)


def legs_curve(scored: Sequence[Scored], chosen: SearchWeights) -> list[str]:
    """What each leg's weight does when the others share the rest as they do in the chosen weights."""
    middle = np.array([chosen.legs[name] for name in LEGS])
    lines = []
    for index, name in enumerate(LEGS):
        for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            rest = np.delete(middle, index)
            others = rest / rest.sum() * (1 - share) if rest.sum() else rest
            values = figures(scored, np.insert(others, index, share))
            lines.append(f"{name} {share:.1f}: hit@5 {values[0]:.3f} hit@1 {values[1]:.3f} mrr {values[2]:.3f}")
    return lines


def write_weights(out: Path, weights: SearchWeights, curves: dict[str, list[str]]) -> None:
    lines = [
        "# Vikterna i sökningen, valda av index/tune_search.py och index/tune_answers.py. Ändra dem inte för hand.",
        "",
    ]
    matches = {"part": weights.matches.part, "synonym": weights.matches.synonym, "carried": weights.matches.carried}
    for name, table in (
        ("legs", weights.legs),
        ("plain_legs", weights.plain_legs),
        ("matches", matches),
        ("support", weights.support),
        ("plain_support", weights.plain_support),
        ("sentences", weights.sentences),
        ("plain_sentences", weights.plain_sentences),
    ):
        lines += [f"[{name}]", *(f"{key} = {value:g}" for key, value in table.items()), ""]
    for name, curve in curves.items():
        lines += [f"# {name}", *(f"#   {line}" for line in curve), ""]
    out.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Choose the weights of search.")
    parser.add_argument("--set", type=Path, default=Path("evals/sets/dev.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("index/weights.toml"))
    parser.add_argument("--half", type=Path, help="folder of the model that was fitted to half of the search questions")
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    options = parser.parse_args()
    settings = load_settings()
    generation = build_index(settings).generation
    cases = read_cases(options.set)
    answerable = [case for case in cases if case.answerable]
    weights, curve = choose_matches(settings, generation, answerable)
    if options.benchmarks.is_dir():
        weights = choose_plain(settings, weights, options.benchmarks)
    tools = SearchTools(read_language(settings), open_embedder(generation.manifest.embedding, settings), weights)
    finder = Finder(generation, tools)
    scored = score_cases(finder, answerable)
    if options.half:
        weights = choose_by_both(settings, weights, scored, options.half)
    curves = {"Delarna": legs_curve(scored, weights), "Träffar": curve}
    write_weights(options.out, weights, curves)
    read_weights(options.out)
    finder.close()


if __name__ == "__main__":
    main()
