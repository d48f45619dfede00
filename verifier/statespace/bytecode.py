"""Programs as straight-line code for the kernel: one register a node, 64-bit words, two words an instruction."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

from verifier.statespace.actions import Choose, Test
from verifier.statespace.machine import Machine, Program, Role
from verifier.statespace.packing import WORD, Field, TooLarge
from verifier.statespace.scalars import Kind, Scalars

# The kernel's operations, in its order.
(
    CONST, FIELD, NOT, AND, OR, XOR, EQ, LT, ULT, ADD, SUB, MUL, SHL, SHR, ITE, LOOKUP,
    FAULT, NEED, IS, CHOOSE, BEGIN, WRITE, EMIT,
) = range(23)  # fmt: skip

_BINARY = {
    Kind.EQ: EQ, Kind.ADD: ADD, Kind.SUB: SUB, Kind.MUL: MUL, Kind.BITAND: AND, Kind.BITOR: OR, Kind.BITXOR: XOR,
    Kind.SHR: SHR, Kind.AND: AND, Kind.OR: OR,
}  # fmt: skip

_MODULAR = (Kind.ADD, Kind.SUB, Kind.MUL)
"""What the kernel computes modulo 2**64."""

ALL_ONES = (1 << WORD) - 1
SIGNED = 1 << WORD - 1

REGISTERS = 1 << 16


@dataclass
class Code:
    """`instructions` of all programs, the numbers that they look up in `data`, where each program starts."""

    instructions: array[int] = field(default_factory=lambda: array("Q"))
    data: array[int] = field(default_factory=lambda: array("Q"))
    starts: list[int] = field(default_factory=list)
    registers: int = 0
    loops: int = 0


def code(machine: Machine) -> Code:
    """Return the code of a machine's programs. Raises TooLarge where 64-bit words cannot hold what it computes."""
    result = Code()
    for program in machine.programs:
        result.starts.append(len(result.instructions) // 2)
        _Writer(machine.nodes, result).program(program)
    return result


class _Writer:
    """Writes one program. `registers` says which register holds the number of a node."""

    def __init__(self, nodes: Scalars, result: Code) -> None:
        self.nodes, self.result = nodes, result
        self.registers: dict[int, int] = {}
        self.used = 0
        self.loops = 0

    def emit(self, op: int, to: int = 0, a: int = 0, b: int = 0, number: int = 0) -> None:
        """Append an instruction."""
        self.result.instructions.extend((op | to << 16 | a << 32 | b << 48, number & ALL_ONES))

    def program(self, program: Program) -> None:
        """Append the code of a program."""
        for step in program.action.steps:
            if isinstance(step, Choose):
                self._choose(step)
            else:
                self._test(step)
        if program.role in (Role.STEP, Role.FORK):
            writes = [(self.nodes.fields[i], self.register(n)) for i, n in program.action.writes]
            self.emit(BEGIN)
            for place, register in writes:
                self.emit(WRITE, place.position // WORD, register, _bits(place), place.low)
        self.emit(EMIT)
        self.result.registers = max(self.result.registers, self.used)
        self.result.loops = max(self.result.loops, self.loops)

    def _choose(self, step: Choose) -> None:
        node = self.nodes.choice(step.index, step.low, step.high)
        self.registers[node] = self._fresh()
        self.emit(CHOOSE, self.registers[node], number=self._store((step.low, step.high)))
        self.loops += 1

    def _test(self, step: Test) -> None:
        if step.wrong != self.nodes.zero:
            self.emit(FAULT, a=self.register(step.wrong))
        for node in self.nodes.conjuncts(step.holds):
            if (found := self._is_field(node)) is not None:
                place, number = found
                self.emit(IS, 0, place.position // WORD, _bits(place), number - place.low)
            elif node != self.nodes.one:
                self.emit(NEED, a=self.register(node))

    def _is_field(self, node: int) -> tuple[Field, int] | None:
        """Return (f, n) iff the node says that field f has number n."""
        n = self.nodes
        if n.key[node][0] is not Kind.EQ:
            return None
        left, right = n.nodes(node)
        if n.key[left][0] is not Kind.FIELD or not n.is_const(right):
            return None
        return n.fields[n.key[left][1][0]], n.low[right]  # type: ignore[call-overload]

    def _fresh(self) -> int:
        self.used += 1
        if self.used > REGISTERS:
            raise TooLarge("a rule takes too many registers")
        return self.used - 1

    def _store(self, numbers: tuple[int, ...]) -> int:
        self.result.data.extend(n & ALL_ONES for n in numbers)
        return len(self.result.data) - len(numbers)

    def register(self, node: int) -> int:
        """Return the register of a node, computed before the next instruction."""
        stack = [node]
        while stack:
            here = stack[-1]
            missing = [a for a in self.nodes.nodes(here) if a not in self.registers]
            if here in self.registers or not missing:
                stack.pop()
                if here not in self.registers:
                    self.registers[here] = self._computed(here)
            else:
                stack += missing
        return self.registers[node]

    def _computed(self, node: int) -> int:
        n = self.nodes
        kind = n.key[node][0]
        wraps = kind is Kind.BITAND and n.is_const(n.nodes(node)[1])  # then what is above 64 bits does not matter
        if not self._fits(node) and kind not in _MODULAR:
            raise TooLarge("a number does not fit into 64 bits")
        if not wraps and not all(self._fits(a) for a in n.nodes(node)):
            raise TooLarge("a number does not fit into 64 bits")
        places = [self.registers[a] for a in n.nodes(node)]
        if kind in (Kind.AND, Kind.OR):
            return self._chain(_BINARY[kind], places)
        to = self._fresh()
        if kind in _BINARY:
            self.emit(_BINARY[kind], to, *places)
        else:
            _WRITE[kind](self, to, node, places)
        return to

    def _fits(self, node: int) -> bool:
        return self.nodes.low[node] >= -SIGNED and self.nodes.high[node] <= ALL_ONES

    def _chain(self, op: int, places: list[int]) -> int:
        total = places[0]
        for place in places[1:]:
            to = self._fresh()
            self.emit(op, to, total, place)
            total = to
        return total

    def less(self, to: int, node: int, places: list[int]) -> None:
        """a < b: as signed words where both fit, else as unsigned ones."""
        n = self.nodes
        a, b = n.nodes(node)
        signed = n.high[a] < SIGNED and n.high[b] < SIGNED
        if not signed and (n.low[a] < 0 or n.low[b] < 0):
            raise TooLarge("numbers of 64 bits are compared with negative ones")
        self.emit(LT if signed else ULT, to, *places)

    def constant(self, to: int, number: int) -> None:
        """A constant."""
        self.emit(CONST, to, number=number)

    def looked_up(self, to: int, node: int, places: list[int]) -> None:
        """An entry of a table."""
        entries: tuple[int, ...] = self.nodes.key[node][1][1]  # type: ignore[assignment]
        self.emit(LOOKUP, to, places[0], number=self._store(entries) | len(entries) << 32)

    def read(self, to: int, node: int) -> None:
        """A field of the state."""
        place = self.nodes.fields[self.nodes.key[node][1][0]]  # type: ignore[call-overload]
        self.emit(FIELD, to, place.position // WORD, _bits(place), place.low)


_WRITE: dict[Kind, Callable[[_Writer, int, int, list[int]], None]] = {
    Kind.CONST: lambda w, to, node, places: w.constant(to, w.nodes.low[node]),
    Kind.FIELD: lambda w, to, node, places: w.read(to, node),
    Kind.NOT: lambda w, to, node, places: w.emit(NOT, to, places[0]),
    Kind.LT: _Writer.less,
    Kind.SHL: lambda w, to, node, places: w.emit(SHL, to, places[0], places[1], w.nodes.high[node]),
    Kind.ITE: lambda w, to, node, places: w.emit(ITE, to, places[0], places[1], places[2]),
    Kind.LOOKUP: _Writer.looked_up,
}


def _bits(place: Field) -> int:
    """Return shift and width as the kernel wants them."""
    if place.width > WORD:
        raise TooLarge(f"a number of {place.width} bits does not fit into a word")
    return place.position % WORD + WORD * (max(place.width, 1) - 1)
