"""Whether words in a source carry a sentence, whole and with the same subject, and which words they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.proving.actors import names
from assistant.answering.proving.alignment import Alignment, Window, align, join, match
from assistant.answering.proving.claims import Reader, Reading, Word
from assistant.answering.proving.edits import COPIED, changed, kept_of
from assistant.answering.proving.entailment import Entailment
from assistant.answering.proving.evidence import Evidence, Unit, remembered
from assistant.answering.proving.figures import figures, periods, references, stand_together
from assistant.answering.proving.likeness import likeness_of
from assistant.answering.proving.objections import (
    contradicts,
    hard_objection,
    missing_words,
    of_figures,
    uncaused,
    unquoted,
)
from assistant.answering.proving.opposites import opposites
from assistant.answering.proving.pairing import MOST_CLAIM, Nearest, Pair, kind_of, pair_of, signals_of
from assistant.answering.proving.windows import clauses_in, hangs_together, is_listed, runs_of
from assistant.finding.lexicon import Lexicon
from assistant.finding.thesaurus import Thesaurus

#: The least coverage of a sentence by one window, and of each clause when several windows share it.
COVERED, CLAUSE_COVERED = 0.54, 0.7
#: So many windows are looked at closely.
_TRIED = 6
#: What a window of several units loses for each unit beyond the first.
_PER_UNIT = 0.04
#: What a window may score less than the best one and still be tried.
_NEARLY = 0.07
#: From this coverage on, a sentence that contradicts the claim settles it.
_SAYS_MUCH = 0.75
#: A window that contradicts a claim is shown before the nearest one when it covers so much of what that one does.
_AS_GOOD = 0.95
#: From this coverage on, what speaks against a claim in one window is not outweighed by others clause by clause.
_WHOLE = 0.85
#: A window that covers more leaves out nothing that its neighbours could say the opposite of; those are heard when they
#: cover so much.
_ALMOST, _TOUCHES = 0.95, 0.3
#: How many other passages a sentence is tried against, and the least share of its words that such a one must hold.
_NEAREST, _NEAR_SHARE = 4, 0.5
#: What covers less of a claim is not weighed against the rules: the networks have not learnt to judge what has nothing
#: to do with a passage.
WEIGHED = 0.3
#: Objections that no likelihood outweighs; but where one sentence has all the figures, as in a list of limits, they may
#: stand in another order than the rules expect, and so much likelihood is enough.
HARD = tuple(f"objection_{check.__name__}" for check in (references, figures, periods, names))
_OF_FIGURES, CERTAIN = f"objection_{figures.__name__}", 0.8
#: The objection of the networks, which give no reasons but know where they doubt.
NOT_QUITE = "Källan säger inte riktigt detta"


def not_quite(words: Sequence[Word], doubted: int) -> str:
    """The objection of the networks, with the word that they doubt the most and those beside it."""
    about = [word.shown for word in words[max(0, doubted - 1) : doubted + 2]]
    return f"{NOT_QUITE} (tveksamt vid ”{' '.join(about)}”)."


@dataclass(frozen=True, slots=True)
class Proof:
    """`words` are triples of evidence number, start and end; they carry the claim when `reason` is "".

    `carried` is the share of the claim's clauses that are carried, 0..1; `coverage` that of its words by the best
    window. `nearest` are the words that come nearest to a claim that is not carried.
    """

    reason: str
    words: tuple[tuple[int, int, int], ...] = ()
    carried: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tried:
    """A window of one passage with what speaks against it; `reason` is "" when it carries the claim."""

    part: int
    window: Window
    coverage: float
    own_coverage: float
    reason: str

    @property
    def words(self) -> tuple[int, int, int]:
        return (self.part, self.window.start, self.window.end)


class Prover:
    """Proves sentences against passages. What it has read it remembers; not for several threads at once."""

    def __init__(
        self, lexicon: Lexicon, thesaurus: Thesaurus | None = None, entailment: Entailment | None = None
    ) -> None:
        """`entailment`, where it is given, has a say beside the rules."""
        self._entailment = entailment
        self._reader = Reader(lexicon)
        self._likeness = likeness_of(lexicon, thesaurus)
        self._whole: Sequence[Word] = ()
        self._aligned: dict[Evidence, tuple[Alignment, ...]] = {}
        self._recalled: dict[tuple[str, ...], float | None] = {}

    def prove(self, claim: str, evidence: Sequence[Evidence], cited: bool = True) -> Proof:
        """Whether the passages carry the claim. A passage alone is tried first, then clause by clause among all.

        `cited` tells whether the claim cites them, or search has found them.
        """
        if not any(char.isalnum() for char in claim):
            return Proof("Meningen är tom.")
        if not evidence:
            return Proof("Meningen saknar hänvisning.")
        for part, one in enumerate(evidence):
            found = one.stands(claim)
            if found:
                return Proof("", ((part, *found),), 1.0, 1.0)
        reading = self._reader.read(claim)
        proof = self._by_rules(reading, evidence)
        return self._weighed(reading, evidence, proof, cited) if self._entailment else proof

    def likelihood(self, claim: str, evidence: Sequence[Evidence]) -> float:
        """How likely it is, 0..1, that the passages carry the claim; without `entailment`, whether they do (1 or 0).

        What is known to be written may settle it (1).
        """
        if self._entailment is None or any(one.stands(claim) for one in evidence):
            return float(not self.prove(claim, evidence).reason)
        if self._entailment.settles(self._matched(self._reader.read(claim), evidence, self._entailment)):
            return 1.0
        return self._entailment(self.pair(claim, evidence, self._entailment))

    def recalled(self, claim: str, evidence: Sequence[Evidence]) -> float:
        """Log-odds that the passages carry the claim, by what is known to be written; the least where nothing is."""
        if self._entailment is None:
            return -math.inf
        matched = self._matched(self._reader.read(claim), evidence, self._entailment)
        return -math.inf if matched is None else matched

    def _matched(self, reading: Reading, evidence: Sequence[Evidence], entailment: Entailment) -> float | None:
        texts = [one.text for one in evidence]
        asked = (reading.text, *texts)
        if asked not in self._recalled:
            words = [word.lower for word in reading.words[:MOST_CLAIM]]
            self._recalled[asked] = entailment.matched(words, texts)
        return self._recalled[asked]

    def pair(self, claim: str, evidence: Sequence[Evidence], entailment: Entailment) -> Pair:
        """The numbers of a claim against its evidence, as `entailment` weighs them."""
        reading = self._reader.read(claim)
        pair = self._pair(reading, evidence, self._by_rules(reading, evidence), entailment)[0]
        return replace(pair, matched=self._matched(reading, evidence, entailment))

    def _by_rules(self, reading: Reading, evidence: Sequence[Evidence]) -> Proof:
        self._whole, self._aligned = reading.words, {}
        altered = unquoted(reading, [one.text for one in evidence])
        whole = self._best(reading.words, evidence)
        if not altered and not whole.reason:
            return Proof("", (whole.words,), 1.0, whole.coverage)
        joined = self._joined(reading, evidence) if whole.coverage < _WHOLE else []
        carried = [tried for tried in joined if not tried.reason]
        altered = altered or (uncaused(reading.words, [tried.window for tried in carried]) if joined else "")
        if not altered and joined and len(carried) == len(joined):
            return Proof("", tuple(dict.fromkeys(tried.words for tried in carried)), 1.0, whole.coverage)
        share = len(carried) / len(joined) if joined else 0.0
        return Proof(altered or whole.reason, (whole.words,), share, whole.coverage)

    def _weighed(self, reading: Reading, evidence: Sequence[Evidence], proof: Proof, cited: bool) -> Proof:
        """What the rules found, unless the network thinks otherwise and nothing hard speaks against it."""
        entailment = self._entailment
        if entailment is None or proof.coverage < WEIGHED or reading.quoted:
            return proof
        matched = self._matched(reading, evidence, entailment)
        if not proof.reason and entailment.settles(matched):
            return proof
        pair, signals = self._pair(reading, evidence, proof, entailment)
        pair = replace(pair, matched=matched)
        hard = [name for name in HARD if signals[name]] if proof.reason else []
        if hard and (hard != [_OF_FIGURES] or not self._have_together(reading.words, evidence)):
            return proof
        weighed = entailment.weigh(pair)
        carries = entailment.carries(pair, weighed.probability, cited)
        carries = carries and (not hard or weighed.probability >= CERTAIN)
        if carries and proof.reason:
            return replace(proof, reason="", carried=1.0)
        if not carries and not proof.reason:
            return replace(proof, reason=not_quite(reading.words, entailment.doubted(pair, weighed)), carried=0.0)
        return proof

    def _have_together(self, words: Sequence[Word], evidence: Sequence[Evidence]) -> bool:
        """Whether one sentence has all the figures."""
        return any(stand_together(words, unit.words) for one in evidence for unit in self._read(one))

    def _pair(
        self, reading: Reading, evidence: Sequence[Evidence], proof: Proof, entailment: Entailment
    ) -> tuple[Pair, dict[str, float]]:
        """The numbers, and its signals by name."""
        words = reading.words
        units = [(one, unit) for one in evidence for unit in self._read(one)]
        alignments = [one for each in evidence for one in self._alone(words, each)]
        alike = entailment.alike(reading.text, [one.text[unit.start : unit.end] for one, unit in units])
        nearest = Nearest.of([unit for _, unit in units], alignments, alike)
        back = align(nearest.units[0].words, Unit(0, 0, 0, words, ()), self._likeness)
        found = {
            **kind_of(proof.reason),
            "clauses_carried": proof.carried,
            "covered": proof.coverage,
            "misquoted": float(bool(unquoted(reading, [one.text for one in evidence]))),
            "clauses": float(len(clauses_in(words))),
            "passages": float(len(evidence)),
            "first_back": back.coverage,
        }
        known = entailment.rewordings.measures([word.lower for word in words], [one.text for one in evidence])
        signals = signals_of(words, nearest, found, self._likeness, known)
        return pair_of(words, nearest, signals, self._likeness, known), signals

    def _alone(self, words: Sequence[Word], evidence: Evidence) -> tuple[Alignment, ...]:
        """The words aligned with each unit of the evidence alone; remembered for the whole claim being proven."""
        if words is self._whole and evidence in self._aligned:
            return self._aligned[evidence]
        return tuple(align(words, unit, self._likeness) for unit in self._read(evidence))

    def nearest(self, claim: str, evidence: Sequence[Evidence]) -> list[int]:
        """The passages most likely to carry the claim, best first, by the share of its words that they hold."""
        forms = {word.form for word in self._reader.read(claim).words if word.content}
        if not forms:
            return []
        shares = [len(forms & self._forms(one)) / len(forms) for one in evidence]
        order = sorted(range(len(shares)), key=lambda place: -shares[place])
        return [place for place in order[:_NEAREST] if shares[place] >= _NEAR_SHARE]

    def _forms(self, evidence: Evidence) -> frozenset[str]:
        units = self._read(evidence)
        return frozenset(word.form for unit in units for word in (*unit.words, *unit.context))

    def _best(self, words: Sequence[Word], evidence: Sequence[Evidence], least: float = COVERED) -> _Tried:
        """The first of the nearest windows that carries the words, else the nearest.

        What contradicts the words in the one sentence that says the most of them is not undone by those around it.
        """
        tried: list[_Tried] = []
        windows = self._windows(words, evidence)
        singles = [item for item in windows if len(item[1].units) == 1]
        for part, window, alignment in [*singles, *(item for item in windows if len(item[1].units) > 1)]:
            settled = bool(tried) and contradicts(tried[0].reason) and tried[0].coverage >= _SAYS_MUCH
            if settled and not self._says_more(alignment, tried[0]):
                continue
            reason = hard_objection(words, alignment) or missing_words(words, alignment, least)
            reason = reason or self._edited(words, window)
            reason = reason or self._opposed(words, alignment, evidence[part])
            tried.append(_Tried(part, window, alignment.coverage, alignment.own_coverage, reason))
            if not reason:
                return self._unless_copied(words, tried[-1], evidence)
        return next(
            (one for one in tried if contradicts(one.reason) and one.coverage >= _AS_GOOD * tried[0].coverage), tried[0]
        )

    @staticmethod
    def _says_more(alignment: Alignment, first: _Tried) -> bool:
        """Whether a sentence, or other sentences together, say as much as one, or more with their own words."""
        if len(alignment.window.units) > 1:
            mine = {unit.number for unit in alignment.window.units}
            apart = not mine & {unit.number for unit in first.window.units}
            return apart and not of_figures(first.reason) and alignment.own_coverage >= first.own_coverage
        return alignment.coverage >= first.coverage or alignment.own_coverage > first.own_coverage

    def _edited(self, words: Sequence[Word], window: Window) -> str:
        """The objection that the claim copies the window's only sentence with a word changed."""
        if len(window.units) > 1 or any(word.quoted for word in words):
            return ""
        return changed(words, window.words, window.context, self._likeness)

    def _unless_copied(self, words: Sequence[Word], found: _Tried, evidence: Sequence[Evidence]) -> _Tried:
        """What carries the words, unless another sentence says them in the same order with a word changed."""
        if any(word.quoted for word in words):
            return found
        numbers = {unit.number for unit in found.window.units}
        every = [
            (kept_of(words, unit.words), part, unit) for part, one in enumerate(evidence) for unit in self._read(one)
        ]
        most = max(kept for kept, _, _ in every)
        if most < COPIED * len(words):
            return found
        nearest = [(part, unit) for kept, part, unit in every if kept == most]
        if len(numbers) == 1 and any(part == found.part and unit.number in numbers for part, unit in nearest):
            return found
        for part, unit in nearest:
            reason = changed(words, unit.words, unit.context, self._likeness)
            if reason:
                return replace(found, part=part, window=Window.of([unit]), reason=reason)
        return found

    def _opposed(self, words: Sequence[Word], alignment: Alignment, evidence: Evidence) -> str:
        """The objection that another sentence of the passage says the opposite of what the window leaves out."""
        if alignment.coverage > _ALMOST:
            return ""
        mine = {unit.number for unit in alignment.window.units}
        unsaid = [
            w if v < 0.5 or not w.content else replace(w, content=False)
            for w, v in zip(words, alignment.worth, strict=True)
        ]
        for unit, other in zip(self._read(evidence), self._alone(words, evidence), strict=True):
            if unit.number not in mine:
                reason = opposites(words, other) if other.coverage >= _TOUCHES else ""
                if reason and any(w.content and w.lower in reason for w in unsaid):
                    return reason
        return ""

    def _windows(self, words: Sequence[Word], evidence: Sequence[Evidence]) -> list[tuple[int, Window, Alignment]]:
        """The windows that hold the most of the words, and those that hold hardly less; best first."""
        found: list[tuple[float, int, Window, Alignment]] = []
        for part, one in enumerate(evidence):
            units = self._read(one)
            matches = {unit.number: match(words, unit, self._likeness) for unit in units}
            singles = {unit.number: join(words, Window.of([unit]), [matches[unit.number]]) for unit in units}
            if words is self._whole:
                self._aligned[one] = tuple(singles[unit.number] for unit in units)
            for window in runs_of(units):
                numbers = [unit.number for unit in window.units]
                alone = len(numbers) == 1
                alignment = singles[numbers[0]] if alone else join(words, window, [matches[n] for n in numbers])
                parts = [singles[n] for n in numbers]
                if alone or (
                    is_listed(alignment, parts) if window.shares_lead else hangs_together(words, alignment, parts)
                ):
                    found.append((alignment.coverage - _PER_UNIT * (len(numbers) - 1), part, window, alignment))
        found.sort(key=lambda item: -item[0])
        best = found[0][0]
        first = next(item for item in found if len(item[2].units) == 1)
        near = [item for item in found[:_TRIED] if item[0] >= best - _NEARLY]
        known = {id(item) for item in near}
        near += [i for i in found if len(i[2].units) == 1 and i[0] >= first[0] - _NEARLY and id(i) not in known]
        return [(part, window, alignment) for _, part, window, alignment in near]

    def _joined(self, claim: Reading, evidence: Sequence[Evidence]) -> list[_Tried]:
        """The best window for each of the claim's clauses; none when it has but one."""
        parts = clauses_in(claim.words)
        return [self._best(part, evidence, CLAUSE_COVERED) for part in parts] if len(parts) > 1 else []

    def _read(self, evidence: Evidence) -> tuple[Unit, ...]:
        return remembered(evidence, self._reader.lexicon)
