"""Recounting: every state is found anew and looked at, by the evaluator in C, or without it by generated Python."""

from __future__ import annotations

import ctypes
import functools
import time
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.model.claims import Claim
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.native import loaded
from verifier.recount.flat import HEADER, Flat
from verifier.recount.generated import Failed, Generated
from verifier.recount.limits import Limits
from verifier.recount.programs import Programs, programs
from verifier.semantics.instances import TooMany
from verifier.semantics.refusal import Refused

SOURCE = "recount/recount.c"

BYTES = 120
"""About how many bytes a state takes in a Python set, with the integer."""


@dataclass(frozen=True)
class Count:
    """How many states there are, how many transitions they have, how often what is looked for occurs in them, and how
    often an action was tried."""

    states: int
    transitions: int
    hits: int
    work: int


def recount(
    model: Model, parameters: Mapping[str, Value], claim: Claim, claimed: int, limits: Limits, kernel: bool = True
) -> Count:
    """Count the reachable states for one value of the parameters, and what violates the claim in them (for `reachable`:
    what witnesses it). `kernel`: by the evaluator in C, if there is one.

    Raises Refused where there are more than `claimed` states or an int leaves its range, TooMany where a limit is met
    or the machine cannot be counted so, ValueError where the claim is not decided by single states and steps.
    """
    made = programs(model, parameters, claim)
    found = evaluator() if kernel else None
    return _by_python(made, claimed, limits) if found is None else _by_kernel(made, found, claimed, limits)


@functools.cache
def evaluator() -> ctypes.CDLL | None:
    """Return the evaluator in C; None where there is none and none can be built."""
    found = loaded(SOURCE, HEADER)
    return None if isinstance(found, str) else found


_MORE = "there are more reachable states than the evidence says"
_WRONG = "an int leaves its range"


class _Limits(ctypes.Structure):
    _fields_ = (
        *((n, ctypes.c_uint64) for n in ("claimed", "memory", "work")),
        ("deadline", ctypes.c_double),
        ("threads", ctypes.c_uint64),
    )


class _Result(ctypes.Structure):
    _fields_ = tuple((n, ctypes.c_uint64) for n in ("states", "transitions", "hits", "work"))


def _by_kernel(made: Programs, kernel: ctypes.CDLL, claimed: int, limits: Limits) -> Count:
    flat, result = Flat(made), _Result()
    given = _Limits(claimed, limits.memory, limits.work, limits.deadline, limits.threads)
    status = kernel.recount(ctypes.byref(flat.plan), ctypes.byref(given), ctypes.byref(result))
    judge(("", "more", "wrong", "unsure", "memory", "work", "time")[status], result.states, limits)
    return Count(result.states, result.transitions, result.hits, result.work)


def judge(ended: str, states: int, limits: Limits) -> None:
    """Raise what the end of a count means."""
    if ended in ("more", "wrong"):
        raise Refused(_MORE if ended == "more" else _WRONG)
    reasons = {
        "unsure": "an int leaves its range, if nothing else prevents the step",
        "memory": f"the memory allowed ({limits.memory / 2**20:,.0f} MB) does not do",
        "work": f"an action would be tried more than {limits.work:,} times",
        "time": "time is up",
    }
    if ended:
        raise TooMany(f"{reasons[ended]}; counted again: {states:,} states")


def _by_python(made: Programs, claimed: int, limits: Limits) -> Count:
    generated = Generated(made)
    most, transitions, work = limits.memory // BYTES, 0, 0
    seen: set[int] = set()
    try:
        found, hits = generated.initial()
        seen.update(found)
        queue = list(seen)
        while queue and len(seen) <= claimed:
            after, more = generated.look(queue.pop())
            transitions, hits, work = transitions + len(after), hits + more, work + len(made.actions)
            new = set(after) - seen
            seen |= new
            queue += new
            if not len(seen) % 64:
                late = time.monotonic() > limits.deadline
                over = "memory" if len(seen) > most else "work" if work > limits.work else "time" if late else ""
                judge(over, len(seen), limits)
    except Failed:
        judge("wrong", len(seen), limits)
    judge("more" if len(seen) > claimed else "unsure" if generated.unsure else "", len(seen), limits)
    return Count(len(seen), transitions, hits, work)
