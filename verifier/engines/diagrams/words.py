"""Arithmetic on words of Boolean functions: exact, as wide as the result needs.

A word lists its bits from the lowest to the highest. Ints are two's complement, their last bit is the sign, and
bits that only repeat the sign are dropped; all other words are unsigned and keep their width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction, BDDManager


class Word(tuple["BDDFunction", ...]):
    """The bits of a scalar. (A map or a set is a plain tuple.)"""

    __slots__ = ()


Shape = Word | tuple["Shape", ...]
"""The value of a term: a word, or one shape for each key of a map or element of a set."""


class Words:
    """The operations on the words of one manager."""

    def __init__(self, manager: BDDManager) -> None:
        self.true = manager.true()
        self.false = manager.false()

    # Truth values

    def all(self, parts: Iterable[BDDFunction]) -> BDDFunction:
        """Return the conjunction, taken from the last part to the first: the order of the bits is often theirs."""
        result = self.true
        for part in reversed(list(parts)):
            result = part & result
        return result

    def any(self, parts: Iterable[BDDFunction]) -> BDDFunction:
        """Return the disjunction."""
        result = self.false
        for part in reversed(list(parts)):
            result = part | result
        return result

    def one(self, parts: Iterable[BDDFunction]) -> BDDFunction:
        """Return what is true iff exactly one part is."""
        none, once = self.true, self.false
        for part in parts:
            none, once = none & ~part, part.ite(none, once)
        return once

    def choice(self, test: BDDFunction, then: BDDFunction, other: BDDFunction) -> BDDFunction:
        """Return `then` where the test holds, else `other`."""
        if then == other:
            return then
        if test == self.true:
            return then
        return other if test == self.false else test.ite(then, other)

    # Words of any kind

    def unsigned(self, value: int, width: int) -> Word:
        """Return the word of a number >= 0."""
        return Word(self.true if value >> i & 1 else self.false for i in range(width))

    def bitwise(self, op: Callable[[BDDFunction, BDDFunction], BDDFunction], left: Word, right: Word) -> Word:
        """Return the word of `op` of the bits of two words of one width."""
        return Word(map(op, left, right))

    def same(self, left: Word, right: Word) -> BDDFunction:
        """Return whether two words of one width are equal."""
        return self.all(a.equiv(b) for a, b in zip(left[::-1], right[::-1], strict=True))

    def less(self, left: Word, right: Word) -> BDDFunction:
        """Return whether left < right, for unsigned words of one width."""
        result = self.false
        for a, b in zip(left, right, strict=True):
            result = self.choice(a.equiv(b), result, b)
        return result

    def choose(self, test: BDDFunction, then: Word, other: Word) -> Word:
        """Return `then` where the test holds, else `other`; the words have one width."""
        return Word(self.choice(test, a, b) for a, b in zip(then, other, strict=True))

    # Words that wrap

    def sum(self, left: Word, right: Word, carry: BDDFunction) -> Word:
        """Return left + right + carry, in the width of the two."""
        result = []
        for a, b in zip(left, right, strict=True):
            half = a ^ b
            result.append(half ^ carry)
            carry = self.choice(half, carry, a)
        return Word(result)

    def difference(self, left: Word, right: Word) -> Word:
        """Return left - right, in the width of the two."""
        return self.sum(left, Word(~b for b in right), self.true)

    def product(self, left: Word, right: Word) -> Word:
        """Return left * right, in the width of the two."""
        width = len(left)
        result = self.unsigned(0, width)
        for i, bit in enumerate(right):
            if bit != self.false:
                row = Word((*(self.false,) * i, *(a & bit for a in left[: width - i])))
                result = self.sum(result, row, self.false)
        return result

    def shifted(self, word: Word, by: Word, left: bool) -> Word:
        """Return the word shifted by an unsigned number of places; zeros come in."""
        width = len(word)
        zeros = self.unsigned(0, width)
        for i, bit in enumerate(by):
            places = min(1 << i, width) if i < 32 else width
            moved = (*zeros[:places], *word[: width - places]) if left else (*word[places:], *zeros[:places])
            word = self.choose(bit, Word(moved), word)
        return word

    # Ints

    def number(self, value: int) -> Word:
        """Return the word of an int."""
        return Word(self.true if value >> i & 1 else self.false for i in range(value.bit_length() + 1))

    def trimmed(self, word: Word) -> Word:
        """Return the same int without the bits that only repeat the sign."""
        width = len(word)
        while width > 1 and word[width - 1] == word[width - 2]:
            width -= 1
        return Word(word[:width])

    def widened(self, word: Word, width: int) -> Word:
        """Return the same int with at least `width` bits."""
        return Word((*word, *(word[-1],) * (width - len(word))))

    def level(self, left: Word, right: Word, more: int = 0) -> tuple[Word, Word]:
        """Return two ints with one width, and with room for `more` bits."""
        width = max(len(left), len(right)) + more
        return self.widened(left, width), self.widened(right, width)

    def add(self, left: Word, right: Word) -> Word:
        """Return the int left + right."""
        return self.trimmed(self.sum(*self.level(left, right, 1), self.false))

    def subtract(self, left: Word, right: Word) -> Word:
        """Return the int left - right."""
        return self.trimmed(self.difference(*self.level(left, right, 1)))

    def multiply(self, left: Word, right: Word) -> Word:
        """Return the int left * right."""
        width = len(left) + len(right)
        return self.trimmed(self.product(self.widened(left, width), self.widened(right, width)))

    def below(self, left: Word, right: Word) -> BDDFunction:
        """Return whether the int left < right."""
        return self.subtract(left, right)[-1]

    def equal(self, left: Word, right: Word) -> BDDFunction:
        """Return whether two ints are equal."""
        return self.same(*self.level(left, right))

    def total(self, parts: Iterable[BDDFunction]) -> Word:
        """Return the int that says how many of the parts are true."""
        result = self.number(0)
        for part in parts:
            result = self.add(result, Word((part, self.false)))
        return result
