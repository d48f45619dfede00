"""IC3 over bits: an inductive invariant clause by clause, for finite models, by a SAT solver.

Bradley: SAT-Based Model Checking without Unrolling, VMCAI 2011; Een, Mishchenko, Brayton: Efficient Implementation of
Property Directed Reachability, FMCAD 2011; Hassan, Bradley, Somenzi: Better Generalization in IC3, FMCAD 2013. Cubes
are sets of literals of state bits. Predecessors are lifted by unsatisfiable cores (Chockler et al., Incremental
Formal Verification of Hardware, FMCAD 2011).

Counterexamples are shortest. In round N it is known that no run of less than N steps is bad. As long as no obligation
is kept for a later frame than it was made for, a run that is found has N steps. Where one that was kept gives a
longer run, the round goes on without keeping any: the frames stay as they are.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from verifier.encode.bits_machine import BitMachine
from verifier.encode.bits_solver import Sat
from verifier.engines.engine import Budget
from verifier.engines.ic3_orbits import Orbit, permutations
from verifier.engines.ic3_places import places_of
from verifier.evidence.evidence import Fork, Trace

Cube = tuple[int, ...]

STALE = 1000
"""How many clauses that served one question the solver may hold before it is replaced."""

CTGS = 3
"""How many states in the way of a generalisation are excluded first, at each of two depths."""


FOREVER = 1 << 30
"""The level of the frame after all others: its clauses are an inductive invariant by themselves."""


class OutOfEffort(Exception):
    """The budget is used up."""


@dataclass(order=True)
class Obligation:
    """States of a frame to be excluded: from each of them the `inputs` lead to the obligation `then`, or are bad."""

    level: int
    distance: int
    number: int
    cube: Cube = field(compare=False)
    inputs: Cube = field(compare=False)
    then: Obligation | None = field(compare=False, default=None)


class Met(NamedTuple):
    """A state of F_level from which a step leads into a cube, when so many clauses had been learned."""

    level: int
    state: frozenset[int]
    known: int


class Search:
    """The frames F_0 (the initial states), F_1, ...: F_i holds in every state reached in at most i steps.

    `frames[i]` are the cubes that F_1 .. F_i exclude, but no later frame; `forever` those that are excluded by
    themselves, and so by all frames (Gurfinkel, Ivrii: Pushing to the Top, FMCAD 2015). With `most`, at most so many
    questions are asked.
    """

    def __init__(self, machine: BitMachine, budget: Budget, most: int | None = None) -> None:
        self.machine, self.budget, self.most = machine, budget, most
        self.first = machine.initial_cube()
        self.frames: list[list[frozenset[int]]] = [[]]
        self.forever: list[frozenset[int]] = []
        self.questions = 0
        self.numbers = itertools.count()
        self.activity: Counter[int] = Counter()
        self.learned: list[tuple[frozenset[int], int]] = []
        self.met: dict[frozenset[int], Met] = {}
        self.symmetries = permutations(machine, places_of(machine))
        self.keeps = True
        self._renew()

    # --- the solver ---

    def _renew(self) -> None:
        """Start a solver with what is known: its variables after those of the circuit are switches."""
        self.solver = Sat()
        self.solver.add(self.machine.circuit.clauses)
        self.stale, self.switches = 0, self.machine.circuit.count
        self.active = [self._switch() for _ in self.frames]
        self.solver.require(-self.active[0], self.machine.initial)
        self.solver.add([-x for x in cube] for cube in self.forever)
        for switch, cubes in zip(self.active, self.frames, strict=True):
            self.solver.add([-switch, *(-x for x in cube)] for cube in cubes)

    def _switch(self) -> int:
        self.switches += 1
        return self.switches

    def _ask(self, assumptions: Sequence[int]) -> bool:
        self.questions += 1
        if self.most is not None and self.questions > self.most:
            raise OutOfEffort(f"stopped at depth {len(self.frames) - 1} after {self.most} questions")
        if not self.questions % 64 and self.budget.left == 0:
            raise OutOfEffort(f"stopped at depth {len(self.frames) - 1} (time is up)")
        answer = self.solver.solve(assumptions)
        if answer is None:
            raise OutOfEffort(f"stopped at depth {len(self.frames) - 1} (a question is too hard)")
        return answer

    def _ask_once(self, clause: Iterable[int], assumptions: Iterable[int]) -> bool:
        """Ask with a clause that serves this question only."""
        if self.stale >= STALE:
            self.solver.close()
            self._renew()
        self.stale += 1
        switch = self._switch()
        self.solver.require(-switch, *clause)
        answer = self._ask([*assumptions, switch])
        self._answer = self.solver.solution() if answer else []
        self._core = frozenset() if answer else self.solver.core()
        self.solver.require(-switch)
        return answer

    # --- rounds ---

    def run(self) -> list[Cube] | Trace | Fork:
        """Return cubes whose exclusion is an inductive invariant that no bad state or step satisfies, or a shortest
        counterexample. Raises OutOfEffort."""
        if self._ask([self.active[0], self.machine.bad_first]):
            return self._trace(Obligation(0, 0, 0, (), ()), self.solver.solution())
        self._open()
        for depth in itertools.count(1):
            self.keeps = True
            while (obligation := self._bad(depth)) is not None:
                if (end := self._block(obligation, depth)) is not None:
                    return self._counterexample(end)
            if (level := self._propagate()) is not None:
                return self._excluded(level)
            self._open()
        raise AssertionError("there is always another round")

    def _open(self) -> None:
        self.frames.append([])
        self.active.append(self._switch())

    def _bad(self, depth: int) -> Obligation | None:
        """Return the states of F_depth that are bad, or those of the frame before from which a step is."""
        if self._ask([*self.active[depth:], self.machine.bad]):
            return self._obliged(depth, 0, (-self.machine.bad,), self.solver.solution(), None)
        if self._ask([*self.active[depth - 1 :], self.machine.bad_step]):
            return self._obliged(depth - 1, 1, (-self.machine.bad_step,), self.solver.solution(), None)
        return None

    def _obliged(
        self, level: int, distance: int, unless: Cube, found: list[int], then: Obligation | None
    ) -> Obligation:
        cube, inputs = self._lifted(found, unless)
        return Obligation(level, distance, next(self.numbers), cube, inputs, then)

    def _lifted(self, found: list[int], unless: Iterable[int]) -> tuple[Cube, Cube]:
        """Return the part of a solution's state that, with its inputs, makes all of `unless` false; and the inputs."""
        state = [found[b - 1] for b in self.machine.bits]
        inputs = [found[b - 1] for b in self.machine.inputs]
        if self._ask_once(unless, [*state, *inputs]):
            raise AssertionError("a state and the inputs determine the step")
        return tuple(x for x in state if x in self._core), tuple(inputs)

    def _block(self, obligation: Obligation, depth: int) -> Obligation | None:
        """Exclude the states from their frame; return the obligation that starts a shortest counterexample, if
        there is one."""
        queue = [obligation]
        while queue:
            top = heapq.heappop(queue)
            if top.level == 0 or self._meets_initial(top.cube):
                if top.distance == depth:
                    return top
                self.keeps = False  # a longer run: begin anew, and keep to the shortest
                return None
            if (found := self._predecessor(top.cube, top.level)) is None:
                level = self._learn(top.cube, top.level, depth)
                if level < depth and self.keeps:
                    heapq.heappush(queue, _later(top, level + 1))
            else:
                missed = self._missed(top.cube)
                heapq.heappush(queue, self._obliged(top.level - 1, top.distance + 1, missed, found, top))
                heapq.heappush(queue, top)
        return None

    def _missed(self, cube: Iterable[int]) -> Cube:
        """Return the clause that says that no step leads into the cube."""
        return (-self.machine.valid, *(-self.machine.after[x] for x in cube))

    # --- cubes ---

    def _meets_initial(self, cube: Iterable[int]) -> bool:
        if self.first is not None:
            return not any(-x in self.first for x in cube)
        return self._ask([self.active[0], *cube])

    def _predecessor(self, cube: Iterable[int], level: int) -> list[int] | None:
        """Return a solution in which a state of F_{level-1} outside the cube leads into it; None iff there is none."""
        primed = (self.machine.after[x] for x in cube)
        met = self._ask_once([-x for x in cube], [*self.active[level - 1 :], self.machine.valid, *primed])
        return self._answer if met else None

    def _core_of(self, cube: Cube) -> Cube:
        """Return the part of the cube that the last question needed, and enough of it to hold no initial state."""
        kept = tuple(x for x in cube if self.machine.after[x] in self._core)
        if not self._meets_initial(kept):
            return kept
        if self.first is not None:
            return (*kept, next(x for x in cube if -x in self.first))
        self._meets_initial(cube)
        core = self.solver.core()
        return tuple(x for x in cube if x in core or x in kept)

    def _learn(self, cube: Cube, level: int, depth: int) -> int:
        """Exclude a generalisation of a cube, into which no step leads from F_{level-1} (the last answer), from the
        last frame from which that is found to be right; return the last frame.

        The later the frame, the more is asked of a generalisation, and the longer it lasts: what is unreachable within
        a step or two is unreachable for too many reasons. FOREVER comes first.
        """
        core = self._core_of(cube)
        if self._predecessor(cube, FOREVER) is None:
            self._exclude_general(self._core_of(cube), FOREVER, depth, 0)
            return depth
        return self._exclude_general(core, level, depth, 0)

    def _exclude_general(self, cube: Cube, level: int, depth: int, nested: int) -> int:
        """Exclude a generalisation of a cube from the last frame, from F_level to F_depth, from which it is found to
        be excluded; return that."""
        cube, level = self._raised(cube, level, depth)
        cube, level = self._raised(self._generalised(cube, level, nested), level, depth)
        self._exclude(cube, level)
        self._exclude_alike(cube, level)
        return level

    def _raised(self, cube: Cube, level: int, depth: int) -> tuple[Cube, int]:
        while level < depth and self._predecessor(cube, level + 1) is None:
            cube, level = self._core_of(cube), level + 1
        return cube, level

    def _exclude_alike(self, cube: Cube, level: int) -> None:
        """Exclude from F_level what the machine's symmetries make of a cube that it excludes, if it excludes that."""
        orbit = Orbit(cube, self.symmetries)
        for image in orbit:
            known = self._is_excluded(image, level)
            right = known or (not self._meets_initial(image) and self._predecessor(image, level) is None)
            if right and not known:
                self._exclude(image, level)
            orbit.judge(right)

    def _is_excluded(self, cube: Cube, level: int) -> bool:
        """Whether a clause of F_level says that a state is not in the cube."""
        whole = frozenset(cube)
        return any(c <= whole for cubes in (*self.frames[level:], self.forever) for c in cubes)

    def _generalised(self, cube: Cube, level: int, nested: int) -> Cube:
        """Drop literals from a cube that no step from F_{level-1} leads into, those first that few clauses have."""
        for literal in sorted(cube, key=lambda x: (self.activity[x], x)):
            if literal in cube and len(cube) > 1:
                smaller = self._down(tuple(x for x in cube if x != literal), level, nested)
                cube = smaller or cube
        return cube

    def _down(self, cube: Cube, level: int, nested: int) -> Cube | None:
        """Return a part of the cube that no step from F_{level-1} leads into; None if none was found. States from
        which a step does are excluded first, if they can be."""
        if self._meets_initial(cube):
            return None
        for _ in range(CTGS + 1):
            if (found := self._predecessor(cube, level)) is None:
                return self._core_of(cube)
            if nested >= 1 or level < 2 or not self._ctg(found, cube, level, nested):
                return None
        return None

    def _ctg(self, found: list[int], cube: Cube, level: int, nested: int) -> bool:
        """Exclude a counterexample to generalisation from F_{level-1} or later frames; return whether that worked."""
        state, _ = self._lifted(found, self._missed(cube))
        before = level if level == FOREVER else level - 1
        if self._meets_initial(state) or self._predecessor(state, before) is not None:
            return False
        self._exclude_general(self._core_of(state), before, len(self.frames) - 1, nested + 1)
        return True

    def _exclude(self, cube: Cube, level: int) -> None:
        new = frozenset(cube)
        self.activity.update(new)
        self.learned.append((new, level))
        for i in range(1, min(level + 1, len(self.frames))):
            self.frames[i] = [c for c in self.frames[i] if not new <= c]
        if level == FOREVER:
            self.forever.append(new)
            self.solver.require(*(-x for x in cube))
        else:
            self.frames[level].append(new)
            self.solver.require(-self.active[level], *(-x for x in cube))

    def _propagate(self) -> int | None:
        """Move clauses up where they hold one step later; return a level whose frame is inductive, if there is one."""
        for level in range(1, len(self.frames) - 1):
            for cube in list(self.frames[level]):
                if cube in self.frames[level] and not self._still_met(cube, level):
                    self._push(cube, level)
            if not self.frames[level]:
                return level
        return None

    def _push(self, cube: frozenset[int], level: int) -> None:
        ordered = tuple(sorted(cube, key=abs))
        if (found := self._predecessor(ordered, level + 1)) is None:
            self._exclude(ordered, level + 1)
        else:
            state = frozenset(found[b - 1] for b in self.machine.bits)
            self.met[cube] = Met(level, state, len(self.learned))

    def _still_met(self, cube: frozenset[int], level: int) -> bool:
        """Whether a step leads into the cube from the state from which one did, as far as is known: no question is
        needed as long as nothing that was learned excludes that state from F_level."""
        met = self.met.get(cube)
        if met is None or met.level < level:
            return False
        new = self.learned[met.known :]
        still = not any(at >= level and other <= met.state for other, at in new)
        self.met[cube] = Met(level, met.state, len(self.learned))
        if not still:
            del self.met[cube]
        return still

    # --- results ---

    def _excluded(self, level: int) -> list[Cube]:
        """Return the cubes that an inductive frame excludes."""
        return [tuple(sorted(c, key=abs)) for cubes in (*self.frames[level + 1 :], self.forever) for c in cubes]

    def _counterexample(self, start: Obligation) -> Trace | Fork:
        self._ask([self.active[0], *start.cube])
        return self._trace(start, self.solver.solution())

    def _trace(self, start: Obligation, found: list[int]) -> Trace | Fork:
        """Return the run that an obligation's inputs describe, from the solution's state."""
        taken: list[list[int]] = []
        here: Obligation | None = start if start.distance else None
        while here is not None and len(taken) < start.distance:
            self._ask([*(found[b - 1] for b in self.machine.bits), *here.inputs])
            taken.append(self.solver.solution())
            found = self.machine.followed(taken[-1])
            here = here.then
        return self.machine.read_run(taken, found)


def _later(obligation: Obligation, level: int) -> Obligation:
    o = obligation
    return Obligation(level, o.distance, o.number, o.cube, o.inputs, o.then)
