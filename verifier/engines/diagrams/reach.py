"""Which states can be reached, how soon, and by which run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.engines.diagrams.machine import Event, Machine
from verifier.engines.diagrams.relation import Relation
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Step, Trace

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction


Move = Callable[["BDDFunction"], "BDDFunction"]


class OutOfTime(Exception):
    """The budget ended before the search did."""


class Costly(Exception):
    """The search made more nodes than it should; `known` are the states reached by then."""

    def __init__(self, known: BDDFunction) -> None:
        super().__init__("more nodes than expected")
        self.known = known


@dataclass
class Search:
    """Searches in one machine until a deadline, or for so many operations. Every method raises OutOfTime, and
    MemoryError; with `most`, those for fixed points raise Costly once the machine has made more nodes."""

    machine: Machine
    budget: Budget
    left: int | None = None
    most: int | None = None

    def visit(self) -> None:
        """Make room for more nodes, where it gets scarce. Raises OutOfTime iff time or operations are used up."""
        if self.budget.left == 0:
            raise OutOfTime("time is up")
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise OutOfTime("the number of operations is used up")
        self.machine.tidy()

    def closure(self, start: BDDFunction, within: BDDFunction | None = None) -> BDDFunction:
        """Return the states that can be reached from `start`, itself included, through states `within`."""
        relations = [r for r in self.machine.relations if r.changed]
        return self._fixed(start, within, relations, [r.after for r in relations])

    def backwards(self, goal: BDDFunction, within: BDDFunction | None = None) -> BDDFunction:
        """Return the states from which `goal` can be reached, itself included, through states `within`: E[within U
        goal]."""
        relations = [r for r in self.machine.relations if r.changed]
        return self._fixed(goal, within, relations, [r.before for r in relations])

    def _fixed(
        self, found: BDDFunction, within: BDDFunction | None, relations: Sequence[Relation], moves: Sequence[Move]
    ) -> BDDFunction:
        """Apply the moves until none adds anything: always the deepest of those that may, and it until it does not.

        As in saturation (Ciardo, Luettgen, Siminiscu, "Saturation: an efficient iteration strategy for symbolic
        state-space generation", 2001), but relation by relation, not node by node. A relation that is independent of
        the one that added states adds nothing where it did not before: its steps from the new states could have come
        first, and were there.
        """
        waiting = set(range(len(moves)))
        while waiting:
            here = min(waiting)
            waiting.discard(here)
            before = found
            found = self._repeated(found, within, moves[here])
            if found != before:
                every = within is not None
                waiting.update(
                    i for i, r in enumerate(relations) if i != here and (every or relations[here].disturbs(r))
                )
        return found

    def _repeated(self, found: BDDFunction, within: BDDFunction | None, move: Move) -> BDDFunction:
        try:
            while True:
                self.visit()
                more = move(found)
                wider = found | (more if within is None else more & within)
                if wider == found:
                    return found
                found = wider
                if self.most is not None and self.machine.made > self.most:
                    raise Costly(found)
        except (OutOfTime, MemoryError) as error:
            what = str(error) if isinstance(error, OutOfTime) else f"more than {self.machine.nodes} nodes are needed"
            raise type(error)(f"{what}; {self.machine.count(found)} states were known") from None

    def rings(self, start: BDDFunction, goal: BDDFunction, within: BDDFunction | None = None) -> list[BDDFunction]:
        """Return the states at distance 0, 1, ... from `start`, through states `within`, up to the first distance at
        which there is a goal state; all distances, where there is none."""
        found, ring = start, start
        rings: list[BDDFunction] = []
        while ring.satisfiable():
            rings.append(ring)
            if (ring & goal).satisfiable():
                break
            self.visit()
            ring = self.machine.after(ring) & ~found
            ring = ring if within is None else ring & within
            found = found | ring
        return rings

    def run(self, rings: Sequence[BDDFunction], last: BDDFunction) -> Trace:
        """Return a run through the rings, one state in each, that ends in a state of `last`."""
        machine = self.machine
        point, parameters, state = machine.some(rings[-1] & last)
        steps: list[Step] = []
        for ring in reversed(rings[:-1]):
            self.visit()
            event, cube = self._step_into(point, ring)
            steps.append(Step(event.rule, machine.arguments_in(event, cube), state))
            state = {v.name: machine.space.decoded(v, cube) for v in machine.variables}
            point = machine.point(parameters, state)
        return Trace(parameters, state, tuple(reversed(steps)))

    def _step_into(self, point: BDDFunction, ring: BDDFunction) -> tuple[Event, Sequence[bool | None]]:
        for event in self.machine.events:
            cube = (event.relation.before(point) & ring).pick_cube()
            if cube is not None:
                return event, cube
        raise AssertionError("every state of a ring has a predecessor in the ring before")

    def step_from(self, event: Event, where: BDDFunction) -> Step:
        """Return a step by an event; `where` restricts the bits before and after and the arguments."""
        cube = (event.relation.function & where).pick_cube()
        assert cube is not None
        return Step(event.rule, self.machine.arguments_in(event, cube), self.machine.state_after(event, cube))
