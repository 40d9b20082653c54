"""A PDF page's content stream -> words and ruled lines with their places.

Coordinates are in points (1/72 inch) in the frame that a reader sees: x to the right and y downwards from the top left
corner of the crop box, after the page's own rotation. pypdf parses the stream and the fonts; the operators are followed
here, because its visitors know neither a word's width nor where a form lies.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

Matrix = tuple[float, float, float, float, float, float]

#: Limits for one page, so that an absurd one ends: operators, characters, forms and their depth, ruled lines, and the
#: stream's length in bytes (an ordinary page of text has 1,000 to 100,000).
_MAX_OPERATORS, _MAX_CHARS, _MAX_FORMS, _MAX_DEPTH, _MAX_RULES = 600_000, 300_000, 600, 24, 4_000
_MAX_BYTES = 8_000_000
#: A jump within one string that is longer than this share of the font size ends the word.
_KERN = 0.09
#: A space narrower than this, in em, only marks where a word may be broken.
_LEAST_SPACE = 0.05
#: A painted path about as wide as high, between so many points, may be a list's bullet; so many ems before the text.
_DOT, _DOTS, _DOT_REACH = (1.0, 9.0), 400, 2.5
#: A rule is at most so many points thick; a rectangle larger than this share of the page is a background.
_THIN, _BACKGROUND = 3.0, 0.9
#: Stands for letters that an /ActualText has given already.
_SAME = "\x00"
#: So many curves on a page without text may be letters drawn as outlines.
_MANY_CURVES = 300
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
#: Accents that stand alone and what they are over a letter; codes that WinAnsi leaves open are shown as bullets.
_ACCENTS = {"¨": "\u0308", "˚": "\u030a", "´": "\u0301", "`": "\u0300", "^": "\u0302", "\u0308": "\u0308"}
_OPEN_CODES = frozenset("\x7f\x81\x8d\x8f\x90\x9d")
_SYMBOL_FONTS = ("wingdings", "webdings", "dingbats", "symbol")


class Word(NamedTuple):
    """Letters drawn without a space between them, from `x0` to `x1` with baseline `y`.

    `angle` is the text's direction in degrees clockwise, to the nearest 15. `spaced` says that a space was drawn before
    it, `space` how wide the font's own space is, in points.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    spaced: bool = False
    space: float = 0.0
    angle: int = 0


class Rule(NamedTuple):
    """A horizontal (`y0 == y1`) or vertical (`x0 == x1`) line."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on a page of `width` by `height` points.

    `cut` says that a limit was met and the rest left out, `pictured` that the page holds a picture or many curves,
    which may show text that is not there as characters.
    """

    words: tuple[Word, ...]
    rules: tuple[Rule, ...]
    width: float
    height: float
    cut: bool = False
    pictured: bool = False


@dataclass(slots=True)
class FontTable:
    """A font's characters and widths in em. `pairs` fonts have two-byte codes."""

    font: Any
    bold: bool
    symbol: bool
    scale: float
    space: float
    known: dict[str, tuple[str, float, bool]] = field(default_factory=dict)

    def glyphs(self, data: bytes | str) -> list[tuple[str, float, bool]]:
        """Each code's text, width in em, and whether word spacing applies (the one-byte code 32)."""
        encoding = self.font.encoding
        if isinstance(data, str):
            codes, simple = data, True
        elif isinstance(encoding, str):
            codes, simple = _decode(data, encoding), False
        else:
            codes, simple = data.decode("latin-1"), True
        known = self.known
        return [known.get(code) or self._learn(code, simple) for code in codes]

    def _learn(self, code: str, simple: bool) -> tuple[str, float, bool]:
        font = self.font
        encoding = font.encoding
        shown = encoding.get(ord(code), code) if isinstance(encoding, dict) else code
        text = "".join(font.character_map.get(char, char) for char in shown)
        if self.symbol and text.strip() and not text.isalnum():
            text = "•" if 0xF000 <= ord(text[0]) <= 0xF0FF or text in "§·¨" else text
        elif self.symbol and text in "Øünlqvo":
            text = "•" if "symbol" not in font.name.lower() else text
        text = "•" if text in _OPEN_CODES else text
        widths = font.character_widths
        width = widths.get(code, widths.get("default", 500))
        wide = float(width) / 1000 * self.scale if isinstance(width, int | float) else 0.5
        self.known[code] = (text.translate(_LIGATURES), wide, simple and code == " ")
        return self.known[code]


