"""A drawing as PNG, by Pillow and the typeface inside it: no fonts and no libraries of the machine are needed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from verifier.graph.layout import DrawingError, Point
from verifier.graph.shapes import Box, Drawing, Path, Polygon, Shape, Stroke, Text
from verifier.graph.typeface import width

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE = 2.0
"""Pixels a point: a picture of 500 points is 1000 pixels wide."""

FINER = 3
"""How many times as many pixels each way are drawn at first; their mean makes smooth edges."""

MOST_PIXELS = 40_000_000
"""The most pixels that are drawn at first; of a larger picture there are fewer to a point."""


def png(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG file. Raises DrawingError."""
    try:
        from PIL import Image
    except ImportError as error:
        raise DrawingError(f"Pillow cannot be loaded: {error}") from error
    scale = min(SCALE * FINER, math.sqrt(MOST_PIXELS / (drawing.width * drawing.height)))
    canvas = Image.new("RGB", _size(drawing, scale), "#ffffff")
    brush = _Brush(canvas, scale)
    for shape in drawing.shapes:
        _DRAW[type(shape)](brush, shape)
    out = BytesIO()
    canvas.resize(_size(drawing, scale / FINER), Image.Resampling.BOX).save(out, "PNG", dpi=(72 * scale / FINER,) * 2)
    return out.getvalue()


def _size(drawing: Drawing, scale: float) -> tuple[int, int]:
    return math.ceil(drawing.width * scale), math.ceil(drawing.height * scale)


class _Brush:
    """Draws on a canvas with `scale` pixels to a point."""

    def __init__(self, canvas: Image, scale: float) -> None:
        from PIL.ImageDraw import Draw

        self.canvas, self.scale, self.draw = canvas, scale, Draw(canvas)

    def box(self, box: Box) -> None:
        """Draw a rectangle; its outline, dashed perhaps, as a line around it."""
        corners = [v * self.scale for v in (box.x, box.y, box.x + box.width, box.y + box.height)]
        if box.fill:
            self.draw.rounded_rectangle(corners, box.radius * self.scale, fill=box.fill)
        if box.stroke:
            self.line(list(_outline(box)), box.stroke)

    def path(self, path: Path) -> None:
        """Draw a chain of curves."""
        self.line(list(_flattened(path.points)), path.stroke)

    def polygon(self, polygon: Polygon) -> None:
        """Draw a closed figure."""
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in polygon.points], fill=polygon.fill)
        self.line([*polygon.points, polygon.points[0]], polygon.stroke)

    def line(self, points: Sequence[Point], stroke: Stroke) -> None:
        """Draw straight lines from point to point, with round ends, and gaps where the stroke has them."""
        radius = stroke.width / 2
        for piece in _dashed(points, stroke.dash):
            scaled = [(x * self.scale, y * self.scale) for x, y in piece]
            self.draw.line(scaled, fill=stroke.colour, width=round(stroke.width * self.scale))
            for x, y in piece:
                around = [v * self.scale for v in (x - radius, y - radius, x + radius, y + radius)]
                self.draw.ellipse(around, fill=stroke.colour)

    def text(self, text: Text) -> None:
        """Write a line of text, squeezed or stretched to the width that the layout has for it."""
        from PIL import Image, ImageDraw, ImageFont

        font = ImageFont.load_default(text.size * self.scale)
        bold = text.size * self.scale * 0.025 if text.bold else 0.0
        left, top, right, bottom = font.getbbox(text.text, anchor="ls", stroke_width=bold)
        mask = Image.new("L", (math.ceil(right - left) + 1, math.ceil(bottom - top) + 1))
        ImageDraw.Draw(mask).text((-left, -top), text.text, 255, font, "ls", stroke_width=bold)
        fitted = max(1, round(width(text.text, text.size, text.bold) * self.scale))
        place = round(text.x * self.scale), round(text.y * self.scale + top)
        self.canvas.paste(text.colour, place, mask.resize((fitted, mask.height)))


def _flattened(points: Sequence[Point]) -> Iterator[Point]:
    """Yield points along a chain of cubic Bezier curves."""
    yield points[0]
    for i in range(0, len(points) - 3, 3):
        for step in range(1, 25):
            yield _bezier(points[i : i + 4], step / 24)


def _bezier(points: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    weighted = list(zip(weights, points, strict=True))
    return sum(w * x for w, (x, _) in weighted), sum(w * y for w, (_, y) in weighted)


def _outline(box: Box) -> Iterator[Point]:
    """Yield points around a rectangle with round corners, the first again at the end."""
    r = box.radius
    right, bottom = box.x + box.width - r, box.y + box.height - r
    corners = ((right, box.y + r), (right, bottom), (box.x + r, bottom), (box.x + r, box.y + r))
    for quarter, (x, y) in enumerate(corners):
        for step in range(9):
            angle = (quarter - 1 + step / 8) * math.pi / 2
            yield x + r * math.cos(angle), y + r * math.sin(angle)
    yield right, box.y


def _dashed(points: Sequence[Point], dash: Sequence[float]) -> Iterator[list[Point]]:
    """Yield the pieces of a line that its dash pattern leaves."""
    if not dash:
        yield list(points)
        return
    piece, place, left = [points[0]], 0, dash[0]
    for start, end in itertools.pairwise(points):
        length = math.dist(start, end)
        done = 0.0
        while length - done > left:
            done += left
            turn = _between(start, end, done / length)
            if place % 2 == 0:
                yield [*piece, turn]
            place, piece = place + 1, [turn]
            left = dash[place % len(dash)]
        left -= length - done
        piece.append(end)
    if place % 2 == 0:
        yield piece


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


_DRAW: Mapping[type[Shape], Callable[[_Brush, Any], None]] = {
    Box: _Brush.box,
    Path: _Brush.path,
    Polygon: _Brush.polygon,
    Text: _Brush.text,
}
