"""The parts of a picture that do not hang together, each laid out by itself, side by side as far as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import networkx

from verifier.graph.layout import Block, Layout, Link, Point, layout

ROOM = 720.0
"""The width that parts may fill side by side; a part that is wider stands alone."""

GAP = 28.0
"""The space between two parts."""


def arrangement(blocks: Sequence[Block], links: Sequence[Link]) -> Layout:
    """Return places for all blocks and links. Parts come in the order of their first blocks. Raises DrawingError."""
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(b.name for b in blocks)
    graph.add_edges_from((k.upper, k.lower) for k in links)
    rank = {b.name: i for i, b in enumerate(blocks)}
    names = sorted(networkx.connected_components(graph), key=lambda part: min(map(rank.__getitem__, part)))
    inside = [[i for i, k in enumerate(links) if k.upper in part] for part in names]
    parts = [
        layout([b for b in blocks if b.name in part], [links[i] for i in own])
        for part, own in zip(names, inside, strict=True)
    ]
    places = list(_places(parts))
    placed = [part.moved(place) for part, place in zip(parts, places, strict=True)]
    curves = dict(c for part, own in zip(placed, inside, strict=True) for c in zip(own, part.curves, strict=True))
    return Layout(
        width=max((x + part.width for part, (x, _) in zip(parts, places, strict=True)), default=0.0),
        height=max((y + part.height for part, (_, y) in zip(parts, places, strict=True)), default=0.0),
        centres={name: centre for part in placed for name, centre in part.centres.items()},
        curves=tuple(curves[i] for i in range(len(links))),
    )


def _places(parts: Sequence[Layout]) -> Iterator[Point]:
    """Yield the upper left corner of each part: row after row, from the left."""
    x = y = below = 0.0
    for part in parts:
        if x > 0 and x + part.width > ROOM:
            x, y = 0.0, below + GAP
        yield x, y
        x, below = x + part.width + GAP, max(below, y + part.height)
