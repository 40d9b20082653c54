"""The network that reads questions: it computes as it was trained, tells what answers, and is asked when needed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from assistant import paths
from assistant.assistant import Assistant
from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder, open_embedder
from assistant.finding.encoder import words_of
from assistant.finding.finder import Finder
from assistant.finding.likelihood import with_readings
from assistant.finding.lines import lines_of
from assistant.finding.question_reader import MOST_ODDS, Likeness, QuestionReader, around, reading_of
from assistant.finding.support import READ
from assistant.finding.tools import read_language
from assistant.settings import SHIPPED, load_settings
from assistant.types import Hit, Passage, SentenceClues, Source

TEXT = (
    "Kommunstyrelsen ska utse en direktör. Direktören ska leda förvaltningen under styrelsen. "
    "Mötet hålls i Folkets hus klockan nio."
)
ANSWERED = ("Vem utser direktören?", "Vad ska direktören leda?", "Var hålls mötet?")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(SHIPPED, load_settings({}))


@pytest.fixture(scope="module")
def likeness(embedder: Embedder) -> Likeness:
    return Likeness(embedder.encode_passages, read_language(load_settings({})).lexicon)


def opened(file: Path, embedder: Embedder) -> QuestionReader:
    return QuestionReader(file, lambda: embedder, read_language(load_settings({})).lexicon)


@pytest.fixture(scope="module")
def reader(embedder: Embedder) -> QuestionReader:
    return opened(paths.questions_file(), embedder)


@pytest.fixture(scope="module")
def training(training_script: Callable[[str], ModuleType]) -> ModuleType:
    return training_script("train_questions")


def passage(text: str = TEXT, heading: str = "2 Direktören") -> Passage:
    return Passage("k:1", "k", ("1 Lagen", heading), text, 0, len(text))


def sentence(number: int) -> tuple[int, int]:
    start = 0
    for _ in range(number):
        start = TEXT.index(". ", start) + 2
    end = TEXT.find(". ", start)
    return start, end + 1 if end >= 0 else len(TEXT)


def test_it_computes_as_it_was_trained(training: ModuleType, reader: QuestionReader, likeness: Likeness) -> None:
    """Torch over a batch that is filled up, and numpy over each text by itself."""
    parts = [
        (words_of(question), words_of(TEXT[slice(*sentence(n))]), words_of(around(passage(), sentence(n)[0])))
        for n, question in enumerate(ANSWERED)
    ]
    with np.load(paths.questions_file()) as stored:
        arrays = {name: stored[name] for name in stored.files}
    frequent = lines_of(arrays["words"])
    coded = training.Coded([words for some in parts for words in some], frequent, likeness)
    network = training.QuestionNetwork(coded, training.Encoder(coded.vectors.shape[1]), 3).eval()
    state = network.state_dict()
    for name in state:
        if not name.startswith(("vectors", "known", "belongs")):
            kept = arrays[training.stored_name(name)].astype(np.float32)
            scale = arrays["frequent.scale"][:, None] if name == "encoder.frequent.weight" else 1
            state[name] = torch.from_numpy(kept * scale)
    network.load_state_dict(state)
    with torch.no_grad():
        wanted = network(training.of_readings(parts, coded)).numpy()
    found = [reader.odds(question, passage(), *sentence(n)) for n, question in enumerate(ANSWERED)]
    assert found == pytest.approx(wanted.clip(-MOST_ODDS, MOST_ODDS).tolist(), abs=2e-3)


def test_what_is_stored_is_what_was_trained(training: ModuleType, likeness: Likeness) -> None:
    coded = training.Coded([words_of(TEXT)], [], likeness)
    kept = training.arrays_of(training.QuestionNetwork(coded, training.Encoder(coded.vectors.shape[1]), 3), ["ord"])
    with np.load(paths.questions_file()) as stored:
        assert set(kept) == set(stored.files)


@pytest.mark.parametrize("number", range(3))
def test_the_sentence_that_answers_is_likelier_than_the_others(reader: QuestionReader, number: int) -> None:
    odds = [reader.odds(ANSWERED[number], passage(), *sentence(n)) for n in range(3)]
    assert int(np.argmax(odds)) == number


def test_a_sentence_on_the_subject_that_does_not_say_what_is_asked_is_less_likely(reader: QuestionReader) -> None:
    said = reader.odds("Vem utser direktören?", passage(), *sentence(0))
    for question in ("Vad tjänar direktören?", "Varför rostar kedjan på cykeln?", "Vad heter direktören i Falun?"):
        assert reader.odds(question, passage(), *sentence(0)) < said - 1


@pytest.mark.parametrize(("question", "text"), [("🙂", TEXT), ("Vem?", "•••"), ("", "")])
def test_without_words_nothing_is_said(reader: QuestionReader, question: str, text: str) -> None:
    assert reader.odds(question, passage(text), 0, len(text)) == 0


def test_long_texts_are_read_so_far(likeness: Likeness) -> None:
    long = words_of("Direktören leder förvaltningen. " * 200)
    reading = reading_of(long, long, long, likeness)
    assert reading.asked == 30
    assert [int((reading.side == side).sum()) for side in (0, 1, 2)] == [30, 45, 25]
    assert reading.likeness.shape == (30, 70, 2)


def test_a_compound_is_like_its_parts(likeness: Likeness) -> None:
    """The same word is wholly like itself, a compound half like its head, and others not at all."""
    shares = likeness(("styrelsen",), ("styrelse", "kommunstyrelsen", "mötet"))[0, :, 1]
    assert shares[0] == 1
    assert 0 < shares[1] < 1
    assert shares[2] == 0


def test_around_a_sentence_stand_its_heading_and_the_words_before_it() -> None:
    start, _ = sentence(1)
    assert around(passage(), start) == "2 Direktören. Kommunstyrelsen ska utse en direktör."
    assert around(replace(passage(), lead_in="Styrelsen ska:"), 0) == "2 Direktören. Styrelsen ska:"


def test_words_know_what_stands_before_them() -> None:
    assert words_of("Enligt 6 kap. 7 §, alltså lagen. Den gäller.") == [
        *(("enligt", 3), ("6", 0), ("kap", 0), ("7", 3), ("§", 0)),
        *(("alltså", 1), ("lagen", 0), ("den", 3), ("gäller", 0)),
    ]


def test_it_is_the_same_from_several_threads(reader: QuestionReader, embedder: Embedder) -> None:
    fresh = opened(paths.questions_file(), embedder)
    wanted = [reader.odds(question, passage(), *sentence(0)) for question in ANSWERED]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda question: fresh.odds(question, passage(), *sentence(0)), ANSWERED * 10))
    assert found == pytest.approx(wanted * 10)


@pytest.mark.parametrize("damage", ["text", "cut", "empty", "missing"])
def test_a_damaged_file_is_told_in_one_line(damage: str, tmp_path: Path, embedder: Embedder) -> None:
    file = tmp_path / "questions.npz"
    whole = paths.questions_file().read_bytes()
    contents = {"text": b"inte vikter", "cut": whole[: len(whole) // 2], "empty": b""}
    if damage in contents:
        file.write_bytes(contents[damage])
    with pytest.raises(SettingsError, match=r'"questions\.npz".*går inte att läsa') as raised:
        opened(file, embedder).odds("Vem?", passage(), *sentence(0))
    assert "\n" not in str(raised.value)


def judged(*likelihoods: float) -> tuple[Hit, ...]:
    source = Source("k", "Källa", "rapport", Path("x.txt"), "0")
    clues = tuple(SentenceClues(10 * n, 10 * n + 5, likelihood=value) for n, value in enumerate(likelihoods))
    return (Hit(replace(passage(), text="x" * 99), source, 1.0, 1, {}, sentences=clues),)


def test_reading_moves_likelihood_among_the_likeliest_only() -> None:
    asked: list[int] = []

    def read(hit: Hit, clue: SentenceClues) -> float:
        asked.append(clue.start)
        return {0: -5.0, 10: 5.0}.get(clue.start, 0.0)

    found = [clue.likelihood for clue in with_readings(judged(0.35, 0.3, 0.2, 0.15), read)[0].sentences]
    assert asked == [0, 10, 20]
    assert found[1] > found[0]
    assert found[3] == 0.15
    assert sum(found) == pytest.approx(1)


@pytest.mark.parametrize("likelihoods", [(0.5, 0.3, 0.2), (0.3, 0.3)])
def test_nothing_is_read_where_a_sentence_is_likely_enough_or_there_are_few(likelihoods: tuple[float, ...]) -> None:
    def read(hit: Hit, clue: SentenceClues) -> float:
        raise AssertionError("nothing is to be read")

    assert with_readings(judged(*likelihoods), read) == judged(*likelihoods)


class Says(QuestionReader):
    """A reader that says what it is told to, and counts how often it is asked."""

    def __init__(self, odds: float) -> None:
        self.says, self.asked = odds, 0

    def odds(self, question: str, passage: Passage, start: int, end: int) -> float:
        self.asked += 1
        return self.says


@pytest.fixture
def finder(assistant: Assistant) -> Finder:
    return assistant._finder


def reads_with(finder: Finder, reader: QuestionReader | None) -> Finder:
    return Finder(finder.generation, replace(finder.tools, reader=reader))


def test_a_question_that_search_is_unsure_of_is_read(finder: Finder) -> None:
    unsure = "Vad ingår i krisledningen?"
    yes, no, none = (reads_with(finder, one).find(unsure) for one in (Says(9.0), Says(-9.0), None))
    assert no.support < 0.5 < yes.support
    assert yes.signals[READ] == pytest.approx(0.5 + 9 / 24)
    assert READ not in none.signals


def test_a_question_that_search_is_sure_of_is_not_read_for_its_support(finder: Finder) -> None:
    question = "Vem utser kommundirektören?"
    found = reads_with(finder, Says(-12.0)).find(question)
    assert found.support > 0.5
    assert READ not in found.signals
