"""k-induction over bits, by a SAT solver: for finite data.

Invariants are learned by IC3; paths are made simple where a solution shows that it matters (Een, Sorensson: Temporal
Induction by Incremental SAT Solving, BMC 2003).
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.encode.bits_machine import BitMachine
from verifier.encode.bits_unrolled import Unrolled
from verifier.engines.engine import Budget
from verifier.evidence.evidence import Answer, Holds, Invariant, KInduction, Unknown, Violated
from verifier.model.terms import Term, not_
from verifier.semantics.claims import Case


class Tries:
    """One solver has all: that a run begins in an initial state is assumed for the base, that states are good, and in
    none of the cubes `learned`, for the step."""

    def __init__(self, machine: BitMachine, bad: tuple[Case, ...], budget: Budget, most: int, learning: int) -> None:
        self.machine, self.bad, self.budget, self.most = machine, bad, budget, most
        self.learning = learning if most > 1 else 0
        self.about_steps = any(c.rule is not None for c in bad)
        self.runs = Unrolled(machine)
        self.learned: dict[int, Sequence[int]] = {}
        self.distinct: list[int] = []
        self.used: set[int] = set()

    def answer(self) -> Answer:
        """Return the answer of the first k that gives one. Raises TooHard."""
        for k in range(self.most + 1):
            if (answer := self._base(k) or self._step(k)) is not None:
                return answer
            if self.about_steps:
                return Unknown("kinduction: the claim about steps does not follow from what is known of one state")
            if self.budget.left == 0:
                return Unknown(f"kinduction: time is up at k = {k}")
        return Unknown(f"kinduction: not inductive up to k = {self.most}")

    def _base(self, k: int) -> Answer | None:
        machine, begun = self.machine, [self.runs.at(self.machine.initial, 0), *self.runs.steps(k)]
        for length, bad in ((k, machine.bad if k else machine.bad_first), (k + 1, machine.bad_step)):
            if self.runs.ask(*begun, self.runs.at(bad, k)):
                return Violated(self.runs.run(length))
        return None

    def _step(self, k: int) -> Answer | None:
        if not self._fails(k):
            return Holds(self._proof(k))
        if not self.learning or k != (0 if self.about_steps else 1):
            return None
        cubes, is_enough = self._learn()
        if is_enough:
            return Holds(Invariant(self._said(cubes)))
        self.learned = dict(zip(self.runs.exclude(cubes), cubes, strict=True))
        return None if not cubes or self._fails(k) else Holds(self._proof(k))

    def _fails(self, k: int) -> bool:
        """Whether k good steps, from k = 2 on through different states, may be followed by a bad one; if not, `used`
        are the assumptions that it took."""
        taken = [*self.runs.steps(k), *(self.runs.at(-self.machine.bad, i) for i in range(k)), *self.learned]
        self.used = set()
        for bad in (self.machine.bad, self.machine.bad_step):
            while self.runs.ask(*taken, *self.distinct, self.runs.at(bad, k)):
                if k < 2 or not (twins := self.runs.twins(k + 1)):
                    return True
                self.distinct += [self.runs.differ(i, j) for i, j in twins]
            self.used |= self.runs.solver.core()
        return False

    def _learn(self) -> tuple[Sequence[Sequence[int]], bool]:
        from verifier.engines.ic3_learned import learned

        return learned(self.machine, self.budget, self.learning)

    def _proof(self, k: int) -> Invariant | KInduction:
        known = self._said([cube for switch, cube in self.learned.items() if switch in self.used])
        if k > 1:
            return KInduction(k, known, not self.used.isdisjoint(self.distinct))
        return Invariant((*(good(self.bad) if k else ()), *known))

    def _said(self, cubes: Sequence[Sequence[int]]) -> tuple[Term, ...]:
        """Return terms that say that a state is in none of the cubes, nor in those on which these rest."""
        if not cubes:
            return ()
        from verifier.engines.ic3_places import places_of
        from verifier.engines.ic3_readable import said
        from verifier.engines.ic3_reduce import resting

        every = [tuple(c) for c in self.learned.values()]
        resting_on = resting(self.machine, every, [tuple(c) for c in cubes]) if every else cubes
        return said(self.machine, [tuple(c) for c in resting_on], places_of(self.machine))


def good(bad: tuple[Case, ...]) -> tuple[Term, ...]:
    """Return what is true of a state that is not bad, whatever state it is."""
    return tuple(not_(c.condition) for c in bad if not c.initially)
