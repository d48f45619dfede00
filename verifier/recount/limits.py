"""How far states are counted again."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

WORK = 20_000_000_000
"""The most times that an action is tried in a state."""


def _half_of_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


@dataclass(frozen=True)
class Limits:
    """Until when (on `time.monotonic()`), in how many bytes, with how many tries of an action states are counted."""

    deadline: float
    memory: int
    work: int = WORK

    @staticmethod
    def of(seconds: float, memory: int | None) -> Limits:
        """Return the limits that end `seconds` from now, in `memory` bytes (None: half of what there is)."""
        return Limits(time.monotonic() + seconds, _half_of_memory() if memory is None else memory)
