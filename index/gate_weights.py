"""The weights of the gate's networks, as `index/gate.npz` keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from gate_networks import FREQUENT, Encoder
from numpy.typing import NDArray
from torch import nn

from assistant.answering.proving.entailment import MATCHING, READER
from assistant.finding.lines import lines_of


class Scale(Protocol):
    """The mean and spread of the signals that a network was trained with."""

    @property
    def mean(self) -> NDArray[np.float32]: ...
    @property
    def spread(self) -> NDArray[np.float32]: ...


def stored(network: nn.Module, scale: Scale, name: str) -> dict[str, NDArray[Any]]:
    """The weights under the names that `assistant/answering/proving` knows them by, in half precision.

    The table of the larger network's frequent words is rounded to eight bits, with a scale for each row.
    """
    arrays: dict[str, NDArray[Any]] = {f"{name}/mean": scale.mean, f"{name}/spread": scale.spread}
    for key, value in network.state_dict().items():
        if not key.startswith("vectors"):
            arrays[f"{name}/{stored_name(key)}"] = value.numpy().astype(np.float16)
    table = f"{name}/frequent"
    if arrays[table].shape[0] > FREQUENT:
        arrays[table], arrays[f"{table}.scale"] = rounded_rows(network.state_dict()["encoder.frequent.weight"].numpy())
    return arrays


def matched(network: nn.Module) -> dict[str, NDArray[Any]]:
    """The weights of the network that sets a claim against known sentences, in half precision."""
    return {
        f"{MATCHING}/{stored_name(key)}": value.numpy().astype(np.float16)
        for key, value in network.state_dict().items()
        if not key.startswith("vectors")
    }


def rounded_rows(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The rows in eight bits, and what each is to be multiplied by."""
    size = np.abs(rows).max(1) / 127 + 1e-12
    return np.round(rows / size[:, None]).astype(np.int8), size.astype(np.float32)


def stored_name(name: str) -> str:
    """What a weight is called in `gate.npz`."""
    name = name.removeprefix("encoder.").replace("forward_.", "forward.")
    tables = ("frequent", "breaks", "side")
    return name.removesuffix(".weight") if name.removesuffix(".weight") in tables else name


def write(file: Path, arrays: Mapping[str, NDArray[Any]], instead_of: Iterable[str]) -> None:
    """Puts arrays into a file in the place of those whose names begin with one of these; the others stay.

    A new file begins with what is shipped.
    """
    with np.load(file if file.exists() else Path(__file__).parent / "gate.npz") as stored:
        kept = {name: stored[name] for name in stored.files if not name.startswith(tuple(instead_of))}
    part = file.with_suffix(".part.npz")
    np.savez_compressed(part, **kept, **arrays)
    part.replace(file)


def fill(network: nn.Module, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
    """Gives a network the weights that `stored` has kept of it."""
    state = network.state_dict()
    for key in state:
        if not key.startswith("vectors"):
            part = f"{name}/{stored_name(key)}"
            value = arrays[part].astype(np.float32)
            state[key] = torch.from_numpy(
                value * arrays[f"{part}.scale"][:, None] if f"{part}.scale" in arrays else value
            )
    network.load_state_dict(state)
    network.eval()


def encoder_of(file: Path, frequent: Sequence[str]) -> Encoder:
    """The larger network's encoder, with its frequent words in the order of these, and none for those it lacks."""
    with np.load(file) as kept:
        arrays = {name: kept[name] for name in kept.files}
    encoder = Encoder(arrays[f"{READER}/project.weight"].shape[1])
    fill(encoder, arrays, READER)
    rows = {word: row for row, word in enumerate(lines_of(arrays[f"{READER}.words"]), 1)}
    table = torch.zeros_like(encoder.frequent.weight)
    table[0] = encoder.frequent.weight[0]
    for place, word in enumerate(frequent[:FREQUENT], 1):
        if word in rows:
            table[place] = encoder.frequent.weight[rows[word]]
    encoder.frequent.weight = nn.Parameter(table.detach())
    return encoder.train()
