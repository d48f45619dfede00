"""What evidence must satisfy, as terms: from a claim and its evidence to obligations. Part of the trusted base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from verifier.evidence.evidence import (
    Bound,
    Invariant,
    KInduction,
    KLive,
    Plan,
    PlanRow,
    Ranking,
    RouteTable,
    Trap,
    Unreachable,
)
from verifier.model.claims import Claim, LeadsTo, Reachable, Recoverable, Routes
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BOOL, contains
from verifier.model.terms import (
    FALSE,
    TRUE,
    Bind,
    Const,
    Local,
    Param,
    Term,
    Var,
    and_,
    at_level,
    eq,
    free_locals,
    not_,
    or_,
    substitute,
    subterms,
    transform,
)  # fmt: skip
from verifier.semantics.claims import Case, cases, enabled
from verifier.semantics.evaluate import Setting, holds
from verifier.semantics.listing import valuation_list
from verifier.semantics.monitor import watched
from verifier.semantics.positive import parts
from verifier.semantics.refusal import Refused, require
from verifier.semantics.relation import can_fire, differ, relation


@dataclass(frozen=True)
class Obligation:
    """Terms that must not hold together, whatever the values of all that is free in them; where `possible`,
    terms that must hold together for some values."""

    name: str
    terms: tuple[Term, ...]
    possible: bool = False


def formula(model: Model, terms: Iterable[Term]) -> Term:
    """Return the conjunction of evidence terms; their bound variables get names that no model has.

    Raises Refused unless it is a closed boolean term over the variables at level 0 and the parameters.
    """
    whole = and_(*terms)
    declared: set[Term] = {Var(v.sort, v.name) for v in model.variables}
    declared |= {Param(p.sort, p.name) for p in model.parameters}
    strange = [t for t in subterms(whole) if isinstance(t, (Var, Param)) and t not in declared]
    if strange or free_locals(whole, {}) or whole.sort != BOOL:
        raise Refused("a conjunct is not a formula about one state")
    return transform(whole, _apart)


def _apart(term: Term) -> Term | None:
    if isinstance(term, Local):
        return _renamed(term)
    if isinstance(term, Bind):
        return Bind(term.sort, term.binder, _renamed(term.local), transform(term.body, _apart))
    return None


def _renamed(local: Local) -> Local:
    return Local(local.sort, f"evidence {local.name}")


def inductive(model: Model, invariant: Term) -> Iterator[Obligation]:
    """The invariant holds initially, and every transition keeps it."""
    if invariant is not TRUE:
        yield Obligation("initiation of the invariant", (model.initial, not_(invariant)))
        yield from closed(model, invariant)


def closed(model: Model, region: Term) -> Iterator[Obligation]:
    """Every transition from a state of the region leads to a state of it."""
    for rule in model.rules:
        terms = (*model.assumptions, region, relation(model, rule), not_(at_level(region, 1)))
        yield Obligation(f"consecution under rule {rule.name}", terms)


def safety(model: Model, claim: Claim, evidence: Invariant | KInduction | Bound) -> Iterator[Obligation]:
    """The claim's bad states and steps do not occur; where the evidence is a Bound, not within its depth."""
    bad = cases(model, claim)
    require(bad is not None and not isinstance(claim, Reachable), "it says nothing about a claim of this kind")
    if isinstance(evidence, Invariant):
        invariant = formula(model, evidence.conjuncts)
        yield from inductive(model, invariant)
        yield from _sufficient(model, bad or (), invariant)
    elif isinstance(evidence, KInduction):
        require(evidence.k >= 1, "k-induction takes at least one step")
        yield from _k_induction(model, bad or (), evidence)
    else:
        require(evidence.depth >= 0, "a bound is a number of steps")
        yield from _bounded(model, bad or (), evidence.depth, evidence.depth)


def live(model: Model, claim: Claim, evidence: KLive) -> Iterator[Obligation]:
    """Each invariant is one of the watched machine of its part, and shows that no run violates that. What is shown by a
    census is left to whoever counts."""
    claimed = parts(claim)
    require(claimed != () and len(claimed) == len(evidence.parts), "it does not show each part of such a claim")
    for part, rounds in zip(claimed, evidence.parts, strict=True):
        require(rounds.k >= 0, "there is no such number of rounds")
        machine = watched(model, part, rounds.k)
        if rounds.census is None:
            yield from safety(machine.model, machine.claim, Invariant(rounds.conjuncts))


