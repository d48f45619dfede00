"""Straight code over numbered registers, with blocks that are run under a condition or for each of some numbers.

A register holds a whole number that fits into 64 bits. First come the fields of the state before; every other
register is written before it is read: a constant once for all, a result where it is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from verifier.semantics.instances import TooMany

T = TypeVar("T")

Range = tuple[int, int]

BIT = (0, 1)

LARGEST = 1 << 62
"""No number may be larger, so that no 64-bit sum or difference of two overflows."""

FEW = 6
"""So many lines are rather run in vain than jumped over."""

LINES = 1 << 20
"""The most lines of code for one machine."""


@dataclass(frozen=True, slots=True)
class Do:
    """`to` becomes the operator's result. The operators are keys of OPERATORS, and `move` (a), `select` (b if a, else
    c), `load` (register a + b; `c` of them can be meant) and `look` (number a + b of the data)."""

    operator: str
    to: int
    a: int
    b: int = 0
    c: int = 0


@dataclass(frozen=True, slots=True)
class Test:
    """Go on only if the comparison of a and b is true; else with the next number of the innermost Each, or end."""

    operator: str
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Check:
    """It is an error if a is less than b or greater than c: an int has left its range. `sure`: whether that must be an
    error of the machine; else there may be a reason, not looked at yet, why the step is none."""

    a: int
    b: int
    c: int
    sure: bool


@dataclass(frozen=True, slots=True)
class When:
    """The block is run iff a is not 0 (with `negated`: is 0)."""

    a: int
    negated: bool
    block: list[Line]


@dataclass(frozen=True, slots=True)
class Each:
    """The block is run for each number from `low` to `high` in `to`."""

    to: int
    low: int
    high: int
    block: list[Line]


@dataclass(frozen=True, slots=True)
class Emit:
    """A state is found: the one before with the given registers in some fields. `writes`: (field, register)."""

    writes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """What is looked for has occurred if a is not 0."""

    a: int


Line = Do | Test | Check | When | Each | Emit | Hit

OPERATORS: Mapping[str, Callable[[int, int], int]] = {
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b if b < 64 else 0,
    ">>": lambda a, b: a >> b if b < 64 else 0,
}


def _bits(a: Range, b: Range) -> Range:
    return 0, (1 << max(a[1], b[1]).bit_length()) - 1


_RANGES: Mapping[str, Callable[[Range, Range], Range]] = {
    "+": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "-": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "*": lambda a, b: (min(p := [x * y for x in a for y in b]), max(p)),
    "&": lambda a, b: (0, min(a[1], b[1])),
    "|": _bits,
    "^": _bits,
    ">>": lambda a, b: (0, a[1]),
}


class Never(Exception):
    """No run of the code goes on from here."""


class Code:
    """Code in the making: `lines` is the block that is written, `ranges` says what each register may hold, `value`
    what a constant is. An operation whose result is in a register already is not written again."""

    def __init__(self, fields: Sequence[Range]) -> None:
        self.ranges: list[Range] = list(fields)
        self.value: dict[int, int] = {}
        self.data: list[int] = []
        self.lines: list[Line] = []
        self.size = 0
        self._constants: dict[int, int] = {}
        self._tables: dict[tuple[int, ...], int] = {}
        self.known: dict[object, object] = {}
        self._trail: list[object] = []

    def constant(self, number: int) -> int:
        """Return the register that holds a number."""
        if number not in self._constants:
            self._constants[number] = self.fresh((number, number))
            self.value[self._constants[number]] = number
        return self._constants[number]

    def fresh(self, range_: Range) -> int:
        """Return a new register. Raises TooMany where its numbers are too large."""
        if not -LARGEST <= range_[0] <= range_[1] <= LARGEST:
            raise TooMany(f"numbers like {range_[1]} are too large to be counted with")
        self.ranges.append(range_)
        return len(self.ranges) - 1

    def write(self, line: Line) -> None:
        """Add a line. Raises TooMany."""
        self.size += 1
        if self.size > LINES:
            raise TooMany(f"the machine takes more than {LINES} lines of code")
        self.lines.append(line)

    def remember(self, key: object, found: object) -> None:
        """Make `found` known until the block ends."""
        self.known[key] = found
        self._trail.append(key)

    @contextmanager
    def block(self, lines: list[Line]) -> Iterator[None]:
        """Write into `lines`; what becomes known there is forgotten at the end."""
        outer, mark, self.lines = self.lines, len(self._trail), lines
        try:
            yield
        finally:
            self.lines = outer
            self._forget(mark)

    def _forget(self, mark: int) -> None:
        for key in self._trail[mark:]:
            del self.known[key]
        del self._trail[mark:]

    def apart(self, write: Callable[[], T]) -> tuple[T, list[Line]]:
        """Return what `write` returns, and the lines that must be run for that: none where they are few and cannot
        fail, for then they are run in any case."""
        outer, mark, self.lines = self.lines, len(self._trail), list[Line]()
        try:
            result, lines = write(), self.lines
        finally:
            self.lines = outer
        if len(lines) <= FEW and all(isinstance(line, Do) for line in lines):
            self.lines += lines
            return result, []
        self._forget(mark)
        return result, lines

    def each(self, low: int, high: int) -> int:
        """Return a register for each of whose numbers all that is written from now on in this block is run."""
        if low == high:
            return self.constant(low)
        register, lines = self.fresh((low, high)), list[Line]()
        self.write(Each(register, low, high, lines))
        self.lines = lines
        return register

    def apply(self, operator: str, a: int, b: int) -> int:
        """Return a register with the result of an operator."""
        if (known := self._decided(operator, a, b)) is not None:
            return self.constant(known)
        if operator in ("&", "|"):
            a, b = min(a, b), max(a, b)
            for one, other in ((a, b), (b, a)):
                if one == other or (self.ranges[other] == BIT and self.value.get(one) == int(operator == "&")):
                    return other
        range_ = _RANGES[operator](self.ranges[a], self.ranges[b]) if operator in _RANGES else BIT
        return self._done(operator, range_, a, b)

    def wrapped(self, operator: str, a: int, b: int, mask: int) -> int:
        """Return a register with the result of an operator on words, of which the bits in `mask` are kept."""
        if a in self.value and b in self.value:
            return self.constant(OPERATORS[operator](self.value[a], self.value[b]) & mask)
        return self._done("&", (0, mask), self._done(operator, (0, mask), a, b), self.constant(mask))

    def _decided(self, operator: str, a: int, b: int) -> int | None:
        if a in self.value and b in self.value:
            return OPERATORS[operator](self.value[a], self.value[b])
        (low, high), (least, most) = self.ranges[a], self.ranges[b]
        if operator in ("==", "!="):
            apart = high < least or most < low
            return int(operator == "!=") if apart else int(operator == "==") if a == b else None
        if operator in ("<", "<="):
            strict = operator == "<"
            if high < least or (not strict and high == least):
                return 1
            return 0 if low > most or (strict and low == most) else None
        return 0 if operator == "&" and 0 in (self.value.get(a), self.value.get(b)) else None

    def select(self, test: int, then: int, other: int) -> int:
        """Return a register with `then` where `test` is not 0, else with `other`."""
        if test in self.value or then == other:
            return then if then == other or self.value[test] else other
        (a, b), (c, d) = self.ranges[then], self.ranges[other]
        return self._done("select", (min(a, c), max(b, d)), test, then, other)

    def nth(self, registers: Sequence[int], place: int) -> int:
        """Return a register with what is in one of the registers. `place` is in range."""
        if place in self.value:
            return registers[self.value[place]]
        range_ = min(self.ranges[r][0] for r in registers), max(self.ranges[r][1] for r in registers)
        if all(r in self.value for r in registers):
            return self._done("look", range_, self.table([self.value[r] for r in registers]), place)
        if any(r != registers[0] + i for i, r in enumerate(registers)):
            registers = [self.copied(r) for r in registers]
        return self._done("load", range_, registers[0], place, len(registers))

    def table(self, numbers: Sequence[int]) -> int:
        """Return where these numbers stand in the data."""
        key = tuple(numbers)
        if key not in self._tables:
            self._tables[key] = len(self.data)
            self.data += numbers
        return self._tables[key]

    def look(self, numbers: Sequence[int], place: int) -> int:
        """Return a register with one of the numbers. `place` is in range."""
        if place in self.value:
            return self.constant(numbers[self.value[place]])
        return self._done("look", (min(numbers), max(numbers)), self.table(numbers), place)

    def copied(self, register: int) -> int:
        """Return a new register that holds the same."""
        new = self.fresh(self.ranges[register])
        self.write(Do("move", new, register))
        return new

    def moved(self, to: int, register: int) -> Line:
        """Return the line that puts what a register holds into another, whose range becomes wide enough."""
        (a, b), (c, d) = self.ranges[to], self.ranges[register]
        self.ranges[to] = min(a, c), max(b, d)
        return Do("move", to, register)

    def _done(self, operator: str, range_: Range, *operands: int) -> int:
        key = (operator, *operands)
        if key not in self.known:
            register = self.fresh(range_)
            self.write(Do(operator, register, *operands))
            self.remember(key, register)
        found = self.known[key]
        assert isinstance(found, int)
        return found

    def test(self, operator: str, a: int, b: int) -> None:
        """Go on only if a comparison is true. Raises Never where it cannot be."""
        known = self._decided(operator, a, b)
        if known == 0:
            raise Never
        if known is None:
            self.write(Test(operator, a, b))

    def fitted(self, register: int, low: int, high: int, sure: bool) -> int:
        """Make it an error if what a register holds is outside a range; return a register that is surely inside."""
        least, most = self.ranges[register]
        if low <= least and most <= high:
            return register
        key = ("fit", register, low, high)
        if key not in self.known:
            self.write(Check(register, self.constant(low), self.constant(high), sure))
            inside = self.copied(register)
            self.ranges[inside] = (max(low, least), min(high, most)) if low <= most and least <= high else (low, low)
            self.remember(key, inside)
        found = self.known[key]
        assert isinstance(found, int)
        return found
