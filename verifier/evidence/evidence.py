"""Evidence: what an engine shows, and the checker checks.

Every kind says what it must satisfy to count; `verifier.checker` checks exactly that. Terms are over level
0 and the parameters. All is over the model restricted by the property's `assuming`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.evidence.interpretation import STANDARD, Interpretation, State
from verifier.model.sorts import Atom, Value
from verifier.model.terms import Term


@dataclass(frozen=True)
class Step:
    """One transition of a trace: the rule, its arguments by name, and the state after it."""

    rule: str
    arguments: Mapping[str, Value]
    state: State


@dataclass(frozen=True)
class Trace:
    """A finite run: values of the parameters, a meaning of what is opaque, an initial state, the steps."""

    parameters: Mapping[str, Value]
    initial: State
    steps: tuple[Step, ...] = ()
    interpretation: Interpretation = STANDARD

    kind = "trace"

    @property
    def states(self) -> tuple[State, ...]:
        """The states in order, the initial one first."""
        return (self.initial, *(s.state for s in self.steps))


@dataclass(frozen=True)
class Fork:
    """Two different successors of the last state of `trace` under one rule instance (refutes `deterministic`)."""

    trace: Trace
    left: Step
    right: Step

    kind = "fork"


@dataclass(frozen=True)
class Lasso:
    """A run that goes on for ever: after the last step of `trace` it continues from state `loop` (an index
    into `trace.states`, equal to the last state). Refutes claims about maximal runs, as
    `leads to` and `ltl`; so does a trace that ends in a deadlock, or one that can only go on to be a violation
    (`semantics.positive.settled`)."""

    trace: Trace
    loop: int

    kind = "lasso"


@dataclass(frozen=True)
class Invariant:
    """An inductive invariant: initially true, kept by every transition, and it implies the claim's safety
    condition (`semantics.claims.bad`): no state (no step from a state) of the invariant is bad."""

    conjuncts: tuple[Term, ...]

    kind = "invariant"


@dataclass(frozen=True)
class Witnesses:
    """Proves `reachable e`: for every value of the parameters, a trace whose last state satisfies e. Proves a formula
    of branching time that says of runs only that there are some (`semantics.positive.on_some_run`): for every value of
    the parameters, from every initial state, a run as it says. `loops`: for each trace the state from which it goes on
    for ever, as in a Lasso, or None; empty: none does."""

    traces: tuple[Trace, ...]
    loops: tuple[int | None, ...] = ()

    @property
    def runs(self) -> tuple[tuple[Trace, int | None], ...]:
        """Each trace with its loop."""
        return tuple(zip(self.traces, self.loops or [None] * len(self.traces), strict=True))

    kind = "witnesses"


@dataclass(frozen=True)
class Unreachable:
    """Refutes `reachable e`: with these values of the parameters (which the assumptions allow), an inductive
    invariant of which no state satisfies e."""

    parameters: Mapping[str, Value]
    conjuncts: tuple[Term, ...]

    kind = "unreachable"


@dataclass(frozen=True)
class KInduction:
    """No run of fewer than `k` steps ends in a bad state or step; and k good steps in a row, from states of
    the inductive invariant `conjuncts`, are never followed by a bad one. `simple`: where all their states differ (that
    suffices: a shortest run to a bad state or step meets no state twice)."""

    k: int
    conjuncts: tuple[Term, ...]
    simple: bool = False

    kind = "k-induction"


@dataclass(frozen=True)
class Closure:
    """The set of all reachable states (each with its values of the parameters): holds the initial states,
    and every successor of a member is a member. Finite data only. Each entry: (parameters, state)."""

    members: tuple[tuple[Mapping[str, Value], State], ...]

    kind = "closure"


@dataclass(frozen=True)
class Census:
    """How many reachable states there are, for each value of the parameters that the assumptions allow (to refute: for
    some of them, for one of which the claim is false). Finite data only, and claims that single states and steps
    decide: those that are found when the states are counted again do. Each entry: (parameters, number of states)."""

    counts: tuple[tuple[Mapping[str, Value], int], ...]

    kind = "census"

    @property
    def states(self) -> int:
        """How many states there are in all."""
        return sum(states for _, states in self.counts)


@dataclass(frozen=True)
class Labels:
    """How many reachable states a machine has for one value of the parameters, and in how many of them each of some
    things holds (part of other evidence)."""

    parameters: Mapping[str, Value]
    states: int
    holding: tuple[int, ...]


@dataclass(frozen=True)
class Labelling:
    """Decides a claim about whole runs: for each part of it that is labelled by itself, and for each value of the
    parameters that the assumptions allow (to refute: for some of them, for one of which the part is false), how many
    states there are, and in how many of them those things hold that `recount.labelling` looks for. Finite data only."""

    parts: tuple[tuple[Labels, ...], ...]

    kind = "labelling"

    @property
    def states(self) -> int:
        """How many states were labelled in all."""
        return sum(counts.states for part in self.parts for counts in part)


@dataclass(frozen=True)
class Bound:
    """No run of at most `depth` steps is a counterexample (a witness, for `reachable`)."""

    depth: int

    kind = "bound"


@dataclass(frozen=True)
class Instance:
    """A rule with its arguments and its control values before and after."""

    rule: str
    arguments: tuple[tuple[str, Value], ...]
    start: Value
    goal: Value


@dataclass(frozen=True)
class PathRow:
    """`instance` equals `path`, in every state of the table's invariant in which it fires; the interior states
    satisfy `through`. Empty path: the instance fires in no state of the invariant."""

    instance: Instance
    path: tuple[Instance, ...]


@dataclass(frozen=True)
class PathTable:
    """A row for each instance of the claim's targets, over an inductive invariant (empty conjuncts: true)."""

    rows: tuple[PathRow, ...]
    conjuncts: tuple[Term, ...]

    kind = "path table"


