"""Who does what, and who else is named."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.answering.proving import contrasts
from assistant.answering.proving.alignment import Alignment
from assistant.answering.proving.claims import Actor, Word, same_actor
from assistant.answering.proving.roles import clauses_of, counterparts
from assistant.answering.proving.wording import listed, says

#: So many letters tell which body a post belongs to ("fullmäktigeledamot").
_WHICH = 6
#: A word so like an actor's says the same, though it is none itself ("allmänheten" for "invånarna").
_SAME_WORD = 0.8
#: A longer word in -s after an actor is taken for a verb in the passive.
_SHORTEST_PASSIVE = 3
#: A clause of the source speaks of what one of the text's does when it says so much of it.
_SAID_OF = 0.5
#: Less than this and it does not speak of it at all.
_SPEAKS_OF = 0.2
#: Verbs whose subject does nothing.
_RECEIVES = frozenset("få får fick fått erhålla erhåller mottar motta".split())


def names(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    there = (*window.words, *window.naming)
    held = {said for word in there for said in (word.form, word.lower, *word.parts)}
    missing = [
        word.shown
        for word in words
        if word.kind == "word" and word.content and word.name and word.actor is None
        if not {word.form, word.lower.removesuffix("s")} & held
    ]
    return f"Källan nämner inte {listed(list(dict.fromkeys(missing)))}." if missing else ""


def actors(words: Sequence[Word], alignment: Alignment) -> str:
    window = alignment.window
    held = (*window.words, *window.context)
    agents = set(_agents(words).values())
    for index, word in enumerate(words):
        if word.actor is None or word.actor.head in contrasts.VAGUE_ACTORS:
            continue
        if not word.actor.owner and _in_compound(word.actor, held):
            continue
        if any(other.actor and _means(word.actor, other.actor, held) for other in window.words):
            continue
        if alignment.own[index] >= _SAME_WORD:
            continue
        named = any(other.actor and _means(word.actor, other.actor, held) for other in window.naming)
        if not named or not (index in agents or "enligt" in [w.lower for w in words[max(0, index - 2) : index]]):
            return _other_actor(word, words, window.words)
    return _agent_objection(words, alignment) or _role_objection(words, alignment)


def _in_compound(actor: Actor, held: Sequence[Word]) -> bool:
    """Whether a word of the source holds the actor: "kommundirektör" in "kommundirektörsrollen"."""
    whole = actor.before + actor.head
    names = {whole}.union(*(row for row in contrasts.SAME_ACTOR if whole in row))
    ends = not actor.before and any(other.form.endswith(actor.head) for other in held)
    return ends or any(other.form.startswith(name) for other in held for name in names)


def _means(mine: Actor, other: Actor, held: Sequence[Word]) -> bool:
    """Whether the source's actor may be the text's: "ledamot i fullmäktige" is a "fullmäktigeledamot"."""
    if same_actor(mine, other):
        return True
    spelled_out = mine.before and mine.head == other.head and not other.before
    return bool(spelled_out) and any(word.form[:_WHICH] == mine.before[:_WHICH] for word in held)


def _other_actor(word: Word, words: Sequence[Word], others: Sequence[Word]) -> str:
    """The objection to an actor whom the source does not name; the first one that it does name is told."""
    said = [other.actor for other in words if other.actor]
    free = [o for o in others if o.actor and not any(same_actor(mine, o.actor) for mine in said)]
    return says(_who(free[0], others), _who(word, words)) if free else f"Källan nämner inte {_who(word, words)}."


def _who(word: Word, words: Sequence[Word]) -> str:
    place = next(index for index, other in enumerate(words) if other is word)
    owner = f"{words[place - 1].lower} " if word.actor and word.actor.owner and place else ""
    return owner + word.lower


def _agent_objection(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that the source lets someone else do what the sentence says."""
    theirs = alignment.window.words
    agents, phrases, own = _agents(theirs), _phrases(theirs), _phrases(words)
    if any(word.lower in contrasts.FIRST_PERSON for word in theirs):
        return ""
    for clause, agent in _agents(words).items():
        mine = words[agent].actor
        places = [i for i, word in enumerate(theirs) if mine and word.actor and _means(mine, word.actor, theirs)]
        if any(agents.get(phrases[place]) == place for place in places) and not _other_cell(
            places, alignment, [i for i in range(len(words)) if own[i] == clause and words[i].actor is None]
        ):
            continue
        if any(phrases[place] in agents and _coordinated(theirs, agents[phrases[place]], place) for place in places):
            continue
        targets = alignment.targets([i for i in range(len(words)) if own[i] == clause and words[i].actor is None])
        other = _agent_of(places, targets, phrases, agents)
        who = None if other is None else theirs[other].actor
        if other is None or who is None or any(w.actor and _means(w.actor, who, theirs) for w in words[: agent + 1]):
            continue
        if not alignment.window.is_row and not _does_otherwise(agent, other, words, alignment):
            continue
        return says(_who(theirs[other], theirs), _who(words[agent], words))
    return ""


