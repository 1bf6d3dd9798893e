"""Charts as plain numbers: where bars and squares stand; the templates draw them as SVG with the table beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 600
LABEL = 200
"""Units of the drawing: all of it, and what the names of the rows take of it."""
ROW = 26
CELL = 34
SHADES = 5


@dataclass(frozen=True)
class Bar:
    """One part of a row: where it starts, how long it is, which class colours it, what it stands for."""

    x: float
    width: float
    part: str
    text: str


@dataclass(frozen=True)
class BarRow:
    """A row of a bar chart with its place; `number` is what the table shows."""

    name: Any
    y: int
    bars: list[Bar]
    text: str

    @property
    def end(self) -> float:
        """Where the row's last bar ends."""
        return max((bar.x + bar.width for bar in self.bars), default=LABEL) + 6


@dataclass(frozen=True)
class BarChart:
    """Rows of bars under a title."""

    code: str
    title: Any
    help: Any
    heads: Sequence[Any]
    rows: list[BarRow]
    table: list[tuple[Any, Sequence[Any]]]
    width: int = WIDTH

    @property
    def height(self) -> int:
        """How high the drawing is."""
        return max(ROW, len(self.rows) * ROW)


def bar_chart(
    *,
    code: str,
    title: Any,
    help_text: Any,
    heads: Sequence[Any],
    rows: Iterable[tuple[Any, Sequence[tuple[str, float]], str, Sequence[Any]]],
) -> BarChart:
    """Scale rows of (name, parts of (class, value), text at the end, cells of the table) to the longest one."""
    known = list(rows)
    longest = max((sum(value for _part, value in parts) for _name, parts, _text, _cells in known), default=0) or 1
    scale = (WIDTH - LABEL - 90) / longest
    drawn = []
    for place, (name, parts, text, _cells) in enumerate(known):
        x, bars = float(LABEL), []
        for part, value in parts:
            bars.append(Bar(round(x, 1), round(value * scale, 1), part, f"{value:g}"))
            x += value * scale
        drawn.append(BarRow(name, place * ROW, bars, text))
    table = [(name, cells) for name, _parts, _text, cells in known]
    return BarChart(code, title, help_text, heads, drawn, table)


@dataclass(frozen=True)
class Square:
    """One cell of a grid: its place, how dark it is (0 to SHADES), and its number."""

    x: int
    y: int
    shade: int
    number: int
    text: str


@dataclass(frozen=True)
class Grid:
    """Numbers by row and column, the larger the darker."""

    columns: list[tuple[str, int]]
    rows: list[tuple[str, int]]
    squares: list[Square]
    table: list[tuple[str, list[int]]]
    width: int
    height: int


def grid(counts: dict[tuple[str, str], int], *, rows: Sequence[tuple[str, str]], columns: Sequence[str]) -> Grid:
    """Draw counts by (row code, column); `rows` are (code, name), both in the order to draw them."""
    most = max(counts.values(), default=0) or 1
    squares = []
    for j, (code, name) in enumerate(rows):
        for i, column in enumerate(columns):
            number = counts.get((code, column), 0)
            shade = -(-SHADES * number // most)
            squares.append(Square(LABEL + i * CELL, (j + 1) * CELL, shade, number, f"{name}, {column}: {number}"))
    return Grid(
        columns=[(column, LABEL + i * CELL + CELL // 2) for i, column in enumerate(columns)],
        rows=[(name, (j + 1) * CELL + CELL // 2) for j, (_code, name) in enumerate(rows)],
        squares=squares,
        table=[(name, [counts.get((code, column), 0) for column in columns]) for code, name in rows],
        width=LABEL + len(columns) * CELL,
        height=(len(rows) + 1) * CELL,
    )
