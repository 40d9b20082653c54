"""Figures, references to provisions and how often: what the source gives in their place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Word
from assistant.answering.proving.wording import around_of, says

#: A figure of so many digits is hardly another one by chance.
_LONG = 4
_COUNTING = frozenset({"första", *contrasts.ORDINALS})


def figures(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    found = [(place, word) for place, word in enumerate(window.words) if word.kind == "figure"]
    for index, word in enumerate(words):
        if word.kind != "figure":
            continue
        same = [(place, other) for place, other in found if _is_same(word, other)]
        if not same:
            if _stands_around(word, words[index + 1 : index + 2], window.context):
                continue
            if _is_ordinal(word, window.words):
                continue
            if "år" in word.lower and any(
                other.lower.startswith(word.lower[: word.lower.find("år") + 2]) for other in window.words
            ):
                continue
            return _other_figure(index, word, words, alignment)
        if word.limit and all(other.limit and other.limit != word.limit for _, other in same):
            return says(f"{same[0][1].limit} {_shown(same[0][1])}", f"{word.limit} {_shown(word)}")
        if word.limit and not any(other.limit or _in_range(place, alignment) for place, other in same):
            return f"Källan säger inte {word.limit} {_shown(word)}."
        nearer = _nearer_figure(index, word, words, alignment, same)
        if nearer:
            return nearer
    return _scattered(words, alignment) or _other_ordinal(words, window.words)


def stand_together(words: Sequence[Word], sentence: Sequence[Word]) -> bool:
    """Whether one sentence of a source has all the figures of a claim, none with another limit."""
    theirs = [word for word in sentence if word.kind == "figure"]
    return all(
        any(_is_same(word, other) and (not word.limit or other.limit in ("", word.limit)) for other in theirs)
        for word in words
        if word.kind == "figure"
    )


def _stands_around(figure: Word, after: Sequence[Word], context: Sequence[Word]) -> bool:
    """Whether a figure stands near the window: a long one, or one with the same word after it ("1 januari")."""
    return any(
        other.kind == "figure"
        and other.value == figure.value
        and (len(figure.value) >= _LONG or (bool(after) and after[0].form == beside.form))
        for other, beside in pairwise((*context, figure))
    )


def _other_ordinal(words: Sequence[Word], source: Sequence[Word]) -> str:
    """The objection that the source counts the same thing otherwise: "andra dagen" for "femte dagen"."""
    theirs = {(one.lower, after.form) for one, after in pairwise(source) if one.lower in _COUNTING}
    for one, after in pairwise(words):
        if one.lower not in _COUNTING or (one.lower, after.form) in theirs:
            continue
        others = [ordinal for ordinal, form in theirs if form == after.form]
        if others:
            return says(f"{others[0]} {after.lower}", f"{one.lower} {after.lower}")
    return ""


def _is_same(one: Word, other: Word) -> bool:
    """Whether two figures say as much: the same number, or "två veckor" for "fjorton dagar"."""
    if one.value == other.value and _same_unit(one, other):
        return True
    base, times = contrasts.UNIT_TIMES.get(one.unit, ("", 0))
    base_other, times_other = contrasts.UNIT_TIMES.get(other.unit, ("", 0))
    if not base or base != base_other or not (one.value.isdigit() and other.value.isdigit()):
        return False
    return int(one.value) * times == int(other.value) * times_other


def _is_ordinal(figure: Word, words: Sequence[Word]) -> bool:
    """Whether the source counts the same unit: "andra dagen" for "två dagar"."""
    return any(
        contrasts.ORDINALS.get(word.lower) == figure.value and figure.unit and after.lower.startswith(figure.unit[:2])
        for word, after in pairwise(words)
    )


def _in_range(place: int, alignment: Alignment) -> bool:
    words = alignment.window.words
    return place + 1 < len(words) and words[place + 1].kind == "figure"


def _same_unit(one: Word, other: Word) -> bool:
    return one.unit == other.unit or not one.unit or (not other.unit and one.unit not in ("procent",))


def _shown(figure: Word) -> str:
    """As it is written, with its unit: "en månad"."""
    unit = contrasts.ONE.get(figure.unit, figure.unit) if figure.value == "1" else figure.unit
    return figure.shown if not unit or unit in figure.shown else f"{figure.shown} {unit}"


def _other_figure(index: int, word: Word, words: Sequence[Word], alignment: Alignment) -> str:
    """The objection to a figure that the source does not have: which one it has there instead, if any."""
    said = {other.value for other in words if other.kind == "figure"}
    rivals = [
        (place, other)
        for place, other in enumerate(alignment.window.words)
        if other.kind == "figure" and other.value not in said and other.unit == word.unit
    ]
    if not rivals:
        return f"Källan nämner inte {_shown(word)}."
    targets = alignment.targets(around_of(words, index))
    _, other = max(rivals, key=lambda rival: _nearness(rival[0], targets))
    return says(_shown(other), _shown(word))


def _nearer_figure(
    index: int, word: Word, words: Sequence[Word], alignment: Alignment, same: Sequence[tuple[int, Word]]
) -> str:
    """The objection that the source has another figure at the words around this one."""
    said = {other.value for other in words if other.kind == "figure"}
    targets = alignment.targets(around_of(words, index))
    own = max(_nearness(place, targets) for place, _ in same)
    for place, other in enumerate(alignment.window.words):
        rival = other.kind == "figure" and other.unit == word.unit and other.value not in said
        if rival and _nearness(place, targets) > 1.5 * own:
            return says(_shown(other), _shown(word))
    return ""


def _nearness(place: int, targets: set[int]) -> float:
    return sum(1 / (1 + abs(target - place)) for target in targets)


def _scattered(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that figures said of one thing stand in different sentences or items of the source."""
    window = alignment.window
    by_clause: dict[int, list[set[int]]] = {}
    for word in words:
        if word.kind == "figure":
            at = {
                window.unit_of[place]
                for place, other in enumerate(window.words)
                if other.kind == "figure" and other.value == word.value
            }
            if at:
                by_clause.setdefault(word.clause, []).append(at)
    for units in by_clause.values():
        if not set.intersection(*units):
            return "Siffrorna står inte tillsammans i källan."
    return ""


