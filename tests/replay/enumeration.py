"""Whether evidence is valid, decided by listing: no solver, no obligations, states and steps one by one.

Every state of the sorts is looked at, reachable or not; machines here are small enough for that. Only evaluation
and the transitions of one state come from the reference semantics.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence

from verifier.evidence.evidence import (
    BasisTable,
    Bound,
    Census,
    Closure,
    Evidence,
    Fork,
    Instance,
    Interpretation,
    Invariant,
    KInduction,
    KLive,
    Labelling,
    Labels,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    PathTable,
    Plan,
    Ranking,
    RouteTable,
    State,
    Step,
    Trace,
    Trap,
    Unreachable,
    Witnesses,
)  # fmt: skip
from verifier.model.claims import (
    Always,
    Basis,
    Claim,
    Deterministic,
    EqualsPath,
    EveryStep,
    InRange,
    LeadsTo,
    Never,
    Reachable,
    Recoverable,
    Routes,
)  # fmt: skip
from verifier.model.model import Model
from verifier.model.sorts import Atom, values
from verifier.model.terms import FALSE, TRUE, Term, variables
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.monitor import watched
from verifier.semantics.positive import parts
from verifier.semantics.run import initial_states, successors, valuations


class Machine:
    """The states and steps of a model for one value of its parameters, and one meaning of what is opaque."""

    def __init__(self, model: Model, parameters: dict[str, object], meaning: Interpretation | None = None) -> None:
        self.setting = Setting(model, parameters, meaning or Interpretation())
        domains = (tuple(self.setting.values(v.sort)) for v in model.variables)
        self.states = [dict(zip(model.variable, c, strict=True)) for c in itertools.product(*domains)]
        self.initial = [dict(s) for s in initial_states(self.setting)]
        self._steps: dict[tuple[object, ...], list[Step]] = {}

    def steps(self, state: State) -> list[Step]:
        """The transitions from a state."""
        key = tuple(state.values())
        if key not in self._steps:
            self._steps[key] = list(successors(self.setting, state))
        return self._steps[key]

    def reachable(self, depth: int = 1000) -> list[State]:
        """The states that runs of at most `depth` steps reach."""
        found, layer = list(self.initial), list(self.initial)
        for _ in range(depth):
            layer = unique(s.state for state in layer for s in self.steps(state) if s.state not in found)
            found += layer
            if not layer:
                break
        return found

    def where(self, *terms: Term) -> list[State]:
        """The states in which all terms hold."""
        return [s for s in self.states if all(holds(t, self.setting, (s,)) for t in terms)]

    def is_inductive(self, terms: Iterable[Term]) -> bool:
        """Whether the initial states satisfy the terms, and every step keeps them."""
        region = self.where(*terms)
        return all(s in region for s in self.initial) and self.is_closed(region)

    def is_closed(self, region: Sequence[State]) -> bool:
        """Whether no step leaves the region."""
        return all(step.state in region for state in region for step in self.steps(state))

    def is_bad(self, claim: Claim, state: State) -> bool:
        """Whether the state, or a step from it, violates a safety claim (witnesses it, for `reachable`)."""
        match claim:
            case Always():
                return not holds(claim.condition, self.setting, (state,))
            case Never() | Reachable():
                return holds(claim.condition, self.setting, (state,))
            case EveryStep():
                steps = self.steps(state)
                return any(not holds(claim.condition, self.setting, (state, s.state), s.arguments) for s in steps)
            case InRange():
                return self._leaves_its_range(state)
        raise AssertionError(claim)

    def _leaves_its_range(self, state: State) -> bool:
        try:
            self.steps(state)
        except RangeError:
            return True
        return False

    def outcomes(self, state: State, path: Sequence[Instance], observing: Collection[str]) -> list[dict[str, object]]:
        """What is observed after the path."""
        control = self.setting.model.control
        assert control is not None
        here = [state]
        for i in path:
            here = unique(
                s.state
                for before in here
                if before[control.name] == i.start
                for s in self.steps(before)
                if (s.rule, tuple(s.arguments.items()), s.state[control.name]) == (i.rule, i.arguments, i.goal)
            )
        return unique({n: s[n] for n in observing} for s in here)


def unique(items: Iterable[State]) -> list[dict[str, object]]:
    """The items, each once."""
    found: list[dict[str, object]] = []
    for item in items:
        if item not in found:
            found.append(dict(item))
    return found


def is_valid(model: Model, claim: Claim, proves: bool, evidence: Evidence) -> bool:
    """Whether the evidence shows that the claim holds, or (not `proves`) that it is violated.

    Of what is opaque only small meanings are looked at: then True says no more than that they do not tell otherwise.
    """
    machines = [Machine(model, dict(p), meaning) for p in valuations(model) for meaning in _meanings(model)]
    match claim, evidence:
        case _, Invariant():
            return proves and all(_is_safe_by(m, claim, evidence.conjuncts) for m in machines)
        case _, KInduction():
            return proves and all(_is_k_inductive(m, claim, evidence) for m in machines)
        case _, Bound():
            good = (not any(m.is_bad(claim, s) for s in m.reachable(evidence.depth)) for m in machines)
            return proves and evidence.depth >= 0 and all(good)
        case _, Closure():
            return _is_closure(machines, claim, proves, evidence)
        case _, Census():
            return _is_census(machines, claim, proves, evidence)
        case Recoverable(), Labelling():
            return _is_labelling(machines, claim, proves, evidence)
        case Reachable(), Unreachable():
            chosen = [m for m in machines if evidence.parameters.items() <= m.setting.parameters.items()]
            return not proves and bool(chosen) and all(_is_safe_by(m, claim, evidence.conjuncts) for m in chosen)
        case Reachable(), Trace() | Witnesses():
            runs = evidence.traces if isinstance(evidence, Witnesses) else (evidence,)
            ends = all(_is_run(model, t) and holds(claim.condition, _setting(model, t), (t.states[-1],)) for t in runs)
            return proves and ends and all(any(t.parameters == m.setting.parameters for t in runs) for m in machines)
        case Recoverable(), Plan():
            return proves and all(_leads_back(m, claim, evidence) for m in machines)
        case Recoverable(), Trap():
            return not proves and _is_trap(model, claim, evidence)
        case LeadsTo(), KLive():
            return proves and _is_watched(model, claim, evidence)
        case LeadsTo(), Ranking():
            return proves and all(_is_ranking(m, claim, evidence) for m in machines)
        case LeadsTo(), Lasso():
            return not proves and _is_lasso(model, claim, evidence)
        case Deterministic(), Fork():
            return not proves and _is_fork(model, claim, evidence)
        case EqualsPath(), PathTable() | PathGaps():
            return isinstance(evidence, PathTable) is proves and _are_paths(model, machines, claim, evidence)
        case Basis(), BasisTable():
            return proves and _is_basis(model, machines, claim, evidence)
        case Basis(), NoBasis():
            return not proves and _is_no_basis(model, machines, claim, evidence)
        case Routes(), RouteTable():
            return _are_routes(machines, claim, proves, evidence)
        case _, Trace():
            return not proves and _is_run(model, evidence) and _ends_badly(model, claim, evidence)
    return False


def _meanings(model: Model) -> Iterator[Interpretation]:
    """The meanings with at most two individuals of each opaque sort, for models with one function of one argument."""
    if not model.functions:
        yield Interpretation()
        return
    (function,) = model.functions
    sort = function.result.name  # type: ignore[union-attr]
    for size in (1, 2):
        atoms = [Atom(sort, i) for i in range(size)]
        for results in itertools.product(atoms, repeat=size):
            table = {(a,): r for a, r in zip(atoms, results, strict=True)}
            yield Interpretation({sort: size}, {function.name: (table, atoms[0])})


def _setting(model: Model, trace: Trace) -> Setting:
    return Setting(model, trace.parameters, trace.interpretation)


def _is_run(model: Model, trace: Trace) -> bool:
    setting = _setting(model, trace)
    if trace.parameters not in [dict(p) for p in valuations(model)] or trace.initial not in list(
        initial_states(setting)
    ):
        return False
    pairs = zip(trace.states, trace.steps, strict=False)
    return all(step in list(successors(setting, before)) for before, step in pairs)


def _ends_badly(model: Model, claim: Claim, trace: Trace) -> bool:
    assert isinstance(claim, Always | Never | EveryStep)
    wanted = isinstance(claim, Never)
    if variables(claim.condition, 1):
        return len(trace.steps) > 0 and holds(claim.condition, _setting(model, trace), trace.states[-2:]) is wanted
    return holds(claim.condition, _setting(model, trace), trace.states[-1:]) is wanted


def _is_safe_by(machine: Machine, claim: Claim, conjuncts: Iterable[Term]) -> bool:
    conjuncts = tuple(conjuncts)
    return machine.is_inductive(conjuncts) and not any(machine.is_bad(claim, s) for s in machine.where(*conjuncts))


def _is_k_inductive(machine: Machine, claim: Claim, evidence: KInduction) -> bool:
    if evidence.k < 1 or not machine.is_inductive(evidence.conjuncts):
        return False
    if any(machine.is_bad(claim, s) for s in machine.reachable(evidence.k - 1)):
        return False
    region = machine.where(*evidence.conjuncts)
    layer: list[State] = list(region)
    for _ in range(evidence.k):
        good = (s for s in layer if not machine.is_bad(claim, s))
        layer = [t for t in unique(s.state for state in good for s in machine.steps(state)) if t in region]
    return not any(machine.is_bad(claim, s) for s in layer)


def _is_closure(machines: list[Machine], claim: Claim, proves: bool, closure: Closure) -> bool:
    wanted = [(dict(m.setting.parameters), s) for m in machines for s in m.reachable()]
    exact = len(wanted) == len(closure.members) and all((dict(p), s) in wanted for p, s in closure.members)
    once = all(closure.members.count(member) == 1 for member in closure.members)
    return exact and once and proves is not any(m.is_bad(claim, s) for m in machines for s in m.reachable())


def _is_census(machines: list[Machine], claim: Claim, proves: bool, census: Census) -> bool:
    listed = [dict(parameters) for parameters, _ in census.counts]
    chosen = [m for m in machines if m.setting.parameters in listed]
    exact = all((m.setting.parameters, len(m.reachable())) in census.counts for m in chosen)
    once = len(chosen) == len(listed) and all(listed.count(parameters) == 1 for parameters in listed)
    occurs = [any(m.is_bad(claim, s) for s in m.reachable()) for m in chosen]
    holding = all(found is isinstance(claim, Reachable) for found in occurs)
    return exact and once and proves is holding and (not proves or len(chosen) == len(machines))


def _is_labelling(machines: list[Machine], claim: Recoverable, proves: bool, labelling: Labelling) -> bool:
    if len(labelling.parts) != 1:
        return False
    (counts,), right, holding = labelling.parts, [], []
    for machine in machines:
        states = machine.reachable()
        goal, origin = ([s for s in machine.where(t) if s in states] for t in (claim.goal, claim.origin))
        saved = [s for s in states if any(t in goal for t in _onwards(machine, s))]
        numbers = tuple(map(len, (origin, goal, saved)))
        right.append(Labels(machine.setting.parameters, len(states), numbers))
        holding.append(all(s in saved for s in origin))
    chosen = [right.index(c) for c in counts if c in right]
    once = len(chosen) == len(counts) == len(set(chosen))
    held = all(holding[i] for i in chosen)
    return once and proves is held and (not proves or len(chosen) == len(machines))


def _onwards(machine: Machine, state: State) -> list[State]:
    """The states that can be reached from one."""
    found = [state]
    for here in found:
        found += unique(s.state for s in machine.steps(here) if s.state not in found)
    return found


def _leads_back(machine: Machine, claim: Recoverable, plan: Plan) -> bool:
    known, reached = machine.where(*plan.conjuncts), machine.where(claim.goal)
    for row in plan.rows:
        covered = [s for s in machine.where(row.condition) if s in known and s not in machine.where(claim.goal)]
        for state in covered:
            taken = [
                s for s in machine.steps(state) if (s.rule, tuple(s.arguments.items())) == (row.rule, row.arguments)
            ]
            if not any(s.state in reached for s in taken):
                return False
        reached += machine.where(row.condition)
    origins = [s for s in machine.where(claim.origin) if s in known]
    return machine.is_inductive(plan.conjuncts) and all(s in reached for s in origins)


def _is_trap(model: Model, claim: Recoverable, trap: Trap) -> bool:
    if not _is_run(model, trap.trace):
        return False
    machine = Machine(model, dict(trap.trace.parameters))
    region = machine.where(*trap.conjuncts)
    inside = trap.trace.states[-1] in region and trap.trace.states[-1] in machine.where(claim.origin)
    return inside and machine.is_closed(region) and not any(s in region for s in machine.where(claim.goal))


def _is_watched(model: Model, claim: LeadsTo, evidence: KLive) -> bool:
    if len(evidence.parts) != 1:
        return False
    (linear,), (rounds,) = parts(claim), evidence.parts
    machine = watched(model, linear, rounds.k)
    machines = (Machine(machine.model, dict(p), i) for p in valuations(model) for i in _meanings(model))
    return all(_is_safe_by(m, machine.claim, rounds.conjuncts) for m in machines)


def _is_ranking(machine: Machine, claim: LeadsTo, ranking: Ranking) -> bool:
    known = [s for s in machine.where(*ranking.conjuncts) if not holds(claim.response, machine.setting, (s,))]
    done = machine.where(claim.response)
    for row in ranking.rows:
        region = machine.where(row.region)
        if row.helpful not in (None, *claim.fair):
            return False
        for state in (s for s in region if s in known):
            steps = machine.steps(state)
            stays = [s for s in steps if s.state not in done]
            if not any(row.helpful in (None, s.rule) for s in steps):
                return False
            if any(row.helpful in (None, s.rule) or s.state not in region for s in stays):
                return False
        done += region
    pending = [s for s in known if holds(claim.trigger, machine.setting, (s,))]
    return machine.is_inductive(ranking.conjuncts) and all(s in done for s in pending)


def _is_lasso(model: Model, claim: LeadsTo, lasso: Lasso) -> bool:
    trace, setting = lasso.trace, _setting(model, lasso.trace)
    if (
        not _is_run(model, trace)
        or not 0 <= lasso.loop < len(trace.steps)
        or trace.states[lasso.loop] != trace.states[-1]
    ):
        return False
    assert not claim.fair
    triggers = [i for i, s in enumerate(trace.states) if holds(claim.trigger, setting, (s,))]
    forever = (trace.states[min(i, lasso.loop) :] for i in triggers)
    return any(not any(holds(claim.response, setting, (s,)) for s in states) for states in forever)


def _is_fork(model: Model, claim: Deterministic, fork: Fork) -> bool:
    if not _is_run(model, fork.trace):
        return False
    possible = list(successors(_setting(model, fork.trace), fork.trace.states[-1]))
    one = (fork.left.rule, fork.left.arguments) == (fork.right.rule, fork.right.arguments)
    return one and fork.left.rule in claim.rules and fork.left.state != fork.right.state and all(
        s in possible for s in (fork.left, fork.right)
    )  # fmt: skip


def _instances(machines: list[Machine], rules: Iterable[str], states: str) -> list[Instance]:
    """The instances that fire in some state: "all" of them, or the "reachable" ones."""
    found: dict[Instance, None] = {}
    for machine in machines:
        control = machine.setting.model.control
        assert control is not None
        for state in machine.states if states == "all" else machine.reachable():
            for s in machine.steps(state):
                if s.rule in rules:
                    ends = (state[control.name], s.state[control.name])
                    found[Instance(s.rule, tuple(s.arguments.items()), *ends)] = None
    return list(found)


def _walks(steps: Collection[Instance], start: object, low: int, high: int) -> Iterator[tuple[Instance, ...]]:
    """The paths of these steps from a control value."""
    layer: list[tuple[Instance, ...]] = [()]
    for length in range(1, high + 1):
        layer = [(*p, i) for p in layer for i in steps if i.start == (p[-1].goal if p else start)]
        if length >= low:
            yield from layer


def _covers(found: Sequence[Instance], machines: list[Machine], rules: Iterable[str]) -> bool:
    """Whether each instance that can fire is among those found, and none is there twice or of no such rule."""
    rules = tuple(rules)
    needed, possible = (_instances(machines, rules, s) for s in ("reachable", "all"))
    return len(set(found)) == len(found) and set(needed) <= set(found) <= set(possible)


def _row_is_right(
    machines: list[Machine],
    row: PathRow,
    steps: Collection[Instance],
    claim: EqualsPath | Basis,
    conjuncts: Iterable[Term],
) -> bool:
    allowed = (w for w in _walks(steps, row.instance.start, claim.low, claim.high) if w[-1].goal == row.instance.goal)
    if row.path and row.path not in list(allowed):
        return False
    for machine in machines:
        for state in machine.where(*conjuncts):
            direct = machine.outcomes(state, (row.instance,), claim.observing)
            if direct and not (row.path and _same(direct, machine.outcomes(state, row.path, claim.observing))):
                return False
    return True


def _same(left: list[dict[str, object]], right: list[dict[str, object]]) -> bool:
    return all(s in right for s in left) and all(s in left for s in right)


def _gap_is_right(
    model: Model, gap: NoPath, steps: Collection[Instance], shown: Collection[Instance], claim: EqualsPath | Basis
) -> bool:
    def walks(among: Collection[Instance]) -> list[tuple[Instance, ...]]:
        every = _walks(among, gap.instance.start, claim.low, claim.high)
        return [w for w in every if w[-1].goal == gap.instance.goal]

    def outcomes(trace: Trace, path: Sequence[Instance]) -> list[dict[str, object]]:
        return Machine(model, dict(trace.parameters)).outcomes(trace.states[-1], path, claim.observing)

    if not gap.traces or not all(_is_run(model, t) and outcomes(t, (gap.instance,)) for t in gap.traces):
        return False
    if gap.nearest and gap.nearest not in walks(shown):
        return False
    return all(any(not _same(outcomes(t, (gap.instance,)), outcomes(t, w)) for t in gap.traces) for w in walks(steps))


def _chosen(machines: list[Machine], instances: Iterable[Instance], where: Term) -> list[Instance]:
    return [i for i in instances if holds(where, machines[0].setting, (), {"start": i.start, "goal": i.goal})]


def _are_paths(model: Model, machines: list[Machine], claim: EqualsPath, evidence: PathTable | PathGaps) -> bool:
    assert {claim.target_where, claim.step_where, claim.through} == {TRUE}
    gaps = evidence.missing if isinstance(evidence, PathGaps) else ()
    found = [*(r.instance for r in evidence.rows), *(g.instance for g in gaps)]
    steps = _instances(machines, claim.steps, "all")
    return (
        bool(gaps) is isinstance(evidence, PathGaps)
        and _covers(found, machines, claim.targets)
        and all(m.is_inductive(evidence.conjuncts) for m in machines)
        and all(_row_is_right(machines, r, steps, claim, evidence.conjuncts) for r in evidence.rows)
        and all(_gap_is_right(model, g, steps, steps, claim) for g in gaps)
    )


def _is_basis(model: Model, machines: list[Machine], claim: Basis, table: BasisTable) -> bool:
    assert claim.chosen is None
    every, generators = _instances(machines, claim.rules, "all"), table.generators
    found = [*generators, *(r.instance for r in table.rows)]
    needed = [g.instance for g in table.needed]
    return (
        _covers(found, machines, claim.rules)
        and len(needed) == len(set(needed))
        and set(needed) == set(generators)
        and all(m.is_inductive(table.conjuncts) for m in machines)
        and all(_row_is_right(machines, r, generators, claim, table.conjuncts) for r in table.rows)
        and all(
            _gap_is_right(
                model, g, [i for i in generators if i != g.instance], [i for i in every if i != g.instance], claim
            )
            for g in table.needed
        )
    )


def _is_no_basis(model: Model, machines: list[Machine], claim: Basis, evidence: NoBasis) -> bool:
    assert claim.chosen is not None
    every = _instances(machines, claim.rules, "all")
    chosen = _chosen(machines, every, claim.chosen)
    if evidence.missing is not None:
        outside = evidence.missing.instance in every and evidence.missing.instance not in chosen
        return outside and _gap_is_right(model, evidence.missing, chosen, chosen, claim)
    row = evidence.redundant
    if row is None or not row.path or row.instance not in chosen:
        return False
    inductive = all(m.is_inductive(evidence.conjuncts) for m in machines)
    others = [i for i in chosen if i != row.instance]
    return inductive and _row_is_right(machines, row, others, claim, evidence.conjuncts)


def _are_routes(machines: list[Machine], claim: Routes, proves: bool, table: RouteTable) -> bool:
    assert (claim.next_hop, claim.blocked, claim.excluded, claim.through) == (None, FALSE, FALSE, TRUE)
    if sorted(str(dict(g.parameters)) for g in table.graphs) != sorted(
        str(dict(m.setting.parameters)) for m in machines
    ):
        return False
    right = True
    for graph in table.graphs:
        machine = next(m for m in machines if m.setting.parameters == dict(graph.parameters))
        if not machine.is_inductive(table.conjuncts) or not _are_arcs(machine, claim, graph.arcs, table.conjuncts):
            return False
        control = machine.setting.model.control
        assert control is not None
        pairs = itertools.permutations(values(control.sort), 2)
        right = right and all(_shortest(graph.arcs, a, b) == 1 for a, b in pairs)
    return right is proves


def _are_arcs(
    machine: Machine, claim: Routes, arcs: Collection[tuple[object, object]], conjuncts: Iterable[Term]
) -> bool:
    """Whether these are the arcs, each of which can be taken wherever its start is."""
    control = machine.setting.model.control
    assert control is not None
    taken: dict[tuple[object, object], int] = {}
    region = machine.where(*conjuncts)
    for state in region:
        goals = {s.state[control.name] for s in machine.steps(state) if s.rule in claim.rules}
        for goal in goals:
            arc = (state[control.name], goal)
            taken[arc] = taken.get(arc, 0) + 1
    everywhere = all(taken.get(a, 0) == sum(s[control.name] == a[0] for s in region) > 0 for a in arcs)
    return everywhere and {a for a in taken if a[0] != a[1]} <= set(arcs)


def _shortest(arcs: Collection[tuple[object, object]], start: object, goal: object) -> int:
    """How many shortest routes there are."""
    layer, seen, arcs = {start: 1}, {start}, set(arcs)
    while layer and goal not in layer:
        following: dict[object, int] = {}
        for here, count in layer.items():
            for a, b in arcs:
                if a == here and b not in seen:
                    following[b] = following.get(b, 0) + count
        seen |= following.keys()
        layer = following
    return layer.get(goal, 0)
