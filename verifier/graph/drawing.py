"""A chart with places: boxes for states, lines that run through the names of their rules, and what explains them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx

from verifier.graph.arrangement import arrangement
from verifier.graph.chart import Chart, State
from verifier.graph.grouping import Edge
from verifier.graph.layout import Block, Curve, Layout, Link
from verifier.graph.legend import captions, legend
from verifier.graph.looks import (
    BLUE,
    GREY,
    INK,
    NAME_SIZE,
    PAPER,
    PLAIN,
    RED,
    ROW,
    TEXT_SIZE,
    arrowhead,
    badge,
    badge_width,
    colour,
    stroke,
    text,
)  # fmt: skip
from verifier.graph.shapes import Box, Drawing, Path, Shape, Stroke
from verifier.graph.typeface import width

MARGIN = 16.0

CLEAR = 4.0
"""How far from a state the lines pass that do not end there."""

NARROWEST = 440.0
"""The least width of a picture without its margins, so that its words have room."""


def drawing(chart: Chart) -> Drawing:
    """Return the picture of a chart. Raises DrawingError."""
    blocks, links = _blocks(chart), [link for _, link in _links(chart)]
    placed = arrangement(blocks, links)
    wide = max(placed.width, NARROWEST)
    head, top = captions(chart, MARGIN, MARGIN, wide)
    body = _body(chart, placed.moved((MARGIN + (wide - placed.width) / 2, top)))
    foot, bottom = legend(chart, MARGIN, top + placed.height + 20, wide)
    return Drawing(chart.title, wide + 2 * MARGIN, bottom + MARGIN, (*head, *body, *foot))


def ranked(chart: Chart) -> list[str]:
    """Return the states' names in the order in which the picture should be read: by distance from the initial
    states, error states last. Lines lead downwards from the earlier to the later one."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_edges_from(("", s.name) for s in chart.states if s.initial)
    graph.add_edges_from((e.start, e.goal) for e in chart.edges if e.start is not None)
    met = [v for _, v in networkx.bfs_edges(graph, "")] if "" in graph else []
    place = {name: i for i, name in enumerate(met)}
    return [s.name for s in sorted(chart.states, key=lambda s: (s.error, place.get(s.name, len(met))))]


def _blocks(chart: Chart) -> list[Block]:
    states = {s.name: s for s in chart.states}
    names = ranked(chart)
    marks = [Block(f"initial {n}", 11, 11) for n in names if states[n].initial]
    boxes = [Block(f"state {n}", *_state_size(states[n]), margin=CLEAR) for n in names]
    return [*marks, *boxes, *(Block(f"label {i}", *_label_size(e)) for i, e in enumerate(chart.edges))]


def _state_size(state: State) -> tuple[float, float]:
    wide = max(width(state.name, NAME_SIZE, bold=True), width(state.detail, TEXT_SIZE))
    return max(wide + 26, 64), 40 if state.detail else 30


INLINE = 90.0
"""The widest name of a rule with its condition behind it; of a wider one the condition goes below."""


@dataclass(frozen=True)
class Line:
    """A line of text on an edge."""

    text: str
    marks: tuple[str, ...] = ()
    loud: bool = True

    @property
    def width(self) -> float:
        """How wide it is, with its badges."""
        return sum(badge_width(m) + 3 for m in self.marks) + width(self.text, TEXT_SIZE)


def _lines(edge: Edge) -> Iterator[Line]:
    """Yield the text on an edge. A condition that all its rules share, and that does not fit behind the name,
    stands below them."""
    if edge.origin:
        yield Line(f"from {edge.origin}", loud=False)
    conditions = {x.condition for x in edge.labels}
    shared = len(conditions) == 1 and (len(edge.labels) > 1 or width(edge.labels[0].text, TEXT_SIZE) > INLINE)
    for label in edge.labels:
        yield Line(label.rule if shared else label.text, label.marks)
    if shared and any(conditions):
        yield Line(f"[{conditions.pop()}]")


def _label_size(edge: Edge) -> tuple[float, float]:
    lines = list(_lines(edge))
    return max(x.width for x in lines) + 8, len(lines) * ROW + 3


def _links(chart: Chart) -> Iterator[tuple[Edge | None, Link]]:
    """Yield each link with the edge that it is part of: None for the arrow to an initial state."""
    place = {name: i for i, name in enumerate(ranked(chart))}
    for state in chart.states:
        if state.initial:
            yield None, Link(f"initial {state.name}", f"state {state.name}", arrow_down=True)
    for i, edge in enumerate(chart.edges):
        label, goal = f"label {i}", f"state {edge.goal}"
        if edge.start is None:
            yield edge, Link(label, goal, arrow_down=True)
        elif edge.start == edge.goal:
            yield edge, Link(goal, label)
            yield edge, Link(goal, label, arrow_up=True)
        elif place[edge.start] < place[edge.goal]:
            yield edge, Link(f"state {edge.start}", label, arrow_up=edge.both)
            yield edge, Link(label, goal, arrow_down=True)
        else:
            yield edge, Link(goal, label, arrow_up=True)
            yield edge, Link(label, f"state {edge.start}", arrow_down=edge.both)


def _body(chart: Chart, placed: Layout) -> Iterator[Shape]:
    for (edge, _), curve in zip(_links(chart), placed.curves, strict=True):
        yield from _line(edge, curve)
    for state in chart.states:
        x, y = placed.centres[f"state {state.name}"]
        yield from _state(state, x, y, state.name in chart.walked)
        if state.initial:
            x, y = placed.centres[f"initial {state.name}"]
            yield Box(x - 5.5, y - 5.5, 11, 11, 5.5, INK, None)
    for i, edge in enumerate(chart.edges):
        yield from _labels(edge, *placed.centres[f"label {i}"])


def _line(edge: Edge | None, curve: Curve) -> Iterator[Shape]:
    style = edge.style if edge else PLAIN
    yield Path(curve.points, stroke(style))
    if curve.upper_tip is not None:
        yield arrowhead(curve.points[0], curve.upper_tip, style)
    if curve.lower_tip is not None:
        yield arrowhead(curve.points[-1], curve.lower_tip, style)


def _state(state: State, x: float, y: float, walked: bool) -> Iterator[Shape]:
    wide, high = _state_size(state)
    shade = GREY if not state.reached else RED if state.error else BLUE if walked else INK
    line = Stroke(shade, 2.4 if walked else 1.2, () if state.reached else (5.0, 4.0))
    yield Box(x - wide / 2, y - high / 2, wide, high, 8, PAPER, line)
    if state.error:
        yield Box(x - wide / 2 + 3.5, y - high / 2 + 3.5, wide - 7, high - 7, 5, None, Stroke(shade, 1.0, line.dash))
    base = y + (-1.5 if state.detail else 4.2)
    yield text(x - width(state.name, NAME_SIZE, bold=True) / 2, base, state.name, shade, NAME_SIZE, bold=True)
    if state.detail:
        yield text(x - width(state.detail, TEXT_SIZE) / 2, base + 13, state.detail, shade)


def _labels(edge: Edge, x: float, y: float) -> Iterator[Shape]:
    _, high = _label_size(edge)
    base = y - high / 2 + ROW - 2
    for line in _lines(edge):
        left = x - line.width / 2
        for mark in line.marks:
            yield from badge(left, base, mark, colour(edge.style))
            left += badge_width(mark) + 3
        yield text(left, base, line.text, colour(edge.style) if line.loud else GREY)
        base += ROW