def unreachable(model: Model, claim: Reachable, evidence: Unreachable) -> Iterator[Obligation]:
    """For values of the parameters that the assumptions allow, an invariant excludes the claim's condition."""
    sorts, given = {p.name: p.sort for p in model.parameters}, evidence.parameters
    require(all(contains(sorts[n], v) for n, v in given.items()), "a parameter's value is not of its sort")
    allowed = all(holds(a, Setting(model, given)) for a in model.assumptions)
    require(allowed, "the assumptions do not allow these values of the parameters")
    fixed, invariant = model.fixed(given), formula(model, evidence.conjuncts)
    yield from inductive(fixed, invariant)
    yield from _sufficient(fixed, cases(model, claim) or (), invariant)


def _sufficient(model: Model, bad: Iterable[Case], invariant: Term) -> Iterator[Obligation]:
    """No state of the invariant is bad."""
    for case in bad:
        start = model.initial if case.initially else and_(*model.assumptions, invariant)
        step = () if case.rule is None else (relation(model, case.rule),)
        yield Obligation(f"sufficiency of the invariant{_of(case)}", (start, *step, case.condition))


def _of(case: Case) -> str:
    return " (initial states)" if case.initially else f" (rule {case.rule.name})" if case.rule else ""


def _bounded(model: Model, bad: Sequence[Case], states: int, steps: int) -> Iterator[Obligation]:
    """No run of at most `states` steps ends in a bad state, and none of at most `steps` steps in a bad step."""
    for level in range(max(states + 1, steps)):
        run = [model.initial, *(or_(*(_step(model, r, i) for r in model.rules)) for i in range(level))]
        for case in bad:
            if (level < steps if case.rule else level <= states) and not (case.initially and level):
                yield Obligation(f"no violation after {level} steps{_of(case)}", (*run, _bad(model, case, level)))


def _step(model: Model, rule: Rule, level: int, condition: Term = TRUE) -> Term:
    """Return the term that says that the rule leads from `level` to the next, and that `condition` holds of it."""
    fresh: dict[Term, Term] = {p: Local(p.sort, f"{rule.name}.{p.name}@{level}") for p in rule.parameters}
    return _moved(substitute(and_(relation(model, rule), condition), fresh), level)


def _moved(term: Term, by: int) -> Term:
    return transform(term, lambda t: Var(t.sort, t.name, t.level + by) if isinstance(t, Var) else None)


def _bad(model: Model, case: Case, level: int) -> Term:
    return _moved(case.condition, level) if case.rule is None else _step(model, case.rule, level, case.condition)


def _k_induction(model: Model, bad: Sequence[Case], evidence: KInduction) -> Iterator[Obligation]:
    """No violation within the first k steps, nor after k steps from states of the invariant that are not bad."""
    k, invariant = evidence.k, formula(model, evidence.conjuncts)
    yield from inductive(model, invariant)
    yield from _bounded(model, bad, k - 1, k)
    good = and_(invariant, *(not_(c.condition) for c in bad if _is_about_states(c)))
    run = [*model.assumptions, _moved(invariant, k)]
    for i in range(k):
        run += [_moved(good, i), or_(*(_step(model, r, i) for r in model.rules))]
    if evidence.simple:
        run += [differ(model, i, j) for j in range(k + 1) for i in range(j)]
    for case in (c for c in bad if not c.initially):
        yield Obligation(f"no violation after {k} good steps{_of(case)}", (*run, _bad(model, case, k)))


def _is_about_states(case: Case) -> bool:
    levels = {t.level for t in subterms(case.condition) if isinstance(t, Var)}
    return case.rule is None and not case.initially and levels <= {0} and not free_locals(case.condition, {})


