"""Plots as SVG text: bars, stacked bars and lines; readable without colour, on paper too."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 760
LEFT: Final = 190
RIGHT: Final = 150
ROW: Final = 30
TOP: Final = 46
SPACE: Final = WIDTH - LEFT - RIGHT
COLOURS: Final = (
    "#1f5fa8",
    "#d1782b",
    "#3f8f4f",
    "#8a4fa0",
    "#b33a3a",
    "#5f6b73",
    "#b59b1f",
    "#2b9aa0",
    "#7a5230",
    "#999999",
    "#d67ab1",
    "#20405f",
)
STYLE: Final = "font-family:system-ui,'Noto Sans CJK SC',sans-serif;font-size:13px"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, how long, and what is written at its end."""

    label: str
    value: float
    told: str


def bars(title: str, rows: Sequence[Bar], *, logarithmic: bool = False) -> str:
    """Draw one bar a row; on a logarithmic scale a step to the right is a factor, and the title should say so."""
    longest = max((row.value for row in rows), default=1.0) or 1.0
    shortest = min((row.value for row in rows if row.value > 0), default=1.0)

    def length(value: float) -> float:
        if not logarithmic or value <= 0:
            return SPACE * value / longest
        # The shortest keeps a tenth, so that it can be seen.
        return SPACE * (0.1 + 0.9 * math.log(value / shortest) / (math.log(longest / shortest) or 1.0))

    shapes: list[str] = []
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        shapes += [
            _text(LEFT - 8, y + 16, row.label, anchor="end"),
            _box(LEFT, y + 3, length(row.value), COLOURS[number % len(COLOURS)], row.told),
            _text(LEFT + length(row.value) + 6, y + 16, row.told),
        ]
    return _picture(title, TOP + ROW * len(rows) + 10, shapes)


def stacked(title: str, rows: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """Draw one bar a row, made of parts; a part keeps its colour in every row, and the legend stands below."""
    longest = max((sum(parts.values()) for parts in rows.values()), default=1.0) or 1.0
    names = list(dict.fromkeys(name for parts in rows.values() for name in parts))
    shapes: list[str] = []
    for number, (label, parts) in enumerate(rows.items()):
        y, x = TOP + ROW * number, float(LEFT)
        shapes.append(_text(LEFT - 8, y + 16, label, anchor="end"))
        for name, value in parts.items():
            width = SPACE * value / longest
            shapes.append(_box(x, y + 3, width, _colour(names, name), f"{label}, {name}: {value:,.0f} {unit}"))
            x += width
        shapes.append(_text(x + 6, y + 16, f"{sum(parts.values()):,.0f} {unit}"))
    below = TOP + ROW * len(rows) + 8
    return _picture(title, below + 22 * math.ceil(len(names) / 4) + 8, shapes + _legend(names, below))


def lines(title: str, steps: Sequence[str], series: Mapping[str, Sequence[float | None]], unit: str) -> str:
    """Draw one line a series over named steps, from zero up; each point says its value."""
    highest = max((value for values in series.values() for value in values if value is not None), default=1.0) or 1.0
    high, names = 220, list(series)
    far = SPACE / max(len(steps) - 1, 1)
    shapes = [_text(LEFT + far * number, TOP + high + 20, step, anchor="middle") for number, step in enumerate(steps)]
    for share in (0.0, 0.5, 1.0):
        y = TOP + high * (1 - share)
        shapes.append(f'<line x1="{LEFT}" y1="{y:.0f}" x2="{LEFT + SPACE}" y2="{y:.0f}" stroke="#ddd"/>')
        shapes.append(_text(LEFT - 8, y + 4, f"{highest * share:,.4g} {unit}", anchor="end"))
    for name, values in series.items():
        points = [
            (LEFT + far * number, TOP + high * (1 - value / highest), value)
            for number, value in enumerate(values)
            if value is not None
        ]
        shapes += _line(points, _colour(names, name), f"{name}, {unit}")
    below = TOP + high + 34
    return _picture(title, below + 22 * math.ceil(len(names) / 4) + 8, shapes + _legend(names, below))


def _line(points: Sequence[tuple[float, float, float]], colour: str, told: str) -> Iterable[str]:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y, _ in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y, value in points:
        circle = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}">'
        yield f"{circle}<title>{escape(told)}: {value:,.4g}</title></circle>"


def _legend(names: Sequence[str], y: float) -> list[str]:
    shapes = []
    for number, name in enumerate(names):
        x, row = 30 + 180 * (number % 4), y + 22 * (number // 4)
        shapes += [_box(x, row, 14, _colour(names, name), name, height=14), _text(x + 20, row + 12, name)]
    return shapes


def _colour(names: Sequence[str], name: str) -> str:
    return COLOURS[names.index(name) % len(COLOURS)]


def _box(x: float, y: float, width: float, colour: str, told: str, *, height: float = 20) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:g}"'
    return f'<rect {where} fill="{colour}"><title>{escape(told)}</title></rect>'


def _text(x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'


def _picture(title: str, height: float, shapes: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" role="img" style="{STYLE}">'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    named = f'<title>{escape(title)}</title><text x="16" y="26" font-weight="600" fill="#222">{escape(title)}</text>'
    return "\n".join([head, ground, named, *shapes, "</svg>", ""])
