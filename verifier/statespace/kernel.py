"""The kernel, loaded: one shared object for all machines. Without it the twin in Python does the same work."""

from __future__ import annotations

import ctypes
import functools
import sys
from array import array
from collections.abc import Iterable

from verifier.native import loaded
from verifier.statespace.bytecode import code
from verifier.statespace.machine import Machine, Role

_ROLES = {Role.STEP: 0, Role.HIT: 1, Role.FORK: 2, Role.GATE: 3}

WORDS = 64
"""The most words that a state of the kernel has."""

SOURCES = ("statespace/kernel.c", "statespace/symmetry.h")


def library() -> ctypes.CDLL | None:
    """Return the kernel; None where there is none and none can be built, for which `missing` has the reason."""
    found = _found()
    return None if isinstance(found, str) else found


def missing() -> str | None:
    """Return why there is no kernel; None where there is one."""
    found = _found()
    return found if isinstance(found, str) else None


@functools.cache
def _found() -> ctypes.CDLL | str:
    return loaded(*SOURCES, declare=_declare)


def _declare(library: ctypes.CDLL) -> None:
    """Say what the functions take and return; every pointer is passed as an address."""
    pointer, number, word, small = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64, ctypes.c_uint32
    signatures = {
        "machine_new": (pointer, [pointer] * 8),
        "machine_free": (None, [pointer]),
        "space_new": (pointer, [pointer, number, number, word, word, small, small, number]),
        "space_free": (None, [pointer]),
        "space_seed": (number, [pointer, pointer, word, number]),
        "space_drop": (None, [pointer]),
        "space_counts": (None, [pointer, pointer]),
        "space_restore": (None, [pointer, word, word, word]),
        "space_first": (None, [pointer, number, pointer]),
        "space_has": (number, [pointer, pointer]),
        "space_states": (word, [pointer, pointer, pointer, word]),
        "space_front": (word, [pointer, pointer, pointer, word]),
        "advance": (number, [pointer, ctypes.c_double, pointer]),
        "look": (number, [pointer, pointer, word, pointer, pointer, number]),
        "tally": (number, [pointer, small, pointer, word, pointer]),
        "predecessor": (word, [pointer, pointer, word, pointer]),
        "mark": (number, [pointer, pointer, word, pointer]),
        "returns": (number, [pointer, small, pointer, word, pointer]),
        "edges": (ctypes.c_int64, [pointer, pointer, word, pointer, pointer, word]),
        "reach": (word, [word] + [pointer] * 6),
        "before": (None, [word] + [pointer] * 3),
        "components": (ctypes.c_int64, [word] + [pointer] * 4),
        "outline": (None, [word] + [pointer] * 5),
        "orbits_new": (pointer, [number, pointer]),
        "orbits_free": (None, [pointer]),
        "space_fold": (None, [pointer, pointer]),
        "represent": (None, [pointer, pointer, word]),
        "weigh": (number, [pointer, pointer, pointer, word, pointer, pointer]),
        "orbit_before": (word, [pointer, pointer, pointer, word, pointer]),
        "project": (None, [pointer, word, number, pointer, small, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def address(numbers: array[int]) -> int:
    """Return where the numbers of an array stand."""
    return numbers.buffer_info()[0]


class Tables:
    """A machine as the kernel's tables. Raises TooLarge where 64-bit words do not do, MemoryError."""

    def __init__(self, machine: Machine, kernel: ctypes.CDLL) -> None:
        self.kernel, self.words = kernel, machine.layout.words
        compiled = code(machine)
        groups = (*machine.rules, *machine.observers)
        wide = (*machine.wide_rules, *machine.wide_observers)
        programs = zip(compiled.starts, machine.programs, strict=True)
        sizes = (
            self.words, len(machine.programs), len(machine.rules), len(machine.observers),
            len(machine.wide_rules), len(machine.wide_observers), compiled.registers, compiled.loops,
        )  # fmt: skip
        self._kept = (
            array("I", sizes),
            compiled.instructions,
            array("I", [x for start, p in programs for x in (start, _ROLES[p.role], p.mark)]),
            compiled.data,
            packed((g.mask for g in groups), self.words),
            array("I", [len(g.programs) for g in groups]),
            array("I", [p for g in groups for p in g.programs]),
            array("I", wide),
        )
        self.handle = kernel.machine_new(*(address(a) for a in self._kept))
        if not self.handle:
            raise MemoryError("the tables of the machine do not fit into memory")

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.kernel.machine_free(self.handle)


def packed(states: Iterable[int], words: int) -> array[int]:
    """Return packed states as words, the least significant first."""
    result = array("Q", b"".join(s.to_bytes(8 * words, sys.byteorder) for s in states))
    if sys.byteorder == "big":
        result = array("Q", [result[i + words - 1 - j] for i in range(0, len(result), words) for j in range(words)])
    return result


def unpacked(numbers: array[int], words: int) -> list[int]:
    """Return the states that stand in an array of words."""
    if words == 1:
        return numbers.tolist()
    return [sum(numbers[i + j] << 64 * j for j in range(words)) for i in range(0, len(numbers), words)]
