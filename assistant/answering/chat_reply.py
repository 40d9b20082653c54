"""Reads a chat model's reply as it comes: sentences, and the keys of the excerpts that each one cites.

A reply is text that nobody vouches for. Reasoning, tool calls, headings, links, images, HTML and code marks are taken
away here; what is left is handed on sentence by sentence, and only the gate decides what is shown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answering.prompts import NOTHING
from assistant.reading.sentences import CELL_GAP, ends_with_abbreviation, sentence_spans
from assistant.types import Opens

#: The number of a key that was never given out.
UNKNOWN = -1
#: Within a line a cited key is one character of the private use area, which a reply's own text never holds.
_FIRST_MARK = 0xE101
_MARK = re.compile("[\ue100-\ue1ff]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0d-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff"
    "\U000e0000-\U0010ffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")

#: What is no part of an answer, with all that stands in it.
_BLOCK = re.compile(
    r"<(think|thinking|thought|reasoning|reflection|analysis|tool_calls?|tool_code|function_calls?|script|style)\b[^<>]*>"
    r"|\[(THINK|TOOL_CALLS)\]|<!--",
    re.IGNORECASE,
)
#: A tag of such a block, as far as it may have come.
_HALF_TAG = re.compile(r"(?:<[^<>\n]{0,40}|\[[A-Z_/]{0,11})$")
_LONGEST_TAG = 24
#: The end of reasoning whose beginning stood in the prompt.
_STRAY_END = re.compile(r"</(?:think|thinking|thought|reasoning|reflection|analysis)\s*>|\[/THINK\]", re.IGNORECASE)

_SKIPPED_LINE = re.compile(r"[\s>]*(?:#{1,6}\s|```|~~~|\[[^\]]+\]:\s*<?(?:https?|www))")
_BOLD_LINE = re.compile(r"[\s>]*(\*\*|__)[^\[【]{1,100}\1:?\s*$")
_RULE_ROW = re.compile(r"[\s|:-]+$")
_QUOTE_MARK = re.compile(r"(?:\s*>)+ ?")
_BULLET = re.compile(r"\s*(?:[-*+•‒–]|\d{1,2}[.)]|[a-z]\))\s+(?:\[[ xX]\]\s+)?")
#: So much of a line is enough to see what kind of line it is.
_LINE_START = 8
#: A reply with more characters than this for each word that it may have is no text.
_CHARACTERS_A_WORD = 12

_TAG = re.compile(r"<(?=[A-Za-z/!?|])[^<>]*>")
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^)]*\)|\[[^\[\]]*\])?")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*(?:\s+[\"'][^)]*)?\)")
_URL = re.compile(r"(?:\b[a-z][a-z+.-]{1,9}://|\bwww\.)[^\s\[\]【】()<>]*[^\s\[\]【】()<>.,;:!?]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_EMPHASIS = re.compile(r"[*`]+|~~|(?<!\w)_+|_+(?!\w)")
_BRACKETS = re.compile(r"[\[【［〔]{1,2}([^\[\]【】［］〔〕\n]{0,80})[\]】］〕]{1,2}")
_PARENTHESIS = re.compile(r"\(([^()\n]{1,60})\)")
_HALF_BRACKET = re.compile(r"!?[\[【［〔][^\[\]【】［］〔〕\n]*$")
#: What may be the beginning of a link, a tag or a key, and is held back until its end has come.
_UNFINISHED = re.compile(
    r"(?:!?[\[【［〔][^\[\]【】［］〔〕\n]{0,200}|!?\[[^\[\]\n]{0,200}\](?:\([^)\n]{0,300})?\S*|\([^()\n]{0,60}\)?\S*"
    r"|<[^<>\n]{0,300}>?\S*|\S+)$"
)
_BETWEEN_KEYS = re.compile(r"[\s,;:|/&+†^]+|\boch\b")
_SEPARATED = re.compile(r"[,;|/]")
_FILLERS = frozenset("källa källor nyckel nycklar utdrag ref se source sources".split())
_KEY_SHAPED = re.compile(r"[0-9A-Za-z_-]{1,12}$")
_STOP = re.compile(r"[.!?…][\"”“’»)]*$")
_SPACE_BEFORE = re.compile(r"\s+([.!?,;:])")


@dataclass(frozen=True, slots=True)
class ReplySentence:
    """A sentence of the reply, and the numbers of the keys that it cites; `UNKNOWN` is one that was never given out."""

    text: str
    cited: tuple[int, ...]
    opens: Opens = ""


class ReplyReader:
    """Fed with the reply piece by piece, gives each sentence once it is whole, with the keys before or after its stop.

    `says_nothing` becomes true when the model writes that the excerpts do not answer.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._numbers = {key.casefold(): number for number, key in enumerate(keys)}
        self._raw = ""
        self._block_end: re.Pattern[str] | None = None
        self._pending = ""
        self._line_begun = False
        self._line = ""
        self._opens: Opens = "paragraph"
        self._uncited: ReplySentence | None = None
        self._words = self._characters = 0
        self.says_nothing = False

    def is_longer_than(self, words: int) -> bool:
        """Whether so many words have come, or characters that would be more than as many."""
        characters = self._characters + len(self._raw) + len(self._pending)
        return self._words > words or characters > _CHARACTERS_A_WORD * words

    def feed(self, piece: str) -> Iterator[ReplySentence]:
        """The sentences that are whole now."""
        self._raw += _LINE_ENDS.sub("\n", piece)
        yield from self._read(self._without_blocks())

    def finish(self, is_complete: bool = False) -> Iterator[ReplySentence]:
        """The rest. Unless the reply is known to be complete, a last sentence without stop and key is dropped."""
        rest = self._pending + ("" if self._block_end else self._raw)
        self._raw = self._pending = ""
        yield from self._end_line(_HALF_BRACKET.sub("", rest), may_be_broken=not is_complete)
        if self._uncited:
            yield self._uncited
            self._uncited = None

    def _without_blocks(self) -> str:
        """The text so far that stands outside blocks; what may be the beginning of a tag stays behind."""
        text = ""
        while True:
            if self._block_end:
                end = self._block_end.search(self._raw)
                if not end:
                    self._raw = self._raw[-_LONGEST_TAG:]
                    return text
                self._raw, self._block_end = self._raw[end.end() :], None
            begin, stray = _BLOCK.search(self._raw), _STRAY_END.search(self._raw)
            if stray and not (begin and begin.start() < stray.start()):
                text, self._raw = "", self._raw[stray.end() :]
                self._pending, self._line, self._line_begun, self._uncited = "", "", False, None
                continue
            if not begin:
                break
            text += self._raw[: begin.start()]
            self._raw, self._block_end = self._raw[begin.end() :], _end_of(begin)
        half = _HALF_TAG.search(self._raw)
        cut = half.start() if half else len(self._raw)
        text, self._raw = text + self._raw[:cut], self._raw[cut:]
        return text

    def _read(self, text: str) -> Iterator[ReplySentence]:
        *lines, rest = (self._pending + text).split("\n")
        self._pending = ""
        for line in lines:
            yield from self._end_line(line)
        if self._line_begun or len(rest.lstrip()) >= _LINE_START:
            yield from self._grow(rest)
        else:
            self._pending = rest

    def _grow(self, rest: str) -> Iterator[ReplySentence]:
        """Goes on with a line whose end has not come; the last sentence is held back, and a last word."""
        if not self._line_begun and (_SKIPPED_LINE.match(rest) or rest.lstrip(" \t>")[:1] in ("|", "*", "_")):
            self._pending = rest
            return
        unfinished = _UNFINISHED.search(rest)
        cut = unfinished.start() if unfinished else len(rest)
        self._pending = rest[cut:]
        self._count(rest[:cut])
        self._line += self._inline(self._begun(rest[:cut]))
        yield from self._sentences(is_whole=False)

    def _end_line(self, rest: str, may_be_broken: bool = False) -> Iterator[ReplySentence]:
        self._count(rest)
        is_heading = not _says_nothing(rest) and (_SKIPPED_LINE.match(rest) or _BOLD_LINE.match(rest))
        if self._line_begun or not is_heading:
            self._line += self._inline(self._begun(rest, is_whole=True))
            if may_be_broken:
                self._line = _without_broken_end(self._line)
            yield from self._sentences(is_whole=True)
        self._line, self._line_begun = "", False

    def _count(self, text: str) -> None:
        self._words += len(text.split())
        self._characters += len(text)

    def _begun(self, text: str, is_whole: bool = False) -> str:
        """The text without what a line begins with; notes whether the line is a list item."""
        if self._line_begun or not text.strip():
            return text
        self._line_begun = True
        text = text[match.end() :] if (match := _QUOTE_MARK.match(text)) else text
        bullet, is_row = _BULLET.match(text), is_whole and text.lstrip().startswith("|")
        self._opens = "item" if bullet or is_row else "paragraph"
        return _cells(text) if is_row else text[bullet.end() :] if bullet else text

    def _inline(self, text: str) -> str:
        """The text with its keys as marks, and without links, images, tags and emphasis."""
        text = _UNSEEN.sub("", html.unescape(text))
        text = _URL.sub("", _TAG.sub("", text))
        text = _LINK.sub(self._label, _IMAGE.sub(" ", text))
        text = _BRACKETS.sub(self._marks, _EMPHASIS.sub("", _ESCAPED.sub(r"\1", text)))
        return _PARENTHESIS.sub(self._marks, text)

    def _label(self, link: re.Match[str]) -> str:
        label = link.group(1).strip("[]")
        return f"[{label}]" if label.casefold() in self._numbers else label

    def _marks(self, match: re.Match[str]) -> str:
        """The keys between brackets as marks; other words between brackets as they stand."""
        content = match.group(1)
        words = [word.casefold() for word in _BETWEEN_KEYS.split(content) if word and word.casefold() not in _FILLERS]
        known = [self._numbers[word] for word in words if word in self._numbers]
        others = [word for word in words if word not in self._numbers]
        if match.group()[0] == "(":
            return _as_marks(known) if known and not others else match.group()
        if known:
            keys = {len(key) for key in self._numbers}
            forged = any(len(word) in keys and re.search(r"\d", word) and word.isalnum() for word in others)
            return _as_marks([*known, UNKNOWN] if forged else known)
        if (len(others) < 2 or _SEPARATED.search(content)) and all(_KEY_SHAPED.match(word) for word in others):
            return _as_marks([UNKNOWN]) if content.strip() else ""
        return match.group()

    def _sentences(self, is_whole: bool) -> Iterator[ReplySentence]:
        """Those of the line so far; until it is whole without the last one, to which words and keys may still come."""
        spans = sentence_spans(_MARK.sub(" ", self._line))
        begins = [0, *(start for start, _ in spans[1:])] if spans or is_whole else []
        ends = [*begins[1:], len(self._line)]
        for begin, end in zip(begins, ends if is_whole else ends[:-1], strict=False):
            yield from self._push(self._line[begin:end])
        self._line = "" if is_whole else self._line[begins[-1] :] if begins else self._line

    def _push(self, part: str) -> Iterator[ReplySentence]:
        """The sentence; one without keys waits until the next one, for a key may stand on a line of its own."""
        cited = tuple(dict.fromkeys(ord(mark) - _FIRST_MARK for mark in _MARK.findall(part)))
        text = _SPACE_BEFORE.sub(r"\1", " ".join(_MARK.sub(" ", part).split())).lstrip(":;,. –-")
        if not any(char.isalnum() for char in text):
            if self._uncited and cited:
                yield replace(self._uncited, cited=cited)
                self._uncited = None
            return
        if _says_nothing(text):
            self.says_nothing = True
            return
        if self._uncited:
            yield self._uncited
        sentence, self._opens, self._uncited = ReplySentence(text, cited, self._opens), "", None
        if cited:
            yield sentence
        else:
            self._uncited = sentence