class Fonts:
    """The fonts of one file, each read once."""

    def __init__(self) -> None:
        self._tables: dict[object, FontTable | None] = {}

    def table(self, resources: Mapping[str, Any], name: str) -> FontTable | None:
        fonts = _dictionary(resources.get("/Font"))
        if name not in fonts:
            return None
        raw = fonts.raw_get(name) if hasattr(fonts, "raw_get") else fonts[name]
        number = getattr(raw, "idnum", None)
        key: object = number if number is not None else (id(fonts), name)
        if key not in self._tables:
            self._tables[key] = _read_font(_dictionary(raw))
        return self._tables[key]


def _read_font(resource: Mapping[str, Any]) -> FontTable | None:
    from pypdf.generic._font import Font

    if not resource:
        return None
    font = Font.from_font_resource(resource)  # type: ignore[arg-type]
    name = str(font.name).lower()
    weight = str(getattr(font.font_descriptor, "weight", ""))
    bold = any(part in name for part in ("bold", "black", "heavy", "semibd")) or weight[:1] in tuple("6789")
    scale = 1.0
    if resource.get("/Subtype") == "/Type3":
        scale = abs(_numbers(resource.get("/FontMatrix"), 6)[0]) * 1000 or 1.0
    space = float(font.space_width) / 1000 * scale
    return FontTable(font, bold, any(part in name for part in _SYMBOL_FONTS), scale, space)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding, "surrogatepass")
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-16-be" if "utf" in encoding.lower() else "latin-1", "replace")


def read_content(page: Any, fonts: Fonts) -> Drawn:
    """What the page draws. May raise what pypdf raises for broken streams."""
    left, bottom, right, top = _box(page)
    turn = int(page.get("/Rotate") or 0) % 360 if isinstance(page.get("/Rotate") or 0, int | float) else 0
    base, width, height = _frame(left, bottom, right, top, turn)
    painter = _Painter(page.pdf, fonts, base, width, height)
    contents = page.get("/Contents")
    resources = page.get_inherited("/Resources", {}) if hasattr(page, "get_inherited") else page.get("/Resources")
    if contents is not None:
        painter.run(contents.get_object(), _dictionary(resources), 0)
    painter.close_word()
    words = [word for word in painter.words if word.text.strip()]
    inside = [word for word in words if _inside(word, width, height)]
    inside += _drawn_bullets(painter.dots, inside)
    return Drawn(
        tuple(inside),
        tuple(painter.rules),
        width,
        height,
        painter.cut,
        painter.pictures > 0 or painter.curves > _MANY_CURVES,
    )


def _inside(word: Word, width: float, height: float) -> bool:
    return -2 <= (word.x0 + word.x1) / 2 <= width + 2 and -2 <= word.y <= height + word.size


def _drawn_bullets(dots: Sequence[tuple[float, float, float, float]], words: Sequence[Word]) -> list[Word]:
    """A bullet for each dot that stands right before a line of text, at the height of its small letters."""
    found = []
    for x0, y0, x1, y1 in dots:
        middle = (y0 + y1) / 2
        row = [word for word in words if word.angle == 0 and 0 < word.y - middle < 0.75 * word.size]
        after = min((word for word in row if word.x0 >= x1), key=lambda word: word.x0, default=None)
        crowded = any(word.x0 < x1 and word.x1 > x0 - word.size for word in row)
        if after and not crowded and 0 < after.x0 - x1 < _DOT_REACH * after.size and y1 - y0 < 0.6 * after.size:
            found.append(Word("•", x0, x1, after.y, after.size))
    return found


