"""How states and lines look. Colour never stands alone: each kind of line has its own pattern, width or arrowhead."""

from __future__ import annotations

import math
from collections.abc import Iterator

from verifier.graph.grouping import Style
from verifier.graph.layout import Point
from verifier.graph.shapes import Box, Polygon, Shape, Stroke, Text
from verifier.graph.typeface import width

PLAIN = Style(failure=False, taken=True, marked=False)

INK, PAPER, GREY, RED, BLUE = "#1a1a1a", "#ffffff", "#737373", "#b3001b", "#0b4fa3"

NAME_SIZE, TEXT_SIZE, ROW = 12.0, 10.0, 13.0
"""The sizes of states' names and of all other text, and the height of a line of text."""


def colour(style: Style) -> str:
    """Return the colour of a line and of the names on it."""
    if style.taken is False:
        return GREY
    if style.failure:
        return RED
    return BLUE if style.marked else INK


def stroke(style: Style) -> Stroke:
    """Return the line: dashed where no run takes it, dotted for a failure, thick for a step that is shown."""
    if style.taken is False:
        return Stroke(GREY, 1.0, (5.0, 4.0))
    if style.failure:
        return Stroke(RED, 2.8, (0.1, 5.0)) if style.marked else Stroke(RED, 1.5, (0.1, 3.4))
    return Stroke(colour(style), 2.6 if style.marked else 1.1)


def arrowhead(base: Point, tip: Point, style: Style) -> Polygon:
    """Return an arrowhead from the end of a line to its tip; a hollow one for a failure."""
    (x, y), (tx, ty) = base, tip
    length = math.hypot(tx - x, ty - y) or 1.0
    half = 4.2 if style.marked else 3.2
    dx, dy = -(ty - y) / length * half, (tx - x) / length * half
    shade = colour(style)
    return Polygon(((x + dx, y + dy), tip, (x - dx, y - dy)), PAPER if style.failure else shade, Stroke(shade, 1.1))


def text(x: float, base: float, content: str, shade: str = INK, size: float = TEXT_SIZE, bold: bool = False) -> Text:
    """Return a line of text; a character that no document may hold is replaced."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in content)
    return Text(x, base, shown, size, bold, shade)


def badge_width(mark: str) -> float:
    """Return how wide a badge is."""
    return max(13.0, width(mark, 9.0, bold=True) + 7)


def badge(x: float, base: float, mark: str, shade: str) -> Iterator[Shape]:
    """Yield a mark, white on a dark pill, whose text has the base line `base`."""
    wide = badge_width(mark)
    yield Box(x, base - 9.6, wide, 12.4, 6.2, shade, None)
    yield text(x + (wide - width(mark, 9.0, bold=True)) / 2, base - 0.2, mark, PAPER, 9.0, bold=True)
