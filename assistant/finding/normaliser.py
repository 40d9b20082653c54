"""Inflected word -> normal form, by suffix rules that `index/train_lexicon.py` learned.

A normal form is a stem ("ärendets" -> "ärend"), not a word to show. The rules are a decision list over word endings:
the longest ending that has a rule decides (Jongejan & Dalianis 2009, "Automatic training of lemmatization rules that
handle morphological changes in pre-, in- and suffixes alike"; here suffixes alone, pruned by what a rule gains).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Stands before a word's first letter, so that a rule can ask for the whole word.
START = "^"
#: A word that is not only letters, or shorter than this, is its own normal form.
_SHORTEST = 3
#: So many words are remembered; then all are forgotten, so that a long run does not grow without end.
_MOST_REMEMBERED = 200_000

#: How many letters are cut from the end, and what is put there instead.
Edit = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Learned rules by ending, and exceptions by whole word. Safe to use from several threads."""

    rules: Mapping[str, Edit]
    exceptions: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_longest", max(map(len, self.rules), default=0))

    def normal_form(self, word: str) -> str:
        """The stem that all inflections of a lower-case word share. Never empty for a word that is not."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[word] = self.exceptions.get(word) or self._by_rule(word)
        return known

    def _by_rule(self, word: str) -> str:
        if len(word) < _SHORTEST or not word.isalpha():
            return word
        marked = START + word
        for start in range(max(0, len(marked) - self._longest), len(marked)):
            edit = self.rules.get(marked[start:])
            if edit:
                return word[: len(word) - edit[0]] + edit[1] or word
        return word


def read_rules(text: str) -> dict[str, Edit]:
    """Reads `suffixes.txt`: on each line an edit ("2" or "3:man") and the endings it is for. `ValueError` if broken."""
    rules: dict[str, Edit] = {}
    for line in _content(text):
        edit, *endings = line.split()
        cut, _, put = edit.partition(":")
        rules |= dict.fromkeys(endings, (int(cut), put))
    if not rules:
        raise ValueError("inga regler")
    return rules


def write_rules(rules: Mapping[str, Edit]) -> str:
    """The lines that `read_rules` reads."""
    by_edit: dict[Edit, list[str]] = {}
    for ending, edit in rules.items():
        by_edit.setdefault(edit, []).append(ending)
    lines = []
    for (cut, put), endings in sorted(by_edit.items()):
        lines.append(" ".join([f"{cut}:{put}" if put else str(cut), *sorted(endings)]))
    return "\n".join(lines) + "\n"


def _content(text: str) -> Iterable[str]:
    return (line for line in text.splitlines() if line and not line.startswith("#"))
