"""A question in a conversation -> a question that can be searched for on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.finding.lexicon import Lexicon
from assistant.reading.sentences import sentence_spans
from assistant.types import Turn

#: Words that point back to something said before, unless "som" follows ("dem som …").
_POINTERS = frozenset(
    "dem dessa detta denna han hon honom henne hans hennes hen hens deras dess dit då där sådan sådant sådana".split()
)
_OPENERS = frozenset("och men".split())
#: The articles, and the endings of a noun that they point out when no adjective stands between ("de uppgifterna").
_POINTED_OUT = {"den": ("en", "an"), "det": ("et",), "de": ("na",)}
#: Before "det" they show that it stands for what somebody does, and is no formal subject ("gör det", "är det").
_DOING = frozenset("gör göra gjorde gjort".split())
#: In a longer question such words mostly bind its own clauses together.
_SHORT = 12
#: A question that leans with so few content words is asked about what is talked about, where nothing was said before.
_FEW = 2
#: How many words are carried over at most, and how many sentences of the last answer they are taken from.
_MOST_CARRIED, _SENTENCES = 16, 1
#: A longer reply of a chat model, in characters, is no question.
_LONGEST_REWRITE = 400
#: A capitalised word that does not begin a sentence, an abbreviation in capitals, or a number.
_NAMES = re.compile(r"(?<=[\wåäö,;:–-] )[A-ZÅÄÖ][\w-]+|\b[A-ZÅÄÖ]{2,}\b|\d+")


#: Words that a question may consist of without saying what it is about.
_GENERAL = """
    andra ansvar ansvara ansvarig behöva berätta besluta bestämma börja exempel fler fråga frågor fördel fördelar
    först gång gälla göra hand hinna hjälp kommun kommunchef kommundirektör kommuner krav krävas källor lag lagen
    lagkrav lång läge länge läsa möta nackdel nackdelar noga ofta ordning planera prata problem rapport rapporten
    regel regler risk risker råd sak saker skriva snabb steg stå ställa svår svårast säga tala tid tidigt tips titta
    träffa tänka undvika utmaning utmaningar vanlig vanligast vara vecka veta viktig viktigast
""".split()


@dataclass(frozen=True, slots=True)
class About:
    """What is being talked about around a question: its name, and other words for it."""

    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that stands alone, and the words carried over from earlier, "" when it stood alone already."""

    question: str
    carried: str = ""

    @property
    def text(self) -> str:
        return f"{self.question} {self.carried}".strip()


def standalone(question: str, history: Sequence[Turn], lexicon: Lexicon, about: About | None = None) -> Standalone:
    """The question with the words that it leans on: what the last question was about and how its answer began.

    It leans on them when it points back ("de", "ett sådant", "där"), begins with "och …" or "men …", or holds no
    content word of its own. What is carried over goes further back when the last question leaned as well. A question
    of general words only, or a short one that leans where nothing was said before, is asked `about` what is at hand.
    """
    asked = [index for index, turn in enumerate(history) if turn.role == "user"]
    leans = _leans(question, lexicon)
    if about and is_general(question, lexicon) and (not asked or not leans):
        return Standalone(f"{question} {about.title}", about.words)
    if not asked or not leans:
        short = leans and len(set(lexicon.terms(question))) <= _FEW
        return Standalone(question, f"{about.title} {about.words}" if about and short else "")
    last = asked[-1]
    earlier = standalone(history[last].content, history[:last], lexicon, about)
    said = " ".join(_opening(turn.content) for turn in history[last + 1 :] if turn.role == "assistant")
    return Standalone(question, " ".join(_content_words(f"{earlier.text} {said}", question, lexicon)))


def is_general(question: str, lexicon: Lexicon) -> bool:
    """Whether the question, without what it is asked about, could be about anything ("Vem ska jag prata med?")."""
    general = {lexicon.normal_form(word) for word in _GENERAL}
    return set(lexicon.terms(question)) <= general


def rewritten(question: str, history: Sequence[Turn], reply: str, lexicon: Lexicon) -> Standalone | None:
    """A chat model's reply as the question to search for, or None when it cannot be trusted.

    It must be one line of a question's length, keep what the question is about, and hold no name and no number that was
    not said before.
    """
    text = reply.strip().strip('"”“«»').strip()
    if not text or "\n" in text or len(text) > _LONGEST_REWRITE:
        return None
    said = " ".join((question, *(turn.content for turn in history)))
    known = set(lexicon.terms(said))
    own = set(lexicon.terms(question))
    names = {term for name in _NAMES.findall(text) for term in lexicon.terms(name)}
    if names - known or (own and not own & set(lexicon.terms(text))):
        return None
    return Standalone(text)


def _leans(question: str, lexicon: Lexicon) -> bool:
    words = lexicon.words(question)
    content = lexicon.terms(question)
    if not content or words[0] in _OPENERS:
        return True
    if len(words) > _SHORT:
        return any(_stands_for_doing(words, index) for index in range(len(words)))
    return any(_points_back(words, index, len(content), lexicon) for index in range(len(words)))


def _points_back(words: Sequence[str], index: int, content: int, lexicon: Lexicon) -> bool:
    """Whether the word stands for something said before; `content` is the number of the question's content words."""
    word, following = words[index], words[index + 1] if index + 1 < len(words) else ""
    if following == "som":
        return False
    endings = _POINTED_OUT.get(word)
    if endings is None:
        return word in _POINTERS
    if not following or (word == "det" and content <= 1):
        return True
    if following not in lexicon.stop_words:
        return len(following) > 5 and following.endswith(endings)
    return word != "det" or _stands_for_doing(words, index)


def _stands_for_doing(words: Sequence[str], index: int) -> bool:
    return words[index] == "det" and index > 0 and words[index - 1] in _DOING


def _opening(answer: str) -> str:
    return " ".join(answer[start:end] for start, end in sentence_spans(answer)[:_SENTENCES])


def _content_words(text: str, question: str, lexicon: Lexicon) -> list[str]:
    """The content words of a text that the question does not hold, each once, in order."""
    held = set(lexicon.terms(question))
    found: dict[str, str] = {}
    for token in lexicon.tokens(text):
        if token.term not in held:
            found.setdefault(token.term, token.word)
    return list(found.values())[:_MOST_CARRIED]
