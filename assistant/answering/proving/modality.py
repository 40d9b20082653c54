"""What binds, what is advised and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from assistant.answering.proving import contrasts, verbs
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Word
from assistant.answering.proving.likeness import said_by
from assistant.answering.proving.roles import clauses_of, said_of
from assistant.answering.proving.wording import says

#: Words in -a that are no verbs.
_PLURALS = frozenset(
    "många flera alla samma andra egna stora nya olika vissa några dessa bra extra goda flesta".split()
)
#: How many content words a modal verb says something of.
_FORCE_REACH = 6


def forces(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    theirs = [(_kinds(window.words, i), set(_reach(window.words, i))) for i, w in enumerate(window.words) if force(w)]
    theirs += list(_phrased(window.words))
    softened = any(said_by(word.lower, contrasts.SOFTENED) for word in words)
    for index, word in enumerate(words):
        kinds = _kinds(words, index) if force(word) and not _receives(words, index) else frozenset()
        if not kinds or (softened and "ska" in kinds):
            continue
        targets = alignment.targets(_reach(words, index))
        if "behöver inte" in kinds and any(_denied(window.words, target) for target in targets):
            continue
        overlaps = [(len(targets & scope), other) for other, scope in theirs]
        most = max((count for count, _ in overlaps), default=0)
        if most == 0:
            reason = _force_without_verb(kinds, word, window.words, bool(theirs))
            if reason:
                return reason
            continue
        agrees = any(count >= 0.5 * most and _same_force(kinds, other) for count, other in overlaps)
        if not agrees and not any(_force_said(kind, window.words, contrasts.FORCE_SAID_PLAINLY) for kind in kinds):
            other = max(overlaps, key=lambda overlap: overlap[0])[1]
            if _of_one_verb(words, index, alignment):
                return says(min(other), min(kinds))
    return ""


def _of_one_verb(words: Sequence[Word], index: int, alignment: Alignment) -> bool:
    """Whether a modal verb of the source helps the same verb as the text's does; True where that cannot be told."""
    mine = next((one for one in clauses_of(tuple(words)) if one.finite == index), None)
    if mine is None or mine.verb == index or not words[mine.verb].content:
        return True
    helped = {one.verb for one in said_of(alignment.window) if force(alignment.window.words[one.finite])}
    return bool(helped & set(alignment.places[mine.verb]))


def _denied(words: Sequence[Word], place: int) -> bool:
    """Whether a negation without a modal verb stands before a word: "som inte anmäls"."""
    before = words[max(0, place - 2) : place]
    return any(word.lower in contrasts.DENYING for word in before) and not any(force(word) for word in before)


def _phrased(words: Sequence[Word]) -> Iterator[tuple[frozenset[str], set[int]]]:
    """What is possible, allowed or demanded without a modal verb ("går att", "rätt att"), with the words after it."""
    for index, word in enumerate(words):
        after = [other.lower for other in words[index + 1 : index + 4]]
        kind = next((k for k, said in contrasts.FORCE_PHRASES.items() if said_by(word.lower, said)), "")
        if kind and "att" in after:
            before = {other.lower for other in words[max(0, index - 2) : index]} | set(after[:1])
            denied = bool(before & contrasts.DENYING)
            freed = "behöver inte" if kind == "ska" else "får inte"
            yield frozenset({freed if denied else kind}), set(_reach(words, index))


def _receives(words: Sequence[Word], index: int) -> bool:
    """Whether "får" or "behöver" says that someone receives or lacks: no infinitive comes after it in its clause."""
    if words[index].lower not in ("får", "fick", "behöver", "behövde"):
        return False
    after = [w.lower for w in words[index + 1 :] if w.clause == words[index].clause]
    after = after[: after.index("att")] if "att" in after else after
    return not any(word in contrasts.SHORT_INFINITIVES or _ends_as_infinitive(word) for word in after)


def _ends_as_infinitive(word: str) -> bool:
    return word.endswith(("a", "as")) and not word.endswith(contrasts.ADJECTIVE_ENDINGS) and word not in _PLURALS


def _kinds(words: Sequence[Word], index: int) -> frozenset[str]:
    """What a modal verb says with the words after it: "måste inte" frees, "får inte" forbids, "ska få" allows."""
    kind = force(words[index])
    after = [word.lower for word in words[index + 1 : index + 4]]
    near = 2 if index and words[index - 1].lower == "heller" else 1
    around = [*after[:2], *(word.lower for word in words[max(0, index - near) : index])]
    if any(word in contrasts.DENYING for word in around):
        freed = words[index].lower in ("måste", "behöver", "behövde")
        return frozenset({"behöver inte" if freed else "bör inte" if kind == "bör" else "får inte"})
    if kind == "ska" and ("få" in after or "kunna" in after[:1]):
        return frozenset({kind, "får"})
    return frozenset({kind})


@cache
def _force_of(word: str) -> str:
    return next((kind for kind, forms in contrasts.FORCE.items() if word in forms.split()), "")


def force(word: Word) -> str:
    return _force_of(word.lower)


def _same_force(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one & other) or any(one & row and other & row for row in contrasts.SAME_FORCE)


def _force_without_verb(kinds: frozenset[str], word: Word, others: Sequence[Word], has_verbs: bool) -> str:
    """The objection to a modal verb where the source has none that speaks of the same."""
    plainly = [kind for kind in contrasts.FORCE_SAID_PLAINLY if _force_said(kind, others, contrasts.FORCE_SAID_PLAINLY)]
    if plainly and not has_verbs:
        bare = frozenset(kind.removesuffix(" inte") for kind in kinds)
        same = any(_same_force(bare, frozenset({kind})) for kind in plainly)
        return "" if same else says(plainly[0], word.lower)
    if has_verbs and any(_same_force(kinds, frozenset({force(other)})) for other in others if force(other)):
        return ""
    said = "kan" in kinds or any(_force_said(kind, others, contrasts.FORCE_SAID) for kind in kinds)
    return "" if said else f"Källan säger inte {word.lower}."


def _force_said(kind: str, words: Sequence[Word], said: Mapping[str, str]) -> bool:
    if kind == "får" and any(word.lower.endswith(("rätt", "rätten")) for word in words):
        return True
    if kind in ("bör", "ska") and words and _commands(words):
        return True
    return any(said_by(word.lower, said.get(kind, "")) for word in words)


def _commands(words: Sequence[Word]) -> bool:
    """Whether a text begins with an imperative: "Lista mötena", "Beskriv uppdraget"."""
    first = words[0].lower
    return not verbs.is_finite(first) and (verbs.is_infinitive(first) or verbs.is_infinitive(first + "a"))


def _reach(words: Sequence[Word], index: int) -> list[int]:
    """The content words that a modal verb may govern: those after it, past commas, up to the next one."""
    found: list[int] = []
    for place in range(index + 1, len(words)):
        if force(words[place]):
            break
        if words[place].content:
            found.append(place)
        if len(found) == _FORCE_REACH:
            break
    alone = not found and not any(force(word) for word in words[:index])
    return [place for place in range(max(0, index - 4), index) if words[place].content] if alone else found
