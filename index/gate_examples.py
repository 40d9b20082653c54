"""The sentences that the networks of the gate learn from and are judged on, each with its evidence."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant import paths
from assistant.answering.proving.claims import Reader
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.rewordings import Known, Reworded, plain
from assistant.assistant import Assistant
from assistant.measuring.cases import GoldFinder
from assistant.measuring.gate_set import GateCase, passages_of, read_gate_set

INDEX = Path(__file__).parent
#: One in so many true sentences is also shown with a passage near the right one; one in so many with both.
WRONG, BOTH = 5, 8
#: One in so many sentences of the sources is left out, with all that is written to it.
LEFT_OUT = 15
#: One in so many sentences is learnt from as if no rewordings of its source were known, as in a user's own document.
UNKNOWN = 8
#: What a sentence like those of the gate set weighs more than one of `gate_sentences.jsonl`.
LIKE_THE_SET = 3.0

#: Learnt from, or one of the two kinds that the limits are chosen on: written sentences left out, and those of `dev`.
Part = Literal["learnt", "left out", "dev"]


@dataclass(frozen=True)
class Example:
    """`like_the_set` for sentences made as those of the gate set are.

    `instead_of` is the true sentence that this one is with a few words changed. `written` tells to which row of
    `gate_sentences.jsonl` it was written, and in which round: what one writer writes at one time is too much alike for
    the rest of it to be known. `unknown` hides all rewordings.
    """

    claim: str
    evidence: tuple[Evidence, ...]
    is_true: bool
    change: str = ""
    part: Part = "learnt"
    like_the_set: bool = False
    instead_of: str = ""
    written: tuple[int, int] | None = None
    unknown: bool = False


class Written:
    """All that is written in `gate_sentences.jsonl`, as the gate knows it, and what was written at the same time."""

    def __init__(self, reader: Reader) -> None:
        self.every = tuple(_reworded(reader, row) for row in read_rows())
        self.known = Known.of(self.every)
        self._round = np.concatenate([_rounds(row) for row in read_rows()])
        self._alike: dict[tuple[str, ...], list[int]] = {}
        each = (words for one in self.every for words in (one.own, *one.true, *one.false))
        for number, words in enumerate(each):
            self._alike.setdefault(words, []).append(number)

    def at_the_same_time(self, row: int, round_: int) -> NDArray[np.int64]:
        """The known sentences of a row that were written in one of its rounds."""
        every = np.arange(self.known.rows[row], self.known.rows[row + 1])
        return every[self._round[every] == round_]

    def alike(self, words: tuple[str, ...]) -> NDArray[np.int64]:
        """The known sentences with just these words."""
        return np.array(self._alike.get(words, []), np.int64)


def _reworded(reader: Reader, row: dict[str, Any]) -> Reworded:
    """In the order of the rounds: first those to the sentence itself, then those of each round of pairs."""
    true = [*row["true"], *(true for some in row["pairs"] for true, _, _ in some)]
    false = [*(claim for _, claim in row["false"]), *(altered for some in row["pairs"] for _, _, altered in some)]
    own, *words = (tuple(word.lower for word in reader.read(text).words) for text in (row["quote"], *true, *false))
    return Reworded(plain(row["quote"]), own, tuple(words[: len(true)]), tuple(words[len(true) :]))


def _rounds(row: dict[str, Any]) -> NDArray[np.int64]:
    """The round of each known sentence of a row, -1 for the source's own."""
    pairs = [round_ for round_, some in enumerate(row["pairs"], 1) for _ in some]
    return np.array([-1, *[0] * len(row["true"]), *pairs, *[0] * len(row["false"]), *pairs])


def read_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (INDEX / "gate_sentences.jsonl").read_text(encoding="utf-8").splitlines()]