def references(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    own = [word for word in window.words if word.kind == "reference"]
    named = {other.value.split(":")[0] for other in own if not other.value.endswith(":")}
    around = [word for word in window.context if word.kind == "reference"]
    held = [*own, *(word for word in around if word.value.split(":")[0] not in named or word.value.endswith(":"))]
    chapters = {word.value.split(":")[0] for word in held} - {""}
    for word, after in zip(words, (*words, None)[1:], strict=True):
        if word.kind != "reference" or (after and after.kind == "reference" and after.value.startswith(word.value)):
            continue
        chapter, section = word.value.split(":")
        same = [
            other
            for other in held
            if (section and _fits(chapter, section, other, chapters)) or (not section and chapter in chapters)
        ]
        if not same:
            rivals = [other for other in held if bool(other.value.split(":")[1]) == bool(section)]
            return says(_named(rivals[0]), _named(word)) if rivals else f"Källan nämner inte {_named(word)}."
    return _apart(words, alignment)


def _apart(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that a reference stands in one sentence of the source and what is said of it in another."""
    window = alignment.window
    for index, word in enumerate(words):
        if word.kind != "reference" or word.value.endswith(":") or len(window.units) == 1:
            continue
        at = {window.unit_of[place] for place in alignment.places[index]}
        around = [window.unit_of[place] for place in alignment.targets(around_of(words, index))]
        counts = {unit: around.count(unit) for unit in set(around)}
        if at and counts and max(counts.values()) > 2 * max(counts.get(unit, 0) for unit in at):
            return f"Källan säger detta om något annat än {_named(word)}."
    return ""


def _fits(chapter: str, section: str, other: Word, chapters: set[str]) -> bool:
    other_chapter, other_section = other.value.split(":")
    if section != other_section:
        return False
    return not chapter or chapter == other_chapter or (not other_chapter and chapter in chapters)


def _named(reference: Word) -> str:
    chapter, section = reference.value.split(":")
    return " ".join(part for part in (f"{chapter} kap." if chapter else "", f"{section} §" if section else "") if part)


def periods(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection to how often something is done."""
    theirs = [word for word in alignment.window.words if word.period]
    for word in words:
        if word.period and not any(other.period == word.period for other in theirs):
            return says(_often(theirs[0]), _often(word)) if theirs else f"Källan säger inte {_often(word)}."
    return ""


def _often(word: Word) -> str:
    count, unit = word.period.split()
    return f"varje {unit}" if count == "1" else f"med {count} {unit}s mellanrum"