@dataclass(frozen=True)
class NoPath:
    """Why an instance has no path (part of other evidence): each path of steps allowed for `instance` is told
    apart from it in the last state of one of `traces`, in which the instance fires. `nearest`: the path that
    differs least in the last state of the first trace, if there is a path at all."""

    instance: Instance
    traces: tuple[Trace, ...]
    nearest: tuple[Instance, ...]


@dataclass(frozen=True)
class PathGaps:
    """Refutes a path claim: `missing` has every instance without a path (at least one), `rows` the others with
    theirs, over the inductive invariant `conjuncts`."""

    missing: tuple[NoPath, ...]
    rows: tuple[PathRow, ...]
    conjuncts: tuple[Term, ...]

    kind = "path gaps"


@dataclass(frozen=True)
class BasisTable:
    """`generators`, a row for each instance outside them, and for each generator the proof that the other
    generators do not compose it (so no proper subset is a basis): `needed`, in the generators' order."""

    generators: tuple[Instance, ...]
    rows: tuple[PathRow, ...]
    needed: tuple[NoPath, ...]
    conjuncts: tuple[Term, ...]

    kind = "basis"


@dataclass(frozen=True)
class NoBasis:
    """Refutes `basis of S is where e`: an instance that the chosen ones do not compose (`missing`), or a
    chosen one that the others do compose (`redundant`, a row over the invariant)."""

    missing: NoPath | None
    redundant: PathRow | None
    conjuncts: tuple[Term, ...]

    kind = "no basis"


@dataclass(frozen=True)
class ArcSet:
    """The arcs of the control graph for one valuation of the parameters: every (start, goal) that the claim's
    rules can take, and each can be taken in every state of the invariant with that control value."""

    parameters: tuple[tuple[str, Value], ...]
    arcs: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True)
class RouteTable:
    """The control graph for every valuation of the parameters. From it the checker computes the routes
    itself, and compares them with the claim: so the same evidence proves or refutes it."""

    graphs: tuple[ArcSet, ...]
    conjuncts: tuple[Term, ...]

    kind = "route table"


