"""What formulas of temporal logic say of a run and of a graph, by the book. Part of the trusted base.

A maximal run goes on for ever, or ends in a deadlock; both kinds count, for every operator. At the last
position of a run that ends, `X f` and conditions on a step are false; `f U g` needs a position with g, and
`G f`, `f R g`, `f W g` speak of the positions that there are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from verifier.evidence.interpretation import State
from verifier.model.claims import Ltl
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import variables
from verifier.semantics.components import components
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.graph import Graph, Key
from verifier.semantics.positive import positive, subformulas


def holds_on_run(formula: Formula, setting: Setting, states: tuple[State, ...], loop: int | None) -> bool:
    """Return True iff a formula of linear time holds of a run: of one that ends with its last state, or, with `loop`,
    of one whose last state is the one at `loop`, from where it goes on for ever as before."""
    count = len(states) if loop is None else len(states) - 1
    after = [*range(1, count), loop]

    def at_next(values: list[bool], place: int, end: bool) -> bool:
        there = after[place]
        return end if there is None else values[there]

    def settled(start: bool, update: Callable[[list[bool], int], bool]) -> list[bool]:
        """The greatest (from True) or least (from False) solution of an equation."""
        values = [start] * count
        while (new := [update(values, i) for i in range(count)]) != values:
            values = new
        return values

    def truth(f: Formula) -> list[bool]:
        if isinstance(f, Now):
            if variables(f.condition, 1):
                found = [holds(f.condition, setting, pair) for pair in itertools.pairwise(states)]
                return found if loop is not None else [*found, False]
            return [holds(f.condition, setting, (s,)) for s in states[:count]]
        parts = [truth(p) for p in f.parts]
        p, q = parts[0], parts[-1]
        match f.name:
            case "X":
                return [at_next(p, i, False) for i in range(count)]
            case "F":
                return settled(False, lambda v, i: p[i] or at_next(v, i, False))
            case "G":
                return settled(True, lambda v, i: p[i] and at_next(v, i, True))
            case "U":
                return settled(False, lambda v, i: q[i] or (p[i] and at_next(v, i, False)))
            case "R":
                return settled(True, lambda v, i: q[i] and (p[i] or at_next(v, i, True)))
            case "W":
                return settled(True, lambda v, i: q[i] or (p[i] and at_next(v, i, True)))
            case name:
                return [_connected(name, [v[i] for v in parts]) for i in range(count)]

    return truth(formula)[0]


def _connected(name: str, values: list[bool]) -> bool:
    match name:
        case "not":
            return not values[0]
        case "and":
            return all(values)
        case "or":
            return any(values)
        case "implies":
            return not values[0] or values[1]
        case "iff":
            return values[0] == values[1]
    raise ValueError(f"no operator of linear time: {name}")


# Branching time: Clarke, Emerson, Sistla: Automatic Verification of Finite-State Concurrent Systems Using Temporal
# Logic Specifications, TOPLAS 1986.


def satisfying(graph: Graph, formula: Formula) -> set[Key]:
    """Return the states in which a formula of branching time holds."""
    everything = set(graph.states)
    if isinstance(formula, Now):
        return {k for k, s in graph.states.items() if holds(formula.condition, graph.setting, (s,))}
    parts = [satisfying(graph, p) for p in formula.parts]
    p, q = parts[0], parts[-1]
    stuck = {k for k in everything if not graph.steps[k]}

    def some(goal: set[Key]) -> set[Key]:
        return {k for k in everything if any(after in goal for _, after in graph.steps[k])}

    def every(goal: set[Key]) -> set[Key]:
        return {k for k in everything - stuck if all(after in goal for _, after in graph.steps[k])}

    if len(formula.name) == 2 and formula.name[0] in "AE":
        return _on_runs(formula.name[1], p, q, everything, stuck, every if formula.name[0] == "A" else some)
    return {k for k in everything if _connected(formula.name, [k in part for part in parts])}


def _on_runs(
    name: str, p: set[Key], q: set[Key], everything: set[Key], stuck: set[Key], after: Callable[[set[Key]], set[Key]]
) -> set[Key]:
    """Return where, on the runs that `after` means by a next state, the operator holds."""
    match name:
        case "X":
            return after(p)
        case "F":
            return _fixpoint(set(), lambda z: p | after(z))
        case "G":
            return _fixpoint(everything, lambda z: p & (stuck | after(z)))
        case "U":
            return _fixpoint(set(), lambda z: q | (p & after(z)))
        case "R":
            return _fixpoint(everything, lambda z: q & (p | stuck | after(z)))
        case "W":
            return _fixpoint(everything, lambda z: q | (p & (stuck | after(z))))
    raise ValueError(f"no operator of branching time: {name}")


def _fixpoint(start: set[Key], update: Callable[[set[Key]], set[Key]]) -> set[Key]:
    """Return the greatest (from everything) or least (from nothing) solution of an equation between sets."""
    found = start
    while (new := update(found)) != found:
        found = new
    return found


# Linear time on a graph. A run that violates the formula satisfies its negation, in positive form: at each position
# the run owes some formulas, settles each by a condition that holds there or puts it off to the next position, and
# does not put off any `U` for ever (Vardi: An Automata-Theoretic Approach to Linear Temporal Logic, 1996).

Debts = frozenset[Formula]
Way = tuple[Debts, frozenset[Formula]]
"""How debts are settled at a position: what is owed at the next one, and which `U`s were put off."""

_DONE: Way = (frozenset(), frozenset())


def ways(formula: Formula, is_true: Callable[[Formula], bool], goes_on: bool) -> set[Way]:
    """Return the ways to settle a positive formula at a position, where its conditions are true or not and the run
    goes on or ends."""
    if isinstance(formula, Now) or formula.name == "not":
        return {_DONE} if is_true(formula) else set()
    parts = formula.parts
    owed: Debts = frozenset([formula])
    match formula.name:
        case "and":
            return _all_of(*(ways(p, is_true, goes_on) for p in parts))
        case "or":
            return set().union(*(ways(p, is_true, goes_on) for p in parts))
        case "X" | "N":
            end = set() if formula.name == "X" else {_DONE}
            return {(frozenset(parts), _DONE[1])} if goes_on else end
        case "U":
            off = {(owed, owed)} if goes_on else set()
            return ways(parts[1], is_true, goes_on) | _all_of(ways(parts[0], is_true, goes_on), off)
        case _:  # R
            rest = ways(parts[0], is_true, goes_on) | {(owed, _DONE[1]) if goes_on else _DONE}
            return _all_of(ways(parts[1], is_true, goes_on), rest)


def _all_of(*alternatives: set[Way]) -> set[Way]:
    found = {_DONE}
    for ones in alternatives:
        found = {(a | c, b | d) for a, b in found for c, d in ones}
    return found


Node = tuple[Key, Debts]
Edge = tuple[str, frozenset[Formula], Node]
"""The rule of a step, which `U`s it puts off, and where it leads."""


def is_violated(graph: Graph, claim: Ltl, visit: Callable[[], object] = lambda: None) -> bool:
    """Return True iff some fair maximal run does not satisfy the claim's formula."""
    wrong = positive(claim.formula, False)
    untils = [f for f in subformulas(wrong) if isinstance(f, Operator) and f.name == "U"]
    edges: dict[Node, list[Edge]] = {(k, frozenset([wrong])): [] for k in graph.initial}
    queue = list(edges)
    for node in queue:
        visit()
        if not graph.steps[node[0]] and _settled_at_end(graph, node):
            return True
        edges[node] = list(_onwards(graph, node))
        for _, _, there in edges[node]:
            if there not in edges:
                edges[there] = []
                queue.append(there)
    return _has_fair_loop(graph, claim, untils, edges, set(edges))