def _box(page: Any) -> tuple[float, float, float, float]:
    """The part of the page that is shown, as left, bottom, right, top; A4 where the file gives no usable box."""
    for name in ("/CropBox", "/MediaBox"):
        x0, y0, x1, y1 = _numbers(page.get_inherited(name, None) if hasattr(page, "get_inherited") else None, 4)
        left, right, bottom, top = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if right - left >= 1 and top - bottom >= 1:
            return left, bottom, right, top
    return 0.0, 0.0, 595.0, 842.0


def _frame(left: float, bottom: float, right: float, top: float, turn: int) -> tuple[Matrix, float, float]:
    """The matrix from the file's space to the reader's, and the page's width and height there."""
    wide, high = right - left, top - bottom
    if turn == 90:
        return (0, 1, 1, 0, -bottom, -left), high, wide
    if turn == 180:
        return (-1, 0, 0, 1, right, -bottom), wide, high
    if turn == 270:
        return (0, -1, -1, 0, top, right), high, wide
    return (1, 0, 0, -1, -left, top), wide, high


@dataclass(frozen=True, slots=True)
class _Graphics:
    """What `q` saves: the matrix and the text parameters."""

    matrix: Matrix
    table: FontTable | None = None
    size: float = 12.0
    char_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass(slots=True)
class _Marked:
    """A marked-content sequence: left out as page furniture, or with the text that it stands for."""

    hidden: bool = False
    actual: str | None = None


