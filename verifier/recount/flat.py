"""Programs as flat code and tables, for what is written in C (`plan.h`)."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from verifier.recount.code import OPERATORS, Check, Do, Each, Emit, Hit, Line, Test, When
from verifier.recount.programs import Action, Programs
from verifier.semantics.instances import TooMany

HEADER = "recount/plan.h"
"""Where C is told the layout."""

_OPS = (
    "end", "==", "!=", "<", "<=", "+", "-", "*", "&", "|", "^", "<<", ">>", "move", "select", "load", "look",
    "unless ==", "unless !=", "unless <", "unless <=", "check", "when", "each", "emit", "hit",
)  # fmt: skip
_NUMBERS = {name: number for number, name in enumerate(_OPS)}

BORDER = 63
"""Bit 63 of the first word marks the states in the table."""

WIDEST = 256
"""Actions are chosen by the value of a field with at most so many values."""


@dataclass(frozen=True)
class Place:
    """Where a field stands in a packed state."""

    word: int
    shift: int
    width: int
    low: int


def places(fields: Iterable[tuple[int, int]]) -> list[Place]:
    """Return where the fields stand: none crosses a border between words, none has the last bit of the first word."""
    found: list[Place] = []
    word, shift = 0, 0
    for low, high in fields:
        width = (high - low).bit_length()
        if shift + width > (64 if word else BORDER):
            word, shift = word + 1, 0
        found.append(Place(word, shift, width, low))
        shift += width
    return found


class Plan(ctypes.Structure):
    """The evaluator's view of a machine."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("code", "data", "fields", "writes", "choices", "index", "actions")),
        ("registers", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("field_count", "choice_count", "words", "initial", "dead")),
        ("register_count", ctypes.c_int64),
    )


class Flat:
    """A machine's programs, laid out. `plan` is valid as long as this lives."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.code: list[int] = []
        self.writes: list[int] = []
        stands = places(programs.fields)
        self.words = max((p.word + 1 for p in stands), default=1)
        initial = self._program(programs.initial)
        dead = -1 if programs.dead is None else self._program(programs.dead)
        choices, index, actions = self._choices(programs.actions)
        registers = [programs.code.value.get(r, 0) for r in range(len(programs.code.ranges))]
        fields = array("q", [n for p in stands for n in (p.low, p.word | p.shift << 32, (1 << p.width) - 1)])
        self._kept = (
            array("i", self.code), array("q", programs.code.data), fields, array("i", self.writes),
            array("i", choices), array("i", index), array("i", actions), array("q", registers),
        )  # fmt: skip
        numbers = (len(stands), len(choices) // 2, self.words, initial, dead, len(registers))
        self.plan = Plan(*(a.buffer_info()[0] for a in self._kept), *numbers)

    def _add(self, name: str, to: int = 0, a: int = 0, b: int = 0, c: int = 0) -> int:
        self.code += (_NUMBERS[name], to, a, b, c)
        return len(self.code) // 5 - 1

    def _program(self, block: Sequence[Line]) -> int:
        start = len(self.code) // 5
        for line in block:
            self._line(line)
        self._add("end")
        return start

    def _line(self, line: Line) -> None:
        code = self.programs.code
        match line:
            case Do():
                self._add(line.operator, line.to, line.a, line.b, line.c)
            case Test():
                self._add(f"unless {line.operator}", a=line.a, b=line.b)
            case Check():
                self._add("check", int(line.sure), line.a, line.b, line.c)
            case When():
                self._inner(self._add("when", int(line.negated), line.a), line.block)
            case Each():
                ends = code.constant(line.low), code.constant(line.high)
                self._inner(self._add("each", line.to, *ends), line.block)
            case Emit():
                start = len(self.writes) // 2
                self.writes += (n for pair in line.writes for n in pair)
                self._add("emit", a=start, b=len(line.writes))
            case Hit():
                self._add("hit", a=line.a)

    def _inner(self, head: int, block: Sequence[Line]) -> None:
        """Write a block behind the line that runs it, which is told how long it is."""
        self._program(block)
        self.code[5 * head + 4] = len(self.code) // 5 - 1 - head

    def _choices(self, actions: Iterable[Action]) -> tuple[list[int], list[int], list[int]]:
        """Return the fields by which actions are chosen, with where their values stand in the index; the index; and the
        start of each action. An action that starts with a test of one small field is chosen by that."""
        chosen: dict[int, list[list[int]]] = {-1: [[]]}
        for action in actions:
            field, passing = self._first_test(action.block)
            start = self._program(action.block if field < 0 else action.block[1:])
            low, high = (0, 0) if field < 0 else self.programs.fields[field]
            lists = chosen.setdefault(field, [[] for _ in range(high - low + 1)])
            for code, listed in enumerate(lists):
                if passing(code + low):
                    listed += (start, int(action.forks))
        choices, index, starts = list[int](), list[int](), list[int]()
        for field, lists in chosen.items():
            choices += (field, len(index))
            for listed in lists:
                index.append(len(starts) // 2)
                starts += listed
            index.append(len(starts) // 2)
        if len(starts) > 1 << 26:
            raise TooMany("the actions are too many to be listed")
        return choices, index, starts

    def _first_test(self, block: Sequence[Line]) -> tuple[int, Callable[[int], bool]]:
        """Return the field and the values of it that pass the first line; -1 where that is not a test of one field."""
        first, code = block[0], self.programs.code
        if isinstance(first, Test):
            compare = OPERATORS[first.operator]
            left, right = code.value.get(first.a), code.value.get(first.b)
            if right is not None and self._is_small(first.a):
                return first.a, lambda value: bool(compare(value, right))
            if left is not None and self._is_small(first.b):
                return first.b, lambda value: bool(compare(left, value))
        return -1, lambda value: True

    def _is_small(self, register: int) -> bool:
        fields = self.programs.fields
        return register < len(fields) and fields[register][1] - fields[register][0] < WIDEST
