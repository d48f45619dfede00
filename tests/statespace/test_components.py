"""The graph of the states: components, reachability, the same by the kernel and in Python, and as networkx sees it."""

import networkx
import pytest

from tests.statespace.families import devices, machine_of
from verifier.statespace import search as searches
from verifier.statespace.components import NONE, Graph, Set
from verifier.statespace.kernel import library
from verifier.statespace.space import explored


@pytest.fixture(params=["kernel", "twin"])
def engine(request, monkeypatch):
    """With the kernel, and without it."""
    if request.param == "twin":
        monkeypatch.setattr(searches, "library", lambda: None)
    elif library() is None:
        pytest.skip("there is no C compiler")


def as_networkx(graph):
    whole = networkx.DiGraph()
    whole.add_nodes_from(range(len(graph.states)))
    whole.add_edges_from((i, j) for i in range(len(graph.states)) for j in graph.after(i))
    return whole


def grouped(components):
    found = {}
    for place, component in enumerate(components.of):
        if component != NONE:
            found.setdefault(component, set()).add(place)
    return found


def test_components_are_those_of_networkx(engine):
    graph = Graph(explored(devices(2), {}))
    components = graph.components()
    expected = {frozenset(c) for c in networkx.strongly_connected_components(as_networkx(graph))}
    found = grouped(components)
    assert {frozenset(c) for c in found.values()} == expected
    assert [len(found[i]) for i in range(components.count)] == list(components.sizes)


def test_terminal_components_come_first_and_have_no_way_out(engine):
    graph = Graph(explored(devices(2), {}))
    components = graph.components()
    of = components.of
    edges = [(of[i], of[j]) for i in range(len(graph.states)) for j in graph.after(i)]
    assert all(a >= b for a, b in edges)
    leaving = {a for a, b in edges if a != b}
    assert [c not in leaving for c in range(components.count)] == list(components.terminal)
    assert sum(components.terminal) == 1


def test_components_of_a_part(engine):
    graph = Graph(explored(devices(1), {}))
    inside = Set(i % 3 > 0 for i in range(len(graph.states)))
    part = as_networkx(graph).subgraph(i for i, x in enumerate(inside) if x)
    expected = {frozenset(c) for c in networkx.strongly_connected_components(part)}
    assert {frozenset(c) for c in grouped(graph.components(inside)).values()} == expected


def test_ways_are_shortest_and_stay_inside(engine):
    graph = Graph(explored(devices(1), {}))
    whole, start = as_networkx(graph), graph.nothing()
    start[0] = 1
    parent = graph.reached(start, graph.everything)
    lengths = networkx.single_source_shortest_path_length(whole, 0)
    assert {i for i, p in enumerate(parent) if p != NONE} == set(lengths)
    assert all(len(graph.path(parent, i)) == lengths[i] + 1 for i in lengths)


def test_going_backwards_finds_every_ancestor(engine):
    graph = Graph(explored(devices(1), {}))
    goal = graph.nothing()
    goal[5] = 1
    assert {i for i, x in enumerate(graph.before(goal)) if x} == networkx.ancestors(as_networkx(graph), 5) | {5}


def test_states_that_return_to_themselves(engine):
    model = machine_of("var n: int 0..5 = 0\nrule up when n < 5 { n' = n + 1 }\nrule again when n == 3 { n' = n }")
    graph = Graph(explored(model, {}))
    assert [graph.states[i] for i, x in enumerate(graph.returning()) if x] == [3]
    assert graph.components().walkable(graph.returning()) == [[3]]
