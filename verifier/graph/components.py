"""Strongly connected components."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(edges: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Return the strongly connected components, sources of the condensation last; the members of each in the
    order in which `edges` lists them."""
    import networkx  # costs more than a small component

    graph: networkx.DiGraph[Node] = networkx.DiGraph()
    graph.add_nodes_from(edges)
    graph.add_edges_from((a, b) for a, targets in edges.items() for b in targets)
    place = {node: i for i, node in enumerate(edges)}
    return [sorted(c, key=place.__getitem__) for c in networkx.strongly_connected_components(graph)]
