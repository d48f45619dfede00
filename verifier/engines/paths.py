"""Composition claims: `equals a path of` and `basis of`.

Candidate paths come from the control graph, shortest first; Z3 compares each with the direct instance. Where
they differ only in states that no run reaches, an invariant is found that says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from verifier.engines.engine import Budget
from verifier.engines.strengthen import Background, Undecided
from verifier.evidence.evidence import (
    Answer,
    BasisTable,
    Holds,
    Instance,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    PathTable,
    Trace,
    Unknown,
    Violated,
)  # fmt: skip
from verifier.graph.paths import ControlGraph
from verifier.model.claims import Basis, Claim, EqualsPath
from verifier.model.model import Model
from verifier.model.terms import FALSE, TRUE, Term, and_, not_, or_
from verifier.semantics.instances import Execution, TooMany, execute, instances, interior, same_end, selected
from verifier.semantics.outcomes import outcomes, told_apart
from verifier.semantics.relation import exists

MOST_PATHS = 20_000
"""The most candidate paths that are compared with one instance."""


@dataclass(frozen=True)
class Paths:
    """Decides `every R equals a path of S` and `basis of S`."""

    name: str = "paths"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """Composition claims, on machines with a control variable."""
        if not isinstance(claim, (EqualsPath, Basis)):
            return "not a composition claim"
        return None if model.control is not None else "the machine has no control variable"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds (PathTable, BasisTable), Violated (NoPath, NoBasis) or Unknown."""
        try:
            if isinstance(claim, EqualsPath):
                return _every_instance(model, claim, budget)
            assert isinstance(claim, Basis)
            return _basis(model, claim, budget)
        except (Undecided, TooMany) as error:
            return Unknown(f"paths: {error}")


@dataclass(frozen=True)
class Composer:
    """Composes instances out of `steps`, within `low`..`high` and through states that satisfy `through`."""

    model: Model
    background: Background
    steps: tuple[Instance, ...]
    low: int
    high: int
    through: Term
    observing: tuple[str, ...]

    def compose(self, instance: Instance) -> PathRow | NoPath:
        """Return a path that equals the instance wherever it fires, or what tells it apart from every path."""
        direct = execute(self.model, (instance,), "direct ")
        if self.background.excludes(direct.condition):
            return PathRow(instance, ())
        candidates = self._candidates(instance)
        for path in candidates:
            if self.background.excludes(self._difference(instance, direct, path)):
                return PathRow(instance, path)
        witness = self.background.reach(direct.condition)
        return (
            PathRow(instance, ()) if witness is None else self._by_reachability(instance, direct, candidates, witness)
        )

    def _candidates(self, instance: Instance) -> list[tuple[Instance, ...]]:
        found = ControlGraph(self.steps).paths(instance.start, instance.goal, self.low, self.high)
        candidates = list(itertools.islice(found, MOST_PATHS + 1))
        if len(candidates) > MOST_PATHS:
            raise TooMany(f"more than {MOST_PATHS} candidate paths for one instance")
        return candidates

    def _difference(self, instance: Instance, direct: Execution, path: tuple[Instance, ...]) -> Term:
        """Return the term that holds in the states in which the path does not do what the instance does."""
        taken = execute(self.model, path, "path ")
        inside = interior(self.model, taken, self.through, instance)
        if taken.condition is FALSE or inside is FALSE:
            return direct.condition
        alike = same_end(direct, taken, self.observing)
        missed = and_(direct.condition, not_(exists(taken.choices, and_(taken.condition, inside, alike))))
        if not direct.choices and not taken.choices:
            return missed
        fires = exists(direct.choices, direct.condition)
        wanted = and_(inside, exists(direct.choices, and_(direct.condition, alike)))
        return or_(missed, and_(fires, taken.condition, not_(wanted)))

    def _by_reachability(
        self, instance: Instance, direct: Execution, candidates: list[tuple[Instance, ...]], first: Trace
    ) -> PathRow | NoPath:
        """Decide the candidates one by one, in reachable states only."""
        traces = [first]
        for path in candidates:
            if any(self.tells_apart(t, instance, path) for t in traces):
                continue
            trace = self.background.reach(self._difference(instance, direct, path))
            if trace is None:
                return PathRow(instance, path)
            if not self.tells_apart(trace, instance, path):
                raise Undecided(f"the run that tells {instance} from a path does not do so when it is replayed")
            traces.append(trace)
        return self._no_path(instance, candidates, traces)

    def tells_apart(self, trace: Trace, instance: Instance, path: tuple[Instance, ...]) -> bool:
        """Return True iff instance and path differ in the last state of the trace, by the reference semantics."""
        return told_apart(self.model, trace, instance, path, self.through, self.observing)

    def _no_path(self, instance: Instance, candidates: list[tuple[Instance, ...]], traces: list[Trace]) -> NoPath:
        needed = [t for i, t in enumerate(traces) if self._needs(t, traces[:i] + traces[i + 1 :], instance, candidates)]
        kept = needed if all(any(self.tells_apart(t, instance, p) for t in needed) for p in candidates) else traces
        kept = kept or traces[:1]
        nearest = min(candidates, key=lambda p: self._distance(kept[0], instance, p), default=())
        return NoPath(instance, tuple(kept), nearest)

    def _needs(
        self, trace: Trace, others: list[Trace], instance: Instance, candidates: list[tuple[Instance, ...]]
    ) -> bool:
        return any(
            self.tells_apart(trace, instance, p) and not any(self.tells_apart(o, instance, p) for o in others)
            for p in candidates
        )

    def _distance(self, trace: Trace, instance: Instance, path: tuple[Instance, ...]) -> tuple[int, int]:
        """Return in how many observed variables the path ends differently (all, if it cannot be taken), its size."""
        direct = outcomes(self.model, trace, (instance,), TRUE, instance)
        taken = outcomes(self.model, trace, path, self.through, instance)
        counts = [sum(a[n] != b[n] for n in self.observing) for a in direct or () for b in taken or ()]
        return min(counts, default=len(self.observing) + 1), len(path)


