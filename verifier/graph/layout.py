"""Where Graphviz puts the boxes and lines of a picture.

Graphviz is given boxes of fixed sizes and no text at all, labels being boxes on their lines, so that its answer
does not depend on the fonts of the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygraphviz import AGraph

Point = tuple[float, float]


class DrawingError(RuntimeError):
    """A library that a picture takes could not be loaded. The message says which, and why."""


@dataclass(frozen=True)
class Block:
    """A box to be placed; sizes are in points. `margin`: how far lines that have no end at it keep away."""

    name: str
    width: float
    height: float
    margin: float = 0.0


@dataclass(frozen=True)
class Link:
    """A line to be drawn from the upper box to the lower one, with an arrowhead at either end, both or none."""

    upper: str
    lower: str
    arrow_up: bool = False
    arrow_down: bool = False


@dataclass(frozen=True)
class Curve:
    """A chain of cubic Bezier curves from the upper end to the lower one, and the tips of its arrowheads."""

    points: tuple[Point, ...]
    upper_tip: Point | None
    lower_tip: Point | None

    def moved(self, by: Point) -> Curve:
        """Return the curve at another place."""
        tips = (tip and _sum(tip, by) for tip in (self.upper_tip, self.lower_tip))
        return Curve(tuple(_sum(p, by) for p in self.points), *tips)


@dataclass(frozen=True)
class Layout:
    """Places, in points, y downwards: the centre of each box, and a curve for each link."""

    width: float
    height: float
    centres: Mapping[str, Point]
    curves: tuple[Curve, ...]

    def moved(self, by: Point) -> Layout:
        """Return the layout with everything at another place; its size stays."""
        centres = {name: _sum(centre, by) for name, centre in self.centres.items()}
        return Layout(self.width, self.height, centres, tuple(c.moved(by) for c in self.curves))


def layout(blocks: Sequence[Block], links: Sequence[Link]) -> Layout:
    """Return the places that Graphviz's `dot` finds; all blocks should hang together. Raises DrawingError."""
    try:
        from pygraphviz import AGraph
    except ImportError as error:
        raise DrawingError(f"pygraphviz, which brings Graphviz, cannot be loaded: {error}") from error
    graph = AGraph(strict=False, directed=True)
    graph.graph_attr.update(nodesep="0.22", ranksep="0.2")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for block in blocks:
        graph.add_node(block.name, width=_inches(block.width, block), height=_inches(block.height, block))
    for key, link in enumerate(links):
        graph.add_edge(link.upper, link.lower, str(key), dir=_direction(link), arrowsize="0.75")
    graph.layout(prog="dot")
    return _read(graph, blocks, links)


def _inches(size: float, block: Block) -> str:
    return f"{(size + 2 * block.margin) / 72:.4f}"


def _direction(link: Link) -> str:
    ends = {(True, True): "both", (True, False): "back", (False, True): "forward", (False, False): "none"}
    return ends[link.arrow_up, link.arrow_down]


def _read(graph: AGraph, blocks: Sequence[Block], links: Sequence[Link]) -> Layout:
    _, _, width, height = (float(x) for x in graph.graph_attr["bb"].split(","))
    centres = {b.name: _point(graph.get_node(b.name).attr["pos"], height) for b in blocks}
    sizes = {b.name: b for b in blocks}
    curves: list[Curve] = []
    for key, link in enumerate(links):
        curve = _curve(graph.get_edge(link.upper, link.lower, str(key)).attr["pos"], height)
        upper = _step(curve.upper_tip or curve.points[0], sizes[link.upper], centres[link.upper])
        lower = _step(curve.lower_tip or curve.points[-1], sizes[link.lower], centres[link.lower])
        curves.append(_docked(curve, upper, lower))
    return Layout(width, height, centres, tuple(curves))


def _point(text: str, height: float) -> Point:
    x, y = text.split(",")
    return float(x), height - float(y)


def _curve(text: str, height: float) -> Curve:
    """Read `s,x,y e,x,y x,y x,y ..`, the tips of the arrowheads first."""
    tips: dict[str, Point] = {}
    points: list[Point] = []
    for part in text.split():
        if part[0] in "se":
            tips[part[0]] = _point(part[2:], height)
        else:
            points.append(_point(part, height))
    return Curve(tuple(points), tips.get("s"), tips.get("e"))


def _step(end: Point, block: Block, centre: Point) -> Point:
    """Return the way from the end of a line, which is at the margin of a box, to the box itself."""
    x = min(max(end[0], centre[0] - block.width / 2), centre[0] + block.width / 2)
    y = min(max(end[1], centre[1] - block.height / 2), centre[1] + block.height / 2)
    return x - end[0], y - end[1]


def _docked(curve: Curve, upper: Point, lower: Point) -> Curve:
    """Return the curve with its ends moved, and with them what gives it its direction there."""
    first, second, *middle, last_but_one, last = curve.points
    points = (_sum(first, upper), _sum(second, upper), *middle, _sum(last_but_one, lower), _sum(last, lower))
    return Curve(
        points, curve.upper_tip and _sum(curve.upper_tip, upper), curve.lower_tip and _sum(curve.lower_tip, lower)
    )


def _sum(a: Point, b: Point) -> Point:
    return a[0] + b[0], a[1] + b[1]