class _Painter:
    """Follows the operators of a page and its forms."""

    def __init__(self, pdf: Any, fonts: Fonts, base: Matrix, width: float, height: float) -> None:
        self.pdf, self.fonts = pdf, fonts
        self.width, self.height = width, height
        self.words: list[Word] = []
        self.rules: list[Rule] = []
        self.cut = False
        self.pictures = self.curves = 0
        self._state = _Graphics(base)
        self._stack: list[_Graphics] = []
        self._line = self._text = _IDENTITY
        self._pen = 0.0
        self._open: list[str] = []
        self._begun = 0.0
        self._spaced = False
        self._marked: list[_Marked] = []
        self.dots: list[tuple[float, float, float, float]] = []
        self._curve: list[tuple[float, float]] = []
        self._path: list[tuple[float, float, float, float]] = []
        self._boxes: list[tuple[float, float, float, float]] = []
        self._at = self._from = (0.0, 0.0)
        self._operators = self._chars = self._forms = 0
        self._resources: Mapping[str, Any] = {}
        self._depth = 0
        self._streams: dict[int, Any] = {}

    def run(self, stream: Any, resources: Mapping[str, Any], depth: int) -> None:
        """Follows one stream; operators with unusable operands are passed over."""
        outer = self._resources, self._depth
        self._resources, self._depth = resources, depth
        for operands, operator in self._operations(stream):
            self._operators += 1
            if self._operators > _MAX_OPERATORS or self._chars > _MAX_CHARS:
                self.cut = True
                break
            handler = _HANDLERS.get(operator)
            if handler:
                try:
                    handler(self, operands)
                except (ValueError, TypeError, IndexError, OverflowError):
                    continue
        self._resources, self._depth = outer

    def _operations(self, stream: Any) -> Iterable[tuple[Any, bytes]]:
        from pypdf.generic import ContentStream

        key = id(stream)
        if key not in self._streams:
            content = ContentStream(stream, self.pdf, "bytes")
            if len(content.get_data()) > _MAX_BYTES:
                self.cut = True
                return ()
            self._streams[key] = (content.operations, stream)
        operations: Iterable[tuple[Any, bytes]] = self._streams[key][0]
        return operations

    # Graphics state

    def save(self, _: Sequence[Any]) -> None:
        if len(self._stack) < 1000:
            self._stack.append(self._state)

    def restore(self, _: Sequence[Any]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def concat(self, operands: Sequence[Any]) -> None:
        self._state = replace(self._state, matrix=_times(_matrix(operands), self._state.matrix))

    def font(self, operands: Sequence[Any]) -> None:
        table = self.fonts.table(self._resources, str(operands[0]))
        self._state = replace(self._state, table=table, size=float(operands[1]))

    def set(self, name: str, value: float) -> None:
        changed: dict[str, Any] = {name: value}
        self._state = replace(self._state, **changed)

    # Text

    def begin(self, _: Sequence[Any]) -> None:
        self._line = self._text = _IDENTITY
        self._pen = 0.0

    def place(self, operands: Sequence[Any]) -> None:
        self._line = self._text = _matrix(operands)
        self._pen = 0.0

    def move(self, operands: Sequence[Any]) -> None:
        x, y = float(operands[0]), float(operands[1])
        self._line = self._text = _times((1, 0, 0, 1, x, y), self._line)
        self._pen = 0.0

    def move_leading(self, operands: Sequence[Any]) -> None:
        self.set("leading", -float(operands[1]))
        self.move(operands)

    def next_line(self, _: Sequence[Any]) -> None:
        self.move((0, -self._state.leading))

    def next_line_show(self, operands: Sequence[Any]) -> None:
        self.next_line(())
        self.show(operands)

    def spaced_show(self, operands: Sequence[Any]) -> None:
        self.set("word_space", float(operands[0]))
        self.set("char_space", float(operands[1]))
        self.next_line_show(operands[2:])

    def show(self, operands: Sequence[Any]) -> None:
        if operands and isinstance(operands[0], bytes | str):
            self._string(operands[0])
        self.close_word()

    def show_array(self, operands: Sequence[Any]) -> None:
        state = self._state
        for item in operands[0]:
            if isinstance(item, bytes | str):
                self._string(item)
            elif isinstance(item, int | float):
                jump = -float(item) / 1000
                if abs(jump) > _KERN:
                    self.close_word()
                self._pen += jump * state.size * state.stretch
        self.close_word()

    def _string(self, data: bytes | str) -> None:
        state = self._state
        if state.table is None:
            return
        size, stretch, extra = state.size, state.stretch, state.char_space
        for text, wide, is_space in state.table.glyphs(data):
            self._chars += 1
            if text.isspace() or not text:
                self.close_word()
                self._spaced = self._spaced or wide > _LEAST_SPACE
            else:
                if not self._open:
                    self._begun = self._pen
                self._open.append(text)
            self._pen += (wide * size + extra + (state.word_space if is_space else 0.0)) * stretch

    def close_word(self) -> None:
        """Ends the word that is being drawn, if any, and keeps it with its place."""
        if not self._open:
            return
        text, self._open = "".join(self._open), []
        spaced, self._spaced = self._spaced, False
        state = self._state
        if self._marked:
            text = self._as_marked(text)
        a, b, c, d, e, f = _times(self._text, state.matrix)
        size = abs(state.size) * math.hypot(c, d)
        if not text or not (0.5 < size < 2000):
            return
        x0, y0 = a * self._begun + c * state.rise + e, b * self._begun + d * state.rise + f
        x1, y1 = a * self._pen + c * state.rise + e, b * self._pen + d * state.rise + f
        if not all(abs(value) < 1e6 for value in (x0, x1, y0, y1)):
            return
        if text == _SAME:
            self._stretch_last(x1, y1)
            return
        bold = bool(state.table and state.table.bold)
        space = (state.table.space if state.table else 0.25) * abs(state.size * state.stretch) * math.hypot(a, b)
        if b == 0 and a > 0:
            word = Word(text, x0, max(x1, x0), y0, size, bold, spaced, space)
            if self.words and self.words[-1].text in _ACCENTS:
                word = _accented(self.words, word)
            self.words.append(word)
            return
        angle = round(math.degrees(math.atan2(b * state.size, a * state.size)) / 15) * 15 % 360
        x0, y0 = turned(x0, y0, angle)
        x1, _ = turned(x1, y1, angle)
        self.words.append(Word(text, x0, max(x1, x0), y0, size, bold, spaced, space, angle))

    def _stretch_last(self, x: float, y: float) -> None:
        """The last word reaches to this point too: more letters of what one /ActualText stands for."""
        last = self.words[-1] if self.words else None
        if last and last.angle == 0 and abs(last.y - y) < last.size / 2 and x > last.x1:
            self.words[-1] = last._replace(x1=x)

    # Marked content

    def mark(self, operands: Sequence[Any]) -> None:
        self.close_word()
        self._marked.append(_marked(operands, self._resources))

    def unmark(self, _: Sequence[Any]) -> None:
        self.close_word()
        if self._marked:
            self._marked.pop()

    def _as_marked(self, text: str) -> str:
        """The text that the drawn letters stand for: their own, the sequence's, or none."""
        if any(mark.hidden for mark in self._marked):
            return ""
        for mark in self._marked:
            if mark.actual is not None:
                text, mark.actual = mark.actual or _SAME, ""
        return text

    # Paths

    def rectangle(self, operands: Sequence[Any]) -> None:
        x, y, w, h = (float(value) for value in operands[:4])
        x0, y0 = self._point(x, y)
        x1, y1 = self._point(x + w, y + h)
        self._boxes.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))

    def start(self, operands: Sequence[Any]) -> None:
        self._at = self._from = self._point(float(operands[0]), float(operands[1]))

    def line(self, operands: Sequence[Any]) -> None:
        to = self._point(float(operands[0]), float(operands[1]))
        self._path.append((*self._at, *to))
        self._at = to

    def curve(self, operands: Sequence[Any]) -> None:
        self.curves += 1
        x, y = float(operands[-2]), float(operands[-1])
        self._at = self._point(x, y)
        self._curve.append(self._at)

    def close(self, _: Sequence[Any]) -> None:
        self._path.append((*self._at, *self._from))
        self._at = self._from

    def _dot(self) -> None:
        points = [*self._curve, *((x, y) for x0, y0, x1, y1 in self._boxes for x, y in ((x0, y0), (x1, y1)))]
        if len(points) >= 2 and len(self._boxes) <= 1 and len(self.dots) < _DOTS:
            x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
            y0, y1 = min(y for _, y in points), max(y for _, y in points)
            least, most = _DOT
            if least < x1 - x0 < most and 0.7 * (x1 - x0) <= y1 - y0 <= 1.4 * (x1 - x0):
                self.dots.append((x0, y0, x1, y1))

    def paint(self, _: Sequence[Any]) -> None:
        self._dot()
        for x0, y0, x1, y1 in self._path:
            self._rule(x0, y0, x1, y1)
        for x0, y0, x1, y1 in self._boxes:
            if x1 - x0 > _BACKGROUND * self.width and y1 - y0 > _BACKGROUND * self.height:
                continue
            if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
                upright = x1 - x0 < y1 - y0
                middle = (x0 + x1) / 2 if upright else (y0 + y1) / 2
                self._rule(*((middle, y0, middle, y1) if upright else (x0, middle, x1, middle)))
            else:
                for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                    self._rule(*edge)
        self.drop(())

    def drop(self, _: Sequence[Any]) -> None:
        self._path, self._boxes, self._curve = [], [], []

    def _rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if len(self.rules) >= _MAX_RULES:
            return
        if abs(y1 - y0) < 0.5 and abs(x1 - x0) > 4:
            self.rules.append(Rule(min(x0, x1), y0, max(x0, x1), y0))
        elif abs(x1 - x0) < 0.5 and abs(y1 - y0) > 4:
            self.rules.append(Rule(x0, min(y0, y1), x0, max(y0, y1)))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self._state.matrix
        return a * x + c * y + e, b * x + d * y + f

    # Forms

    def picture(self, _: Sequence[Any]) -> None:
        self.pictures += 1

    def form(self, operands: Sequence[Any]) -> None:
        self.close_word()
        form = _dictionary(self._resources.get("/XObject")).get(str(operands[0]))
        form = form.get_object() if form is not None else None
        if form is not None and form.get("/Subtype") == "/Image":
            self.pictures += 1
        if form is None or form.get("/Subtype") != "/Form":
            return
        self._forms += 1
        if self._depth >= _MAX_DEPTH or self._forms > _MAX_FORMS:
            self.cut = True
            return
        kept = self._state, list(self._stack), self._line, self._text, self._pen
        if "/Matrix" in form:
            self.concat(_numbers(form.get("/Matrix"), 6))
        own = form.get("/Resources")
        self.run(form, _dictionary(own) if own is not None else self._resources, self._depth + 1)
        self.close_word()
        self._state, self._stack, self._line, self._text, self._pen = kept