def _every_instance(model: Model, claim: EqualsPath, budget: Budget) -> Answer:
    background = Background(model, budget)
    steps = tuple(instances(model, claim.steps, claim.step_where))
    composer = Composer(model, background, steps, claim.low, claim.high, claim.through, claim.observing)
    found = [composer.compose(i) for i in instances(model, claim.targets, claim.target_where)]
    rows = tuple(r for r in found if isinstance(r, PathRow))
    missing = tuple(r for r in found if isinstance(r, NoPath))
    conjuncts = tuple(background.conjuncts)
    return Violated(PathGaps(missing, rows, conjuncts)) if missing else Holds(PathTable(rows, conjuncts))


def _basis(model: Model, claim: Basis, budget: Budget) -> Answer:
    background = Background(model, budget)
    everything = tuple(instances(model, claim.rules, TRUE))

    def composer(steps: tuple[Instance, ...]) -> Composer:
        return Composer(model, background, steps, claim.low, claim.high, TRUE, claim.observing)

    live = tuple(i for i in everything if background.reach(execute(model, (i,)).condition) is not None)
    if claim.chosen is None:
        generators = _smallest(live, composer)
    else:
        generators = tuple(i for i in live if selected(model, i, claim.chosen))
    rows: list[PathRow] = []
    for instance in (i for i in everything if i not in generators):
        row = composer(generators).compose(instance)
        if isinstance(row, NoPath) and claim.chosen is None:
            raise Undecided(f"no path of at most {claim.high} generators equals {row.instance}: allow longer ones")
        if isinstance(row, NoPath):
            return Violated(NoBasis(row, None, tuple(background.conjuncts)))
        rows.append(row)
    needed: list[NoPath] = []
    for instance in generators:
        without = _others(generators if claim.chosen is not None else live, instance)
        row = composer(without).compose(instance)
        if isinstance(row, PathRow) and claim.chosen is None:
            row = composer(_others(generators, instance)).compose(instance)
        if isinstance(row, PathRow):
            return Violated(NoBasis(None, row, tuple(background.conjuncts)))
        needed.append(row)
    return Holds(BasisTable(generators, tuple(rows), tuple(needed), tuple(background.conjuncts)))


def _others(all_: tuple[Instance, ...], one: Instance) -> tuple[Instance, ...]:
    return tuple(i for i in all_ if i != one)


def _smallest(live: tuple[Instance, ...], make: Callable[[tuple[Instance, ...]], Composer]) -> tuple[Instance, ...]:
    """Return a generating set of which no instance can be dropped: a smallest one, if each of its instances is
    needed even beside all the others (which the checker looks at)."""
    kept = list(live)
    for instance in live:
        without = tuple(i for i in kept if i != instance)
        if isinstance(make(without).compose(instance), PathRow):
            kept.remove(instance)
    return tuple(kept)
