"""The control graph as GraphML, arc by arc: for programs, so nothing is put together and nothing left out."""

from __future__ import annotations

import networkx

from verifier.graph.chart import Chart

TAKEN = {True: "yes", False: "no", None: "undecided"}


def graphml(chart: Chart) -> str:
    """Return every control value as a node and every arc as an edge, with what is known of each."""
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=chart.title)
    for state in (*chart.states, *chart.undrawn):
        graph.add_node(state.name, initial=state.initial, reached=state.reached, error=state.error)
    for line in chart.lines:
        graph.add_edge(
            line.start,
            line.goal,
            key=line.rule,
            rule=line.rule,
            condition=line.condition,
            taken=TAKEN[line.style.taken],
            failure=line.style.failure,
            steps=" ".join(line.marks),
        )
    return "\n".join(networkx.generate_graphml(graph)) + "\n"
