"""The network beside the rules: it computes as it was trained, has its say, and never overrules a figure or a name."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from assistant import paths
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence
from assistant.answering.proving.pairing import SIGNALS, Pair
from assistant.answering.proving.proof import NOT_QUITE, Prover
from assistant.errors import SettingsError
from assistant.finding.embedder import Embedder, open_embedder
from assistant.finding.lexicon import Lexicon
from assistant.finding.tools import read_language
from assistant.settings import SHIPPED, Settings, load_settings

TEXT = (
    "Kommundirektören ska årligen redovisa arbetsmiljön för kommunstyrelsen. "
    "Redovisningen omfattar minst tre områden och lämnas i mars."
)
CLAIMS = (
    "Varje år ska kommundirektören redogöra för arbetsmiljön inför styrelsen.",
    "Kommunstyrelsen ska årligen redovisa arbetsmiljön för kommundirektören.",
    "Redovisningen lämnas i mars.",
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder(SHIPPED, load_settings({}))


@pytest.fixture(scope="module")
def entailment(embedder: Embedder) -> Entailment:
    return Entailment(paths.gate_file(), lambda: embedder)


@pytest.fixture(scope="module")
def training() -> ModuleType:
    """The script that trains the network."""
    file = Path(__file__).parents[2] / "index" / "train_gate.py"
    spec = importlib.util.spec_from_file_location("train_gate", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_gate"] = module
    spec.loader.exec_module(module)
    return module


class Says(Entailment):
    """A network that is sure of what it is told to be, whatever it is shown."""

    def __init__(self, embedder: Embedder, probability: float) -> None:
        super().__init__(paths.gate_file(), lambda: embedder)
        self.probability = probability

    def __call__(self, pair: Pair) -> float:
        return self.probability


def proof(settings: Settings, entailment: Entailment | None, claim: str, text: str = TEXT) -> str:
    language = read_language(settings)
    return Prover(language.lexicon, language.thesaurus, entailment).prove(claim, [Evidence(text)]).reason


@pytest.mark.parametrize("claim", CLAIMS)
def test_it_computes_as_it_was_trained(
    claim: str, lexicon: Lexicon, entailment: Entailment, training: ModuleType
) -> None:
    pair = Prover(lexicon).pair(claim, [Evidence(TEXT)], entailment)
    with np.load(paths.gate_file()) as stored:
        arrays = {name: stored[name] for name in stored.files}
    words = list(dict.fromkeys((*pair.claim, *pair.source)))
    frequent = {str(word): number for number, word in enumerate(arrays["frequent"], 1)}
    vectors = entailment.vectors(words)
    vocabulary = training.Vocabulary({word: row for row, word in enumerate(words)}, frequent, vectors)
    odds = []
    for number in range(training.FOLDS):
        network = training.Network(torch.from_numpy(vectors)).eval()
        state = network.state_dict()
        for name in state:
            if not name.startswith("vectors"):
                state[name] = torch.from_numpy(arrays[f"{number}/{training.stored_name(name)}"].astype(np.float32))
        network.load_state_dict(state)
        batch = training.batched(
            [vocabulary.coded(pair)], arrays[f"{number}/mean"].astype(np.float32), arrays[f"{number}/spread"]
        )
        with torch.no_grad():
            odds.append(float(network(batch)[0]))
    expected = 1 / (1 + np.exp(-np.mean(odds)))
    assert entailment(pair) == pytest.approx(expected, abs=1e-4)


def test_it_knows_who_does_what(lexicon: Lexicon, entailment: Entailment) -> None:
    reworded, swapped, copied = (
        entailment(Prover(lexicon).pair(claim, [Evidence(TEXT)], entailment)) for claim in CLAIMS
    )
    assert swapped < reworded
    assert swapped < copied


def test_what_it_is_sure_of_is_let_through_though_the_rules_withhold_it(settings: Settings, embedder: Embedder) -> None:
    claim = "Kommundirektören ska varje år berätta för styrelsen hur personalen mår på jobbet."
    assert proof(settings, None, claim)
    assert proof(settings, Says(embedder, 1.0), claim) == ""


def test_what_it_does_not_believe_is_withheld_though_the_rules_let_it_through(
    settings: Settings, embedder: Embedder
) -> None:
    claim = "Redovisningen lämnas i mars och omfattar tre områden."
    assert proof(settings, None, claim) == ""
    assert proof(settings, Says(embedder, 0.0), claim) == NOT_QUITE


@pytest.mark.parametrize(
    "claim",
    [
        "Redovisningen omfattar minst fyra områden och lämnas i mars.",
        "Kommundirektören i Falun ska årligen redovisa arbetsmiljön för kommunstyrelsen.",
        "Kommundirektören ska enligt 7 kap. 2 § årligen redovisa arbetsmiljön för kommunstyrelsen.",
        "Kommundirektören ska varje månad redovisa arbetsmiljön för kommunstyrelsen.",
    ],
)
def test_it_never_overrules_a_figure_a_time_a_reference_or_a_name(
    settings: Settings, embedder: Embedder, claim: str
) -> None:
    assert proof(settings, Says(embedder, 1.0), claim)


def test_words_of_a_source_need_no_network(settings: Settings, embedder: Embedder) -> None:
    assert proof(settings, Says(embedder, 0.0), TEXT.partition(". ")[0] + ".") == ""


def test_a_quotation_is_left_to_the_rules(settings: Settings, embedder: Embedder) -> None:
    claim = 'Direktören "ska årligen redovisa arbetslivet" för kommunstyrelsen.'
    assert proof(settings, Says(embedder, 1.0), claim)


def test_every_pair_has_all_signals(lexicon: Lexicon, entailment: Entailment) -> None:
    pair = Prover(lexicon).pair(CLAIMS[0], [Evidence(TEXT), Evidence("Mötet är i maj.")], entailment)
    assert pair.signals.shape == (len(SIGNALS),)
    assert pair.likeness.shape == (len(pair.claim), len(pair.source), 3)
    assert np.isfinite(pair.signals).all()


def one_array() -> bytes:
    """A file of numpy's that is not ours."""
    stored = io.BytesIO()
    np.save(stored, np.zeros(3))
    return stored.getvalue()


@pytest.mark.parametrize("damage", ["text", "cut", "empty", "other", "missing"])
def test_a_damaged_file_is_told_in_one_line(damage: str, tmp_path: Path, lexicon: Lexicon, embedder: Embedder) -> None:
    file = tmp_path / "gate.npz"
    whole = paths.gate_file().read_bytes()
    contents = {"text": b"inte en fil med vikter", "cut": whole[: len(whole) // 2], "empty": b"", "other": one_array()}
    if damage in contents:
        file.write_bytes(contents[damage])
    damaged = Entailment(file, lambda: embedder)
    pair = Prover(lexicon).pair(CLAIMS[0], [Evidence(TEXT)], damaged)
    with pytest.raises(SettingsError, match=r'"gate\.npz".*går inte att läsa') as raised:
        damaged(pair)
    assert "\n" not in str(raised.value)
