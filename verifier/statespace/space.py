"""The reachable states of a machine: explored within limits, counted, looked through, shown by shortest runs."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from verifier.evidence.evidence import Step, Trace
from verifier.evidence.interpretation import State
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import FALSE, Term
from verifier.native import half_of_memory
from verifier.semantics.evaluate import Setting
from verifier.semantics.run import successors
from verifier.statespace.folding import Folding, Weight
from verifier.statespace.kernel import unpacked
from verifier.statespace.levels import Checkpoint, Levels, Progress
from verifier.statespace.machine import Machine, Observation, Role, machine
from verifier.statespace.orbits import Orbits
from verifier.statespace.search import DEAD, Counts, Reader, Search, Status, Stops, search
from verifier.statespace.symmetry import NONE, Symmetry, symmetry
from verifier.statespace.twin import Twin, Wrong, fingerprint

KEPT = 1 << 23
"""So many bytes of levels are kept beside the visited set; where they are more, a trace takes a second run."""


@dataclass(frozen=True)
class Limits:
    """Until when (on `time.monotonic()`, 0: for ever), with how many bytes, on how many threads, up to how many states
    (None: any number); and the folder where the levels are kept for a later run."""

    deadline: float = 0.0
    memory: int = field(default_factory=half_of_memory)
    threads: int = 1
    states: int | None = None
    checkpoint: str | None = None


@dataclass(frozen=True)
class Watch:
    """What ends an exploration: the first state of any of the observations, or (with `deadlock`) the first deadlock in
    which `excluded` does not hold."""

    observed: tuple[Observation, ...] = ()
    deadlock: bool = False
    excluded: Term = FALSE

    @property
    def everything(self) -> tuple[Observation, ...]:
        """The observations, that of `excluded` last."""
        return (*self.observed, Observation((self.excluded,))) if self.deadlock else self.observed

    def symmetry(self, model: Model, parameters: Mapping[str, Value]) -> Symmetry:
        """Return the symmetry of a machine and of what is watched for."""
        cases = [c.condition for o in self.observed for c in o.cases]
        return symmetry(model, parameters, (self.excluded, *cases, *(t for o in self.observed for t in o.terms)))

    @property
    def stops(self) -> Stops:
        """The marks that end the search. A state with a bad step is found a step earlier than a bad state."""
        late = sum(1 << i for i, o in enumerate(self.observed) if o.forks or any(c.rule for c in o.cases))
        every = (1 << len(self.observed)) - 1
        excluded = len(self.observed) if self.deadlock else -1
        return Stops((every ^ late) | self.deadlock << DEAD, late, excluded)


@dataclass(frozen=True)
class Found:
    """A state that was watched for: observation number `mark` (DEAD: a deadlock) in one of its nearest states."""

    mark: int
    state: int
    level: int


class Space:
    """The states found so far, for one value of the parameters. Packed states are integers.

    Where individuals are interchangeable by `symmetry`, they are representatives, one of each orbit, and so is what is
    counted of them; `weight` says what they stand for. Traces are those of the machine itself.
    """

    def __init__(
        self, setting: Setting, made: Machine, limits: Limits, watch: Watch, symmetry: Symmetry = NONE
    ) -> None:
        self.setting, self.machine, self.limits, self.watch = setting, made, limits, watch
        self.layout = made.layout
        self.status = Status.MORE
        self.symmetry = symmetry
        self.folding = Folding(Orbits(made.layout, symmetry)) if symmetry.free else None
        self.search: Search = search(made, limits.memory, limits.threads, watch.stops, self.folding)
        self.levels: Levels | None = Levels()
        self._reader: Reader | None = None

    @property
    def counts(self) -> Counts:
        """What has been counted."""
        return self.search.counts()

    @property
    def states(self) -> int:
        """How many states were found."""
        return self.counts.states

    @property
    def transitions(self) -> int:
        """How many transitions the expanded states have, those back to the same state included."""
        return self.counts.transitions

    @property
    def depth(self) -> int:
        """The greatest distance of a state from the initial states."""
        return max(0, self.counts.levels - 1)

    @property
    def is_complete(self) -> bool:
        """True iff every reachable state was found."""
        return self.status is Status.FINISHED

    @property
    def reader(self) -> Reader:
        """What answers questions about states of this space."""
        if self._reader is None:
            self._reader = Reader(self.machine)
        return self._reader

    @cached_property
    def weight(self) -> Weight | None:
        """What the states found stand for, once all are found; None where there is no telling how large an orbit is.
        Raises MemoryError."""
        if self.folding is None:
            counts = self.counts
            return Weight(counts.states, counts.transitions, counts.dead)
        total = Weight(0, 0, 0)
        for block in self.search.visited():
            part = self.folding.weight(self.reader.tables, self.reader.twin, block)
            if part is None:
                return None
            total += part
        return total

    def members(self) -> Iterator[int]:
        """Yield the states that were found or are represented by one that was, each once if orbits are exact."""
        for state in self.packed():
            yield from (state,) if self.folding is None else sorted(self.folding.orbits.members(state))

    def _initial(self) -> list[int]:
        states = Twin(self.machine).initial()
        return states if self.folding is None else list(dict.fromkeys(self.folding.represented(states)))

    def _represented(self, state: int) -> int:
        return state if self.folding is None else self.folding.represented([state])[0]

    def __contains__(self, state: int) -> bool:
        return self.search.has(self._represented(state))

    def packed(self) -> Iterator[int]:
        """Yield the states found, in no particular order."""
        for block in self.search.visited():
            yield from unpacked(block, self.layout.words)

    def unpack(self, state: int) -> State:
        """Return a packed state as a state."""
        return self.layout.unpack(state)

    def found(self) -> Found | None:
        """Return what ended the exploration; of several, what the shortest run shows. None where nothing did."""
        counts, stops = self.counts, self.watch.stops
        marks = [m for m in range(DEAD + 1) if (stops.now | stops.late) >> m & 1 and counts.hits[m]]
        if not marks:
            return None
        mark = min(marks, key=lambda m: (counts.met[m] + (stops.late >> m & 1), m))
        return Found(mark, self.search.first(mark), counts.met[mark])

    def marked(self, watch: Watch) -> bool:
        """Return True iff what is watched for is among the states found. Raises packing.TooLarge, MemoryError."""
        reader = Reader(machine(self.setting.model, self.setting.parameters, watch.everything))
        stops = watch.stops
        for block in self.search.visited():
            hits = reader.marks(block)
            if any((stops.now | stops.late) >> m & 1 and hits[m] for m in range(DEAD)):
                return True
        return watch.deadlock and any(True for _ in self.deadlocks(watch.excluded))

    def deadlocks(self, excluded: Term = FALSE) -> Iterator[int]:
        """Yield the states without a successor in which `excluded` does not hold."""
        if not self.counts.dead:
            return
        twin = Twin(machine(self.setting.model, self.setting.parameters, (Observation((excluded,)),)))
        for block in self.search.visited():
            if self.reader.marks(block, deadlocks=True)[DEAD]:
                stuck = (s for s in unpacked(block, self.layout.words) if not twin.successors(s)[0])
                yield from (s for s in stuck if not twin.observe(s))

    def firings(self) -> Mapping[str, int]:
        """Return how many of the transitions each rule has."""
        counted = dict.fromkeys(self.setting.model.rule, 0)
        for block in self.search.visited():
            for program, count in zip(self.machine.programs, self.reader.firings(block), strict=True):
                if program.role is Role.STEP:
                    counted[program.action.rule] += count
        return counted

    def successors(self, state: int) -> list[int]:
        """Return the other states that transitions lead to. Raises twin.Wrong."""
        return list(dict.fromkeys(self.reader.twin.successors(state)[1]))

    def steps(self, state: int) -> Iterator[tuple[Step, int]]:
        """Yield the transitions from a state, by the reference semantics, with the packed state after each."""
        for step in successors(self.setting, self.unpack(state)):
            yield step, self.layout.pack(step.state)

    def trace(self, state: int, level: int | None = None) -> Trace:
        """Return a shortest run to a state found; `level` is its distance, where that is known."""
        path = self._path(state, level)
        here, steps = path[0], list[Step]()
        for after in path[1:]:
            step, here = next((step, packed) for step, packed in self.steps(here) if self._represented(packed) == after)
            steps.append(step)
        return Trace(self.setting.parameters, self.unpack(path[0]), tuple(steps))

    def _path(self, state: int, level: int | None) -> list[int]:
        levels = self.levels if self.levels is not None else self._again(state, level)
        if level is None:  # where the search stopped within a level, that level is not kept
            known = (i for i in range(len(levels)) if state in unpacked(levels.read(i), self.layout.words))
            level = next(known, len(levels))
        path = [state]
        for i in range(level - 1, -1, -1):
            before = self._before(levels.read(i), path[-1])
            assert before is not None, "a state of a level has a predecessor in the level before"
            path.append(before)
        return path[::-1]

    def _before(self, states: array[int], target: int) -> int | None:
        if self.folding is None:
            return self.reader.predecessor(states, target)
        return self.folding.before(self.reader.tables, self.reader.twin, states, target)

    def _again(self, state: int, level: int | None) -> Levels:
        """Return the levels up to that of the state, by a second run on one thread."""
        again = search(self.machine, self.limits.memory, 1, Stops(), self.folding)
        again.seed(self._initial(), False)
        levels = Levels()
        levels.append(again.frontier())
        while len(levels) <= level if level is not None else not again.has(state):
            if again.advance(0.0) is not Status.MORE:
                raise MemoryError("the second run was not as long as the first")
            levels.append(again.frontier())
        return levels

    def by_level(self) -> Iterator[list[int]]:
        """Yield the states of each level in turn, by a run of its own where they are not at hand."""
        levels = self.levels
        if levels is None:
            again = search(self.machine, self.limits.memory, 1, Stops(), self.folding)
            again.seed(self._initial(), False)
            status = Status.MORE
            while status is Status.MORE:
                yield [s for block in again.frontier() for s in unpacked(block, self.layout.words)]
                status = again.advance(0.0)
        else:
            yield from (unpacked(levels.read(i), self.layout.words) for i in range(len(levels)))

    def explore(self) -> Status:
        """Go on until every state is known, something watched for is found, or a limit is met."""
        saved = Checkpoint(self.limits.checkpoint, self._fingerprint()) if self.limits.checkpoint else None
        if not self._start(saved):
            return self.status
        while self.status is Status.MORE:
            if self.limits.states is not None and self.states > self.limits.states:
                break
            self.status = self.search.advance(self.limits.deadline)
            if self.status in (Status.MORE, Status.FINISHED):
                self._keep(saved)
        return self.status

    def _fingerprint(self) -> str:
        digest = fingerprint(self.machine)
        return digest if self.folding is None else hashlib.sha256(f"{digest} {self.symmetry.free}".encode()).hexdigest()

    def _start(self, saved: Checkpoint | None) -> bool:
        """Take up the search where an earlier run left it, or at the initial states; False where it ends there."""
        if self.counts.levels:
            return True
        resumed = saved is not None and self._resumed(saved)
        if not resumed:
            try:
                if not self.search.seed(self._initial()):
                    self.status = Status.MEMORY
            except Wrong:
                self.status = Status.WRONG
            if self.status is Status.MORE:
                self._keep(saved)
        counts, stops = self.counts, self.watch.stops
        if any((stops.now | stops.late) >> m & 1 and counts.hits[m] for m in range(DEAD)):
            self.status = Status.HIT
        elif self.status is Status.MORE and not counts.frontier:
            self.status = Status.FINISHED
        return self.status is Status.MORE

    def _resumed(self, saved: Checkpoint) -> bool:
        progress, states = None, array("Q")
        for progress, states in saved.load():
            self.search.drop()
            self.search.restore(progress.transitions, progress.level, progress.dead)
            if not self.search.seed(states):
                self.status = Status.MEMORY
                return True
            if states:
                self._record([states])
        if progress is not None and progress.dead and self.watch.deadlock:  # which states they were is not known
            limits = self.limits
            self.search = search(self.machine, limits.memory, limits.threads, self.watch.stops, self.folding)
            self.levels = Levels()
            return False
        return progress is not None

    def _keep(self, saved: Checkpoint | None) -> None:
        counts = self.counts
        if counts.frontier:
            self._record(self.search.frontier())
        if saved is not None:
            progress = Progress(saved.machine, counts.levels, counts.transitions, counts.dead)
            saved.save(progress, self.search.frontier() if counts.frontier else ())

    def _record(self, blocks: Iterable[array[int]]) -> None:
        if self.levels is not None:
            if self.states * 8 * self.layout.words > KEPT:
                self.levels = None
            else:
                self.levels.append(blocks)


def explored(
    model: Model,
    parameters: Mapping[str, Value],
    watch: Watch | None = None,
    limits: Limits | None = None,
    symmetry: Symmetry = NONE,
) -> Space:
    """Return the states that are reachable for one value of the parameters, up to what is watched for, or a limit.
    With a symmetry of the machine and of what is watched for, one state of each orbit.

    What ended the exploration is the same whatever the number of threads. Raises actions.Refused and
    packing.TooLarge where the machine cannot be packed, levels.Mismatch, OSError.
    """
    watch, limits = watch or Watch(), limits or Limits()
    made = machine(model, parameters, watch.everything)
    space = Space(Setting(model, parameters), made, limits, watch, symmetry)
    if space.explore() is Status.HIT and limits.threads > 1:
        alone = Limits(limits.deadline, limits.memory, 1, limits.states)
        space = Space(Setting(model, parameters), made, alone, watch, symmetry)
        space.explore()
    return space
