"""What is known of other words for the sources' sentences: measured word by word, kept as it was, silent elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from types import ModuleType

import numpy as np
import pytest

from assistant import paths
from assistant.answering.proving.claims import Reader
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.pairing import SIGNALS, WORD_MEASURES
from assistant.answering.proving.proof import Prover
from assistant.answering.proving.rewordings import Floats, Reworded, Rewordings, as_arrays, of_arrays, plain
from assistant.finding.embedder import open_embedder
from assistant.finding.lexicon import Lexicon
from assistant.settings import SHIPPED, load_settings

SENTENCE = "Styrelsen ska utse en direktör bland de anställda."
REWORDED = Reworded(plain(SENTENCE), ("styrelsen", "ska", "utse", "tillsätta", "direktör"), ("fullmäktige", "utse"))
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


def test_words_of_true_rewordings_are_known_and_those_of_false_ones_alone_are_alien() -> None:
    found = Rewordings([REWORDED], vectors).measures(("fullmäktige", "ska", "tillsätta", "avskeda"), [SENTENCE])
    assert found == pytest.approx(np.array([[0, 1, 1], [1, 0, 1], [1, 0, 1], [0.6, 0, 1]]), abs=1e-6)


def test_they_are_known_to_the_passages_that_hold_the_sentence_and_to_parts_of_it() -> None:
    known = Rewordings([REWORDED], vectors)
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
    assert not Rewordings((), vectors).measures(claim, [SENTENCE]).any()


def test_one_can_stand_in_the_place_of_another() -> None:
    known = Rewordings([REWORDED], vectors)
    other = known.instead(0, Reworded(REWORDED.sentence, ("ska",), ()))
    assert known.measures(("tillsätta",), [SENTENCE])[0, 0] == 1
    assert other.measures(("tillsätta",), [SENTENCE])[0].tolist() == [0, 0, 1]


def test_they_are_kept_as_they_were() -> None:
    every = (REWORDED, Reworded("en mening utan ord", (), ()), Reworded("å ä ö", ("tillsätta",), ("avskeda",)))
    assert of_arrays(as_arrays(every)) == every
    arrays = as_arrays(every)
    arrays["rewordings.true.ends"] = arrays["rewordings.true.ends"][:-1]
    with pytest.raises(ValueError, match="zip"):
        of_arrays(arrays)


def test_the_shipped_ones_are_those_that_are_written(training: ModuleType, lexicon: Lexicon) -> None:
    with np.load(paths.gate_file()) as stored:
        shipped = of_arrays({name: stored[name] for name in stored.files if name.startswith("rewordings")})
    assert shipped == training.Written(Reader(lexicon)).every()


def test_what_was_written_at_the_same_time_can_be_left_out(training: ModuleType, lexicon: Lexicon) -> None:
    rows = training.read_rows()
    number = next(place for place, row in enumerate(rows) if row["pairs"])
    written = training.Written(Reader(lexicon))
    reader, everything = Reader(lexicon), written.without(number)
    for round_ in range(len(rows[number]["pairs"]) + 1):
        rest = written.without(number, round_)
        assert rest.sentence == everything.sentence
        assert set(rest.true) < set(everything.true)
    first = {word.lower for text in rows[number]["true"] for word in reader.read(text).words}
    assert first <= set(everything.true)
    assert not first <= set(written.without(number, 0).true)


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
