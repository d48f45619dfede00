"""Conditions that depend on something else than the two states: taken to be true or false, run by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.diagnostics import Span
from verifier.source.functions.memory import Stuck
from verifier.source.functions.values import Atom, Value, compared


@dataclass(frozen=True, slots=True)
class Bits:
    """What is known of a word: the bits that are set, and those that are not."""

    ones: int = 0
    zeros: int = 0

    def settle(self, mask: int, value: int) -> bool | None:
        """Return whether `word & mask == value`; None iff that is not known."""
        if value & ~mask or self.ones & mask & ~value or self.zeros & mask & value:
            return False
        return None if mask & ~(self.ones | self.zeros) else True

    def told(self, mask: int, value: int, truth: bool) -> Bits:
        """Return what is known once `word & mask == value` has that truth."""
        if truth:
            return Bits(self.ones | (mask & value), self.zeros | (mask & ~value))
        left = mask & ~(self.ones | self.zeros)
        single = left > 0 and left & (left - 1) == 0
        return self.told(left, left & ~value, True) if single and self.settle(mask & ~left, value & ~left) else self


@dataclass(frozen=True, slots=True)
class Decision:
    """An unknown condition that a run has taken to be `true` or not."""

    atom: Atom
    truth: bool
    place: Span


class Choices:
    """Decides comparisons. Unknown ones are taken to be as `wanted` says, in the order in which they come up, and then
    true; what follows from those that were decided is no choice."""

    def __init__(self, wanted: Sequence[bool]) -> None:
        self.wanted = wanted
        self.made: list[Decision] = []
        self.truths: dict[str, bool] = {}
        self._equal: dict[str | int, int] = {}
        self._bits: dict[str, Bits] = {}

    def decide(self, operator: str, left: Value, right: Value, place: Span) -> bool:
        """Return the truth of a comparison. Raises Stuck iff nothing may depend on one of the values."""
        for value in (left, right):
            if value.doubt:
                raise Stuck(value.doubt, place)
        found = compared(operator, left, right)
        if isinstance(found, bool):
            return found
        atom, negated = found
        truth = self.truths.get(atom.id)
        if truth is None:
            truth = self._implied(atom)
        if truth is None:
            truth = self.wanted[len(self.made)] if len(self.made) < len(self.wanted) else True
            self.made.append(Decision(atom, truth, place))
        self.truths[atom.id] = truth
        if truth and atom.operator == "==" and isinstance(atom.right, int):
            self._equal[atom.left] = atom.right
        if atom.word is not None and isinstance(atom.right, int):
            known = self._bits.get(atom.word.id, Bits())
            self._bits[atom.word.id] = known.told(atom.word.mask, atom.word.held(atom.right), truth)
        return truth != negated

    def _implied(self, atom: Atom) -> bool | None:
        """Return the truth of an atom where earlier decisions settle it."""
        if atom.word is not None and isinstance(atom.right, int):
            settled = self._bits.get(atom.word.id, Bits()).settle(atom.word.mask, atom.word.held(atom.right))
            if settled is not None:
                return settled
        left, right = self._equal.get(atom.left, atom.left), self._equal.get(atom.right, atom.right)
        if isinstance(left, int) and isinstance(right, int):
            return left == right if atom.operator == "==" else left < right
        if atom.operator == "==" and atom.right == 0:
            signed = self.truths.get(f"{atom.left} < 0") or self.truths.get(f"0 < {atom.left}")
            return False if signed else None
        return None
