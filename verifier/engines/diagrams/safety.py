"""Claims about states and steps: an invariant, or a shortest run to what is bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.engines.diagrams.machine import Event, Machine
from verifier.engines.diagrams.reach import Search
from verifier.engines.diagrams.session import Session, invariant, readable
from verifier.evidence.evidence import Answer, Census, Fork, Holds, Invariant, Trace, Unreachable, Violated, Witnesses
from verifier.model.claims import Always, Claim, Deterministic, InRange, Never, NoDeadlock, OnlyVia, Reachable
from verifier.model.sorts import Value
from verifier.model.terms import Const, Term, and_, conjuncts, eq, not_
from verifier.semantics.claims import Case, cases
from verifier.semantics.listing import valuation_list

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


COUNTED, SHORT = 20_000_000, 50
"""The most states that are left to be counted one by one, and the most clauses that are preferred to that."""


@dataclass(frozen=True)
class Bad:
    """States that are bad; or from which `event` makes a bad step, where `step` holds of its bits."""

    states: BDDFunction
    event: Event | None = None
    step: BDDFunction | None = None


def safety(session: Session, claim: Claim, search: Search) -> Answer:
    """Return Holds(Invariant), or Violated with a shortest Trace or Fork."""
    machine = session.machine
    reached, bad = session.reached(search), list(_bad(machine, claim))
    wrong = machine.words.any(b.states for b in bad)
    if (reached & wrong).satisfiable():
        return Violated(_shown(search, claim, bad, wrong))
    if isinstance(claim, OnlyVia):  # that initial states are not bad is no matter of the invariant
        wrong = machine.words.any(b.states for b in bad if b.event is not None)
    return Holds(_proof(session, search, reached, wrong, _hints(claim)))


def _proof(
    session: Session, search: Search, reached: BDDFunction, wrong: BDDFunction, hints: tuple[Term, ...]
) -> Invariant | Census:
    """Return an invariant; or where none is short, and the states can be counted one by one, how many there are."""
    machine, short = session.machine, None
    if machine.count(reached) > COUNTED or not in_range(machine, reached):
        return Invariant(invariant(session, search, reached, wrong, hints))
    with suppress(MemoryError):
        short = readable(session, search, reached, wrong, hints, SHORT)
    return Census(tuple(_counts(machine, reached))) if short is None else Invariant(short)


def _counts(machine: Machine, states: BDDFunction) -> Iterator[tuple[Mapping[str, Value], int]]:
    """Yield how many of the states there are for each value of the parameters."""
    for parameters in valuation_list(machine.model):
        yield parameters, machine.count(states & machine.fixed(parameters))


def in_range(machine: Machine, reached: BDDFunction) -> bool:
    """Return True iff no int leaves its range: a diagram does not mind, but whoever counts the states does."""
    return not any((reached & bad.states).satisfiable() for bad in _bad(machine, InRange()))


def _hints(claim: Claim) -> tuple[Term, ...]:
    """Return what the claim says of every reachable state."""
    match claim:
        case Always():
            return conjuncts(claim.condition)
        case Never():
            return (not_(claim.condition),)
        case _:
            return ()


def _bad(machine: Machine, claim: Claim) -> Iterator[Bad]:
    match claim:
        case NoDeadlock():
            yield Bad(machine.states & ~machine.formula(claim.excluded) & ~machine.live)
        case Deterministic():
            for event in (e for name in claim.rules for e in machine.steps_of(name)):
                if (torn := _torn(machine, event)).satisfiable():
                    yield Bad(machine.closed(torn), event, torn)
        case _:
            for case in cases(machine.model, claim) or ():
                yield from _of_case(machine, case)


def _of_case(machine: Machine, case: Case) -> Iterator[Bad]:
    if case.rule is None:
        states = machine.formula(case.condition) & (machine.init if case.initially else machine.states)
        yield Bad(states)
        return
    for event in machine.steps_of(case.rule.name):
        step = machine.into(event, case.condition) & event.relation.function
        if step.satisfiable():
            yield Bad(machine.closed(event.relation.starts(step)) & machine.states, event, step)


def _torn(machine: Machine, event: Event) -> BDDFunction:
    """Return where the event has two different successors (and with which arguments): they differ in some bit."""
    relation = event.relation
    if not event.solved.choices:
        return machine.words.false
    bits = [machine.space.bits[level] for leaf in relation.changed for level in machine.space.layout.after[leaf]]
    both = (relation.starts(relation.function & b) & relation.starts(relation.function & ~b) for b in bits)
    return machine.words.any(both) & machine.states


def _shown(search: Search, claim: Claim, bad: list[Bad], wrong: BDDFunction) -> Trace | Fork:
    """Return a shortest run to a bad state or step."""
    machine = search.machine
    rings = search.rings(machine.init, wrong)
    of_states = machine.words.any(b.states for b in bad if b.event is None)
    if (rings[-1] & of_states).satisfiable():
        return search.run(rings, of_states)
    found = next(b for b in bad if b.event is not None and (rings[-1] & b.states).satisfiable())
    trace = search.run(rings, found.states)
    event, step = found.event, found.step
    assert event is not None
    assert step is not None
    where = machine.point(trace.parameters, trace.states[-1]) & step
    if isinstance(claim, Deterministic):
        return _fork(search, trace, event, where)
    return replace(trace, steps=(*trace.steps, search.step_from(event, where)))


def _fork(search: Search, trace: Trace, event: Event, where: BDDFunction) -> Fork:
    left = search.step_from(event, where)
    same = search.machine.same_arguments(event, left.arguments)
    here = event.relation.function & where & same
    other = here & ~search.machine.ends_in(event, left.state)
    return Fork(trace, left, search.step_from(event, other))


def reachable(session: Session, claim: Reachable, search: Search) -> Answer:
    """Return Holds with a shortest run for each value of the parameters, or Violated for one without."""
    machine = session.machine
    reached, wanted = session.reached(search), machine.formula(claim.condition)
    missing = machine.rigid & ~(reached & wanted).exists(machine.variable_cube)
    if not missing.satisfiable():
        return Holds(Witnesses(tuple(_witnesses(search, wanted))))
    _, parameters, _ = machine.some(missing & machine.space.is_state(machine.variables))
    facts = [eq(p, Const(p.sort, parameters[p.name])) for p in machine.parameters]
    here = machine.formula(and_(*facts))
    conjuncts_ = invariant(session, search, reached & here, wanted & here & machine.states, ())
    return Violated(Unreachable(parameters, conjuncts_))


def _witnesses(search: Search, wanted: BDDFunction) -> Iterator[Trace]:
    machine = search.machine
    for parameters in valuation_list(machine.model):
        here = machine.fixed(parameters)
        yield search.run(search.rings(machine.init & here, wanted), wanted)
