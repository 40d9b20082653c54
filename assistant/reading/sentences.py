"""Where sentences begin and end in Swedish administrative prose."""

from __future__ import annotations

import re

#: Abbreviations after which a full stop does not end a sentence (lower case, without the last full stop).
_ABBREVIATIONS = frozenset(
    "bl.a bl ca dvs d.v.s ev e.d el ex f.d f.n fr.o.m fr i.o.m inkl kap kl max m.a.o min mom ndr nr o.d o.dyl p.g.a "
    "pga prop sid s.k sk t.ex tex tel t.o.m tom t.v u.a vs bil dr fig jfr jmf resp sfs enl t.f tf tr avd art".split()
)
#: Those that may as well be a sentence's last word; then a capitalised word that is no name follows.
_OFTEN_LAST = frozenset("etc kr m.fl m.m mfl mm osv o.s.v st milj mdkr tkr".split())
_END = re.compile(r"[.!?…]+[\"”“’»)\]*¹²³⁴⁵⁶⁷⁸⁹⁰]*(?=\s+|$)")
#: Between the cells of a table row, which is never cut.
CELL_GAP = " · "
_LIST_LINE = re.compile(r"^\s*(?:[•‒–‐▪◦·*-]|\d{1,2}[.)]|[a-zåäö]\))\s+")
_LAST_WORD = re.compile(r"([\wåäöÅÄÖ.]+)\.?$")


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The (start, end) of each sentence in `text`, in order, without surrounding space or bullet.

    Each line is a unit of its own (a heading, a list item, a table row); within it, a sentence ends at `.`, `!`, `?`
    before a space and a capital, figure or quotation mark, save after an abbreviation, an ordinal or inside quotation
    marks that have not been closed.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        marker = _LIST_LINE.match(line)
        spans.extend(_line_spans(line, offset, marker.end() if marker else 0))
        offset += len(line) + 1
    return tuple(spans)


def ends_with_abbreviation(text: str) -> bool:
    """True when the text's last full stop belongs to an abbreviation ("bl.a.")."""
    word = _LAST_WORD.search(text)
    return text.endswith(".") and word is not None and word.group(1).lower().strip(".") in _ABBREVIATIONS | _OFTEN_LAST


def _line_spans(line: str, offset: int, begin: int) -> list[tuple[int, int]]:
    if CELL_GAP in line:
        return [(offset + begin, offset + len(line))]
    spans = []
    start = begin
    for match in _END.finditer(line, begin):
        if _ends_sentence(line, start, match):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(line)))
    return [(offset + a, offset + b) for a, b in (_trim(line, a, b) for a, b in spans) if b > a]


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    return start, end


def _ends_sentence(line: str, start: int, match: re.Match[str]) -> bool:
    after = line[match.end() :].lstrip()
    if not after:
        return True
    if not (after[0].isupper() or after[0].isdigit() or after[0] in '"”“»([*–-§'):
        return False
    if _inside_quotation(line[start : match.end()]):
        return False
    if match.group()[0] != ".":
        return True
    word = _LAST_WORD.search(line[start : match.start()])
    last = word.group(1).lower().strip(".") if word else ""
    if last in _ABBREVIATIONS:
        return False
    return not (last.isdigit() and len(last) <= 2 and start == match.start() - len(last)) and not re.fullmatch(
        r"[a-zåäö]", last
    )


def _inside_quotation(text: str) -> bool:
    """True while a quotation that the sentence opened is still open, so that what one person said is not cut in two."""
    straight = text.count('"')
    curly = len(re.findall(r"[”“]", text))
    return straight % 2 == 1 or curly % 2 == 1 or text.count("«") != text.count("»")