def _accented(words: list[Word], word: Word) -> Word:
    """The word, its first letter under the accent that was drawn last, which is then no word of its own."""
    mark = words[-1]
    over = mark.x0 - 0.5 * word.size < word.x0 < mark.x1 - 0.1 * word.size and abs(mark.y - word.y) < 0.5 * word.size
    letter = unicodedata.normalize("NFC", word.text[0] + _ACCENTS[mark.text])
    if not over or len(letter) != 1:
        return word
    words.pop()
    return word._replace(text=letter + word.text[1:], x0=min(mark.x0, word.x0), spaced=mark.spaced)


def turned(x: float, y: float, angle: int) -> tuple[float, float]:
    """The point in the frame where text that runs at `angle` degrees clockwise runs to the right."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return x * cos + y * sin, y * cos - x * sin


def _marked(operands: Sequence[Any], resources: Mapping[str, Any]) -> _Marked:
    """How a marked-content sequence is treated, from its tag and properties (ISO 32000-2, 14.6 and 14.8.2.2)."""
    if len(operands) < 2:
        return _Marked()
    given = operands[1]
    named = _dictionary(resources.get("/Properties")).get(given) if isinstance(given, str) else given
    properties = _dictionary(named)
    hidden = operands[0] == "/Artifact" and properties.get("/Type") == "/Pagination"
    actual = properties.get("/ActualText")
    if isinstance(actual, bytes):
        actual = _text_string(actual)
    return _Marked(hidden, unicodedata.normalize("NFC", actual).strip() if isinstance(actual, str) else None)


def _text_string(data: bytes) -> str:
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8" if data.startswith(b"\xef\xbb\xbf") else "latin-1")


def _dictionary(value: Any) -> Any:
    """The dictionary that the value is or points at; an empty one for anything else."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, Mapping) else {}


