"""Which arcs of the control graph some run takes, and in which control values runs start.

The reference semantics explores as many states as are quickly had; the arcs that are still open then become
claims, which are decided and certified like any other: all at once that no run takes any of them, without
those that a counterexample shows again, and one by one where that is not decided.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from verifier.checker.certified import Certified, Verdict
from verifier.deciding import Task, decide
from verifier.diagnostics import Span
from verifier.evidence.evidence import Trace
from verifier.evidence.interpretation import Interpretation, State
from verifier.graph.arcs import Arc, control_of, initial_values
from verifier.graph.chart import Known
from verifier.model.claims import Never, Property
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Sort, Value, cardinality
from verifier.model.terms import TRUE, Const, Term, Var, and_, eq, or_
from verifier.report.result import PropertyReport
from verifier.request import Request
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.semantics.relation import can_fire
from verifier.semantics.run import initial_states, successors, valuations


class ContradictionError(RuntimeError):
    """Engines, or an engine and the checker, contradict each other: no verdict of this run counts."""


def consistent(report: PropertyReport) -> Certified:
    """Return the certified verdict. Raises ContradictionError."""
    if report.contradiction is not None:
        raise ContradictionError(report.contradiction)
    return report.certified


MOST_STATES = 2000
"""The most states that are explored for all values of the parameters together."""

SMALL = 64
"""The most values that the sort of a variable, or of a parameter, may have for that."""


def known(model: Model, arcs: Iterable[Arc], timeout: float) -> Known:
    """Return what is known of the runs of a machine whose ints stay in their ranges, after `timeout` seconds a
    question at most. Raises ContradictionError."""
    return Known(initial(model, timeout), taken(model, arcs, timeout))


def initial(model: Model, timeout: float) -> tuple[Value, ...]:
    """Return the control values in which runs start: those in which a machine without rules can be. One of which
    that is not decided is among them."""
    still = replace(model, rules=())
    return tuple(v for v in initial_values(model) if not _is_proof(_never(still, _at(model, v), timeout)))


def _at(model: Model, value: Value, level: int = 0) -> Term:
    """Return the term that says that the control variable has a value."""
    control = control_of(model)
    return eq(Var(control.sort, control.name, level), Const(control.sort, value))


def taken(model: Model, arcs: Iterable[Arc], timeout: float) -> dict[Arc, bool | None]:
    """Return for each arc whether some run takes it; None iff that is not decided in `timeout` seconds a question."""
    wanted = list(arcs)
    found: dict[Arc, bool | None] = dict.fromkeys(_explored(model, wanted), True)
    while rest := [a for a in wanted if a not in found]:
        certified = _never(model, or_(*(_possible(model, a) for a in rest)), timeout)
        if _is_proof(certified):
            found |= dict.fromkeys(rest, False)
        elif shown := _shown(model, rest, certified):
            found |= dict.fromkeys(shown, True)
        else:
            found |= {a: _one(model, a, timeout) for a in rest}
    return {a: found[a] for a in wanted}


def _one(model: Model, arc: Arc, timeout: float) -> bool | None:
    certified = _never(model, _possible(model, arc), timeout)
    return False if _is_proof(certified) else True if certified.verdict is Verdict.REFUTED else None


def _is_proof(certified: Certified) -> bool:
    return certified.verdict in (Verdict.PROVED, Verdict.VACUOUS)


def _never(model: Model, condition: Term, timeout: float) -> Certified:
    """Return the verdict on the claim that no reachable state satisfies the condition."""
    prop = Property(
        name="arcs_taken",
        claim=Never(condition),
        text="never taken",
        assuming=TRUE,
        doc=None,
        cites=(),
        expect_violated=False,
        vacuous_ok=True,
        severity="note",
        span=Span(model.source.path, 1, 1, 1, 1),
    )
    return consistent(decide(Task(model, prop, Request(timeout=timeout))))


def _possible(model: Model, arc: Arc) -> Term:
    """Return the term over level 0 that says that the arc can be taken."""
    return and_(_at(model, arc.start), can_fire(model, model.rule[arc.rule], _at(model, arc.goal, 1)))


def _shown(model: Model, arcs: Iterable[Arc], certified: Certified) -> list[Arc]:
    """Return the arcs that can be taken in the last state of a run that refutes the claim."""
    run = certified.evidence
    if certified.verdict is not Verdict.REFUTED or not isinstance(run, Trace):
        return []
    setting = Setting(model, run.parameters, run.interpretation)
    return [a for a in arcs if holds(_possible(model, a), setting, (run.states[-1],))]


def _explored(model: Model, arcs: Iterable[Arc]) -> Iterator[Arc]:
    """Yield arcs that some run takes, found by a breadth-first search that is cut off after MOST_STATES states."""
    sorts = [*(p.sort for p in model.parameters), *(v.sort for v in model.variables)]
    sorts += [p.sort for r in model.rules for p in r.parameters]
    if not all(_is_small(s) for s in sorts):
        return
    by_ends = {(a.rule, a.start, a.goal): a for a in arcs}
    control = control_of(model).name
    allowed = list(itertools.islice(valuations(model), MOST_STATES))
    for parameters in allowed:
        setting = Setting(model, parameters, _least(model))
        try:
            for before, rule, after in _transitions(setting, MOST_STATES // len(allowed)):
                if (arc := by_ends.pop((rule, before[control], after[control]), None)) is not None:
                    yield arc
                if not by_ends:
                    return
        except RangeError:  # the machine is not well defined; what was found so far counts
            continue


def _is_small(sort: Sort) -> bool:
    return isinstance(sort, OpaqueSort) or ((size := cardinality(sort)) is not None and size <= SMALL)


def _least(model: Model) -> Interpretation:
    """Return the meaning in which each opaque sort has one value."""
    setting = Setting(model)
    return Interpretation(functions={f.name: ({}, next(setting.values(f.result))) for f in model.functions})


def _transitions(setting: Setting, most: int) -> Iterator[tuple[State, str, State]]:
    """Yield the transitions of the first `most` states that are reached."""
    queue = deque(itertools.islice(initial_states(setting), most))
    seen = {tuple(s.values()) for s in queue}
    for _ in range(most):
        if not queue:
            return
        state = queue.popleft()
        for step in successors(setting, state):
            yield state, step.rule, step.state
            key = tuple(step.state.values())
            if key not in seen:
                seen.add(key)
                queue.append(step.state)
