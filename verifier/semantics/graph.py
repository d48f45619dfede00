"""All reachable states of a machine with finite data, and its transitions. Part of the trusted base."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verifier.evidence.evidence import Step
from verifier.evidence.interpretation import State
from verifier.model.sorts import Value
from verifier.model.terms import Term
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.listing import check_lists
from verifier.semantics.refusal import require
from verifier.semantics.run import initial_states, successors

Key = tuple[Value, ...]


@dataclass(frozen=True)
class Graph:
    """All reachable states for one value of the parameters, which of them are initial, and the transitions of each."""

    setting: Setting
    states: dict[Key, State]
    initial: frozenset[Key]
    steps: dict[Key, list[tuple[Step, Key]]]

    def satisfying(self, term: Term) -> set[Key]:
        """Return the states in which a term over level 0 holds."""
        return {k for k, s in self.states.items() if holds(term, self.setting, (s,))}

    def onwards(self, start: Iterable[Key], within: Callable[[Key], bool]) -> set[Key]:
        """Return the states that can be reached from `start`, itself included, through states `within`."""
        return _search(start, lambda k: (after for _, after in self.steps[k] if within(after)))

    def backwards(self, goal: Iterable[Key]) -> set[Key]:
        """Return the states from which `goal` can be reached, itself included."""
        before: dict[Key, list[Key]] = {k: [] for k in self.states}
        for key, steps in self.steps.items():
            for _, after in steps:
                before[after].append(key)
        return _search(goal, before.__getitem__)


def _search(start: Iterable[Key], neighbours: Callable[[Key], Iterable[Key]]) -> set[Key]:
    queue = list(start)
    found = set(queue)
    for key in queue:
        for other in neighbours(key):
            if other not in found:
                found.add(other)
                queue.append(other)
    return found


def key(setting: Setting, state: State) -> Key:
    """Return a state as a tuple, in the order of the variables."""
    return tuple(state[v.name] for v in setting.model.variables)


def explored(setting: Setting, members: set[Key], visit: Callable[[], object]) -> Graph:
    """Return the graph of all reachable states. Raises Refused unless they are the `members`."""
    check_lists(setting)
    states = {key(setting, s): s for s in initial_states(setting)}
    graph = Graph(setting, states, frozenset(states), {})
    queue = list(states)
    for here in queue:
        visit()
        require(here in members, "a reachable state is missing in the closure")
        graph.steps[here] = [(s, key(setting, s.state)) for s in successors(setting, states[here])]
        for step, after in graph.steps[here]:
            if after not in states:
                states[after] = step.state
                queue.append(after)
    require(len(states) == len(members), "the closure has a state that is not reachable")
    return graph
