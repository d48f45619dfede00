"""How far states are counted again."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from verifier.native import half_of_memory

WORK = 20_000_000_000
"""The most times that an action is tried in a state."""

THREADS = 4
"""The most threads: so many keep memory busy."""


def _processors() -> int:
    return min(THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@dataclass(frozen=True)
class Limits:
    """Until when (on `time.monotonic()`), in how many bytes, with how many tries of an action states are counted; and
    on how many threads, which changes nothing in what is found."""

    deadline: float
    memory: int
    work: int = WORK
    threads: int = field(default_factory=_processors)

    @staticmethod
    def of(seconds: float, memory: int | None) -> Limits:
        """Return the limits that end `seconds` from now, in `memory` bytes (None: half of what there is)."""
        return Limits(time.monotonic() + seconds, half_of_memory() if memory is None else memory)
