"""Plots as inline SVG: no library, no style attributes, and every word escaped.

Each plot carries a title and a description for those who cannot see it; the page sets a table of the same figures
beside it. Colours come from the page's classes, so that a plot follows light, dark and print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: Units of the view box; the page scales it to the column.
_WIDTH = 360
_LABELS, _VALUES = 116, 54
_ROW, _TOP, _FOOT = 24, 10, 26
_BARS_HIGH, _BARS_TOP, _BARS_FOOT = 150, 22, 40


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a dot plot: a value with its interval, and the value in words."""

    label: str
    value: float
    low: float
    high: float
    shown: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram; `label` is "" where the axis has no room for one. `off` sets it apart from the rest."""

    label: str
    count: int
    off: bool = False


def dot_plot(key: str, title: str, rows: Sequence[Row], ends: tuple[float, float], ticks: Sequence[str]) -> str:
    """Values with interval bars, one a row, on an axis from `ends[0]` to `ends[1]` with evenly spread tick labels."""
    height = _TOP + _ROW * len(rows) + _FOOT
    left, right = _LABELS, _WIDTH - _VALUES
    low, high = ends

    def place(value: float) -> float:
        return left + (right - left) * (min(max(value, low), high) - low) / (high - low)

    parts = [_axis(ticks, left, right, height)]
    if low < 0 < high:
        parts.append(_line("zero", place(0), _TOP, place(0), height - _FOOT))
    for number, row in enumerate(rows):
        y = _TOP + _ROW * number + _ROW / 2
        parts.append(_text("label", left - 8, y + 4, row.label, "end"))
        parts.append(_line("interval", place(row.low), y, place(row.high), y))
        parts.append(f'<circle class="dot" cx="{place(row.value):.1f}" cy="{y:.1f}" r="4.5"/>')
        parts.append(_text("value", _WIDTH, y + 4, row.shown, "end"))
    described = "; ".join(f"{row.label}: {row.shown}" for row in rows)
    return _svg(key, title, described, height, "".join(parts))


def histogram(key: str, title: str, bars: Sequence[Bar], axis: str) -> str:
    """Counts as standing bars, each with its number above it; `axis` says what the labels below them are."""
    height = _BARS_TOP + _BARS_HIGH + _BARS_FOOT
    floor = _BARS_TOP + _BARS_HIGH
    most = max((bar.count for bar in bars), default=0) or 1
    step = _WIDTH / max(1, len(bars))
    parts = []
    for number, bar in enumerate(bars):
        x, tall = step * number, _BARS_HIGH * bar.count / most
        kind = "bar off" if bar.off else "bar"
        parts.append(
            f'<rect class="{kind}" x="{x + step * 0.1:.1f}" y="{floor - tall:.1f}" '
            f'width="{step * 0.8:.1f}" height="{tall:.1f}"/>'
        )
        if bar.count:
            parts.append(_text("value", x + step / 2, floor - tall - 5, str(bar.count), "middle"))
        parts.append(_text("tick", x + step / 2, floor + 15, bar.label, "middle"))
    parts.append(_line("floor", 0, floor, _WIDTH, floor))
    parts.append(_text("tick", _WIDTH / 2, height - 5, axis, "middle"))
    described = "; ".join(f"{bar.label}: {bar.count}" for bar in bars if bar.label)
    return _svg(key, title, described, height, "".join(parts))


def _axis(ticks: Sequence[str], left: float, right: float, height: float) -> str:
    parts = []
    for number, tick in enumerate(ticks):
        x = left + (right - left) * number / (len(ticks) - 1)
        parts.append(_line("grid", x, _TOP, x, height - _FOOT))
        parts.append(_text("tick", x, height - 9, tick, "middle"))
    return "".join(parts)


def _svg(key: str, title: str, description: str, height: float, inside: str) -> str:
    name = escape(key)
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>{inside}</svg>'
    )


def _text(kind: str, x: float, y: float, words: str, anchor: str) -> str:
    if not words:
        return ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