def _settled_at_end(graph: Graph, node: Node) -> bool:
    return bool(_settled_on(graph, node[1], (graph.states[node[0]],)))


def _settled_on(graph: Graph, debts: Debts, states: tuple[State, ...]) -> set[Way]:
    """Return the ways to settle debts on a step, or (one state) where the run ends."""
    truth = {c: _is_true(graph.setting, c, states) for f in debts for c in _conditions(f)}
    return _all_of(*(ways(f, truth.__getitem__, len(states) > 1) for f in debts))


def _conditions(formula: Formula) -> Iterable[Formula]:
    """Yield what `ways` asks the truth of."""
    if isinstance(formula, Now) or formula.name == "not":
        yield formula
    else:
        for part in formula.parts:
            yield from _conditions(part)


def _onwards(graph: Graph, node: Node) -> Iterable[Edge]:
    key, debts = node
    for step, after in graph.steps[key]:
        settled = _settled_on(graph, debts, (graph.states[key], step.state))
        yield from ((step.rule, off, (after, owed)) for owed, off in settled)


def _is_true(setting: Setting, condition: Formula, states: tuple[State, ...]) -> bool:
    """A condition on a step is false where there is no step."""
    if isinstance(condition, Operator):
        return not _is_true(setting, condition.parts[0], states)
    if variables(condition.condition, 1) and len(states) == 1:
        return False
    return holds(condition.condition, setting, states)


def _has_fair_loop(
    graph: Graph, claim: Ltl, untils: list[Operator], edges: dict[Node, list[Edge]], inside: set[Node]
) -> bool:
    """A loop is fair iff the walk through its whole component is, but for strong fairness: there the loop may have to
    keep away from the states in which a rule that it never fires can fire (Emerson, Lei, 1987)."""
    for component in components(inside, lambda n: [there for _, _, there in edges[n]]):
        taken = [(rule, off) for n in component for rule, off, there in edges[n] if there in component]
        able = [{s.rule for s, _ in graph.steps[key]} for key, _ in component]
        fired = {rule for rule, _ in taken}
        if not taken or any(all(u in off for _, off in taken) for u in untils):
            continue
        if any(r not in fired and all(r in rules for rules in able) for r in claim.fair):
            continue
        missed = {r for r in claim.strong if r not in fired}
        kept = {n for n in component if missed.isdisjoint(s.rule for s, _ in graph.steps[n[0]])}
        if kept == component or _has_fair_loop(graph, claim, untils, edges, kept):
            return True
    return False