class Examples:
    """Reads them once, over an open index."""

    def __init__(self, assistant: Assistant, rng: random.Random) -> None:
        self._assistant, self._rng = assistant, rng
        self._documents = {source.id: assistant.document(source.id) for source in assistant.sources}
        self._finder = GoldFinder(self._documents)
        self._rows = read_rows()

    def every(self) -> list[Example]:
        every = (*self._written(), *self._contrasts(), *self._like_the_set())
        learnt = (one.part == "learnt" and self._rng.random() < 1 / UNKNOWN for one in every)
        return [replace(one, unknown=unknown) for one, unknown in zip(every, learnt, strict=True)]

    def _written(self) -> Iterator[Example]:
        """True and altered sentences; some of the true ones with a wrong passage, some with two."""
        rng = self._rng
        for number, row in enumerate(self._rows):
            part: Part = "left out" if number % LEFT_OUT == 0 else "learnt"
            case = GateCase("", "dev", "reworded", True, "", ((row["source"], row["quote"]),))
            own = {passage.id for passage in passages_of(case, self._documents, self._finder)}
            right = self._evidence(case)
            true = [(True, "true", claim) for claim in row["true"]]
            for is_true, change, claim in (*true, *((False, change, claim) for change, claim in row["false"])):
                evidence = (*right, *self._near(claim, own)[:1]) if rng.random() < 1 / BOTH else right
                yield Example(claim, evidence, is_true, change, part, written=(number, 0))
                if is_true and rng.random() < 1 / WRONG and (others := self._near(claim, own)):
                    yield Example(claim, (rng.choice(others),), False, "wrong_passage", part, written=(number, 0))
            if part == "learnt":
                yield from self._reworded(row, right[0])

    def _near(self, claim: str, own: set[str]) -> list[Evidence]:
        """The passages that search finds for a sentence, its own aside."""
        return [Evidence.of_hit(hit) for hit in self._assistant.search(claim, 7).items if hit.passage.id not in own]

    def _reworded(self, row: dict[str, Any], right: Evidence) -> Iterator[Example]:
        """A true and an altered sentence set against a rewording of the source instead of the source."""
        if len(row["true"]) < 3 or not row["false"]:
            return
        whole = self._rng.choice([claim for number, claim in enumerate(row["true"]) if number != 1])
        evidence = (replace(right, text=whole, lead_in=""),)
        yield Example(self._rng.choice([claim for claim in row["true"] if claim != whole]), evidence, True)
        yield Example(self._rng.choice(row["false"])[1], evidence, False)

    def _contrasts(self) -> Iterator[Example]:
        """Pairs of a true sentence and the same one with a few words changed (contrast sets, Gardner et al. 2020)."""
        for number, row in enumerate(self._rows):
            if number % LEFT_OUT:
                case = GateCase("", "dev", "reworded", True, "", ((row["source"], row["quote"]),))
                own = {passage.id for passage in passages_of(case, self._documents, self._finder)}
                right = self._evidence(case)
                rounds = ((round_, pair) for round_, some in enumerate(row["pairs"], 1) for pair in some)
                for round_, (true, change, altered) in rounds:
                    here = number, round_
                    yield Example(true, right, True, "true", written=here)
                    yield Example(altered, right, False, change, instead_of=true, written=here)
                    if self._rng.random() < 1 / WRONG and (others := self._near(true, own)):
                        yield Example(true, (self._rng.choice(others),), False, "wrong_passage", written=here)

    def _like_the_set(self) -> Iterator[Example]:
        """`gate_train.jsonl`, and the half `dev` of the set, which no network learns from."""
        for case in read_gate_set(INDEX / "gate_train.jsonl"):
            yield Example(case.sentence, self._evidence(case), case.is_true, case.change, like_the_set=True)
        for case in read_gate_set(paths.evals_dir() / "sets" / "gate.jsonl"):
            if case.split == "dev":
                yield Example(case.sentence, self._evidence(case), case.is_true, case.change, "dev")

    def _evidence(self, case: GateCase) -> tuple[Evidence, ...]:
        found = passages_of(case, self._documents, self._finder)
        return tuple(Evidence.of_passage(passage, self._documents[passage.source_id].source) for passage in found)
