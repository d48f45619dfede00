"""A search that leaves out interleavings: in each state, only a stubborn set of the actions is tried.

A set of actions is stubborn in a state if nothing that the others do, however often, interferes with its enabled ones:
with each enabled action it has all that read or write what that writes, or write what that reads; with each disabled
one, all that write what keeps it disabled (Valmari: Stubborn sets for reduced state space generation, 1991). Every
deadlock is still found. So is a state with a mark, if of an incomplete set no action writes what the mark depends on,
and some successor is still to be expanded, so that nothing is put off for ever (Peled: All from one, one for all, 1993;
the second condition, for breadth first: Bosnacki, Leue, Lluch Lafuente: Partial-order reduction for general state
exploring algorithms, 2009).

What is found is shown by a run of the machine, perhaps not a shortest one. That nothing is found proves nothing here:
the checker knows nothing of this.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.evidence.evidence import Step, Trace
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import successors
from verifier.statespace.actions import Action, Choose, Compiler, Test
from verifier.statespace.packing import TooLarge
from verifier.statespace.scalars import Scalars
from verifier.statespace.space import Limits, Watch
from verifier.statespace.twin import Function, Wrong, compiled

ACTIONS = 400
"""The most actions of a machine that are compared with each other."""

SEEDS = 8
"""So many stubborn sets are looked at in a state; the smallest is taken."""


def why_not(watch: Watch) -> str | None:
    """Return why interleavings cannot be left out in a search for what is watched for; None iff they can."""
    if any(o.forks or any(c.rule is not None for c in o.cases) for o in watch.observed):
        return "the claim is about steps"
    return None


@dataclass(frozen=True)
class Found:
    """What a reduced search came to. `run`: packed states up to one that was watched for. `is_complete`: nothing was
    left to expand."""

    run: tuple[int, ...] | None
    states: int
    is_complete: bool


@dataclass
class Actions:
    """The actions of a machine by number, as functions; sets of them are sets of bits.

    `clashes[i]`: the actions that i may not be told apart from: either writes what the other reads or writes.
    `tests[i]`: conditions all of which must hold for i to be enabled, each with the actions that write what it reads.
    """

    nodes: Scalars
    actions: Sequence[Action]
    functions: list[Function] = field(init=False)
    clashes: list[int] = field(init=False)
    tests: list[list[tuple[Function, int]]] = field(init=False)
    writers: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.functions = [compiled(self.nodes, a) for a in self.actions]
        self._writes = [self._written(a) for a in self.actions]
        reads = [_reads(self.nodes, a) for a in self.actions]
        both = list(zip(reads, self._writes, strict=True))
        self.clashes = [
            sum(1 << j for j, (r, w) in enumerate(both) if w_ & (r | w) or w & r_) for r_, w_ in both
        ]  # fmt: skip
        self.writers = [self.writing(r) for r in reads]
        self.tests = [list(self._tests(a)) for a in self.actions]

    def _written(self, action: Action) -> int:
        return sum(self.nodes.fields[i].mask for i, _ in action.writes)

    def writing(self, bits: int) -> int:
        """Return the actions that write some of the bits."""
        return sum(1 << j for j, w in enumerate(self._writes) if w & bits)

    def _tests(self, action: Action) -> Iterator[tuple[Function, int]]:
        for step in action.steps:
            if isinstance(step, Choose) or step.wrong != self.nodes.zero:
                return
            for part in self.nodes.conjuncts(step.holds):
                alone = Action(action.rule, (Test(self.nodes.zero, part),))
                yield compiled(self.nodes, alone), self.writing(self.nodes.reads[part])

    def enabling(self, number: int, state: int) -> int:
        """Return actions one of which must come before a disabled action can be enabled."""
        failing = [writers for test, writers in self.tests[number] if not test(state)]
        return min(failing, key=int.bit_count, default=self.writers[number])

    def stubborn(self, state: int, seed: int, enabled: int) -> int:
        """Return the enabled actions of a stubborn set that has an enabled one in it."""
        found, queue = 1 << seed, [seed]
        while queue:
            number = queue.pop()
            more = self.clashes[number] if enabled >> number & 1 else self.enabling(number, state)
            more &= ~found
            found |= more
            queue += members(more)
        return found & enabled


def members(numbers: int) -> list[int]:
    """Return the numbers in a set of bits."""
    return [i for i in range(numbers.bit_length()) if numbers >> i & 1]


def _reads(nodes: Scalars, action: Action) -> int:
    mask = 0
    for step in action.steps:
        if isinstance(step, Test):
            mask |= nodes.reads[step.wrong] | nodes.reads[step.holds]
    for _, node in action.writes:
        mask |= nodes.reads[node]
    return mask


class Reduced:
    """A breadth-first search through stubborn sets, for one value of the parameters. Raises actions.Refused and
    packing.TooLarge."""

    def __init__(self, model: Model, parameters: Mapping[str, Value], watch: Watch) -> None:
        compiler = Compiler(model, parameters)
        self.setting, self.layout, self.watch = Setting(model, parameters), compiler.layout, watch
        transitions = compiler.transitions()
        observed = [a for o in watch.observed for c in o.cases for a in compiler.case(c)]
        observed += [a for o in watch.observed for t in o.terms for a in compiler.condition(t)]
        excluded = compiler.condition(watch.excluded)
        starts = compiler.initial()
        nodes = compiler.nodes
        if len(transitions) > ACTIONS:
            raise TooLarge(f"the machine has more than {ACTIONS} actions")
        self.actions = Actions(nodes, transitions)
        self._bad = [compiled(nodes, a) for a in observed]
        self._excluded = [compiled(nodes, a) for a in excluded]
        seen = 0
        for action in observed:
            seen |= _reads(nodes, action)
        self.visible = self.actions.writing(seen)
        self.initial = [s for a in starts for s in compiled(nodes, a)(0)]
        self.before: dict[int, int | None] = {}
        self.expanded: set[int] = set()

    def search(self, limits: Limits) -> Found:
        """Search until something watched for is met, a limit is, or nothing is left. Raises twin.Wrong."""
        level = list(dict.fromkeys(self.initial))
        self.before = dict.fromkeys(level)
        for state in level:  # it grows meanwhile
            if self._is_bad(state):
                return self._ended(state)
        for number, state in enumerate(level):
            late = limits.deadline and not number & 63 and time.monotonic() > limits.deadline
            if late or (limits.states is not None and len(level) > limits.states):
                return Found(None, len(level), False)
            self.expanded.add(state)
            following = self._chosen(state)
            if following is None:
                return self._ended(state)
            for after in following:
                if after not in self.before:
                    self.before[after] = state
                    level.append(after)
                    if self._is_bad(after):
                        return self._ended(after)
        return Found(None, len(level), True)

    def _ended(self, state: int) -> Found:
        run, here = list[int](), state
        place: int | None = here
        while place is not None:
            run.append(place)
            place = self.before[place]
        return Found(tuple(reversed(run)), len(self.before), False)

    def _is_bad(self, state: int) -> bool:
        return any(f(state) for f in self._bad)

    def _chosen(self, state: int) -> list[int] | None:
        """Return the successors by the actions tried; None where the state is a deadlock that is watched for."""
        reached = {i: found for i, f in enumerate(self.actions.functions) if (found := f(state))}
        enabled = sum(1 << i for i in reached)
        if not enabled:
            return None if self.watch.deadlock and not any(f(state) for f in self._excluded) else []
        best = enabled
        for seed in list(reached)[:SEEDS]:
            some = self.actions.stubborn(state, seed, enabled)
            if some.bit_count() < best.bit_count() and self._is_enough(some, reached):
                best = some
        return [after for i in members(best) for after in reached[i]]

    def _is_enough(self, some: int, reached: Mapping[int, list[int]]) -> bool:
        """Return True iff an incomplete set hides nothing from the observations and does not put them off."""
        if not self.watch.observed:
            return True
        return not some & self.visible and any(a not in self.expanded for i in members(some) for a in reached[i])

    def trace(self, run: Sequence[int]) -> Trace:
        """Return a run of packed states as a run of the machine."""
        steps = list[Step]()
        for before, after in itertools.pairwise(run):
            following = successors(self.setting, self.layout.unpack(before))
            steps.append(next(s for s in following if self.layout.pack(s.state) == after))
        return Trace(self.setting.parameters, self.layout.unpack(run[0]), tuple(steps))


def searched(model: Model, parameters: Mapping[str, Value], watch: Watch, limits: Limits) -> tuple[Found, Trace | None]:
    """Return what a reduced search came to, and the run that shows it. Raises ValueError where the search is not
    possible, or an int leaves its range."""
    if (reason := why_not(watch)) is not None:
        raise ValueError(reason)
    reduced = Reduced(model, parameters, watch)
    try:
        found = reduced.search(limits)
    except Wrong:
        raise ValueError("an int leaves its range") from None
    return found, None if found.run is None else reduced.trace(found.run)
