"""The best hits -> the same hits in a new order, by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant import paths
from assistant.errors import RerankerError
from assistant.finding import hub
from assistant.settings import Settings
from assistant.types import Hit

#: No pair is read further than this, in tokens: a question and a passage of 130 words hold about 350.
_MOST_TOKENS = 512
#: Few at a time, since a batch is as long as its longest pair.
_BATCH = 8


class Reranker(Protocol):
    """`reads` is how many of the best hits it wants to see; 0 when it changes nothing."""

    name: str
    reads: int

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """All of `hits`, best first, ranked from 1."""


class KeepOrder:
    """The default: the hits as they came."""

    name = "keep-order"
    reads = 0

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        return tuple(hits)


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers, such as BAAI/bge-reranker-v2-m3, on the best `reads` hits.

    Each of these gets the model's own score, 0..1, as `found_by["rerank"]`. `score` becomes that of its new place: the
    hit that is now third has the third highest of the joined scores. So scores fall with rank and keep the scale that
    limits are set in. Hits after the best `reads` stay as they were.
    """

    def __init__(self, name: str, reads: int, download: bool = False) -> None:
        self.name = name
        self.reads = reads
        self._model = _load(name, download)

    def rerank(self, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        best, rest = hits[: self.reads], hits[self.reads :]
        if not best:
            return tuple(hits)
        judged = self._scores(question, best)
        places = sorted((hit.score for hit in best), reverse=True)
        order = np.argsort(-judged, kind="stable")
        shares = _shares(judged)
        return (
            *(_placed(best[old], place, places[place], float(shares[old])) for place, old in enumerate(order)),
            *rest,
        )

    def _scores(self, question: str, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """How well each passage answers the question, as the model's logits, which have no bounds.

        They order the hits, not their shares: those of two sure scores are both 1.
        """
        pairs = [(question, _text(hit)) for hit in hits]
        raw = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        return _logits(np.asarray(raw, dtype=np.float64))


def open_reranker(settings: Settings, download: bool = False) -> Reranker:
    """The model that `settings.reranker` names, a folder or a name at the hub; `KeepOrder` when it names none.

    `RerankerError` says that there is no such model and how to give one offline.
    """
    if not settings.reranker:
        return KeepOrder()
    folder = Path(settings.reranker).expanduser()
    name = str(folder) if folder.is_dir() else settings.reranker
    return CrossEncoderReranker(name, settings.rerank_passages, download)


def _load(name: str, download: bool) -> Any:
    hub.quiet()
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    try:
        fetch = download and hub.local_folder(name, "config.json") is None
        if fetch:
            hub.ask(name)
        model = CrossEncoder(name, local_files_only=not fetch, trust_remote_code=False, activation_fn=Identity())
        labels = model.num_labels
    except hub.errors() as error:
        raise _missing(name) from error
    if labels not in (1, 2):
        raise RerankerError(
            f'Modellen "{_shown(name)}" ger {labels} värden för varje stycke och går inte att rangordna med. Välj en '
            "som ger ett, eller ta bort inställningen reranker."
        )
    if isinstance(model.max_seq_length, int) and model.max_seq_length > _MOST_TOKENS:
        model.max_seq_length = _MOST_TOKENS
    return model


def _missing(name: str) -> RerankerError:
    where = (
        f'Mappen "{_shown(name)}" innehåller ingen omrankningsmodell som går att öppna.'
        if Path(name).is_dir()
        else f'Omrankningsmodellen "{name}" finns inte på datorn och gick inte att hämta.'
    )
    return RerankerError(
        f"{where} Hämta den med kd index, ange mappen där den ligger, eller ta bort inställningen reranker."
    )


def _shown(name: str) -> str:
    return paths.shown(Path(name)) if Path(name).is_dir() else name


def _text(hit: Hit) -> str:
    """The passage under its innermost heading and the lead-in of its list."""
    passage = hit.passage
    return "\n".join(part for part in (*passage.path[-1:], passage.lead_in, passage.text) if part)


def _logits(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """One score a passage: the only one, or of two classes how far the second, "answers", lies above the first."""
    single = raw.reshape(len(raw), -1)
    logits: NDArray[np.float64] = single[:, 1] - single[:, 0] if single.shape[1] == 2 else single[:, 0]
    return logits


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logits to 0..1 by the logistic function."""
    shares: NDArray[np.float64] = 0.5 * (1 + np.tanh(logits / 2))
    return shares


def _placed(hit: Hit, place: int, score: float, judged: float) -> Hit:
    return replace(hit, rank=place + 1, score=score, found_by={**hit.found_by, "rerank": judged})
