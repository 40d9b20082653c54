"""Measures what each step of search adds, and what is lost without each part, and prints two tables in Markdown.

    python index/ablate_search.py [--benchmarks ../shared/benchmarks] [--most 0]

The first table begins with BM25 as it comes from a library and adds a step at a time; the second takes one part at a
time away from the whole. Each row is measured on the questions of `evals/sets`, over the sources that are shipped, and
on open benchmarks, over their own passages. Nothing is chosen here and only totals are printed, so that a set that
must not be looked at stays a test. Every index is built anew in a temporary folder; the weights are the shipped ones.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from assistant.answering.followup import standalone
from assistant.finding.builder import write_generation
from assistant.finding.compounds import Splitter
from assistant.finding.embedder import open_embedder
from assistant.finding.enrich import Aid, read_enrichment
from assistant.finding.finder import Finder
from assistant.finding.fuse import Scores, convex_combination
from assistant.finding.generations import Generation, Manifest
from assistant.finding.legs import LEGS
from assistant.finding.lexical import LexicalIndex, lexical_text
from assistant.finding.lexicon import Lexicon, read_lexicon
from assistant.finding.query import QueryAnalyser
from assistant.finding.spelling import Speller
from assistant.finding.terms_file import indexed_terms
from assistant.finding.tools import SearchTools, read_language
from assistant.measuring.benchmark import read_benchmark
from assistant.measuring.cases import Case, GoldFinder, read_cases
from assistant.measuring.metrics import ndcg
from assistant.measuring.rankers import plain_bm25
from assistant.measuring.statistics import Interval, bootstrap_mean, paired_difference
from assistant.reading.documents import read_document
from assistant.reading.sources import read_sources
from assistant.settings import SHIPPED, Settings, load_settings
from assistant.types import Document, Passage, Source

_SETS = Path("evals/sets")
#: The benchmarks' columns by their files.
_BENCHMARKS = {"SQuAD": "squad-sv-open.json", "SweFAQ": "swefaq-open.json"}
#: How many passages every search returns, best first.
_TOP = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A stand-alone question of a set, and for each gold quote the ids of the passages that hold it.

    `any_gold` says that one of the quotes is enough.
    """

    set: str
    kind: str
    text: str
    carried: str
    gold: tuple[frozenset[str], ...]
    any_gold: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question got: 0 or 1 for the first passage and the first five; nDCG@10."""

    set: str
    kind: str
    first: float
    five: float
    ndcg: float


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents to search, their aids, and the questions put to them. `ours` has aids and sources with names."""

    name: str
    documents: tuple[Document, ...]
    aids: tuple[Aid, ...]
    questions: tuple[Question, ...]
    ours: bool

    @property
    def passages(self) -> list[tuple[Passage, Source]]:
        return [(passage, document.source) for document in self.documents for passage in document.passages]


#: Gives the ids of the best passages for a question, best first.
Search = Callable[[Question], Sequence[str]]


class _Uncut(Splitter):
    """Takes every word for a simple one."""

    def parts(self, word: str) -> tuple[str, ...]:
        return ()


