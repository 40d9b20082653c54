"""What a document says of each requirement: by the words that stand together, then by likeness to example sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.avkodning.likeness import LIMITS, WITHOUT_NEEDED, Examples, Likeness, Limits
from assistant.avkodning.own_text import OwnText, Part
from assistant.avkodning.reach import Reach
from assistant.avkodning.requirements import Requirement, Requirements, Rule
from assistant.avkodning.words import Wordings
from assistant.finding.embedder import Embedder
from assistant.finding.lexicon import Lexicon
from assistant.types import FindingVerdict

#: What a sentence that says all of it itself is worth beside one that needs its lead-in, and a later rule costs.
_ALONE, _PER_RULE = 0.2, 0.15
#: What a sentence that only cites the law is worth less, and the concept of words that cite it.
_CITES_LAW, _LAW = 0.3, "@law"
#: The concept of words that say that something is left open.
_LEFT_OPEN = "@left-open"


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict on one requirement and the part that carries it, None when it is missing."""

    requirement: Requirement
    verdict: FindingVerdict
    part: Part | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    part: Part
    score: float


class Matcher:
    """Holds documents to the requirements. Safe to use from several threads."""

    def __init__(self, requirements: Requirements, lexicon: Lexicon, embedder: Embedder) -> None:
        self._requirements = requirements
        self._lexicon = lexicon
        self._examples = Examples(requirements, embedder)

    def match(self, own: OwnText, is_instruktion: bool = True) -> tuple[Match, ...]:
        """One match for each requirement, in their order.

        Of a document that is no instruktion only what it says of the director counts.
        """
        wordings = Wordings([part.words for part in own.parts], self._lexicon, self._requirements.concepts)
        reach = Reach(own.parts, wordings)
        likeness = self._examples.likeness([_read_together(part, own) for part in own.parts])
        heard = {is_law: _heard(own, is_instruktion, is_law) for is_law in (True, False)}
        return tuple(
            _Judge(row, own, is_instruktion, reach, heard[row.weight == "lag"], likeness[number]).match()
            for number, row in enumerate(self._requirements.rows)
        )


def _heard(own: OwnText, is_instruktion: bool, is_law: bool) -> frozenset[int]:
    return frozenset(p.number for p in own.sentences if is_instruktion or _is_of_director(p, is_law))


def _is_of_director(part: Part, law: bool) -> bool:
    """Whether a document that is no instruktion says this of the director, or of the instruktion by law."""
    return "director" in part.roles or "director" in part.doers or (law and "instruktion" in part.text.casefold())


def _read_together(part: Part, own: OwnText) -> str:
    lead = own.parts[part.lead].text if part.lead is not None else ""
    return f"{lead} {part.text}".strip()


