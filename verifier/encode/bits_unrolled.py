"""Runs of a finite machine in a SAT solver: a copy of the circuit for each level, the next state of one the state of
the next. A copy is the circuit with its variables renamed: no term is encoded twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.encode.bits_machine import BitMachine
from verifier.encode.bits_solver import Sat
from verifier.evidence.evidence import Fork, Trace

CONFLICTS = 20_000
"""The most conflicts of one question: what is harder is left to others."""


class TooHard(Exception):
    """A question takes more effort than is allowed."""


class Unrolled:
    """Levels 0, 1, ... as far as they were asked for. A switch is a variable of no level, by which something that is
    said can be assumed."""

    def __init__(self, machine: BitMachine) -> None:
        self.machine = machine
        self.solver = Sat(CONFLICTS)
        self.count = 0
        self.offsets: list[int] = []
        self.excluded: list[tuple[int, Sequence[int]]] = []

    def at(self, literal: int, level: int) -> int:
        """Return what a literal of the circuit is at a level; there is one for each level asked for."""
        while len(self.offsets) <= level:
            self._extend()
        return literal + self.offsets[level] if literal > 0 else literal - self.offsets[level]

    def steps(self, number: int) -> list[int]:
        """Return literals that say that so many steps, one after the other, are transitions."""
        return [self.at(self.machine.valid, i) for i in range(number)]

    def exclude(self, cubes: Iterable[Sequence[int]]) -> list[int]:
        """Return a switch for each cube, which says that no state of any level is in it."""
        added = [(self._variable(), cube) for cube in cubes]
        self.excluded += added
        for level in range(len(self.offsets)):
            self._exclude(added, level)
        return [switch for switch, _ in added]

    def differ(self, left: int, right: int) -> int:
        """Return a switch that says that the states of two levels are different."""
        either = []
        for bit in self.machine.bits:
            x, a, b = self._variable(), self.at(bit, left), self.at(bit, right)
            self.solver.add([[-x, a, b], [-x, -a, -b]])
            either.append(x)
        switch = self._variable()
        self.solver.require(-switch, *either)
        return switch

    def ask(self, *assumptions: int) -> bool:
        """Return whether there is a solution. Raises TooHard."""
        answer = self.solver.solve(assumptions)
        if answer is None:
            raise TooHard(f"a question takes more than {CONFLICTS} conflicts")
        return answer

    def twins(self, levels: int) -> list[tuple[int, int]]:
        """Return the first levels, two by two, that have the same state in the last solution."""
        found, first = self.solver.solution(), dict[tuple[bool, ...], int]()
        states = [tuple(found[self.at(b, i) - 1] > 0 for b in self.machine.bits) for i in range(levels)]
        return [(first[s], i) for i, s in enumerate(states) if first.setdefault(s, i) != i]

    def run(self, steps: int) -> Trace | Fork:
        """Return the run of so many steps that the last solution describes. Levels are there for all of them; that of
        the state at its end need not be."""
        found, size = self.solver.solution(), self.machine.circuit.count
        levels = [[x - by if x > 0 else x + by for x in found[by : by + size]] for by in self.offsets[: steps + 1]]
        end = levels[steps] if len(levels) > steps else self.machine.followed(levels[-1])
        return self.machine.read_run(levels[:steps], end)

    def _extend(self) -> None:
        level, by = len(self.offsets), self.count
        self.offsets.append(by)
        self.count += self.machine.circuit.count
        self.solver.add([x + by if x > 0 else x - by for x in clause] for clause in self.machine.circuit.clauses)
        for bit in self.machine.bits if level else ():
            before, now = self.at(self.machine.after[bit], level - 1), self.at(bit, level)
            self.solver.add([[-before, now], [before, -now]])
        self._exclude(self.excluded, level)

    def _exclude(self, excluded: Iterable[tuple[int, Sequence[int]]], level: int) -> None:
        self.solver.add([-switch, *(-self.at(x, level) for x in cube)] for switch, cube in excluded)

    def _variable(self) -> int:
        self.count += 1
        return self.count