def _numbers(value: Any, count: int) -> list[float]:
    """The array's numbers, padded with zeros to `count`; all zero where one is no number."""
    found = value.get_object() if hasattr(value, "get_object") else value
    items = list(found)[:count] if isinstance(found, Sequence) and not isinstance(found, str) else []
    plain = [item.get_object() if hasattr(item, "get_object") else item for item in items]
    if len(plain) < count or not all(isinstance(item, int | float) and math.isfinite(item) for item in plain):
        return [0.0] * count
    return [float(item) for item in plain]


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in operands[:6])
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _sets(name: str, factor: float = 1.0) -> Callable[[_Painter, Sequence[Any]], None]:
    return lambda painter, operands: painter.set(name, float(operands[0]) * factor)


_HANDLERS: dict[bytes, Callable[[_Painter, Sequence[Any]], None]] = {
    b"q": _Painter.save,
    b"Q": _Painter.restore,
    b"cm": _Painter.concat,
    b"BT": _Painter.begin,
    b"Tf": _Painter.font,
    b"Tc": _sets("char_space"),
    b"Tw": _sets("word_space"),
    b"Tz": _sets("stretch", 0.01),
    b"TL": _sets("leading"),
    b"Ts": _sets("rise"),
    b"Tm": _Painter.place,
    b"Td": _Painter.move,
    b"TD": _Painter.move_leading,
    b"T*": _Painter.next_line,
    b"Tj": _Painter.show,
    b"TJ": _Painter.show_array,
    b"'": _Painter.next_line_show,
    b'"': _Painter.spaced_show,
    b"BMC": _Painter.mark,
    b"BDC": _Painter.mark,
    b"EMC": _Painter.unmark,
    b"re": _Painter.rectangle,
    b"m": _Painter.start,
    b"l": _Painter.line,
    b"h": _Painter.close,
    b"n": _Painter.drop,
    b"Do": _Painter.form,
    b"INLINE IMAGE": _Painter.picture,
    **dict.fromkeys((b"c", b"v", b"y"), _Painter.curve),
    **dict.fromkeys((b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"), _Painter.paint),
}