def _does_otherwise(agent: int, other: int, words: Sequence[Word], alignment: Alignment) -> bool:
    """Whether the clauses bear it out: the other is a doer in the source, and the text's own does not do the same."""
    own = clauses_of(tuple(words))
    if any(one.passive and agent in one.subject for one in own):
        return False
    mine = next((one for one in own if agent in one.doers), None)
    if mine is None:
        return True
    if words[mine.verb].lower in _RECEIVES:
        return False
    said = counterparts(mine, words, alignment)
    places = set(alignment.places[agent])
    if not said or said[0].share < _SPEAKS_OF:
        return False
    if any(one.share >= _SAID_OF and places & set(one.predicate.doers) for one in said):
        return False
    return any(other in one.predicate.doers for one in said)


def _role_objection(words: Sequence[Word], alignment: Alignment) -> str:
    """The objection that the source does to the text's agent what the text lets it do: "till fullmäktige"."""
    window = alignment.window
    theirs, agents = window.words, _agents(window.words)
    if window.is_row or any(word.lower in contrasts.FIRST_PERSON for word in theirs):
        return ""
    receives = any(word.lower in contrasts.RECEIVING for word in words)
    own = _phrases(words)
    for clause, agent in _agents(words).items():
        mine = words[agent].actor
        acts = any(w.content and not w.actor and own[i] == clause for i, w in enumerate(words) if i > agent)
        places = [i for i, word in enumerate(theirs) if mine and word.actor and _means(mine, word.actor, theirs)]
        if receives or not acts or not places or not all(_is_receiver(theirs, place) for place in places):
            continue
        others = [theirs[a] for a in agents.values() if window.unit_of[a] in {window.unit_of[p] for p in places}]
        if others:
            return says(_who(others[0], theirs), _who(words[agent], words))
        return f"Källan säger inte att {_who(words[agent], words)} gör detta."
    return ""


def _is_receiver(words: Sequence[Word], place: int) -> bool:
    """Whether something is given or said to the one at this place: "till den berörda nämnden", "till A och B"."""
    before = [word.lower for word in words[max(0, place - 3) : place]]
    if before[-1:] and before[-1] in ("och", "eller", "samt") and place > 1:
        return words[place - 2].actor is not None and _is_receiver(words, place - 2)
    return any(word in contrasts.TOWARDS for word in before)


def _other_cell(places: Sequence[int], alignment: Alignment, rest: Sequence[int]) -> bool:
    """Whether a table row says what is done in a cell of someone else's, and nothing of it in the agent's own."""
    window = alignment.window
    targets = alignment.targets(rest)
    if not window.is_row or len(window.units) > 1:
        return False
    cells = {window.words[place].clause for place in places}
    others = {word.clause for word in window.words if word.actor} - cells
    return any(window.words[t].clause in others for t in targets) and not any(
        window.words[t].clause in cells for t in targets
    )


def _agent_of(places: Sequence[int], targets: set[int], phrases: Sequence[int], agents: dict[int, int]) -> int | None:
    """Who acts in the source where it names the text's agent, else where it says most of what that one does."""
    if not targets:
        return None
    counts = {clause: sum(phrases[place] == clause for place in targets) for clause in set(phrases)}
    row = any(agents.get(phrases[place]) == place for place in places)
    best = phrases[places[0]] if places and not row else max(counts, key=lambda clause: counts[clause])
    return next((agents[clause] for clause in range(best, -1, -1) if clause in agents), None)


def _phrases(words: Sequence[Word]) -> list[int]:
    """The number of each word's clause, subordinate ones told apart."""
    number, before, result = 0, 0, []
    for word in words:
        number += word.clause != before or word.lower in contrasts.SUBORDINATING
        before = word.clause
        result.append(number)
    return result


def _agents(words: Sequence[Word]) -> dict[int, int]:
    """The place of who acts, by clause: the first actor that no preposition governs, or the one after "av"."""
    found: dict[int, int] = {}
    phrases = _phrases(words)
    for place, word in enumerate(words):
        if word.actor is None or word.owns:
            continue
        before = [w.lower for w in words[max(0, place - 4) : place]]
        by = before[:-1] if before[-1:] and before[-1] in contrasts.ARTICLES else before
        done_by = by[-1:] == ["av"] and len(by) > 1 and by[-2].endswith(("s", "d", "t", "na", "da"))
        governed = bool(set(before[-2:]) & contrasts.PREPOSITIONS) or _governed_afar(before)
        done_to = _is_passive(words, place, phrases)
        if done_by or (phrases[place] not in found and not governed and not done_to):
            found[phrases[place]] = place
    return found


def _is_passive(words: Sequence[Word], place: int, phrases: Sequence[int]) -> bool:
    """Whether something is done to the one at this place: a verb in -s follows ("direktören ska utses av")."""
    for index in range(place + 1, min(place + 4, len(words))):
        word = words[index]
        if phrases[index] != phrases[place] or word.actor or word.owns:
            return False
        if word.content:
            return len(word.lower) > _SHORTEST_PASSIVE and word.lower.endswith("s")
    return False


def _governed_afar(before: Sequence[str]) -> bool:
    """Whether a preposition and an article stand before a word's attributes: "till ett helägt kommunalt bolag"."""
    return any(one in contrasts.PREPOSITIONS and other in contrasts.ARTICLES for one, other in pairwise(before))


def _coordinated(words: Sequence[Word], one: int, other: int) -> bool:
    """Whether only "och", "eller" and commas stand between two places."""
    first, last = sorted((one, other))
    return all(word.lower in ("och", "eller", "samt") or word.actor or word.owns for word in words[first + 1 : last])
