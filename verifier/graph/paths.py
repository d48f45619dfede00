"""Candidate paths between control values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.evidence.evidence import Instance
from verifier.model.sorts import Value


class ControlGraph:
    """The multigraph whose nodes are control values and whose edges are rule instances."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        import networkx

        self.graph: networkx.MultiDiGraph[Value] = networkx.MultiDiGraph()
        self._instances: list[Instance] = list(instances)
        for place, instance in enumerate(self._instances):
            self.graph.add_edge(instance.start, instance.goal, key=place)

    def paths(self, start: Value, goal: Value, low: int, high: int) -> Iterator[tuple[Instance, ...]]:
        """Yield every path of low..high instances from start to goal, shorter ones first."""
        import networkx

        if start not in self.graph or goal not in self.graph:
            return
        distance = networkx.single_source_shortest_path_length(self.graph.reverse(copy=False), goal)
        for length in range(low, high + 1):
            yield from self._walks(start, length, distance)

    def _walks(self, node: Value, length: int, distance: dict[Value, int]) -> Iterator[tuple[Instance, ...]]:
        if length == 0:
            if distance.get(node) == 0:
                yield ()
            return
        for _, after, place in self.graph.out_edges(node, keys=True):
            if distance.get(after, length) <= length - 1:
                for rest in self._walks(after, length - 1, distance):
                    yield (self._instances[place], *rest)
