"""What is known of other words for the sources' sentences: measured word by word, kept as it was, silent elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from assistant import paths
from assistant.answering.proving.claims import Reader
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.pairing import SIGNALS, WORD_MEASURES
from assistant.answering.proving.proof import Prover
from assistant.answering.proving.rewordings import NEAREST, Floats, Known, Reworded, Rewordings, plain
from assistant.finding.embedder import open_embedder
from assistant.finding.lexicon import Lexicon
from assistant.settings import SHIPPED, load_settings

SENTENCE = "Styrelsen ska utse en direktör bland de anställda."
OWN = ("styrelsen", "ska", "utse", "direktör")
REWORDED = Reworded(plain(SENTENCE), OWN, (("styrelsen", "ska", "tillsätta", "direktör"),), (("fullmäktige", "utse"),))
KNOWN = Known.of([REWORDED])
WORDS = ("styrelsen", "fullmäktige", "ska", "utse", "tillsätta", "avskeda", "direktör")


def vectors(words: Sequence[str]) -> Floats:
    """Words that are like themselves alone, but for one that is somewhat like another."""
    rows = np.eye(len(WORDS), dtype=np.float32)[[WORDS.index(word) for word in words]]
    for row, word in zip(rows, words, strict=True):
        if word == "avskeda":
            row[:] = 0.6 * np.eye(len(WORDS))[WORDS.index("utse")] + 0.8 * np.eye(len(WORDS))[WORDS.index("avskeda")]
    return rows


@pytest.fixture(scope="module")
def training(training_script: Callable[[str], ModuleType]) -> ModuleType:
    return training_script("gate_examples")


@pytest.fixture(scope="module")
def written(training: ModuleType, lexicon: Lexicon) -> Any:
    return training.Written(Reader(lexicon))


def test_words_of_true_rewordings_are_known_and_those_of_false_ones_alone_are_alien() -> None:
    found = Rewordings(KNOWN, vectors).measures(("fullmäktige", "ska", "tillsätta", "avskeda"), [SENTENCE])
    assert found == pytest.approx(np.array([[0, 1, 1], [1, 0, 1], [1, 0, 1], [0.6, 0, 1]]), abs=1e-6)


def test_they_are_known_to_the_passages_that_hold_the_sentence_and_to_parts_of_it() -> None:
    known = Rewordings(KNOWN, vectors)
    claim = ("tillsätta",)
    for passage, knows in (
        (f"Först något annat. {SENTENCE.upper()} Sedan mer.", 1),
        ("utse en direktör bland de anställda", 1),
        ("Nämnden får utse ett utskott bland ledamöterna.", 0),
        ("utse en direktör", 0),
        ("", 0),
    ):
        assert known.measures(claim, [passage]).tolist() == [[knows, 0, knows]], passage
        assert known.measures(claim, ["Ett annat stycke om något annat.", passage]).tolist() == [[knows, 0, knows]]
    assert known.measures((), [SENTENCE]).shape == (0, 3)
    assert known.measures(claim, []).tolist() == [[0, 0, 0]]
    assert not Rewordings(Known.of(()), vectors).measures(claim, [SENTENCE]).any()


def test_some_can_be_hidden() -> None:
    known = Rewordings(KNOWN, vectors)
    other = known.hiding(np.array([1]))
    assert known.measures(("tillsätta",), [SENTENCE])[0, 0] == 1
    assert other.measures(("tillsätta",), [SENTENCE])[0].tolist() == [0, 0, 1]
    nearby = other.nearest(OWN, [SENTENCE])
    assert nearby is not None
    assert (nearby.words[:, 0] >= 0).tolist() == [place in (0, NEAREST) for place in range(2 * NEAREST)]


def test_the_nearest_are_true_ones_and_false_ones_by_how_like_the_claim_they_are() -> None:
    known = Rewordings(KNOWN, vectors)
    nearby = known.nearest(("styrelsen", "ska", "tillsätta", "direktör", "avskeda"), [SENTENCE])
    assert nearby is not None
    said = [tuple(KNOWN.words[number] for number in row if number >= 0) for row in nearby.words]
    assert said == [
        *(REWORDED.true[0], OWN, *[()] * (NEAREST - 2)),
        *(REWORDED.false[0], *[()] * (NEAREST - 1)),
    ]
    assert nearby.own.tolist() == [0, 1, *[0] * (2 * NEAREST - 2)]
    assert nearby.alike[0] > nearby.alike[1] > nearby.alike[NEAREST] >= 0
    assert not nearby.alike[2:NEAREST].any()
    twice = known.nearest(OWN, [SENTENCE, f"{SENTENCE} Mer."])
    assert twice is not None
    assert (twice.words[:, 0] >= 0).sum() == 3


def test_nothing_is_near_where_nothing_is_known() -> None:
    known = Rewordings(KNOWN, vectors)
    assert known.nearest(OWN, ["Nämnden får utse ett utskott bland ledamöterna."]) is None
    assert known.nearest((), [SENTENCE]) is None
    assert known.nearest(OWN, []) is None
    assert Rewordings(Known.of(()), vectors).nearest(OWN, [SENTENCE]) is None


def same(one: Known, other: Known) -> bool:
    texts = (one.sentences, one.words) == (other.sentences, other.words)
    return texts and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("numbers", "ends", "true", "rows")
    )


def test_they_are_kept_as_they_were() -> None:
    other = Reworded("å ä ö", ("tillsätta",), (), (("avskeda",), ("avskeda", "utse")))
    known = Known.of([REWORDED, Reworded("en mening utan ord", (), (), ()), other])
    assert same(Known.of_arrays(known.as_arrays()), known)
    assert known.rows.tolist() == [0, 3, 4, 7]
    assert known.true.tolist() == [True, True, False, True, True, False, False]
    arrays = known.as_arrays()
    arrays["rewordings.lengths"] = arrays["rewordings.lengths"][:-1]
    with pytest.raises(ValueError, match="lengths"):
        Known.of_arrays(arrays)


def test_the_shipped_ones_are_those_that_are_written(written: Any) -> None:
    with np.load(paths.gate_file()) as stored:
        shipped = Known.of_arrays({name: stored[name] for name in stored.files if name.startswith("rewordings")})
    assert same(shipped, written.known)


def test_what_was_written_at_the_same_time_can_be_left_out(
    training: ModuleType, written: Any, lexicon: Lexicon
) -> None:
    rows = training.read_rows()
    number = next(place for place, row in enumerate(rows) if row["pairs"])
    reader, known = Reader(lexicon), written.known

    def words(text: str) -> tuple[str, ...]:
        return tuple(word.lower for word in reader.read(text).words)

    every = range(known.rows[number], known.rows[number + 1])
    found = [set(written.at_the_same_time(number, round_)) for round_ in range(len(rows[number]["pairs"]) + 1)]
    assert set().union(*found) == set(every) - {every[0]}
    assert sum(map(len, found)) == len(every) - 1
    for round_, some in enumerate(rows[number]["pairs"], 1):
        for true, _, altered in some:
            for text, truth in ((true, True), (altered, False)):
                mine = set(written.alike(words(text))) & found[round_]
                assert mine
                assert all(known.true[one] == truth for one in mine)


def test_a_claim_is_weighed_with_what_is_known_of_its_source(training: ModuleType, lexicon: Lexicon) -> None:
    """A user's own text has no known rewordings; its measures are zero, and all else is as it was."""
    embedder = open_embedder(SHIPPED, load_settings({}))
    entailment = Entailment(paths.gate_file(), lambda: embedder)
    row = next(row for row in training.read_rows() if row["pairs"] and len(row["quote"]) > 80)
    true, _, _ = row["pairs"][0][0]
    known, own = (
        Prover(lexicon).pair(true, [Evidence(text)], entailment)
        for text in (row["quote"], "Budgeten för nästa år ska vara klar i juni, om inget annat beslutas.")
    )
    place = SIGNALS.index("rewordings")
    assert (known.signals[place], own.signals[place]) == (1, 0)
    assert known.claim_measures.shape == (len(known.claim), WORD_MEASURES)
    assert (known.claim_measures[:, -3] > 0.99).all()
    assert not own.claim_measures[:, -3:].any()
    assert not known.source_measures[:, 20:23].any()


def test_every_round_of_writing_is_a_list_of_pairs(training: ModuleType) -> None:
    for row in training.read_rows():
        assert all(some and all(len(pair) == 3 for pair in some) for some in row["pairs"]), json.dumps(row)[:200]
