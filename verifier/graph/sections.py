"""What the words below a picture say, whatever writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.graph.chart import Chart


@dataclass(frozen=True)
class Row:
    """A line of a list: the mark of a step or none, what is said, and what of it."""

    left: str
    right: str = ""
    mark: str = ""

    def __str__(self) -> str:
        mark = f"({self.mark}) " if self.mark else ""
        return f"{mark}{self.left}" + (f": {self.right}" if self.right else "")


def sections(chart: Chart) -> Iterator[tuple[str, list[Row]]]:
    """Yield each list that is not empty, with its title: the steps that are shown, and what is not drawn."""
    if chart.exhibit is not None:
        steps = [Row(s.text, s.changes, s.mark) for s in chart.exhibit.steps]
        yield "Steps", [*map(Row, chart.exhibit.before), *steps, *map(Row, chart.exhibit.after)]
    if chart.keeping:
        yield "Rules that keep the state, and where", [Row(rules, states) for rules, states in chart.keeping]
    if chart.idle:
        yield "Rules that never fire", [Row(rule) for rule in chart.idle]
    if chart.undrawn:
        yield "States that no run reaches", [Row(s.name, s.detail) for s in chart.undrawn]