@dataclass
class _Judge:
    """One requirement and one document."""

    requirement: Requirement
    own: OwnText
    is_instruktion: bool
    reach: Reach
    #: The numbers of the sentences that count.
    heard: frozenset[int]
    likeness: Likeness

    @property
    def _is_law(self) -> bool:
        return self.requirement.weight == "lag"

    @property
    def _limits(self) -> Limits:
        return LIMITS[self.requirement.weight]

    def match(self) -> Match:
        ways: tuple[tuple[FindingVerdict, Callable[[], list[_Candidate]]], ...] = (
            ("contradicts", self._against),
            ("found", self._found),
            ("partly", self._partly),
        )
        for verdict, candidates in ways:
            best = max(candidates(), key=lambda one: (one.score, -one.part.number), default=None)
            if best is not None:
                return Match(self.requirement, verdict, best.part)
        return Match(self.requirement, "missing", None)

    def _found(self) -> list[_Candidate]:
        """The sentences that say it whole, where there are as many as the rule asks for."""
        result = []
        for number, rule, parts in self._said(self.requirement.found):
            plain = [part for part in parts if not self._is_left_open(part)]
            if len(plain) >= rule.least:
                result += [self._candidate(part, rule, number) for part in plain]
        if not result:
            result = [
                _Candidate(part, self.likeness.nearest_example[part.number]) for part in self._same_in_other_words()
            ]
        return result

    def _same_in_other_words(self) -> list[Part]:
        """What is very like an example and said of the right one; not enough where the law demands it."""
        rule = self.requirement.found[0]
        if self._is_law or not self.is_instruktion:
            return []
        return [part for part in self._alike(self._limits.says) if not rule.who or self._acts(rule, part)]

    def _partly(self) -> list[_Candidate]:
        """What says some of it, says it of someone else or leaves it open; then what stands under such a heading."""
        single = tuple(rule for rule in self.requirement.found if rule.least == 1)
        result = [
            self._candidate(part, rule, number)
            for number, rule, parts in self._said((*self.requirement.partly, *single), anyone=self.is_instruktion)
            for part in parts
            if self._is_law or not self.likeness.misses(part.number)
        ]
        if not result and (self.is_instruktion or self._is_law):
            result = [
                _Candidate(part, self.likeness.nearest_example[part.number])
                for part in self._alike(self._limits.touches)
            ]
        return result or [
            _Candidate(part, self.likeness.nearest_example[part.number]) for part in self._under_heading()
        ]

    def _against(self) -> list[_Candidate]:
        """What says the opposite, of nobody else than the rule names."""
        return [
            self._candidate(part, rule, number)
            for number, rule, parts in self._said(self.requirement.contradicts)
            for part in parts
            if not rule.who or (not part.is_row and set(part.roles) <= {*rule.who, "parties"})
        ]

    def _said(self, rules: Sequence[Rule], anyone: bool = False) -> Iterable[tuple[int, Rule, list[Part]]]:
        for number, rule in enumerate(rules):
            parts = self._fitting(rule, anyone)
            if parts:
                yield number, rule, parts

    def _fitting(self, rule: Rule, anyone: bool) -> list[Part]:
        """The sentences that say what the rule asks for, by whoever acts when `anyone`."""
        reach = self.reach
        wanted = [reach.with_lead(pattern) for pattern in rule.words]
        wanted += [reach.with_headings(pattern) for pattern in rule.near]
        wanted += [reach.with_before(pattern) for pattern in rule.before]
        found = frozenset.intersection(self.heard, *wanted)
        if found:
            found &= frozenset().union(*(reach.itself(pattern) for pattern in rule.words))
        if found:
            found = found.difference(*(reach.with_lead(pattern) for pattern in rule.without))
        parts = (self.own.parts[number] for number in sorted(found))
        return [
            part
            for part in parts
            if (part.is_row or not rule.rows_only) and (anyone or not rule.who or self._acts(rule, part))
        ]

    def _acts(self, rule: Rule, part: Part) -> bool:
        """Whether one of those whom the rule asks for acts; where nobody is named, the director does."""
        if not part.roles:
            return "director" in rule.who
        both = "parties" in part.roles and not self._is_law
        acting = set(part.roles) if self._is_law else {*part.roles, *part.doers}
        return both or bool(acting & set(rule.who))

    def _candidate(self, part: Part, rule: Rule, number: int) -> _Candidate:
        alone = all(part.number in self.reach.itself(pattern) for pattern in rule.words)
        cites = part.number in self.reach.itself(_LAW)
        score = self.likeness.nearest_example[part.number] + _ALONE * alone - _PER_RULE * number - _CITES_LAW * cites
        return _Candidate(part, score)

    def _is_left_open(self, part: Part) -> bool:
        return part.number in self.reach.itself(_LEFT_OPEN)

    def _alike(self, least: float) -> list[Part]:
        return [self.own.parts[number] for number in sorted(self.heard) if self._is_alike(number, least)]

    def _is_alike(self, number: int, least: float) -> bool:
        """Whether it is so like an example; more so where it lacks what likeness needs to mean something.

        What the first rule puts out is about something else, however like it is.
        """
        needed = self.requirement.likeness_needs
        has_needed = not needed or number in self.reach.itself(needed)
        if any(number in self.reach.itself(pattern) for pattern in self.requirement.found[0].without):
            return False
        return self.likeness.reaches(number, least if has_needed else least + WITHOUT_NEEDED, self._limits.regardless)

    def _under_heading(self) -> list[Part]:
        """The sentences right under a heading that announces it; the heading itself where nothing stands under it."""
        if not self.requirement.topic or not self.is_instruktion:
            return []
        headings = {p.number for p in self.own.parts if p.is_heading} & self.reach.itself(self.requirement.topic)
        under = [part for part in self.own.sentences if part.headings and part.headings[-1] in headings]
        empty = [n for n in headings if not any(n in part.headings for part in self.own.parts)]
        under = [part for part in under if not self.likeness.misses(part.number)]
        return under or [self.own.parts[number] for number in empty]
