"""Boolean circuits as clauses.

A literal is a number other than 0; its negative is its negation. Gates are hashed: the same gate is made once.
Tseitin: On the Complexity of Derivation in Propositional Calculus, 1968.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TRUE = 1
FALSE = -1


class Circuit:
    """`clauses` say what the gates made so far mean, and that TRUE is true; `count` is the number of variables."""

    def __init__(self) -> None:
        self.count = 1
        self.clauses: list[list[int]] = [[TRUE]]
        self._gates: dict[tuple[object, ...], int] = {}
        self._inside: dict[int, tuple[int, ...]] = {}

    def copy(self) -> Circuit:
        """Return another circuit with the same gates."""
        other = Circuit()
        other.count, other.clauses = self.count, list(self.clauses)
        other._gates, other._inside = dict(self._gates), dict(self._inside)
        return other

    def input(self) -> int:
        """Return a new literal of which nothing is said."""
        self.count += 1
        return self.count

    def require(self, *literals: int) -> None:
        """Say that one of the literals is true."""
        self.clauses.append(list(literals))

    def all(self, literals: Iterable[int]) -> int:
        """Return the conjunction."""
        inputs = {x for x in literals if x != TRUE}
        if FALSE in inputs or any(-x in inputs for x in inputs):
            return FALSE
        if len(inputs) < 2:
            return inputs.pop() if inputs else TRUE
        key = tuple(sorted(inputs))
        if key not in self._gates:
            gate = self._gates[key] = self.input()
            self.clauses += ([-gate, x] for x in key)
            self.clauses.append([gate, *(-x for x in key)])
            self._inside[gate] = key
        return self._gates[key]

    def parts(self, literal: int) -> list[int]:
        """Return literals whose conjunction the literal is, as far as it was made of conjunctions."""
        inner = self._inside.get(literal)
        return [literal] if inner is None else [x for part in inner for x in self.parts(part)]

    def any(self, literals: Iterable[int]) -> int:
        """Return the disjunction."""
        return -self.all(-x for x in literals)

    def differ(self, left: int, right: int) -> int:
        """Return the literal that says that exactly one of two literals is true."""
        a, b = sorted((abs(left), abs(right)))
        sign = 1 if (left > 0) is (right > 0) else -1
        if a == b:
            return -sign
        if a == TRUE:
            return -sign * b
        key = ("differ", a, b)
        if key not in self._gates:
            gate = self._gates[key] = self.input()
            self.clauses += ([-gate, a, b], [-gate, -a, -b], [gate, -a, b], [gate, a, -b])
        return sign * self._gates[key]

    def choose(self, condition: int, then: int, other: int) -> int:
        """Return `then` where the condition is true, otherwise `other`."""
        if condition < 0:
            condition, then, other = -condition, other, then
        if condition == TRUE or then == other:
            return then
        if then == -other:
            return -self.differ(condition, then)
        if then in (TRUE, FALSE, condition, -condition):
            return self.any((condition, other)) if then in (TRUE, condition) else self.all((-condition, other))
        if other in (TRUE, FALSE, condition, -condition):
            return self.all((condition, then)) if other in (FALSE, condition) else self.any((-condition, then))
        return self._multiplexer(condition, then, other)

    def _multiplexer(self, condition: int, then: int, other: int) -> int:
        sign = 1 if then > 0 else -1
        key = ("choose", condition, sign * then, sign * other)
        if key not in self._gates:
            gate, a, b = self.input(), sign * then, sign * other
            self._gates[key] = gate
            self.clauses += ([-condition, -a, gate], [-condition, a, -gate], [condition, -b, gate])
            self.clauses += ([condition, b, -gate], [-a, -b, gate], [a, b, -gate])
        return sign * self._gates[key]

    def majority(self, a: int, b: int, c: int) -> int:
        """Return the literal that is true where at least two of three are."""
        return self.any((self.all((a, b)), self.all((a, c)), self.all((b, c))))

    def add(self, left: Sequence[int], right: Sequence[int], carry: int = FALSE) -> tuple[int, ...]:
        """Return the sum of two numbers of equal width, lowest bit first, modulo 2 ** width."""
        result = []
        for a, b in zip(left, right, strict=True):
            result.append(self.differ(self.differ(a, b), carry))
            carry = self.majority(a, b, carry)
        return tuple(result)

    def less(self, left: Sequence[int], right: Sequence[int]) -> int:
        """Return the literal that says that one unsigned number is less than another of the same width."""
        result = FALSE
        for a, b in zip(left, right, strict=True):
            result = self.choose(self.differ(a, b), b, result)
        return result

    def same(self, left: Sequence[int], right: Sequence[int]) -> int:
        """Return the literal that says that two numbers of one width are equal."""
        return self.all(-self.differ(a, b) for a, b in zip(left, right, strict=True))
