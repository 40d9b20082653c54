"""What speaks against a sentence, given the words of a source that come nearest to it.

Each check returns a line in Swedish that says what the source says and what the text says, "" with nothing against.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.answering.proving import contrasts
from assistant.answering.proving.actors import actors, names
from assistant.answering.proving.alignment import Alignment, Window
from assistant.answering.proving.claims import Reading, Word
from assistant.answering.proving.figures import figures, periods, references
from assistant.answering.proving.modality import forces
from assistant.answering.proving.negations import negations, turned_condition
from assistant.answering.proving.opposites import excepted, limits, opposites, widened
from assistant.answering.proving.wording import listed

#: The least coverage by the sentences themselves: headings alone carry nothing.
OWN_COVERED = 0.5
_QUOTE_MARKS = str.maketrans(dict.fromkeys("”“„«»", '"') | dict.fromkeys("’‘´`", "'") | {"–": "-", "\u00a0": " "})
_GAP = re.compile(r"\s*(?:\[?\s*(?:…|\.\.\.)\s*\]?)\s*")


#: What objections begin with that say that the source says something else, not merely less.
_AGAINST = ("Källan säger ", "Källan nekar", "Källan undantar", "Texten nekar")
_LESS = ("Källan säger inte", "Källan säger inget")


def contradicts(reason: str) -> bool:
    """True for an objection that the source says something else; False for one that it does not say so."""
    return reason.startswith(_AGAINST) and not reason.startswith(_LESS)


def of_figures(reason: str) -> bool:
    """True for a contradiction that is only about a figure."""
    source, _, text = reason.partition(", texten säger ")
    return contradicts(reason) and any(map(str.isdigit, source)) and any(map(str.isdigit, text))


def hard_objection(words: Sequence[Word], alignment: Alignment) -> str:
    """What speaks against a claim's words in the window that they are aligned with, contradictions first."""
    checks = CHECKS if not turned_condition(words, alignment) else [one for one in CHECKS if one not in _OF_POLARITY]
    reasons = [reason for check in checks if (reason := check(words, alignment))]
    return next(filter(contradicts, reasons), reasons[0] if reasons else "")


def missing_words(words: Sequence[Word], alignment: Alignment, least: float) -> str:
    """The objection that too little of the claim stands in the window; names what is missing."""
    if alignment.coverage >= least and alignment.own_coverage >= OWN_COVERED:
        return ""
    missing = [w.shown for w, v, c in zip(words, alignment.worth, alignment.weight, strict=True) if c >= 1 and v < 0.5]
    if alignment.coverage < least / 2 or not missing:
        return "Källan säger inte detta."
    return f"Källan säger inget om {listed(list(dict.fromkeys(missing))[:4])}."


def unquoted(claim: Reading, texts: Sequence[str]) -> str:
    """The objection that words in quotation marks do not stand so in any of the texts."""
    plain = [_plain_quote(text) for text in texts]
    for quoted in claim.quoted:
        for piece in _GAP.split(quoted):
            wanted = _plain_quote(piece).strip(" .,;:!?\"'")
            if wanted and not any(wanted in text for text in plain):
                return f"Citatet ”{quoted.strip()}” står inte ordagrant i källan."
    return ""


def _plain_quote(text: str) -> str:
    return " ".join(text.translate(_QUOTE_MARKS).lower().split())


def uncaused(words: Sequence[Word], windows: Sequence[Window]) -> str:
    """The objection to a cause that sources do not give: they say the one thing and the other, but not why."""
    said = [word for word in words if word.lower in contrasts.CAUSES]
    held = [word.lower for window in windows for word in window.words]
    if not said or any(word in contrasts.CAUSAL for word in held):
        return ""
    return f"Källan säger inte {said[0].lower}."


def causes(words: Sequence[Word], alignment: Alignment) -> str:
    return uncaused(words, [alignment.window]) if len(alignment.window.units) > 1 else ""


CHECKS: tuple[Callable[[Sequence[Word], Alignment], str], ...] = (
    references,
    figures,
    periods,
    names,
    actors,
    negations,
    forces,
    opposites,
    limits,
    widened,
    excepted,
    causes,
)
#: What a text may turn when it turns a condition too.
_OF_POLARITY = (forces, opposites)