@dataclass(frozen=True)
class PlanRow:
    """Where `condition` holds, `rule` with `arguments` can fire, and some such step leads to the goal or to a
    state of an earlier row."""

    condition: Term
    rule: str
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Plan:
    """Proves `recoverable`: every origin state of the inductive invariant is a goal state or in some row."""

    rows: tuple[PlanRow, ...]
    conjuncts: tuple[Term, ...]

    kind = "plan"


@dataclass(frozen=True)
class Trap:
    """Refutes `recoverable`: the trace ends in an origin state of the trap; no transition leaves the trap, for
    the trace's parameters, and no state of the trap is a goal state."""

    trace: Trace
    conjuncts: tuple[Term, ...]

    kind = "trap"


@dataclass(frozen=True)
class RankRow:
    """A region of pending states. Each step from it leads to a response state, to an earlier region, or (iff
    `helpful` is not None) by another rule than `helpful` back into the region; and `helpful`, a fair rule,
    can fire everywhere in it (None: some rule can fire everywhere in it)."""

    region: Term
    helpful: str | None


@dataclass(frozen=True)
class Ranking:
    """Proves `leads to` (Manna and Pnueli's rule for response under justice): every trigger state of the
    inductive invariant is a response state or lies in some region."""

    rows: tuple[RankRow, ...]
    conjuncts: tuple[Term, ...]

    kind = "ranking"


@dataclass(frozen=True)
class Rounds:
    """An inductive invariant of a watched machine (`semantics.monitor`), under which no run has more than `k` rounds,
    and none ends in a deadlock that settles what is owed; or, instead, the `census` of that machine, which shows it."""

    k: int
    conjuncts: tuple[Term, ...]
    census: Census | None = None


@dataclass(frozen=True)
class KLive:
    """Proves a claim about maximal runs: for each part of its formula (`semantics.positive.parts`) why no run is in
    violation of it for ever."""

    parts: tuple[Rounds, ...]

    kind = "k-liveness"


@dataclass(frozen=True)
class CellDifference:
    """One cell of a table that differs from the C array: its argument values, both entries, and the place in C."""

    arguments: tuple[Value, ...]
    spec: str
    c: str
    place: str


@dataclass(frozen=True)
class SourceMatch:
    """A table compared with an array in C, cell by cell: the file, its SHA-256, the cells that differ (none: it
    matches)."""

    file: str
    sha256: str
    cells: int
    differences: tuple[CellDifference, ...]

    kind = "source"


Evidence = (
    Trace | Fork | Lasso | Witnesses | Unreachable | Invariant | KInduction | Closure | Census | Labelling
    | Bound | PathTable | PathGaps | BasisTable | NoBasis | RouteTable | Plan | Trap | Ranking | KLive | SourceMatch
)  # fmt: skip


@dataclass(frozen=True)
class Holds:
    """An engine claims that the property holds."""

    evidence: Evidence


@dataclass(frozen=True)
class Violated:
    """An engine claims that the property is violated."""

    evidence: Evidence


@dataclass(frozen=True)
class Unknown:
    """An engine cannot say, and why."""

    reason: str


Answer = Holds | Violated | Unknown

__all__ = [
    "Answer", "ArcSet", "Atom", "BasisTable", "Bound", "CellDifference", "Census", "Closure", "Evidence", "Fork",
    "Holds", "Instance", "Interpretation", "Invariant", "KInduction", "KLive", "Labelling", "Labels", "Lasso",
    "NoBasis", "NoPath", "PathGaps", "PathRow", "PathTable", "Plan", "PlanRow", "RankRow", "Ranking", "Rounds",
    "RouteTable", "SourceMatch", "State", "Step", "Trace", "Trap", "Unknown", "Unreachable", "Violated", "Witnesses",
]  # fmt: skip
