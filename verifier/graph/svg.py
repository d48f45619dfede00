"""A drawing as SVG. Every number is rounded, every text has its length given, so the bytes and the look are the
same whatever fonts there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from verifier.graph.layout import Point
from verifier.graph.shapes import Box, Drawing, Path, Polygon, Shape, Stroke, Text
from verifier.graph.typeface import FAMILY, width


def svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG document."""
    return "\n".join(_document(drawing)) + "\n"


def _document(drawing: Drawing) -> Iterator[str]:
    size = f"{_number(drawing.width)} {_number(drawing.height)}"
    wide, high = size.split()
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {size}" role="img">'
    yield f"<title>{escape(drawing.title)}</title>"
    yield f'<rect width="{wide}" height="{high}" fill="#ffffff"/>'
    yield f'<g font-family={quoteattr(FAMILY)} stroke-linecap="round" stroke-linejoin="round">'
    for shape in drawing.shapes:
        yield _WRITE[type(shape)](shape)
    yield "</g>"
    yield "</svg>"


def _number(value: float) -> str:
    """Return the number with at most one digit after the point, which is finer than any eye."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _stroke(stroke: Stroke | None) -> str:
    if stroke is None:
        return ""
    dash = f' stroke-dasharray="{" ".join(_number(d) for d in stroke.dash)}"' if stroke.dash else ""
    return f' stroke="{stroke.colour}" stroke-width="{_number(stroke.width)}"{dash}'


def _box(box: Box) -> str:
    place = f'x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'
    return f'<rect {place} rx="{_number(box.radius)}" fill="{box.fill or "none"}"{_stroke(box.stroke)}/>'


def _path(path: Path) -> str:
    first, rest = path.points[:1], path.points[1:]
    return f'<path d="M{_points(first)} C{_points(rest)}" fill="none"{_stroke(path.stroke)}/>'


def _polygon(polygon: Polygon) -> str:
    return f'<polygon points="{_points(polygon.points)}" fill="{polygon.fill}"{_stroke(polygon.stroke)}/>'


def _text(text: Text) -> str:
    bold = ' font-weight="bold"' if text.bold else ""
    length = _number(width(text.text, text.size, text.bold))
    place = f'x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}"{bold} fill="{text.colour}"'
    return f'<text {place} textLength="{length}" lengthAdjust="spacingAndGlyphs">{escape(text.text)}</text>'


_WRITE: Mapping[type[Shape], Callable[[Any], str]] = {Box: _box, Path: _path, Polygon: _polygon, Text: _text}
