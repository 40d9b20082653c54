"""Sentences set against their evidence, as the gate would, but for what was written together with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from gate_examples import Example, Written

from assistant.answering.proving.claims import Reader
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.pairing import Pair
from assistant.answering.proving.proof import Prover
from assistant.answering.proving.rewordings import Known, Rewordings
from assistant.finding.embedder import open_embedder
from assistant.finding.tools import read_language
from assistant.settings import SHIPPED, load_settings


class Learning(Entailment):
    """Knows all rewordings but those that were written together with the sentence that it is shown."""

    def __init__(self) -> None:
        settings = load_settings()
        super().__init__(settings.gate_file, lambda: open_embedder(SHIPPED, settings))
        self._written = Written(Reader(read_language(settings).lexicon))
        self._every = Rewordings(self._written.known, self.vectors)
        self._none = Rewordings(Known.of(()), self.vectors)
        self._known = self._every

    def show(self, example: Example) -> None:
        if example.unknown:
            self._known = self._none
        elif example.written is None:
            self._known = self._every
        else:
            self._known = self._every.hiding(self._written.at_the_same_time(*example.written))

    @property
    def rewordings(self) -> Rewordings:
        return self._known


@cache
def learning() -> Learning:
    return Learning()


def pairs_of(examples: Sequence[Example]) -> list[Pair]:
    language, entailment = read_language(load_settings()), learning()
    prover = Prover(language.lexicon, language.thesaurus)
    pairs = []
    for example in examples:
        entailment.show(example)
        pair = prover.pair(example.claim, example.evidence, entailment)
        pairs.append(replace(pair, likeness=np.asarray(pair.likeness, np.float16)))
    return pairs
