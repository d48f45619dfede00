"""Shortest violations of claims about maximal runs, by unrolling.

Biere, Cimatti, Clarke, Zhu: Symbolic Model Checking without BDDs, TACAS 1999: a run of the watched machine that
comes back to an earlier state, one round or more later, goes on for ever from there as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from verifier.encode.query import Assignment, Query
from verifier.encode.unroll import moved, read_run, transition
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Bound, Lasso, State, Step, Trace, Unknown
from verifier.model.claims import Claim, Ltl
from verifier.model.model import Model
from verifier.model.sorts import BOOL
from verifier.model.terms import App, Op, Term, Var, and_, eq, not_, or_
from verifier.semantics.instances import TooMany
from verifier.semantics.monitor import Watched, watched
from verifier.semantics.refusal import Refused
from verifier.semantics.shown import replay


class Lassos:
    """The search: what was unrolled for one depth serves the next."""

    def __init__(self, model: Model, claim: Ltl, most: int) -> None:
        self.model = model
        self.machine = watched(model, claim, most)  # with `most` steps there are no more rounds
        self.most = most
        self.depth = 0
        self.query = Query(self.machine.model)
        for condition in self.machine.model.init:
            self.query.require(condition)

    def shortest(self, depth: int, budget: Budget) -> Lasso | Trace | Bound | Unknown:
        """Return a violation with the fewest steps (of the watched machine), if there is one of at most `depth`."""
        for steps in range(self.depth, min(depth, self.most) + 1):
            if steps:
                self.query.require(transition(self.machine.model, steps - 1))
            self.depth = steps + 1
            goal = or_(moved(not_(self.machine.claim.condition), steps), *self._closed(steps))
            match self.query.check(budget.left, goal):
                case True:
                    run = read_run(self.machine.model, Assignment(self.query), steps)
                    return violation_in(self.model, self.machine, run) or Unknown("the run is not closed")
                case None:
                    return Unknown(f"depth {steps}: Z3 says unknown ({self.query.reason})")
            if budget.left == 0:
                return Unknown(f"time is up at depth {steps}")
        return Bound(depth)

    def _closed(self, steps: int) -> Iterator[Term]:
        """Yield, for each earlier state, that the last one is the same but for its rounds, of which it has more."""
        rounds = self.machine.model.variable[self.machine.rounds]
        others = [v for v in self.machine.model.variables if v is not rounds]
        for start in range(steps):
            same = (eq(Var(v.sort, v.name, start), Var(v.sort, v.name, steps)) for v in others)
            more = App(BOOL, Op.LT, (Var(rounds.sort, rounds.name, start), Var(rounds.sort, rounds.name, steps)))
            yield and_(more, *same)


def violation_in(model: Model, machine: Watched, run: Trace) -> Lasso | Trace | None:
    """Return the violation that a run of the watched machine, or a part of it, shows: its shortest closed part, or
    the run itself where it ends in a deadlock; None iff it shows none."""
    seen: dict[tuple[object, ...], tuple[int, object]] = {}
    for place, state in enumerate(run.states):
        rounds = state[machine.rounds]
        key = tuple(value for name, value in state.items() if name != machine.rounds)
        start, before = seen.setdefault(key, (place, rounds))
        if before != rounds:
            return Lasso(_projected(model, run, run.steps[:place]), start)
    last = run.states[-1]
    counted = last[machine.rounds]
    assert isinstance(counted, int)
    return None if counted > machine.most else _projected(model, run, run.steps)


def folded(model: Model, claim: Claim, run: Lasso | Trace) -> Lasso | Trace:
    """Return the shortest beginning of a violating run that is a violation itself, however it goes on or when a loop is
    closed in it: the watcher may have taken longer than the machine to come back."""
    trace = run.trace if isinstance(run, Lasso) else run
    for end in range(len(trace.steps)):
        cut = replace(trace, steps=trace.steps[:end])
        parts: list[Lasso | Trace] = [cut]
        parts += [Lasso(cut, i) for i in range(end) if trace.states[i] == trace.states[end]]
        for part in parts:
            with suppress(Refused, TooMany):
                replay(model, claim, part)
                return part
    return run


def _projected(model: Model, run: Trace, steps: Iterable[Step]) -> Trace:
    """Return the run as one of the machine alone."""

    def alone(state: State) -> State:
        return {v.name: state[v.name] for v in model.variables}

    return replace(run, initial=alone(run.initial), steps=tuple(replace(s, state=alone(s.state)) for s in steps))
