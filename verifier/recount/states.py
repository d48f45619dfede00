"""The reachable states of a machine, found again and numbered, and sets of them. Steps are found anew when asked for.

A set is an integer with a bit for each number. In C (`labelling.c`), or without a compiler by generated Python.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable

from verifier.native import loaded
from verifier.recount.count import judge
from verifier.recount.flat import HEADER, Flat, Plan
from verifier.recount.generated import Failed, Generated
from verifier.recount.limits import Limits
from verifier.recount.programs import Programs
from verifier.semantics.refusal import require

SOURCE = "recount/labelling.c"

BYTES = 200
"""About how many bytes a state takes in a Python dict, with the integer and its number."""


class States(ABC):
    """All reachable states: `count` is how many, `initial` which ones are initial, `everything` all of them.

    Each method raises Refused where an int leaves its range, and TooMany where a limit is met.
    """

    count: int
    initial: int
    everything: int

    @property
    @abstractmethod
    def work(self) -> int:
        """How often an action was tried."""

    def hit(self, programs: Programs) -> int:
        """Return the states in which the actions hit something."""
        return self._label(programs, False, self.everything, 0, None)

    def before(self, programs: Programs, goal: int) -> int:
        """Return the states from which some step of the actions leads to the goal."""
        return self._label(programs, False, self.everything, 0, goal) if goal else 0

    def until(self, programs: Programs, within: int, goal: int, every: bool = False) -> int:
        """Return the least set that has the goal, and each state of `within` from which some step (`every`: at least
        one, and each) leads into the set."""
        return self._label(programs, every, within, goal, goal) if goal else 0

    @abstractmethod
    def _label(self, programs: Programs, every: bool, within: int, found: int, goal: int | None) -> int:
        """Return `found` with the states of `within` from which some step (or each) leads to the goal; where that is
        `found`, into the set as it grows. Without a goal: with those in which the actions hit something."""


def found_again(programs: Programs, claimed: int, limits: Limits, sets: int, kernel: bool = True) -> States:
    """Return the states, with room for so many sets. `kernel`: in C, if that can be had.

    Raises Refused unless there are as many as claimed, and TooMany.
    """
    library = labeller() if kernel else None
    if library is None:
        return _all(InPython(programs, claimed, limits), claimed)
    return _all(InC(programs, claimed, limits, sets, library), claimed)


def _all(found: States, claimed: int) -> States:
    require(found.count == claimed, "there are fewer reachable states than the evidence says")
    return found


@functools.cache
def labeller() -> ctypes.CDLL | None:
    """Return what is written in C; None where there is none and none can be built."""
    found = loaded(SOURCE, HEADER, declare=_declare)
    return None if isinstance(found, str) else found


class _Limits(ctypes.Structure):
    _fields_ = (*((n, ctypes.c_uint64) for n in ("claimed", "memory", "work")), ("deadline", ctypes.c_double))


class _Graph(ctypes.Structure):
    _fields_ = tuple((n, ctypes.c_uint64) for n in ("states", "initial", "slots", "work"))


def _declare(library: ctypes.CDLL) -> None:
    plan, graph, set_ = ctypes.POINTER(Plan), ctypes.POINTER(_Graph), ctypes.c_void_p
    library.explored.argtypes = (plan, ctypes.POINTER(_Limits), ctypes.POINTER(ctypes.c_int))
    library.explored.restype = graph
    library.first.argtypes = (graph, ctypes.c_uint64, set_)
    library.label.argtypes = (graph, plan, ctypes.c_int, set_, set_, set_)
    library.release.argtypes = (graph,)


class InC(States):
    """In C: a state's number is its place in a table of whole states."""

    def __init__(self, programs: Programs, claimed: int, limits: Limits, sets: int, library: ctypes.CDLL) -> None:
        self.library, self.limits = library, limits
        self.flats: dict[int, Flat] = {}
        room = max(0, limits.memory - sets * claimed // 5)
        given, status = _Limits(claimed, room, limits.work, limits.deadline), ctypes.c_int()
        self.graph = library.explored(self._plan(programs), ctypes.byref(given), ctypes.byref(status))
        weakref.finalize(self, library.release, self.graph)
        self.count = int(self.graph.contents.states) if self.graph else 0
        self._judge(status.value)
        self.bytes = self.graph.contents.slots // 8 + 1
        self.initial, self.everything = self._first(self.graph.contents.initial), self._first(self.count)

    @property
    def work(self) -> int:
        """How often an action was tried."""
        return int(self.graph.contents.work)

    def _judge(self, status: int) -> None:
        judge(("", "more", "wrong", "unsure", "memory", "work", "time")[status], self.count, self.limits)

    def _plan(self, programs: Programs) -> Plan:
        """Return programs as laid out once. They are kept with that, so that no others are taken for them."""
        if id(programs) not in self.flats:
            self.flats[id(programs)] = Flat(programs)
        return self.flats[id(programs)].plan

    def _first(self, count: int) -> int:
        found = self._set(0)
        self.library.first(self.graph, count, found)
        return int.from_bytes(found, "little")

    def _set(self, numbers: int) -> ctypes.Array[ctypes.c_char]:
        made: ctypes.Array[ctypes.c_char] = ctypes.create_string_buffer(
            numbers.to_bytes(self.bytes, "little"), self.bytes
        )
        return made

    def _label(self, programs: Programs, every: bool, within: int, found: int, goal: int | None) -> int:
        added = self._set(found)
        sought = None if goal is None else added if goal == found else self._set(goal)
        status = self.library.label(self.graph, self._plan(programs), every, sought, self._set(within), added)
        self._judge(status)
        return int.from_bytes(added, "little")


class InPython(States):
    """By generated Python: states are integers, numbered as they are found."""

    def __init__(self, programs: Programs, claimed: int, limits: Limits) -> None:
        self.claimed, self.limits, self.tried = claimed, limits, 0
        self.places: dict[int, int] = {}
        self.made: dict[int, Generated] = {}
        self._number(self._looked(programs, None)[0])
        self.initial = (1 << len(self.places)) - 1
        self.states = list(self.places)
        for state in self.states:
            self.states += self._number(self._looked(programs, state)[0])
        self.count = len(self.states)
        self.everything = (1 << self.count) - 1

    @property
    def work(self) -> int:
        """How often an action was tried."""
        return self.tried

    def _number(self, found: Iterable[int]) -> list[int]:
        """Return the states that are new."""
        new = [s for s in dict.fromkeys(found) if s not in self.places]
        self.places.update(zip(new, itertools.count(len(self.places)), strict=False))
        self._judge("more" if len(self.places) > self.claimed else "")
        return new

    def _judge(self, ended: str) -> None:
        judge(ended, len(self.places), self.limits)

    def _looked(self, programs: Programs, state: int | None) -> tuple[list[int], int]:
        """Return what the actions find and hit in a state; of None, the initial states."""
        if id(programs) not in self.made:
            self.made[id(programs)] = Generated(programs)
        made = self.made[id(programs)]
        self.tried += len(programs.actions)
        over = "memory" if len(self.places) * BYTES > self.limits.memory else ""
        late = self.tried > self.limits.work or time.monotonic() > self.limits.deadline
        self._judge(over or ("" if not late else "work" if self.tried > self.limits.work else "time"))
        try:
            found = made.initial() if state is None else made.look(state)
        except Failed:
            self._judge("wrong")
            raise
        self._judge("unsure" if made.unsure else "")
        return found

    def _label(self, programs: Programs, every: bool, within: int, found: int, goal: int | None) -> int:
        added, inside = _flags(found, self.count), _flags(within, self.count)
        sought = None if goal is None else added if goal == found else _flags(goal, self.count)
        down, before = True, -1
        while (met := added.count(1)) != before:
            before = met
            for place in range(self.count)[:: -1 if down else 1]:
                if inside[place] and not added[place]:
                    added[place] = self._leads(programs, place, every, sought)
            if sought is not added:
                break
            down = not down
        return _numbers(added)

    def _leads(self, programs: Programs, place: int, every: bool, sought: bytearray | None) -> bool:
        after, hits = self._looked(programs, self.states[place])
        if sought is None:
            return hits > 0
        into = [sought[self.places[s]] for s in after]
        return all(into) and bool(into) if every else any(into)


_DIGITS = bytes.maketrans(b"01", b"\0\1")


def _flags(numbers: int, count: int) -> bytearray:
    """Return a set as a byte 0 or 1 for each number."""
    return bytearray(f"{numbers:0{count}b}"[::-1].encode().translate(_DIGITS)[:count])


def _numbers(flags: bytearray) -> int:
    return int(flags[::-1].translate(bytes.maketrans(b"\0\1", b"01")) or b"0", 2)