def _end_of(begin: re.Match[str]) -> re.Pattern[str]:
    if begin.group(1):
        return re.compile(rf"</{begin.group(1)}\s*>", re.IGNORECASE)
    return re.compile(rf"\[/{begin.group(2)}\]" if begin.group(2) else "-->", re.IGNORECASE)


def _says_nothing(text: str) -> bool:
    return re.sub(r"[\W_]", "", text).casefold() == NOTHING.replace(" ", "").casefold()


def _as_marks(numbers: Sequence[int]) -> str:
    return "".join(chr(_FIRST_MARK + number) for number in numbers)


def _cells(line: str) -> str:
    """A row of a Markdown table in the form that the sources' rows have; "" for the line below its head."""
    if _RULE_ROW.match(line):
        return ""
    return CELL_GAP.join(cell.strip() for cell in line.strip().strip("|").split("|"))


def _without_broken_end(line: str) -> str:
    """The line without a last sentence that ends neither in a key nor as a sentence does."""
    end = line.rstrip()
    plain = _MARK.sub(" ", end).rstrip()
    if not end or _MARK.match(end[-1]) or (_STOP.search(plain) and not ends_with_abbreviation(plain)):
        return line
    spans = sentence_spans(_MARK.sub(" ", line))
    return line[: spans[-1][0]] if spans else ""
