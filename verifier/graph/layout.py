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
    """A box to be placed; sizes are in points."""

    name: str
    width: float
    height: float


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


@dataclass(frozen=True)
class Layout:
    """Places, in points, y downwards: the centre of each box, and a curve for each link."""

    width: float
    height: float
    centres: Mapping[str, Point]
    curves: tuple[Curve, ...]


def layout(blocks: Sequence[Block], links: Sequence[Link]) -> Layout:
    """Return the places that Graphviz's `dot` finds. Raises DrawingError."""
    try:
        from pygraphviz import AGraph
    except ImportError as error:
        raise DrawingError(f"pygraphviz, which brings Graphviz, cannot be loaded: {error}") from error
    graph = AGraph(strict=False, directed=True)
    graph.graph_attr.update(nodesep="0.22", ranksep="0.2")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for block in blocks:
        graph.add_node(block.name, width=f"{block.width / 72:.4f}", height=f"{block.height / 72:.4f}")
    for key, link in enumerate(links):
        graph.add_edge(link.upper, link.lower, str(key), dir=_direction(link), arrowsize="0.75")
    graph.layout(prog="dot")
    return _read(graph, blocks, links)


def _direction(link: Link) -> str:
    ends = {(True, True): "both", (True, False): "back", (False, True): "forward", (False, False): "none"}
    return ends[link.arrow_up, link.arrow_down]


def _read(graph: AGraph, blocks: Sequence[Block], links: Sequence[Link]) -> Layout:
    _, _, width, height = (float(x) for x in graph.graph_attr["bb"].split(","))
    centres = {b.name: _point(graph.get_node(b.name).attr["pos"], height) for b in blocks}
    edges = (graph.get_edge(link.upper, link.lower, str(key)) for key, link in enumerate(links))
    return Layout(width, height, centres, tuple(_curve(e.attr["pos"], height) for e in edges))


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