class Bench:
    """A collection and the searches over it, with any part left out. `uncut` is the lexicon without compounds."""

    def __init__(self, collection: Collection, tools: SearchTools, uncut: Lexicon, folder: Path) -> None:
        self._collection = collection
        self._tools = tools
        self._uncut = uncut
        self._folder = folder
        self._ids = [passage.id for passage, _ in collection.passages]
        self._generations: dict[str, Generation] = {}
        self._open = ExitStack()

    def close(self) -> None:
        self._open.close()

    def plain(self, stemmed: bool) -> Search:
        """BM25 from a library as it comes."""
        rank = plain_bm25([lexical_text(*pair) for pair in self._collection.passages], stemmed)
        return lambda asked: [self._ids[place] for place in rank(f"{asked.text} {asked.carried}".strip(), _TOP)]

    def words(self, parts: bool = False, synonyms: bool = False, spelling: bool = False) -> Search:
        """Our words alone, without aids."""
        matches, language = self._tools.weights.matches, self._tools.language
        lexicon = language.lexicon if parts else self._uncut
        counts: Counter[str] = Counter()
        index = LexicalIndex.build(
            [indexed_terms(lexical_text(*pair), lexicon, counts) for pair in self._collection.passages]
        )
        speller = partial(Speller, counts if spelling else {}, lexicon.knows, lexicon.normal_form)
        weights = replace(matches, synonym=matches.synonym if synonyms else 0.0)
        analyser = QueryAnalyser(lexicon, language.thesaurus, speller, index.__contains__, weights)
        return lambda asked: self._best(index.scores(analyser.concepts(asked.text, asked.carried)))

    def joined(self, legs: Sequence[str] = LEGS, aids: str = "all") -> Search:
        """Legs joined by their shipped weights; a question that asks two things is taken as one."""
        weights = self._tools.weights.plain_legs if aids == "none" else self._tools.weights.legs
        finder = self._finder(self._tools, self._generation(aids))

        def search(asked: Question) -> list[str]:
            scores = finder.leg_scores(asked.text, asked.carried)
            return self._best(convex_combination({name: (weights[name], scores[name]) for name in legs}))

        return search

    def whole(
        self,
        legs_off: Sequence[str] = (),
        synonyms: bool = True,
        parts: bool = True,
        aids: str = "all",
        spell: bool = True,
    ) -> Search:
        """Search as it is shipped, with what is named left out. `aids` are "all", "sentences" (no lists) or "none"."""
        weights = self._tools.weights
        matches = replace(weights.matches, synonym=weights.matches.synonym if synonyms else 0.0)
        legs, plain = (
            {name: 0.0 if name in legs_off else weight for name, weight in of.items()}
            for of in (weights.legs, weights.plain_legs)
        )
        language = self._tools.language if parts else replace(self._tools.language, lexicon=self._uncut)
        weights = replace(weights, legs=legs, plain_legs=plain, matches=matches)
        tools = replace(self._tools, language=language, weights=weights)
        finder = self._finder(tools, self._generation(aids, parts, spell))
        return lambda asked: [hit.passage.id for hit in finder.find(asked.text, _TOP, carried=asked.carried).items]

    def _best(self, scores: Scores) -> list[str]:
        order = np.argsort(-scores, kind="stable")[:_TOP]
        return [self._ids[place] for place in order if scores[place] > 0]

    def _finder(self, tools: SearchTools, generation: Generation) -> Finder:
        return self._open.enter_context(closing(Finder(generation, tools)))

    def _generation(self, aids: str, parts: bool = True, spelling: bool = True) -> Generation:
        """The index with these aids, built when it is first asked for."""
        name = f"{aids}-{parts}-{spelling}"
        if name not in self._generations:
            folder = self._folder / name
            folder.mkdir()
            embedder, lexicon = self._tools.embedder, self._tools.language.lexicon if parts else self._uncut
            write_generation(folder, self._collection.documents, embedder, lexicon, self._aids(aids))
            if not spelling:
                _forget_spellings(folder / "terms.json")
            manifest = Manifest(name, embedder.name, embedder.fingerprint, len(self._ids), {})
            self._generations[name] = Generation(name, folder, manifest)
        return self._generations[name]

    def _aids(self, which: str) -> list[Aid]:
        return [aid for aid in self._collection.aids if which == "all" or (which == "sentences" and not aid.words_only)]


