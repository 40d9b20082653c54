"""Word's styles and numbering: which paragraphs are headings or list items, and the numbers that Word itself counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from assistant.reading.lines import tidy
from assistant.reading.office import ordinal

_HEADING_STYLE = re.compile(r"^(?:heading|rubrik)\s?([1-9])$")
CONTENTS_STYLE = re.compile(r"^(?:(?:toc|innehåll|contents) ?(?:heading|rubrik|\d)|innehållsförteckning|table of )")
LIST_STYLE = re.compile(r"^(?:list bullet|punktlista|list number|numrerad lista)\s?([2-5]?)$")
TITLE_STYLES = frozenset({"title", "rubrik", "titel"})
#: A heading style on more characters than these is a paragraph that someone wanted large.
LONGEST_HEADING = 200


def is_on(node: Element | None) -> bool | None:
    """A toggle such as `w-b`: None where it is not there."""
    return None if node is None else node.get("w-val", "true") not in ("0", "false", "off", "none")


def attribute(node: Element | None, path: str) -> str | None:
    found = None if node is None else node.find(path)
    return None if found is None else found.get("w-val")


class Styles:
    """What a paragraph or run is, by itself or by the styles that it inherits from."""

    def __init__(self, root: Element | None) -> None:
        styles = [] if root is None else root.findall("w-style")
        self._by_id = {style.get("w-styleId", ""): style for style in styles}
        defaults = (style for style in styles if style.get("w-default") in ("1", "true"))
        self._default = next((s.get("w-styleId", "") for s in defaults if s.get("w-type") == "paragraph"), "")
        self._chains: dict[str, tuple[Element, ...]] = {}

    def chain(self, style_id: str) -> tuple[Element, ...]:
        """The style and those it is based on, nearest first."""
        if style_id not in self._chains:
            found: list[Element] = []
            style = self._by_id.get(style_id)
            while style is not None and style not in found:
                found.append(style)
                style = self._by_id.get(attribute(style, "w-basedOn") or "")
            self._chains[style_id] = tuple(found)
        return self._chains[style_id]

    def of(self, paragraph: Element) -> tuple[Element, ...]:
        return self.chain(attribute(paragraph, "w-pPr/w-pStyle") or self._default)

    def names(self, paragraph: Element) -> list[str]:
        """The names of the paragraph's styles in lower case, nearest first."""
        return [(attribute(style, "w-name") or "").lower() for style in self.of(paragraph)]

    def heading_level(self, paragraph: Element) -> int:
        """From 1; 0 for what is no heading. The outline level counts before the style's name, the nearest first."""
        for node in (paragraph, *self.of(paragraph)):
            outline = attribute(node, "w-pPr/w-outlineLvl")
            if outline is not None:
                return int(outline) + 1 if int(outline) < 9 else 0
            match = _HEADING_STYLE.match((attribute(node, "w-name") or "").lower())
            if match:
                return int(match[1])
        return 0

    def numbering(self, paragraph: Element) -> tuple[str, str | None, str]:
        """The list's id ("" for none), the level where it is given, and the style that gave the list ("" for none)."""
        own = paragraph.find("w-pPr/w-numPr")
        level = attribute(own, "w-ilvl")
        if attribute(own, "w-numId") is not None:
            return attribute(own, "w-numId") or "", level, ""
        for style in self.of(paragraph):
            number = attribute(style, "w-pPr/w-numPr/w-numId")
            if number is not None:
                return number, level or attribute(style, "w-pPr/w-numPr/w-ilvl"), style.get("w-styleId", "")
        return "", None, ""

    def list_of(self, style_id: str) -> str | None:
        """The list that a numbering style stands for."""
        return attribute(self._by_id.get(style_id), "w-pPr/w-numPr/w-numId")

    def toggled(self, tag: str, run: Element, paragraph: Element) -> bool:
        """Whether the run is bold, hidden and so on."""
        character = self.chain(attribute(run, "w-rPr/w-rStyle") or "")
        found = (is_on(node.find(f"w-rPr/{tag}")) for node in (run, *character, *self.of(paragraph)))
        return next((on for on in found if on is not None), False)


class Numbering:
    """Counts the document's numbered paragraphs, in order, and gives each its number as Word shows it."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._lists = {} if root is None else {n.get("w-numId", ""): n for n in root.findall("w-num")}
        abstract = [] if root is None else root.findall("w-abstractNum")
        self._abstract = {node.get("w-abstractNumId", ""): node for node in abstract}
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def label(self, paragraph: Element) -> tuple[int, str] | None:
        """The level from 0 and the number ("" for a bullet); None for a paragraph in no list. Counts it."""
        list_id, given, style = self._styles.numbering(paragraph)
        key = attribute(self._lists.get(list_id), "w-abstractNumId")
        if key is None:
            return None
        key = self._resolved(key)
        levels = {int(node.get("w-ilvl", "0")): node for node in self._abstract[key].findall("w-lvl")}
        linked = (level for level, node in levels.items() if style and attribute(node, "w-pStyle") == style)
        level = min(8, max(0, int(given) if given is not None else next(linked, 0)))
        levels |= self._overrides(list_id, key)
        self._count(key, level, levels)
        return level, self._text(key, level, levels)

    def _resolved(self, key: str) -> str:
        """The list itself where the one at hand only points to a numbering style."""
        link = attribute(self._abstract[key], "w-numStyleLink")
        other = attribute(self._lists.get(self._styles.list_of(link or "") or ""), "w-abstractNumId")
        return other if other in self._abstract else key

    def _overrides(self, list_id: str, key: str) -> dict[int, Element]:
        """The levels that this list changes. One that it starts anew is set back when the list first comes."""
        changed: dict[int, Element] = {}
        for node in self._lists[list_id].findall("w-lvlOverride"):
            level = int(node.get("w-ilvl", "0"))
            start = attribute(node, "w-startOverride")
            if start is not None and list_id not in self._begun:
                self._counts.setdefault(key, {})[level] = int(start) - 1
            definition = node.find("w-lvl")
            if definition is not None:
                changed[level] = definition
        self._begun.add(list_id)
        return changed

    def _count(self, key: str, level: int, levels: Mapping[int, Element]) -> None:
        counts = self._counts.setdefault(key, {})
        for above in range(level):
            counts.setdefault(above, _start(levels, above))
        counts[level] = counts.get(level, _start(levels, level) - 1) + 1
        for below in [other for other in counts if other > level]:
            if attribute(levels.get(below), "w-lvlRestart") != "0":
                del counts[below]

    def _text(self, key: str, level: int, levels: Mapping[int, Element]) -> str:
        node = levels.get(level)
        if node is None or attribute(node, "w-numFmt") in ("bullet", "none"):
            return ""
        legal = is_on(node.find("w-isLgl"))

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            style = "decimal" if legal else attribute(levels.get(other), "w-numFmt") or "decimal"
            return ordinal(self._counts[key].get(other, 1), style)

        return tidy(re.sub(r"%([1-9])", number, attribute(node, "w-lvlText") or ""))


def _start(levels: Mapping[int, Element], level: int) -> int:
    return int(attribute(levels.get(level), "w-start") or "1")
