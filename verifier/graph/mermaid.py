"""A chart as a Mermaid flowchart, which code hosts and wikis draw inside a page."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.graph.chart import Chart, State
from verifier.graph.grouping import Edge, Style
from verifier.graph.looks import BLUE, GREY, INK, RED, colour
from verifier.graph.sections import sections

_CLASSES = (
    f"classDef initial fill:{INK},stroke:{INK}",
    f"classDef error stroke:{RED},color:{RED},stroke-width:3px",
    f"classDef unreached stroke:{GREY},color:{GREY},stroke-dasharray:5 4",
    f"classDef walked stroke:{BLUE},color:{BLUE},stroke-width:3px",
    "classDef words fill:none,stroke:none,text-align:left",
)


def mermaid(chart: Chart) -> str:
    """Return the chart in Mermaid's syntax. Lines are dotted where no run takes them, end in a cross for failures,
    and are thick for steps that are shown."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    names = {s.name: f"s{i}" for i, s in enumerate(chart.states)}
    yield from ("---", f"title: {chart.title}", "---", "flowchart TD")
    yield from (
        f"  {names[s.name]}({_quoted([s.name, s.detail])}){_class(s, s.name in chart.walked)}" for s in chart.states
    )
    styles: list[Style | None] = []
    for state in chart.states:
        if state.initial:
            yield f'  i{names[state.name]}((" ")):::initial --> {names[state.name]}'
            styles.append(None)
    for i, edge in enumerate(chart.edges):
        start = names[edge.start] if edge.start is not None else f"o{i}[{_quoted([f'from {edge.origin}'])}]:::words"
        yield f"  {start} {_arrow(edge)}|{_quoted([str(x) for x in edge.labels])}| {names[edge.goal]}"
        styles.append(edge.style)
    if any(chart.captions):
        yield f"  c[{_quoted(list(chart.captions))}]:::words"
    for i, (title, rows) in enumerate(sections(chart)):
        yield f"  w{i}[{_quoted([f'{title}:', *map(str, rows)])}]:::words"
    yield from (f"  linkStyle {i} stroke:{colour(s)}" for i, s in enumerate(styles) if s and colour(s) != INK)
    yield from (f"  {c}" for c in _CLASSES)


def _class(state: State, walked: bool) -> str:
    name = "unreached" if not state.reached else "error" if state.error else "walked" if walked else ""
    return f":::{name}" if name else ""


def _arrow(edge: Edge) -> str:
    back, head = ("<" if edge.both else ""), ("x" if edge.style.failure else ">")
    if edge.style.taken is False:
        return f"{back}-.-{head}"
    return f"{back}=={head}" if edge.style.marked else f"{back}--{head}"


def _quoted(lines: list[str]) -> str:
    """Return the lines as one quoted text in which no character has a meaning of its own."""
    return '"' + "<br>".join("".join(_escaped(c) for c in line) for line in lines if line) + '"'


def _escaped(character: str) -> str:
    return f"#{ord(character)};" if character in '"#<>&`;' or not character.isprintable() else character
