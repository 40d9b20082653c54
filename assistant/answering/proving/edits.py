"""A sentence that nearly copies one of the source's: what was changed in it, word by word, and whether that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.answering.proving import contrasts
from assistant.answering.proving.claims import Word, same_actor
from assistant.answering.proving.likeness import Likeness, said_by

#: A sentence copies another when it shares so many of its words with it, in order, and is so long.
COPIED, _FEWEST_WORDS = 0.6, 5
#: From this share on every changed content word counts.
CLOSELY = 0.65
#: A changed part with more content words is another wording, not a changed word.
_LONGEST_CHANGE = 4
#: A word this like another says the same.
_SAME = 0.78

#: So many letters tell which body a post belongs to ("fullmäktigeledamot").
_WHICH = 6

_POINTING = frozenset("den det de denna detta dessa han hon hen dem där då så sådan sådana man".split())


@dataclass(frozen=True, slots=True)
class _Change:
    """Words of the text in the place of words of the source; either may be none."""

    mine: tuple[Word, ...]
    theirs: tuple[Word, ...]


def changed(words: Sequence[Word], source: Sequence[Word], around: Sequence[Word], likeness: Likeness) -> str:
    """The objection to the first change that matters, in Swedish; "" where there is none, or where nothing is copied.

    `source` are the words of one sentence of the source, `around` those of the sentence before it and its headings.
    """
    matcher = SequenceMatcher(None, [w.form for w in words], [w.form for w in source], autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    if len(words) < _FEWEST_WORDS or kept < COPIED * len(words):
        return ""
    changes = [
        _Change(tuple(words[a:b]), tuple(source[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    ]
    gone = [word for change in changes for word in change.theirs]
    for number, change in enumerate(changes):
        first = number == 0 and change.mine[:1] == tuple(words[:1])
        if any(_spelled_out(word, source) for word in change.mine):
            continue
        reason = _fact_changed(change, words, gone) or _subject_changed(change, first, gone, around, likeness)
        if not reason and kept >= CLOSELY * len(words):
            reason = _word_changed(change, gone, around, likeness)
        if not reason:
            reason = _swapped(change, changes, likeness)
        if reason:
            return reason
    return ""


def kept_of(words: Sequence[Word], source: Sequence[Word]) -> int:
    """How many of a text's words a sentence of the source has, in the same order."""
    matcher = SequenceMatcher(None, [w.form for w in words], [w.form for w in source], autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _spelled_out(word: Word, source: Sequence[Word]) -> bool:
    """Whether the source says an actor in two words: "ledamot i nämnd" for "nämndledamot"."""
    actor = word.actor
    if actor is None or not actor.before:
        return False
    heads = any(other.actor and other.actor.head == actor.head and not other.actor.before for other in source)
    return heads and any(other.form[:_WHICH] == actor.before[:_WHICH] for other in source)


def _says(source: Word, text: Word) -> str:
    return f"Källan säger {source.lower}, texten säger {text.lower}."


def _fact_changed(change: _Change, words: Sequence[Word], gone: Sequence[Word]) -> str:
    """An actor or a modal verb in the place of another."""
    for word in change.mine:
        if word.actor is None or word.actor.head in contrasts.VAGUE_ACTORS:
            continue
        others = [other for other in change.theirs if other.actor]
        if any(same_actor(word.actor, other.actor) for other in others if other.actor):
            continue
        if _does_it(word, words) and any(other.actor and same_actor(word.actor, other.actor) for other in gone):
            continue
        if others and len(change.theirs) <= len(change.mine) + 2 and not _does_it(others[0], words):
            return _says(others[0], word)
    mine = [w for w in change.mine if force_of(w.lower)]
    theirs = [w for w in change.theirs if force_of(w.lower)]
    denied = any(w.lower in contrasts.DENYING for w in words)
    if len(mine) == len(theirs) == 1 and not denied and not _same_kind(mine[0].lower, theirs[0].lower):
        return _says(theirs[0], mine[0])
    return ""


def _does_it(actor: Word, words: Sequence[Word]) -> bool:
    """Whether the text turns the sentence round and lets the source's actor do it after "av"."""
    return any(
        before.lower == "av" and word.actor and actor.actor and same_actor(word.actor, actor.actor)
        for before, word in pairwise(words)
    )


def _same_kind(one: str, other: str) -> bool:
    kinds = {force_of(one), force_of(other)}
    return len(kinds) == 1 or any(kinds <= row for row in contrasts.SAME_FORCE)


def force_of(word: str) -> str:
    return next((kind for kind, forms in contrasts.FORCE.items() if word in forms.split()), "")


def _subject_changed(
    change: _Change, is_first: bool, gone: Sequence[Word], around: Sequence[Word], likeness: Likeness
) -> str:
    """Another beginning than the source's, which names what the sentence is about."""
    mine = [w for w in change.mine if _means(w)]
    theirs = [w for w in change.theirs if w.content]
    if not is_first or not mine or not theirs or len(mine) > _LONGEST_CHANGE:
        return ""
    if any(w.lower in _POINTING for w in change.theirs[:2]):
        return ""
    foreign = [w for w in mine if all(likeness(w, other) < _SAME for other in gone)]
    return _says(theirs[-1], foreign[-1]) if len(foreign) == len(mine) else ""


def _means(word: Word) -> bool:
    """Whether a word says something by itself, and not only how sentences hang together."""
    joins = word.lower in contrasts.CAUSAL or word.lower in contrasts.SUBORDINATING
    light = word.lower in contrasts.LIGHT_WORDS or said_by(word.lower, contrasts.FRAME_WORDS)
    return word.content and word.kind == "word" and not joins and not light and word.lower not in contrasts.NEGATIONS


def _word_changed(change: _Change, gone: Sequence[Word], around: Sequence[Word], likeness: Likeness) -> str:
    """A content word in the place of another that does not mean the same."""
    mine, theirs = [w for w in change.mine if _means(w)], [w for w in change.theirs if _means(w)]
    if not mine or not theirs or max(len(mine), len(theirs)) > _LONGEST_CHANGE:
        return ""
    foreign = [w for w in mine if all(likeness(w, other) < _SAME for other in gone)]
    left = [w for w in theirs if all(likeness(w, other) < _SAME for other in mine)]
    return _says(left[0], foreign[0]) if foreign and left else ""


def _swapped(change: _Change, changes: Sequence[_Change], likeness: Likeness) -> str:
    """Two words that have changed places."""
    for other in changes:
        if other is change:
            continue
        for a in (w for w in change.mine if _means(w)):
            for b in (w for w in change.theirs if _means(w)):
                if likeness(a, b) >= _SAME:
                    continue
                if any(likeness(a, x) >= _SAME for x in other.theirs if _means(x)) and any(
                    likeness(x, b) >= _SAME for x in other.mine if _means(x)
                ):
                    return _says(b, a)
    return ""
