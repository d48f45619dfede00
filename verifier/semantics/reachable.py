"""All reachable states of a machine with finite data, and each claim decided on them by the book."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from verifier.evidence.evidence import Closure, Step
from verifier.evidence.interpretation import State
from verifier.model.claims import Claim, Deterministic, LeadsTo, NoDeadlock, Reachable, Recoverable
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Value
from verifier.model.terms import Term
from verifier.semantics.claims import Case, cases
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.listing import check_lists, valuation_list
from verifier.semantics.refusal import Refused, require
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


@functools.lru_cache(maxsize=8)
def _known(_model: Model) -> dict[tuple[tuple[str, Value], ...], Graph]:
    """Return the graphs of a model that were explored before, by the values of the parameters: they are the same
    for each of its claims."""
    return {}


def holds_on(model: Model, claim: Claim, closure: Closure, visit: Callable[[], object]) -> bool:
    """Return True iff the claim holds on the reachable states, for every value of the parameters.

    `visit` is called for each state, and may raise to give up. Raises Refused unless the reachable states are
    the members of the closure, each once, and TooMany where the transitions of a state cannot be listed.
    """
    is_finite_data = not model.functions and not any(isinstance(s, OpaqueSort) for s in model.sorts.values())
    require(is_finite_data, "a set of states says nothing where sorts or functions are opaque")
    holding, met, known = True, 0, _known(model)
    for parameters in valuation_list(model):
        setting = Setting(model, parameters)
        members = {key(setting, s) for p, s in closure.members if p == parameters}
        graph = known.get(tuple(parameters.items())) or explored(setting, members, visit)
        require(graph.states.keys() == members, "the closure is not the set of the reachable states")
        known[tuple(parameters.items())] = graph
        holding, met = holding and _holds(claim, graph), met + len(members)
    require(met == len(closure.members), "the closure has a member twice, or with parameters that are not allowed")
    return holding


def _holds(claim: Claim, graph: Graph) -> bool:
    """Return True iff the claim, which must be one about states or runs, holds for this value of the parameters."""
    match claim:
        case Reachable():
            return bool(graph.satisfying(claim.condition))
        case NoDeadlock():
            stuck = {k for k, steps in graph.steps.items() if not steps}
            return stuck <= graph.satisfying(claim.excluded)
        case Deterministic():
            return not any(_forks(claim, steps) for steps in graph.steps.values())
        case Recoverable():
            return graph.satisfying(claim.origin) <= graph.backwards(graph.satisfying(claim.goal))
        case LeadsTo():
            return _is_answered(claim, graph)
    found = cases(graph.setting.model, claim)
    if found is None:
        raise Refused("not a claim about states or runs")
    return not any(_occurs(graph, c) for c in found)


def _forks(claim: Deterministic, steps: list[tuple[Step, Key]]) -> bool:
    first: dict[object, Key] = {}
    of_claim = ((s, k) for s, k in steps if s.rule in claim.rules)
    return any(first.setdefault((s.rule, *s.arguments.values()), k) != k for s, k in of_claim)


def _occurs(graph: Graph, case: Case) -> bool:
    if case.rule is None:
        return bool(graph.satisfying(case.condition) & (graph.initial if case.initially else graph.states.keys()))
    return any(
        holds(case.condition, graph.setting, (graph.states[here], step.state), step.arguments)
        for here, steps in graph.steps.items()
        for step, _ in steps
        if step.rule == case.rule.name
    )


def _is_answered(claim: LeadsTo, graph: Graph) -> bool:
    """No state after a trigger and before its response is a deadlock, or lies on a fair loop of such states.

    If a loop is fair then so is the walk through its whole component, which has more steps and more states.
    """
    answered = graph.satisfying(claim.response)
    pending = graph.onwards(graph.satisfying(claim.trigger) - answered, lambda k: k not in answered)
    loops = any(_is_fair(claim, graph, c) for c in _components(graph, pending))
    return all(graph.steps[k] for k in pending) and not loops


def _is_fair(claim: LeadsTo, graph: Graph, component: set[Key]) -> bool:
    fired = {s.rule for k in component for s, after in graph.steps[k] if after in component}
    able = set.intersection(*({s.rule for s, _ in graph.steps[k]} for k in component))
    return bool(fired) and all(rule in fired or rule not in able for rule in claim.fair)


def _components(graph: Graph, inside: set[Key]) -> Iterator[set[Key]]:
    """Yield the strongly connected components of the transitions inside a set (Kosaraju's algorithm)."""
    before: dict[Key, list[Key]] = {k: [] for k in inside}
    for here in inside:
        for _, after in graph.steps[here]:
            if after in inside:
                before[after].append(here)
    left = set(inside)

    def earlier(here: Key) -> Iterable[Key]:
        return (b for b in before[here] if b in left)

    for root in reversed(_by_finish(graph, inside)):
        if root in left:
            component = _search([root], earlier)
            left -= component
            yield component


def _by_finish(graph: Graph, inside: set[Key]) -> list[Key]:
    """Return the states of a set in the order in which a depth-first search leaves them."""
    order: list[Key] = []
    seen: set[Key] = set()
    for root in inside:
        stack = [(root, False)]
        while stack:
            here, done = stack.pop()
            if done:
                order.append(here)
            elif here not in seen:
                seen.add(here)
                stack += [(here, True), *((k, False) for _, k in graph.steps[here] if k in inside)]
    return order