def _forget_spellings(file: Path) -> None:
    """Without the words as they are written there is nothing to mend a question's words to."""
    terms = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(terms | {"words": {}}), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: what it is called and the search that it measures.

    `benchmarks` is False where the benchmarks, which have neither aids nor names of sources, could tell nothing.
    """

    label: str
    search: Callable[[Bench], Search]
    benchmarks: bool = True


_WHOLE = Row("Hela sökningen", lambda bench: bench.whole())
_STEPS = (
    Row("1. BM25 på orden som de står", lambda bench: bench.plain(stemmed=False)),
    Row("2. Ordstammar med Snowball", lambda bench: bench.plain(stemmed=True)),
    Row("3. Vår ordanalys i stället, utan led", lambda bench: bench.words()),
    Row("4. + sammansättningarnas led", lambda bench: bench.words(parts=True)),
    Row("5. + synonymordlistan", lambda bench: bench.words(parts=True, synonyms=True)),
    Row("6. + rättade stavfel", lambda bench: bench.words(parts=True, synonyms=True, spelling=True)),
    Row("7. + vektorer, utan sökhjälp", lambda bench: bench.joined(("words", "vector", "nearest"), aids="none")),
    Row("8. Orden (steg 6) med sökhjälp, utan vektorer", lambda bench: bench.joined(("words",)), benchmarks=False),
    replace(_WHOLE, label="9. Allt: + källans namn och dubbla frågor"),
)
_WITHOUT = (
    _WHOLE,
    Row("utan synonymordlista", lambda bench: bench.whole(synonyms=False)),
    Row("utan sammansättningarnas led", lambda bench: bench.whole(parts=False)),
    Row("utan rättade stavfel", lambda bench: bench.whole(spell=False)),
    Row("utan orden (delen words)", lambda bench: bench.whole(("words",))),
    Row("utan styckets vektor (delen vector)", lambda bench: bench.whole(("vector",))),
    Row("utan närmaste mening (delen nearest)", lambda bench: bench.whole(("nearest",))),
    Row("utan båda vektordelarna", lambda bench: bench.whole(("vector", "nearest"))),
    Row("utan källans namn (delen source)", lambda bench: bench.whole(("source",)), benchmarks=False),
    Row("utan delning av dubbla frågor", lambda bench: bench.joined()),
    Row("utan sökhjälp", lambda bench: bench.whole(aids="none"), benchmarks=False),
    Row("utan sökhjälpens ordlistor (words)", lambda bench: bench.whole(aids="sentences"), benchmarks=False),
)


def read_ours(settings: Settings, lexicon: Lexicon) -> Collection:
    """The sources that are shipped, with the questions of both sets that they answer."""
    documents = tuple(read_document(source, settings.passage_words) for source in read_sources(settings))
    aids = read_enrichment((settings.corpus_dir,), documents).aids
    gold = GoldFinder({document.source.id: document for document in documents})
    passages = [passage for document in documents for passage in document.passages]
    questions = [
        _question(name, case, gold, passages, lexicon)
        for name in ("dev", "test")
        for case in read_cases(_SETS / f"{name}.jsonl")
        if case.answerable
    ]
    return Collection("evals", documents, aids, tuple(q for q in questions if q.gold), ours=True)


def _question(name: str, case: Case, gold: GoldFinder, passages: Sequence[Passage], lexicon: Lexicon) -> Question:
    alone = standalone(case.question, case.history, lexicon)
    held = tuple(
        frozenset(passage.id for passage in passages if any(span.in_passage(passage) for span in spans))
        for spans in gold.gold(case)
        if spans
    )
    return Question(name, case.kind, alone.question, alone.carried, held, case.gold_mode == "any")


def read_open(name: str, path: Path, most: int) -> Collection:
    """A benchmark's passages as one nameless source; at most `most` of its questions, evenly spread (0: all)."""
    benchmark = read_benchmark(path)
    source = Source("provsamling", "", "eget", path, "")
    passages = tuple(
        Passage(str(number), source.id, (), row.text, 0, len(row.text)) for number, row in enumerate(benchmark.passages)
    )
    places = {row.id: str(number) for number, row in enumerate(benchmark.passages)}
    questions = [
        Question(name, "", row.question, "", (frozenset({places[row.passage]}),))
        for row in benchmark.questions
        if row.answerable and row.passage in places
    ]
    count = min(most or len(questions), len(questions))
    chosen = tuple(questions[place * len(questions) // count] for place in range(count))
    return Collection(name, (Document(source, "", (), passages),), (), chosen, ours=False)


def outcome(question: Question, found: Sequence[str]) -> Outcome:
    """As `metrics.retrieval_scores` counts: with `any_gold` one quote is enough, otherwise all must be found."""
    ranks = [next((rank for rank, key in enumerate(found, 1) if key in ids), math.inf) for ids in question.gold]
    ranks = [min(ranks)] if question.any_gold else ranks
    return Outcome(question.set, question.kind, float(min(ranks) <= 1), float(max(ranks) <= 5), ndcg(ranks, _TOP))


#: The outcomes of every search, in the order of the questions; two rows may show the same search.
Results = dict[Callable[[Bench], Search], list[Outcome]]


def measure(collections: Sequence[Collection], tools: SearchTools, uncut: Lexicon, rows: Sequence[Row]) -> Results:
    results: Results = {row.search: [] for row in rows}
    for collection in collections:
        with tempfile.TemporaryDirectory(prefix="kd-ablate-") as folder:
            bench = Bench(collection, tools, uncut, Path(folder))
            with closing(bench):
                for row in {row.search: row for row in rows}.values():
                    if collection.ours or row.benchmarks:
                        results[row.search] += _measured(row, bench, collection)
    return results


def _measured(row: Row, bench: Bench, collection: Collection) -> list[Outcome]:
    started = time.monotonic()
    search = row.search(bench)
    outcomes = [outcome(question, search(question)) for question in collection.questions]
    sys.stderr.write(f"{collection.name}: {row.label} ({time.monotonic() - started:.1f} s)\n")
    return outcomes


@dataclass(frozen=True, slots=True)
class Column:
    """A figure over one set, or over its questions of one kind; `interval` adds its 95 per cent interval."""

    heading: str
    set: str
    figure: str
    kind: str = ""
    interval: bool = False

    def values(self, outcomes: Sequence[Outcome]) -> list[float]:
        mine = [one for one in outcomes if one.set == self.set and self.kind in ("", one.kind)]
        return [float(getattr(one, self.figure)) for one in mine]

    def cell(self, outcomes: Sequence[Outcome]) -> str:
        return _cell(bootstrap_mean(self.values(outcomes)), self.interval)


_TEST_FIVE = Column("test hit@5 (95 %)", "test", "five", interval=True)
_COLUMNS = (
    Column("dev hit@1", "dev", "first"),
    Column("dev hit@5", "dev", "five"),
    Column("dev omskrivna hit@5", "dev", "five", "paraphrase"),
    Column("test hit@1", "test", "first"),
    _TEST_FIVE,
    Column("test omskrivna hit@5", "test", "five", "paraphrase"),
    Column("SQuAD nDCG@10", "SQuAD", "ndcg"),
    Column("SweFAQ hit@5", "SweFAQ", "five"),
    Column("SweFAQ nDCG@10", "SweFAQ", "ndcg"),
)


def _cell(figure: Interval | None, interval: bool, sign: str = "") -> str:
    if figure is None:
        return "–"
    bounds = f" ({figure.low:{sign}.3f} till {figure.high:{sign}.3f})" if interval else ""
    return f"{figure.mean:{sign}.3f}{bounds}".replace(".", ",").replace("-", "−")


def table(results: Results, first: str, rows: Sequence[Row], compared: bool = False) -> Iterator[str]:
    """The lines of a table; `compared` adds how far each row lies from the first one on the same test questions."""
    headings = [first, *(column.heading for column in _COLUMNS), *(["skillnad, test hit@5"] if compared else [])]
    yield _line(headings)
    yield _line(["---", *("---:" for _ in headings[1:])])
    whole = _TEST_FIVE.values(results[rows[0].search])
    for row in rows:
        cells = [row.label, *(column.cell(results[row.search]) for column in _COLUMNS)]
        if compared:
            lost = paired_difference(whole, _TEST_FIVE.values(results[row.search]))
            cells.append("" if row is rows[0] else _cell(lost, interval=True, sign="+"))
        yield _line(cells)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def report(results: Results, sizes: Mapping[str, int]) -> Iterator[str]:
    """Both tables, with what is needed to read them."""
    yield "## Vad varje steg i sökningen ger"
    yield ""
    yield from table(results, "steg", _STEPS)
    yield ""
    yield "## Vad som går förlorat utan en del"
    yield ""
    yield from table(results, "sökning", _WITHOUT, compared=True)
    yield ""
    counted = ", ".join(f"{name} {count}" for name, count in sizes.items())
    yield f"Antal frågor som har svar: {counted}. Intervallen är 95 % (bootstrap över frågorna); skillnaden är parvis."
    yield "Vikterna är de medföljande i varje rad och har inte valts om när en del är borta."
    yield "Streck: provsamlingarna har varken sökhjälp eller källor med namn, så där kan raden inte skilja sig."


def measure_all(benchmarks: Path, most: int) -> str:
    with tempfile.TemporaryDirectory(prefix="kd-ablate-") as empty:
        settings = replace(load_settings(), own_dir=Path(empty) / "own", fetched_dir=Path(empty) / "fetched")
        language = read_language(settings)
        tools = SearchTools(language, open_embedder(settings.embedding or SHIPPED, settings), settings.weights)
        files = {name: benchmarks / file for name, file in _BENCHMARKS.items()}
        collections = [
            read_ours(settings, language.lexicon),
            *(read_open(name, path, most) for name, path in files.items() if path.is_file()),
        ]
    results = measure(collections, tools, read_uncut(settings), (*_STEPS, *_WITHOUT))
    sizes = Counter(question.set for collection in collections for question in collection.questions)
    return "\n".join(report(results, sizes)) + "\n"


def read_uncut(settings: Settings) -> Lexicon:
    """A lexicon that cuts no compounds; read anew, since a lexicon remembers the words that it has seen."""
    lexicon = read_lexicon(settings.lexicon_file)
    cutter = lexicon.splitter
    return replace(lexicon, splitter=_Uncut(cutter.first_parts, cutter.last_parts, cutter.whole, cutter.normal_form))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what each step of search adds.")
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/benchmarks"))
    parser.add_argument("--most", type=int, default=0, help="questions of each benchmark, 0 for all")
    options = parser.parse_args()
    started = time.monotonic()
    sys.stdout.write(measure_all(options.benchmarks, options.most))
    sys.stderr.write(f"{time.monotonic() - started:.0f} s\n")


if __name__ == "__main__":
    main()
