"""Reading pictures back: where the text of an SVG stands, and what it must not touch."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"

Point = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """A rectangle of a picture, and what is in it."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        """True iff the two have more than an edge in common."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.2 and down > 0.2

    def holds(self, other: Area) -> bool:
        """True iff the other lies inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def has(self, point: Point) -> bool:
        """True iff the point lies inside."""
        return self.left < point[0] < self.right and self.top < point[1] < self.bottom


def texts(picture: str) -> list[Area]:
    """The area of each line of text: capitals, and the descenders of small letters."""
    return [_text(e) for e in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def _text(element: ElementTree.Element) -> Area:
    x, y, size, length = (float(element.attrib[n]) for n in ("x", "y", "font-size", "textLength"))
    return Area(element.text or "", x, y - 0.72 * size, x + length, y + 0.21 * size)


def boxes(picture: str) -> list[Area]:
    """The rectangles, without the ground."""
    found = list(ElementTree.fromstring(picture).iter(f"{SVG}rect"))[1:]
    return [_box(e) for e in found]


def _box(element: ElementTree.Element) -> Area:
    x, y, width, height = (float(element.attrib[n]) for n in ("x", "y", "width", "height"))
    return Area("box", x, y, x + width, y + height)


def lines(picture: str) -> Iterator[list[Point]]:
    """Points along each curve."""
    for element in ElementTree.fromstring(picture).iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", element.attrib["d"])]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        yield [_bezier(points[i : i + 4], t / 40) for i in range(0, len(points) - 3, 3) for t in range(41)]


def _bezier(points: list[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, points, strict=True)),
        sum(w * p[1] for w, p in zip(weights, points, strict=True)),
    )


def faults(picture: str) -> list[str]:
    """What nobody should see: text over text, text over the edge of a box or of the picture, a line through text."""
    words = texts(picture)
    root = ElementTree.fromstring(picture)
    whole = Area("the picture", 0, 0, float(root.attrib["width"]), float(root.attrib["height"]))
    outlines = [b for b in boxes(picture) if b.bottom - b.top > 20]
    return [
        *(f"{a.what} over {b.what}" for a, b in itertools.combinations(words, 2) if a.meets(b)),
        *(f"{w.what} over a box" for w in words for b in boxes(picture) if w.meets(b) and not b.holds(w)),
        *(f"{w.what} leaves the picture" for w in words if not whole.holds(w)),
        *(f"a line along {b.what}" for line in lines(picture) for b in outlines if _touches(line, b)),
        *(f"a line through {w.what}" for line in lines(picture) for w in words if any(map(w.has, line))),
    ]


def _touches(line: list[Point], box: Area) -> bool:
    """True iff the line comes near the box though it does not end there."""
    near = Area("", box.left - 1.5, box.top - 1.5, box.right + 1.5, box.bottom + 1.5)
    at_home = Area("", box.left - 12, box.top - 12, box.right + 12, box.bottom + 12)
    return any(map(near.has, line)) and not at_home.has(line[0]) and not at_home.has(line[-1])
