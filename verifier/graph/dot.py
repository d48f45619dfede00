"""A chart in Graphviz's DOT language, without places: for whoever wants to lay it out or change it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.graph.chart import Chart, State
from verifier.graph.grouping import Edge
from verifier.graph.looks import BLUE, GREY, INK, RED, colour
from verifier.graph.sections import sections


def dot(chart: Chart) -> str:
    """Return the chart in DOT. Lines are dashed where no run takes them, dotted with a hollow head for failures,
    and thick for steps that are shown."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    yield f"digraph {_quoted(chart.title)} {{"
    yield f"  graph [label={_quoted(_words(chart), left=True)}, labeljust=l];"
    yield '  node [shape=box, style=rounded, fontname="Helvetica"];'
    yield '  edge [fontname="Helvetica", fontsize=10];'
    for state in chart.states:
        yield f"  {_quoted(state.name)} [{_state(state, state.name in chart.walked)}];"
        if state.initial:
            mark = _quoted(f"initial {state.name}")
            yield f'  {mark} [shape=point, width=0.15, label=""];'
            yield f"  {mark} -> {_quoted(state.name)};"
    for i, edge in enumerate(chart.edges):
        start = _quoted(edge.start if edge.start is not None else f"from {i}")
        if edge.start is None:
            words = {"label": f"from {edge.origin}", "shape": "plaintext", "fontsize": "10", "fontcolor": GREY}
            yield f"  {start} [{_attributes(words)}];"
        yield f"  {start} -> {_quoted(edge.goal)} [{_edge(edge)}];"
    yield "}"


def _state(state: State, walked: bool) -> str:
    shade = GREY if not state.reached else RED if state.error else BLUE if walked else INK
    label = "\n".join(x for x in (state.name, state.detail) if x)
    attributes = {"label": label, "color": shade, "fontcolor": shade}
    attributes |= {"peripheries": "2"} if state.error else {}
    attributes |= {"style": "rounded,dashed"} if not state.reached else {}
    attributes |= {"penwidth": "2.4"} if walked else {}
    return _attributes(attributes)


def _edge(edge: Edge) -> str:
    style, shade = edge.style, colour(edge.style)
    attributes = {"label": "\n".join(map(str, edge.labels)), "color": shade, "fontcolor": shade}
    attributes |= {"style": "dashed"} if style.taken is False else {"style": "dotted"} if style.failure else {}
    attributes |= {"arrowhead": "empty"} if style.failure else {}
    attributes |= {"penwidth": "2.6"} if style.marked else {}
    attributes |= {"dir": "both"} if edge.both else {}
    return _attributes(attributes)


def _words(chart: Chart) -> str:
    lists = (line for title, rows in sections(chart) for line in (title, *(f"  {r}" for r in rows)))
    return "\n".join((chart.title, *chart.captions, "", *lists))


def _attributes(attributes: dict[str, str]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())


def _quoted(text: str, left: bool = False) -> str:
    """Return a DOT string; its lines are centred, or, with `left`, not."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\l" if left else "\\n") + ("\\l" if left else "") + '"'
