"""What a picture is made of, in points, y downwards; each writer knows how to draw these."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.graph.layout import Point


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn. `dash`: lengths of strokes and gaps, in turn; empty: no gaps. Ends are round."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Box:
    """A rectangle with round corners, its place the upper left one."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    fill: str | None
    stroke: Stroke | None


@dataclass(frozen=True)
class Path:
    """A chain of cubic Bezier curves: a first point, then three for each curve."""

    points: tuple[Point, ...]
    stroke: Stroke


@dataclass(frozen=True)
class Polygon:
    """A closed figure."""

    points: tuple[Point, ...]
    fill: str
    stroke: Stroke


@dataclass(frozen=True)
class Text:
    """One line of text; `x` is its left end, `y` its base line."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    colour: str


Shape = Box | Path | Polygon | Text


@dataclass(frozen=True)
class Drawing:
    """A picture: shapes, the later ones in front, and its title for those who do not see it."""

    title: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