def control_graph(model: Model, claim: Routes, table: RouteTable) -> Iterator[Obligation]:
    """The arcs of each graph, and no others, can be taken; each in all states with its control value."""
    assert model.control is not None
    found, wanted = [dict(g.parameters) for g in table.graphs], valuation_list(model)
    once = len(found) == len(wanted) and all(w in found for w in wanted)
    require(once, "there is not one control graph for each value of the parameters")
    invariant, sort, name = formula(model, table.conjuncts), model.control.sort, model.control.name
    before, after = Var(sort, name, 0), Var(sort, name, 1)
    yield from inductive(model, invariant)
    for graph in table.graphs:
        values = dict(graph.parameters)
        fixed = (eq(Param(p.sort, p.name), Const(p.sort, values[p.name])) for p in model.parameters)
        known = (*model.assumptions, invariant, *fixed)
        arcs = [(eq(before, Const(sort, a)), eq(after, Const(sort, b))) for a, b in graph.arcs]
        for rule in (model.rule[r] for r in claim.rules):
            others = (not_(eq(before, after)), not_(or_(*(and_(a, b) for a, b in arcs))))
            yield Obligation(
                f"no arc beside the given ones, rule {rule.name}", (*known, relation(model, rule), *others)
            )
        for (start, goal), (a, b) in zip(graph.arcs, arcs, strict=True):
            taken = or_(*(can_fire(model, model.rule[r], b) for r in claim.rules))
            yield Obligation(f"arc {start} -> {goal} can be taken", (*known, a, not_(taken)))
        for start in dict.fromkeys(a for a, _ in graph.arcs):
            there = eq(before, Const(sort, start))
            yield Obligation(f"there are states with control value {start}", (*known, there), possible=True)


def plan(model: Model, claim: Recoverable, evidence: Plan) -> Iterator[Obligation]:
    """From every origin state of the invariant the rows lead to the goal."""
    invariant = formula(model, evidence.conjuncts)
    yield from inductive(model, invariant)
    known = (*model.assumptions, invariant, not_(claim.goal))
    reached = claim.goal
    for place, entry in enumerate(evidence.rows):
        condition = formula(model, (entry.condition,))
        step = can_fire(model, _pinned(model, entry), at_level(reached, 1))
        yield Obligation(f"row {place} of the plan, rule {entry.rule}", (*known, condition, not_(step)))
        reached = or_(reached, condition)
    yield Obligation("the plan covers every origin state", (*known, claim.origin, not_(reached)))


def _pinned(model: Model, entry: PlanRow) -> Rule:
    """Return the row's rule with the row's arguments in place of its parameters."""
    rule, values = model.rule[entry.rule], dict(entry.arguments)
    fixed: dict[Term, Term] = {p: Const(p.sort, values[p.name]) for p in rule.parameters if p.name in values}
    if len(fixed) != len(entry.arguments):
        raise Refused(f"a row of the plan has arguments that rule {rule.name} does not have")
    guard, *constraints = (substitute(t, fixed) for t in (rule.guard, *rule.constraints))
    open_ = tuple(p for p in rule.parameters if p not in fixed)
    return replace(rule, parameters=open_, guard=guard, constraints=tuple(constraints))


def trap(model: Model, claim: Recoverable, evidence: Trap) -> Iterator[Obligation]:
    """No transition leaves the trap, and none of its states is a goal state, for the trace's parameters."""
    region, fixed = formula(model, evidence.conjuncts), model.fixed(evidence.trace.parameters)
    yield from closed(fixed, region)
    yield Obligation("the trap has no goal state", (*fixed.assumptions, region, claim.goal))


def ranking(model: Model, claim: LeadsTo, evidence: Ranking) -> Iterator[Obligation]:
    """Manna and Pnueli's rule for response under justice."""
    invariant = formula(model, evidence.conjuncts)
    yield from inductive(model, invariant)
    known = (*model.assumptions, invariant, not_(claim.response))
    done = claim.response
    for place, entry in enumerate(evidence.rows):
        require(entry.helpful in (None, *claim.fair), f"region {place} relies on {entry.helpful}, which is not fair")
        region = formula(model, (entry.region,))
        able = enabled(model) if entry.helpful is None else can_fire(model, model.rule[entry.helpful])
        yield Obligation(f"region {place}: the helpful rule can fire", (*known, region, not_(able)))
        for rule in model.rules:
            stay = region if entry.helpful not in (None, rule.name) else FALSE
            after = at_level(or_(done, stay), 1)
            yield Obligation(f"region {place}, rule {rule.name}", (*known, region, relation(model, rule), not_(after)))
        done = or_(done, region)
    yield Obligation("the regions cover every trigger state", (*known, claim.trigger, not_(done)))
